/* SPDX-License-Identifier: GPL-2.0-only */
/* The layout of X.224 Connection Request and Confirm, MS-RDPBCGR 2.2.1.1 and 2.2.1.2. */
#ifndef CREDSSPCTL_RDP_PDU_H
#define CREDSSPCTL_RDP_PDU_H

#include <stdint.h>

#define TPKT_VERSION		3
#define X224_REQUEST		0xe0
#define X224_CONFIRM		0xd0
#define X224_FIXED		6	/* bytes counted by LI: code, two references, class */
#define NEG_SIZE		8
#define NEG_REQUEST		1
#define NEG_RESPONSE		2
#define NEG_FAILURE		3
#define NEG_CORRELATION		6

/* Offsets in the PDU: TPKT, length indicator, fixed part, what is negotiated */
#define AT_LI			4
#define AT_CODE			5
#define AT_NEG			11

static inline uint32_t rdp_get_le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

#endif
