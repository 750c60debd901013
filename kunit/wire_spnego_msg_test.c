// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/spnego_msg.c: SPNEGO's tokens, RFC 4178 4.2 and MS-SPNG 2.2.1. */
#include "sweep.h"
#include "vectors/spnego.h"
#include "vectors/ntlm.h"
#include "wire/spnego_msg.h"

static SWEEP_DECODER(decode_init)
{
	struct cssp_spnego_init init, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_spnego_init_decode(rd, &init);
	if (err)
		return err;
	wr = sweep_room(test, cssp_spnego_init_size(&init));
	cssp_spnego_init_encode(&init, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_spnego_init_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.present, init.present & ~CSSP_SPNEGO_HAS_HINT);
	test_expect_same(test, &again.mech_list, &init.mech_list);
	test_expect_same(test, &again.token, &init.token);
	test_expect_same(test, &again.mic, &init.mic);
	kfree(wr.buf);
	return 0;
}

static SWEEP_DECODER(decode_resp)
{
	struct cssp_spnego_resp resp, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_spnego_resp_decode(rd, &resp);
	if (err)
		return err;
	wr = sweep_room(test, cssp_spnego_resp_size(&resp));
	cssp_spnego_resp_encode(&resp, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_spnego_resp_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.present, resp.present);
	KUNIT_EXPECT_EQ(test, again.state, resp.state);
	test_expect_same(test, &again.mech, &resp.mech);
	test_expect_same(test, &again.token, &resp.token);
	test_expect_same(test, &again.mic, &resp.mic);
	kfree(wr.buf);
	return 0;
}

static void expect_mechs(struct kunit *test, const struct cssp_rd *mech_list,
			 const enum cssp_spnego_mech *mechs, unsigned int count)
{
	struct cssp_rd rest, oid;

	KUNIT_ASSERT_EQ(test, cssp_spnego_mech_list_open(mech_list, &rest), 0);
	while (count--) {
		KUNIT_ASSERT_EQ(test, cssp_spnego_mech_next(&rest, &oid), 0);
		KUNIT_EXPECT_EQ(test, cssp_spnego_mech_of(&oid), *mechs++);
	}
	KUNIT_EXPECT_EQ(test, cssp_rd_end(&rest), 0);
}

static void test_hint(struct kunit *test)
{
	static const enum cssp_spnego_mech mechs[] = {
		CSSP_SPNEGO_NEGOEX, CSSP_SPNEGO_MS_KRB5, CSSP_SPNEGO_KRB5,
		CSSP_SPNEGO_KRB5_U2U, CSSP_SPNEGO_NTLM,
	};
	static const char name[] = "not_defined_in_RFC4178@please_ignore";
	struct cssp_rd rd = test_hex(test, spnego_hint);
	struct cssp_spnego_init init;

	KUNIT_ASSERT_EQ(test, cssp_spnego_init_decode(&rd, &init), 0);
	KUNIT_EXPECT_EQ(test, init.present, CSSP_SPNEGO_HAS_HINT);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&init.hint_name, name, strlen(name)));
	expect_mechs(test, &init.mech_list, mechs, ARRAY_SIZE(mechs));
	sweep(test, spnego_hint, decode_init);
}

static void test_init(struct kunit *test)
{
	static const enum cssp_spnego_mech ntlm[] = { CSSP_SPNEGO_NTLM };
	struct cssp_rd rd = test_hex(test, spnego_init_ntlm), out;
	struct cssp_spnego_init init;
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, cssp_spnego_init_decode(&rd, &init), 0);
	KUNIT_EXPECT_EQ(test, init.present, CSSP_SPNEGO_HAS_TOKEN);
	test_expect_hex(test, &init.mech_list, spnego_list_ntlm);
	test_expect_hex(test, &init.token, capture_a_negotiate);
	expect_mechs(test, &init.mech_list, ntlm, ARRAY_SIZE(ntlm));
	wr = cssp_wr_of(test_room(test, rd.left), rd.left);
	cssp_spnego_init_encode(&init, &wr);
	out = sweep_written(test, &wr);
	test_expect_same(test, &out, &rd);
	sweep(test, spnego_init_ntlm, decode_init);
}

