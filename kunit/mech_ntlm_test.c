// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/ntlm.c and ntlm_message.c against the scripted acceptor. */

#include "base/status.h"
#include "mech/ntlm.h"
#include "ntlm_util.h"
#include "vectors/ntlm.h"

#define TARGET	"TERMSRV/server"

/* An initiator and an acceptor with the same account. */
struct pair {
	struct cssp_identity *id;
	struct cssp_mech *client;
	struct ntlm_server *server;
	struct cssp_vbuf *to_server;
	struct cssp_vbuf *to_client;
	enum cssp_mech_progress progress;
	bool established;
};

static struct pair *new_pair(struct kunit *test, const struct ntlm_server_knobs *knobs)
{
	struct pair *p = kunit_kzalloc(test, sizeof(*p), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, p);
	p->id = new_identity(test, NLMP_USER, NLMP_DOMAIN, NLMP_PASSWORD);
	p->client = new_mech(test, &cssp_ntlm_ops, p->id, TARGET);
	p->server = new_server(test, p->id, knobs);
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

/* Run the exchange until the CHALLENGE is sent. */
static void negotiate(struct kunit *test, struct pair *p)
{
	KUNIT_ASSERT_EQ(test, step(p->client, NULL, p->to_server, &p->progress), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_CONTINUE);
	KUNIT_ASSERT_EQ(test, server_step(p->server, p->to_server, p->to_client,
					  &p->established), 0);
	KUNIT_EXPECT_FALSE(test, p->established);
}

static void establish(struct kunit *test, struct pair *p)
{
	negotiate(test, p);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_ASSERT_EQ(test, server_step(p->server, p->to_server, p->to_client,
					  &p->established), 0);
	KUNIT_ASSERT_TRUE(test, p->established);
}

static void negotiate_message(struct kunit *test)
{
	struct pair *p = new_pair(test, NULL);
	struct cssp_ntlm_negotiate msg;
	struct cssp_rd rd;

	negotiate(test, p);
	rd = cssp_vbuf_rd(p->to_server);
	KUNIT_EXPECT_EQ(test, rd.left, (size_t)40);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_negotiate_decode(&rd, &msg), 0);
	KUNIT_EXPECT_EQ(test, msg.flags, 0xe2088235U);
	KUNIT_EXPECT_EQ(test, msg.domain.left, (size_t)0);
	KUNIT_EXPECT_EQ(test, msg.workstation.left, (size_t)0);
	KUNIT_EXPECT_EQ(test, msg.version[7], CSSP_NTLM_REVISION);
}

static void authenticate_message(struct kunit *test)
{
	static const u8 zeros[CSSP_NTLM_LM_SIZE];
	struct pair *p = new_pair(test, NULL);
	struct cssp_rd target = utf16_of(test, TARGET);
	const struct cssp_ntlm_authenticate *msg = &p->server->client;

	establish(test, p);
	KUNIT_EXPECT_TRUE(test, p->client->ntlm_only);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_NONE);
	/* The flags of both sides, without the acceptor's TARGET_TYPE_SERVER */
	KUNIT_EXPECT_EQ(test, msg->flags, 0xe2888235U);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&msg->lm, zeros, sizeof(zeros)));
	KUNIT_EXPECT_EQ(test, msg->workstation.left, (size_t)0);
	KUNIT_EXPECT_EQ(test, p->server->av.flags, (u32)CSSP_NTLM_AVF_MIC);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&p->server->av.target_name, target.p, target.left));
	KUNIT_EXPECT_EQ(test, p->server->v2.time, p->server->time);
}

