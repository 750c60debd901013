// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM acceptor, MS-NLMP 3.2: its states. ntlm_challenge.c has its message, and
 * ntlm_authenticate.c the checks of the initiator's that need no account; the helper, which
 * has the accounts, checks the proof (ntlm_logon_upcall.c).
 *
 * An unknown account and a wrong password take the same way, to the same end: NTLM has no
 * token for either of them.
 */
#include "ntlm_acceptor.h"

#include <crypto/algapi.h>
#include <linux/random.h>
#include <linux/slab.h>
#include <linux/utsname.h>

#include "../base/filetime.h"
#include "../base/mem.h"
#include "../base/status.h"
#include "ntlm_authenticate.h"
#include "ntlm_names.h"

/**
 * struct ntlm_acc_leg - what a handler computes, for the dispatcher to commit
 * @token: the message to send
 * @keyed: the exchange is complete, @session_key and @account count
 * @session_key: the exported session key
 * @flags: what is negotiated, if @keyed
 * @account: who has logged on
 * @claimed: who the initiator says it is; reported also after a failure
 * @workstation: its machine, likewise
 * @finding: of the checks, likewise
 */
struct ntlm_acc_leg {
	struct cssp_vbuf token;
	bool keyed;
	u8 session_key[CSSP_NTLM_KEY_SIZE];
	u32 flags;
	struct cssp_ntlm_account account;
	struct cssp_vbuf claimed;
	struct cssp_vbuf workstation;
	struct cssp_ntlm_finding finding;
};

static void ntlm_acc_leg_free(struct ntlm_acc_leg *leg)
{
	cssp_vbuf_free(&leg->token);
	cssp_vbuf_free(&leg->account.name);
	cssp_vbuf_free(&leg->claimed);
	cssp_vbuf_free(&leg->workstation);
	memzero_explicit(leg, sizeof(*leg));
}

/* Free what only the exchange needs. */
static void ntlm_acc_end_exchange(struct cssp_ntlm_acceptor *a)
{
	cssp_vbuf_free(&a->negotiate);
	cssp_vbuf_free(&a->challenge);
	a->id = NULL;
	a->bindings = NULL;
}

/*
 * Enter @next, or wipe and enter DEAD if @ret is a failure. Returns @ret. The
 * state is written here only.
 */
static int ntlm_acc_enter(struct cssp_ntlm_acceptor *a, enum cssp_ntlm_acceptor_state next,
			  u32 reason, int ret)
{
	if (!ret) {
		a->state = next;
		return 0;
	}
	if (a->session.base.reason == CREDSSP_REASON_NONE)
		a->session.base.reason = reason ?: cssp_reason(CSSP_LAYER_NTLM, ret);
	a->state = CSSP_NTLM_ACC_DEAD;
	ntlm_acc_end_exchange(a);
	cssp_ntlm_session_wipe(&a->session);
	return ret;
}

static int ntlm_acc_take_negotiate(struct cssp_ntlm_acceptor *a, const struct cssp_rd *in,
				   struct ntlm_acc_leg *leg)
{
	const struct cssp_rd domain = a->id ? cssp_vbuf_rd(&a->id->domain) :
					      (struct cssp_rd){};
	char host[sizeof(init_utsname()->nodename)];

	if (in->left > CSSP_NTLM_MAX_NEGOTIATE)
		return CSSP_E_TOO_BIG;
	/* The kernel's may change while it is copied; it always ends within its array. */
	strscpy(host, a->host ?: init_utsname()->nodename, sizeof(host));
	return cssp_ntlm_challenge_make(in, a->needed, &domain, host, &a->nonce, &leg->token,
					&leg->finding.reason);
}

static int ntlm_acc_get_demand(const struct cssp_ntlm_acceptor *a,
			       struct cssp_ntlm_demand *demand)
{
	const struct cssp_rd challenge = cssp_vbuf_rd(&a->challenge);

	demand->flags = a->needed;
	demand->bindings = a->bindings;
	demand->missing_bindings = a->missing_bindings;
	return cssp_ntlm_challenge_decode(&challenge, &demand->sent);
}

/* Let the helper check the proof. */
static int ntlm_acc_logon(struct cssp_ntlm_acceptor *a,
			  const struct cssp_ntlm_authenticate *msg,
			  const struct cssp_ntlm_demand *demand, struct ntlm_acc_leg *leg)
{
	const struct cssp_ntlm_logon logon = {
		.user = msg->user,
		.domain = msg->domain,
		.workstation = msg->workstation,
		.response = msg->nt,
		.server_challenge = demand->sent.server_challenge,
		.peer = a->peer,
	};
	int ret = cssp_ntlm_logon_ask(&a->upcall, &logon, &leg->account);

	leg->finding.reason = leg->account.reason;
	leg->finding.ntstatus = leg->account.ntstatus;
	return ret;
}

/*
 * The MIC over the three messages. After a right proof a wrong one is a message that was
 * changed on the way (CVE-2019-1040); the initiator is told no more than after a wrong proof.
 */
