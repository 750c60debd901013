// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/ts_credentials.c: TSCredentials, MS-CSSP 2.2.1.2. */
#include <uapi/linux/credssp.h>
#include "sweep.h"
#include "vectors/ts.h"
#include "wire/ts_credentials.h"
#include "wire/utf16.h"

/* What is decoded can be encoded, and is the same again. */
static void expect_again(struct kunit *test, const struct cssp_ts_password_creds *creds)
{
	struct cssp_ts_credentials again;
	struct cssp_rd out;
	struct cssp_wr wr;

	wr = sweep_room(test, cssp_ts_credentials_size(creds));
	cssp_ts_credentials_encode(creds, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_ts_credentials_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.type, (u32)CSSP_TS_PASSWORD);
	test_expect_same(test, &again.password.domain, &creds->domain);
	test_expect_same(test, &again.password.user, &creds->user);
	test_expect_same(test, &again.password.password, &creds->password);
	kfree(wr.buf);
}

static void expect_strings(struct kunit *test, const struct cssp_ts_smartcard_creds *s)
{
	const struct cssp_rd *strings[] = {
		&s->pin, &s->card, &s->reader, &s->container, &s->csp, &s->user_hint,
		&s->domain_hint,
	};
	unsigned int i;

	KUNIT_EXPECT_LE(test, s->key_spec, 2U);
	for (i = 0; i < ARRAY_SIZE(strings); i++)
		KUNIT_EXPECT_EQ(test, cssp_utf16_check(strings[i]), 0);
}

static SWEEP_DECODER(decode_credentials)
{
	struct cssp_ts_credentials creds;
	int err;

	err = cssp_ts_credentials_decode(rd, &creds);
	if (err)
		return err;
	switch (creds.type) {
	case CSSP_TS_PASSWORD:
		expect_again(test, &creds.password);
		break;
	case CSSP_TS_SMARTCARD:
		expect_strings(test, &creds.smartcard);
		break;
	case CSSP_TS_REMOTE_GUARD:
		KUNIT_EXPECT_GT(test, creds.remote_guard.left, (size_t)0);
		break;
	default:
		KUNIT_FAIL(test, "type %u", creds.type);
	}
	return 0;
}

static void test_password(struct kunit *test)
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
		struct cssp_ts_credentials creds;
		struct cssp_wr wr;

		KUNIT_ASSERT_EQ(test, cssp_ts_credentials_decode(&rd, &creds), 0);
		KUNIT_ASSERT_EQ(test, creds.type, (u32)CSSP_TS_PASSWORD);
		test_expect_hex(test, &creds.password.domain, cases[i].domain);
		test_expect_hex(test, &creds.password.user, cases[i].user);
		test_expect_hex(test, &creds.password.password, cases[i].password);
		wr = cssp_wr_of(test_room(test, rd.left), rd.left);
		cssp_ts_credentials_encode(&creds.password, &wr);
		out = sweep_written(test, &wr);
		test_expect_same(test, &out, &rd);
		sweep(test, cases[i].hex, decode_credentials);
	}
}

/* Expect that @utf16 is @text, which is ASCII. */
static void expect_text(struct kunit *test, const struct cssp_rd *utf16, const char *text)
{
	struct cssp_rd want = test_str(text);
	struct cssp_wr wr = sweep_room(test, 2 * want.left);

	KUNIT_ASSERT_EQ(test, cssp_utf16_write(&want, &wr), 0);
	want = sweep_written(test, &wr);
	test_expect_same(test, utf16, &want);
	kfree(wr.buf);
}

