// SPDX-License-Identifier: GPL-2.0-only
/* The cache of TLS sessions, and handshakes that resume one. */
#include <linux/cred.h>
#include <linux/key.h>
#include <linux/pid.h>
#include <linux/sched/signal.h>

#include "tls/xprt_token.h"
#include "tls_util.h"
#include "wire/tls_record.h"

#define TARGET	"TERMSRV/host"
#define BLOB	"00112233445566778899aabbccddeeff"
#define BLOB2	"ffeeddccbbaa"

/* MS-CSSP 2.2.1; these tests read only its outer header */
#define REQUEST	"3005a003020106"
/* NewSessionTickets, RFC 8446 4.6.1; the module reads only their headers */
#define TICKET1	"04000003010203"
#define TICKET2	"0400000205060400000107"

struct cache {
	struct cssp_session_cache c;
	struct cssp_requester who;
};

static void cache_free(void *data)
{
	struct cache *cache = data;

	cssp_session_cache_clear(&cache->c);
	cssp_requester_drop(&cache->who);
}

/* A cache, and this task as its requester. */
static struct cache *cache_make(struct kunit *test)
{
	struct cache *cache = kunit_kzalloc(test, sizeof(*cache), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, cache);
	cssp_session_cache_init(&cache->c);
	cssp_requester_pin_current(&cache->who, &init_net);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, cache_free, cache), 0);
	return cache;
}

static struct cssp_past_session *past_make(struct kunit *test, const char *blob, u32 lifetime)
{
	struct cssp_rd cert = test_hex(test, tls_certs[0].cert), rd = test_hex(test, blob);
	struct cssp_past_session *past = cssp_past_session_make(&cert, &rd, lifetime);

	KUNIT_ASSERT_NOT_NULL(test, past);
	return past;
}

static void put(struct kunit *test, struct cache *cache, const char *target, u32 lifetime)
{
	cssp_session_cache_put(&cache->c, target, &cache->who,
			       past_make(test, BLOB, lifetime));
}

/* Take the session for @target and @who out of the cache. True if there was one. */
static bool takes(struct cache *cache, const char *target, const struct cssp_requester *who)
{
	struct cssp_past_session *past = cssp_session_cache_take(&cache->c, target, who);
	bool there = past;

	cssp_past_session_free(past);
	return there;
}

static void session_is_found_once(struct kunit *test)
{
	struct cache *cache = cache_make(test);

	put(test, cache, TARGET, 60);
	KUNIT_EXPECT_EQ(test, cache->c.count, 1);
	KUNIT_EXPECT_TRUE(test, takes(cache, "termsrv/HOST", &cache->who));
	KUNIT_EXPECT_FALSE(test, takes(cache, TARGET, &cache->who));
	KUNIT_EXPECT_EQ(test, cache->c.count, 0);
}

static void other_target_prevents_reuse(struct kunit *test)
{
	struct cache *cache = cache_make(test);

	put(test, cache, TARGET, 60);
	KUNIT_EXPECT_FALSE(test, takes(cache, "TERMSRV/host2", &cache->who));
	KUNIT_EXPECT_FALSE(test, takes(cache, "HTTP/host", &cache->who));
	KUNIT_EXPECT_FALSE(test, takes(cache, "", &cache->who));
	KUNIT_EXPECT_TRUE(test, takes(cache, TARGET, &cache->who));
	/* A session without a target name could never be found, so it is not kept. */
	put(test, cache, "", 60);
	KUNIT_EXPECT_EQ(test, cache->c.count, 0);
}

