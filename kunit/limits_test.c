// SPDX-License-Identifier: GPL-2.0-only
/* Bounds of an exchange: the last value that is accepted, and the first that is refused. */
#include <kunit/test.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "base/status.h"
#include "credssp/client.h"
#include "tls_util.h"
#include "wire/tls_record.h"

#define LEGS_MAX	16	/* TSRequests of the server */
#define RECORDS_MAX	4096	/* TLS records of its handshake */

/* A mechanism that always wants another token. */
static int endless_create(struct cssp_mech **mech, const struct cssp_mech_params *params);

static int endless_step(struct cssp_mech *mech, const struct cssp_rd *in,
			struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	*progress = CSSP_MECH_CONTINUE;
	return cssp_vbuf_append(out, "t", 1);
}

static void endless_free(struct cssp_mech *mech)
{
	kfree(mech);
}

static const struct cssp_mech_ops endless_ops = {
	.create = endless_create,
	.step = endless_step,
	.free = endless_free,
};

static int endless_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	*mech = kzalloc(sizeof(**mech), GFP_KERNEL);
	if (!*mech)
		return -ENOMEM;
	(*mech)->ops = &endless_ops;
	return 0;
}

static void client_begin(struct kunit *test, struct cssp_client *c,
			 const struct cssp_client_params *params)
{
	struct cssp_rd key = test_str("public key");
	struct cssp_vbuf *out = tls_vbuf(test);

	cssp_client_init(c, params);
	KUNIT_ASSERT_EQ(test, cssp_client_event(c, CSSP_EVENT_BEGIN, NULL, NULL), 0);
	KUNIT_ASSERT_EQ(test, cssp_client_event(c, CSSP_EVENT_CHANNEL_UP, &key, out), 0);
}

static void legs_of_an_exchange(struct kunit *test)
{
	struct cssp_ts_request req = {
		.version = 6, .present = CSSP_TS_NEGO_TOKEN, .nego_token = test_str("t"),
	};
	struct cssp_identity id = {};
	const struct cssp_client_params params = {
		.mech = &endless_ops, .id = &id,
		.spn = "TERMSRV/host", .min_version = 5, .max_version = 6,
	};
	struct cssp_vbuf *out = tls_vbuf(test);
	struct cssp_client c;
	struct cssp_wr wr;
	struct cssp_rd rd;
	u8 *room;
	int i;

	room = test_room(test, cssp_ts_request_size(&req));
	wr = cssp_wr_of(room, cssp_ts_request_size(&req));
	cssp_ts_request_encode(&req, &wr);
	KUNIT_ASSERT_EQ(test, cssp_wr_done(&wr), 0);
	rd = cssp_rd_of(room, wr.len);
	client_begin(test, &c, &params);
	for (i = 0; i < LEGS_MAX; i++)
		KUNIT_EXPECT_EQ(test, cssp_client_event(&c, CSSP_EVENT_REQUEST, &rd, out), 0);
	KUNIT_EXPECT_EQ(test, c.facts.reason, CREDSSP_REASON_NONE);
	KUNIT_EXPECT_EQ(test, cssp_client_event(&c, CSSP_EVENT_REQUEST, &rd, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, c.facts.reason, CREDSSP_REASON_LIMIT);
	KUNIT_EXPECT_EQ(test, c.state, CSSP_CLIENT_DEAD);
	cssp_client_wipe(&c);
}

/* Run a handshake of @records records of the peer. Return its result. */
static int handshake_of(struct kunit *test, unsigned int records, u32 *reason)
{
	struct cssp_loopback *c = tls_connection(test);
	struct tls_end *end = tls_end_socket(test, c->tls);
	struct cssp_rd record = test_hex(test, TLS_REPLY1);
	struct tls_turn *turns = kvcalloc(records + 1, sizeof(*turns), GFP_KERNEL);
	struct tls_turn good[3];
	unsigned int i;
	int ret;

	KUNIT_ASSERT_NOT_NULL(test, turns);
	tls_good_script(test, good, TLS_13_AES128);
	turns[0] = good[0];
	for (i = 1; i < records; i++)
		turns[i] = good[1];
	turns[records] = good[2];
	turns[records].request = record;
	tls_end_script(end, turns, records + 1);
	for (i = 0; i < records; i++)
		tls_peer_sends(test, end, c->raw, &record);
	ret = cssp_channel_handshake(end->ch);
	*reason = cssp_channel_reason(end->ch);
	kvfree(turns);
	return ret;
}

static void records_of_a_handshake(struct kunit *test)
{
	u32 reason;

	KUNIT_EXPECT_EQ(test, handshake_of(test, RECORDS_MAX, &reason), 0);
	KUNIT_EXPECT_EQ(test, reason, CREDSSP_REASON_NONE);
	KUNIT_EXPECT_EQ(test, handshake_of(test, RECORDS_MAX + 1, &reason), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, reason, TLS_REASON_OF_ERRNO);
}

/* The same on tokens, one record each; records after the handshake are not counted. */
static void records_of_a_handshake_in_tokens(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct cssp_rd one = test_hex(test, "160303000101"), rd;
	int i;

	for (i = 0; i < RECORDS_MAX; i++) {
		rd = one;
		KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
		cssp_vbuf_clear(&end->ch->wire_in);
	}
	rd = one;
	KUNIT_EXPECT_EQ(test, cssp_channel_push_wire(end->ch, &rd), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	end->ch->state = CSSP_CHANNEL_UP;
	KUNIT_EXPECT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
}

/* The queue takes exactly two tokens of the maximum size. */
static void bytes_that_are_queued(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct cssp_rd quarter = tls_pattern(test, CREDSSP_MAX_TOKEN / 4), rd;
	struct cssp_rd one = test_hex(test, "160303000101");
	int i;

	memcpy((u8 *)quarter.p, "\x16\x03\x03\x3f\xfb", CSSP_TLS_HEADER);
	for (i = 0; i < 8; i++) {
		rd = quarter;
		KUNIT_EXPECT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
		KUNIT_EXPECT_EQ(test, rd.left, 0);
	}
	KUNIT_EXPECT_EQ(test, end->ch->wire_in.len, 2 * CREDSSP_MAX_TOKEN);
	rd = one;
	KUNIT_EXPECT_EQ(test, cssp_channel_push_wire(end->ch, &rd), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, rd.left, one.left);
	KUNIT_EXPECT_EQ(test, end->ch->wire_in.len, 2 * CREDSSP_MAX_TOKEN);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
}

static struct kunit_case limits_cases[] = {
	KUNIT_CASE(legs_of_an_exchange),
	KUNIT_CASE(records_of_a_handshake),
	KUNIT_CASE(records_of_a_handshake_in_tokens),
	KUNIT_CASE(bytes_that_are_queued),
	{}
};

static struct kunit_suite limits_suite = {
	.name = "credssp_limits",
	.suite_init = tls_suite_init,
	.test_cases = limits_cases,
};

kunit_test_suite(limits_suite);
