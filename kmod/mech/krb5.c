// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos initiator, RFC 4121, with user-to-user: its states. The helper makes the AP-REQ and
 * reads the AP-REP (krb5_upcall.c); its last reply has the context's key (krb5_context.c).
 *
 * A service may take user-to-user tickets only. Its KDC says so before there is a ticket (27),
 * the service itself in place of the AP-REP (69): then the exchange goes on with a TGT-REQ.
 * Nothing proves the service's KRB-ERROR, but user-to-user is not weaker.
 */
#define pr_fmt(fmt) "credssp: " fmt

#include "krb5.h"

#include <linux/printk.h>
#include <linux/slab.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "krb5_message.h"
#include "tickets.h"

/**
 * struct krb5_leg - what a handler computes, for the dispatcher to commit
 * @next: the state after it; the row's, unless the handler chooses another
 * @progress: likewise
 * @user_to_user: user-to-user is demanded: @token is a TGT-REQ
 * @token: the message to send
 * @answer: the helper's reply, if there is one
 * @outcome: to be reported, also after a failure
 */
struct krb5_leg {
	enum cssp_krb5_state next;
	enum cssp_mech_progress progress;
	bool user_to_user;
	struct cssp_vbuf token;
	struct cssp_krb5_answer answer;
	struct cssp_krb5_outcome outcome;
};

static void krb5_leg_free(struct krb5_leg *leg)
{
	cssp_vbuf_free(&leg->token);
	cssp_krb5_answer_free(&leg->answer);
}

static void krb5_wipe(struct cssp_krb5 *k)
{
	cssp_krb5_upcall_end(&k->upcall);
	cssp_vbuf_free(&k->saved);
	cssp_krb5_context_wipe(&k->context);
	k->id = NULL;
	k->bindings = NULL;
}

/*
 * Enter @next, or wipe and enter DEAD if @ret is a failure. Returns @ret. The
 * state is written here only.
 */
static int krb5_enter(struct cssp_krb5 *k, enum cssp_krb5_state next, u32 reason, int ret)
{
	if (!ret) {
		k->state = next;
		return 0;
	}
	if (k->context.base.reason == CREDSSP_REASON_NONE)
		k->context.base.reason = reason ?: cssp_reason(CSSP_LAYER_KRB5, ret);
	k->state = CSSP_KRB5_STATE_DEAD;
	krb5_wipe(k);
	return ret;
}

/*
 * The body of the peer's token, which must be a @want in the framing that was sent. A
 * KRB-ERROR is read in either framing, since it ends the exchange.
 */
static int krb5_receive(const struct cssp_krb5 *k, const struct cssp_rd *in, u16 want,
			struct cssp_rd *body, struct krb5_leg *leg)
{
	struct cssp_krb5_token t;
	int ret;

	ret = cssp_krb5_token_decode(in, &t);
	if (ret)
		return ret;
	if (t.id == CSSP_KRB5_KRB_ERROR)
		return cssp_krb5_message_error(&t.body, &leg->outcome);
	if (t.id != want || t.user_to_user != k->user_to_user || t.microsoft)
		return CSSP_E_STATE;
	if (t.body.left > CREDSSP_HLP_MAX_KRB5_MESSAGE)
		return CSSP_E_TOO_BIG;
	*body = t.body;
	return 0;
}

/* The target must have a principal. No logon was tried yet. */
static int krb5_check_target(const struct cssp_krb5 *k, struct krb5_leg *leg)
{
	if (k->target.len)
		return 0;
	leg->outcome.reason = CREDSSP_REASON_NO_REALM;
	leg->outcome.unavailable = true;
	return CSSP_E_TARGET;
}

