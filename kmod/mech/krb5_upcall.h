/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Kerberos initiator's conversation with the helper, which has the tickets and asks
 * the KDCs, and what the acceptor's has in common with it; for the two mechanisms and their
 * tests only. The helper's replies are untrusted.
 */
#ifndef CSSP_MECH_KRB5_UPCALL_H
#define CSSP_MECH_KRB5_UPCALL_H

#include <uapi/linux/credssp.h>

#include "../crypto/krb5_crypto.h"
#include "../upcall/conv.h"
#include "mech.h"

/**
 * struct cssp_krb5_upcall - the conversation of one exchange
 * @ops: calls to the helper
 * @who: requester, borrowed
 * @wait: deadline and cancellation, borrowed
 * @conv: NULL before KRB5_INIT, and when the conversation is over
 */
struct cssp_krb5_upcall {
	const struct cssp_helper_ops *ops;
	const struct cssp_requester *who;
	struct cssp_wait *wait;
	struct cssp_conv *conv;
};

/**
 * struct cssp_krb5_ask - what KRB5_INIT asks for
 * @id: identity, may be without a user
 * @tickets: where the tickets come from
 * @store: tickets of the credential, or NULL
 * @target: SERVICE/HOST
 * @bindings: MD5 of the channel bindings, CSSP_BINDINGS_SIZE bytes, or NULL
 * @user_to_user: the ticket is encrypted in the key of @peer_ticket
 * @one_way: no AP-REP follows: the answer is DONE
 * @optional: another mechanism can take the place of Kerberos
 * @peer_ticket: the peer's TGT
 */
struct cssp_krb5_ask {
	const struct cssp_identity *id;
	const struct cssp_tickets *tickets;
	struct cssp_ticket_store *store;
	struct cssp_rd target;
	const u8 *bindings;
	bool user_to_user;
	bool one_way;
	bool optional;
	struct cssp_rd peer_ticket;
};

/**
 * struct cssp_krb5_answer - a reply that passed the checks
 * @body: the reply; the views below point into it
 * @head: the fixed part
 * @enctype: DONE: encryption type of the key
 * @message: CONTINUE: the AP-REQ, or the acceptor's TGT; KRB5_ACCEPT: the AP-REP, if there is
 *	one, or FAILED: a KRB-ERROR, if there is one
 * @client: with an AP-REQ, and KRB5_ACCEPT's DONE: the client's name, in UTF-8 without NUL
 * @saved: with an AP-REQ: tickets to be kept, may be empty
 * @trace: lines of text, may be empty
 */
struct cssp_krb5_answer {
	struct cssp_vbuf body;
	struct credssp_hlp_krb5_reply head;
	const struct cssp_krb5_enctype *enctype;
	struct cssp_rd message;
	struct cssp_rd client;
	struct cssp_rd saved;
	struct cssp_rd trace;
};

/**
 * struct cssp_krb5_outcome - what is to be reported of a leg, also if it fails
 * @reason: enum credssp_reason of a failure that has its own, else 0
 * @unavailable: a failure before any logon was tried
 * @krb_error: error-code of a KRB-ERROR, else 0
 * @kdc_messages: messages to KDCs
 * @skew: seconds by which the other clock is ahead
 */
struct cssp_krb5_outcome {
	u32 reason;
	bool unavailable;
	u32 krb_error;
	u32 kdc_messages;
	s64 skew;
};

/**
 * cssp_krb5_upcall_init() - ask for an AP-REQ; begins the conversation
 * @u: the conversation
 * @ask: what is asked for
 * @a: out: on success the reply CONTINUE; freed with cssp_krb5_answer_free() in any case
 * @o: out: see there
 *
 * Context: may sleep.
 * Return: 0; -EREMOTEIO when the reply is invalid, or the helper failed; a row of
 * upcall_failures when it refused; or as cssp_conv_open() and cssp_conv_call().
 */
int __must_check cssp_krb5_upcall_init(struct cssp_krb5_upcall *u,
				       const struct cssp_krb5_ask *ask,
				       struct cssp_krb5_answer *a,
				       struct cssp_krb5_outcome *o);

/**
 * cssp_krb5_upcall_step() - pass the AP-REP and get the key; ends the conversation
 * @u: the conversation, after cssp_krb5_upcall_init()
 * @ap_rep: the peer's message
 * @a: out: on success the reply DONE; freed with cssp_krb5_answer_free() in any case
 * @o: out: see there
 *
 * Context: may sleep.
 * Return: as cssp_krb5_upcall_init().
 */
int __must_check cssp_krb5_upcall_step(struct cssp_krb5_upcall *u,
				       const struct cssp_rd *ap_rep,
				       struct cssp_krb5_answer *a,
				       struct cssp_krb5_outcome *o);

/* Begin a conversation. As cssp_conv_open(). */
int __must_check cssp_krb5_upcall_open(struct cssp_krb5_upcall *u, struct cssp_krb5_outcome *o);

/* The requester is in other namespaces than the helper. Returns the failure. */
int __must_check cssp_krb5_upcall_foreign(struct cssp_krb5_outcome *o);

/**
 * struct cssp_krb5_form - what a reply may be
 * @good: the state that the request asks for; the other one is FAILED
 * @message: @good has a message, and a client's name
 * @saved_max: bytes of tickets that are expected
 * @flags: those of DONE
 * @accepts: of KRB5_ACCEPT
 */
struct cssp_krb5_form {
	u32 good;
	bool message;
	size_t saved_max;
	u32 flags;
	bool accepts;
};

/*
 * One request of the conversation, and the checks of its reply. Fails as
 * cssp_krb5_upcall_init(); @a is of use after FAILED too. May sleep.
 */
int __must_check cssp_krb5_upcall_ask(struct cssp_krb5_upcall *u, u16 opcode,
				      const struct cssp_rd *request,
				      const struct cssp_krb5_form *form,
				      struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o);

/* End the conversation, if it is not over: the helper gets END. May sleep. */
void cssp_krb5_upcall_end(struct cssp_krb5_upcall *u);

void cssp_krb5_answer_free(struct cssp_krb5_answer *a);

#endif
