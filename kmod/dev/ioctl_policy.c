// SPDX-License-Identifier: GPL-2.0-only
/* The delegation policy: everybody may read it, few may set it. */
#include <linux/capability.h>
#include <linux/fs.h>

#include "../base/status.h"
#include "ioctl.h"

/*
 * The initial namespace's policy binds every user of the machine; another one's
 * only those who are in it, and cannot give them more.  The task as well as the
 * file: a file that was passed on must not lend or borrow a privilege.
 */
static bool may_set(const struct cssp_dev *dev)
{
	int cap = net_eq(dev->net, &init_net) ? CAP_SYS_ADMIN : CAP_NET_ADMIN;
	struct user_namespace *owner = dev->net->user_ns;

	return file_ns_capable(dev->file, owner, cap) && ns_capable(owner, cap);
}

static int get(const struct net *net, struct credssp_ioc_policy *a)
{
	struct cssp_policy *policy = cssp_policy_net_get(net, &a->origin);
	struct cssp_vbuf patterns = {};
	u32 room = a->length;
	int ret;

	a->oracle = policy->oracle;
	a->rules = policy->rules;
	a->count = policy->count;
	ret = cssp_policy_encode(policy, &patterns);
	cssp_policy_put(policy);
	if (!ret) {
		a->length = patterns.len;
		ret = patterns.len > room ? -ENOSPC :
		      cssp_user_copy_out(a->patterns, patterns.data, patterns.len);
	}
	cssp_vbuf_free(&patterns);
	return ret;
}

int cssp_ioctl_policy_get(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_policy *a = args;

	if (a->flags & ~CREDSSP_POLICY_INITIAL)
		return -EINVAL;
	return cssp_ioctl_finish(&a->status,
				get(a->flags & CREDSSP_POLICY_INITIAL ? &init_net : dev->net,
				    a));
}

static int set(struct cssp_dev *dev, const struct credssp_ioc_policy *a)
{
	struct cssp_policy *policy = NULL;
	struct cssp_vbuf patterns = {};
	struct cssp_rd rd;
	int ret = 0;

	if (!(a->flags & CREDSSP_POLICY_RESET)) {
		ret = cssp_user_copy_in(&patterns, a->patterns, a->length,
					CREDSSP_MAX_POLICY);
		rd = cssp_vbuf_rd(&patterns);
		if (!ret)
			ret = cssp_policy_create(&policy, a->oracle, a->rules, a->count,
						 &rd);
		cssp_vbuf_free(&patterns);
	}
	if (!ret)
		cssp_policy_net_set(dev->net, policy);
	return ret;
}

int cssp_ioctl_policy_set(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_policy *a = args;

	if (a->flags & ~CREDSSP_POLICY_RESET || a->origin)
		return -EINVAL;
	if (!may_set(dev))
		return -EPERM;
	return cssp_ioctl_finish(&a->status, set(dev, a));
}

static int check(struct cssp_dev *dev, struct credssp_ioc_policy_check *a,
		 const struct cssp_spn *target)
{
	struct cssp_policy_view view;
	u32 lowest = 0;
	int ret;

	cssp_policy_view_take(&view, dev->net);
	ret = cssp_policy_min_version(&view, a->min_version, &lowest);
	if (!ret || ret == CSSP_E_UNSUPPORTED)
		ret = cssp_policy_delegate(&view, a->kind, target->spn,
					   a->flags & CREDSSP_CHECK_PROVEN);
	a->min_version = lowest;
	cssp_policy_view_drop(&view);
	return ret;
}

int cssp_ioctl_policy_check(struct cssp_dev *dev, void *args)
{
	struct credssp_ioc_policy_check *a = args;
	struct cssp_spn target = {};
	struct cssp_vbuf name = {};
	struct cssp_rd rd;
	int ret;

	if (a->flags & ~CREDSSP_CHECK_PROVEN || a->kind >= CSSP_CRED_KINDS)
		return -EINVAL;
	ret = cssp_user_copy_in(&name, a->target, a->target_length, CREDSSP_MAX_TARGET);
	rd = cssp_vbuf_rd(&name);
	if (!ret)
		ret = cssp_spn_set(&target, &rd);
	if (!ret)
		ret = check(dev, a, &target);
	cssp_spn_free(&target);
	cssp_vbuf_free(&name);
	return cssp_ioctl_finish(&a->status, ret);
}
