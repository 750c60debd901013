/* SPDX-License-Identifier: GPL-2.0-only */
/* Which keys of a server's chain may be computed with. */
#ifndef CREDSSPD_KEY_LIMITS_H
#define CREDSSPD_KEY_LIMITS_H

#include <gnutls/gnutls.h>

/**
 * key_limits_check() - may the public key of a certificate be used?
 * @der: certificate
 *
 * Reads the key and computes nothing with it.
 *
 * Return: 0; -E2BIG for a key whose use takes too long; -EBADMSG for a
 * certificate or a key that cannot be read.
 */
int key_limits_check(const gnutls_datum_t *der);

#endif
