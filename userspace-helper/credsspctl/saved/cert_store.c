// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <credssp.h>

#include "cert_store.h"

#define NAME_BYTES	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
#define SUFFIX		".pem"
/* No name of a certificate begins with a dot: the daemon leaves this file alone. */
#define TEMPORARY	".new-%ld"

bool cert_store_name_ok(const char *name)
{
	const size_t n = strlen(name);

	return n && n <= CREDSSP_MAX_CERT_NAME && *name != '.' && strspn(name, NAME_BYTES) == n;
}

/* The conditions of the daemon */
static int check_directory(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if ((st.st_uid && st.st_uid != geteuid()) || st.st_mode & 0022)
		return -EPERM;
	return 0;
}

/* Open a directory, and make it if need be. @at: where a relative @path begins */
static int open_directory(int at, const char *path, mode_t mode)
{
	int fd, ret;

	if (mkdirat(at, path, mode) && errno != EEXIST)
		return -errno;
	fd = openat(at, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC |
		    (at == AT_FDCWD ? 0 : O_NOFOLLOW));
	if (fd < 0)
		return -errno;
	ret = check_directory(fd);
	if (!ret)
		return fd;
	close(fd);
	return ret;
}

static int open_user(const char *directory, uid_t uid)
{
	char name[sizeof("4294967295")];
	int top, fd;

	if (!strcmp(directory, CERT_DIRECTORY) && mkdir(CERT_PARENT, 0755) && errno != EEXIST)
		return -errno;
	top = open_directory(AT_FDCWD, directory, 0755);
	if (top < 0)
		return top;
	snprintf(name, sizeof(name), "%u", uid);
	fd = open_directory(top, name, 0700);
	close(top);
	return fd;
}

static int write_all(int fd, const char *p, size_t length)
{
	ssize_t n;

	for (; length; p += n, length -= (size_t)n) {
		n = write(fd, p, length);
		if (n < 0 && errno != EINTR)
			return -errno;
		n = n < 0 ? 0 : n;
	}
	/* A name must not point to a file that a crash has emptied. */
	return fsync(fd) ? -errno : 0;
}

static int write_temporary(int dir, const char *name, const void *data, size_t length)
{
	int fd, ret;

	/* One that an earlier process of this number has left */
	unlinkat(dir, name, 0);
	fd = openat(dir, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	ret = write_all(fd, data, length);
	if (close(fd) && !ret)
		ret = -errno;
	return ret;
}

static int give_name(int dir, const char *from, const char *to, bool replace)
{
	const int ret = replace ? renameat(dir, from, dir, to) : linkat(dir, from, dir, to, 0);

	if (ret)
		return -errno;
	return fsync(dir) ? -errno : 0;
}

int cert_store_write(const char *directory, uid_t uid, const char *name, const void *data,
		     size_t length, bool replace)
{
	char file[CREDSSP_MAX_CERT_NAME + sizeof(SUFFIX)], temporary[32];
	int dir, ret;

	if (!cert_store_name_ok(name))
		return -EINVAL;
	dir = open_user(directory, uid);
	if (dir < 0)
		return dir;
	snprintf(file, sizeof(file), "%s" SUFFIX, name);
	snprintf(temporary, sizeof(temporary), TEMPORARY, (long)getpid());
	ret = write_temporary(dir, temporary, data, length);
	if (!ret)
		ret = give_name(dir, temporary, file, replace);
	unlinkat(dir, temporary, 0);
	close(dir);
	return ret;
}
