/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The key keeper's workers: a process for each user whose keys are in use, so that a
 * token that is slow, hangs or crashes is its user's trouble alone.
 */
#ifndef CREDSSPD_WORKERS_H
#define CREDSSPD_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Workers that take questions. Each has 0.3 MB of its own, and with a token's module
 * a few. Above the limit the one that was idle for the longest ends. Another user's
 * logons with certificates fail only while so many are busy at the same moment.
 */
#define WORKERS_MAX	32
/* Those that are ending have places as well: after a reload, as many again. */
#define WORKER_SLOTS	(2 * WORKERS_MAX)
/*
 * Questions that wait for one worker. More of them a token that signs five times in a
 * second could not answer in time, and what waits takes the place of other requests.
 */
#define WORKER_QUEUE	64
/* How long a worker that has nothing left to do may take to end */
#define WORKER_END_MS	5000
/*
 * Processes of one user that were killed and are not gone: a driver can hold them for
 * as long as it likes. With so many there is no new one.
 */
#define WORKERS_STUCK	2
/*
 * A worker that is lost is started again when it is needed, at once the first time.
 * When it is lost again within BACKOFF_MAX_MS, its user waits for BACKOFF_MIN_MS, and
 * twice as long each further time: forking must not become a token's busy loop.
 */
#define BACKOFF_MIN_MS	1000
#define BACKOFF_MAX_MS	60000

/**
 * struct worker - one worker process
 * @pid: 0: this place is free; else not reaped yet
 * @fd: -1 when it was lost, or has ended as it should
 * @uid: the user
 * @retired: takes no more questions, ends after the last answer
 * @ready: has answered, so its keys are loaded
 * @since: when it began with what it does now (clock_patience_ms())
 * @used: when it was asked last, by a count of questions
 * @queue, @first, @count: ids of its questions, in order; a ring
 */
struct worker {
	pid_t pid;
	int fd;
	uint32_t uid;
	bool retired;
	bool ready;
	int64_t since;
	uint64_t used;
	uint32_t queue[WORKER_QUEUE];
	unsigned int first;
	unsigned int count;
};

/**
 * struct worker_trouble - a user whose worker was lost
 * @uid: the user
 * @at: when (clock_ms())
 * @delay: before the next start; negative: this entry is free
 */
struct worker_trouble {
	uint32_t uid;
	int64_t at;
	int64_t delay;
};

/**
 * struct workers - all of them
 * @directory: where their keys come from
 * @asked: questions so far
 * @worker: the processes
 * @trouble: a ring; the oldest is overwritten
 * @last_trouble: the newest one
 */
struct workers {
	const char *directory;
	uint64_t asked;
	struct worker worker[WORKER_SLOTS];
	struct worker_trouble trouble[WORKER_SLOTS];
	unsigned int last_trouble;
};

void workers_init(struct workers *ws, const char *directory);
/*
 * The user's worker, started if need be. 0; -ENOENT: the user has no certificates;
 * -EAGAIN: it was lost too often; -EBUSY: there are too many; or why it cannot start.
 */
int workers_get(struct workers *ws, uint32_t uid, struct worker **found);
/* Pass on a question. 0, or -EBUSY when too many wait already. */
int worker_ask(struct workers *ws, struct worker *w, uint32_t id, const void *packet,
	       size_t length);
/* The question that the worker has to answer next; 0: none. */
uint32_t worker_asked(const struct worker *w);
/* It has been answered. */
void worker_answered(struct worker *w);
/* Kill it; its questions stay to be answered. @why is logged. */
void worker_lose(struct workers *ws, struct worker *w, const char *why);
/* It has closed its side as it should. */
void worker_close(struct worker *w);
/* Has it been silent for too long? */
bool worker_is_overdue(const struct worker *w, int64_t now);
/* All end when they have answered; others take their places when they are needed. */
void workers_retire(struct workers *ws);
/* Forget those that are gone. */
void workers_reap(struct workers *ws);
/* Is there one that can be overdue? */
bool workers_are_busy(const struct workers *ws);

#endif
