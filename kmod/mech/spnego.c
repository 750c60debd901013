// SPDX-License-Identifier: GPL-2.0-only
/*
 * SPNEGO initiator, RFC 4178 and MS-SPNG 3.2: offers the mechanisms of a table
 * with a token of the first one, and protects the choice with mechListMICs.
 */

#include <linux/kernel.h>
#include <linux/slab.h>
#include "../base/mem.h"
#include "../base/status.h"
#include "../wire/spnego_msg.h"
#include "encode.h"
#include "spnego.h"

/*
 * Replies of the acceptor that carry mechanism tokens. NTLM takes one and
 * user-to-user Kerberos two; the bound ends an exchange that makes no progress.
 */
#define MAX_REPLIES		8

/* Room for a MechTypeList: the longest OID has 10 bytes, each has a header of 2. */
#define MECH_LIST_ROOM(count)	(4 + 12 * (count))

/* In order of preference. The properties in cssp_spnego_ops follow from these rows. */
static const struct cssp_spnego_offer spnego_offers[] = {
	{ CSSP_SPNEGO_NTLM, &cssp_ntlm_ops },
};

/**
 * struct spnego_leg - what a handler computes, for the dispatcher to commit
 * @token: the message to send
 * @last: the mechanism is done, and @token is the initiator's last one
 * @reason: enum credssp_reason of a failure that has its own, else 0
 */
struct spnego_leg {
	struct cssp_vbuf token;
	bool last;
	u32 reason;
};

static struct cssp_spnego *spnego_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_spnego, base);
}

/*
 * Enter @next, or wipe and enter DEAD if @ret is a failure. Returns @ret. The
 * state is written here only.
 */
static int spnego_enter(struct cssp_spnego *s, enum cssp_spnego_state next, u32 reason,
			int ret)
{
	if (!ret) {
		s->state = next;
		return 0;
	}
	if (s->base.reason == CREDSSP_REASON_NONE)
		s->base.reason = reason ?: cssp_reason(CSSP_LAYER_SPNEGO, ret);
	s->state = CSSP_NEGO_DEAD;
	cssp_mech_free(s->inner);
	s->inner = NULL;
	return ret;
}

/* A failure of the inner mechanism is reported with its reason. Returns @ret. */
static int spnego_inner_result(const struct cssp_spnego *s, struct spnego_leg *leg, int ret)
{
	if (ret)
		leg->reason = s->inner->reason;
	return ret;
}

static int spnego_write_init(const struct cssp_spnego *s, const struct cssp_vbuf *mech_token,
			     struct cssp_vbuf *token)
{
	const struct cssp_spnego_init init = {
		.present = CSSP_SPNEGO_HAS_TOKEN,
		.mech_list = cssp_vbuf_rd(&s->mech_list),
		.token = cssp_vbuf_rd(mech_token),
	};
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(token, cssp_spnego_init_size(&init), &wr);
	if (ret)
		return ret;
	cssp_spnego_init_encode(&init, &wr);
	return cssp_encode_end(token, &wr);
}

/* RFC 4178 4.2.1: NegTokenInit with the first mechanism's first token. */
static int spnego_offer(const struct cssp_spnego *s, const struct cssp_rd *in,
			struct spnego_leg *leg)
{
	enum cssp_mech_progress progress;
	struct cssp_vbuf mech_token = {};
	int ret;

	ret = s->inner->ops->step(s->inner, in, &mech_token, &progress);
	ret = spnego_inner_result(s, leg, ret) ?:
	      spnego_write_init(s, &mech_token, &leg->token);
	cssp_vbuf_free(&mech_token);
	return ret;
}

/*
 * supportedMech counts in the first reply only (RFC 4178 4.2.2). Without it the
 * first mechanism of the list is chosen. Any other choice is an error, whether it
 * was offered or not: only the first mechanism has been started.
 */
static int spnego_check_choice(const struct cssp_spnego *s,
			       const struct cssp_spnego_resp *resp)
{
	if (s->state != CSSP_NEGO_OFFERED || !(resp->present & CSSP_SPNEGO_HAS_MECH))
		return 0;
	return cssp_spnego_mech_of(&resp->mech) == s->offers[0].mech ? 0 : CSSP_E_STATE;
}

