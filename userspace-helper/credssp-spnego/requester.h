/* SPDX-License-Identifier: GPL-2.0-only */
/* The task that needs a session, and acting as its user. */
#ifndef CREDSSP_SPNEGO_REQUESTER_H
#define CREDSSP_SPNEGO_REQUESTER_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/* Longest name of a credential cache; CREDSSP_MAX_NAME is no less. */
#define CACHE_NAME_MAX	1024

/**
 * requester_check() - may tickets of a user be read for a task?
 * @proc: /proc
 * @pid: the task
 * @uid: the user
 * @kernel_threads: tasks of the kernel may have them
 * @own: out: the task runs as @uid
 *
 * The user, mount and network namespaces of the task must be those of this program.  In
 * others, the name of a cache leads to files of another user (CVE-2025-2312).  The task must
 * run as @uid, or as root, who mounts for others.  A kernel thread that connects again is in
 * the initial namespaces, even if the mount is not.
 *
 * Return: NULL, or why not.
 */
const char *requester_check(const char *proc, pid_t pid, uid_t uid, bool kernel_threads,
			    bool *own);

/**
 * requester_cache() - the value of KRB5CCNAME in the environment of a task
 * @proc: /proc
 * @pid: the task
 * @name: out: CACHE_NAME_MAX + 1 bytes; empty if there is none or it is too long
 */
void requester_cache(const char *proc, pid_t pid, char *name);

/**
 * requester_become() - go on with the effective user and groups of @uid
 * @uid: the user
 *
 * Real and saved uid stay root's, so that the user can neither signal nor trace the process.
 * Of the capabilities CAP_SYS_ADMIN stays, which gives the session key.
 *
 * Return: 0, or -1 with errno.
 */
int requester_become(uid_t uid);

/* Back to root, to answer. */
int requester_return(void);

#endif
