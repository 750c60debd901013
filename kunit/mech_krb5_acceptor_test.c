// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/krb5_acceptor.c against the initiator, both with a scripted helper. */
#include "base/status.h"
#include "krb5_acceptor_pair.h"
#include "wire/krb5_msg.h"

#define PLAINTEXT	"a public key or credentials"

/* Each enctype, with both kinds of tickets */
static const struct acc_type {
	const char *name;
	u32 enctype;
	bool user_to_user;
	u8 key_size;
	u32 trailer, signature;
} types[] = {
	{ "AES-128 SHA-1", CSSP_KRB5_AES128_SHA1, false, 16, 60, 28 },
	{ "AES-256 SHA-1", CSSP_KRB5_AES256_SHA1, false, 32, 60, 28 },
	{ "AES-128 SHA-256", CSSP_KRB5_AES128_SHA256, false, 16, 64, 32 },
	{ "AES-256 SHA-384", CSSP_KRB5_AES256_SHA384, false, 32, 72, 40 },
	{ "AES-128 SHA-1, user-to-user", CSSP_KRB5_AES128_SHA1, true, 16, 60, 28 },
	{ "AES-256 SHA-1, user-to-user", CSSP_KRB5_AES256_SHA1, true, 32, 60, 28 },
	{ "AES-128 SHA-256, user-to-user", CSSP_KRB5_AES128_SHA256, true, 16, 64, 32 },
	{ "AES-256 SHA-384, user-to-user", CSSP_KRB5_AES256_SHA384, true, 32, 72, 40 },
};

