// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/ts_request.c: TSRequest, MS-CSSP 2.2.1. */
#include <uapi/linux/credssp.h>
#include "sweep.h"
#include "vectors/ts.h"
#include "wire/ts_request.h"

/* Encode and decode an accepted message again: the values are the same. */
static SWEEP_DECODER(decode_request)
{
	struct cssp_ts_request req, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	size_t total;
	int err;

	err = cssp_ts_request_decode(rd, &req);
	if (err)
		return err;
	KUNIT_EXPECT_EQ(test, cssp_ts_request_total(rd, &total), 0);
	KUNIT_EXPECT_EQ(test, total, rd->left);
	wr = sweep_room(test, cssp_ts_request_size(&req));
	cssp_ts_request_encode(&req, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_ts_request_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.version, req.version);
	KUNIT_EXPECT_EQ(test, again.present, req.present);
	KUNIT_EXPECT_EQ(test, again.error_code, req.error_code);
	test_expect_same(test, &again.nego_token, &req.nego_token);
	test_expect_same(test, &again.auth_info, &req.auth_info);
	test_expect_same(test, &again.pub_key_auth, &req.pub_key_auth);
	test_expect_same(test, &again.client_nonce, &req.client_nonce);
	kfree(wr.buf);
	return 0;
}

static const struct {
	const char *hex;
	u32 version;
	u32 present;
	size_t token;		/* bytes of negoToken */
	size_t sealed;		/* bytes of pubKeyAuth or authInfo */
} exchanges[] = {
	{ ts_v6_negotiate, 6, CSSP_TS_NEGO_TOKEN, 32, 0 },
	{ ts_v6_challenge, 6, CSSP_TS_NEGO_TOKEN | CSSP_TS_CLIENT_NONCE, 100, 0 },
	{ ts_v6_authenticate, 6,
	  CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH | CSSP_TS_CLIENT_NONCE, 228, 48 },
	{ ts_v6_pubkeyauth, 6, CSSP_TS_PUB_KEY_AUTH | CSSP_TS_CLIENT_NONCE, 0, 48 },
	{ ts_v6_authinfo, 6, CSSP_TS_AUTH_INFO, 0, 69 },
	{ ts_v2_negotiate, 2, CSSP_TS_NEGO_TOKEN, 32, 0 },
	{ ts_v2_challenge, 6, CSSP_TS_NEGO_TOKEN | CSSP_TS_CLIENT_NONCE, 100, 0 },
	{ ts_v2_authenticate, 2, CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH, 228, 286 },
	{ ts_v2_pubkeyauth, 6, CSSP_TS_PUB_KEY_AUTH | CSSP_TS_CLIENT_NONCE, 0, 286 },
	{ ts_v2_authinfo, 2, CSSP_TS_AUTH_INFO, 0, 69 },
};

/* Messages of a real peer: decoded, and encoded again byte by byte. */
static void test_exchanges(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(exchanges); i++) {
		struct cssp_rd rd = test_hex(test, exchanges[i].hex), out;
		struct cssp_ts_request req;
		struct cssp_wr wr;
		size_t sealed;

		KUNIT_ASSERT_EQ(test, cssp_ts_request_decode(&rd, &req), 0);
		KUNIT_EXPECT_EQ(test, req.version, exchanges[i].version);
		KUNIT_EXPECT_EQ(test, req.present, exchanges[i].present);
		KUNIT_EXPECT_EQ(test, req.nego_token.left, exchanges[i].token);
		sealed = req.pub_key_auth.left + req.auth_info.left;
		KUNIT_EXPECT_EQ(test, sealed, exchanges[i].sealed);
		wr = cssp_wr_of(test_room(test, rd.left), rd.left);
		cssp_ts_request_encode(&req, &wr);
		out = sweep_written(test, &wr);
		test_expect_same(test, &out, &rd);
	}
}

/* One message of each kind; the other ones differ in their contents only. */
static void test_exchange_sweeps(struct kunit *test)
{
	sweep(test, ts_v6_challenge, decode_request);
	sweep(test, ts_v6_authenticate, decode_request);
	sweep(test, ts_v6_pubkeyauth, decode_request);
	sweep(test, ts_v6_authinfo, decode_request);
	sweep(test, ts_error_code, decode_request);
}

static void test_error_code(struct kunit *test)
{
	static const struct {
		const char *hex;
		u32 code;
	} cases[] = {
		{ ts_error_code, 0xc000005e },
		/* As a positive INTEGER, as one implementation writes it */
		{ "300ea003020106a407020500c000005e", 0xc000005e },
		{ "300aa003020106a403020105", 5 },
		/* Windows also sends SEC_E_ codes here. */
		{ "300da003020106a4060204c00700ea", 0xc00700ea },
	};
	struct cssp_ts_request req = {
		.version = 3, .present = CSSP_TS_ERROR_CODE, .error_code = 0xc000005e,
	};
	struct cssp_wr wr;
	struct cssp_rd rd;
	unsigned int i;

	/* As in "30 0d a0 03 02 01 04 a4 06 02 04 c0 00 00 5e", but of version 3 */
	wr = cssp_wr_of(test_room(test, 15), 15);
	cssp_ts_request_encode(&req, &wr);
	rd = sweep_written(test, &wr);
	test_expect_hex(test, &rd, "300da003020103a4060204c000005e");

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		rd = test_hex(test, cases[i].hex);
		KUNIT_ASSERT_EQ(test, cssp_ts_request_decode(&rd, &req), 0);
		KUNIT_EXPECT_EQ(test, req.present, CSSP_TS_ERROR_CODE);
		KUNIT_EXPECT_EQ(test, req.error_code, cases[i].code);
	}
}

