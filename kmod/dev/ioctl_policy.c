// SPDX-License-Identifier: GPL-2.0-only
/* The delegation policy: any caller may read it; setting it takes a privilege. */
#include <linux/capability.h>
#include <linux/fs.h>

#include "../base/status.h"
#include "../policy/policy_net.h"
#include "../policy/spn.h"
#include "ioctl.h"
#include "usercopy.h"

/*
 * The initial namespace's policy binds every user of the machine; another namespace's
 * policy binds only its own users, and can only tighten the initial one.  Both the
 * opener of the file and the task need the privilege, so a privileged task that inherits
 * another user's file, or the reverse, cannot set the policy.
 */
static bool ioctl_may_set_policy(const struct cssp_chardev_file *file)
{
	int cap = net_eq(file->net, &init_net) ? CAP_SYS_ADMIN : CAP_NET_ADMIN;
	struct user_namespace *owner = file->net->user_ns;

	return file_ns_capable(file->file, owner, cap) && ns_capable(owner, cap);
}

int cssp_ioctl_check_policy_get(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_policy *a = args;

	return a->flags & ~CREDSSP_POLICY_INITIAL ? -EINVAL : 0;
}

int cssp_ioctl_policy_get(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_policy *a = args;
	const struct net *net = a->flags & CREDSSP_POLICY_INITIAL ? &init_net : file->net;
	struct cssp_policy *policy = cssp_policy_net_get(net, &a->origin);
	struct cssp_vbuf patterns = {};
	int ret;

	a->oracle = policy->oracle;
	a->rules = policy->rules;
	a->count = policy->count;
	ret = cssp_policy_encode(policy, &patterns);
	cssp_policy_put(policy);
	if (!ret)
		ret = cssp_user_copy_answer(a->patterns, &a->length, &patterns);
	cssp_vbuf_free(&patterns);
	return ret;
}

static int ioctl_policy_create(struct cssp_policy **policy, const struct credssp_ioc_policy *a)
{
	struct cssp_vbuf patterns = {};
	struct cssp_rd rd;
	int ret;

	ret = cssp_user_copy_in(&patterns, a->patterns, a->length, CREDSSP_MAX_POLICY);
	if (ret)
		goto err_free;
	rd = cssp_vbuf_rd(&patterns);
	ret = cssp_policy_create(policy, a->oracle, a->rules, a->count, &rd);
err_free:
	cssp_vbuf_free(&patterns);
	return ret;
}

int cssp_ioctl_check_policy_set(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_policy *a = args;

	if (a->flags & ~CREDSSP_POLICY_RESET || a->origin)
		return -EINVAL;
	return ioctl_may_set_policy(file) ? 0 : -EPERM;
}

int cssp_ioctl_policy_set(struct cssp_chardev_file *file, void *args)
{
	const struct credssp_ioc_policy *a = args;
	struct cssp_policy *policy = NULL;
	int ret = 0;

	if (!(a->flags & CREDSSP_POLICY_RESET))
		ret = ioctl_policy_create(&policy, a);
	if (!ret)
		cssp_policy_net_set(file->net, policy);
	return ret;
}

/* @a->min_version: out: the lowest version spoken, 0 where the policy refuses it. */
static int ioctl_check_target(const struct net *net, const struct cssp_spn *target,
			      struct credssp_ioc_policy_check *a)
{
	struct cssp_policy_view view;
	u32 lowest = 0;
	int ret;

	cssp_policy_view_take(&view, net);
	ret = cssp_policy_min_version(&view, a->min_version, &lowest);
	if (!ret || ret == CSSP_E_UNSUPPORTED)
		ret = cssp_policy_delegate(&view, a->kind, target->spn,
					   a->flags & CREDSSP_CHECK_PROVEN);
	a->min_version = lowest;
	cssp_policy_view_drop(&view);
	return ret;
}

int cssp_ioctl_check_policy_check(const struct cssp_chardev_file *file, const void *args)
{
	const struct credssp_ioc_policy_check *a = args;

	return a->flags & ~CREDSSP_CHECK_PROVEN || a->kind >= CSSP_CRED_KINDS ? -EINVAL : 0;
}

int cssp_ioctl_policy_check(struct cssp_chardev_file *file, void *args)
{
	struct credssp_ioc_policy_check *a = args;
	struct cssp_spn target = {};
	struct cssp_vbuf name = {};
	struct cssp_rd rd;
	int ret;

	ret = cssp_user_copy_in(&name, a->target, a->target_length, CREDSSP_MAX_TARGET);
	if (ret)
		goto err_free;
	rd = cssp_vbuf_rd(&name);
	ret = cssp_spn_set(&target, &rd);
	if (ret)
		goto err_free;
	ret = ioctl_check_target(file->net, &target, a);
err_free:
	cssp_spn_free(&target);
	cssp_vbuf_free(&name);
	return ret;
}
