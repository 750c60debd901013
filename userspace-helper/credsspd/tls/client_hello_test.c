// SPDX-License-Identifier: GPL-2.0-only
/* ClientHellos that are malformed, truncated, changed or too long. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/log.h"
#include "client_hello.h"
#include "tests/test.h"
#include "tests/test_accept.h"

#define UID	1000

static struct tls_context *context;

/* record_size_limit and max_fragment_length: what a ClientHello says of both */
static void test_limits(void)
{
	static const struct {
		struct client_hello hello;
		uint16_t v12, v13;
	} rows[] = {
		{ { "", 0, 0 }, 0, 0 },
		{ { "", 64, 0 }, 64, 63 },
		{ { "", 16385, 0 }, 16384, 16384 },
		{ { "", 65535, 512 }, 16384, 16384 },
		{ { "", 0, 512 }, 512, 512 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		ENSURE(client_hello_limit(&rows[i].hello, false) == rows[i].v12 &&
		       client_hello_limit(&rows[i].hello, true) == rows[i].v13);
}

/* The extensions of a ClientHello, by hand */
static void test_extensions(void)
{
	static const struct {
		uint8_t in[16];
		size_t length;
		bool malformed;
		const char *host;
		uint16_t limit, fragment;
	} rows[] = {
		{ "", 0, false, "", 0, 0 },
		{ { 0, 1, 0, 1, 1 }, 5, false, "", 0, 512 },
		{ { 0, 1, 0, 1, 4 }, 5, false, "", 0, 4096 },
		{ { 0, 1, 0, 1, 0 }, 5, false, "", 0, 0 },
		{ { 0, 1, 0, 1, 5 }, 5, false, "", 0, 0 },
		{ { 0, 1, 0, 2, 1, 1 }, 6, false, "", 0, 0 },
		{ { 0, 28, 0, 2, 2, 0 }, 6, false, "", 512, 0 },
		{ { 0, 28, 0, 1, 2 }, 5, false, "", 0, 0 },
		{ { 0, 0, 0, 6, 0, 4, 0, 0, 1, 'a' }, 10, false, "a", 0, 0 },
		{ { 0, 0, 0, 6, 0, 4, 1, 0, 1, 'a' }, 10, false, "", 0, 0 },
		{ { 0, 0, 0, 6, 0, 4, 0, 0, 2, 'a' }, 10, false, "", 0, 0 },
		{ { 0, 0, 0, 5, 0, 3, 0, 0, 0 }, 9, false, "", 0, 0 },
		{ { 0, 0, 0, 3, 0, 1, 0 }, 7, false, "", 0, 0 },
		{ { 0, 0, 0, 0 }, 4, false, "", 0, 0 },
		{ { 0, 0, 0, 7, 0, 4, 0, 0, 1, 'a' }, 10, true, "", 0, 0 },
		{ { 0, 0, 0 }, 3, true, "", 0, 0 },
	};
	/* version, random, no session, one suite, no compression, length of the extensions */
	uint8_t body[2 + 32 + 1 + 4 + 2 + 2 + 16] = { 3, 3 };
	const size_t before = sizeof(body) - 16;
	struct client_hello unused;
	gnutls_datum_t bare;

	memcpy(body + 34, "\0\0\2\xc0\x2f\1\0", 7);
	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		gnutls_datum_t msg = { body, before + rows[i].length };
		struct client_hello hello;

		body[before - 1] = rows[i].length;
		memcpy(body + before, rows[i].in, rows[i].length);
		ENSURE((client_hello_read(&hello, &msg) < 0) == rows[i].malformed);
		if (strcmp(hello.host, rows[i].host) || hello.record_limit != rows[i].limit ||
		    hello.fragment != rows[i].fragment)
			test_fail("extensions %zu: \"%s\", %u, %u", i, hello.host,
				  hello.record_limit, hello.fragment);
	}
	/* No extensions at all: a client that knows SHA-1 only (RFC 5246 7.4.1.4.1) */
	bare = (gnutls_datum_t){ body, before - 2 };
	ENSURE(client_hello_read(&unused, &bare) < 0);
}

/* Send the bytes as the first ones of a client. The reply is CONTINUE or FAILED. */
static void expect_no_harm(const uint8_t *hello, size_t length, struct test_reply *r)
{
	struct engine *e = engine_new(context);

	test_accept(e, 1, "", r);
	ENSURE(!r->error);
	test_call(e, CREDSSP_HLP_TLS_STEP, 1, hello, length, r);
	ENSURE(!r->error);
	ENSURE(r->tls.state == CREDSSP_HLP_TLS_FAILED || r->tls.state == CREDSSP_HLP_TLS_CONTINUE);
	ENSURE(r->tls.state != CREDSSP_HLP_TLS_CONTINUE || r->tls.consumed == length);
	ENSURE(engine_count(e) == (r->tls.state == CREDSSP_HLP_TLS_CONTINUE));
	engine_free(e);
}

static void test_garbage(void)
{
	static const struct {
		const char *what;
		uint8_t in[16];
		size_t length;
		uint32_t state, failure, alert;
	} rows[] = {
		{ "HTTP", "GET / HTTP/1.1\r", 15, CREDSSP_HLP_TLS_FAILED,
		  CREDSSP_HLP_FAIL_MESSAGE, 0 },
		{ "data", { 23, 3, 3, 0, 2, 'h', 'i' }, 7, CREDSSP_HLP_TLS_FAILED,
		  CREDSSP_HLP_FAIL_MESSAGE, 0 },
		{ "alert", { 21, 3, 3, 0, 2, 2, 40 }, 7, CREDSSP_HLP_TLS_FAILED, 0, 40 },
		{ "close_notify", { 21, 3, 3, 0, 2, 1, 0 }, 7, CREDSSP_HLP_TLS_FAILED,
		  CREDSSP_HLP_FAIL_CLOSED, 0 },
		{ "oversized record", { 22, 3, 1, 0xff, 0xff, 1 }, 6, CREDSSP_HLP_TLS_FAILED,
		  CREDSSP_HLP_FAIL_SIZE, 0 },
		/* GnuTLS counts what has come: see test_padded(). */
		{ "begin of 16 MiB", { 22, 3, 1, 0, 5, 1, 0xff, 0xff, 0xff, 3 }, 10,
		  CREDSSP_HLP_TLS_CONTINUE, 0, 0 },
		{ "a ServerHello", { 22, 3, 3, 0, 4, 2, 0, 0, 0 }, 9, CREDSSP_HLP_TLS_FAILED,
		  CREDSSP_HLP_FAIL_MESSAGE, 0 },
		{ "Finished", { 22, 3, 3, 0, 4, 20, 0, 0, 0 }, 9, CREDSSP_HLP_TLS_FAILED,
		  CREDSSP_HLP_FAIL_MESSAGE, 0 },
		{ "an empty ClientHello", { 22, 3, 1, 0, 4, 1, 0, 0, 0 }, 9,
		  CREDSSP_HLP_TLS_FAILED, CREDSSP_HLP_FAIL_DECODE, 0 },
		{ "half a header", { 22, 3 }, 2, CREDSSP_HLP_TLS_CONTINUE, 0, 0 },
	};
	struct test_reply r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		expect_no_harm(rows[i].in, rows[i].length, &r);
		if (r.tls.state != rows[i].state || r.tls.failure != rows[i].failure ||
		    r.tls.alert != rows[i].alert)
			test_fail("%s: state %u, failure %u, alert %u", rows[i].what, r.tls.state,
				  r.tls.failure, r.tls.alert);
	}
}

