// SPDX-License-Identifier: GPL-2.0-only
/* kmod/crypto/krb5_crypto.c: Kerberos' encryption types, and the cipher of the kernel. */

#include <crypto/skcipher.h>
#include <linux/scatterlist.h>
#include <linux/vmalloc.h>
#include "base/status.h"
#include "krb5_util.h"
#include "ntlm_util.h"

KUNIT_DEFINE_ACTION_WRAPPER(free_cipher_action, crypto_free_sync_skcipher,
			    struct crypto_sync_skcipher *);
KUNIT_DEFINE_ACTION_WRAPPER(vfree_action, vfree, void *);

/* Keys of one usage for both purposes */
static struct cssp_krb5_key *new_key(struct kunit *test, u32 enctype, u32 usage, const char *hex)
{
	const struct cssp_krb5_enctype *e = cssp_krb5_enctype_find(enctype);
	struct cssp_krb5_key *key;
	struct cssp_rd protocol_key = test_hex(test, hex);

	KUNIT_ASSERT_NOT_NULL(test, e);
	KUNIT_ASSERT_EQ(test, protocol_key.left, (size_t)e->key_size);
	KUNIT_ASSERT_EQ(test, cssp_krb5_key_create(&key, e, protocol_key.p, usage, usage), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_krb5_key_action, key), 0);
	return key;
}

static struct cssp_krb5_key *new_key_of(struct kunit *test, const struct cssp_krb5_enctype *e)
{
	return new_key(test, e->id, 24, krb5_key_of(e));
}

/* Memory of exactly @n bytes that crosses page borders and starts within a page. */
static u8 *new_vmalloc(struct kunit *test, size_t n)
{
	size_t size = PAGE_ALIGN(n);
	u8 *p = vmalloc(size);

	KUNIT_ASSERT_NOT_NULL(test, p);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, vfree_action, p), 0);
	return p + (size - n);
}

static void enctypes_that_are_supported(struct kunit *test)
{
	static const struct {
		u32 id;
		u8 key_size, mac_size;
	} rows[] = {
		{ 17, 16, 12 }, { 18, 32, 12 }, { 19, 16, 16 }, { 20, 32, 24 },
	};
	/* None, DES, DES3, RC4, Camellia, and numbers that nobody has */
	static const u32 others[] = { 0, 1, 2, 3, 16, 21, 23, 24, 25, 26, 0x111, U32_MAX };
	const struct cssp_krb5_enctype *e;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		e = cssp_krb5_enctype_find(rows[i].id);
		KUNIT_ASSERT_NOT_NULL(test, e);
		KUNIT_EXPECT_EQ(test, e->id, rows[i].id);
		KUNIT_EXPECT_EQ(test, e->key_size, rows[i].key_size);
		KUNIT_EXPECT_EQ(test, e->mac_size, rows[i].mac_size);
		KUNIT_EXPECT_LE(test, e->mac_size, CSSP_KRB5_MAC_MAX);
	}
	for (i = 0; i < ARRAY_SIZE(others); i++)
		KUNIT_EXPECT_NULL(test, cssp_krb5_enctype_find(others[i]));
}

static void nfold_known_answers(struct kunit *test)
{
	struct cssp_rd in, want, got;
	unsigned int i;
	u8 *room;

	for (i = 0; i < ARRAY_SIZE(krb5_nfold); i++) {
		in = test_str(krb5_nfold[i].text);
		in = test_copy(test, &in);
		want = test_hex(test, krb5_nfold[i].folded);
		room = test_room(test, want.left);
		got = cssp_rd_of(room, want.left);
		cssp_krb5_nfold(&in, room, want.left);
		test_expect_same(test, &got, &want);
	}
}

/* The key that @constant gives is @want. */
static void expect_derived(struct kunit *test, u32 enctype, const char *base,
			   const struct cssp_rd *constant, const char *want)
{
	size_t n = test_hex_size(want);
	u8 *room = test_room(test, n);

	KUNIT_ASSERT_EQ(test, cssp_krb5_derive(cssp_krb5_enctype_find(enctype),
					       test_hex(test, base).p, constant, room, n), 0);
	EXPECT_HEX(test, room, n, want);
}

static void dk_known_answers(struct kunit *test)
{
	struct cssp_rd kerberos = test_str("kerberos");

	expect_derived(test, CSSP_KRB5_AES128_SHA1, krb5_dk_128_base, &kerberos, krb5_dk_128);
	expect_derived(test, CSSP_KRB5_AES256_SHA1, krb5_dk_256_base, &kerberos, krb5_dk_256);
}

