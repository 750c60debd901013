// SPDX-License-Identifier: GPL-2.0-only
/* The client machine against a scripted server, MS-CSSP 3.1.5. */
#include <kunit/test.h>

#include "base/status.h"
#include "client_server.h"
#include "credssp/client.h"
#include "util.h"
#include "wire/ts_credentials.h"

#define KEY_BYTES	270

/**
 * struct exchange - one row: versions and mechanism, a fault, the result
 * @name: of the case
 * @mech: inner mechanism
 * @min: lowest version the client accepts, @max: its own
 * @server: the server's version
 * @quirk: the server's, @at: its leg
 * @req: ISC_REQ_*
 * @trust: CREDSSP_TRUST_* of the server's certificate
 * @pinned: the credential has the certificate's fingerprint
 * @err: what the exchange ends with
 * @reason: enum credssp_reason of it
 */
struct exchange {
	const char *name;
	const struct cssp_mech_ops *mech;
	u32 min, max, server;
	enum ts_quirk quirk;
	int at;
	u32 req;
	u32 trust;
	bool pinned;
	const char *spn;
	int err;
	u32 reason;
};

#define NTLM		.mech = &cssp_ntlm_ops
#define SPNEGO		.mech = &cssp_spnego_ops
#define V(a, b, c)	.min = a, .max = b, .server = c
#define HOW(q, n)	.quirk = TS_##q, .at = n
#define FAILS(e, r)	.err = CSSP_E_##e, .reason = CREDSSP_REASON_##r
#define DELEGATE	.req = ISC_REQ_DELEGATE, .trust = CREDSSP_TRUST_UNTRUSTED_ROOT

