// SPDX-License-Identifier: GPL-2.0-only
/* Programs behind a relay, with a socket pair in place of kTLS: an empty record is the end. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "net.h"
#include "relay.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

#define PLENTY	(1024 * 1024)

/* The end of the stream is that of the socket here. */
static ssize_t plain_recv(int fd, void *buffer, size_t length)
{
	return recv(fd, buffer, length, MSG_DONTWAIT);
}

static ssize_t plain_send(int fd, const void *buffer, size_t length)
{
	return send(fd, buffer, length, MSG_DONTWAIT | MSG_NOSIGNAL);
}

static int plain_end(int fd)
{
	return shutdown(fd, SHUT_WR);
}

/* As kTLS has it when TCP ends without close_notify */
static ssize_t truncated_recv(int fd, void *buffer, size_t length)
{
	ssize_t n = plain_recv(fd, buffer, length);

	if (n)
		return n;
	errno = ECONNRESET;
	return -1;
}

static const struct relay_stream plain = { plain_recv, plain_send, plain_end };
static const struct relay_stream truncated = { truncated_recv, plain_send, plain_end };

/* The peer is a process: it sends @n bytes, ends, and counts what comes. */
static pid_t start_peer(int fd, size_t n)
{
	char buffer[4096];
	size_t left = n, got = 0;
	ssize_t some;
	pid_t pid = fork();

	if (pid)
		return pid;
	memset(buffer, 'x', sizeof(buffer));
	while (left) {
		some = send(fd, buffer, left < sizeof(buffer) ? left : sizeof(buffer),
			    MSG_NOSIGNAL | MSG_DONTWAIT);
		if (some > 0)
			left -= (size_t)some;
		some = recv(fd, buffer, sizeof(buffer), MSG_DONTWAIT);
		if (some > 0)
			got += (size_t)some;
	}
	shutdown(fd, SHUT_WR);
	while ((some = recv(fd, buffer, sizeof(buffer), 0)) > 0)
		got += (size_t)some;
	_exit(got == n ? 0 : 1);
}

static struct relay_result run(const struct relay_stream *stream, int fd, const char *script,
			       int stop)
{
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	struct relay_result result = { .status = -1 };
	struct child child;

	CHECK(!child_start(&child, CHILD_PIPES, argv, environ));
	relay_run(stream, fd, &child, stop, &result);
	CHECK(child.input == -1 && child.output == -1 && child.pidfd == -1);
	CHECK(waitpid(child.pid, NULL, WNOHANG) == -1 && errno == ECHILD);
	return result;
}

static void test_echo(void)
{
	struct relay_result result;
	int pair[2], status;
	pid_t peer;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	peer = start_peer(pair[1], PLENTY);
	close(pair[1]);
	result = run(&plain, pair[0], "exec cat", -1);
	CHECK(!result.lost && WIFEXITED(result.status) && !WEXITSTATUS(result.status));
	CHECK(result.received == PLENTY && result.sent == PLENTY);
	close(pair[0]);
	CHECK(waitpid(peer, &status, 0) == peer && !status);
}

/* Each row: what the peer has sent before its end, what the program does, what comes back */
static void test_ends(void)
{
	static const struct {
		const char *words;
		const char *script;
		const char *answer;
		int status;
	} rows[] = {
		/* the end of the peer's direction leaves the other one open */
		{ "", "cat >/dev/null; echo late", "late\n", 0 },
		{ "a b\n", "read x y; echo $y $x", "b a\n", 0 },
		/* and the end of the program's output leaves its input open */
		{ "abc", "echo first; exec >&-; cat | wc -c | grep -q '^ *3$'", "first\n", 0 },
		/* a program that does not read */
		{ "unread", "echo out", "out\n", 0 },
		{ "unread", "exec <&-; echo out; exit 7", "out\n", 7 },
		/* what was written before the end is sent, though another program has the pipe */
		{ "", "sleep 30 & echo last; exit 3", "last\n", 3 },
		{ "", "exit 0", "", 0 },
	};
	struct relay_result result;
	char got[64];
	size_t i;
	int pair[2];
	ssize_t n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		int64_t start = net_now();

		CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
		CHECK(send(pair[1], rows[i].words, strlen(rows[i].words), 0) ==
		      (ssize_t)strlen(rows[i].words));
		CHECK(!shutdown(pair[1], SHUT_WR));
		result = run(&plain, pair[0], rows[i].script, -1);
		CHECK(!result.lost && WIFEXITED(result.status));
		CHECK(WEXITSTATUS(result.status) == rows[i].status);
		n = recv(pair[1], got, sizeof(got) - 1, MSG_DONTWAIT);
		got[n > 0 ? n : 0] = '\0';
		CHECK(!strcmp(got, rows[i].answer));
		CHECK(recv(pair[1], got, 1, MSG_DONTWAIT) == 0);
		CHECK(net_now() - start < 20000);
		close(pair[0]);
		close(pair[1]);
	}
}