static void test_smartcard(struct kunit *test)
{
	static const struct {
		const char *hex;
		u32 key_spec;
		const char *pin, *card, *reader, *container, *csp, *user, *domain;
	} cases[] = {
		{ ts_creds_smartcard, 1, "bbbbbbbbbbbb", "", "OMNIKEY CardMan 3x21 0",
		  "le-MSSmartcardUser-8bda019f-1266--53268",
		  "Microsoft Base Smart Card Crypto Provider", "", "" },
		{ ts_creds_smartcard_ksp, 0, "123456", "Card", "Reader 0", "te-1",
		  "Microsoft Smart Card Key Storage Provider", "alice@EXAMPLE.TEST", "EXAMPLE" },
		{ ts_creds_smartcard_bare, 2, "", "", "", "", "", "", "" },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);
		struct cssp_ts_credentials creds;

		KUNIT_ASSERT_EQ(test, cssp_ts_credentials_decode(&rd, &creds), 0);
		KUNIT_ASSERT_EQ(test, creds.type, (u32)CSSP_TS_SMARTCARD);
		KUNIT_EXPECT_EQ(test, creds.smartcard.key_spec, cases[i].key_spec);
		expect_text(test, &creds.smartcard.pin, cases[i].pin);
		expect_text(test, &creds.smartcard.card, cases[i].card);
		expect_text(test, &creds.smartcard.reader, cases[i].reader);
		expect_text(test, &creds.smartcard.container, cases[i].container);
		expect_text(test, &creds.smartcard.csp, cases[i].csp);
		expect_text(test, &creds.smartcard.user_hint, cases[i].user);
		expect_text(test, &creds.smartcard.domain_hint, cases[i].domain);
		sweep(test, cases[i].hex, decode_credentials);
	}
}

/* The view is TSRemoteGuardCreds as sent: here behind 11 bytes of TSCredentials. */
static void test_remote_guard(struct kunit *test)
{
	static const char * const cases[] = {
		ts_creds_remote_guard, ts_creds_remote_guard_empty, ts_creds_remote_guard_two,
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i]), want = rd;
		struct cssp_ts_credentials creds;

		KUNIT_ASSERT_EQ(test, cssp_ts_credentials_decode(&rd, &creds), 0);
		KUNIT_ASSERT_EQ(test, creds.type, (u32)CSSP_TS_REMOTE_GUARD);
		KUNIT_ASSERT_EQ(test, cssp_rd_skip(&want, 11), 0);
		test_expect_same(test, &creds.remote_guard, &want);
		sweep(test, cases[i], decode_credentials);
	}
}

struct form {
	const char *hex;
	int err;
};

static void expect_forms(struct kunit *test, const struct form *forms, size_t count)
{
	struct cssp_ts_credentials creds;
	size_t i;

	for (i = 0; i < count; i++) {
		struct cssp_rd rd = test_hex(test, forms[i].hex);

		KUNIT_EXPECT_EQ_MSG(test, cssp_ts_credentials_decode(&rd, &creds),
				    forms[i].err, "%s", forms[i].hex);
	}
}

static void test_password_forms(struct kunit *test)
{
	static const struct form forms[] = {
		/* Long lengths */
		{ "308117a003020101a110040e300ca0020400a1020400a2020400", 0 },
		/* Passwords as a smart card and as Remote Guard; unknown types */
		{ "3017a003020102a110040e300ca0020400a1020400a2020400", -EBADMSG },
		{ "3017a003020106a110040e300ca0020400a1020400a2020400", -EBADMSG },
		{ "3017a003020103a110040e300ca0020400a1020400a2020400", -EOPNOTSUPP },
		{ "3017a003020100a110040e300ca0020400a1020400a2020400", -EOPNOTSUPP },
		{ "3017a0030201ffa110040e300ca0020400a1020400a2020400", -EBADMSG },
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
		/* A smart card as passwords */
		{ "3018a003020101a111040f300da0020400a1073005a003020101", -EBADMSG },
	};

	expect_forms(test, forms, ARRAY_SIZE(forms));
}

