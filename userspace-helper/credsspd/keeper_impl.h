/* SPDX-License-Identifier: GPL-2.0-only */
/* What the daemon and its key keeper say to each other, one message a packet. */
#ifndef CREDSSPD_KEEPER_IMPL_H
#define CREDSSPD_KEEPER_IMPL_H

#include <stdint.h>
#include <linux/credssp.h>

/*
 * Room for what follows a head: a chain, or what TLS 1.2 signs with a key that
 * hashes by itself (Ed25519), which is the whole handshake.
 */
#define KEEPER_DATA_MAX	98304

enum keeper_op {
	KEEPER_FIND = 1,
	KEEPER_SIGN_DATA = 2,
	KEEPER_SIGN_HASH = 3,
	KEEPER_RELOAD = 4,	/* no answer */
};

/**
 * struct keeper_request - what the daemon asks; for SIGN_* the data follow
 * @op: enum keeper_op
 * @id: repeated in the answer, zero if there is none
 * @uid, @name: whose certificate, which
 * @algorithm: gnutls_sign_algorithm_t
 */
struct keeper_request {
	uint32_t op;
	uint32_t id;
	uint32_t uid;
	uint32_t algorithm;
	char name[CREDSSP_MAX_CERT_NAME + 1];
};

/**
 * struct keeper_answer - before the chain or the signature
 * @id: of the request
 * @error: 0 or a positive errno
 */
struct keeper_answer {
	uint32_t id;
	int32_t error;
};

struct keeper;

/* How long one answer may take; for tests. */
void keeper_set_patience(struct keeper *k, int ms);

/* The keeper's whole life: until @fd says that the daemon is gone. Its exit status. */
int keeper_serve(int fd, const char *directory);

#endif
