// SPDX-License-Identifier: GPL-2.0-only
/* Digests, binding hashes, NTLM's keys, proofs, MICs and sealing. */

#include <linux/vmalloc.h>
#include "base/status.h"
#include "credssp/binding.h"
#include "crypto/md4.h"
#include "ntlm_util.h"
#include "vectors/freerdp_ntlm.h"
#include "vectors/ntlm.h"

/* Digests */

static void md4_known_answers(struct kunit *test)
{
	const struct cssp_rd parts[] = { { "a", 1 }, { NULL, 0 }, { "bc", 2 } };
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 digest[CSSP_MD4_SIZE];

	KUNIT_ASSERT_EQ(test, cssp_hash(c->md4, NULL, 0, digest), 0);
	EXPECT_HEX(test, digest, sizeof(digest), md4_empty);
	KUNIT_ASSERT_EQ(test, cssp_hash(c->md4, parts, ARRAY_SIZE(parts), digest), 0);
	EXPECT_HEX(test, digest, sizeof(digest), md4_abc);
}

static void rc4_known_answer(struct kunit *test)
{
	struct arc4_ctx *ctx = kunit_kzalloc(test, sizeof(*ctx), GFP_KERNEL);
	u8 out[9];

	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_ASSERT_EQ(test, arc4_setkey(ctx, "Key", 3), 0);
	arc4_crypt(ctx, out, "Plaintext", sizeof(out));
	EXPECT_HEX(test, out, sizeof(out), rc4_key_plaintext);
}

static void unknown_digest_is_weak(struct kunit *test)
{
	struct crypto_shash *tfm;

	KUNIT_EXPECT_EQ(test, cssp_hash_alloc(&tfm, "credssp-no-such-digest"), CSSP_E_WEAK);
	KUNIT_EXPECT_NULL(test, tfm);
}

/* Tokens live in vmalloc'd memory: a page boundary inside makes no difference. */
static void digest_across_pages(struct kunit *test)
{
	u8 whole[SHA256_DIGEST_SIZE], pieces[SHA256_DIGEST_SIZE];
	u8 *p = vmalloc(2 * PAGE_SIZE);
	struct cssp_rd parts[2];
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, p);
	for (i = 0; i < 2 * PAGE_SIZE; i++)
		p[i] = i ^ i >> 8;
	parts[0] = cssp_rd_of(p, 2 * PAGE_SIZE);
	KUNIT_EXPECT_EQ(test, cssp_sha256(parts, 1, whole), 0);
	parts[0] = cssp_rd_of(p, PAGE_SIZE + 1);
	parts[1] = cssp_rd_of(p + PAGE_SIZE + 1, PAGE_SIZE - 1);
	KUNIT_EXPECT_EQ(test, cssp_sha256(parts, 2, pieces), 0);
	KUNIT_EXPECT_MEMEQ(test, whole, pieces, sizeof(whole));
	p[PAGE_SIZE] ^= 1;
	KUNIT_EXPECT_EQ(test, cssp_sha256(parts, 2, pieces), 0);
	KUNIT_EXPECT_MEMNEQ(test, whole, pieces, sizeof(whole));
	vfree(p);
}

/* pubKeyAuth, MS-CSSP 3.1.5 */

struct binding_input {
	u8 nonce_bytes[32];
	u8 key_bytes[270];
	struct cssp_rd nonce;
	struct cssp_rd key;
};

static struct binding_input *binding_input(struct kunit *test)
{
	struct binding_input *in = kunit_kzalloc(test, sizeof(*in), GFP_KERNEL);
	static const u8 tail[] = { 0x02, 0x03, 0x01, 0x00, 0x01 };
	static const u8 head[] = { 0x30, 0x82, 0x01, 0x0a, 0x02, 0x82, 0x01, 0x01, 0x00 };
	unsigned int i;

