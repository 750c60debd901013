// SPDX-License-Identifier: GPL-2.0-only
/*
 * Requests and the lists of a helper: submission, reading, replies, and the end.
 * Nothing here touches user memory, so the tests drive it directly.
 */
#include <net/net_namespace.h>
#include "helper.h"

/* Take @req off its list for good and set its result. The caller gets the list's reference. */
static void helper_finish(struct cssp_helper *h, struct cssp_request *req, int result)
{
	lockdep_assert_held(&h->lock);
	cssp_flow_remove(req);
	if (!req->one_way) {
		h->pending--;
		req->flow->pending--;
	}
	req->result = result;
	WRITE_ONCE(req->state, CSSP_REQUEST_DONE);
}

/* Fail the first remaining request and return it with its list's reference, or NULL. */
static struct cssp_request *helper_fail_next(struct cssp_helper *h)
{
	struct cssp_request *req;

	spin_lock(&h->lock);
	req = cssp_flow_first(h);
	if (!req)
		req = list_first_entry_or_null(&h->shown, struct cssp_request, node);
	if (req)
		helper_finish(h, req, -EHOSTUNREACH);
	spin_unlock(&h->lock);
	return req;
}

void cssp_helper_kill(struct cssp_helper *h)
{
	struct net *net = h->net;
	struct cssp_request *req;

	cssp_helper_unregister(h);
	spin_lock(&h->lock);
	h->dead = true;		/* from here on the lists only shrink */
	spin_unlock(&h->lock);
	while ((req = helper_fail_next(h))) {
		wake_up(&req->done);
		cssp_request_put(req);
	}
	wake_up_all(&h->readers);
	cssp_helper_put(h);
	put_net(net);
}

static int helper_enqueue(struct cssp_helper *h, struct cssp_request *req)
{
	lockdep_assert_held(&h->lock);
	if (h->dead)
		return -EHOSTUNREACH;
	if (!req->one_way) {
		if (h->pending >= CSSP_UPCALL_MAX_PENDING &&
		    req->flow->pending >= CSSP_UPCALL_MIN_SHARE)
			return -EDQUOT;
		h->pending++;
		req->flow->pending++;
	}
	kref_get(&req->ref);
	cssp_flow_append(req);
	WRITE_ONCE(req->state, CSSP_REQUEST_QUEUED);
	return 0;
}

int cssp_helper_submit(struct cssp_helper *h, struct cssp_request *req)
{
	int ret;

	spin_lock(&h->lock);
	ret = helper_enqueue(h, req);
	spin_unlock(&h->lock);
	if (!ret)
		wake_up_interruptible(&h->readers);
	return ret;
}

int cssp_helper_collect(struct cssp_helper *h, struct cssp_request *req, int err,
			struct cssp_vbuf *reply)
{
	bool given_up = false;
	int ret;

	spin_lock(&h->lock);
	if (req->state != CSSP_REQUEST_DONE) {
		helper_finish(h, req, err ?: -ETIMEDOUT);
		given_up = true;
	}
	ret = req->result;
	spin_unlock(&h->lock);
	if (given_up)
		cssp_request_put(req);
	if (ret)
		return ret;
	/*
	 * The request is done, so only this thread uses @reply.  The thread that wrote
	 * it was the helper's, and charged it to no quota: charge it to the requester's.
	 */
	cssp_vbuf_move(reply, &req->reply);
	return cssp_vbuf_charge(reply);
}

bool cssp_helper_has_request(struct cssp_helper *h)
{
	bool has_request;

	spin_lock(&h->lock);
	has_request = cssp_flow_first(h);
	spin_unlock(&h->lock);
	return has_request;
}

static int helper_take(struct cssp_helper *h, size_t room, struct cssp_request **out)
{
	struct cssp_request *req;

	lockdep_assert_held(&h->lock);
	req = cssp_flow_first(h);
	if (!req)
		return -EAGAIN;
	if (req->message.len > room)
		return -EMSGSIZE;
	kref_get(&req->ref);
	cssp_flow_show(req);
	WRITE_ONCE(req->state, CSSP_REQUEST_SHOWN);
	req->was_shown = true;
	*out = req;
	return 0;
}

