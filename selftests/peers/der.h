/* SPDX-License-Identifier: GPL-2.0-only */
/* Just enough DER (X.690) for TSRequest, TSCredentials and SPNEGO. */
#ifndef PEER_DER_H
#define PEER_DER_H

#include "bytes.h"

#define DER_INTEGER	0x02
#define DER_OCTETS	0x04
#define DER_OID		0x06
#define DER_ENUM	0x0a
#define DER_SEQUENCE	0x30
#define DER_CONTEXT(n)	(0xa0 + (n))

/* Take one element with tag @tag off @in, with any form of a definite length. */
bool der_take(struct span *in, uint8_t tag, struct span *content);
/* The next tag, or -1 at the end. */
int der_peek(struct span in);
/* Take one element with any tag. */
bool der_skip(struct span *in);
/* @in must be exactly one INTEGER of at most 5 bytes. */
bool der_integer(struct span in, int64_t *v);
/* Length of the element that starts at @in: 0 if more bytes are needed, -1 if malformed. */
long der_total(struct span in);

/*
 * Write from the inside out: remember the length of the buffer, write the contents, then
 * put tag and length before them.
 */
void der_close(struct bytes *b, uint8_t tag, size_t start);
/* The same with a length of @octets bytes, however small it is. */
void der_close_long(struct bytes *b, uint8_t tag, size_t start, unsigned int octets);
void der_put(struct bytes *b, uint8_t tag, struct span content);
/* Two's complement, as short as can be. */
void der_put_integer(struct bytes *b, int64_t v);

#endif
