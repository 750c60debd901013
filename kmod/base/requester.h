/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The identity that a context or credential belongs to. It is pinned when the
 * context or credential is created, and never looked up again by name, number or
 * environment.
 */
#ifndef CSSP_BASE_REQUESTER_H
#define CSSP_BASE_REQUESTER_H

#include <linux/cred.h>
#include <linux/pid.h>
#include <net/net_namespace.h>

/**
 * struct cssp_requester - pinned identity
 * @pid: thread group of the caller, NULL for a kernel caller
 * @cred: credentials of the caller at that moment
 * @net: network namespace of the helper that serves it
 * @contained: a kernel caller acted for a task outside of the initial mount namespace
 */
struct cssp_requester {
	struct pid *pid;
	const struct cred *cred;
	struct net *net;
	bool contained;
};

void cssp_requester_pin_current(struct cssp_requester *who, struct net *net);
void cssp_requester_pin(struct cssp_requester *who, const struct cred *cred,
			struct net *net);
void cssp_requester_copy(struct cssp_requester *to, const struct cssp_requester *from);
bool cssp_requester_same(const struct cssp_requester *a, const struct cssp_requester *b);
void cssp_requester_drop(struct cssp_requester *who);

#endif
