// SPDX-License-Identifier: GPL-2.0-only
/* Messages to the helper: creation and reference counting. */
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/err.h>
#include <linux/minmax.h>
#include <linux/pid.h>
#include <linux/slab.h>
#include <linux/uidgid.h>
#include <linux/user_namespace.h>
#include "../base/mem.h"
#include "../base/requester.h"
#include "helper.h"

/* Ids are unique in the module, so that a late reply never matches another request. */
static atomic64_t request_last_id = ATOMIC64_INIT(0);

static void request_describe(struct credssp_hlp_header *hdr, const struct cssp_helper *h,
			     const struct cssp_requester *who, const struct cssp_request *req)
{
	*hdr = (struct credssp_hlp_header){
		.length = req->message.len,
		.opcode = req->opcode,
		.id = req->id,
		.conversation = req->conversation,
		/* The effective identity: for a set-uid program it differs from the real one. */
		.uid = from_kuid_munged(h->user_ns, who->cred->euid),
		.pid = pid_nr_ns(who->pid, h->pid_ns),
		.owner = cssp_quota_number(req->flow->owner, h->user_ns),
	};
}

/*
 * Groups of the requester's credentials, because the user database says nothing about a
 * process that has fewer or other ones. In another user namespace the numbers differ.
 */
static bool request_has_groups(const struct cssp_request *req, const struct cssp_helper *h,
			       const struct cssp_requester *who)
{
	switch (req->opcode) {
	case CREDSSP_HLP_KRB5_INIT:
	case CREDSSP_HLP_KRB5_TGT:
	case CREDSSP_HLP_KRB5_ACCEPT:
		return who->cred->user_ns == h->user_ns;
	default:
		return false;
	}
}

/* Those that have a number in @ns, in @message, which has room for them. */
static int request_append_groups(struct cssp_vbuf *message, const struct cred *cred,
				 struct user_namespace *ns)
{
	const struct group_info *groups = cred->group_info;
	struct credssp_hlp_groups head = { .gid = from_kgid_munged(ns, cred->egid) };
	size_t start = message->len;
	gid_t gid;
	int i, ret;

	ret = cssp_vbuf_append(message, &head, sizeof(head));
	for (i = 0; !ret && i < groups->ngroups && head.count < CREDSSP_HLP_MAX_GROUPS; i++) {
		gid = from_kgid(ns, groups->gid[i]);
		if (gid == (gid_t)-1)
			continue;
		ret = cssp_vbuf_append(message, &gid, sizeof(gid));
		head.count++;
	}
	if (ret)
		return ret;
	memcpy(message->data + start, &head, sizeof(head));
	return 0;
}

static size_t request_groups_size(const struct cred *cred)
{
	return sizeof(struct credssp_hlp_groups) +
	       sizeof(u32) * min(cred->group_info->ngroups, CREDSSP_HLP_MAX_GROUPS);
}

static int request_compose(struct cssp_request *req, const struct cssp_helper *h,
			   const struct cssp_requester *who, const struct cssp_rd *payload)
{
	bool has_groups = request_has_groups(req, h, who);
	struct credssp_hlp_header hdr = {};
	size_t room = sizeof(hdr) + payload->left;
	int ret;

	if (has_groups)
		room += request_groups_size(who->cred);
	if (room > CREDSSP_HLP_MAX_MESSAGE)
		return -EMSGSIZE;
	ret = cssp_vbuf_reserve(&req->message, room);
	if (ret)
		return ret;
	ret = cssp_vbuf_append(&req->message, &hdr, sizeof(hdr));
	if (ret)
		return ret;
	if (has_groups) {
		ret = request_append_groups(&req->message, who->cred, h->user_ns);
		if (ret)
			return ret;
	}
	ret = cssp_vbuf_append(&req->message, payload->p, payload->left);
	if (ret)
		return ret;
	request_describe(&hdr, h, who, req);
	hdr.flags = has_groups ? CREDSSP_HLP_GROUPS : 0;
	memcpy(req->message.data, &hdr, sizeof(hdr));
	return 0;
}

/* An END is not charged: the charge for its conversation covers it. */
static int request_charge(struct cssp_request *req, const struct cssp_requester *who)
{
	struct cssp_quota *quota;

	if (req->one_way)
		return 0;
	quota = cssp_quota_charge_cred(who->cred, CSSP_REQUESTS, 1);
	if (IS_ERR(quota))
		return PTR_ERR(quota);
	req->quota = quota;
	return 0;
}

/* END has a flow as well, so that it is read after the other requests of its conversation. */
static int request_fill(struct cssp_request *req, struct cssp_helper *h,
			const struct cssp_requester *who, const struct cssp_rd *payload)
{
	struct cssp_flow *flow = cssp_flow_get(h, who->cred);
	int ret;

	if (IS_ERR(flow))
		return PTR_ERR(flow);
	req->flow = flow;
	ret = request_charge(req, who);
	if (ret)
		return ret;
	return request_compose(req, h, who, payload);
}

struct cssp_request *cssp_request_create(struct cssp_helper *h,
					 const struct cssp_requester *who,
					 u16 opcode, u64 conversation,
					 const struct cssp_rd *payload)
{
	struct cssp_request *req;
	int ret;

	if (payload->left > CREDSSP_HLP_MAX_MESSAGE - sizeof(struct credssp_hlp_header))
		return ERR_PTR(-EMSGSIZE);
	req = kzalloc(sizeof(*req), CSSP_GFP);
	if (!req)
		return ERR_PTR(-ENOMEM);
	kref_init(&req->ref);
	INIT_LIST_HEAD(&req->node);
	init_waitqueue_head(&req->done);
	req->id = atomic64_inc_return(&request_last_id);
	req->conversation = conversation;
	req->opcode = opcode;
	req->one_way = opcode == CREDSSP_HLP_END;
	ret = request_fill(req, h, who, payload);
	if (ret) {
		cssp_request_put(req);
		return ERR_PTR(ret);
	}
	return req;
}

static void request_free(struct kref *ref)
{
	struct cssp_request *req = container_of(ref, struct cssp_request, ref);

	cssp_vbuf_free(&req->message);
	cssp_vbuf_free(&req->reply);
	cssp_quota_uncharge(req->quota, CSSP_REQUESTS, 1);
	cssp_flow_put(req->flow);
	kfree(req);
}

void cssp_request_put(struct cssp_request *req)
{
	if (req)
		kref_put(&req->ref, request_free);
}

bool cssp_request_is_done(const struct cssp_request *req)
{
	return READ_ONCE(req->state) == CSSP_REQUEST_DONE;
}
