// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos acceptor, RFC 4121, with user-to-user. The helper reads the AP-REQ and makes the
 * AP-REP (krb5_acceptor_upcall.c); the messages are those of the initiator (krb5_context.c).
 *
 * Answers have the framing of what they answer. A TGT-REQ names the server that the initiator
 * wants; nothing proves the name, and the keytab and the KDC decide what there is a ticket
 * for. So it is not looked at, and may have any number of components.
 */
#include "krb5_acceptor.h"

#include <linux/slab.h>

#include "../base/mem.h"
#include "../base/status.h"
#include "krb5_message.h"

/**
 * struct acceptor_leg - what a handler computes, for the dispatcher to commit
 * @next: the state after it
 * @progress: what comes next
 * @in: the initiator's token
 * @token: the message to send; after a failure a KRB-ERROR, or empty
 * @answer: the helper's reply, if there is one
 * @outcome: to be reported, also after a failure
 * @only_user_to_user: it failed for a reason that matters for user-to-user alone
 */
struct acceptor_leg {
	enum cssp_krb5_acceptor_state next;
	enum cssp_mech_progress progress;
	struct cssp_krb5_token in;
	struct cssp_vbuf token;
	struct cssp_krb5_answer answer;
	struct cssp_krb5_outcome outcome;
	bool only_user_to_user;
};

static void acceptor_leg_free(struct acceptor_leg *leg)
{
	cssp_vbuf_free(&leg->token);
	cssp_krb5_answer_free(&leg->answer);
}

static void acceptor_wipe(struct cssp_krb5_acceptor *k)
{
	cssp_krb5_upcall_end(&k->upcall);
	cssp_krb5_context_wipe(&k->context);
}

/*
 * Enter @next, or wipe and enter DEAD if @ret is a failure. Returns @ret. The
 * state is written here only.
 */
static int acceptor_enter(struct cssp_krb5_acceptor *k, enum cssp_krb5_acceptor_state next,
			  u32 reason, int ret)
{
	if (!ret) {
		k->state = next;
		return 0;
	}
	if (k->context.base.reason == CREDSSP_REASON_NONE)
		k->context.base.reason = reason ?: cssp_reason(CSSP_LAYER_KRB5, ret);
	k->state = CSSP_KRB5_ACC_DEAD;
	acceptor_wipe(k);
	return ret;
}

static struct cssp_krb5_service acceptor_service(const struct cssp_krb5_acceptor *k)
{
	return (struct cssp_krb5_service){
		.keytab = cssp_vbuf_rd(&k->tickets->name),
		.spn = cssp_vbuf_rd(&k->spn),
		.bindings = k->bindings,
		.missing_bindings = k->missing_bindings,
	};
}

/* Frame a message of the helper as the token that it answers. */
static int acceptor_frame(struct acceptor_leg *leg, u16 id)
{
	const struct cssp_krb5_token t = {
		.user_to_user = leg->in.user_to_user,
		.microsoft = leg->in.microsoft,
		.id = id,
		.body = leg->answer.message,
	};

	return cssp_krb5_message_frame(&t, &leg->token);
}

/* The helper has refused the AP-REQ: @ret. It may have a message that says why. */
static int acceptor_refuse_request(struct acceptor_leg *leg, int ret)
{
	/* Without memory for it the initiator is not told. */
	if (leg->answer.message.left && acceptor_frame(leg, CSSP_KRB5_KRB_ERROR))
		cssp_vbuf_clear(&leg->token);
	return ret;
}

static int acceptor_take_ap_req(struct cssp_krb5_acceptor *k, struct acceptor_leg *leg)
{
	const struct cssp_krb5_service service = acceptor_service(k);
	int ret;

	if (leg->in.body.left > CREDSSP_HLP_MAX_KRB5_MESSAGE)
		return CSSP_E_TOO_BIG;
	ret = cssp_krb5_upcall_accept(&k->upcall, &service, &leg->in.body, &leg->answer,
				      &leg->outcome);
	if (ret)
		return acceptor_refuse_request(leg, ret);
	leg->next = CSSP_KRB5_ACC_ESTABLISHED;
	leg->progress = CSSP_MECH_DONE;
	/* Without mutual authentication there is nothing to send. */
	return leg->answer.message.left ? acceptor_frame(leg, CSSP_KRB5_AP_REP) : 0;
}

/*
 * There is no TGT. Can the keytab be of use for a ticket of the service? That needs no KDC, and
 * no principal that may log on. A helper that is missing and a keytab without keys, or with
 * wrong ones, are of no use for it either.
 */
