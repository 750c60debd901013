// SPDX-License-Identifier: GPL-2.0-only
/* The names and lines that an exchange leaves for people */
#define pr_fmt(fmt) "credssp: " fmt

#include <linux/minmax.h>
#include <linux/printk.h>

#include "../wire/utf16.h"
#include "mech.h"

void cssp_mech_trace_move(struct cssp_vbuf *to, struct cssp_vbuf *from)
{
	size_t room = CREDSSP_HLP_MAX_TRACE - min_t(size_t, to->len, CREDSSP_HLP_MAX_TRACE);

	if (!to->len)
		cssp_vbuf_move(to, from);
	else if (from->len <= room && cssp_vbuf_append(to, from->data, from->len))
		pr_debug("no memory for the lines about KDCs\n");
	cssp_vbuf_free(from);
}

/* Control characters of C1 are two bytes in UTF-8, of which the first is C2. */
static bool facts_is_control(u8 last, u8 byte)
{
	return byte < ' ' || byte == 0x7f || (last == 0xc2 && byte < 0xa0);
}

/* An empty text has no line that lacks its end. */
static bool facts_is_text(const struct cssp_rd *text, bool lines)
{
	struct cssp_rd rd = *text;
	u8 byte, last = '\n';

	if (cssp_utf16_size(text) < 0)
		return false;
	while (!cssp_rd_u8(&rd, &byte)) {
		if (facts_is_control(last, byte) && !(lines && byte == '\n'))
			return false;
		last = byte;
	}
	return !lines || last == '\n';
}

bool cssp_mech_text_is_name(const struct cssp_rd *text)
{
	return facts_is_text(text, false);
}

bool cssp_mech_text_is_lines(const struct cssp_rd *text)
{
	return facts_is_text(text, true);
}
