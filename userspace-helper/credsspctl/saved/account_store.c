// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "account_store.h"

/* Another command changes the file in milliseconds. */
#define LOCK_TRIES	100
#define LOCK_PAUSE_US	100000

/**
 * struct store_text - the text of a file that grows
 * @data: ACCOUNT_FILE_MAX bytes; owned
 * @length: bytes of it in use
 * @full: there was not enough room
 */
struct store_text {
	char *data;
	size_t length;
	bool full;
};

static void text_append(struct store_text *t, const char *bytes, size_t length)
{
	t->full = t->full || length > ACCOUNT_FILE_MAX - t->length;
	if (t->full)
		return;
	memcpy(t->data + t->length, bytes, length);
	t->length += length;
}

static void text_append_account(struct store_text *t, const struct account *a)
{
	char line[ACCOUNT_LINE_MAX];

	account_format(a, line);
	text_append(t, line, strlen(line));
	explicit_bzero(line, sizeof(line));
}

/* ---- the change ------------------------------------------------------------------ */

/* Is this line one of the account? Then @a is what it says. */
static bool line_is_of(const struct account_change *c, struct account *a, const char *line,
		       size_t length)
{
	return !account_line_is_comment(line, length) && !account_parse(a, line, length) &&
	       account_name_is(&a->user, &c->user) && account_name_is(&a->domain, &c->domain);
}

static void change_line(struct account_change *c, struct store_text *out, const char *line,
			size_t length)
{
	enum account_fate fate = ACCOUNT_KEEP;
	struct account a;

	if (line_is_of(c, &a, line, length)) {
		c->found++;
		fate = c->decide(&a, c->arg);
	}
	if (fate == ACCOUNT_CHANGE)
		text_append_account(out, &a);
	explicit_bzero(&a, sizeof(a));
	if (fate != ACCOUNT_KEEP)
		return;
	text_append(out, line, length);
	text_append(out, "\n", 1);
}

static const char *change_text(struct account_change *c, struct store_text *out, const char *text,
			       size_t length)
{
	const char *end = text + length, *stop;

	for (const char *line = text; line < end; line = stop + 1) {
		stop = memchr(line, '\n', end - line);
		if (!stop)
			stop = end;
		change_line(c, out, line, stop - line);
	}
	if (c->added && !c->found)
		text_append_account(out, c->added);
	return out->full ? "there are too many accounts" : NULL;
}

/* ---- the file -------------------------------------------------------------------- */

/* Its name, and names beside it */
struct store_paths {
	const char *path;
	char lock[PATH_MAX];
	char temporary[PATH_MAX];
	char directory[PATH_MAX];
};

static bool paths_make(struct store_paths *p, const char *path)
{
	const char *slash = strrchr(path, '/');
	const int directory = slash ? slash - path : 0;

	p->path = path;
	if (strlen(path) + sizeof(".lock") > PATH_MAX)
		return false;
	snprintf(p->lock, sizeof(p->lock), "%s.lock", path);
	snprintf(p->temporary, sizeof(p->temporary), "%s.new", path);
	if (!slash)
		strcpy(p->directory, ".");
	else
		snprintf(p->directory, sizeof(p->directory), "%.*s", directory ? directory : 1,
			 path);
	return true;
}

/* A descriptor that has the lock; or -1 with errno */
static int store_lock(const struct store_paths *p)
{
	int fd = open(p->lock, O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC, ACCOUNT_FILE_MODE);
	int err = 0;

	if (fd < 0)
		return -1;
	for (int i = 0; i < LOCK_TRIES; i++) {
		if (!flock(fd, LOCK_EX | LOCK_NB))
			return fd;
		err = errno;
		if (err != EWOULDBLOCK && err != EINTR)
			break;
		usleep(LOCK_PAUSE_US);
	}
	close(fd);
	errno = err;
	return -1;
}

static const char *store_write(int fd, const struct store_text *t)
{
	size_t done = 0;
	ssize_t n;

	/* umask(2) may have taken permissions away. */
	if (fchmod(fd, ACCOUNT_FILE_MODE))
		return strerror(errno);
	while (done < t->length) {
		n = write(fd, t->data + done, t->length - done);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return strerror(errno);
		done += n;
	}
	return fsync(fd) ? strerror(errno) : NULL;
}

/* After a power failure there is the old file or the new one. */
static const char *store_replace(const struct store_paths *p, const struct store_text *t)
{
	const char *err;
	int fd;

	/* Of a command that was killed; we have the lock. */
	unlink(p->temporary);
	fd = open(p->temporary, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		  ACCOUNT_FILE_MODE);
	if (fd < 0)
		return strerror(errno);
	err = store_write(fd, t);
	if (close(fd) && !err)
		err = strerror(errno);
	if (!err && rename(p->temporary, p->path))
		err = strerror(errno);
	if (err) {
		unlink(p->temporary);
		return err;
	}
	fd = open(p->directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd >= 0) {
		fsync(fd);
		close(fd);
	}
	return NULL;
}

/* The old text; if there is no file, and there may be none, it is empty. */
static const char *store_load(const char *path, bool create, char **text, size_t *length)
{
	const char *why;
	int error, fd;

	*text = NULL;
	*length = 0;
	fd = account_file_open(path, &error, &why);
	if (fd < 0)
		return error == -ENOENT && create ? NULL : why;
	*text = account_file_read(fd, length, &why);
	close(fd);
	return why;
}

static const char *store_change_locked(const struct store_paths *p, struct account_change *c)
{
	struct store_text out = { .data = malloc(ACCOUNT_FILE_MAX) };
	const char *err;
	size_t length;
	char *text;

	if (!out.data)
		return strerror(ENOMEM);
	err = store_load(p->path, c->create, &text, &length);
	if (!err)
		err = change_text(c, &out, text, length);
	/* Nothing to do is nothing to write. */
	if (!err && (length != out.length || !text || memcmp(text, out.data, length)))
		err = store_replace(p, &out);
	account_file_forget(text, length);
	account_file_forget(out.data, out.length);
	return err;
}

const char *account_store_change(const char *path, struct account_change *c)
{
	struct store_paths p;
	const char *err;
	int lock;

	c->found = 0;
	if (!paths_make(&p, path))
		return strerror(ENAMETOOLONG);
	if (c->create && mkdir(p.directory, 0755) && errno != EEXIST)
		return strerror(errno);
	lock = store_lock(&p);
	if (lock < 0)
		return errno == EWOULDBLOCK ? "another command does not finish" : strerror(errno);
	err = store_change_locked(&p, c);
	close(lock);
	return err;
}

const char *account_store_read(const char *path, struct account_list *l,
			       account_complaint *complain, void *arg)
{
	const char *err;
	size_t length;
	char *text;

	err = store_load(path, false, &text, &length);
	if (err)
		return err;
	if (account_list_read(l, text, length, complain, arg))
		err = strerror(ENOMEM);
	account_file_forget(text, length);
	return err;
}