	KUNIT_ASSERT_NOT_NULL(test, in);
	for (i = 0; i < sizeof(in->nonce_bytes); i++)
		in->nonce_bytes[i] = i;
	memset(in->key_bytes, 0xc3, sizeof(in->key_bytes));
	memcpy(in->key_bytes, head, sizeof(head));
	memcpy(in->key_bytes + sizeof(in->key_bytes) - sizeof(tail), tail, sizeof(tail));
	in->nonce = cssp_rd_of(in->nonce_bytes, sizeof(in->nonce_bytes));
	in->key = cssp_rd_of(in->key_bytes, sizeof(in->key_bytes));
	return in;
}

static void binding_known_answers(struct kunit *test)
{
	struct binding_input *in = binding_input(test);
	u8 hash[CSSP_BINDING_SIZE];

	KUNIT_ASSERT_EQ(test, cssp_binding_hash(CSSP_BINDING_CLIENT_TO_SERVER, &in->nonce,
						&in->key, hash), 0);
	EXPECT_HEX(test, hash, sizeof(hash), binding_client_to_server);
	KUNIT_ASSERT_EQ(test, cssp_binding_hash(CSSP_BINDING_SERVER_TO_CLIENT, &in->nonce,
						&in->key, hash), 0);
	EXPECT_HEX(test, hash, sizeof(hash), binding_server_to_client);
}

static void binding_check_refuses(struct kunit *test)
{
	struct cssp_rd theirs = test_hex(test, binding_server_to_client);
	struct cssp_rd ours = test_hex(test, binding_client_to_server);
	struct binding_input *in = binding_input(test);
	const enum cssp_binding_dir dir = CSSP_BINDING_SERVER_TO_CLIENT;
	u8 hash[CSSP_BINDING_SIZE + 1] = {};
	struct cssp_rd got;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &theirs), 0);
	/* our own hash, sent back */
	KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &ours),
			CSSP_E_ALTERED);
	memcpy(hash, theirs.p, CSSP_BINDING_SIZE);
	for (i = 0; i <= sizeof(hash); i++) {
		got = cssp_rd_of(hash, i);
		KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &got),
				i == CSSP_BINDING_SIZE ? 0 : CSSP_E_ALTERED);
	}
	got = cssp_rd_of(hash, CSSP_BINDING_SIZE);
	for (i = 0; i < CSSP_BINDING_SIZE * 8; i++) {
		hash[i / 8] ^= 1 << i % 8;
		KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &got),
				CSSP_E_ALTERED);
		hash[i / 8] ^= 1 << i % 8;
	}
	in->nonce_bytes[31] ^= 1;
	KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &theirs),
			CSSP_E_ALTERED);
	in->nonce_bytes[31] ^= 1;
	in->key_bytes[100] ^= 1;
	KUNIT_EXPECT_EQ(test, cssp_binding_check(dir, &in->nonce, &in->key, &theirs),
			CSSP_E_ALTERED);
}

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
	KUNIT_ASSERT_EQ(test, cssp_hmac(c->hmac, out, sizeof(out), parts, 2, key), 0);
	EXPECT_HEX(test, key, sizeof(key), nlmp_ess_kxkey);
	cssp_ntlm_key_exchange(c, out, test_hex(test, nlmp_session_key).p, key);
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
	/* LMv2 is the same computation over the client's nonce alone. */
	KUNIT_ASSERT_EQ(test, cssp_ntlm_proof(c, key, &challenge, &client, out), 0);
	EXPECT_HEX(test, out, sizeof(out), nlmp_v2_lmv2);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_session_base_key(c, key, proof, out), 0);
	EXPECT_HEX(test, out, sizeof(out), nlmp_v2_base_key);
	cssp_ntlm_key_exchange(c, out, test_hex(test, nlmp_session_key).p, key);
	EXPECT_HEX(test, key, sizeof(key), nlmp_v2_enc_key);
	cssp_ntlm_key_exchange(c, out, test_hex(test, nlmp_v2_enc_key).p, key);
	EXPECT_HEX(test, key, sizeof(key), nlmp_session_key);
}

