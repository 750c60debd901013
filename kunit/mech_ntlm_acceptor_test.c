// SPDX-License-Identifier: GPL-2.0-only
/* kmod/mech/ntlm_acceptor.c against this project's initiator, and on captures of Windows. */
#include "base/filetime.h"
#include "base/status.h"
#include "ntlm_acceptor_pair.h"
#include "vectors/ntlm.h"

static const u8 digest[CSSP_BINDINGS_SIZE] = "digest of sixtee";
static const u8 other_digest[CSSP_BINDINGS_SIZE] = "digest of sixten";

static void expect_same_key(struct kunit *test, struct ntlm_acc_pair *p)
{
	struct cssp_session_key ours = {}, theirs = {};

	KUNIT_ASSERT_EQ(test, p->acceptor->ops->session_key(p->acceptor, &ours), 0);
	KUNIT_ASSERT_EQ(test, p->client->ops->session_key(p->client, &theirs), 0);
	KUNIT_EXPECT_EQ(test, ours.length, CSSP_NTLM_KEY_SIZE);
	KUNIT_EXPECT_MEMEQ(test, &ours, &theirs, sizeof(ours));
	/* It was moved out. */
	memset(&theirs, 0, sizeof(theirs));
	KUNIT_ASSERT_EQ(test, p->acceptor->ops->session_key(p->acceptor, &ours), 0);
	KUNIT_EXPECT_MEMEQ(test, ours.bytes, theirs.bytes, sizeof(ours.bytes));
}

static void establishes(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	const struct cssp_mech_facts *facts = &p->acceptor->facts;

	ntlm_acc_establish(test, p);
	KUNIT_EXPECT_EQ(test, p->acceptor->reason, (u32)CREDSSP_REASON_NONE);
	KUNIT_EXPECT_EQ(test, facts->package, CREDSSP_PACKAGE_NTLM);
	KUNIT_EXPECT_EQ(test, facts->ntstatus, 0);
	KUNIT_EXPECT_FALSE(test, facts->bound);
	ntlm_acc_expect_text(test, &facts->client, NTLM_ACC_NAME);
	ntlm_acc_expect_text(test, &facts->claimed, "CORP\\alice");
	ntlm_acc_expect_text(test, &facts->workstation, "");
	KUNIT_EXPECT_EQ(test, p->helper.calls, 1);
	KUNIT_EXPECT_TRUE(test, p->helper.over);
	expect_same_key(test, p);
}

/* Seal with @from, unseal with @to. */
static void expect_message(struct kunit *test, struct cssp_mech *from, struct cssp_mech *to)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, from->ops->wrap(from, &plain, sealed), 0);
	KUNIT_EXPECT_EQ(test, sealed->len, plain.left + from->trailer);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, to->ops->unwrap(to, &rd, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_same(test, &rd, &plain);
	cssp_vbuf_clear(sealed);
	KUNIT_ASSERT_EQ(test, from->ops->sign(from, &plain, sealed), 0);
	KUNIT_EXPECT_EQ(test, sealed->len, from->signature);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, to->ops->verify(to, &plain, &rd), 0);
}

static void expect_list_mic(struct kunit *test, struct cssp_mech *from, struct cssp_mech *to)
{
	struct cssp_rd list = test_hex(test, derived_mech_list), rd;
	struct cssp_vbuf *mic = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, from->ops->list_mic(from, &list, mic), 0);
	rd = cssp_vbuf_rd(mic);
	KUNIT_ASSERT_EQ(test, to->ops->check_list_mic(to, &list, &rd), 0);
}

static void messages_both_ways(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	ntlm_acc_establish(test, p);
	expect_list_mic(test, p->client, p->acceptor);
	expect_list_mic(test, p->acceptor, p->client);
	for (i = 0; i < 3; i++) {
		expect_message(test, p->client, p->acceptor);
		expect_message(test, p->acceptor, p->client);
	}
}