static void kdf_known_answers(struct kunit *test)
{
	struct cssp_rd kc = test_hex(test, "0000000299");
	struct cssp_rd ke = test_hex(test, "00000002aa");
	struct cssp_rd ki = test_hex(test, "0000000255");

	expect_derived(test, CSSP_KRB5_AES128_SHA256, krb5_sha256_base, &kc, krb5_sha256_kc);
	expect_derived(test, CSSP_KRB5_AES128_SHA256, krb5_sha256_base, &ke, krb5_sha256_ke);
	expect_derived(test, CSSP_KRB5_AES128_SHA256, krb5_sha256_base, &ki, krb5_sha256_ki);
	expect_derived(test, CSSP_KRB5_AES256_SHA384, krb5_sha384_base, &kc, krb5_sha384_kc);
	expect_derived(test, CSSP_KRB5_AES256_SHA384, krb5_sha384_base, &ke, krb5_sha384_ke);
	expect_derived(test, CSSP_KRB5_AES256_SHA384, krb5_sha384_base, &ki, krb5_sha384_ki);
}

static void derive_refuses(struct kunit *test)
{
	const struct cssp_krb5_enctype *e = cssp_krb5_enctype_find(CSSP_KRB5_AES256_SHA384);
	struct cssp_rd base = test_hex(test, krb5_key_256), label = test_str("label");
	struct cssp_rd nothing = cssp_rd_of(NULL, 0);
	u8 *room = test_room(test, CSSP_KRB5_KEY_MAX + 1);

	KUNIT_EXPECT_EQ(test, cssp_krb5_derive(e, base.p, &label, room, CSSP_KRB5_KEY_MAX + 1),
			CSSP_E_PARAMETER);
	KUNIT_EXPECT_EQ(test, cssp_krb5_derive(e, base.p, &nothing, room, CSSP_KRB5_KEY_MAX),
			CSSP_E_PARAMETER);
}

/* The kernel's cipher swaps the last two blocks as RFC 3962 requires. */
static void cts_known_answers(struct kunit *test)
{
	struct crypto_sync_skcipher *tfm = crypto_alloc_sync_skcipher("cts(cbc(aes))", 0, 0);
	struct cssp_rd key = test_hex(test, krb5_cts_key), text = test_hex(test, krb5_cts_text);
	struct scatterlist sg;
	unsigned int i;
	u8 iv[16];

	KUNIT_ASSERT_FALSE(test, IS_ERR(tfm));
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, free_cipher_action, tfm), 0);
	KUNIT_ASSERT_EQ(test, crypto_sync_skcipher_setkey(tfm, key.p, key.left), 0);
	for (i = 0; i < ARRAY_SIZE(krb5_cts_results); i++) {
		SYNC_SKCIPHER_REQUEST_ON_STACK(req, tfm);
		size_t n = test_hex_size(krb5_cts_results[i]);
		u8 *room = test_room(test, n);

		memcpy(room, text.p, n);
		memset(iv, 0, sizeof(iv));
		sg_init_one(&sg, room, n);
		skcipher_request_set_sync_tfm(req, tfm);
		skcipher_request_set_callback(req, 0, NULL, NULL);
		skcipher_request_set_crypt(req, &sg, &sg, n, iv);
		KUNIT_EXPECT_EQ(test, crypto_skcipher_encrypt(req), 0);
		EXPECT_HEX(test, room, n, krb5_cts_results[i]);
	}
}

/* Encrypted with @r's confounder it is @r's ciphertext, and decrypted it is the plaintext. */
static void expect_encryption(struct kunit *test, const struct krb5_encryption *r)
{
	struct cssp_krb5_key *key = new_key(test, r->enctype, r->usage, r->key);
	struct cssp_rd plain = test_hex(test, r->plain), conf = test_hex(test, r->confounder);
	size_t n = test_hex_size(r->sealed);
	u8 *room = test_room(test, n);

	memcpy(room, conf.p, conf.left);
	memcpy(room + conf.left, plain.p, plain.left);
	KUNIT_EXPECT_EQ(test, cssp_krb5_encrypt(key, room, conf.left + plain.left), 0);
	EXPECT_HEX(test, room, n, r->sealed);
	KUNIT_EXPECT_EQ(test, cssp_krb5_decrypt(key, room, n), 0);
	EXPECT_HEX(test, room, conf.left, r->confounder);
	EXPECT_HEX(test, room + conf.left, plain.left, r->plain);
}

static void encryption_known_answers(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_rfc8009_encryptions); i++)
		expect_encryption(test, &krb5_rfc8009_encryptions[i]);
	for (i = 0; i < ARRAY_SIZE(krb5_mit_encryptions); i++)
		expect_encryption(test, &krb5_mit_encryptions[i]);
}

