// SPDX-License-Identifier: GPL-2.0-only
/* What the server machine refuses, and what it tells the client about it. */
#include "base/status.h"
#include "credssp/leg.h"
#include "server_pair.h"
#include "util.h"

#define LOGON_FAILURE	0xc000006d
#define NOT_SUPPORTED	0xc00000bb
#define SPKI_HEADER	24	/* bytes before a 2048-bit RSA key in an SPKI */

enum fault {
	NOTHING,
	/* fields */
	NO_FIELD,
	NO_TOKEN,
	EMPTY_TOKEN,
	WRONG_TOKEN,
	TOKEN,
	PUB_KEY_AUTH,
	AUTH_INFO,
	ERROR_CODE,
	NO_NONCE,
	OTHER_NONCE,
	OTHER_VERSION,
	/* the form of the whole message */
	GARBAGE,
	TRAILING,
	/* the plaintext of pubKeyAuth */
	OTHER_KEY,
	SPKI,
	SHORT,
	LONG,
	EMPTY,
	OLD_STYLE,	/* the key where a hash is right */
	NEW_STYLE,	/* the hash where the key is right */
	SERVERS_PROOF,	/* what the server would answer */
	FLIPPED_NONCE,
	/* the seal of pubKeyAuth or authInfo */
	FLIPPED_SEAL,
	SERVERS_SEAL,	/* as from the server */
	OTHER_NUMBER,
	UNSEALED,
	NO_BYTES,
};

/**
 * struct refusal - one row
 * @name: of the case
 * @leg: the wrong TSRequest, see server_pair_make()
 * @fault: what is wrong with it
 * @version: the client's, 0: 6; @min: lowest one accepted, 0: 5
 * @err, @reason: of the failure
 * @ntstatus: of the failure, 0: LOGON_FAILURE
 * @silent: the version is not known, or has no errorCode
 */
struct refusal {
	const char *name;
	unsigned int leg;
	enum fault fault;
	u32 version;
	u32 min;
	int err;
	u32 reason;
	u32 ntstatus;
	bool silent;
};

#define V(version_, min_)	.version = version_, .min = min_
#define FAILS(e, r)		.err = CSSP_E_##e, .reason = CREDSSP_REASON_##r
#define SILENT			.silent = true

