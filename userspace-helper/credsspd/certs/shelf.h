/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Parsed certificates of servers, kept from one handshake for the next. A server presents
 * the same certificate again, in a resumed session too, and to parse it takes GnuTLS as
 * long as the rest of a resumed handshake without its public key operations. A parsed
 * certificate is a function of its DER alone. Whether it is trusted is no part of it, and
 * is evaluated in each handshake.
 */
#ifndef CREDSSPD_SHELF_H
#define CREDSSPD_SHELF_H

#include <stdint.h>
#include <gnutls/x509.h>

/* The limit of certificates on it; one takes up to 24 KiB, see TRUST_FEW_ELEMENTS. */
#define SHELF_SIZE	16

struct shelf;

/* NULL when out of memory. */
struct shelf *shelf_new(void);
void shelf_free(struct shelf *s);

/**
 * shelf_take() - take a certificate off
 * @s: shelf, or NULL for none
 * @uid: the requester: no user can find out which servers another one uses
 * @der: the certificate
 *
 * Context: any thread. A certificate has one user at a time.
 * Return: the parsed certificate, owned by the caller; NULL if there is none.
 */
gnutls_x509_crt_t shelf_take(struct shelf *s, uint32_t uid, const gnutls_datum_t *der);

/* Put @cert, which is consumed, on it; if it is full, in place of an older one. */
void shelf_put(struct shelf *s, uint32_t uid, gnutls_x509_crt_t cert);

#endif
