/* SPDX-License-Identifier: GPL-2.0-only */
/* The acceptor behind `credsspctl accept`. */
#ifndef CREDSSPCTL_ACCEPT_H
#define CREDSSPCTL_ACCEPT_H

#include <stdatomic.h>
#include <stdint.h>

#include <credssp.h>

#include "accept_options.h"
#include "base/outcome.h"
#include "rdp/rdp_server.h"

/* How long a client may take to read the end and to close */
#define ACCEPT_LINGER_MS	2000
/* For a client of which nothing is known, as the module's accept_tls_timeout_ms */
#define ACCEPT_SILENCE_MS	15000

/**
 * struct acceptor - what all connections share
 * @opt: the command line
 * @lib: open library
 * @cred: credential with SECPKG_CRED_INBOUND
 * @stop: descriptor that becomes readable when all must end
 */
struct acceptor {
	struct accept_options opt;
	struct credssp *lib;
	uint64_t cred;
	int stop;
};

/**
 * struct accepted - one connection
 * @a: the acceptor
 * @fd: connected socket
 * @proven: see accept_serve()
 * @peer: where the client is
 * @deadline: until when the client must be authenticated, or, if that is for the module to say,
 *	be so far that it is asked; see net_now()
 * @o: the result
 * @verdict: the module's, or made here where the module was not asked; with the strings at its
 *	offsets; NULL until the exchange is over
 * @request: of RDP, if @request_known
 * @request_known: the client has sent it
 * @key: serial of the key with the delegated password, 0 for none
 * @key_status: SECURITY_STATUS of the delivery, if @key_asked
 * @key_asked: there was something to deliver
 * @shells: HTTP with --exec: the client's shells
 * @env: environment of their commands
 */
struct accepted {
	const struct acceptor *a;
	int fd;
	atomic_bool *proven;
	struct credssp_address peer;
	int64_t deadline;
	struct outcome o;
	struct credssp_verdict *verdict;
	struct rdp_request request;
	bool request_known;
	int32_t key;
	int32_t key_status;
	bool key_asked;
	struct shells *shells;
	char **env;
};

/*
 * Serve one connection, which the caller closes. @proven becomes true when its client is
 * authenticated. Return an enum exit_code.
 */
int accept_serve(const struct acceptor *a, int fd, atomic_bool *proven);

/* Serve connections until the count or a signal ends it. Return an enum exit_code. */
int accept_loop(struct acceptor *a, int listener);

#endif
