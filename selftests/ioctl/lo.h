/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listening on the loopback interface: the module seals tokens on a connection
 * of its own there, so that all that was ever sealed is heard, handed out or not.
 * Needs CAP_NET_RAW in the initial network namespace.
 */
#ifndef SELFTESTS_LO_H
#define SELFTESTS_LO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <linux/tls.h>

struct lo_record {
	const uint8_t *p;
	size_t len;
};

/* Begin to listen; ends the test when that cannot be done. */
void lo_open(void);
/* Forget all that was heard. */
void lo_reset(void);

/**
 * lo_records() - TLS records with data or alerts, of whoever connected to somebody
 * @records: out: valid until the next call of this file
 *
 * The module's pairs seal on the end that connects, and so do clients. A record
 * that was sent several times is there as often.
 */
size_t lo_records(const struct lo_record **records);

/**
 * struct lo_numbers - what was sealed by one key
 * @records: different ones
 * @twice: numbers with which different records were sealed
 * @last: the highest number
 */
struct lo_numbers {
	size_t records;
	size_t twice;
	uint64_t last;
};

/* By the number that TLS 1.2 sends with a record. */
void lo_numbers(struct lo_numbers *n);
/* By trial decryption with numbers up to @limit; records of other keys do not count. */
void lo_numbers_of_key(const struct tls12_crypto_info_aes_gcm_128 *key, uint64_t limit,
		       struct lo_numbers *n);

#endif
