// SPDX-License-Identifier: GPL-2.0-only
/*
 * The key keeper: it passes questions to the worker of the user that they name, and
 * answers back to the daemon.  It has no keys, reads only the headers of packets, and
 * does not wait for workers.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "clock.h"
#include "keeper_impl.h"
#include "log.h"
#include "sandbox.h"
#include "workers.h"

/**
 * struct hub - the state of the keeper
 * @daemon: connection to the daemon
 * @signals: signalfd for SIGCHLD
 * @workers: all workers
 * @packet: buffer of one message, for either direction
 */
struct hub {
	int daemon;
	int signals;
	struct workers workers;
	uint8_t packet[KEEPER_PACKET_MAX];
};

enum { POLL_DAEMON, POLL_SIGNALS, POLL_WORKERS };

/* The daemon never waits for the keeper to read, so the keeper may wait for the daemon. */
static int hub_tell(struct hub *h, const void *packet, size_t length)
{
	return write(h->daemon, packet, length) == (ssize_t)length ? 0 : -EPIPE;
}

static int hub_refuse(struct hub *h, uint32_t id, int error)
{
	const struct keeper_answer a = { .id = id, .error = -error };

	return hub_tell(h, &a, sizeof(a));
}

static int hub_pass_on(struct hub *h, size_t length)
{
	struct keeper_request rq;
	struct worker *w;
	int ret;

	if (length < sizeof(rq) || length > KEEPER_REQUEST_MAX)
		return -EBADMSG;
	memcpy(&rq, h->packet, sizeof(rq));
	switch (rq.op) {
	case KEEPER_RELOAD:
		workers_retire(&h->workers);
		return 0;
	case KEEPER_FIND:
	case KEEPER_SIGN_DATA:
	case KEEPER_SIGN_HASH:
		break;
	default:
		return -EBADMSG;
	}
	ret = workers_get(&h->workers, rq.uid, &w);
	if (!ret)
		ret = worker_ask(&h->workers, w, rq.id, h->packet, length);
	return ret ? hub_refuse(h, rq.id, ret) : 0;
}

/* Handle one request. Returns a negative errno when the daemon has ended. */
static int hub_take_request(struct hub *h)
{
	ssize_t got = read(h->daemon, h->packet, sizeof(h->packet));
	int ret;

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0)
		return -EPIPE;
	ret = hub_pass_on(h, got);
	explicit_bzero(h->packet, got);
	return ret;
}

/* End a worker, and answer its questions with an error. */
static int hub_lose(struct hub *h, struct worker *w, const char *why)
{
	int ret = 0;

	worker_lose(&h->workers, w, why);
	while (!ret && w->count) {
		ret = hub_refuse(h, worker_asked(w), -EIO);
		worker_answered(w);
	}
	return ret;
}

/* A valid answer is the answer to the oldest question of this worker. */
static int hub_check_answer(const struct hub *h, const struct worker *w, size_t length)
{
	struct keeper_answer head;

	if (length < sizeof(head) || length > KEEPER_ANSWER_MAX || !w->count)
		return -EBADMSG;
	memcpy(&head, h->packet, sizeof(head));
	if (head.id != worker_asked(w) || head.error < 0 || head.error > KEEPER_ERROR_MAX)
		return -EBADMSG;
	return 0;
}

static int hub_take_answer(struct hub *h, struct worker *w)
{
	ssize_t got = read(w->fd, h->packet, sizeof(h->packet));
	int ret;

	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0 && w->retired && !w->count) {
		worker_close(w);
		return 0;
	}
	if (got <= 0)
		return hub_lose(h, w, "has ended");
	ret = hub_check_answer(h, w, got);
	if (!ret) {
		ret = hub_tell(h, h->packet, got);
		worker_answered(w);
	} else {
		ret = hub_lose(h, w, "talks nonsense");
	}
	/* The next worker inherits this memory. */
	explicit_bzero(h->packet, got);
	return ret;
}

/* Its content is not used: one signal may stand for several children. */
static void hub_take_signal(struct hub *h)
{
	struct signalfd_siginfo info;

	if (read(h->signals, &info, sizeof(info)) < 0 && errno != EAGAIN && errno != EINTR)
		log_warning("key keeper: signals: %s", strerror(errno));
}

static int hub_look_at_workers(struct hub *h, const struct pollfd *fds)
{
	const int64_t now = clock_patience_ms();
	int ret = 0;

	for (int i = 0; i < WORKER_SLOTS && !ret; i++) {
		struct worker *w = &h->workers.worker[i];

		if (w->fd >= 0 && fds[i].revents)
			ret = hub_take_answer(h, w);
		if (!ret && worker_is_overdue(w, now))
			ret = hub_lose(h, w, "does not answer");
	}
	return ret;
}

static int hub_turn(struct hub *h)
{
	struct pollfd fds[POLL_WORKERS + WORKER_SLOTS] = {
		[POLL_DAEMON] = { .fd = h->daemon, .events = POLLIN },
		[POLL_SIGNALS] = { .fd = h->signals, .events = POLLIN },
	};
	int ret;

	for (int i = 0; i < WORKER_SLOTS; i++)
		fds[POLL_WORKERS + i] = (struct pollfd){ .fd = h->workers.worker[i].fd,
							 .events = POLLIN };
	if (poll(fds, POLL_WORKERS + WORKER_SLOTS,
		 workers_are_busy(&h->workers) ? CLOCK_SLICE_MS : -1) < 0)
		return errno == EINTR ? 0 : -errno;
	ret = hub_look_at_workers(h, fds + POLL_WORKERS);
	if (ret)
		return ret;
	if (fds[POLL_SIGNALS].revents)
		hub_take_signal(h);
	workers_reap(&h->workers);
	/* A worker that was lost above has no descriptor any more. */
	return fds[POLL_DAEMON].revents ? hub_take_request(h) : 0;
}

/*
 * A signal to the whole group or service is for the daemon, which ends the keeper.
 * SIGCHLD arrives by a descriptor.
 */
static int hub_set_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };
	sigset_t set;

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		if (signal(ignored[i], SIG_IGN) == SIG_ERR)
			return -1;
	}
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR || sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int keeper_serve(int fd, const char *directory)
{
	struct hub *h = calloc(1, sizeof(*h));

	if (!h || sandbox_keep())
		return EXIT_FAILURE;
	h->daemon = fd;
	h->signals = hub_set_signals();
	if (h->signals < 0)
		return EXIT_FAILURE;
	workers_init(&h->workers, directory);
	while (!hub_turn(h))
		;
	/* The workers end with the keeper. */
	explicit_bzero(h, sizeof(*h));
	free(h);
	return EXIT_SUCCESS;
}