/* Check that the exchange may continue after this negState. */
static int spnego_check_state(const struct cssp_spnego *s,
			      const struct cssp_spnego_resp *resp)
{
	/* RFC 4178 4.2.2: required in the first reply, optional thereafter. */
	if (!(resp->present & CSSP_SPNEGO_HAS_STATE))
		return s->state == CSSP_NEGO_OFFERED ? CSSP_E_MALFORMED : 0;
	switch (resp->state) {
	case CSSP_SPNEGO_ACCEPT_INCOMPLETE:
		return 0;
	case CSSP_SPNEGO_REQUEST_MIC:
		/* A mechListMIC is sent in any case; the first reply may request it. */
		return s->state == CSSP_NEGO_OFFERED ? 0 : CSSP_E_STATE;
	case CSSP_SPNEGO_REJECT:
		return CSSP_E_MALFORMED;
	default:
		/*
		 * accept-completed before the mechanism is done: the acceptor has proven
		 * nothing yet.
		 */
		return CSSP_E_STATE;
	}
}

/* The mechanism is done: check the acceptor's MIC, if there is one, and make ours. */
static int spnego_exchange_mics(const struct cssp_spnego *s,
				const struct cssp_spnego_resp *resp, struct spnego_leg *leg,
				struct cssp_vbuf *mic)
{
	const struct cssp_rd list = cssp_vbuf_rd(&s->mech_list);
	struct cssp_mech *inner = s->inner;
	int ret;

	if (resp->present & CSSP_SPNEGO_HAS_MIC) {
		ret = inner->ops->check_list_mic(inner, &list, &resp->mic);
		if (spnego_inner_result(s, leg, ret))
			return ret;
	}
	ret = inner->ops->list_mic(inner, &list, mic);
	return spnego_inner_result(s, leg, ret);
}

static int spnego_write_resp(const struct cssp_vbuf *mech_token, const struct cssp_vbuf *mic,
			     struct cssp_vbuf *token)
{
	struct cssp_spnego_resp resp = {
		.present = CSSP_SPNEGO_HAS_STATE,
		.state = CSSP_SPNEGO_ACCEPT_INCOMPLETE,
		.token = cssp_vbuf_rd(mech_token),
		.mic = cssp_vbuf_rd(mic),
	};
	struct cssp_wr wr;
	int ret;

	if (mech_token->len)
		resp.present |= CSSP_SPNEGO_HAS_TOKEN;
	if (mic->len)
		resp.present |= CSSP_SPNEGO_HAS_MIC;
	ret = cssp_encode_begin(token, cssp_spnego_resp_size(&resp), &wr);
	if (ret)
		return ret;
	cssp_spnego_resp_encode(&resp, &wr);
	return cssp_encode_end(token, &wr);
}

/* Step the mechanism with the responseToken, and write the answer. */
static int spnego_answer(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			 struct spnego_leg *leg)
{
	enum cssp_mech_progress progress;
	struct cssp_vbuf mech_token = {}, mic = {};
	int ret;

	ret = s->inner->ops->step(s->inner, &resp->token, &mech_token, &progress);
	if (spnego_inner_result(s, leg, ret))
		goto out;
	leg->last = progress != CSSP_MECH_CONTINUE;
	if (leg->last)
		ret = spnego_exchange_mics(s, resp, leg, &mic);
	else if (resp->present & CSSP_SPNEGO_HAS_MIC)
		ret = CSSP_E_STATE;	/* There is no key yet to verify it with. */
	if (ret)
		goto out;
	ret = spnego_write_resp(&mech_token, &mic, &leg->token);
out:
	cssp_vbuf_free(&mech_token);
	cssp_vbuf_free(&mic);
	return ret;
}

static int spnego_take_reply(const struct cssp_spnego *s, const struct cssp_rd *in,
			     struct spnego_leg *leg)
{
	struct cssp_spnego_resp resp;
	int ret;

	/* The first leg takes no reply. */
	if (s->legs > MAX_REPLIES) {
		leg->reason = CREDSSP_REASON_LIMIT;
		return CSSP_E_STATE;
	}
	ret = cssp_spnego_resp_decode(in, &resp);
	if (ret)
		return ret;
	ret = spnego_check_state(s, &resp);
	if (ret)
		return ret;
	ret = spnego_check_choice(s, &resp);
	if (ret)
		return ret;
	return spnego_answer(s, &resp, leg);
}

