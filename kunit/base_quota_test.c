// SPDX-License-Identifier: GPL-2.0-only
/* kmod/base/quota.c and quota_scope.c: which user's quota is charged, and its limits. */
#include <linux/cred.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include "base/quota.h"
#include "base/quota_scope.h"
#include "base/vbuf.h"
#include "util.h"

#define ALICE	1000
#define BOB	1001
#define SUBUID	100000	/* the first subordinate uid of alice */

struct bystander {
	struct work_struct work;
	int ret;
	bool charged;
};

/* The quota code reads only these members of a namespace. */
static struct user_namespace *make_ns(struct kunit *test, struct user_namespace *parent,
				      u32 owner)
{
	struct user_namespace *ns = kunit_kzalloc(test, sizeof(*ns), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, ns);
	ns->parent = parent;
	ns->owner = KUIDT_INIT(owner);
	refcount_set(&ns->ns.count, 1);
	return ns;
}

static const struct cred *make_user(struct kunit *test, struct user_namespace *ns, u32 uid)
{
	struct cred *cred = kunit_kzalloc(test, sizeof(*cred), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cred->user_ns = ns;
	cred->euid = KUIDT_INIT(uid);
	return cred;
}

/* A user with every capability in @ns. */
static const struct cred *make_root(struct kunit *test, struct user_namespace *ns, u32 uid)
{
	struct cred *cred = (struct cred *)make_user(test, ns, uid);

	cred->cap_effective = CAP_FULL_SET;
	return cred;
}

/* 0 if @n more can be charged; the charge is taken back. */
static int try_more(const struct cred *cred, enum cssp_resource what, long n)
{
	struct cssp_quota *p = cssp_quota_charge_cred(cred, what, n);

	if (IS_ERR(p))
		return PTR_ERR(p);
	cssp_quota_uncharge(p, what, n);
	return 0;
}

static struct cssp_quota *take(struct kunit *test, const struct cred *cred,
			       enum cssp_resource what, long n)
{
	struct cssp_quota *p = cssp_quota_charge_cred(cred, what, n);

	KUNIT_EXPECT_FALSE_MSG(test, IS_ERR(p), "%ld of %d", n, what);
	return IS_ERR(p) ? NULL : p;
}

static void one_user(struct kunit *test)
{
	const struct cred *alice = make_user(test, &init_user_ns, ALICE);
	const struct cred *bob = make_user(test, &init_user_ns, BOB);
	int what;

	for (what = 0; what < CSSP_RESOURCES; what++) {
		long limit = cssp_quota_limit(alice, what), before = cssp_quota_total(what);
		u64 refused = cssp_quota_refused();
		struct cssp_quota *most, *last;

		most = take(test, alice, what, limit - 1);
		last = take(test, alice, what, 1);
		KUNIT_EXPECT_PTR_EQ(test, most, last);
		KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, what), limit);
		KUNIT_EXPECT_EQ(test, try_more(alice, what, 1), -EDQUOT);
		KUNIT_EXPECT_EQ(test, cssp_quota_refused(), refused + 1);
		KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, what), limit);
		KUNIT_EXPECT_EQ(test, try_more(bob, what, limit), 0);
		cssp_quota_uncharge(last, what, 1);
		KUNIT_EXPECT_EQ(test, try_more(alice, what, 1), 0);
		cssp_quota_uncharge(most, what, limit - 1);
		KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, what), 0);
		KUNIT_EXPECT_EQ(test, cssp_quota_total(what), before);
	}
}

/*
 * Root's use is counted. Root has a limit only for requests,
 * as all users share one helper.
 */
static void privileged(struct kunit *test)
{
	const struct cred *root = make_root(test, &init_user_ns, 0);
	const struct cred *alice = make_user(test, &init_user_ns, ALICE);
	long limit = cssp_quota_limit(alice, CSSP_CONTEXTS);
	long before = cssp_quota_used(root, CSSP_CONTEXTS);
	struct cssp_quota *much = take(test, root, CSSP_CONTEXTS, 2 * limit);

	KUNIT_EXPECT_EQ(test, cssp_quota_used(root, CSSP_CONTEXTS), before + 2 * limit);
	KUNIT_EXPECT_EQ(test, cssp_quota_limit(root, CSSP_CONTEXTS), CSSP_UNLIMITED);
	KUNIT_EXPECT_EQ(test, try_more(alice, CSSP_CONTEXTS, limit), 0);
	cssp_quota_uncharge(much, CSSP_CONTEXTS, 2 * limit);
	KUNIT_EXPECT_EQ(test, try_more(root, CSSP_REQUESTS, CSSP_MAX_REQUESTS_USER + 1),
			-EDQUOT);
}

