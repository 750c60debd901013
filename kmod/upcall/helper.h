/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One helper: an open file of /dev/credssp-helper, with the requests that wait
 * to be read and those that wait for their reply.  Only for this room (and its
 * tests); others use upcall.h.
 *
 * Who owns a request: the thread that waits for it has a reference, and the
 * list that it is on (its flow's @queue or the helper's @shown) has one.  Whoever takes it off
 * its list under @lock decides how it ends, so it ends exactly once:
 *
 *   queued --read--> shown --reply--> done
 *      |               |
 *      +---------------+---- helper's death ----> done (-EHOSTUNREACH)
 *      +---------------+---- waiter gives up ---> dropped; a reply that comes
 *                                                 later finds nothing
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
 * Requests of one user that are taken even if that many pend: two users with all
 * of their requests pending do not shut out a third one.
 */
#define CSSP_UPCALL_MIN_SHARE	16

/* 64 buckets: few users log on at the same time, and uids are not free. */
#define CSSP_FLOW_BITS		6

/* One user's share, over all helpers: nobody can shut out the others alone. */
static_assert(CSSP_MAX_REQUESTS_USER <= CSSP_UPCALL_MAX_PENDING / 2);

/* Where a request is; written under the helper's lock. */
enum cssp_request_state {
	CSSP_REQUEST_NEW,	/* not submitted yet */
	CSSP_REQUEST_QUEUED,	/* on its flow's @queue */
	CSSP_REQUEST_SHOWN,	/* read by the helper, on its @shown list */
	CSSP_REQUEST_DONE,	/* off the lists for good */
};

/**
 * struct cssp_request - one message to the helper and what became of it
 * @ref: the waiter's reference and the list's
 * @node: in the flow's @queue or the helper's @shown; protected by the helper's
 *	lock
 * @flow: the requester's, referenced; constant
 * @id: unique in this module
 * @conversation: the conversation's id
 * @quota: who is charged for it; NULL for one that has no reply
 * @opcode: enum credssp_hlp_opcode
 * @one_way: has no reply and no waiter (END)
 * @state: protected by the helper's lock, peeked at by the waiter
 * @was_shown: the helper has read it; protected by the helper's lock
 * @result: of a request that is done; protected by the helper's lock
 * @message: header and payload, constant once submitted
 * @reply: what followed the header of the reply; protected by the helper's lock
 * @done: where the waiter sleeps
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
 * struct cssp_helper - an opener of the helper device
 * @ref: the file's reference, one per conversation
 * @link: in the registry; protected by the registry's lock
 * @net: the namespace it serves; the reference is the file's
 * @user_ns: the opener's, for the requester's uid
 * @pid_ns: the opener's, for the requester's pid
 * @lock: protects the members below and the requests' fields that say so.
 *	Innermost but for wait queue locks; taken in process context only.
 * @dead: the file is closed, nothing is accepted any more
 * @flows: one of each user who has requests, by owner
 * @turns: flows with requests to be read; the first one's turn is next
 * @shown: requests that were read and wait for their reply
 * @pending: two-way requests that are queued or shown
 * @readers: readers and pollers of the file
 */
struct cssp_helper {
	struct kref ref;
	struct list_head link;
	struct net *net;
	struct user_namespace *user_ns;
	struct pid_namespace *pid_ns;
	spinlock_t lock;	/* see above */
	bool dead;
	struct hlist_head flows[1 << CSSP_FLOW_BITS];
	struct list_head turns;
	struct list_head shown;
	unsigned int pending;
	wait_queue_head_t readers;
};

/**
 * cssp_helper_create() - become the helper of a network namespace
 * @helper: out; ended by cssp_helper_kill()
 * @net: namespace to serve, pinned until then
 * @user_ns: namespace that requesters' uids are told in
 * @pid_ns: namespace that requesters' pids are told in
 *
 * Context: may sleep.
 * Return: 0, -EBUSY when @net has a helper, -ENOMEM.
 */
int __must_check cssp_helper_create(struct cssp_helper **helper, struct net *net,
				    struct user_namespace *user_ns,
				    struct pid_namespace *pid_ns);
/* Fail all that is pending, unregister, drop the file's reference. May sleep. */
void cssp_helper_kill(struct cssp_helper *h);
/* The helper that serves @net with a reference for the caller, or NULL. */
struct cssp_helper *cssp_helper_find(const struct net *net);
void cssp_helper_put(struct cssp_helper *h);

/**
 * cssp_request_create() - a message that is ready to be submitted
 * @h: the helper it is for
 * @who: requester, told in the header
 * @opcode: enum credssp_hlp_opcode
 * @conversation: id of the conversation
 * @payload: what follows the header; copied
 *
 * Context: may sleep.
 * Return: the request, -EMSGSIZE when it is longer than the channel allows,
 * -EDQUOT when too many of the user's pend, or -ENOMEM. The caller's reference
 * is dropped by cssp_request_put().
 */
struct cssp_request * __must_check
cssp_request_create(struct cssp_helper *h, const struct cssp_requester *who,
		    u16 opcode, u64 conversation, const struct cssp_rd *payload);
/* Drop a reference. May sleep: the last one wipes and frees. NULL is fine. */
void cssp_request_put(struct cssp_request *req);

/* Queue @req. 0, -EHOSTUNREACH when @h is dead, -EDQUOT when too many pend in it. */
int __must_check cssp_helper_submit(struct cssp_helper *h, struct cssp_request *req);
/* Has the request ended? The outcome is told by cssp_helper_collect() alone. */
bool cssp_request_is_done(const struct cssp_request *req);

/**
 * cssp_helper_collect() - the waiter's end of a submitted request
 * @h: helper
 * @req: request; it is off the lists afterwards
 * @err: why the waiter stopped waiting, 0 if because the request is done
 * @reply: out: the payload, when 0 is returned
 *
 * Return: the request's result if it is done, else @err.
 */
int __must_check cssp_helper_collect(struct cssp_helper *h, struct cssp_request *req,
				     int err, struct cssp_vbuf *reply);

/* Is there something to read? For poll and sleeping readers. */
bool cssp_helper_has_request(struct cssp_helper *h);

/**
 * cssp_helper_take() - show the next request to the helper: see flow.h
 * @h: helper
 * @room: bytes that the reader has room for
 * @req: out: the request with a reference for the caller
 *
 * Return: 0, -EAGAIN when there is none, -EMSGSIZE when it does not fit (and
 * stays where it is).
 */
int __must_check cssp_helper_take(struct cssp_helper *h, size_t room,
				  struct cssp_request **req);

/**
 * cssp_helper_taken() - the end of cssp_helper_take()
 * @h: helper
 * @req: request that was taken; the caller's reference is dropped
 * @delivered: it has reached the reader; if not, it is next in line again
 */
void cssp_helper_taken(struct cssp_helper *h, struct cssp_request *req,
		       bool delivered);

/**
 * cssp_helper_reply() - take the helper's reply
 * @h: helper
 * @hdr: its header, as the helper wrote it
 * @payload: what followed; moved into the request if that waits for it
 *
 * Return: 0 (also for an id that nobody waits for any more), or -EINVAL when
 * the header is nonsense or does not fit the request, which then still waits.
 */
int __must_check cssp_helper_reply(struct cssp_helper *h,
				   const struct credssp_hlp_header *hdr,
				   struct cssp_vbuf *payload);

int cssp_helper_dev_register(void);
void cssp_helper_dev_unregister(void);

#endif