/*
 * The acceptor's last token. Its MIC may be missing, because pubKeyAuth binds the
 * choice as well. A MIC that is present must be right; a copy of the responseToken
 * in its place is not.
 */
static int spnego_take_final(const struct cssp_spnego *s, const struct cssp_rd *in,
			     struct spnego_leg *leg)
{
	const struct cssp_rd list = cssp_vbuf_rd(&s->mech_list);
	struct cssp_spnego_resp resp;
	int ret;

	ret = cssp_spnego_resp_decode(in, &resp);
	if (ret)
		return ret;
	if (!(resp.present & CSSP_SPNEGO_HAS_STATE))
		return CSSP_E_MALFORMED;
	/* The mechanism's last token was sent, so a reject refuses the logon. */
	if (resp.state == CSSP_SPNEGO_REJECT)
		return CSSP_E_LOGON_DENIED;
	if (resp.state != CSSP_SPNEGO_ACCEPT_COMPLETED || resp.token.left)
		return CSSP_E_STATE;
	if (!(resp.present & CSSP_SPNEGO_HAS_MIC))
		return 0;
	ret = s->inner->ops->check_list_mic(s->inner, &list, &resp.mic);
	return spnego_inner_result(s, leg, ret);
}

static int spnego_refuse(const struct cssp_spnego *s, const struct cssp_rd *in,
			 struct spnego_leg *leg)
{
	return CSSP_E_STATE;
}

/**
 * struct spnego_transition - a row of the machine
 * @handle: computes into the leg; spnego_step() commits it
 * @next: state after a leg
 * @last: state after a leg that sent the initiator's last token
 */
struct spnego_transition {
	int (*handle)(const struct cssp_spnego *s, const struct cssp_rd *in,
		      struct spnego_leg *leg);
	enum cssp_spnego_state next;
	enum cssp_spnego_state last;
};

static const struct spnego_transition spnego_transitions[CSSP_NEGO_STATES] = {
	[CSSP_NEGO_START]    = { spnego_offer,      CSSP_NEGO_OFFERED,  CSSP_NEGO_DEAD },
	[CSSP_NEGO_OFFERED]  = { spnego_take_reply, CSSP_NEGO_EXCHANGE, CSSP_NEGO_FINAL },
	[CSSP_NEGO_EXCHANGE] = { spnego_take_reply, CSSP_NEGO_EXCHANGE, CSSP_NEGO_FINAL },
	[CSSP_NEGO_FINAL]    = { spnego_take_final, CSSP_NEGO_DONE,     CSSP_NEGO_DEAD },
	[CSSP_NEGO_DONE]     = { spnego_refuse,     CSSP_NEGO_DEAD,     CSSP_NEGO_DEAD },
	[CSSP_NEGO_DEAD]     = { spnego_refuse,     CSSP_NEGO_DEAD,     CSSP_NEGO_DEAD },
};

static const enum cssp_mech_progress spnego_progress_of[CSSP_NEGO_STATES] = {
	[CSSP_NEGO_OFFERED]  = CSSP_MECH_CONTINUE,
	[CSSP_NEGO_EXCHANGE] = CSSP_MECH_CONTINUE,
	[CSSP_NEGO_FINAL]    = CSSP_MECH_READY,
	[CSSP_NEGO_DONE]     = CSSP_MECH_DONE,
};

static int spnego_step(struct cssp_mech *mech, const struct cssp_rd *in,
		       struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_spnego *s = spnego_of(mech);
	const struct spnego_transition *t = &spnego_transitions[s->state];
	enum cssp_spnego_state next;
	struct spnego_leg leg = {};
	int ret;

	ret = t->handle(s, in, &leg) ?:
	      cssp_vbuf_append(out, leg.token.data, leg.token.len);
	cssp_vbuf_free(&leg.token);
	next = leg.last ? t->last : t->next;
	ret = spnego_enter(s, next, leg.reason, ret);
	if (ret)
		return ret;
	s->legs++;
	*progress = spnego_progress_of[next];
	return 0;
}

