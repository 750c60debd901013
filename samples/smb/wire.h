/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounded reading and writing of packets.  Every byte that the server sent is read by these
 * functions.  All numbers of SMB2 are little-endian.
 *
 * An error is kept: a reader that was asked for more than it has gives zeros from then on
 * and is @bad; a writer without room writes nothing more and is @full.  So a parser reads
 * a whole structure, then checks once, and does not use the values before that.
 */
#ifndef SMB_WIRE_H
#define SMB_WIRE_H

#include <linux/types.h>

/**
 * struct smb_reader - the part of a packet that has not been read
 * @p: next byte; not owned
 * @left: bytes at @p
 * @bad: more was asked for than there was
 */
struct smb_reader {
	const u8 *p;
	size_t left;
	bool bad;
};

/**
 * struct smb_writer - a packet in the making
 * @p: its first byte; not owned
 * @length: bytes written
 * @room: bytes at @p
 * @full: there was no room for all
 */
struct smb_writer {
	u8 *p;
	size_t length;
	size_t room;
	bool full;
};

u8 smb_get_u8(struct smb_reader *r);
u16 smb_get_le16(struct smb_reader *r);
u32 smb_get_le32(struct smb_reader *r);
u64 smb_get_le64(struct smb_reader *r);
void smb_skip(struct smb_reader *r, size_t n);
/* The next @n bytes to @to. */
void smb_get_bytes(struct smb_reader *r, void *to, size_t n);
/* The next @n bytes as a reader of their own; if there are fewer, both are bad. */
struct smb_reader smb_get_part(struct smb_reader *r, size_t n);
/*
 * @n bytes at @offset of a whole packet, of which @r may have been read in part: offsets of
 * SMB2 count from the first byte of its header.  An empty part may have any offset.
 */
struct smb_reader smb_get_at(const struct smb_reader *whole, size_t offset, size_t n);

void smb_put_u8(struct smb_writer *w, u8 v);
void smb_put_le16(struct smb_writer *w, u16 v);
void smb_put_le32(struct smb_writer *w, u32 v);
void smb_put_le64(struct smb_writer *w, u64 v);
void smb_put_bytes(struct smb_writer *w, const void *bytes, size_t n);
void smb_put_zeros(struct smb_writer *w, size_t n);
/* Zeros up to a multiple of eight. */
void smb_put_align(struct smb_writer *w);
/* ASCII text as UTF-16LE, without a NUL. */
void smb_put_utf16(struct smb_writer *w, const char *ascii);
/* Overwrite what was written at @at. */
void smb_set_bytes(struct smb_writer *w, size_t at, const void *bytes, size_t n);
void smb_set_le32(struct smb_writer *w, size_t at, u32 v);

#endif
