/* SPDX-License-Identifier: GPL-2.0-only */
/* Inside of the gate: its state, and what its parts share. */
#ifndef CREDSSPD_GATE_PROCESS_H
#define CREDSSPD_GATE_PROCESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/queue.h>
#include <sys/types.h>
#include "accounts_file_id.h"
#include "attempts.h"
#include "gate.h"
#include "logon_impl.h"

#define GATE_NAME_KEY	32

/**
 * enum gate_state - where a logon is
 * @GATE_WAITS: for its turn
 * @GATE_BOOKS: the bookkeeper checks it
 * @GATE_ELSEWHERE: it waits for a worker
 * @GATE_WINBIND: a worker checks it
 * @GATE_FAILED: its failure is not answered yet, or another one may not begin yet
 * @GATE_LOCKED: it has not begun, and will be refused
 */
enum gate_state {
	GATE_WAITS,
	GATE_BOOKS,
	GATE_ELSEWHERE,
	GATE_WINBIND,
	GATE_FAILED,
	GATE_LOCKED,
};

/**
 * struct gate_logon - a logon that is under way
 * @asked: header of its request
 * @id: for the checkers
 * @state: where it is
 * @answered: it has its answer, or needs none
 * @answer_by: the time when it must have one
 * @begun: the time when it has begun
 * @due: FAILED, LOCKED: the time when it is over
 * @pair: its account at its address
 * @domain: digest of the domain that was sent
 * @reply: FAILED, LOCKED: the answer
 * @payload: of the request, of @length bytes; owned
 */
struct gate_logon {
	TAILQ_ENTRY(gate_logon) next;
	struct credssp_hlp_header asked;
	uint64_t id;
	enum gate_state state;
	bool answered;
	int64_t answer_by;
	int64_t begun;
	int64_t due;
	struct attempt_pair *pair;
	uint64_t domain;
	struct credssp_hlp_ntlm_reply reply;
	size_t length;
	uint8_t *payload;
};

TAILQ_HEAD(gate_logons, gate_logon);

/**
 * struct gate_books - the bookkeeper
 * @fd: connection to it, -1: there is none
 * @pid: 0: there is none
 * @ready: it has read the accounts
 * @usable: there is a file of accounts
 * @asked: questions without an answer
 * @deadline: it must have answered by then
 * @restart: no other one before
 * @file: what it has read
 */
struct gate_books {
	int fd;
	pid_t pid;
	bool ready;
	bool usable;
	unsigned int asked;
	int64_t deadline;
	int64_t restart;
	struct accounts_file_id file;
};

/**
 * struct gate_worker - a worker for winbind
 * @fd: connection to it, -1: this place is free
 * @pid: 0: there is none. A place is free only after its process has ended
 * @logon: id of the logon that it checks
 */
struct gate_worker {
	int fd;
	pid_t pid;
	uint64_t logon;
};

/**
 * struct gate - the state of the gate
 * @setup: borrowed
 * @daemon: connection to the daemon
 * @signals: signalfd for SIGCHLD
 * @attempts: failures
 * @name_key: for digests of names
 * @logons: all that are under way, in the order of their arrival
 * @last_id: of a logon
 * @books, @workers: the checkers
 * @packet: buffer of one message, for either direction
 */
struct gate {
	const struct gate_setup *setup;
	int daemon;
	int signals;
	struct attempts *attempts;
	uint8_t name_key[GATE_NAME_KEY];
	struct gate_logons logons;
	uint64_t last_id;
	struct gate_books books;
	struct gate_worker workers[GATE_WORKERS];
	uint8_t packet[CREDSSP_HLP_MAX_MESSAGE] __attribute__((aligned(8)));
};

/* ---- logons: gate_logons.c ------------------------------------------------------- */

/* Take a request NTLM_LOGON in @g->packet. -EPIPE: the daemon has ended; so for those below. */
int gate_logon_take(struct gate *g, const struct credssp_hlp_header *hdr, int64_t now);
/* END of a conversation */
void gate_logon_end(struct gate *g, uint64_t conversation, int64_t now);
struct gate_logon *gate_logon_find(struct gate *g, uint64_t id);
/* The verdict of a checker; @name: the account's name */
int gate_logon_settle(struct gate *g, struct gate_logon *l, const struct logon_verdict *v,
		      const uint8_t *name, int64_t now);
/* The checker of @l was lost. */
int gate_logon_lose(struct gate *g, struct gate_logon *l, uint32_t ntstatus, int64_t now);
/* Refuse a request. */
int gate_refuse(struct gate *g, const struct credssp_hlp_header *asked, uint32_t failure,
		uint32_t ntstatus);
/* Refuse a logon that has not begun, or whose attempt was abandoned; @l is freed. */
int gate_logon_refuse(struct gate *g, struct gate_logon *l, uint32_t failure, uint32_t ntstatus,
		      int64_t now);
/* The same, because too many wait */
int gate_logon_refuse_busy(struct gate *g, struct gate_logon *l, int64_t now);
/* FAILED, LOCKED: give the answer. */
int gate_logon_tell_failure(struct gate *g, struct gate_logon *l);
/* The request is not needed any more. */
void gate_logon_wipe(struct gate_logon *l);
/* It is over; an attempt that has begun must have ended. */
void gate_logon_free(struct gate *g, struct gate_logon *l, int64_t now);
/* Wipe all, in a process that must not have them. */
void gate_logons_forget(struct gate *g);

/* ---- processes: gate_checkers.c -------------------------------------------------- */

void gate_checkers_init(struct gate *g);
/* Can the bookkeeper be asked now? If need be, it is started, or replaced. */
bool gate_books_are_open(struct gate *g, int64_t now);
/* Ask it. False: it has no room. */
bool gate_books_ask(struct gate *g, const struct gate_logon *l, int64_t now);
int gate_books_hear(struct gate *g, int64_t now);
/* End one that does not answer. */
int gate_books_expire(struct gate *g, int64_t now);
int64_t gate_books_due(const struct gate *g);
/* Have the accounts read again. */
void gate_books_reload(struct gate *g);

/* 0, -EBUSY: all places are taken, or a negative errno. */
int gate_worker_start(struct gate *g, const struct gate_logon *l);
int gate_worker_hear(struct gate *g, struct gate_worker *w, int64_t now);
/* End the worker of @l. */
void gate_worker_stop(struct gate *g, const struct gate_logon *l);
/* Take the exit status of processes that have ended. */
void gate_checkers_reap(struct gate *g);

/* ---- their way: gate_advance.c --------------------------------------------------- */

/* Let all go on whose time has come. */
int gate_logons_advance(struct gate *g, int64_t now);
/* The time of the next one; INT64_MAX: none */
int64_t gate_logons_due(const struct gate *g, int64_t now);

#endif