static void test_init_flags_mic(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, spnego_init_flags_mic);
	struct cssp_spnego_init init;

	KUNIT_ASSERT_EQ(test, cssp_spnego_init_decode(&rd, &init), 0);
	KUNIT_EXPECT_EQ(test, init.present, CSSP_SPNEGO_HAS_TOKEN | CSSP_SPNEGO_HAS_MIC);
	test_expect_hex(test, &init.mic, "01000000000000000000000000000000");
	sweep(test, spnego_init_flags_mic, decode_init);
}

static void test_completed(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, spnego_completed), out;
	struct cssp_spnego_resp resp;
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, cssp_spnego_resp_decode(&rd, &resp), 0);
	KUNIT_EXPECT_EQ(test, resp.present, CSSP_SPNEGO_HAS_STATE | CSSP_SPNEGO_HAS_MIC);
	KUNIT_EXPECT_EQ(test, resp.state, CSSP_SPNEGO_ACCEPT_COMPLETED);
	test_expect_hex(test, &resp.mic, spnego_completed_mic);
	wr = cssp_wr_of(test_room(test, rd.left), rd.left);
	cssp_spnego_resp_encode(&resp, &wr);
	out = sweep_written(test, &wr);
	test_expect_same(test, &out, &rd);
	sweep(test, spnego_completed, decode_resp);
}

static void test_resp(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, spnego_resp_challenge), out;
	struct cssp_spnego_resp resp;
	struct cssp_wr wr;

	KUNIT_ASSERT_EQ(test, cssp_spnego_resp_decode(&rd, &resp), 0);
	KUNIT_EXPECT_EQ(test, resp.present, CSSP_SPNEGO_HAS_STATE | CSSP_SPNEGO_HAS_MECH |
			CSSP_SPNEGO_HAS_TOKEN);
	KUNIT_EXPECT_EQ(test, resp.state, CSSP_SPNEGO_ACCEPT_INCOMPLETE);
	KUNIT_EXPECT_EQ(test, cssp_spnego_mech_of(&resp.mech), CSSP_SPNEGO_NTLM);
	test_expect_hex(test, &resp.token, capture_a_challenge);
	wr = cssp_wr_of(test_room(test, rd.left), rd.left);
	cssp_spnego_resp_encode(&resp, &wr);
	out = sweep_written(test, &wr);
	test_expect_same(test, &out, &rd);
	sweep(test, spnego_resp_challenge, decode_resp);
}

static void test_mech_list(struct kunit *test)
{
	static const enum cssp_spnego_mech windows[] = {
		CSSP_SPNEGO_MS_KRB5, CSSP_SPNEGO_KRB5, CSSP_SPNEGO_NEGOEX, CSSP_SPNEGO_NTLM,
	};
	struct cssp_rd want = test_hex(test, spnego_list_windows), list;
	struct cssp_wr wr = cssp_wr_of(test_room(test, want.left), want.left);

	cssp_spnego_mech_list_encode(windows, ARRAY_SIZE(windows), &wr);
	list = sweep_written(test, &wr);
	test_expect_same(test, &list, &want);
	expect_mechs(test, &list, windows, ARRAY_SIZE(windows));

	wr = cssp_wr_of(test_room(test, 14), 14);
	cssp_spnego_mech_list_encode(&windows[3], 1, &wr);
	list = sweep_written(test, &wr);
	test_expect_hex(test, &list, spnego_list_ntlm);
}

/* RFC 1964 1, RFC 4121 4.1, MS-SPNG 3.1.5: the contents of each OID */
static void test_oids(struct kunit *test)
{
	static const char *const oids[CSSP_SPNEGO_MECHS] = {
		[CSSP_SPNEGO_UNKNOWN]	= "",
		[CSSP_SPNEGO_MS_KRB5]	= "2a864882f712010202",
		[CSSP_SPNEGO_KRB5]	= "2a864886f712010202",
		[CSSP_SPNEGO_KRB5_U2U]	= "2a864886f71201020203",
		[CSSP_SPNEGO_NTLM]	= "2b06010401823702020a",
		[CSSP_SPNEGO_NEGOEX]	= "2b06010401823702021e",
		[CSSP_SPNEGO_IAKERB]	= "2b0601050205",
		[CSSP_SPNEGO_PKU2U]	= "2b0601050207",
	};
	struct cssp_rd late_fallback = test_hex(test, "2b060104018237020228");
	unsigned int mech;

	for (mech = 0; mech < CSSP_SPNEGO_MECHS; mech++) {
		struct cssp_rd oid = cssp_spnego_oid(mech);

		test_expect_hex(test, &oid, oids[mech]);
		KUNIT_EXPECT_EQ(test, cssp_spnego_mech_of(&oid), mech);
	}
	KUNIT_EXPECT_EQ(test, cssp_spnego_mech_of(&late_fallback), CSSP_SPNEGO_UNKNOWN);
}

