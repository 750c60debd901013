// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "requester.h"

/* The kernel's limit on arguments and environment is larger, but a page or two is usual. */
#define ENVIRON_MAX	(128 * 1024)
#define STATUS_MAX	8192
#define PATH_ROOM	64
/* A group that nobody is in, for a user without an entry */
#define NO_GROUP	65534

static int open_file(const char *proc, pid_t pid, const char *name)
{
	char path[PATH_ROOM + 256];

	snprintf(path, sizeof(path), "%s/%d/%s", proc, (int)pid, name);
	return open(path, O_RDONLY | O_CLOEXEC);
}

/* A namespace is known by the device and number of its file. */
static bool same_namespace(const char *proc, pid_t pid, const char *name)
{
	char theirs[PATH_ROOM + 256], own[PATH_ROOM];
	struct stat a, b;

	snprintf(theirs, sizeof(theirs), "%s/%d/ns/%s", proc, (int)pid, name);
	snprintf(own, sizeof(own), "/proc/self/ns/%s", name);
	return !stat(theirs, &a) && !stat(own, &b) && a.st_dev == b.st_dev &&
	       a.st_ino == b.st_ino;
}

/* As many bytes of a file of the task as fit, and a NUL; -1 when it has ended. */
static ssize_t read_file(const char *proc, pid_t pid, const char *name, char *text, size_t room)
{
	int fd = open_file(proc, pid, name);
	size_t length = 0;
	ssize_t got = 1;

	if (fd < 0)
		return -1;
	while (got > 0 && length < room - 1) {
		got = read(fd, text + length, room - 1 - length);
		if (got > 0)
			length += (size_t)got;
		else if (got < 0 && errno == EINTR)
			got = 1;
	}
	close(fd);
	text[length] = '\0';
	return got < 0 ? -1 : (ssize_t)length;
}

/* Does the task run as @uid (all four ids), or is its effective user root? */
static const char *check_user(const char *proc, pid_t pid, uid_t uid, bool *own)
{
	char text[STATUS_MAX], *line;
	unsigned int ids[4];

	if (read_file(proc, pid, "status", text, sizeof(text)) < 0)
		return "the task has ended";
	line = strstr(text, "\nUid:");
	if (!line || sscanf(line + 5, "%u %u %u %u", &ids[0], &ids[1], &ids[2], &ids[3]) != 4)
		return "the task's user is not known";
	*own = ids[0] == uid && ids[1] == uid && ids[2] == uid && ids[3] == uid;
	/* cifs.ko takes the file system's uid of the task for the user of a session. */
	if (*own || ids[1] == 0 || ids[3] == uid)
		return NULL;
	return "the task runs as another user";
}

/* A kernel thread has no program. */
static bool is_kernel_thread(const char *proc, pid_t pid)
{
	char path[PATH_ROOM + 256], target[2];

	snprintf(path, sizeof(path), "%s/%d/exe", proc, (int)pid);
	return readlink(path, target, sizeof(target)) < 0 && errno == ENOENT;
}

const char *requester_check(const char *proc, pid_t pid, uid_t uid, bool kernel_threads,
			    bool *own)
{
	static const char *const names[] = { "user", "mnt", "net" };
	size_t i;

	*own = false;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (!same_namespace(proc, pid, names[i]))
			return "the task has ended, or is in other namespaces";
	if (is_kernel_thread(proc, pid))
		return kernel_threads ? NULL : "it is a task of the kernel";
	return check_user(proc, pid, uid, own);
}

void requester_cache(const char *proc, pid_t pid, char *name)
{
	static const char variable[] = "KRB5CCNAME=";
	static char text[ENVIRON_MAX];
	ssize_t length = read_file(proc, pid, "environ", text, sizeof(text));
	const char *entry;

	name[0] = '\0';
	for (entry = text; length > 0 && entry < text + length; entry += strlen(entry) + 1) {
		if (strncmp(entry, variable, strlen(variable)))
			continue;
		entry += strlen(variable);
		if (strlen(entry) <= CACHE_NAME_MAX)
			strcpy(name, entry);
		break;
	}
	explicit_bzero(text, sizeof(text));
}

static int set_admin(void)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &head, data))
		return -1;
	data[0].effective = 1U << CAP_SYS_ADMIN;
	data[1].effective = 0;
	return (int)syscall(SYS_capset, &head, data);
}

static int set_groups(uid_t uid, gid_t *gid)
{
	const struct passwd *pw = getpwuid(uid);

	*gid = pw ? pw->pw_gid : NO_GROUP;
	return pw ? initgroups(pw->pw_name, pw->pw_gid) : setgroups(0, NULL);
}

int requester_become(uid_t uid)
{
	gid_t gid;

	if (set_groups(uid, &gid) || setegid(gid) || seteuid(uid))
		return -1;
	return set_admin();
}

int requester_return(void)
{
	return seteuid(0) || setegid(0) ? -1 : 0;
}
