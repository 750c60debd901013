// SPDX-License-Identifier: GPL-2.0-only
/*
 * SPNEGO acceptor, RFC 4178 and MS-SPNG 3.3: takes the first mechanism of the initiator's list
 * that can be used, and protects the choice with mechListMICs. A mechanism's bare token in
 * the first place starts an exchange without SPNEGO.
 */
#include "spnego_acceptor.h"

#include <linux/kernel.h>
#include <linux/slab.h>

#include "../base/mem.h"
#include "../base/status.h"

/* For the initiator whose only mechanism is NTLM, when a policy forbids that (MS-ERREF) */
#define STATUS_NTLM_BLOCKED	0xc0000418

/*
 * Bytes of the longest MechTypeList: CSSP_SPNEGO_MAX_MECHS of the known OIDs take 200. It is
 * kept before anything is known of the initiator.
 */
#define MECH_LIST_MAX		1024

/* The initiator's order counts, not that of the rows. */
static const struct cssp_spnego_offer spnego_acc_offers[] = {
	{ CSSP_SPNEGO_MS_KRB5, &cssp_krb5_acceptor_ops },
	{ CSSP_SPNEGO_KRB5, &cssp_krb5_acceptor_ops },
	{ CSSP_SPNEGO_KRB5_U2U, &cssp_krb5_acceptor_ops },
	{ CSSP_SPNEGO_NTLM, &cssp_ntlm_acceptor_ops },
};

/**
 * struct spnego_acc_input - a token of the initiator, NegTokenInit or NegTokenResp
 * @token: the mechanism's token, may be empty
 * @has_mic: there is a mechListMIC
 * @mic: its contents
 * @oid: supportedMech of the answer, which only the first answer has; else empty
 */
struct spnego_acc_input {
	struct cssp_rd token;
	bool has_mic;
	struct cssp_rd mic;
	struct cssp_rd oid;
};

static struct cssp_spnego_acceptor *spnego_acc_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_spnego_acceptor, context.base);
}

/*
 * Enter @next, or wipe and enter DEAD if @ret is a failure. Returns @ret. The state is
 * written here only.
 */
static int spnego_acc_enter(struct cssp_spnego_acceptor *a,
			    enum cssp_spnego_acceptor_state next, u32 reason, int ret)
{
	a->state = ret ? CSSP_NEGO_ACC_DEAD : next;
	return ret ? cssp_spnego_context_end(&a->context, reason, ret) : 0;
}

/* The answer, with the mechanism's token if there is one */
static int spnego_acc_write(u32 state, const struct spnego_acc_input *in,
			    const struct cssp_vbuf *mic, struct cssp_spnego_leg *leg)
{
	struct cssp_spnego_resp resp = {
		.state = state,
		.mech = in->oid,
		.token = cssp_vbuf_rd(&leg->mech_token),
		.mic = cssp_vbuf_rd(mic),
	};

	return cssp_spnego_context_write_resp(&resp, &leg->token);
}

/*
 * More tokens of the mechanism follow, and there is no key yet to verify a MIC with. Some
 * initiators take another mechanism than their first one from request-mic only.
 */
static int spnego_acc_go_on(const struct spnego_acc_input *in, struct cssp_spnego_leg *leg)
{
	const bool requests_mic = in->oid.left && leg->mic_needed;
	const struct cssp_vbuf none = {};

	if (in->has_mic)
		return CSSP_E_STATE;
	leg->next = CSSP_NEGO_ACC_EXCHANGE;
	leg->progress = CSSP_MECH_CONTINUE;
	return spnego_acc_write(requests_mic ? CSSP_SPNEGO_REQUEST_MIC :
					       CSSP_SPNEGO_ACCEPT_INCOMPLETE, in, &none, leg);
}

/*
 * FreeRDP has user-to-user Kerberos as a mechanism by itself, the first one of its list. It
 * gives its first message the number of its MIC, so there must be none.
 */
static bool spnego_acc_lists_user_to_user(const struct cssp_spnego_acceptor *a)
{
	const struct cssp_rd list = cssp_vbuf_rd(&a->context.mech_list);
	struct cssp_rd mechs, oid;

	return !cssp_spnego_mech_list_open(&list, &mechs) &&
	       !cssp_spnego_mech_next(&mechs, &oid) &&
	       cssp_spnego_mech_of(&oid) == CSSP_SPNEGO_KRB5_U2U;
}

