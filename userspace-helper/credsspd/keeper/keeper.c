// SPDX-License-Identifier: GPL-2.0-only
/* The daemon's side of the key keeper. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/children.h"
#include "base/clock.h"
#include "base/log.h"
#include "keeper.h"
#include "keeper_impl.h"

/**
 * struct keeper - the connection to the key keeper
 * @lock: protects all members, and the questions that wait
 * @fd: -1 when the keeper is lost
 * @id: number of the last question
 * @owed: number of answers that have to come, those to dropped questions included
 * @reload_owed: KEEPER_RELOAD has to be sent as soon as there is room
 * @heard: time of the last answer, or of the first question after it
 *	(clock_patience_ms())
 * @news: see keeper_has_news()
 * @waiting: list of questions without an answer
 * @packet: buffer of one message, for either direction
 */
struct keeper {
	pthread_mutex_t lock;
	int fd;
	uint32_t id;
	unsigned int owed;
	bool reload_owed;
	int64_t heard;
	bool news;
	struct keeper_question *waiting;
	uint8_t packet[KEEPER_PACKET_MAX];
};

static int keeper_run(int fd, const void *directory)
{
	return keeper_serve(fd, directory);
}

struct keeper *keeper_start(const char *directory)
{
	struct keeper *k = calloc(1, sizeof(*k));
	int ret = k ? children_start_service(KEEPER_PACKET_MAX, keeper_run, directory) : -ENOMEM;

	if (ret >= 0) {
		k->fd = ret;
		pthread_mutex_init(&k->lock, NULL);
		return k;
	}
	log_error("key keeper: %s", strerror(-ret));
	free(k);
	return NULL;
}

void keeper_stop(struct keeper *k)
{
	if (!k)
		return;
	if (k->fd >= 0)
		close(k->fd);
	explicit_bzero(k->packet, sizeof(k->packet));
	free(k);
}

static void question_settle(struct keeper_question *q, int error)
{
	q->error = error;
	q->answered = true;
}

static struct keeper_question *question_unlink(struct keeper *k, uint32_t id)
{
	struct keeper_question **p = &k->waiting, *q;

	while (*p && (*p)->id != id)
		p = &(*p)->next;
	q = *p;
	if (q)
		*p = q->next;
	return q;
}

/* The seccomp filter forbids fork(), so the daemon ends and is started again. */
static int keeper_lose(struct keeper *k, const char *why)
{
	struct keeper_question *q;

	log_error("the key keeper has failed: %s", why);
	close(k->fd);
	k->fd = -1;
	k->owed = 0;
	k->reload_owed = false;
	while ((q = k->waiting)) {
		k->waiting = q->next;
		question_settle(q, -EIO);
	}
	k->news = true;
	return -EIO;
}

static int keeper_send(struct keeper *k, const struct keeper_request *rq,
		       const void *data, size_t length)
{
	size_t size = sizeof(*rq) + length;
	ssize_t sent;

	if (k->fd < 0)
		return -EIO;
	if (length > KEEPER_DATA_MAX)
		return -EMSGSIZE;
	memcpy(k->packet, rq, sizeof(*rq));
	if (length)
		memcpy(k->packet + sizeof(*rq), data, length);
	sent = write(k->fd, k->packet, size);
	/* keeper_receive() finds that the keeper has ended. */
	return sent == (ssize_t)size ? 0 : -EBUSY;
}

/* Without room in the socket it is sent later. Returns 0 or a negative errno. */
static int keeper_send_reload(struct keeper *k)
{
	const struct keeper_request rq = { .op = KEEPER_RELOAD };
	int ret;

	if (!k->reload_owed)
		return 0;
	ret = keeper_send(k, &rq, NULL, 0);
	k->reload_owed = ret == -EBUSY;
	return ret;
}

/* With the lock. Returns 0, or a negative errno if the question fails at once. */
static int keeper_put(struct keeper *k, struct keeper_question *q, struct keeper_request *rq,
		      const void *data, size_t length)
{
	int ret;

	/* An id of zero means no question. */
	rq->id = ++k->id ? k->id : ++k->id;
	/* A question after a reload must be answered from the new certificates. */
	ret = keeper_send_reload(k);
	if (!ret)
		ret = keeper_send(k, rq, data, length);
	if (ret)
		return ret;
	if (!k->owed++)
		k->heard = clock_patience_ms();
	q->id = rq->id;
	q->next = k->waiting;
	k->waiting = q;
	return 0;
}

static void keeper_ask(struct keeper *k, struct keeper_question *q, struct keeper_request *rq,
		       const char *name, const void *data, size_t length)
{
	const int64_t deadline = q->deadline;
	int ret;

	keeper_drop(k, q);
	if (!k || strlen(name) > CREDSSP_MAX_CERT_NAME) {
		question_settle(q, k ? -EINVAL : -ENOENT);
		return;
	}
	q->deadline = deadline;
	memcpy(rq->name, name, strlen(name));
	pthread_mutex_lock(&k->lock);
	ret = keeper_put(k, q, rq, data, length);
	if (ret)
		question_settle(q, ret);
	pthread_mutex_unlock(&k->lock);
}

