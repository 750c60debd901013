/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Flows: fair queueing between users.  The helper reads the requests of one user in
 * the order of submission, and one request of each user in turn.  A user without a turn
 * is fresh and comes before those that wait for their next one.  Having had a request
 * read, it keeps a turn behind them even if it has no more requests.  So a user with
 * hundreds of requests does not delay one of another user, and a user who has always one
 * request cannot pass the others more than once in each round (the rule of RFC 8290 4.2).
 */
#ifndef CSSP_UPCALL_FLOW_H
#define CSSP_UPCALL_FLOW_H

#include <linux/list.h>
#include <linux/types.h>

struct cred;
struct cssp_helper;
struct cssp_quota;
struct cssp_request;

/**
 * struct cssp_flow - the requests of one user to one helper
 * @node: in the helper's @flows
 * @refs: number of requests that belong to the flow, the END that each open
 *	conversation holds in reserve included
 * @helper: referenced
 * @owner: the user, referenced; see cssp_quota_below()
 * @turn: in the helper's @fresh or @turns, always if @queue is not empty
 * @queue: requests to be read, in the order of submission
 * @pending: two-way requests of this user that are queued or shown
 *
 * @helper and @owner are constant; the helper's lock protects all other members.
 */
struct cssp_flow {
	struct hlist_node node;
	unsigned int refs;
	struct cssp_helper *helper;
	struct cssp_quota *owner;
	struct list_head turn;
	struct list_head queue;
	unsigned int pending;
};

/**
 * cssp_flow_get() - the flow of a requester
 * @h: helper
 * @cred: requester's credentials
 *
 * Context: may sleep.
 * Return: the flow with a reference for the caller, or ERR_PTR(-ENOMEM).
 */
struct cssp_flow * __must_check cssp_flow_get(struct cssp_helper *h,
					      const struct cred *cred);
/* Drop a reference. May sleep. NULL is fine. */
void cssp_flow_put(struct cssp_flow *flow);

/* The caller of the following functions holds the helper's lock. */

/* Append @req to its flow. If the flow has no turn, it becomes the last fresh one. */
void cssp_flow_append(struct cssp_request *req);
/* Make @req the next request to be read. */
void cssp_flow_prepend(struct cssp_request *req);
/* Take @req off its list: the flow's @queue or the helper's @shown. The turns stay. */
void cssp_flow_remove(struct cssp_request *req);
/* The request to be read next, or NULL. */
struct cssp_request *cssp_flow_first(struct cssp_helper *h);
/* Move @req, which is cssp_flow_first(), to @shown. Its flow's turn becomes the last one. */
void cssp_flow_show(struct cssp_request *req);

#endif
