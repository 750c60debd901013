/* SPDX-License-Identifier: GPL-2.0-only */
/* One side of an exchange with the peer, through libcredssp. */
#ifndef SELFTESTS_SIDE_H
#define SELFTESTS_SIDE_H

#include <stddef.h>
#include <stdint.h>

#include <credssp.h>

/**
 * struct side - a context, its credential and its connection
 * @sock: connection to the peer
 */
struct side {
	struct credssp *lib;
	uint64_t cred;
	uint64_t context;
	int sock;
};

/* These end the test on failure. */
void side_open(struct side *s);
/* An exchange by tokens; @extra_req: flags besides REQ. */
void side_exchange(struct side *s, uint32_t extra_req);
/* Return the status of Encrypt. @wire has room for the record, @length gets its length. */
int32_t side_try_encrypt(struct side *s, const void *plain, uint32_t n, uint8_t *wire,
			 size_t *length);
/* Seal one message into @wire. Return its length. */
size_t side_encrypt(struct side *s, const void *plain, uint32_t n, uint8_t *wire);
/* Return the status of Decrypt. @b: four buffers, DATA first. */
int32_t side_decrypt(struct side *s, uint8_t *wire, uint32_t length, struct credssp_buffer *b);
/*
 * Receive the peer's next data record, and skip tickets.
 * Return the length of the plaintext.
 */
size_t side_receive(struct side *s, uint8_t *plain);

#endif
