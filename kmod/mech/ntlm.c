// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM initiator, MS-NLMP 3.1: its states, its keys, and the messages that they
 * protect. ntlm_message.c has the three messages of the exchange.
 */

#include <linux/random.h>
#include <linux/slab.h>
#include "../base/filetime.h"
#include "../base/mem.h"
#include "../base/status.h"
#include "encode.h"
#include "ntlm.h"
#include "ntlm_message.h"

/**
 * struct ntlm_leg - what a handler computes, for the dispatcher to commit
 * @token: the message to send
 * @keyed: the exchange is complete, the session key counts
 * @reason: enum credssp_reason of a failure that has its own, else 0
 */
struct ntlm_leg {
	struct cssp_vbuf token;
	bool keyed;
	u32 reason;
};

static void ntlm_wipe_keys(struct cssp_ntlm *n)
{
	cssp_ntlm_dir_wipe(&n->to_server);
	cssp_ntlm_dir_wipe(&n->to_client);
	memzero_explicit(&n->fresh, sizeof(n->fresh));
	memzero_explicit(n->session_key, sizeof(n->session_key));
}

/*
 * Enter @next, or wipe and enter DEAD if @ret is a failure. Returns @ret. The
 * state is written here only.
 */
static int ntlm_enter(struct cssp_ntlm *n, enum cssp_ntlm_state next, u32 reason, int ret)
{
	if (!ret) {
		n->state = next;
		return 0;
	}
	if (n->base.reason == CREDSSP_REASON_NONE)
		n->base.reason = reason ?: cssp_reason(CSSP_LAYER_NTLM, ret);
	n->state = CSSP_NTLM_STATE_DEAD;
	ntlm_wipe_keys(n);
	return ret;
}

static int ntlm_start(struct cssp_ntlm *n, const struct cssp_rd *in, struct ntlm_leg *leg)
{
	if (in->left)
		return CSSP_E_STATE;
	return cssp_ntlm_negotiate_make(&leg->token);
}

static int ntlm_take_challenge(struct cssp_ntlm *n, const struct cssp_rd *in,
			       struct ntlm_leg *leg)
{
	leg->keyed = true;
	return cssp_ntlm_challenge_answer(n, in, &leg->token, &leg->reason);
}

/* NTLM has no token after AUTHENTICATE. */
static int ntlm_refuse(struct cssp_ntlm *n, const struct cssp_rd *in, struct ntlm_leg *leg)
{
	return CSSP_E_STATE;
}

/* A handler computes into @leg; ntlm_step() commits it and enters @next. */
static const struct ntlm_transition {
	int (*handle)(struct cssp_ntlm *n, const struct cssp_rd *in, struct ntlm_leg *leg);
	enum cssp_ntlm_state next;
	enum cssp_mech_progress progress;
} ntlm_transitions[CSSP_NTLM_STATES] = {
	[CSSP_NTLM_STATE_START] = {
		ntlm_start, CSSP_NTLM_STATE_NEGOTIATED, CSSP_MECH_CONTINUE
	},
	[CSSP_NTLM_STATE_NEGOTIATED] = {
		ntlm_take_challenge, CSSP_NTLM_STATE_ESTABLISHED, CSSP_MECH_DONE
	},
	[CSSP_NTLM_STATE_ESTABLISHED] = {
		ntlm_refuse, CSSP_NTLM_STATE_DEAD, CSSP_MECH_DONE
	},
	[CSSP_NTLM_STATE_DEAD] = {
		ntlm_refuse, CSSP_NTLM_STATE_DEAD, CSSP_MECH_DONE
	},
};

/* Key both directions, and wipe what only the exchange needed. */
static int ntlm_commit_keys(struct cssp_ntlm *n)
{
	int ret;

	memcpy(n->session_key, n->fresh.session_key, sizeof(n->session_key));
	memzero_explicit(&n->fresh, sizeof(n->fresh));
	cssp_vbuf_free(&n->negotiate);
	cssp_vbuf_free(&n->target);
	n->id = NULL;
	n->bindings = NULL;
	ret = cssp_ntlm_dir_init(&n->crypto, &n->to_server, CSSP_NTLM_CLIENT_TO_SERVER,
				 n->session_key);
	if (ret)
		return ret;
	return cssp_ntlm_dir_init(&n->crypto, &n->to_client, CSSP_NTLM_SERVER_TO_CLIENT,
				  n->session_key);
}

/* NEGOTIATE is kept, because the MIC covers it. */
static int ntlm_commit(struct cssp_ntlm *n, const struct ntlm_leg *leg)
{
	const struct cssp_rd token = cssp_vbuf_rd(&leg->token);

	return leg->keyed ? ntlm_commit_keys(n) : cssp_vbuf_set(&n->negotiate, &token);
}

static int ntlm_step(struct cssp_mech *mech, const struct cssp_rd *in,
		     struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	const struct ntlm_transition *t = &ntlm_transitions[n->state];
	struct ntlm_leg leg = {};
	int ret;

	ret = t->handle(n, in, &leg);
	if (ret)
		goto out;
	ret = ntlm_commit(n, &leg);
	if (ret)
		goto out;
	ret = cssp_vbuf_append(out, leg.token.data, leg.token.len);
	if (ret)
		goto out;
	*progress = t->progress;
out:
	cssp_vbuf_free(&leg.token);
	return ntlm_enter(n, t->next, leg.reason, ret);
}

