/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Bounded reader and writer: the only code that touches packet bytes by
 * position. A reader can be narrowed and split, but never widened. A writer
 * latches its first overflow; its user checks it once, at the end.
 */
#ifndef CSSP_BASE_BUF_H
#define CSSP_BASE_BUF_H

#include <linux/compiler.h>
#include <linux/errno.h>
#include <linux/string.h>
#include <linux/types.h>

/**
 * struct cssp_rd - a bounded view of borrowed bytes
 * @p: next byte
 * @left: bytes that remain
 */
struct cssp_rd {
	const u8 *p;
	size_t left;
};

static inline struct cssp_rd cssp_rd_of(const void *p, size_t len)
{
	return (struct cssp_rd){ .p = p, .left = len };
}

/* These return 0; or -EBADMSG when @rd is too short, and leave it unchanged. */
int __must_check cssp_rd_u8(struct cssp_rd *rd, u8 *v);
int __must_check cssp_rd_le16(struct cssp_rd *rd, u16 *v);
int __must_check cssp_rd_le32(struct cssp_rd *rd, u32 *v);
int __must_check cssp_rd_le64(struct cssp_rd *rd, u64 *v);
int __must_check cssp_rd_be16(struct cssp_rd *rd, u16 *v);
int __must_check cssp_rd_be32(struct cssp_rd *rd, u32 *v);
int __must_check cssp_rd_copy(struct cssp_rd *rd, void *dst, size_t n);
int __must_check cssp_rd_skip(struct cssp_rd *rd, size_t n);
/* Split off the next @n bytes as a reader. */
int __must_check cssp_rd_sub(struct cssp_rd *rd, size_t n, struct cssp_rd *sub);
/* A view of @n bytes at offset @off of @whole, which is unchanged. */
int __must_check cssp_rd_at(const struct cssp_rd *whole, u32 off, u32 n,
			    struct cssp_rd *sub);
/* 0 at the end of @rd, else -EBADMSG: trailing bytes are never ignored. */
int __must_check cssp_rd_end(const struct cssp_rd *rd);
/* Tell whether @rd is exactly the @n bytes at @p. Not for secrets. */
bool cssp_rd_equal(const struct cssp_rd *rd, const void *p, size_t n);

/**
 * struct cssp_wr - a bounded writer into memory of the caller
 * @buf: start of the memory
 * @size: bytes of memory
 * @len: bytes written
 * @overflow: a write did not fit; no further byte is written
 */
struct cssp_wr {
	u8 *buf;
	size_t size;
	size_t len;
	bool overflow;
};

static inline struct cssp_wr cssp_wr_of(void *buf, size_t size)
{
	return (struct cssp_wr){ .buf = buf, .size = size };
}

void cssp_wr_u8(struct cssp_wr *wr, u8 v);
void cssp_wr_le16(struct cssp_wr *wr, u16 v);
void cssp_wr_le32(struct cssp_wr *wr, u32 v);
void cssp_wr_le64(struct cssp_wr *wr, u64 v);
void cssp_wr_be16(struct cssp_wr *wr, u16 v);
void cssp_wr_be32(struct cssp_wr *wr, u32 v);
void cssp_wr_copy(struct cssp_wr *wr, const void *src, size_t n);
void cssp_wr_rd(struct cssp_wr *wr, const struct cssp_rd *rd);
void cssp_wr_zero(struct cssp_wr *wr, size_t n);
/* Reserve the next @n bytes, for the caller to fill; NULL after an overflow. */
u8 *cssp_wr_take(struct cssp_wr *wr, size_t n);
/* Latch a failure of another kind, e.g. a field too long for its length. */
void cssp_wr_fail(struct cssp_wr *wr);
/* 0, or -EMSGSIZE after an overflow. */
int __must_check cssp_wr_done(const struct cssp_wr *wr);

#endif
