// SPDX-License-Identifier: GPL-2.0-only
/* The device's side of the daemon: one request, one reply, never a wait between. */
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

/* There is one loop, and one request at a time in it. */
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

/* One request, if there is one. 0 or the device's error. */
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

/* True when it is time to stop. */
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

int upcall_serve(int device, int signals, struct engine *e, struct keeper *keys)
{
	struct pollfd fds[2] = {
		{ .fd = device, .events = POLLIN },
		{ .fd = signals, .events = POLLIN },
	};
	int err = 0;

	while (!err) {
		if (poll(fds, 2, engine_expire(e, engine_now())) < 0) {
			err = errno == EINTR ? 0 : -errno;
			continue;
		}
		if (fds[1].revents && take_signal(signals, keys))
			return 0;
		/* One at a time, so that a flood of requests cannot keep us from stopping. */
		if (fds[0].revents)
			err = serve_one(device, e);
	}
	return err;
}
