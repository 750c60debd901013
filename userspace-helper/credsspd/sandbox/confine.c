// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "base/log.h"
#include "confine.h"

/* As in the file of units/apparmor */
#define CONFINE_PROFILE	"credsspd"
/* AppArmor's own directory is there from Linux 5.8 on. */
#define CONFINE_FILE	"/proc/thread-self/attr/apparmor/current"

/*
 * A label is "PROFILE (MODE)", or "PROFILE//&PROFILE//CHILD (MODE)" once a child has been
 * taken on, and "unconfined" without a profile.
 */
static bool confine_is_ours(const char *label)
{
	const size_t n = strlen(CONFINE_PROFILE);

	return !strncmp(label, CONFINE_PROFILE, n) && strchr(" /", label[n]) && label[n];
}

/* The label, or "" where there is no AppArmor. */
static int confine_read(int fd, char *label, size_t size)
{
	ssize_t n = read(fd, label, size - 1);

	if (n < 0)
		return -errno;
	label[n] = '\0';
	return 0;
}

static int confine_stack(int fd, const char *name)
{
	char command[64];
	const int n = snprintf(command, sizeof(command), "stack " CONFINE_PROFILE "//%s", name);

	if (n >= (int)sizeof(command))
		return -ENAMETOOLONG;
	/* The kernel takes the whole command by one write, at the beginning of the file. */
	return pwrite(fd, command, n, 0) == n ? 0 : -errno;
}

int confine_by(const char *file, const char *name)
{
	char label[256];
	int fd = open(file, O_RDWR | O_CLOEXEC);
	int ret;

	/* Without AppArmor, or without /proc */
	if (fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return 0;
	ret = fd < 0 ? -errno : confine_read(fd, label, sizeof(label));
	/* The kernel has AppArmor but does not use it. */
	if (ret == -EINVAL || ret == -EOPNOTSUPP)
		ret = 0;
	else if (!ret && confine_is_ours(label))
		ret = confine_stack(fd, name);
	if (ret)
		log_error("AppArmor profile %s: %s", name, strerror(-ret));
	if (fd >= 0)
		close(fd);
	return ret;
}

int confine(const char *name)
{
	return confine_by(CONFINE_FILE, name);
}
