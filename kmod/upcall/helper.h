/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One helper: an open file of /dev/credssp-helper, with the requests that wait
 * to be read and those that wait for their reply.  Private to kmod/upcall and its
 * tests; other rooms use conv.h.
 *
 * The files, lowest first: registry.c, flow.c, request.c, local.c, keyring.c, helper.c,
 * helper_dev.c.
 *
 * Ownership of a request: the waiting thread has a reference, and the list that the
 * request is on (its flow's @queue or the helper's @shown) has one.  The thread that
 * takes the request off its list under @lock sets its result, so it ends exactly once:
 *
 *   queued --read--> shown --reply--> done
 *      |               |
 *      +---------------+---- helper's death ----> done (-EHOSTUNREACH)
 *      +---------------+---- waiter gives up ---> done; a later reply is
 *                                                 ignored
 */
#ifndef CSSP_UPCALL_HELPER_H
#define CSSP_UPCALL_HELPER_H

#include <linux/kref.h>
#include <linux/list.h>
#include <linux/spinlock.h>
#include <linux/wait.h>
#include <uapi/linux/credssp.h>
#include "../base/quota.h"
#include "../base/vbuf.h"
#include "flow.h"

struct cred;
struct cssp_requester;
struct net;
struct pid_namespace;
struct user_namespace;

/*
 * Requests that may be queued or shown in one helper.  A context has at most
 * one, and a handshake takes credsspd less than a millisecond, so a backlog of
 * this length means that the helper is stuck.
 */
#define CSSP_UPCALL_MAX_PENDING	1024

/*
 * Requests of one user that are accepted even when CSSP_UPCALL_MAX_PENDING is
 * reached: two users who use up their limits do not shut out a third one.
 */
#define CSSP_UPCALL_MIN_SHARE	16

/* 64 buckets: few users log on at the same time, and a user cannot choose its bucket. */
#define CSSP_FLOW_BITS		6

/* The limit of one user over all helpers: one user alone cannot shut out the others. */
static_assert(CSSP_MAX_REQUESTS_USER <= CSSP_UPCALL_MAX_PENDING / 2);

/* State of a request; written under the helper's lock. */
enum cssp_request_state {
	CSSP_REQUEST_NEW,	/* not submitted yet */
	CSSP_REQUEST_QUEUED,	/* on its flow's @queue */
	CSSP_REQUEST_SHOWN,	/* read by the helper, on its @shown list */
	CSSP_REQUEST_DONE,	/* off the lists for good */
};

/**
 * struct cssp_request - one message to the helper and its outcome
 * @ref: the waiter's reference and the list's
 * @node: in the flow's @queue or the helper's @shown; protected by the helper's
 *	lock
 * @flow: flow of the requester, referenced; constant
 * @id: unique in this module
 * @conversation: the conversation's id
 * @quota: quota that the request is charged to, referenced; NULL if @one_way
 * @opcode: enum credssp_hlp_opcode
 * @one_way: has no reply and no waiter (END)
 * @state: protected by the helper's lock; the waiter reads it without the lock
 * @was_shown: the helper has read it; protected by the helper's lock
 * @result: 0 or a negative errno once the request is done; protected by the helper's
 *	lock
 * @message: header and payload, constant once submitted
 * @reply: payload of the reply; protected by the helper's lock
 * @done: wait queue of the waiter
 */
struct cssp_request {
	struct kref ref;
	struct list_head node;
	struct cssp_flow *flow;
	u64 id;
	u64 conversation;
	struct cssp_quota *quota;
	u16 opcode;
	bool one_way;
	enum cssp_request_state state;
	bool was_shown;
	int result;
	struct cssp_vbuf message;
	struct cssp_vbuf reply;
	wait_queue_head_t done;
};

/**
 * struct cssp_helper - one open file of the helper device
 * @ref: one for the file, each conversation and each flow
 * @link: in the registry; protected by the registry's lock
 * @net: the namespace that it serves; the file holds the reference
 * @opener: credentials of the opener, referenced
 * @user_ns: namespace of the opener, in which uids are reported
 * @pid_ns: namespace of the opener, in which pids are reported
 * @lock: protects the members below and the requests' fields that say so.
 *	Innermost but for wait queue locks; taken in process context only.
 * @dead: the file is closed; no request is accepted any more
 * @flows: hash table by owner: one flow for each user that has requests
 * @fresh: flows without a turn whose requests come before all others
 * @turns: flows in the order of their next turns
 * @shown: requests that the helper has read and not answered
 * @pending: two-way requests that are queued or shown
 * @readers: readers and pollers of the file
 */
struct cssp_helper {
	struct kref ref;
	struct list_head link;
	struct net *net;
	const struct cred *opener;
	struct user_namespace *user_ns;
	struct pid_namespace *pid_ns;
	spinlock_t lock;	/* see above */
	bool dead;
	struct hlist_head flows[1 << CSSP_FLOW_BITS];
	struct list_head fresh;
	struct list_head turns;
	struct list_head shown;
	unsigned int pending;
	wait_queue_head_t readers;
};

