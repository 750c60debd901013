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

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* Wait until @pid has ended. Without a descriptor there is no way to wait for so long. */
static bool ends_in_time(pid_t pid, int limit_ms)
{
	int64_t end = now_ms() + limit_ms, left = limit_ms;
	struct pollfd p = { .events = POLLIN };
	int ret = -1;

	p.fd = (int)syscall(SYS_pidfd_open, pid, 0);
	while (p.fd >= 0 && ret < 0 && left > 0) {
		ret = poll(&p, 1, (int)left);
		if (ret < 0 && errno != EINTR)
			break;
		left = end - now_ms();
	}
	if (p.fd >= 0)
		close(p.fd);
	return ret > 0;
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
