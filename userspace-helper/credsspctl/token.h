/* SPDX-License-Identifier: GPL-2.0-only */
/* The token transport: SSPI's loop, with this program moving the bytes. */
#ifndef CREDSSPCTL_TOKEN_H
#define CREDSSPCTL_TOKEN_H

#include <stdbool.h>
#include <stdint.h>

#include <credssp.h>

#include "outcome.h"

/**
 * struct token_job - one exchange
 * @lib: open library
 * @cred: credential
 * @fd: connected TCP socket
 * @target: SPN
 * @context_req: ISC_REQ_*
 * @early_auth: HYBRID_EX was selected: the result PDU is to come
 * @deadline: see net_now()
 */
struct token_job {
	struct credssp *lib;
	uint64_t cred;
	int fd;
	const char *target;
	uint32_t context_req;
	bool early_auth;
	int64_t deadline;
};

/* Fills the same members of @o as the socket transport. */
void token_authenticate(const struct token_job *job, struct outcome *o);

#endif
