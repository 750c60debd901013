// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/spnego.c against spnego_acceptor.c, with scripted mechanisms on both sides. */
#include "spnego_acceptor_util.h"

/* More steps than any exchange has */
#define STEPS_MAX	20

/**
 * struct both - both sides, and the token under way
 * @ready: the initiator's progress, @t has the acceptor's
 */
struct both {
	struct cssp_mech *client;
	struct acc_test *t;
	enum cssp_mech_progress ready;
};

static struct both *both_new(struct kunit *test, const struct cssp_mech_params *params)
{
	struct both *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->t = acc_test_new(test, params);
	b->client = fake_new_initiator(test);
	return b;
}

/* The initiator's step on the acceptor's last token; the first one has none. */
static int both_ask(struct both *b)
{
	return step(b->client, b->t->out->len ? b->t->out : NULL, b->t->in, &b->ready);
}

/* Pass tokens until a side has none for the other one. */
static void both_run(struct kunit *test, struct both *b)
{
	unsigned int steps = 0;

	do {
		KUNIT_ASSERT_LT(test, ++steps, (unsigned int)STEPS_MAX);
		KUNIT_ASSERT_EQ(test, both_ask(b), 0);
		if (!b->t->in->len)
			break;
		KUNIT_ASSERT_EQ(test, acc_test_step(b->t), 0);
	} while (b->t->out->len);
}

