// SPDX-License-Identifier: GPL-2.0-only
/* Bounded reading and writing of messages; see packet.h. */
#include <linux/limits.h>
#include <linux/nls.h>
#include <linux/string.h>

#include "packet.h"

/* @n bytes, or NULL. */
static const u8 *packet_take(struct rdp_reader *r, size_t n)
{
	const u8 *p = r->p;

	if (r->bad || n > r->left) {
		r->bad = true;
		r->left = 0;
		return NULL;
	}
	r->p += n;
	r->left -= n;
	return p;
}

u8 rdp_get_u8(struct rdp_reader *r)
{
	const u8 *p = packet_take(r, 1);

	return p ? *p : 0;
}

u16 rdp_get_be16(struct rdp_reader *r)
{
	const u8 *p = packet_take(r, 2);

	return p ? p[0] << 8 | p[1] : 0;
}

u16 rdp_get_le16(struct rdp_reader *r)
{
	const u8 *p = packet_take(r, 2);

	return p ? p[1] << 8 | p[0] : 0;
}

u32 rdp_get_le32(struct rdp_reader *r)
{
	u32 low = rdp_get_le16(r);

	return (u32)rdp_get_le16(r) << 16 | low;
}

void rdp_skip(struct rdp_reader *r, size_t n)
{
	packet_take(r, n);
}

struct rdp_reader rdp_get_part(struct rdp_reader *r, size_t n)
{
	const u8 *p = packet_take(r, n);

	return (struct rdp_reader){ .p = p, .left = p ? n : 0, .bad = !p };
}

void rdp_expect(struct rdp_reader *r, const void *bytes, size_t n)
{
	const u8 *p = packet_take(r, n);

	if (p && memcmp(p, bytes, n))
		r->bad = true;
}

/* Room for @n bytes, or NULL. */
static u8 *packet_room(struct rdp_writer *w, size_t n)
{
	u8 *p = w->p + w->length;

	if (w->full || n > w->room - w->length) {
		w->full = true;
		return NULL;
	}
	w->length += n;
	return p;
}

void rdp_put_bytes(struct rdp_writer *w, const void *bytes, size_t n)
{
	u8 *p = packet_room(w, n);

	if (p)
		memcpy(p, bytes, n);
}

void rdp_put_zeros(struct rdp_writer *w, size_t n)
{
	u8 *p = packet_room(w, n);

	if (p)
		memset(p, 0, n);
}

void rdp_put_u8(struct rdp_writer *w, u8 v)
{
	rdp_put_bytes(w, &v, sizeof(v));
}

void rdp_put_be16(struct rdp_writer *w, u16 v)
{
	rdp_put_u8(w, v >> 8);
	rdp_put_u8(w, v);
}

void rdp_put_le16(struct rdp_writer *w, u16 v)
{
	rdp_put_u8(w, v);
	rdp_put_u8(w, v >> 8);
}

void rdp_put_le32(struct rdp_writer *w, u32 v)
{
	rdp_put_le16(w, v);
	rdp_put_le16(w, v >> 16);
}

/* Characters beyond 16 bits are pairs of surrogates (RFC 2781 2.1). */
void rdp_put_utf16(struct rdp_writer *w, const char *text, size_t n)
{
	unicode_t c;
	int used;

	for (; n; text += used, n -= used) {
		used = utf8_to_utf32((const u8 *)text, n, &c);
		if (used <= 0) {
			w->full = true;
			return;
		}
		if (c > U16_MAX) {
			c -= U16_MAX + 1;
			rdp_put_le16(w, 0xd800 | c >> 10);
			c = 0xdc00 | (c & 0x3ff);
		}
		rdp_put_le16(w, c);
	}
}

/* A length that does not fit into its field makes the message unusable. */
static bool packet_may_set(struct rdp_writer *w, size_t at, size_t v)
{
	if (v > U16_MAX || w->length < 2 || at > w->length - 2)
		w->full = true;
	return !w->full;
}

void rdp_set_be16(struct rdp_writer *w, size_t at, size_t v)
{
	if (packet_may_set(w, at, v)) {
		w->p[at] = v >> 8;
		w->p[at + 1] = v;
	}
}

void rdp_set_le16(struct rdp_writer *w, size_t at, size_t v)
{
	if (packet_may_set(w, at, v)) {
		w->p[at] = v;
		w->p[at + 1] = v >> 8;
	}
}
