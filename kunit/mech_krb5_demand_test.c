// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5.c: user-to-user on demand of the KDC, or of the server. */
#include "base/status.h"
#include "krb5_pair.h"
#include "wire/krb5_msg.h"

#define PLAINTEXT	"a public key or credentials"

/* Error codes of RFC 4120 7.5.9: of a KDC, which a server may have passed on, and of a server */
static const u8 demands[] = { 27, 69 };

/* The token that the initiator sent last must be a TGT-REQ for the target. */
static void expect_tgt_req(struct kunit *test, struct krb5_pair *p)
{
	struct cssp_rd rd = cssp_vbuf_rd(p->to_server);
	struct cssp_krb5_tgt_req req;
	struct cssp_krb5_token t;

	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
	KUNIT_ASSERT_EQ(test, cssp_krb5_token_decode(&rd, &t), 0);
	KUNIT_EXPECT_TRUE(test, t.user_to_user && t.id == CSSP_KRB5_TGT_REQ);
	KUNIT_ASSERT_EQ(test, cssp_krb5_tgt_req_decode(&t.body, &req), 0);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&req.host, "server.example.org", 18));
	KUNIT_EXPECT_TRUE(test, p->client->facts.user_to_user);
	KUNIT_EXPECT_EQ(test, cssp_krb5_of(p->client)->state, CSSP_KRB5_STATE_TGT_REQ_SENT);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_NONE);
	KUNIT_EXPECT_FALSE(test, p->client->unavailable);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
}

/* From the TGT-REQ to the end, and a message */
static void finish_user_to_user(struct kunit *test, struct krb5_pair *p)
{
	struct cssp_rd plain = test_str(PLAINTEXT), rd;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_TRUE(test, p->helper.head.flags & CREDSSP_HLP_KRB5_USER_TO_USER);
	KUNIT_EXPECT_EQ(test, p->helper.head.peer_ticket_length, (u32)strlen(KRB5_TICKET));
	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_TRUE(test, p->client->facts.user_to_user);
	KUNIT_ASSERT_EQ(test, p->client->ops->wrap(p->client, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(&p->server->to_server, &rd, out), 0);
}

/* KDC_ERR_MUST_USE_USER2USER for the service's ticket */
static void demand_of_the_kdc(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->helper.fails[KRB5_HELPER_INIT] = true;
	p->helper.failure = CREDSSP_HLP_KRB5_FAIL_USER_TO_USER;
	p->helper.error = 27;
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	expect_tgt_req(test, p);
	KUNIT_EXPECT_TRUE(test, p->helper.over);
	KUNIT_EXPECT_EQ(test, p->client->facts.krb_error, 27U);
	KUNIT_EXPECT_EQ(test, p->client->facts.kdc_messages, (u32)KRB5_HELPER_KDC_MESSAGES);
	p->helper.fails[KRB5_HELPER_INIT] = false;
	finish_user_to_user(test, p);
	KUNIT_EXPECT_EQ(test, p->client->facts.krb_error, 27U);
	KUNIT_EXPECT_EQ(test, p->client->facts.kdc_messages, 2 * (u32)KRB5_HELPER_KDC_MESSAGES);
	KUNIT_EXPECT_EQ(test, p->helper.calls, 3U);
}

/* The initiator's AP-REQ was answered by a demand, in either framing. */
static void demand(struct kunit *test, struct krb5_pair *p, unsigned int row)
{
	p->server->knobs.error = demands[row / 2];
	p->server->knobs.other_oid = row % 2;
	krb5_pair_restart(test, p);
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_TRUE(test, p->helper.open);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->client->facts.krb_error, (u32)demands[row / 2]);
	expect_tgt_req(test, p);
	/* The helper gets END. */
	KUNIT_EXPECT_FALSE(test, p->helper.over);
	p->server->knobs.error = 0;
	p->server->knobs.other_oid = false;
	krb5_server_reset(p->server);
}

static void demand_of_the_server(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int row;

	for (row = 0; row < 2 * ARRAY_SIZE(demands); row++) {
		demand(test, p, row);
		finish_user_to_user(test, p);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 3U);
	}
}

/* Tickets that were kept are not the cause of it. */
static void demand_keeps_tickets(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	krb5_pair_establish(test, p);
	KUNIT_EXPECT_GT(test, p->store.tickets.len, (size_t)0);
	demand(test, p, 0);
	KUNIT_EXPECT_GT(test, p->store.tickets.len, (size_t)0);
}

/* A second demand is a failure: of the server for the TGT-REQ, and of the KDC. */
static void demand_once(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	demand(test, p, 2);
	p->server->knobs.error = 69;
	p->server->knobs.error_first = true;
	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_UNSUPPORTED);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_USER_TO_USER);
	p->server->knobs.error_first = false;

	demand(test, p, 2);
	p->helper.fails[KRB5_HELPER_INIT] = true;
	p->helper.failure = CREDSSP_HLP_KRB5_FAIL_USER_TO_USER;
	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_UNSUPPORTED);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_USER_TO_USER);
	p->helper.fails[KRB5_HELPER_INIT] = false;

	demand(test, p, 2);
	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	p->server->knobs.error = 69;
	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_UNSUPPORTED);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_USER_TO_USER);
}

static struct kunit_case demand_cases[] = {
	KUNIT_CASE(demand_of_the_kdc),
	KUNIT_CASE(demand_of_the_server),
	KUNIT_CASE(demand_keeps_tickets),
	KUNIT_CASE(demand_once),
	{}
};

static struct kunit_suite demand_suite = {
	.name = "credssp_mech_krb5_demand",
	.test_cases = demand_cases,
};

kunit_test_suite(demand_suite);