/* A message that comes back to its sender, or comes twice, ends the acceptor. */
static void reflected_and_replayed(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);

	ntlm_acc_establish(test, p);
	KUNIT_ASSERT_EQ(test, p->acceptor->ops->wrap(p->acceptor, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, p->acceptor->ops->unwrap(p->acceptor, &rd, out), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, p->acceptor->reason, (u32)CREDSSP_REASON_MECH_MIC);
	ntlm_acc_pair_restart(test, p);
	ntlm_acc_establish(test, p);
	cssp_vbuf_clear(sealed);
	KUNIT_ASSERT_EQ(test, p->client->ops->wrap(p->client, &plain, sealed), 0);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, p->acceptor->ops->unwrap(p->acceptor, &rd, out), 0);
	KUNIT_EXPECT_EQ(test, p->acceptor->ops->unwrap(p->acceptor, &rd, out), CSSP_E_ALTERED);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_acceptor_of(p->acceptor)->state, CSSP_NTLM_ACC_DEAD);
	KUNIT_EXPECT_EQ(test, p->acceptor->ops->wrap(p->acceptor, &plain, out), CSSP_E_STATE);
	/* The verdict still names who had logged on. */
	ntlm_acc_expect_text(test, &p->acceptor->facts.client, NTLM_ACC_NAME);
}

/* The CHALLENGE for a NEGOTIATE with @flags */
static void get_challenge(struct kunit *test, struct ntlm_acc_pair *p, u32 flags,
			  struct cssp_ntlm_challenge *ch, struct cssp_ntlm_av *av)
{
	struct cssp_rd rd, list;

	ntlm_acc_pair_restart(test, p);
	KUNIT_ASSERT_EQ(test, ntlm_client_negotiate(flags, p->to_server), 0);
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	rd = cssp_vbuf_rd(p->to_client);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_challenge_decode(&rd, ch), 0);
	list = ch->target_info;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_av_parse(&list, av), 0);
}

/* The flags are those of Windows 10's RDP server, and of a member of a domain. */
static void challenge_message(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct cssp_rd domain = utf16_of(test, "CORP");
	struct cssp_ntlm_challenge ch;
	struct cssp_ntlm_av av;

	get_challenge(test, p, 0xe20882b7, &ch, &av);
	KUNIT_EXPECT_EQ(test, ch.flags, 0xe28a8235U);
	test_expect_same(test, &ch.target_name, &av.nb_computer);
	test_expect_same(test, &av.nb_domain, &av.nb_computer);
	KUNIT_EXPECT_GT(test, av.nb_computer.left, 0);
	KUNIT_EXPECT_GT(test, av.dns_computer.left, 0);
	KUNIT_EXPECT_GT(test, av.dns_domain.left, 0);
	KUNIT_EXPECT_EQ(test, av.present, 0x9e);
	KUNIT_EXPECT_LE(test, abs((s64)av.timestamp - cssp_filetime_now()), 600000000LL);
	KUNIT_EXPECT_EQ(test, ch.version[7], CSSP_NTLM_REVISION);

	p->announced = new_identity(test, "", "CORP", "");
	get_challenge(test, p, 0xe20882b7, &ch, &av);
	KUNIT_EXPECT_EQ(test, ch.flags, 0xe2898235U);
	test_expect_same(test, &ch.target_name, &domain);
	test_expect_same(test, &av.nb_domain, &domain);

	/* No name if it is not asked for, but a version in any case */
	get_challenge(test, p, 0xe20882b7 & ~(CSSP_NTLM_REQUEST_TARGET | CSSP_NTLM_VERSION),
		      &ch, &av);
	KUNIT_EXPECT_EQ(test, ch.flags, 0xe2888231U);
	KUNIT_EXPECT_EQ(test, ch.target_name.left, 0);
	KUNIT_EXPECT_EQ(test, ch.version[7], CSSP_NTLM_REVISION);
	/* Flags of the initiator's that this module does not speak */
	get_challenge(test, p, 0xe20882b7 | CSSP_NTLM_DATAGRAM | CSSP_NTLM_IDENTIFY |
		      CSSP_NTLM_ANONYMOUS | CSSP_NTLM_NON_NT_SESSION_KEY, &ch, &av);
	KUNIT_EXPECT_EQ(test, ch.flags, 0xe2898235U);
}

