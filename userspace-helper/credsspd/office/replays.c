// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "replays.h"

/* Workers of all users make files in it, and none removes another one's. */
#define REPLAYS_MODE	01733

static int replays_fail(const char *path, int err)
{
	log_warning("replay caches of acceptors: %s: %s", path, strerror(err));
	return -err;
}

static int replays_make(const char *path)
{
	char parent[PATH_MAX];
	const char *slash = strrchr(path, '/');

	if (!slash || slash == path || (size_t)(slash - path) >= sizeof(parent))
		return -EINVAL;
	snprintf(parent, sizeof(parent), "%.*s", (int)(slash - path), path);
	if (mkdir(parent, 0700) && errno != EEXIST)
		return -errno;
	return mkdir(path, 0700) && errno != EEXIST ? -errno : 0;
}

/* It must be this user's own, whatever was there before. */
static int replays_check(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return -errno;
	if (st.st_uid != geteuid())
		return -EPERM;
	return fchmod(fd, REPLAYS_MODE) ? -errno : 0;
}

int replays_open(const char *path)
{
	int ret, fd;

	if (!path)
		return -ENOENT;
	ret = replays_make(path);
	if (ret)
		return replays_fail(path, -ret);
	fd = open(path, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return replays_fail(path, errno);
	ret = replays_check(fd);
	if (!ret)
		return fd;
	close(fd);
	return replays_fail(path, -ret);
}
