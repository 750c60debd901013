// SPDX-License-Identifier: GPL-2.0-only
/* kmod/crypto/ntlm_crypto.c: NTLM's keys, proofs and MIC. */

#include "base/status.h"
#include "ntlm_util.h"
#include "vectors/freerdp_ntlm.h"
#include "vectors/ntlm.h"

/* Keys and proofs, MS-NLMP 4.2 */

static void ntlm_v1_known_answers(struct kunit *test)
{
	struct cssp_rd password = utf16_of(test, NLMP_PASSWORD);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 key[CSSP_NTLM_KEY_SIZE], out[CSSP_NTLM_KEY_SIZE];
	struct cssp_rd parts[2];

	KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv1(c, &password, key), 0);
	EXPECT_HEX(test, key, sizeof(key), nlmp_ntowfv1);
	parts[0] = cssp_rd_of(key, sizeof(key));
	KUNIT_ASSERT_EQ(test, cssp_hash(c->md4, parts, 1, out), 0);
	EXPECT_HEX(test, out, sizeof(out), nlmp_v1_base_key);
	/* KXKEY with extended session security, MS-NLMP 3.4.5.1 */
	parts[0] = test_hex(test, nlmp_server_challenge);
	parts[1] = test_hex(test, nlmp_ess_lm);
	KUNIT_ASSERT_EQ(test, cssp_hmac_md5(c->md5, out, parts, 2, key), 0);
	EXPECT_HEX(test, key, sizeof(key), nlmp_ess_kxkey);
	KUNIT_ASSERT_EQ(test, 0, cssp_ntlm_key_exchange(out, test_hex(test, nlmp_session_key).p,
							key));
	EXPECT_HEX(test, key, sizeof(key), nlmp_v1_enc_key);
}

static void ntlm_v2_known_answers(struct kunit *test)
{
	struct cssp_identity *id = new_identity(test, NLMP_USER, NLMP_DOMAIN, NLMP_PASSWORD);
	struct cssp_rd user = cssp_vbuf_rd(&id->user), domain = cssp_vbuf_rd(&id->domain);
	struct cssp_rd challenge = test_hex(test, nlmp_server_challenge);
	struct cssp_rd client = test_hex(test, nlmp_client_challenge);
	struct cssp_rd temp = test_hex(test, nlmp_v2_temp);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 key[CSSP_NTLM_KEY_SIZE], proof[CSSP_NTLM_PROOF_SIZE], out[CSSP_NTLM_KEY_SIZE];

	KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv2(c, test_hex(test, nlmp_ntowfv1).p, &user, &domain,
						key), 0);
	EXPECT_HEX(test, key, sizeof(key), nlmp_v2_ntowfv2);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_proof(c, key, &challenge, &temp, proof), 0);
	EXPECT_HEX(test, proof, sizeof(proof), nlmp_v2_proof);
	/* LMv2 is the same computation over the client's nonce only. */
	KUNIT_ASSERT_EQ(test, cssp_ntlm_proof(c, key, &challenge, &client, out), 0);
	EXPECT_HEX(test, out, sizeof(out), nlmp_v2_lmv2);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_session_base_key(c, key, proof, out), 0);
	EXPECT_HEX(test, out, sizeof(out), nlmp_v2_base_key);
	KUNIT_ASSERT_EQ(test, 0, cssp_ntlm_key_exchange(out, test_hex(test, nlmp_session_key).p,
							key));
	EXPECT_HEX(test, key, sizeof(key), nlmp_v2_enc_key);
	KUNIT_ASSERT_EQ(test, 0, cssp_ntlm_key_exchange(out, test_hex(test, nlmp_v2_enc_key).p,
							key));
	EXPECT_HEX(test, key, sizeof(key), nlmp_session_key);
}

