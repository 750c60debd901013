// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5.c and krb5_message.c against the scripted acceptor and helper. */
#include "base/status.h"
#include "krb5_pair.h"
#include "mech/encode.h"
#include "wire/krb5_msg.h"

#define PLAINTEXT	"a public key or credentials"

/* Sizes by RFC 4121 4.2.6 and the checksums of RFC 3962 6 and RFC 8009 5 */
static const struct krb5_type {
	const char *name;
	u32 enctype;
	bool no_subkey;
	u32 trailer, signature;
	u8 key_size;
} types[] = {
	{ "AES-128 SHA-1", CSSP_KRB5_AES128_SHA1, false, 60, 28, 16 },
	{ "AES-256 SHA-1", CSSP_KRB5_AES256_SHA1, false, 60, 28, 32 },
	{ "AES-128 SHA-256", CSSP_KRB5_AES128_SHA256, false, 64, 32, 16 },
	{ "AES-256 SHA-384", CSSP_KRB5_AES256_SHA384, false, 72, 40, 32 },
	{ "AES-256 SHA-1 without subkey", CSSP_KRB5_AES256_SHA1, true, 60, 28, 32 },
	{ "AES-128 SHA-256 without subkey", CSSP_KRB5_AES128_SHA256, true, 64, 32, 16 },
};

static void type_name(const struct krb5_type *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(type, types, type_name);

static struct krb5_pair *pair_of_param(struct kunit *test)
{
	const struct krb5_type *t = test->param_value;
	const struct krb5_server_knobs knobs = {
		.enctype = t->enctype,
		.no_subkey = t->no_subkey,
	};

	return krb5_pair_new(test, &knobs);
}

static struct cssp_mech_facts *facts_of(struct krb5_pair *p)
{
	return &p->client->facts;
}

static void exchange(struct kunit *test)
{
	const struct krb5_type *t = test->param_value;
	struct krb5_pair *p = pair_of_param(test);
	const struct cssp_rd client = cssp_rd_of(KRB5_HELPER_CLIENT, sizeof(KRB5_HELPER_CLIENT));
	struct cssp_rd got;

	/* The largest sizes, as long as the key is not known */
	KUNIT_EXPECT_EQ(test, p->client->trailer, 72U);
	KUNIT_EXPECT_EQ(test, p->client->signature, 40U);
	krb5_pair_establish(test, p);
	KUNIT_EXPECT_EQ(test, p->client->trailer, t->trailer);
	KUNIT_EXPECT_EQ(test, p->client->signature, t->signature);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_NONE);
	KUNIT_EXPECT_FALSE(test, p->client->ntlm_only);
	KUNIT_EXPECT_FALSE(test, p->client->unavailable);
	KUNIT_EXPECT_EQ(test, facts_of(p)->package, (u32)CREDSSP_PACKAGE_KERBEROS);
	KUNIT_EXPECT_EQ(test, facts_of(p)->kdc_messages, (u32)KRB5_HELPER_KDC_MESSAGES);
	KUNIT_EXPECT_EQ(test, facts_of(p)->not_after, KRB5_HELPER_NOT_AFTER);
	KUNIT_EXPECT_EQ(test, facts_of(p)->krb_error, 0U);
	got = cssp_vbuf_rd(&facts_of(p)->client);
	test_expect_same(test, &got, &client);
	KUNIT_EXPECT_EQ(test, p->helper.calls, 2U);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
	KUNIT_EXPECT_TRUE(test, p->helper.over);
}

static void session_key(struct kunit *test)
{
	const struct krb5_type *t = test->param_value;
	struct krb5_pair *p = pair_of_param(test);
	struct cssp_session_key key = {};

	krb5_pair_establish(test, p);
	KUNIT_ASSERT_EQ(test, p->client->ops->session_key(p->client, &key), 0);
	KUNIT_EXPECT_EQ(test, key.length, t->key_size);
	KUNIT_EXPECT_MEMEQ(test, key.bytes, p->server->key, t->key_size);
	/* It was moved out. The messages still have their keys. */
	KUNIT_ASSERT_EQ(test, p->client->ops->session_key(p->client, &key), 0);
	KUNIT_EXPECT_EQ(test, key.length, (u8)0);
	KUNIT_EXPECT_EQ(test, cssp_krb5_of(p->client)->state, CSSP_KRB5_STATE_ESTABLISHED);
}

