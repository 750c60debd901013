// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exact extensions that are offered to servers, answers that are refused, and the
 * record size limit, which must reach the module.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/gnutls.h>
#include "base/log.h"
#include "tests/test.h"
#include "tests/test_server.h"

#define CONVERSATION	1
#define UNSUPPORTED_EXTENSION	110	/* RFC 8446 6.2 */

static struct tls_context *make_client(uint16_t min, uint16_t max)
{
	const struct tls_options options = {
		.min_version = min, .max_version = max, .chacha = true,
	};
	struct tls_context *client = tls_context_new(&options);

	if (!client)
		test_fail("cannot set up");
	return client;
}

/* Extensions by number, each once, in one word. */
struct set {
	uint64_t low;
	unsigned int renegotiation;
};

static int add(void *ctx, unsigned int id, const unsigned char *data, unsigned int size)
{
	struct set *set = ctx;

	(void)data;
	(void)size;
	if (id == 65281)
		set->renegotiation++;
	else if (id >= 64 || set->low & 1ULL << id)
		test_fail("extension %u", id);
	else
		set->low |= 1ULL << id;
	return 0;
}

#define EXT(n)	(1ULL << (n))
/* server_name, status_request, supported_groups, signature_algorithms */
#define ALWAYS	(EXT(0) | EXT(5) | EXT(10) | EXT(13))
/* record_size_limit: GnuTLS always offers it, so the module must apply the server's limit. */
#define LIMIT	EXT(28)
/* ec_point_formats, extended_master_secret: of TLS 1.2, sent with 1.3 as well */
#define OLD	(EXT(11) | EXT(23))
/* supported_versions, key_share */
#define NEW	(EXT(43) | EXT(51))
/* session_ticket, and psk_key_exchange_modes of TLS 1.3 */
#define TICKET	EXT(35)
#define MODES	EXT(45)

static const struct {
	const char *name;
	uint16_t min, max;
	bool keep;
	uint64_t offered;
} hellos[] = {
	{ "TLS 1.2 and 1.3", TLS_1_2, TLS_1_3, false, ALWAYS | LIMIT | OLD | NEW },
	{ "TLS 1.2 and 1.3, to be resumed", TLS_1_2, TLS_1_3, true,
	  ALWAYS | LIMIT | OLD | NEW | TICKET | MODES },
	{ "TLS 1.2", TLS_1_2, TLS_1_2, false, ALWAYS | LIMIT | OLD },
	{ "TLS 1.2, to be resumed", TLS_1_2, TLS_1_2, true, ALWAYS | LIMIT | OLD | TICKET },
	{ "TLS 1.3", TLS_1_3, TLS_1_3, false, ALWAYS | LIMIT | OLD | NEW },
	{ "TLS 1.3, to be resumed", TLS_1_3, TLS_1_3, true,
	  ALWAYS | LIMIT | OLD | NEW | TICKET | MODES },
};

/*
 * kTLS and the module go on with the connection, and must support each extension. If a
 * new GnuTLS adds one, review it before it goes into this list.
 */
static void test_offers(void)
{
	for (size_t i = 0; i < sizeof(hellos) / sizeof(hellos[0]); i++) {
		struct tls_context *client = make_client(hellos[i].min, hellos[i].max);
		struct engine *e = engine_new(client);
		struct test_reply r;
		struct set set = { 0, 0 };
		gnutls_datum_t hello;

		if (hellos[i].keep)
			test_start_session(e, CONVERSATION, "server.test", NULL, 0, &r);
		else
			test_start(e, CONVERSATION, "server.test", &r);
		/* One record with one message, RFC 8446 4 and 5.1 */
		hello = (gnutls_datum_t){ (uint8_t *)r.wire + 9, r.tls.wire_length - 9 };
		if (r.error || r.tls.wire_length < 9 || r.wire[0] != 22 || r.wire[5] != 1 ||
		    gnutls_ext_raw_parse(&set, add, &hello,
					 GNUTLS_EXT_RAW_FLAG_TLS_CLIENT_HELLO) < 0)
			test_fail("%s: no ClientHello", hellos[i].name);
		if (set.low != hellos[i].offered || set.renegotiation != 1)
			test_fail("%s: extensions 0x%llx, expected 0x%llx", hellos[i].name,
				  (unsigned long long)set.low,
				  (unsigned long long)hellos[i].offered);
		engine_free(e);
		tls_context_free(client);
	}
}

static const struct test_server_options plain = {
	.version = TLS_1_3, .hello_extension = -1, .ee_extension = -1,
};

/* Run a handshake with this server to its end. */
static void run(struct engine *e, const struct test_server_options *o, struct test_reply *r)
{
	struct test_server *s = test_server_new(o);

	test_start(e, CONVERSATION, "server.test", r);
	test_relay(e, CONVERSATION, s, r);
	test_server_free(s);
}

