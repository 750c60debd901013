// SPDX-License-Identifier: GPL-2.0-only
/* kmod/base/buf.c: the reader and the writer. */
#include "base/buf.h"
#include "util.h"

static void test_reader_values(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "01 0302 07060504 0f0e0d0c0b0a0908 1011 12131415 aabb");
	u8 b, two[2];
	u16 h;
	u32 w;
	u64 d;

	KUNIT_ASSERT_EQ(test, cssp_rd_u8(&rd, &b), 0);
	KUNIT_EXPECT_EQ(test, b, 0x01);
	KUNIT_ASSERT_EQ(test, cssp_rd_le16(&rd, &h), 0);
	KUNIT_EXPECT_EQ(test, h, 0x0203);
	KUNIT_ASSERT_EQ(test, cssp_rd_le32(&rd, &w), 0);
	KUNIT_EXPECT_EQ(test, w, 0x04050607);
	KUNIT_ASSERT_EQ(test, cssp_rd_le64(&rd, &d), 0);
	KUNIT_EXPECT_EQ(test, d, 0x08090a0b0c0d0e0fULL);
	KUNIT_ASSERT_EQ(test, cssp_rd_be16(&rd, &h), 0);
	KUNIT_EXPECT_EQ(test, h, 0x1011);
	KUNIT_ASSERT_EQ(test, cssp_rd_be32(&rd, &w), 0);
	KUNIT_EXPECT_EQ(test, w, 0x12131415);
	KUNIT_EXPECT_EQ(test, cssp_rd_end(&rd), -EBADMSG);
	KUNIT_ASSERT_EQ(test, cssp_rd_copy(&rd, two, sizeof(two)), 0);
	KUNIT_EXPECT_EQ(test, two[0], 0xaa);
	KUNIT_EXPECT_EQ(test, two[1], 0xbb);
	KUNIT_EXPECT_EQ(test, cssp_rd_end(&rd), 0);
}

/* With one byte too few, each read fails and leaves the reader unchanged. */
static void test_reader_short(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "01020304050607"), sub;
	struct cssp_rd none = {}, one = cssp_rd_of(rd.p, 1), three = cssp_rd_of(rd.p, 3);
	u8 bytes[8];
	u16 h;
	u32 w;
	u64 d;

	KUNIT_EXPECT_EQ(test, cssp_rd_u8(&none, bytes), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_le16(&one, &h), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_be16(&one, &h), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_le32(&three, &w), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_be32(&three, &w), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_le64(&rd, &d), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_copy(&rd, bytes, 8), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_skip(&rd, 8), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_skip(&rd, SIZE_MAX), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_sub(&rd, 8, &sub), -EBADMSG);
	KUNIT_EXPECT_EQ(test, one.left, 1);
	KUNIT_EXPECT_EQ(test, three.left, 3);
	KUNIT_EXPECT_EQ(test, rd.left, 7);
}

static void test_reader_at(struct kunit *test)
{
	static const struct {
		u32 off;
		u32 n;
		int err;
	} cases[] = {
		{ 0, 0, 0 },		{ 0, 4, 0 },		{ 1, 3, 0 },
		{ 4, 0, 0 },		{ 0, 5, -EBADMSG },	{ 1, 4, -EBADMSG },
		{ 4, 1, -EBADMSG },	{ 5, 0, -EBADMSG },
		/* Sums that overflow 32 bits */
		{ 1, U32_MAX, -EBADMSG }, { U32_MAX, 1, -EBADMSG },
		{ U32_MAX, U32_MAX, -EBADMSG }, { 0x80000000, 0x80000000, -EBADMSG },
	};
	struct cssp_rd whole = test_hex(test, "00010203"), sub;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int err = cssp_rd_at(&whole, cases[i].off, cases[i].n, &sub);

		KUNIT_EXPECT_EQ_MSG(test, err, cases[i].err, "case %u", i);
		if (err)
			continue;
		KUNIT_EXPECT_EQ(test, sub.left, cases[i].n);
		KUNIT_EXPECT_PTR_EQ(test, sub.p, whole.p + cases[i].off);
	}
	KUNIT_EXPECT_EQ(test, whole.left, 4);
}

static void test_reader_equal(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "0102"), none = {};

	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&rd, "\x01\x02", 2));
	KUNIT_EXPECT_FALSE(test, cssp_rd_equal(&rd, "\x01\x03", 2));
	KUNIT_EXPECT_FALSE(test, cssp_rd_equal(&rd, "\x01\x02\x03", 3));
	KUNIT_EXPECT_FALSE(test, cssp_rd_equal(&rd, "\x01", 1));
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&none, NULL, 0));
}

static void test_writer_values(struct kunit *test)
{
	u8 *room = test_room(test, 25);
	struct cssp_wr wr = cssp_wr_of(room, 25);
	struct cssp_rd two = test_hex(test, "aabb"), out;

	cssp_wr_u8(&wr, 0x01);
	cssp_wr_le16(&wr, 0x0203);
	cssp_wr_le32(&wr, 0x04050607);
	cssp_wr_le64(&wr, 0x08090a0b0c0d0e0fULL);
	cssp_wr_be16(&wr, 0x1011);
	cssp_wr_be32(&wr, 0x12131415);
	cssp_wr_rd(&wr, &two);
	cssp_wr_zero(&wr, 2);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), 0);
	out = cssp_rd_of(room, wr.len);
	test_expect_hex(test, &out, "01 0302 07060504 0f0e0d0c0b0a0908 1011 12131415 aabb 0000");
}

/* The first overflow latches, and no byte is written from then on. */
static void test_writer_overflow(struct kunit *test)
{
	u8 *room = test_room(test, 3);
	struct cssp_wr wr = cssp_wr_of(room, 3);

	cssp_wr_le16(&wr, 0xffff);
	cssp_wr_le16(&wr, 0xeeee);
	cssp_wr_u8(&wr, 0xdd);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, wr.len, 2);
	KUNIT_EXPECT_EQ(test, room[2], 0);
	KUNIT_EXPECT_NULL(test, cssp_wr_take(&wr, 0));

	wr = cssp_wr_of(room, 3);
	KUNIT_EXPECT_NULL(test, cssp_wr_take(&wr, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);

	wr = cssp_wr_of(room, 3);
	cssp_wr_fail(&wr);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);
}

static struct kunit_case buf_cases[] = {
	KUNIT_CASE(test_reader_values),
	KUNIT_CASE(test_reader_short),
	KUNIT_CASE(test_reader_at),
	KUNIT_CASE(test_reader_equal),
	KUNIT_CASE(test_writer_values),
	KUNIT_CASE(test_writer_overflow),
	{}
};

static struct kunit_suite buf_suite = {
	.name = "credssp_base_buf",
	.test_cases = buf_cases,
};

kunit_test_suite(buf_suite);
