/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages between the daemon, the key keeper and its workers, one in each packet.  The
 * keeper passes on requests and answers unchanged.
 */
#ifndef CREDSSPD_KEEPER_IMPL_H
#define CREDSSPD_KEEPER_IMPL_H

#include <stdint.h>
#include <linux/credssp.h>

/*
 * Most bytes after the header: a chain, or the whole handshake, which TLS 1.2 signs with
 * Ed25519 keys, as these take no hash.
 */
#define KEEPER_DATA_MAX	98304

enum keeper_op {
	KEEPER_FIND = 1,
	KEEPER_SIGN_DATA = 2,
	KEEPER_SIGN_HASH = 3,
	KEEPER_RELOAD = 4,	/* no answer */
	KEEPER_FIND_HOST = 5,
};

/**
 * struct keeper_request - a question of the daemon; with SIGN_* the data follow, and with
 *	FIND_HOST the name of the host
 * @op: enum keeper_op
 * @id: repeated in the answer; zero for RELOAD, which has no answer
 * @uid: owner of the certificate
 * @algorithm: gnutls_sign_algorithm_t
 * @name: name of the certificate; empty in FIND_HOST
 */
struct keeper_request {
	uint32_t op;
	uint32_t id;
	uint32_t uid;
	uint32_t algorithm;
	char name[CREDSSP_MAX_CERT_NAME + 1];
};

/**
 * struct keeper_answer - header of an answer; the chain or the signature follows; the answer to
 *	FIND_HOST has the name of the certificate before its chain
 * @id: id of the request
 * @error: 0 or a positive errno
 */
struct keeper_answer {
	uint32_t id;
	int32_t error;
};

#define KEEPER_REQUEST_MAX	(sizeof(struct keeper_request) + KEEPER_DATA_MAX)
#define KEEPER_ANSWER_MAX	(sizeof(struct keeper_answer) + KEEPER_DATA_MAX)
/* One byte more than the longest packet, so that a longer one is noticed. */
#define KEEPER_PACKET_MAX	(KEEPER_REQUEST_MAX + 1)

/* The largest errno (as in the kernel). */
#define KEEPER_ERROR_MAX	4095

/**
 * struct keeper_patience - longest silence of a process that owes an answer, milliseconds
 * @wait: for the daemon, which waits this long for all answers that one request of the
 *	module needs. It is less than the module's own limit by default (helper_timeout_ms,
 *	15 seconds), and more than @sign, so that the keeper notices a lost worker before
 *	this time is over
 * @sign: for a worker. A smart card signs within a second, a remote token within some
 *	seconds
 * @load: for a worker before its first answer, since it reads its tokens first
 * @lost: for the keeper, which passes on an answer or a failure at least once in @load
 */
struct keeper_patience {
	int wait;
	int sign;
	int load;
	int lost;
};

/* Only tests write it. The keeper and its workers have the values of their start. */
extern struct keeper_patience keeper_patience;

/*
 * The main loop of the keeper, until @fd shows that the daemon has ended. Returns the
 * exit status.
 */
int keeper_serve(int fd, const char *directory);

/* The main loop of a worker for one user, until @fd shows that the keeper has ended. */
int keeper_work(int fd, const char *directory, uint32_t uid);

#endif
