// SPDX-License-Identifier: GPL-2.0-only
/* The engine with wrong requests and wrong peers. */
#include <errno.h>
#include <stdalign.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "conversations.h"
#include "tests/test.h"
#include "tests/test_client.h"

static struct tls_context *client;

/* A peer's first bytes, and the result of the handshake (RFC 8446 6, RFC 5246 7.2) */
static const struct {
	const char *name;
	uint8_t in[16];
	size_t length;
	uint32_t state;
	uint8_t alert;
	bool sends_alert;
	uint32_t failure;
} peers[] = {
	{ "fatal alert", { 21, 3, 3, 0, 2, 2, 40 }, 7, CREDSSP_HLP_TLS_FAILED, 40, false,
	  CREDSSP_HLP_FAIL_OTHER },
	{ "warning alert", { 21, 3, 3, 0, 2, 1, 112 }, 7, CREDSSP_HLP_TLS_CONTINUE, 0, false,
	  CREDSSP_HLP_FAIL_OTHER },
	{ "close_notify", { 21, 3, 3, 0, 2, 1, 0 }, 7, CREDSSP_HLP_TLS_FAILED, 0, true,
	  CREDSSP_HLP_FAIL_CLOSED },
	{ "half a header", { 22, 3 }, 2, CREDSSP_HLP_TLS_CONTINUE, 0, false,
	  CREDSSP_HLP_FAIL_OTHER },
	{ "half a record", { 22, 3, 3, 0, 9, 2, 0 }, 7, CREDSSP_HLP_TLS_CONTINUE, 0, false,
	  CREDSSP_HLP_FAIL_OTHER },
	{ "HTTP", "HTTP/1.1 400 Ba", 15, CREDSSP_HLP_TLS_FAILED, 0, true,
	  CREDSSP_HLP_FAIL_MESSAGE },
	{ "oversized record", { 22, 3, 3, 0xff, 0xff, 2 }, 6, CREDSSP_HLP_TLS_FAILED, 0, true,
	  CREDSSP_HLP_FAIL_SIZE },
	{ "data first", { 23, 3, 3, 0, 2, 'h', 'i' }, 7, CREDSSP_HLP_TLS_FAILED, 0, true,
	  CREDSSP_HLP_FAIL_MESSAGE },
	{ "not a ServerHello", { 22, 3, 3, 0, 4, 20 }, 9, CREDSSP_HLP_TLS_FAILED, 0, true,
	  CREDSSP_HLP_FAIL_MESSAGE },
	{ "cut ServerHello", { 22, 3, 3, 0, 6, 2, 0, 0, 2, 3, 3 }, 11,
	  CREDSSP_HLP_TLS_FAILED, 0, true,
	  CREDSSP_HLP_FAIL_DECODE },
};

static void test_peers(void)
{
	for (size_t i = 0; i < sizeof(peers) / sizeof(peers[0]); i++) {
		struct engine *e = engine_new(client);
		struct test_reply r;

		test_start(e, 1, "server.test", &r);
		ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
		ENSURE(r.tls.wire_length > 5 && r.wire[0] == 22);
		test_call(e, CREDSSP_HLP_TLS_STEP, 1, peers[i].in, peers[i].length, &r);
		if (r.error || r.tls.state != peers[i].state ||
		    r.tls.alert != peers[i].alert || r.tls.failure != peers[i].failure)
			test_fail("%s: error %u, state %u, alert %u, failure %u", peers[i].name,
				  r.error, r.tls.state, r.tls.alert, r.tls.failure);
		if (peers[i].sends_alert != (r.tls.wire_length && r.wire[0] == 21))
			test_fail("%s: %u bytes sent", peers[i].name, r.tls.wire_length);
		ENSURE(r.tls.consumed <= peers[i].length);
		ENSURE(engine_count(e) == (r.tls.state == CREDSSP_HLP_TLS_CONTINUE));
		engine_free(e);
	}
}

/* True if the ClientHello has the bytes @name. */
static bool sends_name(const char *host, const char *name)
{
	struct engine *e = engine_new(client);
	struct test_reply r;
	bool found;

	test_start(e, 1, host, &r);
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
	found = memmem(r.wire, r.tls.wire_length, name, strlen(name));
	engine_free(e);
	return found;
}

