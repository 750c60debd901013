// SPDX-License-Identifier: GPL-2.0-only
/* The helpers that there are, one for each network namespace, and their lifetime. */
#include <linux/cred.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <net/net_namespace.h>
#include "../base/mem.h"
#include "helper.h"

/* Protects @helpers and their @link. Never held together with another lock. */
static DEFINE_SPINLOCK(registry_lock);
static LIST_HEAD(helpers);

static struct cssp_helper *registry_lookup(const struct net *net)
{
	struct cssp_helper *h;

	lockdep_assert_held(&registry_lock);
	list_for_each_entry(h, &helpers, link) {
		if (net_eq(h->net, net))
			return h;
	}
	return NULL;
}

static int registry_add(struct cssp_helper *h)
{
	int ret = 0;

	spin_lock(&registry_lock);
	if (registry_lookup(h->net))
		ret = -EBUSY;
	else
		list_add(&h->link, &helpers);
	spin_unlock(&registry_lock);
	return ret;
}

void cssp_helper_unregister(struct cssp_helper *h)
{
	spin_lock(&registry_lock);
	list_del(&h->link);
	spin_unlock(&registry_lock);
}

struct cssp_helper *cssp_helper_find(const struct net *net)
{
	struct cssp_helper *h;

	spin_lock(&registry_lock);
	h = registry_lookup(net);
	if (h)
		kref_get(&h->ref);
	spin_unlock(&registry_lock);
	return h;
}

static void helper_free(struct kref *ref)
{
	struct cssp_helper *h = container_of(ref, struct cssp_helper, ref);

	put_user_ns(h->user_ns);
	put_cred(h->opener);
	put_pid_ns(h->pid_ns);
	kfree(h);
}

void cssp_helper_put(struct cssp_helper *h)
{
	kref_put(&h->ref, helper_free);
}

int cssp_helper_create(struct cssp_helper **helper, struct net *net,
		       const struct cred *opener, struct pid_namespace *pid_ns)
{
	struct cssp_helper *h = kzalloc(sizeof(*h), CSSP_GFP);
	int ret;

	if (!h)
		return -ENOMEM;
	kref_init(&h->ref);
	spin_lock_init(&h->lock);
	INIT_LIST_HEAD(&h->fresh);
	INIT_LIST_HEAD(&h->turns);
	INIT_LIST_HEAD(&h->shown);
	init_waitqueue_head(&h->readers);
	h->net = net;
	h->opener = get_cred(opener);
	h->user_ns = get_user_ns(opener->user_ns);
	h->pid_ns = get_pid_ns(pid_ns);
	ret = registry_add(h);
	if (ret) {
		cssp_helper_put(h);
		return ret;
	}
	get_net(net);
	*helper = h;
	return 0;
}
