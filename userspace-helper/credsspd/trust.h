/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_TRUST_H
#define CREDSSPD_TRUST_H

#include <stdbool.h>
#include <stdint.h>
#include <gnutls/x509.h>

/*
 * Certificates in a chain that is looked at, real ones have 2 to 5. The time that
 * it takes to put a chain in order grows with the square of their number.
 */
#define TRUST_MAX_CHAIN	16

/* Less than this is WEAK: 112 bits, as Debian has set OpenSSL. RSA 1024 and SHA-1 are. */
#define TRUST_SECURITY	GNUTLS_SEC_PARAM_MEDIUM

/**
 * struct trust_target - what the certificate is to be good for
 * @host: empty when there is nothing to check the name against
 * @remote_desktop: a terminal server, for which the extended key usage "Remote
 *	Desktop Authentication" is as good as serverAuth
 */
struct trust_target {
	const char *host;
	bool remote_desktop;
};

/**
 * struct trust_chain - the certificates of a server
 * @certs, @count: its own first
 * @whole: there are no more, and none that cannot be read
 *
 * Read as seldom as possible: GnuTLS takes as long for one of many elements (see
 * elements.h) as for the rest of a handshake. They are not kept while a handshake
 * waits, since GnuTLS's form of a certificate takes many times the memory of its DER.
 */
struct trust_chain {
	gnutls_x509_crt_t certs[TRUST_MAX_CHAIN];
	unsigned int count;
	bool whole;
};

void trust_chain_load(struct trust_chain *chain, gnutls_session_t session);
void trust_chain_free(struct trust_chain *chain);

/*
 * What is wrong with the chain, as CREDSSP_TRUST_* bits; 0 when a root in @list makes
 * it trusted for @target.
 */
uint32_t trust_evaluate(const struct trust_chain *chain, gnutls_x509_trust_list_t list,
			const struct trust_target *target);

/* When the server's own certificate expires, in seconds since 1970; 0: never. */
uint64_t trust_not_after(const struct trust_chain *chain);

#endif