static const struct exchange exchanges[] = {
	/* every pair of versions that is allowed */
	{ "v6-v6 ntlm", NTLM, V(5, 6, 6), DELEGATE },
	{ "v6-v5 ntlm", NTLM, V(5, 6, 5), DELEGATE },
	{ "v6-v4 ntlm", NTLM, V(2, 6, 4), DELEGATE },
	{ "v6-v3 ntlm", NTLM, V(2, 6, 3), DELEGATE },
	{ "v6-v2 ntlm", NTLM, V(2, 6, 2), DELEGATE },
	{ "v5-v6 ntlm", NTLM, V(5, 5, 6), DELEGATE },
	{ "v4-v6 ntlm", NTLM, V(2, 4, 6), DELEGATE },
	{ "v3-v3 ntlm", NTLM, V(2, 3, 3), DELEGATE },
	{ "v2-v6 ntlm", NTLM, V(2, 2, 6), DELEGATE },
	{ "v6-v7 ntlm", NTLM, V(5, 6, 7), DELEGATE },
	{ "v6-v6 spnego", SPNEGO, V(5, 6, 6), DELEGATE },
	{ "v6-v2 spnego", SPNEGO, V(2, 6, 2), DELEGATE },
	{ "empty credentials", NTLM, V(5, 6, 6) },
	{ "own nonce ignored", NTLM, V(5, 6, 6), HOW(OWN_NONCE, 0), DELEGATE },
	{ "own nonce ignored spnego", SPNEGO, V(5, 6, 6), HOW(OWN_NONCE, 0), DELEGATE },
	{ "final token first", SPNEGO, V(5, 6, 6), HOW(FINAL_TOKEN_FIRST, 0), DELEGATE },
	/* policy */
	{ "proven, delegated", NTLM, V(5, 6, 6), .req = ISC_REQ_DELEGATE },
	{ "mutual, proven", NTLM, V(5, 6, 6), .req = ISC_REQ_MUTUAL_AUTH },
	{ "mutual, not proven", NTLM, V(5, 6, 6), .req = ISC_REQ_MUTUAL_AUTH,
	  .trust = CREDSSP_TRUST_UNTRUSTED_ROOT, FAILS(NOT_PROVEN, SERVER_NOT_PROVEN) },
	{ "mutual, another server", NTLM, V(5, 6, 6), .req = ISC_REQ_MUTUAL_AUTH,
	  .trust = CREDSSP_TRUST_WRONG_NAME, FAILS(WRONG_PRINCIPAL, SERVER_NOT_PROVEN) },
	{ "mutual, pinned", NTLM, V(5, 6, 6), .req = ISC_REQ_MUTUAL_AUTH,
	  .trust = CREDSSP_TRUST_UNTRUSTED_ROOT, .pinned = true },
	{ "mutual, pinned, another name", SPNEGO, V(5, 6, 6), .req = ISC_REQ_MUTUAL_AUTH,
	  .trust = CREDSSP_TRUST_WRONG_NAME, .pinned = true },
	{ "mutual, another name and more", NTLM, V(5, 6, 6), .req = ISC_REQ_MUTUAL_AUTH,
	  .trust = CREDSSP_TRUST_WRONG_NAME | CREDSSP_TRUST_UNTRUSTED_ROOT,
	  FAILS(NOT_PROVEN, SERVER_NOT_PROVEN) },
	{ "pinned, other key", NTLM, V(5, 6, 6), HOW(OTHER_KEY, 0), .pinned = true,
	  FAILS(ALTERED, BINDING) },
	{ "delegation to another service", NTLM, V(5, 6, 6), DELEGATE, .spn = "HTTP/host",
	  FAILS(POLICY, POLICY) },
	{ "no target, no delegation", NTLM, V(5, 6, 6), DELEGATE, .spn = "",
	  FAILS(POLICY, POLICY) },
	{ "another service, nothing delegated", NTLM, V(5, 6, 6), .spn = "HTTP/host" },
	{ "v4 below the minimum", NTLM, V(5, 6, 4), DELEGATE,
	  FAILS(VERSION, VERSION_POLICY) },
	{ "v2 below the minimum", NTLM, V(5, 6, 2), DELEGATE,
	  FAILS(VERSION, VERSION_POLICY) },
	/* binding */
	{ "other key v6", NTLM, V(5, 6, 6), HOW(OTHER_KEY, 0), FAILS(ALTERED, BINDING) },
	{ "other key v2", NTLM, V(2, 6, 2), HOW(OTHER_KEY, 0), FAILS(ALTERED, BINDING) },
	{ "flipped nonce", NTLM, V(5, 6, 6), HOW(FLIPPED_NONCE, 0), FAILS(ALTERED, BINDING) },
	{ "reflected v6", NTLM, V(5, 6, 6), HOW(REFLECT, 0), FAILS(ALTERED, BINDING) },
	{ "reflected v2", NTLM, V(2, 2, 2), HOW(REFLECT, 0), FAILS(ALTERED, BINDING) },
	{ "reflected plaintext v6", NTLM, V(5, 6, 6), HOW(REFLECT_PLAIN, 0),
	  FAILS(ALTERED, BINDING) },
	{ "reflected plaintext v2", NTLM, V(2, 6, 2), HOW(REFLECT_PLAIN, 0),
	  FAILS(ALTERED, BINDING) },
	{ "zero echo", NTLM, V(2, 6, 3), HOW(ZERO_ECHO, 0), FAILS(ALTERED, BINDING) },
	{ "same echo", NTLM, V(2, 6, 4), HOW(SAME_ECHO, 0), FAILS(ALTERED, BINDING) },
	{ "old style at v5", NTLM, V(5, 6, 5), HOW(OLD_STYLE, 0), FAILS(ALTERED, BINDING) },
	{ "old style at v6", SPNEGO, V(2, 6, 6), HOW(OLD_STYLE, 0), FAILS(ALTERED, BINDING) },
	{ "new style at v4", NTLM, V(2, 6, 4), HOW(NEW_STYLE, 0), FAILS(ALTERED, BINDING) },
	{ "SPKI", NTLM, V(5, 6, 6), HOW(SPKI, 0), FAILS(ALTERED, BINDING) },
	{ "SPKI v2", NTLM, V(2, 6, 2), HOW(SPKI, 0), FAILS(ALTERED, BINDING) },
	{ "short", NTLM, V(5, 6, 6), HOW(SHORT, 0), FAILS(ALTERED, BINDING) },
	{ "empty", NTLM, V(5, 6, 6), HOW(EMPTY, 0), FAILS(ALTERED, BINDING) },
	{ "bad seal", NTLM, V(5, 6, 6), HOW(BAD_SEAL, 0), FAILS(ALTERED, BINDING) },
	{ "bad seal spnego", SPNEGO, V(5, 6, 6), HOW(BAD_SEAL, 0), FAILS(ALTERED, BINDING) },
	{ "no pubKeyAuth", NTLM, V(5, 6, 6), HOW(NO_PUB_KEY, 1),
	  FAILS(STATE, UNEXPECTED_FIELD) },
	/* messages, leg by leg */
	{ "version 1", NTLM, V(2, 6, 6), HOW(VERSION_1, 0), FAILS(STATE, VERSION) },
	{ "version changed", NTLM, V(2, 6, 6), HOW(VERSION_CHANGED, 1), FAILS(STATE, VERSION) },
	{ "version raised", NTLM, V(2, 6, 2), HOW(VERSION_CHANGED, 1), FAILS(STATE, VERSION) },
	{ "errorCode first", NTLM, V(5, 6, 6), HOW(ERROR_CODE, 0),
	  FAILS(LOGON_DENIED, ERROR_CODE) },
	{ "errorCode second", NTLM, V(5, 6, 6), HOW(ERROR_CODE, 1),
	  FAILS(LOGON_DENIED, ERROR_CODE) },
	{ "errorCode at v2", NTLM, V(2, 6, 2), HOW(ERROR_CODE, 1),
	  FAILS(LOGON_DENIED, ERROR_CODE) },
	{ "errorCode with a token", SPNEGO, V(5, 6, 6), HOW(ERROR_CODE_AND_TOKEN, 0),
	  FAILS(LOGON_DENIED, ERROR_CODE) },
	{ "errorCode with pubKeyAuth", NTLM, V(5, 6, 6), HOW(ERROR_CODE_AND_TOKEN, 1),
	  FAILS(LOGON_DENIED, ERROR_CODE) },
	{ "not supported", NTLM, V(5, 6, 6), HOW(NOT_SUPPORTED, 0),
	  FAILS(VERSION, ERROR_CODE) },
	{ "authInfo first", NTLM, V(5, 6, 6), HOW(AUTH_INFO, 0),
	  FAILS(STATE, UNEXPECTED_FIELD) },
	{ "authInfo second", NTLM, V(5, 6, 6), HOW(AUTH_INFO, 1),
	  FAILS(STATE, UNEXPECTED_FIELD) },
	{ "no token", NTLM, V(5, 6, 6), HOW(NO_TOKEN, 0), FAILS(STATE, UNEXPECTED_FIELD) },
	{ "garbage first", NTLM, V(5, 6, 6), HOW(GARBAGE, 0), FAILS(MALFORMED, DER) },
	{ "garbage second", NTLM, V(5, 6, 6), HOW(GARBAGE, 1), FAILS(MALFORMED, DER) },
	{ "truncated", NTLM, V(5, 6, 6), HOW(TRUNCATED, 0), FAILS(MALFORMED, DER) },
	{ "trailing byte", NTLM, V(5, 6, 6), HOW(TRAILING, 1), FAILS(MALFORMED, DER) },
	{ "token after the last", NTLM, V(5, 6, 6), HOW(TOKEN_AGAIN, 1),
	  FAILS(STATE, UNEXPECTED_FIELD) },
};

