/* SPDX-License-Identifier: GPL-2.0-only */
/* The server's half of RDP's connection set-up, MS-RDPBCGR 2.2.1.1 and 2.2.1.2. */
#ifndef CREDSSPCTL_RDP_SERVER_H
#define CREDSSPCTL_RDP_SERVER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rdp.h"

/* The length indicator of X.224 has one byte, and 255 is reserved. */
#define RDP_REQUEST_MAX		(5 + 254)
#define RDP_CONFIRM_SIZE	19
#define RDP_COOKIE_MAX		(RDP_REQUEST_MAX - 11)
#define RDP_CORRELATION_SIZE	16

/* flags of RDP_NEG_REQ */
#define RDP_REQUEST_RESTRICTED_ADMIN	0x01
#define RDP_REQUEST_REDIRECTED_AUTH	0x02	/* Remote Guard */
#define RDP_REQUEST_CORRELATION		0x08

/* flags of RDP_NEG_RSP */
#define RDP_CONFIRM_RESTRICTED_ADMIN	0x08
#define RDP_CONFIRM_REDIRECTED_AUTH	0x10

/* failureCode of RDP_NEG_FAILURE */
#define RDP_FAILURE_HYBRID_REQUIRED	5

/**
 * struct rdp_request - a Connection Request
 * @negotiates: it has an RDP_NEG_REQ, which sets the next two
 * @protocols: RDP_PROTOCOL_*, perhaps with bits of protocols that have no name here
 * @flags: RDP_REQUEST_*, likewise
 * @cookie: the cookie or routing token without its end of line, or empty; no ASCII control
 *	character, any encoding
 * @correlation: identifier of the connection; zero without one
 */
struct rdp_request {
	bool negotiates;
	uint32_t protocols;
	uint8_t flags;
	char cookie[RDP_COOKIE_MAX + 1];
	uint8_t correlation[RDP_CORRELATION_SIZE];
};

/* Parse a whole Connection Request. 0, or -1 when malformed. */
int rdp_parse_request(const uint8_t *pdu, size_t n, struct rdp_request *request);

/*
 * Read the request, but no byte behind it. Return 0, or -1 with errno: EBADMSG for an
 * invalid one.
 */
int rdp_receive_request(int fd, int64_t deadline, struct rdp_request *request);

/*
 * The protocol to select for @request: HYBRID_EX if @hybrid_ex allows it, or HYBRID; 0 if the
 * client offers neither.
 */
uint32_t rdp_select(const struct rdp_request *request, bool hybrid_ex);

/* A Connection Confirm with the protocol or failure code @value, and RDP_CONFIRM_* flags. */
void rdp_build_confirm(uint8_t confirm[RDP_CONFIRM_SIZE], enum rdp_answer answer,
		       uint8_t flags, uint32_t value);

#endif
