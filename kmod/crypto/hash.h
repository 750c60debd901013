/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests over several pieces of memory. The kernel's shash takes virtual
 * addresses, so a piece may be vmalloc'd.
 */
#ifndef CSSP_CRYPTO_HASH_H
#define CSSP_CRYPTO_HASH_H

#include <crypto/hash.h>
#include <crypto/md5.h>
#include <crypto/sha2.h>
#include "../base/buf.h"

/**
 * cssp_hash_alloc() - allocate a digest by its kernel name
 * @tfm: out: freed by the caller with crypto_free_shash(); NULL on failure
 * @name: for instance "sha256"
 *
 * Context: may sleep, may load a module.
 * Return: 0, -ENOPKG when the kernel does not have it (fips=1), -ENOMEM.
 */
int __must_check cssp_hash_alloc(struct crypto_shash **tfm, const char *name);

/* Digests without a key. */
enum cssp_digest {
	CSSP_MD4,
	CSSP_MD5,
	CSSP_SHA256,
	CSSP_DIGESTS,
};

/**
 * cssp_hash_shared() - the digest that all threads share
 * @tfm: out: lives as long as the module; NULL on failure
 * @digest: which
 *
 * A digest without a key has no state of its own.  To allocate one takes as long as to
 * digest a kilobyte.
 *
 * Context and return: as cssp_hash_alloc().
 */
int __must_check cssp_hash_shared(struct crypto_shash **tfm, enum cssp_digest digest);
/* Free the shared digests, at module exit. */
void cssp_hash_exit(void);

/**
 * cssp_hash() - digest several pieces, one after the other
 * @tfm: a digest, with its key set if it needs one
 * @parts: the pieces
 * @nparts: number of pieces
 * @digest: out: crypto_shash_digestsize(@tfm) bytes, zero on failure
 *
 * Return: 0 or a negative errno.
 */
int __must_check cssp_hash(struct crypto_shash *tfm, const struct cssp_rd *parts,
			   unsigned int nparts, u8 *digest);

/**
 * cssp_hmac_md5() - HMAC-MD5 of several pieces, RFC 2104
 * @md5: the shared digest
 * @key: as long as a digest
 * @parts: the pieces
 * @nparts: number of pieces
 * @mac: out: zero on failure
 *
 * The kernel's hmac(md5) keeps its key. So it could not be shared, and a mechanism would
 * allocate one of its own, which takes as long as two of the messages that it digests.
 *
 * Return: 0 or a negative errno. No copy of the key is left.
 */
int __must_check cssp_hmac_md5(struct crypto_shash *md5, const u8 key[MD5_DIGEST_SIZE],
			       const struct cssp_rd *parts, unsigned int nparts,
			       u8 mac[MD5_DIGEST_SIZE]);

/* SHA-256 in one call. 0, -ENOMEM or -ENOPKG; @digest is zero then. May sleep. */
int __must_check cssp_sha256(const struct cssp_rd *parts, unsigned int nparts,
			     u8 digest[SHA256_DIGEST_SIZE]);

#endif
