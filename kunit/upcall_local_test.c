// SPDX-License-Identifier: GPL-2.0-only
/* kmod/upcall/local.c: which requesters are in the helper's namespaces. */
#include <kunit/test.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "base/requester.h"
#include "upcall/helper.h"

/* Namespaces that are compared, and never looked into */
static struct user_namespace *const other_user_ns = (struct user_namespace *)8;
static struct net *const other_net = (struct net *)16;

/**
 * struct fixture - a requester in the initial namespaces, and a helper there
 * @cred: a copy without a reference
 */
struct fixture {
	struct cssp_helper helper;
	struct cssp_requester who;
	struct cred cred;
};

static int local_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->cred = (struct cred){ .user_ns = &init_user_ns };
	f->who = (struct cssp_requester){
		/* Process 1 is the one that cannot be in another mount namespace. */
		.pid = find_get_pid(1),
		.cred = &f->cred,
		.net = &init_net,
	};
	f->helper.net = &init_net;
	f->helper.user_ns = &init_user_ns;
	f->helper.pid_ns = &init_pid_ns;
	test->priv = f;
	return 0;
}

static void local_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (f)
		put_pid(f->who.pid);
}

static void same_namespaces(struct kunit *test)
{
	struct fixture *f = test->priv;

	KUNIT_EXPECT_TRUE(test, cssp_helper_is_local(&f->helper, &f->who));
}

static void other_namespaces(struct kunit *test)
{
	struct fixture *f = test->priv;

	f->cred.user_ns = other_user_ns;
	KUNIT_EXPECT_FALSE(test, cssp_helper_is_local(&f->helper, &f->who));
	f->cred.user_ns = &init_user_ns;
	f->who.net = other_net;
	KUNIT_EXPECT_FALSE(test, cssp_helper_is_local(&f->helper, &f->who));
	f->who.net = &init_net;
	f->helper.user_ns = other_user_ns;
	KUNIT_EXPECT_FALSE(test, cssp_helper_is_local(&f->helper, &f->who));
}

static void set_nsproxy(struct nsproxy *ns)
{
	task_lock(current);
	current->nsproxy = ns;
	task_unlock(current);
}

/* Is the thread of the test local, with the namespaces @ns for a moment? */
static bool is_local_with(struct fixture *f, struct nsproxy *ns)
{
	const struct cssp_requester who = {
		.pid = task_tgid(current),
		.cred = &f->cred,
		.net = &init_net,
	};
	struct nsproxy *kept = current->nsproxy;
	bool local;

	set_nsproxy(ns);
	local = cssp_helper_is_local(&f->helper, &who);
	set_nsproxy(kept);
	return local;
}

/* Another process in the namespace of process 1, and one in another namespace */
static void mount_namespaces(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct task_struct *first = get_pid_task(f->who.pid, PIDTYPE_PID);
	struct nsproxy same = *current->nsproxy, other = same;

	KUNIT_ASSERT_NOT_NULL(test, first);
	task_lock(first);
	same.mnt_ns = first->nsproxy->mnt_ns;
	task_unlock(first);
	put_task_struct(first);
	other.mnt_ns = (struct mnt_namespace *)24;
	KUNIT_EXPECT_TRUE(test, is_local_with(f, &same));
	KUNIT_EXPECT_FALSE(test, is_local_with(f, &other));
}

/* A process that has ended is in no namespace. */
static void ended_process(struct kunit *test)
{
	KUNIT_EXPECT_FALSE(test, is_local_with(test->priv, NULL));
}

/* The kernel has no process: the helper must be in all initial namespaces. */
static void kernel_caller(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct pid *first = f->who.pid;

	f->who.pid = NULL;
	KUNIT_EXPECT_TRUE(test, cssp_helper_is_local(&f->helper, &f->who));
	f->who.contained = true;
	KUNIT_EXPECT_FALSE(test, cssp_helper_is_local(&f->helper, &f->who));
	f->who.contained = false;
	f->helper.pid_ns = (struct pid_namespace *)32;
	KUNIT_EXPECT_FALSE(test, cssp_helper_is_local(&f->helper, &f->who));
	f->helper.pid_ns = &init_pid_ns;
	f->cred.user_ns = other_user_ns;
	f->helper.user_ns = other_user_ns;
	KUNIT_EXPECT_FALSE(test, cssp_helper_is_local(&f->helper, &f->who));
	f->who.pid = first;
}

/* A kernel caller acts for the current task. */
static void contained_caller(struct kunit *test)
{
	struct nsproxy other = *current->nsproxy, *kept = current->nsproxy;
	struct cssp_requester outside, inside, copy;

	cssp_requester_pin(&outside, current_cred(), &init_net);
	other.mnt_ns = (struct mnt_namespace *)24;
	set_nsproxy(&other);
	cssp_requester_pin(&inside, current_cred(), &init_net);
	set_nsproxy(kept);
	cssp_requester_copy(&copy, &inside);
	KUNIT_EXPECT_TRUE(test, inside.contained);
	KUNIT_EXPECT_TRUE(test, copy.contained);
	KUNIT_EXPECT_EQ(test, outside.contained,
			current->nsproxy->mnt_ns != init_task.nsproxy->mnt_ns);
	cssp_requester_drop(&copy);
	cssp_requester_drop(&inside);
	cssp_requester_drop(&outside);
}

static struct kunit_case local_cases[] = {
	KUNIT_CASE(same_namespaces),
	KUNIT_CASE(other_namespaces),
	KUNIT_CASE(mount_namespaces),
	KUNIT_CASE(ended_process),
	KUNIT_CASE(kernel_caller),
	KUNIT_CASE(contained_caller),
	{}
};

static struct kunit_suite local_suite = {
	.name = "credssp_upcall_local",
	.init = local_init,
	.exit = local_exit,
	.test_cases = local_cases,
};

kunit_test_suite(local_suite);
