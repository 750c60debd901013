/* SPDX-License-Identifier: GPL-2.0-only */
/* Which policy is in force where: one for each network namespace. */
#ifndef CSSP_POLICY_POLICY_NET_H
#define CSSP_POLICY_POLICY_NET_H

#include "policy.h"

struct net;

int __must_check cssp_policy_net_init(void);
void cssp_policy_net_exit(void);

/*
 * Let @policy, whose reference is taken over, be that of @net from now on; NULL:
 * as if none had been set.  What has begun goes on under what it began with.
 */
void cssp_policy_net_set(const struct net *net, struct cssp_policy *policy);

/**
 * cssp_policy_net_get() - the policy that was set for a namespace
 * @net: namespace
 * @origin: out: enum credssp_policy_origin
 *
 * Return: with a reference: its own; without one the built-in policy for the
 * initial namespace, and the initial namespace's for any other.
 */
struct cssp_policy *cssp_policy_net_get(const struct net *net, u32 *origin);

/* What holds in @net now; ended by cssp_policy_view_drop(), which takes all-zero too. */
void cssp_policy_view_take(struct cssp_policy_view *view, const struct net *net);
void cssp_policy_view_drop(struct cssp_policy_view *view);

#endif
