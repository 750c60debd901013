// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/ts_credentials.c: TSCredentials, MS-CSSP 2.2.1.2. */
#include <uapi/linux/credssp.h>
#include "sweep.h"
#include "vectors/ts.h"
#include "wire/ts_credentials.h"

static SWEEP_DECODER(decode_credentials)
{
	struct cssp_ts_password_creds creds, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_ts_credentials_decode(rd, &creds);
	if (err)
		return err;
	wr = sweep_room(test, cssp_ts_credentials_size(&creds));
	cssp_ts_credentials_encode(&creds, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_ts_credentials_decode(&out, &again), 0);
	test_expect_same(test, &again.domain, &creds.domain);
	test_expect_same(test, &again.user, &creds.user);
	test_expect_same(test, &again.password, &creds.password);
	kfree(wr.buf);
	return 0;
}

static void test_credentials(struct kunit *test)
{
	static const struct {
		const char *hex;
		const char *domain;
		const char *user;
		const char *password;
	} cases[] = {
		{ ts_creds_empty, "", "", "" },
		{ ts_creds_letters, "", "6100", "3100" },
		{ ts_creds_domain, "44006f006d00610069006e00",
		  "55007300650072006e0061006d006500", "500061007300730077006f0072006400" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex), out;
		struct cssp_ts_password_creds creds;
		struct cssp_wr wr;

		KUNIT_ASSERT_EQ(test, cssp_ts_credentials_decode(&rd, &creds), 0);
		test_expect_hex(test, &creds.domain, cases[i].domain);
		test_expect_hex(test, &creds.user, cases[i].user);
		test_expect_hex(test, &creds.password, cases[i].password);
		wr = cssp_wr_of(test_room(test, rd.left), rd.left);
		cssp_ts_credentials_encode(&creds, &wr);
		out = sweep_written(test, &wr);
		test_expect_same(test, &out, &rd);
		sweep(test, cases[i].hex, decode_credentials);
	}
}

static void test_credentials_forms(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		/* Long lengths */
		{ "308117a003020101a110040e300ca0020400a1020400a2020400", 0 },
		/* Smart card, remote guard, unknown */
		{ "3017a003020102a110040e300ca0020400a1020400a2020400", -EOPNOTSUPP },
		{ "3017a003020106a110040e300ca0020400a1020400a2020400", -EOPNOTSUPP },
		{ "3017a003020103a110040e300ca0020400a1020400a2020400", -EBADMSG },
		/* A string missing, twice, out of order, behind the last */
		{ "3013a003020101a10c040a3008a0020400a1020400", -EBADMSG },
		{ "301ba003020101a11404123010a0020400a0020400a1020400a2020400", -EBADMSG },
		{ "3017a003020101a110040e300ca1020400a0020400a2020400", -EBADMSG },
		{ "301ba003020101a11404123010a0020400a1020400a2020400a3020400", -EBADMSG },
		/* Bytes behind the inner and the outer SEQUENCE */
		{ "3018a003020101a111040f300ca0020400a1020400a202040000", -EBADMSG },
		{ "3017a003020101a110040e300ca0020400a1020400a202040000", -EBADMSG },
		{ "3018a003020101a110040e300ca0020400a1020400a202040000", -EBADMSG },
		/* Half a code unit, a NUL */
		{ "3018a003020101a111040f300da0020400a103040161a2020400", -EBADMSG },
		{ "3019a003020101a1120410300ea0020400a10404020000a2020400", -EBADMSG },
	};
	struct cssp_ts_password_creds creds;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);

		KUNIT_EXPECT_EQ_MSG(test, cssp_ts_credentials_decode(&rd, &creds),
				    cases[i].err, "%s", cases[i].hex);
	}
}

/* Each string at its limit, and one character over it */
static void test_credentials_limits(struct kunit *test)
{
	static const size_t limits[] = {
		2 * CREDSSP_MAX_NAME, 2 * CREDSSP_MAX_NAME, 2 * CREDSSP_MAX_PASSWORD,
	};
	u8 *letters = test_room(test, 2 * CREDSSP_MAX_PASSWORD + 2);
	unsigned int i, over;

	memset(letters, 'x', 2 * CREDSSP_MAX_PASSWORD + 2);
	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		for (over = 0; over <= 2; over += 2) {
			struct cssp_ts_password_creds creds = {}, again;
			struct cssp_rd *strings[] = {
				&creds.domain, &creds.user, &creds.password,
			};
			struct cssp_wr wr;
			struct cssp_rd rd;

			*strings[i] = cssp_rd_of(letters, limits[i] + over);
			wr = sweep_room(test, cssp_ts_credentials_size(&creds));
			cssp_ts_credentials_encode(&creds, &wr);
			rd = sweep_written(test, &wr);
			KUNIT_EXPECT_EQ(test, cssp_ts_credentials_decode(&rd, &again),
					over ? -EMSGSIZE : 0);
			kfree(wr.buf);
		}
	}
}

static struct kunit_case ts_credentials_cases[] = {
	KUNIT_CASE(test_credentials),
	KUNIT_CASE(test_credentials_forms),
	KUNIT_CASE(test_credentials_limits),
	{}
};

static struct kunit_suite ts_credentials_suite = {
	.name = "credssp_wire_ts_credentials",
	.test_cases = ts_credentials_cases,
};

kunit_test_suite(ts_credentials_suite);
