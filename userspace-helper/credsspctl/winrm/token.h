/* SPDX-License-Identifier: GPL-2.0-only */
/* The token transport: SSPI's loop; this program sends and receives the tokens. */
#ifndef CREDSSPCTL_TOKEN_H
#define CREDSSPCTL_TOKEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <credssp.h>

#include "base/outcome.h"

/* The place of a token in the exchange. */
enum token_kind {
	TOKEN_MIDDLE,	/* the server has to answer it */
	TOKEN_LAST,	/* the exchange is over */
	TOKEN_ALERT,	/* the exchange has failed; the token is an alert */
};

/**
 * struct token_wire - functions that send and receive tokens
 * @send: a whole token: 0, or -1 with errno
 * @recv: some bytes of the server's tokens: at least 1, at most @room; 0 at the
 *	end; -1 with errno
 */
struct token_wire {
	int (*send)(void *arg, const void *token, size_t n, enum token_kind kind);
	ssize_t (*recv)(void *arg, void *data, size_t room);
};

/**
 * struct token_tcp - argument of token_tcp_wire: tokens are the bytes of a stream
 * @fd: connected TCP socket
 * @deadline: see net_now()
 */
struct token_tcp {
	int fd;
	int64_t deadline;
};

extern const struct token_wire token_tcp_wire;

/**
 * struct token_job - one exchange
 * @lib: open library
 * @cred: credential
 * @wire: sends and receives the tokens
 * @arg: for @wire and @established
 * @target: SPN
 * @context_req: ISC_REQ_*
 * @early_auth: HYBRID_EX was selected: the result PDU is to come
 * @established: called with the context when it is, before it is deleted; or NULL
 */
struct token_job {
	struct credssp *lib;
	uint64_t cred;
	const struct token_wire *wire;
	void *arg;
	const char *target;
	uint32_t context_req;
	bool early_auth;
	void (*established)(void *arg, uint64_t context, struct outcome *o);
};

/* Sets the same members of @o as the socket transport. */
void token_authenticate(const struct token_job *job, struct outcome *o);

#endif