/*
 * The initiator has a MIC to verify, or is about to send one: besides RFC 4178 5, Windows
 * does with NTLM whose AUTHENTICATE has a MIC (MS-SPNG 3.3.5.1), and with user-to-user
 * Kerberos, which it does not list.
 */
static bool spnego_acc_sends_mic(const struct cssp_spnego_acceptor *a,
				 const struct spnego_acc_input *in,
				 const struct cssp_spnego_leg *leg)
{
	const struct cssp_mech *inner = cssp_spnego_leg_inner(&a->context, leg);

	return a->context.mic_needed || leg->mic_needed || in->has_mic ||
	       inner->ops->needs_ntlm ||
	       (inner->facts.user_to_user && !spnego_acc_lists_user_to_user(a));
}

/* The last answer, after which the initiator's MIC follows if @leg->next is FINAL */
static int spnego_acc_write_last(const struct cssp_spnego_acceptor *a,
				 const struct spnego_acc_input *in, bool sends_mic,
				 struct cssp_spnego_leg *leg)
{
	struct cssp_vbuf mic = {};
	int ret = 0;

	if (sends_mic)
		ret = cssp_spnego_leg_list_mic(&a->context, leg, &mic);
	if (!ret)
		ret = spnego_acc_write(leg->next == CSSP_NEGO_ACC_DONE ?
				       CSSP_SPNEGO_ACCEPT_COMPLETED :
				       CSSP_SPNEGO_ACCEPT_INCOMPLETE, in, &mic, leg);
	cssp_vbuf_free(&mic);
	return ret;
}

/*
 * The mechanism is done (RFC 4178 5). An initiator whose token was the last one of the
 * mechanism must send its MIC with it, if the MIC is needed. One that still has to take our
 * token sends its MIC afterwards. A MIC that is not needed may be missing: in CredSSP
 * pubKeyAuth, which binds the choice as well, then takes its place.
 */
static int spnego_acc_finish(const struct cssp_spnego_acceptor *a,
			     const struct spnego_acc_input *in, struct cssp_spnego_leg *leg)
{
	const bool needed = a->context.mic_needed || leg->mic_needed;
	const bool sends_mic = spnego_acc_sends_mic(a, in, leg);
	int ret;

	if (in->has_mic) {
		ret = cssp_spnego_leg_check_mic(&a->context, &in->mic, leg);
		if (ret)
			return ret;
	} else if (needed && !leg->mech_token.len) {
		return CSSP_E_STATE;
	}
	if (in->has_mic || !sends_mic) {
		leg->next = CSSP_NEGO_ACC_DONE;
		leg->progress = CSSP_MECH_DONE;
	} else {
		leg->next = CSSP_NEGO_ACC_FINAL;
		leg->progress = needed ? CSSP_MECH_CONTINUE : CSSP_MECH_READY;
	}
	return spnego_acc_write_last(a, in, sends_mic, leg);
}

/*
 * Step the mechanism, and write the answer. A failed mechanism may have a token that says
 * why; after a failure of SPNEGO the mechanism's token must not leave.
 */
static int spnego_acc_advance(const struct cssp_spnego_acceptor *a,
			      const struct spnego_acc_input *in, struct cssp_spnego_leg *leg)
{
	enum cssp_mech_progress progress;
	int ret;

	ret = cssp_spnego_leg_step(&a->context, &in->token, leg, &leg->mech_token, &progress);
	if (ret)
		return ret;
	ret = progress == CSSP_MECH_CONTINUE ? spnego_acc_go_on(in, leg) :
					       spnego_acc_finish(a, in, leg);
	if (ret)
		cssp_vbuf_clear(&leg->mech_token);
	return ret;
}

/* Start the mechanism that was picked, with the mechToken if that is for it. */
static int spnego_acc_start(const struct cssp_spnego_acceptor *a,
			    const struct cssp_spnego_init *init,
			    const struct cssp_spnego_pick *pick, struct cssp_spnego_leg *leg)
{
	const struct spnego_acc_input in = {
		.token = init->token,
		.has_mic = init->present & CSSP_SPNEGO_HAS_MIC,
		.mic = init->mic,
		.oid = pick->oid,
	};
	int ret;

	leg->mic_needed = !pick->is_first;
	ret = cssp_spnego_leg_create(&a->context, pick->row, false, leg);
	if (ret)
		return ret;
	return pick->is_first && init->token.left ? spnego_acc_advance(a, &in, leg) :
						    spnego_acc_go_on(&in, leg);
}

