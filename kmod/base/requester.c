// SPDX-License-Identifier: GPL-2.0-only
/* Pin the identity of a caller. */
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/string.h>
#include "requester.h"

/**
 * cssp_requester_pin_current() - pin the current task's identity
 * @who: out: released by cssp_requester_drop()
 * @net: network namespace that the identity acts in
 *
 * Context: process context of the caller itself, never a kernel thread.
 */
void cssp_requester_pin_current(struct cssp_requester *who, struct net *net)
{
	who->pid = get_pid(task_tgid(current));
	who->cred = get_current_cred();
	who->net = get_net(net);
	who->contained = false;
}

/* A task that ends has no namespaces any more. */
static bool requester_is_contained(void)
{
	return !current->nsproxy || current->nsproxy->mnt_ns != init_task.nsproxy->mnt_ns;
}

/**
 * cssp_requester_pin() - pin an identity that a kernel caller passes
 * @who: out: released by cssp_requester_drop()
 * @cred: credentials to act with
 * @net: network namespace that the identity acts in
 *
 * Context: process context of the task that the caller acts for, or a kernel thread.
 */
void cssp_requester_pin(struct cssp_requester *who, const struct cred *cred,
			struct net *net)
{
	who->pid = NULL;
	who->cred = get_cred(cred);
	who->net = get_net(net);
	who->contained = requester_is_contained();
}

/**
 * cssp_requester_copy() - a second, independent pin of the same identity
 * @to: out: released by cssp_requester_drop()
 * @from: pinned identity
 *
 * Context: any.
 */
void cssp_requester_copy(struct cssp_requester *to, const struct cssp_requester *from)
{
	to->pid = get_pid(from->pid);
	to->cred = get_cred(from->cred);
	to->net = get_net(from->net);
	to->contained = from->contained;
}

/*
 * A logon session is a session keyring. A process that joined none has the default
 * session of its uid.
 */
static bool requester_same_logon(const struct cred *a, const struct cred *b)
{
	return uid_eq(a->euid, b->euid) && a->user_ns == b->user_ns &&
	       a->session_keyring == b->session_keyring;
}

/**
 * cssp_requester_same() - compare two identities
 * @a: pinned identity
 * @b: pinned identity
 *
 * Pinned objects cannot be freed and used for another process or namespace, so
 * comparing pointers suffices.
 *
 * Context: any.
 * Return: true if both are of one process (or of the kernel), one logon session and
 * one network namespace.
 */
bool cssp_requester_same(const struct cssp_requester *a, const struct cssp_requester *b)
{
	return a->pid == b->pid && a->net == b->net && requester_same_logon(a->cred, b->cred);
}

/**
 * cssp_requester_drop() - release a pinned identity
 * @who: pinned or all-zero; all-zero afterwards
 *
 * Context: any.
 */
void cssp_requester_drop(struct cssp_requester *who)
{
	put_pid(who->pid);
	put_cred(who->cred);
	if (who->net)
		put_net(who->net);
	memset(who, 0, sizeof(*who));
}