static const struct refusal refusals[] = {
	/* versions */
	{ "version 1", 0, NOTHING, V(1, 2), FAILS(STATE, VERSION), SILENT },
	{ "version 4 below the minimum", 0, NOTHING, V(4, 5), FAILS(VERSION, VERSION_POLICY),
	  .ntstatus = NOT_SUPPORTED },
	{ "version 3 below the minimum", 0, NOTHING, V(3, 4), FAILS(VERSION, VERSION_POLICY),
	  .ntstatus = NOT_SUPPORTED },
	{ "version 2 below the minimum", 0, NOTHING, V(2, 5), FAILS(VERSION, VERSION_POLICY),
	  .ntstatus = NOT_SUPPORTED, SILENT },
	{ "version 5 below the minimum", 0, NOTHING, V(5, 6), FAILS(VERSION, VERSION_POLICY),
	  .ntstatus = NOT_SUPPORTED, SILENT },
	{ "version changed", 1, OTHER_VERSION, FAILS(STATE, VERSION) },
	{ "version changed in the end", 2, OTHER_VERSION, FAILS(STATE, VERSION) },
	{ "version changed from 5", 1, OTHER_VERSION, V(5, 5), FAILS(STATE, VERSION), SILENT },
	/* the first TSRequest */
	{ "first: no field", 0, NO_FIELD, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "first: an empty token", 0, EMPTY_TOKEN, FAILS(STATE, MECH_TOKEN) },
	{ "first: a wrong token", 0, WRONG_TOKEN, FAILS(MALFORMED, MECH_TOKEN) },
	{ "first: pubKeyAuth too early", 0, PUB_KEY_AUTH, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "first: authInfo", 0, AUTH_INFO, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "first: errorCode", 0, ERROR_CODE, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "first: garbage", 0, GARBAGE, FAILS(MALFORMED, DER), SILENT },
	{ "first: a byte behind", 0, TRAILING, FAILS(MALFORMED, DER), SILENT },
	/* the second one */
	{ "second: no field", 1, NO_FIELD, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "second: no token", 1, NO_TOKEN, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "second: an empty token", 1, EMPTY_TOKEN, FAILS(STATE, MECH_TOKEN) },
	{ "second: a wrong token", 1, WRONG_TOKEN, FAILS(MALFORMED, MECH_TOKEN) },
	{ "second: a wrong token v5", 1, WRONG_TOKEN, V(5, 5), FAILS(MALFORMED, MECH_TOKEN),
	  SILENT },
	{ "second: authInfo too", 1, AUTH_INFO, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "second: errorCode", 1, ERROR_CODE, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "second: garbage", 1, GARBAGE, FAILS(MALFORMED, DER) },
	{ "second: garbage v2", 1, GARBAGE, V(2, 2), FAILS(MALFORMED, DER), SILENT },
	/* pubKeyAuth */
	{ "no nonce v6", 1, NO_NONCE, FAILS(STATE, BINDING) },
	{ "no nonce v5", 1, NO_NONCE, V(5, 5), FAILS(STATE, BINDING), SILENT },
	{ "flipped nonce", 1, FLIPPED_NONCE, FAILS(ALTERED, BINDING) },
	{ "other key v6", 1, OTHER_KEY, FAILS(ALTERED, BINDING) },
	{ "other key v5", 1, OTHER_KEY, V(5, 5), FAILS(ALTERED, BINDING), SILENT },
	{ "other key v4", 1, OTHER_KEY, V(4, 2), FAILS(ALTERED, BINDING) },
	{ "other key v2", 1, OTHER_KEY, V(2, 2), FAILS(ALTERED, BINDING), SILENT },
	{ "SPKI v6", 1, SPKI, FAILS(ALTERED, BINDING) },
	{ "SPKI v3", 1, SPKI, V(3, 2), FAILS(ALTERED, BINDING) },
	{ "short v6", 1, SHORT, FAILS(ALTERED, BINDING) },
	{ "short v4", 1, SHORT, V(4, 2), FAILS(ALTERED, BINDING) },
	{ "long v6", 1, LONG, FAILS(ALTERED, BINDING) },
	{ "long v4", 1, LONG, V(4, 2), FAILS(ALTERED, BINDING) },
	{ "empty v6", 1, EMPTY, FAILS(ALTERED, BINDING) },
	{ "empty v4", 1, EMPTY, V(4, 2), FAILS(ALTERED, BINDING) },
	{ "old style at v6", 1, OLD_STYLE, FAILS(ALTERED, BINDING) },
	{ "old style at v5", 1, OLD_STYLE, V(5, 5), FAILS(ALTERED, BINDING), SILENT },
	{ "new style at v4", 1, NEW_STYLE, V(4, 2), FAILS(ALTERED, BINDING) },
	{ "the server's hash", 1, SERVERS_PROOF, FAILS(ALTERED, BINDING) },
	{ "the server's echo", 1, SERVERS_PROOF, V(3, 2), FAILS(ALTERED, BINDING) },
	{ "flipped seal", 1, FLIPPED_SEAL, FAILS(ALTERED, BINDING) },
	{ "the server's seal", 1, SERVERS_SEAL, FAILS(ALTERED, BINDING) },
	{ "another number", 1, OTHER_NUMBER, FAILS(ALTERED, BINDING) },
	{ "unsealed", 1, UNSEALED, FAILS(ALTERED, BINDING) },
	{ "no bytes", 1, NO_BYTES, FAILS(MALFORMED, BINDING) },
	/* authInfo */
	{ "third: no field", 2, NO_FIELD, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "third: a token too", 2, TOKEN, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "third: pubKeyAuth again", 2, PUB_KEY_AUTH, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "third: errorCode", 2, ERROR_CODE, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "third: another nonce", 2, OTHER_NONCE, FAILS(STATE, UNEXPECTED_FIELD) },
	{ "third: garbage", 2, GARBAGE, FAILS(MALFORMED, DER) },
	{ "third: flipped seal", 2, FLIPPED_SEAL, FAILS(ALTERED, MECH_MIC) },
	{ "third: the server's seal", 2, SERVERS_SEAL, FAILS(ALTERED, MECH_MIC) },
	{ "third: another number", 2, OTHER_NUMBER, FAILS(ALTERED, MECH_MIC) },
	{ "third: unsealed", 2, UNSEALED, FAILS(ALTERED, MECH_MIC) },
	{ "third: no bytes", 2, NO_BYTES, FAILS(MALFORMED, MECH_MIC) },
	{ "third: no bytes v5", 2, NO_BYTES, V(5, 5), FAILS(MALFORMED, MECH_MIC), SILENT },
};

