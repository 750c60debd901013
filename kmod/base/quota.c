// SPDX-License-Identifier: GPL-2.0-only
/*
 * Quotas form a tree: the parent of a user is the owner of its user namespace, in
 * the namespace around that one. A charge counts from the leaf to the top.
 */
#include "quota.h"

#include <linux/atomic.h>
#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/hash.h>
#include <linux/hashtable.h>
#include <linux/jhash.h>
#include <linux/math.h>
#include <linux/minmax.h>
#include <linux/moduleparam.h>
#include <linux/once.h>
#include <linux/refcount.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>

#include "mem.h"

/* The kernel's own bound is 32 levels below the initial user namespace. */
#define DEPTH_MAX	34

/*
 * A user with subordinate uids can create as many quotas as it may have contexts
 * and credentials, some thousands, and choose their uids. So the hash has a seed.
 */
#define TABLE_BITS	10

/**
 * struct cssp_quota - see quota.h
 * @node: in the table
 * @ref: one for each charge, child and caller; the last one is dropped under the
 *	table's lock
 * @ns: namespace, referenced
 * @uid: the user in @ns; invalid for all users of @ns together
 * @parent: charged as well, referenced; NULL at the top
 * @used: amount charged
 */
struct cssp_quota {
	struct hlist_node node;
	refcount_t ref;
	struct user_namespace *ns;
	kuid_t uid;
	struct cssp_quota *parent;
	atomic_long_t used[CSSP_RESOURCES];
};

/* What tells quotas apart; see struct cssp_quota. */
struct quota_key {
	struct user_namespace *ns;
	kuid_t uid;
};

/* Protects the table and the last reference of each entry. Nests with no other lock. */
static DEFINE_SPINLOCK(quota_table_lock);
static DEFINE_HASHTABLE(quota_table, TABLE_BITS);

static atomic_long_t quota_total[CSSP_RESOURCES];
static atomic64_t quota_refused;

/* Limits of one user; half of that inside of a user namespace. */
static unsigned long quota_limits[CSSP_RESOURCES] = {
	[CSSP_CONTEXTS] = 4096,
	[CSSP_CREDENTIALS] = 4096,
	[CSSP_BUFFER_BYTES] = 128 << 20,
	[CSSP_CONVERSATIONS] = CSSP_MAX_CONVERSATIONS_USER,
	[CSSP_REQUESTS] = CSSP_MAX_REQUESTS_USER,
	[CSSP_UNPROVEN] = CSSP_MAX_UNPROVEN_USER,
	[CSSP_ASYNC] = CSSP_MAX_ASYNC_USER,
};

module_param_named(max_contexts_per_user, quota_limits[CSSP_CONTEXTS], ulong, 0644);
MODULE_PARM_DESC(max_contexts_per_user, "contexts that one user may have (default 4096)");
module_param_named(max_credentials_per_user, quota_limits[CSSP_CREDENTIALS], ulong, 0644);
MODULE_PARM_DESC(max_credentials_per_user, "credentials that one user may have (default 4096)");
module_param_named(max_buffer_bytes_per_user, quota_limits[CSSP_BUFFER_BYTES], ulong, 0644);
MODULE_PARM_DESC(max_buffer_bytes_per_user,
		 "bytes of the module's buffers that one user may have (default 128 MiB)");

static u32 quota_hash(const struct quota_key *key)
{
	static u32 seed __read_mostly;

	get_random_once(&seed, sizeof(seed));
	return jhash_2words(hash_ptr(key->ns, 32), __kuid_val(key->uid), seed);
}

/*
 * The quota that all charges in @ns count for. It is that of the owner of @ns. But
 * containers made by root of the machine do not share root's quota: each of them
 * has its own.
 */
static struct quota_key quota_owner_key(struct user_namespace *ns)
{
	if (ns->parent == &init_user_ns && uid_eq(ns->owner, GLOBAL_ROOT_UID))
		return (struct quota_key){ ns, INVALID_UID };
	return (struct quota_key){ ns->parent, ns->owner };
}

static struct cssp_quota *quota_search(const struct quota_key *key)
{
	struct cssp_quota *p;

	lockdep_assert_held(&quota_table_lock);
	hash_for_each_possible(quota_table, p, node, quota_hash(key))
		if (p->ns == key->ns && uid_eq(p->uid, key->uid))
			return p;
	return NULL;
}

/* Find the quota of @key with a reference, or add @new (if not NULL). */
static struct cssp_quota *quota_find(const struct quota_key *key, struct cssp_quota *new)
{
	struct cssp_quota *p;

	spin_lock(&quota_table_lock);
	p = quota_search(key);
	if (p)
		refcount_inc(&p->ref);
	else if (new)
		hash_add(quota_table, &new->node, quota_hash(key));
	spin_unlock(&quota_table_lock);
	return p ?: new;
}

static void quota_free(struct cssp_quota *p)
{
	put_user_ns(p->ns);
	kfree(p);
}

/* Returns a reference; consumes that on @parent. */
static struct cssp_quota *quota_find_or_make(const struct quota_key *key, struct cssp_quota *parent)
{
	struct cssp_quota *p = quota_find(key, NULL), *new;

	if (p) {
		cssp_quota_put(parent);
		return p;
	}
	new = kzalloc(sizeof(*new), CSSP_GFP);
	if (!new) {
		cssp_quota_put(parent);
		return ERR_PTR(-ENOMEM);
	}
	refcount_set(&new->ref, 1);
	new->ns = get_user_ns(key->ns);
	new->uid = key->uid;
	new->parent = parent;
	p = quota_find(key, new);
	if (p != new) {
		quota_free(new);
		cssp_quota_put(parent);
	}
	return p;
}