void keeper_find(struct keeper *k, struct keeper_question *q, uint32_t uid, const char *name)
{
	struct keeper_request rq = { .op = KEEPER_FIND, .uid = uid };

	keeper_ask(k, q, &rq, name, NULL, 0);
}

void keeper_find_host(struct keeper *k, struct keeper_question *q, uint32_t uid,
		      const char *host)
{
	struct keeper_request rq = { .op = KEEPER_FIND_HOST, .uid = uid };

	keeper_ask(k, q, &rq, "", host, strlen(host));
}

void keeper_sign(struct keeper *k, struct keeper_question *q, uint32_t uid, const char *name,
		 bool hashed, uint32_t algorithm, const void *data, size_t length)
{
	struct keeper_request rq = {
		.op = hashed ? KEEPER_SIGN_HASH : KEEPER_SIGN_DATA,
		.uid = uid,
		.algorithm = algorithm,
	};

	keeper_ask(k, q, &rq, name, data, length);
}

bool keeper_has_answered(struct keeper *k, const struct keeper_question *q)
{
	bool answered;

	if (!k)
		return q->answered;
	pthread_mutex_lock(&k->lock);
	answered = q->answered;
	pthread_mutex_unlock(&k->lock);
	return answered;
}

void keeper_drop(struct keeper *k, struct keeper_question *q)
{
	if (q->id) {
		pthread_mutex_lock(&k->lock);
		question_unlink(k, q->id);
		pthread_mutex_unlock(&k->lock);
	}
	bytes_free(&q->answer);
	*q = (struct keeper_question){ 0 };
}

void keeper_reload(struct keeper *k)
{
	bool owed;

	if (!k)
		return;
	pthread_mutex_lock(&k->lock);
	k->reload_owed = true;
	keeper_send_reload(k);
	owed = k->reload_owed;
	pthread_mutex_unlock(&k->lock);
	if (owed)
		log_debug("the key keeper is busy: the certificates are read anew later");
}

int keeper_fd(struct keeper *k)
{
	int fd;

	if (!k)
		return -1;
	pthread_mutex_lock(&k->lock);
	fd = k->fd;
	pthread_mutex_unlock(&k->lock);
	return fd;
}

/* The question was dropped, or has failed: the answer is not needed. */
static int keeper_take_answer(struct keeper *k, size_t length)
{
	const uint8_t *data = k->packet + sizeof(struct keeper_answer);
	struct keeper_question *q;
	struct keeper_answer head;
	int ret;

	if (length < sizeof(head) || length > KEEPER_ANSWER_MAX || !k->owed)
		return keeper_lose(k, "it sent an invalid packet");
	memcpy(&head, k->packet, sizeof(head));
	if (head.error < 0 || head.error > KEEPER_ERROR_MAX)
		return keeper_lose(k, "it sent an invalid packet");
	k->owed--;
	k->heard = clock_patience_ms();
	q = question_unlink(k, head.id);
	if (!q)
		return 0;
	ret = head.error ? -head.error :
			   bytes_append(&q->answer, data, length - sizeof(head), KEEPER_DATA_MAX);
	question_settle(q, ret);
	k->news = true;
	return 0;
}

/* With the lock, as are all functions above that have no lock of their own. */
static int keeper_take_packet(struct keeper *k)
{
	ssize_t got;
	int ret;

	if (k->fd < 0)
		return -EIO;
	got = read(k->fd, k->packet, sizeof(k->packet));
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return keeper_lose(k, got ? strerror(errno) : "it has ended");
	ret = keeper_take_answer(k, got);
	explicit_bzero(k->packet, got);
	return ret;
}

int keeper_receive(struct keeper *k)
{
	int ret;

	pthread_mutex_lock(&k->lock);
	ret = keeper_take_packet(k);
	pthread_mutex_unlock(&k->lock);
	return ret;
}

/* Fail overdue questions. Returns a negative errno if the keeper is lost. */
static int keeper_expire_questions(struct keeper *k)
{
	const int64_t now = clock_patience_ms();
	struct keeper_question **p, *q;

	if (now - k->heard >= keeper_patience.lost)
		return keeper_lose(k, "it is silent");
	for (p = &k->waiting; (q = *p);) {
		if (now < q->deadline) {
			p = &q->next;
			continue;
		}
		*p = q->next;
		question_settle(q, -ETIMEDOUT);
		k->news = true;
	}
	return 0;
}

int keeper_expire(struct keeper *k)
{
	int ret;

	if (!k)
		return 0;
	pthread_mutex_lock(&k->lock);
	keeper_send_reload(k);
	ret = k->owed ? keeper_expire_questions(k) : 0;
	pthread_mutex_unlock(&k->lock);
	return ret;
}

bool keeper_has_news(struct keeper *k)
{
	bool news;

	if (!k)
		return false;
	pthread_mutex_lock(&k->lock);
	news = k->news;
	k->news = false;
	pthread_mutex_unlock(&k->lock);
	return news;
}

int keeper_due(struct keeper *k)
{
	bool due;

	if (!k)
		return -1;
	pthread_mutex_lock(&k->lock);
	due = k->owed || k->reload_owed;
	pthread_mutex_unlock(&k->lock);
	return due ? CLOCK_SLICE_MS : -1;
}