/* User names are converted code unit by code unit, without folding or locale. */
static void user_names_are_upcased(struct kunit *test)
{
	static const struct {
		const char *user;
		const char *other;
		bool same;
	} rows[] = {
		{ "user", "USER", true },
		{ "\xc3\xa9t\xc3\xa9", "\xc3\x89T\xc3\x89", true },	/* été, ÉTÉ */
		{ "ma\xc3\x9f", "MA\xc3\x9f", true },			/* ß stays */
		{ "ma\xc3\x9f", "MASS", false },
		{ "\xd0\xb6", "\xd0\x96", true },			/* ж, Ж */
		{ "user", "user1", false },
		{ "", "", true },
	};
	struct cssp_rd domain = utf16_of(test, "d");
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 one[CSSP_NTLM_KEY_SIZE], two[CSSP_NTLM_KEY_SIZE];
	const u8 *nt_hash = test_hex(test, nlmp_ntowfv1).p;
	struct cssp_rd user, other;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		user = utf16_of(test, rows[i].user);
		other = utf16_of(test, rows[i].other);
		KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv2(c, nt_hash, &user, &domain, one), 0);
		KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv2(c, nt_hash, &other, &domain, two), 0);
		KUNIT_EXPECT_EQ_MSG(test, !memcmp(one, two, sizeof(one)), rows[i].same,
				    "row %u", i);
	}
}

/* The domain is not converted. */
static void domains_are_not_upcased(struct kunit *test)
{
	struct cssp_rd user = utf16_of(test, "user");
	struct cssp_rd lower = utf16_of(test, "domain");
	struct cssp_rd upper = utf16_of(test, "DOMAIN");
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 one[CSSP_NTLM_KEY_SIZE], two[CSSP_NTLM_KEY_SIZE];
	const u8 *nt_hash = test_hex(test, nlmp_ntowfv1).p;

	KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv2(c, nt_hash, &user, &lower, one), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv2(c, nt_hash, &user, &upper, two), 0);
	KUNIT_EXPECT_MEMNEQ(test, one, two, sizeof(one));
}

/* The MIC of AUTHENTICATE, MS-NLMP 3.1.5.1.2 */

static void message_mic_known_answers(struct kunit *test)
{
	const struct {
		const char *key, *negotiate, *challenge, *authenticate;
	} rows[] = {
		{ capture_a_session_key, capture_a_negotiate, capture_a_challenge,
		  capture_a_authenticate },
		{ capture_c_session_key, capture_c_negotiate, capture_c_challenge,
		  capture_c_authenticate },
	};
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_rd negotiate, challenge, auth;
	struct cssp_ntlm_authenticate msg;
	u8 mic[CSSP_NTLM_MIC_SIZE];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		negotiate = test_hex(test, rows[i].negotiate);
		challenge = test_hex(test, rows[i].challenge);
		auth = test_hex(test, rows[i].authenticate);
		KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&auth, &msg), 0);
		KUNIT_ASSERT_EQ(test, cssp_ntlm_message_mic(c, test_hex(test, rows[i].key).p,
							    &negotiate, &challenge, &auth,
							    mic), 0);
		KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&msg.mic, mic, sizeof(mic)));
	}
	negotiate = test_hex(test, derived_negotiate);
	challenge = test_hex(test, nlmp_v2_challenge);
	auth = test_hex(test, derived_authenticate);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_message_mic(c, test_hex(test, nlmp_session_key).p,
						    &negotiate, &challenge, &auth, mic), 0);
	EXPECT_HEX(test, mic, sizeof(mic), derived_mic);
}

static void message_mic_needs_room(struct kunit *test)
{
	struct cssp_rd negotiate = test_hex(test, derived_negotiate);
	struct cssp_rd challenge = test_hex(test, nlmp_v2_challenge);
	struct cssp_rd auth = test_hex(test, derived_authenticate);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	const u8 *key = test_hex(test, nlmp_session_key).p;
	u8 mic[CSSP_NTLM_MIC_SIZE];
	size_t len;

	for (len = 0; len < CSSP_NTLM_MIC_OFFSET + CSSP_NTLM_MIC_SIZE; len++) {
		auth.left = len;
		KUNIT_EXPECT_EQ(test, cssp_ntlm_message_mic(c, key, &negotiate, &challenge,
							    &auth, mic), CSSP_E_MALFORMED);
	}
	auth.left = len;
	KUNIT_EXPECT_EQ(test, cssp_ntlm_message_mic(c, key, &negotiate, &challenge, &auth, mic),
			0);
}

