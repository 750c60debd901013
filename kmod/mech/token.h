/* SPDX-License-Identifier: GPL-2.0-only */
/* Encoding a token into an owned buffer: room, writer, check. */
#ifndef CSSP_MECH_TOKEN_H
#define CSSP_MECH_TOKEN_H

#include "../base/secret.h"

/* Empty @b, give it room for @size bytes and let @wr write there. 0 or -ENOMEM. */
static inline int __must_check cssp_token_begin(struct cssp_vbuf *b, size_t size,
						struct cssp_wr *wr)
{
	int ret;

	cssp_vbuf_clear(b);
	ret = cssp_vbuf_reserve(b, size);
	*wr = cssp_wr_of(b->data, ret ? 0 : size);
	return ret;
}

/* What was written is @b's contents now. 0, or -EMSGSIZE if it did not fit. */
static inline int __must_check cssp_token_end(struct cssp_vbuf *b, const struct cssp_wr *wr)
{
	int ret = cssp_wr_done(wr);

	b->len = ret ? 0 : wr->len;
	return ret;
}

#endif