struct cssp_quota *cssp_quota_get(const struct cred *cred)
{
	struct quota_key keys[DEPTH_MAX];
	struct cssp_quota *p = NULL;
	int n = 1;

	keys[0] = (struct quota_key){ cred->user_ns, cred->euid };
	while (keys[n - 1].ns != &init_user_ns && uid_valid(keys[n - 1].uid)) {
		if (WARN_ON_ONCE(n == DEPTH_MAX))
			return ERR_PTR(-ENOMEM);
		keys[n] = quota_owner_key(keys[n - 1].ns);
		n++;
	}
	while (n-- && !IS_ERR(p))
		p = quota_find_or_make(&keys[n], p);
	return p;
}

struct cssp_quota *cssp_quota_ref(struct cssp_quota *quota)
{
	refcount_inc(&quota->ref);
	return quota;
}

struct cssp_quota *cssp_quota_below(struct cssp_quota *quota,
				    const struct user_namespace *ns)
{
	struct cssp_quota *p = quota;

	while (p->parent && !(p->ns == ns && uid_valid(p->uid)))
		p = p->parent;
	return p;
}

u32 cssp_quota_number(const struct cssp_quota *quota, struct user_namespace *ns)
{
	/* /proc's inode numbers begin at 0xf0000000, above all uids in use. */
	if (!uid_valid(quota->uid))
		return quota->ns->ns.inum;
	return from_kuid_munged(ns, quota->uid);
}

/* Returns true for the last reference; the quota is out of the table then. */
static bool quota_drop(struct cssp_quota *p)
{
	bool last;

	if (refcount_dec_not_one(&p->ref))
		return false;
	spin_lock(&quota_table_lock);
	last = refcount_dec_and_test(&p->ref);
	if (last)
		hash_del(&p->node);
	spin_unlock(&quota_table_lock);
	return last;
}

void cssp_quota_put(struct cssp_quota *p)
{
	struct cssp_quota *parent;

	while (p && quota_drop(p)) {
		parent = p->parent;
		quota_free(p);
		p = parent;
	}
}

static bool quota_is_exempt(const struct cred *cred, enum cssp_resource what)
{
	return what != CSSP_REQUESTS && what != CSSP_UNPROVEN && cred->user_ns == &init_user_ns &&
	       cap_raised(cred->cap_effective, CAP_SYS_RESOURCE);
}

/* Inside of a namespace no user can use up the quota of its owner. */
static long quota_limit(bool inside, enum cssp_resource what)
{
	long limit = min_t(unsigned long, READ_ONCE(quota_limits[what]), LONG_MAX - 1);

	return inside ? DIV_ROUND_UP(limit, 2) : limit;
}

static void quota_take_back(struct cssp_quota *from, const struct cssp_quota *end,
			    enum cssp_resource what, long n)
{
	for (; from != end; from = from->parent)
		atomic_long_sub(n, &from->used[what]);
}

int cssp_quota_charge(struct cssp_quota *quota, const struct cred *cred,
		      enum cssp_resource what, long n)
{
	bool exempt = quota_is_exempt(cred, what);
	struct cssp_quota *p;

	for (p = quota; p; p = p->parent) {
		if (atomic_long_add_return(n, &p->used[what]) <= quota_limit(p->parent, what) ||
		    exempt)
			continue;
		quota_take_back(quota, p->parent, what, n);
		atomic64_inc(&quota_refused);
		return -EDQUOT;
	}
	atomic_long_add(n, &quota_total[what]);
	refcount_inc(&quota->ref);
	return 0;
}

struct cssp_quota *cssp_quota_charge_cred(const struct cred *cred, enum cssp_resource what, long n)
{
	struct cssp_quota *quota = cssp_quota_get(cred);
	int ret;

	if (IS_ERR(quota))
		return quota;
	ret = cssp_quota_charge(quota, cred, what, n);
	cssp_quota_put(quota);
	return ret ? ERR_PTR(ret) : quota;
}

void cssp_quota_uncharge(struct cssp_quota *quota, enum cssp_resource what, long n)
{
	if (!quota)
		return;
	quota_take_back(quota, NULL, what, n);
	atomic_long_sub(n, &quota_total[what]);
	cssp_quota_put(quota);
}

long cssp_quota_left(const struct cssp_quota *quota, enum cssp_resource what)
{
	long left = LONG_MAX;

	for (; quota; quota = quota->parent)
		left = min(left, quota_limit(quota->parent, what) -
				 atomic_long_read(&quota->used[what]));
	return left;
}

long cssp_quota_used(const struct cred *cred, enum cssp_resource what)
{
	const struct quota_key key = { cred->user_ns, cred->euid };
	struct cssp_quota *p = quota_find(&key, NULL);
	long used = p ? atomic_long_read(&p->used[what]) : 0;

	cssp_quota_put(p);
	return used;
}

long cssp_quota_limit(const struct cred *cred, enum cssp_resource what)
{
	if (quota_is_exempt(cred, what))
		return CSSP_UNLIMITED;
	return quota_limit(cred->user_ns != &init_user_ns, what);
}

long cssp_quota_total(enum cssp_resource what)
{
	return atomic_long_read(&quota_total[what]);
}

u64 cssp_quota_refused(void)
{
	return atomic64_read(&quota_refused);
}
