// SPDX-License-Identifier: GPL-2.0-only
/*
 * SPNEGO initiator, RFC 4178 and MS-SPNG 3.2: offers what the table lists, the
 * first mechanism's token with it, and guards the choice with mechListMICs.
 */

#include <linux/kernel.h>
#include <linux/slab.h>
#include "../base/mem.h"
#include "../base/status.h"
#include "../wire/spnego_msg.h"
#include "encode.h"
#include "spnego.h"

/*
 * Replies of the acceptor that carry mechanism tokens.  NTLM takes one and
 * user-to-user Kerberos two; more is a peer that plays for time.
 */
#define MAX_REPLIES		8

/* Room for a MechTypeList: the longest OID has 10 bytes, each has a header of 2. */
#define MECH_LIST_ROOM(count)	(4 + 12 * (count))

/* What we offer, most wanted first. */
static const struct cssp_spnego_offer our_offers[] = {
	{ CSSP_SPNEGO_NTLM, &cssp_ntlm_ops },
};

/**
 * struct leg - what a handler computes, for the dispatcher to commit
 * @token: our message
 * @last: the mechanism is done and this is our last token
 */
struct leg {
	struct cssp_vbuf token;
	bool last;
};

static struct cssp_spnego *spnego_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_spnego, base);
}

static int fail(struct cssp_spnego *s, u32 reason, int err)
{
	s->base.reason = reason;
	return err;
}

/* A failure of the mechanism inside is known by the mechanism's reason. */
static int inner_result(struct cssp_spnego *s, int ret)
{
	return ret ? fail(s, s->inner->reason, ret) : 0;
}

/* The mechanism's keys go with it, and no step leads out of here. */
static int die(struct cssp_spnego *s, int err)
{
	if (s->base.reason == CREDSSP_REASON_NONE)
		s->base.reason = err == -ENOMEM ? CREDSSP_REASON_NO_MEMORY :
				 err == -EDQUOT ? CREDSSP_REASON_LIMIT :
						  CREDSSP_REASON_SPNEGO;
	s->state = CSSP_NEGO_DEAD;
	cssp_mech_free(s->inner);
	s->inner = NULL;
	return err;
}

