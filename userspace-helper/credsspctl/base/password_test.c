// SPDX-License-Identifier: GPL-2.0-only
/* Reading a password: limits, and the terminal's settings afterwards. */
#include <fcntl.h>
#include <poll.h>
#include <pty.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include <credssp.h>

#include "password.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

#define PROMPT		"Password: "
#define WAIT_MS		5000
#define CHILD_SECONDS	60	/* a child without input ends by itself */

static const char *from_pipe(struct secret *s, const char *data, size_t n, char *rest)
{
	const char *err;
	int p[2];

	CHECK(!pipe(p));
	CHECK(write(p[1], data, n) == (ssize_t)n);
	close(p[1]);
	err = password_from_fd(s, p[0]);
	*rest = '\0';
	CHECK(read(p[0], rest, 1) >= 0);
	close(p[0]);
	return err;
}

static void test_fd(void)
{
	static char longest[CREDSSP_MAX_PASSWORD + 2];
	struct secret s;
	char rest;

	CHECK(!secret_alloc(&s));
	CHECK(!from_pipe(&s, "Passw0rd!\nnext", 14, &rest));
	CHECK(s.length == 9 && !memcmp(s.data, "Passw0rd!", 9));
	CHECK(rest == 'n');	/* the next line stays in the pipe */
	CHECK(!from_pipe(&s, "no newline", 10, &rest) && s.length == 10);
	CHECK(!from_pipe(&s, "\n", 1, &rest) && s.length == 0);
	CHECK(from_pipe(&s, "", 0, &rest));
	CHECK(from_pipe(&s, "a\0b\n", 4, &rest));
	CHECK(from_pipe(&s, "\xff\n", 2, &rest));

	memset(longest, 'x', sizeof(longest));
	CHECK(!from_pipe(&s, longest, CREDSSP_MAX_PASSWORD, &rest));
	CHECK(s.length == CREDSSP_MAX_PASSWORD);
	longest[CREDSSP_MAX_PASSWORD] = '\n';
	CHECK(!from_pipe(&s, longest, CREDSSP_MAX_PASSWORD + 1, &rest));
	longest[CREDSSP_MAX_PASSWORD] = 'x';
	CHECK(from_pipe(&s, longest, CREDSSP_MAX_PASSWORD + 1, &rest));
	CHECK(from_pipe(&s, longest, sizeof(longest), &rest));
	memcpy(longest + CREDSSP_MAX_PASSWORD, "\r\n", 2);
	CHECK(!from_pipe(&s, longest, sizeof(longest), &rest));
	CHECK(s.length == CREDSSP_MAX_PASSWORD);
	longest[CREDSSP_MAX_PASSWORD - 1] = '\r';
	CHECK(!from_pipe(&s, longest, sizeof(longest), &rest));
	CHECK(s.length == CREDSSP_MAX_PASSWORD);

	CHECK(password_from_fd(&s, -1));
	CHECK(password_from_file(&s, "/nonexistent/file"));
	secret_free(&s);
	CHECK(!s.data);
	secret_free(&s);
}

/* The part of a line that is the password. */
static void test_line_ends(void)
{
	static const struct {
		const char *line;
		const char *password;	/* NULL: refused */
	} rows[] = {
		{ "pw\n", "pw" },
		{ "pw\r\n", "pw" },
		{ "pw\r\r\n", "pw\r" },
		{ "pw\r", "pw\r" },
		{ "p\rw\r\n", "p\rw" },
		{ "\r\n", "" },
		{ "\r", "\r" },
		{ " pw \t\r\n", " pw \t" },
		{ "\xef\xbb\xbfpw\n", NULL },
		{ "\xef\xbb\xbf\n", NULL },
		{ "p\xef\xbb\xbfw\n", "p\xef\xbb\xbfw" },
		/* UTF-16 with a byte order mark, which some shells write */
		{ "\xff\xfep", NULL },
	};
	struct secret s;
	char rest;
	size_t i;

	CHECK(!secret_alloc(&s));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *err = from_pipe(&s, rows[i].line, strlen(rows[i].line), &rest);
		const char *want = rows[i].password;

		CHECK(!err == !!want);
		if (!err && want)
			CHECK(s.length == strlen(want) && !memcmp(s.data, want, s.length));
	}
	secret_free(&s);
}