static void expiry_prevents_reuse(struct kunit *test)
{
	struct cache *cache = cache_make(test);
	struct cssp_past_session *past;
	time64_t now = ktime_get_boottime_seconds();

	past = past_make(test, BLOB, U32_MAX);
	KUNIT_EXPECT_LE(test, past->expires, now + 36001);
	past->expires = now;
	cssp_session_cache_put(&cache->c, TARGET, &cache->who, past);
	put(test, cache, "TERMSRV/other", 60);
	KUNIT_EXPECT_FALSE(test, takes(cache, TARGET, &cache->who));
	/* The expired session was removed as well. */
	KUNIT_EXPECT_EQ(test, cache->c.count, 1);
	KUNIT_EXPECT_TRUE(test, takes(cache, "TERMSRV/other", &cache->who));
}

static void other_process_prevents_reuse(struct kunit *test)
{
	struct cache *cache = cache_make(test);
	struct cssp_requester other;

	put(test, cache, TARGET, 60);
	cssp_requester_copy(&other, &cache->who);
	put_pid(other.pid);
	other.pid = find_get_pid(1);
	KUNIT_EXPECT_FALSE(test, takes(cache, TARGET, &other));
	put_pid(other.pid);
	other.pid = NULL;	/* a kernel thread's */
	KUNIT_EXPECT_FALSE(test, takes(cache, TARGET, &other));
	cssp_requester_drop(&other);
	KUNIT_EXPECT_TRUE(test, takes(cache, TARGET, &cache->who));
}

/* Make @who a copy of @like with new credentials, which are not committed. */
static struct cred *own_cred(struct kunit *test, struct cssp_requester *who,
			     const struct cssp_requester *like)
{
	struct cred *cred = prepare_creds();

	KUNIT_ASSERT_NOT_NULL(test, cred);
	cssp_requester_copy(who, like);
	put_cred(who->cred);
	who->cred = cred;
	return cred;
}

static void other_logon_session_prevents_reuse(struct kunit *test)
{
	struct cache *cache = cache_make(test);
	struct cssp_requester other;
	struct cred *cred = own_cred(test, &other, &cache->who);
	struct key *ring, *old = cred->session_keyring;

	put(test, cache, TARGET, 60);
	ring = keyring_alloc("_ses.kunit", GLOBAL_ROOT_UID, GLOBAL_ROOT_GID, cred,
			     KEY_POS_ALL, KEY_ALLOC_NOT_IN_QUOTA, NULL, NULL);
	KUNIT_ASSERT_FALSE(test, IS_ERR(ring));
	cred->session_keyring = ring;
	KUNIT_EXPECT_FALSE(test, takes(cache, TARGET, &other));
	cred->session_keyring = old;
	key_put(ring);
	/* Another user in the same logon session does not get it. */
	cred->euid = KUIDT_INIT(1000);
	KUNIT_EXPECT_FALSE(test, takes(cache, TARGET, &other));
	cred->euid = cache->who.cred->euid;
	/* New credentials of the same user and logon session do. */
	KUNIT_EXPECT_TRUE(test, takes(cache, TARGET, &other));
	cssp_requester_drop(&other);
}

static void other_credential_prevents_reuse(struct kunit *test)
{
	struct cache *one = cache_make(test), *two = cache_make(test);

	put(test, one, TARGET, 60);
	KUNIT_EXPECT_FALSE(test, takes(two, TARGET, &one->who));
	KUNIT_EXPECT_TRUE(test, takes(one, TARGET, &one->who));
}

/*
 * Kernel callers have no process; they differ only by their
 * credential, which has the cache.
 */
static void kernel_callers_share_a_process(struct kunit *test)
{
	struct cache *cache = cache_make(test);
	struct cssp_requester other;

	cssp_requester_drop(&cache->who);
	cssp_requester_pin(&cache->who, current_cred(), &init_net);
	cssp_requester_pin(&other, current_cred(), &init_net);
	put(test, cache, TARGET, 60);
	KUNIT_EXPECT_TRUE(test, takes(cache, TARGET, &other));
	cssp_requester_drop(&other);
}