/* Messages have keys, and no token was wrong. */
static int spnego_check_ready(const struct cssp_spnego *s)
{
	return s->state == CSSP_NEGO_FINAL || s->state == CSSP_NEGO_DONE ? 0 : CSSP_E_STATE;
}

/*
 * After a message: the state stays, unless @ret is a failure, which may be of the
 * inner mechanism. Returns @ret.
 */
static int spnego_end_message(struct cssp_spnego *s, int ret)
{
	return spnego_enter(s, s->state, s->inner ? s->inner->reason : 0, ret);
}

static int spnego_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
		       struct cssp_vbuf *out)
{
	struct cssp_spnego *s = spnego_of(mech);
	int ret;

	ret = spnego_check_ready(s) ?: s->inner->ops->wrap(s->inner, plain, out);
	return spnego_end_message(s, ret);
}

static int spnego_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			 struct cssp_vbuf *out)
{
	struct cssp_spnego *s = spnego_of(mech);
	int ret;

	ret = spnego_check_ready(s) ?: s->inner->ops->unwrap(s->inner, sealed, out);
	return spnego_end_message(s, ret);
}

static int spnego_sign(struct cssp_mech *mech, const struct cssp_rd *message,
		       struct cssp_vbuf *signature)
{
	struct cssp_spnego *s = spnego_of(mech);
	int ret;

	ret = spnego_check_ready(s) ?: s->inner->ops->sign(s->inner, message, signature);
	return spnego_end_message(s, ret);
}

static int spnego_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			 const struct cssp_rd *signature)
{
	struct cssp_spnego *s = spnego_of(mech);
	int ret;

	ret = spnego_check_ready(s) ?:
	      s->inner->ops->verify(s->inner, message, signature);
	return spnego_end_message(s, ret);
}

static int spnego_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	struct cssp_spnego *s = spnego_of(mech);

	return spnego_check_ready(s) ?: s->inner->ops->session_key(s->inner, key);
}

static void spnego_free(struct cssp_mech *mech)
{
	struct cssp_spnego *s = spnego_of(mech);

	cssp_mech_free(s->inner);
	cssp_vbuf_free(&s->mech_list);
	kfree_sensitive(s);
}

static int spnego_write_mech_list(struct cssp_spnego *s, unsigned int count)
{
	enum cssp_spnego_mech mechs[CSSP_SPNEGO_MAX_MECHS];
	struct cssp_wr wr;
	unsigned int i;
	int ret;

	if (!count || count > ARRAY_SIZE(mechs))
		return CSSP_E_PARAMETER;
	for (i = 0; i < count; i++)
		mechs[i] = s->offers[i].mech;
	ret = cssp_encode_begin(&s->mech_list, MECH_LIST_ROOM(count), &wr);
	if (ret)
		return ret;
	cssp_spnego_mech_list_encode(mechs, count, &wr);
	return cssp_encode_end(&s->mech_list, &wr);
}

int cssp_spnego_create_with(struct cssp_mech **mech, const struct cssp_mech_params *params,
			    const struct cssp_spnego_offer *offers, unsigned int count)
{
	struct cssp_spnego *s;
	int ret;

	s = kzalloc(sizeof(*s), CSSP_GFP);
	if (!s)
		return -ENOMEM;
	s->base.ops = &cssp_spnego_ops;
	s->offers = offers;
	ret = spnego_write_mech_list(s, count);
	if (ret)
		goto err_free;
	ret = offers[0].ops->create(&s->inner, params);
	if (ret)
		goto err_free;
	s->base.ntlm_only = s->inner->ntlm_only;
	s->base.trailer = s->inner->trailer;
	*mech = &s->base;
	return 0;

err_free:
	spnego_free(&s->base);
	return ret;
}

static int spnego_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return cssp_spnego_create_with(mech, params, spnego_offers, ARRAY_SIZE(spnego_offers));
}

const struct cssp_mech_ops cssp_spnego_ops = {
	.package = CREDSSP_PACKAGE_NTLM,
	.needs_ntlm = true,
	.create = spnego_create,
	.step = spnego_step,
	.wrap = spnego_wrap,
	.unwrap = spnego_unwrap,
	.sign = spnego_sign,
	.verify = spnego_verify,
	.session_key = spnego_session_key,
	.free = spnego_free,
};
