// SPDX-License-Identifier: GPL-2.0-only
#include "quota_scope.h"

#include <linux/err.h>
#include <linux/hash.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/spinlock.h>

#define TABLE_BITS	6

/**
 * struct bucket - scopes of the threads that fall into it
 * @lock: protects @scopes. Innermost.
 * @scopes: the innermost scope of a thread comes first
 */
struct bucket {
	spinlock_t lock;	/* see above */
	struct hlist_head scopes;
};

static struct bucket table[1 << TABLE_BITS] = {
	[0 ... (1 << TABLE_BITS) - 1] = {
		.lock = __SPIN_LOCK_UNLOCKED(table.lock),
	},
};

static struct bucket *bucket_of(const struct task_struct *task)
{
	return &table[hash_ptr(task, TABLE_BITS)];
}

void cssp_quota_scope_enter(struct cssp_quota_scope *scope, const struct cred *cred)
{
	struct bucket *b = bucket_of(current);

	*scope = (struct cssp_quota_scope){ .task = current, .cred = cred };
	spin_lock(&b->lock);
	hlist_add_head(&scope->node, &b->scopes);
	spin_unlock(&b->lock);
}

void cssp_quota_scope_leave(struct cssp_quota_scope *scope)
{
	struct bucket *b = bucket_of(scope->task);

	spin_lock(&b->lock);
	hlist_del(&scope->node);
	spin_unlock(&b->lock);
	cssp_quota_put(scope->quota);
}

/* Nobody but this thread ends its scopes, so what is found stays. */
static struct cssp_quota_scope *current_scope(void)
{
	struct bucket *b = bucket_of(current);
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
	struct cssp_quota_scope *s = current_scope();
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
