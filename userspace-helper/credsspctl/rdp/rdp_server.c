// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "base/net.h"
#include "rdp_pdu.h"
#include "rdp_server.h"

#define CORRELATION_SIZE	36
#define CORRELATION_RESERVED	16
/* Our reference, which the client does not use; any but zero */
#define OWN_REFERENCE		0x1234

/**
 * struct reader - the part of a request that is still to be read
 * @p: next byte
 * @left: bytes from there on
 */
struct reader {
	const uint8_t *p;
	size_t left;
};

/* Take @n bytes. Return NULL if there are not so many. */
static const uint8_t *take(struct reader *r, size_t n)
{
	const uint8_t *p = r->p;

	if (r->left < n)
		return NULL;
	r->p += n;
	r->left -= n;
	return p;
}

static bool is_zero(const uint8_t *p, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (p[i])
			return false;
	return true;
}

/* Not ASCII's control characters */
static bool is_of_cookie(uint8_t byte)
{
	return byte >= ' ' && byte != 0x7f;
}

/*
 * A cookie ("Cookie: mstshash=...") or routing token is a line. Load balancers have tokens of
 * any form, and clients send users' names in any encoding, cut off after some bytes: so it need
 * not be ASCII, nor UTF-8.
 */
static int take_cookie(struct reader *r, struct rdp_request *request)
{
	size_t n;

	for (n = 0; n < r->left && is_of_cookie(r->p[n]); n++)
		;
	if (!n || r->left - n < 2 || r->p[n] != '\r' || r->p[n + 1] != '\n')
		return -1;
	memcpy(request->cookie, r->p, n);
	request->cookie[n] = '\0';
	return take(r, n + 2) ? 0 : -1;
}

/* RDP_NEG_CORRELATION_INFO, 2.2.1.1.2 */
static int take_correlation(struct reader *r, struct rdp_request *request)
{
	const uint8_t *p = take(r, CORRELATION_SIZE);

	if (!p || p[0] != NEG_CORRELATION || p[1] || p[2] != CORRELATION_SIZE || p[3] ||
	    !is_zero(p + CORRELATION_SIZE - CORRELATION_RESERVED, CORRELATION_RESERVED))
		return -1;
	memcpy(request->correlation, p + 4, RDP_CORRELATION_SIZE);
	return 0;
}

/* RDP_NEG_REQ, 2.2.1.1.1. Flags without a meaning here are left to the caller. */
static int take_negotiation(struct reader *r, struct rdp_request *request)
{
	const uint8_t *p = take(r, NEG_SIZE);

	if (!p || p[0] != NEG_REQUEST || p[2] != NEG_SIZE || p[3])
		return -1;
	request->negotiates = true;
	request->flags = p[1];
	request->protocols = rdp_get_le32(p + 4);
	return request->flags & RDP_REQUEST_CORRELATION ? take_correlation(r, request) : 0;
}

int rdp_parse_request(const uint8_t *pdu, size_t n, struct rdp_request *request)
{
	struct reader r;

	memset(request, 0, sizeof(*request));
	if (n < AT_NEG || rdp_tpkt_length(pdu, RDP_REQUEST_MAX) != n)
		return -1;
	/* TPKT's reserved byte, the destination's reference and the class are zero. */
	if (pdu[1] || pdu[AT_LI] != n - AT_CODE || (pdu[AT_CODE] & 0xf0) != X224_REQUEST ||
	    !is_zero(pdu + AT_CODE + 1, 2) || pdu[AT_NEG - 1])
		return -1;
	r = (struct reader){ pdu + AT_NEG, n - AT_NEG };
	if (r.left && *r.p != NEG_REQUEST && take_cookie(&r, request))
		return -1;
	if (r.left && take_negotiation(&r, request))
		return -1;
	return r.left ? -1 : 0;
}

int rdp_receive_request(int fd, int64_t deadline, struct rdp_request *request)
{
	uint8_t pdu[RDP_REQUEST_MAX];
	size_t n;

	if (net_recv_exact(fd, pdu, RDP_TPKT_SIZE, deadline))
		return -1;
	n = rdp_tpkt_length(pdu, sizeof(pdu));
	if (n && net_recv_exact(fd, pdu + RDP_TPKT_SIZE, n - RDP_TPKT_SIZE, deadline))
		return -1;
	if (!n || rdp_parse_request(pdu, n, request)) {
		errno = EBADMSG;
		return -1;
	}
	return 0;
}

uint32_t rdp_select(const struct rdp_request *request, bool hybrid_ex)
{
	if (hybrid_ex && request->protocols & RDP_PROTOCOL_HYBRID_EX)
		return RDP_PROTOCOL_HYBRID_EX;
	return request->protocols & RDP_PROTOCOL_HYBRID;
}

void rdp_build_confirm(uint8_t confirm[RDP_CONFIRM_SIZE], enum rdp_answer answer,
		       uint8_t flags, uint32_t value)
{
	const uint8_t pdu[RDP_CONFIRM_SIZE] = {
		TPKT_VERSION, 0, 0, RDP_CONFIRM_SIZE,
		X224_FIXED + NEG_SIZE, X224_CONFIRM, 0, 0,
		OWN_REFERENCE >> 8, OWN_REFERENCE & 0xff, 0,
		answer == RDP_ANSWER_FAILURE ? NEG_FAILURE : NEG_RESPONSE,
		answer == RDP_ANSWER_FAILURE ? 0 : flags, NEG_SIZE, 0,
		(uint8_t)value, (uint8_t)(value >> 8), (uint8_t)(value >> 16),
		(uint8_t)(value >> 24),
	};

	memcpy(confirm, pdu, sizeof(pdu));
}
