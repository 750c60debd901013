// SPDX-License-Identifier: GPL-2.0-only
#include "server_pair.h"

#include "credssp/leg.h"
#include "mech/identity.h"
#include "ntlm_server.h"
#include "util.h"
#include "vectors/ts.h"

#define LEGS_MAX	20	/* more than any exchange has */

int server_pair_init(struct kunit *test)
{
	struct server_pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);
	size_t i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	test->priv = p;
	for (i = 0; i < sizeof(p->key); i++)
		p->key[i] = 0x30 + i;
	memset(p->nonce, 0x6e, sizeof(p->nonce));
	p->version = 6;
	p->policy.initial = cssp_policy_builtin();
	p->params = (struct cssp_server_params){
		.mech = &fake_acceptor_ops,
		.mech_params = { .target = "" },
		.min_version = 5,
		.max_version = 6,
	};
	p->client_params = (struct cssp_client_params){
		.mech = &fake_initiator_ops,
		.id = &p->id,
		.policy = &p->policy,
		.spn = "TERMSRV/host",
		.context_req = ISC_REQ_DELEGATE,
		.min_version = 5,
		.max_version = 6,
	};
	fake_script = (struct fake_script){};
	return ntlm_server_identity(&p->id, "alice", "DOMAIN", "Passw0rd!");
}

static void server_pair_drop(struct server_pair *p)
{
	cssp_client_wipe(&p->client);
	cssp_vbuf_free(&p->client.facts.mech.trace);
	cssp_server_wipe(&p->server);
	cssp_vbuf_clear(&p->to_client);
	cssp_vbuf_clear(&p->to_server);
	p->client = (struct cssp_client){};
	p->server = (struct cssp_server){};
	p->sealed = 0;
}

void server_pair_exit(struct kunit *test)
{
	struct server_pair *p = test->priv;

	server_pair_drop(p);
	KUNIT_EXPECT_EQ(test, fake_script.alive, 0);
	cssp_vbuf_free(&p->to_client);
	cssp_vbuf_free(&p->to_server);
	cssp_policy_put(p->policy.initial);
	ntlm_server_identity_free(&p->id);
}

void server_pair_start(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd key = cssp_rd_of(p->key, sizeof(p->key));

	server_pair_drop(p);
	cssp_server_init(&p->server, &p->params);
	KUNIT_ASSERT_EQ(test, cssp_server_expects(&p->server), CSSP_SERVER_BEGIN);
	KUNIT_ASSERT_EQ(test, cssp_server_event(&p->server, CSSP_SERVER_BEGIN, NULL, NULL), 0);
	KUNIT_ASSERT_EQ(test, cssp_server_expects(&p->server), CSSP_SERVER_CHANNEL_UP);
	KUNIT_ASSERT_EQ(test, cssp_server_event(&p->server, CSSP_SERVER_CHANNEL_UP, &key,
						&p->to_client), 0);
	KUNIT_ASSERT_EQ(test, cssp_server_expects(&p->server), CSSP_SERVER_REQUEST);
	KUNIT_EXPECT_EQ(test, p->to_client.len, 0);
}

void server_pair_start_client(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd key = cssp_rd_of(p->key, sizeof(p->key));

	server_pair_start(test);
	cssp_client_init(&p->client, &p->client_params);
	cssp_client_set_server(&p->client, CREDSSP_TRUST_UNTRUSTED_ROOT, false);
	KUNIT_ASSERT_EQ(test, cssp_client_event(&p->client, CSSP_EVENT_BEGIN, NULL, NULL), 0);
	KUNIT_ASSERT_EQ(test, cssp_client_event(&p->client, CSSP_EVENT_CHANNEL_UP, &key,
						&p->to_server), 0);
}

int server_pair_serve(struct server_pair *p, const struct cssp_rd *rd)
{
	cssp_vbuf_clear(&p->to_client);
	return cssp_server_event(&p->server, CSSP_SERVER_REQUEST, rd, &p->to_client);
}

int server_pair_answer(struct server_pair *p)
{
	struct cssp_rd rd = cssp_vbuf_rd(&p->to_server);

	return server_pair_serve(p, &rd);
}

int server_pair_client(struct server_pair *p)
{
	struct cssp_rd rd = cssp_vbuf_rd(&p->to_client);

	cssp_vbuf_clear(&p->to_server);
	return cssp_client_event(&p->client, CSSP_EVENT_REQUEST, &rd, &p->to_server);
}

/* Deliver the client's token alone, then the rest of its TSRequest. */
static int server_pair_answer_late(struct kunit *test)
{
	const u32 both = CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH;
	struct server_pair *p = test->priv;
	struct cssp_vbuf whole = {};
	struct cssp_ts_request req;
	struct cssp_rd rd;
	u32 present;
	int ret;

	cssp_vbuf_move(&whole, &p->to_server);
	rd = cssp_vbuf_rd(&whole);
	KUNIT_ASSERT_EQ(test, cssp_ts_request_decode(&rd, &req), 0);
	present = req.present;
	if ((present & both) == both) {
		req.present = CSSP_TS_NEGO_TOKEN;
		server_pair_put(test, &req);
		ret = server_pair_answer(p);
		KUNIT_EXPECT_EQ(test, ret, 0);
		/* Its answer is the last token of SPNEGO, or nothing. */
		if (!ret && p->to_client.len)
			KUNIT_EXPECT_EQ(test, server_pair_client(p), 0);
	}
	req.present = (present & both) == both ? present & ~CSSP_TS_NEGO_TOKEN : present;
	server_pair_put(test, &req);
	ret = server_pair_answer(p);
	cssp_vbuf_free(&whole);
	return ret;
}

