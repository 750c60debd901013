/* SPDX-License-Identifier: GPL-2.0-only */
/* The answer to a server that asks for a client certificate. */
#ifndef CREDSSPD_CLIENT_CERT_H
#define CREDSSPD_CLIENT_CERT_H

#include <stdbool.h>
#include <stdint.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include "base/bytes.h"
#include "own_cert.h"

/**
 * struct client_cert - the client certificate of one handshake
 * @own: the certificate to try, borrowed
 * @may_ask: if no certificate is suitable, stop and ask; otherwise continue without one
 * @decided: an empty name is the answer to a question
 * @waiting: the handshake is stopped by a question to the module
 * @sent: the server got a certificate
 * @issuers: while @waiting: names as big-endian 32-bit lengths and DER
 */
struct client_cert {
	struct own_cert *own;
	bool may_ask;
	bool decided;
	bool waiting;
	bool sent;
	struct bytes issuers;
};

/**
 * client_cert_choose() - choose the certificate; GnuTLS calls it in the coroutine
 * @cc: the handshake's
 * @info, @certs, @count, @key, @flags: as of gnutls_certificate_retrieve_function3
 *
 * Return: 0, with or without a certificate; -1 ends the handshake.
 */
int client_cert_choose(struct client_cert *cc, const struct gnutls_cert_retr_st *info,
		       gnutls_pcert_st **certs, unsigned int *count, gnutls_privkey_t *key,
		       unsigned int *flags);

#endif
