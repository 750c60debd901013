// SPDX-License-Identifier: GPL-2.0-only
/*
 * The daemon's loop on the helper device: one request, one reply. A reply that needs the
 * key keeper is sent later, and other replies are sent before it.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "log.h"
#include "upcall.h"

/* The loop handles one request at a time, or hands it over. */
static alignas(8) uint8_t request[CREDSSP_HLP_MAX_MESSAGE];
static alignas(8) uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];

int upcall_open(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

/**
 * struct upcall - what the loop works with
 * @device, @e, @threads, @keys: as of upcall_serve()
 */
struct upcall {
	int device;
	struct engine *e;
	struct dispatch *threads;
	struct keeper *keys;
};

static void carry_out(const struct upcall *u, size_t length)
{
	size_t n = engine_handle(u->e, request, length, reply, sizeof(reply));

	if (n)
		dispatch_reply(u->device, reply, n);
}

static void hand_over(const struct upcall *u, size_t length)
{
	int err = dispatch_request(u->threads, request, length);
	size_t n;

	if (!err)
		return;
	n = engine_refuse(request, length, err, reply, sizeof(reply));
	if (n)
		dispatch_reply(u->device, reply, n);
}

/* Handle one request, if there is one. 0 or the device's error. */
static int serve_one(const struct upcall *u)
{
	ssize_t got = read(u->device, request, sizeof(request));

	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (!got)
		return -EIO;
	if (u->threads)
		hand_over(u, got);
	else
		carry_out(u, got);
	explicit_bzero(request, got);
	return 0;
}

/* True if the daemon must stop. */
static bool take_signal(int signals, struct keeper *keys)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) != sizeof(info))
		return errno != EAGAIN && errno != EINTR;
	if (info.ssi_signo != SIGHUP)
		return true;
	keeper_reload(keys);
	return false;
}

/* Go on with handshakes that the key keeper has answered; they may ask it again. */
static void resume(const struct upcall *u)
{
	const bool news = keeper_has_news(u->keys);
	size_t length;

	if (u->threads && news)
		dispatch_resume(u->threads);
	while (!u->threads && (length = engine_resume(u->e, reply, sizeof(reply))))
		dispatch_reply(u->device, reply, length);
}

/* The smaller of two times in milliseconds, of which -1 means never. */
static int sooner(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

/* Milliseconds until something must be done without a request; -1: never. */
static int due(const struct upcall *u)
{
	/* Threads end their conversations themselves. */
	return sooner(keeper_due(u->keys),
		      u->threads ? -1 : engine_expire(u->e, engine_now()));
}

static bool has_room(const struct upcall *u)
{
	return !u->threads || dispatch_has_room(u->threads);
}

int upcall_serve(int device, int signals, struct engine *e, struct dispatch *threads,
		 struct keeper *keys)
{
	const struct upcall u = { device, e, threads, keys };
	struct pollfd fds[4] = {
		{ .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
		{ .fd = keeper_fd(keys), .events = POLLIN },
		{ .fd = dispatch_fd(threads), .events = POLLIN },
	};
	int err = 0;

	while (!err) {
		err = keeper_expire(keys);
		if (err)
			break;
		resume(&u);
		fds[0].fd = has_room(&u) ? device : -1;
		if (poll(fds, 4, due(&u)) < 0) {
			err = errno == EINTR ? 0 : -errno;
			continue;
		}
		if (fds[1].revents && take_signal(signals, keys))
			return 0;
		if (fds[3].revents)
			dispatch_take_news(threads);
		if (fds[2].revents)
			err = keeper_receive(keys);
		/* One request per round, so that a flood of requests cannot delay a signal. */
		if (!err && fds[0].revents)
			err = serve_one(&u);
	}
	return err;
}
