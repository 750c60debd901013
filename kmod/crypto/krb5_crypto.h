/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kerberos' encryption types with AES: RFC 3961 and 3962 (SHA-1), RFC 8009 (SHA-2), on the
 * kernel crypto API. Newer kernels have these in crypto/krb5: this is the one place where
 * those functions can be used instead.
 */
#ifndef CSSP_CRYPTO_KRB5_CRYPTO_H
#define CSSP_CRYPTO_KRB5_CRYPTO_H

#include "../base/buf.h"

/* Encryption types, RFC 3962 7 and RFC 8009 5. DES, RC4 and Camellia are not supported. */
#define CSSP_KRB5_AES128_SHA1	17
#define CSSP_KRB5_AES256_SHA1	18
#define CSSP_KRB5_AES128_SHA256	19
#define CSSP_KRB5_AES256_SHA384	20

#define CSSP_KRB5_CONFOUNDER_SIZE	16	/* one block of AES */
#define CSSP_KRB5_KEY_MAX		32	/* AES-256 */
#define CSSP_KRB5_MAC_MAX		24	/* HMAC-SHA384-192 */

/*
 * The longest text that is encrypted, in bytes, the confounder included: the longest
 * message (CSSP_KRB5_MAX_MESSAGE) between its confounder and the copy of its header.
 */
#define CSSP_KRB5_MAX_TEXT	(65536 + 32)

/**
 * struct cssp_krb5_enctype - an encryption type
 * @id: CSSP_KRB5_AES*
 * @key_size: bytes of the protocol key and of the encryption key Ke
 * @mac_key_size: bytes of the integrity keys Ki and Kc
 * @mac_size: bytes of a checksum
 * @sha2: key derivation and order of encryption and checksum of RFC 8009
 * @hmac: the kernel's name of the keyed hash
 */
struct cssp_krb5_enctype {
	u32 id;
	u8 key_size;
	u8 mac_key_size;
	u8 mac_size;
	bool sha2;
	const char *hmac;
};

/* NULL for an encryption type that is not supported. */
const struct cssp_krb5_enctype *cssp_krb5_enctype_find(u32 id);

/* The keys of one direction, derived from a protocol key, and their algorithms. */
struct cssp_krb5_key;

/**
 * cssp_krb5_key_create() - derive the keys of one direction
 * @key: out: freed by the caller with cssp_krb5_key_free(); NULL on failure
 * @e: encryption type
 * @protocol_key: @e->key_size bytes
 * @seal_usage: key usage number of encryption, RFC 4121 2
 * @sign_usage: key usage number of checksums
 *
 * The caller serializes the calls on one key.
 *
 * Context: may sleep, may load a module.
 * Return: 0; -ENOPKG when the kernel does not have an algorithm (fips=1); -ENOMEM.
 */
int __must_check cssp_krb5_key_create(struct cssp_krb5_key **key,
				      const struct cssp_krb5_enctype *e, const u8 *protocol_key,
				      u32 seal_usage, u32 sign_usage);
/* Wipe and free. NULL is fine. */
void cssp_krb5_key_free(struct cssp_krb5_key *key);

/**
 * cssp_krb5_encrypt() - encrypt in place, RFC 3961 5.3 and RFC 8009 5
 * @key: keys of the direction
 * @text: confounder || plaintext, and room for the checksum; kmalloc'd or vmalloc'd
 * @len: bytes of confounder and plaintext, at most CSSP_KRB5_MAX_TEXT
 *
 * On success @text has ciphertext || checksum, @len + mac_size bytes; on failure nothing
 * of use.
 *
 * Return: 0, -EMSGSIZE, or an errno of the crypto API.
 */
int __must_check cssp_krb5_encrypt(struct cssp_krb5_key *key, u8 *text, size_t len);

/**
 * cssp_krb5_decrypt() - the reverse of cssp_krb5_encrypt(), in place
 * @key: keys of the direction
 * @text: ciphertext || checksum; kmalloc'd or vmalloc'd
 * @len: bytes of both
 *
 * On success @text starts with confounder || plaintext, @len - mac_size bytes; on failure
 * it has nothing of use, but may have plaintext: the caller wipes it.
 *
 * Return: 0; -EKEYREJECTED when the checksum is wrong; -EBADMSG when @len is too short for
 * a confounder and a checksum; -EMSGSIZE, or an errno of the crypto API.
 */
int __must_check cssp_krb5_decrypt(struct cssp_krb5_key *key, u8 *text, size_t len);

/**
 * cssp_krb5_checksum() - keyed checksum over several pieces (get_mic of RFC 3961 5.4)
 * @key: keys of the direction
 * @parts: the pieces, in any memory
 * @nparts: number of pieces
 * @sum: out: mac_size bytes; zero on failure
 *
 * Return: 0 or an errno of the crypto API.
 */
int __must_check cssp_krb5_checksum(struct cssp_krb5_key *key, const struct cssp_rd *parts,
				    unsigned int nparts, u8 *sum);

/* The n-fold function, RFC 3961 5.1: fold @in to @n bytes. */
void cssp_krb5_nfold(const struct cssp_rd *in, u8 *out, size_t n);

/**
 * cssp_krb5_derive() - a key from a protocol key: DK of RFC 3961 5.1, KDF-HMAC-SHA2 of RFC 8009 3
 * @e: encryption type
 * @protocol_key: @e->key_size bytes
 * @constant: DK's constant or KDF-HMAC-SHA2's label
 * @out: out: the derived key; zero on failure
 * @n: its size in bytes, at most CSSP_KRB5_KEY_MAX
 *
 * Context: may sleep, may load a module.
 * Return: as cssp_krb5_key_create().
 */
int __must_check cssp_krb5_derive(const struct cssp_krb5_enctype *e, const u8 *protocol_key,
				  const struct cssp_rd *constant, u8 *out, size_t n);

#endif
