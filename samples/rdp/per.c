// SPDX-License-Identifier: GPL-2.0-only
/*
 * Lengths in the Packed Encoding Rules of ASN.1, aligned (X.691 11.9): one byte up to 127,
 * or two with the topmost bit set.  Fragments, from 16384 bytes on, do not occur here.
 */
#include "rdp.h"

#define PER_LONG	0x8000
#define PER_MAX		0x3fff

size_t per_get_length(struct rdp_reader *r)
{
	u8 first = rdp_get_u8(r);

	if (!(first & 0x80))
		return first;
	if (first & 0x40)
		r->bad = true;
	return (first & 0x3f) << 8 | rdp_get_u8(r);
}

size_t per_put_length(struct rdp_writer *w)
{
	rdp_put_be16(w, PER_LONG);
	return w->length - 2;
}

void per_set_length(struct rdp_writer *w, size_t at)
{
	size_t length = w->length - at - 2;

	if (length > PER_MAX)
		w->full = true;
	rdp_set_be16(w, at, PER_LONG | length);
}
