// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/ntlm_msg.c: the three NTLM messages, MS-NLMP 2.2.1. */
#include "sweep.h"
#include "vectors/freerdp_ntlm.h"
#include "vectors/ntlm.h"
#include "wire/ntlm_msg.h"

static SWEEP_DECODER(decode_negotiate)
{
	struct cssp_ntlm_negotiate msg, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_ntlm_negotiate_decode(rd, &msg);
	if (err)
		return err;
	wr = sweep_room(test, cssp_ntlm_negotiate_size(&msg));
	cssp_ntlm_negotiate_encode(&msg, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_negotiate_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.flags, msg.flags);
	test_expect_same(test, &again.domain, &msg.domain);
	test_expect_same(test, &again.workstation, &msg.workstation);
	kfree(wr.buf);
	return 0;
}

static SWEEP_DECODER(decode_challenge)
{
	struct cssp_ntlm_challenge msg, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_ntlm_challenge_decode(rd, &msg);
	if (err)
		return err;
	wr = sweep_room(test, cssp_ntlm_challenge_size(&msg));
	cssp_ntlm_challenge_encode(&msg, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_challenge_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.flags, msg.flags);
	test_expect_same(test, &again.target_name, &msg.target_name);
	test_expect_same(test, &again.target_info, &msg.target_info);
	kfree(wr.buf);
	return 0;
}

static SWEEP_DECODER(decode_authenticate)
{
	struct cssp_ntlm_authenticate msg, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_ntlm_authenticate_decode(rd, &msg);
	if (err)
		return err;
	wr = sweep_room(test, cssp_ntlm_authenticate_size(&msg));
	cssp_ntlm_authenticate_encode(&msg, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_authenticate_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.flags, msg.flags);
	test_expect_same(test, &again.lm, &msg.lm);
	test_expect_same(test, &again.nt, &msg.nt);
	test_expect_same(test, &again.domain, &msg.domain);
	test_expect_same(test, &again.user, &msg.user);
	test_expect_same(test, &again.workstation, &msg.workstation);
	test_expect_same(test, &again.enc_key, &msg.enc_key);
	test_expect_same(test, &again.mic, &msg.mic);
	kfree(wr.buf);
	return 0;
}

/* Messages of Windows and of the specification: encoded again byte by byte */
static void test_negotiate(struct kunit *test)
{
	static const char *const messages[] = { capture_a_negotiate, derived_negotiate };
	struct cssp_ntlm_negotiate msg;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		struct cssp_rd rd = test_hex(test, messages[i]), out;
		struct cssp_wr wr = cssp_wr_of(test_room(test, rd.left), rd.left);

		KUNIT_ASSERT_EQ(test, cssp_ntlm_negotiate_decode(&rd, &msg), 0);
		KUNIT_EXPECT_EQ(test, msg.version[0], 10);
		KUNIT_EXPECT_EQ(test, msg.version[7], CSSP_NTLM_REVISION);
		KUNIT_EXPECT_EQ(test, msg.domain.left + msg.workstation.left, 0);
		cssp_ntlm_negotiate_encode(&msg, &wr);
		out = sweep_written(test, &wr);
		test_expect_same(test, &out, &rd);
		sweep_flips(test, &rd, decode_negotiate);
	}
}

/* The header may end after the flags, the fields, or VERSION only. */
static void test_negotiate_lengths(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, capture_a_negotiate);
	size_t len;

	for (len = 0; len <= rd.left; len++)
		KUNIT_EXPECT_EQ_MSG(test, sweep_cut(test, &rd, len, decode_negotiate),
				    len == 16 || len >= 32 ? 0 : -EBADMSG, "%zu", len);
}

static void test_negotiate_names(struct kunit *test)
{
	struct cssp_ntlm_negotiate msg = {
		.flags = CSSP_NTLM_OEM | CSSP_NTLM_OEM_DOMAIN_SUPPLIED |
			 CSSP_NTLM_OEM_WORKSTATION_SUPPLIED,
		.domain = test_str("DOM"), .workstation = test_str("WKS"),
	}, again;
	struct cssp_wr wr = cssp_wr_of(test_room(test, 46), 46);
	struct cssp_rd rd;

	cssp_ntlm_negotiate_encode(&msg, &wr);
	rd = sweep_written(test, &wr);
	test_expect_hex(test, &rd,
			"4e544c4d53535000 01000000 02300000 0300030028000000 030003002b000000 0000000000000000 444f4d574b53");
	KUNIT_ASSERT_EQ(test, cssp_ntlm_negotiate_decode(&rd, &again), 0);
	test_expect_same(test, &again.domain, &msg.domain);
	test_expect_same(test, &again.workstation, &msg.workstation);
	/* Without the flags the fields are ignored, so they may point anywhere. */
	wr.buf[13] = 0;
	wr.buf[20] = 0xff;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_negotiate_decode(&rd, &again), 0);
	KUNIT_EXPECT_EQ(test, again.domain.left + again.workstation.left, 0);
}

