/* SPDX-License-Identifier: GPL-2.0-only */
/* UTF-16LE as MS protocols carry it: no BOM, no NUL, even length. */
#ifndef CSSP_WIRE_UTF16_H
#define CSSP_WIRE_UTF16_H

#include "../base/buf.h"

/* Bytes of UTF-16LE that @utf8 needs; -EBADMSG when it is no valid UTF-8 or has a NUL. */
ssize_t __must_check cssp_utf16_size(const struct cssp_rd *utf8);
/* Write @utf8 as UTF-16LE. -EBADMSG as above; overflow is latched in @wr. */
int __must_check cssp_utf16_write(const struct cssp_rd *utf8, struct cssp_wr *wr);
/* Write UTF-16LE @utf16 as UTF-8. -EBADMSG: odd length, lone surrogate, NUL. */
int __must_check cssp_utf16_to_utf8(const struct cssp_rd *utf16, struct cssp_wr *wr);
/* 0 when @utf16 has an even length and no NUL, else -EBADMSG. */
int __must_check cssp_utf16_check(const struct cssp_rd *utf16);
/* Write @utf16 with each code unit upcased by itself (MS-NLMP's UpperCase). */
void cssp_utf16_write_upper(const struct cssp_rd *utf16, struct cssp_wr *wr);

#endif
