// SPDX-License-Identifier: GPL-2.0-only
/* The hash that binds an exchange to the server's TLS key, MS-CSSP 3.1.5. */

#include <crypto/algapi.h>
#include <linux/kernel.h>
#include "../base/status.h"
#include "binding.h"

/* MS-CSSP 3.1.5: the strings are hashed with their terminating NUL. */
static const char client_to_server[] = "CredSSP Client-To-Server Binding Hash";
static const char server_to_client[] = "CredSSP Server-To-Client Binding Hash";

static const struct cssp_rd binding_magics[] = {
	[CSSP_BINDING_CLIENT_TO_SERVER] = { client_to_server, sizeof(client_to_server) },
	[CSSP_BINDING_SERVER_TO_CLIENT] = { server_to_client, sizeof(server_to_client) },
};

int cssp_binding_hash(enum cssp_binding_dir dir, const struct cssp_rd *nonce,
		      const struct cssp_rd *public_key, u8 hash[CSSP_BINDING_SIZE])
{
	const struct cssp_rd parts[] = { binding_magics[dir], *nonce, *public_key };

	return cssp_sha256(parts, ARRAY_SIZE(parts), hash);
}

int cssp_binding_check(enum cssp_binding_dir dir, const struct cssp_rd *nonce,
		       const struct cssp_rd *public_key, const struct cssp_rd *plain)
{
	u8 want[CSSP_BINDING_SIZE];
	int ret;

	ret = cssp_binding_hash(dir, nonce, public_key, want);
	if (!ret && (plain->left != sizeof(want) ||
		     crypto_memneq(plain->p, want, sizeof(want))))
		ret = CSSP_E_ALTERED;
	memzero_explicit(want, sizeof(want));
	return ret;
}
