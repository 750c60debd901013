// SPDX-License-Identifier: GPL-2.0-only
/* Key shares: one in each ClientHello, and of which group. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/gnutls.h>
#include "base/log.h"
#include "tests/test.h"
#include "tests/test_server.h"

#define CONVERSATION	1
#define RECORD_HEADER	5
#define HANDSHAKE	22
/* Numbers of extensions, RFC 8446 4.2 */
#define PRE_SHARED_KEY	41
#define KEY_SHARE	51
/* Numbers of groups, RFC 8446 4.2.7 */
#define X25519		29
#define SECP384R1	24

static struct engine *engine;

/**
 * struct hello - a ClientHello
 * @group: of its key share
 * @resumes: it offers a session
 */
struct hello {
	unsigned int group;
	bool resumes;
};

/* RFC 8446 4.2.8: the length of the list, then for each share its group and length */
static int look_at(void *ctx, unsigned int id, const unsigned char *p, unsigned int size)
{
	struct hello *h = ctx;

	h->resumes |= id == PRE_SHARED_KEY;
	if (id != KEY_SHARE)
		return 0;
	ENSURE(size > 6 && (p[0] << 8 | p[1]) == (int)size - 2);
	/* This one share is the whole list. */
	ENSURE((p[4] << 8 | p[5]) == (int)size - 6);
	h->group = p[2] << 8 | p[3];
	return 0;
}

static struct hello read_hello(const struct test_reply *r)
{
	gnutls_datum_t message = { (uint8_t *)r->wire + 9, r->tls.wire_length - 9 };
	struct hello h = { 0 };

	ENSURE(!r->error && r->tls.wire_length > 9 && r->wire[0] == HANDSHAKE);
	ENSURE(gnutls_ext_raw_parse(&h, look_at, &message,
				    GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO) >= 0);
	return h;
}

/**
 * struct session - a client's session
 * @blob, @length: for the next connection; no bytes at first
 */
struct session {
	uint8_t blob[CREDSSP_HLP_MAX_SESSION];
	size_t length;
};

/**
 * struct outcome - of a handshake
 * @hello: the first ClientHello
 * @flights: how often the server was called until the client was done
 * @resumed: so says the reply
 */
struct outcome {
	struct hello hello;
	unsigned int flights;
	bool resumed;
};

/* Add the tickets among the records. */
static void open_tickets(struct bytes *tickets, struct test_keys *rx, const uint8_t *in,
			 size_t length)
{
	static uint8_t record[TEST_RECORD_MAX];
	uint8_t type, *plain;
	size_t at, n, got;

	for (at = 0; at < length; at += n) {
		n = RECORD_HEADER + (in[at + 3] << 8 | in[at + 4]);
		ENSURE(n <= sizeof(record) && n <= length - at);
		memcpy(record, in + at, n);
		got = test_open(rx, record, n, &plain, &type);
		if (type == HANDSHAKE)
			ENSURE(!bytes_append(tickets, plain, got, sizeof(record)));
	}
}

/* The server's tickets come in its last @flight, and after the client's. */
static void learn(struct session *session, struct test_server *server,
		  struct test_reply *done, const uint8_t *flight, size_t length)
{
	struct test_keys rx = { done->tls.rx, done->tls.version, done->tls.cipher };
	struct bytes tickets = { 0 };
	struct test_reply r;

	open_tickets(&tickets, &rx, flight + done->tls.consumed, length - done->tls.consumed);
	flight = test_server_step(server, done->wire, done->tls.wire_length, &length);
	open_tickets(&tickets, &rx, flight, length);
	test_call(engine, CREDSSP_HLP_TLS_TICKET, CONVERSATION, tickets.data, tickets.len, &r);
	ENSURE(!r.error && r.ticket.session_length);
	session->length = r.ticket.session_length;
	memcpy(session->blob, r.session, session->length);
	bytes_free(&tickets);
}

static struct outcome connect_to(const struct test_server_options *o, struct session *session)
{
	struct test_server *server = test_server_new(o);
	struct outcome outcome = { 0 };
	const uint8_t *flight;
	struct test_reply r;
	size_t length;

	test_start_session(engine, CONVERSATION, "server.test", session->blob,
			   session->length, &r);
	outcome.hello = read_hello(&r);
	do {
		flight = test_server_step(server, r.wire, r.tls.wire_length, &length);
		outcome.flights++;
		test_call(engine, CREDSSP_HLP_TLS_STEP, CONVERSATION, flight, length, &r);
	} while (!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE);
	ENSURE(!r.error && r.tls.state == CREDSSP_HLP_TLS_DONE);
	outcome.resumed = r.tls.flags & CREDSSP_HLP_TLS_RESUMED;
	if (r.tls.version == TLS_1_3) {
		learn(session, server, &r, flight, length);
	} else {
		session->length = r.tls.session_length;
		memcpy(session->blob, r.session, session->length);
	}
	test_server_free(server);
	return outcome;
}

