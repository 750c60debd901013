// SPDX-License-Identifier: GPL-2.0-only
/* kmod/wire/ntlm_av.c: AV pair lists and the NTLMv2 response, MS-NLMP 2.2.2.1, 3.3.2. */
#include "sweep.h"
#include "vectors/ntlm.h"
#include "wire/ntlm_msg.h"

/* Pairs: MsvAvFlags, MsvAvChannelBindings, MsvAvTargetName "S" */
#define FLAGS(low)	" 06000400 " low "000000 "
#define NO_BINDINGS	" 0a001000 00000000000000000000000000000000 "
#define OTHER_BINDINGS	" 0a001000 01010101010101010101010101010101 "
#define NAME_S		" 09000200 5300 "

/* A list with nothing behind it */
static SWEEP_DECODER(decode_list)
{
	struct cssp_rd list = *rd;
	struct cssp_ntlm_av av;
	int err;

	err = cssp_ntlm_av_parse(&list, &av);
	return err ? err : cssp_rd_end(&list);
}

static SWEEP_DECODER(decode_v2)
{
	struct cssp_ntlm_v2 v2, again;
	struct cssp_rd out;
	struct cssp_wr wr;
	int err;

	err = cssp_ntlm_v2_decode(rd, &v2);
	if (err)
		return err;
	wr = sweep_room(test, v2.proof.left + cssp_ntlm_temp_size(&v2));
	cssp_wr_rd(&wr, &v2.proof);
	cssp_ntlm_temp_encode(&v2, &wr);
	out = sweep_written(test, &wr);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_v2_decode(&out, &again), 0);
	KUNIT_EXPECT_EQ(test, again.time, v2.time);
	test_expect_same(test, &again.av, &v2.av);
	kfree(wr.buf);
	return 0;
}

static void test_list(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, capture_a_challenge), list;
	struct cssp_ntlm_challenge msg;
	struct cssp_ntlm_av av;

	KUNIT_ASSERT_EQ(test, cssp_ntlm_challenge_decode(&rd, &msg), 0);
	list = msg.target_info;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_av_parse(&list, &av), 0);
	KUNIT_EXPECT_EQ(test, list.left, 0);
	/* 1, 2, 3, 4, 5 and 7 */
	KUNIT_EXPECT_EQ(test, av.present, 0xbe);
	test_expect_hex(test, &av.nb_domain, "44004f004d00410049004e00");
	test_expect_hex(test, &av.nb_computer, "4400430030003100");
	KUNIT_EXPECT_EQ(test, av.dns_computer.left, 34);
	KUNIT_EXPECT_EQ(test, av.dns_domain.left, 24);
	KUNIT_EXPECT_EQ(test, av.dns_tree.left, 24);
	KUNIT_EXPECT_EQ(test, av.timestamp, 0x01d6245b1b4eb4feULL);
	list = test_copy(test, &msg.target_info);
	sweep_cuts(test, &list, decode_list);
	sweep_flips(test, &list, decode_list);
}

static void test_list_forms(struct kunit *test)
{
	static const struct {
		const char *hex;
		int err;
	} cases[] = {
		{ "00000000", 0 },
		{ "", -EBADMSG },
		{ "000000", -EBADMSG },
		{ "0000010000", -EBADMSG },		/* an EOL with a value */
		{ "01000200 4100", -EBADMSG },	/* no EOL */
		{ "01000200 4100 00000000", 0 },
		{ "01000100 41 00000000", -EBADMSG },	/* half a character */
		{ "0100ffff 4100 00000000", -EBADMSG },
		/* Unknown ids, twice: ignored */
		{ "0b000100 41 0b000100 41 00000000", 0 },
		{ "ffff0000 00000000", 0 },
		/* Pairs of a fixed size */
		{ "06000400 02000000 00000000", 0 },
		{ "06000300 020000 00000000", -EBADMSG },
		{ "06000800 0200000000000000 00000000", -EBADMSG },
		{ "07000800 0200000000000000 00000000", 0 },
		{ "07000400 02000000 00000000", -EBADMSG },
		{ NO_BINDINGS "00000000", 0 },
		{ "0a000f00 000000000000000000000000000000 00000000", -EBADMSG },
		{ "0a000000 00000000", -EBADMSG },
		{ "09000000 00000000", 0 },
		{ "08000300 010203 00000000", 0 },
		/* Twice (CVE-2019-1166) */
		{ "06000400 00000000 06000400 02000000 00000000", -EBADMSG },
		{ "07000800 0200000000000000 07000800 0200000000000000 00000000",
		  -EBADMSG },
		{ "09000000 09000000 00000000", -EBADMSG },
		{ NO_BINDINGS NO_BINDINGS "00000000", -EBADMSG },
		{ "01000000 01000000 00000000", -EBADMSG },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd list = test_hex(test, cases[i].hex);

		KUNIT_EXPECT_EQ_MSG(test, decode_list(test, &list), cases[i].err, "%s",
				    cases[i].hex);
	}
}

