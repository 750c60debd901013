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

/* In order of preference. The properties in cssp_spnego_ops follow from these rows. */
static const struct cssp_spnego_offer spnego_offers[] = {
	{ CSSP_SPNEGO_MS_KRB5, &cssp_krb5_ops },
	{ CSSP_SPNEGO_KRB5, &cssp_krb5_ops },
	{ CSSP_SPNEGO_NTLM, &cssp_ntlm_ops },
};

static struct cssp_spnego *spnego_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_spnego, context.base);
}

/*
 * Enter @next, or wipe and enter DEAD if @ret is a failure. Returns @ret. The
 * state is written here only.
 */
static int spnego_enter(struct cssp_spnego *s, enum cssp_spnego_state next, u32 reason,
			int ret)
{
	s->state = ret ? CSSP_NEGO_DEAD : next;
	return ret ? cssp_spnego_context_end(&s->context, reason, ret) : 0;
}

static int spnego_write_init(struct cssp_spnego_leg *leg, const struct cssp_vbuf *mech_token)
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
			struct cssp_spnego_leg *leg, struct cssp_vbuf *mech_token)
{
	const struct cssp_rd none = {};
	enum cssp_mech_progress progress;

	return cssp_spnego_leg_create(&s->context, row, optional, leg) ?:
	       cssp_spnego_leg_step(&s->context, &none, leg, mech_token, &progress);
}

/*
 * Start the first mechanism that can be used. One that failed before it tried a logon is
 * passed over, unless it is the last one.
 */
static int spnego_start_first(const struct cssp_spnego *s, struct cssp_spnego_leg *leg,
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
		cssp_spnego_leg_pass_over(leg);
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
			struct cssp_spnego_leg *leg)
{
	struct cssp_vbuf mech_token = {};
	int ret = 0;

	leg->choice = s->context.choice;
	if (in->left)
		ret = cssp_spnego_choice_narrow(&leg->choice, &s->context.params, in,
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
		.state = state,
		.token = cssp_vbuf_rd(mech_token),
		.mic = cssp_vbuf_rd(mic),
	};

	return cssp_spnego_context_write_resp(&resp, token);
}

/*
 * The acceptor chose a mechanism that was offered, but not started. It has no token yet,
 * because the initiator's first one was for another mechanism.
 */
static int spnego_switch(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			 unsigned int row, struct cssp_spnego_leg *leg)
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
			    struct cssp_spnego_leg *leg)
{
	if (!(resp->present & CSSP_SPNEGO_HAS_MIC))
		return 0;
	return cssp_spnego_leg_check_mic(&s->context, &resp->mic, leg);
}

/* Send the mechanism's last token, if there is one, with our MIC. */
static int spnego_write_last(const struct cssp_spnego *s, u32 state,
			     const struct cssp_vbuf *mech_token, struct cssp_spnego_leg *leg)
{
	struct cssp_vbuf mic = {};
	int ret;

	ret = cssp_spnego_leg_list_mic(&s->context, leg, &mic) ?:
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
			 const struct cssp_vbuf *mech_token, struct cssp_spnego_leg *leg)
{
	const bool proven = resp->present & CSSP_SPNEGO_HAS_MIC && !mech_token->len;
	const bool mic_needed = leg->mic_needed || s->context.mic_needed;
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
			 struct cssp_spnego_leg *leg)
{
	const struct cssp_vbuf none = {};
	enum cssp_mech_progress progress;
	struct cssp_vbuf mech_token = {};
	int ret;

	ret = cssp_spnego_leg_step(&s->context, &resp->token, leg, &mech_token, &progress);
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
			   struct cssp_spnego_leg *leg)
{
	const struct cssp_mech *inner = s->context.inner;
	const bool by_user = inner->facts.user_to_user;
	enum cssp_mech_progress progress;
	struct cssp_vbuf ignored = {};
	int ret = 0;

