/* SPDX-License-Identifier: GPL-2.0-only */
/* The ticket office, as it starts an acceptor's workers. */
#ifndef CREDSSPD_TEST_ACCEPTOR_H
#define CREDSSPD_TEST_ACCEPTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <linux/credssp.h>
#include "krb5/krb5_accept_request.h"

/**
 * struct test_acceptor - a worker, and what it has said
 * @fd: to the worker
 * @pid: of the worker
 * @reply: its reply
 * @out: what follows: message, client, saved
 */
struct test_acceptor {
	int fd;
	pid_t pid;
	struct credssp_hlp_krb5_reply reply;
	uint8_t out[CREDSSP_HLP_MAX_MESSAGE];
};

/* The pieces of a KRB5_ACCEPT; @keytab NULL: host.keytab */
struct test_accept {
	uint32_t flags;
	const char *keytab;
	const char *spn;
	const uint8_t *bindings;
	const struct krb5_tgt_key *tgt_key;
};

/* Start the relay; end it. */
void test_acceptor_begin(void);
void test_acceptor_end(void);
/* The directory of replay caches for workers from now on */
void test_acceptor_use_replays(const char *path);

/* Start the worker of an @opcode with this payload. */
void test_acceptor_send(struct test_acceptor *w, const void *packet, size_t length, int opcode);
/* Start one for an AP-REQ. */
void test_acceptor_start(struct test_acceptor *w, const struct test_accept *a,
			 const uint8_t *req, size_t length);
/* Read the reply, if there is one; the exit status of the worker. */
int test_acceptor_finish(struct test_acceptor *w);
/* A TGT of the acceptor: start, and read the reply. */
void test_acceptor_get_tgt(struct test_acceptor *w, const char *keytab, const char *spn);

#endif