static void nonces_differ(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct cssp_ntlm_challenge ch;
	u8 first[CSSP_NTLM_CHALLENGE_SIZE];
	struct cssp_ntlm_av av;

	get_challenge(test, p, 0xe20882b7, &ch, &av);
	memcpy(first, ch.server_challenge, sizeof(first));
	get_challenge(test, p, 0xe20882b7, &ch, &av);
	KUNIT_EXPECT_MEMNEQ(test, first, ch.server_challenge, sizeof(first));
}

static void weak_negotiates(struct kunit *test)
{
	static const u32 flags[] = {
		CSSP_NTLM_UNICODE, CSSP_NTLM_SIGN, CSSP_NTLM_SEAL, CSSP_NTLM_NTLM,
		CSSP_NTLM_ESS, CSSP_NTLM_128, CSSP_NTLM_KEY_EXCH,
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(flags); i++) {
		ntlm_acc_pair_restart(test, p);
		KUNIT_ASSERT_EQ(test, ntlm_client_negotiate(NTLM_CLIENT_WINDOWS_FLAGS & ~flags[i],
							    p->to_server), 0);
		KUNIT_EXPECT_EQ_MSG(test, ntlm_acc_answer(p), CSSP_E_WEAK, "flag %#x", flags[i]);
		ntlm_acc_expect_dead(test, p, CREDSSP_REASON_MECH_WEAK);
	}
}

static void long_negotiate(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	size_t len;

	KUNIT_ASSERT_EQ(test, ntlm_client_negotiate(NTLM_CLIENT_WINDOWS_FLAGS, p->to_server), 0);
	len = p->to_server->len;
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(p->to_server, CSSP_NTLM_MAX_NEGOTIATE + 1), 0);
	memset(p->to_server->data + len, 0, CSSP_NTLM_MAX_NEGOTIATE + 1 - len);
	p->to_server->len = CSSP_NTLM_MAX_NEGOTIATE;
	KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), 0);
	ntlm_acc_pair_restart(test, p);
	p->to_server->len = CSSP_NTLM_MAX_NEGOTIATE + 1;
	KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_TOO_BIG);
	ntlm_acc_expect_dead(test, p, CREDSSP_REASON_LIMIT);
}

static void accounts(struct kunit *test)
{
	static const struct {
		const char *user, *domain, *password, *claimed;
	} rows[] = {
		{ "user", "", "p", "user" },
		{ "user", "D", "", "D\\user" },
		{ "user@example.org", "", "p", "user@example.org" },
		{ "J\xc3\xb6rg", "B\xc3\xbcro", "\xe2\x82\xac\xf0\x9f\x98\x80",
		  "B\xc3\xbcro\\J\xc3\xb6rg" },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->id = new_identity(test, rows[i].user, rows[i].domain, rows[i].password);
		p->helper.account = p->id;
		ntlm_acc_pair_restart(test, p);
		ntlm_acc_establish(test, p);
		ntlm_acc_expect_text(test, &p->acceptor->facts.claimed, rows[i].claimed);
	}
}

/* Both are refused in the same way, with the same work done here. */
static void unknown_user_and_wrong_password(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	const struct cssp_identity *accounts[] = {
		NULL, new_identity(test, NTLM_ACC_USER, NTLM_ACC_DOMAIN, "Passw0rd"),
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(accounts); i++) {
		p->helper.account = accounts[i];
		ntlm_acc_pair_restart(test, p);
		ntlm_acc_begin(test, p);
		KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_LOGON_DENIED);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 1);
		KUNIT_EXPECT_TRUE(test, p->helper.over);
		KUNIT_EXPECT_EQ(test, p->acceptor->facts.ntstatus, 0xc000006dU);
		ntlm_acc_expect_text(test, &p->acceptor->facts.claimed, "CORP\\alice");
		ntlm_acc_expect_dead(test, p, CREDSSP_REASON_LOGON);
	}
}

