/* SPDX-License-Identifier: GPL-2.0-only */
/* The subjectPublicKey of a certificate, RFC 5280 4.1, to which pubKeyAuth binds. */
#ifndef CSSP_WIRE_X509_SPKI_H
#define CSSP_WIRE_X509_SPKI_H

#include "../base/buf.h"

/**
 * cssp_x509_subject_public_key() - find the bytes that pubKeyAuth covers
 * @cert: one DER certificate
 * @key: out: contents of the subjectPublicKey BIT STRING without the
 *	unused-bits octet; a view into @cert
 *
 * The format of RSA and EC keys is checked. A key of any other algorithm is taken as it
 * is.
 *
 * Return: 0; -EBADMSG when malformed; -ENOPKG for an EC key without a named curve or with
 * a compressed point.
 */
int __must_check cssp_x509_subject_public_key(const struct cssp_rd *cert,
					      struct cssp_rd *key);

#endif