static void messages_both_ways(struct kunit *test)
{
	const struct krb5_type *t = test->param_value;
	struct cssp_rd plain = test_str(PLAINTEXT), rd;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct krb5_pair *p = pair_of_param(test);
	unsigned int i;

	krb5_pair_establish(test, p);
	for (i = 0; i < 3; i++) {
		cssp_vbuf_clear(sealed);
		cssp_vbuf_clear(out);
		KUNIT_ASSERT_EQ(test, p->client->ops->wrap(p->client, &plain, sealed), 0);
		KUNIT_EXPECT_EQ(test, sealed->len, plain.left + t->trailer);
		rd = cssp_vbuf_rd(sealed);
		KUNIT_ASSERT_EQ(test, cssp_krb5_unseal(&p->server->to_server, &rd, out), 0);
		rd = cssp_vbuf_rd(out);
		test_expect_same(test, &rd, &plain);
		cssp_vbuf_clear(sealed);
		cssp_vbuf_clear(out);
		KUNIT_ASSERT_EQ(test, cssp_krb5_seal(&p->server->to_client, &plain, sealed), 0);
		rd = cssp_vbuf_rd(sealed);
		KUNIT_ASSERT_EQ(test, p->client->ops->unwrap(p->client, &rd, out), 0);
		rd = cssp_vbuf_rd(out);
		test_expect_same(test, &rd, &plain);
	}
}

/* mechListMICs, signatures and sealed messages have one sequence of numbers. */
static void signatures_both_ways(struct kunit *test)
{
	const struct krb5_type *t = test->param_value;
	struct cssp_rd text = test_str(PLAINTEXT), rd;
	struct cssp_vbuf *mic = new_vbuf(test);
	struct krb5_pair *p = pair_of_param(test);
	const struct cssp_mech_ops *ops = p->client->ops;

	krb5_pair_establish(test, p);
	KUNIT_ASSERT_EQ(test, ops->list_mic(p->client, &text, mic), 0);
	KUNIT_EXPECT_EQ(test, mic->len, (size_t)t->signature);
	rd = cssp_vbuf_rd(mic);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(&p->server->to_server, &text, &rd), 0);
	cssp_vbuf_clear(mic);
	KUNIT_ASSERT_EQ(test, ops->sign(p->client, &text, mic), 0);
	rd = cssp_vbuf_rd(mic);
	KUNIT_EXPECT_EQ(test, cssp_krb5_verify(&p->server->to_server, &text, &rd), 0);
	KUNIT_EXPECT_EQ(test, p->server->to_server.seq, (u64)p->server->client_seq + 2);
	cssp_vbuf_clear(mic);
	KUNIT_ASSERT_EQ(test, cssp_krb5_sign(&p->server->to_client, &text, mic), 0);
	rd = cssp_vbuf_rd(mic);
	KUNIT_EXPECT_EQ(test, ops->check_list_mic(p->client, &text, &rd), 0);
	cssp_vbuf_clear(mic);
	KUNIT_ASSERT_EQ(test, cssp_krb5_sign(&p->server->to_client, &text, mic), 0);
	rd = cssp_vbuf_rd(mic);
	KUNIT_EXPECT_EQ(test, ops->verify(p->client, &text, &rd), 0);
	/* The second time the number is wrong. */
	KUNIT_EXPECT_EQ(test, ops->verify(p->client, &text, &rd), CSSP_E_ALTERED);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_MECH_MIC);
}

