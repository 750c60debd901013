/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Helpers of all suites. Vectors are written in hex. While a test runs, each vector
 * has memory of exactly its size, so that KASAN detects a read past its end.
 */
#ifndef KUNIT_UTIL_H
#define KUNIT_UTIL_H

#include <kunit/test.h>
#include <linux/hex.h>
#include <linux/limits.h>
#include "base/buf.h"

/* A copy of @rd in memory of exactly that size, freed with the test. */
static inline struct cssp_rd test_copy(struct kunit *test, const struct cssp_rd *rd)
{
	u8 *copy = kunit_kmalloc(test, rd->left, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, copy);
	if (rd->left)
		memcpy(copy, rd->p, rd->left);
	return cssp_rd_of(copy, rd->left);
}

/* Number of bytes of @hex, which may have spaces between bytes. */
static inline size_t test_hex_size(const char *hex)
{
	size_t digits = 0;

	for (; *hex; hex++)
		digits += *hex != ' ';
	return digits / 2;
}

/* Write the bytes of @hex to @to; there must be @n. */
static inline void test_hex_into(struct kunit *test, const char *hex, void *to, size_t n)
{
	u8 *byte = to;

	KUNIT_ASSERT_EQ(test, test_hex_size(hex), n);
	for (; *hex; hex += *hex == ' ' ? 1 : 2)
		if (*hex != ' ')
			KUNIT_ASSERT_EQ(test, hex2bin(byte++, hex, 1), 0);
}

/* The bytes of @hex in memory of exactly that size, freed with the test. */
static inline struct cssp_rd test_hex(struct kunit *test, const char *hex)
{
	size_t n = test_hex_size(hex);
	u8 *bytes = kunit_kmalloc(test, n, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, bytes);
	test_hex_into(test, hex, bytes, n);
	return cssp_rd_of(bytes, n);
}

/* Zeroed memory of exactly @n bytes, freed with the test. */
static inline u8 *test_room(struct kunit *test, size_t n)
{
	u8 *room = kunit_kzalloc(test, n, GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, room);
	return room;
}

static inline struct cssp_rd test_str(const char *str)
{
	return cssp_rd_of(str, strlen(str));
}

/* Expect that @rd has exactly the bytes of @want. */
static inline void test_expect_same(struct kunit *test, const struct cssp_rd *rd,
				    const struct cssp_rd *want)
{
	KUNIT_EXPECT_EQ(test, rd->left, want->left);
	if (rd->left == want->left && rd->left)
		KUNIT_EXPECT_MEMEQ(test, rd->p, want->p, want->left);
}

/* Expect that @rd has exactly the bytes of @hex. */
static inline void test_expect_hex(struct kunit *test, const struct cssp_rd *rd,
				   const char *hex)
{
	struct cssp_rd want = test_hex(test, hex);

	test_expect_same(test, rd, &want);
}

#endif
