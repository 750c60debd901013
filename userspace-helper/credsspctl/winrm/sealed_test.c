// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sealed bodies, with a fake device that seals by writing "<n>" in five bytes, the data,
 * and "##" behind them. A record that begins with '!' is forged.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "private.h"
#include "sealed.h"
#include "test.h"
#include "tests/ctl_test.h"

#define HEADER	5
#define TRAILER	2
#define MOST	999	/* in three digits */

#define META_LINES "\tContent-Type: application/HTTP-CredSSP-session-encrypted\r\n" \
		"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length="
#define META	"--Encrypted Boundary\r\n" META_LINES
#define OCTET_LINE "\tContent-Type: application/octet-stream\r\n"
#define OCTETS	"\r\n--Encrypted Boundary\r\n" OCTET_LINE
#define BLANK_BOUNDARY "-- Encrypted Boundary\r\n"
#define WORD	"\x02\0\0\0"
#define OCTET	"--Encrypted Boundary\r\nContent-Type: application/octet-stream\r\n"
#define TYPE	"content-type:application/http-credssp-session-encrypted\r\n"
#define HUGE_WORD "\xff\xff\xff\xff"
#define NO_WORD	"\0\0\0\0"
#define BARE_END "--Encrypted Boundary--"
#define END	"--Encrypted Boundary--\r\n"

static int32_t device_encrypt(struct credssp_ioc_message *a)
{
	char head[16];

	if (a->in_length > MOST || a->flags != CREDSSP_MESSAGE_SPLIT)
		return SEC_E_INVALID_PARAMETER;
	snprintf(head, sizeof(head), "<%03u>", a->in_length);
	memcpy((void *)(uintptr_t)a->header, head, HEADER);
	memmove((void *)(uintptr_t)a->out, (void *)(uintptr_t)a->in, a->in_length);
	memcpy((void *)(uintptr_t)a->trailer, "##", TRAILER);
	a->header_length = HEADER;
	a->trailer_length = TRAILER;
	return SEC_E_OK;
}

static int32_t device_decrypt(struct credssp_ioc_message *a)
{
	const char *in = (const char *)(uintptr_t)a->in;
	unsigned int n;

	a->missing = 1;
	if (a->in_length < HEADER)
		return SEC_E_INCOMPLETE_MESSAGE;
	if (*in == '!' || sscanf(in, "<%3u>", &n) != 1)
		return SEC_E_MESSAGE_ALTERED;
	if (a->in_length < HEADER + n + TRAILER)
		return SEC_E_INCOMPLETE_MESSAGE;
	a->header_length = HEADER;
	a->out = a->in + HEADER;
	a->out_length = n;
	a->consumed = HEADER + n + TRAILER;
	return SEC_E_OK;
}

static int device_ioctl(const struct credssp *lib, unsigned long cmd, void *arg)
{
	static const struct credssp_stream_sizes sizes = { HEADER, TRAILER, MOST, 4, 1 };
	struct credssp_ioc_query *query = arg;
	struct credssp_ioc_message *message = arg;

	(void)lib;
	switch (cmd) {
	case CREDSSP_IOC_QUERY:
		memcpy((void *)(uintptr_t)query->buffer, &sizes, sizeof(sizes));
		query->status = SEC_E_OK;
		return 0;
	case CREDSSP_IOC_ENCRYPT:
		message->status = device_encrypt(message);
		return 0;
	case CREDSSP_IOC_DECRYPT:
		message->status = device_decrypt(message);
		return 0;
	default:
		errno = ENOTTY;
		return -1;
	}
}

static struct credssp fake = { .fd = -1, .ioctl = device_ioctl };

/* Open @body into @back. Return the status. */
static int32_t open_body(const void *body, size_t n, char *message, size_t room)
{
	unsigned char *copy = malloc(n + 1), *opened;
	size_t length;
	int32_t status;

	memcpy(copy, body, n);
	status = sealed_open(&fake, 9, "Encrypted Boundary", copy, n, &opened, &length);
	*message = '\0';
	if (status == SEC_E_OK && length < room) {
		memcpy(message, opened, length);
		message[length] = '\0';
	}
	free(status == SEC_E_OK ? opened : NULL);
	free(copy);
	return status;
}

