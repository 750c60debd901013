// SPDX-License-Identifier: GPL-2.0-only
#include "spnego_context.h"

#include "../base/status.h"
#include "encode.h"

int cssp_spnego_leg_create(const struct cssp_spnego_context *c, unsigned int row, bool optional,
			   struct cssp_spnego_leg *leg)
{
	struct cssp_mech_params params = c->params;
	int ret;

	params.optional = optional;
	ret = c->choice.offers[row].ops->create(&leg->inner, &params);
	if (ret == CSSP_E_WEAK)
		leg->reason = CREDSSP_REASON_FIPS;
	return ret;
}

/* A failure of the inner mechanism is reported with its reason. Returns @ret. */
static int spnego_leg_result(const struct cssp_spnego_context *c, struct cssp_spnego_leg *leg,
			     int ret)
{
	if (ret)
		leg->reason = cssp_spnego_leg_inner(c, leg)->reason;
	return ret;
}

int cssp_spnego_leg_step(const struct cssp_spnego_context *c, const struct cssp_rd *in,
			 struct cssp_spnego_leg *leg, struct cssp_vbuf *mech_token,
			 enum cssp_mech_progress *progress)
{
	struct cssp_mech *inner = cssp_spnego_leg_inner(c, leg);

	return spnego_leg_result(c, leg, inner->ops->step(inner, in, mech_token, progress));
}

/* The initiator's list, which the acceptor may have received in this leg */
static struct cssp_rd spnego_leg_list(const struct cssp_spnego_context *c,
				      const struct cssp_spnego_leg *leg)
{
	return cssp_vbuf_rd(leg->mech_list.len ? &leg->mech_list : &c->mech_list);
}

int cssp_spnego_leg_check_mic(const struct cssp_spnego_context *c, const struct cssp_rd *mic,
			      struct cssp_spnego_leg *leg)
{
	struct cssp_mech *inner = cssp_spnego_leg_inner(c, leg);
	const struct cssp_rd list = spnego_leg_list(c, leg);

	return spnego_leg_result(c, leg, inner->ops->check_list_mic(inner, &list, mic));
}

int cssp_spnego_leg_list_mic(const struct cssp_spnego_context *c, struct cssp_spnego_leg *leg,
			     struct cssp_vbuf *mic)
{
	struct cssp_mech *inner = cssp_spnego_leg_inner(c, leg);
	const struct cssp_rd list = spnego_leg_list(c, leg);

	return spnego_leg_result(c, leg, inner->ops->list_mic(inner, &list, mic));
}

void cssp_spnego_leg_pass_over(struct cssp_spnego_leg *leg)
{
	struct cssp_mech *inner = leg->inner;

	leg->passed_over = leg->passed_over ?: leg->reason;
	leg->reason = 0;
	/* It could not even be created. */
	if (!inner)
		return;
	leg->krb_error = inner->facts.krb_error;
	leg->kdc_messages += inner->facts.kdc_messages;
	cssp_mech_trace_move(&leg->trace, &inner->facts.trace);
	cssp_mech_free(inner);
	leg->inner = NULL;
}

int cssp_spnego_context_write_resp(struct cssp_spnego_resp *resp, struct cssp_vbuf *token)
{
	struct cssp_wr wr;
	int ret;

	resp->present = CSSP_SPNEGO_HAS_STATE |
			(resp->mech.left ? CSSP_SPNEGO_HAS_MECH : 0) |
			(resp->token.left ? CSSP_SPNEGO_HAS_TOKEN : 0) |
			(resp->mic.left ? CSSP_SPNEGO_HAS_MIC : 0);
	ret = cssp_encode_begin(token, cssp_spnego_resp_size(resp), &wr);
	if (ret)
		return ret;
	cssp_spnego_resp_encode(resp, &wr);
	return cssp_encode_end(token, &wr);
}

/* Move a name of the peer, if there is one. */
static void spnego_context_move_name(struct cssp_vbuf *to, struct cssp_vbuf *from)
{
	if (from->len)
		cssp_vbuf_move(to, from);
}

/* Copy what the report tells of the mechanism. What was passed over is SPNEGO's to say. */
static void spnego_context_learn_facts(struct cssp_spnego_context *c, bool chosen)
{
	struct cssp_mech_facts *from = &c->inner->facts, *to = &c->base.facts;

	to->krb_error = from->krb_error ?: to->krb_error;
	to->skew = from->skew;
	to->not_after = from->not_after;
	to->user_to_user = from->user_to_user;
	to->gss_flags = from->gss_flags;
	to->bound = from->bound;
	to->ntstatus = from->ntstatus;
	to->kdc_messages += from->kdc_messages;
	from->kdc_messages = 0;
	cssp_mech_trace_move(&to->trace, &from->trace);
	to->package = chosen ? from->package : 0;
	spnego_context_move_name(&to->client, &from->client);
	spnego_context_move_name(&to->claimed, &from->claimed);
	spnego_context_move_name(&to->workstation, &from->workstation);
}