/* Upcasing goes code unit by code unit: no folding, no locale. */
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

/* ... and the domain is taken as it is. */
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

/* A recorded exchange: the password leads to the proof and to the session key. */
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
	cssp_ntlm_key_exchange(c, k, auth.enc_key.p, k);
	EXPECT_HEX(test, k, sizeof(k), key);
}

static void windows_captures(struct kunit *test)
{
	check_recorded(test, CAPTURE_USER, CAPTURE_PASSWORD, capture_a_challenge,
		       capture_a_authenticate, capture_a_session_key);
	check_recorded(test, CAPTURE_USER, CAPTURE_PASSWORD, capture_c_challenge,
		       capture_c_authenticate, capture_c_session_key);
}

/* Per-message protection, MS-NLMP 4.2.4.4 and what follows from it */

static void direction_keys(struct kunit *test)
{
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_ntlm_dir *dir;

	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	EXPECT_HEX(test, dir->seal_key, sizeof(dir->seal_key), nlmp_v2_client_seal_key);
	EXPECT_HEX(test, dir->sign_key, sizeof(dir->sign_key), nlmp_v2_client_sign_key);
	dir = new_dir(test, c, CSSP_NTLM_SERVER_TO_CLIENT, nlmp_session_key);
	EXPECT_HEX(test, dir->seal_key, sizeof(dir->seal_key), derived_server_seal_key);
	EXPECT_HEX(test, dir->sign_key, sizeof(dir->sign_key), derived_server_sign_key);
	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_ess_kxkey);
	EXPECT_HEX(test, dir->sign_key, sizeof(dir->sign_key), nlmp_ess_sign_key);
	KUNIT_EXPECT_EQ(test, dir->seq, 0U);
}

static void seal_known_answers(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_ntlm_dir *client, *server;

	client = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	server = new_dir(test, c, CSSP_NTLM_SERVER_TO_CLIENT, nlmp_session_key);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_seal(c, client, &plain, out), 0);
	EXPECT_HEX(test, out->data, out->len, nlmp_v2_sealed);
	cssp_vbuf_clear(out);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_seal(c, client, &plain, out), 0);
	EXPECT_HEX(test, out->data, out->len, derived_client_sealed_1);
	cssp_vbuf_clear(out);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_seal(c, server, &plain, out), 0);
	EXPECT_HEX(test, out->data, out->len, derived_server_sealed);
}

/* MS-SPNG 3.2.5.1: a MIC, the RC4 stream from its start, the numbers go on. */
static void list_mic_then_seal(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT);
	struct cssp_rd list = test_hex(test, derived_mech_list);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 mic[CSSP_NTLM_SIGNATURE_SIZE];
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_ntlm_dir *dir;

	dir = new_dir(test, c, CSSP_NTLM_SERVER_TO_CLIENT, nlmp_session_key);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_sign(c, dir, &list, mic), 0);
	EXPECT_HEX(test, mic, sizeof(mic), derived_server_list_mic);
	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_sign(c, dir, &list, mic), 0);
	EXPECT_HEX(test, mic, sizeof(mic), derived_client_list_mic);
	cssp_ntlm_dir_reset(dir);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_seal(c, dir, &plain, out), 0);
	EXPECT_HEX(test, out->data, out->len, derived_client_sealed_after_mic);
}

static void windows_list_mics(struct kunit *test)
{
	struct cssp_rd list = test_hex(test, derived_mech_list);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_ntlm_dir *dir;
	struct cssp_rd mic;

	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, capture_b_session_key);
	mic = test_hex(test, capture_b_client_list_mic);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(c, dir, &list, &mic), 0);
	dir = new_dir(test, c, CSSP_NTLM_SERVER_TO_CLIENT, capture_b_session_key);
	mic = test_hex(test, capture_b_server_list_mic);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(c, dir, &list, &mic), 0);
}

