// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/der.c: lenient and strict reading, writing. */
#include "util.h"
#include "wire/der.h"

static void test_header(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
		size_t len;
	} cases[] = {
		{ "3000", 0, 0 },
		{ "307f", 0, 0x7f },
		{ "308180", 0, 0x80 },
		{ "30820100", 0, 0x100 },
		{ "3083010000", 0, 0x10000 },
		{ "3084ffffffff", 0, 0xffffffff },
		/* Not minimal, as some peers write them (X.690 8.1.3.5, BER) */
		{ "308105", 0, 5 },
		{ "30820005", 0, 5 },
		{ "308400000005", 0, 5 },
		/* Cut short */
		{ "", -EAGAIN },
		{ "30", -EAGAIN },
		{ "3081", -EAGAIN },
		{ "308201", -EAGAIN },
		{ "3084010203", -EAGAIN },
		/* Indefinite, over four octets, reserved; a tag of several octets */
		{ "3080", -EBADMSG },
		{ "30850000000005", -EBADMSG },
		{ "30ff", -EBADMSG },
		{ "3f0100", -EBADMSG },
		{ "1f", -EBADMSG },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);
		size_t left = rd.left, len = 0;
		u8 tag;
		int err;

		err = cssp_der_header(&rd, &tag, &len);
		KUNIT_EXPECT_EQ_MSG(test, err, cases[i].err, "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, len, cases[i].len, "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, rd.left, err ? left : 0, "%s", cases[i].hex);
	}
}

static void test_get(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "040201020500"), contents;
	struct cssp_rd longer = test_hex(test, "04030102");

	KUNIT_EXPECT_FALSE(test, cssp_der_is(&rd, CSSP_DER_NULL));
	KUNIT_EXPECT_EQ(test, cssp_der_get(&rd, CSSP_DER_NULL, &contents), -EBADMSG);
	KUNIT_EXPECT_TRUE(test, cssp_der_is(&rd, CSSP_DER_OCTET_STRING));
	KUNIT_ASSERT_EQ(test, cssp_der_get(&rd, CSSP_DER_OCTET_STRING, &contents), 0);
	test_expect_hex(test, &contents, "0102");
	KUNIT_ASSERT_EQ(test, cssp_der_get_last(&rd, CSSP_DER_NULL, &contents), 0);
	KUNIT_EXPECT_EQ(test, contents.left, 0);
	KUNIT_EXPECT_EQ(test, cssp_der_get(&rd, CSSP_DER_NULL, &contents), -EBADMSG);

	KUNIT_EXPECT_EQ(test, cssp_der_get(&longer, CSSP_DER_OCTET_STRING, &contents),
			-EBADMSG);
	KUNIT_EXPECT_EQ(test, longer.left, 4);
}

static void test_get_field(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ "a20304010a", 0 },
		{ "a28181820100", -EBADMSG },
		{ "a10304010a", -EBADMSG },	/* another number */
		{ "a20302010a", -EBADMSG },	/* another type inside */
		{ "a20504010a0500", -EBADMSG },	/* two elements inside */
		{ "a200", -EBADMSG },		/* none */
		{ "a2020402", -EBADMSG },	/* the inner one is longer than the outer */
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex), contents;

		KUNIT_EXPECT_EQ_MSG(test, cssp_der_get_field(&rd, 2, CSSP_DER_OCTET_STRING,
							     &contents),
				    cases[i].err, "%s", cases[i].hex);
	}
}

