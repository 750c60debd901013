/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * CredSSP over HTTP as WinRM has it (MS-WSMV 2.2.9.1.3): tokens in base64 in the
 * headers Authorization and WWW-Authenticate, then messages sealed by the context.
 */
#ifndef CREDSSPCTL_WINRM_H
#define CREDSSPCTL_WINRM_H

#include "token.h"

/**
 * struct winrm_job - one logon, and one message
 * @token: the exchange; @token.wire, @token.arg and @token.established are set here
 * @fd: connected socket
 * @host: for the Host header
 * @path: of the service
 * @deadline: see net_now()
 */
struct winrm_job {
	struct token_job token;
	int fd;
	const char *host;
	const char *path;
	int64_t deadline;
};

/*
 * Log on, send WS-Management's Identify, which needs no right, in a sealed message, and
 * open the sealed answer.
 */
void winrm_authenticate(struct winrm_job *job, struct outcome *o);

/**
 * struct winrm_challenges - the challenges for CredSSP in the WWW-Authenticate headers
 *	of an answer
 * @count: challenges of that scheme
 * @tokens: challenges with a token
 * @token: the last one's base64, not NUL-terminated; points into the header
 * @length: characters of it
 */
struct winrm_challenges {
	unsigned int count;
	unsigned int tokens;
	const char *token;
	size_t length;
};

/* Add the challenges of one header; @value is a list of challenges of any scheme. */
void winrm_challenges_add(struct winrm_challenges *c, const char *value);

#endif
