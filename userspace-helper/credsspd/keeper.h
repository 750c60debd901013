/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The key keeper: a process of its own that has the users' private keys and
 * signs with them.  The daemon, whose parsers meet what servers send, has none.
 */
#ifndef CREDSSPD_KEEPER_H
#define CREDSSPD_KEEPER_H

#include <stddef.h>
#include <stdint.h>
#include "bytes.h"

struct keeper;

/*
 * Fork it. It loads @directory, and ends when the daemon does. Before anything is
 * open that it must not have. NULL after logging why not.
 */
struct keeper *keeper_start(const char *directory);
void keeper_stop(struct keeper *k);
/* Load the directory anew. */
void keeper_reload(struct keeper *k);

/*
 * All of the daemon waits for an answer, for some seconds at most, and once: a
 * keeper that still reads its directory is not asked again before it has answered,
 * any other is given up for good.
 */

/**
 * keeper_find() - a user's certificate
 * @k: keeper
 * @uid: whose
 * @name: which
 * @chain: out: certificates as big-endian 32-bit lengths and DER, its own first
 *
 * Return: 0, -ENOENT, -ETIMEDOUT when the keeper does not answer, -EIO when there is
 * none any more.
 */
int keeper_find(struct keeper *k, uint32_t uid, const char *name, struct bytes *chain);

/**
 * keeper_sign() - sign with its key
 * @k, @uid, @name: as above
 * @hashed: @data is a hash (for RSA a DigestInfo), else it is to be hashed
 * @algorithm: gnutls_sign_algorithm_t
 * @data, @length: what
 * @signature: out
 *
 * Return: as above.
 */
int keeper_sign(struct keeper *k, uint32_t uid, const char *name, int hashed,
		uint32_t algorithm, const void *data, size_t length,
		struct bytes *signature);

#endif
