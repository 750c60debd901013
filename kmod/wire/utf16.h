/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-16LE as in Microsoft's protocols: no BOM, no NUL, even length. */
#ifndef CSSP_WIRE_UTF16_H
#define CSSP_WIRE_UTF16_H

#include "../base/buf.h"

/* Size of @utf8 in UTF-16LE, in bytes; -EBADMSG for invalid UTF-8 or a NUL. */
ssize_t __must_check cssp_utf16_size(const struct cssp_rd *utf8);
/* Write @utf8 as UTF-16LE. 0, or -EBADMSG as above; overflow is latched in @wr. */
int __must_check cssp_utf16_write(const struct cssp_rd *utf8, struct cssp_wr *wr);
/* Write @utf16 as UTF-8. 0, or -EBADMSG for an odd length, a lone surrogate or a NUL. */
int __must_check cssp_utf16_to_utf8(const struct cssp_rd *utf16, struct cssp_wr *wr);
/* 0 when @utf16 has an even length and no NUL, else -EBADMSG. */
int __must_check cssp_utf16_check(const struct cssp_rd *utf16);
/* Write @utf16 in upper case, code unit by code unit (UpperCase of MS-NLMP). */
void cssp_utf16_write_upper(const struct cssp_rd *utf16, struct cssp_wr *wr);

#endif
