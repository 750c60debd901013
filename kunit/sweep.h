/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Sweeps over a well-formed message: cut short at every length, and with every
 * single bit flipped. Each input has memory of exactly its size.
 */
#ifndef KUNIT_SWEEP_H
#define KUNIT_SWEEP_H

#include <linux/slab.h>
#include "util.h"

/* Decode @rd, and check the result if it is accepted. 0 or negative errno. */
#define SWEEP_DECODER(name)	int name(struct kunit *test, const struct cssp_rd *rd)

/* Decode the first @len bytes of @whole. */
static inline int sweep_cut(struct kunit *test, const struct cssp_rd *whole, size_t len,
			    SWEEP_DECODER((*decode)))
{
	struct cssp_rd rd;
	u8 *copy;
	int err;

	copy = kmemdup(whole->p, len, GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, copy);
	rd = cssp_rd_of(copy, len);
	err = decode(test, &rd);
	kfree(copy);
	return err;
}

/* Every shorter message is refused, also one of zero bytes. */
static inline void sweep_cuts(struct kunit *test, const struct cssp_rd *whole,
			      SWEEP_DECODER((*decode)))
{
	size_t len;

	for (len = 0; len < whole->left; len++)
		KUNIT_EXPECT_LT_MSG(test, sweep_cut(test, whole, len, decode), 0,
				    "cut to %zu of %zu bytes", len, whole->left);
}

/* With any bit flipped, the decoder refuses the message or decodes it consistently. */
static inline void sweep_flips(struct kunit *test, const struct cssp_rd *whole,
			       SWEEP_DECODER((*decode)))
{
	struct cssp_rd rd = test_copy(test, whole);
	u8 *copy = (u8 *)rd.p;
	size_t flip;

	for (flip = 0; flip < 8 * whole->left; flip++) {
		copy[flip / 8] ^= 1 << flip % 8;
		KUNIT_EXPECT_LE_MSG(test, decode(test, &rd), 0, "bit %zu", flip);
		copy[flip / 8] ^= 1 << flip % 8;
	}
}

/* The message itself is accepted; then both sweeps. */
static inline void sweep(struct kunit *test, const char *hex, SWEEP_DECODER((*decode)))
{
	struct cssp_rd whole = test_hex(test, hex);

	KUNIT_ASSERT_EQ(test, decode(test, &whole), 0);
	sweep_cuts(test, &whole, decode);
	sweep_flips(test, &whole, decode);
}

/* Room of exactly @size bytes for an encoder, not owned by the test. */
static inline struct cssp_wr sweep_room(struct kunit *test, size_t size)
{
	u8 *room = kmalloc(size, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, room);
	return cssp_wr_of(room, size);
}

/* The encoded bytes, which must have exactly the measured size. */
static inline struct cssp_rd sweep_written(struct kunit *test, const struct cssp_wr *wr)
{
	KUNIT_EXPECT_EQ(test, cssp_wr_done(wr), 0);
	KUNIT_EXPECT_EQ(test, wr->len, wr->size);
	return cssp_rd_of(wr->buf, wr->len);
}

#endif
