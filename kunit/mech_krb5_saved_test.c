// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5_upcall.c: the tickets that a credential keeps between its exchanges. */
#include "base/status.h"
#include "krb5_pair.h"

static void expect_saved(struct kunit *test, struct krb5_pair *p, const char *want)
{
	struct cssp_rd got = cssp_vbuf_rd(&p->store.tickets), rd = test_str(want);

	test_expect_same(test, &got, &rd);
}

/* The last KRB5_INIT: its source, and the tickets at its end */
static void expect_sent(struct kunit *test, struct krb5_pair *p, u32 source, const char *want)
{
	struct cssp_rd all = cssp_vbuf_rd(&p->helper.init);

	KUNIT_EXPECT_EQ(test, p->helper.head.source, source);
	KUNIT_ASSERT_EQ(test, p->helper.head.saved_length, (u32)strlen(want));
	KUNIT_ASSERT_EQ(test, cssp_rd_skip(&all, all.left - strlen(want)), 0);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&all, want, strlen(want)));
}

/* Tickets are kept when the exchange has succeeded, and sent in the next one. */
static void tickets_are_kept(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	krb5_pair_begin(test, p);
	expect_sent(test, p, CREDSSP_HLP_KRB5_PASSWORD, "");
	expect_saved(test, p, "");
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	expect_saved(test, p, KRB5_HELPER_SAVED);
	KUNIT_EXPECT_NULL(test, cssp_krb5_of(p->client)->saved.data);

	p->helper.saved = "more tickets";
	krb5_pair_restart(test, p);
	krb5_pair_establish(test, p);
	expect_sent(test, p, CREDSSP_HLP_KRB5_PASSWORD, KRB5_HELPER_SAVED);
	expect_saved(test, p, "more tickets");

	/* A reply without tickets: those that are there are still good. */
	p->helper.saved = "";
	krb5_pair_restart(test, p);
	krb5_pair_establish(test, p);
	expect_saved(test, p, "more tickets");
}

/* Those that a certificate became are kept as well. */
static void tickets_of_a_certificate(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->tickets.source = CREDSSP_TICKETS_CERT;
	krb5_pair_restart(test, p);
	krb5_pair_establish(test, p);
	expect_saved(test, p, KRB5_HELPER_SAVED);
	krb5_pair_restart(test, p);
	krb5_pair_begin(test, p);
	expect_sent(test, p, CREDSSP_HLP_KRB5_CERT, KRB5_HELPER_SAVED);
}

/* Another identity does not get them, and a cache needs none. */
static void tickets_of_others(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	krb5_pair_establish(test, p);
	p->id = new_identity(test, "user", "EXAMPLE.ORG", "password");
	krb5_pair_restart(test, p);
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_EQ(test, p->helper.head.saved_length, 0U);
	p->id = new_identity(test, "user", "EXAMPLE.ORG", "Password");
	p->tickets.source = CREDSSP_TICKETS_CCACHE;
	krb5_pair_restart(test, p);
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_EQ(test, p->helper.head.saved_length, 0U);
	p->tickets.source = CREDSSP_TICKETS_AUTO;
	krb5_pair_restart(test, p);
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_EQ(test, p->helper.head.saved_length, (u32)strlen(KRB5_HELPER_SAVED));
}

/* A server that refuses a saved ticket gets a new one next time. */
static void refused_tickets_are_dropped(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	krb5_pair_establish(test, p);
	/* A malformed token says nothing about the ticket. */
	krb5_pair_restart(test, p);
	krb5_pair_begin(test, p);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(p->to_client, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_MALFORMED);
	expect_saved(test, p, KRB5_HELPER_SAVED);
	p->server->knobs.error = 41;
	krb5_pair_restart(test, p);
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_WRONG_PRINCIPAL);
	expect_saved(test, p, "");
}

static struct kunit_case krb5_saved_cases[] = {
	KUNIT_CASE(tickets_are_kept),
	KUNIT_CASE(tickets_of_a_certificate),
	KUNIT_CASE(tickets_of_others),
	KUNIT_CASE(refused_tickets_are_dropped),
	{}
};

static struct kunit_suite krb5_saved_suite = {
	.name = "credssp_mech_krb5_saved",
	.test_cases = krb5_saved_cases,
};

kunit_test_suite(krb5_saved_suite);
