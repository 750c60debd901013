/* SPDX-License-Identifier: GPL-2.0-only */
/* The answer to a server that asks for a client certificate. */
#ifndef CREDSSPD_CLIENT_CERT_H
#define CREDSSPD_CLIENT_CERT_H

#include <stdbool.h>
#include <stdint.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <linux/credssp.h>
#include "bytes.h"
#include "coroutine.h"
#include "keeper.h"

/**
 * struct client_cert - the client certificate of one handshake
 * @keys: the key keeper, or NULL if there is none
 * @uid: the requester
 * @name: name of the certificate to try; empty for none
 * @may_ask: if no certificate is suitable, stop and ask; otherwise continue without one
 * @decided: an empty @name is the answer to a question
 * @abandoned: the handshake is given up
 * @waiting: the handshake is stopped by a question to the module
 * @asking: the handshake is stopped by a question to the key keeper
 * @deadline: deadline of such questions, by clock_patience_ms()
 * @question: the last question to the key keeper
 * @coroutine: the handshake runs in it
 * @sent: the server got a certificate
 * @chain_length: bytes of the chain that GnuTLS has got for this
 * @issuers: while @waiting: names as big-endian 32-bit lengths and DER
 */
struct client_cert {
	struct keeper *keys;
	uint32_t uid;
	char name[CREDSSP_MAX_CERT_NAME + 1];
	bool may_ask;
	bool decided;
	bool abandoned;
	bool waiting;
	bool asking;
	int64_t deadline;
	struct keeper_question question;
	struct coroutine *coroutine;
	bool sent;
	size_t chain_length;
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

/* Is the handshake stopped by a question to the key keeper that is answered? */
bool client_cert_is_answered(const struct client_cert *cc);

/* Check a name of @length bytes. Returns 0 or -EINVAL. */
int client_cert_set_name(struct client_cert *cc, const void *name, size_t length);

#endif