/* @peer_ticket: of the peer, for user-to-user; else empty. */
static int krb5_make_ap_req(struct cssp_krb5 *k, const struct cssp_rd *peer_ticket,
			    struct krb5_leg *leg)
{
	const struct cssp_krb5_ask ask = {
		.id = k->id,
		.tickets = k->tickets,
		.store = k->store,
		.target = cssp_vbuf_rd(&k->target),
		.bindings = k->bindings,
		.user_to_user = k->user_to_user,
		.one_way = k->tickets->one_way,
		.optional = k->optional,
		.peer_ticket = *peer_ticket,
	};
	struct cssp_krb5_token t = { .user_to_user = k->user_to_user, .id = CSSP_KRB5_AP_REQ };
	int ret;

	ret = cssp_krb5_upcall_init(&k->upcall, &ask, &leg->answer, &leg->outcome);
	if (ret)
		return ret;
	t.body = leg->answer.message;
	return cssp_krb5_message_frame(&t, &leg->token);
}

static int krb5_make_tgt_req(const struct cssp_krb5 *k, struct krb5_leg *leg)
{
	const struct cssp_rd target = cssp_vbuf_rd(&k->target);

	return cssp_krb5_message_tgt_req(&target, &leg->token);
}

/*
 * Go on user-to-user after the failure @ret, if it demands that for the first time. An exchange
 * one way cannot: it has one token, and no AP-REP that AP_REQ_SENT could take.
 */
static int krb5_try_user_to_user(const struct cssp_krb5 *k, struct krb5_leg *leg, int ret)
{
	if (leg->outcome.reason != CREDSSP_REASON_USER_TO_USER || k->user_to_user ||
	    k->tickets->one_way)
		return ret;
	leg->outcome.reason = 0;
	leg->user_to_user = true;
	leg->next = CSSP_KRB5_STATE_TGT_REQ_SENT;
	leg->progress = CSSP_MECH_CONTINUE;
	return krb5_make_tgt_req(k, leg);
}

static int krb5_start(struct cssp_krb5 *k, const struct cssp_rd *in, struct krb5_leg *leg)
{
	const struct cssp_rd none = {};
	int ret;

	if (in->left)
		return CSSP_E_STATE;
	ret = krb5_check_target(k, leg);
	if (ret)
		return ret;
	ret = krb5_make_ap_req(k, &none, leg);
	return ret ? krb5_try_user_to_user(k, leg, ret) : 0;
}

static int krb5_start_user(struct cssp_krb5 *k, const struct cssp_rd *in, struct krb5_leg *leg)
{
	int ret;

	if (in->left)
		return CSSP_E_STATE;
	ret = krb5_check_target(k, leg);
	return ret ?: krb5_make_tgt_req(k, leg);
}

static int krb5_take_tgt_rep(struct cssp_krb5 *k, const struct cssp_rd *in,
			     struct krb5_leg *leg)
{
	struct cssp_rd body, ticket;
	int ret;

	ret = krb5_receive(k, in, CSSP_KRB5_TGT_REP, &body, leg);
	if (ret)
		return ret;
	ret = cssp_krb5_tgt_rep_decode(&body, &ticket);
	return ret ?: krb5_make_ap_req(k, &ticket, leg);
}

/*
 * The server may have refused a ticket that was saved, because its key has changed. The
 * next exchange gets a new one.
 */
static void krb5_forget_tickets(struct cssp_krb5 *k, const struct krb5_leg *leg)
{
	if (k->store && leg->outcome.krb_error)
		cssp_ticket_store_drop(k->store, k->id, &k->tickets->realm);
}

/* There is no AP-REP: @ret. The helper's conversation is of no more use. */
static int krb5_take_refusal(struct cssp_krb5 *k, struct krb5_leg *leg, int ret)
{
	ret = krb5_try_user_to_user(k, leg, ret);
	if (ret)
		krb5_forget_tickets(k, leg);
	else
		cssp_krb5_upcall_end(&k->upcall);
	return ret;
}

static int krb5_take_ap_rep(struct cssp_krb5 *k, const struct cssp_rd *in,
			    struct krb5_leg *leg)
{
	struct cssp_rd body;
	int ret;

	ret = krb5_receive(k, in, CSSP_KRB5_AP_REP, &body, leg);
	if (ret)
		return krb5_take_refusal(k, leg, ret);
	return cssp_krb5_upcall_step(&k->upcall, &body, &leg->answer, &leg->outcome);
}