static void refusal_name(const struct refusal *r, char *name)
{
	strscpy(name, r->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusal, refusals, refusal_name);

/* The plaintext of pubKeyAuth with its fault */
static void put_proof(struct kunit *test, enum fault fault, struct cssp_vbuf *plain)
{
	static const u8 spki[SPKI_HEADER] = { 0x30, 0x82, 0x01, 0x22 };
	struct server_pair *p = test->priv;
	enum cssp_binding_dir dir = fault == SERVERS_PROOF ? CSSP_BINDING_SERVER_TO_CLIENT :
							     CSSP_BINDING_CLIENT_TO_SERVER;
	u32 version = fault == OLD_STYLE ? 4 : fault == NEW_STYLE ? 6 : p->version;
	u8 nonce[CSSP_NONCE_SIZE];
	struct cssp_vbuf key = {};

	memcpy(nonce, p->nonce, sizeof(nonce));
	if (fault == FLIPPED_NONCE)
		nonce[CSSP_NONCE_SIZE - 1] ^= 0x80;
	if (fault == SPKI)
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&key, spki, sizeof(spki)), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&key, p->key, sizeof(p->key)), 0);
	if (fault == OTHER_KEY)
		key.data[PAIR_KEY_BYTES / 2] ^= 1;
	KUNIT_ASSERT_EQ(test, cssp_leg_proof(&(struct cssp_leg_binding){
				.version = version,
				.nonce = cssp_rd_of(nonce, sizeof(nonce)),
				.key = cssp_vbuf_rd(&key),
			}, dir, plain), 0);
	cssp_vbuf_free(&key);
	if (fault == SHORT)
		plain->len--;
	if (fault == LONG)
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(plain, "", 1), 0);
	if (fault == EMPTY)
		plain->len = 0;
}

/* What is sealed, with a fault of the seal: @right has a seal without one */
static void put_sealed(struct kunit *test, enum fault fault, const struct cssp_rd *right,
		       struct cssp_vbuf *out)
{
	struct server_pair *p = test->priv;
	struct cssp_rd plain = *right;
	u32 number = p->sealed - 1;

	KUNIT_ASSERT_EQ(test, cssp_rd_skip(&plain, FAKE_OVERHEAD), 0);
	cssp_vbuf_clear(out);
	switch (fault) {
	case NO_BYTES:
		return;
	case UNSEALED:
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(out, plain.p, plain.left), 0);
		return;
	case SERVERS_SEAL:
		KUNIT_ASSERT_EQ(test, fake_seal(false, number, &plain, out), 0);
		return;
	case OTHER_NUMBER:
		KUNIT_ASSERT_EQ(test, fake_seal(true, number + 1, &plain, out), 0);
		return;
	case FLIPPED_SEAL:
		KUNIT_ASSERT_EQ(test, fake_seal(true, number, &plain, out), 0);
		out->data[out->len - 1] ^= 2;
		return;
	default:
		KUNIT_FAIL(test, "fault %u", fault);
	}
}

static void spoil_fields(struct server_pair *p, enum fault fault, struct cssp_ts_request *req)
{
	static const u8 junk[CSSP_NONCE_SIZE] = { 0x5a };

	switch (fault) {
	case NO_FIELD:
		req->present = 0;
		return;
	case NO_TOKEN:
		req->present &= ~CSSP_TS_NEGO_TOKEN;
		return;
	case EMPTY_TOKEN:
		req->nego_token = cssp_rd_of(NULL, 0);
		return;
	case WRONG_TOKEN:
	case TOKEN:
		req->present |= CSSP_TS_NEGO_TOKEN;
		req->nego_token = test_str("i9");
		return;
	case PUB_KEY_AUTH:
		req->present |= CSSP_TS_PUB_KEY_AUTH;
		req->pub_key_auth = cssp_rd_of(junk, sizeof(junk));
		return;
	case AUTH_INFO:
		req->present |= CSSP_TS_AUTH_INFO;
		req->auth_info = cssp_rd_of(junk, sizeof(junk));
		return;
	case ERROR_CODE:
		req->present |= CSSP_TS_ERROR_CODE;
		req->error_code = LOGON_FAILURE;
		return;
	case NO_NONCE:
		req->present &= ~CSSP_TS_CLIENT_NONCE;
		return;
	case OTHER_NONCE:
		req->present |= CSSP_TS_CLIENT_NONCE;
		req->client_nonce = cssp_rd_of(junk, sizeof(junk));
		return;
	case OTHER_VERSION:
		req->version = p->version == 6 ? 7 : 6;
		return;
	default:
		return;
	}
}

