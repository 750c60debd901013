/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_TRUST_H
#define CREDSSPD_TRUST_H

#include <stdbool.h>
#include <stdint.h>
#include <gnutls/gnutls.h>

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

/*
 * What is wrong with the peer's certificate, as CREDSSP_TRUST_* bits; 0 when it
 * is trusted for @target.
 */
uint32_t trust_evaluate(gnutls_session_t session, const struct trust_target *target);

/* When the peer's own certificate expires, in seconds since 1970; 0: never. */
uint64_t trust_not_after(gnutls_session_t session);

#endif
