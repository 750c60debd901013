/* SPDX-License-Identifier: GPL-2.0-only */
/* The extensions of a handshake: what is offered, and what may answer it. */
#ifndef CREDSSPD_EXTENSIONS_H
#define CREDSSPD_EXTENSIONS_H

#include <stdint.h>
#include <gnutls/gnutls.h>

/* GnuTLS has some 25 in all; a ClientHello that has more of them is not sent. */
#define EXTENSIONS_MAX	32

/**
 * struct extensions - what the last ClientHello offers, and what came of it
 * @offered: the types
 * @count: how many
 * @record_limit: bytes of plaintext that the server takes in one record (RFC 8449);
 *	0: it does not say
 */
struct extensions {
	uint16_t offered[EXTENSIONS_MAX];
	unsigned int count;
	uint16_t record_limit;
};

/* @hello is about to be sent. 0 or an error of GnuTLS that ends the handshake. */
int extensions_note(struct extensions *x, const gnutls_datum_t *hello);

/**
 * extensions_check() - look at a message before GnuTLS does
 * @x: what was offered; @record_limit is set
 * @type: of the message, gnutls_handshake_description_t
 * @msg: its body
 *
 * An extension that was not offered must not come (RFC 5246 7.4.1.4, RFC 8446
 * 4.2).  GnuTLS ignores those that it does not know.
 *
 * Return: 0 or an error of GnuTLS that ends the handshake.
 */
int extensions_check(struct extensions *x, unsigned int type, const gnutls_datum_t *msg);

#endif
