// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/spnego.c with Kerberos in it, which becomes user-to-user on demand. */
#include "base/status.h"
#include "krb5_pair.h"
#include "mech/encode.h"
#include "mech/spnego.h"
#include "wire/krb5_msg.h"
#include "wire/spnego_msg.h"

/* 1.2.840.48018.1.2.2, which is offered first */
#define MS_KRB5		"\x2a\x86\x48\x82\xf7\x12\x01\x02\x02"

/* A new exchange of Negotiate, of a user with a password */
static void begin(struct kunit *test, struct krb5_pair *p)
{
	const struct cssp_mech_params params = {
		.id = p->id,
		.target = p->target,
		.wait = &p->wait,
		.tickets = &p->tickets,
		.store = &p->store,
		.helper = &krb5_helper_ops,
	};

	kunit_release_action(test, free_mech_action, p->client);
	krb5_server_reset(p->server);
	KUNIT_ASSERT_EQ(test, cssp_spnego_ops.create(&p->client, &params), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_mech_action, p->client), 0);
	cssp_vbuf_clear(p->to_client);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
}

/* The mechanism's token in the initiator's last one; it must be a @want. */
static struct cssp_rd sent(struct kunit *test, struct krb5_pair *p, bool is_first, u16 want)
{
	const struct cssp_rd rd = cssp_vbuf_rd(p->to_server);
	struct cssp_spnego_init init;
	struct cssp_spnego_resp resp;
	struct cssp_krb5_token t;
	struct cssp_rd token;

	if (is_first) {
		KUNIT_ASSERT_EQ(test, cssp_spnego_init_decode(&rd, &init), 0);
		token = init.token;
	} else {
		KUNIT_ASSERT_EQ(test, cssp_spnego_resp_decode(&rd, &resp), 0);
		KUNIT_EXPECT_FALSE(test, resp.present & CSSP_SPNEGO_HAS_MIC);
		token = resp.token;
	}
	KUNIT_ASSERT_EQ(test, cssp_krb5_token_decode(&token, &t), 0);
	KUNIT_EXPECT_EQ(test, t.id, want);
	return token;
}

/* The acceptor's NegTokenResp with the answer to @token */
static void answer(struct kunit *test, struct krb5_pair *p, struct cssp_rd token, bool is_first,
		   u32 state)
{
	struct cssp_vbuf *inner = new_vbuf(test);
	struct cssp_spnego_resp resp = {
		.present = CSSP_SPNEGO_HAS_STATE | CSSP_SPNEGO_HAS_TOKEN |
			   (is_first ? CSSP_SPNEGO_HAS_MECH : 0),
		.state = state,
		.mech = cssp_rd_of(MS_KRB5, sizeof(MS_KRB5) - 1),
	};
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, krb5_server_step(p->server, &token, inner), 0);
	resp.token = cssp_vbuf_rd(inner);
	KUNIT_ASSERT_EQ(test, cssp_encode_begin(p->to_client, cssp_spnego_resp_size(&resp), &wr),
			0);
	cssp_spnego_resp_encode(&resp, &wr);
	KUNIT_ASSERT_EQ(test, cssp_encode_end(p->to_client, &wr), 0);
}

/* From the TGT-REQ to the end, without a mechListMIC: the first mechanism is used. */
static void finish(struct kunit *test, struct krb5_pair *p, bool is_first, u32 demand)
{
	const struct cssp_mech_facts *facts = &p->client->facts;

	answer(test, p, sent(test, p, is_first, CSSP_KRB5_TGT_REQ), is_first,
	       CSSP_SPNEGO_ACCEPT_INCOMPLETE);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	answer(test, p, sent(test, p, false, CSSP_KRB5_AP_REQ), false,
	       CSSP_SPNEGO_ACCEPT_COMPLETED);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, facts->package, (u32)CREDSSP_PACKAGE_KERBEROS);
	KUNIT_EXPECT_TRUE(test, facts->user_to_user);
	KUNIT_EXPECT_EQ(test, facts->krb_error, demand);
	KUNIT_EXPECT_EQ(test, facts->passed_over, 0U);
	KUNIT_EXPECT_FALSE(test, p->client->ntlm_only);
}

/* No logon was tried, and NTLM would be possible; but Kerberos is as well. */
static void demand_of_the_kdc(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->helper.fails[KRB5_HELPER_INIT] = true;
	p->helper.failure = CREDSSP_HLP_KRB5_FAIL_USER_TO_USER;
	p->helper.error = 27;
	begin(test, p);
	p->helper.fails[KRB5_HELPER_INIT] = false;
	finish(test, p, true, 27);
}

static void demand_of_the_acceptor(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->server->knobs.error = 69;
	begin(test, p);
	answer(test, p, sent(test, p, true, CSSP_KRB5_AP_REQ), true,
	       CSSP_SPNEGO_ACCEPT_INCOMPLETE);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
	p->server->knobs.error = 0;
	krb5_server_reset(p->server);
	finish(test, p, false, 69);
}

/* A reject ends the negotiation, and says why. */
static void rejected_demand(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->server->knobs.error = 69;
	begin(test, p);
	answer(test, p, sent(test, p, true, CSSP_KRB5_AP_REQ), true, CSSP_SPNEGO_REJECT);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_UNSUPPORTED);
	KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_USER_TO_USER);
	KUNIT_EXPECT_EQ(test, p->client->facts.krb_error, 69U);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
}

/* negState reject, and nothing else */
static void refuse(struct kunit *test, struct krb5_pair *p)
{
	static const u8 reject[] = { 0xa1, 0x07, 0x30, 0x05, 0xa0, 0x03, 0x0a, 0x01, 0x02 };
	const struct cssp_rd rd = cssp_rd_of(reject, sizeof(reject));

	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_client, &rd), 0);
}

/* A TGT-REQ is no logon; the AP-REQ is one, whatever the KDC has demanded before. */
static void rejected_user_to_user(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->tickets.user_to_user = true;
	begin(test, p);
	refuse(test, p);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_MALFORMED);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_SPNEGO);

	p->tickets.user_to_user = false;
	p->helper.fails[KRB5_HELPER_INIT] = true;
	p->helper.failure = CREDSSP_HLP_KRB5_FAIL_USER_TO_USER;
	p->helper.error = 27;
	begin(test, p);
	p->helper.fails[KRB5_HELPER_INIT] = false;
	answer(test, p, sent(test, p, true, CSSP_KRB5_TGT_REQ), true,
	       CSSP_SPNEGO_ACCEPT_INCOMPLETE);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	refuse(test, p);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_SPNEGO);
	KUNIT_EXPECT_EQ(test, p->client->facts.krb_error, 27U);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
}

static struct kunit_case spnego_demand_cases[] = {
	KUNIT_CASE(demand_of_the_kdc),
	KUNIT_CASE(demand_of_the_acceptor),
	KUNIT_CASE(rejected_demand),
	KUNIT_CASE(rejected_user_to_user),
	{}
};

static struct kunit_suite spnego_demand_suite = {
	.name = "credssp_mech_spnego_demand",
	.test_cases = spnego_demand_cases,
};

kunit_test_suite(spnego_demand_suite);
