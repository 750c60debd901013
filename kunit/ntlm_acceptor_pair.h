/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * This project's NTLM initiator and acceptor, and a helper with one account that really
 * checks the proof. Objects are freed with the test case.
 */
#ifndef KUNIT_NTLM_ACCEPTOR_PAIR_H
#define KUNIT_NTLM_ACCEPTOR_PAIR_H

#include "mech/ntlm.h"
#include "mech/ntlm_acceptor.h"
#include "ntlm_client.h"
#include "ntlm_util.h"

#define NTLM_ACC_USER		"alice"
#define NTLM_ACC_DOMAIN		"CORP"
#define NTLM_ACC_PASSWORD	"Passw0rd!"
#define NTLM_ACC_TARGET		"TERMSRV/server"
/* The account's own name, as the helper has it */
#define NTLM_ACC_NAME		"CORP\\Alice"

/**
 * struct ntlm_acc_helper - plays the helper
 * @test: for its expectations
 * @account: the only one; NULL for none
 * @name: its own name
 * @crypto: algorithms
 * @foreign: the requester is in other namespaces
 * @open_err, @err: failures of open() and of the request
 * @fails: reply FAILED, with @failure and @ntstatus
 * @cut: bytes to leave out at the reply's end
 * @twist: changes a reply; @tail is what follows @head
 * @calls: requests
 * @request: the last one, @head its fixed part
 * @open: there is a conversation
 * @over: the last conversation was closed as one that the helper has forgotten
 */
struct ntlm_acc_helper {
	struct kunit *test;
	const struct cssp_identity *account;
	const char *name;
	struct cssp_ntlm_crypto *crypto;
	bool foreign;
	int open_err, err;
	bool fails;
	u32 failure, ntstatus;
	size_t cut;
	void (*twist)(struct ntlm_acc_helper *h, struct credssp_hlp_ntlm_reply *head,
		      struct cssp_vbuf *tail);
	unsigned int calls;
	struct cssp_vbuf request;
	struct credssp_hlp_ntlm_logon head;
	bool open, over;
};

/**
 * struct ntlm_acc_pair - both sides
 * @id: of the initiator
 * @forger: of the scripted one; NULL: @id
 * @announced: of the acceptor; NULL: the machine's own accounts
 * @helper: of the acceptor
 * @wait: of the acceptor
 * @peer: parameter of the acceptor, may be NULL
 * @client_bindings, @bindings, @missing_bindings: parameters of both sides
 * @sign_optional, @seal_optional: of the acceptor
 * @asks: CSSP_NTLM_* in the scripted initiator's NEGOTIATE; 0: Windows' flags
 * @forged_key: exported session key of the scripted initiator
 * @client, @acceptor: the mechanisms
 * @to_server, @to_client: the last token
 * @negotiate: NEGOTIATE as sent
 * @progress: of the acceptor
 */
struct ntlm_acc_pair {
	const struct cssp_identity *id;
	const struct cssp_identity *forger;
	const struct cssp_identity *announced;
	struct ntlm_acc_helper helper;
	struct cssp_wait wait;
	const struct credssp_address *peer;
	const u8 *client_bindings;
	const u8 *bindings;
	bool missing_bindings;
	bool sign_optional;
	bool seal_optional;
	u32 asks;
	u8 forged_key[CSSP_NTLM_KEY_SIZE];
	struct cssp_mech *client;
	struct cssp_mech *acceptor;
	struct cssp_vbuf *to_server;
	struct cssp_vbuf *to_client;
	struct cssp_vbuf *negotiate;
	enum cssp_mech_progress progress;
};

extern const struct cssp_helper_ops ntlm_acc_helper_ops;

/* A pair before the first token, with an account of the names above */
struct ntlm_acc_pair *ntlm_acc_pair_new(struct kunit *test);
/* New mechanisms and a new exchange, with what @p has now */
void ntlm_acc_pair_restart(struct kunit *test, struct ntlm_acc_pair *p);
/* The acceptor's step on the initiator's last token */
int ntlm_acc_answer(struct ntlm_acc_pair *p);
/* Up to the CHALLENGE, which the initiator has not taken yet */
void ntlm_acc_challenge(struct kunit *test, struct ntlm_acc_pair *p);
/* Up to AUTHENTICATE, which the acceptor has not taken yet */
void ntlm_acc_begin(struct kunit *test, struct ntlm_acc_pair *p);
void ntlm_acc_establish(struct kunit *test, struct ntlm_acc_pair *p);
/* Begin again, with an AUTHENTICATE of the scripted initiator */
void ntlm_acc_forge(struct kunit *test, struct ntlm_acc_pair *p,
		    const struct ntlm_client_knobs *knobs);
/* The acceptor has ended with @reason, and keeps no key and no name of an account. */
void ntlm_acc_expect_dead(struct kunit *test, struct ntlm_acc_pair *p, u32 reason);
/* Expect the text @want, with its NUL; "" is an empty buffer. */
void ntlm_acc_expect_text(struct kunit *test, const struct cssp_vbuf *got, const char *want);

#endif
