// SPDX-License-Identifier: GPL-2.0-only
/* Messages of every length, both ways, with MIT's GSSAPI. */
#include <stdlib.h>
#include <string.h>

#include "../ioctl/tap.h"
#include "krb5_pair.h"

#define SHORT		300	/* every length up to this one */
#define ROOM		(CREDSSP_MAX_SIGNED + CREDSSP_MAX_SIGNATURE)
#define LIMIT		60	/* seconds for all lengths */
#define RRC		6	/* where a token has its rotation count */

/* Around the sizes of pages and of AES blocks in them, and the longest */
static const uint32_t long_lengths[] = {
	511, 512, 1000, 4019, 4020, 4035, 4036, 4095, 4096, 4097, 8192, 16383, 16384, 32761,
	65519, 65520, 65535, CREDSSP_MAX_SIGNED,
};

static uint8_t text[CREDSSP_MAX_SIGNED + 1], room[ROOM];

/* The length after @n; 0: that was the last one. */
static uint32_t next_length(uint32_t n)
{
	size_t i;

	if (n < SHORT)
		return n + 1;
	for (i = 0; i < sizeof(long_lengths) / sizeof(long_lengths[0]); i++)
		if (long_lengths[i] > n)
			return long_lengths[i];
	return 0;
}

/* No two messages are the same. */
static struct span words(uint32_t n)
{
	uint32_t i;

	for (i = 0; i < n; i++)
		text[i] = i * 7 + (i >> 8) + n;
	return span(text, n);
}

static void expect_same(struct span got, struct span want)
{
	REQUIRE_EQ(got.len, want.len);
	REQUIRE(!want.len || span_equal(got, want));
}

/* The module seals, MIT reads. */
static void seal(struct pair *p, struct span plain)
{
	uint32_t trailer = 2 * TOKEN_HEADER + CONFOUNDER + pair_mac(), length = sizeof(room);
	struct bytes made = { 0 };

	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, plain, room, &length), SEC_E_OK);
	REQUIRE_EQ(length, plain.len + trailer);
	/* Windows' form: the copy of the header and the checksum are in front. */
	CHECK_EQ(room[RRC] << 8 | room[RRC + 1], TOKEN_HEADER + pair_mac());
	REQUIRE(krb5_unseal(&p->server, span(room, length), &made));
	expect_same(span_of(&made), plain);
	bytes_free(&made);
}

static void open_sealed(struct pair *p, struct bytes *sealed, struct span plain)
{
	uint32_t length = sizeof(room);

	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_DECRYPT, span_of(sealed), room, &length),
		   SEC_E_OK);
	expect_same(span(room, length), plain);
	bytes_free(sealed);
}

/* MIT seals by gss_wrap(), without a rotation. */
static void open_wrapped(struct pair *p, struct span plain)
{
	gss_buffer_desc in = { plain.len, (void *)plain.p }, out = GSS_C_EMPTY_BUFFER;
	struct bytes sealed = { 0 };
	OM_uint32 minor;
	int is_sealed;

	REQUIRE(!gss_wrap(&minor, p->server.ctx, 1, GSS_C_QOP_DEFAULT, &in, &is_sealed, &out));
	REQUIRE(is_sealed);
	bytes_set(&sealed, span(out.value, out.length));
	gss_release_buffer(&minor, &out);
	CHECK_EQ(sealed.p[RRC] << 8 | sealed.p[RRC + 1], 0);
	open_sealed(p, &sealed, plain);
}

/* MIT seals by gss_wrap_iov(), in Windows' form. */
static void open_iov(struct pair *p, struct span plain)
{
	struct bytes sealed = { 0 };

	krb5_seal(&p->server, plain, &sealed);
	REQUIRE_EQ(sealed.len, plain.len + 2 * TOKEN_HEADER + CONFOUNDER + pair_mac());
	CHECK_EQ(sealed.p[RRC] << 8 | sealed.p[RRC + 1], TOKEN_HEADER + pair_mac());
	open_sealed(p, &sealed, plain);
}

static void sign(struct pair *p, struct span plain)
{
	uint32_t length = sizeof(room);

	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_SIGN, plain, room, &length), SEC_E_OK);
	REQUIRE_EQ(length, TOKEN_HEADER + pair_mac());
	REQUIRE(krb5_verify(&p->server, plain, span(room, length)));
}

static void verify(struct pair *p, struct span plain)
{
	struct bytes mic = { 0 };
	uint32_t length;

	krb5_sign(&p->server, plain, &mic);
	length = mic.len;
	REQUIRE_EQ(pair_message(p, CREDSSP_IOC_VERIFY, plain, mic.p, &length), SEC_E_OK);
	bytes_free(&mic);
}

static void each_length(void (*message)(struct pair *p, struct span plain))
{
	struct pair *p = pair_establish();
	uint32_t n = 0;

	do
		message(p, words(n));
	while ((n = next_length(n)));
	pair_end(p);
}

TEST_LIMIT(seals, LIMIT, "MIT reads what the module seals, of every length")
{
	each_length(seal);
}

TEST_LIMIT(opens, LIMIT, "the module reads what gss_wrap() seals, of every length")
{
	each_length(open_wrapped);
}

