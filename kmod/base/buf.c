// SPDX-License-Identifier: GPL-2.0-only
/* Bounded reader and writer. */
#include "buf.h"
#include "compat.h"

/* The only function that advances a reader. */
static const u8 *rd_take(struct cssp_rd *rd, size_t n)
{
	const u8 *p = rd->p;

	if (n > rd->left)
		return NULL;
	rd->p += n;
	rd->left -= n;
	return p;
}

int cssp_rd_u8(struct cssp_rd *rd, u8 *v)
{
	const u8 *p = rd_take(rd, sizeof(*v));

	if (!p)
		return -EBADMSG;
	*v = *p;
	return 0;
}

int cssp_rd_le16(struct cssp_rd *rd, u16 *v)
{
	const u8 *p = rd_take(rd, sizeof(*v));

	if (!p)
		return -EBADMSG;
	*v = get_unaligned_le16(p);
	return 0;
}

int cssp_rd_le32(struct cssp_rd *rd, u32 *v)
{
	const u8 *p = rd_take(rd, sizeof(*v));

	if (!p)
		return -EBADMSG;
	*v = get_unaligned_le32(p);
	return 0;
}

int cssp_rd_le64(struct cssp_rd *rd, u64 *v)
{
	const u8 *p = rd_take(rd, sizeof(*v));

	if (!p)
		return -EBADMSG;
	*v = get_unaligned_le64(p);
	return 0;
}

int cssp_rd_be16(struct cssp_rd *rd, u16 *v)
{
	const u8 *p = rd_take(rd, sizeof(*v));

	if (!p)
		return -EBADMSG;
	*v = get_unaligned_be16(p);
	return 0;
}

int cssp_rd_be32(struct cssp_rd *rd, u32 *v)
{
	const u8 *p = rd_take(rd, sizeof(*v));

	if (!p)
		return -EBADMSG;
	*v = get_unaligned_be32(p);
	return 0;
}

int cssp_rd_copy(struct cssp_rd *rd, void *dst, size_t n)
{
	struct cssp_rd sub;
	int ret;

	ret = cssp_rd_sub(rd, n, &sub);
	if (ret)
		return ret;
	/* An empty view may have no address, and memcpy() must not get NULL. */
	if (n)
		memcpy(dst, sub.p, n);
	return 0;
}

int cssp_rd_skip(struct cssp_rd *rd, size_t n)
{
	struct cssp_rd sub;

	return cssp_rd_sub(rd, n, &sub);
}

int cssp_rd_sub(struct cssp_rd *rd, size_t n, struct cssp_rd *sub)
{
	if (n > rd->left)
		return -EBADMSG;
	*sub = cssp_rd_of(rd_take(rd, n), n);
	return 0;
}

int cssp_rd_at(const struct cssp_rd *whole, u32 off, u32 n, struct cssp_rd *sub)
{
	struct cssp_rd rd = *whole;
	int ret;

	/* Two checked steps, so that there is no sum of offset and length to overflow. */
	ret = cssp_rd_skip(&rd, off);
	if (ret)
		return ret;
	return cssp_rd_sub(&rd, n, sub);
}

int cssp_rd_end(const struct cssp_rd *rd)
{
	return rd->left ? -EBADMSG : 0;
}

bool cssp_rd_equal(const struct cssp_rd *rd, const void *p, size_t n)
{
	return rd->left == n && (!n || !memcmp(rd->p, p, n));
}

u8 *cssp_wr_take(struct cssp_wr *wr, size_t n)
{
	u8 *p;

	if (wr->overflow || n > wr->size - wr->len) {
		wr->overflow = true;
		return NULL;
	}
	p = wr->buf + wr->len;
	wr->len += n;
	return p;
}

void cssp_wr_fail(struct cssp_wr *wr)
{
	wr->overflow = true;
}

void cssp_wr_u8(struct cssp_wr *wr, u8 v)
{
	u8 *p = cssp_wr_take(wr, sizeof(v));

	if (p)
		*p = v;
}

void cssp_wr_le16(struct cssp_wr *wr, u16 v)
{
	u8 *p = cssp_wr_take(wr, sizeof(v));

	if (p)
		put_unaligned_le16(v, p);
}

void cssp_wr_le32(struct cssp_wr *wr, u32 v)
{
	u8 *p = cssp_wr_take(wr, sizeof(v));

	if (p)
		put_unaligned_le32(v, p);
}

void cssp_wr_le64(struct cssp_wr *wr, u64 v)
{
	u8 *p = cssp_wr_take(wr, sizeof(v));

	if (p)
		put_unaligned_le64(v, p);
}

void cssp_wr_be16(struct cssp_wr *wr, u16 v)
{
	u8 *p = cssp_wr_take(wr, sizeof(v));

	if (p)
		put_unaligned_be16(v, p);
}

void cssp_wr_be32(struct cssp_wr *wr, u32 v)
{
	u8 *p = cssp_wr_take(wr, sizeof(v));

	if (p)
		put_unaligned_be32(v, p);
}

void cssp_wr_copy(struct cssp_wr *wr, const void *src, size_t n)
{
	u8 *p = cssp_wr_take(wr, n);

	if (p && n)
		memcpy(p, src, n);
}

void cssp_wr_rd(struct cssp_wr *wr, const struct cssp_rd *rd)
{
	cssp_wr_copy(wr, rd->p, rd->left);
}

void cssp_wr_zero(struct cssp_wr *wr, size_t n)
{
	u8 *p = cssp_wr_take(wr, n);

	if (p && n)
		memset(p, 0, n);
}

int cssp_wr_done(const struct cssp_wr *wr)
{
	return wr->overflow ? -EMSGSIZE : 0;
}