static void test_challenge(struct kunit *test)
{
	static const struct {
		const char *hex;
		u32 flags;
		size_t name;
		size_t info;
	} cases[] = {
		{ nlmp_v2_challenge, 0xe28a8233, 12, 36 },
		{ capture_a_challenge, 0xe2898235, 12, 138 },
		{ capture_c_challenge, 0xe2898235, 12, 138 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex), out;
		struct cssp_wr wr = cssp_wr_of(test_room(test, rd.left), rd.left);
		struct cssp_ntlm_challenge msg;

		KUNIT_ASSERT_EQ(test, cssp_ntlm_challenge_decode(&rd, &msg), 0);
		KUNIT_EXPECT_EQ(test, msg.flags, cases[i].flags);
		KUNIT_EXPECT_EQ(test, msg.target_name.left, cases[i].name);
		KUNIT_EXPECT_EQ(test, msg.target_info.left, cases[i].info);
		KUNIT_EXPECT_EQ(test, memcmp(msg.server_challenge, rd.p + 24, 8), 0);
		cssp_ntlm_challenge_encode(&msg, &wr);
		out = sweep_written(test, &wr);
		test_expect_same(test, &out, &rd);
	}
	sweep(test, capture_a_challenge, decode_challenge);
}

/* FreeRDP's header ends before VERSION; this module's does not. */
static void test_challenge_freerdp(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, freerdp_v6_challenge);
	struct cssp_ntlm_challenge msg;

	KUNIT_ASSERT_EQ(test, cssp_ntlm_challenge_decode(&rd, &msg), 0);
	KUNIT_EXPECT_EQ(test, msg.flags, 0xe0888235);
	test_expect_hex(test, &msg.target_name, "56004d00");
	KUNIT_EXPECT_EQ(test, msg.target_info.left, 48);
	KUNIT_EXPECT_NULL(test, memchr_inv(msg.version, 0, sizeof(msg.version)));
	sweep(test, freerdp_v6_challenge, decode_challenge);
}

/* One change to the specification's CHALLENGE of 104 bytes, and its result */
static void test_challenge_forms(struct kunit *test)
{
	static const struct {
		const char *why;
		u8 at;
		u8 value;
		int err;
	} cases[] = {
		{ "signature", 6, 'Q', -EBADMSG },
		{ "signature without its NUL", 7, 'x', -EBADMSG },
		{ "another message's type", 8, 3, -EBADMSG },
		{ "MaxLen, which is ignored", 14, 0xff, 0 },
		{ "an odd TargetName", 12, 11, -EBADMSG },
		{ "TargetName over the header", 16, 47, -EBADMSG },
		{ "TargetName right behind the fields", 16, 48, 0 },
		{ "TargetName past the end", 16, 93, -EBADMSG },
		{ "TargetName over TargetInfo, which is harmless", 16, 92, 0 },
		{ "TargetName far away", 19, 0xff, -EBADMSG },
		{ "neither UNICODE nor OEM", 20, 0x30, -EBADMSG },
		{ "OEM alone", 20, 0x32, 0 },
		{ "no TARGET_INFO", 22, 0x0a, 0 },
		{ "TargetInfo empty", 40, 0, -EBADMSG },
		{ "TargetInfo without its EOL", 40, 32, -EBADMSG },
		{ "TargetInfo cut inside a pair", 40, 35, -EBADMSG },
		{ "TargetInfo past the end", 40, 37, -EBADMSG },
		{ "TargetInfo over the header", 44, 40, -EBADMSG },
		{ "bytes behind the EOL", 100, 1, -EBADMSG },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, nlmp_v2_challenge);
		struct cssp_ntlm_challenge msg;

		((u8 *)rd.p)[cases[i].at] = cases[i].value;
		KUNIT_EXPECT_EQ_MSG(test, cssp_ntlm_challenge_decode(&rd, &msg),
				    cases[i].err, "%s", cases[i].why);
	}
}