static void exchange_name(const struct exchange *e, char *name)
{
	strscpy(name, e->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(exchange, exchanges, exchange_name);

struct fixture {
	struct cssp_identity id;
	struct ts_server server;
	struct cssp_client client;
	struct cssp_vbuf to_client, to_server;
	struct cssp_policy_view policy;
	u8 key[KEY_BYTES];
};

static int fixture_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, f);
	test->priv = f;
	for (i = 0; i < sizeof(f->key); i++)
		f->key[i] = 0x30 + i;
	f->policy.initial = cssp_policy_builtin();
	return ntlm_server_identity(&f->id, "alice", "DOMAIN", "Passw0rd!");
}

static void fixture_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	cssp_client_wipe(&f->client);
	ts_server_cleanup(&f->server);
	cssp_vbuf_free(&f->to_client);
	cssp_vbuf_free(&f->to_server);
	cssp_policy_put(f->policy.initial);
	ntlm_server_identity_free(&f->id);
}

static void fixture_start(struct kunit *test, const struct exchange *e)
{
	struct fixture *f = test->priv;
	struct cssp_client_params params = {
		.mech = e->mech,
		.id = &f->id,
		.policy = &f->policy,
		.spn = e->spn ?: "TERMSRV/host",
		.context_req = e->req,
		.min_version = e->min,
		.max_version = e->max,
	};

	f->server.ntlm = ntlm_server_new(&f->id, NULL);
	KUNIT_ASSERT_NOT_NULL(test, f->server.ntlm);
	f->server.version = e->server;
	f->server.quirk = e->quirk;
	f->server.at = e->at;
	f->server.key = cssp_rd_of(f->key, sizeof(f->key));
	cssp_client_init(&f->client, &params);
	cssp_client_set_server(&f->client, e->trust, e->pinned);
}