static void replay_kills(struct kunit *test)
{
	struct cssp_rd plain = test_str(PLAINTEXT), first, second;
	struct cssp_vbuf *one = new_vbuf(test), *two = new_vbuf(test);
	struct cssp_vbuf *out = new_vbuf(test);
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	krb5_pair_establish(test, p);
	KUNIT_ASSERT_EQ(test, cssp_krb5_seal(&p->server->to_client, &plain, one), 0);
	KUNIT_ASSERT_EQ(test, cssp_krb5_seal(&p->server->to_client, &plain, two), 0);
	first = cssp_vbuf_rd(one);
	second = cssp_vbuf_rd(two);
	KUNIT_ASSERT_EQ(test, p->client->ops->unwrap(p->client, &first, out), 0);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &first, out), CSSP_E_ALTERED);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_MECH_MIC);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &second, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, out->len, plain.left);
}

/* The initiator's own message is none of the acceptor's. */
static void reflection_kills(struct kunit *test)
{
	struct cssp_rd plain = test_str(PLAINTEXT), rd;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->server->client_seq = p->server->server_seq;
	krb5_pair_establish(test, p);
	KUNIT_ASSERT_EQ(test, p->client->ops->wrap(p->client, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &rd, out), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_MECH_MIC);
}

static void user_to_user(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	struct cssp_krb5_tgt_req req;
	struct cssp_rd body;

	p->tickets.user_to_user = true;
	krb5_pair_restart(test, p);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
	KUNIT_EXPECT_EQ(test, p->helper.calls, 0U);
	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	body = cssp_vbuf_rd(&p->server->tgt_req);
	KUNIT_ASSERT_EQ(test, cssp_krb5_tgt_req_decode(&body, &req), 0);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&req.service, "TERMSRV", 7));
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&req.host, "server.example.org", 18));
	KUNIT_EXPECT_EQ(test, req.realm.left, (size_t)0);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
	KUNIT_EXPECT_EQ(test, p->helper.head.flags,
			(u32)(CREDSSP_HLP_KRB5_USER_TO_USER | CREDSSP_HLP_KRB5_LOCAL));
	KUNIT_EXPECT_EQ(test, p->helper.head.peer_ticket_length, (u32)strlen(KRB5_TICKET));
	KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
	KUNIT_EXPECT_TRUE(test, p->server->user_to_user);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, p->server->state, KRB5_SERVER_ESTABLISHED);
	KUNIT_EXPECT_TRUE(test, p->helper.over);
}

/* KRB-ERRORs of the server: RFC 4120 7.5.9 */
static const struct krb5_error_row {
	u8 code;
	int err;
	u32 reason;
} errors[] = {
	{ 27, CSSP_E_UNSUPPORTED, CREDSSP_REASON_USER_TO_USER },
	{ 69, CSSP_E_UNSUPPORTED, CREDSSP_REASON_USER_TO_USER },
	{ 31, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ 32, CSSP_E_NO_CREDS, CREDSSP_REASON_TICKETS_EXPIRED },
	{ 33, CSSP_E_LOGON_DENIED, CREDSSP_REASON_KRB_ERROR },
	{ 34, CSSP_E_LOGON_DENIED, CREDSSP_REASON_KRB_ERROR },
	{ 35, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ 36, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ 37, CSSP_E_SKEW, CREDSSP_REASON_SKEW },
	{ 41, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ 44, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ 45, CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR },
	{ 60, CSSP_E_LOGON_DENIED, CREDSSP_REASON_KRB_ERROR },
	{ 127, CSSP_E_LOGON_DENIED, CREDSSP_REASON_KRB_ERROR },
};

/* Rows at the beginning that demand user-to-user */
#define DEMANDS	2

static void expect_error(struct kunit *test, struct krb5_pair *p, const struct krb5_error_row *e)
{
	s64 skew = e->code == 37 ? p->server->knobs.skew : 0;

	KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), e->err, "error %u", e->code);
	KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, facts_of(p)->krb_error, (u32)e->code);
	/* The clock goes on while the test runs. */
	KUNIT_EXPECT_LE(test, abs(facts_of(p)->skew - skew), 5LL);
	KUNIT_EXPECT_FALSE(test, p->client->unavailable);
	krb5_pair_expect_dead(test, p, e->reason);
}