#define SERVER	.version = TLS_1_3, .hello_extension = -1, .ee_extension = -1, .tickets = true

/* Servers, and the group that the second handshake with each begins with */
static const struct {
	struct test_server_options o;
	unsigned int flights;
	unsigned int group;
} servers[] = {
	{ { SERVER }, 1, X25519 },
	{ { SERVER, .group = "X25519" }, 1, X25519 },
	{ { SERVER, .group = "SECP256R1" }, 2, 23 },
	{ { SERVER, .group = "SECP384R1" }, 2, SECP384R1 },
	{ { SERVER, .group = "SECP521R1" }, 2, 25 },
	{ { SERVER, .group = "X448" }, 2, 30 },
};

static void test_retry(void)
{
	for (size_t i = 0; i < sizeof(servers) / sizeof(servers[0]); i++) {
		struct session session = { .length = 0 };
		struct outcome out = connect_to(&servers[i].o, &session);

		ENSURE(out.hello.group == X25519 && !out.hello.resumes && !out.resumed);
		ENSURE(out.flights == servers[i].flights);
		for (int again = 0; again < 2; again++) {
			out = connect_to(&servers[i].o, &session);
			ENSURE(out.hello.group == servers[i].group && out.hello.resumes);
			ENSURE(out.flights == 1 && out.resumed);
		}
	}
}

/* The server has changed its group since. */
static void test_other_group(void)
{
	static const struct test_server_options before = { SERVER, .group = "SECP384R1" };
	static const struct test_server_options after = { SERVER, .group = "SECP521R1" };
	struct session session = { .length = 0 };
	struct outcome out;

	connect_to(&before, &session);
	out = connect_to(&after, &session);
	ENSURE(out.hello.group == SECP384R1 && out.flights == 2 && out.resumed);
}

static void test_tls_1_2(void)
{
	static const struct test_server_options o = {
		.version = TLS_1_2, .hello_extension = -1, .ee_extension = -1,
		.tickets = true, .group = "SECP384R1",
	};
	struct session session = { .length = 0 };
	struct outcome out;

	connect_to(&o, &session);
	ENSURE(session.length);
	out = connect_to(&o, &session);
	ENSURE(out.hello.group == X25519 && out.resumed);
}

/* The ClientHello of a handshake that begins with @session */
static struct hello hello_with(const uint8_t *session, size_t length)
{
	struct test_reply r;
	struct hello h;

	test_start_session(engine, CONVERSATION, "server.test", session, length, &r);
	h = read_hello(&r);
	test_end(engine, CONVERSATION);
	return h;
}

static bool is_fresh(struct hello h)
{
	return h.group == X25519 && !h.resumes;
}

/* A blob of another form is no session. */
static void test_forms(void)
{
	static const struct test_server_options o = { SERVER, .group = "SECP384R1" };
	struct session session = { .length = 0 };
	struct hello h;

	connect_to(&o, &session);
	h = hello_with(session.blob, session.length);
	ENSURE(h.group == SECP384R1 && h.resumes);
	for (size_t length = 0; length <= 3; length++)
		ENSURE(is_fresh(hello_with(session.blob, length)));
	for (unsigned int form = 0; form < 256; form++) {
		session.blob[0] = form;
		ENSURE(is_fresh(hello_with(session.blob, session.length)) == (form != 1));
	}
	session.blob[0] = 1;
	/* A group of another kind (ffdhe2048), and one that does not exist */
	session.blob[1] = 1;
	session.blob[2] = 0;
	ENSURE(is_fresh(hello_with(session.blob, session.length)));
	session.blob[1] = 0xff;
	ENSURE(is_fresh(hello_with(session.blob, session.length)));
	/* GnuTLS's own form */
	ENSURE(is_fresh(hello_with(session.blob + 3, session.length - 3)));
}

/* GnuTLS accepts some that are cut, and fails later. */
static void test_cut(void)
{
	static const struct test_server_options o = { SERVER, .group = "SECP384R1" };
	struct session session = { .length = 0 };
	struct test_reply r;

	connect_to(&o, &session);
	for (size_t length = 0; length < session.length; length++) {
		test_start_session(engine, CONVERSATION, "server.test", session.blob, length, &r);
		ENSURE(!r.error);
		test_end(engine, CONVERSATION);
	}
}

static const struct test_case tests[] = {
	{ "a server's group is remembered with its session", test_retry },
	{ "it has another group since", test_other_group },
	{ "TLS 1.2 has no guess", test_tls_1_2 },
	{ "blobs of other forms", test_forms },
	{ "blobs that are cut", test_cut },
};

int main(void)
{
	const struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
	};
	struct tls_context *client;

	log_setup(getenv("VERBOSE"));
	client = tls_context_new(&options);
	engine = client ? engine_new(client) : NULL;
	ENSURE(engine);
	test_run("groups", tests, sizeof(tests) / sizeof(tests[0]));
	engine_free(engine);
	tls_context_free(client);
	return 0;
}