static void test_sni(void)
{
	ENSURE(sends_name("server.test", "\x0bserver.test"));
	ENSURE(sends_name("server.test.", "\x0bserver.test"));
	ENSURE(!sends_name("server.test.", "server.test."));
	ENSURE(!sends_name("192.0.2.1", "192.0.2.1"));
	ENSURE(!sends_name("2001:db8::1", "2001:db8::1"));
}

/* If Schannel's certificate has a SHA-1 signature, the ClientHello must offer SHA-1. */
static void test_signatures(void)
{
	/* rsa_pkcs1_sha256, rsa_pkcs1_sha1, RFC 8446 4.2.3; 16-bit numbers in pairs */
	static const uint8_t wanted[][2] = { { 4, 1 }, { 2, 1 } };
	struct engine *e = engine_new(client);
	const uint8_t *list;
	struct test_reply r;
	size_t found = 0;

	test_start(e, 1, "server.test", &r);
	/*
	 * number and length of the extension, length of the
	 * list; both lengths are below 256
	 */
	list = memmem(r.wire, r.tls.wire_length, "\0\x0d\0", 3);
	ENSURE(list && list[3] == list[5] + 2 && !list[4]);
	for (size_t i = 0; i < sizeof(wanted) / sizeof(wanted[0]); i++)
		for (size_t at = 6; at < 6u + list[5]; at += 2)
			found += !memcmp(list + at, wanted[i], 2);
	ENSURE(found == 2);
	engine_free(e);
}

/* True if a handshake with @host begins. */
static bool takes_host(const char *host)
{
	struct engine *e = engine_new(client);
	struct test_reply r;

	test_start(e, 1, host, &r);
	ENSURE(r.error == 0 || r.error == EINVAL);
	engine_free(e);
	return !r.error;
}

