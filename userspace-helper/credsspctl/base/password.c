// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#include <credssp.h>

#include "password.h"
#include "text.h"

/* The longest password with CR and LF behind it */
#define SECRET_ROOM	(CREDSSP_MAX_PASSWORD + 2)
/* The longest line that the terminal driver (N_TTY) does not truncate */
#define TTY_LINE_MAX	4095

static const char too_long[] = "the password is too long";
static const char byte_order_mark[] = "\xef\xbb\xbf";

int secret_alloc(struct secret *s)
{
	return secret_alloc_size(s, SECRET_ROOM);
}

int secret_alloc_size(struct secret *s, size_t size)
{
	memset(s, 0, sizeof(*s));
	s->size = size;
	s->data = mmap(NULL, s->size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (s->data == MAP_FAILED) {
		s->data = NULL;
		return -1;
	}
	if (mlock(s->data, s->size) || madvise(s->data, s->size, MADV_DONTDUMP) ||
	    madvise(s->data, s->size, MADV_DONTFORK)) {
		int err = errno;

		munmap(s->data, s->size);
		s->data = NULL;
		errno = err;
		return -1;
	}
	s->dumpable = prctl(PR_GET_DUMPABLE);
	prctl(PR_SET_DUMPABLE, 0);
	return 0;
}

void secret_free(struct secret *s)
{
	if (!s->data)
		return;
	explicit_bzero(s->data, s->size);
	munmap(s->data, s->size);
	s->data = NULL;
	s->length = 0;
	if (s->dumpable == 1)
		prctl(PR_SET_DUMPABLE, 1);
}

static const char *check_secret(const struct secret *s)
{
	if (s->length > CREDSSP_MAX_PASSWORD)
		return too_long;
	if (memchr(s->data, '\0', s->length))
		return "there is a NUL byte in the password";
	if (s->length >= strlen(byte_order_mark) &&
	    !memcmp(s->data, byte_order_mark, strlen(byte_order_mark)))
		return "it begins with a byte order mark: save it without one";
	if (credssp_utf8_to_utf16(s->data, s->length, NULL, 0) < 0)
		return "the password is not valid UTF-8";
	return NULL;
}

/*
 * The line end is LF or CR LF: an editor writes either, and neither belongs to the
 * password.  A CR without an LF behind it does.
 */
static size_t without_line_end(const char *line, size_t n)
{
	if (!n || line[n - 1] != '\n')
		return n;
	n--;
	return n && line[n - 1] == '\r' ? n - 1 : n;
}

/* Read byte by byte, so that bytes behind the newline stay in @fd for the next reader. */
const char *password_from_fd(struct secret *s, int fd)
{
	size_t got = 0;
	ssize_t n = 1;

	while (got < SECRET_ROOM && (!got || s->data[got - 1] != '\n')) {
		n = read(fd, s->data + got, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return strerror(errno);
		if (!n)
			break;
		got++;
	}
	if (!got)
		return "there is no password to be read";
	s->length = without_line_end(s->data, got);
	return check_secret(s);
}

/*
 * Refuse a file of several lines: it has another format, and
 * its first line may be no password.
 */
static const char *check_end(int fd)
{
	char next;
	ssize_t n;

	do {
		n = read(fd, &next, 1);
	} while (n < 0 && errno == EINTR);
	explicit_bzero(&next, sizeof(next));
	if (n < 0)
		return strerror(errno);
	return n ? "there is more than one line in the password file" : NULL;
}

const char *password_from_file(struct secret *s, const char *path)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	bool regular;
	const char *err;
	struct stat st;

	if (fd < 0)
		return strerror(errno);
	regular = !fstat(fd, &st) && S_ISREG(st.st_mode);
	if (regular && st.st_mode & 0044)
		fprintf(stderr, "credsspctl: other users can read the password file\n");
	err = password_from_fd(s, fd);
	if (!err && regular)
		err = check_end(fd);
	close(fd);
	return err;
}

/* Signals that end or stop the process while the terminal does not echo. */
static const int signals[] = {
	SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGTTIN, SIGTTOU,
};

static volatile sig_atomic_t caught;

static void on_signal(int sig)
{
	caught = sig;
}

struct saved_signals {
	struct sigaction action[ARRAY_SIZE(signals)];
	sigset_t mask;
};

/* Signals are blocked except in ppoll(), so that none is lost between check and wait. */
static void catch_signals(struct saved_signals *saved)
{
	struct sigaction sa = { .sa_handler = on_signal };
	sigset_t set;
	size_t i;

	caught = 0;
	sigemptyset(&sa.sa_mask);
	sigemptyset(&set);
	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaddset(&set, signals[i]);
	sigprocmask(SIG_BLOCK, &set, &saved->mask);
	for (i = 0; i < ARRAY_SIZE(signals); i++) {
		sigaction(signals[i], NULL, &saved->action[i]);
		if (saved->action[i].sa_handler != SIG_IGN)
			sigaction(signals[i], &sa, NULL);
	}
}

static void release_signals(const struct saved_signals *saved)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(signals); i++)
		sigaction(signals[i], &saved->action[i], NULL);
	sigprocmask(SIG_SETMASK, &saved->mask, NULL);
}

static const char *read_line(struct secret *s, int tty, const sigset_t *mask)
{
	struct pollfd p = { .fd = tty, .events = POLLIN };
	ssize_t n;

	if (ppoll(&p, 1, NULL, mask) < 0)
		return strerror(errno);
	n = read(tty, s->data, SECRET_ROOM);
	if (n < 0)
		return strerror(errno);
	if (!n)
		return "no password was given";
	if (n >= TTY_LINE_MAX)
		return too_long;
	s->length = without_line_end(s->data, (size_t)n);
	return check_secret(s);
}

/* Prompt once. A signal sets @caught; the caller handles it. */
static const char *prompt_once(struct secret *s, int tty, const char *prompt)
{
	struct saved_signals saved;
	struct termios before, quiet;
	const char *err;

	if (tcgetattr(tty, &before))
		return strerror(errno);
	quiet = before;
	quiet.c_lflag &= ~(tcflag_t)(ECHO | ECHOE | ECHOK | ECHONL);
	quiet.c_lflag |= ICANON | ISIG;
	catch_signals(&saved);
	if (tcsetattr(tty, TCSAFLUSH, &quiet)) {
		err = strerror(errno);
	} else {
		dprintf(tty, "%s", prompt);
		err = read_line(s, tty, &saved.mask);
		tcsetattr(tty, TCSAFLUSH, &before);
		dprintf(tty, "\n");
	}
	release_signals(&saved);
	return err;
}

const char *password_from_terminal(struct secret *s, const char *prompt)
{
	int tty = open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY);
	const char *err;

	if (tty < 0)
		return "there is no terminal to ask for the password";
	do {
		if (tcgetpgrp(tty) != getpgrp()) {
			err = "cannot ask for the password in the background";
			break;
		}
		err = prompt_once(s, tty, prompt);
		if (!caught)
			break;
		/*
		 * Raise the signal again: it ends the process, or stops it,
		 * and then the prompt is repeated.
		 */
		explicit_bzero(s->data, s->size);
		raise(caught);
	} while (caught == SIGTSTP || caught == SIGTTIN || caught == SIGTTOU);
	close(tty);
	return err;
}

const char *password_from(struct secret *s, int fd, const char *file, const char *prompt)
{
	if (fd >= 0)
		return password_from_fd(s, fd);
	if (file)
		return password_from_file(s, file);
	return password_from_terminal(s, prompt);
}