/*
 * The list that Windows made from the server's list of capture A, without
 * SingleHost (8), which this module does not send.
 */
static void test_client_list(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, capture_a_challenge);
	struct cssp_rd auth_rd = test_hex(test, capture_a_authenticate);
	struct cssp_rd windows, ours, id_and_value, value;
	struct cssp_ntlm_authenticate auth;
	struct cssp_ntlm_challenge msg;
	struct cssp_ntlm_av av;
	struct cssp_ntlm_v2 v2;
	struct cssp_wr wr, want;
	size_t size;
	u16 id;

	KUNIT_ASSERT_EQ(test, cssp_ntlm_challenge_decode(&rd, &msg), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&auth_rd, &auth), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_v2_decode(&auth.nt, &v2), 0);
	windows = v2.av;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_av_parse(&windows, &av), 0);
	KUNIT_EXPECT_EQ(test, av.flags, CSSP_NTLM_AVF_MIC);

	want = cssp_wr_of(test_room(test, v2.av.left), v2.av.left);
	id_and_value = v2.av;
	do {
		KUNIT_ASSERT_EQ(test, cssp_ntlm_av_next(&id_and_value, &id, &value), 0);
		if (id != CSSP_NTLM_AV_SINGLE_HOST)
			cssp_ntlm_av_put(&want, id, &value);
	} while (id != CSSP_NTLM_AV_EOL);
	windows = cssp_rd_of(want.buf, want.len);

	size = cssp_ntlm_client_av_size(&msg.target_info, &av.target_name);
	wr = cssp_wr_of(test_room(test, size), size);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_client_av_write(&msg.target_info, CSSP_NTLM_AVF_MIC,
							NULL, &av.target_name, &wr), 0);
	KUNIT_ASSERT_EQ(test, cssp_wr_done(&wr), 0);
	ours = cssp_rd_of(wr.buf, wr.len);
	test_expect_same(test, &ours, &windows);
}

/* Pairs 6, 9 and 10 of a server are replaced; its flags remain set in the client's. */
static void test_client_list_replaces(struct kunit *test)
{
	static const struct {
		const char *server;
		const char *client;
	} cases[] = {
		{ "", FLAGS("02") NO_BINDINGS NAME_S "00000000" },
		{ "00000000", FLAGS("02") NO_BINDINGS NAME_S "00000000" },
		/* Ids 1 and 11 stay; flags, another name and other bindings do not. */
		{
			"01000200 4100" FLAGS("00") "09000200 4200"
			OTHER_BINDINGS "0b000100 43 00000000",
			"01000200 4100 0b000100 43" FLAGS("02") NO_BINDINGS NAME_S "00000000"
		},
		{ FLAGS("01") "00000000", FLAGS("03") NO_BINDINGS NAME_S "00000000" },
	};
	struct cssp_rd name = test_hex(test, "5300");
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		struct cssp_rd server = test_hex(test, cases[i].server), out;
		size_t size = cssp_ntlm_client_av_size(&server, &name);
		struct cssp_wr wr = cssp_wr_of(test_room(test, size), size);

		KUNIT_ASSERT_EQ(test, cssp_ntlm_client_av_write(&server, CSSP_NTLM_AVF_MIC,
								NULL, &name, &wr), 0);
		KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), 0);
		out = cssp_rd_of(wr.buf, wr.len);
		test_expect_hex(test, &out, cases[i].client);
	}
}

