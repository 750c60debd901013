/* SPDX-License-Identifier: GPL-2.0-only */
/* Encode into an owned buffer: make room, write, check. */
#ifndef CSSP_MECH_ENCODE_H
#define CSSP_MECH_ENCODE_H

#include "../base/vbuf.h"
#include "../wire/utf16.h"

/* Empty @b, give it room for @size bytes and let @wr write there. 0 or -ENOMEM. */
static inline int __must_check cssp_encode_begin(struct cssp_vbuf *b, size_t size,
						 struct cssp_wr *wr)
{
	int ret;

	cssp_vbuf_clear(b);
	ret = cssp_vbuf_reserve(b, size);
	*wr = cssp_wr_of(b->data, ret ? 0 : size);
	return ret;
}

/* Make what was written the contents of @b. 0, or -EMSGSIZE if it did not fit. */
static inline int __must_check cssp_encode_end(struct cssp_vbuf *b, const struct cssp_wr *wr)
{
	int ret = cssp_wr_done(wr);

	b->len = ret ? 0 : wr->len;
	return ret;
}

/* Replace @b by @utf8 in UTF-16LE. 0, -EBADMSG for invalid UTF-8 or a NUL, or -ENOMEM. */
static inline int __must_check cssp_encode_utf16(struct cssp_vbuf *b,
						 const struct cssp_rd *utf8)
{
	ssize_t size = cssp_utf16_size(utf8);
	struct cssp_wr wr;
	int ret;

	if (size < 0)
		return size;
	ret = cssp_encode_begin(b, size, &wr);
	if (ret)
		return ret;
	ret = cssp_utf16_write(utf8, &wr);
	if (ret)
		return ret;
	return cssp_encode_end(b, &wr);
}

#endif
