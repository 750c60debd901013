// SPDX-License-Identifier: GPL-2.0-only
/* The policies of network namespaces: how they are set, and which one applies. */
#include <linux/spinlock.h>
#include <net/net_namespace.h>
#include <net/netns/generic.h>

#include "policy_net.h"

/**
 * struct policy_net - the module's part of a network namespace
 * @own: the policy that was set there, or NULL; protected by policy_net_lock
 */
struct policy_net {
	struct cssp_policy *own;
};

/* Protects @own of every namespace. No other lock is taken under it. */
static DEFINE_SPINLOCK(policy_net_lock);
static unsigned int policy_net_id;

/* With a reference; NULL when none was set. */
static struct cssp_policy *policy_net_get_own(const struct net *net)
{
	struct policy_net *pn = net_generic(net, policy_net_id);
	struct cssp_policy *policy;

	spin_lock(&policy_net_lock);
	policy = cssp_policy_get(pn->own);
	spin_unlock(&policy_net_lock);
	return policy;
}

void cssp_policy_net_set(const struct net *net, struct cssp_policy *policy)
{
	struct policy_net *pn = net_generic(net, policy_net_id);
	struct cssp_policy *old;

	spin_lock(&policy_net_lock);
	old = pn->own;
	pn->own = policy;
	spin_unlock(&policy_net_lock);
	cssp_policy_put(old);
}

static struct cssp_policy *policy_net_get_initial(u32 *origin)
{
	struct cssp_policy *policy = policy_net_get_own(&init_net);

	*origin = policy ? CREDSSP_POLICY_SET : CREDSSP_POLICY_BUILTIN;
	return policy ?: cssp_policy_builtin();
}

struct cssp_policy *cssp_policy_net_get(const struct net *net, u32 *origin)
{
	struct cssp_policy *policy;

	if (net_eq(net, &init_net))
		return policy_net_get_initial(origin);
	policy = policy_net_get_own(net);
	if (policy) {
		*origin = CREDSSP_POLICY_SET;
		return policy;
	}
	policy = policy_net_get_initial(origin);
	*origin = CREDSSP_POLICY_INHERITED;
	return policy;
}

void cssp_policy_view_take(struct cssp_policy_view *view, const struct net *net)
{
	u32 origin;

	view->initial = policy_net_get_initial(&origin);
	view->own = net_eq(net, &init_net) ? NULL : policy_net_get_own(net);
}

void cssp_policy_view_drop(struct cssp_policy_view *view)
{
	cssp_policy_put(view->initial);
	cssp_policy_put(view->own);
	*view = (struct cssp_policy_view){};
}

static void __net_exit policy_net_exit(struct net *net)
{
	cssp_policy_net_set(net, NULL);
}

static struct pernet_operations policy_net_ops = {
	.exit = policy_net_exit,
	.id = &policy_net_id,
	.size = sizeof(struct policy_net),
};

int cssp_policy_net_init(void)
{
	return register_pernet_subsys(&policy_net_ops);
}

void cssp_policy_net_exit(void)
{
	unregister_pernet_subsys(&policy_net_ops);
}