static bool acceptor_may_have_keys(u32 reason)
{
	switch (reason) {
	case CREDSSP_REASON_NO_HELPER:
	case CREDSSP_REASON_NO_KERBEROS:
	case CREDSSP_REASON_FOREIGN:
	case CREDSSP_REASON_NO_TICKETS:
	case CREDSSP_REASON_PASSWORD:
		return false;
	default:
		return true;
	}
}

/* What the helper has found is wrong with the acceptor's keytab or KDC. Returns @ret. */
static int acceptor_without_tgt(struct acceptor_leg *leg, int ret)
{
	leg->outcome.unavailable = leg->outcome.reason;
	leg->only_user_to_user = leg->outcome.reason &&
				 acceptor_may_have_keys(leg->outcome.reason);
	return ret;
}

static int acceptor_take_tgt_req(struct cssp_krb5_acceptor *k, struct acceptor_leg *leg)
{
	const struct cssp_krb5_service service = acceptor_service(k);
	struct cssp_krb5_tgt_req req;
	int ret;

	ret = cssp_krb5_tgt_req_decode(&leg->in.body, &req);
	if (ret)
		return ret;
	ret = cssp_krb5_upcall_tgt(&k->upcall, &service, &leg->answer, &leg->outcome);
	if (ret)
		return acceptor_without_tgt(leg, ret);
	leg->next = CSSP_KRB5_ACC_TGT_SENT;
	leg->progress = CSSP_MECH_CONTINUE;
	return cssp_krb5_message_tgt_rep(&leg->answer.message, &leg->token);
}

/* An AP-REQ that is user-to-user needs the TGT of a TGT-REP. */
static int acceptor_await(struct cssp_krb5_acceptor *k, struct acceptor_leg *leg)
{
	if (leg->in.id == CSSP_KRB5_TGT_REQ)
		return acceptor_take_tgt_req(k, leg);
	if (leg->in.id != CSSP_KRB5_AP_REQ || leg->in.user_to_user)
		return CSSP_E_STATE;
	return acceptor_take_ap_req(k, leg);
}

static int acceptor_take_user_ap_req(struct cssp_krb5_acceptor *k, struct acceptor_leg *leg)
{
	if (leg->in.id != CSSP_KRB5_AP_REQ || !leg->in.user_to_user)
		return CSSP_E_STATE;
	return acceptor_take_ap_req(k, leg);
}

/* Kerberos has no token after the AP-REQ. */
static int acceptor_refuse(struct cssp_krb5_acceptor *k, struct acceptor_leg *leg)
{
	return CSSP_E_STATE;
}

/* A handler computes into @leg, with the state after it; acceptor_step() commits it. */
static int (*const acceptor_handlers[CSSP_KRB5_ACC_STATES])(struct cssp_krb5_acceptor *k,
							     struct acceptor_leg *leg) = {
	[CSSP_KRB5_ACC_AWAIT] = acceptor_await,
	[CSSP_KRB5_ACC_TGT_SENT] = acceptor_take_user_ap_req,
	[CSSP_KRB5_ACC_ESTABLISHED] = acceptor_refuse,
	[CSSP_KRB5_ACC_DEAD] = acceptor_refuse,
};

static void acceptor_report(struct cssp_krb5_acceptor *k, const struct acceptor_leg *leg)
{
	struct cssp_mech_facts *facts = &k->context.base.facts;

	facts->kdc_messages += leg->outcome.kdc_messages;
	facts->krb_error = leg->outcome.krb_error ?: facts->krb_error;
	facts->skew = leg->outcome.skew;
	facts->user_to_user = leg->in.user_to_user;
	if (leg->outcome.unavailable)
		k->context.base.unavailable = true;
	k->context.base.only_user_to_user = leg->only_user_to_user;
}

/*
 * A ticket proves its client. The name is also the claimed one, for the verdict on an exchange
 * that fails later.
 */
static int acceptor_name(struct cssp_mech_facts *facts, const struct cssp_rd *client)
{
	return cssp_krb5_message_client(client, &facts->client) ?:
	       cssp_krb5_message_client(client, &facts->claimed);
}

