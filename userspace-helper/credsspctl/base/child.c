// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "child.h"
#include "net.h"
#include "text.h"

/* How long a program may take to end after SIGHUP */
#define HANGUP_MS	5000

int child_keep_standard(void)
{
	int fd;

	/* open() takes the lowest number that is free */
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0 && open("/dev/null", O_RDWR) != fd)
			return -1;
	return 0;
}

void child_close(int *end)
{
	if (*end >= 0)
		close(*end);
	*end = -1;
}

/* On a socket, the end of one direction is not that of the other one's descriptor. */
void child_close_input(struct child *child)
{
	if (child->kind == CHILD_SOCKET && child->input >= 0)
		shutdown(child->input, SHUT_WR);
	child_close(&child->input);
}

void child_close_output(struct child *child)
{
	if (child->kind == CHILD_SOCKET && child->output >= 0)
		shutdown(child->output, SHUT_RD);
	child_close(&child->output);
}

/**
 * struct ends - the descriptors being made
 * @own: of this process: input, output, error
 * @theirs: of the program
 */
struct ends {
	int own[3];
	int theirs[3];
};

static void close_all(int ends[3])
{
	size_t i;

	for (i = 0; i < 3; i++)
		child_close(&ends[i]);
}

static int pipe_to(int *reader, int *writer)
{
	int ends[2];

	if (pipe2(ends, O_CLOEXEC))
		return errno;
	*reader = ends[0];
	*writer = ends[1];
	return 0;
}

static int make_socket(struct ends *e)
{
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair))
		return errno;
	e->theirs[0] = pair[1];
	e->own[0] = pair[0];
	e->own[1] = fcntl(pair[0], F_DUPFD_CLOEXEC, 0);
	return e->own[1] < 0 ? errno : 0;
}

static int make_pipes(struct ends *e, enum child_kind kind)
{
	int err = pipe_to(&e->theirs[0], &e->own[0]);

	if (!err)
		err = pipe_to(&e->own[1], &e->theirs[1]);
	if (!err && kind == CHILD_STREAMS)
		err = pipe_to(&e->own[2], &e->theirs[2]);
	return err;
}

/* The child's ends block, as programs expect; those of this process do not. */
static int make_ends(struct ends *e, enum child_kind kind)
{
	int err = kind == CHILD_SOCKET ? make_socket(e) : make_pipes(e, kind);
	size_t i;

	for (i = 0; !err && i < ARRAY_SIZE(e->own); i++)
		if (e->own[i] >= 0 && fcntl(e->own[i], F_SETFL, O_NONBLOCK))
			err = errno;
	return err;
}

/* Descriptors 0 to 2 are open in this process, so that the pipes have other numbers. */
static int set_files(posix_spawn_file_actions_t *files, const struct ends *e,
		     enum child_kind kind)
{
	static const int standard[] = { STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO };
	int err = 0;
	size_t i;

	if (kind == CHILD_SOCKET) {
		err = posix_spawn_file_actions_adddup2(files, e->theirs[0], CHILD_FD);
		return err ? err : posix_spawn_file_actions_addclosefrom_np(files, CHILD_FD + 1);
	}
	for (i = 0; !err && i < ARRAY_SIZE(e->theirs); i++)
		if (e->theirs[i] >= 0)
			err = posix_spawn_file_actions_adddup2(files, e->theirs[i], standard[i]);
	return err ? err : posix_spawn_file_actions_addclosefrom_np(files, STDERR_FILENO + 1);
}

/* No blocked and no ignored signals, and perhaps a process group of its own. */
static int set_attributes(posix_spawnattr_t *attr, enum child_kind kind)
{
	short group = kind == CHILD_SOCKET ? 0 : POSIX_SPAWN_SETPGROUP;
	sigset_t none, all;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawnattr_setsigmask(attr, &none);
	posix_spawnattr_setsigdefault(attr, &all);
	posix_spawnattr_setpgroup(attr, 0);
	return posix_spawnattr_setflags(attr, (short)(POSIX_SPAWN_SETSIGMASK |
						      POSIX_SPAWN_SETSIGDEF | group));
}

static int spawn(struct child *child, char *const argv[], char *const env[],
		 const struct ends *e)
{
	posix_spawn_file_actions_t files;
	posix_spawnattr_t attr;
	int err;

	err = posix_spawn_file_actions_init(&files);
	if (err)
		return err;
	err = posix_spawnattr_init(&attr);
	if (err)
		goto out_files;
	err = set_files(&files, e, child->kind);
	if (!err)
		err = set_attributes(&attr, child->kind);
	if (!err)
		err = posix_spawnp(&child->pid, argv[0], &files, &attr, argv, env);
	posix_spawnattr_destroy(&attr);
out_files:
	posix_spawn_file_actions_destroy(&files);
	return err;
}

static int watch(struct child *child)
{
	int err;

	child->pidfd = pidfd_open(child->pid, 0);
	if (child->pidfd >= 0)
		return 0;
	err = errno;
	child_kill(child, SIGKILL);
	child_wait(child);
	return err;
}

int child_start(struct child *child, enum child_kind kind, char *const argv[],
		char *const env[])
{
	struct ends e = { { -1, -1, -1 }, { -1, -1, -1 } };
	int err = make_ends(&e, kind);

	*child = (struct child){
		.pid = -1, .pidfd = -1, .input = -1, .output = -1, .error = -1, .kind = kind,
	};
	if (!err)
		err = spawn(child, argv, env, &e);
	close_all(e.theirs);
	if (!err)
		err = watch(child);
	if (!err) {
		child->input = e.own[0];
		child->output = e.own[1];
		child->error = e.own[2];
		return 0;
	}
	close_all(e.own);
	errno = err;
	return -1;
}

void child_kill(const struct child *child, int signal)
{
	kill(child->kind == CHILD_SOCKET ? child->pid : -child->pid, signal);
}

int child_wait(struct child *child)
{
	int status = 0;

	while (waitpid(child->pid, &status, 0) < 0 && errno == EINTR)
		;
	child_close(&child->pidfd);
	return status;
}

/* The process is a zombie at the most until it is waited for, so that its number is valid. */
int child_hang_up(struct child *child)
{
	struct pollfd p = { .fd = child->pidfd, .events = POLLIN };
	int64_t deadline = net_now() + HANGUP_MS;

	child_kill(child, SIGHUP);
	while (poll(&p, 1, net_left(deadline)) < 0 && errno == EINTR)
		;
	child_kill(child, SIGKILL);
	return child_wait(child);
}
