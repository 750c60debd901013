/* SPDX-License-Identifier: GPL-2.0-only */
/* What becomes of a server's wish for a client certificate. */
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
 * struct client_cert - one handshake's part of it
 * @keys: who has the keys; NULL: there are none
 * @uid: the requester
 * @name: of the certificate to be tried, empty for none
 * @may_ask: when it will not do, stop and ask; else go on without
 * @decided: an empty @name is the answer to a question
 * @abandoned: the handshake is given up
 * @waiting: stopped, with a question to the module
 * @asking: stopped, with a question to the key keeper
 * @deadline: of such questions, by clock_patience_ms()
 * @question: the last one
 * @coroutine: in which the handshake is
 * @sent: the server got a certificate
 * @issuers: while waiting: names as big-endian 32-bit lengths and DER
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
	struct bytes issuers;
};

/**
 * client_cert_choose() - GnuTLS asks what to send, in the handshake's coroutine
 * @cc: of the handshake
 * @info, @certs, @count, @key, @flags: as of gnutls_certificate_retrieve_function3
 *
 * Return: 0, with or without a certificate; -1 ends the handshake.
 */
int client_cert_choose(struct client_cert *cc, const struct gnutls_cert_retr_st *info,
		       gnutls_pcert_st **certs, unsigned int *count, gnutls_privkey_t *key,
		       unsigned int *flags);

/* Stopped for the key keeper, and need not be any more? */
bool client_cert_is_answered(const struct client_cert *cc);

/* 0, or -EINVAL for what cannot be a name (@length bytes at @name). */
int client_cert_set_name(struct client_cert *cc, const void *name, size_t length);

#endif
