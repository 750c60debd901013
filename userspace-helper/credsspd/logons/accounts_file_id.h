/* SPDX-License-Identifier: GPL-2.0-only */
/* Which state of the file of accounts, and of the machine's name, was read? */
#ifndef CREDSSPD_ACCOUNTS_FILE_ID_H
#define CREDSSPD_ACCOUNTS_FILE_ID_H

#include <stdbool.h>
#include <sys/stat.h>
#include <sys/utsname.h>

/**
 * struct accounts_file_id - a state
 * @valid: it was looked at
 * @error: 0, or the errno of lstat(2)
 * @st: what lstat(2) says
 * @recent: it was changed in this second or the one before. Times of files advance in steps, so
 *	another change may follow that does not show
 * @machine: name of this machine
 */
struct accounts_file_id {
	bool valid;
	int error;
	struct stat st;
	bool recent;
	char machine[sizeof(((struct utsname *)0)->nodename)];
};

/* @path may be NULL. */
void accounts_file_look(struct accounts_file_id *id, const char *path);
/* Is it the same state? One that was recent is read once more when it is not recent any more. */
bool accounts_file_is(const struct accounts_file_id *a, const struct accounts_file_id *b);

#endif
