/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The key keeper's workers: one process for each user whose keys are in use, so that a
 * token that is slow, hangs or crashes affects only its user.
 */
#ifndef CREDSSPD_WORKERS_H
#define CREDSSPD_WORKERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Limit of workers that accept questions. A worker has 0.3 MB of private memory, and some
 * megabytes with a token's module. Above the limit the worker that was idle for the
 * longest time ends. Only while all of them are busy, a logon of a further user with a
 * certificate fails.
 */
#define WORKERS_MAX	32
/* Retired workers have places too: after a reload there may be as many again. */
#define WORKER_SLOTS	(2 * WORKERS_MAX)
/*
 * Limit of questions that wait for one worker: as many as the handshakes of a user
 * (CONVERSATIONS_OF_USER), so that a server can sign for many clients that come at once. A
 * slow token answers a part of them in time.
 */
#define WORKER_QUEUE	256
/* Time that a retired worker without questions has to end */
#define WORKER_END_MS	5000
/*
 * Limit of processes of one user that were killed but still exist, because a driver does
 * not let them end. Above it no new worker is started for this user.
 */
#define WORKERS_STUCK	2
/*
 * A lost worker is started again when it is needed. If it is lost again within
 * BACKOFF_MAX_MS, its user waits for BACKOFF_MIN_MS, and twice as long each further time,
 * so that a token that crashes does not make the keeper fork all the time.
 */
#define BACKOFF_MIN_MS	1000
#define BACKOFF_MAX_MS	60000

/**
 * struct worker - one worker process
 * @pid: 0 if this place is free, otherwise a process that is not reaped yet
 * @fd: connection to the worker; -1 after it was lost or has ended
 * @uid: the user
 * @retired: accepts no more questions, and ends after the last answer
 * @ready: it has answered once, so its keys are loaded
 * @since: time when it began to owe the next answer (clock_patience_ms())
 * @used: value of struct workers @asked at its last question
 * @queue, @first, @count: ring of the ids of its questions, in order
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
 * @at: time of the loss (clock_ms())
 * @delay: milliseconds before the next start; negative if this entry is free
 */
struct worker_trouble {
	uint32_t uid;
	int64_t at;
	int64_t delay;
};

/**
 * struct workers - all workers
 * @directory: directory of the keys
 * @asked: number of questions so far
 * @worker: the processes
 * @trouble: ring of lost workers; the oldest entry is overwritten
 * @last_trouble: index of the newest entry
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
 * Find the worker of @uid, or start it. Returns 0; -ENOENT: the user has no certificates;
 * -EAGAIN: the worker was lost too often; -EBUSY: there are too many workers; or the
 * error of fork().
 */
int workers_get(struct workers *ws, uint32_t uid, struct worker **found);
/* Pass on a question. Returns 0, or -EBUSY if too many questions wait for @w. */
int worker_ask(struct workers *ws, struct worker *w, uint32_t id, const void *packet,
	       size_t length);
/* The id of the question that @w has to answer next; 0 if there is none. */
uint32_t worker_asked(const struct worker *w);
/* Remove that question: it is answered. */
void worker_answered(struct worker *w);
/* Kill @w and log @why. The caller answers its questions. */
void worker_lose(struct workers *ws, struct worker *w, const char *why);
/* @w, retired, has closed its side. It may still be running: kill it. */
void worker_close(struct worker *w);
/* Has @w owed an answer for too long? */
bool worker_is_overdue(const struct worker *w, int64_t now);
/* Let all workers end after their last answers. New ones are started when needed. */
void workers_retire(struct workers *ws);
/* Reap the processes that have ended. */
void workers_reap(struct workers *ws);
/* Does a worker owe an answer, or its end? */
bool workers_are_busy(const struct workers *ws);

#endif