/* Channel bindings of the client take the place of the zeros, and of a server's. */
static void test_client_list_is_bound(struct kunit *test)
{
	static const char * const servers[] = { "", OTHER_BINDINGS "00000000" };
	struct cssp_rd name = test_hex(test, "5300"), out;
	u8 digest[CSSP_NTLM_BINDINGS_SIZE];
	unsigned int i;

	memset(digest, 0x02, sizeof(digest));
	for (i = 0; i < ARRAY_SIZE(servers); i++) {
		struct cssp_rd server = test_hex(test, servers[i]);
		size_t size = cssp_ntlm_client_av_size(&server, &name);
		struct cssp_wr wr = cssp_wr_of(test_room(test, size), size);

		KUNIT_ASSERT_EQ(test, cssp_ntlm_client_av_write(&server, 0, digest, &name, &wr),
				0);
		KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), 0);
		out = cssp_rd_of(wr.buf, wr.len);
		test_expect_hex(test, &out, FLAGS("00")
				"0a001000 02020202020202020202020202020202" NAME_S "00000000");
	}
}

static void test_client_list_refuses(struct kunit *test)
{
	struct cssp_rd none = {}, twice;
	struct cssp_wr wr = cssp_wr_of(test_room(test, 128), 128);

	twice = test_hex(test, "0600040000000000 0600040000000000 00000000");
	KUNIT_EXPECT_EQ(test, cssp_ntlm_client_av_write(&twice, 0, NULL, &none, &wr), -EBADMSG);
}

/* MS-NLMP 4.2.4.1.3: temp, encoded and decoded */
static void test_temp(struct kunit *test)
{
	struct cssp_ntlm_v2 v2 = {
		.client_challenge = { 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa, 0xaa },
		.av = test_hex(test, nlmp_v2_target_info),
	}, back;
	size_t size = CSSP_NTLM_PROOF_SIZE + cssp_ntlm_temp_size(&v2);
	struct cssp_wr wr = cssp_wr_of(test_room(test, size), size);
	struct cssp_rd proof = test_hex(test, nlmp_v2_proof), nt, temp;

	cssp_wr_rd(&wr, &proof);
	cssp_ntlm_temp_encode(&v2, &wr);
	nt = sweep_written(test, &wr);
	temp = cssp_rd_of(nt.p + CSSP_NTLM_PROOF_SIZE, nt.left - CSSP_NTLM_PROOF_SIZE);
	test_expect_hex(test, &temp, nlmp_v2_temp);

	KUNIT_ASSERT_EQ(test, cssp_ntlm_v2_decode(&nt, &back), 0);
	test_expect_hex(test, &back.proof, nlmp_v2_proof);
	test_expect_hex(test, &back.temp, nlmp_v2_temp);
	test_expect_hex(test, &back.av, nlmp_v2_target_info);
	KUNIT_EXPECT_EQ(test, back.time, 0);
	KUNIT_EXPECT_EQ(test, memcmp(back.client_challenge, v2.client_challenge, 8), 0);
	sweep_flips(test, &nt, decode_v2);
}

/* Cut short before its EOL, the list is refused; bytes behind the EOL may be missing. */
static void test_temp_cuts(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, capture_a_authenticate);
	struct cssp_ntlm_authenticate auth;
	size_t len;

	KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&rd, &auth), 0);
	for (len = 0; len <= auth.nt.left; len++)
		KUNIT_EXPECT_EQ_MSG(test, sweep_cut(test, &auth.nt, len, decode_v2),
				    len < auth.nt.left - 4 ? -EBADMSG : 0, "%zu", len);
	sweep_flips(test, &auth.nt, decode_v2);
}

static struct kunit_case ntlm_av_cases[] = {
	KUNIT_CASE(test_list),
	KUNIT_CASE(test_list_forms),
	KUNIT_CASE(test_client_list),
	KUNIT_CASE(test_client_list_replaces),
	KUNIT_CASE(test_client_list_is_bound),
	KUNIT_CASE(test_client_list_refuses),
	KUNIT_CASE(test_temp),
	KUNIT_CASE(test_temp_cuts),
	{}
};

static struct kunit_suite ntlm_av_suite = {
	.name = "credssp_wire_ntlm_av",
	.test_cases = ntlm_av_cases,
};

kunit_test_suites(&ntlm_av_suite);
