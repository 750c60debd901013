// SPDX-License-Identifier: GPL-2.0-only
/* kmod/crypto/ntlm_seal.c: signing and sealing with NTLM's keys. */

#include "base/status.h"
#include "credssp/binding.h"
#include "ntlm_util.h"
#include "vectors/freerdp_ntlm.h"
#include "vectors/ntlm.h"

/* Per-message protection, MS-NLMP 4.2.4.4 */

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

/* MS-NLMP 3.4.4.2: without key exchange a checksum takes nothing of the stream. */
static void plain_checksums(struct kunit *test)
{
	struct cssp_rd plain = utf16_of(test, NLMP_PLAINTEXT), rd;
	struct cssp_ntlm_crypto *c = new_crypto(test);
	struct cssp_ntlm_dir *tx, *rx, *stream;
	struct cssp_vbuf *sealed = new_vbuf(test), *out = new_vbuf(test);
	u8 signature[CSSP_NTLM_SIGNATURE_SIZE];
	u8 sum[CSSP_NTLM_SIGNATURE_SIZE];
	__le32 seq = cpu_to_le32(1);
	struct cssp_rd parts[] = { cssp_rd_of(&seq, sizeof(seq)), plain };

	tx = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	rx = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	stream = new_dir(test, c, CSSP_NTLM_CLIENT_TO_SERVER, nlmp_session_key);
	tx->plain_sum = true;
	rx->plain_sum = true;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_sign(c, tx, &plain, signature), 0);
	KUNIT_EXPECT_FALSE(test, tx->keyed);
	rd = cssp_rd_of(signature, sizeof(signature));
	KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(c, rx, &plain, &rd), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_sign(c, tx, &plain, signature), 0);
	KUNIT_ASSERT_EQ(test, cssp_hmac_md5(c->md5, tx->sign_key, parts, ARRAY_SIZE(parts), sum),
			0);
	KUNIT_EXPECT_MEMEQ(test, signature + 4, sum, 8);
	rd = cssp_rd_of(signature, sizeof(signature));
	KUNIT_EXPECT_EQ(test, cssp_ntlm_verify(c, rx, &plain, &rd), 0);
	/* The first sealed bytes are those of a stream that has not begun. */
	KUNIT_ASSERT_EQ(test, cssp_ntlm_seal(c, tx, &plain, sealed), 0);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_seal(c, stream, &plain, out), 0);
	KUNIT_EXPECT_MEMEQ(test, sealed->data + sizeof(sum), out->data + sizeof(sum), plain.left);
	cssp_vbuf_clear(out);
	rd = cssp_vbuf_rd(sealed);
	KUNIT_ASSERT_EQ(test, cssp_ntlm_unseal(c, rx, &rd, out), 0);
	rd = cssp_vbuf_rd(out);
	test_expect_same(test, &rd, &plain);
}

/* MS-SPNG 3.2.5.1: after a MIC the RC4 stream restarts, and the numbers go on. */
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
	/* Both are appended. */
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

/* Replays, gaps, messages of the other direction and of another session. */
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
	/* No number is used twice, so the last one is not used at all. */
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
	const char *session_key, *nonce;
	const char *client_sealed, *server_sealed, *server_plain, *creds_sealed;
	bool hashed;		/* pubKeyAuth is a hash: version 5 and later */
} freerdp_rows[] = {
#define ROW(v, h) {								\
	freerdp_v##v##_session_key, freerdp_v##v##_nonce,			\
	freerdp_v##v##_client_sealed, freerdp_v##v##_server_sealed,		\
	freerdp_v##v##_server_plain, freerdp_v##v##_creds_sealed, h }
	ROW(2, false), ROW(3, false), ROW(5, true), ROW(6, true),
#undef ROW
};

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

static struct kunit_case ntlm_seal_cases[] = {
	KUNIT_CASE(direction_keys),
	KUNIT_CASE(seal_known_answers),
	KUNIT_CASE(plain_checksums),
	KUNIT_CASE(list_mic_then_seal),
	KUNIT_CASE(windows_list_mics),
	KUNIT_CASE(unseal_takes_what_was_sealed),
	KUNIT_CASE(unseal_an_empty_message),
	KUNIT_CASE(unseal_refuses_every_flipped_bit),
	KUNIT_CASE(unseal_refuses_every_truncation),
	KUNIT_CASE(unseal_refuses_what_is_not_next),
	KUNIT_CASE(limits_of_a_direction),
	KUNIT_CASE(verify_refuses),
	KUNIT_CASE(freerdp_client_direction),
	KUNIT_CASE(freerdp_server_direction),
	{}
};

static struct kunit_suite ntlm_seal_suite = {
	.name = "credssp_crypto_ntlm_seal",
	.test_cases = ntlm_seal_cases,
};

kunit_test_suite(ntlm_seal_suite);
