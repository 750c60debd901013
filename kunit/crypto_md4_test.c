// SPDX-License-Identifier: GPL-2.0-only
/* Our own MD4, and NTLM on a kernel that has none. */

#include "crypto/md4.h"
#include "ntlm_util.h"
#include "vectors/md4.h"
#include "vectors/ntlm.h"

/* Three blocks and some: the padding falls on every place of a block. */
#define LONGEST		(3 * 64 + 10)

static void expect_md4(struct kunit *test, const struct cssp_rd *parts, unsigned int nparts,
		       const char *hex)
{
	u8 digest[CSSP_MD4_SIZE];
	struct cssp_rd got = cssp_rd_of(digest, sizeof(digest));

	cssp_md4(parts, nparts, digest);
	test_expect_hex(test, &got, hex);
}

/* Each vector in one piece, and cut in two at every place. */
static void own_md4_known_answers(struct kunit *test)
{
	struct cssp_rd whole, parts[2];
	unsigned int i;
	size_t cut;

	for (i = 0; i < ARRAY_SIZE(md4_vectors); i++) {
		whole = test_str(md4_vectors[i].message);
		expect_md4(test, &whole, 1, md4_vectors[i].digest);
		for (cut = 0; cut <= whole.left; cut++) {
			parts[0] = cssp_rd_of(whole.p, cut);
			parts[1] = cssp_rd_of(whole.p + cut, whole.left - cut);
			expect_md4(test, parts, ARRAY_SIZE(parts), md4_vectors[i].digest);
		}
	}
	expect_md4(test, NULL, 0, md4_vectors[0].digest);
}

static void own_md4_is_the_kernels(struct kunit *test)
{
	u8 *bytes = test_room(test, LONGEST), ours[CSSP_MD4_SIZE], theirs[CSSP_MD4_SIZE];
	struct crypto_shash *tfm;
	struct cssp_rd part;
	unsigned int i;

	KUNIT_ASSERT_EQ(test, cssp_hash_alloc(&tfm, "md4"), 0);
	for (i = 0; i < LONGEST; i++)
		bytes[i] = i * 73 + 11;
	for (i = 0; i <= LONGEST; i++) {
		part = cssp_rd_of(bytes, i);
		KUNIT_EXPECT_EQ(test, cssp_hash(tfm, &part, 1, theirs), 0);
		cssp_md4(&part, 1, ours);
		KUNIT_EXPECT_MEMEQ(test, ours, theirs, sizeof(ours));
	}
	crypto_free_shash(tfm);
}

static void ntlm_without_the_kernels_md4(struct kunit *test)
{
	struct cssp_rd password = utf16_of(test, NLMP_PASSWORD);
	struct cssp_ntlm_crypto *c = new_crypto(test);
	u8 key[CSSP_NTLM_KEY_SIZE];
	struct cssp_rd got = cssp_rd_of(key, sizeof(key));

	KUNIT_ASSERT_NOT_NULL(test, c->md4);
	c->md4 = NULL;
	KUNIT_ASSERT_EQ(test, cssp_ntlm_ntowfv1(c, &password, key), 0);
	test_expect_hex(test, &got, nlmp_ntowfv1);
}

static struct kunit_case crypto_md4_cases[] = {
	KUNIT_CASE(own_md4_known_answers),
	KUNIT_CASE(own_md4_is_the_kernels),
	KUNIT_CASE(ntlm_without_the_kernels_md4),
	{}
};

static struct kunit_suite crypto_md4_suite = {
	.name = "credssp_crypto_md4",
	.test_cases = crypto_md4_cases,
};

kunit_test_suite(crypto_md4_suite);
