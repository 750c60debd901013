/* SPDX-License-Identifier: GPL-2.0-only */
/* Limits for the keys of a server's chain. */
#ifndef CREDSSPD_KEY_LIMITS_H
#define CREDSSPD_KEY_LIMITS_H

#include <gnutls/x509.h>

/**
 * key_limits_check() - check the size of a certificate's public key
 * @cert: certificate
 *
 * It reads the key but does not use it.
 *
 * Return: 0; -E2BIG for a key that takes too long to use; -EBADMSG for an unreadable key.
 */
int key_limits_check(gnutls_x509_crt_t cert);

#endif
