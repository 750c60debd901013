// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include "net.h"
#include "stop.h"
#include "text.h"

/* The kernel would queue a signal that nohup(1) or a shell has had ignored, if it is blocked. */
static bool is_ignored(int signal)
{
	struct sigaction action;

	return !sigaction(signal, NULL, &action) && action.sa_handler == SIG_IGN;
}

int stop_watch(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP };
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		if (!is_ignored(signals[i]))
			sigaddset(&set, signals[i]);
	if (sigprocmask(SIG_BLOCK, &set, NULL))
		return -1;
	return signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

int stop_take(int fd)
{
	struct signalfd_siginfo info;

	return fd >= 0 && read(fd, &info, sizeof(info)) == sizeof(info) ?
	       (int)info.ssi_signo : 0;
}

void stop_begin(struct stop *s)
{
	*s = (struct stop){ .fd = stop_watch(), .deadline = INT64_MAX };
}

void stop_end(struct stop *s)
{
	if (s->fd >= 0)
		close(s->fd);
	s->fd = -1;
}

bool stop_asked(struct stop *s)
{
	int signal;

	if (!s)
		return false;
	while ((signal = stop_take(s->fd))) {
		s->deadline = s->signal ? net_now() : net_now() + STOP_MS;
		if (!s->signal)
			s->signal = signal;
	}
	return s->signal;
}

int64_t stop_limit(const struct stop *s, int64_t deadline)
{
	return s && s->deadline < deadline ? s->deadline : deadline;
}

int stop_await(struct stop *s, int fd, int64_t deadline)
{
	struct pollfd p[] = {
		{ .fd = fd, .events = POLLIN },
		{ .fd = s ? s->fd : -1, .events = POLLIN },
	};
	int ret, left;

	stop_asked(s);
	while ((left = net_left(stop_limit(s, deadline)))) {
		ret = poll(p, 2, left);
		if (ret < 0 && errno != EINTR)
			return -1;
		if (ret > 0 && p[0].revents)
			return 0;
		stop_asked(s);
	}
	errno = ETIMEDOUT;
	return -1;
}

int stop_await_room(struct stop *s, int fd)
{
	struct pollfd p[] = {
		{ .fd = fd, .events = POLLOUT },
		{ .fd = s ? s->fd : -1, .events = POLLIN },
	};
	bool asked = false;
	int ret;

	while (!asked) {
		asked = stop_asked(s);
		if (asked && !net_left(s->deadline))
			break;
		/* What has come can still be written, but not waited for. */
		ret = poll(p, 2, asked ? 0 : -1);
		if (ret < 0 && errno != EINTR)
			return -1;
		if (ret > 0 && p[0].revents)
			return 0;
	}
	errno = EINTR;
	return -1;
}
