/* SPDX-License-Identifier: GPL-2.0-only */
/* The server's half of CredSSP over HTTP, see winrm.h. */
#ifndef CREDSSPCTL_WINRM_SERVER_H
#define CREDSSPCTL_WINRM_SERVER_H

#include <stdint.h>

#include <credssp.h>

#include "base/outcome.h"

/**
 * struct winrm_server - one connection
 * @lib: open library
 * @cred: credential with SECPKG_CRED_INBOUND
 * @context_req: ASC_REQ_*
 * @accept: what SSPI has no parameters for
 * @fd: connected socket
 * @deadline: of the logon, see net_now()
 * @arg: for @decided
 * @decided: called once, when the logon has succeeded or failed: with the context, or 0
 * @answer: the answer to an opened message, to be freed, and its status; -1 ends the connection.
 *	NULL: the message itself
 * @idle_ms: how long a client that has logged on may be silent
 */
struct winrm_server {
	struct credssp *lib;
	uint64_t cred;
	uint32_t context_req;
	struct credssp_accept_options accept;
	int fd;
	int64_t deadline;
	void *arg;
	void (*decided)(void *arg, uint64_t context, struct outcome *o);
	int (*answer)(void *arg, const void *message, size_t n, unsigned int *status,
		      unsigned char **reply, size_t *length);
	int idle_ms;
};

/*
 * Take a logon, and then answer sealed messages, until the client closes the connection or is
 * silent for too long.
 */
void winrm_serve(const struct winrm_server *server, struct outcome *o);

#endif