static void test_smartcard_forms(struct kunit *test)
{
	static const struct form forms[] = {
		/* keySpec 3 and -1 */
		{ "3018a003020102a111040f300da0020400a1073005a003020103", -EBADMSG },
		{ "3018a003020102a111040f300da0020400a1073005a0030201ff", -EBADMSG },
		/* Without cspData, without pin */
		{ "300fa003020102a10804063004a0020400", -EBADMSG },
		{ "3014a003020102a10d040b3009a1073005a003020101", -EBADMSG },
		/* Names out of order, one twice, a fifth one, a NUL in one */
		{ "3024a003020102a11d041b3019a0020400a1133011a003020101a40404026100a10404026200",
		  -EBADMSG },
		{ "3024a003020102a11d041b3019a0020400a1133011a003020101a10404026100a10404026200",
		  -EBADMSG },
		{ "301ea003020102a11704153013a0020400a10d300ba003020101a50404026100", -EBADMSG },
		{ "301ea003020102a11704153013a0020400a10d300ba003020101a10404020000", -EBADMSG },
		/* Half a code unit in the PIN */
		{ "3019a003020102a1120410300ea003040131a1073005a003020101", -EBADMSG },
		/* Hints out of order, a third one */
		{ "3024a003020102a11d041b3019a0020400a1073005a003020101a30404026100a20404026200",
		  -EBADMSG },
		{ "301ea003020102a11704153013a0020400a1073005a003020101a40404026100", -EBADMSG },
	};

	expect_forms(test, forms, ARRAY_SIZE(forms));
}

static void test_remote_guard_forms(struct kunit *test)
{
	static const struct form forms[] = {
		/* Without logonCred; a package without a name, of half a code unit, no buffer */
		{ "300fa003020106a10804063004a1023000", -EBADMSG },
		{ "3018a003020106a111040f300da00b3009a0020400a103040178", -EBADMSG },
		{ "3019a003020106a1120410300ea00c300aa00304014ba103040178", -EBADMSG },
		{ "3015a003020106a10e040c300aa0083006a00404024b00", -EBADMSG },
		/* A third field of a package */
		{ "301da003020106a11604143012a010300ea00404024b00a1020400a2020400", -EBADMSG },
		/* supplementalCreds that is no SEQUENCE, whose second package has no name */
		{ "301fa003020106a11804163014a00c300aa00404024b00a1020400a10430020400",
		  -EBADMSG },
		{ ts_creds_remote_guard_nameless, -EBADMSG },
		/* A third field, a byte behind */
		{ "301da003020106a11604143012a00c300aa00404024b00a1020400a2023000", -EBADMSG },
		{ "301aa003020106a1130411300ea00c300aa00404024b00a102040000", -EBADMSG },
	};

	expect_forms(test, forms, ARRAY_SIZE(forms));
}

/* Each string at its limit, and one character over it */
static void test_limits(struct kunit *test)
{
	static const size_t limits[] = {
		2 * CREDSSP_MAX_NAME, 2 * CREDSSP_MAX_NAME, 2 * CREDSSP_MAX_PASSWORD,
	};
	u8 *letters = test_room(test, 2 * CREDSSP_MAX_PASSWORD + 2);
	unsigned int i, over;

	memset(letters, 'x', 2 * CREDSSP_MAX_PASSWORD + 2);
	for (i = 0; i < ARRAY_SIZE(limits); i++) {
		for (over = 0; over <= 2; over += 2) {
			struct cssp_ts_password_creds creds = {};
			struct cssp_ts_credentials again;
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
	KUNIT_CASE(test_password),
	KUNIT_CASE(test_smartcard),
	KUNIT_CASE(test_remote_guard),
	KUNIT_CASE(test_password_forms),
	KUNIT_CASE(test_smartcard_forms),
	KUNIT_CASE(test_remote_guard_forms),
	KUNIT_CASE(test_limits),
	{}
};

static struct kunit_suite ts_credentials_suite = {
	.name = "credssp_wire_ts_credentials",
	.test_cases = ts_credentials_cases,
};

kunit_test_suite(ts_credentials_suite);
