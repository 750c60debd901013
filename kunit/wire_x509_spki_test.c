// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/x509_spki.c: the key of a certificate. */
#include "sweep.h"
#include "vectors/x509.h"
#include "wire/x509_spki.h"

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
		/* The version, other optional parts, all of them, out of order */
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
		  RSA_KEY AFTER, 0 },
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
		  AFTER, 0 },
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

static struct kunit_case x509_spki_cases[] = {
	KUNIT_CASE(test_x509),
	KUNIT_CASE_SLOW(test_x509_sweeps),
	KUNIT_CASE(test_x509_forms),
	{}
};

static struct kunit_suite x509_spki_suite = {
	.name = "credssp_wire_x509_spki",
	.test_cases = x509_spki_cases,
};

kunit_test_suite(x509_spki_suite);
