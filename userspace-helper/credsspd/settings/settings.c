// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "settings.h"

/* Bytes of the file: some hundred times what all options take */
#define SETTINGS_MAX	(64u << 10)
#define BLANKS		" \t\r\f\v"
#define BYTE_ORDER_MARK	"\xef\xbb\xbf"

static int complain(const char *file, unsigned int line, const char *what)
{
	fprintf(stderr, "credsspd: %s:%u: %s\n", file, line, what);
	return -EINVAL;
}

/* Whoever can write to the file decides what the daemon trusts. */
static const char *objection(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "is not a regular file";
	if (st->st_uid && st->st_uid != geteuid())
		return "belongs to another user";
	if (st->st_mode & 0022)
		return "can be written by other users";
	return st->st_size > SETTINGS_MAX ? "is too long" : NULL;
}

/* The whole file, with a NUL at the end. It may be longer than fstat() has said. */
static int load(int fd, char **text, size_t *length)
{
	char *p = malloc(SETTINGS_MAX + 2);
	size_t n = 0;
	ssize_t got = 1;

	if (!p)
		return -ENOMEM;
	while (got > 0 && n <= SETTINGS_MAX) {
		got = read(fd, p + n, SETTINGS_MAX + 1 - n);
		if (got < 0 && errno != EINTR) {
			got = -errno;
			free(p);
			return (int)got;
		}
		n += got > 0 ? got : 0;
		got = got < 0 ? 1 : got;
	}
	if (n > SETTINGS_MAX) {
		free(p);
		return -EFBIG;
	}
	p[n] = '\0';
	*text = p;
	*length = n;
	return 0;
}

static int load_file(const char *file, char **text, size_t *length)
{
	int fd = open(file, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	const char *why = NULL;
	struct stat st;
	int ret;

	ret = fd < 0 || fstat(fd, &st) ? -errno : 0;
	if (!ret)
		why = objection(&st);
	if (why)
		ret = -EPERM;
	if (!ret)
		ret = load(fd, text, length);
	if (ret)
		fprintf(stderr, "credsspd: %s: %s\n", file, why ? why : strerror(-ret));
	if (fd >= 0)
		close(fd);
	return ret;
}

/* Cut the blanks off both ends of @s. */
static char *trim(char *s)
{
	size_t n;

	s += strspn(s, BLANKS);
	for (n = strlen(s); n && strchr(BLANKS, s[n - 1]); n--)
		;
	s[n] = '\0';
	return s;
}

static int take_line(const char *file, unsigned int number, char *line,
		     const struct settings_reader *reader)
{
	char *name = trim(line), *value;

	if (!*name || *name == '#')
		return 0;
	value = strchr(name, '=');
	if (!value)
		return complain(file, number, "there is no \"=\"");
	*value++ = '\0';
	name = trim(name);
	value = trim(value);
	if (!*name)
		return complain(file, number, "there is no name before \"=\"");
	if (!*value)
		return complain(file, number, "there is no value behind \"=\"");
	return reader->set(reader->arg, file, number, name, value) ? -EINVAL : 0;
}

int settings_read(const char *file, bool optional, char **text,
		  const struct settings_reader *reader)
{
	unsigned int number = 0;
	char *rest, *line;
	size_t length = 0;
	int ret;

	*text = NULL;
	if (optional && access(file, F_OK) && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	ret = load_file(file, text, &length);
	if (ret)
		return ret;
	if (strlen(*text) != length) {
		fprintf(stderr, "credsspd: %s: has a NUL byte\n", file);
		ret = -EINVAL;
	}
	rest = *text;
	if (!strncmp(rest, BYTE_ORDER_MARK, strlen(BYTE_ORDER_MARK)))
		rest += strlen(BYTE_ORDER_MARK);
	while (!ret && (line = strsep(&rest, "\n")))
		ret = take_line(file, ++number, line, reader);
	return ret;
}
