/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A certificate of this side, whose key the key keeper has: the client's, or the server's. A
 * handshake that needs the keeper's answer stops in its coroutine.
 */
#ifndef CREDSSPD_OWN_CERT_H
#define CREDSSPD_OWN_CERT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <linux/credssp.h>
#include "base/bytes.h"
#include "base/coroutine.h"
#include "keeper/keeper.h"

/**
 * struct own_cert - the certificate of one handshake
 * @keys: the key keeper, or NULL if there is none
 * @what: "client" or "server", for the log
 * @uid: the requester
 * @name: name of the certificate; empty for none, or for a server before it is chosen
 * @abandoned: the handshake is given up
 * @asking: the handshake is stopped by a question to the key keeper
 * @deadline: deadline of such questions, by clock_patience_ms()
 * @question: the last question to the key keeper
 * @coroutine: the handshake runs in it
 * @chain_length: bytes of the chain that the handshake holds
 */
struct own_cert {
	struct keeper *keys;
	const char *what;
	uint32_t uid;
	char name[CREDSSP_MAX_CERT_NAME + 1];
	bool abandoned;
	bool asking;
	int64_t deadline;
	struct keeper_question question;
	struct coroutine *coroutine;
	size_t chain_length;
};

/* Set the name, of @length bytes. Returns 0 or -EINVAL. */
int own_cert_set_name(struct own_cert *oc, const void *name, size_t length);
/* Is the handshake stopped by a question to the key keeper that is answered? */
bool own_cert_is_answered(const struct own_cert *oc);

/*
 * In the coroutine: look up the certificate of that name. Then the chain is @question.answer,
 * checked by own_cert_check_chain(), until keeper_drop(). Returns the keeper's error.
 */
int own_cert_find(struct own_cert *oc);
/*
 * The same for the server's certificate of @host, or the default one: @question.answer begins
 * with its name.
 */
int own_cert_find_host(struct own_cert *oc, const char *host);

/* Take the next certificate of a list of the keeper; false at its end. */
bool own_cert_next(const struct bytes *chain, size_t *at, gnutls_datum_t *der);
/* Check the chain, which begins at @at. 0, or -EBADMSG after logging it. */
int own_cert_check_chain(const struct own_cert *oc, const struct bytes *chain, size_t at);
/*
 * Copy a chain that was checked for GnuTLS, which frees the copy with gnutls_free(). NULL if
 * it cannot be read.
 */
gnutls_pcert_st *own_cert_make_certs(const struct bytes *chain, unsigned int *count);
void own_cert_free_certs(gnutls_pcert_st *certs, unsigned int count);
/* Make the key of @cert, which signs in the keeper. @oc must outlive it. 0 or an error. */
int own_cert_make_key(struct own_cert *oc, const gnutls_pcert_st *cert, gnutls_privkey_t *key);

#endif