/* The mechanism has no algorithm, or what the acceptor needs for it is missing. */
static bool spnego_acc_is_unavailable(const struct cssp_spnego_leg *leg, int err)
{
	return leg->inner ? leg->inner->unavailable : err == CSSP_E_WEAK;
}

/*
 * The mechanism that failed is not tried under another of its OIDs. FreeRDP has one of its own
 * for user-to-user: where that alone has failed, the next one is that of tickets for the service.
 */
static void spnego_acc_drop(struct cssp_spnego_choice *c, unsigned int row,
			    const struct cssp_spnego_leg *leg)
{
	if (c->offers[row].mech == CSSP_SPNEGO_KRB5_U2U && leg->inner &&
	    leg->inner->only_user_to_user)
		cssp_spnego_choice_drop_row(c, row);
	else
		cssp_spnego_choice_drop(c, row);
}

/* Start the first mechanism of the list that can be used. */
static int spnego_acc_begin(const struct cssp_spnego_acceptor *a,
			    const struct cssp_spnego_init *init, struct cssp_spnego_leg *leg)
{
	const struct cssp_mech_params *params = &a->context.params;
	struct cssp_spnego_choice c = a->context.choice;
	struct cssp_spnego_pick pick;
	int ret;

	ret = cssp_spnego_choice_pick(&c, params, &init->mech_list, &pick);
	if (ret == CSSP_E_NTLM_ONLY)
		leg->reason = CREDSSP_REASON_NTLM_OFF;
	if (ret)
		return ret;
	while (1) {
		ret = spnego_acc_start(a, init, &pick, leg);
		if (!ret || !spnego_acc_is_unavailable(leg, ret))
			return ret;
		spnego_acc_drop(&c, pick.row, leg);
		if (cssp_spnego_choice_pick(&c, params, &init->mech_list, &pick))
			return ret;
		cssp_spnego_leg_pass_over(leg);
		cssp_vbuf_clear(&leg->mech_token);
	}
}

/* Negotiation begins. Hints in a NegTokenInit2 are a server's, and are ignored. */
static int spnego_acc_negotiate(const struct cssp_spnego_acceptor *a, const struct cssp_rd *in,
				struct cssp_spnego_leg *leg)
{
	struct cssp_spnego_init init;
	int ret;

	ret = cssp_spnego_init_decode(in, &init);
	if (ret)
		return ret;
	leg->in_spnego = true;
	if (init.mech_list.left > MECH_LIST_MAX) {
		leg->reason = CREDSSP_REASON_LIMIT;
		return CSSP_E_TOO_BIG;
	}
	ret = cssp_vbuf_set(&leg->mech_list, &init.mech_list);
	return ret ?: spnego_acc_begin(a, &init, leg);
}

/* Without SPNEGO the mechanism's tokens and progress are the acceptor's. */
static int spnego_acc_take_bare(const struct cssp_spnego_acceptor *a, const struct cssp_rd *in,
				struct cssp_spnego_leg *leg)
{
	int ret = cssp_spnego_leg_step(&a->context, in, leg, &leg->token, &leg->progress);

	if (ret)
		return ret;
	leg->next = leg->progress == CSSP_MECH_DONE ? CSSP_NEGO_ACC_DONE : CSSP_NEGO_ACC_BARE;
	return 0;
}

static int spnego_acc_begin_bare(const struct cssp_spnego_acceptor *a,
				 enum cssp_spnego_mech mech, const struct cssp_rd *in,
				 struct cssp_spnego_leg *leg)
{
	const struct cssp_spnego_choice *c = &a->context.choice;
	const struct cssp_rd oid = cssp_spnego_oid(mech);
	const unsigned int row = cssp_spnego_choice_find(c, &oid);

	if (row < c->count)
		return cssp_spnego_leg_create(&a->context, row, false, leg) ?:
		       spnego_acc_take_bare(a, in, leg);
	if (mech != CSSP_SPNEGO_NTLM || !a->context.params.no_ntlm)
		return CSSP_E_WEAK;
	leg->reason = CREDSSP_REASON_NTLM_OFF;
	return CSSP_E_NTLM_ONLY;
}