static void unseal_takes_what_was_sealed(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_ntlm_dir *dir;
	struct cssp_rd sealed;

	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	sealed = test_hex(test, nlmp_v2_sealed);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_unseal(c, dir, &sealed, out), 0);
	sealed = test_hex(test, derived_client_sealed_1);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_unseal(c, dir, &sealed, out), 0);
	/* appended, both */
	KUNIT_ASSERT_EQ(test, out->len, 2 * plain.left);
	KUNIT_EXPECT_MEMEQ(test, out->data, plain.p, plain.left);
	KUNIT_EXPECT_MEMEQ(test, out->data + plain.left, plain.p, plain.left);
}

static void unseal_an_empty_message(struct kunit *test)
{
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	const struct cssp_rd nothing = cssp_rd_of(NULL, 0);
	struct cssp_ntlm_dir *dir;
	struct cssp_rd rd;

	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_seal(c, dir, &nothing, sealed), 0);
	KUNIT_EXPECT_EQ(test, sealed->len, (size_t)CSSP_NTLM_SIGNATURE_SIZE);
	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_unseal(c, dir, &rd, out), 0);
	KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
}

static void unseal_refuses_every_flipped_bit(struct kunit *test)
{
	struct cssp_rd sealed = test_hex(test, nlmp_v2_sealed);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_vbuf *out = new_vbuf(test);
	u8 *bytes = (u8 *)sealed.p;
	struct cssp_ntlm_dir *dir;
	unsigned int i;

	for (i = 0; i < sealed.left * 8; i++) {
		dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
		bytes[i / 8] ^= 1 << i % 8;
		KUNIT_EXPECT_EQ(test, cssp_ntlm_unseal(c, dir, &sealed, out), CSSP_E_ALTERED);
		KUNIT_EXPECT_EQ(test, out->len, (size_t)0);
		bytes[i / 8] ^= 1 << i % 8;
	}
}

static void unseal_refuses_every_truncation(struct kunit *test)
{
	struct cssp_rd sealed = test_hex(test, nlmp_v2_sealed);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_vbuf *out = new_vbuf(test);
	size_t whole = sealed.left;
	struct cssp_ntlm_dir *dir;

	for (sealed.left = 0; sealed.left < whole; sealed.left++) {
		dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
		KUNIT_EXPECT_EQ(test, cssp_ntlm_unseal(c, dir, &sealed, out),
				sealed.left < CSSP_NTLM_SIGNATURE_SIZE ? CSSP_E_MALFORMED :
									 CSSP_E_ALTERED);
	}
}

/* Replays, gaps, the other direction's messages, another session's. */
static void unseal_refuses_what_is_not_next(struct kunit *test)
{
	const struct {
		const char *first, *second, *key;
		enum cssp_ntlm_way way;
	} rows[] = {
		{ nlmp_v2_sealed, nlmp_v2_sealed, nlmp_session_key, CSSP_NTLM_CLIENT_TO_SERVER },
		{ NULL, derived_client_sealed_1, nlmp_session_key, CSSP_NTLM_CLIENT_TO_SERVER },
		{ NULL, derived_client_sealed_after_mic, nlmp_session_key,
		  CSSP_NTLM_CLIENT_TO_SERVER },
		{ NULL, nlmp_v2_sealed, nlmp_session_key, CSSP_NTLM_SERVER_TO_CLIENT },
		{ NULL, nlmp_v2_sealed, nlmp_ess_kxkey, CSSP_NTLM_CLIENT_TO_SERVER },
	};
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_vbuf *out = new_vbuf(test);
	struct cssp_ntlm_dir *dir;
	struct cssp_rd sealed;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		dir = new_dir(test, c, rows[i].way, rows[i].key);
		if (rows[i].first) {
			sealed = test_hex(test, rows[i].first);
			KUNIT_ASSERT_EQ(test, cssp_ntlm_unseal(c, dir, &sealed, out), 0);
		}
		sealed = test_hex(test, rows[i].second);
		KUNIT_EXPECT_EQ_MSG(test, cssp_ntlm_unseal(c, dir, &sealed, out),
				    CSSP_E_ALTERED, "row %u", i);
	}
}

