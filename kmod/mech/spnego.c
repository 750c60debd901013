// SPDX-License-Identifier: GPL-2.0-only
/*
 * SPNEGO initiator, RFC 4178 and MS-SPNG 3.2: offers mechanisms (spnego_choice.c) with a
 * token of the first one, and protects the choice with mechListMICs.
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

/* In order of preference. The properties in cssp_spnego_ops follow from these rows. */
static const struct cssp_spnego_offer spnego_offers[] = {
	{ CSSP_SPNEGO_MS_KRB5, &cssp_krb5_ops },
	{ CSSP_SPNEGO_KRB5, &cssp_krb5_ops },
	{ CSSP_SPNEGO_NTLM, &cssp_ntlm_ops },
};

/**
 * struct spnego_leg - what a handler computes, for the dispatcher to commit
 * @next: the state after it; the row's, unless the handler chooses another
 * @token: the message to send, may be empty
 * @inner: the mechanism that takes the place of the present one, or NULL
 * @choice: what is offered, if this leg makes the offer
 * @mech_list: the MechTypeList of that offer
 * @mic_needed: the acceptor must send its mechListMIC
 * @passed_over: enum credssp_reason why a better mechanism is not used, else 0
 * @krb_error: of the mechanism that was passed over
 * @kdc_messages: likewise
 * @trace: likewise
 * @reason: enum credssp_reason of a failure that has its own, else 0
 */
struct spnego_leg {
	enum cssp_spnego_state next;
	struct cssp_vbuf token;
	struct cssp_mech *inner;
	struct cssp_spnego_choice choice;
	struct cssp_vbuf mech_list;
	bool mic_needed;
	u32 passed_over;
	u32 krb_error;
	u32 kdc_messages;
	struct cssp_vbuf trace;
	u32 reason;
};

static struct cssp_spnego *spnego_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_spnego, base);
}

/* Copy what the report tells of the mechanism. What was passed over is SPNEGO's to say. */
static void spnego_learn_facts(struct cssp_spnego *s)
{
	struct cssp_mech_facts *from = &s->inner->facts, *to = &s->base.facts;

	to->krb_error = from->krb_error ?: to->krb_error;
	to->skew = from->skew;
	to->not_after = from->not_after;
	to->user_to_user = from->user_to_user;
	to->kdc_messages += from->kdc_messages;
	from->kdc_messages = 0;
	cssp_mech_trace_move(&to->trace, &from->trace);
	/* The acceptor chooses by its first reply. */
	to->package = s->legs ? from->package : 0;
	cssp_vbuf_free(&to->client);
	if (from->client.len)
		cssp_vbuf_move(&to->client, &from->client);
}