/* The CHALLENGE of MS-NLMP 4.2.4.3 with its nonce, session key and time. */
static void spec_challenge(struct kunit *test)
{
	struct cssp_rd challenge = test_hex(test, nlmp_v2_challenge);
	struct cssp_rd info = test_hex(test, nlmp_v2_target_info);
	struct pair *p = new_pair(test, NULL);
	struct cssp_ntlm *n = cssp_ntlm_of(p->client);
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT);
	struct cssp_rd head, av;

	n->fresh.time = 0;
	memset(n->fresh.client_challenge, 0xaa, sizeof(n->fresh.client_challenge));
	memset(n->fresh.session_key, 0x55, sizeof(n->fresh.session_key));
	p->server->knobs.target_info = info.p;
	p->server->knobs.target_info_len = info.left;
	negotiate(test, p);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_client, &challenge), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&p->server->challenge, &challenge), 0);
	memcpy(p->server->server_challenge, test_hex(test, nlmp_server_challenge).p,
	       CSSP_NTLM_CHALLENGE_SIZE);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	KUNIT_ASSERT_EQ(test, server_step(p->server, p->to_server, p->to_client,
					  &p->established), 0);
	EXPECT_HEX(test, p->server->session_key, CSSP_NTLM_KEY_SIZE, nlmp_session_key);
	EXPECT_HEX(test, p->server->v2.client_challenge, CSSP_NTLM_CHALLENGE_SIZE,
		   nlmp_client_challenge);
	KUNIT_EXPECT_EQ(test, p->server->v2.time, 0ULL);
	/* The acceptor's pairs come first, unchanged, without the EOL. */
	av = p->server->v2.av;
	KUNIT_ASSERT_EQ(test, cssp_rd_sub(&av, info.left - 4, &head), 0);
	KUNIT_EXPECT_MEMEQ(test, head.p, info.p, head.left);
	KUNIT_ASSERT_EQ(test, p->client->ops->wrap(p->client, &plain, p->to_client), 0);
	EXPECT_HEX(test, p->to_client->data, p->to_client->len, nlmp_v2_sealed);
}

static void messages_both_ways(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct pair *p = new_pair(test, NULL);
	unsigned int i;

	establish(test, p);
	for (i = 0; i < 3; i++) {
		cssp_vbuf_clear(sealed);
		cssp_vbuf_clear(out);
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
}

/* A wrong message ends the mechanism: the right one is refused afterwards. */
static void replay_kills(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), first, second;
	struct cssp_vbuf *one = new_vbuf(test), *two = new_vbuf(test);
	struct cssp_vbuf *out = new_vbuf(test);
	struct pair *p = new_pair(test, NULL);

	establish(test, p);
	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(p->server, &plain, one), 0);
	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(p->server, &plain, two), 0);
	first = cssp_vbuf_rd(one);
	second = cssp_vbuf_rd(two);
	KUNIT_ASSERT_EQ(test, p->client->ops->unwrap(p->client, &first, out), 0);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &first, out), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_MECH_MIC);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &second, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, p->client->ops->wrap(p->client, &plain, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, out->len, plain.left);
}

static void gap_kills(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;
	struct cssp_vbuf *one = new_vbuf(test), *two = new_vbuf(test);
	struct cssp_vbuf *out = new_vbuf(test);
	struct pair *p = new_pair(test, NULL);

	establish(test, p);
	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(p->server, &plain, one), 0);
	KUNIT_ASSERT_EQ(test, ntlm_server_wrap(p->server, &plain, two), 0);
	rd = cssp_vbuf_rd(two);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &rd, out), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_of(p->client)->state, CSSP_NTLM_STATE_DEAD);
}

/* The secrets of the exchange are wiped at its end, after success and failure. */
static void nothing_is_left_over(struct kunit *test)
{
	static const struct cssp_ntlm_fresh spent;
	static const struct cssp_ntlm_dir wiped;
	struct pair *p = new_pair(test, NULL);
	struct cssp_ntlm *n = cssp_ntlm_of(p->client);

	establish(test, p);
	KUNIT_EXPECT_MEMEQ(test, &n->fresh, &spent, sizeof(spent));
	KUNIT_EXPECT_NULL(test, n->negotiate.data);
	/* Any further token is an error. */
	KUNIT_EXPECT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress),
			CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_MECH_TOKEN);
	KUNIT_EXPECT_MEMEQ(test, &n->session.tx, &wiped, sizeof(wiped));
	KUNIT_EXPECT_MEMEQ(test, &n->session.rx, &wiped, sizeof(wiped));
}

