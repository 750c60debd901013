/* SPDX-License-Identifier: GPL-2.0-only */
/* The names of issuers in a CertificateRequest. */
#ifndef CREDSSPD_ISSUERS_H
#define CREDSSPD_ISSUERS_H

#include <stdbool.h>
#include <gnutls/gnutls.h>

/*
 * The limit of names in a server's list. A list has 64 KiB at most, so this
 * is one of names of 16 bytes; real names have 50 to 150. GnuTLS uses 16
 * bytes for each name, however short it is.
 */
#define ISSUERS_COUNT	4096

/*
 * @msg: the body of a CertificateRequest, of TLS 1.3 or 1.2. 0, or an error of GnuTLS if
 * it lists too many names. A malformed message is left to GnuTLS.
 */
int issuers_check(const gnutls_datum_t *msg, bool tls13);

#endif
