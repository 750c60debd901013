// SPDX-License-Identifier: GPL-2.0-only
/* Digests over several pieces of memory, by the kernel crypto API. */

#include <crypto/algapi.h>
#include <crypto/hmac.h>
#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/string.h>
#include "../base/status.h"
#include "hash.h"

int cssp_hash_alloc(struct crypto_shash **tfm, const char *name)
{
	struct crypto_shash *new = crypto_alloc_shash(name, 0, 0);

	*tfm = NULL;
	switch (PTR_ERR_OR_ZERO(new)) {
	case 0:
		*tfm = new;
		return 0;
	case -ENOENT:	/* missing, or not approved under fips=1 */
	case -ELIBBAD:	/* its self-test failed */
		return CSSP_E_WEAK;
	default:
		return PTR_ERR(new);
	}
}

static const char *const hash_names[CSSP_DIGESTS] = {
	[CSSP_MD4] = "md4",
	[CSSP_MD5] = "md5",
	[CSSP_SHA256] = "sha256",
};

/* Each is made when it is first needed: which ones there are depends on the machine. */
static struct crypto_shash *hash_made[CSSP_DIGESTS];

int cssp_hash_shared(struct crypto_shash **tfm, enum cssp_digest digest)
{
	struct crypto_shash *new, *old;
	int ret;

	/* Pairs with cmpxchg() below: another thread may have made it. */
	*tfm = smp_load_acquire(&hash_made[digest]);
	if (*tfm)
		return 0;
	ret = cssp_hash_alloc(&new, hash_names[digest]);
	if (ret)
		return ret;
	old = cmpxchg(&hash_made[digest], NULL, new);
	if (old)
		crypto_free_shash(new);
	*tfm = old ?: new;
	return 0;
}

void cssp_hash_exit(void)
{
	unsigned int i;

	for (i = 0; i < CSSP_DIGESTS; i++)
		crypto_free_shash(hash_made[i]);
}

static int hash_update(struct shash_desc *desc, const struct cssp_rd *parts, unsigned int nparts)
{
	unsigned int i;
	int ret;

	for (i = 0; i < nparts; i++) {
		if (parts[i].left > UINT_MAX)
			return CSSP_E_TOO_BIG;
		if (!parts[i].left)
			continue;
		ret = crypto_shash_update(desc, parts[i].p, parts[i].left);
		if (ret)
			return ret;
	}
	return 0;
}

static int hash_parts(struct shash_desc *desc, const struct cssp_rd *parts,
		      unsigned int nparts, u8 *digest)
{
	int ret;

	ret = crypto_shash_init(desc);
	if (ret)
		return ret;
	ret = hash_update(desc, parts, nparts);
	if (ret)
		return ret;
	return crypto_shash_final(desc, digest);
}

int cssp_hash(struct crypto_shash *tfm, const struct cssp_rd *parts,
	      unsigned int nparts, u8 *digest)
{
	SHASH_DESC_ON_STACK(desc, tfm);
	int ret;

	desc->tfm = tfm;
	ret = hash_parts(desc, parts, nparts, digest);
	shash_desc_zero(desc);
	if (ret)
		memzero_explicit(digest, crypto_shash_digestsize(tfm));
	return ret;
}

/* RFC 2104 2: H(K XOR pad, parts). The key ends with zeros that make it a whole block. */
static int hash_keyed(struct shash_desc *desc, const u8 key[MD5_DIGEST_SIZE], u8 pad,
		      const struct cssp_rd *parts, unsigned int nparts,
		      u8 digest[MD5_DIGEST_SIZE])
{
	u8 block[MD5_HMAC_BLOCK_SIZE];
	const struct cssp_rd first = cssp_rd_of(block, sizeof(block));
	int ret;

	memset(block, pad, sizeof(block));
	crypto_xor(block, key, MD5_DIGEST_SIZE);
	ret = crypto_shash_init(desc) ?: hash_update(desc, &first, 1);
	memzero_explicit(block, sizeof(block));
	if (ret)
		return ret;
	ret = hash_update(desc, parts, nparts);
	if (ret)
		return ret;
	return crypto_shash_final(desc, digest);
}

int cssp_hmac_md5(struct crypto_shash *md5, const u8 key[MD5_DIGEST_SIZE],
		  const struct cssp_rd *parts, unsigned int nparts, u8 mac[MD5_DIGEST_SIZE])
{
	SHASH_DESC_ON_STACK(desc, md5);
	u8 inner[MD5_DIGEST_SIZE];
	const struct cssp_rd part = cssp_rd_of(inner, sizeof(inner));
	int ret;

	desc->tfm = md5;
	ret = hash_keyed(desc, key, HMAC_IPAD_VALUE, parts, nparts, inner) ?:
	      hash_keyed(desc, key, HMAC_OPAD_VALUE, &part, 1, mac);
	shash_desc_zero(desc);
	memzero_explicit(inner, sizeof(inner));
	if (ret)
		memzero_explicit(mac, MD5_DIGEST_SIZE);
	return ret;
}

int cssp_sha256(const struct cssp_rd *parts, unsigned int nparts,
		u8 digest[SHA256_DIGEST_SIZE])
{
	struct crypto_shash *tfm;
	int ret;

	ret = cssp_hash_shared(&tfm, CSSP_SHA256);
	if (ret) {
		memzero_explicit(digest, SHA256_DIGEST_SIZE);
		return ret;
	}
	return cssp_hash(tfm, parts, nparts, digest);
}