static int ntlm_check_established(const struct cssp_ntlm *n)
{
	return n->state == CSSP_NTLM_STATE_ESTABLISHED ? 0 : CSSP_E_STATE;
}

/* After a message: the state stays, unless @ret is a failure. Returns @ret. */
static int ntlm_end_message(struct cssp_ntlm *n, int ret)
{
	return ntlm_enter(n, n->state, CREDSSP_REASON_NONE, ret);
}

static int ntlm_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
		     struct cssp_vbuf *out)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret;

	ret = ntlm_check_established(n) ?:
	      cssp_ntlm_seal(&n->crypto, &n->to_server, plain, out);
	return ntlm_end_message(n, ret);
}

static int ntlm_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
		       struct cssp_vbuf *out)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret;

	ret = ntlm_check_established(n) ?:
	      cssp_ntlm_unseal(&n->crypto, &n->to_client, sealed, out);
	return ntlm_end_message(n, ret);
}

static int ntlm_append_signature(struct cssp_ntlm *n, const struct cssp_rd *message,
				 struct cssp_vbuf *out)
{
	u8 signature[CSSP_NTLM_SIGNATURE_SIZE];
	int ret;

	ret = cssp_ntlm_sign(&n->crypto, &n->to_server, message, signature);
	if (ret)
		return ret;
	return cssp_vbuf_append(out, signature, sizeof(signature));
}

static int ntlm_sign(struct cssp_mech *mech, const struct cssp_rd *message,
		     struct cssp_vbuf *out)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret;

	ret = ntlm_check_established(n) ?: ntlm_append_signature(n, message, out);
	return ntlm_end_message(n, ret);
}

static int ntlm_verify(struct cssp_mech *mech, const struct cssp_rd *message,
		       const struct cssp_rd *signature)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret;

	ret = ntlm_check_established(n) ?:
	      cssp_ntlm_verify(&n->crypto, &n->to_client, message, signature);
	return ntlm_end_message(n, ret);
}

static int ntlm_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
			 struct cssp_vbuf *mic)
{
	int ret = ntlm_sign(mech, list, mic);

	if (ret)
		return ret;
	cssp_ntlm_dir_reset(&cssp_ntlm_of(mech)->to_server);
	return 0;
}

static int ntlm_check_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
			       const struct cssp_rd *mic)
{
	int ret = ntlm_verify(mech, list, mic);

	if (ret)
		return ret;
	cssp_ntlm_dir_reset(&cssp_ntlm_of(mech)->to_client);
	return 0;
}

static_assert(CSSP_NTLM_KEY_SIZE <= CSSP_SESSION_KEY_MAX);

static int ntlm_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret = ntlm_check_established(n);

	if (ret)
		return ret;
	memcpy(key->bytes, n->session_key, sizeof(n->session_key));
	key->length = sizeof(n->session_key);
	memzero_explicit(n->session_key, sizeof(n->session_key));
	return 0;
}

static void ntlm_free(struct cssp_mech *mech)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);

	cssp_vbuf_free(&n->target);
	cssp_vbuf_free(&n->negotiate);
	kfree_sensitive(n);
}

/* Encode the target as MsvAvTargetName will carry it. */
static int ntlm_set_target(struct cssp_ntlm *n, const char *target)
{
	const struct cssp_rd utf8 = cssp_rd_of(target, strlen(target));
	int ret = cssp_encode_utf16(&n->target, &utf8);

	return ret == -EBADMSG ? CSSP_E_TARGET : ret;
}

static_assert(sizeof(u64) == CSSP_NTLM_CHALLENGE_SIZE);

static void ntlm_draw(struct cssp_ntlm_fresh *fresh)
{
	const u64 nonce = get_random_u64();

	fresh->time = cssp_filetime_now();
	memcpy(fresh->client_challenge, &nonce, sizeof(nonce));
	get_random_bytes(fresh->session_key, sizeof(fresh->session_key));
}

static int ntlm_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct cssp_ntlm *n;
	int ret;

	/* An empty name is an anonymous logon, whose session key is all zeros. */
	if (!params->id->user.len)
		return CSSP_E_NO_CREDS;
	n = kzalloc(sizeof(*n), CSSP_GFP);
	if (!n)
		return -ENOMEM;
	n->base.ops = &cssp_ntlm_ops;
	n->base.ntlm_only = true;
	n->base.trailer = CSSP_NTLM_SIGNATURE_SIZE;
	n->base.signature = CSSP_NTLM_SIGNATURE_SIZE;
	n->base.facts.package = CREDSSP_PACKAGE_NTLM;
	n->id = params->id;
	n->bindings = params->bindings;
	ntlm_draw(&n->fresh);
	ret = cssp_ntlm_crypto_init(&n->crypto);
	if (ret)
		goto err_free;
	ret = ntlm_set_target(n, params->target);
	if (ret)
		goto err_free;
	*mech = &n->base;
	return 0;

err_free:
	ntlm_free(&n->base);
	return ret;
}

const struct cssp_mech_ops cssp_ntlm_ops = {
	.needs_ntlm = true,
	.create = ntlm_create,
	.step = ntlm_step,
	.wrap = ntlm_wrap,
	.unwrap = ntlm_unwrap,
	.sign = ntlm_sign,
	.verify = ntlm_verify,
	.list_mic = ntlm_list_mic,
	.check_list_mic = ntlm_check_list_mic,
	.session_key = ntlm_session_key,
	.free = ntlm_free,
};
