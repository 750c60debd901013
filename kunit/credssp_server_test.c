// SPDX-License-Identifier: GPL-2.0-only
/* The server machine and the client machine, MS-CSSP 3.1.5: exchanges that succeed. */
#include "base/status.h"
#include "ntlm_server.h"
#include "ntlm_server_ops.h"
#include "server_pair.h"
#include "util.h"
#include "vectors/ts.h"

/**
 * struct meeting - one row
 * @name: of the case
 * @client: the client's mechanism, @server: the server's, @style: of fakes
 * @own: the server's version, @min: the lowest that it accepts
 * @peer: the client's version
 * @late: pubKeyAuth comes a TSRequest later
 * @legs: TSRequests of the client
 */
struct meeting {
	const char *name;
	const struct cssp_mech_ops *client, *server;
	enum fake_style style;
	u32 own, min, peer;
	bool late;
	u32 legs;
};

#define FAKE(s)		.client = &fake_initiator_ops, .server = &fake_acceptor_ops,	\
			.style = FAKE_##s
#define NTLM		.client = &cssp_ntlm_ops, .server = &ntlm_server_ops
#define SPNEGO		.client = &cssp_spnego_ops, .server = &ntlm_server_ops
#define V(o, m, p)	.own = o, .min = m, .peer = p
#define LATE		.late = true

static const struct meeting meetings[] = {
	/* every pair of versions that there is */
	{ "v6-v6", FAKE(NTLM), V(6, 5, 6), .legs = 3 },
	{ "v6-v5", FAKE(NTLM), V(6, 5, 5), .legs = 3 },
	{ "v6-v4", FAKE(NTLM), V(6, 2, 4), .legs = 3 },
	{ "v6-v3", FAKE(NTLM), V(6, 2, 3), .legs = 3 },
	{ "v6-v2", FAKE(NTLM), V(6, 2, 2), .legs = 3 },
	{ "v5-v6", FAKE(NTLM), V(5, 5, 6), .legs = 3 },
	{ "v4-v6", FAKE(NTLM), V(4, 2, 6), .legs = 3 },
	{ "v3-v5", FAKE(NTLM), V(3, 2, 5), .legs = 3 },
	{ "v2-v6", FAKE(NTLM), V(2, 2, 6), .legs = 3 },
	{ "v6-v7", FAKE(NTLM), V(6, 5, 7), .legs = 3 },
	{ "v6-v6 late", FAKE(NTLM), V(6, 5, 6), LATE, .legs = 4 },
	{ "v2-v2 late", FAKE(NTLM), V(2, 2, 2), LATE, .legs = 4 },
	/* a last token of the server beside pubKeyAuth, or before it */
	{ "spnego", FAKE(SPNEGO), V(6, 5, 6), .legs = 3 },
	{ "spnego late", FAKE(SPNEGO), V(6, 5, 6), LATE, .legs = 4 },
	{ "spnego v4 late", FAKE(SPNEGO), V(4, 2, 4), LATE, .legs = 4 },
	/* pubKeyAuth without a token */
	{ "kerberos", FAKE(KERBEROS), V(6, 5, 6), .legs = 3 },
	{ "kerberos v3", FAKE(KERBEROS), V(3, 2, 3), .legs = 3 },
	/* a last token of the client beside pubKeyAuth, or before it */
	{ "user-to-user", FAKE(USER_TO_USER), V(6, 5, 6), .legs = 4 },
	{ "user-to-user late", FAKE(USER_TO_USER), V(6, 5, 6), LATE, .legs = 5 },
	{ "answered last token", FAKE(LATE_ANSWER), V(6, 5, 6), .legs = 4 },
	{ "answered last token late", FAKE(LATE_ANSWER), V(6, 5, 6), LATE, .legs = 5 },
	/* the initiators of this module */
	{ "ntlm v6-v6", NTLM, V(6, 5, 6), .legs = 3 },
	{ "ntlm v6-v5", NTLM, V(6, 5, 5), .legs = 3 },
	{ "ntlm v4-v6", NTLM, V(4, 2, 6), .legs = 3 },
	{ "ntlm v3-v3", NTLM, V(3, 2, 3), .legs = 3 },
	{ "ntlm v2-v2 late", NTLM, V(2, 2, 2), LATE, .legs = 4 },
	{ "ntlm v6-v6 late", NTLM, V(6, 5, 6), LATE, .legs = 4 },
	{ "ntlm in spnego v6-v6", SPNEGO, V(6, 5, 6), .legs = 3 },
	{ "ntlm in spnego v5-v6 late", SPNEGO, V(5, 5, 6), LATE, .legs = 4 },
	{ "ntlm in spnego v2-v6", SPNEGO, V(2, 2, 6), .legs = 3 },
	{ "ntlm in spnego v4-v4 late", SPNEGO, V(4, 2, 4), LATE, .legs = 4 },
};