static void errors_of_the_server(struct kunit *test)
{
	struct krb5_server_knobs knobs = { .skew = -3600 };
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	/* The demands for user-to-user are no failures: mech_krb5_demand_test.c */
	for (i = 2 * DEMANDS; i < 2 * ARRAY_SIZE(errors); i++) {
		knobs.error = errors[i / 2].code;
		/* In both framings */
		knobs.other_oid = i % 2;
		p->server->knobs = knobs;
		krb5_pair_restart(test, p);
		krb5_pair_begin(test, p);
		expect_error(test, p, &errors[i / 2]);
		KUNIT_EXPECT_FALSE(test, p->helper.over);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 1U);
	}
}

/* In place of the TGT-REP: the helper was not asked yet. */
static void errors_of_the_server_first(struct kunit *test)
{
	const struct krb5_server_knobs knobs = { .error_first = true, .skew = 7200 };
	struct krb5_pair *p = krb5_pair_new(test, &knobs);
	unsigned int i;

	p->tickets.user_to_user = true;
	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		p->server->knobs.error = errors[i].code;
		krb5_pair_restart(test, p);
		cssp_vbuf_clear(p->to_client);
		KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
		KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
		expect_error(test, p, &errors[i]);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0U);
	}
}

/* Replace the acceptor's last token by the first @len bytes of @whole, in memory of that size. */
static void give(struct kunit *test, struct krb5_pair *p, const struct cssp_vbuf *whole,
		 size_t len)
{
	const struct cssp_rd rd = cssp_rd_of(whole->data, len);

	cssp_vbuf_free(p->to_client);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_client, &rd), 0);
}

/* No token that is cut short, or has a flipped bit, establishes or leaks anything. */
static void sweep_token(struct kunit *test, struct krb5_pair *p)
{
	struct cssp_vbuf *whole = new_vbuf(test);
	size_t i, size;
	int ret;

	krb5_pair_begin(test, p);
	size = p->to_client->len;
	for (i = 0; i < 9 * size; i++) {
		krb5_pair_restart(test, p);
		krb5_pair_begin(test, p);
		KUNIT_ASSERT_EQ(test, p->to_client->len, size);
		cssp_vbuf_move(whole, p->to_client);
		if (i >= size)
			whole->data[(i - size) / 8] ^= 1 << (i - size) % 8;
		give(test, p, whole, i < size ? i : size);
		ret = krb5_pair_step(p);
		KUNIT_EXPECT_LT_MSG(test, ret, 0, "input %zu of %zu bytes", i, size);
		KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
		krb5_pair_expect_dead(test, p, p->client->reason);
		KUNIT_EXPECT_NE(test, p->client->reason, (u32)CREDSSP_REASON_NONE);
	}
}

static void bad_ap_reps(struct kunit *test)
{
	sweep_token(test, krb5_pair_new(test, NULL));
}

static void bad_ap_reps_user_to_user(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->tickets.user_to_user = true;
	krb5_pair_restart(test, p);
	sweep_token(test, p);
}

/* Cut short, a TGT-REP is refused before the helper sees its ticket. */
static void bad_tgt_reps(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	struct cssp_vbuf *whole = new_vbuf(test);
	size_t i, size = 1;

	p->tickets.user_to_user = true;
	for (i = 0; i < size; i++) {
		krb5_pair_restart(test, p);
		cssp_vbuf_clear(p->to_client);
		KUNIT_ASSERT_EQ(test, krb5_pair_step(p), 0);
		KUNIT_ASSERT_EQ(test, krb5_pair_answer(p), 0);
		size = p->to_client->len;
		cssp_vbuf_move(whole, p->to_client);
		give(test, p, whole, i);
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), CSSP_E_MALFORMED, "%zu bytes", i);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0U);
		krb5_pair_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
	}
}

