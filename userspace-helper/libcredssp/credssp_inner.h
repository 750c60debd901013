/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcredssp: what only the inner packages have, Negotiate, NTLM and Kerberos on their own.
 * <credssp.h> includes it, and its rules hold here too.
 *
 * The call of credssp_initialize_security_context() that begins an exchange may have two
 * more kinds of input, in this order:
 *
 * - with Negotiate, if it makes the context: a SECBUFFER_TOKEN, and perhaps a
 *   SECBUFFER_EMPTY.  The token is the NegTokenInit or NegTokenInit2 of a server that has
 *   begun, as in the security buffer of SMB2's NEGOTIATE, or empty.  The context offers
 *   what the server lists.
 * - a SECBUFFER_CHANNEL_BINDINGS of credssp_pack_channel_bindings(), last.
 */
#ifndef CREDSSP_INNER_H
#define CREDSSP_INNER_H

#include "credssp.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct credssp_bindings - channel bindings, gss_channel_bindings_struct of RFC 2744 3.11
 * @initiator_type: address type of the initiator, 0 for none
 * @initiator_length: bytes at @initiator
 * @initiator: address of the initiator
 * @acceptor_type, @acceptor_length, @acceptor: likewise
 * @application_length: bytes at @application
 * @application: data of the application: for TLS "tls-server-end-point:" and the hash of
 *	the server's certificate (RFC 5929 4); the addresses are empty then
 */
struct credssp_bindings {
	uint32_t initiator_type;
	uint32_t initiator_length;
	const void *initiator;
	uint32_t acceptor_type;
	uint32_t acceptor_length;
	const void *acceptor;
	uint32_t application_length;
	const void *application;
};

/**
 * credssp_pack_channel_bindings() - fill a SECBUFFER_CHANNEL_BINDINGS buffer
 * @args: the bindings
 * @buffer: receives struct credssp_channel_bindings and the parts
 * @length: in: room at @buffer in bytes; out: bytes written or needed
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_PARAMETER for bindings of more
 * than CREDSSP_MAX_BINDINGS bytes.
 */
int32_t credssp_pack_channel_bindings(const struct credssp_bindings *args, void *buffer,
				      uint32_t *length);

/**
 * credssp_make_signature() - MakeSignature, in contexts of the inner packages
 * @lib: open library
 * @context: established context
 * @qop: zero
 * @message: one SECBUFFER_DATA, which is not changed, and one SECBUFFER_TOKEN with
 *	the room that SECPKG_ATTR_SIZES tells
 * @sequence: zero: the context counts its messages itself
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_PARAMETER;
 * SEC_E_UNSUPPORTED_FUNCTION in a context of CREDSSP; SEC_E_INVALID_HANDLE.
 */
int32_t credssp_make_signature(struct credssp *lib, uint64_t context, uint32_t qop,
			       struct credssp_buffer_desc *message,
			       uint32_t sequence);

/**
 * credssp_verify_signature() - VerifySignature, likewise
 * @lib: open library
 * @context: established context
 * @message: one SECBUFFER_DATA and the SECBUFFER_TOKEN that came with it
 * @sequence: zero
 * @qop: out, may be NULL: zero
 *
 * Return: SEC_E_OK; SEC_E_MESSAGE_ALTERED, by which the context is dead; as
 * credssp_make_signature().
 */
int32_t credssp_verify_signature(struct credssp *lib, uint64_t context,
				 struct credssp_buffer_desc *message,
				 uint32_t sequence, uint32_t *qop);

#ifdef __cplusplus
}
#endif

#endif /* CREDSSP_INNER_H */
