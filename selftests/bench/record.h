/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of TLS 1.3 with AES-128-GCM (RFC 8446 5.2) under fixed keys, for a peer whose
 * handshake never happened. All connections have the same keys, which only the tests can
 * afford. These end the program on failure.
 */
#ifndef BENCH_RECORD_H
#define BENCH_RECORD_H

#include <gnutls/crypto.h>

#include "../peers/bytes.h"

#define RECORD_VERSION	0x0304
#define RECORD_CIPHER	0x1301	/* TLS_AES_128_GCM_SHA256 */
#define RECORD_KEY	16
#define RECORD_IV	12

/**
 * struct record_side - one direction
 * @key: constant
 * @iv: constant
 * @aead: made from @key
 * @seq: number of the next record; 0 when a connection begins
 */
struct record_side {
	uint8_t key[RECORD_KEY];
	uint8_t iv[RECORD_IV];
	gnutls_aead_cipher_hd_t aead;
	uint64_t seq;
};

/* @fill: byte of which key and IV consist. The two directions need different ones. */
void record_init(struct record_side *s, uint8_t fill);
/* Append @plain as one record of data to @out. */
void record_seal(struct record_side *s, struct span plain, struct bytes *out);
/* Append the data of @record, which must be one record of data, to @out. */
void record_open(struct record_side *s, struct span record, struct bytes *out);

#endif
