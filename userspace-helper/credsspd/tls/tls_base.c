// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include "tls_base.h"

struct tls_client_base *tls_client_base_new(void)
{
	struct tls_client_base *base = calloc(1, sizeof(*base));

	if (!base || gnutls_certificate_allocate_credentials(&base->credentials) < 0) {
		free(base);
		return NULL;
	}
	atomic_init(&base->users, 1);
	return base;
}

struct tls_client_base *tls_client_base_get(struct tls_client_base *base)
{
	atomic_fetch_add(&base->users, 1);
	return base;
}

void tls_client_base_put(struct tls_client_base *base)
{
	if (!base || atomic_fetch_sub(&base->users, 1) > 1)
		return;
	gnutls_certificate_free_credentials(base->credentials);
	for (unsigned int i = 0; i < GROUPS_COUNT; i++) {
		if (base->priorities[i])
			gnutls_priority_deinit(base->priorities[i]);
	}
	free(base);
}
