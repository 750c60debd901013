// SPDX-License-Identifier: GPL-2.0-only
/* Growing buffers and bounded views. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wctype.h>

#include "bytes.h"

static void reserve(struct bytes *b, size_t more)
{
	size_t cap = b->cap ? b->cap : 256;

	while (cap - b->len < more)
		cap *= 2;
	if (cap == b->cap)
		return;
	b->p = realloc(b->p, cap);
	if (!b->p) {
		perror("realloc");
		exit(70);
	}
	b->cap = cap;
}

void bytes_add(struct bytes *b, const void *p, size_t n)
{
	if (!n)
		return;
	reserve(b, n);
	memcpy(b->p + b->len, p, n);
	b->len += n;
}

void bytes_span(struct bytes *b, struct span s)
{
	bytes_add(b, s.p, s.len);
}

void bytes_u8(struct bytes *b, uint8_t v)
{
	bytes_add(b, &v, 1);
}

void bytes_le16(struct bytes *b, uint16_t v)
{
	uint8_t raw[2] = { v & 0xff, v >> 8 };

	bytes_add(b, raw, sizeof(raw));
}

void bytes_le32(struct bytes *b, uint32_t v)
{
	bytes_le16(b, v & 0xffff);
	bytes_le16(b, v >> 16);
}

void bytes_le64(struct bytes *b, uint64_t v)
{
	bytes_le32(b, v & 0xffffffff);
	bytes_le32(b, v >> 32);
}

void bytes_zero(struct bytes *b, size_t n)
{
	if (!n)
		return;
	reserve(b, n);
	memset(b->p + b->len, 0, n);
	b->len += n;
}

void bytes_insert(struct bytes *b, size_t at, const void *p, size_t n)
{
	bytes_zero(b, n);
	memmove(b->p + at + n, b->p + at, b->len - n - at);
	memcpy(b->p + at, p, n);
}

void bytes_drop(struct bytes *b, size_t n)
{
	b->len -= n;
	if (b->len)
		memmove(b->p, b->p + n, b->len);
}

void bytes_set(struct bytes *b, struct span s)
{
	b->len = 0;
	bytes_span(b, s);
}

void bytes_free(struct bytes *b)
{
	if (b->p)
		memset(b->p, 0, b->cap);
	free(b->p);
	*b = (struct bytes){ 0 };
}

/* Length of the UTF-8 sequence that starts with @lead, 0 for none. */
static int utf8_length(uint8_t lead)
{
	if (lead < 0x80)
		return 1;
	if (lead >= 0xc2 && lead < 0xe0)
		return 2;
	if (lead >= 0xe0 && lead < 0xf0)
		return 3;
	return lead >= 0xf0 && lead < 0xf5 ? 4 : 0;
}

static uint32_t utf8_next(const char **s)
{
	const uint8_t *p = (const uint8_t *)*s;
	int n = utf8_length(*p), i;
	uint32_t c = n == 1 ? *p : *p & (0xff >> (n + 1));

	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80) {
			n = 0;
			break;
		}
		c = c << 6 | (p[i] & 0x3f);
	}
	if (!n) {
		fprintf(stderr, "not UTF-8: %s\n", *s);
		exit(64);
	}
	*s += n;
	return c;
}

void bytes_utf16(struct bytes *b, const char *utf8)
{
	while (*utf8) {
		uint32_t c = utf8_next(&utf8);

		if (c < 0x10000) {
			bytes_le16(b, c);
			continue;
		}
		c -= 0x10000;
		bytes_le16(b, 0xd800 | c >> 10);
		bytes_le16(b, 0xdc00 | (c & 0x3ff));
	}
}

bool span_take(struct span *s, size_t n, struct span *out)
{
	if (n > s->len)
		return false;
	*out = span(s->p, n);
	s->p += n;
	s->len -= n;
	return true;
}

bool span_at(struct span whole, uint32_t off, uint32_t len, struct span *out)
{
	if (off > whole.len || len > whole.len - off)
		return false;
	*out = span(whole.p + off, len);
	return true;
}

bool span_equal(struct span a, struct span b)
{
	return a.len == b.len && (!a.len || !memcmp(a.p, b.p, a.len));
}

uint16_t get_le16(const uint8_t *p)
{
	return p[0] | p[1] << 8;
}

uint32_t get_le32(const uint8_t *p)
{
	return get_le16(p) | (uint32_t)get_le16(p + 2) << 16;
}

void put_le32(uint8_t *p, uint32_t v)
{
	int i;

	for (i = 0; i < 4; i++)
		p[i] = v >> (8 * i);
}

static size_t put_utf8(uint32_t c, char *out)
{
	if (c < 0x80) {
		out[0] = c;
		return 1;
	}
	if (c < 0x800) {
		out[0] = 0xc0 | c >> 6;
		out[1] = 0x80 | (c & 0x3f);
		return 2;
	}
	out[0] = 0xe0 | c >> 12;
	out[1] = 0x80 | (c >> 6 & 0x3f);
	out[2] = 0x80 | (c & 0x3f);
	return 3;
}

void utf16_to_text(struct span s, char *out, size_t size)
{
	size_t n = 0, i;

	for (i = 0; i + 1 < s.len && n + 4 < size; i += 2) {
		uint32_t c = get_le16(s.p + i);

		if (c <= ' ' || c == 0x7f || (c >= 0xd800 && c < 0xe000))
			c = '?';
		n += put_utf8(c, out + n);
	}
	if (s.len & 1)
		out[n++] = '?';
	out[n] = '\0';
}

void utf16_upper(struct bytes *b, struct span s)
{
	size_t i;

	for (i = 0; i + 1 < s.len; i += 2) {
		wint_t c = towupper(get_le16(s.p + i));

		bytes_le16(b, c < 0x10000 ? c : get_le16(s.p + i));
	}
}
