// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <time.h>
#include "accounts_file_id.h"

#define RECENT_SECONDS	1

void accounts_file_look(struct accounts_file_id *id, const char *path)
{
	struct utsname name;

	*id = (struct accounts_file_id){ .valid = true };
	if (!uname(&name))
		memcpy(id->machine, name.nodename, sizeof(id->machine));
	if (!path || lstat(path, &id->st)) {
		id->error = path ? errno : ENOENT;
		id->st = (struct stat){ 0 };
		return;
	}
	id->recent = time(NULL) - id->st.st_ctim.tv_sec <= RECENT_SECONDS;
}

static bool times_are(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* The time of the last change is that of the inode too: owner, mode and links. */
bool accounts_file_is(const struct accounts_file_id *a, const struct accounts_file_id *b)
{
	return a->valid && b->valid && a->error == b->error && a->recent == b->recent &&
	       a->st.st_dev == b->st.st_dev &&
	       a->st.st_ino == b->st.st_ino && a->st.st_size == b->st.st_size &&
	       times_are(&a->st.st_mtim, &b->st.st_mtim) &&
	       times_are(&a->st.st_ctim, &b->st.st_ctim) && !strcmp(a->machine, b->machine);
}
