/* SPDX-License-Identifier: GPL-2.0-only */
/* The ticket office's armorer: the process that has the host's ticket for FAST. */
#ifndef CREDSSPD_OFFICE_ARMOR_H
#define CREDSSPD_OFFICE_ARMOR_H

#include <stdbool.h>
#include <sys/types.h>
#include <linux/credssp.h>
#include "office.h"
#include "sandbox/sandbox.h"

/**
 * struct office_armor - the armorer
 * @setup: of FAST; NULL: there is none. Borrowed
 * @user, @group: the daemon's user and its group, which armorer and workers in armor have
 * @pid: of the armorer, not reaped yet; 0: there is none
 * @fd: connection to it; -1: there is none, or it is ending
 */
struct office_armor {
	const struct office_fast *setup;
	uid_t user;
	gid_t group;
	pid_t pid;
	int fd;
};

/* 0 or a negative errno. */
int office_armor_init(struct office_armor *a, const struct office_setup *setup);

/* Of the armorer, and of workers in armor */
struct sandbox_identity office_armor_identity(const struct office_armor *a);

/* Is this request, which is whole, a KRB5_INIT with a password, and in armor? */
bool office_armor_serves(const struct office_armor *a, const struct credssp_hlp_header *hdr);

/**
 * office_armor_give() - give a worker its connection to the armorer
 * @a: the armorer
 * @worker: the office's end of the connection to the worker
 * @start: forks an armorer, if there is none: see office_armor_become(). Returns its pid and
 *	sets *@fd, or a negative errno
 * @arg: for @start
 *
 * A packet with the descriptor goes to the worker, or one without if there is no armorer.
 * Return 0 or a negative errno.
 */
int office_armor_give(struct office_armor *a, int worker,
		      pid_t (*start)(const void *arg, int *fd), const void *arg);

/* Read keytab and cache again: the next worker gets a new armorer. */
void office_armor_reload(struct office_armor *a);
/* Reap it, if it has ended. */
void office_armor_reap(struct office_armor *a);

#endif
