// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "child.h"

/* A child that is killed ends at once, unless it hangs in the kernel */
#define KILL_LIMIT_MS	1000
/* How often to look for the end of a child that has no descriptor */
#define LOOK_MS		10

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Return 1 when @pidfd's child has ended, 0 if it has not, -1 if there is no way to tell. */
static int wait_by_pidfd(int pidfd, int64_t end)
{
	struct pollfd p = { .fd = pidfd, .events = POLLIN };
	int64_t left;
	int ret;

	if (pidfd < 0)
		return -1;
	do {
		left = end - now_ms();
		ret = poll(&p, 1, left > 0 ? (int)left : 0);
	} while (ret < 0 && errno == EINTR);
	return ret;
}

/* It stays a zombie for reap(). */
static bool has_ended(pid_t pid)
{
	siginfo_t info = { .si_pid = 0 };

	return !waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) && info.si_pid;
}

static bool wait_by_looking(pid_t pid, int64_t end)
{
	const struct timespec pause = { .tv_nsec = LOOK_MS * 1000000L };

	while (!has_ended(pid)) {
		if (now_ms() >= end)
			return false;
		nanosleep(&pause, NULL);
	}
	return true;
}

/*
 * Wait until @pid has ended. There may be no descriptor left, or a container that allows no
 * pidfd_open().
 */
static bool ends_in_time(pid_t pid, int limit_ms)
{
	int64_t end = now_ms() + limit_ms;
	int pidfd = (int)syscall(SYS_pidfd_open, pid, 0);
	int ret = wait_by_pidfd(pidfd, end);

	if (pidfd >= 0)
		close(pidfd);
	return ret < 0 ? wait_by_looking(pid, end) : ret;
}

/* Wait for no child that cannot be killed: the login goes on without it. */
static int reap(pid_t pid, int limit_ms)
{
	bool in_time = ends_in_time(pid, limit_ms);
	int status;
	pid_t ret;

	if (!in_time) {
		kill(pid, SIGKILL);
		ends_in_time(pid, KILL_LIMIT_MS);
	}
	do {
		ret = waitpid(pid, &status, WNOHANG);
	} while (ret < 0 && errno == EINTR);
	return ret == pid && in_time && WIFEXITED(status) ? WEXITSTATUS(status) : CHILD_FAILED;
}

/* A handler of the program for its own children must not reap this one, as in pam_unix. */
int child_run(int (*run)(void *data), void *data, int limit_ms)
{
	struct sigaction child = { .sa_handler = SIG_DFL }, old;
	int ret = CHILD_FAILED;
	pid_t pid;

	sigaction(SIGCHLD, &child, &old);
	pid = fork();
	if (!pid)
		_exit(run(data));
	if (pid > 0)
		ret = reap(pid, limit_ms);
	sigaction(SIGCHLD, &old, NULL);
	return ret;
}