static void limits_of_a_direction(struct kunit *test)
{
	struct cssp_vbuf *big = new_vbuf(test), *out = new_vbuf(test);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 mic[CSSP_NTLM_SIGNATURE_SIZE];
	struct cssp_ntlm_dir *dir;
	struct cssp_rd rd;

	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(big, 2 * CSSP_NTLM_MAX_MESSAGE), 0);
	memset(big->data, 0, 2 * CSSP_NTLM_MAX_MESSAGE);
	rd = cssp_rd_of(big->data, CSSP_NTLM_MAX_MESSAGE + 1);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_seal(c, dir, &rd, out), CSSP_E_TOO_BIG);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_sign(c, dir, &rd, mic), CSSP_E_TOO_BIG);
	KUNIT_EXPECT_EQ(test, dir->seq, 0U);
	rd.left += CSSP_NTLM_SIGNATURE_SIZE;
	KUNIT_EXPECT_EQ(test, cssp_ntlm_unseal(c, dir, &rd, out), CSSP_E_TOO_BIG);
	rd.left = CSSP_NTLM_MAX_MESSAGE;
	KUNIT_EXPECT_EQ(test, cssp_ntlm_seal(c, dir, &rd, out), 0);
	/* a number is never used twice, so the last one never at all */
	dir->seq = U32_MAX;
	rd.left = 1;
	KUNIT_EXPECT_EQ(test, cssp_ntlm_seal(c, dir, &rd, out), -EOVERFLOW);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_sign(c, dir, &rd, mic), -EOVERFLOW);
}

static void verify_refuses(struct kunit *test)
{
	struct cssp_rd list = test_hex(test, derived_mech_list);
	struct cssp_rd mic = test_hex(test, derived_client_list_mic);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 *bytes = (u8 *)mic.p;
	struct cssp_ntlm_dir *dir;
	unsigned int i;

	for (i = 0; i < mic.left * 8; i++) {
		dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
		bytes[i / 8] ^= 1 << i % 8;
		KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(c, dir, &list, &mic), CSSP_E_ALTERED);
		bytes[i / 8] ^= 1 << i % 8;
	}
	for (mic.left = 0; mic.left < CSSP_NTLM_SIGNATURE_SIZE; mic.left++) {
		dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
		KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(c, dir, &list, &mic), CSSP_E_ALTERED);
	}
	dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(c, dir, &list, &mic), 0);
	KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(c, dir, &list, &mic), CSSP_E_ALTERED);
}

/* Whole CredSSP exchanges with FreeRDP's server, one per client version */

static const struct freerdp_row {
	const char *challenge, *authenticate, *session_key, *nonce;
	const char *client_sealed, *server_sealed, *server_plain, *creds_sealed;
	bool hashed;		/* pubKeyAuth is a hash: version 5 and later */
} freerdp_rows[] = {
#define ROW(v, h) {								\
	freerdp_v##v##_challenge, freerdp_v##v##_authenticate,			\
	freerdp_v##v##_session_key, freerdp_v##v##_nonce,			\
	freerdp_v##v##_client_sealed, freerdp_v##v##_server_sealed,		\
	freerdp_v##v##_server_plain, freerdp_v##v##_creds_sealed, h }
	ROW(2, false), ROW(3, false), ROW(5, true), ROW(6, true),
#undef ROW
};

static void freerdp_logons(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(freerdp_rows); i++)
		check_recorded(test, FREERDP_USER, FREERDP_PASSWORD, freerdp_rows[i].challenge,
			       freerdp_rows[i].authenticate, freerdp_rows[i].session_key);
}

