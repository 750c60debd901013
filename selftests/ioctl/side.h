/* SPDX-License-Identifier: GPL-2.0-only */
/* One side of an exchange with the peer, through libcredssp. */
#ifndef SELFTESTS_SIDE_H
#define SELFTESTS_SIDE_H

#include <stddef.h>
#include <stdint.h>

#include <credssp.h>

/**
 * struct side - a context and what it needs
 * @sock: connection to the peer
 */
struct side {
	struct credssp *lib;
	uint64_t cred;
	uint64_t context;
	int sock;
};

/* These end the test when it cannot be done. */
void side_open(struct side *s);
/* The exchange by tokens; @extra_req: beside REQ. */
void side_exchange(struct side *s, uint32_t extra_req);
/* The status of Encrypt; @wire has room for the record, whose length is in @length. */
int32_t side_try_encrypt(struct side *s, const void *plain, uint32_t n, uint8_t *wire,
			 size_t *length);
/* One message sealed into @wire; returns its length. */
size_t side_encrypt(struct side *s, const void *plain, uint32_t n, uint8_t *wire);
/* @b: DATA first, four in all; the status. */
int32_t side_decrypt(struct side *s, uint8_t *wire, uint32_t length, struct credssp_buffer *b);
/* The plaintext of the peer's next data record: tickets are no data. */
size_t side_receive(struct side *s, uint8_t *plain);

#endif
