// SPDX-License-Identifier: GPL-2.0-only
/* RDP's Connection Request at a server: real ones, truncated ones, hostile ones. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net.h"
#include "rdp_server.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

/* MS-RDPBCGR 4.1.1: a cookie, and a request for TLS */
static const uint8_t request_cookie[] = {
	0x03, 0x00, 0x00, 0x2c, 0x27, 0xe0, 0x00, 0x00, 0x00, 0x00, 0x00,
	'C', 'o', 'o', 'k', 'i', 'e', ':', ' ', 'm', 's', 't', 's', 'h', 'a', 's', 'h', '=',
	'e', 'l', 't', 'o', 'n', 's', 0x0d, 0x0a,
	0x01, 0x00, 0x08, 0x00, 0x01, 0x00, 0x00, 0x00,
};

/* As FreeRDP 3 sends it with /u: and a name with u-umlaut */
static const uint8_t request_utf8[] = {
	0x03, 0x00, 0x00, 0x2d, 0x28, 0xe0, 0x00, 0x00, 0x00, 0x00, 0x00,
	'C', 'o', 'o', 'k', 'i', 'e', ':', ' ', 'm', 's', 't', 's', 'h', 'a', 's', 'h', '=',
	'm', 0xc3, 0xbc, 'l', 'l', 'e', 'r', 0x0d, 0x0a,
	0x01, 0x00, 0x08, 0x00, 0x03, 0x00, 0x00, 0x00,
};

/* Flags RESTRICTED_ADMIN and CORRELATION, protocols SSL, HYBRID, HYBRID_EX */
static const uint8_t request_correlation[] = {
	0x03, 0x00, 0x00, 0x37, 0x32, 0xe0, 0x00, 0x00, 0x12, 0x34, 0x00,
	0x01, 0x09, 0x08, 0x00, 0x0b, 0x00, 0x00, 0x00,
	0x06, 0x00, 0x24, 0x00,
	1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16,
	0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
};

/* A client from before the negotiation */
static const uint8_t request_old[] = {
	0x03, 0x00, 0x00, 0x0b, 0x06, 0xe0, 0x00, 0x00, 0x00, 0x00, 0x00,
};

static void test_requests(void)
{
	struct rdp_request r;

	CHECK(!rdp_parse_request(request_cookie, sizeof(request_cookie), &r));
	CHECK(r.negotiates && r.protocols == RDP_PROTOCOL_SSL && !r.flags);
	CHECK(!strcmp(r.cookie, "Cookie: mstshash=eltons"));
	CHECK(!rdp_select(&r, true));

	CHECK(!rdp_parse_request(request_utf8, sizeof(request_utf8), &r));
	CHECK(r.negotiates && r.protocols == 3);
	CHECK(!strcmp(r.cookie, "Cookie: mstshash=m\xc3\xbcller"));
	CHECK(rdp_select(&r, true) == RDP_PROTOCOL_HYBRID);

	CHECK(!rdp_parse_request(request_correlation, sizeof(request_correlation), &r));
	CHECK(r.negotiates && r.protocols == 0xb && !*r.cookie);
	CHECK(r.flags == (RDP_REQUEST_RESTRICTED_ADMIN | RDP_REQUEST_CORRELATION));
	CHECK(r.correlation[0] == 1 && r.correlation[15] == 16);
	CHECK(rdp_select(&r, true) == RDP_PROTOCOL_HYBRID_EX);
	CHECK(rdp_select(&r, false) == RDP_PROTOCOL_HYBRID);

	CHECK(!rdp_parse_request(request_old, sizeof(request_old), &r));
	CHECK(!r.negotiates && !*r.cookie && !rdp_select(&r, true));
}

/* Each truncation, with the original lengths and with lengths that fit. */
static void truncate_request(const uint8_t *whole, size_t size, size_t good)
{
	uint8_t pdu[RDP_REQUEST_MAX];
	struct rdp_request r;
	size_t n;

	for (n = 0; n < size; n++) {
		memcpy(pdu, whole, size);
		CHECK(rdp_parse_request(pdu, n, &r) == -1);
		if (n < 5)
			continue;
		pdu[3] = (uint8_t)n;
		CHECK(rdp_parse_request(pdu, n, &r) == -1);
		pdu[4] = (uint8_t)(n - 5);
		/* whole again without its last parts */
		CHECK(!rdp_parse_request(pdu, n, &r) == (n == 11 || n == good));
	}
}

static void test_truncated(void)
{
	truncate_request(request_old, sizeof(request_old), 0);
	truncate_request(request_cookie, sizeof(request_cookie), 36);
	truncate_request(request_utf8, sizeof(request_utf8), 37);
	truncate_request(request_correlation, sizeof(request_correlation), 0);
}

static void test_mutations(void)
{
	static const struct {
		size_t at;
		uint8_t value;
	} rows[] = {
		{ 0, 0x16 },	/* TLS */
		{ 1, 1 },
		{ 2, 1 },	/* length */
		{ 3, 0x36 },
		{ 3, 0x38 },
		{ 4, 0x31 },	/* length indicator */
		{ 4, 0xff },
		{ 5, 0xd0 },	/* a confirm */
		{ 6, 1 },	/* the destination's reference */
		{ 10, 0x10 },	/* class */
		{ 11, 2 },	/* negotiation: a response, a failure, a cookie */
		{ 11, 3 },
		{ 11, 'C' },
		{ 12, 0 },	/* no correlation is announced, yet bytes follow */
		{ 13, 7 },	/* lengths */
		{ 14, 1 },
		{ 19, 1 },
		{ 20, 1 },
		{ 21, 0x23 },
		{ 22, 1 },
		{ 39, 1 },	/* reserved */
		{ 54, 1 },
	};
	uint8_t pdu[sizeof(request_correlation)];
	struct rdp_request r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		memcpy(pdu, request_correlation, sizeof(pdu));
		pdu[rows[i].at] = rows[i].value;
		CHECK(rdp_parse_request(pdu, sizeof(pdu), &r) == -1);
	}
}