static int ntlm_acc_check_mic(struct cssp_ntlm_acceptor *a, const struct cssp_rd *in,
			      const struct cssp_rd *got, struct ntlm_acc_leg *leg)
{
	const struct cssp_rd negotiate = cssp_vbuf_rd(&a->negotiate);
	const struct cssp_rd challenge = cssp_vbuf_rd(&a->challenge);
	u8 mic[CSSP_NTLM_MIC_SIZE];
	bool wrong;
	int ret;

	ret = cssp_ntlm_message_mic(&a->session.crypto, leg->session_key, &negotiate,
				    &challenge, in, mic);
	if (ret)
		return ret;
	wrong = got->left != sizeof(mic) || crypto_memneq(got->p, mic, sizeof(mic));
	memzero_explicit(mic, sizeof(mic));
	if (!wrong)
		return 0;
	leg->finding.reason = CREDSSP_REASON_MECH_MIC;
	leg->finding.ntstatus = CSSP_NTLM_LOGON_FAILURE;
	return CSSP_E_LOGON_DENIED;
}

/* MS-NLMP 3.4.5.1: with NTLMv2 the KeyExchangeKey is the SessionBaseKey. */
static int ntlm_acc_export_key(const struct cssp_ntlm_authenticate *msg, struct ntlm_acc_leg *leg)
{
	const u8 *key_exchange_key = leg->account.session_base_key;

	if (cssp_ntlm_authenticate_has_key(msg, leg->flags))
		return cssp_ntlm_key_exchange(key_exchange_key, msg->enc_key.p,
					      leg->session_key);
	memcpy(leg->session_key, key_exchange_key, sizeof(leg->session_key));
	return 0;
}

static int ntlm_acc_take_authenticate(struct cssp_ntlm_acceptor *a, const struct cssp_rd *in,
				      struct ntlm_acc_leg *leg)
{
	struct cssp_ntlm_demand demand = {};
	struct cssp_ntlm_authenticate msg;
	int ret;

	ret = cssp_ntlm_authenticate_decode(in, &msg);
	if (ret)
		return ret;
	ret = cssp_ntlm_claim(&msg, &leg->claimed, &leg->workstation);
	if (ret)
		return ret;
	ret = ntlm_acc_get_demand(a, &demand);
	if (ret)
		return ret;
	ret = cssp_ntlm_authenticate_check(&msg, &demand, &leg->finding);
	if (ret)
		return ret;
	ret = ntlm_acc_logon(a, &msg, &demand, leg);
	if (ret)
		return ret;
	leg->flags = msg.flags & demand.sent.flags;
	ret = ntlm_acc_export_key(&msg, leg);
	if (ret)
		return ret;
	leg->keyed = true;
	return ntlm_acc_check_mic(a, in, &msg.mic, leg);
}

/* NTLM has no token after AUTHENTICATE. */
static int ntlm_acc_refuse(struct cssp_ntlm_acceptor *a, const struct cssp_rd *in,
			   struct ntlm_acc_leg *leg)
{
	return CSSP_E_STATE;
}

/* A handler computes into @leg; ntlm_acc_step() commits it and enters @next. */
static const struct ntlm_acc_transition {
	int (*handle)(struct cssp_ntlm_acceptor *a, const struct cssp_rd *in,
		      struct ntlm_acc_leg *leg);
	enum cssp_ntlm_acceptor_state next;
	enum cssp_mech_progress progress;
} ntlm_acc_transitions[CSSP_NTLM_ACC_STATES] = {
	[CSSP_NTLM_ACC_START] = {
		ntlm_acc_take_negotiate, CSSP_NTLM_ACC_CHALLENGED, CSSP_MECH_CONTINUE
	},
	[CSSP_NTLM_ACC_CHALLENGED] = {
		ntlm_acc_take_authenticate, CSSP_NTLM_ACC_ESTABLISHED, CSSP_MECH_DONE
	},
	[CSSP_NTLM_ACC_ESTABLISHED] = {
		ntlm_acc_refuse, CSSP_NTLM_ACC_DEAD, CSSP_MECH_DONE
	},
	[CSSP_NTLM_ACC_DEAD] = {
		ntlm_acc_refuse, CSSP_NTLM_ACC_DEAD, CSSP_MECH_DONE
	},
};

/* The verdict names who asked for the logon, also where it is refused. */
static void ntlm_acc_report(struct cssp_ntlm_acceptor *a, struct ntlm_acc_leg *leg)
{
	struct cssp_mech_facts *facts = &a->session.base.facts;

	if (leg->claimed.len)
		cssp_vbuf_move(&facts->claimed, &leg->claimed);
	if (leg->workstation.len)
		cssp_vbuf_move(&facts->workstation, &leg->workstation);
	facts->ntstatus = facts->ntstatus ?: leg->finding.ntstatus;
	facts->bound |= leg->finding.bound;
}