static void type_name(const struct acc_type *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(type, types, type_name);

static struct krb5_acc_pair *pair_of_param(struct kunit *test)
{
	const struct acc_type *t = test->param_value;
	const struct krb5_server_knobs knobs = { .enctype = t->enctype };

	return krb5_acc_pair_new(test, &knobs, t->user_to_user);
}

static void exchange(struct kunit *test)
{
	const struct acc_type *t = test->param_value;
	const struct cssp_rd client = cssp_rd_of(KRB5_HELPER_CLIENT, sizeof(KRB5_HELPER_CLIENT));
	struct krb5_acc_pair *a = pair_of_param(test);
	struct cssp_mech_facts *facts = &a->acceptor->facts;
	struct cssp_session_key key = {}, other = {};
	struct cssp_rd got;

	KUNIT_EXPECT_EQ(test, a->acceptor->trailer, 72U);
	KUNIT_EXPECT_EQ(test, a->acceptor->signature, 40U);
	krb5_acc_establish(test, a);
	KUNIT_EXPECT_EQ(test, a->acceptor->trailer, t->trailer);
	KUNIT_EXPECT_EQ(test, a->acceptor->signature, t->signature);
	KUNIT_EXPECT_EQ(test, a->acceptor->reason, (u32)CREDSSP_REASON_NONE);
	KUNIT_EXPECT_EQ(test, facts->package, (u32)CREDSSP_PACKAGE_KERBEROS);
	KUNIT_EXPECT_EQ(test, facts->user_to_user, t->user_to_user);
	KUNIT_EXPECT_EQ(test, facts->not_after, KRB5_HELPER_NOT_AFTER);
	KUNIT_EXPECT_EQ(test, facts->gss_flags, 0x3eU);
	KUNIT_EXPECT_EQ(test, facts->kdc_messages,
			t->user_to_user ? (u32)KRB5_HELPER_KDC_MESSAGES : 0U);
	KUNIT_EXPECT_FALSE(test, facts->bound);
	got = cssp_vbuf_rd(&facts->client);
	test_expect_same(test, &got, &client);
	got = cssp_vbuf_rd(&facts->claimed);
	test_expect_same(test, &got, &client);
	KUNIT_EXPECT_EQ(test, a->helper.calls, t->user_to_user ? 2U : 1U);
	KUNIT_EXPECT_FALSE(test, a->helper.open);
	KUNIT_EXPECT_TRUE(test, a->helper.over);
	KUNIT_ASSERT_EQ(test, a->acceptor->ops->session_key(a->acceptor, &key), 0);
	KUNIT_ASSERT_EQ(test, a->p->client->ops->session_key(a->p->client, &other), 0);
	KUNIT_EXPECT_EQ(test, key.length, t->key_size);
	KUNIT_EXPECT_MEMEQ(test, &key, &other, sizeof(key));
}

/* @from seals, and @to reads it. */
static void pass_message(struct kunit *test, struct cssp_mech *from, struct cssp_mech *to)
{
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test), *mic = new_vbuf(test);
	struct cssp_rd plain = test_str(PLAINTEXT), rd;

	KUNIT_ASSERT_EQ(test, from->ops->wrap(from, &plain, sealed), 0);
	KUNIT_EXPECT_EQ(test, sealed->len, plain.left + from->trailer);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, to->ops->unwrap(to, &rd, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_same(test, &rd, &plain);
	KUNIT_ASSERT_EQ(test, from->ops->list_mic(from, &plain, mic), 0);
	KUNIT_EXPECT_EQ(test, mic->len, (size_t)from->signature);
	rd = cssp_vbuf_rd(mic);
	KUNIT_EXPECT_EQ(test, to->ops->check_list_mic(to, &plain, &rd), 0);
	cssp_vbuf_clear(mic);
	KUNIT_ASSERT_EQ(test, from->ops->sign(from, &plain, mic), 0);
	rd = cssp_vbuf_rd(mic);
	KUNIT_EXPECT_EQ(test, to->ops->verify(to, &plain, &rd), 0);
}

static void messages(struct kunit *test)
{
	struct krb5_acc_pair *a = pair_of_param(test);
	unsigned int i;

	krb5_acc_establish(test, a);
	for (i = 0; i < 3; i++) {
		pass_message(test, a->p->client, a->acceptor);
		pass_message(test, a->acceptor, a->p->client);
	}
}

/* RFC 4121 4.2.2: nothing is sent, and both numbers start from the initiator's. */
static void without_mutual(struct kunit *test)
{
	const struct acc_type *t = test->param_value;
	struct cssp_rd plain = test_str(PLAINTEXT), rd;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct krb5_acc_pair *a = pair_of_param(test);
	const struct krb5_server *keys = a->helper.keys;
	struct cssp_krb5_dir dir = {};

	a->helper.not_mutual = true;
	krb5_acc_begin(test, a);
	KUNIT_ASSERT_EQ(test, krb5_acc_answer(a), 0);
	KUNIT_EXPECT_EQ(test, a->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, a->p->to_client->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, a->acceptor->facts.gss_flags, 0x3cU);
	KUNIT_EXPECT_EQ(test, a->acceptor->trailer, t->trailer);
	KUNIT_ASSERT_EQ(test, a->acceptor->ops->wrap(a->acceptor, &plain, sealed), 0);
	KUNIT_ASSERT_EQ(test, cssp_krb5_dir_init(&dir, keys->enctype, keys->key,
						 CSSP_KRB5_ACCEPTOR_TO_INITIATOR, false,
						 keys->client_seq), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, cssp_krb5_unseal(&dir, &rd, out), 0);
	cssp_krb5_dir_wipe(&dir);
}

/* What comes back to its sender, or twice, is refused. */
static void replays_kill(struct kunit *test)
{
	struct cssp_vbuf *own = new_vbuf(test), *peers = new_vbuf(test), *out = new_vbuf(test);
	struct cssp_rd plain = test_str(PLAINTEXT), rd;
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	const struct cssp_mech_ops *ops = a->acceptor->ops;

	krb5_acc_establish(test, a);
	KUNIT_ASSERT_EQ(test, ops->wrap(a->acceptor, &plain, own), 0);
	rd = cssp_vbuf_rd(own);
	KUNIT_EXPECT_EQ(test, ops->unwrap(a->acceptor, &rd, out), CSSP_E_ALTERED);
	krb5_acc_expect_dead(test, a, CREDSSP_REASON_MECH_MIC);
	krb5_acc_pair_restart(test, a);
	krb5_acc_establish(test, a);
	KUNIT_ASSERT_EQ(test, a->p->client->ops->wrap(a->p->client, &plain, peers), 0);
	rd = cssp_vbuf_rd(peers);
	KUNIT_EXPECT_EQ(test, ops->unwrap(a->acceptor, &rd, out), 0);
	KUNIT_EXPECT_EQ(test, ops->unwrap(a->acceptor, &rd, out), CSSP_E_ALTERED);
	krb5_acc_expect_dead(test, a, CREDSSP_REASON_MECH_MIC);
}

static void expect_part(struct kunit *test, struct cssp_rd *rd, u32 length, const char *want)
{
	struct cssp_rd part, text = test_str(want);

	KUNIT_ASSERT_EQ(test, cssp_rd_sub(rd, length, &part), 0);
	test_expect_same(test, &part, &text);
}

/* The last request is KRB5_ACCEPT. */
static void expect_accept(struct kunit *test, struct krb5_acc_pair *a, u32 flags,
			  const u8 *bindings)
{
	bool user = flags & CREDSSP_HLP_KRB5_USER_TO_USER;
	struct cssp_rd rd = cssp_vbuf_rd(&a->helper.request);
	struct credssp_hlp_krb5_accept head;

	KUNIT_ASSERT_EQ(test, cssp_rd_copy(&rd, &head, sizeof(head)), 0);
	KUNIT_EXPECT_EQ(test, head.flags, flags | CREDSSP_HLP_KRB5_LOCAL);
	KUNIT_EXPECT_GT(test, head.time_limit, 0U);
	KUNIT_EXPECT_LE(test, head.time_limit, cssp_upcall_timeout_ms());
	KUNIT_EXPECT_EQ(test, head.__reserved, 0U);
	KUNIT_EXPECT_MEMEQ(test, head.bindings, bindings, sizeof(head.bindings));
	expect_part(test, &rd, head.keytab_length, user ? "" : KRB5_ACC_KEYTAB);
	expect_part(test, &rd, head.spn_length, user ? "" : a->spn);
	expect_part(test, &rd, head.message_length, KRB5_AP_REQ);
	KUNIT_EXPECT_EQ(test, rd.left, (size_t)0);
}

static void requests(struct kunit *test)
{
	static const u8 bindings[CSSP_BINDINGS_SIZE] = "0123456789abcde", none[CSSP_BINDINGS_SIZE];
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	struct credssp_hlp_krb5_tgt head;
	struct cssp_rd rd;

	krb5_acc_establish(test, a);
	expect_accept(test, a, 0, none);
	a->bindings = bindings;
	a->helper.bound = true;
	a->spn = "";
	krb5_acc_pair_restart(test, a);
	krb5_acc_establish(test, a);
	expect_accept(test, a, CREDSSP_HLP_KRB5_BINDINGS, bindings);
	KUNIT_EXPECT_TRUE(test, a->acceptor->facts.bound);
	a->p->tickets.user_to_user = true;
	a->spn = KRB5_TARGET;
	krb5_acc_pair_restart(test, a);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
	KUNIT_ASSERT_EQ(test, krb5_acc_answer(a), 0);
	rd = cssp_vbuf_rd(&a->helper.request);
	KUNIT_ASSERT_EQ(test, cssp_rd_copy(&rd, &head, sizeof(head)), 0);
	KUNIT_EXPECT_EQ(test, head.flags, (u32)CREDSSP_HLP_KRB5_LOCAL);
	KUNIT_EXPECT_LE(test, head.time_limit, cssp_upcall_timeout_ms());
	expect_part(test, &rd, head.keytab_length, KRB5_ACC_KEYTAB);
	expect_part(test, &rd, head.spn_length, KRB5_TARGET);
	KUNIT_EXPECT_EQ(test, rd.left, (size_t)0);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
	KUNIT_ASSERT_EQ(test, krb5_acc_answer(a), 0);
	expect_accept(test, a, CREDSSP_HLP_KRB5_USER_TO_USER | CREDSSP_HLP_KRB5_BINDINGS,
		      bindings);
}

/* The helper takes an initiator without bindings. Only a caller that allows it does, too. */
static void missing_bindings(struct kunit *test)
{
	static const u8 bindings[CSSP_BINDINGS_SIZE] = "0123456789abcde";
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	unsigned int i;

	a->bindings = bindings;
	for (i = 0; i < 4; i++) {
		a->p->tickets.user_to_user = i & 1;
		a->missing_bindings = i & 2;
		krb5_acc_pair_restart(test, a);
		krb5_acc_begin(test, a);
		KUNIT_EXPECT_EQ(test, krb5_acc_answer(a), i & 2 ? 0 : CSSP_E_BINDINGS);
		KUNIT_EXPECT_EQ(test, !a->p->to_client->len, !(i & 2));
		KUNIT_EXPECT_FALSE(test, a->acceptor->facts.bound);
		if (!(i & 2))
			krb5_acc_expect_dead(test, a, CREDSSP_REASON_BINDING);
	}
}

/* Failures of KRB5_ACCEPT: with and without a message for the initiator, in its framing */
static const struct acc_failure {
	u32 failure, error;
	int err;
	u32 reason;
} failures[] = {
#define ROW(failure, error, err, reason) \
	{ CREDSSP_HLP_KRB5_FAIL_##failure, error, err, CREDSSP_REASON_##reason }
	ROW(OTHER, 0, -EREMOTEIO, HELPER_REPLY),
	ROW(NO_TICKETS, 0, CSSP_E_NO_CREDS, NO_TICKETS),
	ROW(EXPIRED, 32, CSSP_E_LOGON_DENIED, TICKETS_EXPIRED),
	ROW(SKEW, 37, CSSP_E_SKEW, SKEW),
	ROW(ENCTYPE, 14, CSSP_E_WEAK, ENCTYPE),
	ROW(KEY, 41, CSSP_E_WRONG_PRINCIPAL, KRB_ERROR),
	ROW(REPLAY, 34, CSSP_E_LOGON_DENIED, KRB_ERROR),
	ROW(BINDINGS, 60, CSSP_E_BINDINGS, BINDING),
	ROW(REQUEST, 40, CSSP_E_ALTERED, MECH_TOKEN),
#undef ROW
};

static void expect_error_token(struct kunit *test, struct krb5_acc_pair *a)
{
	const struct cssp_rd want = test_str(KRB5_ACC_ERROR);
	struct cssp_rd rd = cssp_vbuf_rd(a->p->to_client);
	struct cssp_krb5_token t;

	KUNIT_ASSERT_EQ(test, cssp_krb5_token_decode(&rd, &t), 0);
	KUNIT_EXPECT_EQ(test, t.id, (u16)CSSP_KRB5_KRB_ERROR);
	KUNIT_EXPECT_EQ(test, t.user_to_user, a->p->tickets.user_to_user);
	test_expect_same(test, &t.body, &want);
}

static void failures_of_the_ap_req(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	const struct acc_failure *f;
	unsigned int i;

	a->helper.fails[KRB5_ACC_ACCEPT] = true;
	for (i = 0; i < 4 * ARRAY_SIZE(failures); i++) {
		f = &failures[i / 4];
		a->p->tickets.user_to_user = i % 2;
		a->helper.tells = i & 2;
		a->helper.failure = f->failure;
		a->helper.error = f->error;
		a->helper.skew = f->err == CSSP_E_SKEW ? 301 : 0;
		krb5_acc_pair_restart(test, a);
		krb5_acc_begin(test, a);
		KUNIT_EXPECT_EQ_MSG(test, krb5_acc_answer(a), f->err, "row %u", i);
		if (a->helper.tells)
			expect_error_token(test, a);
		else
			KUNIT_EXPECT_EQ(test, a->p->to_client->len, (size_t)0);
		KUNIT_EXPECT_EQ(test, a->acceptor->facts.krb_error, f->error);
		KUNIT_EXPECT_EQ(test, a->acceptor->facts.skew, a->helper.skew);
		KUNIT_EXPECT_EQ(test, a->acceptor->facts.client.len, (size_t)0);
		/* Only a keytab that is missing is no fault of the initiator's. */
		KUNIT_EXPECT_EQ(test, a->acceptor->unavailable,
				f->reason == CREDSSP_REASON_NO_TICKETS);
		krb5_acc_expect_dead(test, a, f->reason);
	}
}

static void failures_of_the_channel(struct kunit *test)
{
	static const struct {
		bool foreign;
		int open_err, err, want;
		u32 reason;
		bool unavailable;
	} rows[] = {
		{ true, 0, 0, CSSP_E_NO_CREDS, CREDSSP_REASON_FOREIGN, true },
		{ false, CSSP_E_NO_HELPER, 0, CSSP_E_NO_HELPER, CREDSSP_REASON_NO_HELPER, true },
		{ false, -ENOMEM, 0, -ENOMEM, CREDSSP_REASON_NO_MEMORY },
		{ false, 0, CSSP_E_UNSUPPORTED, CSSP_E_NO_HELPER, CREDSSP_REASON_NO_KERBEROS,
		  true },
		{ false, 0, -ETIMEDOUT, -ETIMEDOUT, CREDSSP_REASON_TIMEOUT },
		{ false, 0, -EDQUOT, -EDQUOT, CREDSSP_REASON_LIMIT },
		{ false, 0, -EREMOTEIO, -EREMOTEIO, CREDSSP_REASON_HELPER_REPLY },
	};
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	unsigned int i;

	for (i = 0; i < 2 * ARRAY_SIZE(rows); i++) {
		a->p->tickets.user_to_user = i % 2;
		krb5_acc_pair_restart(test, a);
		a->helper.foreign = rows[i / 2].foreign;
		a->helper.open_err = rows[i / 2].open_err;
		a->helper.err[KRB5_ACC_TGT] = rows[i / 2].err;
		a->helper.err[KRB5_ACC_ACCEPT] = rows[i / 2].err;
		KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
		KUNIT_EXPECT_EQ_MSG(test, krb5_acc_answer(a), rows[i / 2].want, "row %u", i);
		KUNIT_EXPECT_EQ(test, a->p->to_client->len, (size_t)0);
		KUNIT_EXPECT_EQ_MSG(test, a->acceptor->unavailable, rows[i / 2].unavailable,
				    "row %u", i);
		krb5_acc_expect_dead(test, a, rows[i / 2].reason);
	}
}

/* ---- tokens -------------------------------------------------------------------- */

/* Well-formed tokens that do not belong there: at the start, after a TGT-REP, at the end */
static void unexpected_tokens(struct kunit *test)
{
	static const struct {
		unsigned int steps;
		struct cssp_krb5_token t;
	} rows[] = {
		{ 0, { false, CSSP_KRB5_AP_REP } }, { 0, { true, CSSP_KRB5_AP_REQ } },
		{ 0, { true, CSSP_KRB5_TGT_REP } }, { 0, { false, CSSP_KRB5_KRB_ERROR } },
		{ 1, { true, CSSP_KRB5_TGT_REQ } }, { 1, { false, CSSP_KRB5_AP_REQ } },
		{ 1, { true, CSSP_KRB5_AP_REP } }, { 1, { true, CSSP_KRB5_KRB_ERROR } },
		{ 2, { true, CSSP_KRB5_AP_REQ } }, { 2, { false, CSSP_KRB5_AP_REQ } },
		{ 2, { true, CSSP_KRB5_TGT_REQ } }, { 2, { true, CSSP_KRB5_KRB_ERROR } },
	};
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, true);
	struct cssp_krb5_token t;
	unsigned int i, n;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		krb5_acc_pair_restart(test, a);
		for (n = 0; n < rows[i].steps; n++) {
			KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
			KUNIT_ASSERT_EQ(test, krb5_acc_answer(a), 0);
		}
		t = rows[i].t;
		t.body = test_str(KRB5_AP_REQ);
		krb5_acc_put(test, a, &t);
		KUNIT_EXPECT_EQ_MSG(test, krb5_acc_answer(a), CSSP_E_STATE, "row %u", i);
		KUNIT_EXPECT_EQ(test, a->p->to_client->len, (size_t)0);
		KUNIT_EXPECT_EQ(test, a->helper.calls, rows[i].steps);
		krb5_acc_expect_dead(test, a, CREDSSP_REASON_MECH_TOKEN);
	}
}

