// SPDX-License-Identifier: GPL-2.0-only
/* Bounded DER. */
#include "der.h"

#include <linux/bug.h>
#include <linux/limits.h>

#define TAG_NUMBER_MASK		0x1f	/* all ones: more tag octets follow, X.690 8.1.2.4 */
#define LENGTH_LONG		0x80
#define LENGTH_OCTETS_MAX	4	/* every message is far below 4 GiB */
#define INTEGER_OCTETS_MAX	8	/* a u32 with redundant leading octets */
#define STATUS_OCTETS_MAX	5	/* an NTSTATUS as a positive INTEGER */

int cssp_der_header(struct cssp_rd *rd, u8 *tag, size_t *len)
{
	struct cssp_rd at = *rd;
	u8 first, octet;
	size_t n = 0;

	if (cssp_rd_u8(&at, tag))
		return -EAGAIN;
	if ((*tag & TAG_NUMBER_MASK) == TAG_NUMBER_MASK)
		return -EBADMSG;
	if (cssp_rd_u8(&at, &first))
		return -EAGAIN;
	if (!(first & LENGTH_LONG)) {
		*len = first;
		*rd = at;
		return 0;
	}
	first &= ~LENGTH_LONG;
	/* Zero octets is the indefinite form. */
	if (!first || first > LENGTH_OCTETS_MAX)
		return -EBADMSG;
	while (first--) {
		if (cssp_rd_u8(&at, &octet))
			return -EAGAIN;
		n = n << 8 | octet;
	}
	*len = n;
	*rd = at;
	return 0;
}

int cssp_der_any(struct cssp_rd *rd, u8 *tag, struct cssp_rd *contents)
{
	struct cssp_rd at = *rd;
	size_t len;
	int ret;

	if (cssp_der_header(&at, tag, &len))
		return -EBADMSG;
	ret = cssp_rd_sub(&at, len, contents);
	if (ret)
		return ret;
	*rd = at;
	return 0;
}

int cssp_der_get(struct cssp_rd *rd, u8 tag, struct cssp_rd *contents)
{
	u8 found;

	if (!cssp_der_is(rd, tag))
		return -EBADMSG;
	return cssp_der_any(rd, &found, contents);
}

int cssp_der_get_last(struct cssp_rd *rd, u8 tag, struct cssp_rd *contents)
{
	int ret;

	ret = cssp_der_get(rd, tag, contents);
	if (ret)
		return ret;
	return cssp_rd_end(rd);
}

int cssp_der_get_field(struct cssp_rd *rd, unsigned int n, u8 tag,
		       struct cssp_rd *contents)
{
	struct cssp_rd field;
	int ret;

	ret = cssp_der_get(rd, CSSP_DER_CONTEXT(n), &field);
	if (ret)
		return ret;
	return cssp_der_get_last(&field, tag, contents);
}

bool cssp_der_is(const struct cssp_rd *rd, u8 tag)
{
	struct cssp_rd at = *rd;
	u8 found;

	return !cssp_rd_u8(&at, &found) && found == tag;
}

/* Value of at most @max octets in two's complement. */
static int der_integer(const struct cssp_rd *contents, size_t max, s64 *v)
{
	struct cssp_rd at = *contents;
	u64 n = 0;
	u8 octet;

	if (!at.left || at.left > max)
		return -EBADMSG;
	if (*at.p & 0x80)
		n = ~n;
	while (!cssp_rd_u8(&at, &octet))
		n = n << 8 | octet;
	*v = n;
	return 0;
}

int cssp_der_u32(const struct cssp_rd *contents, u32 *v)
{
	s64 n;
	int ret;

	ret = der_integer(contents, INTEGER_OCTETS_MAX, &n);
	if (ret)
		return ret;
	if (n < 0 || n > U32_MAX)
		return -EBADMSG;
	*v = n;
	return 0;
}

int cssp_der_s32(const struct cssp_rd *contents, s32 *v)
{
	s64 n;
	int ret;

	ret = der_integer(contents, sizeof(*v), &n);
	if (ret)
		return ret;
	*v = n;
	return 0;
}

int cssp_der_status(const struct cssp_rd *contents, u32 *v)
{
	s64 n;
	int ret;

	ret = der_integer(contents, STATUS_OCTETS_MAX, &n);
	if (ret)
		return ret;
	/* -2^31 for the negative form, 2^32 - 1 for the positive one */
	if (n < S32_MIN || n > U32_MAX)
		return -EBADMSG;
	*v = n;
	return 0;
}

struct cssp_der_wr cssp_der_wr_in(struct cssp_wr *wr, size_t size)
{
	return (struct cssp_der_wr){ .buf = cssp_wr_take(wr, size), .size = size };
}

void cssp_der_put(struct cssp_der_wr *w, const void *p, size_t n)
{
	w->len += n;
	if (!w->buf || !n)
		return;
	/* The same code measured the size, so an overflow is a bug of that code. */
	if (WARN_ON_ONCE(w->len > w->size))
		w->buf = NULL;
	else
		memcpy(w->buf + (w->size - w->len), p, n);
}

void cssp_der_put_rd(struct cssp_der_wr *w, const struct cssp_rd *rd)
{
	cssp_der_put(w, rd->p, rd->left);
}

void cssp_der_wrap(struct cssp_der_wr *w, size_t mark, u8 tag)
{
	size_t len = w->len - mark;
	u8 header[2 + LENGTH_OCTETS_MAX];
	u8 *p = header + sizeof(header);
	u8 octets = 0;

	if (len < LENGTH_LONG) {
		*--p = len;
	} else {
		for (; len; len >>= 8, octets++)
			*--p = len;
		*--p = LENGTH_LONG | octets;
	}
	*--p = tag;
	cssp_der_put(w, p, header + sizeof(header) - p);
}

void cssp_der_put_tlv(struct cssp_der_wr *w, u8 tag, const struct cssp_rd *contents)
{
	size_t mark = w->len;

	cssp_der_put_rd(w, contents);
	cssp_der_wrap(w, mark, tag);
}

void cssp_der_put_u32(struct cssp_der_wr *w, u8 tag, u32 v)
{
	struct cssp_rd contents;
	u8 octets[5];
	struct cssp_wr wr = cssp_wr_of(octets, sizeof(octets));

	cssp_wr_u8(&wr, 0);
	cssp_wr_be32(&wr, v);
	contents = cssp_rd_of(octets, sizeof(octets));
	/* Minimal, but with a leading zero where the top bit would be a sign. */
	while (contents.left > 1 && !contents.p[0] && !(contents.p[1] & 0x80)) {
		contents.p++;
		contents.left--;
	}
	cssp_der_put_tlv(w, tag, &contents);
}

void cssp_der_put_field(struct cssp_der_wr *w, unsigned int n, u8 tag,
			const struct cssp_rd *contents)
{
	size_t mark = w->len;

	cssp_der_put_tlv(w, tag, contents);
	cssp_der_wrap(w, mark, CSSP_DER_CONTEXT(n));
}

void cssp_der_put_field_u32(struct cssp_der_wr *w, unsigned int n, u8 tag, u32 v)
{
	size_t mark = w->len;

	cssp_der_put_u32(w, tag, v);
	cssp_der_wrap(w, mark, CSSP_DER_CONTEXT(n));
}
