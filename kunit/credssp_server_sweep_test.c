// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server machine and every wrong TSRequest of some kind: cut short, with a wrong bit, sent
 * twice, out of order; and without memory.
 */
#include "base/status.h"
#include "credssp/leg.h"
#include "server_pair.h"
#include "squeeze.h"
#include "util.h"
#include "vectors/ts.h"

#define LEGS		3

/* Take the legs before @leg, and make @leg. */
static void come_to(struct kunit *test, unsigned int leg)
{
	server_pair_start(test);
	server_pair_advance(test, leg);
	server_pair_make(test, leg, NULL);
}

/* Each TSRequest cut at each length, in memory of that size */
static void server_refuses_cuts(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_rd rd, copy;
	size_t len, whole = 1;
	unsigned int leg;

	for (leg = 0; leg < LEGS; leg++) {
		for (len = 0; len < whole; len++) {
			come_to(test, leg);
			whole = p->to_server.len;
			rd = cssp_rd_of(p->to_server.data, len);
			copy = test_copy(test, &rd);
			KUNIT_EXPECT_EQ_MSG(test, server_pair_serve(p, &copy), CSSP_E_MALFORMED,
					    "leg %u, %zu bytes", leg, len);
			server_pair_expect_dead(test, CREDSSP_REASON_DER);
			kunit_kfree(test, copy.p);
		}
		KUNIT_EXPECT_GT(test, len, (size_t)CSSP_TS_REQUEST_MIN);
		whole = 1;
	}
}

/* The legs that follow @leg. 0 if the exchange is established, else its failure. */
static int go_on(struct kunit *test, unsigned int leg)
{
	struct server_pair *p = test->priv;
	int ret = 0;

	while (!ret && ++leg < LEGS) {
		server_pair_make(test, leg, NULL);
		ret = server_pair_answer(p);
	}
	return ret;
}

/*
 * Each TSRequest with each bit wrong. What is still well-formed is a version that the next
 * TSRequest does not have.
 */
static void server_refuses_flips(struct kunit *test)
{
	struct server_pair *p = test->priv;
	unsigned int leg, taken = 0;
	size_t bit, bits = 1;
	int ret;

	for (leg = 0; leg < LEGS; leg++) {
		for (bit = 0; bit < bits; bit++) {
			come_to(test, leg);
			bits = 8 * p->to_server.len;
			p->to_server.data[bit / 8] ^= 1 << bit % 8;
			ret = server_pair_answer(p);
			taken += !ret;
			if (!ret)
				ret = go_on(test, leg);
			KUNIT_EXPECT_LT_MSG(test, ret, 0, "leg %u, bit %zu", leg, bit);
			KUNIT_EXPECT_EQ(test, p->server.state, CSSP_SERVER_DEAD);
			KUNIT_EXPECT_NULL(test, p->server.mech);
			KUNIT_EXPECT_NULL(test, p->server.delegated.id.password.data);
		}
		bits = 1;
	}
	/* Versions 7, 14, 22, 38 and 70 */
	KUNIT_EXPECT_EQ(test, taken, 5U);
}

/* Any TSRequest in the place of any other one, of the same and of another exchange */
static void server_refuses_other_orders(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_vbuf made[LEGS] = {};
	unsigned int leg, other;
	struct cssp_rd rd;

	server_pair_start(test);
	for (leg = 0; leg < LEGS; leg++) {
		server_pair_make(test, leg, NULL);
		cssp_vbuf_move(&made[leg], &p->to_server);
	}
	for (leg = 0; leg <= LEGS; leg++) {
		for (other = 0; other < LEGS; other++) {
			if (other == leg)
				continue;
			server_pair_start(test);
			server_pair_advance(test, leg);
			rd = cssp_vbuf_rd(&made[other]);
			KUNIT_EXPECT_LT_MSG(test, server_pair_serve(p, &rd), 0, "%u at %u", other,
					    leg);
			KUNIT_EXPECT_EQ(test, p->server.state, CSSP_SERVER_DEAD);
			KUNIT_EXPECT_NULL(test, p->server.delegated.id.password.data);
		}
	}
	for (leg = 0; leg < LEGS; leg++)
		cssp_vbuf_free(&made[leg]);
}

/* The server's own answer in the place of what it waits for */
static void server_refuses_reflection(struct kunit *test)
{
	struct server_pair *p = test->priv;
	struct cssp_vbuf mine = {};
	struct cssp_ts_request req;
	struct cssp_rd rd;

	come_to(test, 1);
	KUNIT_ASSERT_EQ(test, server_pair_answer(p), 0);
	cssp_vbuf_move(&mine, &p->to_client);
	rd = cssp_vbuf_rd(&mine);
	KUNIT_EXPECT_EQ(test, server_pair_serve(p, &rd), CSSP_E_STATE);
	server_pair_expect_dead(test, CREDSSP_REASON_UNEXPECTED_FIELD);

	/* The server's sealed answer as the next exchange's pubKeyAuth, and as authInfo */
	KUNIT_ASSERT_EQ(test, cssp_ts_request_decode(&rd, &req), 0);
	req.present = CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH | CSSP_TS_CLIENT_NONCE;
	req.nego_token = test_str("i2");
	req.client_nonce = cssp_rd_of(p->nonce, sizeof(p->nonce));
	come_to(test, 1);
	server_pair_put(test, &req);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_ALTERED);
	server_pair_expect_dead(test, CREDSSP_REASON_BINDING);

	req.present = CSSP_TS_AUTH_INFO;
	req.auth_info = req.pub_key_auth;
	come_to(test, 2);
	server_pair_put(test, &req);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_ALTERED);
	server_pair_expect_dead(test, CREDSSP_REASON_MECH_MIC);
	cssp_vbuf_free(&mine);
}

