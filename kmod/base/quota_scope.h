/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The user that a thread works for. An entry point (an ioctl, an exported function)
 * sets it once for a call. Until the call ends, each buffer that this thread
 * allocates is charged to that user. A buffer that is allocated outside of any
 * scope is charged to no user.
 */
#ifndef CSSP_BASE_QUOTA_SCOPE_H
#define CSSP_BASE_QUOTA_SCOPE_H

#include <linux/types.h>

#include "quota.h"

struct task_struct;

/**
 * struct cssp_quota_scope - from cssp_quota_scope_enter() to cssp_quota_scope_leave()
 * @node: entry in the table of scopes
 * @task: the thread
 * @cred: the user that it works for, borrowed
 * @quota: quota of @cred, referenced; NULL before the first charge
 */
struct cssp_quota_scope {
	struct hlist_node node;
	const struct task_struct *task;
	const struct cred *cred;
	struct cssp_quota *quota;
};

/**
 * cssp_quota_scope_enter() - charge what follows to the user of @cred
 * @scope: on the caller's stack; the same thread leaves it
 * @cred: the user, borrowed until the thread leaves the scope
 *
 * Scopes nest: the innermost one is charged.
 *
 * Context: process context.
 */
void cssp_quota_scope_enter(struct cssp_quota_scope *scope, const struct cred *cred);
void cssp_quota_scope_leave(struct cssp_quota_scope *scope);

/*
 * Charge @bytes of CSSP_BUFFER_BYTES to the user that this thread works for. Returns
 * the quota, for cssp_quota_uncharge(); NULL outside of any scope; or
 * ERR_PTR(-EDQUOT) or ERR_PTR(-ENOMEM).
 */
struct cssp_quota * __must_check cssp_quota_scope_charge(size_t bytes);

#endif
