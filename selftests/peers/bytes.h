/* SPDX-License-Identifier: GPL-2.0-only */
/* Growing buffers and bounded views, for test peers. When out of memory the program ends. */
#ifndef PEER_BYTES_H
#define PEER_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A view of bytes, which it does not own. */
struct span {
	const uint8_t *p;
	size_t len;
};

/**
 * struct bytes - an owned, growing buffer; all-zero is empty
 * @p: malloc'd
 * @len: bytes in use
 * @cap: bytes allocated
 */
struct bytes {
	uint8_t *p;
	size_t len;
	size_t cap;
};

void bytes_add(struct bytes *b, const void *p, size_t n);
void bytes_span(struct bytes *b, struct span s);
void bytes_u8(struct bytes *b, uint8_t v);
void bytes_le16(struct bytes *b, uint16_t v);
void bytes_le32(struct bytes *b, uint32_t v);
void bytes_le64(struct bytes *b, uint64_t v);
void bytes_zero(struct bytes *b, size_t n);
/* Insert @n bytes at @at, which is not past the end. */
void bytes_insert(struct bytes *b, size_t at, const void *p, size_t n);
/* Drop the first @n bytes. */
void bytes_drop(struct bytes *b, size_t n);
void bytes_set(struct bytes *b, struct span s);
void bytes_free(struct bytes *b);
/* ASCII or UTF-8 to UTF-16LE; malformed bytes end the program. */
void bytes_utf16(struct bytes *b, const char *utf8);

static inline struct span span_of(const struct bytes *b)
{
	return (struct span){ b->p, b->len };
}

static inline struct span span(const void *p, size_t len)
{
	return (struct span){ p, len };
}

/* Split off the first @n bytes; false, without any change, if there are fewer. */
bool span_take(struct span *s, size_t n, struct span *out);
/* The @len bytes at @off. */
bool span_at(struct span whole, uint32_t off, uint32_t len, struct span *out);
bool span_equal(struct span a, struct span b);

uint16_t get_le16(const uint8_t *p);
uint32_t get_le32(const uint8_t *p);
void put_le32(uint8_t *p, uint32_t v);

/* UTF-16LE to UTF-8 for one log line: odd lengths and control characters become '?'. */
void utf16_to_text(struct span s, char *out, size_t size);
/* Each code unit upcased by itself (MS-NLMP 3.3.2 UpperCase). */
void utf16_upper(struct bytes *b, struct span s);

#endif
