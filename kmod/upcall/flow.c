// SPDX-License-Identifier: GPL-2.0-only
/* The order in which the helper reads the requests of several users. */
#include "flow.h"

#include <linux/err.h>
#include <linux/hash.h>
#include <linux/slab.h>
#include "../base/mem.h"
#include "../base/quota.h"
#include "helper.h"

static struct hlist_head *flow_bucket(struct cssp_helper *h, const struct cssp_quota *owner)
{
	return &h->flows[hash_ptr(owner, CSSP_FLOW_BITS)];
}

/*
 * Return the flow of @owner with a reference for the caller. If there is none, @new,
 * which may be NULL, becomes the flow of @owner.
 */
static struct cssp_flow *flow_find(struct cssp_helper *h, const struct cssp_quota *owner,
				   struct cssp_flow *new)
{
	struct hlist_head *bucket = flow_bucket(h, owner);
	struct cssp_flow *flow;

	lockdep_assert_held(&h->lock);
	/* A user has one quota while it is referenced, so comparing pointers is enough. */
	hlist_for_each_entry(flow, bucket, node) {
		if (flow->owner == owner) {
			flow->refs++;
			return flow;
		}
	}
	if (new)
		hlist_add_head(&new->node, bucket);
	return new;
}

static void flow_free(struct cssp_flow *flow)
{
	cssp_quota_put(flow->owner);
	cssp_helper_put(flow->helper);
	kfree(flow);
}

static struct cssp_flow *flow_alloc(struct cssp_helper *h, struct cssp_quota *owner)
{
	struct cssp_flow *flow = kzalloc(sizeof(*flow), CSSP_GFP);

	if (!flow)
		return NULL;
	flow->refs = 1;
	kref_get(&h->ref);
	flow->helper = h;
	flow->owner = cssp_quota_ref(owner);
	INIT_LIST_HEAD(&flow->turn);
	INIT_LIST_HEAD(&flow->queue);
	return flow;
}

static struct cssp_flow *flow_find_or_make(struct cssp_helper *h, struct cssp_quota *owner)
{
	struct cssp_flow *flow, *new;

	spin_lock(&h->lock);
	flow = flow_find(h, owner, NULL);
	spin_unlock(&h->lock);
	if (flow)
		return flow;
	new = flow_alloc(h, owner);
	if (!new)
		return ERR_PTR(-ENOMEM);
	spin_lock(&h->lock);
	flow = flow_find(h, owner, new);
	spin_unlock(&h->lock);
	if (flow != new)
		flow_free(new);
	return flow;
}

struct cssp_flow *cssp_flow_get(struct cssp_helper *h, const struct cred *cred)
{
	struct cssp_quota *quota = cssp_quota_get(cred);
	struct cssp_flow *flow;

	if (IS_ERR(quota))
		return ERR_CAST(quota);
	flow = flow_find_or_make(h, cssp_quota_below(quota, h->user_ns));
	cssp_quota_put(quota);
	return flow;
}

void cssp_flow_put(struct cssp_flow *flow)
{
	struct cssp_helper *h;
	bool last;

	if (!flow)
		return;
	h = flow->helper;
	spin_lock(&h->lock);
	last = !--flow->refs;
	if (last) {
		hlist_del(&flow->node);
		list_del(&flow->turn);
	}
	spin_unlock(&h->lock);
	if (last)
		flow_free(flow);
}

void cssp_flow_append(struct cssp_request *req)
{
	struct cssp_flow *flow = req->flow;

	lockdep_assert_held(&flow->helper->lock);
	if (list_empty(&flow->turn))
		list_add_tail(&flow->turn, &flow->helper->fresh);
	list_add_tail(&req->node, &flow->queue);
}

void cssp_flow_prepend(struct cssp_request *req)
{
	struct cssp_flow *flow = req->flow;

	lockdep_assert_held(&flow->helper->lock);
	list_move(&req->node, &flow->queue);
	list_move(&flow->turn, &flow->helper->fresh);
}

void cssp_flow_remove(struct cssp_request *req)
{
	struct cssp_flow *flow = req->flow;

	lockdep_assert_held(&flow->helper->lock);
	list_del_init(&req->node);
}

static struct cssp_flow *flow_first_turn(struct cssp_helper *h)
{
	struct list_head *turns = list_empty(&h->fresh) ? &h->turns : &h->fresh;

	return list_first_entry_or_null(turns, struct cssp_flow, turn);
}

struct cssp_request *cssp_flow_first(struct cssp_helper *h)
{
	struct cssp_flow *flow;

	lockdep_assert_held(&h->lock);
	while ((flow = flow_first_turn(h))) {
		if (!list_empty(&flow->queue))
			return list_first_entry(&flow->queue, struct cssp_request, node);
		/* Its turn has come and it has nothing: it is a fresh one the next time. */
		list_del_init(&flow->turn);
	}
	return NULL;
}

void cssp_flow_show(struct cssp_request *req)
{
	struct cssp_flow *flow = req->flow;

	lockdep_assert_held(&flow->helper->lock);
	list_move_tail(&req->node, &flow->helper->shown);
	list_move_tail(&flow->turn, &flow->helper->turns);
}