static void meeting_name(const struct meeting *m, char *name)
{
	strscpy(name, m->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(meeting, meetings, meeting_name);

static void expect_password(struct kunit *test, const struct cssp_identity *want)
{
	struct server_pair *p = test->priv;
	const struct cssp_delegated *d = &p->server.delegated;
	struct cssp_rd got, rd;

	KUNIT_EXPECT_EQ(test, d->kind, (u32)CREDSSP_DELEGATED_PASSWORD);
	KUNIT_EXPECT_EQ(test, p->server.facts.delegated, (u32)CREDSSP_DELEGATED_PASSWORD);
	got = cssp_vbuf_rd(&d->id.user);
	rd = cssp_vbuf_rd(&want->user);
	test_expect_same(test, &got, &rd);
	got = cssp_vbuf_rd(&d->id.domain);
	rd = cssp_vbuf_rd(&want->domain);
	test_expect_same(test, &got, &rd);
	got = cssp_vbuf_rd(&d->id.password);
	rd = cssp_vbuf_rd(&want->password);
	test_expect_same(test, &got, &rd);
}

static void expect_established(struct kunit *test)
{
	static const u8 zeros[CSSP_NONCE_SIZE];
	struct server_pair *p = test->priv;
	struct cssp_server *s = &p->server;

	KUNIT_ASSERT_EQ(test, s->state, CSSP_SERVER_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, cssp_server_leg(s), (u32)CREDSSP_LEG_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, cssp_server_expects(s), CSSP_SERVER_NONE);
	KUNIT_EXPECT_EQ(test, s->facts.reason, 0U);
	KUNIT_EXPECT_EQ(test, s->facts.ntstatus, 0U);
	KUNIT_EXPECT_NULL(test, s->mech);
	KUNIT_EXPECT_NULL(test, s->public_key.data);
	KUNIT_EXPECT_EQ(test, memcmp(s->nonce, zeros, sizeof(zeros)), 0);
}

static void start_meeting(struct kunit *test, const struct meeting *m)
{
	struct server_pair *p = test->priv;

	fake_script.style = m->style;
	p->params.mech = m->server;
	p->params.mech_params.id = &p->id;
	p->params.max_version = m->own;
	p->params.min_version = m->min;
	p->client_params.mech = m->client;
	p->client_params.max_version = m->peer;
	p->client_params.min_version = m->min;
	server_pair_start_client(test);
}

static void server_meets_client(struct kunit *test)
{
	const struct meeting *m = test->param_value;
	struct server_pair *p = test->priv;

	start_meeting(test, m);
	KUNIT_EXPECT_EQ(test, server_pair_converse(test, m->late), 0);
	KUNIT_EXPECT_EQ(test, p->client.facts.reason, 0U);
	KUNIT_EXPECT_EQ(test, p->client.state, CSSP_CLIENT_CREDS_SENT);
	expect_established(test);
	KUNIT_EXPECT_EQ(test, p->to_client.len, (size_t)0);
	KUNIT_EXPECT_EQ(test, p->server.facts.version, min(m->own, m->peer));
	KUNIT_EXPECT_EQ(test, p->server.facts.peer_version, m->peer);
	KUNIT_EXPECT_EQ(test, p->server.facts.legs, m->legs);
	expect_password(test, &p->id);
}

/* Each side says its own highest version; only the token and pubKeyAuth are sent. */
static void server_says_little(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_ts_request req;

	p->params.max_version = 5;
	fake_script.style = FAKE_SPNEGO;
	server_pair_start_client(test);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	req = server_pair_sent(test);
	KUNIT_EXPECT_EQ(test, req.version, 5U);
	KUNIT_EXPECT_EQ(test, req.present, (u32)CSSP_TS_NEGO_TOKEN);
	KUNIT_ASSERT_EQ(test, server_pair_client(p), 0);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	req = server_pair_sent(test);
	KUNIT_EXPECT_EQ(test, req.version, 5U);
	KUNIT_EXPECT_EQ(test, req.present, (u32)(CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH));
	KUNIT_ASSERT_EQ(test, server_pair_client(p), 0);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, p->to_client.len, (size_t)0);
	expect_established(test);
}

/* Legs for the report, in the order in which they are awaited */
static void server_legs(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd key = cssp_rd_of(p->key, sizeof(p->key));
	struct cssp_server *s = &p->server;

	cssp_server_init(s, &p->params);
	KUNIT_EXPECT_EQ(test, cssp_server_leg(s), (u32)CREDSSP_LEG_START);
	KUNIT_ASSERT_EQ(test, cssp_server_event(s, CSSP_SERVER_BEGIN, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, cssp_server_leg(s), (u32)CREDSSP_LEG_TLS);
	KUNIT_ASSERT_EQ(test, cssp_server_event(s, CSSP_SERVER_CHANNEL_UP, &key, NULL), 0);
	KUNIT_EXPECT_EQ(test, cssp_server_leg(s), (u32)CREDSSP_LEG_NEGO);
	/* A silent client costs no mechanism. */
	KUNIT_EXPECT_EQ(test, fake_script.alive, 0);
	fake_script.style = FAKE_KERBEROS;
	server_pair_make(test, 0, NULL);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, cssp_server_leg(s), (u32)CREDSSP_LEG_PUBKEY);
	server_pair_start(test);
	fake_script.style = FAKE_NTLM;
	server_pair_advance(test, 2);
	KUNIT_EXPECT_EQ(test, cssp_server_leg(s), (u32)CREDSSP_LEG_CREDS);
}

/*
 * A mechanism without any token of the acceptor: pubKeyAuth beside its only token, or behind
 * it. In the second case there is nothing to answer.
 */
static void server_with_mute_mechanism(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_ts_request req = { .version = 6 };
	struct cssp_vbuf sealed = {};
	int late;

	fake_script.style = FAKE_MUTE;
	for (late = 0; late < 2; late++) {
		server_pair_start(test);
		req.present = CSSP_TS_NEGO_TOKEN;
		req.nego_token = test_str("i1");
		if (late) {
			server_pair_put(test, &req);
			KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
			KUNIT_EXPECT_EQ(test, p->to_client.len, (size_t)0);
			req.present = 0;
		}
		cssp_vbuf_clear(&sealed);
		server_pair_proof(test, &sealed);
		req.present |= CSSP_TS_PUB_KEY_AUTH | CSSP_TS_CLIENT_NONCE;
		req.pub_key_auth = cssp_vbuf_rd(&sealed);
		req.client_nonce = cssp_rd_of(p->nonce, sizeof(p->nonce));
		server_pair_put(test, &req);
		KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
		KUNIT_EXPECT_EQ(test, server_pair_sent(test).present, (u32)CSSP_TS_PUB_KEY_AUTH);
		server_pair_make(test, 2, NULL);
		KUNIT_EXPECT_EQ(test, server_pair_answer(p), 0);
		expect_established(test);
	}
	cssp_vbuf_free(&sealed);
}

/* The acceptor was ready, and the initiator sends no last token. */
static void server_without_the_last_token(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_ts_request req = { .version = 6, .present = CSSP_TS_NEGO_TOKEN };
	struct cssp_vbuf sealed = {};

	fake_script.style = FAKE_USER_TO_USER;
	server_pair_start(test);
	req.nego_token = test_str("i1");
	server_pair_put(test, &req);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	req.nego_token = test_str("i2");
	server_pair_put(test, &req);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, p->server.progress, CSSP_MECH_READY);
	server_pair_proof(test, &sealed);
	req.present = CSSP_TS_PUB_KEY_AUTH | CSSP_TS_CLIENT_NONCE;
	req.pub_key_auth = cssp_vbuf_rd(&sealed);
	req.client_nonce = cssp_rd_of(p->nonce, sizeof(p->nonce));
	server_pair_put(test, &req);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), 0);
	server_pair_make(test, 2, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), 0);
	expect_established(test);
	cssp_vbuf_free(&sealed);
}