/* Unusual messages that are accepted, and malformed ones */
static void test_forms(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ "3005a003020106", 0 },
		/* Lengths and an INTEGER that are not minimal */
		{ "308105a003020106", 0 },
		{ "30820005a003020106", 0 },
		{ "3006a08103020106", 0 },
		{ "3006a00402020006", 0 },
		{ "300aa003020106a2030401aa", 0 },
		{ "300ba003020106a204048101aa", 0 },
		{ "300ea003020106a282000504820001aa", 0 },
		/* Indefinite */
		{ "3080a0030201060000", -EBADMSG },
		{ "3007a0800201060000", -EBADMSG },
		/* No version, a negative one, one over 32 bits */
		{ "3005a2030401aa", -EBADMSG },
		{ "3000", -EBADMSG },
		{ "3005a0030201ff", -EBADMSG },
		{ "3009a00702050100000000", -EBADMSG },
		/* Bytes after the message, after the version, inside a field */
		{ "3005a00302010600", -EBADMSG },
		{ "3007a0030201060500", -EBADMSG },
		{ "3006a00402010600", -EBADMSG },
		/* Twice, out of order, unknown */
		{ "300aa003020106a003020106", -EBADMSG },
		{ "300fa003020106a2030401aaa2030401aa", -EBADMSG },
		{ "300fa003020106a3030401aaa2030401aa", -EBADMSG },
		{ "300aa003020106a6030401aa", -EBADMSG },
		/* negoTokens: empty, without token, a second one, trailing bytes */
		{ "3009a003020106a1023000", -EBADMSG },
		{ "300ba003020106a10430023000", -EBADMSG },
		{ "3010a003020106a10930073005a0030401aa", 0 },
		{ "3017a003020106a110300e3005a0030401aa3005a0030401bb", -EBADMSG },
		{ "3015a003020106a10e300c300aa0030401aaa1030401bb", -EBADMSG },
		/* An empty string is well-formed. */
		{ "3009a003020106a2020400", 0 },
		/* clientNonce of 31 and 33 bytes */
		{
			"3028a003020106a521041f 00000000000000000000000000000000000000000000000000000000000000",
			-EBADMSG
		},
		{
			"302aa003020106a5230421 0000000000000000000000000000000000000000000000000000000000000000 00",
			-EBADMSG
		},
		/* errorCode of six octets and of zero octets */
		{ "300fa003020106a408020600000000005e", -EBADMSG },
		{ "3009a003020106a4020200", -EBADMSG },
		/* Not a SEQUENCE */
		{ "3105a003020106", -EBADMSG },
	};
	struct cssp_ts_request req;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);

		KUNIT_EXPECT_EQ_MSG(test, cssp_ts_request_decode(&rd, &req),
				    cases[i].err, "%s", cases[i].hex);
	}
}

static void test_total(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
		size_t total;
	} cases[] = {
		{ "", -EAGAIN }, { "30", -EAGAIN }, { "3082", -EAGAIN },
		{ "308201", -EAGAIN }, { "3084000000", -EAGAIN },
		{ "3005", 0, 7 }, { "308180", 0, 131 }, { "30820100", 0, 260 },
		{ "308400000001", 0, 7 },
		/* Exactly CREDSSP_MAX_TOKEN, and one more */
		{ "3082fffc", 0, 65536 }, { "3082fffd", -EMSGSIZE },
		{ "308400010000", -EMSGSIZE }, { "3084ffffffff", -EMSGSIZE },
		{ "3080", -EBADMSG }, { "3085", -EBADMSG },
		/* TLS, TPKT, HTTP: refused at the first byte */
		{ "16", -EBADMSG }, { "0300", -EBADMSG }, { "48", -EBADMSG },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);
		size_t total = 0;

		KUNIT_EXPECT_EQ_MSG(test, cssp_ts_request_total(&rd, &total),
				    cases[i].err, "%s", cases[i].hex);
		KUNIT_EXPECT_EQ_MSG(test, total, cases[i].total, "%s", cases[i].hex);
	}
}

/* A message of the largest size, and too little room for it */
static void test_large(struct kunit *test)
{
	size_t n = CREDSSP_MAX_TOKEN - 29;
	struct cssp_ts_request req = {
		.version = 6, .present = CSSP_TS_NEGO_TOKEN,
		.nego_token = cssp_rd_of(test_room(test, n), n),
	}, again;
	struct cssp_wr wr;
	struct cssp_rd rd;
	size_t total;

	KUNIT_ASSERT_EQ(test, cssp_ts_request_size(&req), CREDSSP_MAX_TOKEN);
	wr = sweep_room(test, cssp_ts_request_size(&req));
	cssp_ts_request_encode(&req, &wr);
	rd = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_ts_request_total(&rd, &total), 0);
	KUNIT_EXPECT_EQ(test, total, rd.left);
	KUNIT_EXPECT_EQ(test, cssp_ts_request_decode(&rd, &again), 0);
	KUNIT_EXPECT_EQ(test, again.nego_token.left, n);

	wr = cssp_wr_of(wr.buf, wr.size - 1);
	cssp_ts_request_encode(&req, &wr);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);
	kfree(wr.buf);
}

static struct kunit_case ts_request_cases[] = {
	KUNIT_CASE(test_exchanges),
	KUNIT_CASE_SLOW(test_exchange_sweeps),
	KUNIT_CASE(test_error_code),
	KUNIT_CASE(test_forms),
	KUNIT_CASE(test_total),
	KUNIT_CASE(test_large),
	{}
};

static struct kunit_suite ts_request_suite = {
	.name = "credssp_wire_ts_request",
	.test_cases = ts_request_cases,
};

kunit_test_suite(ts_request_suite);
