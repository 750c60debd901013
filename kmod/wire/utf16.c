// SPDX-License-Identifier: GPL-2.0-only
/* UTF-8 and UTF-16LE, both strictly. */
#include "utf16.h"

#include <linux/kernel.h>
#include "utf16_upcase.h"

#define SURROGATE_FIRST		0xd800
#define SURROGATE_LOW		0xdc00
#define SURROGATE_LAST		0xdfff
#define SUPPLEMENTARY		0x10000
#define CODE_POINT_MAX		0x10ffff

static bool is_surrogate(u32 c)
{
	return c >= SURROGATE_FIRST && c <= SURROGATE_LAST;
}

/* RFC 3629 3: how a sequence begins, and the least that its length may encode */
static const struct utf8_form {
	u8 mask;
	u8 lead;
	u8 more;
	u32 least;
} utf8_forms[] = {
	{ 0x80, 0x00, 0, 0x01 },	/* from 1: a NUL never stands in a string here */
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

/* Take one code point of UTF-8 off @rd. */
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
	if (c < form->least || c > CODE_POINT_MAX || is_surrogate(c))
		return -EBADMSG;
	*code = c;
	return 0;
}

/* Take one code point of UTF-16LE off @rd. */
static int utf16_next(struct cssp_rd *rd, u32 *code)
{
	u16 unit, low;

	if (cssp_rd_le16(rd, &unit) || !unit)
		return -EBADMSG;
	*code = unit;
	if (!is_surrogate(unit))
		return 0;
	if (unit >= SURROGATE_LOW || cssp_rd_le16(rd, &low))
		return -EBADMSG;
	if (low < SURROGATE_LOW || low > SURROGATE_LAST)
		return -EBADMSG;
	*code = SUPPLEMENTARY + ((unit - SURROGATE_FIRST) << 10) + (low - SURROGATE_LOW);
	return 0;
}

static void put_utf8(struct cssp_wr *wr, u32 c)
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
	int err;

	while (at.left) {
		err = utf8_next(&at, &c);
		if (err)
			return err;
		size += c < SUPPLEMENTARY ? 2 : 4;
	}
	return size;
}

int cssp_utf16_write(const struct cssp_rd *utf8, struct cssp_wr *wr)
{
	struct cssp_rd at = *utf8;
	u32 c;
	int err;

	while (at.left) {
		err = utf8_next(&at, &c);
		if (err)
			return err;
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
	int err;

	while (at.left) {
		err = utf16_next(&at, &c);
		if (err)
			return err;
		put_utf8(wr, c);
	}
	return 0;
}

int cssp_utf16_check(const struct cssp_rd *utf16)
{
	struct cssp_rd at = *utf16;
	u16 unit;

	/* Windows lets lone surrogates pass in names, so they are not looked for. */
	while (at.left) {
		if (cssp_rd_le16(&at, &unit) || !unit)
			return -EBADMSG;
	}
	return 0;
}

static u16 upcase(u16 unit)
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
		cssp_wr_le16(wr, upcase(unit));
}