/*
 * A process that waits until the program is ready, and then ends the connection, or makes
 * @stop readable.
 */
static pid_t start_breaker(int fd, int stop)
{
	const uint64_t one = 1;
	char byte;
	pid_t pid = fork();

	if (pid)
		return pid;
	if (recv(fd, &byte, 1, 0) != 1)
		_exit(1);
	if (stop < 0)
		shutdown(fd, SHUT_WR);
	else if (write(stop, &one, sizeof(one)) < 0)
		_exit(1);
	_exit(0);
}

static int run_broken(const char *script, bool stops)
{
	int pair[2], status, stop = stops ? eventfd(0, EFD_CLOEXEC) : -1;
	struct relay_result result;
	pid_t breaker;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	breaker = start_breaker(pair[1], stop);
	result = run(&truncated, pair[0], script, stop);
	CHECK(result.lost);
	CHECK(waitpid(breaker, &status, 0) == breaker && !status);
	close(pair[0]);
	close(pair[1]);
	if (stops)
		close(stop);
	return result.status;
}

static void test_lost(void)
{
	static const char polite[] = "exec 2>/dev/null; trap 'exit 5' HUP; echo;"
				     " while :; do sleep 0.1; done";
	struct relay_result result;
	int pair[2], status;

	/* without the announcement of its end the connection is broken */
	status = run_broken(polite, false);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	status = run_broken(polite, true);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 5);
	/* a program that ignores SIGHUP is killed */
	status = run_broken("trap '' HUP; echo; sleep 60; sleep 60", true);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL);

	/* the peer is gone while the program writes */
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	close(pair[1]);
	result = run(&plain, pair[0], "exec yes", -1);
	CHECK(WIFSIGNALED(result.status) && WTERMSIG(result.status) == SIGPIPE);
	close(pair[0]);

	/* a peer that has announced its end is gone: the program does its work */
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	CHECK(send(pair[1], "abc", 3, 0) == 3);
	close(pair[1]);
	result = run(&plain, pair[0], "test $(cat) = abc && sleep 0.3 && exit 4", -1);
	CHECK(!result.lost && WIFEXITED(result.status) && WEXITSTATUS(result.status) == 4);
	CHECK(result.received == 3);
	close(pair[0]);
}

/*
 * The program has three descriptors, no blocked or ignored signals but the two that are the C
 * library's own, and only the given environment.
 */
