// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <unistd.h>
#include "children.h"
#include "log.h"
#include "packets.h"

static pid_t children_fork(const int fds[2], int (*run)(int fd, const void *arg),
			   const void *arg)
{
	pid_t pid;

	if (fcntl(fds[0], F_SETFL, O_NONBLOCK))
		return -errno;
	pid = fork();
	if (pid)
		return pid < 0 ? -errno : pid;
	close(fds[0]);
	_exit(run(fds[1], arg));
}

pid_t children_start(int *fd, size_t most, int (*run)(int fd, const void *arg), const void *arg)
{
	int fds[2], ret = packets_connect(fds, most);
	pid_t pid;

	if (ret)
		return ret;
	pid = children_fork(fds, run, arg);
	close(fds[1]);
	if (pid > 0)
		*fd = fds[0];
	else
		close(fds[0]);
	return pid;
}

int children_start_service(size_t most, int (*run)(int fd, const void *arg), const void *arg)
{
	pid_t pid;
	int fd;

	signal(SIGCHLD, SIG_IGN);
	pid = children_start(&fd, most, run, arg);
	return pid < 0 ? pid : fd;
}

int children_ignore_signals(void)
{
	static const int ignored[] = { SIGHUP, SIGINT, SIGTERM, SIGPIPE };

	for (size_t i = 0; i < sizeof(ignored) / sizeof(ignored[0]); i++) {
		if (signal(ignored[i], SIG_IGN) == SIG_ERR)
			return -errno;
	}
	return 0;
}

int children_watch(void)
{
	sigset_t set;
	int fd;

	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (signal(SIGCHLD, SIG_DFL) == SIG_ERR || sigprocmask(SIG_BLOCK, &set, NULL))
		return -errno;
	fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	return fd < 0 ? -errno : fd;
}

void children_take_signal(int signals)
{
	struct signalfd_siginfo info;

	if (read(signals, &info, sizeof(info)) < 0 && errno != EAGAIN && errno != EINTR)
		log_warning("signals of processes: %s", strerror(errno));
}