static int write_init(struct cssp_spnego *s, const struct cssp_vbuf *mech_token,
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

/* RFC 4178 4.2.1: the offer, with the first mechanism's first token. */
static int offer(struct cssp_spnego *s, const struct cssp_rd *in, struct leg *leg)
{
	enum cssp_mech_progress progress;
	struct cssp_vbuf mech_token = {};
	int ret;

	ret = inner_result(s, s->inner->ops->step(s->inner, in, &mech_token, &progress));
	if (!ret)
		ret = write_init(s, &mech_token, &leg->token);
	cssp_vbuf_free(&mech_token);
	return ret;
}

/*
 * supportedMech counts in the first reply only (RFC 4178 4.2.2); absent, the
 * choice is the first that we listed.  A choice that we never offered is an
 * error, and so is one whose mechanism was not begun with.
 */
static int check_choice(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp)
{
	if (s->state != CSSP_NEGO_OFFERED || !(resp->present & CSSP_SPNEGO_HAS_MECH))
		return 0;
	return cssp_spnego_mech_of(&resp->mech) == s->offers[0].mech ? 0 : CSSP_E_STATE;
}

/* May the exchange go on after this negState? */
static int check_state(const struct cssp_spnego *s, const struct cssp_spnego_resp *resp)
{
	/* RFC 4178 4.2.2: required in the first reply, optional thereafter. */
	if (!(resp->present & CSSP_SPNEGO_HAS_STATE))
		return s->state == CSSP_NEGO_OFFERED ? CSSP_E_MALFORMED : 0;
	switch (resp->state) {
	case CSSP_SPNEGO_ACCEPT_INCOMPLETE:
		return 0;
	case CSSP_SPNEGO_REQUEST_MIC:
		/* We send a mechListMIC anyhow; it is asked for once. */
		return s->state == CSSP_NEGO_OFFERED ? 0 : CSSP_E_STATE;
	case CSSP_SPNEGO_REJECT:
		return CSSP_E_MALFORMED;
	default:
		/* Completed, before the mechanism is: then nothing was proven. */
		return CSSP_E_STATE;
	}
}

/* The mechanism is done: check the acceptor's MIC if it came along, make ours. */
static int exchange_mics(struct cssp_spnego *s, const struct cssp_spnego_resp *resp,
			 struct cssp_vbuf *mic)
{
	const struct cssp_rd list = cssp_vbuf_rd(&s->mech_list);
	struct cssp_mech *inner = s->inner;
	int ret = 0;

	if (resp->present & CSSP_SPNEGO_HAS_MIC)
		ret = inner->ops->check_list_mic(inner, &list, &resp->mic);
	if (!ret)
		ret = inner->ops->list_mic(inner, &list, mic);
	return inner_result(s, ret);
}

static int write_resp(const struct cssp_vbuf *mech_token, const struct cssp_vbuf *mic,
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

/* Hand the responseToken in, and answer with what comes out of the mechanism. */
static int go_on(struct cssp_spnego *s, const struct cssp_spnego_resp *resp, struct leg *leg)
{
	enum cssp_mech_progress progress;
	struct cssp_vbuf mech_token = {}, mic = {};
	int ret;

	ret = inner_result(s, s->inner->ops->step(s->inner, &resp->token, &mech_token,
						  &progress));
	if (ret)
		goto out;
	leg->last = progress != CSSP_MECH_CONTINUE;
	if (leg->last)
		ret = exchange_mics(s, resp, &mic);
	else if (resp->present & CSSP_SPNEGO_HAS_MIC)
		ret = CSSP_E_STATE;	/* there is no key yet to verify it with */
	if (!ret)
		ret = write_resp(&mech_token, &mic, &leg->token);
out:
	cssp_vbuf_free(&mech_token);
	cssp_vbuf_free(&mic);
	return ret;
}

static int reply(struct cssp_spnego *s, const struct cssp_rd *in, struct leg *leg)
{
	struct cssp_spnego_resp resp;
	int ret;

	if (++s->replies > MAX_REPLIES)
		return fail(s, CREDSSP_REASON_LIMIT, CSSP_E_STATE);
	ret = cssp_spnego_resp_decode(in, &resp);
	if (!ret)
		ret = check_state(s, &resp);
	if (!ret)
		ret = check_choice(s, &resp);
	return ret ? ret : go_on(s, &resp, leg);
}

/*
 * The acceptor's last token.  Its MIC may be missing (pubKeyAuth binds the
 * choice as well), but one that is there must be right, a copy of the
 * responseToken in its place included.
 */
static int finish(struct cssp_spnego *s, const struct cssp_rd *in, struct leg *leg)
{
	const struct cssp_rd list = cssp_vbuf_rd(&s->mech_list);
	struct cssp_spnego_resp resp;
	int ret;

	ret = cssp_spnego_resp_decode(in, &resp);
	if (ret)
		return ret;
	if (!(resp.present & CSSP_SPNEGO_HAS_STATE))
		return CSSP_E_MALFORMED;
	/* Our AUTHENTICATE is judged: a rejection is one of the logon. */
	if (resp.state == CSSP_SPNEGO_REJECT)
		return CSSP_E_LOGON_DENIED;
	if (resp.state != CSSP_SPNEGO_ACCEPT_COMPLETED || resp.token.left)
		return CSSP_E_STATE;
	if (!(resp.present & CSSP_SPNEGO_HAS_MIC))
		return 0;
	return inner_result(s, s->inner->ops->check_list_mic(s->inner, &list, &resp.mic));
}

static int refuse(struct cssp_spnego *s, const struct cssp_rd *in, struct leg *leg)
{
	return CSSP_E_STATE;
}

/* @next after a leg, @last after one that ended with our last token. */
static const struct transition {
	int (*handle)(struct cssp_spnego *s, const struct cssp_rd *in, struct leg *leg);
	enum cssp_spnego_state next;
	enum cssp_spnego_state last;
} transitions[CSSP_NEGO_STATES] = {
	[CSSP_NEGO_START]    = { offer,  CSSP_NEGO_OFFERED,  CSSP_NEGO_DEAD },
	[CSSP_NEGO_OFFERED]  = { reply,  CSSP_NEGO_EXCHANGE, CSSP_NEGO_FINAL },
	[CSSP_NEGO_EXCHANGE] = { reply,  CSSP_NEGO_EXCHANGE, CSSP_NEGO_FINAL },
	[CSSP_NEGO_FINAL]    = { finish, CSSP_NEGO_DONE,     CSSP_NEGO_DEAD },
	[CSSP_NEGO_DONE]     = { refuse, CSSP_NEGO_DEAD,     CSSP_NEGO_DEAD },
	[CSSP_NEGO_DEAD]     = { refuse, CSSP_NEGO_DEAD,     CSSP_NEGO_DEAD },
};

static const enum cssp_mech_progress progress_of[CSSP_NEGO_STATES] = {
	[CSSP_NEGO_OFFERED]  = CSSP_MECH_CONTINUE,
	[CSSP_NEGO_EXCHANGE] = CSSP_MECH_CONTINUE,
	[CSSP_NEGO_FINAL]    = CSSP_MECH_READY,
	[CSSP_NEGO_DONE]     = CSSP_MECH_DONE,
};

static int spnego_step(struct cssp_mech *mech, const struct cssp_rd *in,
		       struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_spnego *s = spnego_of(mech);
	const struct transition *t = &transitions[s->state];
	struct leg leg = {};
	int ret;

	ret = t->handle(s, in, &leg);
	if (!ret)
		ret = cssp_vbuf_append(out, leg.token.data, leg.token.len);
	cssp_vbuf_free(&leg.token);
	if (ret)
		return die(s, ret);
	s->state = leg.last ? t->last : t->next;
	*progress = progress_of[s->state];
	return 0;
}

/* Keys are there, and no token was wrong. */
static int check_ready(const struct cssp_spnego *s)
{
	return s->state == CSSP_NEGO_FINAL || s->state == CSSP_NEGO_DONE ? 0 : CSSP_E_STATE;
}

static int spnego_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
		       struct cssp_vbuf *out)
{
	struct cssp_spnego *s = spnego_of(mech);
	int ret;

	ret = check_ready(s);
	if (!ret)
		ret = inner_result(s, s->inner->ops->wrap(s->inner, plain, out));
	return ret ? die(s, ret) : 0;
}

static int spnego_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			 struct cssp_vbuf *out)
{
	struct cssp_spnego *s = spnego_of(mech);
	int ret;

	ret = check_ready(s);
	if (!ret)
		ret = inner_result(s, s->inner->ops->unwrap(s->inner, sealed, out));
	return ret ? die(s, ret) : 0;
}