/* The properties of the mechanism are those of SPNEGO. */
static void spnego_learn(struct cssp_spnego *s)
{
	s->base.ntlm_only = s->inner->ntlm_only;
	s->base.trailer = s->inner->trailer;
	s->base.signature = s->inner->signature;
	spnego_learn_facts(s);
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

/* The mechanism that a handler works with */
static struct cssp_mech *spnego_inner(const struct cssp_spnego *s, const struct spnego_leg *leg)
{
	return leg->inner ?: s->inner;
}

/* A failure of the inner mechanism is reported with its reason. Returns @ret. */
static int spnego_inner_result(const struct cssp_spnego *s, struct spnego_leg *leg, int ret)
{
	if (ret)
		leg->reason = spnego_inner(s, leg)->reason;
	return ret;
}

static int spnego_write_init(struct spnego_leg *leg, const struct cssp_vbuf *mech_token)
{
	const struct cssp_spnego_init init = {
		.present = CSSP_SPNEGO_HAS_TOKEN,
		.mech_list = cssp_vbuf_rd(&leg->mech_list),
		.token = cssp_vbuf_rd(mech_token),
	};
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(&leg->token, cssp_spnego_init_size(&init), &wr);
	if (ret)
		return ret;
	cssp_spnego_init_encode(&init, &wr);
	return cssp_encode_end(&leg->token, &wr);
}

/* Create the mechanism of a row, and let it make its first token. */
static int spnego_start(const struct cssp_spnego *s, unsigned int row, bool optional,
			struct spnego_leg *leg, struct cssp_vbuf *mech_token)
{
	const struct cssp_rd none = {};
	struct cssp_mech_params params = s->params;
	enum cssp_mech_progress progress;
	int ret;

	params.optional = optional;
	ret = s->choice.offers[row].ops->create(&leg->inner, &params);
	if (ret) {
		leg->reason = ret == CSSP_E_WEAK ? CREDSSP_REASON_FIPS : 0;
		return ret;
	}
	ret = leg->inner->ops->step(leg->inner, &none, mech_token, &progress);
	return spnego_inner_result(s, leg, ret);
}

/*
 * Start the first mechanism that can be used. One that failed before it tried a logon is
 * passed over, unless it is the last one.
 */
static int spnego_start_first(const struct cssp_spnego *s, struct spnego_leg *leg,
			      struct cssp_vbuf *mech_token)
{
	struct cssp_spnego_choice *c = &leg->choice;
	unsigned int next;
	int ret;

	while (1) {
		next = cssp_spnego_choice_next(c, c->first);
		ret = spnego_start(s, c->first, next < c->count, leg, mech_token);
		if (!ret || !leg->inner || !leg->inner->unavailable || next == c->count)
			return ret;
		leg->passed_over = leg->passed_over ?: leg->inner->reason;
		leg->krb_error = leg->inner->facts.krb_error;
		leg->kdc_messages += leg->inner->facts.kdc_messages;
		cssp_mech_trace_move(&leg->trace, &leg->inner->facts.trace);
		cssp_mech_free(leg->inner);
		leg->inner = NULL;
		leg->reason = 0;
		cssp_vbuf_clear(mech_token);
		c->first = next;
	}
}

/* What the server lists is forbidden by policy, or not what the credential is for. */
static u32 spnego_hint_reason(int err)
{
	switch (err) {
	case CSSP_E_NTLM_ONLY:
		return CREDSSP_REASON_NTLM_OFF;
	case CSSP_E_NO_CREDS:
		return CREDSSP_REASON_NOT_CHOSEN;
	default:
		return CREDSSP_REASON_NONE;
	}
}

/*
 * RFC 4178 4.2.1: NegTokenInit with the first mechanism's first token. @in: the NegTokenInit
 * of a server that has begun (SMB2's NEGOTIATE), or empty.
 */
static int spnego_offer(const struct cssp_spnego *s, const struct cssp_rd *in,
			struct spnego_leg *leg)
{
	struct cssp_vbuf mech_token = {};
	int ret = 0;

	leg->choice = s->choice;
	if (in->left)
		ret = cssp_spnego_choice_narrow(&leg->choice, &s->params, in,
						&leg->passed_over);
	if (ret) {
		leg->reason = spnego_hint_reason(ret);
		return ret;
	}
	ret = spnego_start_first(s, leg, &mech_token) ?:
	      cssp_spnego_choice_write(&leg->choice, &leg->mech_list) ?:
	      spnego_write_init(leg, &mech_token);
	cssp_vbuf_free(&mech_token);
	return ret;
}

static int spnego_write_resp(u32 state, const struct cssp_vbuf *mech_token,
			     const struct cssp_vbuf *mic, struct cssp_vbuf *token)
{
	struct cssp_spnego_resp resp = {
		.present = CSSP_SPNEGO_HAS_STATE,
		.state = state,
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

/*
 * The acceptor chose a mechanism that was offered, but not started. It has no token yet,
 * because the initiator's first one was for another mechanism.
 */
static int spnego_switch(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			 unsigned int row, struct spnego_leg *leg)
{
	const struct cssp_vbuf none = {};
	struct cssp_vbuf mech_token = {};
	int ret;

	if (resp->token.left || resp->present & CSSP_SPNEGO_HAS_MIC ||
	    (resp->state != CSSP_SPNEGO_ACCEPT_INCOMPLETE &&
	     resp->state != CSSP_SPNEGO_REQUEST_MIC))
		return CSSP_E_STATE;
	ret = spnego_start(s, row, false, leg, &mech_token) ?:
	      spnego_write_resp(CSSP_SPNEGO_ACCEPT_INCOMPLETE, &mech_token, &none, &leg->token);
	cssp_vbuf_free(&mech_token);
	leg->next = CSSP_NEGO_EXCHANGE;
	leg->mic_needed = true;
	leg->passed_over = CREDSSP_REASON_NOT_CHOSEN;
	return ret;
}

/* The mechanism is done: check the acceptor's MIC, if there is one. */
static int spnego_check_mic(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			    struct spnego_leg *leg)
{
	const struct cssp_rd list = cssp_vbuf_rd(&s->mech_list);
	int ret;

	if (!(resp->present & CSSP_SPNEGO_HAS_MIC))
		return 0;
	ret = s->inner->ops->check_list_mic(s->inner, &list, &resp->mic);
	return spnego_inner_result(s, leg, ret);
}

/* Send the mechanism's last token, if there is one, with our MIC. */
static int spnego_write_last(const struct cssp_spnego *s, u32 state,
			     const struct cssp_vbuf *mech_token, struct spnego_leg *leg)
{
	const struct cssp_rd list = cssp_vbuf_rd(&s->mech_list);
	struct cssp_vbuf mic = {};
	int ret;

	ret = s->inner->ops->list_mic(s->inner, &list, &mic);
	ret = spnego_inner_result(s, leg, ret) ?:
	      spnego_write_resp(state, mech_token, &mic, &leg->token);
	cssp_vbuf_free(&mic);
	return ret;
}

/*
 * The mechanism is done (RFC 4178 5). If it has a last token, the acceptor has proven
 * nothing yet, and its final token follows. Otherwise the acceptor is done as well: with
 * its MIC the exchange is over, and without it where none is needed and the acceptor has
 * said that it is over.
 */
static int spnego_finish(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			 const struct cssp_vbuf *mech_token, struct spnego_leg *leg)
{
	const bool proven = resp->present & CSSP_SPNEGO_HAS_MIC && !mech_token->len;
	const bool mic_needed = leg->mic_needed || s->mic_needed;
	const bool completed = resp->present & CSSP_SPNEGO_HAS_STATE &&
			       resp->state == CSSP_SPNEGO_ACCEPT_COMPLETED;
	int ret = spnego_check_mic(s, resp, leg);

	if (ret)
		return ret;
	leg->next = proven || completed ? CSSP_NEGO_DONE : CSSP_NEGO_FINAL;
	if (!completed)
		return spnego_write_last(s, proven ? CSSP_SPNEGO_ACCEPT_COMPLETED :
						     CSSP_SPNEGO_ACCEPT_INCOMPLETE,
					 mech_token, leg);
	/* accept-completed while the acceptor still needs a token has proven nothing. */
	return mech_token->len || (mic_needed && !proven) ? CSSP_E_STATE : 0;
}

/* Step the mechanism with the responseToken, and write the answer. */
static int spnego_answer(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			 struct spnego_leg *leg)
{
	const struct cssp_vbuf none = {};
	enum cssp_mech_progress progress;
	struct cssp_vbuf mech_token = {};
	int ret;

	ret = s->inner->ops->step(s->inner, &resp->token, &mech_token, &progress);
	ret = spnego_inner_result(s, leg, ret);
	if (ret)
		goto out;
	if (progress != CSSP_MECH_CONTINUE) {
		ret = spnego_finish(s, resp, &mech_token, leg);
	} else if (resp->present & CSSP_SPNEGO_HAS_MIC ||
		   (resp->present & CSSP_SPNEGO_HAS_STATE &&
		    resp->state == CSSP_SPNEGO_ACCEPT_COMPLETED)) {
		/* There is no key yet to verify a MIC with, and nothing is proven. */
		ret = CSSP_E_STATE;
	} else {
		leg->next = CSSP_NEGO_EXCHANGE;
		ret = spnego_write_resp(CSSP_SPNEGO_ACCEPT_INCOMPLETE, &mech_token, &none,
					&leg->token);
	}
out:
	cssp_vbuf_free(&mech_token);
	return ret;
}

/*
 * A reject before the mechanism's last token. The token in it may say why (a KRB-ERROR):
 * then the mechanism fails with its own reason. One that demands user-to-user is no failure
 * for the mechanism, but the negotiation is over. Otherwise it depends on what was sent
 * before: Kerberos' AP-REQ is the logon; its TGT-REQ and NTLM's NEGOTIATE are not.
 */
static int spnego_rejected(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			   struct spnego_leg *leg)
{
	const bool by_user = s->inner->facts.user_to_user;
	enum cssp_mech_progress progress;
	struct cssp_vbuf ignored = {};
	int ret = 0;

	if (resp->token.left)
		ret = s->inner->ops->step(s->inner, &resp->token, &ignored, &progress);
	cssp_vbuf_free(&ignored);
	if (ret)
		return spnego_inner_result(s, leg, ret);
	if (!by_user && s->inner->facts.user_to_user) {
		leg->reason = CREDSSP_REASON_USER_TO_USER;
		return CSSP_E_UNSUPPORTED;
	}
	if (s->inner->ntlm_only || (by_user && s->state == CSSP_NEGO_OFFERED))
		return CSSP_E_MALFORMED;
	return CSSP_E_LOGON_DENIED;
}

/* RFC 4178 4.2.2: required in the first reply, optional thereafter. */
static int spnego_check_state(const struct cssp_spnego *s,
			      const struct cssp_spnego_resp *resp)
{
	const bool first = s->state == CSSP_NEGO_OFFERED;

	if (!(resp->present & CSSP_SPNEGO_HAS_STATE))
		return first ? CSSP_E_MALFORMED : 0;
	/* Only the first reply may request a MIC. */
	return resp->state == CSSP_SPNEGO_REQUEST_MIC && !first ? CSSP_E_STATE : 0;
}

/*
 * The acceptor's choice counts in the first reply only (RFC 4178 4.2.2). Without it the
 * first mechanism of the list is chosen.
 */
static int spnego_take_choice(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			      struct spnego_leg *leg)
{
	const struct cssp_spnego_choice *c = &s->choice;
	unsigned int row = c->first;

	if (resp->present & CSSP_SPNEGO_HAS_MECH)
		row = cssp_spnego_choice_find(c, &resp->mech);
	if (row == c->count)
		return CSSP_E_STATE;
	if (c->offers[row].ops != c->offers[c->first].ops)
		return spnego_switch(s, resp, row, leg);
	leg->mic_needed = resp->state == CSSP_SPNEGO_REQUEST_MIC;
	return spnego_answer(s, resp, leg);
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
	if (resp.present & CSSP_SPNEGO_HAS_STATE && resp.state == CSSP_SPNEGO_REJECT)
		return spnego_rejected(s, &resp, leg);
	return s->state == CSSP_NEGO_OFFERED ? spnego_take_choice(s, &resp, leg) :
					       spnego_answer(s, &resp, leg);
}

/*
 * The acceptor's last token. Where none is needed its MIC may be missing, because
 * pubKeyAuth binds the choice as well. A MIC that is present must be right; a copy of the
 * responseToken in its place is not.
 */
static int spnego_take_final(const struct cssp_spnego *s, const struct cssp_rd *in,
			     struct spnego_leg *leg)
{
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
	if (s->mic_needed && !(resp.present & CSSP_SPNEGO_HAS_MIC))
		return CSSP_E_STATE;
	return spnego_check_mic(s, &resp, leg);
}

static int spnego_refuse(const struct cssp_spnego *s, const struct cssp_rd *in,
			 struct spnego_leg *leg)
{
	return CSSP_E_STATE;
}

/**
 * struct spnego_transition - a row of the machine
 * @handle: computes into the leg; spnego_step() commits it
 * @next: state after it, unless the handler chooses another
 */
struct spnego_transition {
	int (*handle)(const struct cssp_spnego *s, const struct cssp_rd *in,
		      struct spnego_leg *leg);
	enum cssp_spnego_state next;
};

static const struct spnego_transition spnego_transitions[CSSP_NEGO_STATES] = {
	[CSSP_NEGO_START]    = { spnego_offer,      CSSP_NEGO_OFFERED },
	[CSSP_NEGO_OFFERED]  = { spnego_take_reply, CSSP_NEGO_EXCHANGE },
	[CSSP_NEGO_EXCHANGE] = { spnego_take_reply, CSSP_NEGO_EXCHANGE },
	[CSSP_NEGO_FINAL]    = { spnego_take_final, CSSP_NEGO_DONE },
	[CSSP_NEGO_DONE]     = { spnego_refuse,     CSSP_NEGO_DEAD },
	[CSSP_NEGO_DEAD]     = { spnego_refuse,     CSSP_NEGO_DEAD },
};

static const enum cssp_mech_progress spnego_progress_of[CSSP_NEGO_STATES] = {
	[CSSP_NEGO_OFFERED]  = CSSP_MECH_CONTINUE,
	[CSSP_NEGO_EXCHANGE] = CSSP_MECH_CONTINUE,
	[CSSP_NEGO_FINAL]    = CSSP_MECH_READY,
	[CSSP_NEGO_DONE]     = CSSP_MECH_DONE,
};

/* Commit what the report tells, after a failure as well, and the mechanism of the leg. */
static void spnego_commit(struct cssp_spnego *s, struct spnego_leg *leg)
{
	if (leg->inner) {
		cssp_mech_free(s->inner);
		s->inner = leg->inner;
	}
	s->base.facts.passed_over = leg->passed_over ?: s->base.facts.passed_over;
	s->base.facts.krb_error = leg->krb_error ?: s->base.facts.krb_error;
	s->base.facts.kdc_messages += leg->kdc_messages;
	cssp_mech_trace_move(&s->base.facts.trace, &leg->trace);
	s->mic_needed |= leg->mic_needed;
	if (s->state == CSSP_NEGO_START) {
		s->choice = leg->choice;
		cssp_vbuf_move(&s->mech_list, &leg->mech_list);
	}
	if (s->inner)
		spnego_learn(s);
}

static int spnego_step(struct cssp_mech *mech, const struct cssp_rd *in,
		       struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_spnego *s = spnego_of(mech);
	const struct spnego_transition *t = &spnego_transitions[s->state];
	struct spnego_leg leg = { .next = t->next };
	int ret;

	ret = t->handle(s, in, &leg) ?:
	      cssp_vbuf_append(out, leg.token.data, leg.token.len);
	cssp_vbuf_free(&leg.token);
	spnego_commit(s, &leg);
	ret = spnego_enter(s, leg.next, leg.reason, ret);
	if (ret)
		return ret;
	s->legs++;
	*progress = spnego_progress_of[leg.next];
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
	cssp_mech_facts_free(&s->base.facts);
	kfree_sensitive(s);
}

int cssp_spnego_create_with(struct cssp_mech **mech, const struct cssp_mech_params *params,
			    const struct cssp_spnego_offer *offers, unsigned int count)
{
	struct cssp_spnego *s;
	int ret;

	if (count > CSSP_SPNEGO_MAX_MECHS)
		return CSSP_E_PARAMETER;
	s = kzalloc(sizeof(*s), CSSP_GFP);
	if (!s)
		return -ENOMEM;
	s->base.ops = &cssp_spnego_ops;
	s->params = *params;
	s->choice.offers = offers;
	s->choice.count = count;
	ret = cssp_spnego_choice_make(&s->choice, params);
	if (ret) {
		spnego_free(&s->base);
		return ret;
	}
	*mech = &s->base;
	return 0;
}

static int spnego_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return cssp_spnego_create_with(mech, params, spnego_offers, ARRAY_SIZE(spnego_offers));
}

const struct cssp_mech_ops cssp_spnego_ops = {
	.create = spnego_create,
	.step = spnego_step,
	.wrap = spnego_wrap,
	.unwrap = spnego_unwrap,
	.sign = spnego_sign,
	.verify = spnego_verify,
	.session_key = spnego_session_key,
	.free = spnego_free,
};