/* The same token twice */
static void duplicates(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	unsigned int user;

	for (user = 0; user < 2; user++) {
		a->p->tickets.user_to_user = user;
		krb5_acc_pair_restart(test, a);
		KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
		KUNIT_ASSERT_EQ(test, krb5_acc_answer(a), 0);
		KUNIT_EXPECT_EQ(test, krb5_acc_answer(a), CSSP_E_STATE);
		krb5_acc_expect_dead(test, a, CREDSSP_REASON_MECH_TOKEN);
	}
}

/* Replace the initiator's last token by the first @len bytes of @whole. */
static void give(struct kunit *test, struct krb5_acc_pair *a, const struct cssp_vbuf *whole,
		 size_t len)
{
	const struct cssp_rd rd = cssp_rd_of(whole->data, len);

	cssp_vbuf_free(a->p->to_server);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(a->p->to_server, &rd), 0);
}

/* One bit is all that Microsoft's OID differs in. */
static bool has_oid_of_microsoft(const struct cssp_vbuf *token)
{
	const struct cssp_rd rd = cssp_vbuf_rd(token);
	struct cssp_krb5_token t;

	return !cssp_krb5_token_decode(&rd, &t) && t.microsoft;
}

/* No AP-REQ that is cut short, or has another flipped bit, establishes anything. */
static void bad_ap_reqs(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	struct cssp_vbuf *whole = new_vbuf(test);
	unsigned int user;
	size_t i, size;

	for (user = 0; user < 2; user++) {
		a->p->tickets.user_to_user = user;
		size = 1;
		for (i = 0; i < 9 * size; i++) {
			krb5_acc_pair_restart(test, a);
			krb5_acc_begin(test, a);
			size = a->p->to_server->len;
			cssp_vbuf_move(whole, a->p->to_server);
			if (i >= size)
				whole->data[(i - size) / 8] ^= 1 << (i - size) % 8;
			give(test, a, whole, i < size ? i : size);
			if (has_oid_of_microsoft(a->p->to_server))
				continue;
			KUNIT_EXPECT_LT_MSG(test, krb5_acc_answer(a), 0, "input %zu of %zu", i,
					    size);
			KUNIT_EXPECT_EQ(test, a->p->to_client->len, (size_t)0);
			KUNIT_EXPECT_NE(test, a->acceptor->reason, (u32)CREDSSP_REASON_NONE);
			krb5_acc_expect_dead(test, a, a->acceptor->reason);
		}
	}
}

