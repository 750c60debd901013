// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/spnego.c with NTLM, against the scripted acceptor. */

#include <linux/slab.h>
#include "base/status.h"
#include "mech/spnego.h"
#include "mech/encode.h"
#include "ntlm_util.h"
#include "vectors/ntlm.h"

#define TARGET	"TERMSRV/server"

struct pair {
	struct cssp_identity *id;
	struct cssp_mech *client;
	struct ntlm_server *server;
	struct cssp_vbuf *to_server;
	struct cssp_vbuf *to_client;
	enum cssp_mech_progress progress;
	bool established;
};

static struct pair *new_pair(struct kunit *test, u32 quirks)
{
	const struct ntlm_server_knobs knobs = { .quirks = quirks };
	struct pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->id = new_identity(test, NLMP_USER, NLMP_DOMAIN, NLMP_PASSWORD);
	p->client = new_mech(test, &cssp_spnego_ops, p->id, TARGET);
	p->server = new_server(test, p->id, &knobs);
	p->to_server = new_vbuf(test);
	p->to_client = new_vbuf(test);
	return p;
}

/* Restart both. */
static void restart(struct kunit *test, struct pair *p)
{
	p->client = renew_mech(test, p->client, p->id, TARGET);
	p->server->state = NTLM_SERVER_START;
}

/* Run the exchange until the acceptor's first reply. */
static void offer(struct kunit *test, struct pair *p)
{
	KUNIT_ASSERT_EQ(test, step(p->client, NULL, p->to_server, &p->progress), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
	KUNIT_ASSERT_EQ(test, server_step(p->server, p->to_server, p->to_client,
					  &p->established), 0);
}

/* AUTHENTICATE, and the acceptor's final token if it has one. */
static void authenticate(struct kunit *test, struct pair *p)
{
	offer(test, p);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_READY);
	KUNIT_ASSERT_EQ(test, server_step(p->server, p->to_server, p->to_client,
					  &p->established), 0);
	KUNIT_ASSERT_TRUE(test, p->established);
	KUNIT_EXPECT_TRUE(test, p->server->saw_list_mic);
}

/* A message in each direction, as pubKeyAuth. */
static void exchange(struct kunit *test, struct pair *p)
{
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;

	KUNIT_ASSERT_EQ(test, p->client->ops->wrap(p->client, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, ntlm_server_unwrap(p->server, &rd, out), 0);
	KUNIT_ASSERT_EQ(test, out->len, plain.left);
	KUNIT_EXPECT_MEMEQ(test, out->data, plain.p, plain.left);
	cssp_vbuf_clear(sealed);
	cssp_vbuf_clear(out);
	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(p->server, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, p->client->ops->unwrap(p->client, &rd, out), 0);
	KUNIT_ASSERT_EQ(test, out->len, plain.left);
	KUNIT_EXPECT_MEMEQ(test, out->data, plain.p, plain.left);
}

static void whole_exchange(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);

	authenticate(test, p);
	KUNIT_EXPECT_TRUE(test, p->client->ntlm_only);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	exchange(test, p);
	exchange(test, p);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_NONE);
}

/* pubKeyAuth is sent with AUTHENTICATE, before the final token is received. */
static void seal_before_the_final_token(struct kunit *test)
{
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;
	struct pair *p = new_pair(test, 0);

	authenticate(test, p);
	KUNIT_ASSERT_EQ(test, p->client->ops->wrap(p->client, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, ntlm_server_unwrap(p->server, &rd, out), 0);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	cssp_vbuf_clear(sealed);
	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(p->server, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &rd, out), 0);
}

/* RFC 4178 4.2.1: the bytes around the NEGOTIATE message. */
static void init_token(struct kunit *test)
{
	static const char head[] =
		"604806062b0601050502a03e303ca00e300c060a2b06010401823702020aa22a0428";
	struct cssp_vbuf *out = new_vbuf(test);
	struct pair *p = new_pair(test, 0);
	struct cssp_rd want = test_hex(test, head);
	struct cssp_spnego_init init;
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, step(p->client, NULL, out, &p->progress), 0);
	KUNIT_ASSERT_EQ(test, out->len, want.left + 40);
	KUNIT_EXPECT_MEMEQ(test, out->data, want.p, want.left);
	rd = cssp_vbuf_rd(out);
	KUNIT_ASSERT_EQ(test, cssp_spnego_init_decode(&rd, &init), 0);
	EXPECT_HEX(test, init.mech_list.p, init.mech_list.left, derived_mech_list);
	KUNIT_EXPECT_EQ(test, init.present, (u32)CSSP_SPNEGO_HAS_TOKEN);
}