static void spoil_seal(struct kunit *test, enum fault fault, struct cssp_ts_request *req,
		       struct cssp_vbuf *sealed)
{
	struct cssp_rd *field = req->present & CSSP_TS_AUTH_INFO ? &req->auth_info :
								   &req->pub_key_auth;
	struct server_pair *p = test->priv;
	struct cssp_vbuf plain = {};
	struct cssp_rd rd;

	if (fault >= FLIPPED_SEAL) {
		put_sealed(test, fault, field, sealed);
	} else {
		put_proof(test, fault, &plain);
		rd = cssp_vbuf_rd(&plain);
		KUNIT_ASSERT_EQ(test, fake_seal(true, p->sealed - 1, &rd, sealed), 0);
	}
	*field = cssp_vbuf_rd(sealed);
	cssp_vbuf_free(&plain);
}

static void put_spoilt(struct kunit *test, unsigned int leg, enum fault fault)
{
	struct server_pair *p = test->priv;
	struct cssp_vbuf made = {}, sealed = {};
	struct cssp_ts_request req;
	struct cssp_rd rd;

	server_pair_make(test, leg, NULL);
	cssp_vbuf_move(&made, &p->to_server);
	rd = cssp_vbuf_rd(&made);
	KUNIT_ASSERT_EQ(test, cssp_ts_request_decode(&rd, &req), 0);
	if (fault >= OTHER_KEY)
		spoil_seal(test, fault, &req, &sealed);
	else
		spoil_fields(p, fault, &req);
	server_pair_put(test, &req);
	if (fault == GARBAGE)
		p->to_server.data[0] ^= 1;
	if (fault == TRAILING)
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&p->to_server, "", 1), 0);
	cssp_vbuf_free(&made);
	cssp_vbuf_free(&sealed);
}

static void expect_told(struct kunit *test, u32 ntstatus, bool silent)
{
	struct server_pair *p = test->priv;
	struct cssp_ts_request sent = server_pair_sent(test);

	KUNIT_EXPECT_EQ(test, p->server.facts.ntstatus, ntstatus);
	if (silent) {
		KUNIT_EXPECT_EQ(test, p->to_client.len, (size_t)0);
		return;
	}
	KUNIT_EXPECT_EQ(test, sent.version, p->params.max_version);
	KUNIT_EXPECT_EQ(test, sent.present, (u32)CSSP_TS_ERROR_CODE);
	KUNIT_EXPECT_EQ(test, sent.error_code, ntstatus);
}

static void server_refuses(struct kunit *test)
{
	const struct refusal *r = test->param_value;
	struct server_pair *p = test->priv;
	int early, ret;

	p->params.min_version = r->min ?: 5;
	p->version = r->version ?: 6;
	for (early = 0; early < 2; early++) {
		p->params.early_auth = early;
		server_pair_start(test);
		server_pair_advance(test, r->leg);
		put_spoilt(test, r->leg, r->fault);
		ret = server_pair_answer(p);
		KUNIT_EXPECT_EQ(test, ret, r->err);
		server_pair_expect_dead(test, r->reason);
		/* Behind authInfo a client of HYBRID_EX reads four bytes. */
		if (early && r->leg == 2)
			server_pair_expect_denied(test);
		else
			expect_told(test, r->ntstatus ?: LOGON_FAILURE, r->silent);
		ret = server_pair_answer(p);
		KUNIT_EXPECT_EQ(test, ret, CSSP_E_STATE);
		KUNIT_EXPECT_EQ(test, p->to_client.len, (size_t)0);
		KUNIT_EXPECT_EQ(test, p->server.facts.reason, r->reason);
		KUNIT_EXPECT_EQ(test, p->server.facts.ntstatus, r->ntstatus ?: LOGON_FAILURE);
	}
}

