/* SPDX-License-Identifier: GPL-2.0-only */
/* The hash that binds an exchange to the server's TLS key, MS-CSSP 3.1.5. */
#ifndef CSSP_CREDSSP_BINDING_H
#define CSSP_CREDSSP_BINDING_H

#include "../crypto/hash.h"

#define CSSP_BINDING_SIZE	SHA256_DIGEST_SIZE

/*
 * Who sends the hash.  Each direction has its own magic string, so that a
 * hash which is sent back is not the one that is expected.
 */
enum cssp_binding_dir {
	CSSP_BINDING_CLIENT_TO_SERVER,
	CSSP_BINDING_SERVER_TO_CLIENT,
};

/**
 * cssp_binding_hash() - plaintext of pubKeyAuth, CredSSP version 5 and later
 * @dir: the sender's direction
 * @nonce: the client's nonce, of both directions
 * @public_key: contents of the server's subjectPublicKey
 * @hash: out
 *
 * Context: may sleep.
 * Return: 0 or a negative errno.
 */
int __must_check cssp_binding_hash(enum cssp_binding_dir dir, const struct cssp_rd *nonce,
				   const struct cssp_rd *public_key,
				   u8 hash[CSSP_BINDING_SIZE]);

/**
 * cssp_binding_check() - is @plain the peer's proof of the key?
 * @dir: the direction of the peer that sent it
 * @nonce: our own nonce, never one that was received
 * @public_key: contents of the server's subjectPublicKey
 * @plain: the unsealed pubKeyAuth
 *
 * Context: may sleep.
 * Return: 0, -EKEYREJECTED when it is not, or another errno.
 */
int __must_check cssp_binding_check(enum cssp_binding_dir dir, const struct cssp_rd *nonce,
				    const struct cssp_rd *public_key,
				    const struct cssp_rd *plain);

#endif
