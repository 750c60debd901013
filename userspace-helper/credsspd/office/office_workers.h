/* SPDX-License-Identifier: GPL-2.0-only */
/* The ticket office's workers: one process for each Kerberos exchange, and the relay. */
#ifndef CREDSSPD_OFFICE_WORKERS_H
#define CREDSSPD_OFFICE_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/credssp.h>
#include "base/queue.h"
#include "office.h"
#include "office_armor.h"
#include "office_tgts.h"

/* A worker has one or two megabytes of its own, and all of them together a KDC's attention. */
#define OFFICE_WORKERS		64
/*
 * Most workers of one owner: an exchange may last as long as its peer likes. Root has no
 * limit, as in conversations.h.
 */
#define OFFICE_WORKERS_OF_OWNER	(OFFICE_WORKERS / 4)
/* The last quarter is for root and for owners with fewer than two. */
#define OFFICE_RESERVE		(OFFICE_WORKERS / 4)
#define OFFICE_FEW		2

/**
 * enum office_worker_state - what a worker does
 * @OFFICE_WORKER_FREE: there is none in this place
 * @OFFICE_WORKER_WORKS: it owes a reply
 * @OFFICE_WORKER_WAITS: it has sent the AP-REQ; KRB5_STEP or END comes next
 * @OFFICE_WORKER_LEAVES: it has given its last reply
 * @OFFICE_WORKER_KILLED: it is killed. It keeps its place until it is reaped, because a file
 *	system can hold it
 */
enum office_worker_state {
	OFFICE_WORKER_FREE,
	OFFICE_WORKER_WORKS,
	OFFICE_WORKER_WAITS,
	OFFICE_WORKER_LEAVES,
	OFFICE_WORKER_KILLED,
};

/**
 * struct office_worker - one worker
 * @state: what it does
 * @pid: not reaped yet, unless the place is free
 * @fd: connection to it; -1 when it LEAVES or is KILLED
 * @deadline: of @state, by clock_ms(); not of KILLED
 * @asked: header of its last request
 */
struct office_worker {
	enum office_worker_state state;
	pid_t pid;
	int fd;
	int64_t deadline;
	struct credssp_hlp_header asked;
};

/**
 * struct office_workers - all of them
 * @setup: borrowed
 * @waiting: requests without a worker; a new worker wipes its copy of them. Borrowed
 * @tgts: a new worker wipes its copy of them, too. Borrowed
 * @replays: directory of replay caches; a negative errno: there is none
 * @relay_pid, @relay: the relay, and the connection to it
 * @relay_questions: sent to the relay since its last answer
 * @relay_due: time of the next question, by clock_ms(), if there are workers
 * @armor: the armorer
 * @worker: the workers
 */
struct office_workers {
	const struct office_setup *setup;
	struct queue *waiting;
	struct office_tgts *tgts;
	int replays;
	pid_t relay_pid;
	int relay;
	unsigned int relay_questions;
	int64_t relay_due;
	struct office_armor armor;
	struct office_worker worker[OFFICE_WORKERS];
};

/* Fork the relay, while there is a network. Returns 0 or a negative errno. */
int office_workers_init(struct office_workers *ws, const struct office_setup *setup,
			struct queue *waiting, struct office_tgts *tgts);
/* May another worker of @owner start? */
bool office_workers_may_start(const struct office_workers *ws, uint32_t owner);
/* Start a worker for the KRB5_INIT @j, which is wiped and freed. 0 or a negative errno. */
int office_workers_start(struct office_workers *ws, struct job *j);
/* The worker of a conversation that is not over, or NULL */
struct office_worker *office_workers_find(struct office_workers *ws, uint64_t conversation);
/* Pass on the AP-REP of a KRB5_STEP, @length bytes. 0 or a negative errno. */
int office_worker_step(struct office_worker *w, const struct credssp_hlp_header *hdr,
		       const void *token, size_t length);
/* It has answered, and the exchange goes on. */
void office_worker_wait(struct office_worker *w);
/* It has answered, and the exchange is over: it may end by itself. */
void office_worker_leave(struct office_worker *w);
void office_worker_kill(struct office_worker *w);
bool office_worker_is_overdue(const struct office_worker *w, int64_t now);
/* The earliest deadline or question to the relay; INT64_MAX: none */
int64_t office_workers_due(const struct office_workers *ws);
/*
 * While there are workers: ask the relay from time to time whether it is alive, and kill it
 * if it does not answer.
 */
void office_workers_ask_relay(struct office_workers *ws, int64_t now);
/* The relay's connection is readable. False if the relay has ended. */
bool office_workers_hear_relay(struct office_workers *ws);
/* Reap the processes that have ended. */
void office_workers_reap(struct office_workers *ws);

#endif
