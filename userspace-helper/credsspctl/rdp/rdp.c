// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "base/net.h"
#include "rdp.h"
#include "rdp_pdu.h"
#include "text.h"

#define CONFIRM_MIN		AT_NEG
#define CONFIRM_NEG		(AT_NEG + NEG_SIZE)

void rdp_build_request(uint8_t request[RDP_REQUEST_SIZE])
{
	/* HYBRID requires SSL in the request as well, HYBRID_EX requires HYBRID */
	static const uint8_t pdu[RDP_REQUEST_SIZE] = {
		TPKT_VERSION, 0, 0, RDP_REQUEST_SIZE,
		X224_FIXED + NEG_SIZE, X224_REQUEST, 0, 0, 0, 0, 0,
		NEG_REQUEST, 0, NEG_SIZE, 0,
		RDP_PROTOCOL_SSL | RDP_PROTOCOL_HYBRID | RDP_PROTOCOL_HYBRID_EX, 0, 0, 0,
	};

	memcpy(request, pdu, sizeof(pdu));
}

size_t rdp_tpkt_length(const uint8_t *tpkt, size_t max)
{
	size_t length = (size_t)tpkt[2] << 8 | tpkt[3];

	if (tpkt[0] != TPKT_VERSION || length < CONFIRM_MIN || length > max)
		return 0;
	return length;
}

static int parse_negotiation(const uint8_t *neg, struct rdp_confirm *confirm)
{
	if (neg[2] != NEG_SIZE || neg[3])
		return -1;
	if (neg[0] == NEG_RESPONSE)
		confirm->answer = RDP_ANSWER_SELECTED;
	else if (neg[0] == NEG_FAILURE)
		confirm->answer = RDP_ANSWER_FAILURE;
	else
		return -1;
	confirm->value = rdp_get_le32(neg + 4);
	return 0;
}

int rdp_parse_confirm(const uint8_t *pdu, size_t n, struct rdp_confirm *confirm)
{
	if (n < CONFIRM_MIN || rdp_tpkt_length(pdu, RDP_CONFIRM_MAX) != n)
		return -1;
	if (pdu[AT_LI] != n - AT_CODE || (pdu[AT_CODE] & 0xf0) != X224_CONFIRM)
		return -1;
	if (n == CONFIRM_MIN) {
		confirm->answer = RDP_ANSWER_NONE;
		confirm->value = RDP_PROTOCOL_RDP;
		return 0;
	}
	return n == CONFIRM_NEG ? parse_negotiation(pdu + AT_NEG, confirm) : -1;
}

const char *rdp_protocol_name(uint32_t protocol)
{
	switch (protocol) {
	case RDP_PROTOCOL_RDP:
		return "RDP";
	case RDP_PROTOCOL_SSL:
		return "SSL";
	case RDP_PROTOCOL_HYBRID:
		return "HYBRID";
	case RDP_PROTOCOL_HYBRID_EX:
		return "HYBRID_EX";
	default:
		return "unknown";
	}
}

/* RDP_NEG_FAILURE, MS-RDPBCGR 2.2.1.2.2 */
static const struct {
	const char *name;
	const char *text;
} failures[] = {
	{ "unknown", "the server refused for a reason unknown to this program" },
	{ "SSL_REQUIRED_BY_SERVER", "the server insists on TLS without CredSSP" },
	{ "SSL_NOT_ALLOWED_BY_SERVER",
	  "the server is set up for standard RDP security only, without TLS or CredSSP" },
	{ "SSL_CERT_NOT_ON_SERVER", "the server has no certificate for TLS" },
	{ "INCONSISTENT_FLAGS", "the server found the request inconsistent" },
	{ "HYBRID_REQUIRED_BY_SERVER",
	  "the server insists on CredSSP, yet refused the request for it" },
	{ "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER",
	  "the server insists on TLS with a client certificate" },
};

const char *rdp_failure_name(uint32_t code)
{
	return failures[code < ARRAY_SIZE(failures) ? code : 0].name;
}

const char *rdp_failure_text(uint32_t code)
{
	return failures[code < ARRAY_SIZE(failures) ? code : 0].text;
}

int rdp_negotiate(int fd, int64_t deadline, struct rdp_confirm *confirm)
{
	uint8_t request[RDP_REQUEST_SIZE], pdu[RDP_CONFIRM_MAX];
	size_t n;

	rdp_build_request(request);
	if (net_send(fd, request, sizeof(request), deadline) ||
	    net_recv_exact(fd, pdu, RDP_TPKT_SIZE, deadline))
		return -1;
	n = rdp_tpkt_length(pdu, RDP_CONFIRM_MAX);
	if (n && net_recv_exact(fd, pdu + RDP_TPKT_SIZE, n - RDP_TPKT_SIZE, deadline))
		return -1;
	if (!n || rdp_parse_confirm(pdu, n, confirm)) {
		errno = EBADMSG;
		return -1;
	}
	return 0;
}
