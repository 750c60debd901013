/* SPDX-License-Identifier: GPL-2.0-only */
/* The hashes of pubKeyAuth from version 5 on, MS-CSSP 3.1.5. */
#ifndef PEER_BIND_HASH_H
#define PEER_BIND_HASH_H

#include "bytes.h"

#define BIND_NONCE_SIZE	32

/* Append the hash of the server's key @key, in the direction of the function's name. */
void bind_hash_client(const uint8_t *nonce, struct span key, struct bytes *out);
void bind_hash_server(const uint8_t *nonce, struct span key, struct bytes *out);

#endif
