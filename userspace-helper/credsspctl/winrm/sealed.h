/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Messages sealed by a CredSSP context in the body of an HTTP message, MS-WSMV
 * 2.2.9.1.3: each part has the length of the message, then the length of the
 * trailer in 32 bits, then the TLS records.
 */
#ifndef CREDSSPCTL_SEALED_H
#define CREDSSPCTL_SEALED_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <credssp.h>

/* Longest message taken; WinRM's own bound on an envelope is 500 KB */
#define SEALED_MAX	(1024 * 1024)
#define BOUNDARY_MAX	70	/* RFC 2046 5.1.1 */

/**
 * sealed_make() - make a body with a message
 * @lib: open library
 * @context: established context of the token transport
 * @message: plaintext
 * @length: of it, 1 to SEALED_MAX bytes; a message that does not fit into one
 *	record is made into several parts
 * @body: out: to be freed
 * @body_length: out
 * @content_type: out: for the header, static
 *
 * Return: SEC_E_OK, or a status of credssp_encrypt_message().
 */
int32_t sealed_make(struct credssp *lib, uint64_t context, const void *message,
		    size_t length, unsigned char **body, size_t *body_length,
		    const char **content_type);

/**
 * sealed_boundary() - test if a body has sealed messages
 * @content_type: value of the header, or NULL
 * @boundary: out: separator of the parts; room for BOUNDARY_MAX + 1 bytes
 *
 * Return: true if it has; false for another type or a malformed header.
 */
bool sealed_boundary(const char *content_type, char *boundary);

/**
 * sealed_open() - open the message in a body
 * @lib: open library
 * @context: as for sealed_make()
 * @boundary: of sealed_boundary()
 * @body: opened in place, which destroys it
 * @length: of @body
 * @message: out: to be freed
 * @message_length: out
 *
 * Return: SEC_E_OK; SEC_E_INVALID_TOKEN when the parts are malformed or hold
 * less or more than they say; a status of credssp_decrypt_message().
 */
int32_t sealed_open(struct credssp *lib, uint64_t context, const char *boundary,
		    unsigned char *body, size_t length, unsigned char **message,
		    size_t *message_length);

#endif