/* A CHALLENGE without one of the flags that make NTLM strong is refused. */
static void weak_challenges(struct kunit *test)
{
	static const u32 flags[] = {
		CSSP_NTLM_UNICODE, CSSP_NTLM_SIGN, CSSP_NTLM_SEAL, CSSP_NTLM_ESS,
		CSSP_NTLM_TARGET_INFO, CSSP_NTLM_128, CSSP_NTLM_KEY_EXCH,
		CSSP_NTLM_KEY_EXCH | CSSP_NTLM_128 | CSSP_NTLM_ESS,
	};
	struct ntlm_server_knobs knobs = {};
	struct pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		knobs.clear_flags = flags[i];
		/* Without UNICODE and OEM the message is malformed. */
		knobs.set_flags = flags[i] & CSSP_NTLM_UNICODE ? CSSP_NTLM_OEM : 0;
		p = new_pair(test, &knobs);
		negotiate(test, p);
		KUNIT_EXPECT_EQ_MSG(test, step(p->client, p->to_client, p->to_server,
					       &p->progress),
				    CSSP_E_WEAK, "flags %#x", flags[i]);
		KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_MECH_WEAK);
		KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
		KUNIT_EXPECT_EQ(test, cssp_ntlm_of(p->client)->state, CSSP_NTLM_STATE_DEAD);
	}
}

/* Flags that an acceptor should not have set change nothing. */
static void odd_flags_are_not_echoed(struct kunit *test)
{
	const struct ntlm_server_knobs knobs = {
		.clear_flags = CSSP_NTLM_VERSION,
		.set_flags = CSSP_NTLM_OEM | CSSP_NTLM_LM_KEY | CSSP_NTLM_DATAGRAM |
			     CSSP_NTLM_ANONYMOUS | CSSP_NTLM_NON_NT_SESSION_KEY,
	};
	static const u8 no_version[CSSP_NTLM_VERSION_SIZE];
	struct pair *p = new_pair(test, &knobs);

	establish(test, p);
	KUNIT_EXPECT_EQ(test, p->server->client.flags, 0xe0888235U);
	KUNIT_EXPECT_MEMEQ(test, p->server->client.version, no_version, sizeof(no_version));
}

static void bad_target_infos(struct kunit *test)
{
	static const u8 no_eol[] = { 1, 0, 2, 0, 'S', 0, 2, 0, 2, 0, 'S', 0 };
	static const u8 cut[] = { 1, 0, 2, 0, 'S', 0, 2, 0, 2, 0, 'S' };
	static const u8 odd[] = { 1, 0, 1, 0, 'S', 2, 0, 2, 0, 'S', 0, 0, 0, 0, 0 };
	static const u8 eol_only[] = { 0, 0, 0, 0 };
	static const struct ntlm_server_knobs rows[] = {
		{ .omit_av = CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_NB_COMPUTER) },
		{ .omit_av = CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_NB_DOMAIN) },
		{ .omit_av = CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_EOL) },
		{ .repeat_av = CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_TIMESTAMP) },
		{ .repeat_av = CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_FLAGS), .send_av_flags = true },
		{ .target_info = no_eol, .target_info_len = sizeof(no_eol) },
		{ .target_info = cut, .target_info_len = sizeof(cut) },
		{ .target_info = odd, .target_info_len = sizeof(odd) },
		{ .target_info = eol_only, .target_info_len = sizeof(eol_only) },
	};
	struct pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p = new_pair(test, &rows[i]);
		negotiate(test, p);
		KUNIT_EXPECT_EQ_MSG(test, step(p->client, p->to_client, p->to_server,
					       &p->progress),
				    CSSP_E_MALFORMED, "row %u", i);
		KUNIT_EXPECT_EQ(test, p->client->reason, (u32)CREDSSP_REASON_MECH_TOKEN);
		KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	}
}

