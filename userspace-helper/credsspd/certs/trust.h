/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_TRUST_H
#define CREDSSPD_TRUST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <gnutls/x509.h>
#include "shelf.h"

/*
 * The limit of certificates in a chain; real chains have 2 to 5. The time to sort a chain
 * grows with the square of their number.
 */
#define TRUST_MAX_CHAIN	16

/*
 * Below this, keys and algorithms are WEAK: 112 bits, the level of Debian's OpenSSL. RSA
 * 1024 and SHA-1 are below it.
 */
#define TRUST_SECURITY	GNUTLS_SEC_PARAM_MEDIUM

/*
 * A chain of so few elements, as most certificates have, takes up to 24 KiB when it is
 * parsed: it is kept while its handshake waits for the next message.
 */
#define TRUST_FEW_ELEMENTS	192
/* And of so few bytes, of which there is another copy then; most certificates have fewer. */
#define TRUST_FEW_BYTES		2048

/**
 * struct trust_target - the target that a certificate must be valid for
 * @host: host name or address; empty if there is none to check
 * @remote_desktop: a terminal server, for which the extended key usage "Remote
 *	Desktop Authentication" is accepted as well as serverAuth
 */
struct trust_target {
	const char *host;
	bool remote_desktop;
};

/**
 * struct trust_chain - the server's certificates, parsed
 * @certs: owned, the server's own first
 * @count: number of them
 * @elements: DER elements in all of them
 * @bytes: of their DER
 * @broken: the next one is malformed, or its key is too large
 * @shelf: where parsed certificates come from and go to, or NULL; borrowed
 * @uid: the requester
 *
 * Each certificate is parsed once, or twice if the chain does not stay while its handshake
 * waits, see trust_chain_rest(). One of many elements (elements.h) takes GnuTLS as long as
 * the rest of a handshake.
 */
struct trust_chain {
	gnutls_x509_crt_t certs[TRUST_MAX_CHAIN];
	unsigned int count;
	unsigned int elements;
	size_t bytes;
	bool broken;
	struct shelf *shelf;
	uint32_t uid;
};

/*
 * Parse one more certificate. 0; or -EBADMSG for a malformed one, -E2BIG for one whose key
 * is too large, -EMSGSIZE for one too many: then @chain is broken.
 */
int trust_chain_add(struct trust_chain *chain, const gnutls_datum_t *der);
/* Parse those certificates of the session that are not in @chain yet. */
void trust_chain_load(struct trust_chain *chain, gnutls_session_t session);
/*
 * A parsed certificate takes many times the memory of its DER. Free @chain before its
 * handshake waits, unless it has few elements and bytes.
 */
void trust_chain_rest(struct trust_chain *chain);
/* Its certificates go to the shelf, if they are few and short. @chain is empty afterwards. */
void trust_chain_free(struct trust_chain *chain);

/*
 * Return the defects of the chain as CREDSSP_TRUST_* bits; 0 if a root
 * in @list makes it trusted for @target.
 */
uint32_t trust_evaluate(const struct trust_chain *chain, gnutls_x509_trust_list_t list,
			const struct trust_target *target);

/* The expiration of the server's own certificate in seconds since 1970; 0: never. */
uint64_t trust_not_after(const struct trust_chain *chain);

#endif