/* Carry the exchange to its end. */
static int converse(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_client *c = &f->client;
	struct cssp_rd rd = f->server.key;
	int legs = 0, ret;

	ret = cssp_client_event(c, CSSP_EVENT_BEGIN, NULL, NULL);
	if (!ret)
		ret = cssp_client_event(c, CSSP_EVENT_CHANNEL_UP, &rd, &f->to_server);
	while (!ret && cssp_client_expects(c) == CSSP_EVENT_REQUEST && legs++ < 10) {
		cssp_vbuf_clear(&f->to_client);
		if (f->server.pending.len) {
			cssp_vbuf_move(&f->to_client, &f->server.pending);
		} else {
			rd = cssp_vbuf_rd(&f->to_server);
			KUNIT_ASSERT_EQ(test, 0, ts_server_step(&f->server, &rd, &f->to_client));
		}
		cssp_vbuf_clear(&f->to_server);
		rd = cssp_vbuf_rd(&f->to_client);
		ret = cssp_client_event(c, CSSP_EVENT_REQUEST, &rd, &f->to_server);
	}
	return ret;
}

/* What the server got must be what the caller asked to delegate. */
static void expect_credentials(struct kunit *test, const struct exchange *e)
{
	struct fixture *f = test->priv;
	struct cssp_rd rd = cssp_vbuf_rd(&f->to_server);
	struct cssp_ts_credentials decoded;
	struct cssp_ts_password_creds creds;
	struct cssp_rd want;

	KUNIT_ASSERT_EQ(test, 0, ts_server_step(&f->server, &rd, &f->to_client));
	rd = cssp_vbuf_rd(&f->server.creds);
	KUNIT_ASSERT_EQ(test, 0, cssp_ts_credentials_decode(&rd, &decoded));
	KUNIT_ASSERT_EQ(test, decoded.type, (u32)CSSP_TS_PASSWORD);
	creds = decoded.password;
	if (!(e->req & ISC_REQ_DELEGATE)) {
		KUNIT_EXPECT_EQ(test, creds.user.left, 0);
		KUNIT_EXPECT_EQ(test, creds.domain.left, 0);
		KUNIT_EXPECT_EQ(test, creds.password.left, 0);
		return;
	}
	want = cssp_vbuf_rd(&f->id.user);
	test_expect_same(test, &creds.user, &want);
	want = cssp_vbuf_rd(&f->id.domain);
	test_expect_same(test, &creds.domain, &want);
	want = cssp_vbuf_rd(&f->id.password);
	test_expect_same(test, &creds.password, &want);
}

static void client_exchange(struct kunit *test)
{
	const struct exchange *e = test->param_value;
	struct fixture *f = test->priv;
	int ret;

	fixture_start(test, e);
	ret = converse(test);
	KUNIT_EXPECT_EQ(test, ret, e->err);
	KUNIT_EXPECT_EQ(test, f->client.facts.reason, e->reason);
	if (e->err) {
		KUNIT_EXPECT_EQ(test, f->client.state, CSSP_CLIENT_DEAD);
		KUNIT_EXPECT_NULL(test, f->client.mech);
		KUNIT_EXPECT_EQ(test, f->server.creds.len, 0);
		return;
	}
	KUNIT_ASSERT_EQ(test, f->client.state, CSSP_CLIENT_CREDS_SENT);
	KUNIT_EXPECT_EQ(test, f->client.facts.version, min(e->max, e->server));
	KUNIT_EXPECT_EQ(test, f->client.facts.delegated, !!(e->req & ISC_REQ_DELEGATE));
	expect_credentials(test, e);
	KUNIT_EXPECT_EQ(test, 0, cssp_client_event(&f->client, CSSP_EVENT_SENT, NULL, NULL));
	KUNIT_EXPECT_EQ(test, f->client.state, CSSP_CLIENT_ESTABLISHED);
	KUNIT_EXPECT_NULL(test, f->client.mech);
}