static void set_lengths(uint8_t *hello, size_t length)
{
	hello[3] = (length - 5) >> 8;
	hello[4] = length - 5;
	hello[7] = (length - 9) >> 8;
	hello[8] = length - 9;
}

/* A ClientHello that ends too early, in a whole record, is malformed wherever that is. */
static void test_truncated(void)
{
	uint8_t hello[4096], cut[4096];
	size_t length = test_hello(hello, "ec.test");
	struct test_reply r;

	for (size_t n = 9; n < length; n++) {
		memcpy(cut, hello, n);
		set_lengths(cut, n);
		expect_no_harm(cut, n, &r);
		ENSURE(r.tls.state == CREDSSP_HLP_TLS_FAILED);
		/* In parts it is complete at the last byte. */
		expect_no_harm(hello, n, &r);
		ENSURE(r.tls.state == CREDSSP_HLP_TLS_CONTINUE && !r.tls.wire_length);
	}
	expect_no_harm(hello, length, &r);
	ENSURE(r.tls.state == CREDSSP_HLP_TLS_CONTINUE && r.tls.wire_length);
}

static void test_flipped(void)
{
	uint8_t hello[4096], flipped[4096];
	size_t length = test_hello(hello, "ec.test");
	struct test_reply r;

	for (size_t i = 5; i < length; i++) {
		memcpy(flipped, hello, length);
		flipped[i] ^= 1 << i % 8;
		expect_no_harm(flipped, length, &r);
		flipped[i] = 0xff;
		expect_no_harm(flipped, length, &r);
	}
}