/* In one piece, and in three: a short one, an empty one and the rest. */
static void expect_checksum(struct kunit *test, const struct krb5_checksum *r)
{
	struct cssp_krb5_key *key = new_key(test, r->enctype, r->usage, r->key);
	struct cssp_rd message = test_hex(test, r->message);
	struct cssp_rd parts[3] = { message, {}, message };
	size_t n = test_hex_size(r->sum), first = min_t(size_t, 5, message.left);
	u8 *sum = test_room(test, n);

	KUNIT_EXPECT_EQ(test, cssp_krb5_checksum(key, &message, 1, sum), 0);
	EXPECT_HEX(test, sum, n, r->sum);
	KUNIT_ASSERT_EQ(test, cssp_rd_sub(&parts[2], first, &parts[0]), 0);
	KUNIT_EXPECT_EQ(test, cssp_krb5_checksum(key, parts, ARRAY_SIZE(parts), sum), 0);
	EXPECT_HEX(test, sum, n, r->sum);
}

static void checksum_known_answers(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_rfc8009_checksums); i++)
		expect_checksum(test, &krb5_rfc8009_checksums[i]);
	for (i = 0; i < ARRAY_SIZE(krb5_mit_checksums); i++)
		expect_checksum(test, &krb5_mit_checksums[i]);
}

/* Every length, in memory of exactly that size: KASAN detects an access past its end. */
static void round_trips(struct kunit *test, const struct cssp_krb5_enctype *e)
{
	struct cssp_rd want = krb5_pattern(test, CSSP_KRB5_CONFOUNDER_SIZE + SWEEP_MAX);
	struct cssp_krb5_key *key = new_key_of(test, e);
	size_t n, whole;
	u8 *room;

	for (n = CSSP_KRB5_CONFOUNDER_SIZE; n <= want.left; n++) {
		whole = n + e->mac_size;
		room = kmalloc(whole, GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, room);
		memcpy(room, want.p, n);
		KUNIT_EXPECT_EQ(test, cssp_krb5_encrypt(key, room, n), 0);
		KUNIT_EXPECT_MEMNEQ(test, room, want.p, n);
		KUNIT_EXPECT_EQ(test, cssp_krb5_decrypt(key, room, whole), 0);
		KUNIT_EXPECT_MEMEQ(test, room, want.p, n);
		kfree(room);
	}
}

static void round_trips_of_every_length(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++)
		round_trips(test, cssp_krb5_enctype_find(krb5_enctypes[i]));
}

/* The longest text in vmalloc'd memory, at any place in a page, as in kmalloc'd memory. */
static void texts_across_pages(struct kunit *test)
{
	const struct cssp_krb5_enctype *e;
	const size_t n = CSSP_KRB5_MAX_TEXT;
	struct cssp_rd text = krb5_pattern(test, n);
	struct cssp_krb5_key *key;
	u8 *linear, *paged;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++) {
		e = cssp_krb5_enctype_find(krb5_enctypes[i]);
		key = new_key_of(test, e);
		linear = test_room(test, n + e->mac_size);
		paged = new_vmalloc(test, n + e->mac_size);
		memcpy(linear, text.p, n);
		memcpy(paged, text.p, n);
		KUNIT_EXPECT_EQ(test, cssp_krb5_encrypt(key, linear, n), 0);
		KUNIT_EXPECT_EQ(test, cssp_krb5_encrypt(key, paged, n), 0);
		KUNIT_EXPECT_EQ(test, memcmp(linear, paged, n + e->mac_size), 0);
		KUNIT_EXPECT_EQ(test, cssp_krb5_decrypt(key, paged, n + e->mac_size), 0);
		KUNIT_EXPECT_EQ(test, memcmp(paged, text.p, n), 0);
	}
}

/* A text that starts at each of the last bytes of a page */
static void texts_that_start_at_a_pages_end(struct kunit *test)
{
	const struct cssp_krb5_enctype *e = cssp_krb5_enctype_find(CSSP_KRB5_AES256_SHA1);
	struct cssp_krb5_key *key = new_key_of(test, e);
	struct cssp_rd text = krb5_pattern(test, 100);
	size_t whole = text.left + e->mac_size, before;
	u8 *pages = new_vmalloc(test, 2 * PAGE_SIZE);
	u8 *linear = test_room(test, whole);

	memcpy(linear, text.p, text.left);
	KUNIT_ASSERT_EQ(test, cssp_krb5_encrypt(key, linear, text.left), 0);
	for (before = 0; before <= whole; before++) {
		u8 *at = pages + PAGE_SIZE - before;

		memcpy(at, text.p, text.left);
		KUNIT_EXPECT_EQ(test, cssp_krb5_encrypt(key, at, text.left), 0);
		KUNIT_EXPECT_MEMEQ(test, at, linear, whole);
		KUNIT_EXPECT_EQ(test, cssp_krb5_decrypt(key, at, whole), 0);
		KUNIT_EXPECT_MEMEQ(test, at, text.p, text.left);
	}
}

