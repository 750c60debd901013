/* SPDX-License-Identifier: GPL-2.0-only */
/* The policies of network namespaces. */
#ifndef CSSP_POLICY_POLICY_NET_H
#define CSSP_POLICY_POLICY_NET_H

#include "policy.h"

struct net;

int __must_check cssp_policy_net_init(void);
void cssp_policy_net_exit(void);

/*
 * Set the policy of @net, and take over the caller's reference to it; NULL removes the
 * policy. Exchanges under way keep the policies that they began with.
 */
void cssp_policy_net_set(const struct net *net, struct cssp_policy *policy);

/**
 * cssp_policy_net_get() - the policy that was set for a namespace
 * @net: namespace
 * @origin: out: enum credssp_policy_origin
 *
 * Return: the namespace's own policy. If none was set: the built-in policy for the
 * initial namespace, and the initial namespace's policy for any other one. With a
 * reference.
 */
struct cssp_policy *cssp_policy_net_get(const struct net *net, u32 *origin);

/* The policies that hold in @net now. cssp_policy_view_drop() also accepts all-zero. */
void cssp_policy_view_take(struct cssp_policy_view *view, const struct net *net);
void cssp_policy_view_drop(struct cssp_policy_view *view);

#endif