static void channel_bindings(struct kunit *test)
{
	static const struct {
		const u8 *client, *server;
		bool missing;
		int want;
		bool bound;
	} rows[] = {
		{ NULL, NULL, false, 0, false },
		{ digest, NULL, false, 0, false },
		{ digest, digest, false, 0, true },
		{ digest, digest, true, 0, true },
		{ NULL, digest, true, 0, false },
		{ NULL, digest, false, CSSP_E_BINDINGS, false },
		{ other_digest, digest, false, CSSP_E_BINDINGS, false },
		{ other_digest, digest, true, CSSP_E_BINDINGS, false },
	};
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		p->client_bindings = rows[i].client;
		p->bindings = rows[i].server;
		p->missing_bindings = rows[i].missing;
		ntlm_acc_pair_restart(test, p);
		ntlm_acc_begin(test, p);
		KUNIT_EXPECT_EQ_MSG(test, ntlm_acc_answer(p), rows[i].want, "row %u", i);
		KUNIT_EXPECT_EQ(test, p->acceptor->facts.bound, rows[i].bound);
		if (!rows[i].want)
			continue;
		KUNIT_EXPECT_EQ(test, p->acceptor->facts.ntstatus, 0xc000035bU);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0);
		ntlm_acc_expect_dead(test, p, CREDSSP_REASON_BINDING);
	}
}

static void out_of_order(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct cssp_vbuf *out = new_vbuf(test), *first = new_vbuf(test);
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;

	/* AUTHENTICATE first */
	ntlm_acc_begin(test, p);
	rd = cssp_vbuf_rd(p->to_server);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(first, &rd), 0);
	ntlm_acc_pair_restart(test, p);
	KUNIT_EXPECT_EQ(test, step(p->acceptor, first, p->to_client, &p->progress),
			CSSP_E_MALFORMED);
	ntlm_acc_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
	/* NEGOTIATE twice, and the acceptor's own CHALLENGE */
	ntlm_acc_pair_restart(test, p);
	ntlm_acc_challenge(test, p);
	KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_MALFORMED);
	ntlm_acc_pair_restart(test, p);
	ntlm_acc_challenge(test, p);
	KUNIT_EXPECT_EQ(test, step(p->acceptor, p->to_client, out, &p->progress),
			CSSP_E_MALFORMED);
	/* Nothing at all */
	ntlm_acc_pair_restart(test, p);
	KUNIT_EXPECT_EQ(test, step(p->acceptor, NULL, p->to_client, &p->progress),
			CSSP_E_MALFORMED);
	KUNIT_EXPECT_EQ(test, step(p->acceptor, p->negotiate, p->to_client, &p->progress),
			CSSP_E_STATE);
	/* Anything after the end */
	ntlm_acc_pair_restart(test, p);
	ntlm_acc_establish(test, p);
	KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, p->helper.calls, 1);
	KUNIT_EXPECT_FALSE(test, cssp_ntlm_acceptor_of(p->acceptor)->session.established);
	/* Messages before the end */
	ntlm_acc_pair_restart(test, p);
	ntlm_acc_challenge(test, p);
	cssp_vbuf_clear(out);
	KUNIT_EXPECT_EQ(test, p->acceptor->ops->wrap(p->acceptor, &plain, out), CSSP_E_STATE);
	KUNIT_EXPECT_EQ(test, out->len, 0);
	KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_STATE);
}

