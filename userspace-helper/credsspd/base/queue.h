/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The requests that wait for one thread. As in the module, the thread takes those of one
 * user in the order of their arrival, and one of each user in turn. A user without a turn
 * is fresh and comes before those that wait for their next one. After a request was taken
 * its user keeps a turn behind the others, even if it has no more requests: a user that
 * always has one passes the others only once in each round (RFC 8290 4.2).
 */
#ifndef CREDSSPD_QUEUE_H
#define CREDSSPD_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>
#include <linux/credssp.h>

/* A request counts as at least this many bytes. */
#define JOB_CHARGE_MIN	4096

/**
 * struct job - a request that waits for its thread
 * @length: bytes of @request
 * @deadline: of the queue's owner, see queue_take_overdue(); INT64_MAX: none
 */
struct job {
	STAILQ_ENTRY(job) next;
	size_t length;
	int64_t deadline;
	uint8_t request[];
};

STAILQ_HEAD(job_list, job);

/* A copy of a request, which has at least a header. NULL when out of memory. */
struct job *job_new(const void *request, size_t length);
const struct credssp_hlp_header *job_header(const struct job *j);
/* The bytes that it counts for */
size_t job_charge(const struct job *j);
/* Wipe and free. */
void job_free(struct job *j);

/**
 * struct queue_user - a user that has requests, or a turn
 * @next: in @fresh or @turns
 * @owner: the user
 * @jobs: its requests
 * @bytes: their charges
 */
struct queue_user {
	STAILQ_ENTRY(queue_user) next;
	uint32_t owner;
	struct job_list jobs;
	size_t bytes;
};

STAILQ_HEAD(queue_turns, queue_user);

/**
 * struct queue - requests of several users
 * @fresh: users without an earlier turn, which come first
 * @turns: the others
 * @count: number of requests
 */
struct queue {
	struct queue_turns fresh;
	struct queue_turns turns;
	size_t count;
};

void queue_init(struct queue *q);
/* Append @j, which the queue then owns. Return 0, or -ENOMEM and the caller keeps it. */
int queue_put(struct queue *q, struct job *j);
/* The next request, or NULL; for the caller. */
struct job *queue_take(struct queue *q);
/* The same, but users for whom @may is false stay where they are. */
struct job *queue_take_where(struct queue *q, bool (*may)(const void *arg, uint32_t owner),
			     const void *arg);
/* A request whose deadline is not after @now, or NULL; for the caller. */
struct job *queue_take_overdue(struct queue *q, int64_t now);
/* The earliest deadline; INT64_MAX: none */
int64_t queue_due(const struct queue *q);
/* Does a request of this conversation wait? */
bool queue_has(const struct queue *q, uint64_t conversation);
/* The charges for the requests of @owner */
size_t queue_bytes(const struct queue *q, uint32_t owner);
/* Those for all requests */
size_t queue_bytes_of_all(const struct queue *q);
/* Free the requests of a conversation. Return what they counted for. */
size_t queue_remove(struct queue *q, uint64_t conversation);
void queue_clear(struct queue *q);

#endif