/* SNI that is no host name: the certificate is the default one. @text replaces it. */
static void test_wrong_names(void)
{
	static const char name[] = "ec.test";
	static const char *const texts[] = {
		"ec/test", "ec test", "*.test\0", "ec\0test", "../test", "ec.tes\n",
		"\xff\xff.test",
	};
	struct client_hello parsed;
	uint8_t hello[4096], *at;
	size_t length;

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		gnutls_datum_t body;
		struct test_reply r;

		length = test_hello(hello, name);
		body = (gnutls_datum_t){ hello + 9, length - 9 };
		ENSURE(!client_hello_read(&parsed, &body) && !strcmp(parsed.host, name));
		at = memmem(hello, length, name, strlen(name));
		ENSURE(at);
		memcpy(at, texts[i], strlen(name));
		ENSURE(!client_hello_read(&parsed, &body) && !*parsed.host);
		expect_no_harm(hello, length, &r);
		/* Likewise with a length that does not fit. */
		length = test_hello(hello, name);
		at = memmem(hello, length, name, strlen(name));
		at[-1]++;
		ENSURE(!client_hello_read(&parsed, &body) && !*parsed.host);
		expect_no_harm(hello, length, &r);
		ENSURE(r.tls.state == CREDSSP_HLP_TLS_FAILED);
	}
}

/* A ClientHello of 16 KiB, by padding (RFC 7685), and one of a byte more */
static void test_padded(void)
{
	static uint8_t hello[32768];
	static const struct { size_t total; bool works; } rows[] = {
		{ 9 + 16000, true }, { 9 + 16384, true }, { 9 + 16385, false },
		{ 9 + 20000, false },
	};
	struct test_reply r;

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		struct engine *e = engine_new(context);
		size_t length = test_hello(hello, "ec.test"), add, at, list, total;
		uint8_t record[5 + 16384];

		/* Session id, suites and compression are before the extensions. */
		at = 9 + 2 + 32;
		at += 1 + hello[at];
		at += 2 + (hello[at] << 8 | hello[at + 1]);
		at += 1 + hello[at];
		list = hello[at] << 8 | hello[at + 1];
		ENSURE(at + 2 + list == length);
		add = rows[i].total - length;
		/* In front: a pre_shared_key would have to be the last one. */
		memmove(hello + at + 2 + add, hello + at + 2, list);
		memset(hello + at + 2, 0, add);
		hello[at + 3] = 21;
		hello[at + 4] = (add - 4) >> 8;
		hello[at + 5] = add - 4;
		hello[at] = (list + add) >> 8;
		hello[at + 1] = list + add;
		total = length + add;
		hello[7] = (total - 9) >> 8;
		hello[8] = total - 9;
		test_accept(e, 1, "", &r);
		/* Two records, as one has 16384 bytes at most */
		memcpy(record, hello, 5);
		for (size_t from = 5, n; from < total; from += n) {
			n = total - from < 10000 ? total - from : 10000;
			record[3] = n >> 8;
			record[4] = n;
			memcpy(record + 5, hello + from, n);
			if (!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE)
				test_call(e, CREDSSP_HLP_TLS_STEP, 1, record, 5 + n, &r);
		}
		ENSURE(!r.error);
		if (rows[i].works)
			ENSURE(r.tls.state == CREDSSP_HLP_TLS_CONTINUE && r.tls.wire_length > 100);
		else
			ENSURE(r.tls.state == CREDSSP_HLP_TLS_FAILED &&
			       r.tls.failure == CREDSSP_HLP_FAIL_SIZE);
		engine_free(e);
	}
}

int main(void)
{
	static const struct test_file file = { "default", GNUTLS_PK_ECDSA, "ec.test", NULL, NULL,
					       0, 30 };
	struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
	};
	const char *directory = test_directory();

	log_setup(getenv("VERBOSE"));
	test_file_make(directory, UID, &file);
	options.keys = keeper_start(directory);
	test_keeper(options.keys);
	context = tls_context_new(&options);
	ENSURE(options.keys && context);
	test_as(UID);
	test_limits();
	test_extensions();
	test_garbage();
	test_truncated();
	test_flipped();
	test_wrong_names();
	test_padded();
	tls_context_free(context);
	keeper_stop(options.keys);
	return 0;
}