/* Well-formed tokens that do not belong there */
static void unexpected_tokens(struct kunit *test)
{
	static const struct {
		struct cssp_krb5_token t;
		int err;
	} rows[] = {
		{ { false, CSSP_KRB5_AP_REQ }, CSSP_E_STATE },
		{ { true, CSSP_KRB5_AP_REP }, CSSP_E_STATE },
		{ { true, CSSP_KRB5_TGT_REP }, CSSP_E_STATE },
		{ { true, CSSP_KRB5_TGT_REQ }, CSSP_E_STATE },
		{ { false, CSSP_KRB5_KRB_ERROR }, CSSP_E_MALFORMED },
	};
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	struct cssp_krb5_token t;
	struct cssp_wr wr;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		krb5_pair_restart(test, p);
		krb5_pair_begin(test, p);
		t = rows[i].t;
		t.body = test_str(KRB5_AP_REP);
		KUNIT_ASSERT_EQ(test, cssp_encode_begin(p->to_client, cssp_krb5_token_size(&t),
							&wr), 0);
		cssp_krb5_token_encode(&t, &wr);
		KUNIT_ASSERT_EQ(test, cssp_encode_end(p->to_client, &wr), 0);
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), rows[i].err, "row %u", i);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 1U);
		krb5_pair_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
	}
}

static void ap_rep_in_the_other_framing(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	p->server->knobs.other_oid = true;
	krb5_pair_begin(test, p);
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_STATE);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
}

/* The helper takes no longer message. */
static void longest_ap_rep(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	struct cssp_krb5_token t = { .id = CSSP_KRB5_AP_REP };
	struct cssp_wr wr;
	unsigned int i;

	for (i = 0; i < 2; i++) {
		krb5_pair_restart(test, p);
		krb5_pair_begin(test, p);
		t.body = cssp_rd_of(test_room(test, CREDSSP_HLP_MAX_KRB5_MESSAGE + i),
				    CREDSSP_HLP_MAX_KRB5_MESSAGE + i);
		KUNIT_ASSERT_EQ(test, cssp_encode_begin(p->to_client, cssp_krb5_token_size(&t),
							&wr), 0);
		cssp_krb5_token_encode(&t, &wr);
		KUNIT_ASSERT_EQ(test, cssp_encode_end(p->to_client, &wr), 0);
		/* This AP-REP does not prove the server. */
		KUNIT_EXPECT_EQ(test, krb5_pair_step(p),
				i ? CSSP_E_TOO_BIG : CSSP_E_WRONG_PRINCIPAL);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 2 - i);
		krb5_pair_expect_dead(test, p, i ? CREDSSP_REASON_LIMIT :
						   CREDSSP_REASON_SERVER_NOT_PROVEN);
	}
}

static void token_at_the_start(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	unsigned int i;

	for (i = 0; i < 2; i++) {
		p->tickets.user_to_user = i;
		krb5_pair_restart(test, p);
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(p->to_client, "x", 1), 0);
		KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_STATE);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0U);
		krb5_pair_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
	}
}