/* CVE-2019-1166: the MIC is announced, whatever the acceptor's flags are. */
static void av_flags_of_the_acceptor(struct kunit *test)
{
	static const struct {
		u32 sent;
		u32 want;
	} rows[] = {
		{ 0, CSSP_NTLM_AVF_MIC },
		{ CSSP_NTLM_AVF_CONSTRAINED, CSSP_NTLM_AVF_CONSTRAINED | CSSP_NTLM_AVF_MIC },
		{ CSSP_NTLM_AVF_MIC, CSSP_NTLM_AVF_MIC },
	};
	struct ntlm_server_knobs knobs = { .send_av_flags = true };
	struct pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		knobs.av_flags = rows[i].sent;
		p = new_pair(test, &knobs);
		establish(test, p);
		KUNIT_EXPECT_EQ(test, p->server->av.flags, rows[i].want);
	}
}

static void no_timestamp(struct kunit *test)
{
	const struct ntlm_server_knobs knobs = {
		.omit_av = CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_TIMESTAMP),
	};
	static const u8 zeros[CSSP_NTLM_LM_SIZE];
	struct pair *p = new_pair(test, &knobs);
	u64 now = cssp_ntlm_of(p->client)->fresh.time;

	establish(test, p);
	KUNIT_EXPECT_EQ(test, p->server->v2.time, now);
	/* CVE-2019-1338: no LMv2 response either, and still a MIC */
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&p->server->client.lm, zeros, sizeof(zeros)));
	KUNIT_EXPECT_EQ(test, p->server->client.mic.left, (size_t)CSSP_NTLM_MIC_SIZE);
}

/* Seconds since 1970: with a wrong unit or epoch they would be far off. */
static void own_clock_is_a_filetime(struct kunit *test)
{
	struct cssp_identity *id = new_identity(test, "u", "", "p");
	struct cssp_ntlm *n = cssp_ntlm_of(new_mech(test, &cssp_ntlm_ops, id, ""));
	s64 seconds = n->fresh.time / 10000000 - 11644473600LL;

	KUNIT_EXPECT_LE(test, abs(seconds - ktime_get_real_seconds()), 60LL);
}

static void fresh_values_differ(struct kunit *test)
{
	struct cssp_identity *id = new_identity(test, "u", "", "p");
	struct cssp_ntlm *a = cssp_ntlm_of(new_mech(test, &cssp_ntlm_ops, id, ""));
	struct cssp_ntlm *b = cssp_ntlm_of(new_mech(test, &cssp_ntlm_ops, id, ""));

	KUNIT_EXPECT_MEMNEQ(test, a->fresh.client_challenge, b->fresh.client_challenge,
			    sizeof(a->fresh.client_challenge));
	KUNIT_EXPECT_MEMNEQ(test, a->fresh.session_key, b->fresh.session_key,
			    sizeof(a->fresh.session_key));
}