int cssp_helper_take(struct cssp_helper *h, size_t room, struct cssp_request **req)
{
	int ret;

	spin_lock(&h->lock);
	ret = helper_take(h, room, req);
	spin_unlock(&h->lock);
	return ret;
}

/* Make @req the first in turn again, which keeps the order of its conversation. */
static void helper_requeue(struct cssp_helper *h, struct cssp_request *req)
{
	lockdep_assert_held(&h->lock);
	cssp_flow_prepend(req);
	WRITE_ONCE(req->state, CSSP_REQUEST_QUEUED);
	req->was_shown = false;
}

void cssp_helper_taken(struct cssp_helper *h, struct cssp_request *req,
		       bool delivered)
{
	bool ended = false;

	spin_lock(&h->lock);
	/* The waiter may have given up meanwhile, or the helper may have died. */
	if (req->state == CSSP_REQUEST_SHOWN && !delivered) {
		helper_requeue(h, req);
	} else if (req->state == CSSP_REQUEST_SHOWN && req->one_way) {
		helper_finish(h, req, 0);
		ended = true;
	}
	spin_unlock(&h->lock);
	if (ended)
		cssp_request_put(req);
	if (!delivered)
		wake_up_interruptible(&h->readers);
	cssp_request_put(req);
}

static bool helper_header_is_valid(const struct credssp_hlp_header *hdr, size_t payload)
{
	return hdr->length == sizeof(*hdr) + payload &&
	       hdr->length <= CREDSSP_HLP_MAX_MESSAGE &&
	       !hdr->flags && !hdr->owner;
}

static struct cssp_request *helper_find_shown(struct cssp_helper *h, u64 id)
{
	struct cssp_request *req;

	lockdep_assert_held(&h->lock);
	/* Replies come roughly in the order of the requests, so the search is short. */
	list_for_each_entry(req, &h->shown, node) {
		if (req->id == id && !req->one_way)
			return req;
	}
	return NULL;
}

/* For Kerberos it asks KDCs, and for accounts of a domain a domain controller. */
static bool helper_asks_others(u16 opcode)
{
	switch (opcode) {
	case CREDSSP_HLP_NTLM_LOGON:
	case CREDSSP_HLP_KRB5_INIT:
	case CREDSSP_HLP_KRB5_STEP:
	case CREDSSP_HLP_KRB5_ACCEPT:
	case CREDSSP_HLP_KRB5_TGT:
		return true;
	default:
		return false;
	}
}

/*
 * EDQUOT: credsspd's limit for the user or in total is reached. EOPNOTSUPP: it is without
 * Kerberos or accounts. ETIMEDOUT: the other machine did not answer in time. Others have no
 * meaning here.
 */
static int helper_reply_error(u16 opcode, u16 error)
{
	if (!error || error == EDQUOT)
		return -error;
	if (helper_asks_others(opcode) && (error == EOPNOTSUPP || error == ETIMEDOUT))
		return -error;
	return -EREMOTEIO;
}

/* Finish @req with its reply. The caller gets the list's reference. */
static int helper_answer(struct cssp_helper *h, struct cssp_request *req,
			 const struct credssp_hlp_header *hdr, struct cssp_vbuf *payload)
{
	lockdep_assert_held(&h->lock);
	if (hdr->opcode != req->opcode || hdr->conversation != req->conversation)
		return -EINVAL;
	if (!hdr->error)
		swap(req->reply, *payload);
	helper_finish(h, req, helper_reply_error(req->opcode, hdr->error));
	return 0;
}

int cssp_helper_reply(struct cssp_helper *h, const struct credssp_hlp_header *hdr,
		      struct cssp_vbuf *payload)
{
	struct cssp_request *req;
	int ret = 0;

	if (!helper_header_is_valid(hdr, payload->len))
		return -EINVAL;
	spin_lock(&h->lock);
	req = helper_find_shown(h, hdr->id);
	if (req)
		ret = helper_answer(h, req, hdr, payload);
	spin_unlock(&h->lock);
	if (!req || ret)
		return ret;
	wake_up(&req->done);
	cssp_request_put(req);
	return 0;
}
