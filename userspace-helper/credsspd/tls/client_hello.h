/* SPDX-License-Identifier: GPL-2.0-only */
/* What the server needs from a ClientHello besides GnuTLS. */
#ifndef CREDSSPD_CLIENT_HELLO_H
#define CREDSSPD_CLIENT_HELLO_H

#include <stdbool.h>
#include <stdint.h>
#include <gnutls/gnutls.h>
#include "certs/keyring.h"

/**
 * struct client_hello - extensions of the last ClientHello
 * @host: name of the server (RFC 6066 3); empty if there is none, or if it is no host name
 * @record_limit: record_size_limit (RFC 8449), 0 without one
 * @fragment: bytes of max_fragment_length (RFC 6066 4), 0 without one
 */
struct client_hello {
	char host[KEYRING_HOST + 1];
	uint16_t record_limit;
	uint16_t fragment;
};

/*
 * Read @msg, the body of a ClientHello that GnuTLS has not read yet. 0, or an error of GnuTLS
 * that ends the handshake.
 */
int client_hello_read(struct client_hello *hello, const gnutls_datum_t *msg);

/*
 * Bytes of plaintext that the client takes in one record, 0 if it does not say. @tls13: the
 * handshake is one of TLS 1.3.
 */
uint16_t client_hello_limit(const struct client_hello *hello, bool tls13);

#endif
