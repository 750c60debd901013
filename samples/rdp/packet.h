/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounded reading and writing of messages.  Every byte of a message that the server sent
 * is read by these functions.
 *
 * An error is kept: a reader that was asked for more than it has gives zeros from then on
 * and is @bad; a writer without room writes nothing more and is @full.  So a parser reads
 * a whole structure, then checks once, and does not use the values before that.
 */
#ifndef RDP_PACKET_H
#define RDP_PACKET_H

#include <linux/types.h>

/**
 * struct rdp_reader - the part of a message that has not been read
 * @p: next byte; not owned
 * @left: bytes at @p
 * @bad: more was asked for than there was
 */
struct rdp_reader {
	const u8 *p;
	size_t left;
	bool bad;
};

/**
 * struct rdp_writer - a message in the making
 * @p: its first byte; not owned
 * @length: bytes written
 * @room: bytes at @p
 * @full: there was no room for all
 */
struct rdp_writer {
	u8 *p;
	size_t length;
	size_t room;
	bool full;
};

u8 rdp_get_u8(struct rdp_reader *r);
u16 rdp_get_be16(struct rdp_reader *r);
u16 rdp_get_le16(struct rdp_reader *r);
u32 rdp_get_le32(struct rdp_reader *r);
void rdp_skip(struct rdp_reader *r, size_t n);
/* The next @n bytes as a reader of their own; if there are fewer, both are bad. */
struct rdp_reader rdp_get_part(struct rdp_reader *r, size_t n);
/* The next @n bytes must be these, else @r is bad. */
void rdp_expect(struct rdp_reader *r, const void *bytes, size_t n);

void rdp_put_u8(struct rdp_writer *w, u8 v);
void rdp_put_be16(struct rdp_writer *w, u16 v);
void rdp_put_le16(struct rdp_writer *w, u16 v);
void rdp_put_le32(struct rdp_writer *w, u32 v);
void rdp_put_bytes(struct rdp_writer *w, const void *bytes, size_t n);
void rdp_put_zeros(struct rdp_writer *w, size_t n);
/* @n bytes of UTF-8 as UTF-16LE, without a NUL; text that is no UTF-8 makes @w full. */
void rdp_put_utf16(struct rdp_writer *w, const char *text, size_t n);

/*
 * Lengths precede what they count.  These functions write them when it is there: @at is
 * the position of two bytes that were written as zero.
 */
void rdp_set_be16(struct rdp_writer *w, size_t at, size_t v);
void rdp_set_le16(struct rdp_writer *w, size_t at, size_t v);

#endif
