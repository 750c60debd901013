/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A tap on the loopback interface: all records that kTLS has sealed pass it, also those
 * that the module never handed out. It finds the number with which each record was
 * sealed.
 */
#ifndef KUNIT_TLS_TAP_H
#define KUNIT_TLS_TAP_H

#include "tls_util.h"

/* Numbers that are tried, from 0 on; the tests use far fewer. */
#define TAP_NUMBERS	512

/**
 * struct tls_tap_result - what was sealed with one key
 * @count: by number, how many different records
 * @records: of all numbers
 * @most: the highest count
 * @last: the highest number, 0 when there is none
 */
struct tls_tap_result {
	unsigned int count[TAP_NUMBERS];
	unsigned int records;
	unsigned int most;
	unsigned int last;
};

struct tls_tap;

/* Listens until the test ends. */
struct tls_tap *tls_tap(struct kunit *test);
/* Forget what was heard. */
void tls_tap_reset(struct tls_tap *tap);

/**
 * tls_tap_read() - what was sealed since the last reset
 * @test: test, which fails if a segment was missed or a record cannot be opened
 * @tap: tap
 * @s: version of the session
 * @d: its sending direction, at any time; AES-128 only
 * @result: out
 *
 * Two records with one number count twice only if they differ: a record passes
 * the tap each time that it is sent.
 */
void tls_tap_read(struct kunit *test, struct tls_tap *tap, const struct cssp_tls_session *s,
		  const struct cssp_tls_direction *d, struct tls_tap_result *result);

/* Expect @records in all, no two of them with one number. */
void tls_tap_expect(struct kunit *test, const struct tls_tap_result *result,
		    unsigned int records);

#endif
