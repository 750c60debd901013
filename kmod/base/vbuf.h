/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owned bytes: accounted to the caller's cgroup, charged to the quota of the user that
 * the thread works for (quota_scope.h), wiped when freed.
 * All tokens live in these, secret or not, so that no secret is left out by mistake.
 */
#ifndef CSSP_BASE_VBUF_H
#define CSSP_BASE_VBUF_H

#include "buf.h"

struct cssp_quota;

/**
 * struct cssp_vbuf - owned bytes
 * @data: kmalloc'd up to a page, else vmalloc'd; or NULL
 * @len: bytes in use
 * @cap: bytes allocated; all of them are wiped when the buffer is freed
 * @quota: quota that @cap bytes are charged to, with a reference; NULL for none
 *
 * All-zero is a valid empty buffer.
 */
struct cssp_vbuf {
	u8 *data;
	size_t len;
	size_t cap;
	struct cssp_quota *quota;
};

/* Functions that return -ENOMEM also return -EDQUOT, when the user's quota is used up. */

/* Allocate at least @cap bytes in all, and keep the contents. 0 or -ENOMEM. */
int __must_check cssp_vbuf_reserve(struct cssp_vbuf *b, size_t cap);
/* Append @n bytes, which may lie in @b itself. 0 or -ENOMEM. */
int __must_check cssp_vbuf_append(struct cssp_vbuf *b, const void *p, size_t n);
/*
 * Append a string and a NUL, for an attribute (credssp_attr.h): @offset and @length: out: where
 * it is in @b, and its bytes without the NUL. 0 or -ENOMEM.
 */
int __must_check cssp_vbuf_append_string(struct cssp_vbuf *b, const struct cssp_rd *string,
					 u32 *offset, u32 *length);
/* Replace the contents by a copy of @rd. 0, or -ENOMEM with the contents unchanged. */
int __must_check cssp_vbuf_set(struct cssp_vbuf *b, const struct cssp_rd *rd);
/* Drop the first @n bytes (at most @len), and wipe the memory that becomes unused. */
void cssp_vbuf_consume(struct cssp_vbuf *b, size_t n);
/* Wipe the contents, keep the memory. */
void cssp_vbuf_clear(struct cssp_vbuf *b);
/* Wipe and free; @b is a valid empty buffer afterwards. */
void cssp_vbuf_free(struct cssp_vbuf *b);
/* Move @from to @to: @to's old contents are freed, @from becomes empty. */
void cssp_vbuf_move(struct cssp_vbuf *to, struct cssp_vbuf *from);
/*
 * Charge a buffer that was allocated outside of any scope to the scope of this
 * thread. 0, or -ENOMEM with the buffer freed.
 */
int __must_check cssp_vbuf_charge(struct cssp_vbuf *b);

static inline struct cssp_rd cssp_vbuf_rd(const struct cssp_vbuf *b)
{
	return cssp_rd_of(b->data, b->len);
}

#endif
