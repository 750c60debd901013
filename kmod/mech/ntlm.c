// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM initiator, MS-NLMP 3.1: its states and its keys. ntlm_message.c has its messages of
 * the exchange, ntlm_session.c those that the keys protect.
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
	cssp_ntlm_session_wipe(&n->session);
	memzero_explicit(&n->fresh, sizeof(n->fresh));
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
	if (n->session.base.reason == CREDSSP_REASON_NONE)
		n->session.base.reason = reason ?: cssp_reason(CSSP_LAYER_NTLM, ret);
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

/* Key both directions, and wipe what only the exchange needed. A CHALLENGE has all flags. */
static int ntlm_commit_keys(struct cssp_ntlm *n)
{
	int ret = cssp_ntlm_session_establish(&n->session, CSSP_NTLM_CLIENT_TO_SERVER,
					      n->fresh.session_key, CSSP_NTLM_STRONG_FLAGS);

	memzero_explicit(&n->fresh, sizeof(n->fresh));
	cssp_vbuf_free(&n->negotiate);
	cssp_vbuf_free(&n->target);
	n->id = NULL;
	n->bindings = NULL;
	return ret;
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

/* A message has failed. */
static int ntlm_fail(struct cssp_mech *mech, int err)
{
	return ntlm_enter(cssp_ntlm_of(mech), CSSP_NTLM_STATE_DEAD, CREDSSP_REASON_NONE, err);
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
	n->session.base.ops = &cssp_ntlm_ops;
	n->session.fail = ntlm_fail;
	n->id = params->id;
	n->bindings = params->bindings;
	ntlm_draw(&n->fresh);
	ret = cssp_ntlm_session_init(&n->session);
	if (ret)
		goto err_free;
	ret = ntlm_set_target(n, params->target);
	if (ret)
		goto err_free;
	*mech = &n->session.base;
	return 0;

err_free:
	ntlm_free(&n->session.base);
	return ret;
}

const struct cssp_mech_ops cssp_ntlm_ops = {
	.needs_ntlm = true,
	.create = ntlm_create,
	.step = ntlm_step,
	.wrap = cssp_ntlm_session_wrap,
	.unwrap = cssp_ntlm_session_unwrap,
	.sign = cssp_ntlm_session_sign,
	.verify = cssp_ntlm_session_verify,
	.list_mic = cssp_ntlm_session_list_mic,
	.check_list_mic = cssp_ntlm_session_check_list_mic,
	.session_key = cssp_ntlm_session_key,
	.free = ntlm_free,
};