/* A request with nothing but the @n bytes of @cookie */
static int parse_cookie(const char *cookie, size_t n, struct rdp_request *r)
{
	uint8_t pdu[RDP_REQUEST_MAX + 1] = { 3, 0, 0, 0, 0, 0xe0 };
	size_t size = 11 + n;

	pdu[2] = (uint8_t)(size >> 8);
	pdu[3] = (uint8_t)size;
	pdu[4] = (uint8_t)(size - 5);
	memcpy(pdu + 11, cookie, n);
	return rdp_parse_request(pdu, size, r);
}

static void test_cookies(void)
{
	static const struct {
		const char *cookie;
		size_t n;
		int ret;
	} rows[] = {
		{ "tsv://MS Terminal Services Plugin.1.Farm\r\n", 42, 0 },
		{ "Cookie: msts=3640205228.15629.0000\r\n", 36, 0 },
		{ "x\r\n", 3, 0 },
		{ "\r\n", 2, -1 },
		{ "x\n", 2, -1 },
		{ "x\r", 2, -1 },
		{ "x\r\r\n", 4, -1 },
		{ "x\r\ny\r\n", 6, -1 },
		{ "x\0y\r\n", 5, -1 },
		{ "x\x1b[2J\r\n", 7, -1 },
		{ "x\x7f\r\n", 4, -1 },
		{ "\xc3\xa4\r\n", 4, 0 },
		/* cut off in the middle of a character; and of Latin-1 */
		{ "Cookie: mstshash=m\xc3\r\n", 21, 0 },
		{ "Cookie: mstshash=m\xfcller\r\n", 25, 0 },
		{ "\x80\xff\r\n", 4, 0 },
	};
	char cookie[RDP_COOKIE_MAX + 1];
	struct rdp_request r;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		CHECK(parse_cookie(rows[i].cookie, rows[i].n, &r) == rows[i].ret);
	/* the longest one, and one that the length indicator cannot count */
	memset(cookie, 'x', sizeof(cookie));
	memcpy(cookie + RDP_COOKIE_MAX - 2, "\r\n", 2);
	CHECK(!parse_cookie(cookie, RDP_COOKIE_MAX, &r));
	CHECK(strlen(r.cookie) == RDP_COOKIE_MAX - 2);
	memcpy(cookie + RDP_COOKIE_MAX - 2, "x\r\n", 3);
	CHECK(parse_cookie(cookie, RDP_COOKIE_MAX + 1, &r) == -1);
}

static void test_confirms(void)
{
	static const uint8_t selected[RDP_CONFIRM_SIZE] = {
		0x03, 0x00, 0x00, 0x13, 0x0e, 0xd0, 0x00, 0x00, 0x12, 0x34, 0x00,
		0x02, 0x08, 0x08, 0x00, 0x08, 0x00, 0x00, 0x00,
	};
	uint8_t pdu[RDP_CONFIRM_SIZE];
	struct rdp_confirm c;

	rdp_build_confirm(pdu, RDP_ANSWER_SELECTED, RDP_CONFIRM_RESTRICTED_ADMIN,
			  RDP_PROTOCOL_HYBRID_EX);
	CHECK(!memcmp(pdu, selected, sizeof(pdu)));
	CHECK(!rdp_parse_confirm(pdu, sizeof(pdu), &c));
	CHECK(c.answer == RDP_ANSWER_SELECTED && c.value == RDP_PROTOCOL_HYBRID_EX);
	rdp_build_confirm(pdu, RDP_ANSWER_FAILURE, RDP_CONFIRM_RESTRICTED_ADMIN,
			  RDP_FAILURE_HYBRID_REQUIRED);
	CHECK(!pdu[12] && !rdp_parse_confirm(pdu, sizeof(pdu), &c));
	CHECK(c.answer == RDP_ANSWER_FAILURE && c.value == RDP_FAILURE_HYBRID_REQUIRED);
}

/* Bytes behind the request belong to TLS and stay in the socket. */
static void test_receive(void)
{
	struct rdp_request r;
	int pair[2];
	char byte;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(!net_send(pair[1], request_cookie, sizeof(request_cookie), net_now() + 1000));
	CHECK(!net_send(pair[1], "X", 1, net_now() + 1000));
	CHECK(!rdp_receive_request(pair[0], net_now() + 1000, &r));
	CHECK(recv(pair[0], &byte, 1, MSG_DONTWAIT) == 1 && byte == 'X');

	CHECK(!net_send(pair[1], "GET / HTTP/1.1", 14, net_now() + 1000));
	CHECK(rdp_receive_request(pair[0], net_now() + 1000, &r) == -1 && errno == EBADMSG);
	CHECK(recv(pair[0], &byte, 1, MSG_DONTWAIT) == 1 && byte == '/');
	close(pair[0]);
	close(pair[1]);

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(!net_send(pair[1], request_cookie, 20, net_now() + 1000));
	CHECK(rdp_receive_request(pair[0], net_now() + 30, &r) == -1 && errno == ETIMEDOUT);
	CHECK(!net_send(pair[1], request_cookie, 20, net_now() + 1000));
	close(pair[1]);
	CHECK(rdp_receive_request(pair[0], net_now() + 1000, &r) == -1 && errno == ECONNRESET);
	close(pair[0]);
}

void test_rdp_server(void)
{
	test_requests();
	test_truncated();
	test_mutations();
	test_cookies();
	test_confirms();
	test_receive();
}
