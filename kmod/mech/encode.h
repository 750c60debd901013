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

/* Replace @b by the @size bytes at @head and the pieces. 0, -ENOMEM or -EDQUOT. */
static inline int __must_check cssp_encode_pieces(struct cssp_vbuf *b, const void *head,
						  size_t size, const struct cssp_rd *pieces,
						  unsigned int count)
{
	size_t room = size;
	struct cssp_wr wr;
	unsigned int i;
	int ret;

	for (i = 0; i < count; i++)
		room += pieces[i].left;
	ret = cssp_encode_begin(b, room, &wr);
	if (ret)
		return ret;
	cssp_wr_copy(&wr, head, size);
	for (i = 0; i < count; i++)
		cssp_wr_rd(&wr, &pieces[i]);
	return cssp_encode_end(b, &wr);
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

/*
 * Replace @b by @utf16 in UTF-8. 0, -EBADMSG for an odd length, a lone surrogate or a NUL, or
 * -ENOMEM.
 */
static inline int __must_check cssp_encode_utf8(struct cssp_vbuf *b,
						const struct cssp_rd *utf16)
{
	/* A code unit becomes at most three bytes, and a pair of surrogates four. */
	size_t room = utf16->left / 2 * 3;
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(b, room, &wr);
	if (ret)
		return ret;
	ret = cssp_utf16_to_utf8(utf16, &wr);
	if (ret)
		return ret;
	return cssp_encode_end(b, &wr);
}

#endif
