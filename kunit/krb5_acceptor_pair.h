/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * This project's initiator and acceptor, each with a scripted helper. The key and the numbers
 * are those of a struct krb5_server, which is not used as a peer here. Objects are freed with
 * the test case.
 */
#ifndef KUNIT_KRB5_ACCEPTOR_PAIR_H
#define KUNIT_KRB5_ACCEPTOR_PAIR_H

#include "krb5_pair.h"
#include "mech/krb5_acceptor.h"
#include "wire/krb5_msg.h"

#define KRB5_ACC_KEYTAB		"FILE:/keytab"
/* A message that the helper has for the initiator after a failure */
#define KRB5_ACC_ERROR		"\x7e\x03\x02\x01\x1e"
#define KRB5_ACC_OWN_NAME	"TERMSRV/server.example.org@EXAMPLE.ORG"

/* Requests, for the arrays below */
enum krb5_acc_turn { KRB5_ACC_TGT, KRB5_ACC_ACCEPT, KRB5_ACC_TURNS };

/**
 * struct krb5_acc_helper - plays the acceptor's helper
 * @test: for its expectations
 * @keys: key, enctype, subkey and numbers
 * @foreign, @open_err, @err, @fails, @failure, @error, @skew, @cut: as struct krb5_helper
 * @tells: a failure of KRB5_ACCEPT comes with a KRB-ERROR
 * @not_mutual: the initiator does not want an AP-REP
 * @bound: the channel bindings are right
 * @twist: changes a reply
 * @calls: requests
 * @request: the last one
 * @open, @over: as struct krb5_helper
 */
struct krb5_acc_helper {
	struct kunit *test;
	const struct krb5_server *keys;
	bool foreign;
	int open_err;
	int err[KRB5_ACC_TURNS];
	bool fails[KRB5_ACC_TURNS];
	u32 failure, error;
	s64 skew;
	size_t cut;
	bool tells, not_mutual, bound;
	void (*twist)(struct krb5_acc_helper *h, enum krb5_acc_turn turn,
		      struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail);
	unsigned int calls;
	struct cssp_vbuf request;
	bool open, over;
};

/**
 * struct krb5_acc_pair - both sides
 * @p: the initiator and its helper
 * @helper: of the acceptor
 * @tickets: name the keytab
 * @spn, @bindings, @missing_bindings: parameters of the acceptor
 * @acceptor: this project's
 * @progress: of the acceptor
 */
struct krb5_acc_pair {
	struct krb5_pair *p;
	struct krb5_acc_helper helper;
	struct cssp_tickets tickets;
	const char *spn;
	const u8 *bindings;
	bool missing_bindings;
	struct cssp_mech *acceptor;
	enum cssp_mech_progress progress;
};

extern const struct cssp_helper_ops krb5_acc_helper_ops;

/* @knobs: of the key; NULL for none. @user_to_user: the initiator asks for that. */
struct krb5_acc_pair *krb5_acc_pair_new(struct kunit *test,
					const struct krb5_server_knobs *knobs,
					bool user_to_user);
/* New mechanisms and a new exchange, with what @a has now. */
void krb5_acc_pair_restart(struct kunit *test, struct krb5_acc_pair *a);
/* The acceptor's step on the initiator's last token */
int krb5_acc_answer(struct krb5_acc_pair *a);
/* Up to the initiator's AP-REQ, which the acceptor has not taken yet */
void krb5_acc_begin(struct kunit *test, struct krb5_acc_pair *a);
void krb5_acc_establish(struct kunit *test, struct krb5_acc_pair *a);
/* The acceptor has ended with @reason, and keeps nothing. */
void krb5_acc_expect_dead(struct kunit *test, struct krb5_acc_pair *a, u32 reason);
/* Replace the initiator's last token by @t. */
void krb5_acc_put(struct kunit *test, struct krb5_acc_pair *a, const struct cssp_krb5_token *t);

#endif