static void test_authenticate(struct kunit *test)
{
	static const struct {
		const char *hex;
		size_t user, workstation, nt;
	} cases[] = {
		{ capture_a_authenticate, 54, 20, 314 },
		{ capture_c_authenticate, 54, 20, 288 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, cases[i].hex), out;
		struct cssp_wr wr = cssp_wr_of(test_room(test, rd.left), rd.left);
		struct cssp_ntlm_authenticate msg;

		KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&rd, &msg), 0);
		KUNIT_EXPECT_EQ(test, msg.flags, 0xe2888235);
		KUNIT_EXPECT_EQ(test, msg.domain.left, 0);
		KUNIT_EXPECT_EQ(test, msg.user.left, cases[i].user);
		KUNIT_EXPECT_EQ(test, msg.workstation.left, cases[i].workstation);
		KUNIT_EXPECT_EQ(test, msg.lm.left, CSSP_NTLM_LM_SIZE);
		KUNIT_EXPECT_EQ(test, msg.nt.left, cases[i].nt);
		KUNIT_EXPECT_EQ(test, msg.enc_key.left, CSSP_NTLM_KEY_SIZE);
		KUNIT_EXPECT_PTR_EQ(test, msg.mic.p, rd.p + CSSP_NTLM_MIC_OFFSET);
		cssp_ntlm_authenticate_encode(&msg, &wr);
		out = sweep_written(test, &wr);
		test_expect_same(test, &out, &rd);
	}
	sweep(test, capture_a_authenticate, decode_authenticate);
}

/* Without MsvAvFlags no MIC is at 72: headers of 72, 88 and 64 bytes */
static void test_authenticate_no_mic(struct kunit *test)
{
	static const char *const messages[] = {
		nlmp_v2_authenticate, derived_authenticate, freerdp_v6_authenticate,
	};
	struct cssp_ntlm_authenticate msg;
	struct cssp_rd rd, out;
	struct cssp_wr wr;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(messages); i++) {
		rd = test_hex(test, messages[i]);
		KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&rd, &msg), 0);
		KUNIT_EXPECT_EQ(test, msg.mic.left, 0);
	}
	sweep(test, nlmp_v2_authenticate, decode_authenticate);
	/* The first, encoded again, is the specification's with a full header. */
	rd = test_hex(test, nlmp_v2_authenticate);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&rd, &msg), 0);
	wr = cssp_wr_of(test_room(test, 248), 248);
	cssp_ntlm_authenticate_encode(&msg, &wr);
	out = sweep_written(test, &wr);
	test_expect_hex(test, &out, derived_authenticate);
}

/* One change to Windows' AUTHENTICATE of 516 bytes, and its result */
static void test_authenticate_forms(struct kunit *test)
{
	static const struct {
		const char *why;
		u16 at;
		u8 value;
		int err;
	} cases[] = {
		{ "LM over the MIC", 16, 87, -EBADMSG },
		{ "LM right behind the MIC", 16, 88, 0 },
		{ "NT past the end", 25, 2, -EBADMSG },
		{ "NT of NTLMv1's size: the mechanism's to refuse", 20, 24, -EBADMSG },
		{ "an odd user", 36, 53, -EBADMSG },
		{ "user over the header", 40, 8, -EBADMSG },
		{ "an odd domain", 28, 1, -EBADMSG },
		{ "an odd workstation", 44, 19, -EBADMSG },
		{ "a key of 15 bytes: the mechanism's to refuse", 52, 15, 0 },
		{ "a key past the end", 52, 17, -EBADMSG },
		{ "no key: the mechanism's to refuse", 52, 0, 0 },
		{ "a key, no KEY_EXCH", 63, 0xa2, 0 },
		{ "neither UNICODE nor OEM", 60, 0x34, -EBADMSG },
		{ "RespType", 202, 2, -EBADMSG },
		{ "HiRespType", 203, 2, -EBADMSG },
		{ "a reserved byte, which is ignored", 204, 2, 0 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd rd = test_hex(test, capture_a_authenticate);
		struct cssp_ntlm_authenticate msg;

		((u8 *)rd.p)[cases[i].at] = cases[i].value;
		KUNIT_EXPECT_EQ_MSG(test, cssp_ntlm_authenticate_decode(&rd, &msg),
				    cases[i].err, "%s", cases[i].why);
	}
}

/* MsvAvFlags announces a MIC, but the header has no room for it (CVE-2019-1040). */
static void test_authenticate_mic_missing(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, capture_a_authenticate), v1;
	struct cssp_ntlm_authenticate msg;
	u8 nt_len[2];

	/* The user's name overlaps the MIC */
	((u8 *)rd.p)[40] = CSSP_NTLM_MIC_OFFSET;
	KUNIT_EXPECT_EQ(test, cssp_ntlm_authenticate_decode(&rd, &msg), -EBADMSG);
	((u8 *)rd.p)[40] = 88;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&rd, &msg), 0);
	/* An NTLMv1 response has no AV pairs, and so no MIC. */
	v1 = test_copy(test, &rd);
	nt_len[0] = CSSP_NTLM_V1_SIZE;
	nt_len[1] = 0;
	memcpy((u8 *)v1.p + 20, nt_len, sizeof(nt_len));
	KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&v1, &msg), 0);
	KUNIT_EXPECT_EQ(test, msg.nt.left, CSSP_NTLM_V1_SIZE);
	KUNIT_EXPECT_EQ(test, msg.mic.left, 0);
}