static void cache_is_bounded(struct kunit *test)
{
	struct cache *cache = cache_make(test);
	char target[16];
	int i, found = 0;

	for (i = 0; i < 20; i++) {
		snprintf(target, sizeof(target), "TERMSRV/%d", i);
		put(test, cache, target, 60);
		KUNIT_EXPECT_LE(test, cache->c.count, 8);
	}
	for (i = 0; i < 20; i++) {
		snprintf(target, sizeof(target), "TERMSRV/%d", i);
		if (takes(cache, target, &cache->who)) {
			KUNIT_EXPECT_GE(test, i, 12);	/* the oldest ones were dropped */
			found++;
		}
	}
	KUNIT_EXPECT_EQ(test, found, 8);
}

static void newest_session_is_taken(struct kunit *test)
{
	struct cache *cache = cache_make(test);
	struct cssp_past_session *past;
	struct cssp_rd rd;

	put(test, cache, TARGET, 60);
	cssp_session_cache_put(&cache->c, TARGET, &cache->who, past_make(test, BLOB2, 60));
	past = cssp_session_cache_take(&cache->c, TARGET, &cache->who);
	KUNIT_ASSERT_NOT_NULL(test, past);
	rd = cssp_vbuf_rd(&past->blob);
	test_expect_hex(test, &rd, BLOB2);
	cssp_past_session_free(past);
	cssp_session_cache_clear(&cache->c);
	KUNIT_EXPECT_EQ(test, cache->c.count, 0);
	KUNIT_EXPECT_TRUE(test, list_empty(&cache->c.sessions));
}

/* The expected TLS_START: @flags, no certificate, "host", then @blob. */
static struct cssp_rd start_request(struct kunit *test, u32 flags, const char *blob)
{
	struct cssp_rd rd = test_hex(test, blob);
	struct credssp_hlp_tls_start head = {
		.host_length = 4, .session_length = rd.left,
		.flags = flags | CREDSSP_HLP_TLS_NO_CERT_WANTED,
	};
	u8 *request = test_room(test, sizeof(head) + 4 + rd.left);

	memcpy(request, &head, sizeof(head));
	memcpy(request + sizeof(head), "host", 4);
	if (rd.left)
		memcpy(request + sizeof(head) + 4, rd.p, rd.left);
	return cssp_rd_of(request, sizeof(head) + 4 + rd.left);
}

/* A reply that finishes the handshake; the caller sets the fields about sessions. */
static struct tls_turn done_turn(struct kunit *test, const struct tls_suite *s)
{
	struct tls_turn turn = { .opcode = CREDSSP_HLP_TLS_START, .chain = tls_chain(test) };

	tls_reply(&turn.head, s, false);
	return turn;
}

static void nothing_to_keep(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turn = done_turn(test, TLS_13_AES128);

	turn.request = start_request(test, CREDSSP_HLP_TLS_NO_SESSION, "");
	tls_end_script(end, &turn, 1);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), 0);
	KUNIT_EXPECT_FALSE(test, end->ch->session.resumed);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	KUNIT_EXPECT_NULL(test, cssp_channel_next_session(end->ch));
}

static void terminal_server(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct cssp_channel_params params = { &end->who, &end->wait, "host", true };
	struct tls_turn turn = done_turn(test, TLS_13_AES128);

	cssp_channel_set_server(end->ch, &params);
	turn.request = start_request(test, CREDSSP_HLP_TLS_NO_SESSION |
				     CREDSSP_HLP_TLS_REMOTE_DESKTOP, "");
	tls_end_script(end, &turn, 1);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), 0);
}

/*
 * TLS 1.2: a session is offered and resumed; DONE has the next
 * one, which expires at the same time.
 */