/* An AUTHENTICATE of another exchange: its proof is over another nonce. */
static void replayed_authenticate(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct cssp_vbuf *first = new_vbuf(test);
	struct cssp_rd rd;
	u64 time;

	ntlm_acc_begin(test, p);
	time = cssp_ntlm_acceptor_of(p->acceptor)->nonce.time;
	rd = cssp_vbuf_rd(p->to_server);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(first, &rd), 0);
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	ntlm_acc_pair_restart(test, p);
	cssp_ntlm_acceptor_of(p->acceptor)->nonce.time = time;
	ntlm_acc_challenge(test, p);
	KUNIT_EXPECT_EQ(test, step(p->acceptor, first, p->to_client, &p->progress),
			CSSP_E_LOGON_DENIED);
	ntlm_acc_expect_dead(test, p, CREDSSP_REASON_LOGON);
}

/* Windows' messages of a capture: the acceptor's CHALLENGE is the capture's. */
static void expect_capture(struct kunit *test, struct ntlm_acc_pair *p, const char *negotiate,
			   const char *challenge, const char *authenticate, const char *key)
{
	struct cssp_rd first = test_hex(test, negotiate), last = test_hex(test, authenticate);
	struct cssp_rd sent = test_hex(test, challenge);
	struct cssp_ntlm_acceptor *a;
	struct cssp_session_key got = {};

	ntlm_acc_pair_restart(test, p);
	a = cssp_ntlm_acceptor_of(p->acceptor);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_server, &first), 0);
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&a->challenge, &sent), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_server, &last), 0);
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	KUNIT_EXPECT_EQ(test, p->progress, CSSP_MECH_DONE);
	KUNIT_ASSERT_EQ(test, p->acceptor->ops->session_key(p->acceptor, &got), 0);
	EXPECT_HEX(test, got.bytes, got.length, key);
	ntlm_acc_expect_text(test, &p->acceptor->facts.claimed, CAPTURE_USER);
	ntlm_acc_expect_text(test, &p->acceptor->facts.workstation, "SERVER2019");
}

static void windows_captures(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct cssp_rd first = test_hex(test, capture_a_negotiate);

	p->helper.account = new_identity(test, CAPTURE_USER, "", CAPTURE_PASSWORD);
	expect_capture(test, p, capture_a_negotiate, capture_a_challenge,
		       capture_a_authenticate, capture_a_session_key);
	expect_capture(test, p, capture_c_negotiate, capture_c_challenge,
		       capture_c_authenticate, capture_c_session_key);
	/* The MIC covers NEGOTIATE as it was sent: here its VERSION differs. */
	ntlm_acc_pair_restart(test, p);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_server, &first), 0);
	p->to_server->data[34] ^= 1;
	KUNIT_ASSERT_EQ(test, ntlm_acc_answer(p), 0);
	first = test_hex(test, capture_a_challenge);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&cssp_ntlm_acceptor_of(p->acceptor)->challenge,
					    &first), 0);
	first = test_hex(test, capture_a_authenticate);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_server, &first), 0);
	KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_LOGON_DENIED);
	KUNIT_EXPECT_EQ(test, p->helper.calls, 1);
	ntlm_acc_expect_dead(test, p, CREDSSP_REASON_MECH_MIC);
}

/* MS-NLMP 4.2.4.3: AUTHENTICATE without a MIC is too weak, with or without room for one. */
static void spec_authenticate(struct kunit *test)
{
	static const char *const messages[] = { nlmp_v2_authenticate, derived_authenticate };
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct cssp_rd rd;
	unsigned int i;

	p->helper.account = new_identity(test, NLMP_USER, NLMP_DOMAIN, NLMP_PASSWORD);
	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		ntlm_acc_pair_restart(test, p);
		ntlm_acc_challenge(test, p);
		rd = test_hex(test, nlmp_v2_challenge);
		KUNIT_ASSERT_EQ(test,
				cssp_vbuf_set(&cssp_ntlm_acceptor_of(p->acceptor)->challenge,
					      &rd), 0);
		rd = test_hex(test, messages[i]);
		KUNIT_ASSERT_EQ(test, cssp_vbuf_set(p->to_server, &rd), 0);
		KUNIT_EXPECT_EQ(test, ntlm_acc_answer(p), CSSP_E_WEAK);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0);
		ntlm_acc_expect_text(test, &p->acceptor->facts.claimed, "Domain\\User");
		ntlm_acc_expect_text(test, &p->acceptor->facts.workstation, "COMPUTER");
		ntlm_acc_expect_dead(test, p, CREDSSP_REASON_MECH_WEAK);
	}
}

