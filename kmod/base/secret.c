// SPDX-License-Identifier: GPL-2.0-only
/* Owned, accounted, wiped buffers. */
#include "secret.h"

#include <linux/mm.h>
#include <linux/overflow.h>
#include <linux/vmalloc.h>

/*
 * Far above every message here (the largest is a helper message of 256 KiB):
 * a request past it is a mistake of ours, not something to try.
 */
#define VBUF_MAX	(1024 * 1024)

/* Whole pages are what vmalloc gives; fails like an exhausted cgroup does. */
static u8 *vbuf_alloc(size_t *cap)
{
	if (*cap > VBUF_MAX)
		return NULL;
	*cap = PAGE_ALIGN(*cap);
	return __vmalloc(*cap, GFP_KERNEL_ACCOUNT);
}

/* Put @data, which already holds the contents, in the place of what @b has. */
static void vbuf_replace(struct cssp_vbuf *b, u8 *data, size_t cap)
{
	kvfree_sensitive(b->data, b->cap);
	b->data = data;
	b->cap = cap;
}

int cssp_vbuf_reserve(struct cssp_vbuf *b, size_t cap)
{
	u8 *data;

	if (cap <= b->cap)
		return 0;
	data = vbuf_alloc(&cap);
	if (!data)
		return -ENOMEM;
	if (b->len)
		memcpy(data, b->data, b->len);
	vbuf_replace(b, data, cap);
	return 0;
}

int cssp_vbuf_append(struct cssp_vbuf *b, const void *p, size_t n)
{
	size_t need = size_add(b->len, n);
	size_t cap = max_t(size_t, need, min_t(size_t, 2 * b->cap, VBUF_MAX));
	u8 *data = b->data;

	if (!n)
		return 0;
	if (need > b->cap) {
		data = vbuf_alloc(&cap);
		if (!data)
			return -ENOMEM;
		if (b->len)
			memcpy(data, b->data, b->len);
	}
	/* Before the old memory goes: @p may point into it. */
	memcpy(data + b->len, p, n);
	if (data != b->data)
		vbuf_replace(b, data, cap);
	b->len = need;
	return 0;
}

int cssp_vbuf_set(struct cssp_vbuf *b, const struct cssp_rd *rd)
{
	size_t n = rd->left;
	size_t cap = n;
	u8 *data;

	if (n <= b->cap) {
		if (n)
			memmove(b->data, rd->p, n);
		if (n < b->len)
			memzero_explicit(b->data + n, b->len - n);
		b->len = n;
		return 0;
	}
	data = vbuf_alloc(&cap);
	if (!data)
		return -ENOMEM;
	memcpy(data, rd->p, n);
	vbuf_replace(b, data, cap);
	b->len = n;
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
	/* All of it: an appended-to writer may have left bytes past @len. */
	if (b->data)
		memzero_explicit(b->data, b->cap);
	b->len = 0;
}

void cssp_vbuf_free(struct cssp_vbuf *b)
{
	kvfree_sensitive(b->data, b->cap);
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
