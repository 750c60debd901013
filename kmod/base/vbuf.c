// SPDX-License-Identifier: GPL-2.0-only
/* Owned, accounted, wiped buffers. */
#include "vbuf.h"

#include <linux/err.h>
#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>

#include "mem.h"
#include "quota_scope.h"

/*
 * Bytes. Far above the largest message, a helper message of 256 KiB. A larger
 * request is a bug of this module.
 */
#define VBUF_MAX	(1024 * 1024)

/*
 * Bytes. Up to a page memory comes from the slab allocator, in the size that is asked
 * for, which is also what is charged: at least half of what the allocator takes. Above it,
 * from vmalloc(), in whole pages and with an unmapped page behind them: a mapping costs
 * some thousand instructions, and sooner or later a flush of all processors' TLBs.
 */
#define VBUF_SMALL	PAGE_SIZE

static bool vbuf_is_small(size_t cap)
{
	return cap <= VBUF_SMALL;
}

/* Too large a request fails as without memory. */
static int vbuf_alloc(struct cssp_vbuf *b, size_t cap)
{
	int ret;

	if (cap > VBUF_MAX)
		return -ENOMEM;
	*b = (struct cssp_vbuf){ .cap = vbuf_is_small(cap) ? cap : PAGE_ALIGN(cap) };
	ret = cssp_vbuf_charge(b);
	if (ret)
		return ret;
	b->data = vbuf_is_small(cap) ? kmalloc(cap, CSSP_GFP) : __vmalloc(b->cap, CSSP_GFP);
	if (b->data)
		return 0;
	cssp_vbuf_free(b);
	return -ENOMEM;
}

/* @new: out: a larger buffer with the same contents. */
static int vbuf_grown(struct cssp_vbuf *new, const struct cssp_vbuf *b, size_t cap)
{
	int ret = vbuf_alloc(new, cap);

	if (ret)
		return ret;
	if (b->len)
		memcpy(new->data, b->data, b->len);
	new->len = b->len;
	return 0;
}

int cssp_vbuf_reserve(struct cssp_vbuf *b, size_t cap)
{
	struct cssp_vbuf new;
	int ret;

	if (cap <= b->cap)
		return 0;
	ret = vbuf_grown(&new, b, cap);
	if (!ret)
		cssp_vbuf_move(b, &new);
	return ret;
}

int cssp_vbuf_append(struct cssp_vbuf *b, const void *p, size_t n)
{
	size_t need = size_add(b->len, n);
	size_t cap = max_t(size_t, need, min_t(size_t, 2 * b->cap, VBUF_MAX));
	struct cssp_vbuf new = {};
	int ret;

	if (!n)
		return 0;
	if (need <= b->cap) {
		memcpy(b->data + b->len, p, n);
		b->len = need;
		return 0;
	}
	ret = vbuf_grown(&new, b, cap);
	if (ret)
		return ret;
	/* Copy before the old memory is freed: @p may point into it. */
	memcpy(new.data + new.len, p, n);
	new.len = need;
	cssp_vbuf_move(b, &new);
	return 0;
}

int cssp_vbuf_append_string(struct cssp_vbuf *b, const struct cssp_rd *string, u32 *offset,
			    u32 *length)
{
	*offset = b->len;
	*length = string->left;
	return cssp_vbuf_append(b, string->p, string->left) ?: cssp_vbuf_append(b, "", 1);
}

int cssp_vbuf_set(struct cssp_vbuf *b, const struct cssp_rd *rd)
{
	struct cssp_vbuf new;
	size_t n = rd->left;
	int ret;

	if (n <= b->cap) {
		if (n)
			memmove(b->data, rd->p, n);
		if (n < b->len)
			memzero_explicit(b->data + n, b->len - n);
		b->len = n;
		return 0;
	}
	ret = vbuf_alloc(&new, n);
	if (ret)
		return ret;
	memcpy(new.data, rd->p, n);
	new.len = n;
	cssp_vbuf_move(b, &new);
	return 0;
}

void cssp_vbuf_consume(struct cssp_vbuf *b, size_t n)
{
	size_t rest = b->len - min(n, b->len);

	if (!b->len)
		return;
	if (rest)
		memmove(b->data, b->data + (b->len - rest), rest);
	memzero_explicit(b->data + rest, b->len - rest);
	b->len = rest;
}

void cssp_vbuf_clear(struct cssp_vbuf *b)
{
	/* All of it: a writer may have left bytes past @len. */
	if (b->data)
		memzero_explicit(b->data, b->cap);
	b->len = 0;
}

void cssp_vbuf_free(struct cssp_vbuf *b)
{
	kvfree_sensitive(b->data, b->cap);
	cssp_quota_uncharge(b->quota, CSSP_BUFFER_BYTES, b->cap);
	*b = (struct cssp_vbuf){};
}

void cssp_vbuf_move(struct cssp_vbuf *to, struct cssp_vbuf *from)
{
	if (to == from)
		return;
	cssp_vbuf_free(to);
	*to = *from;
	*from = (struct cssp_vbuf){};
}

int cssp_vbuf_charge(struct cssp_vbuf *b)
{
	struct cssp_quota *quota;

	if (!b->cap || b->quota)
		return 0;
	quota = cssp_quota_scope_charge(b->cap);
	if (IS_ERR(quota)) {
		cssp_vbuf_free(b);
		return PTR_ERR(quota);
	}
	b->quota = quota;
	return 0;
}
