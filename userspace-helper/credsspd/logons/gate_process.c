// SPDX-License-Identifier: GPL-2.0-only
/* The gate's loop. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>
#include "base/children.h"
#include "base/clock.h"
#include "base/log.h"
#include "gate_process.h"
#include "sandbox/sandbox.h"

#define HEADER	sizeof(struct credssp_hlp_header)

enum { POLL_DAEMON, POLL_SIGNALS, POLL_BOOKS, POLL_WORKERS, POLLS = POLL_WORKERS + GATE_WORKERS };

static int gate_reload(struct gate *g, const struct credssp_hlp_header *hdr, size_t length)
{
	struct gate_reload r;

	gate_books_reload(g);
	if (length == HEADER)
		return 0;
	if (length != sizeof(r))
		return -EBADMSG;
	memcpy(&r, hdr, sizeof(r));
	attempts_set_rules(g->attempts, &r.rules);
	return 0;
}

/* A negative errno: the daemon has ended, or sent an invalid packet. */
static int gate_take(struct gate *g, const struct credssp_hlp_header *hdr, size_t length)
{
	const int64_t now = clock_ms();

	if (length < HEADER || hdr->length != length)
		return -EBADMSG;
	switch (hdr->opcode) {
	case CREDSSP_HLP_NTLM_LOGON:
		return gate_logon_take(g, hdr, now);
	case CREDSSP_HLP_END:
		gate_logon_end(g, hdr->conversation, now);
		return 0;
	case GATE_RELOAD:
		return gate_reload(g, hdr, length);
	default:
		return -EBADMSG;
	}
}

static int gate_take_request(struct gate *g)
{
	ssize_t got = read(g->daemon, g->packet, sizeof(g->packet));
	int ret;

	if (got < 0 && errno == EINTR)
		return 0;
	if (got <= 0)
		return -EPIPE;
	ret = gate_take(g, (const struct credssp_hlp_header *)g->packet, got);
	explicit_bzero(g->packet, got);
	return ret;
}

static void gate_set_polls(const struct gate *g, struct pollfd *fds)
{
	fds[POLL_DAEMON] = (struct pollfd){ .fd = g->daemon, .events = POLLIN };
	fds[POLL_SIGNALS] = (struct pollfd){ .fd = g->signals, .events = POLLIN };
	fds[POLL_BOOKS] = (struct pollfd){ .fd = g->books.fd, .events = POLLIN };
	for (size_t i = 0; i < GATE_WORKERS; i++)
		fds[POLL_WORKERS + i] = (struct pollfd){ .fd = g->workers[i].fd, .events = POLLIN };
}

/* For poll(): milliseconds until the next deadline; -1: there is none. */
static int gate_due(const struct gate *g)
{
	const int64_t now = clock_ms();
	const int64_t logons = gate_logons_due(g, now), books = gate_books_due(g);
	const int64_t due = logons < books ? logons : books;

	if (due == INT64_MAX)
		return -1;
	if (due <= now)
		return 0;
	return due - now < INT_MAX ? due - now : INT_MAX;
}

static int gate_hear(struct gate *g, const struct pollfd *fds)
{
	int ret = 0;

	if (fds[POLL_BOOKS].revents)
		ret = gate_books_hear(g, clock_ms());
	for (size_t i = 0; i < GATE_WORKERS && !ret; i++) {
		if (fds[POLL_WORKERS + i].revents)
			ret = gate_worker_hear(g, &g->workers[i], clock_ms());
	}
	if (!ret)
		ret = gate_books_expire(g, clock_ms());
	return ret;
}

static int gate_turn(struct gate *g)
{
	struct pollfd fds[POLLS];
	int ret;

	gate_set_polls(g, fds);
	if (poll(fds, POLLS, gate_due(g)) < 0)
		return errno == EINTR ? 0 : -errno;
	ret = gate_hear(g, fds);
	if (ret)
		return ret;
	if (fds[POLL_SIGNALS].revents)
		children_take_signal(g->signals);
	gate_checkers_reap(g);
	if (fds[POLL_DAEMON].revents)
		ret = gate_take_request(g);
	return ret ? ret : gate_logons_advance(g, clock_ms());
}

static int gate_init(struct gate *g, int fd, const struct gate_setup *setup)
{
	int ret = children_ignore_signals();

	if (ret)
		return ret;
	g->setup = setup;
	g->daemon = fd;
	TAILQ_INIT(&g->logons);
	gate_checkers_init(g);
	g->attempts = attempts_new(&setup->rules);
	if (!g->attempts)
		return -ENOMEM;
	if (getrandom(g->name_key, sizeof(g->name_key), 0) != sizeof(g->name_key))
		return -EIO;
	ret = sandbox_gate(fd);
	if (ret)
		return ret;
	g->signals = children_watch();
	return g->signals < 0 ? g->signals : 0;
}

int gate_serve(int fd, const struct gate_setup *setup)
{
	struct gate *g = calloc(1, sizeof(*g));
	int ret = g ? gate_init(g, fd, setup) : -ENOMEM;

	if (ret) {
		log_error("gate for logons: %s", strerror(-ret));
		return EXIT_FAILURE;
	}
	while (!gate_turn(g))
		;
	/* The others end with the gate. */
	gate_logons_forget(g);
	explicit_bzero(g->name_key, sizeof(g->name_key));
	return EXIT_SUCCESS;
}
