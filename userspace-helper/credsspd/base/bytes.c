// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "bytes.h"

/* The first allocation: a ClientHello and most other flights fit. */
#define FIRST_CAP 2048

static int grow(struct bytes *b, size_t cap)
{
	uint8_t *data = malloc(cap);

	if (!data)
		return -ENOMEM;
	if (b->len)
		memcpy(data, b->data, b->len);
	if (b->data)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	b->data = data;
	b->cap = cap;
	return 0;
}

int bytes_append(struct bytes *b, const void *p, size_t n, size_t limit)
{
	size_t cap = b->cap ? b->cap : FIRST_CAP;
	int err;

	if (b->len > limit || n > limit - b->len)
		return -EMSGSIZE;
	while (cap - b->len < n)
		cap *= 2;
	if (cap != b->cap) {
		err = grow(b, cap);
		if (err)
			return err;
	}
	if (n)
		memcpy(b->data + b->len, p, n);
	b->len += n;
	return 0;
}

void bytes_free(struct bytes *b)
{
	if (b->data)
		explicit_bzero(b->data, b->cap);
	free(b->data);
	*b = (struct bytes){0};
}

void *writer_take(struct writer *w, size_t n)
{
	void *place;

	if (w->overflow || n > w->room - w->len) {
		w->overflow = true;
		return NULL;
	}
	place = w->data + w->len;
	w->len += n;
	return place;
}

void writer_put(struct writer *w, const void *p, size_t n)
{
	void *place = writer_take(w, n);

	if (place && n)
		memcpy(place, p, n);
}

void writer_put_be32(struct writer *w, uint32_t v)
{
	const uint8_t be[4] = { v >> 24, v >> 16, v >> 8, v };

	writer_put(w, be, sizeof(be));
}
