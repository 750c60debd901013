/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of issuers in a CertificateRequest. */
#ifndef CREDSSPD_ISSUERS_H
#define CREDSSPD_ISSUERS_H

#include <stdbool.h>
#include <gnutls/gnutls.h>

/*
 * Names that a server may list.  A list has 64 KiB at most, so these are of 16 bytes;
 * real ones have 50 to 150.  GnuTLS takes 16 bytes for a name however short it is.
 */
#define ISSUERS_COUNT	4096

/*
 * @msg: the body of a CertificateRequest, of TLS 1.3 or 1.2. 0, or an error of GnuTLS
 * when it lists too many names. What does not parse is left to GnuTLS.
 */
int issuers_check(const gnutls_datum_t *msg, bool tls13);

#endif
