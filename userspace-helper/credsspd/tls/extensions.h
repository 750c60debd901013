/* SPDX-License-Identifier: GPL-2.0-only */
/* The extensions of a handshake: the offered ones, and the allowed answers. */
#ifndef CREDSSPD_EXTENSIONS_H
#define CREDSSPD_EXTENSIONS_H

#include <stdint.h>
#include <gnutls/gnutls.h>

/* GnuTLS has some 25 in all; a ClientHello with more than this is not sent. */
#define EXTENSIONS_MAX	32

/**
 * struct extensions - the offers of the last ClientHello, and the server's limit
 * @offered: the types that were offered
 * @count: number of @offered
 * @record_limit: the most plaintext bytes that the server accepts in one record
 *	(RFC 8449), 0 if it does not tell
 */
struct extensions {
	uint16_t offered[EXTENSIONS_MAX];
	unsigned int count;
	uint16_t record_limit;
};

/*
 * Note the extensions of @hello before it is sent. 0, or an error
 * of GnuTLS that ends the handshake.
 */
int extensions_note(struct extensions *x, const gnutls_datum_t *hello);

/**
 * extensions_check() - check a message before GnuTLS reads it
 * @x: the offered extensions; @record_limit is set
 * @type: of the message, gnutls_handshake_description_t
 * @msg: its body
 *
 * A server must not send an extension that was not offered (RFC 5246 7.4.1.4, RFC 8446
 * 4.2).  GnuTLS ignores extensions that it does not know.
 *
 * Return: 0 or an error of GnuTLS that ends the handshake.
 */
int extensions_check(struct extensions *x, unsigned int type, const gnutls_datum_t *msg);

#endif