static void test_child(void)
{
	char *const env[] = { (char *)"PATH=/usr/bin:/bin", (char *)"CREDSSP_USER=a b", NULL };
	static const char script[] =
		"none() { grep -cE \"^$1:.0*(180000000)?\\$\" /proc/self/status; };"
		" echo /proc/self/fd/*; none SigBlk; none SigIgn; echo \"$CREDSSP_USER\" $OTHER";
	char *const argv[] = { (char *)"sh", (char *)"-c", (char *)script, NULL };
	char *const nothing[] = { (char *)"/nonexistent/program", NULL };
	/* the shell reads the directory by descriptor 3 */
	static const char want[] =
		"/proc/self/fd/0 /proc/self/fd/1 /proc/self/fd/2 /proc/self/fd/3\n1\n1\na b\n";
	int leak = open("/dev/null", O_RDONLY);	/* without O_CLOEXEC */
	struct child child;
	char got[256] = "";
	size_t n = 0;
	ssize_t some;

	CHECK(leak > 2);
	setenv("OTHER", "other", 1);
	CHECK(!child_start(&child, CHILD_PIPES, argv, env));
	fcntl(child.output, F_SETFL, 0);
	while ((some = read(child.output, got + n, sizeof(got) - 1 - n)) > 0)
		n += (size_t)some;
	CHECK(!strcmp(got, want));
	if (strcmp(got, want))
		printf("# %s", got);
	child_close(&child.input);
	child_close(&child.output);
	CHECK(!child_wait(&child));
	CHECK(child_start(&child, CHILD_PIPES, nothing, env) == -1 && errno == ENOENT);
	CHECK(child.input == -1 && child.output == -1 && child.pidfd == -1);
	close(leak);
}

/* Without a program: @words come from the peer, @typed goes to it. Return what it got. */
static struct relay_result run_standard(int fd, const char *typed, bool reader, char *got,
					size_t room)
{
	struct child standard = { .pid = -1, .pidfd = -1, .error = -1 };
	int in[2], out[2];
	struct relay_result result;
	ssize_t n;

	CHECK(!pipe2(in, O_CLOEXEC) && !pipe2(out, O_CLOEXEC));
	CHECK(write(in[1], typed, strlen(typed)) == (ssize_t)strlen(typed));
	close(in[1]);
	standard.output = in[0];
	standard.input = out[1];
	if (!reader)
		child_close(&out[0]);
	relay_run(&plain, fd, &standard, -1, &result);
	CHECK(standard.input == -1 && standard.output == -1);
	n = reader ? read(out[0], got, room - 1) : 0;
	got[n < 0 ? 0 : n] = '\0';
	child_close(&out[0]);
	return result;
}

static void test_standard(void)
{
	struct relay_result result;
	char got[64];
	int pair[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	CHECK(send(pair[1], "answer", 6, 0) == 6 && !shutdown(pair[1], SHUT_WR));
	result = run_standard(pair[0], "question", true, got, sizeof(got));
	CHECK(!result.lost && !result.refused && !strcmp(got, "answer"));
	CHECK(recv(pair[1], got, sizeof(got), 0) == 8 && !recv(pair[1], got, sizeof(got), 0));
	close(pair[0]);
	close(pair[1]);
	/* nobody reads standard output */
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	CHECK(send(pair[1], "answer", 6, 0) == 6);
	result = run_standard(pair[0], "", false, got, sizeof(got));
	CHECK(result.lost && result.refused);
	close(pair[0]);
	close(pair[1]);
}

/* A program with the stream as a descriptor sees the peer's end, and the peer sees its. */
static void test_socket(void)
{
	char *const argv[] = { (char *)"sh", (char *)"-c",
			       (char *)"cat <&3; echo late >&3; exec 3>&-; exit 6", NULL };
	struct relay_result result;
	struct child child;
	char got[16] = "";
	int pair[2];

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair));
	CHECK(!shutdown(pair[1], SHUT_WR));
	CHECK(!child_start(&child, CHILD_SOCKET, argv, environ));
	relay_run(&plain, pair[0], &child, -1, &result);
	CHECK(!result.lost && WIFEXITED(result.status) && WEXITSTATUS(result.status) == 6);
	CHECK(recv(pair[1], got, sizeof(got), MSG_WAITALL) == 5 && !strcmp(got, "late\n"));
	close(pair[0]);
	close(pair[1]);
}

void test_relay(void)
{
	const struct sigaction ignore = { .sa_handler = SIG_IGN };
	struct sigaction old;

	sigaction(SIGPIPE, &ignore, &old);
	test_echo();
	test_ends();
	test_lost();
	test_child();
	test_standard();
	test_socket();
	sigaction(SIGPIPE, &old, NULL);
}
