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

/* The loop handles one request at a time. */
static alignas(8) uint8_t request[CREDSSP_HLP_MAX_MESSAGE];
static alignas(8) uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];

int upcall_open(const char *path)
{
	int fd = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);

	return fd < 0 ? -errno : fd;
}

static void answer(int device, size_t length)
{
	if (write(device, reply, length) != (ssize_t)length)
		log_error("reply of %zu bytes: %s", length, strerror(errno));
	explicit_bzero(reply, length);	/* TLS keys */
}

/* Handle one request, if there is one. 0 or the device's error. */
static int serve_one(int device, struct engine *e)
{
	ssize_t got = read(device, request, sizeof(request));
	size_t length;

	if (got < 0)
		return errno == EINTR || errno == EAGAIN ? 0 : -errno;
	if (!got)
		return -EIO;
	length = engine_handle(e, request, got, reply, sizeof(reply));
	if (length)
		answer(device, length);
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

static void answer_held_back(int device, struct engine *e)
{
	size_t length;

	while ((length = engine_resume(e, reply, sizeof(reply))))
		answer(device, length);
}

/* The smaller of two times in milliseconds, of which -1 means never. */
static int sooner(int a, int b)
{
	if (a < 0 || b < 0)
		return a < 0 ? b : a;
	return a < b ? a : b;
}

int upcall_serve(int device, int signals, struct engine *e, struct keeper *keys)
{
	struct pollfd fds[3] = {
		{ .fd = device, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
		{ .fd = keeper_fd(keys), .events = POLLIN },
	};
	int err = 0;

	while (!err) {
		err = keeper_expire(keys);
		if (err)
			break;
		/* The handshakes that continue may have further questions to the keeper. */
		answer_held_back(device, e);
		if (poll(fds, 3, sooner(keeper_due(keys), engine_expire(e, engine_now()))) < 0) {
			err = errno == EINTR ? 0 : -errno;
			continue;
		}
		if (fds[1].revents && take_signal(signals, keys))
			return 0;
		if (fds[2].revents)
			err = keeper_receive(keys);
		/* One request per round, so that a flood of requests cannot delay a signal. */
		if (!err && fds[0].revents)
			err = serve_one(device, e);
	}
	return err;
}