static void session_with_done(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turn = done_turn(test, TLS_12_AES128);
	struct cssp_past_session *past = past_make(test, BLOB, 60), *next;
	time64_t expires = past->expires;
	struct cssp_rd rd;

	cssp_channel_offer(end->ch, past);
	turn.request = start_request(test, 0, BLOB);
	turn.head.flags = CREDSSP_HLP_TLS_RESUMED;
	turn.session = test_hex(test, BLOB2);
	turn.head.session_lifetime = 7200;
	tls_end_script(end, &turn, 1);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	KUNIT_EXPECT_TRUE(test, end->ch->session.resumed);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	next = cssp_channel_next_session(end->ch);
	KUNIT_ASSERT_NOT_NULL(test, next);
	rd = cssp_vbuf_rd(&next->blob);
	test_expect_hex(test, &rd, BLOB2);
	rd = cssp_vbuf_rd(&next->cert);
	test_expect_hex(test, &rd, tls_certs[0].cert);
	KUNIT_EXPECT_EQ(test, next->expires, expires);
	cssp_past_session_free(next);
}

/* A resumed session must come with the certificate that it began with. */
static void resumed_with_another_certificate(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turn = done_turn(test, TLS_13_AES128);
	struct cssp_rd blob = test_hex(test, BLOB), cert = test_hex(test, tls_certs[1].cert);

	cssp_channel_offer(end->ch, cssp_past_session_make(&cert, &blob, 60));
	turn.head.flags = CREDSSP_HLP_TLS_RESUMED;
	tls_end_script(end, &turn, 1);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EREMOTEIO);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	KUNIT_EXPECT_FALSE(test, cssp_channel_usable(end->ch));
}

/* The server does not resume: its certificate may be another one. */
static void not_resumed_after_all(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turn = done_turn(test, TLS_13_AES128);
	struct cssp_rd blob = test_hex(test, BLOB), cert = test_hex(test, tls_certs[1].cert);

	cssp_channel_offer(end->ch, cssp_past_session_make(&cert, &blob, 60));
	tls_end_script(end, &turn, 1);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), 0);
	KUNIT_EXPECT_FALSE(test, end->ch->session.resumed);
	/* the offered session is wiped */
	KUNIT_EXPECT_NULL(test, end->ch->past->blob.data);
	KUNIT_EXPECT_NULL(test, cssp_channel_next_session(end->ch));
}

/* Replies about sessions that a helper must not give. */
static const struct lie {
	const char *name;
	bool keep, past;
	const struct tls_suite *suite;
	u32 flags, lifetime, session;
} lies[] = {
	{ "resumed nothing", true, false, TLS_13_AES128, CREDSSP_HLP_TLS_RESUMED },
	{ "unknown flag", true, true, TLS_13_AES128, 0x80 },
	{ "tickets not asked for", false, false, TLS_13_AES128, CREDSSP_HLP_TLS_TICKETS },
	{ "session not asked for", false, false, TLS_12_AES128, 0, 60, 16 },
	{ "tickets in 1.2", true, false, TLS_12_AES128, CREDSSP_HLP_TLS_TICKETS },
	{ "session without lifetime", true, false, TLS_12_AES128, 0, 0, 16 },
	{ "lifetime without session", true, false, TLS_12_AES128, 0, 60, 0 },
	{ "session too long", true, false, TLS_12_AES128, 0, 60, CREDSSP_HLP_MAX_SESSION + 1 },
};

static void lie_name(const struct lie *l, char *desc)
{
	strscpy(desc, l->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(lies, lies, lie_name);

static void helper_lies(struct kunit *test)
{
	const struct lie *lie = test->param_value;
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turn = done_turn(test, lie->suite);

	if (lie->keep)
		cssp_channel_offer(end->ch, lie->past ? past_make(test, BLOB, 60) : NULL);
	turn.head.flags = lie->flags;
	turn.head.session_lifetime = lie->lifetime;
	if (lie->session)
		turn.session = cssp_rd_of(test_room(test, lie->session), lie->session);
	tls_end_script(end, &turn, 1);
	KUNIT_EXPECT_EQ(test, cssp_channel_handshake(end->ch), -EREMOTEIO);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), TLS_REASON_OF_ERRNO);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
}

