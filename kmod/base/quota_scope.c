// SPDX-License-Identifier: GPL-2.0-only
/*
 * The scopes of all threads, in a table keyed by the task.
 *
 * An argument would run through most functions of the module, and a path that passed
 * NULL by mistake would have buffers without a limit. The kernel has no other means:
 * task_struct has no field for modules; set_active_memcg() selects a cgroup, which is
 * not a user (mem.h has buffers accounted to the caller's cgroup in addition); ucounts
 * are not exported, and their resources are fixed; override_creds() changes the
 * thread's permissions as well, and cannot say that there is no user to charge.
 *
 * The cost is one lock per allocation. It is contended only if two threads in calls fall
 * into the same bucket.
 */
#include "quota_scope.h"

#include <linux/err.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#define TABLE_BITS	6

/**
 * struct scope_bucket - the scopes of threads with the same hash
 * @lock: protects @scopes; innermost
 * @scopes: a nested scope precedes the scope around it
 */
struct scope_bucket {
	spinlock_t lock;	/* see above */
	struct hlist_head scopes;
};

static struct scope_bucket scope_table[1 << TABLE_BITS] = {
	[0 ... (1 << TABLE_BITS) - 1] = {
		.lock = __SPIN_LOCK_UNLOCKED(scope_table.lock),
	},
};

static struct scope_bucket *scope_find_bucket(const struct task_struct *task)
{
	return &scope_table[hash_ptr(task, TABLE_BITS)];
}

void cssp_quota_scope_enter(struct cssp_quota_scope *scope, const struct cred *cred)
{
	struct scope_bucket *b = scope_find_bucket(current);

	*scope = (struct cssp_quota_scope){ .task = current, .cred = cred };
	spin_lock(&b->lock);
	hlist_add_head(&scope->node, &b->scopes);
	spin_unlock(&b->lock);
}

void cssp_quota_scope_leave(struct cssp_quota_scope *scope)
{
	struct scope_bucket *b = scope_find_bucket(scope->task);

	spin_lock(&b->lock);
	hlist_del(&scope->node);
	spin_unlock(&b->lock);
	cssp_quota_put(scope->quota);
}

/* Only this thread leaves its scopes, so the result stays valid without the lock. */
static struct cssp_quota_scope *scope_current(void)
{
	struct scope_bucket *b = scope_find_bucket(current);
	struct cssp_quota_scope *s;

	spin_lock(&b->lock);
	hlist_for_each_entry(s, &b->scopes, node)
		if (s->task == current)
			break;
	spin_unlock(&b->lock);
	return s;
}

struct cssp_quota *cssp_quota_scope_charge(size_t bytes)
{
	struct cssp_quota_scope *s = scope_current();
	struct cssp_quota *quota;
	int ret;

	if (!s)
		return NULL;
	if (!s->quota) {
		quota = cssp_quota_get(s->cred);
		if (IS_ERR(quota))
			return quota;
		s->quota = quota;
	}
	ret = cssp_quota_charge(s->quota, s->cred, CSSP_BUFFER_BYTES, bytes);
	return ret ? ERR_PTR(ret) : s->quota;
}
