// SPDX-License-Identifier: GPL-2.0-only
/* Strict UTF-8 and UTF-16LE. */
#include "utf16.h"

#include <linux/kernel.h>
#include "utf16_upcase.h"

#define SURROGATE_FIRST		0xd800
#define SURROGATE_LOW		0xdc00
#define SURROGATE_LAST		0xdfff
#define SUPPLEMENTARY		0x10000
#define CODE_POINT_MAX		0x10ffff

static bool utf16_is_surrogate(u32 c)
{
	return c >= SURROGATE_FIRST && c <= SURROGATE_LAST;
}

/* RFC 3629 3: the first byte of a sequence, and the least code point of its length. */
static const struct utf8_form {
	u8 mask;
	u8 lead;
	u8 more;
	u32 least;
} utf8_forms[] = {
	{ 0x80, 0x00, 0, 0x01 },	/* from 1: a NUL is never part of a string */
	{ 0xe0, 0xc0, 1, 0x80 },
	{ 0xf0, 0xe0, 2, 0x800 },
	{ 0xf8, 0xf0, 3, SUPPLEMENTARY },
};

static const struct utf8_form *utf8_form_of(u8 lead)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(utf8_forms); i++)
		if ((lead & utf8_forms[i].mask) == utf8_forms[i].lead)
			return &utf8_forms[i];
	return NULL;
}

/* Split the next code point of UTF-8 off @rd. */
static int utf8_next(struct cssp_rd *rd, u32 *code)
{
	const struct utf8_form *form;
	unsigned int i;
	u32 c;
	u8 b;

	if (cssp_rd_u8(rd, &b))
		return -EBADMSG;
	form = utf8_form_of(b);
	if (!form)
		return -EBADMSG;
	c = b & ~form->mask;
	for (i = 0; i < form->more; i++) {
		if (cssp_rd_u8(rd, &b) || (b & 0xc0) != 0x80)
			return -EBADMSG;
		c = c << 6 | (b & 0x3f);
	}
	if (c < form->least || c > CODE_POINT_MAX || utf16_is_surrogate(c))
		return -EBADMSG;
	*code = c;
	return 0;
}

/* Split the next code point of UTF-16LE off @rd. */
static int utf16_next(struct cssp_rd *rd, u32 *code)
{
	u16 unit, low;

	if (cssp_rd_le16(rd, &unit) || !unit)
		return -EBADMSG;
	*code = unit;
	if (!utf16_is_surrogate(unit))
		return 0;
	if (unit >= SURROGATE_LOW || cssp_rd_le16(rd, &low))
		return -EBADMSG;
	if (low < SURROGATE_LOW || low > SURROGATE_LAST)
		return -EBADMSG;
	*code = SUPPLEMENTARY + ((unit - SURROGATE_FIRST) << 10) + (low - SURROGATE_LOW);
	return 0;
}

static void utf8_put(struct cssp_wr *wr, u32 c)
{
	const struct utf8_form *form = &utf8_forms[ARRAY_SIZE(utf8_forms) - 1];
	unsigned int shift;

	while (c < form->least)
		form--;
	shift = 6 * form->more;
	cssp_wr_u8(wr, form->lead | c >> shift);
	while (shift) {
		shift -= 6;
		cssp_wr_u8(wr, 0x80 | (c >> shift & 0x3f));
	}
}

ssize_t cssp_utf16_size(const struct cssp_rd *utf8)
{
	struct cssp_rd at = *utf8;
	ssize_t size = 0;
	u32 c;
	int ret;

	while (at.left) {
		ret = utf8_next(&at, &c);
		if (ret)
			return ret;
		size += c < SUPPLEMENTARY ? 2 : 4;
	}
	return size;
}

int cssp_utf16_write(const struct cssp_rd *utf8, struct cssp_wr *wr)
{
	struct cssp_rd at = *utf8;
	u32 c;
	int ret;

	while (at.left) {
		ret = utf8_next(&at, &c);
		if (ret)
			return ret;
		if (c < SUPPLEMENTARY) {
			cssp_wr_le16(wr, c);
			continue;
		}
		c -= SUPPLEMENTARY;
		cssp_wr_le16(wr, SURROGATE_FIRST + (c >> 10));
		cssp_wr_le16(wr, SURROGATE_LOW + (c & 0x3ff));
	}
	return 0;
}

int cssp_utf16_to_utf8(const struct cssp_rd *utf16, struct cssp_wr *wr)
{
	struct cssp_rd at = *utf16;
	u32 c;
	int ret;

	while (at.left) {
		ret = utf16_next(&at, &c);
		if (ret)
			return ret;
		utf8_put(wr, c);
	}
	return 0;
}

int cssp_utf16_check(const struct cssp_rd *utf16)
{
	struct cssp_rd at = *utf16;
	u16 unit;

	/* Windows accepts lone surrogates in names, so they pass here. */
	while (at.left) {
		if (cssp_rd_le16(&at, &unit) || !unit)
			return -EBADMSG;
	}
	return 0;
}

static u16 utf16_upcase(u16 unit)
{
	unsigned int i;

	if (unit < 0x80)
		return unit >= 'a' && unit <= 'z' ? unit - ('a' - 'A') : unit;
	for (i = 0; i < ARRAY_SIZE(upcase_ranges); i++) {
		const struct upcase_range *r = &upcase_ranges[i];

		if (unit < r->first)
			break;
		if (unit <= r->last && !((unit - r->first) % r->step))
			return unit + r->delta;
	}
	return unit;
}

void cssp_utf16_write_upper(const struct cssp_rd *utf16, struct cssp_wr *wr)
{
	struct cssp_rd at = *utf16;
	u16 unit;

	while (!cssp_rd_le16(&at, &unit))
		cssp_wr_le16(wr, utf16_upcase(unit));
}
