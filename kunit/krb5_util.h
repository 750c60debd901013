/* SPDX-License-Identifier: GPL-2.0-only */
/* Helpers of the suites of Kerberos' cryptography. Objects are freed with the test case. */
#ifndef KUNIT_KRB5_UTIL_H
#define KUNIT_KRB5_UTIL_H

#include "crypto/krb5_crypto.h"
#include "crypto/krb5_seal.h"
#include "util.h"

/* The longest message of the sweeps over lengths: several blocks, whole and not. */
#define SWEEP_MAX	300

static const u32 krb5_enctypes[] = {
	CSSP_KRB5_AES128_SHA1, CSSP_KRB5_AES256_SHA1,
	CSSP_KRB5_AES128_SHA256, CSSP_KRB5_AES256_SHA384,
};

/* Bytes that differ from their neighbours and from a filler. */
static inline struct cssp_rd krb5_pattern(struct kunit *test, size_t n)
{
	u8 *bytes = test_room(test, n);
	size_t i;

	for (i = 0; i < n; i++)
		bytes[i] = i * 7 + n;
	return cssp_rd_of(bytes, n);
}

#endif
