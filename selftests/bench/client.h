/* SPDX-License-Identifier: GPL-2.0-only */
/* A client of libcredssp. These end the program on failure. */
#ifndef BENCH_CLIENT_H
#define BENCH_CLIENT_H

#include <credssp.h>
#include <stdbool.h>

/**
 * struct client - credentials of the tests' account
 * @lib: owned
 * @cred: handle
 */
struct client {
	struct credssp *lib;
	uint64_t cred;
};

void client_open(struct client *c);
/* A status that is not SEC_E_OK ends the program. */
void client_must(int32_t status, const char *what);

/* A whole exchange on the socket; true if it resumed a TLS session. */
bool client_authenticate(struct client *c, int fd);
/* The same without a report. */
void client_logon(struct client *c, int fd);

/* A whole exchange by tokens, of one thread only. Returns the context. */
uint64_t client_exchange(struct client *c, int fd);

/**
 * struct exchange - SSPI's loop of tokens. @context and @fill are 0 before the first step
 * @context: 0 until the first step has made it
 * @fill: bytes in @inbox
 * @out: token for the server
 * @inbox: what came from the server and was not used yet
 */
struct exchange {
	uint64_t context;
	uint32_t fill;
	struct credssp_buffer out;
	unsigned char inbox[CREDSSP_MAX_TOKEN];
};

/* A whole exchange. Returns the context. */
uint64_t exchange_run(struct client *c, struct exchange *e, int fd);
/* One call, and exchange_send() must follow. SEC_E_OK at the end, or SEC_I_CONTINUE_NEEDED. */
int32_t exchange_step(struct client *c, struct exchange *e);
void exchange_send(struct exchange *e, int fd);
/* More of the server's answer, for the next step. */
void exchange_receive(struct exchange *e, int fd);

#endif