static void test_body(void)
{
	static const char want[] = META "5" OCTETS WORD "<005>hello##" END;
	unsigned char *body;
	const char *type;
	char back[16];
	size_t n;

	CHECK(sealed_make(&fake, 9, "hello", 5, &body, &n, &type) == SEC_E_OK);
	CHECK(n == sizeof(want) - 1 && !memcmp(body, want, n));
	CHECK(!strcmp(type, "multipart/encrypted;"
		      "protocol=\"application/HTTP-CredSSP-session-encrypted\";"
		      "boundary=\"Encrypted Boundary\""));
	CHECK(open_body(body, n, back, sizeof(back)) == SEC_E_OK && !strcmp(back, "hello"));
	free(body);
	CHECK(sealed_make(&fake, 9, "", 0, &body, &n, &type) == SEC_E_INVALID_PARAMETER);
}

static void test_parts(void)
{
	static char message[2 * MOST + 2], back[2 * MOST + 2];
	unsigned char *body;
	const char *type;
	size_t n;

	memset(message, 'm', 2 * MOST + 1);
	CHECK(sealed_make(&fake, 9, message, 2 * MOST + 1, &body, &n, &type) == SEC_E_OK);
	CHECK(!strncmp(type, "multipart/x-multi-encrypted;", 28));
	CHECK(open_body(body, n, back, sizeof(back)) == SEC_E_OK && !strcmp(back, message));
	free(body);
}

/* Variants that servers send. */
static void test_liberal(void)
{
	static const struct {
		const char *body;
		size_t n;
		const char *message;
	} rows[] = {
#define ROW(body, message) { body, sizeof(body) - 1, message }
		/* the boundary within a record; two records; an empty one */
		ROW(META "24" OCTETS WORD "<024>--Encrypted Boundary--\r\n##" END,
		    "--Encrypted Boundary--\r\n"),
		ROW(META "4" OCTETS WORD "<002>ab##<000>##<002>cd##" END, "abcd"),
		/* two parts, other spaces, no line end at the end */
		ROW(META "2" OCTETS WORD "<002>ab##" META "1" OCTETS WORD "<001>c##" BARE_END,
		    "abc"),
		ROW("--Encrypted Boundary\r\nOriginalContent:type=a/b;Length=1;charset=x\r\n"
		    TYPE OCTET NO_WORD "<001>c##" END, "c"),
		/* a blank after the dashes, everywhere or where one part begins */
		ROW(BLANK_BOUNDARY META_LINES "2\r\n" BLANK_BOUNDARY OCTET_LINE WORD
		    "<002>ab##-- Encrypted Boundary--\r\n", "ab"),
		ROW(BLANK_BOUNDARY META_LINES "1" OCTETS WORD "<001>a##"
		    META "1" OCTETS WORD "<001>b##-- Encrypted Boundary--", "ab"),
	};
	char back[64];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		CHECK(open_body(rows[i].body, rows[i].n, back, sizeof(back)) == SEC_E_OK);
		CHECK(!strcmp(back, rows[i].message));
	}
}