/* Records of a TLS 1.3 server: tickets, whole and in parts, before a TSRequest. */
static void make_tickets(struct kunit *test, struct cssp_vbuf *in)
{
	static const struct { u8 type; const char *hex; } records[] = {
		{ CSSP_TLS_HANDSHAKE, TICKET1 },
		{ CSSP_TLS_HANDSHAKE, "04000002" },
		{ CSSP_TLS_HANDSHAKE, "05060400000107" },
		{ CSSP_TLS_DATA, REQUEST },
	};
	struct cssp_channel *peer = tls_peer_channel(test, TLS_13_AES128);
	struct cssp_rd rd;
	int i;

	for (i = 0; i < ARRAY_SIZE(records); i++) {
		rd = test_hex(test, records[i].hex);
		tls_forge(test, &peer->session, &peer->session.tx, records[i].type, &rd, 0, in);
	}
}

/* The two turns of a session that ends with tickets. */
static void script_tickets_turns(struct kunit *test, struct tls_turn *turns)
{
	turns[0] = done_turn(test, TLS_13_AES128);
	turns[0].head.flags = CREDSSP_HLP_TLS_TICKETS;
	turns[1] = (struct tls_turn){
		.opcode = CREDSSP_HLP_TLS_TICKET,
		.request = test_hex(test, TICKET1 TICKET2),
		.head.session_lifetime = 60,
		.session = test_hex(test, BLOB),
	};
}

static void script_tickets(struct kunit *test, struct tls_end *end, struct tls_turn *turns)
{
	script_tickets_turns(test, turns);
	tls_end_script(end, turns, 2);
	cssp_channel_offer(end->ch, NULL);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	KUNIT_EXPECT_TRUE(test, end->helper.open);
}

static void expect_session(struct kunit *test, struct tls_end *end, const char *blob)
{
	struct cssp_past_session *next = cssp_channel_next_session(end->ch);
	struct cssp_rd rd;

	KUNIT_EXPECT_EQ(test, !!next, !!blob);
	if (next && blob) {
		rd = cssp_vbuf_rd(&next->blob);
		test_expect_hex(test, &rd, blob);
	}
	cssp_past_session_free(next);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	KUNIT_EXPECT_TRUE(test, cssp_channel_usable(end->ch));
}

static void expect_request(struct kunit *test, struct tls_end *end)
{
	struct cssp_vbuf *msg = tls_vbuf(test);
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, cssp_channel_recv_request(end->ch, msg), 0);
	rd = cssp_vbuf_rd(msg);
	test_expect_hex(test, &rd, REQUEST);
}

static void tickets_in_tokens(struct kunit *test)
{
	struct cssp_vbuf *in = tls_vbuf(test);
	struct tls_end *end;
	struct tls_turn turns[2];
	struct cssp_rd rd;

	make_tickets(test, in);
	end = tls_end_token(test);
	script_tickets(test, end, turns);
	rd = cssp_vbuf_rd(in);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	expect_request(test, end);
	expect_session(test, end, BLOB);
}

static void tickets_on_a_socket(struct kunit *test)
{
	struct cssp_loopback *c = tls_connection(test);
	struct cssp_vbuf *in = tls_vbuf(test);
	struct tls_end *end;
	struct tls_turn turns[2];
	struct cssp_rd rd;

	make_tickets(test, in);
	end = tls_end_socket(test, c->tls);
	script_tickets(test, end, turns);
	rd = cssp_vbuf_rd(in);
	tls_peer_sends(test, end, c->raw, &rd);
	expect_request(test, end);
	expect_session(test, end, BLOB);
}

/*
 * Resume @past (NULL: a full handshake) and receive tickets with a lifetime of 7200
 * seconds. Return the next session, to be freed.
 */
