/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the fuzzers share.  Each has one LLVMFuzzerTestOneInput(), which runs
 * its decoders over the input and checks what holds for any input.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A thing that must hold, or the codec is wrong. */
#define HOLDS(condition)						\
do {									\
	if (!(condition)) {						\
		fprintf(stderr, "%s:%d: does not hold: %s\n", __FILE__,	\
			__LINE__, #condition);				\
		abort();						\
	}								\
} while (0)

/* Room of just @size bytes to encode into. */
static inline struct cssp_wr fuzz_room(size_t size)
{
	u8 *room = malloc(size);

	HOLDS(room || !size);
	return cssp_wr_of(room, size);
}

/* What was encoded: everything fitted, and the measured size was right. */
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

/* A view that a decoder gave lies inside what it was given. */
static inline bool fuzz_inside(const struct cssp_rd *view, const struct cssp_rd *whole)
{
	return !view->left || (view->p >= whole->p && view->left <= whole->left &&
			       view->p - whole->p <= (ptrdiff_t)(whole->left - view->left));
}

#endif
