/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the daemon, the key keeper and its workers say to each other, one message a
 * packet.  The keeper passes on requests and answers as they are.
 */
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
 * @uid: the user that the certificate belongs to
 * @algorithm: gnutls_sign_algorithm_t
 * @name: of the certificate
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

#define KEEPER_REQUEST_MAX	(sizeof(struct keeper_request) + KEEPER_DATA_MAX)
#define KEEPER_ANSWER_MAX	(sizeof(struct keeper_answer) + KEEPER_DATA_MAX)
/* The longest packet and one byte more: a longer packet shows. */
#define KEEPER_PACKET_MAX	(KEEPER_REQUEST_MAX + 1)

/* The largest errno (as in the kernel); what is above is none. */
#define KEEPER_ERROR_MAX	4095

/*
 * How long the daemon waits on behalf of one request of the module's, which gives
 * up after 15 seconds (helper_timeout_ms). It is longer than @sign below, so that a
 * worker is found to be lost before the daemon's time is over.
 */
#define KEEPER_WAIT_MS	12000

/**
 * struct keeper_patience - how long one side may be silent when it owes an answer
 * @sign: a worker, milliseconds. A smart card signs within a second, a remote token
 *	within some
 * @load: a worker that has not answered yet: its tokens have to be read
 * @lost: the keeper. Workers give it something to say at least once in @load
 */
struct keeper_patience {
	int sign;
	int load;
	int lost;
};

/* Written by tests only, before keeper_start() */
extern struct keeper_patience keeper_patience;

/*
 * The keeper's whole life: until @fd says that the daemon is gone. Its exit status.
 */
int keeper_serve(int fd, const char *directory);

/* A worker's whole life, for one user: until @fd says that the keeper is gone. */
int keeper_work(int fd, const char *directory, uint32_t uid);

/* Both ends of a connection with room for packets. 0 or a negative errno. */
int keeper_connect(int fds[2]);

#endif