/* Kerberos has no token after the AP-REP. */
static int krb5_refuse(struct cssp_krb5 *k, const struct cssp_rd *in, struct krb5_leg *leg)
{
	return CSSP_E_STATE;
}

/* A handler computes into @leg; krb5_step() commits it and enters @next. */
static const struct krb5_transition {
	int (*handle)(struct cssp_krb5 *k, const struct cssp_rd *in, struct krb5_leg *leg);
	enum cssp_krb5_state next;
	enum cssp_mech_progress progress;
} krb5_transitions[CSSP_KRB5_STATES] = {
	[CSSP_KRB5_STATE_START] = {
		krb5_start, CSSP_KRB5_STATE_AP_REQ_SENT, CSSP_MECH_CONTINUE
	},
	[CSSP_KRB5_STATE_START_USER] = {
		krb5_start_user, CSSP_KRB5_STATE_TGT_REQ_SENT, CSSP_MECH_CONTINUE
	},
	[CSSP_KRB5_STATE_START_ONE_WAY] = {
		krb5_start, CSSP_KRB5_STATE_ESTABLISHED, CSSP_MECH_DONE
	},
	[CSSP_KRB5_STATE_TGT_REQ_SENT] = {
		krb5_take_tgt_rep, CSSP_KRB5_STATE_AP_REQ_SENT, CSSP_MECH_CONTINUE
	},
	[CSSP_KRB5_STATE_AP_REQ_SENT] = {
		krb5_take_ap_rep, CSSP_KRB5_STATE_ESTABLISHED, CSSP_MECH_DONE
	},
	[CSSP_KRB5_STATE_ESTABLISHED] = {
		krb5_refuse, CSSP_KRB5_STATE_DEAD, CSSP_MECH_DONE
	},
	[CSSP_KRB5_STATE_DEAD] = {
		krb5_refuse, CSSP_KRB5_STATE_DEAD, CSSP_MECH_DONE
	},
};

/* Also after a failure. Without memory for the lines there are none. */
static void krb5_report(struct cssp_krb5 *k, const struct krb5_leg *leg)
{
	const struct cssp_krb5_outcome *o = &leg->outcome;
	struct cssp_mech_facts *facts = &k->context.base.facts;
	struct cssp_vbuf trace = {};

	facts->kdc_messages += o->kdc_messages;
	if (o->krb_error)
		facts->krb_error = o->krb_error;
	if (o->skew)
		facts->skew = o->skew;
	if (o->unavailable)
		k->context.base.unavailable = true;
	if (!cssp_vbuf_set(&trace, &leg->answer.trace))
		cssp_mech_trace_move(&facts->trace, &trace);
}

static int krb5_commit_ticket(struct cssp_krb5 *k, const struct cssp_krb5_answer *a)
{
	int ret;

	ret = cssp_krb5_message_client(&a->client, &k->context.base.facts.client);
	if (ret)
		return ret;
	k->context.base.facts.not_after = a->head.not_after;
	return cssp_vbuf_set(&k->saved, &a->saved);
}

/* Without memory for them, the next exchange gets its tickets from the KDC again. */
static void krb5_keep_tickets(struct cssp_krb5 *k)
{
	const struct cssp_rd saved = cssp_vbuf_rd(&k->saved);

	if (k->store && saved.left &&
	    cssp_ticket_store_put(k->store, k->id, &k->tickets->realm, &saved))
		pr_debug("no memory to keep tickets\n");
	cssp_vbuf_free(&k->saved);
}

/* Key both directions, and drop what only the exchange needed. */
static int krb5_commit_keys(struct cssp_krb5 *k, const struct cssp_krb5_answer *a)
{
	int ret = cssp_krb5_context_establish(&k->context, a, CSSP_KRB5_INITIATOR_TO_ACCEPTOR);

	if (ret)
		return ret;
	krb5_keep_tickets(k);
	k->id = NULL;
	k->bindings = NULL;
	return 0;
}