static int spnego_sign(struct cssp_mech *mech, const struct cssp_rd *message,
		       struct cssp_vbuf *signature)
{
	struct cssp_spnego *s = spnego_of(mech);
	int ret;

	ret = check_ready(s);
	if (!ret)
		ret = inner_result(s, s->inner->ops->sign(s->inner, message, signature));
	return ret ? die(s, ret) : 0;
}

static int spnego_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			 const struct cssp_rd *signature)
{
	struct cssp_spnego *s = spnego_of(mech);
	int ret;

	ret = check_ready(s);
	if (!ret)
		ret = inner_result(s, s->inner->ops->verify(s->inner, message, signature));
	return ret ? die(s, ret) : 0;
}

static int spnego_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	struct cssp_spnego *s = spnego_of(mech);

	return check_ready(s) ?: s->inner->ops->session_key(s->inner, key);
}

static void spnego_free(struct cssp_mech *mech)
{
	struct cssp_spnego *s = spnego_of(mech);

	cssp_mech_free(s->inner);
	cssp_vbuf_free(&s->mech_list);
	kfree_sensitive(s);
}

static int write_mech_list(struct cssp_spnego *s, unsigned int count)
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
	s->state = CSSP_NEGO_START;
	ret = write_mech_list(s, count);
	if (!ret)
		ret = offers[0].ops->create(&s->inner, params);
	if (ret) {
		spnego_free(&s->base);
		return ret;
	}
	s->base.ntlm_only = s->inner->ntlm_only;
	s->base.trailer = s->inner->trailer;
	*mech = &s->base;
	return 0;
}

static int spnego_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return cssp_spnego_create_with(mech, params, our_offers, ARRAY_SIZE(our_offers));
}

const struct cssp_mech_ops cssp_spnego_ops = {
	.name = "Negotiate",
	.create = spnego_create,
	.step = spnego_step,
	.wrap = spnego_wrap,
	.unwrap = spnego_unwrap,
	.sign = spnego_sign,
	.verify = spnego_verify,
	.session_key = spnego_session_key,
	.free = spnego_free,
};