TEST_LIMIT(opens_iov, LIMIT, "the module reads Windows' form of gss_wrap_iov(), of every length")
{
	each_length(open_iov);
}

TEST_LIMIT(signs, LIMIT, "gss_verify_mic() verifies what the module signs, of every length")
{
	each_length(sign);
}

TEST_LIMIT(verifies, LIMIT, "the module verifies what gss_get_mic() signs, of every length")
{
	each_length(verify);
}

TEST(mixed, "sealed and signed messages share one sequence of numbers, both ways")
{
	static void (*const message[])(struct pair *p, struct span plain) = {
		sign, seal, seal, verify, open_iov, open_wrapped, sign, verify,
	};
	struct pair *p = pair_establish();
	uint32_t i;

	for (i = 0; i < 64; i++)
		message[i * 5 % 8](p, words(i));
	pair_end(p);
}

TEST(rotated, "the module reads messages of any rotation")
{
	static const unsigned int counts[] = {
		1, 12, 16, 27, 28, 29, 32, 40, 76, 83, 84, 300, 65535,
	};
	struct pair *p = pair_establish();
	struct bytes sealed = { 0 };
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		krb5_seal(&p->server, words(33), &sealed);
		krb5_rotate(&sealed, counts[i]);
		open_sealed(p, &sealed, words(33));
	}
	pair_end(p);
}

TEST(split, "SSPI's buffers: the signature in one, and the message sealed in place")
{
	struct pair *p = pair_establish();
	uint8_t token[CREDSSP_MAX_SIGNATURE], data[100];
	struct credssp_ioc_message a = {
		.size = sizeof(a), .flags = CREDSSP_MESSAGE_SPLIT, .context = p->context,
		.in = (uintptr_t)data, .in_length = sizeof(data), .out = (uintptr_t)data,
		.out_length = sizeof(data), .header = (uintptr_t)token,
		.header_length = sizeof(token),
	};
	struct bytes sealed = { 0 }, made = { 0 };

	memcpy(data, words(sizeof(data)).p, sizeof(data));
	REQUIRE_EQ(device_call(p->fd, CREDSSP_IOC_ENCRYPT, &a), 0);
	REQUIRE_EQ(a.status, SEC_E_OK);
	REQUIRE_EQ(a.header_length, 2 * TOKEN_HEADER + CONFOUNDER + pair_mac());
	bytes_add(&sealed, token, a.header_length);
	bytes_add(&sealed, data, sizeof(data));
	REQUIRE(krb5_unseal(&p->server, span_of(&sealed), &made));
	expect_same(span_of(&made), words(sizeof(data)));
	bytes_free(&sealed);
	bytes_free(&made);
	pair_end(p);
}

TEST(inside, "a message is opened in place")
{
	struct pair *p = pair_establish();
	struct bytes sealed = { 0 };
	struct credssp_ioc_message a = {
		.size = sizeof(a), .flags = CREDSSP_MESSAGE_INSIDE, .context = p->context,
	};

	krb5_seal(&p->server, words(99), &sealed);
	a.in = (uintptr_t)sealed.p;
	a.in_length = sealed.len;
	REQUIRE_EQ(device_call(p->fd, CREDSSP_IOC_DECRYPT, &a), 0);
	REQUIRE_EQ(a.status, SEC_E_OK);
	REQUIRE_EQ(a.out, a.in + a.header_length);
	expect_same(span((uint8_t *)(uintptr_t)a.out, a.out_length), words(99));
	bytes_free(&sealed);
	pair_end(p);
}

TEST(small_room, "too little room loses nothing, and tells the room needed")
{
	struct pair *p = pair_establish();
	uint32_t trailer = 2 * TOKEN_HEADER + CONFOUNDER + pair_mac(), length;
	struct bytes sealed = { 0 };

	length = trailer + 3;
	CHECK_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, words(4), room, &length),
		 SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(length, trailer + 4);
	length = TOKEN_HEADER + pair_mac() - 1;
	CHECK_EQ(pair_message(p, CREDSSP_IOC_SIGN, words(4), room, &length),
		 SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(length, TOKEN_HEADER + pair_mac());
	krb5_seal(&p->server, words(4), &sealed);
	length = 3;
	CHECK_EQ(pair_message(p, CREDSSP_IOC_DECRYPT, span_of(&sealed), room, &length),
		 SEC_E_BUFFER_TOO_SMALL);
	CHECK_EQ(length, 4);
	open_sealed(p, &sealed, words(4));
	seal(p, words(4));
	sign(p, words(4));
	pair_end(p);
}

TEST(too_long, "a message of more than 65536 bytes is refused, and the context goes on")
{
	struct pair *p = pair_establish();
	struct span plain = words(sizeof(text));
	uint32_t length = sizeof(room);

	CHECK_EQ(pair_message(p, CREDSSP_IOC_ENCRYPT, plain, room, &length),
		 SEC_E_INVALID_PARAMETER);
	CHECK_EQ(pair_message(p, CREDSSP_IOC_SIGN, plain, room, &length),
		 SEC_E_INVALID_PARAMETER);
	seal(p, words(CREDSSP_MAX_SIGNED));
	pair_end(p);
}
