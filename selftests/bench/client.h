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

/* A whole exchange by tokens. Returns the context. */
uint64_t client_exchange(struct client *c, int fd);

#endif
