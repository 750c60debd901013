/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * MD4 for NTLM on kernels whose crypto API has none.  The kernel removed its MD4 once
 * already and may do so again.
 */
#ifndef CSSP_CRYPTO_MD4_H
#define CSSP_CRYPTO_MD4_H

#include "../base/buf.h"

#define CSSP_MD4_SIZE		16	/* RFC 1320; the kernel has no name for it */

/* The digest of several pieces, one after the other. Leaves nothing on the stack. */
void cssp_md4(const struct cssp_rd *parts, unsigned int nparts, u8 digest[CSSP_MD4_SIZE]);

#endif