static void test_init_forms(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ "601406062b0601050502a00a3008a006300406022b06", 0 },
		/* An OID longer than its list */
		{ "601406062b0601050502a00a3008a006300406032b06", -EBADMSG },
		/* Long lengths */
		{ "60811506062b0601050502a0810a3008a006300406022b06", 0 },
		/* An empty OID, an empty list, no list */
		{ "601206062b0601050502a0083006a00430020600", -EBADMSG },
		{ "601006062b0601050502a0063004a0023000", -EBADMSG },
		{ "600c06062b0601050502a0023000", -EBADMSG },
		/* Another OID, [1] in place of [0], bytes behind it */
		{ "601406062b0601050503a00a3008a006300406022b06", -EBADMSG },
		{ "601406062b0601050502a10a3008a006300406022b06", -EBADMSG },
		{ "601606062b0601050502a00a3008a006300406022b060500", -EBADMSG },
		/* mechToken twice, the MIC before it */
		{ "601e06062b0601050502a0143012a006300406022b06a203040101a203040101",
		  -EBADMSG },
		{ "601e06062b0601050502a0143012a006300406022b06a303040101a203040101",
		  -EBADMSG },
		/* Extensions: one, two, an empty one with the highest tag */
		{ "601906062b0601050502a00f300da006300406022b06a503040101", 0 },
		{ "601e06062b0601050502a0143012a006300406022b06a503040101a703040101", 0 },
		{ "601606062b0601050502a00c300aa006300406022b06be00", 0 },
		/* ... twice, out of order, before a field, cut, and with tags of other kinds */
		{ "601e06062b0601050502a0143012a006300406022b06a503040101a503040101",
		  -EBADMSG },
		{ "601e06062b0601050502a0143012a006300406022b06a703040101a503040101",
		  -EBADMSG },
		{ "601e06062b0601050502a0143012a006300406022b06a503040101a203040101",
		  -EBADMSG },
		{ "601906062b0601050502a00f300da006300406022b06a504040101", -EBADMSG },
		{ "601806062b0601050502a00e300ca006300406022b06bf3f0100", -EBADMSG },
		{ "601906062b0601050502a00f300da006300406022b06e503040101", -EBADMSG },
		{ "601606062b0601050502a00c300aa006300406022b060500", -EBADMSG },
		{ "601606062b0601050502a00c300aa006300406022b068500", -EBADMSG },
		/* Init2: hints and then a MIC in [4]; a MIC in [3] and [4] */
		{ "601d06062b0601050502a0133011a006300406022b06a3023000a403040101", 0 },
		{ "601e06062b0601050502a0143012a006300406022b06a303040101a403040101",
		  -EBADMSG },
		/* hintName, hintAddress; a third one */
		{ "602206062b0601050502a0183016a006300406022b06 a30c300aa0031b0161a103040161", 0 },
		{
			"602206062b0601050502a0183016a006300406022b06 a30c300aa0031b0161a203040161",
			-EBADMSG
		},
	};
	struct cssp_spnego_init init;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);

		KUNIT_EXPECT_EQ_MSG(test, cssp_spnego_init_decode(&rd, &init),
				    cases[i].err, "%s", cases[i].hex);
	}
}

/* The most mechanisms that are accepted, and one more */
static void test_mech_limit(struct kunit *test)
{
	enum cssp_spnego_mech mechs[CSSP_SPNEGO_MAX_MECHS + 1];
	struct cssp_spnego_init init = {}, again;
	struct cssp_wr list, wr;
	struct cssp_rd rd;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(mechs); i++)
		mechs[i] = CSSP_SPNEGO_NTLM;
	for (i = CSSP_SPNEGO_MAX_MECHS; i <= CSSP_SPNEGO_MAX_MECHS + 1; i++) {
		list = cssp_wr_of(test_room(test, 256), 256);
		cssp_spnego_mech_list_encode(mechs, i, &list);
		init.mech_list = cssp_rd_of(list.buf, list.len);
		wr = sweep_room(test, cssp_spnego_init_size(&init));
		cssp_spnego_init_encode(&init, &wr);
		rd = sweep_written(test, &wr);
		KUNIT_EXPECT_EQ(test, cssp_spnego_init_decode(&rd, &again),
				i > CSSP_SPNEGO_MAX_MECHS ? -EBADMSG : 0);
		kfree(wr.buf);
	}
}

