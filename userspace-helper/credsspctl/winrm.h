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
 * Log on, then ask who is there (WS-Management's Identify, which needs no right)
 * by a sealed message, and open the sealed answer.
 */
void winrm_authenticate(struct winrm_job *job, struct outcome *o);

/**
 * winrm_challenge() - what an element of WWW-Authenticate says of CredSSP
 * @value: the header's value: a list of challenges
 * @token: out: start of the base64, or NULL where there is none
 * @length: out: characters of it
 *
 * Return: how many CredSSP challenges are in it.
 */
unsigned int winrm_challenge(const char *value, const char **token, size_t *length);

#endif