static void test_integers(struct kunit *test)
{
	static const struct {
		const char *hex;
		int u32_err;
		u32 value;
		int status_err;
		u32 status;
	} cases[] = {
		{ "00", 0, 0, 0, 0 },
		{ "06", 0, 6, 0, 6 },
		{ "0006", 0, 6, 0, 6 },
		{ "0080", 0, 0x80, 0, 0x80 },
		{ "7fffffff", 0, 0x7fffffff, 0, 0x7fffffff },
		{ "00ffffffff", 0, 0xffffffff, 0, 0xffffffff },
		/* A u32 with redundant octets; an NTSTATUS has five octets at most */
		{ "0000000000000006", 0, 6, -EBADMSG, 0 },
		{ "000000000000000006", -EBADMSG, 0, -EBADMSG, 0 },
		{ "", -EBADMSG, 0, -EBADMSG, 0 },
		/* Negative: not a u32, but the usual form of an NTSTATUS */
		{ "c000005e", -EBADMSG, 0, 0, 0xc000005e },
		{ "00c000005e", 0, 0xc000005e, 0, 0xc000005e },
		{ "ff", -EBADMSG, 0, 0, 0xffffffff },
		{ "80000000", -EBADMSG, 0, 0, 0x80000000 },
		{ "ffc000005e", -EBADMSG, 0, 0, 0xc000005e },
		/* Over 32 bits, positive and negative */
		{ "0100000000", -EBADMSG, 0, -EBADMSG, 0 },
		{ "feffffffff", -EBADMSG, 0, -EBADMSG, 0 },
		{ "ff7fffffff", -EBADMSG, 0, -EBADMSG, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);
		u32 value = 0, status = 0;

		KUNIT_EXPECT_EQ_MSG(test, cssp_der_u32(&rd, &value), cases[i].u32_err,
				    "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, value, cases[i].value, "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, cssp_der_status(&rd, &status),
				    cases[i].status_err, "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, status, cases[i].status, "%s", cases[i].hex);
	}
}

/* X.690 10.1: the shortest form of each length, and of each INTEGER (8.3.2) */
static void test_write_lengths(struct kunit *test)
{
	static const struct {
		size_t len;
		const char *header;
	} cases[] = {
		{ 0, "0400" },		{ 1, "0401" },		{ 0x7f, "047f" },
		{ 0x80, "048180" },	{ 0xff, "0481ff" },	{ 0x100, "04820100" },
		{ 0xffff, "0482ffff" },	{ 0x10000, "0483010000" },
	};
	u8 *zeros = test_room(test, 0x10000);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd contents = cssp_rd_of(zeros, cases[i].len), header, back;
		struct cssp_der_wr w = cssp_der_wr_measure();
		struct cssp_wr wr;

		cssp_der_put_tlv(&w, CSSP_DER_OCTET_STRING, &contents);
		wr = cssp_wr_of(test_room(test, w.len), w.len);
		w = cssp_der_wr_in(&wr, w.len);
		cssp_der_put_tlv(&w, CSSP_DER_OCTET_STRING, &contents);
		KUNIT_ASSERT_EQ(test, cssp_wr_done(&wr), 0);
		header = cssp_rd_of(wr.buf, wr.len - cases[i].len);
		test_expect_hex(test, &header, cases[i].header);
		back = cssp_rd_of(wr.buf, wr.len);
		KUNIT_EXPECT_EQ(test, cssp_der_get_last(&back, CSSP_DER_OCTET_STRING,
							&contents), 0);
		KUNIT_EXPECT_EQ(test, contents.left, cases[i].len);
	}
}

static void test_write_integers(struct kunit *test)
{
	static const struct {
		u32 value;
		const char *hex;
	} cases[] = {
		{ 0, "020100" },
		{ 1, "020101" },
		{ 0x7f, "02017f" },
		{ 0x80, "02020080" },
		{ 0xff, "020200ff" },
		{ 0x100, "02020100" },
		{ 0x8000, "0203008000" },
		{ 0x7fffffff, "02047fffffff" },
		{ 0x80000000, "02050080000000" },
		{ 0xffffffff, "020500ffffffff" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		size_t size = test_hex_size(cases[i].hex);
		struct cssp_wr wr = cssp_wr_of(test_room(test, size), size);
		struct cssp_der_wr w = cssp_der_wr_in(&wr, size);
		struct cssp_rd out;

		cssp_der_put_u32(&w, CSSP_DER_INTEGER, cases[i].value);
		KUNIT_EXPECT_EQ(test, w.len, size);
		out = cssp_rd_of(wr.buf, wr.len);
		test_expect_hex(test, &out, cases[i].hex);
	}
}

/* Without enough room the overflow is latched, and nothing is written. */
static void test_write_no_room(struct kunit *test)
{
	struct cssp_wr wr = cssp_wr_of(test_room(test, 3), 3);
	struct cssp_der_wr w = cssp_der_wr_in(&wr, 4);

	cssp_der_put_field_u32(&w, 0, CSSP_DER_INTEGER, 6);
	KUNIT_EXPECT_EQ(test, w.len, 5);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, wr.len, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(wr.buf, 0, 3));
}

static struct kunit_case der_cases[] = {
	KUNIT_CASE(test_header),
	KUNIT_CASE(test_get),
	KUNIT_CASE(test_get_field),
	KUNIT_CASE(test_integers),
	KUNIT_CASE(test_write_lengths),
	KUNIT_CASE(test_write_integers),
	KUNIT_CASE(test_write_no_room),
	{}
};

static struct kunit_suite der_suite = {
	.name = "credssp_wire_der",
	.test_cases = der_cases,
};

kunit_test_suites(&der_suite);
