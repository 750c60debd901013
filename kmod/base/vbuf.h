/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Owned bytes: vmalloc'd, accounted to the caller's cgroup, charged to the user
 * whom the thread works for (scope.h), wiped when freed.
 * Tokens and secrets alike live in these, so that nothing has to be sorted
 * into "needs wiping" and "does not".
 */
#ifndef CSSP_BASE_VBUF_H
#define CSSP_BASE_VBUF_H

#include "buf.h"

struct cssp_quota;

/**
 * struct cssp_vbuf - bytes that we own
 * @data: vmalloc'd, or NULL
 * @len: bytes in use
 * @cap: bytes allocated; all of them are wiped when the buffer is freed
 * @quota: to whom @cap bytes are charged, or NULL
 *
 * All-zero is a valid empty buffer.
 */
struct cssp_vbuf {
	u8 *data;
	size_t len;
	size_t cap;
	struct cssp_quota *quota;
};

/*
 * Where these say -ENOMEM they may also return -EDQUOT: it is too much for the
 * user.
 */

/* Make room for @cap bytes in all; contents stay. 0 or -ENOMEM. */
int __must_check cssp_vbuf_reserve(struct cssp_vbuf *b, size_t cap);
/* Append @n bytes. 0 or -ENOMEM. */
int __must_check cssp_vbuf_append(struct cssp_vbuf *b, const void *p, size_t n);
/* Replace the contents by a copy of @rd. 0 or -ENOMEM (then unchanged). */
int __must_check cssp_vbuf_set(struct cssp_vbuf *b, const struct cssp_rd *rd);
/* Drop the first @n bytes (at most len), wiping what they were. */
void cssp_vbuf_consume(struct cssp_vbuf *b, size_t n);
/* Wipe the contents, keep the memory. */
void cssp_vbuf_clear(struct cssp_vbuf *b);
/* Wipe and free; the buffer is empty and usable again. */
void cssp_vbuf_free(struct cssp_vbuf *b);
/* Take over the contents of @from, which becomes empty; @to's are freed. */
void cssp_vbuf_move(struct cssp_vbuf *to, struct cssp_vbuf *from);
/* Charge a buffer that was made for nobody. 0, or the buffer is freed. */
int __must_check cssp_vbuf_charge(struct cssp_vbuf *b);
/* Give the memory away, to be freed with vfree(); the buffer becomes empty. */
u8 *cssp_vbuf_disown(struct cssp_vbuf *b);

static inline struct cssp_rd cssp_vbuf_rd(const struct cssp_vbuf *b)
{
	return cssp_rd_of(b->data, b->len);
}

#endif