/* The properties of the mechanism are those of SPNEGO. */
static void spnego_context_learn(struct cssp_spnego_context *c, bool chosen)
{
	c->base.ntlm_only = c->inner->ntlm_only;
	c->base.trailer = c->inner->trailer;
	c->base.signature = c->inner->signature;
	c->base.no_sign = c->inner->no_sign;
	c->base.no_seal = c->inner->no_seal;
	spnego_context_learn_facts(c, chosen);
}

void cssp_spnego_context_commit(struct cssp_spnego_context *c, struct cssp_spnego_leg *leg,
				bool chosen)
{
	struct cssp_mech_facts *facts = &c->base.facts;

	if (leg->inner) {
		/* The name that Kerberos had is not that of a logon by NTLM. */
		cssp_vbuf_free(&facts->client);
		cssp_mech_free(c->inner);
		c->inner = leg->inner;
	}
	facts->passed_over = leg->passed_over ?: facts->passed_over;
	facts->krb_error = leg->krb_error ?: facts->krb_error;
	facts->kdc_messages += leg->kdc_messages;
	cssp_mech_trace_move(&facts->trace, &leg->trace);
	c->mic_needed |= leg->mic_needed;
	if (leg->choice.count)
		c->choice = leg->choice;
	if (leg->mech_list.data)
		cssp_vbuf_move(&c->mech_list, &leg->mech_list);
	if (c->inner)
		spnego_context_learn(c, chosen);
	cssp_vbuf_free(&leg->token);
	cssp_vbuf_free(&leg->mech_token);
}

int cssp_spnego_context_end(struct cssp_spnego_context *c, u32 reason, int err)
{
	if (c->base.reason == CREDSSP_REASON_NONE)
		c->base.reason = reason ?: cssp_reason(CSSP_LAYER_SPNEGO, err);
	cssp_mech_free(c->inner);
	c->inner = NULL;
	return err;
}

void cssp_spnego_context_exit(struct cssp_spnego_context *c)
{
	cssp_mech_free(c->inner);
	cssp_vbuf_free(&c->mech_list);
	cssp_mech_facts_free(&c->base.facts);
}

/* Messages have keys, and no token was wrong. */
static int spnego_context_check(const struct cssp_spnego_context *c)
{
	return c->inner && c->progress != CSSP_MECH_CONTINUE ? 0 : CSSP_E_STATE;
}

/* After a message, which ends the machine if it failed. Returns @ret. */
static int spnego_context_end_message(struct cssp_spnego_context *c, int ret)
{
	return ret ? c->fail(&c->base, ret) : 0;
}

int cssp_spnego_context_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
			     struct cssp_vbuf *out)
{
	struct cssp_spnego_context *c = cssp_spnego_context_of(mech);
	int ret;

	ret = spnego_context_check(c) ?: c->inner->ops->wrap(c->inner, plain, out);
	return spnego_context_end_message(c, ret);
}

int cssp_spnego_context_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			       struct cssp_vbuf *out)
{
	struct cssp_spnego_context *c = cssp_spnego_context_of(mech);
	int ret;

	ret = spnego_context_check(c) ?: c->inner->ops->unwrap(c->inner, sealed, out);
	return spnego_context_end_message(c, ret);
}

int cssp_spnego_context_sign(struct cssp_mech *mech, const struct cssp_rd *message,
			     struct cssp_vbuf *signature)
{
	struct cssp_spnego_context *c = cssp_spnego_context_of(mech);
	int ret;

	ret = spnego_context_check(c) ?: c->inner->ops->sign(c->inner, message, signature);
	return spnego_context_end_message(c, ret);
}

int cssp_spnego_context_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			       const struct cssp_rd *signature)
{
	struct cssp_spnego_context *c = cssp_spnego_context_of(mech);
	int ret;

	ret = spnego_context_check(c) ?: c->inner->ops->verify(c->inner, message, signature);
	return spnego_context_end_message(c, ret);
}

int cssp_spnego_context_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	struct cssp_spnego_context *c = cssp_spnego_context_of(mech);

	return spnego_context_check(c) ?: c->inner->ops->session_key(c->inner, key);
}