static struct cssp_past_session *renew(struct kunit *test, struct cssp_past_session *past,
				       u64 not_after)
{
	struct cssp_vbuf *in = tls_vbuf(test);
	struct cssp_past_session *next;
	struct tls_turn turns[2];
	struct tls_end *end;
	struct cssp_rd rd;

	make_tickets(test, in);
	end = tls_end_token(test);
	script_tickets_turns(test, turns);
	turns[0].head.flags |= past ? CREDSSP_HLP_TLS_RESUMED : 0;
	turns[0].head.not_after = not_after;
	turns[1].head.session_lifetime = 7200;
	tls_end_script(end, turns, 2);
	cssp_channel_offer(end->ch, past);
	KUNIT_ASSERT_EQ(test, cssp_channel_handshake(end->ch), 0);
	KUNIT_EXPECT_EQ(test, end->ch->session.cert_sent, past && past->cert_sent);
	rd = cssp_vbuf_rd(in);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	expect_request(test, end);
	next = cssp_channel_next_session(end->ch);
	KUNIT_ASSERT_NOT_NULL(test, next);
	return next;
}

/* TLS 1.3: resumption does not move the expiry of the first session. */
static void tickets_do_not_prolong(struct kunit *test)
{
	struct cssp_past_session *past = past_make(test, BLOB, 60);
	time64_t expires = past->expires;
	int i;

	past->cert_sent = true;
	for (i = 0; i < 3; i++) {
		past = renew(test, past, 0);
		KUNIT_EXPECT_EQ(test, past->expires, expires);
		KUNIT_EXPECT_TRUE(test, past->cert_sent);
	}
	cssp_past_session_free(past);
	/* A full handshake sets a new expiry. */
	past = renew(test, NULL, 0);
	KUNIT_EXPECT_GT(test, past->expires, expires);
	cssp_past_session_free(past);
}

static void session_ends_with_the_certificate(struct kunit *test)
{
	time64_t now = ktime_get_boottime_seconds();
	struct cssp_past_session *past;

	past = renew(test, NULL, ktime_get_real_seconds() + 600);
	KUNIT_EXPECT_LE(test, past->expires, ktime_get_boottime_seconds() + 601);
	KUNIT_EXPECT_GT(test, past->expires, now + 60);
	cssp_past_session_free(past);
	past = renew(test, NULL, U64_MAX);
	KUNIT_EXPECT_GE(test, past->expires, now + 7200);
	cssp_past_session_free(past);
	/* The certificate has expired: so has the session. */
	past = renew(test, NULL, 1);
	KUNIT_EXPECT_LE(test, past->expires, ktime_get_boottime_seconds());
	cssp_past_session_free(past);
}

/* A failure of the helper with tickets does not end the connection. */
static const struct trouble {
	const char *name;
	u32 longer, lifetime;
	size_t cut;
	int err;
} troubles[] = {
	{ "died", 0, 60, 0, -EHOSTUNREACH },
	{ "silent", 0, 60, 0, -ETIMEDOUT },
	{ "error", 0, 60, 0, -EREMOTEIO },
	{ "no lifetime", 0, 0, 0, 0 },
	{ "longer than it is", 1, 60, 0, 0 },
	{ "4 GiB", 0xfffffff0, 60, 0, 0 },
	{ "shorter than it says", 0, 60, 1, 0 },
	{ "cut in its head", 0, 60, 17, 0 },
};