static const char *from_file(struct secret *s, const char *text)
{
	char path[] = "/tmp/password_test.XXXXXX";
	int fd = mkstemp(path);
	const char *err;

	CHECK(fd >= 0);
	CHECK(write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	err = password_from_file(s, path);
	unlink(path);
	return err;
}

static void test_file(void)
{
	struct secret s;

	CHECK(!secret_alloc(&s));
	CHECK(!from_file(&s, "pw\r\n") && s.length == 2 && !memcmp(s.data, "pw", 2));
	CHECK(!from_file(&s, "pw") && s.length == 2);
	CHECK(from_file(&s, ""));
	CHECK(from_file(&s, "\xef\xbb\xbfpw\r\n"));
	/* the format of another program: its first line is no password */
	CHECK(from_file(&s, "username=alice\npassword=pw\n"));
	CHECK(from_file(&s, "pw\n\n"));
	secret_free(&s);
}

static void test_secrecy(void)
{
	int before = prctl(PR_GET_DUMPABLE);
	struct secret s;

	CHECK(!secret_alloc(&s));
	CHECK(prctl(PR_GET_DUMPABLE) == 0);
	secret_free(&s);
	CHECK(prctl(PR_GET_DUMPABLE) == before);
}

/* Start a child that asks on its terminal. It exits with 0 if the answer is "Grüße". */
static pid_t ask(int *master)
{
	pid_t pid = forkpty(master, NULL, NULL, NULL);
	struct secret s;

	if (pid)
		return pid;
	/* a background process is started with SIGINT ignored */
	signal(SIGINT, SIG_DFL);
	alarm(CHILD_SECONDS);
	if (secret_alloc(&s) || password_from_terminal(&s, PROMPT))
		_exit(1);
	_exit(s.length == 7 && !memcmp(s.data, "Gr\303\274\303\237e", 7) ? 0 : 2);
}

static void drain(int master, char *text, size_t room, const char *until)
{
	struct pollfd p = { .fd = master, .events = POLLIN };
	size_t n = strlen(text);
	ssize_t got;

	while (!strstr(text, until) && n + 1 < room && poll(&p, 1, WAIT_MS) > 0) {
		got = read(master, text + n, room - n - 1);
		if (got <= 0)
			return;
		n += (size_t)got;
		text[n] = '\0';
	}
}

static int echoes(int master)
{
	struct termios t;

	return !tcgetattr(master, &t) && t.c_lflag & ECHO;
}

static void test_terminal(void)
{
	char text[256] = "";
	int master, status;
	pid_t pid = ask(&master);

	CHECK(pid > 0);
	drain(master, text, sizeof(text), PROMPT);
	CHECK(strstr(text, PROMPT));
	CHECK(!echoes(master));
	CHECK(write(master, "Gr\303\274\303\237e\n", 8) == 8);
	drain(master, text, sizeof(text), "never");
	CHECK(!strstr(text, "Gr"));
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(master);
}

/* Ctrl-C ends the process by that signal, with the echo back on. */
static void test_interrupted(void)
{
	char text[256] = "";
	int master, slave, status;
	pid_t pid = ask(&master);

	CHECK(pid > 0);
	slave = open(ptsname(master), O_RDWR | O_NOCTTY);	/* keeps its settings */
	CHECK(slave >= 0);
	drain(master, text, sizeof(text), PROMPT);
	CHECK(!echoes(master));
	CHECK(write(master, "half\003", 5) == 5);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	CHECK(echoes(slave));
	close(slave);
	close(master);
}

/* Ctrl-Z: the echo is on again while stopped; after SIGCONT the prompt is repeated. */
static void test_stopped(void)
{
	char text[256] = "", again[256] = "";
	int master, status;
	pid_t pid = ask(&master);

	CHECK(pid > 0);
	drain(master, text, sizeof(text), PROMPT);
	/* the terminal does not stop a session leader without a shell, but kill() does */
	kill(pid, SIGTTIN);
	usleep(100000);
	if (waitpid(pid, &status, WNOHANG | WUNTRACED) == pid) {
		CHECK(WIFSTOPPED(status));
		CHECK(echoes(master));
		kill(pid, SIGCONT);
	}
	drain(master, again, sizeof(again), PROMPT);
	CHECK(strstr(again, PROMPT));
	CHECK(!echoes(master));
	CHECK(write(master, "Gr\303\274\303\237e\n", 8) == 8);
	CHECK(waitpid(pid, &status, 0) == pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close(master);
}

void test_password(void)
{
	test_fd();
	test_line_ends();
	test_file();
	test_secrecy();
	test_terminal();
	test_interrupted();
	test_stopped();
}
