// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire: UTF-16, certificates, TLS records. */
#include "sweep.h"
#include "vectors/x509.h"
#include "wire/tls_record.h"
#include "wire/utf16.h"
#include "wire/x509_spki.h"

/* Both ways, in hex */
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

/* RFC 3629 3 and 10: what is no UTF-8, and the NUL, which we refuse */
static void test_utf8_refused(struct kunit *test)
{
	static const char *const cases[] = {
		"00", "6100", "80", "bf", "fe", "ff",
		"c3", "c3c3", "c341", "e0a0", "e0a041", "f09080", "f0908041",
		/* Longer than need be, among them a hidden NUL */
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
		/* Lone surrogates: no text, but Windows has names with them */
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

/* By code unit, as Windows' RtlUpcaseUnicodeChar does it */
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

static SWEEP_DECODER(decode_cert)
{
	struct cssp_rd key;
	int err;

	err = cssp_x509_subject_public_key(rd, &key);
	if (!err) {
		KUNIT_EXPECT_TRUE(test, key.p >= rd->p);
		KUNIT_EXPECT_TRUE(test, key.p + key.left <= rd->p + rd->left);
		KUNIT_EXPECT_GT(test, key.left, 0);
	}
	return err;
}

static void test_x509(struct kunit *test)
{
	struct cssp_rd rsa = test_hex(test, x509_rsa), ec = test_hex(test, x509_ec), key;
	struct cssp_rd ed25519 = test_hex(test, x509_ed25519);

	KUNIT_ASSERT_EQ(test, cssp_x509_subject_public_key(&rsa, &key), 0);
	test_expect_hex(test, &key, x509_rsa_key);
	KUNIT_ASSERT_EQ(test, cssp_x509_subject_public_key(&ec, &key), 0);
	test_expect_hex(test, &key, x509_ec_key);
	KUNIT_ASSERT_EQ(test, cssp_x509_subject_public_key(&ed25519, &key), 0);
	test_expect_hex(test, &key, x509_ed25519_key);
}

static void test_x509_sweeps(struct kunit *test)
{
	sweep(test, x509_rsa, decode_cert);
	sweep(test, x509_ec, decode_cert);
	sweep(test, x509_ed25519, decode_cert);
}

/* A skeleton of a certificate around a SubjectPublicKeyInfo */
#define BEFORE	"020101 3000 3000 3000 3000"
#define AFTER	"3000 030100"
#define EC_P	"3010 06072a8648ce3d0201 06052b81040022"
#define RSA_ALG	"300d06092a864886f70d0101010500"
#define RSA_KEY	"300702020083020103"

static void test_x509_forms(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ "302f 3028" BEFORE "301b" RSA_ALG "030a00" RSA_KEY
		  AFTER, 0 },
		/* The version, the other optional parts, all of them, out of order */
		{ "3034 302d a003020102" BEFORE "301b" RSA_ALG "030a00"
		  RSA_KEY AFTER, 0 },
		{ "3037 3030" BEFORE "301b" RSA_ALG "030a00" RSA_KEY
		  "8102aaaa 82020000" AFTER, 0 },
		{ "3037 3030" BEFORE "301b" RSA_ALG "030a00" RSA_KEY
		  "82020000 8102aaaa" AFTER, -EBADMSG },
		{ "3033 302c" BEFORE "301b" RSA_ALG "030a00" RSA_KEY
		  "a3020500" AFTER, 0 },
		{ "3033 302c" BEFORE "301b" RSA_ALG "030a00" RSA_KEY
		  "a4020500" AFTER, -EBADMSG },
		/* RSA without parameters; with others; unused bits; no BIT STRING */
		{ "302d 3026" BEFORE "3019 300b06092a864886f70d010101 030a00"
		  RSA_KEY AFTER, 0 },
		{ "302f 3028" BEFORE "301b 300d06092a864886f70d0101010400 030a00"
		  RSA_KEY AFTER, -EBADMSG },
		{ "302f 3028" BEFORE "301b" RSA_ALG "030a01" RSA_KEY
		  AFTER, -EBADMSG },
		{ "302f 3028" BEFORE "301b" RSA_ALG "040a00" RSA_KEY
		  AFTER, -EBADMSG },
		/* RSASSA-PSS: the parameters are the helper's affair, the key is not */
		{ "302f 3028" BEFORE "301b 300d06092a864886f70d01010a3000 030a00"
		  RSA_KEY AFTER, 0 },
		{ "302d 3026" BEFORE "3019 300d06092a864886f70d01010a3000 030800 30050200020103"
		  AFTER, -EBADMSG },
		/* Any other key; unused bits; without a key */
		{ "3022 301b" BEFORE "300e 300506032b6570 030500 12345678" AFTER, 0 },
		{ "3022 301b" BEFORE "300e 300506032b6570 030501 12345678" AFTER, -EBADMSG },
		{ "301e 3017" BEFORE "300a 300506032b6570 030100" AFTER, -EBADMSG },
		{ "3030 3029" BEFORE "301c 300e06092a864886f70d010101050100 030a00" RSA_KEY
		  AFTER, -EBADMSG },
		/* An empty modulus, an empty exponent */
		{ "302d 3026" BEFORE "3019" RSA_ALG "030800 30050200020103" AFTER, -EBADMSG },
		{ "302e 3027" BEFORE "301a" RSA_ALG "030900 3006020200830200" AFTER, -EBADMSG },
		/* A modulus longer than the key; bytes behind the exponent */
		{ "302f 3028" BEFORE "301b" RSA_ALG "030a00 3007020700830201 03"
		  AFTER, -EBADMSG },
		{ "302f 3028" BEFORE "301b" RSA_ALG "030a00 3006020200830201 03"
		  AFTER, -EBADMSG },
		/* EC: a point of two octets; compressed; explicit parameters; odd; empty */
		{ "302c 3025" BEFORE "3018" EC_P "030400 040102" AFTER, 0 },
		{ "302c 3025" BEFORE "3018" EC_P "030400 020102" AFTER, -ENOPKG },
		{ "3027 3020" BEFORE "3013 300b06072a8648ce3d02013000 030400 040102"
		  AFTER, -ENOPKG },
		{ "302b 3024" BEFORE "3017" EC_P "030300 0401" AFTER, -EBADMSG },
		{ "3029 3022" BEFORE "3015" EC_P "030100" AFTER, -EBADMSG },
		/* EC: a curve without a name, and something behind its name */
		{ "3027 3020" BEFORE "3013 300b06072a8648ce3d02010600 030400 040102" AFTER,
		  -EBADMSG },
		{ "302e 3027" BEFORE "301a 301206072a8648ce3d020106052b810400220500 030400 040102"
		  AFTER, -EBADMSG },
		/* Bytes behind the certificate */
		{ "302c 3025" BEFORE "3018" EC_P "030400 040102" AFTER "00", -EBADMSG },
	};
	struct cssp_rd key;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);

		KUNIT_EXPECT_EQ_MSG(test, cssp_x509_subject_public_key(&rd, &key),
				    cases[i].err, "%s", cases[i].hex);
	}
}

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
		/* Longer than any, empty, no type, heartbeat, SSL 2, TPKT */
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
		/* Nothing is split off in front of what is no record. */
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

static struct kunit_case text_cases[] = {
	KUNIT_CASE(test_utf16),
	KUNIT_CASE(test_utf8_refused),
	KUNIT_CASE(test_utf16_refused),
	KUNIT_CASE(test_utf16_overflow),
	KUNIT_CASE(test_upper),
	KUNIT_CASE(test_x509),
	KUNIT_CASE_SLOW(test_x509_sweeps),
	KUNIT_CASE(test_x509_forms),
	KUNIT_CASE(test_record_total),
	KUNIT_CASE(test_records_split),
	{}
};

static struct kunit_suite text_suite = {
	.name = "credssp-wire-text",
	.test_cases = text_cases,
};

kunit_test_suites(&text_suite);
