/* SPDX-License-Identifier: GPL-2.0-only */
/* What cifs.ko gets: struct cifs_spnego_msg of the kernel. */
#ifndef CREDSSP_SPNEGO_ANSWER_H
#define CREDSSP_SPNEGO_ANSWER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The SecurityBufferLength of SESSION_SETUP has 16 bits (MS-SMB2 2.2.5). */
#define BLOB_MAX	65535
/* The longest key of Kerberos, AES-256 */
#define KEY_MAX		32
/* SEQUENCEs and OIDs of a NegTokenInit around an AP-REQ */
#define INIT_ROOM	64
#define ANSWER_MAX	(16 + KEY_MAX + BLOB_MAX)

/**
 * negotiate_init() - an AP-REQ as the first token of SPNEGO (RFC 4178 4.2.1)
 * @token: the AP-REQ with its GSS framing
 * @length: bytes of it
 * @mskrb5: with Microsoft's old OID (MS-SPNG 1.9)
 * @out: out: @length + INIT_ROOM bytes
 *
 * Return: bytes written, 0 if they are more than BLOB_MAX.
 */
size_t negotiate_init(const void *token, size_t length, bool mskrb5, uint8_t *out);

/**
 * answer_build() - the payload of the key
 * @key: session key of @key_length bytes, at most KEY_MAX
 * @blob: first token of SPNEGO of @blob_length bytes, at most BLOB_MAX
 * @out: out: ANSWER_MAX bytes
 *
 * Return: bytes written, 0 if something is too long or empty.
 */
size_t answer_build(const void *key, size_t key_length, const void *blob, size_t blob_length,
		    uint8_t *out);

#endif
