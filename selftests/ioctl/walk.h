/* SPDX-License-Identifier: GPL-2.0-only */
/* An exchange by tokens through libcredssp, taken call by call. */
#ifndef SELFTESTS_WALK_H
#define SELFTESTS_WALK_H

#include <credssp.h>

#include "device.h"
#include "tap.h"

/* Calls that an exchange may need: TLS, NTLM, binding, tickets in between. */
#define MAX_CALLS	40

/**
 * struct walk - an exchange that a test takes call by call
 * @in, @in_count: the input of the next call, and what became of it
 * @out, @out_count: likewise; allocated by the library
 * @record: the last record of the peer, @len bytes
 */
struct walk {
	struct credssp *lib;
	uint64_t cred;
	uint64_t context;
	int sock;
	uint32_t req;
	uint32_t data_rep;
	uint32_t attr;
	struct credssp_timestamp expiry;
	struct credssp_buffer in[3];
	uint32_t in_count;
	struct credssp_buffer out[2];
	uint32_t out_count;
	uint8_t record[CREDSSP_MAX_TOKEN];
	uint32_t len;
	unsigned int calls;
};

/* Credentials that the peer knows. */
struct credssp_acquire walk_alice(void);
/* A credential and a connection to the peer; nothing is called yet. */
struct walk *walk_open(const struct credssp_acquire *args);
/* The same with alice's. */
struct walk *walk_begin(void);

/* The next call with what is in @w->in. */
int32_t walk_call(struct walk *w);
int32_t walk_call_with(struct walk *w, const uint64_t *cred, uint64_t *new_context);
/* TOKEN and EMPTY for the next call. */
void walk_input(struct walk *w, void *p, uint32_t len);
/* Send the token, receive a record for the next call. */
void walk_turn(struct walk *w);
/* Go on until @status, of the last call, is another than CONTINUE_NEEDED. */
int32_t walk_run(struct walk *w, int32_t status);
/* Up to the call that takes the first sealed message of the server. */
void walk_to_request(struct walk *w);

/* Free what the last call allocated. */
void walk_drop(struct walk *w);
/* The last token is sent, the peer echoes. */
void walk_echo(struct walk *w);
/* Delete the context, close the device. */
void walk_end(struct walk *w);

#endif