/* Other accounts and passwords: right ones succeed, wrong ones fail. */
static void accounts(struct kunit *test)
{
	static const struct {
		const char *user, *domain, *password;
		const char *server_password;
		const char *target;
		int want;
	} rows[] = {
		{ "user", "", "p", "p", TARGET, 0 },
		{ "user", "D", "", "", TARGET, 0 },
		{ "user@example.org", "", "p", "p", "", 0 },
		{ "J\xc3\xb6rg", "B\xc3\xbcro", "\xe2\x82\xac\xf0\x9f\x98\x80",
		  "\xe2\x82\xac\xf0\x9f\x98\x80", "HTTP/b\xc3\xbcro", 0 },
		{ "user", "D", "p", "q", TARGET, CSSP_E_LOGON_DENIED },
		{ "user", "D", "p", "P", TARGET, CSSP_E_LOGON_DENIED },
		{ "user", "D", "", "p", TARGET, CSSP_E_LOGON_DENIED },
	};
	struct cssp_rd target;
	struct pair *p;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p = new_pair(test, NULL);
		p->id = new_identity(test, rows[i].user, rows[i].domain, rows[i].password);
		p->client = new_mech(test, &cssp_ntlm_ops, p->id, rows[i].target);
		p->server->id = new_identity(test, rows[i].user, rows[i].domain,
					     rows[i].server_password);
		negotiate(test, p);
		KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress),
				0);
		KUNIT_EXPECT_EQ_MSG(test, server_step(p->server, p->to_server, p->to_client,
						      &p->established),
				    rows[i].want, "row %u", i);
		target = utf16_of(test, rows[i].target);
		KUNIT_EXPECT_TRUE(test, p->server->av.present &
				  CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_TARGET_NAME));
		KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&p->server->av.target_name, target.p,
						      target.left));
	}
}

static void refused_at_creation(struct kunit *test)
{
	static const struct {
		const char *user;
		const char *target;
		int want;
	} rows[] = {
		{ "", TARGET, CSSP_E_NO_CREDS },	/* anonymous: no session key */
		{ "u", "TERMSRV/\xff", CSSP_E_TARGET },
		{ "u", "TERMSRV/\xed\xa0\x80", CSSP_E_TARGET },
	};
	struct cssp_mech_params params;
	struct cssp_mech *mech = NULL;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		params.id = new_identity(test, rows[i].user, "D", "p");
		params.target = rows[i].target;
		KUNIT_EXPECT_EQ(test, cssp_ntlm_ops.create(&mech, &params), rows[i].want);
		KUNIT_EXPECT_NULL(test, mech);
	}
}

static void nothing_works_too_early(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT);
	struct cssp_vbuf *out = new_vbuf(test);
	struct pair *p;

	p = new_pair(test, NULL);
	KUNIT_EXPECT_EQ(test, p->client->ops->wrap(p->client, &plain, out), CSSP_E_STATE);
	p = new_pair(test, NULL);
	negotiate(test, p);
	KUNIT_EXPECT_EQ(test, p->client->ops->unwrap(p->client, &plain, out), CSSP_E_STATE);
	p = new_pair(test, NULL);
	negotiate(test, p);
	KUNIT_EXPECT_EQ(test, p->client->ops->list_mic(p->client, &plain, out), CSSP_E_STATE);
	p = new_pair(test, NULL);
	KUNIT_EXPECT_EQ(test, p->client->ops->check_list_mic(p->client, &plain, &plain),
			CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
}

/* Invalid tokens in both states that take a token. */
static void wrong_tokens(struct kunit *test)
{
	struct pair *p = new_pair(test, NULL);
	struct cssp_vbuf *garbage = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(garbage, "NTLMSSP", 8), 0);
	KUNIT_EXPECT_EQ(test, step(p->client, garbage, p->to_server, &p->progress),
			CSSP_E_STATE);
	p = new_pair(test, NULL);
	negotiate(test, p);
	KUNIT_EXPECT_EQ(test, step(p->client, garbage, p->to_server, &p->progress),
			CSSP_E_MALFORMED);
	p = new_pair(test, NULL);
	negotiate(test, p);
	KUNIT_EXPECT_EQ(test, step(p->client, NULL, p->to_server, &p->progress),
			CSSP_E_MALFORMED);
	/* The NEGOTIATE of the initiator, sent back */
	p = new_pair(test, NULL);
	negotiate(test, p);
	KUNIT_EXPECT_EQ(test, step(p->client, &p->server->negotiate, p->to_server, &p->progress),
			CSSP_E_MALFORMED);
}

