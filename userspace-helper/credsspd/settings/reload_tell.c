// SPDX-License-Identifier: GPL-2.0-only
/* The command's side of a reload: it waits until the daemon has told what came of it. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>
#include "base/clock.h"
#include "reload.h"
#include "reload_impl.h"

/*
 * Reading takes milliseconds, on an emulated machine a second. systemd gives a reload 90 seconds.
 */
#define TELL_PATIENCE_MS	30000
#define TELL_PAUSE_US		20000

/* What is in the file */
struct record {
	int pid;
	unsigned int ended;
	char state[8];
};

static int tell_complain(const char *file, const char *what)
{
	fprintf(stderr, "credsspd: %s: %s\n", file, what);
	return -EIO;
}

static int tell_read(int fd, struct record *r)
{
	char text[RELOAD_RECORD_SIZE + 1];
	const ssize_t n = pread(fd, text, RELOAD_RECORD_SIZE, 0);

	if (n != RELOAD_RECORD_SIZE)
		return -EBADMSG;
	text[n] = '\0';
	return sscanf(text, "%d %u %7s", &r->pid, &r->ended, r->state) == 3 ? 0 : -EBADMSG;
}

/* One that was under way before the signal may have read the files too early. */
static bool tell_is_over(const struct record *before, const struct record *now)
{
	const unsigned int ends = strcmp(before->state, RELOAD_BUSY) ? 1 : 2;

	return now->ended - before->ended >= ends && strcmp(now->state, RELOAD_BUSY);
}

static int tell_wait(int fd, const char *file, pid_t pid, const struct record *before,
		     int64_t until)
{
	struct record now;

	while (tell_read(fd, &now) || !tell_is_over(before, &now)) {
		if (kill(pid, 0))
			return tell_complain(file, "the daemon has ended");
		if (clock_ms() > until)
			return tell_complain(file, "the daemon does not answer");
		usleep(TELL_PAUSE_US);
	}
	if (strcmp(now.state, RELOAD_GOOD))
		return tell_complain(file, "the old settings stay: the daemon's log says why");
	return 0;
}

/* One after the other: an answer is that of the one who has the lock. */
static int tell_locked(int fd, const char *file, pid_t pid, int64_t until)
{
	struct record before;

	if (tell_read(fd, &before) || before.pid != pid)
		return tell_complain(file, "it is not that daemon's");
	if (kill(pid, SIGHUP))
		return tell_complain(file, strerror(errno));
	return tell_wait(fd, file, pid, &before, until);
}

int reload_tell(const char *file, pid_t pid)
{
	const int64_t until = clock_ms() + TELL_PATIENCE_MS;
	const int fd = open(file, O_RDONLY | O_NOFOLLOW | O_CLOEXEC);
	int ret;

	if (fd < 0)
		return tell_complain(file, strerror(errno));
	while ((ret = flock(fd, LOCK_EX | LOCK_NB)) && errno == EWOULDBLOCK && clock_ms() < until)
		usleep(TELL_PAUSE_US);
	ret = ret ? tell_complain(file, strerror(errno)) : tell_locked(fd, file, pid, until);
	close(fd);
	return ret;
}