/* The acceptor's messages with the session key of MS-NLMP 4.2.4 */
static void spec_messages(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct cssp_ntlm_session *s = &cssp_ntlm_acceptor_of(p->acceptor)->session;
	struct cssp_vbuf *out = new_vbuf(test);

	KUNIT_ASSERT_EQ(test, cssp_ntlm_session_establish(s, CSSP_NTLM_SERVER_TO_CLIENT,
							  test_hex(test, nlmp_session_key).p,
							  CSSP_NTLM_STRONG_FLAGS), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_session_wrap(&s->base, &plain, out), 0);
	EXPECT_HEX(test, out->data, out->len, derived_server_sealed);
	cssp_vbuf_clear(out);
	rd = test_hex(test, nlmp_v2_sealed);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_session_unwrap(&s->base, &rd, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_same(test, &rd, &plain);

	/* mechListMIC first: the stream begins again, the numbers go on. */
	KUNIT_ASSERT_EQ(test, cssp_ntlm_session_establish(s, CSSP_NTLM_SERVER_TO_CLIENT,
							  test_hex(test, nlmp_session_key).p,
							  CSSP_NTLM_STRONG_FLAGS), 0);
	plain = test_hex(test, derived_mech_list);
	rd = test_hex(test, derived_client_list_mic);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_session_check_list_mic(&s->base, &plain, &rd), 0);
	cssp_vbuf_clear(out);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_session_list_mic(&s->base, &plain, out), 0);
	EXPECT_HEX(test, out->data, out->len, derived_server_list_mic);
	cssp_vbuf_clear(out);
	rd = test_hex(test, derived_client_sealed_after_mic);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_session_unwrap(&s->base, &rd, out), 0);
}

/* Nothing that only the exchange needs is kept. */
static void nothing_is_left_over(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	struct cssp_ntlm_acceptor *a = cssp_ntlm_acceptor_of(p->acceptor);

	ntlm_acc_establish(test, p);
	KUNIT_EXPECT_NULL(test, a->negotiate.data);
	KUNIT_EXPECT_NULL(test, a->challenge.data);
	KUNIT_EXPECT_NULL(test, a->id);
	KUNIT_EXPECT_NULL(test, a->bindings);
}

static void negotiate_cut_anywhere(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	size_t len;
	bool legal;

	for (len = 0; len < 40; len++) {
		ntlm_acc_pair_restart(test, p);
		KUNIT_ASSERT_EQ(test, ntlm_client_negotiate(NTLM_CLIENT_WINDOWS_FLAGS,
							    p->to_server), 0);
		KUNIT_ASSERT_EQ(test, p->to_server->len, 40);
		p->to_server->len = len;
		/* Old peers leave out fields at the end: names, and VERSION. */
		legal = len == 16 || len >= 32;
		KUNIT_EXPECT_EQ_MSG(test, ntlm_acc_answer(p), legal ? 0 : CSSP_E_MALFORMED,
				    "length %zu", len);
		if (!legal)
			ntlm_acc_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
	}
}

static void authenticate_cut_anywhere(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	size_t len, whole;

	ntlm_acc_begin(test, p);
	whole = p->to_server->len;
	for (len = 0; len < whole; len++) {
		ntlm_acc_pair_restart(test, p);
		ntlm_acc_begin(test, p);
		p->to_server->len = len;
		KUNIT_EXPECT_EQ_MSG(test, ntlm_acc_answer(p), CSSP_E_MALFORMED, "length %zu",
				    len);
		KUNIT_EXPECT_EQ(test, p->helper.calls, 0);
		ntlm_acc_expect_dead(test, p, CREDSSP_REASON_MECH_TOKEN);
	}
}

