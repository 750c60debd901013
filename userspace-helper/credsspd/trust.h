/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_TRUST_H
#define CREDSSPD_TRUST_H

#include <stdint.h>
#include <gnutls/gnutls.h>

/*
 * What is wrong with the peer's certificate, as CREDSSP_TRUST_* bits; 0 when it
 * is trusted for @host (empty: there is nothing to check the name against).
 */
uint32_t trust_evaluate(gnutls_session_t session, const char *host);

/* When the peer's own certificate expires, in seconds since 1970; 0: never. */
uint64_t trust_not_after(gnutls_session_t session);

#endif