/* Both messages are kept, because the MIC covers them. */
static int ntlm_acc_keep(struct cssp_ntlm_acceptor *a, const struct cssp_rd *in,
			 const struct ntlm_acc_leg *leg)
{
	const struct cssp_rd token = cssp_vbuf_rd(&leg->token);
	int ret;

	ret = cssp_vbuf_set(&a->negotiate, in);
	if (ret)
		return ret;
	return cssp_vbuf_set(&a->challenge, &token);
}

static int ntlm_acc_commit(struct cssp_ntlm_acceptor *a, const struct cssp_rd *in,
			   struct ntlm_acc_leg *leg)
{
	int ret;

	if (!leg->keyed)
		return ntlm_acc_keep(a, in, leg);
	ret = cssp_ntlm_session_establish(&a->session, CSSP_NTLM_SERVER_TO_CLIENT,
					  leg->session_key, leg->flags);
	if (ret)
		return ret;
	a->session.base.no_sign = !(leg->flags & (CSSP_NTLM_SIGN | CSSP_NTLM_SEAL));
	a->session.base.no_seal = !(leg->flags & CSSP_NTLM_SEAL);
	cssp_vbuf_move(&a->session.base.facts.client, &leg->account.name);
	ntlm_acc_end_exchange(a);
	return 0;
}

static int ntlm_acc_step(struct cssp_mech *mech, const struct cssp_rd *in,
			 struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_ntlm_acceptor *a = cssp_ntlm_acceptor_of(mech);
	const struct ntlm_acc_transition *t = &ntlm_acc_transitions[a->state];
	struct ntlm_acc_leg leg = {};
	u32 reason;
	int ret;

	ret = t->handle(a, in, &leg);
	ntlm_acc_report(a, &leg);
	if (ret)
		goto out;
	ret = ntlm_acc_commit(a, in, &leg);
	if (ret)
		goto out;
	ret = cssp_vbuf_append(out, leg.token.data, leg.token.len);
	if (ret)
		goto out;
	*progress = t->progress;
out:
	reason = leg.finding.reason;
	ntlm_acc_leg_free(&leg);
	return ntlm_acc_enter(a, t->next, reason, ret);
}

/* A message has failed. */
static int ntlm_acc_fail(struct cssp_mech *mech, int err)
{
	return ntlm_acc_enter(cssp_ntlm_acceptor_of(mech), CSSP_NTLM_ACC_DEAD,
			      CREDSSP_REASON_NONE, err);
}

static void ntlm_acc_free(struct cssp_mech *mech)
{
	struct cssp_ntlm_acceptor *a = cssp_ntlm_acceptor_of(mech);

	ntlm_acc_end_exchange(a);
	cssp_mech_facts_free(&mech->facts);
	kfree_sensitive(a);
}

static void ntlm_acc_draw(struct cssp_ntlm_nonce *nonce)
{
	nonce->time = cssp_filetime_now();
	get_random_bytes(nonce->server_challenge, sizeof(nonce->server_challenge));
}

/*
 * NTLM's keys are strong only with the others, whatever they protect. Initiators ask for
 * KEY_EXCH only together with SIGN or SEAL (MS-NLMP 3.1.5.1.2).
 */
static u32 ntlm_acc_needed(const struct cssp_mech_params *params)
{
	u32 needed = CSSP_NTLM_STRONG_FLAGS;

	if (params->sign_optional)
		needed &= ~CSSP_NTLM_SIGN;
	if (params->seal_optional)
		needed &= ~CSSP_NTLM_SEAL;
	if (params->sign_optional && params->seal_optional)
		needed &= ~CSSP_NTLM_KEY_EXCH;
	return needed;
}

static int ntlm_acc_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct cssp_ntlm_acceptor *a = kzalloc(sizeof(*a), CSSP_GFP);
	int ret;

	if (!a)
		return -ENOMEM;
	a->session.base.ops = &cssp_ntlm_acceptor_ops;
	a->session.fail = ntlm_acc_fail;
	a->id = params->id;
	a->bindings = params->bindings;
	a->missing_bindings = params->missing_bindings;
	a->needed = ntlm_acc_needed(params);
	a->peer = params->peer;
	a->host = params->host;
	a->upcall.ops = params->helper ?: &cssp_helper_upcall;
	a->upcall.who = params->who;
	a->upcall.wait = params->wait;
	ntlm_acc_draw(&a->nonce);
	ret = cssp_ntlm_session_init(&a->session);
	if (ret) {
		ntlm_acc_free(&a->session.base);
		return ret;
	}
	*mech = &a->session.base;
	return 0;
}

const struct cssp_mech_ops cssp_ntlm_acceptor_ops = {
	.needs_ntlm = true,
	.create = ntlm_acc_create,
	.step = ntlm_acc_step,
	.wrap = cssp_ntlm_session_wrap,
	.unwrap = cssp_ntlm_session_unwrap,
	.sign = cssp_ntlm_session_sign,
	.verify = cssp_ntlm_session_verify,
	.list_mic = cssp_ntlm_session_list_mic,
	.check_list_mic = cssp_ntlm_session_check_list_mic,
	.session_key = cssp_ntlm_session_key,
	.free = ntlm_acc_free,
};
