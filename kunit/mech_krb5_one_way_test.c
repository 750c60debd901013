// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5.c: an AP-REQ without an AP-REP. */
#include "base/status.h"
#include "cred/cred.h"
#include "krb5_pair.h"

static struct krb5_pair *one_way_pair(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->tickets.one_way = true;
	krb5_pair_restart(test, p);
	return p;
}

static void established_by_the_first_token(struct kunit *test)
{
	struct krb5_pair *p = one_way_pair(test);
	struct cssp_krb5 *k = cssp_krb5_of(p->client);
	struct cssp_session_key key = {};

	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_GT(test, p->to_server->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, k->state, CSSP_KRB5_STATE_ESTABLISHED);
	KUNIT_EXPECT_TRUE(test, p->helper.head.flags & CREDSSP_HLP_KRB5_ONE_WAY);
	/* one request, and nothing is left at the helper */
	KUNIT_EXPECT_EQ(test, p->helper.calls, 1U);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
	KUNIT_EXPECT_TRUE(test, p->helper.over);
	KUNIT_EXPECT_EQ(test, p->client->facts.not_after, KRB5_HELPER_NOT_AFTER);
	KUNIT_EXPECT_GT(test, p->client->facts.client.len, (size_t)0);
	KUNIT_EXPECT_EQ(test, k->context.tx.seq, k->context.rx.seq);
	KUNIT_ASSERT_EQ(test, p->client->ops->session_key(p->client, &key), 0);
	KUNIT_EXPECT_EQ(test, key.length, p->server->enctype->key_size);
	KUNIT_EXPECT_MEMEQ(test, key.bytes, p->server->key, key.length);
	memzero_explicit(&key, sizeof(key));
}

static void no_token_may_follow(struct kunit *test)
{
	struct krb5_pair *p = one_way_pair(test);

	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_STATE);
	krb5_pair_expect_dead(test, p, cssp_reason(CSSP_LAYER_KRB5, CSSP_E_STATE));
}

/* A TGT-REQ would begin an exchange of more tokens. */
static void user_to_user_is_refused(struct kunit *test)
{
	struct krb5_pair *p = one_way_pair(test);

	p->helper.fails[KRB5_HELPER_INIT] = true;
	p->helper.failure = CREDSSP_HLP_KRB5_FAIL_USER_TO_USER;
	p->helper.error = 27;
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_UNSUPPORTED);
	KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, p->client->facts.krb_error, 27U);
	KUNIT_EXPECT_FALSE(test, p->client->facts.user_to_user);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_USER_TO_USER);
}

static void answer_continue(struct krb5_helper *h, enum krb5_helper_turn turn,
			    struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	head->state = CREDSSP_HLP_KRB5_CONTINUE;
}

static void answer_without_message(struct krb5_helper *h, enum krb5_helper_turn turn,
				   struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	head->message_length = 0;
}

static void answer_without_key(struct krb5_helper *h, enum krb5_helper_turn turn,
			       struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	head->key_length = 0;
}

static void answer_done(struct krb5_helper *h, enum krb5_helper_turn turn,
			struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail)
{
	head->state = CREDSSP_HLP_KRB5_DONE;
	head->enctype = CSSP_KRB5_AES256_SHA1;
	head->key_length = 32;
}

static const struct {
	bool one_way;
	void (*twist)(struct krb5_helper *h, enum krb5_helper_turn turn,
		      struct credssp_hlp_krb5_reply *head, struct cssp_vbuf *tail);
} replies[] = {
	{ true, answer_continue },
	{ true, answer_without_message },
	{ true, answer_without_key },
	/* an exchange of both ways that would end without the server's proof */
	{ false, answer_done },
};

static void other_replies_are_refused(struct kunit *test)
{
	struct krb5_pair *p = one_way_pair(test);
	size_t i;

	for (i = 0; i < ARRAY_SIZE(replies); i++) {
		p->tickets.one_way = replies[i].one_way;
		p->helper.twist = replies[i].twist;
		krb5_pair_restart(test, p);
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), -EREMOTEIO, "reply %zu", i);
		KUNIT_EXPECT_EQ(test, cssp_krb5_of(p->client)->state, CSSP_KRB5_STATE_DEAD);
	}
}

static int create(u32 package, bool user_to_user)
{
	struct cssp_identity id = {};
	struct credssp_cred *cred = NULL;
	struct cssp_requester who;
	const struct cssp_cred_params params = {
		.who = &who,
		.id = &id,
		.use = SECPKG_CRED_OUTBOUND,
		.package = package,
		.one_way = true,
		.user_to_user = user_to_user,
	};
	int ret;

	cssp_requester_pin(&who, current_cred(), &init_net);
	ret = cssp_cred_create(&cred, &params);
	cssp_cred_put(cred);
	cssp_requester_drop(&who);
	return ret;
}

/* CredSSP and SPNEGO have tokens after the AP-REQ, and rest on the server's proof. */
static void for_one_package_only(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, create(CREDSSP_PACKAGE_KERBEROS, false), 0);
	KUNIT_EXPECT_EQ(test, create(CREDSSP_PACKAGE_KERBEROS, true), CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, create(CREDSSP_PACKAGE_CREDSSP, false), CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, create(CREDSSP_PACKAGE_NEGOTIATE, false), CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, create(CREDSSP_PACKAGE_NTLM, false), CSSP_E_PARAMETER);
}

static struct kunit_case one_way_cases[] = {
	KUNIT_CASE(established_by_the_first_token),
	KUNIT_CASE(no_token_may_follow),
	KUNIT_CASE(user_to_user_is_refused),
	KUNIT_CASE(other_replies_are_refused),
	KUNIT_CASE(for_one_package_only),
	{}
};

static struct kunit_suite one_way_suite = {
	.name = "credssp_mech_krb5_one_way",
	.test_cases = one_way_cases,
};

kunit_test_suite(one_way_suite);
