// SPDX-License-Identifier: GPL-2.0-only
/* kmod/crypto/hash.c, and the ciphers of the kernel that NTLM uses. */

#include <linux/vmalloc.h>
#include "base/status.h"
#include "crypto/md4.h"
#include "ntlm_util.h"
#include "vectors/ntlm.h"

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

/* Tokens are vmalloc'd, so a piece may cross a page boundary. */
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

/* RFC 2202 2, those with keys of at most 16 bytes: a shorter key ends with zeros. */
static void hmac_md5_known_answers(struct kunit *test)
{
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 mac[MD5_DIGEST_SIZE];
	struct cssp_rd parts[2];
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(hmac_md5_rows); i++) {
		struct cssp_rd key = test_hex(test, hmac_md5_rows[i].key);
		struct cssp_rd rest = test_hex(test, hmac_md5_rows[i].data);

		KUNIT_ASSERT_EQ(test, key.left, sizeof(mac));
		KUNIT_ASSERT_EQ(test, cssp_hmac_md5(c->md5, key.p, &rest, 1, mac), 0);
		EXPECT_HEX(test, mac, sizeof(mac), hmac_md5_rows[i].mac);
		/* The same in two pieces. */
		KUNIT_ASSERT_EQ(test, cssp_rd_sub(&rest, 5, &parts[0]), 0);
		parts[1] = rest;
		KUNIT_ASSERT_EQ(test, cssp_hmac_md5(c->md5, key.p, parts, 2, mac), 0);
		EXPECT_HEX(test, mac, sizeof(mac), hmac_md5_rows[i].mac);
	}
}

/* The key may lie where the result goes: NTLM derives one key from the other. */
static void hmac_md5_in_place(struct kunit *test)
{
	struct cssp_rd data = test_hex(test, hmac_md5_rows[0].data);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 key[MD5_DIGEST_SIZE];

	memcpy(key, test_hex(test, hmac_md5_rows[0].key).p, sizeof(key));
	KUNIT_ASSERT_EQ(test, cssp_hmac_md5(c->md5, key, &data, 1, key), 0);
	EXPECT_HEX(test, key, sizeof(key), hmac_md5_rows[0].mac);
}

static struct kunit_case hash_cases[] = {
	KUNIT_CASE(md4_known_answers),
	KUNIT_CASE(rc4_known_answer),
	KUNIT_CASE(unknown_digest_is_weak),
	KUNIT_CASE(digest_across_pages),
	KUNIT_CASE(hmac_md5_known_answers),
	KUNIT_CASE(hmac_md5_in_place),
	{}
};

static struct kunit_suite hash_suite = {
	.name = "credssp_crypto_hash",
	.test_cases = hash_cases,
};

kunit_test_suite(hash_suite);
