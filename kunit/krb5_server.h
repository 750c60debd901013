/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * For tests of Kerberos: a scripted acceptor, raw tokens as in RFC 4121 4.1, and a scripted
 * helper that knows its key. Their Kerberos messages are constants. Only the per-message
 * tokens are real.
 */
#ifndef KUNIT_KRB5_SERVER_H
#define KUNIT_KRB5_SERVER_H

#include "crypto/krb5_seal.h"
#include "mech/krb5_upcall.h"
#include "util.h"

/* The messages: DER, without bytes of zero, so that they are strings as well. */
#define KRB5_AP_REQ	"\x6e\x03\x02\x01\x0e"
#define KRB5_AP_REP	"\x6f\x03\x02\x01\x0f"
#define KRB5_TICKET	"\x61\x03\x02\x01\x05"

/**
 * struct krb5_server_knobs - differences of the acceptor; all-zero for none
 * @enctype: CSSP_KRB5_AES*, 0 for AES-256 with SHA-1
 * @no_subkey: the key is not the acceptor's subkey
 * @error: error-code of a KRB-ERROR in place of the AP-REP, below 128
 * @error_first: the KRB-ERROR comes in place of the TGT-REP
 * @skew: seconds by which its clock is ahead
 * @other_oid: answer in the framing of the other mechanism
 */
struct krb5_server_knobs {
	u32 enctype;
	bool no_subkey;
	u8 error;
	bool error_first;
	s64 skew;
	bool other_oid;
};

enum krb5_server_state {
	KRB5_SERVER_START,
	KRB5_SERVER_TGT_SENT,
	KRB5_SERVER_ESTABLISHED,
	KRB5_SERVER_DEAD,
};

/**
 * struct krb5_server - the acceptor
 * @knobs: copied; may be changed before a step
 * @state: of the exchange
 * @user_to_user: framing of the initiator's last token
 * @enctype: of @key
 * @key: protocol key
 * @tgt_req: body of the TGT-REQ
 * @client_seq, @server_seq: numbers of the first messages
 * @to_client, @to_server: keyed in ESTABLISHED
 */
struct krb5_server {
	struct krb5_server_knobs knobs;
	enum krb5_server_state state;
	bool user_to_user;
	const struct cssp_krb5_enctype *enctype;
	u8 key[CSSP_KRB5_KEY_MAX];
	struct cssp_vbuf tgt_req;
	u32 client_seq, server_seq;
	struct cssp_krb5_dir to_client;
	struct cssp_krb5_dir to_server;
};

/* Freed with the test. @knobs: NULL for none. */
struct krb5_server *krb5_server_new(struct kunit *test, const struct krb5_server_knobs *knobs);
/* To the state START. */
void krb5_server_reset(struct krb5_server *s);

/**
 * krb5_server_step() - take the initiator's token, append the answer to @out
 * @s: acceptor
 * @in: TGT-REQ or AP-REQ
 * @out: TGT-REP, AP-REP or KRB-ERROR
 *
 * Return: 0; -EPROTO for a token that is not expected; -EBADMSG.
 */
int __must_check krb5_server_step(struct krb5_server *s, const struct cssp_rd *in,
				  struct cssp_vbuf *out);

/* The fixed part of a reply, indexed by enum krb5_helper_turn */
enum krb5_helper_turn { KRB5_HELPER_INIT, KRB5_HELPER_STEP, KRB5_HELPER_TURNS };

/**
 * struct krb5_helper - plays the helper
 * @test: for its expectations
 * @server: the acceptor whose key it knows
 * @foreign: the requester is in other namespaces
 * @open_err, @lend_err: failure of open() and of lend_session()
 * @err: failure of a request
 * @fails: reply FAILED, with @failure, @error and @skew
 * @twist: changes a reply; @tail is what follows @head
 * @cut: bytes to leave out at a reply's end
 * @client, @saved: in CONTINUE
 * @calls: requests
 * @init: the last KRB5_INIT, @head its fixed part
 * @open: there is a conversation
 * @over: the last conversation was closed as one that the helper has forgotten
 */
struct krb5_helper {
	struct kunit *test;
	const struct krb5_server *server;
	bool foreign;
	int open_err, lend_err;
	int err[KRB5_HELPER_TURNS];
	bool fails[KRB5_HELPER_TURNS];
	u32 failure, error;
	s64 skew;
	void (*twist)(struct krb5_helper *h, enum krb5_helper_turn turn,
		      struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail);
	size_t cut;
	const char *client, *saved;
	unsigned int calls;
	struct cssp_vbuf init;
	struct credssp_hlp_krb5_init head;
	bool open, over;
};

/* Calls of the helper that krb5_helper_init() was called with last */
extern const struct cssp_helper_ops krb5_helper_ops;

/* Messages to KDCs that it reports of KRB5_INIT and KRB5_STEP, and the end of its tickets */
#define KRB5_HELPER_KDC_MESSAGES	4
#define KRB5_HELPER_NOT_AFTER		4102444800ULL
#define KRB5_HELPER_SESSION		1234567	/* serial of the keyring that is lent */
#define KRB5_HELPER_CLIENT		"user@EXAMPLE.ORG"
#define KRB5_HELPER_SAVED		"saved tickets"

/* All-zero but for the defaults; its buffer is freed with the test. */
void krb5_helper_init(struct kunit *test, struct krb5_helper *h,
		      const struct krb5_server *server);

#endif