/* A TGT-REQ whose names have a flipped bit is one, and establishes nothing either. */
static void bad_tgt_reqs(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, true);
	struct cssp_vbuf *whole = new_vbuf(test);
	size_t i, size = 1;
	int ret;

	for (i = 0; i < 9 * size; i++) {
		krb5_acc_pair_restart(test, a);
		KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
		size = a->p->to_server->len;
		cssp_vbuf_move(whole, a->p->to_server);
		if (i >= size)
			whole->data[(i - size) / 8] ^= 1 << (i - size) % 8;
		give(test, a, whole, i < size ? i : size);
		ret = krb5_acc_answer(a);
		if (i < size)
			KUNIT_EXPECT_EQ_MSG(test, ret, CSSP_E_MALFORMED, "%zu bytes", i);
		if (ret)
			krb5_acc_expect_dead(test, a, CREDSSP_REASON_MECH_TOKEN);
		else
			KUNIT_EXPECT_EQ(test, cssp_krb5_acceptor_of(a->acceptor)->state,
					CSSP_KRB5_ACC_TGT_SENT);
	}
}

static void longest_ap_req(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	struct cssp_krb5_token t = { .id = CSSP_KRB5_AP_REQ };
	unsigned int i;

	for (i = 0; i < 2; i++) {
		krb5_acc_pair_restart(test, a);
		t.body = cssp_rd_of(test_room(test, CREDSSP_HLP_MAX_KRB5_MESSAGE + i),
				    CREDSSP_HLP_MAX_KRB5_MESSAGE + i);
		krb5_acc_put(test, a, &t);
		KUNIT_EXPECT_EQ(test, krb5_acc_answer(a), i ? CSSP_E_TOO_BIG : CSSP_E_ALTERED);
		KUNIT_EXPECT_EQ(test, a->helper.calls, 1 - i);
	}
}