/* As FreeRDP does: clientNonce from the first TSRequest to the last, at every version */
static void server_gets_nonces(struct kunit *test)
{
	static const u32 versions[] = { 2, 4, 5, 6 };
	struct server_pair *p = test->priv;
	struct cssp_vbuf made = {};
	struct cssp_ts_request req;
	struct cssp_rd rd;
	unsigned int i, leg;

	p->params.min_version = 2;
	for (i = 0; i < ARRAY_SIZE(versions); i++) {
		p->version = versions[i];
		server_pair_start(test);
		for (leg = 0; leg < 3; leg++) {
			server_pair_make(test, leg, NULL);
			cssp_vbuf_move(&made, &p->to_server);
			rd = cssp_vbuf_rd(&made);
			KUNIT_ASSERT_EQ(test, cssp_ts_request_decode(&rd, &req), 0);
			/* That of the first TSRequest is enough. */
			req.present |= CSSP_TS_CLIENT_NONCE;
			req.client_nonce = cssp_rd_of(p->nonce, sizeof(p->nonce));
			if (leg == 1 && i & 1)
				req.present &= ~CSSP_TS_CLIENT_NONCE;
			server_pair_put(test, &req);
			KUNIT_EXPECT_EQ(test, server_pair_answer(p), 0);
		}
		expect_established(test);
	}
	cssp_vbuf_free(&made);
}

