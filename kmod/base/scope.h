/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For whom this thread works.  The doors say it once for a call, and whatever
 * buffers are made until the call's end are charged to that user, however deep
 * below the door.  Buffers that are made outside of any scope cost nobody.
 */
#ifndef CSSP_BASE_SCOPE_H
#define CSSP_BASE_SCOPE_H

#include <linux/types.h>

#include "payer.h"

struct task_struct;

/**
 * struct cssp_scope - from cssp_scope_enter() to cssp_scope_leave()
 * @node: among the scopes of all threads
 * @task: whose it is
 * @cred: for whom, borrowed
 * @payer: of @cred, once something was charged; referenced
 */
struct cssp_scope {
	struct hlist_node node;
	const struct task_struct *task;
	const struct cred *cred;
	struct cssp_payer *payer;
};

/**
 * cssp_scope_enter() - what follows is for @cred
 * @scope: on the caller's stack, left by the same thread
 * @cred: borrowed until then
 *
 * Scopes nest: the innermost one counts.
 *
 * Context: process context.
 */
void cssp_scope_enter(struct cssp_scope *scope, const struct cred *cred);
void cssp_scope_leave(struct cssp_scope *scope);

/*
 * Charge @bytes of buffers to whom this thread works for: the payer with a
 * reference, to be given to cssp_uncharge(); NULL outside of any scope;
 * ERR_PTR(-EDQUOT) or ERR_PTR(-ENOMEM).
 */
struct cssp_payer * __must_check cssp_scope_charge(size_t bytes);

#endif