int server_pair_converse(struct kunit *test, bool late)
{
	struct server_pair *p = test->priv;
	int legs, ret;

	for (legs = 0; legs < LEGS_MAX; legs++) {
		ret = late ? server_pair_answer_late(test) : server_pair_answer(p);
		if (ret || p->server.state == CSSP_SERVER_ESTABLISHED)
			return ret;
		KUNIT_ASSERT_GT(test, p->to_client.len, (size_t)0);
		ret = server_pair_client(p);
		if (ret)
			return ret;
		KUNIT_ASSERT_GT(test, p->to_server.len, (size_t)0);
	}
	KUNIT_FAIL(test, "an exchange without end");
	return -EPROTO;
}

void server_pair_put(struct kunit *test, const struct cssp_ts_request *req)
{
	struct server_pair *p = test->priv;

	cssp_vbuf_clear(&p->to_server);
	KUNIT_ASSERT_EQ(test, cssp_leg_append(req, &p->to_server), 0);
}

void server_pair_seal(struct kunit *test, const struct cssp_rd *plain, struct cssp_vbuf *out)
{
	struct server_pair *p = test->priv;

	KUNIT_ASSERT_EQ(test, fake_seal(true, p->sealed++, plain, out), 0);
}

void server_pair_proof(struct kunit *test, struct cssp_vbuf *out)
{
	struct server_pair *p = test->priv;
	const struct cssp_leg_binding binding = {
		.version = min(p->version, p->params.max_version),
		.nonce = cssp_rd_of(p->nonce, sizeof(p->nonce)),
		.key = cssp_rd_of(p->key, sizeof(p->key)),
	};
	struct cssp_vbuf plain = {};
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, cssp_leg_proof(&binding, CSSP_BINDING_CLIENT_TO_SERVER, &plain), 0);
	rd = cssp_vbuf_rd(&plain);
	server_pair_seal(test, &rd, out);
	cssp_vbuf_free(&plain);
}

void server_pair_make(struct kunit *test, unsigned int leg, const char *creds)
{
	struct server_pair *p = test->priv;
	struct cssp_ts_request req = { .version = p->version };
	struct cssp_vbuf sealed = {};
	struct cssp_rd rd;

	if (leg < 2) {
		req.present = CSSP_TS_NEGO_TOKEN;
		req.nego_token = test_str(leg ? "i2" : "i1");
	}
	if (leg == 1) {
		server_pair_proof(test, &sealed);
		req.present |= CSSP_TS_PUB_KEY_AUTH | CSSP_TS_CLIENT_NONCE;
		req.pub_key_auth = cssp_vbuf_rd(&sealed);
		req.client_nonce = cssp_rd_of(p->nonce, sizeof(p->nonce));
	}
	if (leg == 2) {
		rd = test_hex(test, creds ?: ts_creds_domain);
		server_pair_seal(test, &rd, &sealed);
		req.present = CSSP_TS_AUTH_INFO;
		req.auth_info = cssp_vbuf_rd(&sealed);
	}
	server_pair_put(test, &req);
	cssp_vbuf_free(&sealed);
}

void server_pair_advance(struct kunit *test, unsigned int legs)
{
	struct server_pair *p = test->priv;
	unsigned int leg;

	for (leg = 0; leg < legs; leg++) {
		server_pair_make(test, leg, NULL);
		KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	}
}

struct cssp_ts_request server_pair_sent(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd rd = cssp_vbuf_rd(&p->to_client);
	struct cssp_ts_request req = {};

	if (rd.left)
		KUNIT_EXPECT_EQ(test, cssp_ts_request_decode(&rd, &req), 0);
	return req;
}

void server_pair_expect_denied(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd rd = cssp_vbuf_rd(&p->to_client);

	/* MS-RDPBCGR 2.2.10.2 */
	test_expect_hex(test, &rd, "05000000");
}

void server_pair_expect_dead(struct kunit *test, u32 reason)
{
	static const u8 zeros[CSSP_SESSION_KEY_MAX];
	struct server_pair *p = test->priv;
	struct cssp_server *s = &p->server;

	KUNIT_EXPECT_EQ(test, s->state, CSSP_SERVER_DEAD);
	KUNIT_EXPECT_EQ(test, s->facts.reason, reason);
	KUNIT_EXPECT_NE(test, s->facts.ntstatus, 0U);
	KUNIT_EXPECT_EQ(test, cssp_server_expects(s), CSSP_SERVER_NONE);
	KUNIT_EXPECT_NULL(test, s->mech);
	KUNIT_EXPECT_NULL(test, s->public_key.data);
	KUNIT_EXPECT_EQ(test, memcmp(s->nonce, zeros, sizeof(s->nonce)), 0);
	KUNIT_EXPECT_EQ(test, memcmp(s->session_key.bytes, zeros, sizeof(zeros)), 0);
	KUNIT_EXPECT_EQ(test, s->delegated.kind, (u32)CREDSSP_DELEGATED_NONE);
	KUNIT_EXPECT_NULL(test, s->delegated.id.password.data);
	KUNIT_EXPECT_NULL(test, s->delegated.remote_guard.data);
}