/* The second TSRequest repeats a nonce that is another one than that of the first. */
static void server_refuses_two_nonces(struct kunit *test)
{
	struct server_pair *p = test->priv;

	server_pair_start(test);
	put_spoilt(test, 0, OTHER_NONCE);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	server_pair_make(test, 1, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_STATE);
	server_pair_expect_dead(test, CREDSSP_REASON_UNEXPECTED_FIELD);
}

/* Tokens after the mechanism's end: beside a late pubKeyAuth, and instead of it */
static void server_refuses_tokens_at_the_end(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_ts_request req = { .version = 6, .present = CSSP_TS_NEGO_TOKEN };

	fake_script.style = FAKE_KERBEROS;
	server_pair_start(test);
	server_pair_advance(test, 1);
	KUNIT_EXPECT_EQ(test, p->server.state, CSSP_SERVER_PUBKEY);
	server_pair_make(test, 1, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_STATE);
	server_pair_expect_dead(test, CREDSSP_REASON_UNEXPECTED_FIELD);

	server_pair_start(test);
	server_pair_advance(test, 1);
	req.nego_token = test_str("i1");
	server_pair_put(test, &req);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_STATE);
	server_pair_expect_dead(test, CREDSSP_REASON_UNEXPECTED_FIELD);
}

/* A mechanism that is ready takes one last token, and the right one. */
static void server_refuses_wrong_last_token(struct kunit *test)
{
	static const char * const tokens[] = { "i1", "i2", "i4", "", "i3x" };
	struct server_pair *p = test->priv;
	struct cssp_ts_request req = { .version = 6, .present = CSSP_TS_NEGO_TOKEN };
	unsigned int i;

	fake_script.style = FAKE_USER_TO_USER;
	for (i = 0; i < ARRAY_SIZE(tokens); i++) {
		server_pair_start(test);
		server_pair_advance(test, 1);
		req.nego_token = test_str("i2");
		server_pair_put(test, &req);
		KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
		KUNIT_ASSERT_EQ(test, p->server.state, CSSP_SERVER_PUBKEY);
		req.nego_token = test_str(tokens[i]);
		server_pair_put(test, &req);
		KUNIT_EXPECT_LT(test, server_pair_answer(p), 0);
		server_pair_expect_dead(test, CREDSSP_REASON_MECH_TOKEN);
	}
}

/* An event that a state does not wait for kills the machine; the client is told nothing. */
static void server_refuses_wrong_events(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_server *s = &p->server;
	unsigned int legs;
	int event;

	for (legs = 0; legs < 4; legs++) {
		for (event = CSSP_SERVER_BEGIN; event <= CSSP_SERVER_NONE; event++) {
			if (legs < 3 && event == CSSP_SERVER_REQUEST)
				continue;
			server_pair_start(test);
			server_pair_advance(test, legs);
			cssp_vbuf_clear(&p->to_client);
			KUNIT_EXPECT_EQ(test, cssp_server_event(s, event, &(struct cssp_rd){},
								&p->to_client), CSSP_E_STATE);
			server_pair_expect_dead(test, CREDSSP_REASON_PARAMETER);
			KUNIT_EXPECT_EQ(test, p->to_client.len, (size_t)0);
		}
	}
}

/* There is no exchange without a key to bind it to. */
static void server_refuses_empty_key(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd none = {};

	cssp_server_init(&p->server, &p->params);
	KUNIT_ASSERT_EQ(test, cssp_server_event(&p->server, CSSP_SERVER_BEGIN, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, cssp_server_event(&p->server, CSSP_SERVER_CHANNEL_UP, &none,
						&p->to_client), CSSP_E_PARAMETER);
	server_pair_expect_dead(test, CREDSSP_REASON_CERTIFICATE);
}

static struct kunit_case server_refusal_cases[] = {
	KUNIT_CASE_PARAM(server_refuses, refusal_gen_params),
	KUNIT_CASE(server_refuses_two_nonces),
	KUNIT_CASE(server_refuses_tokens_at_the_end),
	KUNIT_CASE(server_refuses_wrong_last_token),
	KUNIT_CASE(server_refuses_wrong_events),
	KUNIT_CASE(server_refuses_empty_key),
	{}
};

static struct kunit_suite server_refusal_suite = {
	.name = "credssp_credssp_server_refusal",
	.init = server_pair_init,
	.exit = server_pair_exit,
	.test_cases = server_refusal_cases,
};

kunit_test_suite(server_refusal_suite);
