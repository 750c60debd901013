/* SPDX-License-Identifier: GPL-2.0-only */
/* What handshakes as the client share until the configuration is read again. */
#ifndef CREDSSPD_TLS_BASE_H
#define CREDSSPD_TLS_BASE_H

#include <stdatomic.h>
#include <gnutls/gnutls.h>
#include "groups.h"

/**
 * struct tls_client_base - what handshakes as the client share until the next renewal
 * @users: handshakes, and the client while it is the newest
 * @credentials: the trust store, and the callback for client certificates
 * @priorities: for each group those with it in front
 */
struct tls_client_base {
	atomic_uint users;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priorities[GROUPS_COUNT];
};

/* One user, empty credentials and no priorities; NULL without memory. */
struct tls_client_base *tls_client_base_new(void);
struct tls_client_base *tls_client_base_get(struct tls_client_base *base);
/* NULL is fine. */
void tls_client_base_put(struct tls_client_base *base);

#endif
