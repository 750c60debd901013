/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For whom this thread works.  The doors say it once for a call, and whatever
 * buffers are made until the call's end are charged to that user, however deep
 * below the door.  Buffers that are made outside of any scope cost nobody.
 */
#ifndef CSSP_BASE_QUOTA_SCOPE_H
#define CSSP_BASE_QUOTA_SCOPE_H

#include <linux/types.h>

#include "quota.h"

struct task_struct;

/**
 * struct cssp_quota_scope - from cssp_quota_scope_enter() to cssp_quota_scope_leave()
 * @node: among the scopes of all threads
 * @task: whose it is
 * @cred: for whom, borrowed
 * @quota: of @cred, once something was charged; referenced
 */
struct cssp_quota_scope {
	struct hlist_node node;
	const struct task_struct *task;
	const struct cred *cred;
	struct cssp_quota *quota;
};

/**
 * cssp_quota_scope_enter() - what follows is for @cred
 * @scope: on the caller's stack, left by the same thread
 * @cred: borrowed until then
 *
 * Scopes nest: the innermost one counts.
 *
 * Context: process context.
 */
void cssp_quota_scope_enter(struct cssp_quota_scope *scope, const struct cred *cred);
void cssp_quota_scope_leave(struct cssp_quota_scope *scope);

/*
 * Charge @bytes of buffers to whom this thread works for: the quota with a
 * reference, to be given to cssp_quota_uncharge(); NULL outside of any scope;
 * ERR_PTR(-EDQUOT) or ERR_PTR(-ENOMEM).
 */
struct cssp_quota * __must_check cssp_quota_scope_charge(size_t bytes);

#endif
