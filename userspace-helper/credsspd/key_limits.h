/* SPDX-License-Identifier: GPL-2.0-only */
/* Which keys of a server's chain may be computed with. */
#ifndef CREDSSPD_KEY_LIMITS_H
#define CREDSSPD_KEY_LIMITS_H

#include <gnutls/x509.h>

/**
 * key_limits_check() - may the public key of a certificate be used?
 * @cert: certificate
 *
 * Reads the key and computes nothing with it.
 *
 * Return: 0; -E2BIG for a key whose use takes too long; -EBADMSG for one that cannot
 * be read.
 */
int key_limits_check(gnutls_x509_crt_t cert);

#endif
