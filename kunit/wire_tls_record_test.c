// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/tls_record.c: framing of TLS records. */
#include "util.h"
#include "wire/tls_record.h"

static void test_record_total(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
		size_t total;
	} cases[] = {
		{ "", -EAGAIN, 5 }, { "16", -EAGAIN, 5 }, { "1603", -EAGAIN, 5 },
		{ "160301", -EAGAIN, 5 }, { "16030100", -EAGAIN, 5 },
		{ "1603010001", 0, 6 }, { "1703034800", 0, 5 + 18432 },
		{ "1403030001", 0, 6 }, { "1503030002", 0, 7 },
		/* Too long, empty, no type, heartbeat, SSL 2, TPKT */
		{ "1703034801", -EBADMSG, 5 }, { "1703030000", -EBADMSG, 5 },
		{ "13", -EBADMSG, 5 }, { "1803030001", -EBADMSG, 5 },
		{ "1602", -EBADMSG, 5 }, { "80", -EBADMSG, 5 }, { "03000013", -EBADMSG, 5 },
		/* DTLS */
		{ "16fe", -EBADMSG, 5 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);
		size_t total;
		u8 type;

		KUNIT_EXPECT_EQ_MSG(test, cssp_tls_record_total(&rd, &type, &total),
				    cases[i].err, "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, total, cases[i].total, "%s", cases[i].hex);
	}
}

static void test_records_split(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
		size_t whole;
		unsigned int count;
		size_t missing;
	} cases[] = {
		{ "", 0, 0, 0, 0 },
		{ "15", 0, 0, 0, 4 },
		{ "15030300", 0, 0, 0, 1 },
		{ "1503030002", 0, 0, 0, 2 },
		{ "150303000202", 0, 0, 0, 1 },
		{ "15030300020228", 0, 7, 1, 0 },
		{ "1503030002022817", 0, 7, 1, 4 },
		{ "150303000202281403030001011703030003aa", 0, 13, 2, 2 },
		/* Records in front of invalid bytes are not split off. */
		{ "1503030002022899", -EBADMSG },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex), start = rd, whole;
		unsigned int count;
		size_t missing;
		int err;

		err = cssp_tls_records_split(&rd, &whole, &count, &missing);
		KUNIT_EXPECT_EQ_MSG(test, err, cases[i].err, "%s", cases[i].hex);
		if (err) {
			KUNIT_EXPECT_EQ(test, rd.left, start.left);
			continue;
		}
		KUNIT_EXPECT_EQ_MSG(test, whole.left, cases[i].whole, "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, count, cases[i].count, "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, missing, cases[i].missing, "%s", cases[i].hex);
		KUNIT_EXPECT_PTR_EQ(test, whole.p, start.p);
		KUNIT_EXPECT_EQ(test, whole.left + rd.left, start.left);
	}
}

static struct kunit_case tls_record_cases[] = {
	KUNIT_CASE(test_record_total),
	KUNIT_CASE(test_records_split),
	{}
};

static struct kunit_suite tls_record_suite = {
	.name = "credssp_wire_tls_record",
	.test_cases = tls_record_cases,
};

kunit_test_suite(tls_record_suite);