	if (resp->token.left)
		ret = cssp_spnego_leg_step(&s->context, &resp->token, leg, &ignored, &progress);
	cssp_vbuf_free(&ignored);
	if (ret)
		return ret;
	if (!by_user && inner->facts.user_to_user) {
		leg->reason = CREDSSP_REASON_USER_TO_USER;
		return CSSP_E_UNSUPPORTED;
	}
	if (inner->ntlm_only || (by_user && s->state == CSSP_NEGO_OFFERED))
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
			      struct cssp_spnego_leg *leg)
{
	const struct cssp_spnego_choice *c = &s->context.choice;
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
			     struct cssp_spnego_leg *leg)
{
	struct cssp_spnego_resp resp;
	int ret;

	/* The first leg takes no reply. */
	if (s->context.legs > CSSP_SPNEGO_MAX_TOKENS) {
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
 * responseToken in its place is not. negState is optional by now (RFC 4178 4.2.2): the MIC
 * says that the acceptor is done, and without either nothing does.
 */
static int spnego_take_final(const struct cssp_spnego *s, const struct cssp_rd *in,
			     struct cssp_spnego_leg *leg)
{
	struct cssp_spnego_resp resp;
	int ret;

	ret = cssp_spnego_resp_decode(in, &resp);
	if (ret)
		return ret;
	if (!(resp.present & CSSP_SPNEGO_HAS_STATE)) {
		if (!(resp.present & CSSP_SPNEGO_HAS_MIC))
			return CSSP_E_MALFORMED;
		resp.state = CSSP_SPNEGO_ACCEPT_COMPLETED;
	}
	/* The mechanism's last token was sent, so a reject refuses the logon. */
	if (resp.state == CSSP_SPNEGO_REJECT)
		return CSSP_E_LOGON_DENIED;
	if (resp.state != CSSP_SPNEGO_ACCEPT_COMPLETED || resp.token.left)
		return CSSP_E_STATE;
	if (s->context.mic_needed && !(resp.present & CSSP_SPNEGO_HAS_MIC))
		return CSSP_E_STATE;
	return spnego_check_mic(s, &resp, leg);
}

static int spnego_refuse(const struct cssp_spnego *s, const struct cssp_rd *in,
			 struct cssp_spnego_leg *leg)
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
		      struct cssp_spnego_leg *leg);
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

static int spnego_step(struct cssp_mech *mech, const struct cssp_rd *in,
		       struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_spnego *s = spnego_of(mech);
	const struct spnego_transition *t = &spnego_transitions[s->state];
	struct cssp_spnego_leg leg = { .next = t->next };
	int ret;

	ret = t->handle(s, in, &leg) ?:
	      cssp_vbuf_append(out, leg.token.data, leg.token.len);
	/* The acceptor chooses by its first reply. */
	cssp_spnego_context_commit(&s->context, &leg, s->context.legs);
	ret = spnego_enter(s, leg.next, leg.reason, ret);
	if (ret)
		return ret;
	s->context.legs++;
	s->context.progress = spnego_progress_of[s->state];
	*progress = s->context.progress;
	return 0;
}

/* A message has failed, perhaps in the inner mechanism. */
static int spnego_fail(struct cssp_mech *mech, int err)
{
	struct cssp_spnego *s = spnego_of(mech);

	return spnego_enter(s, CSSP_NEGO_DEAD, s->context.inner ? s->context.inner->reason : 0,
			    err);
}

static void spnego_free(struct cssp_mech *mech)
{
	struct cssp_spnego *s = spnego_of(mech);

	cssp_spnego_context_exit(&s->context);
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
	s->context.base.ops = &cssp_spnego_ops;
	s->context.fail = spnego_fail;
	s->context.params = *params;
	s->context.choice.offers = offers;
	s->context.choice.count = count;
	ret = cssp_spnego_choice_make(&s->context.choice, params);
	if (ret) {
		spnego_free(&s->context.base);
		return ret;
	}
	*mech = &s->context.base;
	return 0;
}

static int spnego_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return cssp_spnego_create_with(mech, params, spnego_offers, ARRAY_SIZE(spnego_offers));
}

const struct cssp_mech_ops cssp_spnego_ops = {
	.create = spnego_create,
	.step = spnego_step,
	.wrap = cssp_spnego_context_wrap,
	.unwrap = cssp_spnego_context_unwrap,
	.sign = cssp_spnego_context_sign,
	.verify = cssp_spnego_context_verify,
	.session_key = cssp_spnego_context_session_key,
	.free = spnego_free,
};
