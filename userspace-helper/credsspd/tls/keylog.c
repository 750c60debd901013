// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>
#include <linux/magic.h>
#include "base/log.h"
#include "keylog.h"

#define LABEL_MAX	31
#define RANDOM_SIZE	32
/* TLS 1.2's master secret, and those of TLS 1.3 with SHA-384 */
#define SECRET_MAX	48
#define LINE_SIZE	(LABEL_MAX + 2 * RANDOM_SIZE + 2 * SECRET_MAX + 3)
/* "[none] integrity confidentiality" */
#define LOCKDOWN_SIZE	128

/**
 * struct keylog - the open file
 * @fd: in O_APPEND mode: lines of several threads do not mix
 * @stopped: a line could not be written
 */
struct keylog {
	int fd;
	atomic_bool stopped;
};

/* ---- may it be? ----------------------------------------------------------------- */

/* NULL if @text says that the kernel is not locked down */
static const char *lockdown_objection(const char *text)
{
	const char *mode = strchr(text, '[');

	if (!mode || !strchr(mode, ']'))
		return "it cannot be told whether the kernel is locked down";
	return strncmp(mode, "[none]", strlen("[none]")) ?
		"the kernel is locked down, see kernel_lockdown(7)" : NULL;
}

/* @dir: securityfs. Without the LSM that locks down, it has no file for it. */
static const char *kernel_objection(int dir)
{
	const int fd = openat(dir, "lockdown", O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	char text[LOCKDOWN_SIZE] = "";
	struct statfs fs;

	if (fd >= 0) {
		if (read(fd, text, sizeof(text) - 1) < 0)
			text[0] = '\0';
		close(fd);
		return lockdown_objection(text);
	}
	if (errno != ENOENT || fstatfs(dir, &fs) || fs.f_type != SECURITYFS_MAGIC)
		return lockdown_objection("");
	log_info("this kernel has no lockdown: it does not forbid a key log");
	return NULL;
}

static const char *securityfs_objection(const char *securityfs)
{
	const int dir = open(securityfs, O_PATH | O_DIRECTORY | O_CLOEXEC);
	const char *why;

	if (dir < 0)
		return "it cannot be told whether the kernel is locked down: no securityfs";
	why = kernel_objection(dir);
	close(dir);
	return why;
}

/* ---- the file ------------------------------------------------------------------- */

/*
 * A directory on the way to the file, or the @last one, which has the file. In one like /tmp
 * (sticky bit) other users cannot replace what belongs to root, but can make the file first.
 */
static const char *directory_objection(const struct stat *st, bool last)
{
	if (S_ISLNK(st->st_mode))
		return "a symbolic link is on the way to it";
	if (!S_ISDIR(st->st_mode))
		return "it is not in a directory";
	if (st->st_uid)
		return "a directory on the way to it belongs to another user than root";
	if (st->st_mode & 0022 && (last || !(st->st_mode & S_ISVTX)))
		return "other users can write to a directory on the way to it";
	return NULL;
}

static const char *file_objection(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "it is not a regular file";
	if (st->st_uid)
		return "it belongs to another user than root";
	if (st->st_mode & 0077)
		return "other users than root may use it";
	return st->st_nlink > 1 ? "it has several names" : NULL;
}

/* Go from the directory *@at, which is closed, to @name. NULL or what is wrong */
static const char *enter(int *at, const char *name, bool last)
{
	const int next = openat(*at, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	struct stat st;

	if (next < 0)
		return strerror(errno);
	close(*at);
	*at = next;
	return fstat(next, &st) ? strerror(errno) : directory_objection(&st, last);
}

/*
 * Open the directory of @path, and have *@name point to what is behind it. Each directory is
 * checked: whoever can rename one of them decides where the secrets go.
 */
static const char *open_directory(char *path, int *at, const char **name)
{
	char *part = path + 1, *slash;
	const char *why;

	*at = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*at < 0)
		return strerror(errno);
	why = enter(at, ".", !strchr(part, '/'));
	while (!why && (slash = strchr(part, '/'))) {
		*slash = '\0';
		if (*part)
			why = enter(at, part, !strchr(slash + 1, '/'));
		part = slash + 1;
	}
	*name = part;
	return !why && !*part ? "it is a directory" : why;
}

static const char *open_file(struct keylog *log, int at, const char *name)
{
	struct stat st;

	log->fd = openat(at, name, O_WRONLY | O_APPEND | O_CREAT | O_NOFOLLOW | O_CLOEXEC |
			 O_NONBLOCK | O_NOCTTY, 0600);
	if (log->fd < 0)
		return errno == ELOOP ? "it is a symbolic link" : strerror(errno);
	return fstat(log->fd, &st) ? strerror(errno) : file_objection(&st);
}

static const char *open_path(struct keylog *log, const char *file)
{
	char *path = strdup(file);
	const char *name = "", *why;
	int at = -1;

	if (!path)
		return strerror(ENOMEM);
	why = open_directory(path, &at, &name);
	if (!why)
		why = open_file(log, at, name);
	if (at >= 0)
		close(at);
	free(path);
	return why;
}

static const char *begin(struct keylog *log, const char *file, const char *securityfs)
{
	const char *why = NULL;

	if (geteuid())
		why = "only root may have one";
	if (!why)
		why = securityfs_objection(securityfs);
	return why ? why : open_path(log, file);
}

struct keylog *keylog_open(const char *file, const char *securityfs)
{
	struct keylog *log = calloc(1, sizeof(*log));
	const char *why;

	if (!log) {
		log_error("key log: %s", strerror(ENOMEM));
		return NULL;
	}
	log->fd = -1;
	atomic_init(&log->stopped, false);
	why = begin(log, file, securityfs);
	if (why) {
		log_error("no key log %s: %s", file, why);
		keylog_close(log);
		return NULL;
	}
	/* A limit for files (RLIMIT_FSIZE) is an error of write(). */
	signal(SIGXFSZ, SIG_IGN);
	log_warning("the secrets of all TLS sessions are written to the key log %s: with it, captured logons and what follows them can be decrypted",
		    file);
	return log;
}

void keylog_close(struct keylog *log)
{
	if (!log)
		return;
	if (log->fd >= 0)
		close(log->fd);
	free(log);
}

/* ---- lines ---------------------------------------------------------------------- */

static char *put_hex(char *to, const uint8_t *data, size_t length)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < length; i++) {
		*to++ = digits[data[i] >> 4];
		*to++ = digits[data[i] & 15];
	}
	return to;
}

