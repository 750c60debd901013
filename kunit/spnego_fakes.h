/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scripted mechanisms for both sides of SPNEGO. A token ends with the letter of its side and
 * its number: "i1", "a1", "i2". A mechListMIC is the letter, the number of the message and a
 * checksum of the list; a sealed message is the letter, its number and the plaintext. So what
 * comes back to its sender, comes twice or is left out is noticed.
 */
#ifndef KUNIT_SPNEGO_FAKES_H
#define KUNIT_SPNEGO_FAKES_H

#include "mech/spnego.h"
#include "mech/spnego_acceptor.h"
#include "ntlm_util.h"

/* FAKE_TICKET is like Kerberos, FAKE_CHALLENGE like NTLM */
enum fake_kind { FAKE_TICKET, FAKE_CHALLENGE, FAKE_KINDS };

/**
 * struct fake_script - what a mechanism does
 * @tokens: of the initiator
 * @silent: the last one has no answer
 * @user_to_user: a fact
 * @create_err: failure of the acceptor's create()
 * @err: failure of the acceptor's step() with token number @err_at
 * @error_token: its output then, or NULL
 * @unavailable: the failure is one of the acceptor's own
 * @only_user_to_user: and without user-to-user there would be none
 */
struct fake_script {
	unsigned int tokens;
	bool silent;
	bool user_to_user;
	int create_err;
	int err;
	unsigned int err_at;
	const char *error_token;
	bool unavailable;
	bool only_user_to_user;
};

extern struct fake_script fake_scripts[FAKE_KINDS];

/* The reason of every failure of step() and of a MIC */
#define FAKE_REASON		CREDSSP_REASON_KRB_ERROR
#define FAKE_MIC_REASON		CREDSSP_REASON_MECH_MIC
#define FAKE_NTSTATUS		0xc000006d
#define FAKE_CLIENT		"user@EXAMPLE.ORG"
#define FAKE_CLAIMED		"EXAMPLE\\user"

extern const struct cssp_mech_ops fake_ticket_ops, fake_challenge_ops;
extern const struct cssp_mech_ops fake_ticket_acceptor_ops, fake_challenge_acceptor_ops;

#define FAKE_OFFERS	3
#define FAKE_ACC_OFFERS	4
extern const struct cssp_spnego_offer fake_offers[FAKE_OFFERS];
extern const struct cssp_spnego_offer fake_acc_offers[FAKE_ACC_OFFERS];

/*
 * init of a suite: FAKE_TICKET takes one token and answers, FAKE_CHALLENGE takes two and does
 * not answer the second. At the end of the test no mechanism may be left.
 */
int fakes_reset(struct kunit *test);

/* The last byte of a mechListMIC */
u8 fake_list_sum(const struct cssp_rd *list);

struct cssp_mech *fake_new_acceptor(struct kunit *test, const struct cssp_mech_params *params);
struct cssp_mech *fake_new_initiator(struct kunit *test);

#endif