/* A TargetInfo ends with its AV list. */
static void test_challenge_target_info_end(struct kunit *test)
{
	static const struct {
		const char *info;
		int err;
	} cases[] = {
		{ "00000000", 0 },
		{ "0000000000", -EBADMSG },
		{ "0000000000000000", -EBADMSG },
		{ "000000", -EBADMSG },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_ntlm_challenge msg = {
			.flags = CSSP_NTLM_UNICODE | CSSP_NTLM_TARGET_INFO,
			.target_info = test_hex(test, cases[i].info),
		}, again;
		struct cssp_wr wr = sweep_room(test, cssp_ntlm_challenge_size(&msg));
		struct cssp_rd rd;

		cssp_ntlm_challenge_encode(&msg, &wr);
		rd = sweep_written(test, &wr);
		KUNIT_EXPECT_EQ_MSG(test, cssp_ntlm_challenge_decode(&rd, &again),
				    cases[i].err, "%s", cases[i].info);
		kfree(wr.buf);
	}
}

/* The longest field is that of the largest 16-bit length. */
static void test_field_lengths(struct kunit *test)
{
	u8 *bytes = test_room(test, U16_MAX + 1);
	struct cssp_wr room = sweep_room(test, 2 * U16_MAX);
	unsigned int over;

	for (over = 0; over <= 1; over++) {
		struct cssp_rd field = cssp_rd_of(bytes, U16_MAX + over);
		struct cssp_ntlm_authenticate auth = { .user = field };
		struct cssp_ntlm_challenge challenge = { .target_info = field };
		struct cssp_ntlm_negotiate negotiate = { .domain = field };
		int err = over ? -EMSGSIZE : 0;
		struct cssp_wr wr;

		wr = room;
		cssp_ntlm_authenticate_encode(&auth, &wr);
		KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), err);
		wr = room;
		cssp_ntlm_challenge_encode(&challenge, &wr);
		KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), err);
		wr = room;
		cssp_ntlm_negotiate_encode(&negotiate, &wr);
		KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), err);
		wr = room;
		cssp_ntlm_av_put(&wr, CSSP_NTLM_AV_TARGET_NAME, &field);
		KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), err);
	}
	kfree(room.buf);
}

static struct kunit_case ntlm_msg_cases[] = {
	KUNIT_CASE(test_negotiate),
	KUNIT_CASE(test_negotiate_lengths),
	KUNIT_CASE(test_negotiate_names),
	KUNIT_CASE_SLOW(test_challenge),
	KUNIT_CASE(test_challenge_freerdp),
	KUNIT_CASE(test_challenge_forms),
	KUNIT_CASE_SLOW(test_authenticate),
	KUNIT_CASE_SLOW(test_authenticate_no_mic),
	KUNIT_CASE(test_authenticate_forms),
	KUNIT_CASE(test_authenticate_mic_missing),
	KUNIT_CASE(test_challenge_target_info_end),
	KUNIT_CASE(test_field_lengths),
	{}
};

static struct kunit_suite ntlm_msg_suite = {
	.name = "credssp_wire_ntlm_msg",
	.test_cases = ntlm_msg_cases,
};

kunit_test_suites(&ntlm_msg_suite);