static const char *append(const struct keylog *log, const char *line, size_t length)
{
	struct stat st;
	ssize_t done;

	if (fstat(log->fd, &st))
		return strerror(errno);
	if (st.st_size + (off_t)length > KEYLOG_BYTES_MAX)
		return "it is full";
	done = write(log->fd, line, length);
	if (done < 0)
		return strerror(errno);
	return (size_t)done < length ? strerror(ENOSPC) : NULL;
}

/* GnuTLS has others too: of exporters, and of early data, which is never sent. */
static bool is_for_records(const char *label)
{
	static const char labels[][LABEL_MAX + 1] = {
		KEYLOG_MASTER,
		"CLIENT_HANDSHAKE_TRAFFIC_SECRET", "SERVER_HANDSHAKE_TRAFFIC_SECRET",
		"CLIENT_TRAFFIC_SECRET_0", "SERVER_TRAFFIC_SECRET_0",
	};

	for (size_t i = 0; i < sizeof(labels) / sizeof(labels[0]); i++) {
		if (!strcmp(label, labels[i]))
			return true;
	}
	return false;
}

static const char *write_line(const struct keylog *log, const char *label,
			      const gnutls_datum_t *random, const gnutls_datum_t *secret)
{
	const size_t label_length = strlen(label);
	char line[LINE_SIZE], *p = line;
	const char *why;

	if (random->size != RANDOM_SIZE || !secret->size || secret->size > SECRET_MAX)
		return "GnuTLS has a secret of another length";
	memcpy(p, label, label_length);
	p += label_length;
	*p++ = ' ';
	p = put_hex(p, random->data, random->size);
	*p++ = ' ';
	p = put_hex(p, secret->data, secret->size);
	*p++ = '\n';
	why = append(log, line, p - line);
	explicit_bzero(line, sizeof(line));
	return why;
}

void keylog_write(struct keylog *log, const char *label, const gnutls_datum_t *random,
		  const gnutls_datum_t *secret)
{
	const char *why;

	if (!is_for_records(label) || atomic_load(&log->stopped))
		return;
	why = write_line(log, label, random, secret);
	if (why && !atomic_exchange(&log->stopped, true))
		log_error("key log: %s: no more secrets are written to it", why);
}
