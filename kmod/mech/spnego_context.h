/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the initiator and the acceptor of SPNEGO have in common: the mechanism in use with its
 * messages and facts, the MechTypeList, and what a step computes. For them and their tests
 * only.
 */
#ifndef CSSP_MECH_SPNEGO_CONTEXT_H
#define CSSP_MECH_SPNEGO_CONTEXT_H

#include <linux/kernel.h>

#include "spnego_choice.h"

/*
 * Tokens of the peer that an exchange may have. NTLM takes two and user-to-user Kerberos
 * three; the bound ends an exchange that makes no progress.
 */
#define CSSP_SPNEGO_MAX_TOKENS	8

/**
 * struct cssp_spnego_context - common part of both mechanisms
 * @base: the part that callers see
 * @fail: end the mechanism after a failed message; returns the failure
 * @params: for the mechanisms
 * @choice: the mechanisms that may be used
 * @inner: the mechanism in use; NULL before there is one and when dead
 * @mech_list: the MechTypeList as sent, which the mechListMICs cover
 * @mic_needed: the peer must prove the choice by its mechListMIC (RFC 4178 5)
 * @progress: after the last step; messages have keys from CSSP_MECH_READY on
 * @legs: successful steps
 */
struct cssp_spnego_context {
	struct cssp_mech base;
	int (*fail)(struct cssp_mech *mech, int err);
	struct cssp_mech_params params;
	struct cssp_spnego_choice choice;
	struct cssp_mech *inner;
	struct cssp_vbuf mech_list;
	bool mic_needed;
	enum cssp_mech_progress progress;
	unsigned int legs;
};

/**
 * struct cssp_spnego_leg - what a handler computes, for the dispatcher to commit
 * @next: the state of its machine after it; the row's, unless the handler chooses another
 * @progress: what comes next
 * @token: the message to send, may be empty
 * @mech_token: acceptor: the mechanism's token in it
 * @in_spnego: acceptor: a failure is told by negState reject
 * @inner: the mechanism that takes the place of the present one, or NULL
 * @choice: what is offered, if this leg makes the offer
 * @mech_list: the MechTypeList, if this leg has it
 * @mic_needed: the peer must send its mechListMIC
 * @passed_over: enum credssp_reason why a better mechanism is not used, else 0
 * @krb_error: of the mechanism that was passed over
 * @kdc_messages: likewise
 * @trace: likewise
 * @reason: enum credssp_reason of a failure that has its own, else 0
 */
struct cssp_spnego_leg {
	unsigned int next;
	enum cssp_mech_progress progress;
	struct cssp_vbuf token;
	struct cssp_vbuf mech_token;
	bool in_spnego;
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

static inline struct cssp_spnego_context *cssp_spnego_context_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_spnego_context, base);
}

/* The mechanism that a handler works with */
static inline struct cssp_mech *cssp_spnego_leg_inner(const struct cssp_spnego_context *c,
						      const struct cssp_spnego_leg *leg)
{
	return leg->inner ?: c->inner;
}

/**
 * cssp_spnego_leg_create() - create the mechanism of a row
 * @c: context
 * @row: of @c->choice.offers
 * @optional: another mechanism can take its place
 * @leg: out: @leg->inner
 *
 * Return: 0, or as the mechanism's create().
 */
int __must_check cssp_spnego_leg_create(const struct cssp_spnego_context *c, unsigned int row,
					bool optional, struct cssp_spnego_leg *leg);

/*
 * Step the mechanism. A failure, of this and of the two calls below, is reported with the
 * mechanism's reason.
 */
int __must_check cssp_spnego_leg_step(const struct cssp_spnego_context *c,
				      const struct cssp_rd *in, struct cssp_spnego_leg *leg,
				      struct cssp_vbuf *mech_token,
				      enum cssp_mech_progress *progress);
/* Verify the peer's mechListMIC. */
int __must_check cssp_spnego_leg_check_mic(const struct cssp_spnego_context *c,
					   const struct cssp_rd *mic,
					   struct cssp_spnego_leg *leg);
/* Append the own mechListMIC to @mic. */
int __must_check cssp_spnego_leg_list_mic(const struct cssp_spnego_context *c,
					  struct cssp_spnego_leg *leg, struct cssp_vbuf *mic);

/* Drop @leg->inner, which cannot be used, and keep what is to be told about it. */
void cssp_spnego_leg_pass_over(struct cssp_spnego_leg *leg);

/*
 * Write a NegTokenResp with the fields of @resp that are not empty, and negState. @token: out:
 * replaced. 0, -ENOMEM or -EDQUOT.
 */
int __must_check cssp_spnego_context_write_resp(struct cssp_spnego_resp *resp,
						struct cssp_vbuf *token);

/*
 * Commit what the report tells, after a failure as well, and the mechanism of the leg; free
 * the leg's buffers. @chosen: both sides know which mechanism is used.
 */
void cssp_spnego_context_commit(struct cssp_spnego_context *c, struct cssp_spnego_leg *leg,
				bool chosen);
/* Wipe after the failure @err. @reason: its own one, or 0. Returns @err. */
int cssp_spnego_context_end(struct cssp_spnego_context *c, u32 reason, int err);
/* Wipe what the context owns. */
void cssp_spnego_context_exit(struct cssp_spnego_context *c);

/* Members of struct cssp_mech_ops */
int cssp_spnego_context_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
			     struct cssp_vbuf *out);
int cssp_spnego_context_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			       struct cssp_vbuf *out);
int cssp_spnego_context_sign(struct cssp_mech *mech, const struct cssp_rd *message,
			     struct cssp_vbuf *signature);
int cssp_spnego_context_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			       const struct cssp_rd *signature);
int cssp_spnego_context_session_key(struct cssp_mech *mech, struct cssp_session_key *key);

#endif