static void decrypt_refuses_what_was_altered(struct kunit *test)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(krb5_mit_encryptions); i++) {
		const struct krb5_encryption *r = &krb5_mit_encryptions[i];
		struct cssp_krb5_key *key = new_key(test, r->enctype, r->usage, r->key);
		struct cssp_rd sealed = test_hex(test, r->sealed);
		u8 *room = test_room(test, sealed.left);
		size_t bit, n;

		for (bit = 0; bit < 8 * sealed.left; bit++) {
			memcpy(room, sealed.p, sealed.left);
			room[bit / 8] ^= 1 << bit % 8;
			KUNIT_EXPECT_EQ_MSG(test, cssp_krb5_decrypt(key, room, sealed.left),
					    CSSP_E_ALTERED, "row %u, bit %zu", i, bit);
		}
		for (n = 0; n < sealed.left; n++) {
			memcpy(room, sealed.p, sealed.left);
			KUNIT_EXPECT_LT_MSG(test, cssp_krb5_decrypt(key, room, n), 0,
					    "row %u, %zu bytes", i, n);
		}
	}
}

static void decrypt_refuses_another_key(struct kunit *test)
{
	const struct krb5_encryption *r = &krb5_mit_encryptions[0];
	struct cssp_rd sealed = test_hex(test, r->sealed);
	u8 *room = (u8 *)sealed.p;
	struct cssp_krb5_key *key;

	/* Another usage of the same key, and another key */
	key = new_key(test, r->enctype, 22, r->key);
	KUNIT_EXPECT_EQ(test, cssp_krb5_decrypt(key, room, sealed.left), CSSP_E_ALTERED);
	sealed = test_hex(test, r->sealed);
	room = (u8 *)sealed.p;
	key = new_key(test, CSSP_KRB5_AES128_SHA1, r->usage, krb5_sha256_base);
	KUNIT_EXPECT_EQ(test, cssp_krb5_decrypt(key, room, sealed.left), CSSP_E_ALTERED);
}

static void limits_of_a_text(struct kunit *test)
{
	const struct cssp_krb5_enctype *e;
	struct cssp_krb5_key *key;
	unsigned int i;
	u8 *room;

	for (i = 0; i < ARRAY_SIZE(krb5_enctypes); i++) {
		e = cssp_krb5_enctype_find(krb5_enctypes[i]);
		key = new_key_of(test, e);
		room = new_vmalloc(test, CSSP_KRB5_MAX_TEXT + 1 + e->mac_size);
		KUNIT_EXPECT_EQ(test, cssp_krb5_encrypt(key, room, CSSP_KRB5_MAX_TEXT + 1),
				CSSP_E_TOO_BIG);
		KUNIT_EXPECT_EQ(test, cssp_krb5_decrypt(key, room,
							CSSP_KRB5_MAX_TEXT + 1 + e->mac_size),
				CSSP_E_TOO_BIG);
		KUNIT_EXPECT_EQ(test, cssp_krb5_encrypt(key, room,
							CSSP_KRB5_CONFOUNDER_SIZE - 1),
				CSSP_E_PARAMETER);
		KUNIT_EXPECT_EQ(test, cssp_krb5_decrypt(key, room, CSSP_KRB5_CONFOUNDER_SIZE +
							e->mac_size - 1), CSSP_E_MALFORMED);
	}
	cssp_krb5_key_free(NULL);
}

static struct kunit_case krb5_crypto_cases[] = {
	KUNIT_CASE(enctypes_that_are_supported),
	KUNIT_CASE(nfold_known_answers),
	KUNIT_CASE(dk_known_answers),
	KUNIT_CASE(kdf_known_answers),
	KUNIT_CASE(derive_refuses),
	KUNIT_CASE(cts_known_answers),
	KUNIT_CASE(encryption_known_answers),
	KUNIT_CASE(checksum_known_answers),
	KUNIT_CASE(round_trips_of_every_length),
	KUNIT_CASE(texts_across_pages),
	KUNIT_CASE(texts_that_start_at_a_pages_end),
	KUNIT_CASE(decrypt_refuses_what_was_altered),
	KUNIT_CASE(decrypt_refuses_another_key),
	KUNIT_CASE(limits_of_a_text),
	{}
};

static struct kunit_suite krb5_crypto_suite = {
	.name = "credssp_crypto_krb5_crypto",
	.test_cases = krb5_crypto_cases,
};

kunit_test_suite(krb5_crypto_suite);
