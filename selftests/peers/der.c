// SPDX-License-Identifier: GPL-2.0-only
/* A little DER. */
#include <string.h>

#include "der.h"

/* Length octets at the front of @in; -1 malformed or indefinite, -2 too few bytes. */
static long take_length(struct span *in)
{
	struct span octets;
	size_t len = 0, i;

	if (!span_take(in, 1, &octets))
		return -2;
	if (octets.p[0] < 0x80)
		return octets.p[0];
	i = octets.p[0] & 0x7f;
	if (!i || i > 4)
		return -1;
	if (!span_take(in, i, &octets))
		return -2;
	for (i = 0; i < octets.len; i++)
		len = len << 8 | octets.p[i];
	return len;
}

bool der_take(struct span *in, uint8_t tag, struct span *content)
{
	struct span rest = *in, first;
	long len;

	if (!span_take(&rest, 1, &first) || first.p[0] != tag)
		return false;
	len = take_length(&rest);
	if (len < 0 || !span_take(&rest, len, content))
		return false;
	*in = rest;
	return true;
}

int der_peek(struct span in)
{
	return in.len ? in.p[0] : -1;
}

bool der_skip(struct span *in)
{
	struct span content;

	return in->len && der_take(in, in->p[0], &content);
}

bool der_integer(struct span in, int64_t *v)
{
	struct span content;
	size_t i;

	if (!der_take(&in, DER_INTEGER, &content) || in.len)
		return false;
	if (!content.len || content.len > 5)
		return false;
	*v = content.p[0] & 0x80 ? -1 : 0;
	for (i = 0; i < content.len; i++)
		*v = (int64_t)((uint64_t)*v << 8 | content.p[i]);
	return true;
}

long der_total(struct span in)
{
	struct span rest = in, first;
	long len;

	if (!span_take(&rest, 1, &first))
		return 0;
	if (first.p[0] != DER_SEQUENCE)
		return -1;
	len = take_length(&rest);
	if (len < 0)
		return len == -2 ? 0 : -1;
	return in.len - rest.len + len;
}

void der_close_long(struct bytes *b, uint8_t tag, size_t start, unsigned int octets)
{
	size_t len = b->len - start;
	uint8_t head[8] = { tag, 0x80 | octets };
	unsigned int i;

	for (i = 0; i < octets; i++)
		head[2 + i] = len >> (8 * (octets - 1 - i));
	bytes_insert(b, start, head, 2 + octets);
}

void der_close(struct bytes *b, uint8_t tag, size_t start)
{
	size_t len = b->len - start;
	uint8_t head[2] = { tag, len };

	if (len < 0x80)
		bytes_insert(b, start, head, 2);
	else
		der_close_long(b, tag, start, len < 0x100 ? 1 : len < 0x10000 ? 2 : 3);
}

void der_put(struct bytes *b, uint8_t tag, struct span content)
{
	size_t start = b->len;

	bytes_span(b, content);
	der_close(b, tag, start);
}

void der_put_integer(struct bytes *b, int64_t v)
{
	uint8_t raw[8];
	int i, skip = 0;

	for (i = 0; i < 8; i++)
		raw[i] = (uint64_t)v >> (56 - 8 * i);
	while (skip < 7 && ((raw[skip] == 0 && !(raw[skip + 1] & 0x80)) ||
			    (raw[skip] == 0xff && (raw[skip + 1] & 0x80))))
		skip++;
	der_put(b, DER_INTEGER, span(raw + skip, 8 - skip));
}
