// SPDX-License-Identifier: GPL-2.0-only
/* Bounded reading and writing of packets; see wire.h. */
#include <linux/align.h>
#include <linux/limits.h>
#include <linux/string.h>

#include "wire.h"

#define SMB_ALIGNMENT	8

/* @n bytes, or NULL. */
static const u8 *wire_take(struct smb_reader *r, size_t n)
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

u8 smb_get_u8(struct smb_reader *r)
{
	const u8 *p = wire_take(r, 1);

	return p ? *p : 0;
}

u16 smb_get_le16(struct smb_reader *r)
{
	const u8 *p = wire_take(r, 2);

	return p ? p[1] << 8 | p[0] : 0;
}

u32 smb_get_le32(struct smb_reader *r)
{
	u32 low = smb_get_le16(r);

	return (u32)smb_get_le16(r) << 16 | low;
}

u64 smb_get_le64(struct smb_reader *r)
{
	u64 low = smb_get_le32(r);

	return (u64)smb_get_le32(r) << 32 | low;
}

void smb_skip(struct smb_reader *r, size_t n)
{
	wire_take(r, n);
}

void smb_get_bytes(struct smb_reader *r, void *to, size_t n)
{
	const u8 *p = wire_take(r, n);

	if (p)
		memcpy(to, p, n);
	else
		memset(to, 0, n);
}

struct smb_reader smb_get_part(struct smb_reader *r, size_t n)
{
	const u8 *p = wire_take(r, n);

	return (struct smb_reader){ .p = p, .left = p ? n : 0, .bad = !p };
}

struct smb_reader smb_get_at(const struct smb_reader *whole, size_t offset, size_t n)
{
	struct smb_reader r = *whole;

	if (!n)
		return (struct smb_reader){ .p = r.p, .bad = r.bad };
	smb_skip(&r, offset);
	return smb_get_part(&r, n);
}

/* Room for @n bytes, or NULL. */
static u8 *wire_room(struct smb_writer *w, size_t n)
{
	u8 *p = w->p + w->length;

	if (w->full || n > w->room - w->length) {
		w->full = true;
		return NULL;
	}
	w->length += n;
	return p;
}

void smb_put_bytes(struct smb_writer *w, const void *bytes, size_t n)
{
	u8 *p = wire_room(w, n);

	if (p)
		memcpy(p, bytes, n);
}

void smb_put_zeros(struct smb_writer *w, size_t n)
{
	u8 *p = wire_room(w, n);

	if (p)
		memset(p, 0, n);
}

void smb_put_align(struct smb_writer *w)
{
	smb_put_zeros(w, ALIGN(w->length, SMB_ALIGNMENT) - w->length);
}

void smb_put_u8(struct smb_writer *w, u8 v)
{
	smb_put_bytes(w, &v, sizeof(v));
}

void smb_put_le16(struct smb_writer *w, u16 v)
{
	smb_put_u8(w, v);
	smb_put_u8(w, v >> 8);
}

void smb_put_le32(struct smb_writer *w, u32 v)
{
	smb_put_le16(w, v);
	smb_put_le16(w, v >> 16);
}

void smb_put_le64(struct smb_writer *w, u64 v)
{
	smb_put_le32(w, v);
	smb_put_le32(w, v >> 32);
}

void smb_put_utf16(struct smb_writer *w, const char *ascii)
{
	for (; *ascii; ascii++)
		smb_put_le16(w, (u8)*ascii);
}

void smb_set_bytes(struct smb_writer *w, size_t at, const void *bytes, size_t n)
{
	if (w->full || n > w->length || at > w->length - n) {
		w->full = true;
		return;
	}
	memcpy(w->p + at, bytes, n);
}

void smb_set_le32(struct smb_writer *w, size_t at, u32 v)
{
	u8 bytes[] = { v, v >> 8, v >> 16, v >> 24 };

	smb_set_bytes(w, at, bytes, sizeof(bytes));
}