static void test_bad_bodies(void)
{
	static const struct {
		const char *body;
		size_t n;
	} rows[] = {
#define BAD(body) { body, sizeof(body) - 1 }
		BAD(""), BAD("hello"), BAD(END), BAD("--Other\r\n"),
		BAD(META "5" OCTETS WORD "<005>hello##" END "x"),
		BAD(META "5" OCTETS WORD "<005>hello##"),
		BAD(META "5" OCTETS WORD "<005>hello##--Encrypted Boundary"),
		BAD(META "4" OCTETS WORD "<005>hello##" END),
		BAD(META "0" OCTETS WORD "<000>##" END),
		BAD(META "" OCTETS WORD "<005>hello##" END),
		BAD(META "99999999" OCTETS WORD "<005>hello##" END),
		BAD(META "999999999999999999999" OCTETS WORD "<005>hello##" END),
		BAD(META "5" OCTETS HUGE_WORD "<005>hello##" END),
		BAD(META "5" OCTETS "\x02\0"),
		BAD(META "5\r\n\tOriginalContent: type=a;Length=5" OCTETS WORD "<005>hello##" END),
		BAD(META "5\r\n\tContent-Type: text/xml" OCTETS WORD "<005>hello##" END),
		BAD(META "5\r\n--Encrypted Boundary\r\n\tContent-Type: text/xml\r\n" WORD
		    "<005>hello##" END),
		BAD(META "5\r\n--Encrypted Boundary--\r\n"),
		BAD("--Encrypted Boundary\r\n" TYPE OCTET WORD "<005>hello##" END),
		/* other blanks than the one before the boundary */
		BAD("--  Encrypted Boundary\r\n" META_LINES "1" OCTETS WORD "<001>a##" END),
		BAD("--\tEncrypted Boundary\r\n" META_LINES "1" OCTETS WORD "<001>a##" END),
		BAD("- -Encrypted Boundary\r\n" META_LINES "1" OCTETS WORD "<001>a##" END),
		BAD(META "1" OCTETS WORD "<001>a##--Encrypted Boundary --\r\n"),
		BAD(META "1" OCTETS WORD "<001>a## " END),
	};
	char back[16];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(open_body(rows[i].body, rows[i].n, back, sizeof(back)) ==
		      SEC_E_INVALID_TOKEN);
	/* the announced length is too large: the bytes behind the record are no record */
	CHECK(open_body(META "6" OCTETS WORD "<005>hello##" END,
			sizeof(META "6" OCTETS WORD "<005>hello##" END) - 1, back,
			sizeof(back)) == SEC_E_MESSAGE_ALTERED);
	CHECK(open_body(META "5" OCTETS WORD "!005>hello##" END,
			sizeof(META "5" OCTETS WORD "!005>hello##" END) - 1, back,
			sizeof(back)) == SEC_E_MESSAGE_ALTERED);
}

/* Each truncation is refused. */
static void test_cut_bodies(void)
{
	static const char body[] = META "2" OCTETS WORD "<001>a##<001>b##--Encrypted Boundary--";
	char back[16];
	size_t n;

	for (n = 0; n < sizeof(body) - 1; n++)
		CHECK(open_body(body, n, back, sizeof(back)) != SEC_E_OK);
	CHECK(open_body(body, n, back, sizeof(back)) == SEC_E_OK);
}

static void test_types(void)
{
	static const struct {
		const char *type;
		const char *boundary;	/* NULL: no sealed body */
	} rows[] = {
#define TEN	"0123456789"
#define PROTOCOL "protocol=\"application/HTTP-CredSSP-session-encrypted\""
		{ "multipart/encrypted;" PROTOCOL ";boundary=\"Encrypted Boundary\"",
		  "Encrypted Boundary" },
		{ "Multipart/X-Multi-Encrypted ; boundary=b ;\t" PROTOCOL, "b" },
		{ "multipart/encrypted;" PROTOCOL ";boundary=x;charset=\"a;b\"  ", "x" },
		{ "multipart/encrypted;" PROTOCOL, NULL },
		{ "multipart/encrypted;boundary=x", NULL },
		{ "multipart/encrypted", NULL },
		{ "multipart/mixed;" PROTOCOL ";boundary=x", NULL },
		{ "multipart/encryptedx;" PROTOCOL ";boundary=x", NULL },
		{ "multipart/encrypted;" PROTOCOL ";boundary=", NULL },
		{ "multipart/encrypted;" PROTOCOL ";boundary=\"x", NULL },
		{ "multipart/encrypted;" PROTOCOL ";boundary", NULL },
		{ "multipart/encrypted;" PROTOCOL " boundary=x", NULL },
		{ "multipart/encrypted;protocol=application/HTTP-SPNEGO;boundary=x", NULL },
		{ "multipart/encrypted;" PROTOCOL ";boundary=" TEN TEN TEN TEN TEN TEN TEN,
		  TEN TEN TEN TEN TEN TEN TEN },
		{ "multipart/encrypted;" PROTOCOL ";boundary=" TEN TEN TEN TEN TEN TEN TEN "x",
		  NULL },
		{ "application/soap+xml", NULL },
		{ "", NULL },
		{ NULL, NULL },
	};
	char boundary[BOUNDARY_MAX + 1];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		bool is = sealed_boundary(rows[i].type, boundary);

		CHECK(is == !!rows[i].boundary);
		if (is && rows[i].boundary)
			CHECK(!strcmp(boundary, rows[i].boundary));
	}
}

void test_sealed(void)
{
	test_body();
	test_parts();
	test_liberal();
	test_bad_bodies();
	test_cut_bodies();
	test_types();
}
