// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "queue.h"

_Static_assert(!(offsetof(struct job, request) % 8), "alignment of requests");

struct job *job_new(const void *request, size_t length)
{
	struct job *j = malloc(sizeof(*j) + length);

	if (!j)
		return NULL;
	memcpy(j->request, request, length);
	j->length = length;
	j->deadline = INT64_MAX;
	return j;
}

const struct credssp_hlp_header *job_header(const struct job *j)
{
	return (const struct credssp_hlp_header *)j->request;
}

size_t job_charge(const struct job *j)
{
	return j->length > JOB_CHARGE_MIN ? j->length : JOB_CHARGE_MIN;
}

void job_free(struct job *j)
{
	explicit_bzero(j->request, j->length);
	free(j);
}

void queue_init(struct queue *q)
{
	STAILQ_INIT(&q->fresh);
	STAILQ_INIT(&q->turns);
	q->count = 0;
}

static struct queue_user *turns_find(const struct queue_turns *turns, uint32_t owner)
{
	struct queue_user *u;

	STAILQ_FOREACH(u, turns, next) {
		if (u->owner == owner)
			return u;
	}
	return NULL;
}

static struct queue_user *queue_find(const struct queue *q, uint32_t owner)
{
	struct queue_user *u = turns_find(&q->fresh, owner);

	return u ? u : turns_find(&q->turns, owner);
}

/* Add a user, as the last fresh one. NULL when out of memory. */
static struct queue_user *queue_add(struct queue *q, uint32_t owner)
{
	struct queue_user *u = calloc(1, sizeof(*u));

	if (!u)
		return NULL;
	u->owner = owner;
	STAILQ_INIT(&u->jobs);
	STAILQ_INSERT_TAIL(&q->fresh, u, next);
	return u;
}

int queue_put(struct queue *q, struct job *j)
{
	const uint32_t owner = job_header(j)->owner;
	struct queue_user *u = queue_find(q, owner);

	if (!u)
		u = queue_add(q, owner);
	if (!u)
		return -ENOMEM;
	STAILQ_INSERT_TAIL(&u->jobs, j, next);
	u->bytes += job_charge(j);
	q->count++;
	return 0;
}

/* Take the first user with @may, or NULL, off @turns. A user without requests may always. */
static struct queue_user *turns_take(struct queue_turns *turns,
				     bool (*may)(const void *arg, uint32_t owner),
				     const void *arg)
{
	struct queue_user *u;

	STAILQ_FOREACH(u, turns, next) {
		if (!may || STAILQ_EMPTY(&u->jobs) || may(arg, u->owner))
			break;
	}
	if (u)
		STAILQ_REMOVE(turns, u, queue_user, next);
	return u;
}

static struct job *user_take(struct queue_user *u)
{
	struct job *j = STAILQ_FIRST(&u->jobs);

	STAILQ_REMOVE_HEAD(&u->jobs, next);
	u->bytes -= job_charge(j);
	return j;
}

struct job *queue_take_where(struct queue *q, bool (*may)(const void *arg, uint32_t owner),
			     const void *arg)
{
	struct queue_user *u;

	for (;;) {
		u = turns_take(&q->fresh, may, arg);
		if (!u)
			u = turns_take(&q->turns, may, arg);
		if (!u)
			return NULL;
		if (!STAILQ_EMPTY(&u->jobs)) {
			STAILQ_INSERT_TAIL(&q->turns, u, next);
			q->count--;
			return user_take(u);
		}
		/* Its turn has come and it has nothing: it is a fresh one the next time. */
		free(u);
	}
}

struct job *queue_take(struct queue *q)
{
	return queue_take_where(q, NULL, NULL);
}

static struct job *turns_take_overdue(struct queue_turns *turns, int64_t now)
{
	struct queue_user *u;
	struct job *j;

	STAILQ_FOREACH(u, turns, next) {
		STAILQ_FOREACH(j, &u->jobs, next) {
			if (j->deadline > now)
				continue;
			STAILQ_REMOVE(&u->jobs, j, job, next);
			u->bytes -= job_charge(j);
			return j;
		}
	}
	return NULL;
}

struct job *queue_take_overdue(struct queue *q, int64_t now)
{
	struct job *j = turns_take_overdue(&q->fresh, now);

	if (!j)
		j = turns_take_overdue(&q->turns, now);
	if (j)
		q->count--;
	return j;
}

static int64_t turns_due(const struct queue_turns *turns)
{
	const struct queue_user *u;
	int64_t due = INT64_MAX;
	const struct job *j;

	STAILQ_FOREACH(u, turns, next) {
		STAILQ_FOREACH(j, &u->jobs, next) {
			if (j->deadline < due)
				due = j->deadline;
		}
	}
	return due;
}

int64_t queue_due(const struct queue *q)
{
	const int64_t fresh = turns_due(&q->fresh), turns = turns_due(&q->turns);

	return fresh < turns ? fresh : turns;
}

static bool turns_have(const struct queue_turns *turns, uint64_t conversation)
{
	const struct queue_user *u;
	const struct job *j;

	STAILQ_FOREACH(u, turns, next) {
		STAILQ_FOREACH(j, &u->jobs, next) {
			if (job_header(j)->conversation == conversation)
				return true;
		}
	}
	return false;
}

bool queue_has(const struct queue *q, uint64_t conversation)
{
	return turns_have(&q->fresh, conversation) || turns_have(&q->turns, conversation);
}

static size_t user_remove(struct queue_user *u, struct queue *q, uint64_t conversation)
{
	const size_t before = u->bytes;
	struct job *j, *following;

	for (j = STAILQ_FIRST(&u->jobs); j; j = following) {
		following = STAILQ_NEXT(j, next);
		if (job_header(j)->conversation != conversation)
			continue;
		STAILQ_REMOVE(&u->jobs, j, job, next);
		u->bytes -= job_charge(j);
		q->count--;
		job_free(j);
	}
	return before - u->bytes;
}

size_t queue_remove(struct queue *q, uint64_t conversation)
{
	struct queue_user *u;
	size_t removed = 0;

	STAILQ_FOREACH(u, &q->fresh, next)
		removed += user_remove(u, q, conversation);
	STAILQ_FOREACH(u, &q->turns, next)
		removed += user_remove(u, q, conversation);
	return removed;
}

size_t queue_bytes(const struct queue *q, uint32_t owner)
{
	const struct queue_user *u = queue_find(q, owner);

	return u ? u->bytes : 0;
}

size_t queue_bytes_of_all(const struct queue *q)
{
	const struct queue_user *u;
	size_t bytes = 0;

	STAILQ_FOREACH(u, &q->fresh, next)
		bytes += u->bytes;
	STAILQ_FOREACH(u, &q->turns, next)
		bytes += u->bytes;
	return bytes;
}

void queue_clear(struct queue *q)
{
	struct job *j;

	while ((j = queue_take(q)))
		job_free(j);
}
