/* SPDX-License-Identifier: GPL-2.0-only */
/* The algorithms of the TLS cipher suites. */
#ifndef CSSP_TLS_SUITE_H
#define CSSP_TLS_SUITE_H

#include <linux/types.h>

/**
 * struct cssp_tls_cipher - cipher of the records
 * @type: TLS_CIPHER_* of kTLS
 * @name: "AES" or "CHACHA20_POLY1305"
 * @bits: size of the key in bits
 * @block: block size in bytes; 1 for a stream cipher
 */
struct cssp_tls_cipher {
	u16 type;
	const char *name;
	u32 bits;
	u32 block;
};

/**
 * struct cssp_tls_suite - one cipher suite
 * @number: number assigned by IANA
 * @name: name assigned by IANA
 * @version: TLS_1_2_VERSION or TLS_1_3_VERSION: the only version that uses it
 * @cipher: cipher of the records
 * @hash: hash of the key derivation
 * @hash_bits: size of the hash in bits
 * @exchange: key exchange; empty in TLS 1.3, where the suite does not fix it
 * @certificate: type of the server's key; likewise empty in TLS 1.3
 */
struct cssp_tls_suite {
	u16 number;
	const char *name;
	u16 version;
	const struct cssp_tls_cipher *cipher;
	const char *hash;
	u32 hash_bits;
	const char *exchange;
	const char *certificate;
};

/* The suite with this number, or NULL if no session can have it. */
const struct cssp_tls_suite *cssp_tls_suite_find(u16 number);

#endif