static int krb5_commit(struct cssp_krb5 *k, const struct krb5_leg *leg)
{
	int ret = 0;

	k->user_to_user |= leg->user_to_user;
	k->context.base.facts.user_to_user = k->user_to_user;
	if (leg->answer.message.left)
		ret = krb5_commit_ticket(k, &leg->answer);
	if (!ret && leg->answer.head.state == CREDSSP_HLP_KRB5_DONE)
		ret = krb5_commit_keys(k, &leg->answer);
	return ret;
}

static int krb5_step(struct cssp_mech *mech, const struct cssp_rd *in,
		     struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_krb5 *k = cssp_krb5_of(mech);
	const struct krb5_transition *t = &krb5_transitions[k->state];
	struct krb5_leg leg = { .next = t->next, .progress = t->progress };
	int ret;

	ret = t->handle(k, in, &leg);
	krb5_report(k, &leg);
	if (ret)
		goto out;
	ret = krb5_commit(k, &leg);
	if (ret)
		goto out;
	ret = cssp_vbuf_append(out, leg.token.data, leg.token.len);
	if (ret)
		goto out;
	*progress = leg.progress;
out:
	krb5_leg_free(&leg);
	return krb5_enter(k, leg.next, leg.outcome.reason, ret);
}

/* A message has failed. */
static int krb5_fail(struct cssp_mech *mech, int err)
{
	return krb5_enter(cssp_krb5_of(mech), CSSP_KRB5_STATE_DEAD, CREDSSP_REASON_NONE, err);
}

static void krb5_free(struct cssp_mech *mech)
{
	struct cssp_krb5 *k = cssp_krb5_of(mech);

	krb5_wipe(k);
	cssp_vbuf_free(&k->target);
	cssp_mech_facts_free(&k->context.base.facts);
	kfree_sensitive(k);
}

/* For a caller that passes none */
static const struct cssp_tickets krb5_no_tickets = { .source = CREDSSP_TICKETS_AUTO };

static enum cssp_krb5_state krb5_first_state(const struct cssp_tickets *tickets)
{
	if (tickets->one_way)
		return CSSP_KRB5_STATE_START_ONE_WAY;
	return tickets->user_to_user ? CSSP_KRB5_STATE_START_USER : CSSP_KRB5_STATE_START;
}

static int krb5_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct cssp_krb5 *k = kzalloc(sizeof(*k), CSSP_GFP);
	int ret;

	if (!k)
		return -ENOMEM;
	k->context.base.ops = &cssp_krb5_ops;
	k->context.fail = krb5_fail;
	k->context.base.facts.package = CREDSSP_PACKAGE_KERBEROS;
	k->id = params->id;
	k->bindings = params->bindings;
	k->tickets = params->tickets ?: &krb5_no_tickets;
	k->store = params->store;
	k->user_to_user = k->tickets->user_to_user;
	k->optional = params->optional;
	k->state = krb5_first_state(k->tickets);
	k->upcall.ops = params->helper ?: &cssp_helper_upcall;
	k->upcall.who = params->who;
	k->upcall.wait = params->wait;
	cssp_krb5_context_guess_sizes(&k->context);
	ret = cssp_krb5_message_target(params->target, &k->target);
	/* The first step reports a target without a principal. */
	if (ret && ret != CSSP_E_TARGET) {
		krb5_free(&k->context.base);
		return ret;
	}
	*mech = &k->context.base;
	return 0;
}

const struct cssp_mech_ops cssp_krb5_ops = {
	.needs_tickets = true,
	.create = krb5_create,
	.step = krb5_step,
	.wrap = cssp_krb5_context_wrap,
	.unwrap = cssp_krb5_context_unwrap,
	.sign = cssp_krb5_context_sign,
	.verify = cssp_krb5_context_verify,
	.list_mic = cssp_krb5_context_sign,
	.check_list_mic = cssp_krb5_context_verify,
	.session_key = cssp_krb5_context_session_key,
	.free = krb5_free,
};