/* Every call but free() fails, and changes no buffer. */
static void expect_no_calls(struct kunit *test, struct krb5_pair *p)
{
	const struct cssp_mech_ops *ops = p->client->ops;
	struct cssp_rd text = test_str(PLAINTEXT);
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_session_key key = {};
	u32 reason = p->client->reason;

	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->wrap(p->client, &text, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->unwrap(p->client, &text, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->sign(p->client, &text, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->verify(p->client, &text, &text), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->list_mic(p->client, &text, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->check_list_mic(p->client, &text, &text), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->session_key(p->client, &key), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, key.length, (u8)0);
	krb5_pair_expect_dead(test, p, reason);
}

static void calls_after_the_end(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	krb5_pair_establish(test, p);
	/* Any further token is an error. The facts stay. */
	KUNIT_EXPECT_EQ(test, krb5_pair_step(p), CSSP_E_STATE);
	krb5_pair_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
	KUNIT_EXPECT_EQ(test, facts_of(p)->not_after, KRB5_HELPER_NOT_AFTER);
	KUNIT_EXPECT_EQ(test, facts_of(p)->client.len, sizeof(KRB5_HELPER_CLIENT));
	expect_no_calls(test, p);
}

static void messages_before_the_end(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	struct cssp_rd text = test_str(PLAINTEXT);
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_session_key key = {};

	krb5_pair_begin(test, p);
	KUNIT_EXPECT_EQ(test, p->client->ops->session_key(p->client, &key), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, cssp_krb5_of(p->client)->state, CSSP_KRB5_STATE_AP_REQ_SENT);
	KUNIT_EXPECT_EQ(test, p->client->ops->wrap(p->client, &text, out), CSSP_E_STATE);
	KUNIT_EXPECT_FALSE(test, p->helper.over);
	expect_no_calls(test, p);
}

/* The helper gets END. */
static void freed_midway(struct kunit *test)
{
	struct krb5_pair *p = krb5_pair_new(test, NULL);

	krb5_pair_begin(test, p);
	KUNIT_EXPECT_TRUE(test, p->helper.open);
	p->helper.over = true;
	krb5_pair_restart(test, p);
	KUNIT_EXPECT_FALSE(test, p->helper.open);
	KUNIT_EXPECT_FALSE(test, p->helper.over);
}

static void targets(struct kunit *test)
{
	static const struct {
		const char *name;
		const char *principal;	/* NULL: has none */
	} rows[] = {
		{ "TERMSRV/server.example.org", "TERMSRV/server.example.org" },
		{ "HTTP/server:5985", "HTTP/server" },
		{ "ldap/dc.example.org/example.org", "ldap/dc.example.org" },
		{ "TERMSRV/server.example.org.", "TERMSRV/server.example.org" },
		{ "server", "host/server" },
		{ "server.example.org:3389", "host/server.example.org" },
		{ "TERMSRV/10.example.org", "TERMSRV/10.example.org" },
		{ "", NULL },
		{ "TERMSRV/192.0.2.1", NULL },
		{ "TERMSRV/192.0.2.1:3389", NULL },
		{ "192.0.2.1", NULL },
		{ "TERMSRV/2001:db8::1", NULL },
		{ "TERMSRV/[2001:db8::1]:3389", NULL },
		{ "TERM@SRV/server", NULL },
	};
	struct krb5_pair *p = krb5_pair_new(test, NULL);
	struct cssp_rd want, got;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->target = rows[i].name;
		/* Without a principal user-to-user makes no difference. */
		p->tickets.user_to_user = !rows[i].principal && i % 2;
		krb5_pair_restart(test, p);
		cssp_vbuf_clear(p->to_client);
		if (rows[i].principal) {
			krb5_pair_establish(test, p);
			want = test_str(rows[i].principal);
			got = cssp_vbuf_rd(&cssp_krb5_of(p->client)->target);
			test_expect_same(test, &got, &want);
			KUNIT_EXPECT_EQ(test, p->helper.head.target_length, (u32)want.left);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, krb5_pair_step(p), CSSP_E_TARGET, "%s",
				    rows[i].name);
		KUNIT_EXPECT_TRUE(test, p->client->unavailable);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0U);
		krb5_pair_expect_dead(test, p, CREDSSP_REASON_NO_REALM);
	}
}

static struct kunit_case krb5_cases[] = {
	KUNIT_CASE_PARAM(exchange, type_gen_params),
	KUNIT_CASE_PARAM(session_key, type_gen_params),
	KUNIT_CASE_PARAM(messages_both_ways, type_gen_params),
	KUNIT_CASE_PARAM(signatures_both_ways, type_gen_params),
	KUNIT_CASE(replay_kills),
	KUNIT_CASE(reflection_kills),
	KUNIT_CASE(user_to_user),
	KUNIT_CASE(errors_of_the_server),
	KUNIT_CASE(errors_of_the_server_first),
	KUNIT_CASE(bad_ap_reps),
	KUNIT_CASE(bad_ap_reps_user_to_user),
	KUNIT_CASE(bad_tgt_reps),
	KUNIT_CASE(unexpected_tokens),
	KUNIT_CASE(ap_rep_in_the_other_framing),
	KUNIT_CASE(longest_ap_rep),
	KUNIT_CASE(token_at_the_start),
	KUNIT_CASE(calls_after_the_end),
	KUNIT_CASE(messages_before_the_end),
	KUNIT_CASE(freed_midway),
	KUNIT_CASE(targets),
	{}
};

static struct kunit_suite krb5_suite = {
	.name = "credssp_mech_krb5",
	.test_cases = krb5_cases,
};

kunit_test_suite(krb5_suite);
