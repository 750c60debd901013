/* SPDX-License-Identifier: GPL-2.0-only */
/* A client and an acceptor of this module, through libcredssp. */
#ifndef SELFTESTS_PAIR_H
#define SELFTESTS_PAIR_H

#include <stdbool.h>
#include <stdint.h>

#include <credssp.h>

/**
 * struct pair - both sides
 * @lib: device
 * @client_cred, @server_cred: credentials
 * @client, @server: ends of a TCP connection
 * @client_port: port of @client
 * @client_context: with tokens
 * @client_status, @client_report: outcome of the client
 * @server_status, @accepted: outcome of the acceptor; with tokens only the context of it
 * @accept_req, @accept_flags: of the acceptor's call
 * @closes: the acceptor's program closes the connection after a failure. The module does so
 *	only if the exchange had begun
 */
struct pair {
	struct credssp *lib;
	uint64_t client_cred;
	uint64_t server_cred;
	int client;
	int server;
	uint16_t client_port;
	uint64_t client_context;
	int32_t client_status;
	struct credssp_report client_report;
	int32_t server_status;
	struct credssp_accept_result accepted;
	uint32_t accept_req;
	uint32_t accept_flags;
	bool closes;
};

/* These end the test on failure. The outcome of an exchange is in the structure. */

/* The device, and both credentials; the client has this password. */
void pair_open(struct pair *p, const char *password);
/* An ioctl on the device of the library: 0 or -errno. */
int pair_call(struct pair *p, unsigned long nr, void *args);
/* A TCP connection. */
void pair_connect(struct pair *p);
/* A whole exchange on a connection; @flags: CREDSSP_ACCEPT_*. */
void pair_sockets(struct pair *p, uint32_t flags);
/* A whole exchange by tokens. @client_req: ISC_REQ_* besides REQ. */
void pair_tokens(struct pair *p, uint32_t flags, uint32_t client_req);

#endif
