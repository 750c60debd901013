/* SPDX-License-Identifier: GPL-2.0-only */
/* What a TLS cipher suite's number says of it. */
#ifndef CSSP_TLS_SUITE_H
#define CSSP_TLS_SUITE_H

#include <linux/types.h>

/**
 * struct cssp_tls_cipher - what seals the records
 * @type: kTLS's TLS_CIPHER_*
 * @name: "AES" or "CHACHA20_POLY1305"
 * @bits: of its key
 * @block: its block in bytes; 1 for a stream
 */
struct cssp_tls_cipher {
	u16 type;
	const char *name;
	u32 bits;
	u32 block;
};

/**
 * struct cssp_tls_suite - one cipher suite
 * @number: IANA's
 * @name: IANA's
 * @version: TLS_1_2_VERSION or TLS_1_3_VERSION, the only one that it is of
 * @cipher: what seals the records
 * @hash: of the key derivation
 * @hash_bits: of that
 * @exchange: key exchange, empty in TLS 1.3, whose suites do not tell it
 * @certificate: kind of the server's key, likewise
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

/* Of a suite that a session can have; NULL for others. */
const struct cssp_tls_suite *cssp_tls_suite_find(u16 number);

#endif
