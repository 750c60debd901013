// SPDX-License-Identifier: GPL-2.0-only
/* kmod/base/iter.c: sources and sinks. A program's memory is tested through the ioctls. */
#include "base/iter.h"
#include "util.h"

static void test_iter_sources(struct kunit *test)
{
	struct cssp_rd ab = test_str("ab"), cde = test_str("cde"), all = test_str("abcde"), now;
	struct cssp_source source;
	struct cssp_vbuf b = {};
	size_t got;
	u8 head[4];

	cssp_source_pair(&source, &ab, &cde);
	KUNIT_EXPECT_TRUE(test, cssp_source_present(&source, 5));
	KUNIT_EXPECT_EQ(test, cssp_source_peek(&source, head, 4, &got), 0);
	KUNIT_EXPECT_EQ(test, got, 4);
	KUNIT_EXPECT_MEMEQ(test, head, "abcd", 4);
	KUNIT_EXPECT_EQ(test, cssp_source_left(&source), 5);
	KUNIT_EXPECT_EQ(test, cssp_source_load(&source, &b), 0);
	KUNIT_EXPECT_EQ(test, cssp_source_left(&source), 0);
	now = cssp_vbuf_rd(&b);
	test_expect_same(test, &now, &all);
	cssp_source_kernel(&source, &ab);
	KUNIT_EXPECT_EQ(test, cssp_source_peek(&source, head, 4, &got), 0);
	KUNIT_EXPECT_EQ(test, got, 2);
	cssp_vbuf_free(&b);
}

static void test_iter_whole(struct kunit *test)
{
	struct cssp_room room = { .whole = 4, .before = 1, .after = 1 };
	u8 memory[6] = "......";
	struct cssp_sink sink;

	cssp_sink_kernel(&sink, memory, 3);
	KUNIT_EXPECT_FALSE(test, cssp_sink_fits(&sink, &room));
	cssp_sink_kernel(&sink, memory, sizeof(memory));
	KUNIT_EXPECT_TRUE(test, cssp_sink_fits(&sink, &room));
	KUNIT_ASSERT_EQ(test, cssp_sink_open(&sink, &room), 0);
	KUNIT_EXPECT_EQ(test, cssp_sink_put(&sink, "abcd", 4), 0);
	/* Never more than the result was said to have, whatever the caller has. */
	KUNIT_EXPECT_EQ(test, cssp_sink_put(&sink, "e", 1), -EFAULT);
	KUNIT_EXPECT_MEMEQ(test, memory, "abcd..", 6);
}

static void test_iter_split(struct kunit *test)
{
	struct cssp_room room = { .whole = 6, .before = 2, .after = 1 };
	u8 before[4] = "....", data[3] = "...", after[2] = "..";
	struct kvec pieces[3] = { { before, 1 }, { data, 3 }, { after, 2 } };
	struct cssp_sink sink;

	cssp_sink_kernel_split(&sink, pieces);
	KUNIT_EXPECT_FALSE(test, cssp_sink_fits(&sink, &room));
	pieces[0].iov_len = 4;
	pieces[2].iov_len = 0;
	cssp_sink_kernel_split(&sink, pieces);
	KUNIT_EXPECT_FALSE(test, cssp_sink_fits(&sink, &room));
	pieces[2].iov_len = 2;
	cssp_sink_kernel_split(&sink, pieces);
	KUNIT_EXPECT_TRUE(test, cssp_sink_fits(&sink, &room));
	KUNIT_ASSERT_EQ(test, cssp_sink_open(&sink, &room), 0);
	KUNIT_EXPECT_EQ(test, cssp_sink_put(&sink, "abcdef", 6), 0);
	KUNIT_EXPECT_EQ(test, cssp_sink_put(&sink, "g", 1), -EFAULT);
	KUNIT_EXPECT_MEMEQ(test, before, "ab..", 4);
	KUNIT_EXPECT_MEMEQ(test, data, "cde", 3);
	KUNIT_EXPECT_MEMEQ(test, after, "f.", 2);
}

static void test_iter_inside(struct kunit *test)
{
	struct cssp_room room = { .whole = 3, .before = 2, .after = 1 };
	u8 memory[8] = "HHcccTee";
	struct cssp_sink sink;

	cssp_sink_kernel_inside(&sink, memory, sizeof(memory));
	KUNIT_EXPECT_TRUE(test, cssp_sink_fits(&sink, &room));
	KUNIT_ASSERT_EQ(test, cssp_sink_open(&sink, &room), 0);
	KUNIT_EXPECT_EQ(test, cssp_sink_put(&sink, "ppp", 3), 0);
	KUNIT_EXPECT_EQ(test, cssp_sink_put(&sink, "p", 1), -EFAULT);
	KUNIT_EXPECT_MEMEQ(test, memory, "HHpppTee", 8);
}

static struct kunit_case iter_cases[] = {
	KUNIT_CASE(test_iter_sources),
	KUNIT_CASE(test_iter_whole),
	KUNIT_CASE(test_iter_split),
	KUNIT_CASE(test_iter_inside),
	{}
};

static struct kunit_suite iter_suite = {
	.name = "credssp_base_iter",
	.test_cases = iter_cases,
};

kunit_test_suite(iter_suite);