static void trouble_name(const struct trouble *t, char *desc)
{
	strscpy(desc, t->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(troubles, troubles, trouble_name);

static void trouble_with_tickets(struct kunit *test)
{
	const struct trouble *t = test->param_value;
	struct cssp_vbuf *in = tls_vbuf(test);
	struct tls_turn turns[2];
	struct tls_end *end;
	struct cssp_rd rd;

	make_tickets(test, in);
	end = tls_end_token(test);
	script_tickets(test, end, turns);
	turns[1].longer = t->longer;
	turns[1].head.session_lifetime = t->lifetime;
	turns[1].cut = t->cut;
	turns[1].err = t->err;
	rd = cssp_vbuf_rd(in);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	expect_request(test, end);
	expect_session(test, end, NULL);
	KUNIT_EXPECT_EQ(test, cssp_channel_reason(end->ch), 0);
}

/* Tickets above the limit are dropped, and the helper is not asked. */
static void tickets_too_long(struct kunit *test)
{
	struct cssp_channel *peer = tls_peer_channel(test, TLS_13_AES128);
	struct cssp_vbuf *in = tls_vbuf(test);
	u8 *ticket = test_room(test, 9000);
	struct tls_turn turns[2];
	struct tls_end *end;
	struct cssp_rd rd;
	int i;

	memcpy(ticket, "\x04\x00\x23\x24", 4);	/* 8996 bytes follow */
	for (i = 0; i < 2; i++) {
		rd = cssp_rd_of(ticket, 9000);
		tls_forge(test, &peer->session, &peer->session.tx, CSSP_TLS_HANDSHAKE, &rd, 0, in);
	}
	rd = test_hex(test, REQUEST);
	tls_forge(test, &peer->session, &peer->session.tx, CSSP_TLS_DATA, &rd, 0, in);
	end = tls_end_token(test);
	script_tickets(test, end, turns);
	rd = cssp_vbuf_rd(in);
	KUNIT_ASSERT_EQ(test, cssp_channel_push_wire(end->ch, &rd), 0);
	expect_request(test, end);
	KUNIT_EXPECT_NULL(test, end->ch->tickets.data);
	expect_session(test, end, NULL);
	KUNIT_EXPECT_EQ(test, end->helper.at, 1);
}

/* A channel that ends early wipes its tickets and session, and ends the conversation. */
static void forgotten_with_the_channel(struct kunit *test)
{
	struct tls_end *end = tls_end_token(test);
	struct tls_turn turns[2];

	script_tickets(test, end, turns);
	cssp_channel_shutdown(end->ch);
	KUNIT_EXPECT_FALSE(test, end->helper.open);
	KUNIT_EXPECT_FALSE(test, end->helper.over);
	KUNIT_EXPECT_NULL(test, end->ch->past);
	KUNIT_EXPECT_NULL(test, end->ch->control.keep);
	KUNIT_EXPECT_NULL(test, cssp_channel_next_session(end->ch));
}

static struct kunit_case tls_resume_cases[] = {
	KUNIT_CASE(session_is_found_once),
	KUNIT_CASE(other_target_prevents_reuse),
	KUNIT_CASE(expiry_prevents_reuse),
	KUNIT_CASE(other_process_prevents_reuse),
	KUNIT_CASE(other_logon_session_prevents_reuse),
	KUNIT_CASE(other_credential_prevents_reuse),
	KUNIT_CASE(kernel_callers_share_a_process),
	KUNIT_CASE(cache_is_bounded),
	KUNIT_CASE(newest_session_is_taken),
	KUNIT_CASE(nothing_to_keep),
	KUNIT_CASE(terminal_server),
	KUNIT_CASE(session_with_done),
	KUNIT_CASE(resumed_with_another_certificate),
	KUNIT_CASE(not_resumed_after_all),
	KUNIT_CASE_PARAM(helper_lies, lies_gen_params),
	KUNIT_CASE(tickets_in_tokens),
	KUNIT_CASE(tickets_on_a_socket),
	KUNIT_CASE(tickets_do_not_prolong),
	KUNIT_CASE(session_ends_with_the_certificate),
	KUNIT_CASE_PARAM(trouble_with_tickets, troubles_gen_params),
	KUNIT_CASE(tickets_too_long),
	KUNIT_CASE(forgotten_with_the_channel),
	{}
};

static struct kunit_suite tls_resume_suite = {
	.name = "credssp_tls_resume",
	.suite_init = tls_suite_init,
	.test_cases = tls_resume_cases,
};

kunit_test_suite(tls_resume_suite);