/* Key both directions. Only the reply DONE has a client. */
static int acceptor_commit(struct cssp_krb5_acceptor *k, const struct acceptor_leg *leg)
{
	const struct cssp_krb5_answer *a = &leg->answer;
	struct cssp_mech_facts *facts = &k->context.base.facts;
	int ret;

	if (leg->next != CSSP_KRB5_ACC_ESTABLISHED)
		return 0;
	ret = acceptor_name(facts, &a->client);
	if (ret)
		return ret;
	facts->not_after = a->head.not_after;
	facts->gss_flags = a->head.gss_flags;
	facts->bound = a->head.flags & CREDSSP_HLP_KRB5_BINDINGS_MATCH;
	ret = cssp_krb5_context_establish(&k->context, a, CSSP_KRB5_ACCEPTOR_TO_INITIATOR);
	/* FreeRDP's messages begin with 0 then, whatever its AP-REQ says. */
	if (!ret && !(a->head.gss_flags & CREDSSP_HLP_KRB5_GSS_SEQUENCE))
		cssp_krb5_dir_take_first(&k->context.rx);
	return ret;
}

/* An AP-REP without keys on this side would establish the initiator alone. */
static int acceptor_conclude(struct cssp_krb5_acceptor *k, struct acceptor_leg *leg)
{
	int ret = acceptor_commit(k, leg);

	if (ret)
		cssp_vbuf_clear(&leg->token);
	return ret;
}

static int acceptor_step(struct cssp_mech *mech, const struct cssp_rd *in,
			 struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_krb5_acceptor *k = cssp_krb5_acceptor_of(mech);
	struct acceptor_leg leg = {};
	int ret, append;

	ret = cssp_krb5_token_decode(in, &leg.in) ?: acceptor_handlers[k->state](k, &leg);
	acceptor_report(k, &leg);
	if (!ret)
		ret = acceptor_conclude(k, &leg);
	/* After a failure as well: the token says why. */
	append = cssp_vbuf_append(out, leg.token.data, leg.token.len);
	ret = ret ?: append;
	if (!ret)
		*progress = leg.progress;
	acceptor_leg_free(&leg);
	return acceptor_enter(k, leg.next, leg.outcome.reason, ret);
}

/* A message has failed. */
static int acceptor_fail(struct cssp_mech *mech, int err)
{
	return acceptor_enter(cssp_krb5_acceptor_of(mech), CSSP_KRB5_ACC_DEAD,
			      CREDSSP_REASON_NONE, err);
}

static void acceptor_free(struct cssp_mech *mech)
{
	struct cssp_krb5_acceptor *k = cssp_krb5_acceptor_of(mech);

	acceptor_wipe(k);
	cssp_vbuf_free(&k->spn);
	cssp_mech_facts_free(&k->context.base.facts);
	kfree_sensitive(k);
}

/* For a caller that names no keytab */
static const struct cssp_tickets acceptor_default_keytab = { .source = CREDSSP_TICKETS_KEYTAB };

/* An SPN that no principal has would match none. */
static int acceptor_set_spn(struct cssp_krb5_acceptor *k, const char *spn)
{
	return *spn ? cssp_krb5_message_target(spn, &k->spn) : 0;
}

static int acceptor_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct cssp_krb5_acceptor *k = kzalloc(sizeof(*k), CSSP_GFP);
	int ret;

	if (!k)
		return -ENOMEM;
	k->context.base.ops = &cssp_krb5_acceptor_ops;
	k->context.base.facts.package = CREDSSP_PACKAGE_KERBEROS;
	k->context.fail = acceptor_fail;
	k->tickets = params->tickets ?: &acceptor_default_keytab;
	k->bindings = params->bindings;
	k->missing_bindings = params->missing_bindings;
	k->upcall.ops = params->helper ?: &cssp_helper_upcall;
	k->upcall.who = params->who;
	k->upcall.wait = params->wait;
	cssp_krb5_context_guess_sizes(&k->context);
	ret = acceptor_set_spn(k, params->target);
	if (ret) {
		acceptor_free(&k->context.base);
		return ret;
	}
	*mech = &k->context.base;
	return 0;
}

const struct cssp_mech_ops cssp_krb5_acceptor_ops = {
	.needs_tickets = true,
	.create = acceptor_create,
	.step = acceptor_step,
	.wrap = cssp_krb5_context_wrap,
	.unwrap = cssp_krb5_context_unwrap,
	.sign = cssp_krb5_context_sign,
	.verify = cssp_krb5_context_verify,
	.list_mic = cssp_krb5_context_sign,
	.check_list_mic = cssp_krb5_context_verify,
	.session_key = cssp_krb5_context_session_key,
	.free = acceptor_free,
};
