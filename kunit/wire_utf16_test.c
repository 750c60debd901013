// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/utf16.c: conversions and upper case. */
#include "sweep.h"
#include "wire/utf16.h"

/* Conversions in both directions, in hex */
static void test_utf16(struct kunit *test)
{
	static const struct {
		const char *utf8;
		const char *utf16;
	} cases[] = {
		{ "", "" },
		{ "01", "0100" },
		{ "7f", "7f00" },
		{ "c280", "8000" },
		{ "c3bc", "fc00" },
		{ "dfbf", "ff07" },
		{ "e0a080", "0008" },
		{ "ed9fbf", "ffd7" },
		{ "ee8080", "00e0" },
		{ "efbbbf", "fffe" },
		{ "efbfbf", "ffff" },
		{ "f0908080", "00d800dc" },
		{ "f09f9491", "3dd811dd" },
		{ "f48fbfbf", "ffdbffdf" },
		{ "506173737730726421", "50006100730073007700300072006400 2100" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd utf8 = test_hex(test, cases[i].utf8), out;
		struct cssp_rd utf16 = test_hex(test, cases[i].utf16);
		struct cssp_wr wr;

		KUNIT_ASSERT_EQ(test, cssp_utf16_size(&utf8), utf16.left);
		wr = cssp_wr_of(test_room(test, utf16.left), utf16.left);
		KUNIT_ASSERT_EQ(test, cssp_utf16_write(&utf8, &wr), 0);
		out = sweep_written(test, &wr);
		test_expect_same(test, &out, &utf16);
		KUNIT_EXPECT_EQ(test, cssp_utf16_check(&utf16), 0);
		wr = cssp_wr_of(test_room(test, utf8.left), utf8.left);
		KUNIT_ASSERT_EQ(test, cssp_utf16_to_utf8(&utf16, &wr), 0);
		out = sweep_written(test, &wr);
		test_expect_same(test, &out, &utf8);
	}
}

/* RFC 3629 3 and 10: invalid UTF-8; and the NUL, which this module refuses */
static void test_utf8_refused(struct kunit *test)
{
	static const char *const cases[] = {
		"00", "6100", "80", "bf", "fe", "ff",
		"c3", "c3c3", "c341", "e0a0", "e0a041", "f09080", "f0908041",
		/* Not the shortest form, among them a hidden NUL */
		"c080", "c1bf", "e08080", "e09fbf", "f0808080", "f08fbfbf",
		/* Surrogates, beyond the last code point, forms of five and six bytes */
		"eda080", "edbfbf", "f4908080", "f5808080", "f888808080", "fc8480808080",
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd utf8 = test_hex(test, cases[i]);
		struct cssp_wr wr = cssp_wr_of(test_room(test, 32), 32);

		KUNIT_EXPECT_EQ_MSG(test, cssp_utf16_size(&utf8), -EBADMSG, "%s", cases[i]);
		KUNIT_EXPECT_EQ_MSG(test, cssp_utf16_write(&utf8, &wr), -EBADMSG, "%s",
				    cases[i]);
	}
}

static void test_utf16_refused(struct kunit *test)
{
	static const struct {
		const char *utf16;
		int check;
	} cases[] = {
		{ "61", -EBADMSG },
		{ "610062", -EBADMSG },
		{ "0000", -EBADMSG },
		{ "61000000", -EBADMSG },
		/* Lone surrogates: not text, but Windows accepts names with them */
		{ "00d8", 0 },
		{ "00dc", 0 },
		{ "00dc00d8", 0 },
		{ "00d800d8", 0 },
		{ "00dc00dc", 0 },
		{ "00d86100", 0 },
		{ "00d800e0", 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd utf16 = test_hex(test, cases[i].utf16);
		struct cssp_wr wr = cssp_wr_of(test_room(test, 32), 32);

		KUNIT_EXPECT_EQ_MSG(test, cssp_utf16_to_utf8(&utf16, &wr), -EBADMSG, "%s",
				    cases[i].utf16);
		KUNIT_EXPECT_EQ_MSG(test, cssp_utf16_check(&utf16), cases[i].check, "%s",
				    cases[i].utf16);
	}
}

static void test_utf16_overflow(struct kunit *test)
{
	struct cssp_rd utf8 = test_str("abc");
	struct cssp_wr wr = cssp_wr_of(test_room(test, 5), 5);

	KUNIT_EXPECT_EQ(test, cssp_utf16_write(&utf8, &wr), 0);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);
}

/* Code unit by code unit, as Windows' RtlUpcaseUnicodeChar */
static void test_upper(struct kunit *test)
{
	static const struct {
		u16 from;
		u16 to;
	} cases[] = {
		{ 'a', 'A' }, { 'z', 'Z' }, { 'A', 'A' }, { '`', '`' }, { '{', '{' },
		{ '0', '0' }, { 0x00, 0x00 },
		{ 0xe4, 0xc4 }, { 0xf7, 0xf7 }, { 0xfe, 0xde }, { 0xff, 0x178 },
		{ 0xdf, 0xdf },			/* sharp s stays: no context, no expansion */
		{ 0xb5, 0xb5 },			/* micro sign */
		{ 0x131, 0x131 },		/* dotless i: no locale */
		{ 0x17f, 0x17f },		/* long s */
		{ 0x101, 0x100 }, { 0x100, 0x100 }, { 0x149, 0x149 },
		{ 0x1c6, 0x1c4 }, { 0x1c5, 0x1c5 },
		{ 0x3b1, 0x391 }, { 0x3c2, 0x3a3 }, { 0x3c3, 0x3a3 }, { 0x3ce, 0x38f },
		{ 0x436, 0x416 }, { 0x451, 0x401 }, { 0x561, 0x531 },
		{ 0x10d0, 0x10d0 },		/* Georgian has no case here */
		{ 0x1e01, 0x1e00 }, { 0x1f00, 0x1f08 }, { 0x2170, 0x2160 },
		{ 0x24d0, 0x24b6 }, { 0xff41, 0xff21 }, { 0xff5b, 0xff5b },
		{ 0xd801, 0xd801 }, { 0xdc28, 0xdc28 }, { 0xffff, 0xffff },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		u8 in[2], out[2];
		struct cssp_wr wr = cssp_wr_of(in, 2), upper = cssp_wr_of(out, 2);
		struct cssp_rd rd = cssp_rd_of(in, 2), result = cssp_rd_of(out, 2);
		u16 got;

		cssp_wr_le16(&wr, cases[i].from);
		cssp_utf16_write_upper(&rd, &upper);
		KUNIT_ASSERT_EQ(test, cssp_rd_le16(&result, &got), 0);
		KUNIT_EXPECT_EQ_MSG(test, got, cases[i].to, "U+%04x", cases[i].from);
	}
}

static struct kunit_case utf16_cases[] = {
	KUNIT_CASE(test_utf16),
	KUNIT_CASE(test_utf8_refused),
	KUNIT_CASE(test_utf16_refused),
	KUNIT_CASE(test_utf16_overflow),
	KUNIT_CASE(test_upper),
	{}
};

static struct kunit_suite utf16_suite = {
	.name = "credssp_wire_utf16",
	.test_cases = utf16_cases,
};

kunit_test_suite(utf16_suite);
