/* SPDX-License-Identifier: GPL-2.0-only */
/* X.224 connection set-up of RDP, MS-RDPBCGR 2.2.1.1 and 2.2.1.2. */
#ifndef CREDSSPCTL_RDP_H
#define CREDSSPCTL_RDP_H

#include <stddef.h>
#include <stdint.h>

/* requestedProtocols and selectedProtocol */
#define RDP_PROTOCOL_RDP	0x0
#define RDP_PROTOCOL_SSL	0x1
#define RDP_PROTOCOL_HYBRID	0x2
#define RDP_PROTOCOL_HYBRID_EX	0x8

#define RDP_REQUEST_SIZE	19
#define RDP_CONFIRM_MAX		64	/* 19 today; nothing longer is defined */
#define RDP_TPKT_SIZE		4

enum rdp_answer {
	RDP_ANSWER_SELECTED,	/* RDP_NEG_RSP: @value is the protocol */
	RDP_ANSWER_FAILURE,	/* RDP_NEG_FAILURE: @value is the code */
	RDP_ANSWER_NONE,	/* a server without negotiation: plain RDP */
};

struct rdp_confirm {
	enum rdp_answer answer;
	uint32_t value;
};

/* Connection Request asking for SSL, HYBRID and HYBRID_EX. */
void rdp_build_request(uint8_t request[RDP_REQUEST_SIZE]);

/*
 * Length of the whole PDU from its first RDP_TPKT_SIZE bytes; 0 if they are invalid, or it
 * has more than @max bytes.
 */
size_t rdp_tpkt_length(const uint8_t *tpkt, size_t max);

/* Parse a whole Connection Confirm. 0, or -1 when malformed. */
int rdp_parse_confirm(const uint8_t *pdu, size_t n, struct rdp_confirm *confirm);

const char *rdp_protocol_name(uint32_t protocol);	/* "HYBRID_EX" */
const char *rdp_failure_name(uint32_t code);		/* "SSL_NOT_ALLOWED_BY_SERVER" */
const char *rdp_failure_text(uint32_t code);

/*
 * Send the request, and read the answer but no byte behind it. Return 0, or -1 with
 * errno: EBADMSG for an invalid answer.
 */
int rdp_negotiate(int fd, int64_t deadline, struct rdp_confirm *confirm);

#endif
