/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Digests over scattered bytes.  The kernel's shash takes plain addresses, so
 * vmalloc'd tokens are as good as any other memory.
 */
#ifndef CSSP_CRYPTO_HASH_H
#define CSSP_CRYPTO_HASH_H

#include <crypto/hash.h>
#include <crypto/md5.h>
#include <crypto/sha2.h>
#include "../base/buf.h"

/**
 * cssp_hash_alloc() - a digest by its kernel name
 * @tfm: out; freed with crypto_free_shash()
 * @name: "md4", "md5", "hmac(md5)", "sha256"
 *
 * Context: may sleep, may load a module.
 * Return: 0, -ENOPKG when the kernel does not offer it (fips=1), -ENOMEM.
 */
int __must_check cssp_hash_alloc(struct crypto_shash **tfm, const char *name);

/**
 * cssp_hash() - digest of several pieces, one after the other
 * @tfm: unkeyed, or keyed beforehand
 * @parts: what to digest
 * @nparts: number of them
 * @digest: out: crypto_shash_digestsize(@tfm) bytes, zero on failure
 *
 * Return: 0 or a negative errno.
 */
int __must_check cssp_hash(struct crypto_shash *tfm, const struct cssp_rd *parts,
			   unsigned int nparts, u8 *digest);

/* The same with @key set first; the tfm holds the key until the next one. */
int __must_check cssp_hmac(struct crypto_shash *tfm, const u8 *key, unsigned int key_len,
			   const struct cssp_rd *parts, unsigned int nparts, u8 *mac);

/* SHA-256 in one call (certificates, pubKeyAuth). -ENOMEM, -ENOPKG. May sleep. */
int __must_check cssp_sha256(const struct cssp_rd *parts, unsigned int nparts,
			     u8 digest[SHA256_DIGEST_SIZE]);

#endif