/* MS-RDPBCGR 2.2.10.2: the result PDU is the last output. */
static void server_sends_result(struct kunit *test)
{
	static const u8 success[4];
	struct cssp_rd want = cssp_rd_of(success, sizeof(success)), got;
	struct server_pair *p = test->priv;

	p->params.early_auth = true;
	p->client_params.early_auth = true;
	server_pair_start_client(test);
	KUNIT_EXPECT_EQ(test, server_pair_converse(test, false), 0);
	expect_established(test);
	got = cssp_vbuf_rd(&p->to_client);
	test_expect_same(test, &got, &want);
	KUNIT_ASSERT_EQ(test, cssp_client_event(&p->client, CSSP_EVENT_SENT, NULL, NULL), 0);
	KUNIT_EXPECT_EQ(test, cssp_client_event(&p->client, CSSP_EVENT_RESULT, &got, NULL), 0);
	KUNIT_EXPECT_TRUE(test, p->client.facts.early_ok);
}

/* The session key stays for a caller that may ask for it, and is wiped with the machine. */
static void server_keeps_key(struct kunit *test)
{
	static const u8 zeros[CSSP_SESSION_KEY_MAX];
	struct server_pair *p = test->priv;
	struct cssp_server *s = &p->server;
	int keep;

	for (keep = 0; keep < 2; keep++) {
		p->params.keep_key = keep;
		server_pair_start_client(test);
		KUNIT_EXPECT_EQ(test, server_pair_converse(test, false), 0);
		KUNIT_EXPECT_EQ(test, s->session_key.length, keep ? FAKE_KEY_SIZE : 0);
		KUNIT_EXPECT_EQ(test, s->session_key.bytes[FAKE_KEY_SIZE - 1],
				keep ? FAKE_KEY_BYTE : 0);
		cssp_server_wipe(s);
		KUNIT_EXPECT_EQ(test, memcmp(s->session_key.bytes, zeros, sizeof(zeros)), 0);
		KUNIT_EXPECT_NULL(test, s->delegated.id.password.data);
		KUNIT_EXPECT_EQ(test, s->state, CSSP_SERVER_ESTABLISHED);
	}
}

