/* SPDX-License-Identifier: GPL-2.0-only */
/* A growing buffer (owned), and a writer to a bounded buffer (borrowed). */
#ifndef CREDSSPD_BYTES_H
#define CREDSSPD_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All-zero is empty. */
struct bytes {
	uint8_t *data;
	size_t len;
	size_t cap;
};

/* Append @n bytes, up to @limit in all. 0, -ENOMEM or -EMSGSIZE. */
int bytes_append(struct bytes *b, const void *p, size_t n, size_t limit);
/* Wipe and free. */
void bytes_free(struct bytes *b);

/* A writer latches its first overflow, so that one check at the end is enough. */
struct writer {
	uint8_t *data;
	size_t room;
	size_t len;
	bool overflow;
};

/* Room for @n bytes to be filled by the caller, or NULL. */
void *writer_take(struct writer *w, size_t n);
void writer_put(struct writer *w, const void *p, size_t n);
void writer_put_be32(struct writer *w, uint32_t v);

#endif