static void freerdp_client_direction(struct kunit *test)
{
	struct cssp_rd key = test_hex(test, freerdp_public_key), nonce, sealed, got;
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_vbuf *out = new_vbuf(test);
	const struct freerdp_row *r;
	struct cssp_ntlm_dir *dir;

	for (r = freerdp_rows; r < freerdp_rows + ARRAY_SIZE(freerdp_rows); r++) {
		dir = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, r->session_key);
		sealed = test_hex(test, r->client_sealed);
		nonce = test_hex(test, r->nonce);
		cssp_vbuf_clear(out);
		KUNIT_ASSERT_EQ(test, cssp_ntlm_unseal(c, dir, &sealed, out), 0);
		got = cssp_vbuf_rd(out);
		if (r->hashed)
			KUNIT_EXPECT_EQ(test, cssp_binding_check(CSSP_BINDING_CLIENT_TO_SERVER,
								 &nonce, &key, &got), 0);
		else
			EXPECT_HEX(test, out->data, out->len, freerdp_public_key);
		sealed = test_hex(test, r->creds_sealed);
		cssp_vbuf_clear(out);
		KUNIT_ASSERT_EQ(test, cssp_ntlm_unseal(c, dir, &sealed, out), 0);
		EXPECT_HEX(test, out->data, out->len, freerdp_ts_credentials);
	}
}

static void freerdp_server_direction(struct kunit *test)
{
	struct cssp_rd key = test_hex(test, freerdp_public_key), nonce, sealed, got;
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_vbuf *out = new_vbuf(test);
	const struct freerdp_row *r;
	struct cssp_ntlm_dir *dir;

	for (r = freerdp_rows; r < freerdp_rows + ARRAY_SIZE(freerdp_rows); r++) {
		dir = new_dir(test, c, CSSP_NTLM_SERVER_TO_CLIENT, r->session_key);
		sealed = test_hex(test, r->server_sealed);
		nonce = test_hex(test, r->nonce);
		cssp_vbuf_clear(out);
		KUNIT_ASSERT_EQ(test, cssp_ntlm_unseal(c, dir, &sealed, out), 0);
		EXPECT_HEX(test, out->data, out->len, r->server_plain);
		got = cssp_vbuf_rd(out);
		KUNIT_EXPECT_EQ(test, cssp_binding_check(CSSP_BINDING_SERVER_TO_CLIENT, &nonce,
							 &key, &got),
				r->hashed ? 0 : CSSP_E_ALTERED);
	}
}

static struct kunit_case crypto_cases[] = {
	KUNIT_CASE(md4_known_answers),
	KUNIT_CASE(rc4_known_answer),
	KUNIT_CASE(unknown_digest_is_weak),
	KUNIT_CASE(digest_across_pages),
	KUNIT_CASE(binding_known_answers),
	KUNIT_CASE(binding_check_refuses),
	KUNIT_CASE(ntlm_v1_known_answers),
	KUNIT_CASE(ntlm_v2_known_answers),
	KUNIT_CASE(user_names_are_upcased),
	KUNIT_CASE(domains_are_not_upcased),
	KUNIT_CASE(message_mic_known_answers),
	KUNIT_CASE(message_mic_needs_room),
	KUNIT_CASE(windows_captures),
	KUNIT_CASE(direction_keys),
	KUNIT_CASE(seal_known_answers),
	KUNIT_CASE(list_mic_then_seal),
	KUNIT_CASE(windows_list_mics),
	KUNIT_CASE(unseal_takes_what_was_sealed),
	KUNIT_CASE(unseal_an_empty_message),
	KUNIT_CASE(unseal_refuses_every_flipped_bit),
	KUNIT_CASE(unseal_refuses_every_truncation),
	KUNIT_CASE(unseal_refuses_what_is_not_next),
	KUNIT_CASE(limits_of_a_direction),
	KUNIT_CASE(verify_refuses),
	KUNIT_CASE(freerdp_logons),
	KUNIT_CASE(freerdp_client_direction),
	KUNIT_CASE(freerdp_server_direction),
	{}
};

static struct kunit_suite crypto_suite = {
	.name = "credssp_crypto",
	.test_cases = crypto_cases,
};

kunit_test_suite(crypto_suite);