/* The owner moves the credentials out; the machine has none then. */
static void server_gives_credentials(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_delegated mine = {};

	server_pair_start_client(test);
	KUNIT_EXPECT_EQ(test, server_pair_converse(test, false), 0);
	cssp_delegated_move(&mine, &p->server.delegated);
	KUNIT_EXPECT_EQ(test, p->server.delegated.kind, (u32)CREDSSP_DELEGATED_NONE);
	KUNIT_EXPECT_NULL(test, p->server.delegated.id.password.data);
	cssp_server_wipe(&p->server);
	KUNIT_EXPECT_EQ(test, mine.kind, (u32)CREDSSP_DELEGATED_PASSWORD);
	KUNIT_EXPECT_EQ(test, mine.id.password.len, p->id.password.len);
	cssp_delegated_free(&mine);
	KUNIT_EXPECT_NULL(test, mine.id.password.data);
	KUNIT_EXPECT_EQ(test, mine.kind, (u32)CREDSSP_DELEGATED_NONE);
}

/* Who has logged on and whose password is delegated are two names. */
static void server_keeps_names_apart(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd name = cssp_rd_of("bob", 4), got;

	fake_script.name = "bob";
	server_pair_start_client(test);
	KUNIT_EXPECT_EQ(test, server_pair_converse(test, false), 0);
	expect_password(test, &p->id);
	got = cssp_vbuf_rd(&p->server.facts.mech.client);
	test_expect_same(test, &got, &name);
	got = cssp_vbuf_rd(&p->server.facts.mech.claimed);
	test_expect_same(test, &got, &name);
	/* Names stay after the end of the exchange, until the machine is wiped. */
	cssp_server_kill(&p->server);
	KUNIT_EXPECT_GT(test, p->server.facts.mech.client.len, (size_t)0);
	KUNIT_EXPECT_NULL(test, p->server.delegated.id.password.data);
	cssp_server_wipe(&p->server);
	KUNIT_EXPECT_EQ(test, p->server.facts.mech.client.len, (size_t)0);
	KUNIT_EXPECT_EQ(test, p->server.facts.mech.claimed.len, (size_t)0);
}

/* A TSRequest as other implementations encode it: long lengths, a padded INTEGER */
static void server_reads_lenient_der(struct kunit *test)
{
	static const char first[] = "308113a00402020006a10b3009308106a00404026931";
	struct server_pair *p = test->priv;
	struct cssp_rd rd = test_hex(test, first);

	server_pair_start(test);
	KUNIT_EXPECT_EQ(test, server_pair_serve(p, &rd), 0);
	server_pair_make(test, 1, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), 0);
	server_pair_make(test, 2, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), 0);
	expect_established(test);
}

static struct kunit_case server_cases[] = {
	KUNIT_CASE_PARAM(server_meets_client, meeting_gen_params),
	KUNIT_CASE(server_says_little),
	KUNIT_CASE(server_legs),
	KUNIT_CASE(server_with_mute_mechanism),
	KUNIT_CASE(server_without_the_last_token),
	KUNIT_CASE(server_gets_nonces),
	KUNIT_CASE(server_sends_result),
	KUNIT_CASE(server_keeps_key),
	KUNIT_CASE(server_gives_credentials),
	KUNIT_CASE(server_keeps_names_apart),
	KUNIT_CASE(server_reads_lenient_der),
	{}
};

static struct kunit_suite server_suite = {
	.name = "credssp_credssp_server",
	.init = server_pair_init,
	.exit = server_pair_exit,
	.test_cases = server_cases,
};

kunit_test_suite(server_suite);