/* ---- the rest ------------------------------------------------------------------- */

static void calls_after_the_end(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, false);
	const struct cssp_mech_ops *ops = a->acceptor->ops;
	struct cssp_rd text = test_str(PLAINTEXT);
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_session_key key = {};

	KUNIT_EXPECT_EQ(test, ops->session_key(a->acceptor, &key), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->wrap(a->acceptor, &text, out), CSSP_E_STATE);
	krb5_acc_expect_dead(test, a, CREDSSP_REASON_MECH_TOKEN);
	KUNIT_ASSERT_EQ(test, krb5_pair_step(a->p), 0);
	KUNIT_EXPECT_EQ(test, krb5_acc_answer(a), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->unwrap(a->acceptor, &text, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->sign(a->acceptor, &text, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, ops->verify(a->acceptor, &text, &text), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, key.length, (u8)0);
	KUNIT_EXPECT_EQ(test, a->helper.calls, 0U);
	krb5_acc_expect_dead(test, a, CREDSSP_REASON_MECH_TOKEN);
}

/* After a TGT-REP the helper gets END. */
static void freed_midway(struct kunit *test)
{
	struct krb5_acc_pair *a = krb5_acc_pair_new(test, NULL, true);

	krb5_acc_begin(test, a);
	KUNIT_EXPECT_TRUE(test, a->helper.open);
	a->helper.over = true;
	krb5_acc_pair_restart(test, a);
	KUNIT_EXPECT_FALSE(test, a->helper.open);
	KUNIT_EXPECT_FALSE(test, a->helper.over);
}

/* The service's own name must be a principal's, if it is given. */
static void names(struct kunit *test)
{
	static const struct {
		const char *spn;
		int err;
	} rows[] = {
		{ "TERMSRV/server.example.org", 0 }, { "", 0 }, { "server", 0 },
		{ "TERMSRV/192.0.2.1", CSSP_E_TARGET }, { "/server", CSSP_E_TARGET },
	};
	struct cssp_mech_params params = { .helper = &krb5_acc_helper_ops };
	struct cssp_mech *mech;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		params.target = rows[i].spn;
		KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_acceptor_ops.create(&mech, &params),
				    rows[i].err, "%s", rows[i].spn);
		if (!rows[i].err)
			cssp_mech_free(mech);
	}
}

static struct kunit_case acceptor_cases[] = {
	KUNIT_CASE_PARAM(exchange, type_gen_params),
	KUNIT_CASE_PARAM(messages, type_gen_params),
	KUNIT_CASE_PARAM(without_mutual, type_gen_params),
	KUNIT_CASE(replays_kill),
	KUNIT_CASE(requests),
	KUNIT_CASE(missing_bindings),
	KUNIT_CASE(failures_of_the_ap_req),
	KUNIT_CASE(failures_of_the_channel),
	KUNIT_CASE(unexpected_tokens),
	KUNIT_CASE(duplicates),
	KUNIT_CASE(bad_ap_reqs),
	KUNIT_CASE(bad_tgt_reqs),
	KUNIT_CASE(longest_ap_req),
	KUNIT_CASE(calls_after_the_end),
	KUNIT_CASE(freed_midway),
	KUNIT_CASE(names),
	{}
};

static struct kunit_suite acceptor_suite = {
	.name = "credssp_mech_krb5_acceptor",
	.test_cases = acceptor_cases,
};

kunit_test_suite(acceptor_suite);
