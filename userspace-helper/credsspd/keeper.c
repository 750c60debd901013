// SPDX-License-Identifier: GPL-2.0-only
/* The daemon's side of the key keeper. */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "keeper.h"
#include "keeper_impl.h"
#include "log.h"

/*
 * How long everybody waits for one signature. A smart card takes up to a second;
 * the module gives the helper 15 of them.
 */
#define PATIENCE_MS	5000
#define SLICE_MS	500

/**
 * struct keeper - the connection to it
 * @fd: -1 when it is gone
 * @pid: of it
 * @id: of the last request that is answered
 * @patience_ms: how long one answer may take
 * @reading: it may have its directory to read before it answers
 * @late: the answer to the last request is still to come
 * @packet: one message, either way
 */
struct keeper {
	int fd;
	pid_t pid;
	uint32_t id;
	int patience_ms;
	bool reading;
	bool late;
	uint8_t packet[sizeof(struct keeper_request) + KEEPER_DATA_MAX];
};

struct keeper *keeper_start(const char *directory)
{
	struct keeper *k = calloc(1, sizeof(*k));
	int fds[2] = { -1, -1 };
	const int room = 2 * sizeof(k->packet);

	if (!k || socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds)) {
		log_error("key keeper: %s", strerror(errno));
		free(k);
		return NULL;
	}
	for (int i = 0; i < 2; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	k->fd = fds[0];
	k->patience_ms = PATIENCE_MS;
	k->reading = true;
	/* Nobody waits for its end: the packets tell. */
	signal(SIGCHLD, SIG_IGN);
	k->pid = fork();
	if (!k->pid) {
		close(fds[0]);
		_exit(keeper_serve(fds[1], directory));
	}
	close(fds[1]);
	/* One that reads nothing of what it is asked must not stop the daemon. */
	if (k->pid < 0 || fcntl(fds[0], F_SETFL, O_NONBLOCK)) {
		log_error("key keeper: %s", strerror(errno));
		close(fds[0]);
		free(k);
		return NULL;
	}
	return k;
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

void keeper_set_patience(struct keeper *k, int ms)
{
	k->patience_ms = ms;
}

/*
 * For good: a daemon that has locked itself in cannot fork another one. One that
 * hangs is left to the daemon's end, others end when they find this one closed.
 */
static void lost(struct keeper *k, const char *why)
{
	log_error("no key keeper any more (%s): no client certificates until credsspd is restarted",
		  why);
	close(k->fd);
	k->fd = -1;
	k->late = false;
}

static int send_request(struct keeper *k, const struct keeper_request *rq,
			const void *data, size_t length)
{
	size_t size = sizeof(*rq) + length;

	if (k->fd < 0)
		return -EIO;
	if (length > KEEPER_DATA_MAX)
		return -EMSGSIZE;
	memcpy(k->packet, rq, sizeof(*rq));
	if (length)
		memcpy(k->packet + sizeof(*rq), data, length);
	if (write(k->fd, k->packet, size) == (ssize_t)size)
		return 0;
	lost(k, strerror(errno));
	return -EIO;
}

/*
 * The next packet, waited for @left_ms at the most, which becomes what is left of
 * it; its length or a negative errno.  The time is counted in slices: a machine
 * that stood still for a while has taken one of them from the keeper, not all.
 */
static ssize_t receive(struct keeper *k, int *left_ms)
{
	struct pollfd p = { .fd = k->fd, .events = POLLIN };
	ssize_t got;
	int ready, slice;

	do {
		slice = *left_ms < SLICE_MS ? *left_ms : SLICE_MS;
		ready = poll(&p, 1, slice);
		if (!ready)
			*left_ms -= slice;
	} while ((!ready && *left_ms > 0) || (ready < 0 && errno == EINTR));
	if (ready <= 0)
		return -ETIMEDOUT;
	got = read(k->fd, k->packet, sizeof(k->packet));
	if (got > 0)
		return got;
	lost(k, got ? strerror(errno) : "it ended");
	return -EIO;
}

/*
 * Answers to earlier requests, which nobody waits for any more, are passed over;
 * each costs a slice, or a keeper could go on with them for ever.
 */
static int receive_answer(struct keeper *k, int patience_ms, struct bytes *out)
{
	struct keeper_answer answer;
	ssize_t got;

	do {
		got = patience_ms < 0 ? -ETIMEDOUT : receive(k, &patience_ms);
		if (got < 0)
			return got;
		patience_ms -= SLICE_MS;
		if ((size_t)got < sizeof(answer)) {
			lost(k, "it talks nonsense");
			return -EIO;
		}
		memcpy(&answer, k->packet, sizeof(answer));
	} while (answer.id != k->id);
	if (answer.error)
		return -ENOENT;
	out->len = 0;
	return bytes_append(out, k->packet + sizeof(answer), got - sizeof(answer),
			    KEEPER_DATA_MAX);
}

/* Is the late answer there by now? Nobody waits for it a second time. */
static int catch_up(struct keeper *k)
{
	struct bytes unwanted = { 0 };
	int err = receive_answer(k, 0, &unwanted);

	bytes_free(&unwanted);
	if (err == -ETIMEDOUT)
		return err;
	k->late = false;
	return 0;
}

/*
 * Everybody has waited for it. Tokens may be slow to read, which it does at the
 * start and when told to: then it is not asked until it has answered. Else a
 * token is stuck, or takes so long each time, and nobody shall wait for it again.
 */
static void timed_out(struct keeper *k)
{
	if (!k->reading) {
		lost(k, "no answer in time");
		return;
	}
	log_warning("the key keeper is still reading: no client certificates until it is ready");
	k->late = true;
}

static int call(struct keeper *k, struct keeper_request *rq, const void *data, size_t length,
		struct bytes *out)
{
	int err = k->late ? catch_up(k) : 0;

	if (err)
		return err;
	rq->id = ++k->id;
	err = send_request(k, rq, data, length);
	if (err)
		return err;
	err = receive_answer(k, k->patience_ms, out);
	if (err == -ETIMEDOUT)
		timed_out(k);
	else
		k->reading = false;
	return err;
}

int keeper_find(struct keeper *k, uint32_t uid, const char *name, struct bytes *chain)
{
	struct keeper_request rq = { .op = KEEPER_FIND, .uid = uid };

	if (!k)
		return -ENOENT;
	if (strlen(name) > CREDSSP_MAX_CERT_NAME)
		return -EINVAL;
	memcpy(rq.name, name, strlen(name));
	return call(k, &rq, NULL, 0, chain);
}

int keeper_sign(struct keeper *k, uint32_t uid, const char *name, int hashed,
		uint32_t algorithm, const void *data, size_t length,
		struct bytes *signature)
{
	struct keeper_request rq = {
		.op = hashed ? KEEPER_SIGN_HASH : KEEPER_SIGN_DATA,
		.uid = uid,
		.algorithm = algorithm,
	};

	if (strlen(name) > CREDSSP_MAX_CERT_NAME)
		return -EINVAL;
	memcpy(rq.name, name, strlen(name));
	return call(k, &rq, data, length, signature);
}

void keeper_reload(struct keeper *k)
{
	struct keeper_request rq = { .op = KEEPER_RELOAD };

	if (!k)
		return;
	if (send_request(k, &rq, NULL, 0))
		log_warning("client certificates are not read: no key keeper");
	k->reading = true;
}
