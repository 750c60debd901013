/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The number of DER elements in certificates. GnuTLS makes a node of each when
 * it reads a certificate, which takes longer than the rest of a handshake.
 */
#ifndef CREDSSPD_ELEMENTS_H
#define CREDSSPD_ELEMENTS_H

#include <stdbool.h>
#include <gnutls/gnutls.h>

/*
 * Limits of one certificate, and of all in a message or chain. A real certificate has 60 to 250,
 * one with 1400 names has 1500.
 */
#define ELEMENTS_OF_CERT	2048
#define ELEMENTS_MAX		4096

/**
 * elements_check() - bound the elements of all certificates in a message
 * @msg: the body of a Certificate message, which GnuTLS has not parsed
 * @tls13: in the format of TLS 1.3
 *
 * A message that is malformed is left to GnuTLS, which refuses it.
 *
 * Return: 0, or GNUTLS_E_HANDSHAKE_TOO_LARGE
 */
int elements_check(const gnutls_datum_t *msg, bool tls13);

/*
 * Add the elements of the certificate @der to @sum, those of the certificates before it.
 * Return: 0, or GNUTLS_E_HANDSHAKE_TOO_LARGE above a limit.
 */
int elements_add(const gnutls_datum_t *der, unsigned int *sum);

#endif