/* registry.c */

/**
 * cssp_helper_create() - become the helper of a network namespace
 * @helper: out: the helper; cssp_helper_kill() ends it
 * @net: namespace to serve, pinned until then
 * @opener: credentials of the opener; requesters' uids are reported in its user namespace
 * @pid_ns: namespace in which requesters' pids are reported
 *
 * Context: may sleep.
 * Return: 0, -EBUSY when @net has a helper, -ENOMEM.
 */
int __must_check cssp_helper_create(struct cssp_helper **helper, struct net *net,
				    const struct cred *opener,
				    struct pid_namespace *pid_ns);
/* No new conversation finds @h. Only cssp_helper_kill() calls it. */
void cssp_helper_unregister(struct cssp_helper *h);
/* The helper that serves @net with a reference for the caller, or NULL. */
struct cssp_helper *cssp_helper_find(const struct net *net);
void cssp_helper_put(struct cssp_helper *h);

/* request.c */

/**
 * cssp_request_create() - create a message that is ready to be submitted
 * @h: the helper that it is for
 * @who: requester, whose uid and pid go into the header
 * @opcode: enum credssp_hlp_opcode
 * @conversation: id of the conversation
 * @payload: what follows the header; copied
 *
 * Context: may sleep.
 * Return: the request, -EMSGSIZE when it is longer than the channel allows,
 * -EDQUOT when the user has too many pending requests, or -ENOMEM. The caller's reference
 * is dropped by cssp_request_put().
 */
struct cssp_request * __must_check
cssp_request_create(struct cssp_helper *h, const struct cssp_requester *who,
		    u16 opcode, u64 conversation, const struct cssp_rd *payload);
/* Drop a reference. May sleep: the last one wipes and frees. NULL is fine. */
void cssp_request_put(struct cssp_request *req);
/* Has the request ended? Only cssp_helper_collect() returns the outcome. */
bool cssp_request_is_done(const struct cssp_request *req);

/* local.c */

/**
 * cssp_helper_is_local() - compare a requester's namespaces with the helper's
 * @h: helper
 * @who: requester
 *
 * A kernel caller has no process and no mount namespace. It is local to a helper of the
 * initial namespaces only.
 *
 * Context: process context.
 * Return: true if the user, network and mount namespaces are the same now.
 */
bool cssp_helper_is_local(const struct cssp_helper *h, const struct cssp_requester *who);

/* helper.c */

/* Unregister @h, fail all pending requests and drop the file's reference. May sleep. */
void cssp_helper_kill(struct cssp_helper *h);
/* Queue @req. 0, -EHOSTUNREACH when @h is dead, -EDQUOT when too many are pending in it. */
int __must_check cssp_helper_submit(struct cssp_helper *h, struct cssp_request *req);

/**
 * cssp_helper_collect() - stop waiting for a submitted request
 * @h: helper
 * @req: request; afterwards it is on no list
 * @err: why the waiter stopped waiting: 0 if the request is done
 * @reply: out: the payload, if 0 is returned
 *
 * Return: the request's result if it is done, else @err.
 */
int __must_check cssp_helper_collect(struct cssp_helper *h, struct cssp_request *req,
				     int err, struct cssp_vbuf *reply);

/* Is there a request to be read? For poll and sleeping readers. */
bool cssp_helper_has_request(struct cssp_helper *h);

/**
 * cssp_helper_take() - take the next request to be read, in the order of flow.h
 * @h: helper
 * @room: bytes that the reader has room for
 * @req: out: the request with a reference for the caller
 *
 * Return: 0, -EAGAIN when there is none, -EMSGSIZE when it does not fit (it stays the
 * next one).
 */
int __must_check cssp_helper_take(struct cssp_helper *h, size_t room,
				  struct cssp_request **req);

/**
 * cssp_helper_taken() - end what cssp_helper_take() began
 * @h: helper
 * @req: request that was taken; the caller's reference is dropped
 * @delivered: the reader has got it; if not, it is the next one to be read again
 */
void cssp_helper_taken(struct cssp_helper *h, struct cssp_request *req,
		       bool delivered);

/**
 * cssp_helper_reply() - finish the request that a reply is for
 * @h: helper
 * @hdr: header of the reply, untrusted
 * @payload: payload of the reply; moved into the request if it is accepted
 *
 * Return: 0, also if no request with that id waits any more; -EINVAL when the header
 * is invalid or does not match the request, which then still waits.
 */
int __must_check cssp_helper_reply(struct cssp_helper *h,
				   const struct credssp_hlp_header *hdr,
				   struct cssp_vbuf *payload);

/* helper_dev.c */

int cssp_helper_dev_register(void);
void cssp_helper_dev_unregister(void);

#endif