static int spnego_acc_await(const struct cssp_spnego_acceptor *a, const struct cssp_rd *in,
			    struct cssp_spnego_leg *leg)
{
	const enum cssp_spnego_mech bare = cssp_spnego_bare_mech(in);

	return bare == CSSP_SPNEGO_UNKNOWN ? spnego_acc_negotiate(a, in, leg) :
					     spnego_acc_begin_bare(a, bare, in, leg);
}

/*
 * NegTokenResp. The initiator's negState tells nothing that its other fields do not tell, and
 * initiators differ in it: only one that gives up is believed. supportedMech is the
 * acceptor's to say, and is ignored.
 */
static int spnego_acc_decode(const struct cssp_rd *in, struct spnego_acc_input *input,
			     struct cssp_spnego_leg *leg)
{
	struct cssp_spnego_resp resp;
	int ret;

	ret = cssp_spnego_resp_decode(in, &resp);
	if (ret)
		return ret;
	if (resp.present & CSSP_SPNEGO_HAS_STATE && resp.state == CSSP_SPNEGO_REJECT) {
		leg->in_spnego = false;
		return CSSP_E_STATE;
	}
	*input = (struct spnego_acc_input){
		.token = resp.token,
		.has_mic = resp.present & CSSP_SPNEGO_HAS_MIC,
		.mic = resp.mic,
	};
	return 0;
}

static int spnego_acc_take_token(const struct cssp_spnego_acceptor *a, const struct cssp_rd *in,
				 struct cssp_spnego_leg *leg)
{
	struct spnego_acc_input input;
	int ret = spnego_acc_decode(in, &input, leg);

	return ret ?: spnego_acc_advance(a, &input, leg);
}

/* The initiator's MIC, which ends the exchange without an answer */
static int spnego_acc_take_final(const struct cssp_spnego_acceptor *a, const struct cssp_rd *in,
				 struct cssp_spnego_leg *leg)
{
	struct spnego_acc_input input;
	int ret;

	ret = spnego_acc_decode(in, &input, leg);
	if (ret)
		return ret;
	if (input.token.left || !input.has_mic)
		return CSSP_E_STATE;
	leg->next = CSSP_NEGO_ACC_DONE;
	leg->progress = CSSP_MECH_DONE;
	return cssp_spnego_leg_check_mic(&a->context, &input.mic, leg);
}

static int spnego_acc_refuse(const struct cssp_spnego_acceptor *a, const struct cssp_rd *in,
			     struct cssp_spnego_leg *leg)
{
	return CSSP_E_STATE;
}

/**
 * struct spnego_acc_transition - a row of the machine
 * @handle: computes into the leg, with the state after it; spnego_acc_step() commits it
 * @in_spnego: a failure is told by negState reject, unless the handler decides otherwise
 */
struct spnego_acc_transition {
	int (*handle)(const struct cssp_spnego_acceptor *a, const struct cssp_rd *in,
		      struct cssp_spnego_leg *leg);
	bool in_spnego;
};

static const struct spnego_acc_transition spnego_acc_transitions[CSSP_NEGO_ACC_STATES] = {
	[CSSP_NEGO_ACC_AWAIT]	 = { spnego_acc_await, false },
	[CSSP_NEGO_ACC_BARE]	 = { spnego_acc_take_bare, false },
	[CSSP_NEGO_ACC_EXCHANGE] = { spnego_acc_take_token, true },
	[CSSP_NEGO_ACC_FINAL]	 = { spnego_acc_take_final, true },
	[CSSP_NEGO_ACC_DONE]	 = { spnego_acc_refuse, false },
	[CSSP_NEGO_ACC_DEAD]	 = { spnego_acc_refuse, false },
};

static int spnego_acc_handle(const struct cssp_spnego_acceptor *a, const struct cssp_rd *in,
			     struct cssp_spnego_leg *leg)
{
	const struct spnego_acc_transition *t = &spnego_acc_transitions[a->state];

	leg->in_spnego = t->in_spnego;
	if (a->context.legs < CSSP_SPNEGO_MAX_TOKENS)
		return t->handle(a, in, leg);
	leg->reason = CREDSSP_REASON_LIMIT;
	return CSSP_E_STATE;
}

