// SPDX-License-Identifier: GPL-2.0-only
/* The daemon's side of the key keeper. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "clock.h"
#include "keeper.h"
#include "keeper_impl.h"
#include "log.h"

/**
 * struct keeper - the connection to the key keeper
 * @fd: -1 when the keeper is lost
 * @id: number of the last question
 * @owed: number of answers that have to come, those to dropped questions included
 * @reload_owed: KEEPER_RELOAD has to be sent as soon as there is room
 * @heard: time of the last answer, or of the first question after it
 *	(clock_patience_ms())
 * @waiting: list of questions without an answer
 * @packet: buffer of one message, for either direction
 */
struct keeper {
	int fd;
	uint32_t id;
	unsigned int owed;
	bool reload_owed;
	int64_t heard;
	struct keeper_question *waiting;
	uint8_t packet[KEEPER_PACKET_MAX];
};

static int keeper_fork(struct keeper *k, const char *directory)
{
	int fds[2];
	int ret = keeper_connect(fds);
	pid_t pid;

	if (ret)
		return ret;
	/* Its exit status is not needed: the connection shows its end. */
	signal(SIGCHLD, SIG_IGN);
	pid = fork();
	if (!pid) {
		close(fds[0]);
		_exit(keeper_serve(fds[1], directory));
	}
	close(fds[1]);
	/* A keeper that does not read must not stop the daemon. */
	if (pid > 0 && !fcntl(fds[0], F_SETFL, O_NONBLOCK)) {
		k->fd = fds[0];
		return 0;
	}
	ret = -errno;
	close(fds[0]);
	return ret;
}

struct keeper *keeper_start(const char *directory)
{
	struct keeper *k = calloc(1, sizeof(*k));
	int ret = k ? keeper_fork(k, directory) : -ENOMEM;

	if (!ret)
		return k;
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
	memcpy(rq->name, name, strlen(name));
	/* An id of zero means no question. */
	rq->id = ++k->id ? k->id : ++k->id;
	/* A question after a reload must be answered from the new certificates. */
	ret = keeper_send_reload(k);
	if (!ret)
		ret = keeper_send(k, rq, data, length);
	if (ret) {
		question_settle(q, ret);
		return;
	}
	if (!k->owed++)
		k->heard = clock_patience_ms();
	q->id = rq->id;
	q->deadline = deadline;
	q->next = k->waiting;
	k->waiting = q;
}

void keeper_find(struct keeper *k, struct keeper_question *q, uint32_t uid, const char *name)
{
	struct keeper_request rq = { .op = KEEPER_FIND, .uid = uid };

	keeper_ask(k, q, &rq, name, NULL, 0);
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

void keeper_drop(struct keeper *k, struct keeper_question *q)
{
	if (q->id && !q->answered)
		question_unlink(k, q->id);
	bytes_free(&q->answer);
	*q = (struct keeper_question){ 0 };
}

void keeper_reload(struct keeper *k)
{
	if (!k)
		return;
	k->reload_owed = true;
	keeper_send_reload(k);
	if (k->reload_owed)
		log_debug("the key keeper is busy: the certificates are read anew later");
}

int keeper_fd(const struct keeper *k)
{
	return k ? k->fd : -1;
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
	return 0;
}

int keeper_receive(struct keeper *k)
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
	}
	return 0;
}

int keeper_expire(struct keeper *k)
{
	if (!k)
		return 0;
	keeper_send_reload(k);
	return k->owed ? keeper_expire_questions(k) : 0;
}

int keeper_due(const struct keeper *k)
{
	return k && (k->owed || k->reload_owed) ? CLOCK_SLICE_MS : -1;
}