/* Hosts that GnuTLS would convert to another name are refused. */
static void test_hosts(void)
{
	static const char *const bad[] = {
		"b\303\274cher.test", "serve\302\255r.test", "serve\342\200\213r.test",
		"\357\275\223erver.test", "server\343\200\202test", "\377", "a b", "a\tb", "a\n",
		"a/b", "a%b", "*.test", "[::1]", "user@server.test", "fe80::1%eth0",
	};
	static const char *const good[] = {
		"", "server.test", "Server_1.TEST.", "xn--bcher-kva.test", "192.0.2.1",
		"2001:db8::1",
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (takes_host(bad[i]))
			test_fail("%s is taken", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		if (!takes_host(good[i]))
			test_fail("%s is not taken", good[i]);
}

static void test_requests(void)
{
	struct credssp_hlp_tls_start start = { .host_length = 4 };
	struct engine *e = engine_new(client);
	uint8_t payload[sizeof(start) + CREDSSP_MAX_TARGET + 1] = { 0 };
	struct test_reply r;

	test_call(e, CREDSSP_HLP_TLS_START, 1, &start, sizeof(start) - 1, &r);
	ENSURE(r.error == EINVAL);
	test_call(e, CREDSSP_HLP_TLS_START, 1, &start, sizeof(start), &r);
	ENSURE(r.error == EINVAL);	/* shorter than its lengths */
	memcpy(payload, &start, sizeof(start));
	test_call(e, CREDSSP_HLP_TLS_START, 1, payload, sizeof(start) + 5, &r);
	ENSURE(r.error == EINVAL);	/* longer than its lengths */
	test_call(e, CREDSSP_HLP_TLS_START, 1, payload, sizeof(start) + 4, &r);
	ENSURE(r.error == EINVAL);	/* NULs in the name */
	start.host_length = CREDSSP_MAX_TARGET + 1;
	memset(payload, 'a', sizeof(payload));
	memcpy(payload, &start, sizeof(start));
	test_call(e, CREDSSP_HLP_TLS_START, 1, payload, sizeof(payload), &r);
	ENSURE(r.error == EINVAL);	/* the name is too long */
	start.host_length = UINT32_MAX;
	start.session_length = 5;
	memcpy(payload, &start, sizeof(start));
	test_call(e, CREDSSP_HLP_TLS_START, 1, payload, sizeof(start) + 4, &r);
	ENSURE(r.error == EINVAL);	/* the sum of the lengths wraps */
	test_call(e, CREDSSP_HLP_TLS_STEP, 1, "x", 1, &r);
	ENSURE(r.error == ENOENT);
	/* Tickets of a conversation that was ended to make room are ignored. */
	test_call(e, CREDSSP_HLP_TLS_TICKET, 1, "x", 1, &r);
	ENSURE(!r.error && !r.ticket.session_length && !r.ticket.session_lifetime);
	test_call(e, 99, 1, NULL, 0, &r);
	ENSURE(r.error == EOPNOTSUPP);
	ENSURE(engine_count(e) == 0);
	test_end(e, 1);
	engine_free(e);
}

static void test_lengths(void)
{
	alignas(8) struct credssp_hlp_header hdr = { .length = sizeof(hdr) + 1 };
	alignas(8) uint8_t reply[256];
	struct engine *e = engine_new(client);

	ENSURE(!engine_handle(e, &hdr, sizeof(hdr) - 1, reply, sizeof(reply)));
	ENSURE(!engine_handle(e, &hdr, sizeof(hdr), reply, sizeof(reply)));
	engine_free(e);
}

static void test_table(void)
{
	struct engine *e = engine_new(client);
	struct test_reply r;

	for (uint64_t id = 1; id <= CONVERSATIONS_MAX; id++) {
		test_start(e, id, "server.test", &r);
		ENSURE(!r.error);
	}
	test_start(e, CONVERSATIONS_MAX + 1, "server.test", &r);
	ENSURE(r.error == EDQUOT);
	test_start(e, 5, "server.test", &r);
	ENSURE(r.error == EEXIST);
	test_end(e, 5);
	ENSURE(engine_count(e) == CONVERSATIONS_MAX - 1);
	test_start(e, 5, "server.test", &r);
	ENSURE(!r.error && engine_count(e) == CONVERSATIONS_MAX);
	engine_free(e);
}

static void test_share(void)
{
	struct engine *e = engine_new(client);
	uint64_t id = 0, share = CONVERSATIONS_OF_USER;
	struct test_reply r;

	for (uint32_t uid = 1000; uid < 1002; uid++) {
		test_as(uid);
		for (uint64_t i = 0; i < share; i++) {
			test_start(e, ++id, "server.test", &r);
			ENSURE(!r.error);
		}
		test_start(e, id + 1, "server.test", &r);
		ENSURE(r.error == EDQUOT);
	}
	/* A place that the first user frees belongs to its share, not to the other user's. */
	test_end(e, 1);
	test_start(e, ++id, "server.test", &r);
	ENSURE(r.error == EDQUOT);
	test_as(1000);
	test_start(e, id, "server.test", &r);
	ENSURE(!r.error);
	/* The last quarter is for users with few. */
	test_as(1002);
	for (uint64_t i = 0; i < share; i++) {
		test_start(e, ++id, "server.test", &r);
		ENSURE(!r.error);
	}
	for (uint32_t uid = 1003; uid < 1005; uid++) {
		test_as(uid);
		for (uint64_t i = 0; i < CONVERSATIONS_FEW; i++) {
			test_start(e, ++id, "server.test", &r);
			ENSURE(!r.error);
		}
		test_start(e, id + 1, "server.test", &r);
		ENSURE(r.error == EDQUOT);
	}
	/* Root gets the rest. */
	test_as(0);
	while (id < CONVERSATIONS_MAX + 1) {
		test_start(e, ++id, "server.test", &r);
		ENSURE(!r.error);
	}
	ENSURE(engine_count(e) == CONVERSATIONS_MAX);
	engine_free(e);
}

/* Engines of two threads share one table: a user's share is the same. */
static void test_engines(void)
{
	struct engine *e = engine_new(client), *other = engine_beside(e);
	const uint64_t share = CONVERSATIONS_OF_USER;
	size_t loads[2] = { 0 };
	struct test_reply r;

	test_as(1000);
	for (uint64_t id = 1; id <= share; id++) {
		test_start(id % 2 ? e : other, id, "server.test", &r);
		ENSURE(!r.error);
	}
	test_start(e, share + 1, "server.test", &r);
	ENSURE(r.error == EDQUOT);
	test_start(other, share + 1, "server.test", &r);
	ENSURE(r.error == EDQUOT);
	engine_loads(e, loads);
	ENSURE(loads[0] == share / 2 && loads[1] == share / 2 && engine_count(other) == share);
	/* Each has its own conversations, and does not touch the others. */
	ENSURE(engine_worker(e, 1) == 0 && engine_worker(e, 2) == 1 && engine_worker(e, 0) < 0);
	test_call(e, CREDSSP_HLP_TLS_STEP, 2, "x", 1, &r);
	ENSURE(r.error == ENOENT);
	ENSURE(engine_expire(e, engine_now() + CONVERSATION_IDLE_MS) == -1);
	ENSURE(engine_count(e) == share / 2 && engine_worker(e, 2) == 1);
	engine_free(other);
	ENSURE(!engine_count(e));
	test_as(0);
	engine_free(e);
}

/*
 * END comes while the thread of a conversation is busy: it counts no more, and the thread
 * frees it.
 */
static void test_ended(void)
{
	struct engine *e = engine_new(client), *other = engine_beside(e);
	const uint64_t share = CONVERSATIONS_OF_USER;
	size_t loads[2] = { 0 };
	struct test_reply r;

	test_as(1000);
	for (uint64_t id = 1; id <= share; id++)
		test_start(e, id, "server.test", &r);
	ENSURE(!engine_end(e, 7) && !engine_end(other, 7) && engine_end(other, 9999) < 0);
	ENSURE(engine_count(e) == share - 1);
	test_start(other, share + 1, "server.test", &r);
	ENSURE(!r.error);
	test_start(other, share + 2, "server.test", &r);
	ENSURE(r.error == EDQUOT);
	engine_loads(e, loads);
	ENSURE(loads[0] == share - 1 && loads[1] == 1);
	test_call(e, CREDSSP_HLP_TLS_STEP, 7, "\x16", 1, &r);
	ENSURE(r.error == ENOENT && !engine_worker(e, 7));
	engine_expire(other, engine_now());
	ENSURE(!engine_worker(e, 7));
	engine_expire(e, engine_now());
	ENSURE(engine_worker(e, 7) < 0 && engine_count(e) == share);
	test_as(0);
	engine_free(other);
	engine_free(e);
}

/* With garbage for a session the handshake is a full one. */
static void test_sessions(void)
{
	static const uint8_t noise[CREDSSP_HLP_MAX_SESSION] = { 0xfa, 0xe1, 0x10, 0xea, 1 };
	struct credssp_hlp_tls_start start = { .session_length = sizeof(noise) + 1 };
	static uint8_t payload[sizeof(start) + sizeof(noise) + 1];
	struct engine *e = engine_new(client);
	struct test_reply r;

	for (size_t length = 0; length <= sizeof(noise); length = 4 * length + 1) {
		test_start_session(e, length + 1, "server.test", noise, length, &r);
		ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
	}
	memcpy(payload, &start, sizeof(start));
	test_call(e, CREDSSP_HLP_TLS_START, 99, payload, sizeof(payload), &r);
	ENSURE(r.error == EINVAL);	/* longer than the limit of a session */
	start = (struct credssp_hlp_tls_start){ .flags = CREDSSP_HLP_TLS_NO_SESSION << 7 };
	test_call(e, CREDSSP_HLP_TLS_START, 99, &start, sizeof(start), &r);
	ENSURE(r.error == EINVAL);	/* an unknown flag */
	/* There cannot be tickets before the handshake is finished. */
	test_call(e, CREDSSP_HLP_TLS_TICKET, 1, "x", 1, &r);
	ENSURE(r.error == EPROTO);
	engine_free(e);
}

static int add(struct conversations *t, uint64_t id, uint32_t uid)
{
	return conversations_add(t, id, uid, NULL, id);
}

/*
 * A conversation that waits for tickets is ended for a handshake; in
 * a full share only the user's own.
 */
static void test_room(void)
{
	const uint64_t share = CONVERSATIONS_OF_USER;
	struct conversations t = { 0 };
	uint64_t id;

	for (id = 1; id <= share; id++)
		ENSURE(!add(&t, id, 1000));
	conversations_finish(&t, conversations_find(&t, 3), id);
	ENSURE(!add(&t, share + 1, 1001));
	conversations_finish(&t, conversations_find(&t, share + 1), id);
	ENSURE(!add(&t, share + 2, 1000));
	ENSURE(!conversations_find(&t, 3) && conversations_find(&t, share + 1));
	/* It is freed later, without the lock. */
	ENSURE(t.dropped && t.dropped->id == 3 && !t.dropped->chain);
	ENSURE(add(&t, share + 3, 1000) == -EDQUOT);
	for (id = share + 4; t.count < CONVERSATIONS_MAX; id++)
		ENSURE(!add(&t, id, 0));
	ENSURE(!add(&t, id, 0));
	ENSURE(!conversations_find(&t, share + 1));
	ENSURE(add(&t, id + 1, 0) == -EDQUOT);
	conversations_clear(&t);
}

static void test_expiry(void)
{
	struct engine *e = engine_new(client);
	int64_t now = engine_now();
	struct test_reply r;
	int due;

	ENSURE(engine_expire(e, now) == -1);
	test_start(e, 1, "server.test", &r);
	test_start(e, 2, "server.test", &r);
	/* The first one is used again, so that the second is the oldest. */
	test_call(e, CREDSSP_HLP_TLS_STEP, 1, "\x16", 1, &r);
	due = engine_expire(e, engine_now());
	ENSURE(due > CONVERSATION_IDLE_MS / 2 && due <= CONVERSATION_IDLE_MS);
	ENSURE(engine_count(e) == 2);
	ENSURE(engine_expire(e, engine_now() + CONVERSATION_IDLE_MS) == -1);
	ENSURE(engine_count(e) == 0);
	engine_free(e);
}

static void test_order(void)
{
	struct conversations t = { 0 };

	ENSURE(!conversations_add(&t, 1, 0, NULL, 10) && !conversations_add(&t, 2, 0, NULL, 20) &&
	       !conversations_add(&t, 1 + CONVERSATION_BUCKETS, 0, NULL, 30));
	ENSURE(t.oldest->id == 1);
	conversations_touch(&t, conversations_find(&t, 1), 40);
	ENSURE(t.oldest->id == 2 && t.newest->id == 1);
	conversations_drop(&t, conversations_find(&t, 2));
	ENSURE(t.oldest->id == 1 + CONVERSATION_BUCKETS && !conversations_find(&t, 2));
	conversations_drop(&t, conversations_find(&t, 1));
	ENSURE(t.oldest == t.newest && conversations_find(&t, 1 + CONVERSATION_BUCKETS));
	conversations_clear(&t);
	ENSURE(!t.count && !t.oldest && !t.newest && !t.dropped);
}

static const struct test_case tests[] = {
	{ "peers' first bytes", test_peers },
	{ "server name indication", test_sni },
	{ "signature algorithms offered", test_signatures },
	{ "hosts are ASCII", test_hosts },
	{ "malformed requests", test_requests },
	{ "lengths of messages", test_lengths },
	{ "full table", test_table },
	{ "a user's share of the table", test_share },
	{ "a user's share of several threads", test_engines },
	{ "conversations that have ended", test_ended },
	{ "sessions to be resumed", test_sessions },
	{ "room for handshakes", test_room },
	{ "idle conversations expire", test_expiry },
	{ "order of the table", test_order },
};

int main(void)
{
	const struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
	};

	log_setup(getenv("VERBOSE"));
	client = tls_context_new(&options);
	if (!client)
		test_fail("cannot set up");
	test_run("engine", tests, sizeof(tests) / sizeof(tests[0]));
	tls_context_free(client);
	return 0;
}
