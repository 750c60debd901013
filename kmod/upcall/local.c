// SPDX-License-Identifier: GPL-2.0-only
/*
 * Is a requester in the helper's namespaces?  The helper opens credential caches and
 * keytabs by the names that a requester gives.  In other namespaces, these names would
 * lead to files and keyrings of another user (CVE-2025-2312).
 */
#include <linux/nsproxy.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/rcupdate.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>
#include "../base/requester.h"
#include "helper.h"

/* The first process of a pid namespace */
#define INIT_PID	1

/*
 * The mount namespace of @pid's process, to be compared only; NULL if the process has
 * ended. Under RCU.
 */
static const struct mnt_namespace *local_mounts_of(struct pid *pid)
{
	struct task_struct *task = pid_task(pid, PIDTYPE_PID);
	const struct mnt_namespace *mounts = NULL;

	if (!task)
		return NULL;
	task_lock(task);
	if (task->nsproxy)
		mounts = task->nsproxy->mnt_ns;
	task_unlock(task);
	return mounts;
}

/*
 * Compare with process 1 of the helper's pid namespace: by its unit's settings, the helper
 * has often a mount namespace of its own, a copy of that one with less in it.  A namespace
 * that is freed meanwhile can have the address of another one, but process 1 does not
 * leave its namespace.
 */
static bool local_same_mounts(const struct cssp_helper *h, const struct cssp_requester *who)
{
	const struct mnt_namespace *mounts;
	bool same;

	rcu_read_lock();
	mounts = local_mounts_of(find_pid_ns(INIT_PID, h->pid_ns));
	same = mounts && mounts == local_mounts_of(who->pid);
	rcu_read_unlock();
	return same;
}

bool cssp_helper_is_local(const struct cssp_helper *h, const struct cssp_requester *who)
{
	if (who->cred->user_ns != h->user_ns || !net_eq(who->net, h->net))
		return false;
	if (!who->pid)
		return !who->contained && h->user_ns == &init_user_ns &&
		       h->pid_ns == &init_pid_ns;
	return local_same_mounts(h, who);
}