/* MS-SPNG: AUTHENTICATE is sent in accept-incomplete with token and mechListMIC. */
static void authenticate_leg(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);
	struct cssp_spnego_resp resp;
	struct cssp_rd rd;

	authenticate(test, p);
	rd = cssp_vbuf_rd(p->to_server);
	KUNIT_ASSERT_EQ(test, cssp_spnego_resp_decode(&rd, &resp), 0);
	KUNIT_EXPECT_EQ(test, resp.present, (u32)(CSSP_SPNEGO_HAS_STATE | CSSP_SPNEGO_HAS_TOKEN |
						  CSSP_SPNEGO_HAS_MIC));
	KUNIT_EXPECT_EQ(test, resp.state, (u32)CSSP_SPNEGO_ACCEPT_INCOMPLETE);
	KUNIT_EXPECT_EQ(test, resp.mic.left, (size_t)CSSP_NTLM_SIGNATURE_SIZE);
}

/* Peers with harmless differences. */
static void tolerated(struct kunit *test)
{
	static const u32 quirks[] = {
		NTLM_SERVER_FIRST_REQUEST_MIC, NTLM_SERVER_FIRST_NO_MECH,
		NTLM_SERVER_FINAL_NO_MIC, NTLM_SERVER_FINAL_NONE, NTLM_SERVER_FINAL_NO_STATE,
	};
	struct pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(quirks); i++) {
		p = new_pair(test, quirks[i]);
		authenticate(test, p);
		if (!(quirks[i] & NTLM_SERVER_FINAL_NONE)) {
			KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server,
						   &p->progress), 0);
			KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
		}
		exchange(test, p);
		exchange(test, p);
	}
}

static void first_replies_refused(struct kunit *test)
{
	static const struct {
		u32 quirks;
		int want;
		u32 reason;
	} rows[] = {
		{ NTLM_SERVER_FIRST_REJECT, CSSP_E_MALFORMED, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FIRST_COMPLETED, CSSP_E_STATE, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FIRST_NO_STATE, CSSP_E_MALFORMED, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FIRST_KRB5, CSSP_E_STATE, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FIRST_RAW, CSSP_E_MALFORMED, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FIRST_NO_TOKEN, CSSP_E_MALFORMED, CREDSSP_REASON_MECH_TOKEN },
		{ NTLM_SERVER_FIRST_MIC, CSSP_E_ALTERED, CREDSSP_REASON_MECH_MIC },
	};
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT);
	struct pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p = new_pair(test, rows[i].quirks);
		offer(test, p);
		KUNIT_EXPECT_EQ_MSG(test, step(p->client, p->to_client, p->to_server,
					       &p->progress),
				    rows[i].want, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, p->client->reason, rows[i].reason, "row %u", i);
		KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
		/* The mechanism is dead. */
		KUNIT_EXPECT_EQ(test, p->client->ops->wrap(p->client, &plain, p->to_server),
				CSSP_E_STATE);
		KUNIT_EXPECT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress),
				CSSP_E_STATE);
	}
}

static void final_tokens_refused(struct kunit *test)
{
	static const struct {
		u32 quirks;
		int want;
		u32 reason;
	} rows[] = {
		{ NTLM_SERVER_FINAL_REJECT, CSSP_E_LOGON_DENIED, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FINAL_BAD_MIC, CSSP_E_ALTERED, CREDSSP_REASON_MECH_MIC },
		{ NTLM_SERVER_FINAL_OTHER_MIC, CSSP_E_ALTERED, CREDSSP_REASON_MECH_MIC },
		{ NTLM_SERVER_FINAL_ECHO, CSSP_E_STATE, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FINAL_INCOMPLETE, CSSP_E_STATE, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FINAL_REQUEST_MIC, CSSP_E_STATE, CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FINAL_NO_STATE | NTLM_SERVER_FINAL_NO_MIC, CSSP_E_MALFORMED,
		  CREDSSP_REASON_SPNEGO },
		{ NTLM_SERVER_FINAL_NO_STATE | NTLM_SERVER_FINAL_BAD_MIC, CSSP_E_ALTERED,
		  CREDSSP_REASON_MECH_MIC },
		{ NTLM_SERVER_FINAL_NO_STATE | NTLM_SERVER_FINAL_ECHO, CSSP_E_STATE,
		  CREDSSP_REASON_SPNEGO },
	};
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT);
	struct pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p = new_pair(test, rows[i].quirks);
		authenticate(test, p);
		KUNIT_EXPECT_EQ_MSG(test, step(p->client, p->to_client, p->to_server,
					       &p->progress),
				    rows[i].want, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, p->client->reason, rows[i].reason, "row %u", i);
		KUNIT_EXPECT_EQ(test, p->client->ops->wrap(p->client, &plain, p->to_server),
				CSSP_E_STATE);
	}
}

/* After AUTHENTICATE was sent, one more token is accepted. */
static void token_after_the_final_one(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);

	authenticate(test, p);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	KUNIT_EXPECT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress),
			CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_SPNEGO);
}