/* @from seals and signs, and @to takes both. */
static void both_pass(struct kunit *test, struct cssp_mech *from, struct cssp_mech *to)
{
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test), *mic = new_vbuf(test);
	struct cssp_rd plain = test_str("a message"), rd;

	KUNIT_ASSERT_EQ(test, from->ops->wrap(from, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, to->ops->unwrap(to, &rd, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_same(test, &rd, &plain);
	KUNIT_ASSERT_EQ(test, from->ops->sign(from, &plain, mic), 0);
	rd = cssp_vbuf_rd(mic);
	KUNIT_ASSERT_EQ(test, to->ops->verify(to, &plain, &rd), 0);
}

static void set_unavailable(void)
{
	fake_scripts[FAKE_TICKET].err = CSSP_E_NO_CREDS;
	fake_scripts[FAKE_TICKET].err_at = 1;
	fake_scripts[FAKE_TICKET].unavailable = true;
}

static void set_user_to_user(void)
{
	fake_scripts[FAKE_TICKET].tokens = 2;
	fake_scripts[FAKE_TICKET].user_to_user = true;
}

static void set_many_legs(void)
{
	fake_scripts[FAKE_CHALLENGE].tokens = 4;
}

static void set_many_legs_and_answer(void)
{
	fake_scripts[FAKE_CHALLENGE].tokens = 4;
	fake_scripts[FAKE_CHALLENGE].silent = false;
}

static const struct cssp_mech_params any, no_ntlm = { .no_ntlm = true };
static const struct cssp_mech_params ntlm_only = { .mechs = CREDSSP_MECH_NTLM };
static const struct cssp_mech_params krb5_only = { .mechs = CREDSSP_MECH_KERBEROS };

/*
 * @second: the initiator's first mechanism is not taken; @acc_reason: why, if it was tried.
 * @mics: messages that each side has sent by then
 */
static const struct both_row {
	const char *name;
	const struct cssp_mech_params *params;
	void (*script)(void);
	u32 package;
	bool second;
	u32 acc_reason;
	u8 mics;
} both_rows[] = {
	{ "Kerberos", &any, NULL, CREDSSP_PACKAGE_KERBEROS },
	{ "Kerberos only", &krb5_only, NULL, CREDSSP_PACKAGE_KERBEROS },
	{ "NTLM is forbidden", &no_ntlm, NULL, CREDSSP_PACKAGE_KERBEROS },
	{ "user-to-user", &any, set_user_to_user, CREDSSP_PACKAGE_KERBEROS, false, 0, 1 },
	{ "NTLM only", &ntlm_only, NULL, CREDSSP_PACKAGE_NTLM, true, 0, 1 },
	{ "Kerberos is unavailable", &any, set_unavailable, CREDSSP_PACKAGE_NTLM, true,
	  FAKE_REASON, 1 },
	{ "a mechanism of more legs", &ntlm_only, set_many_legs, CREDSSP_PACKAGE_NTLM, true,
	  0, 1 },
	{ "one whose acceptor is the last to speak", &ntlm_only, set_many_legs_and_answer,
	  CREDSSP_PACKAGE_NTLM, true, 0, 1 },
};

static void both_row_name(const struct both_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(both, both_rows, both_row_name);

static void exchange(struct kunit *test)
{
	const struct both_row *row = test->param_value;
	struct both *b = both_new(test, row->params);
	struct cssp_session_key key = {}, other = {};
	struct cssp_mech *acceptor = b->t->mech;
	u8 first;

	if (row->script)
		row->script();
	both_run(test, b);
	KUNIT_EXPECT_EQ(test, b->ready, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, b->t->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, b->client->facts.package, row->package);
	KUNIT_EXPECT_EQ(test, acceptor->facts.package, row->package);
	KUNIT_EXPECT_EQ(test, b->client->facts.passed_over,
			row->second ? (u32)CREDSSP_REASON_NOT_CHOSEN : 0U);
	KUNIT_EXPECT_EQ(test, acceptor->facts.passed_over, row->acc_reason);
	KUNIT_EXPECT_EQ(test, acceptor->facts.client.len, sizeof(FAKE_CLIENT));
	KUNIT_EXPECT_EQ(test, acceptor->reason, (u32)CREDSSP_REASON_NONE);
	KUNIT_EXPECT_EQ(test, b->client->ops->session_key(b->client, &key), 0);
	KUNIT_EXPECT_EQ(test, acceptor->ops->session_key(acceptor, &other), 0);
	KUNIT_EXPECT_MEMEQ(test, &key, &other, sizeof(key));
	cssp_vbuf_clear(b->t->out);
	KUNIT_ASSERT_EQ(test, acceptor->ops->wrap(acceptor, &(struct cssp_rd){}, b->t->out), 0);
	KUNIT_ASSERT_EQ(test, b->t->out->len, (size_t)2);
	first = b->t->out->data[1];
	KUNIT_EXPECT_EQ(test, first, row->mics);
}

static void messages(struct kunit *test)
{
	const struct both_row *row = test->param_value;
	struct both *b = both_new(test, row->params);
	unsigned int i;

	if (row->script)
		row->script();
	both_run(test, b);
	for (i = 0; i < 2; i++) {
		both_pass(test, b->client, b->t->mech);
		both_pass(test, b->t->mech, b->client);
	}
}

/* CredSSP: pubKeyAuth is sealed after the token beside it, and read after it. */
static void messages_beside_the_last_tokens(struct kunit *test)
{
	struct both *b = both_new(test, &ntlm_only);
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct cssp_rd plain = test_str("pubKeyAuth"), rd;

	/* Two answers: the choice, and the CHALLENGE */
	while (b->ready == CSSP_MECH_CONTINUE) {
		KUNIT_ASSERT_EQ(test, both_ask(b), 0);
		if (b->ready == CSSP_MECH_CONTINUE)
			KUNIT_ASSERT_EQ(test, acc_test_step(b->t), 0);
	}
	KUNIT_EXPECT_EQ(test, b->ready, CSSP_MECH_READY);
	KUNIT_ASSERT_EQ(test, b->client->ops->wrap(b->client, &plain, sealed), 0);
	KUNIT_ASSERT_EQ(test, acc_test_step(b->t), 0);
	KUNIT_EXPECT_EQ(test, b->t->progress, CSSP_MECH_DONE);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, b->t->mech->ops->unwrap(b->t->mech, &rd, out), 0);
	cssp_vbuf_clear(sealed);
	cssp_vbuf_clear(out);
	KUNIT_ASSERT_EQ(test, b->t->mech->ops->wrap(b->t->mech, &plain, sealed), 0);
	KUNIT_ASSERT_EQ(test, both_ask(b), 0);
	KUNIT_EXPECT_EQ(test, b->ready, CSSP_MECH_DONE);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, b->client->ops->unwrap(b->client, &rd, out), 0);
}

/* User-to-user: pubKeyAuth comes beside the initiator's MIC, or alone. */
static void message_beside_the_mic(struct kunit *test)
{
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct cssp_rd plain = test_str("pubKeyAuth"), rd;
	struct both *b = both_new(test, &any);

	set_user_to_user();
	while (b->t->progress == CSSP_MECH_CONTINUE) {
		KUNIT_ASSERT_EQ(test, both_ask(b), 0);
		KUNIT_ASSERT_EQ(test, acc_test_step(b->t), 0);
	}
	KUNIT_EXPECT_EQ(test, b->t->progress, CSSP_MECH_READY);
	KUNIT_ASSERT_EQ(test, both_ask(b), 0);
	KUNIT_EXPECT_EQ(test, b->ready, CSSP_MECH_DONE);
	KUNIT_ASSERT_EQ(test, b->client->ops->wrap(b->client, &plain, sealed), 0);
	KUNIT_ASSERT_EQ(test, acc_test_step(b->t), 0);
	KUNIT_EXPECT_EQ(test, b->t->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, b->t->out->len, (size_t)0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, b->t->mech->ops->unwrap(b->t->mech, &rd, out), 0);
}

/* The reject of a refused logon is told to the initiator, with the mechanism's words. */
static void refusal(struct kunit *test)
{
	struct both *b = both_new(test, &any);

	fake_scripts[FAKE_TICKET].err = CSSP_E_LOGON_DENIED;
	fake_scripts[FAKE_TICKET].err_at = 1;
	fake_scripts[FAKE_TICKET].error_token = "e";
	KUNIT_ASSERT_EQ(test, both_ask(b), 0);
	KUNIT_EXPECT_EQ(test, acc_test_step(b->t), CSSP_E_LOGON_DENIED);
	/* The scripted initiator does not understand them, and says so. */
	KUNIT_EXPECT_EQ(test, both_ask(b), -EBADMSG);
	KUNIT_EXPECT_EQ(test, b->client->reason, (u32)FAKE_REASON);
}

/* Step until a side fails or has nothing to say. Returns what the acceptor's last step did. */
static int both_run_on(struct both *b)
{
	int ret;

	do {
		ret = acc_test_step(b->t);
	} while (!ret && b->t->out->len && !both_ask(b) && b->t->in->len);
	return ret;
}

/* Each byte of NegTokenInit, changed: no list is agreed on that the initiator did not send. */
static void changed_list(struct kunit *test)
{
	struct cssp_rd sent, taken;
	size_t at = 0, len, agreed = 0;
	struct both *b;
	int ret;

	do {
		b = both_new(test, &ntlm_only);
		KUNIT_ASSERT_EQ(test, both_ask(b), 0);
		len = b->t->in->len;
		b->t->in->data[at] ^= 0x55;
		ret = both_run_on(b);
		if (ret || b->t->progress == CSSP_MECH_CONTINUE)
			continue;
		sent = cssp_vbuf_rd(&cssp_spnego_context_of(b->client)->mech_list);
		taken = cssp_vbuf_rd(&cssp_spnego_context_of(b->t->mech)->mech_list);
		test_expect_same(test, &taken, &sent);
		agreed++;
	} while (++at < len);
	/* The optimistic token is not looked at, because another mechanism is chosen. */
	KUNIT_EXPECT_EQ(test, agreed, (size_t)2);
}

static struct kunit_case spnego_acceptor_pair_cases[] = {
	KUNIT_CASE_PARAM(exchange, both_gen_params),
	KUNIT_CASE_PARAM(messages, both_gen_params),
	KUNIT_CASE(messages_beside_the_last_tokens),
	KUNIT_CASE(message_beside_the_mic),
	KUNIT_CASE(refusal),
	KUNIT_CASE_SLOW(changed_list),
	{}
};

static struct kunit_suite spnego_acceptor_pair_suite = {
	.name = "credssp_mech_spnego_acceptor_pair",
	.init = fakes_reset,
	.test_cases = spnego_acceptor_pair_cases,
};

kunit_test_suite(spnego_acceptor_pair_suite);
