// SPDX-License-Identifier: GPL-2.0-only
/* The file of accounts on disk. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "account.h"

static const char *file_check(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "it is not a regular file";
	if (st.st_uid != geteuid())
		return "it belongs to another user";
	if ((st.st_mode & 07777) != ACCOUNT_FILE_MODE)
		return "its mode is not 0600";
	if (st.st_size > ACCOUNT_FILE_MAX)
		return "it is too long";
	return NULL;
}

int account_file_open(const char *path, int *error, const char **why)
{
	int fd = open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);

	*error = fd < 0 ? -errno : 0;
	*why = fd < 0 ? strerror(errno) : file_check(fd);
	if (!*why)
		return fd;
	if (fd >= 0) {
		close(fd);
		*error = -EPERM;
	}
	return -1;
}

char *account_file_read(int fd, size_t *length, const char **why)
{
	/* One byte more, so that a file that grows is noticed */
	const size_t room = ACCOUNT_FILE_MAX + 1;
	char *text = malloc(room);
	size_t got = 0;
	ssize_t n = 1;

	*why = NULL;
	if (!text) {
		*why = strerror(ENOMEM);
		return NULL;
	}
	while (got < room && n) {
		n = read(fd, text + got, room - got);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			break;
		got += n;
	}
	if (n < 0)
		*why = strerror(errno);
	else if (got == room)
		*why = "it is too long";
	*length = got;
	if (!*why)
		return text;
	account_file_forget(text, got);
	return NULL;
}

void account_file_forget(char *text, size_t length)
{
	if (text)
		explicit_bzero(text, length);
	free(text);
}