static void first_reply_cut_anywhere(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);
	size_t len, whole;

	offer(test, p);
	whole = p->to_client->len;
	for (len = 0; len < whole; len++) {
		restart(test, p);
		offer(test, p);
		p->to_client->len = len;
		KUNIT_EXPECT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress),
				CSSP_E_MALFORMED);
	}
}

/* A flipped bit around the CHALLENGE may be harmless, one inside never is. */
static void first_reply_flipped_anywhere(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);
	unsigned int i, len, token_starts;
	int ret;

	offer(test, p);
	len = p->to_client->len;
	token_starts = len - p->server->challenge.len;
	for (i = 0; i < len; i++) {
		restart(test, p);
		offer(test, p);
		p->to_client->data[i] ^= 1 << i % 8;
		ret = step(p->client, p->to_client, p->to_server, &p->progress);
		if (!ret)
			ret = server_step(p->server, p->to_server, p->to_client,
					  &p->established);
		if (i >= token_starts)
			KUNIT_EXPECT_NE_MSG(test, ret, 0, "byte %u", i);
	}
}

static void final_token_flipped_anywhere(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);
	unsigned int i, bits;

	authenticate(test, p);
	bits = p->to_client->len * 8;
	for (i = 0; i < bits; i++) {
		restart(test, p);
		authenticate(test, p);
		p->to_client->data[i / 8] ^= 1 << i % 8;
		/* as NTLM_SERVER_FINAL_NO_MIC */
		if (has_lost_its_mic(p->to_client))
			continue;
		KUNIT_EXPECT_NE_MSG(test, step(p->client, p->to_client, p->to_server,
					       &p->progress), 0, "bit %u", i);
	}
}

static void final_token_cut_anywhere(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);
	size_t len, whole;

	authenticate(test, p);
	whole = p->to_client->len;
	for (len = 0; len < whole; len++) {
		restart(test, p);
		authenticate(test, p);
		p->to_client->len = len;
		KUNIT_EXPECT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress),
				CSSP_E_MALFORMED);
	}
}

/* The acceptor refuses a logon without a mechListMIC or with a wrong one. */
static void our_list_mic_is_right(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);

	offer(test, p);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	/* The initiator offered more than the acceptor received. */
	p->server->mech_list.data[p->server->mech_list.len - 1] ^= 1;
	KUNIT_EXPECT_EQ(test, server_step(p->server, p->to_server, p->to_client,
					  &p->established), CSSP_E_ALTERED);
	KUNIT_EXPECT_FALSE(test, p->established);
}

static void nothing_works_too_early(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT);
	struct cssp_vbuf *out = new_vbuf(test);
	struct pair *p = new_pair(test, 0);

	KUNIT_EXPECT_EQ(test, p->client->ops->wrap(p->client, &plain, out), CSSP_E_STATE);
	p = new_pair(test, 0);
	offer(test, p);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &plain, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
}

/* A wrong sealed message kills both layers. */
static void bad_message_kills(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct pair *p = new_pair(test, 0);

	authenticate(test, p);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(p->server, &plain, sealed), 0);
	sealed->data[sealed->len - 1] ^= 1;
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &rd, out), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_MECH_MIC);
	KUNIT_EXPECT_EQ(test, p->client->ops->wrap(p->client, &plain, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
}

/* NTLM's failures are reported with NTLM's reasons. */
static void weak_ntlm_inside(struct kunit *test)
{
	struct pair *p = new_pair(test, 0);

	p->server->knobs.clear_flags = CSSP_NTLM_KEY_EXCH;
	offer(test, p);
	KUNIT_EXPECT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress),
			CSSP_E_WEAK);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_MECH_WEAK);
}

static struct kunit_case spnego_cases[] = {
	KUNIT_CASE(whole_exchange),
	KUNIT_CASE(seal_before_the_final_token),
	KUNIT_CASE(init_token),
	KUNIT_CASE(authenticate_leg),
	KUNIT_CASE(tolerated),
	KUNIT_CASE(first_replies_refused),
	KUNIT_CASE(final_tokens_refused),
	KUNIT_CASE(token_after_the_final_one),
	KUNIT_CASE_SLOW(first_reply_cut_anywhere),
	KUNIT_CASE_SLOW(first_reply_flipped_anywhere),
	KUNIT_CASE_SLOW(final_token_flipped_anywhere),
	KUNIT_CASE_SLOW(final_token_cut_anywhere),
	KUNIT_CASE(our_list_mic_is_right),
	KUNIT_CASE(nothing_works_too_early),
	KUNIT_CASE(bad_message_kills),
	KUNIT_CASE(weak_ntlm_inside),
	{}
};

static struct kunit_suite spnego_suite = {
	.name = "credssp_mech_spnego",
	.test_cases = spnego_cases,
};

kunit_test_suite(spnego_suite);