/* A user namespace, with its users and the namespaces in it, has one user's share. */
static void namespace_of_user(struct kunit *test)
{
	struct user_namespace *ns = make_ns(test, &init_user_ns, ALICE);
	struct user_namespace *inner = make_ns(test, ns, SUBUID);
	const struct cred *alice = make_user(test, &init_user_ns, ALICE);
	const struct cred *bob = make_user(test, &init_user_ns, BOB);
	const struct cred *first = make_root(test, ns, ALICE);
	const struct cred *second = make_root(test, inner, SUBUID + 1);
	long limit = cssp_quota_limit(alice, CSSP_CREDENTIALS);
	struct cssp_quota *a, *b;

	KUNIT_EXPECT_EQ(test, cssp_quota_limit(first, CSSP_CREDENTIALS), limit / 2);
	KUNIT_EXPECT_EQ(test, try_more(first, CSSP_CREDENTIALS, limit / 2 + 1), -EDQUOT);
	a = take(test, first, CSSP_CREDENTIALS, limit / 2);
	b = take(test, second, CSSP_CREDENTIALS, limit / 2);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_CREDENTIALS), limit);
	KUNIT_EXPECT_EQ(test, try_more(make_root(test, ns, SUBUID + 2), CSSP_CREDENTIALS, 1),
			-EDQUOT);
	KUNIT_EXPECT_EQ(test, try_more(make_root(test, make_ns(test, &init_user_ns, ALICE), 7),
				       CSSP_CREDENTIALS, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, try_more(alice, CSSP_CREDENTIALS, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, try_more(bob, CSSP_CREDENTIALS, limit), 0);
	/* the same uid in the initial namespace is another user */
	KUNIT_EXPECT_EQ(test, try_more(make_user(test, &init_user_ns, SUBUID + 1),
				       CSSP_CREDENTIALS, limit), 0);
	cssp_quota_uncharge(a, CSSP_CREDENTIALS, limit / 2);
	cssp_quota_uncharge(b, CSSP_CREDENTIALS, limit / 2);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_CREDENTIALS), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&ns->ns.count), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&inner->ns.count), 1);
}

/* Each namespace that root has made has a quota of its own; root is not charged for it. */
static void containers(struct kunit *test)
{
	struct user_namespace *one = make_ns(test, &init_user_ns, 0);
	struct user_namespace *two = make_ns(test, &init_user_ns, 0);
	const struct cred *root = make_user(test, &init_user_ns, 0);
	long limit = cssp_quota_limit(root, CSSP_CONTEXTS);
	long before = cssp_quota_used(root, CSSP_CONTEXTS);
	struct cssp_quota *p[2];
	int i;

	for (i = 0; i < 2; i++)
		p[i] = take(test, make_root(test, one, SUBUID + i), CSSP_CONTEXTS, limit / 2);
	KUNIT_EXPECT_EQ(test, try_more(make_root(test, one, 0), CSSP_CONTEXTS, 1), -EDQUOT);
	KUNIT_EXPECT_EQ(test, try_more(make_root(test, two, SUBUID), CSSP_CONTEXTS, limit / 2), 0);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(root, CSSP_CONTEXTS), before);
	for (i = 0; i < 2; i++)
		cssp_quota_uncharge(p[i], CSSP_CONTEXTS, limit / 2);
	KUNIT_EXPECT_EQ(test, refcount_read(&one->ns.count), 1);
	KUNIT_EXPECT_EQ(test, refcount_read(&two->ns.count), 1);
}

/* Namespaces nested as deep as the kernel allows. */
static void deepest(struct kunit *test)
{
	struct user_namespace *ns = &init_user_ns, *top = NULL;
	const struct cred *alice = make_user(test, ns, ALICE), *deep;
	struct cssp_quota *p;
	int level;

	for (level = 1; level <= 33; level++) {
		ns = make_ns(test, ns, ALICE);
		top = top ?: ns;
	}
	deep = make_root(test, ns, ALICE);
	p = take(test, deep, CSSP_CONTEXTS, 1);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(deep, CSSP_CONTEXTS), 1);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(make_user(test, top, ALICE), CSSP_CONTEXTS), 1);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_CONTEXTS), 1);
	cssp_quota_uncharge(p, CSSP_CONTEXTS, 1);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_CONTEXTS), 0);
	KUNIT_EXPECT_EQ(test, refcount_read(&ns->ns.count), 1);
}

