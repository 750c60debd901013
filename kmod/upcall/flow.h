/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Whose turn it is.  The helper reads the requests of one user in the order of
 * submission, and the users' requests in turn: one of each.  Thus a user with
 * hundreds of requests delays a request of another user by one request.
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
 * @refs: requests that belong to it; protected by the helper's lock
 * @helper: referenced
 * @owner: the user, referenced; see cssp_quota_below()
 * @turn: in the helper's @turns while @queue is not empty
 * @queue: requests to be read, in the order of submission
 * @pending: two-way requests of this user that are queued or shown
 *
 * All but @helper and @owner, which are constant, are protected by the helper's
 * lock.
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

/* These need the helper's lock. */

/* Last of its user's requests; a user without any gets the last turn. */
void cssp_flow_append(struct cssp_request *req);
/* First of all requests. */
void cssp_flow_prepend(struct cssp_request *req);
/* Off its list: the flow's or the helper's @shown. No user's turn changes. */
void cssp_flow_remove(struct cssp_request *req);
/* The request to be read next, or NULL. */
struct cssp_request *cssp_flow_first(struct cssp_helper *h);
/* Move @req, which is cssp_flow_first(), to @shown. Its user's next turn is the last. */
void cssp_flow_show(struct cssp_request *req);

#endif
