// SPDX-License-Identifier: LGPL-2.1-or-later
/* Strict UTF-8 and UTF-16, RFC 3629 and RFC 2781. */
#include <errno.h>
#include <sys/types.h>

#include "private.h"

#define MAX_CODE_POINT	0x10ffff
#define PLANE_1		0x10000
#define IS_SURROGATE(c)	((c) >= 0xd800 && (c) <= 0xdfff)
#define IS_HIGH(c)	((c) >= 0xd800 && (c) <= 0xdbff)
#define IS_LOW(c)	((c) >= 0xdc00 && (c) <= 0xdfff)

/* Decode one character at the front of @in. Return its bytes, or 0 if it is not UTF-8. */
static size_t utf8_get(const unsigned char *in, size_t n, uint32_t *c)
{
	/* The smallest character of each length */
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, PLANE_1 };
	size_t len, i;

	if (in[0] < 0x80)
		len = 1;
	else if (in[0] >= 0xc2 && in[0] <= 0xdf)
		len = 2;
	else if ((in[0] & 0xf0) == 0xe0)
		len = 3;
	else if ((in[0] & 0xf8) == 0xf0)
		len = 4;
	else
		return 0;
	if (len > n)
		return 0;
	*c = len == 1 ? in[0] : in[0] & (0x7f >> len);
	for (i = 1; i < len; i++) {
		if ((in[i] & 0xc0) != 0x80)
			return 0;
		*c = *c << 6 | (in[i] & 0x3f);
	}
	if (*c < least[len] || *c > MAX_CODE_POINT || IS_SURROGATE(*c))
		return 0;
	return len;
}

static size_t utf8_size(uint32_t c)
{
	return c < 0x80 ? 1 : c < 0x800 ? 2 : c < PLANE_1 ? 3 : 4;
}

static void utf8_put(char *out, uint32_t c, size_t len)
{
	static const unsigned char lead[] = { 0, 0, 0xc0, 0xe0, 0xf0 };
	size_t i;

	for (i = len - 1; i > 0; i--) {
		out[i] = (char)(0x80 | (c & 0x3f));
		c >>= 6;
	}
	out[0] = (char)(lead[len] | c);
}

ssize_t credssp_utf8_to_utf16(const char *in, size_t in_length, uint16_t *out,
			      size_t out_units)
{
	const unsigned char *p = (const unsigned char *)in;
	size_t done = 0, used, size, i;
	uint32_t c;

	for (i = 0; i < in_length; i += used) {
		used = utf8_get(p + i, in_length - i, &c);
		if (!used) {
			errno = EILSEQ;
			return -1;
		}
		size = c < PLANE_1 ? 1 : 2;
		if (size <= out_units && done <= out_units - size) {
			if (size == 2) {
				out[done] = 0xd800 | (c - PLANE_1) >> 10;
				out[done + 1] = 0xdc00 | (c & 0x3ff);
			} else {
				out[done] = c;
			}
		}
		done += size;
	}
	return (ssize_t)done;
}

ssize_t credssp_utf16_to_utf8(const uint16_t *in, size_t in_units, char *out,
			      size_t out_bytes)
{
	size_t done = 0, size, i;
	uint32_t c;

	for (i = 0; i < in_units; i++) {
		c = in[i];
		if (IS_HIGH(c) && in_units - i > 1 && IS_LOW(in[i + 1])) {
			c = PLANE_1 + ((c & 0x3ff) << 10 | (in[i + 1] & 0x3ff));
			i++;
		} else if (IS_SURROGATE(c)) {
			errno = EILSEQ;
			return -1;
		}
		size = utf8_size(c);
		if (size <= out_bytes && done <= out_bytes - size)
			utf8_put(out + done, c, size);
		done += size;
	}
	return (ssize_t)done;
}