static bool sends_alert(const struct test_reply *r, uint8_t description)
{
	return r->tls.wire_length >= 7 && r->wire[0] == 21 && r->wire[6] == description;
}

/* In TLS 1.3 the alert to EncryptedExtensions is sealed. */
static void expect_refused(const struct test_reply *r, uint16_t version, int type, bool sealed)
{
	if (r->error || r->tls.state != CREDSSP_HLP_TLS_FAILED)
		test_fail("TLS 0x%x, extension %d: error %u, state %u", version, type, r->error,
			  r->tls.state);
	if (!sealed && !sends_alert(r, UNSUPPORTED_EXTENSION))
		test_fail("TLS 0x%x, extension %d: another alert", version, type);
	if (sealed && !r->tls.wire_length)
		test_fail("TLS 0x%x, extension %d: no alert", version, type);
}

/*
 * max_fragment_length, client_authz, heartbeat, ALPN, SCT, raw public keys of both sides,
 * encrypt-then-MAC, token binding, compress_certificate, session_ticket, pre_shared_key,
 * early_data, post_handshake_auth, and two that do not exist
 */
static const int unasked[] = {
	1, 7, 15, 16, 18, 19, 20, 22, 24, 27, 35, 41, 42, 49, 0x3374, 0xff77,
};

static void test_unasked(void)
{
	struct tls_context *client = make_client(TLS_1_2, TLS_1_3);
	struct engine *e = engine_new(client);
	struct test_server_options o = plain;
	struct test_reply r;

	for (o.version = TLS_1_2; o.version <= TLS_1_3; o.version++) {
		for (size_t i = 0; i < sizeof(unasked) / sizeof(unasked[0]); i++) {
			o.hello_extension = unasked[i];
			run(e, &o, &r);
			expect_refused(&r, o.version, unasked[i], false);
		}
	}
	engine_free(e);
	tls_context_free(client);
}

/* Extensions that GnuTLS's server can be made to send; the others it implements itself. */
static const int unasked_in_ee[] = { 7, 18, 24, 27, 0x3374, 0xff77 };

static void test_unasked_later(void)
{
	struct tls_context *client = make_client(TLS_1_2, TLS_1_3);
	struct engine *e = engine_new(client);
	struct test_server_options o = plain;
	struct test_reply r;

	for (size_t i = 0; i < sizeof(unasked_in_ee) / sizeof(unasked_in_ee[0]); i++) {
		o.ee_extension = unasked_in_ee[i];
		run(e, &o, &r);
		expect_refused(&r, o.version, unasked_in_ee[i], true);
	}
	engine_free(e);
	tls_context_free(client);
}

/*
 * A HelloRetryRequest may have a cookie, though it was not
 * offered, and no other such extension.
 */
static void test_retry(void)
{
	struct tls_context *client = make_client(TLS_1_2, TLS_1_3);
	struct engine *e = engine_new(client);
	struct test_server_options o = plain;
	struct test_reply r;

	o.group = "SECP521R1";
	run(e, &o, &r);
	if (r.error || r.tls.state != CREDSSP_HLP_TLS_DONE)
		test_fail("a HelloRetryRequest: error %u, state %u", r.error, r.tls.state);
	o.hello_extension = 0xff77;
	run(e, &o, &r);
	expect_refused(&r, o.version, o.hello_extension, false);
	engine_free(e);
	tls_context_free(client);
}

static void test_record_limit(void)
{
	static const size_t limits[] = { 0, 64, 65, 256, 512, 1024, 16383, 16384 };
	struct tls_context *client = make_client(TLS_1_2, TLS_1_3);
	struct engine *e = engine_new(client);
	struct test_server_options o = plain;
	struct test_reply r;

	for (o.version = TLS_1_2; o.version <= TLS_1_3; o.version++) {
		for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
			o.record_limit = limits[i];
			run(e, &o, &r);
			if (r.error || r.tls.state != CREDSSP_HLP_TLS_DONE)
				test_fail("TLS 0x%x, limit %zu: error %u, state %u", o.version,
					  limits[i], r.error, r.tls.state);
			/* GnuTLS's server always announces a limit of its own. */
			if (r.tls.record_limit != (limits[i] ? limits[i] : 16384))
				test_fail("TLS 0x%x, limit %zu: reported as %u", o.version,
					  limits[i], r.tls.record_limit);
		}
	}
	engine_free(e);
	tls_context_free(client);
}

static const struct test_case tests[] = {
	{ "extensions of the ClientHello", test_offers },
	{ "extensions of a ServerHello that were not offered", test_unasked },
	{ "... of EncryptedExtensions", test_unasked_later },
	{ "... of a HelloRetryRequest", test_retry },
	{ "a limit of the record size is reported", test_record_limit },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	test_run("extensions", tests, sizeof(tests) / sizeof(tests[0]));
	return 0;
}