static void buffers(struct kunit *test)
{
	const struct cred *alice = make_user(test, &init_user_ns, ALICE);
	long limit = cssp_quota_limit(alice, CSSP_BUFFER_BYTES);
	struct cssp_vbuf b = {}, moved = {}, free = {};
	struct cssp_quota *rest;
	struct cssp_quota_scope scope;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&free, "wxyz", 4), 0);
	cssp_quota_scope_enter(&scope, alice);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, "abc", 3), 0);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_BUFFER_BYTES), 3);
	/* a moved buffer stays charged to the user that it was allocated for */
	cssp_vbuf_move(&moved, &b);
	rest = take(test, alice, CSSP_BUFFER_BYTES, limit - 9);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&b, 7), -EDQUOT);
	KUNIT_EXPECT_NULL(test, b.data);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&moved, 2 * PAGE_SIZE), -EDQUOT);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_append(&moved, moved.data, 3), 0);
	KUNIT_EXPECT_EQ(test, memcmp(moved.data, "abcabc", 6), 0);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_charge(&free), -EDQUOT);
	KUNIT_EXPECT_NULL(test, free.data);
	cssp_quota_uncharge(rest, CSSP_BUFFER_BYTES, limit - 9);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&moved, PAGE_SIZE + 1), 0);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_BUFFER_BYTES), 2 * PAGE_SIZE);
	cssp_quota_scope_leave(&scope);
	cssp_vbuf_free(&moved);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_BUFFER_BYTES), 0);
}

/* A buffer without a quota is charged once, to the first user that takes it. */
static void adopted(struct kunit *test)
{
	const struct cred *alice = make_user(test, &init_user_ns, ALICE);
	struct cssp_vbuf b = {}, none = {};
	struct cssp_quota_scope scope;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_charge(&b), 0);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_BUFFER_BYTES), 0);
	cssp_quota_scope_enter(&scope, alice);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_charge(&none), 0);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_charge(&b), 0);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_charge(&b), 0);
	cssp_quota_scope_leave(&scope);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_BUFFER_BYTES), 1);
	cssp_vbuf_free(&b);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_BUFFER_BYTES), 0);
}

/* The worker is in no scope: its buffer is charged to no user. */
static void bystander_work(struct work_struct *work)
{
	struct bystander *by = container_of(work, struct bystander, work);
	struct cssp_vbuf b = {};

	by->ret = cssp_vbuf_reserve(&b, 1);
	by->charged = b.quota;
	cssp_vbuf_free(&b);
}

static void scopes(struct kunit *test)
{
	const struct cred *alice = make_user(test, &init_user_ns, ALICE);
	const struct cred *bob = make_user(test, &init_user_ns, BOB);
	struct cssp_vbuf of_alice = {}, of_bob = {};
	struct cssp_quota_scope outer, inner;
	struct bystander by = {};

	cssp_quota_scope_enter(&outer, alice);
	cssp_quota_scope_enter(&inner, bob);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&of_bob, 1), 0);
	cssp_quota_scope_leave(&inner);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&of_alice, PAGE_SIZE + 1), 0);
	INIT_WORK_ONSTACK(&by.work, bystander_work);
	schedule_work(&by.work);
	flush_work(&by.work);
	destroy_work_on_stack(&by.work);
	KUNIT_EXPECT_EQ(test, by.ret, 0);
	KUNIT_EXPECT_FALSE(test, by.charged);
	cssp_quota_scope_leave(&outer);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(bob, CSSP_BUFFER_BYTES), 1);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(alice, CSSP_BUFFER_BYTES), 2 * PAGE_SIZE);
	cssp_vbuf_free(&of_alice);
	cssp_vbuf_free(&of_bob);
}

static struct kunit_case payer_cases[] = {
	KUNIT_CASE(one_user),
	KUNIT_CASE(privileged),
	KUNIT_CASE(namespace_of_user),
	KUNIT_CASE(containers),
	KUNIT_CASE(deepest),
	KUNIT_CASE(buffers),
	KUNIT_CASE(adopted),
	KUNIT_CASE(scopes),
	{}
};

static struct kunit_suite payer_suite = {
	.name = "credssp_base_quota",
	.test_cases = payer_cases,
};

kunit_test_suite(payer_suite);
