/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Listening on the loopback interface: the module seals tokens on a loopback connection
 * of its own, so that each record that is ever sealed passes here, whether the module
 * hands it out or not. Needs CAP_NET_RAW in the initial network namespace.
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

/* Begin to listen; ends the test on failure. */
void lo_open(void);
/* Forget all packets. */
void lo_reset(void);

/**
 * lo_records() - TLS records with data or alerts, sent by the ends that connected
 * @records: out: valid until the next call of this file
 *
 * The module's loopback connections seal on the end that connects, and so do clients.
 * A record that was sent several times is listed as often.
 */
size_t lo_records(const struct lo_record **records);

/**
 * struct lo_numbers - what was sealed by one key
 * @records: number of different records
 * @twice: numbers with which different records were sealed
 * @last: the highest number
 */
struct lo_numbers {
	size_t records;
	size_t twice;
	uint64_t last;
};

/* Count by the numbers that TLS 1.2 sends with its records. */
void lo_numbers(struct lo_numbers *n);
/* Count by trial decryption with numbers up to @limit; records of other keys do not count. */
void lo_numbers_of_key(const struct tls12_crypto_info_aes_gcm_128 *key, uint64_t limit,
		       struct lo_numbers *n);

#endif
