/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The steps by which a process of the daemon gives up its rights. A process is a table of steps,
 * in sandbox.c, which are taken in order until one fails.
 */
#ifndef CREDSSPD_SANDBOX_STEPS_H
#define CREDSSPD_SANDBOX_STEPS_H

#include <pwd.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>
#include "sandbox.h"

/* Which limits and which oom_score_adj a process has */
enum process_kind { PROCESS_DAEMON, PROCESS_KEEPER, PROCESS_WORKER };

/**
 * struct process - what a process is to become; a step reads what it needs
 * @name: for the log
 * @kind: its limits
 * @warns: no filter forbids it sockets, so a network that it cannot leave is worth a warning
 * @fd, @other: descriptors that it keeps beside 0, 1 and 2; they may be the same
 * @parent: the process with whose end it is killed
 * @user: the user that it becomes
 * @who: the requester that it becomes
 * @session: the requester's session keyring, see session.h
 * @capabilities: those that it keeps if it has them, as a bit mask
 * @profile: child profile of AppArmor, see confine.h
 * @filter: of its system calls, see syscalls.h
 */
struct process {
	const char *name;
	enum process_kind kind;
	bool warns;
	int fd;
	int other;
	pid_t parent;
	const char *user;
	const struct sandbox_identity *who;
	int32_t session;
	uint64_t capabilities;
	const char *profile;
	int (*filter)(void);
};

/* Returns 0 or a negative errno, logged. */
typedef int (*sandbox_step)(const struct process *p);

/* Take @steps, which end with NULL, up to the first that fails. Returns as a step. */
int sandbox_go(const sandbox_step *steps, const struct process *p);

/* The limits and the oom_score_adj of @kind */
int step_bound(const struct process *p);
int step_forbid_dumps(const struct process *p);
int step_forbid_privileges(const struct process *p);
/*
 * Be killed when @parent ends. The kernel checks the permission of @parent for this signal, so
 * @parent must not become another user. Becoming another user resets it.
 */
int step_end_with_parent(const struct process *p);
/*
 * The helper device stays bound to the network namespace that it was opened in; no process needs
 * one but the relay. This step never fails.
 */
int step_leave_network(const struct process *p);
/* Close all descriptors but the standard ones, @fd and @other. */
int step_close_others(const struct process *p);
/* What a library writes to stdout by mistake must not get into a cache. */
int step_use_null(const struct process *p);
/* In no terminal's session, with nothing from the environment */
int step_begin_anew(const struct process *p);
/* Session keyrings: session_begin(), and session_take() once it is the requester. */
int step_own_session(const struct process *p);
int step_take_session(const struct process *p);
/* Become @user if it is root. */
int step_become_user(const struct process *p);
/* Become @who if it is root; else it must be @who already. */
int step_become_requester(const struct process *p);
int step_drop_bounding_set(const struct process *p);
int step_keep_capabilities(const struct process *p);
/* Check that no capability is left. */
int step_verify_capabilities(const struct process *p);
/* Check that nothing of root is left. */
int step_verify(const struct process *p);
/* Take on the child profile. */
int step_confine(const struct process *p);
/* Forbid most system calls. */
int step_filter(const struct process *p);

/* The entry of @user, who is not root; NULL after the reason was logged. */
const struct passwd *sandbox_find_user(const char *user);

#endif
