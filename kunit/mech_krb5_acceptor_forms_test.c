// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5_acceptor.c: framing of tokens, and what becomes of user-to-user without a TGT. */
#include <kunit/test.h>

#include "base/status.h"
#include "krb5_acceptor_pair.h"

/* The answer to a token with Microsoft's OID has it as well. */
static void framing_of_microsoft(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	struct cssp_krb5_token t;
	struct cssp_rd rd;

	krb5_acc_begin(test, a);
	rd = cssp_vbuf_rd(a->p->to_server);
	rd = test_copy(test, &rd);
	KUNIT_ASSERT_EQ(test, cssp_krb5_token_decode(&rd, &t), 0);
	KUNIT_EXPECT_FALSE(test, t.microsoft);
	t.microsoft = true;
	krb5_acc_put(test, a, &t);
	KUNIT_ASSERT_EQ(test, krb5_acc_answer(a), 0);
	KUNIT_EXPECT_EQ(test, a->progress, CSSP_MECH_DONE);
	rd = cssp_vbuf_rd(a->p->to_client);
	KUNIT_ASSERT_EQ(test, cssp_krb5_token_decode(&rd, &t), 0);
	KUNIT_EXPECT_TRUE(test, t.microsoft);
	KUNIT_EXPECT_EQ(test, t.id, (u16)CSSP_KRB5_AP_REP);
}

/*
 * There is no TGT: nothing that the initiator could be told. @only: tickets for the service may
 * still be taken.
 */
static void failures_of_the_tgt(struct kunit *test)
{
	static const struct {
		u32 failure;
		int err;
		u32 reason;
		bool only;
	} rows[] = {
		{ CREDSSP_HLP_KRB5_FAIL_NO_KDC, CSSP_E_NO_HELPER, CREDSSP_REASON_NO_KDC, true },
		{ CREDSSP_HLP_KRB5_FAIL_CLIENT, CSSP_E_LOGON_DENIED,
		  CREDSSP_REASON_CLIENT_UNKNOWN, true },
		{ CREDSSP_HLP_KRB5_FAIL_KDC, CSSP_E_LOGON_DENIED, CREDSSP_REASON_KRB_ERROR,
		  true },
		{ CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, CSSP_E_NO_CREDS, CREDSSP_REASON_NO_TICKETS,
		  false },
		{ CREDSSP_HLP_KRB5_FAIL_FOREIGN, CSSP_E_NO_CREDS, CREDSSP_REASON_FOREIGN, false },
		{ CREDSSP_HLP_KRB5_FAIL_PASSWORD, CSSP_E_LOGON_DENIED, CREDSSP_REASON_PASSWORD,
		  false },
	};
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, true);
	unsigned int i;

	a->helper.fails[KRB5_ACC_TGT] = true;
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		a->helper.failure = rows[i].failure;
		krb5_acc_pair_restart(test, a);
		KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
		KUNIT_EXPECT_EQ_MSG(test, krb5_acc_answer(a), rows[i].err, "row %u", i);
		KUNIT_EXPECT_EQ(test, a->p->to_client->len, (size_t)0);
		KUNIT_EXPECT_TRUE(test, a->acceptor->unavailable);
		KUNIT_EXPECT_EQ_MSG(test, a->acceptor->only_user_to_user, rows[i].only,
				    "row %u", i);
		krb5_acc_expect_dead(test, a, rows[i].reason);
	}
}

static struct kunit_case krb5_acceptor_forms_cases[] = {
	KUNIT_CASE(framing_of_microsoft),
	KUNIT_CASE(failures_of_the_tgt),
	{}
};

static struct kunit_suite krb5_acceptor_forms_suite = {
	.name = "credssp_mech_krb5_acceptor_forms",
	.test_cases = krb5_acceptor_forms_cases,
};

kunit_test_suite(krb5_acceptor_forms_suite);