static void test_resp_forms(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ "a1023000", 0 },
		{ "a1073005a0030a0103", 0 },
		{ "a181073005a0030a0103", 0 },
		/* An unknown state, and one that is no ENUMERATED */
		{ "a1073005a0030a0104", -EBADMSG },
		{ "a1073005a003020101", -EBADMSG },
		{ "a1073005a0030a01ff", -EBADMSG },
		/* Extensions */
		{ "a1073005a403040101", 0 },
		{ "a10c300aa303040101a403040101", 0 },
		{ "a10c300aa403040101a503040101", 0 },
		{ "a10c300aa503040101a403040101", -EBADMSG },
		{ "a10c300aa403040101a403040101", -EBADMSG },
		{ "a10c300aa403040101a303040101", -EBADMSG },
		{ "a1073005a404040101", -EBADMSG },
		/* Fields out of order, twice, trailing */
		{ "a10c300aa203040101a0030a0100", -EBADMSG },
		{ "a10c300aa0030a0100a0030a0100", -EBADMSG },
		{ "a102300000", -EBADMSG },
		{ "a10430000500", -EBADMSG },
		/* An empty supportedMech; an init token */
		{ "a1063004a1020600", -EBADMSG },
		{ "a0023000", -EBADMSG },
	};
	struct cssp_spnego_resp resp;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex);

		KUNIT_EXPECT_EQ_MSG(test, cssp_spnego_resp_decode(&rd, &resp),
				    cases[i].err, "%s", cases[i].hex);
	}
}

/* A mechanism's first token without SPNEGO around it */
static void test_bare(struct kunit *test)
{
	static const struct {
		const char *token;
		enum cssp_spnego_mech mech;
	} rows[] = {
		{ capture_a_negotiate, CSSP_SPNEGO_NTLM },
		{ "4e544c4d53535000", CSSP_SPNEGO_NTLM },
		{ "4e544c4d535350", CSSP_SPNEGO_UNKNOWN },
		{ "4e544c4d53535001", CSSP_SPNEGO_UNKNOWN },
		{ "600d06092a864886f7120102020100", CSSP_SPNEGO_KRB5 },
		{ "600e060a2a864886f712010202030400", CSSP_SPNEGO_KRB5_U2U },
		{ "600d06092a864882f7120102020100", CSSP_SPNEGO_MS_KRB5 },
		{ "600c060a2b06010401823702021e", CSSP_SPNEGO_NEGOEX },
		{ "600d06092a864886f71201020201", CSSP_SPNEGO_UNKNOWN },	/* cut */
		{ "600d060b2a864886f7120102020100", CSSP_SPNEGO_UNKNOWN },
		{ "610d06092a864886f7120102020100", CSSP_SPNEGO_UNKNOWN },
		{ "600d04092a864886f7120102020100", CSSP_SPNEGO_UNKNOWN },
		{ spnego_init_ntlm, CSSP_SPNEGO_UNKNOWN },
		{ "6000", CSSP_SPNEGO_UNKNOWN },
		{ "", CSSP_SPNEGO_UNKNOWN },
	};
	struct cssp_rd rd;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		rd = test_hex(test, rows[i].token);
		KUNIT_EXPECT_EQ_MSG(test, cssp_spnego_bare_mech(&rd), rows[i].mech, "row %u", i);
	}
}

static struct kunit_case spnego_msg_cases[] = {
	KUNIT_CASE(test_hint),
	KUNIT_CASE(test_init),
	KUNIT_CASE(test_init_flags_mic),
	KUNIT_CASE(test_completed),
	KUNIT_CASE(test_resp),
	KUNIT_CASE(test_mech_list),
	KUNIT_CASE(test_oids),
	KUNIT_CASE(test_init_forms),
	KUNIT_CASE(test_mech_limit),
	KUNIT_CASE(test_resp_forms),
	KUNIT_CASE(test_bare),
	{}
};

static struct kunit_suite spnego_msg_suite = {
	.name = "credssp_wire_spnego_msg",
	.test_cases = spnego_msg_cases,
};

kunit_test_suites(&spnego_msg_suite);