static void challenge_cut_anywhere(struct kunit *test)
{
	struct pair *p = new_pair(test, NULL);
	size_t len, whole;

	negotiate(test, p);
	whole = p->to_client->len;
	for (len = 0; len < whole; len++) {
		restart(test, p);
		negotiate(test, p);
		p->to_client->len = len;
		KUNIT_EXPECT_EQ_MSG(test, step(p->client, p->to_client, p->to_server,
					       &p->progress),
				    CSSP_E_MALFORMED, "length %zu", len);
		KUNIT_EXPECT_EQ(test, p->to_server->len, (size_t)0);
	}
}

/*
 * Flip a bit in each byte of the CHALLENGE. The initiator refuses the message, or
 * the acceptor detects that the proof or the MIC covers a different message.
 */
static void challenge_flipped_anywhere(struct kunit *test)
{
	struct pair *p = new_pair(test, NULL);
	unsigned int i, len, refused = 0;
	int ret;

	negotiate(test, p);
	len = p->to_client->len;
	for (i = 0; i < len; i++) {
		restart(test, p);
		negotiate(test, p);
		p->to_client->data[i] ^= 1 << i % 8;
		ret = step(p->client, p->to_client, p->to_server, &p->progress);
		if (ret) {
			KUNIT_EXPECT_TRUE(test, ret == CSSP_E_MALFORMED || ret == CSSP_E_WEAK);
			refused++;
			continue;
		}
		ret = server_step(p->server, p->to_server, p->to_client, &p->established);
		KUNIT_EXPECT_NE_MSG(test, ret, 0, "byte %u", i);
	}
	/* Both kinds of detection occurred. */
	KUNIT_EXPECT_GT(test, refused, 0U);
	KUNIT_EXPECT_LT(test, refused, len);
}

/* Flip a bit in each byte of AUTHENTICATE: the MIC covers all of it. */
static void authenticate_flipped_anywhere(struct kunit *test)
{
	struct pair *p = new_pair(test, NULL);
	unsigned int i;

	negotiate(test, p);
	KUNIT_ASSERT_EQ(test, step(p->client, p->to_client, p->to_server, &p->progress), 0);
	for (i = 0; i < p->to_server->len; i++) {
		p->to_server->data[i] ^= 1 << i % 8;
		p->server->state = NTLM_SERVER_CHALLENGED;
		KUNIT_EXPECT_NE_MSG(test, server_step(p->server, p->to_server, p->to_client,
						      &p->established),
				    0, "byte %u", i);
		p->to_server->data[i] ^= 1 << i % 8;
	}
	p->server->state = NTLM_SERVER_CHALLENGED;
	KUNIT_EXPECT_EQ(test, server_step(p->server, p->to_server, p->to_client,
					  &p->established), 0);
}

static struct kunit_case ntlm_cases[] = {
	KUNIT_CASE(negotiate_message),
	KUNIT_CASE(authenticate_message),
	KUNIT_CASE(spec_challenge),
	KUNIT_CASE(messages_both_ways),
	KUNIT_CASE(replay_kills),
	KUNIT_CASE(gap_kills),
	KUNIT_CASE(nothing_is_left_over),
	KUNIT_CASE(weak_challenges),
	KUNIT_CASE(odd_flags_are_not_echoed),
	KUNIT_CASE(bad_target_infos),
	KUNIT_CASE(av_flags_of_the_acceptor),
	KUNIT_CASE(no_timestamp),
	KUNIT_CASE(own_clock_is_a_filetime),
	KUNIT_CASE(fresh_values_differ),
	KUNIT_CASE(accounts),
	KUNIT_CASE(refused_at_creation),
	KUNIT_CASE(nothing_works_too_early),
	KUNIT_CASE(wrong_tokens),
	KUNIT_CASE_SLOW(challenge_cut_anywhere),
	KUNIT_CASE_SLOW(challenge_flipped_anywhere),
	KUNIT_CASE_SLOW(authenticate_flipped_anywhere),
	{}
};

static struct kunit_suite ntlm_suite = {
	.name = "credssp_mech_ntlm",
	.test_cases = ntlm_cases,
};

kunit_test_suite(ntlm_suite);
