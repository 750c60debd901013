/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In-kernel CredSSP acceptors: the contract of SSPI's AcceptSecurityContext (CredSSP) for
 * kernel callers.  The rules of <linux/credssp.h> hold here too, and the functions there are
 * for the contexts of acceptors as well: messages, queries, kTLS, cancellation.
 *
 * A credential for it has SECPKG_CRED_INBOUND.  Whoever acquires it in the kernel answers for
 * the privilege that the ioctl asks for.  Of struct credssp_acquire, @key, @keyring, @user,
 * @password, @pins, @user_to_user and @realm are not set.  Other members mean:
 *
 * - @domain: the domain that NTLM announces; NULL: the machine's name
 * - @cert: the server certificate that the helper has for the user of @cred; NULL: the one
 *	whose names match what the client asks for (SNI), or else the one called "default"
 * - @tickets, with CREDSSP_TICKETS_KEYTAB: the keytab; NULL: the user's default one
 *
 * A time limit of 0 stands for the module's parameter accept_timeout_ms, and its
 * accept_tls_timeout_ms until the TLS handshake is over.  Contexts whose client has not logged
 * on yet are limited for each owner of credentials, to 512, and no user is exempt: more of them
 * are SEC_E_INSUFFICIENT_MEMORY.
 */
#ifndef _LINUX_CREDSSP_ACCEPTOR_H
#define _LINUX_CREDSSP_ACCEPTOR_H

#include <linux/credssp.h>

/**
 * struct credssp_accept_options - what SSPI has no parameters for
 * @flags: CREDSSP_ACCEPT_*
 * @peer: where the client is, for lockout and verdict; @family 0 when it is not known
 */
struct credssp_accept_options {
	u32 flags;
	struct credssp_address peer;
};

/**
 * credssp_accept_security_context() - AcceptSecurityContext (CredSSP)
 * @cred: credential handle with SECPKG_CRED_INBOUND; on later calls the same one or NULL
 * @context: NULL on the first call, then what @new_context received; or from the first call on
 *	one of credssp_prepare_security_context() or credssp_attach_socket()
 * @input: a SECBUFFER_TOKEN with what came from the client and a SECBUFFER_EMPTY, which come
 *	back as in credssp_initialize_security_context(); for an inner package a
 *	SECBUFFER_CHANNEL_BINDINGS, last, on the first call
 * @context_req: ASC_REQ_*
 * @target_data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @new_context: out on the first call; NULL or the same handle later
 * @output: as in credssp_initialize_security_context().  With an error, too, a token of
 *	nonzero length is to be sent: it tells the client why
 * @context_attr: out: ASC_RET_*
 * @expiry: out, may be NULL: FILETIME in local time
 * @options: may be NULL: none; used by the first call on a context
 *
 * Parameters are in the order of the contract.  On a context from credssp_attach_socket() there
 * are no tokens: one call carries out the whole exchange on the socket.
 *
 * Return: SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_E_INCOMPLETE_MESSAGE or an error.  Unlike an
 * initiator's, a first call that fails makes a context where it has a token to send, and with
 * SEC_E_BUFFER_TOO_SMALL; if @new_context is not NULL, delete it.  After an error other than
 * these two the context is dead, as an initiator's is.
 */
s32 credssp_accept_security_context(struct credssp_cred *cred, struct credssp_context *context,
				    struct credssp_buffer_desc *input, u32 context_req,
				    u32 target_data_rep, struct credssp_context **new_context,
				    struct credssp_buffer_desc *output, u32 *context_attr,
				    s64 *expiry, const struct credssp_accept_options *options);

/**
 * credssp_accept_socket() - all legs on a connected TCP socket in one call
 * @cred: credential handle with SECPKG_CRED_INBOUND
 * @sock: as in credssp_attach_socket(); the client's TLS is the next thing to come on it
 * @context_req: ASC_REQ_*, without ALLOCATE_MEMORY and CONNECTION
 * @flags: CREDSSP_ACCEPT_*
 * @timeout_ms: bound on the whole exchange, 0 for the module's
 * @context: out, may be NULL: for queries and delegated credentials, after a failure of the
 *	exchange too, to be deleted; NULL when there is none
 * @context_attr: out, may be NULL: ASC_RET_*
 * @report: out, may be NULL: what is known of the exchange, after a failure too
 *
 * With SEC_E_OK @sock is a kTLS stream, and the module does not use it any more;
 * plaintext goes through kernel_sendmsg() and credssp_recv().  After a failure @sock is
 * shut down both ways, unless the exchange had not begun.
 *
 * Return: a SECURITY_STATUS.
 */
s32 credssp_accept_socket(struct credssp_cred *cred, struct socket *sock, u32 context_req,
			  u32 flags, u32 timeout_ms, struct credssp_context **context,
			  u32 *context_attr, struct credssp_report *report);

/**
 * struct credssp_accept - arguments of credssp_accept_socket_async()
 * @cred: credential handle; the module takes a reference
 * @sock: as in credssp_accept_socket(); it must stay alive until @done is called
 * @context_req: ASC_REQ_*
 * @flags: CREDSSP_ACCEPT_*
 * @timeout_ms: bound on the whole exchange, 0 for the module's; the time until a thread of
 *	the module is free counts
 * @done: as in struct credssp_authenticate
 * @data: passed to @done
 */
struct credssp_accept {
	struct credssp_cred *cred;
	struct socket *sock;
	u32 context_req;
	u32 flags;
	u32 timeout_ms;
	void (*done)(void *data, s32 status, u32 context_attr,
		     const struct credssp_report *report);
	void *data;
};

/**
 * credssp_accept_socket_async() - begin all legs on a connected TCP socket
 * @args: arguments, not used after the call
 * @call: out: handle of the call, for credssp_query_authentication(),
 *	credssp_cancel_authentication(), credssp_authentication_context() and, at the end,
 *	credssp_free_authentication()
 *
 * As credssp_authenticate_socket_async(), in the place of the acceptor.
 *
 * Return: likewise.
 */
s32 credssp_accept_socket_async(const struct credssp_accept *args,
				struct credssp_authentication **call);

/**
 * credssp_authentication_context() - the context of an asynchronous exchange
 * @call: handle; the context is borrowed from it
 *
 * For credssp_deliver_delegated(), in done() and any time after it.
 *
 * Return: the context; NULL before done() is called.
 */
struct credssp_context *credssp_authentication_context(struct credssp_authentication *call);

/**
 * credssp_deliver_delegated() - put a delegated password into a keyring
 * @context: established context of an acceptor
 * @keyring: serial of a keyring that the current task may write, or KEY_SPEC_*
 * @form: CREDSSP_DELEGATED_AS_*
 * @name: what the key is for, NUL-terminated: an SPN, or for AS_CIFS an address or a domain;
 *	NULL: the domain of the delegated user
 * @lifetime: seconds until the key expires, 1 to CREDSSP_MAX_DELEGATED_LIFETIME
 * @key: out: serial of the key
 *
 * Context: process context of a task, which a kernel thread is not; may sleep.
 * Return: SEC_E_OK; SEC_E_NO_CREDENTIALS when no password was delegated, or the keyring cannot
 * be written; SEC_E_INVALID_PARAMETER; SEC_E_INVALID_HANDLE.
 */
s32 credssp_deliver_delegated(struct credssp_context *context, s32 keyring, u32 form,
			      const char *name, u32 lifetime, s32 *key);

#endif /* _LINUX_CREDSSP_ACCEPTOR_H */