/* In a recorded exchange the password gives the proof and the session key. */
static void check_recorded(struct kunit *test, const char *user_name, const char *password,
			   const char *challenge, const char *authenticate, const char *key)
{
	struct cssp_rd chal_rd = test_hex(test, challenge), auth_rd = test_hex(test, authenticate);
	struct cssp_identity *id = new_identity(test, user_name, "", password);
	struct cssp_rd user = cssp_vbuf_rd(&id->user), pw = cssp_vbuf_rd(&id->password);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 k[CSSP_NTLM_KEY_SIZE], proof[CSSP_NTLM_PROOF_SIZE];
	struct cssp_ntlm_authenticate auth;
	struct cssp_ntlm_challenge chal;
	struct cssp_ntlm_v2 v2;
	struct cssp_rd sc;

	KUNIT_ASSERT_EQ(test, cssp_ntlm_challenge_decode(&chal_rd, &chal), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_authenticate_decode(&auth_rd, &auth), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_v2_decode(&auth.nt, &v2), 0);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&auth.user, user.p, user.left));
	KUNIT_EXPECT_EQ(test, auth.domain.left, (size_t)0);
	sc = cssp_rd_of(chal.server_challenge, sizeof(chal.server_challenge));
	KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv1(c, &pw, k), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv2(c, k, &user, &auth.domain, k), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_proof(c, k, &sc, &v2.temp, proof), 0);
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&v2.proof, proof, sizeof(proof)));
	KUNIT_ASSERT_EQ(test, cssp_ntlm_session_base_key(c, k, proof, k), 0);
	KUNIT_ASSERT_EQ(test, auth.enc_key.left, (size_t)CSSP_NTLM_KEY_SIZE);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_key_exchange(k, auth.enc_key.p, k), 0);
	EXPECT_HEX(test, k, sizeof(k), key);
}

static void windows_captures(struct kunit *test)
{
	check_recorded(test, CAPTURE_USER, CAPTURE_PASSWORD, capture_a_challenge,
		       capture_a_authenticate, capture_a_session_key);
	check_recorded(test, CAPTURE_USER, CAPTURE_PASSWORD, capture_c_challenge,
		       capture_c_authenticate, capture_c_session_key);
}

/* Logons at FreeRDP's server, one for each client version. */
static void freerdp_logons(struct kunit *test)
{
#define LOGON(v)									\
	check_recorded(test, FREERDP_USER, FREERDP_PASSWORD, freerdp_v##v##_challenge,	\
		       freerdp_v##v##_authenticate, freerdp_v##v##_session_key)
	LOGON(2);
	LOGON(3);
	LOGON(5);
	LOGON(6);
#undef LOGON
}

static struct kunit_case ntlm_crypto_cases[] = {
	KUNIT_CASE(ntlm_v1_known_answers),
	KUNIT_CASE(ntlm_v2_known_answers),
	KUNIT_CASE(user_names_are_upcased),
	KUNIT_CASE(domains_are_not_upcased),
	KUNIT_CASE(message_mic_known_answers),
	KUNIT_CASE(message_mic_needs_room),
	KUNIT_CASE(windows_captures),
	KUNIT_CASE(freerdp_logons),
	{}
};

static struct kunit_suite ntlm_crypto_suite = {
	.name = "credssp_crypto_ntlm_crypto",
	.test_cases = ntlm_crypto_cases,
};

kunit_test_suite(ntlm_crypto_suite);
