/* SPDX-License-Identifier: GPL-2.0-only */
/* An exchange by tokens through libcredssp, call by call. */
#ifndef SELFTESTS_WALK_H
#define SELFTESTS_WALK_H

#include <credssp.h>

#include "device.h"
#include "tap.h"

/* The most calls of an exchange: TLS, NTLM, binding, tickets in between. */
#define MAX_CALLS	40

/**
 * struct walk - an exchange, call by call
 * @in, @in_count: the input of the next call, as the call left it
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

/* The credentials of alice, which the peer accepts. */
struct credssp_acquire walk_alice(void);
/* Acquire a credential and connect to the peer. */
struct walk *walk_open(const struct credssp_acquire *args);
/* The same with the credentials of alice. */
struct walk *walk_begin(void);

/* The next call, with the input in @w->in. */
int32_t walk_call(struct walk *w);
int32_t walk_call_with(struct walk *w, const uint64_t *cred, uint64_t *new_context);
/* Set the input of the next call: a TOKEN and an EMPTY. */
void walk_input(struct walk *w, void *p, uint32_t len);
/* Send the token, and receive a record as the next call's input. */
void walk_turn(struct walk *w);
/* Go on while @status, of the last call, is CONTINUE_NEEDED. Return the last status. */
int32_t walk_run(struct walk *w, int32_t status);
/* Run up to the call that takes the first sealed message of the server. */
void walk_to_request(struct walk *w);

/* Free what the last call allocated. */
void walk_drop(struct walk *w);
/* Send the last token, and expect that the peer echoes a message. */
void walk_echo(struct walk *w);
/* Delete the context, close the device. */
void walk_end(struct walk *w);

#endif