/*
 * Tell the initiator that the negotiation is over. Without memory for it, it is not told. A
 * bare mechanism has its own words, or none.
 */
static void spnego_acc_reject(struct cssp_spnego_leg *leg)
{
	const struct spnego_acc_input none = {};
	const struct cssp_vbuf no_mic = {};

	if (leg->in_spnego && spnego_acc_write(CSSP_SPNEGO_REJECT, &none, &no_mic, leg))
		cssp_vbuf_clear(&leg->token);
}

static int spnego_acc_step(struct cssp_mech *mech, const struct cssp_rd *in,
			   struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_spnego_acceptor *a = spnego_acc_of(mech);
	struct cssp_spnego_leg leg = {};
	int ret, append;

	ret = spnego_acc_handle(a, in, &leg);
	if (ret)
		spnego_acc_reject(&leg);
	append = cssp_vbuf_append(out, leg.token.data, leg.token.len);
	ret = ret ?: append;
	cssp_spnego_context_commit(&a->context, &leg, true);
	if (ret == CSSP_E_NTLM_ONLY)
		a->context.base.facts.ntstatus = STATUS_NTLM_BLOCKED;
	ret = spnego_acc_enter(a, leg.next, leg.reason, ret);
	if (ret)
		return ret;
	a->context.legs++;
	a->context.progress = leg.progress;
	*progress = leg.progress;
	return 0;
}

/* A message has failed, perhaps in the inner mechanism. */
static int spnego_acc_fail(struct cssp_mech *mech, int err)
{
	struct cssp_spnego_acceptor *a = spnego_acc_of(mech);

	return spnego_acc_enter(a, CSSP_NEGO_ACC_DEAD,
				a->context.inner ? a->context.inner->reason : 0, err);
}

/* The initiator's first message takes the place of its last token. Returns @ret. */
static int spnego_acc_end_final(struct cssp_mech *mech, int ret)
{
	struct cssp_spnego_acceptor *a = spnego_acc_of(mech);

	if (ret || a->state != CSSP_NEGO_ACC_FINAL)
		return ret;
	a->context.progress = CSSP_MECH_DONE;
	return spnego_acc_enter(a, CSSP_NEGO_ACC_DONE, 0, 0);
}

static int spnego_acc_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			     struct cssp_vbuf *out)
{
	return spnego_acc_end_final(mech, cssp_spnego_context_unwrap(mech, sealed, out));
}

static int spnego_acc_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			     const struct cssp_rd *signature)
{
	return spnego_acc_end_final(mech, cssp_spnego_context_verify(mech, message, signature));
}

static void spnego_acc_free(struct cssp_mech *mech)
{
	struct cssp_spnego_acceptor *a = spnego_acc_of(mech);

	cssp_spnego_context_exit(&a->context);
	kfree_sensitive(a);
}

int cssp_spnego_acceptor_create_with(struct cssp_mech **mech,
				     const struct cssp_mech_params *params,
				     const struct cssp_spnego_offer *offers, unsigned int count)
{
	struct cssp_spnego_acceptor *a;
	int ret;

	if (count > CSSP_SPNEGO_MAX_MECHS)
		return CSSP_E_PARAMETER;
	a = kzalloc(sizeof(*a), CSSP_GFP);
	if (!a)
		return -ENOMEM;
	a->context.base.ops = &cssp_spnego_acceptor_ops;
	a->context.fail = spnego_acc_fail;
	a->context.params = *params;
	a->context.choice.offers = offers;
	a->context.choice.count = count;
	ret = cssp_spnego_choice_accept(&a->context.choice, params);
	if (ret) {
		spnego_acc_free(&a->context.base);
		return ret;
	}
	*mech = &a->context.base;
	return 0;
}

static int spnego_acc_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	return cssp_spnego_acceptor_create_with(mech, params, spnego_acc_offers,
						ARRAY_SIZE(spnego_acc_offers));
}

const struct cssp_mech_ops cssp_spnego_acceptor_ops = {
	.create = spnego_acc_create,
	.step = spnego_acc_step,
	.wrap = cssp_spnego_context_wrap,
	.unwrap = spnego_acc_unwrap,
	.sign = cssp_spnego_context_sign,
	.verify = spnego_acc_verify,
	.session_key = cssp_spnego_context_session_key,
	.free = spnego_acc_free,
};