/* A bit in each byte of AUTHENTICATE: if all else is as it was, the MIC is not. */
static void authenticate_flipped_anywhere(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	unsigned int i, len, asked = 0, mics = 0;

	ntlm_acc_begin(test, p);
	len = p->to_server->len;
	for (i = 0; i < len; i++) {
		ntlm_acc_pair_restart(test, p);
		ntlm_acc_begin(test, p);
		p->to_server->data[i] ^= 1 << i % 8;
		KUNIT_EXPECT_LT_MSG(test, ntlm_acc_answer(p), 0, "byte %u", i);
		asked += p->helper.calls;
		mics += p->acceptor->reason == CREDSSP_REASON_MECH_MIC;
		ntlm_acc_expect_dead(test, p, p->acceptor->reason);
	}
	/* Each kind of detection has occurred. */
	KUNIT_EXPECT_GT(test, mics, 16U);
	KUNIT_EXPECT_GT(test, asked, mics);
	KUNIT_EXPECT_GT(test, len, asked);
}

/* A bit on the way of NEGOTIATE or of the CHALLENGE: at the latest the MIC is wrong. */
static void first_messages_flipped_anywhere(struct kunit *test)
{
	struct ntlm_acc_pair *p = ntlm_acc_pair_new(test);
	enum cssp_mech_progress progress;
	unsigned int i, n, len;
	struct cssp_vbuf *b;
	int ret;

	ntlm_acc_challenge(test, p);
	n = p->to_server->len;
	len = n + p->to_client->len;
	for (i = 0; i < len; i++) {
		ntlm_acc_pair_restart(test, p);
		KUNIT_ASSERT_EQ(test, step(p->client, NULL, p->to_server, &progress), 0);
		b = i < n ? p->to_server : p->to_client;
		if (i < n)
			b->data[i] ^= 1 << i % 8;
		ret = ntlm_acc_answer(p);
		if (i >= n)
			b->data[i - n] ^= 1 << i % 8;
		if (ret)
			continue;
		if (step(p->client, p->to_client, p->to_server, &progress))
			continue;
		KUNIT_EXPECT_LT_MSG(test, ntlm_acc_answer(p), 0, "byte %u", i);
	}
}

static struct kunit_case ntlm_acceptor_cases[] = {
	KUNIT_CASE(establishes),
	KUNIT_CASE(messages_both_ways),
	KUNIT_CASE(reflected_and_replayed),
	KUNIT_CASE(challenge_message),
	KUNIT_CASE(nonces_differ),
	KUNIT_CASE(weak_negotiates),
	KUNIT_CASE(long_negotiate),
	KUNIT_CASE(accounts),
	KUNIT_CASE(unknown_user_and_wrong_password),
	KUNIT_CASE(channel_bindings),
	KUNIT_CASE(out_of_order),
	KUNIT_CASE(replayed_authenticate),
	KUNIT_CASE(windows_captures),
	KUNIT_CASE(spec_authenticate),
	KUNIT_CASE(spec_messages),
	KUNIT_CASE(nothing_is_left_over),
	KUNIT_CASE(negotiate_cut_anywhere),
	KUNIT_CASE_SLOW(authenticate_cut_anywhere),
	KUNIT_CASE_SLOW(authenticate_flipped_anywhere),
	KUNIT_CASE_SLOW(first_messages_flipped_anywhere),
	{}
};

static struct kunit_suite ntlm_acceptor_suite = {
	.name = "credssp_mech_ntlm_acceptor",
	.test_cases = ntlm_acceptor_cases,
};

kunit_test_suite(ntlm_acceptor_suite);