static int endless_step(struct cssp_mech *mech, const struct cssp_rd *in, struct cssp_vbuf *out,
			enum cssp_mech_progress *progress)
{
	*progress = CSSP_MECH_CONTINUE;
	return cssp_vbuf_append(out, "t", 1);
}

/* The last TSRequest that is taken, and the first that is refused */
static void server_counts_legs(struct kunit *test)
{
	struct cssp_mech_ops ops = fake_acceptor_ops;
	struct server_pair *p = test->priv;
	int leg;

	ops.step = endless_step;
	server_pair_start(test);
	server_pair_advance(test, 1);
	p->server.mech->ops = &ops;
	server_pair_make(test, 0, NULL);
	for (leg = 1; leg < CSSP_LEG_MAX; leg++)
		KUNIT_EXPECT_EQ(test, server_pair_answer(p), 0);
	KUNIT_EXPECT_EQ(test, p->server.facts.legs, (u32)CSSP_LEG_MAX);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_STATE);
	server_pair_expect_dead(test, CREDSSP_REASON_LIMIT);
}

static int large_step(struct cssp_mech *mech, const struct cssp_rd *in, struct cssp_vbuf *out,
		      enum cssp_mech_progress *progress)
{
	int ret = cssp_vbuf_reserve(out, CREDSSP_MAX_TOKEN);

	*progress = CSSP_MECH_CONTINUE;
	if (ret)
		return ret;
	memset(out->data, 0, CREDSSP_MAX_TOKEN);
	out->len = CREDSSP_MAX_TOKEN;
	return 0;
}

/* A token that does not fit in a TSRequest */
static void server_refuses_large_token(struct kunit *test)
{
	struct cssp_mech_ops ops = fake_acceptor_ops;
	struct server_pair *p = test->priv;

	ops.step = large_step;
	server_pair_start(test);
	server_pair_advance(test, 1);
	p->server.mech->ops = &ops;
	server_pair_make(test, 0, NULL);
	KUNIT_EXPECT_EQ(test, server_pair_answer(p), CSSP_E_TOO_BIG);
	server_pair_expect_dead(test, CREDSSP_REASON_NONE);
	KUNIT_EXPECT_EQ(test, server_pair_sent(test).present, (u32)CSSP_TS_ERROR_CODE);
}

static int squeezed_answer(struct kunit *test, struct squeeze *s, long room)
{
	struct server_pair *p = test->priv;
	int ret;

	squeeze_begin(test, s, room);
	ret = server_pair_answer(p);
	squeeze_end(s);
	if (!ret)
		return 0;
	server_pair_expect_dead(test, p->server.facts.reason);
	KUNIT_EXPECT_TRUE(test, p->server.facts.reason == CREDSSP_REASON_NONE ||
			  p->server.facts.reason == CREDSSP_REASON_LIMIT);
	/* What is sent, if there is memory for that, is whole. */
	if (p->to_client.len)
		KUNIT_EXPECT_EQ(test, server_pair_sent(test).present, (u32)CSSP_TS_ERROR_CODE);
	cssp_vbuf_free(&p->to_client);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(s->user, CSSP_BUFFER_BYTES), 0L);
	return ret;
}

/* Another authInfo in the place of the one that was made. */
static void remake(struct kunit *test, const char *creds)
{
	struct server_pair *p = test->priv;

	p->sealed--;
	server_pair_make(test, 2, creds);
}

/* With ever more memory each leg fails cleanly until it succeeds. */
static void server_without_memory(struct kunit *test)
{
	static const char * const creds[] = {
		ts_creds_domain, ts_creds_smartcard_ksp, ts_creds_remote_guard_two,
	};
	struct server_pair *p = test->priv;
	struct squeeze s = {};
	unsigned int leg;
	long room;
	int ret;

	squeeze_init(test, &s);
	p->params.remote_guard = true;
	for (leg = 0; leg < LEGS + ARRAY_SIZE(creds) - 1; leg++) {
		room = 0;
		do {
			come_to(test, min(leg, LEGS - 1U));
			if (leg >= LEGS - 1)
				remake(test, creds[leg - LEGS + 1]);
			cssp_vbuf_free(&p->to_client);
			ret = squeezed_answer(test, &s, room);
			KUNIT_EXPECT_TRUE(test, !ret || ret == -EDQUOT);
			room += SQUEEZE_ROOM_STEP;
		} while (ret && room < SQUEEZE_ROOM_MAX);
		KUNIT_EXPECT_EQ(test, ret, 0);
		KUNIT_EXPECT_GT(test, room, (long)SQUEEZE_ROOM_STEP);
		/* Buffers that are charged to the user end with the exchange. */
		server_pair_start(test);
		cssp_vbuf_free(&p->to_client);
		KUNIT_EXPECT_EQ(test, cssp_quota_used(s.user, CSSP_BUFFER_BYTES), 0L);
	}
}

static struct kunit_case server_sweep_cases[] = {
	KUNIT_CASE(server_refuses_cuts),
	KUNIT_CASE(server_refuses_flips),
	KUNIT_CASE(server_refuses_other_orders),
	KUNIT_CASE(server_refuses_reflection),
	KUNIT_CASE(server_counts_legs),
	KUNIT_CASE(server_refuses_large_token),
	KUNIT_CASE(server_without_memory),
	{}
};

static struct kunit_suite server_sweep_suite = {
	.name = "credssp_credssp_server_sweep",
	.init = server_pair_init,
	.exit = server_pair_exit,
	.test_cases = server_sweep_cases,
};

kunit_test_suite(server_sweep_suite);
