// SPDX-License-Identifier: GPL-2.0-only
/*
 * The key keeper: it passes questions to the worker of the user that they name, and
 * answers back to the daemon.  It has no keys, reads only the headers of packets, and
 * does not wait for workers.
 */
#include <errno.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/children.h"
#include "base/clock.h"
#include "base/log.h"
#include "keeper_impl.h"
#include "sandbox/sandbox.h"
#include "workers.h"

/**
 * struct keeper_process - the state of the keeper
 * @daemon: connection to the daemon
 * @signals: signalfd for SIGCHLD
 * @workers: all workers
 * @packet: buffer of one message, for either direction
 */
struct keeper_process {
	int daemon;
	int signals;
	struct workers workers;
	uint8_t packet[KEEPER_PACKET_MAX];
};

enum { POLL_DAEMON, POLL_SIGNALS, POLL_WORKERS };

/* The daemon never waits for the keeper to read, so the keeper may wait for the daemon. */
static int keeper_process_tell(struct keeper_process *kp, const void *packet, size_t length)
{
	return write(kp->daemon, packet, length) == (ssize_t)length ? 0 : -EPIPE;
}

static int keeper_process_refuse(struct keeper_process *kp, uint32_t id, int error)
{
	const struct keeper_answer a = { .id = id, .error = -error };

	return keeper_process_tell(kp, &a, sizeof(a));
}

static int keeper_process_pass_on(struct keeper_process *kp, size_t length)
{
	struct keeper_request rq;
	struct worker *w;
	int ret;

	if (length < sizeof(rq) || length > KEEPER_REQUEST_MAX)
		return -EBADMSG;
	memcpy(&rq, kp->packet, sizeof(rq));
	switch (rq.op) {
	case KEEPER_RELOAD:
		workers_retire(&kp->workers);
		return 0;
	case KEEPER_FIND:
	case KEEPER_FIND_HOST:
	case KEEPER_SIGN_DATA:
	case KEEPER_SIGN_HASH:
		break;
	default:
		return -EBADMSG;
	}
	ret = workers_get(&kp->workers, rq.uid, &w);
	if (!ret)
		ret = worker_ask(&kp->workers, w, rq.id, kp->packet, length);
	return ret ? keeper_process_refuse(kp, rq.id, ret) : 0;
}

/* Handle one request. Returns a negative errno when the daemon has ended. */
static int keeper_process_take_request(struct keeper_process *kp)
{
	ssize_t got = read(kp->daemon, kp->packet, sizeof(kp->packet));
	int ret;

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0)
		return -EPIPE;
	ret = keeper_process_pass_on(kp, got);
	explicit_bzero(kp->packet, got);
	return ret;
}

/* End a worker, and answer its questions with an error. */
static int keeper_process_lose(struct keeper_process *kp, struct worker *w, const char *why)
{
	int ret = 0;

	worker_lose(&kp->workers, w, why);
	while (!ret && w->count) {
		ret = keeper_process_refuse(kp, worker_asked(w), -EIO);
		worker_answered(w);
	}
	return ret;
}

/* A valid answer is the answer to the oldest question of this worker. */
static int keeper_process_check_answer(const struct keeper_process *kp, const struct worker *w,
				       size_t length)
{
	struct keeper_answer head;

	if (length < sizeof(head) || length > KEEPER_ANSWER_MAX || !w->count)
		return -EBADMSG;
	memcpy(&head, kp->packet, sizeof(head));
	if (head.id != worker_asked(w) || head.error < 0 || head.error > KEEPER_ERROR_MAX)
		return -EBADMSG;
	return 0;
}

static int keeper_process_take_answer(struct keeper_process *kp, struct worker *w)
{
	ssize_t got = read(w->fd, kp->packet, sizeof(kp->packet));
	int ret;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0 && w->retired && !w->count) {
		worker_close(w);
		return 0;
	}
	if (got <= 0)
		return keeper_process_lose(kp, w, "has ended");
	ret = keeper_process_check_answer(kp, w, got);
	if (!ret) {
		ret = keeper_process_tell(kp, kp->packet, got);
		worker_answered(w);
	} else {
		ret = keeper_process_lose(kp, w, "sent an invalid packet");
	}
	/* The next worker inherits this memory. */
	explicit_bzero(kp->packet, got);
	return ret;
}

static int keeper_process_look_at_workers(struct keeper_process *kp, const struct pollfd *fds)
{
	const int64_t now = clock_patience_ms();
	int ret = 0;

	for (int i = 0; i < WORKER_SLOTS && !ret; i++) {
		struct worker *w = &kp->workers.worker[i];

		if (w->fd >= 0 && fds[i].revents)
			ret = keeper_process_take_answer(kp, w);
		if (!ret && worker_is_overdue(w, now))
			ret = keeper_process_lose(kp, w, "does not answer");
	}
	return ret;
}

static int keeper_process_turn(struct keeper_process *kp)
{
	struct pollfd fds[POLL_WORKERS + WORKER_SLOTS] = {
		[POLL_DAEMON] = { .fd = kp->daemon, .events = POLLIN },
		[POLL_SIGNALS] = { .fd = kp->signals, .events = POLLIN },
	};
	int ret;

	for (int i = 0; i < WORKER_SLOTS; i++)
		fds[POLL_WORKERS + i] = (struct pollfd){ .fd = kp->workers.worker[i].fd,
							 .events = POLLIN };
	if (poll(fds, POLL_WORKERS + WORKER_SLOTS,
		 workers_are_busy(&kp->workers) ? CLOCK_SLICE_MS : -1) < 0)
		return errno == EINTR ? 0 : -errno;
	ret = keeper_process_look_at_workers(kp, fds + POLL_WORKERS);
	if (ret)
		return ret;
	if (fds[POLL_SIGNALS].revents)
		children_take_signal(kp->signals);
	workers_reap(&kp->workers);
	/* A worker that was lost above has no descriptor any more. */
	return fds[POLL_DAEMON].revents ? keeper_process_take_request(kp) : 0;
}

int keeper_serve(int fd, const char *directory)
{
	struct keeper_process *kp = calloc(1, sizeof(*kp));

	if (!kp || sandbox_keep() || children_ignore_signals())
		return EXIT_FAILURE;
	kp->daemon = fd;
	kp->signals = children_watch();
	if (kp->signals < 0)
		return EXIT_FAILURE;
	workers_init(&kp->workers, directory);
	while (!keeper_process_turn(kp))
		;
	/* The workers end with the keeper. */
	explicit_bzero(kp, sizeof(*kp));
	free(kp);
	return EXIT_SUCCESS;
}