/* An event that a state does not wait for kills the machine. */
static void client_wrong_events(struct kunit *test)
{
	static const struct exchange right = { NTLM, V(5, 6, 6) };
	static const u8 pdu[4];
	struct fixture *f = test->priv;
	struct cssp_rd rd = cssp_rd_of(pdu, sizeof(pdu));
	int event;

	for (event = CSSP_EVENT_CHANNEL_UP; event <= CSSP_EVENT_NONE; event++) {
		fixture_start(test, &right);
		KUNIT_EXPECT_EQ(test, -EPROTO,
				cssp_client_event(&f->client, event, &rd, &f->to_server));
		KUNIT_EXPECT_EQ(test, f->client.state, CSSP_CLIENT_DEAD);
		ntlm_server_free(f->server.ntlm);
		f->server.ntlm = NULL;
	}
	KUNIT_EXPECT_EQ(test, cssp_client_expects(&f->client), CSSP_EVENT_NONE);
	KUNIT_EXPECT_EQ(test, -EPROTO, cssp_client_event(&f->client, CSSP_EVENT_BEGIN, NULL, NULL));
}

/* MS-RDPBCGR 2.2.10.2: success, denied, other values, wrong lengths */
static void client_early_auth(struct kunit *test)
{
	static const struct {
		u8 pdu[5];
		size_t len;
		int err;
	} rows[] = {
		{ { 0, 0, 0, 0 }, 4, 0 },
		{ { 5, 0, 0, 0 }, 4, CSSP_E_LOGON_DENIED },
		{ { 0, 0, 0, 1 }, 4, CSSP_E_LOGON_DENIED },
		{ { 0, 0, 0 }, 3, CSSP_E_MALFORMED },
		{ { 0 }, 5, CSSP_E_MALFORMED },
	};
	struct fixture *f = test->priv;
	struct cssp_rd rd;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct cssp_client_params params = { .early_auth = true };

		cssp_client_init(&f->client, &params);
		f->client.state = CSSP_CLIENT_CREDS_SENT;
		KUNIT_ASSERT_EQ(test, 0,
				cssp_client_event(&f->client, CSSP_EVENT_SENT, NULL, NULL));
		KUNIT_ASSERT_EQ(test, cssp_client_expects(&f->client), CSSP_EVENT_RESULT);
		rd = cssp_rd_of(rows[i].pdu, rows[i].len);
		KUNIT_EXPECT_EQ(test, rows[i].err,
				cssp_client_event(&f->client, CSSP_EVENT_RESULT, &rd, NULL));
		KUNIT_EXPECT_EQ(test, f->client.facts.early_ok, !rows[i].err);
	}
}

/* Only the acceptor detects a wrong password; the machine sees silence or an errorCode. */
static void client_wrong_password(struct kunit *test)
{
	static const struct exchange right = { NTLM, V(5, 6, 6) };
	struct fixture *f = test->priv;
	struct cssp_identity other = {};
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, 0, ntlm_server_identity(&other, "alice", "DOMAIN", "wrong"));
	fixture_start(test, &right);
	f->server.ntlm->id = &other;
	rd = f->server.key;
	KUNIT_ASSERT_EQ(test, 0, cssp_client_event(&f->client, CSSP_EVENT_BEGIN, NULL, NULL));
	KUNIT_ASSERT_EQ(test, 0, cssp_client_event(&f->client, CSSP_EVENT_CHANNEL_UP, &rd,
						   &f->to_server));
	rd = cssp_vbuf_rd(&f->to_server);
	KUNIT_ASSERT_EQ(test, 0, ts_server_step(&f->server, &rd, &f->to_client));
	cssp_vbuf_clear(&f->to_server);
	rd = cssp_vbuf_rd(&f->to_client);
	KUNIT_ASSERT_EQ(test, 0, cssp_client_event(&f->client, CSSP_EVENT_REQUEST, &rd,
						   &f->to_server));
	KUNIT_EXPECT_TRUE(test, cssp_client_authenticated(&f->client));
	rd = cssp_vbuf_rd(&f->to_server);
	KUNIT_EXPECT_EQ(test, -EACCES, ts_server_step(&f->server, &rd, &f->to_client));
	ntlm_server_identity_free(&other);
}

