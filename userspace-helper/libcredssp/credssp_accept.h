/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcredssp: the server's side, AcceptSecurityContext.  <credssp.h> includes it, and its
 * rules hold here too.
 *
 * A credential for it has SECPKG_CRED_INBOUND, for which the program needs CAP_NET_ADMIN when it
 * calls credssp_open() and when it acquires.  With INBOUND, struct credssp_acquire has no key,
 * user, password, realm or pins.  Its members mean:
 *
 * - @domain: the domain that NTLM announces; absent: the machine's name
 * - @cert: the server certificate that credsspd(8) has for the user; absent: the one whose
 *   names match what the client asks for (SNI), or else the one called "default"
 * - @tickets, with CREDSSP_TICKETS_KEYTAB: the keytab; absent: the user's default one
 * - @mechs, @min_version, @max_version, @package: as for a client
 */
#ifndef CREDSSP_ACCEPT_H
#define CREDSSP_ACCEPT_H

#include "credssp.h"

#ifdef __cplusplus
extern "C" {
#endif

/**
 * struct credssp_accept_options - what SSPI has no parameters for
 * @flags: CREDSSP_ACCEPT_*
 * @peer: where the client is, for lockout and verdict; @family 0 when it is not known
 */
struct credssp_accept_options {
	uint32_t flags;
	struct credssp_address peer;
};

/**
 * credssp_accept_security_context() - AcceptSecurityContext (CredSSP)
 * @lib: open library
 * @cred: credential handle with SECPKG_CRED_INBOUND; on later calls the same one or NULL
 * @context: NULL on the first call, then what @new_context received; or from the first call on
 *	the handle of credssp_attach()
 * @input: a SECBUFFER_TOKEN with what came from the client and a SECBUFFER_EMPTY, which come
 *	back as in credssp_initialize_security_context(); for an inner package a
 *	SECBUFFER_CHANNEL_BINDINGS, last, on the first call
 * @context_req: ASC_REQ_*
 * @target_data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @new_context: out on the first call; NULL or the same handle later
 * @output: as in credssp_initialize_security_context().  With an error, too, a token of
 *	nonzero length is to be sent: it tells the client why
 * @context_attr: out: ASC_RET_*
 * @expiry: out, may be NULL
 * @options: may be NULL: none; looked at by the first call on a context
 *
 * Parameters are in the order of SSPI.  On a context of credssp_attach() no tokens are passed,
 * and one call carries out the whole exchange.
 *
 * Return: SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_E_INCOMPLETE_MESSAGE or an error.  Unlike a
 * client's, a first call that fails makes a context where it has a token to send, and with
 * SEC_E_BUFFER_TOO_SMALL; if @new_context is not 0, delete it.  After an error other than
 * these two the context is dead, as a client's is.
 */
int32_t credssp_accept_security_context(struct credssp *lib, const uint64_t *cred,
					const uint64_t *context,
					struct credssp_buffer_desc *input,
					uint32_t context_req, uint32_t target_data_rep,
					uint64_t *new_context,
					struct credssp_buffer_desc *output,
					uint32_t *context_attr,
					struct credssp_timestamp *expiry,
					const struct credssp_accept_options *options);

/**
 * struct credssp_accept_result - results of credssp_accept_socket()
 * @context: handle for queries and delegated credentials, after a failure of the exchange too;
 *	the caller deletes it; 0 when there is none
 * @context_attr: ASC_RET_*; meaningful with SEC_E_OK only
 * @expiry: when the context expires
 * @report: facts, after success and failure
 */
struct credssp_accept_result {
	uint64_t context;
	uint32_t context_attr;
	struct credssp_timestamp expiry;
	struct credssp_report report;
};

/**
 * credssp_accept_socket() - all legs on a socket of accept(2) in one call
 * @lib: open library
 * @cred: credential handle with SECPKG_CRED_INBOUND
 * @fd: connected TCP socket, on which the client's TLS is the next thing to come
 * @context_req: ASC_REQ_*, without ALLOCATE_MEMORY and CONNECTION
 * @flags: CREDSSP_ACCEPT_*
 * @timeout_ms: bound on the whole exchange, 0 for the module's
 * @result: out
 *
 * With SEC_E_OK @fd is a kTLS stream, see credssp_recv().  After a failure past the first byte
 * the socket is shut down both ways.
 *
 * Return: a SECURITY_STATUS.
 */
int32_t credssp_accept_socket(struct credssp *lib, uint64_t cred, int fd, uint32_t context_req,
			      uint32_t flags, uint32_t timeout_ms,
			      struct credssp_accept_result *result);

/**
 * credssp_query_verdict() - SECPKG_ATTR_CREDSSP_VERDICT: who came from where, and the outcome
 * @lib: open library
 * @context: handle, of a dead context too
 * @verdict: out: with the strings at its offsets, each with a NUL; to be freed with
 *	credssp_free_context_buffer()
 *
 * Return: SEC_E_OK (else @verdict is NULL), as credssp_query_context_attributes().
 */
int32_t credssp_query_verdict(struct credssp *lib, uint64_t context,
			      struct credssp_verdict **verdict);

/**
 * credssp_deliver_delegated() - put a delegated password into a keyring
 * @lib: open library
 * @context: established context
 * @keyring: serial of a keyring that the caller may write, or KEY_SPEC_*
 * @form: CREDSSP_DELEGATED_AS_*
 * @name: what the key is for: an SPN, or for AS_CIFS an address or a domain; NULL: the domain
 *	of the delegated user
 * @lifetime: seconds until the key expires, 1 to CREDSSP_MAX_DELEGATED_LIFETIME
 * @key: out: serial of the key
 *
 * Return: SEC_E_OK; SEC_E_NO_CREDENTIALS when no password was delegated, or the keyring cannot
 * be written; SEC_E_INVALID_PARAMETER; SEC_E_INVALID_HANDLE.
 */
int32_t credssp_deliver_delegated(struct credssp *lib, uint64_t context, int32_t keyring,
				  uint32_t form, const char *name, uint32_t lifetime,
				  int32_t *key);

#ifdef __cplusplus
}
#endif

#endif /* CREDSSP_ACCEPT_H */
