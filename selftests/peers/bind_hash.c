// SPDX-License-Identifier: GPL-2.0-only
#include <nettle/sha2.h>

#include "bind_hash.h"

/* The length of a magic includes its NUL. */
static const char client_magic[] = "CredSSP Client-To-Server Binding Hash";
static const char server_magic[] = "CredSSP Server-To-Client Binding Hash";

static void hash(struct span magic, const uint8_t *nonce, struct span key, struct bytes *out)
{
	uint8_t digest[SHA256_DIGEST_SIZE];
	struct sha256_ctx ctx;

	sha256_init(&ctx);
	sha256_update(&ctx, magic.len, magic.p);
	sha256_update(&ctx, BIND_NONCE_SIZE, nonce);
	sha256_update(&ctx, key.len, key.p);
	sha256_digest(&ctx, sizeof(digest), digest);
	bytes_add(out, digest, sizeof(digest));
}

void bind_hash_client(const uint8_t *nonce, struct span key, struct bytes *out)
{
	hash(span(client_magic, sizeof(client_magic)), nonce, key, out);
}

void bind_hash_server(const uint8_t *nonce, struct span key, struct bytes *out)
{
	hash(span(server_magic, sizeof(server_magic)), nonce, key, out);
}