/* The machine keeps the session key only for a caller that may ask for it. */
static void client_session_key(struct kunit *test)
{
	static const struct exchange right = { NTLM, V(5, 6, 6) };
	static const u8 zeros[CSSP_SESSION_KEY_MAX];
	struct fixture *f = test->priv;
	struct cssp_client *c = &f->client;
	bool keep = false;

	do {
		fixture_start(test, &right);
		c->p.keep_key = keep;
		KUNIT_ASSERT_EQ(test, converse(test), 0);
		KUNIT_EXPECT_EQ(test, c->session_key.length, keep ? CSSP_NTLM_KEY_SIZE : 0);
		KUNIT_EXPECT_EQ(test, memcmp(c->session_key.bytes,
					     keep ? f->server.ntlm->session_key : zeros,
					     CSSP_NTLM_KEY_SIZE), 0);
		KUNIT_ASSERT_EQ(test, cssp_client_event(c, CSSP_EVENT_SENT, NULL, NULL), 0);
		KUNIT_EXPECT_NULL(test, c->mech);
		KUNIT_EXPECT_NULL(test, c->public_key.data);
		KUNIT_EXPECT_EQ(test, memcmp(c->nonce, zeros, sizeof(c->nonce)), 0);
		cssp_client_wipe(c);
		KUNIT_EXPECT_EQ(test, memcmp(c->session_key.bytes, zeros, sizeof(zeros)), 0);
		ts_server_cleanup(&f->server);
		f->server = (struct ts_server){};
		cssp_vbuf_clear(&f->to_server);
		keep = !keep;
	} while (keep);
}

/* A mechanism that cannot unseal: @unwrap_err */
static int unwrap_err;

static int failing_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			  struct cssp_vbuf *out)
{
	return unwrap_err;
}

static void failing_free(struct cssp_mech *mech)
{
}

static const struct cssp_mech_ops failing_ops = {
	.unwrap = failing_unwrap,
	.free = failing_free,
};

/* Only what the server did is told as a false proof. */
static void client_binding_reasons(struct kunit *test)
{
	static const struct {
		int err;
		u32 reason;
	} rows[] = {
		{ CSSP_E_ALTERED, CREDSSP_REASON_BINDING },
		{ CSSP_E_MALFORMED, CREDSSP_REASON_BINDING },
		{ CSSP_E_TOO_BIG, CREDSSP_REASON_BINDING },
		{ -ENOMEM, CREDSSP_REASON_NONE },
		{ -EDQUOT, CREDSSP_REASON_NONE },
	};
	static const struct exchange right = { NTLM, V(5, 6, 6) };
	const struct cssp_ts_request req = {
		.version = 6,
		.present = CSSP_TS_PUB_KEY_AUTH,
		.pub_key_auth = test_str("sealed"),
	};
	struct cssp_mech mech = { .ops = &failing_ops };
	struct fixture *f = test->priv;
	struct cssp_wr wr;
	struct cssp_rd rd;
	size_t i;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(&f->to_client, cssp_ts_request_size(&req)), 0);
	wr = cssp_wr_of(f->to_client.data, cssp_ts_request_size(&req));
	cssp_ts_request_encode(&req, &wr);
	rd = cssp_rd_of(f->to_client.data, wr.len);
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		fixture_start(test, &right);
		f->client.mech = &mech;
		f->client.progress = CSSP_MECH_DONE;
		f->client.state = CSSP_CLIENT_PUBKEY_SENT;
		unwrap_err = rows[i].err;
		KUNIT_EXPECT_EQ(test, cssp_client_event(&f->client, CSSP_EVENT_REQUEST, &rd,
							&f->to_server), rows[i].err);
		KUNIT_EXPECT_EQ(test, f->client.facts.reason, rows[i].reason);
		ts_server_cleanup(&f->server);
		f->server = (struct ts_server){};
	}
}

static struct kunit_case client_cases[] = {
	KUNIT_CASE_PARAM(client_exchange, exchange_gen_params),
	KUNIT_CASE(client_wrong_events),
	KUNIT_CASE(client_early_auth),
	KUNIT_CASE(client_wrong_password),
	KUNIT_CASE(client_session_key),
	KUNIT_CASE(client_binding_reasons),
	{}
};

static struct kunit_suite client_suite = {
	.name = "credssp_credssp_client",
	.init = fixture_init,
	.exit = fixture_exit,
	.test_cases = client_cases,
};

kunit_test_suite(client_suite);
