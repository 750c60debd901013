/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers of the fuzzers. Each fuzzer has one LLVMFuzzerTestOneInput(), which runs
 * its decoders on the input and checks conditions that hold for every input.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Abort if @condition is false: the codec has a bug. */
#define HOLDS(condition)						\
do {									\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__,	\
			__LINE__, #condition);				\
		abort();						\
	}								\
} while (0)

/* A writer of exactly @size bytes; the caller frees its buf. */
static inline struct cssp_wr fuzz_room(size_t size)
{
	u8 *room = malloc(size);

	HOLDS(room || !size);
	return cssp_wr_of(room, size);
}

/* The encoded bytes, which must have exactly the measured size. */
static inline struct cssp_rd fuzz_written(const struct cssp_wr *wr)
{
	HOLDS(!cssp_wr_done(wr));
	HOLDS(wr->len == wr->size);
	return cssp_rd_of(wr->buf, wr->len);
}

static inline bool fuzz_same(const struct cssp_rd *a, const struct cssp_rd *b)
{
	return cssp_rd_equal(a, b->p, b->left);
}

/* Tell whether a decoded view lies inside the input. */
static inline bool fuzz_inside(const struct cssp_rd *view, const struct cssp_rd *whole)
{
	return !view->left || (view->p >= whole->p && view->left <= whole->left &&
			       view->p - whole->p <= (ptrdiff_t)(whole->left - view->left));
}

#endif
