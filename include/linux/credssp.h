/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In-kernel CredSSP security contexts: the contract of SSPI's
 * InitializeSecurityContext (CredSSP) for kernel callers.
 *
 * Rules that hold for every function here unless its comment says otherwise:
 *
 * - Context: process context, may sleep (up to the handshake timeout).  Every wait
 *   ends early when the task is killed or credssp_cancel() is called; the latter
 *   stops kernel threads, which get no signals.  Waiting tasks can be frozen, so hold
 *   no lock that another task takes with an unfreezable wait.
 * - Statuses are SECURITY_STATUS values (SEC_E_OK, SEC_I_*, SEC_E_*).
 * - Target names, and every buffer of a descriptor, must be in virtual memory
 *   (vmalloc()), as the contract requires of kernel-mode callers; any other memory
 *   is SEC_E_INVALID_PARAMETER.  Buffers that the module allocates are vmalloc()'d
 *   too; free them with credssp_free_context_buffer().
 * - Handles are reference counted.  A context keeps its credential alive.
 * - A time limit of an exchange is in milliseconds.  0 stands for the module's, the
 *   parameter handshake_timeout_ms; other values are raised to 100 or lowered to 600000.
 * - A module that uses these symbols keeps credssp loaded.
 */
#ifndef _LINUX_CREDSSP_H
#define _LINUX_CREDSSP_H

#include <linux/types.h>
#include <uapi/linux/credssp.h>

struct cred;
struct credssp_authentication;
struct credssp_context;
struct credssp_cred;
struct key;
struct net;
struct socket;

/**
 * struct credssp_buffer - SecBuffer
 * @type: SECBUFFER_*, with SECBUFFER_READONLY in the attribute bits
 * @length: bytes at @data; after SEC_E_BUFFER_TOO_SMALL the bytes needed; in
 *	SECBUFFER_MISSING and SECBUFFER_EXTRA a count of bytes, without @data
 * @data: vmalloc()'d memory, or NULL
 */
struct credssp_buffer {
	u32 type;
	u32 length;
	void *data;
};

/**
 * struct credssp_buffer_desc - SecBufferDesc
 * @version: SECBUFFER_VERSION
 * @count: number of @buffers, at most CREDSSP_MAX_BUFFERS
 * @buffers: array
 */
struct credssp_buffer_desc {
	u32 version;
	u32 count;
	struct credssp_buffer *buffers;
};

/**
 * struct credssp_acquire - arguments of credssp_acquire_credentials_handle()
 * @use: SECPKG_CRED_OUTBOUND
 * @mechs: CREDSSP_MECH_*, or 0 for CREDSSP_MECH_NEGOTIATE
 * @min_version: lowest CredSSP version accepted, 0 for the policy's
 * @max_version: highest CredSSP version spoken, 0 for CREDSSP_MAX_VERSION
 * @cred: the user that the credential is for, and that is charged for it; a
 *	reference is taken.  NULL: the current task's, which is an error on a kernel
 *	thread
 * @net: network namespace of the helper that serves the handshakes; a reference is
 *	taken.  NULL: init_net
 * @key: a `logon` key described "credssp:<SPN>" or "credssp:<DOMAIN>" (see
 *	Documentation/kernel-api.rst for its payload), or NULL; a reference is
 *	taken.  With a key the strings below must be NULL.  With neither a key nor
 *	strings, an exchange looks up the key "credssp:<SPN>" in @cred's keyrings when
 *	it begins; it does not on a kernel thread, nor when the call supplies an
 *	identity (ISC_REQ_USE_SUPPLIED_CREDS)
 * @keyring: keyring to look the key "credssp:<SPN>" up in, instead of @cred's keyrings, on
 *	kernel threads too; with it @key and the strings must be NULL; a reference is taken.
 *	The keys in it count as possessed by @cred: see credssp_lookup_key()
 * @user: UTF-16LE without NUL, @user_length bytes; copied
 * @user_length: bytes, at most CREDSSP_MAX_NAME
 * @domain: likewise
 * @domain_length: likewise
 * @password: likewise; the caller wipes its own copy
 * @password_length: bytes, at most CREDSSP_MAX_PASSWORD
 * @cert: name of the client certificate that the helper has for the user of
 *	@cred, NUL-terminated ASCII; NULL for none; copied
 * @pins: SHA-256 fingerprints of certificates, CREDSSP_PIN_SIZE bytes each; a server
 *	with one of these certificates is proven, trusted or not; copied
 * @pin_count: number of @pins, at most CREDSSP_MAX_PINS
 * @package: CREDSSP_PACKAGE_*: CREDSSP, or an inner package on its own; for the latter
 *	@mechs, @min_version and @max_version must be zero
 * @ticket_source: enum credssp_ticket_source; with CCACHE, KEYTAB or CERT @key and, but
 *	for the PIN with CERT, @password must be NULL.  The helper of init_net reads the
 *	host's caches, keytabs and certificates, with the uid of @cred.  So a call in a task
 *	with a mount namespace of its own, as in a container, gets none (CVE-2025-2312); a
 *	kernel thread must not ask for them on behalf of such a task
 * @user_to_user: Kerberos by user-to-user tickets
 * @tickets: name of the credential cache or keytab, NUL-terminated UTF-8, at most
 *	CREDSSP_MAX_NAME bytes; NULL for the default one of the user of @cred; with CERT
 *	where the certificate is, and @user must be there; copied
 * @realm: Kerberos realm of @user, likewise; NULL for @domain; copied
 */
struct credssp_acquire {
	u32 use;
	u32 mechs;
	u32 min_version;
	u32 max_version;
	const struct cred *cred;
	struct net *net;
	struct key *key;
	struct key *keyring;
	const void *user;
	size_t user_length;
	const void *domain;
	size_t domain_length;
	const void *password;
	size_t password_length;
	const char *cert;
	const u8 *pins;
	u32 pin_count;
	u32 package;
	u32 ticket_source;
	bool user_to_user;
	const char *tickets;
	const char *realm;
};

/**
 * credssp_acquire_credentials_handle() - AcquireCredentialsHandle (CredSSP)
 * @args: the user, its identity, and the use
 * @cred: out: credential handle, freed with credssp_free_credentials_handle()
 * @expiry: out, may be NULL: FILETIME in local time (sys_tz), S64_MAX for never
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_NO_CREDENTIALS (a
 * password without a user, or no usable key); SEC_E_UNSUPPORTED_FUNCTION (@use, or
 * versions that the policy excludes); SEC_E_INSUFFICIENT_MEMORY.
 */
s32 credssp_acquire_credentials_handle(const struct credssp_acquire *args,
				       struct credssp_cred **cred, s64 *expiry);

/**
 * credssp_free_credentials_handle() - FreeCredentialsHandle
 * @cred: handle, invalid afterwards; contexts made from it stay valid
 *
 * Return: SEC_E_OK, or SEC_E_INVALID_HANDLE for NULL.
 */
s32 credssp_free_credentials_handle(struct credssp_cred *cred);

/**
 * credssp_initialize_security_context() - InitializeSecurityContext (CredSSP)
 * @cred: credential handle; on later calls the same one or NULL, or another one
 *	after SEC_I_INCOMPLETE_CREDENTIALS
 * @context: NULL on the first call, then what @new_context received; or from the first call
 *	on one that credssp_prepare_security_context() has made
 * @target_name: SPN such as "TERMSRV/host" in UTF-16LE, NUL-terminated, in
 *	virtual memory; may be NULL.  The host is ASCII (A-labels), an IPv4 address of
 *	four decimal numbers or an IPv6 address as in RFC 5952, else the call gives
 *	SEC_E_TARGET_UNKNOWN
 * @context_req: ISC_REQ_*
 * @reserved1: zero
 * @target_data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @input: NULL on the first call; then a SECBUFFER_TOKEN with the server's bytes
 *	and a SECBUFFER_EMPTY, which comes back as SECBUFFER_EXTRA (the last @length
 *	bytes of the token were not used) or, with SEC_E_INCOMPLETE_MESSAGE, as
 *	SECBUFFER_MISSING (bytes still to be read).  On a first call these two may
 *	bring a server's TLS HelloRequest.  With ISC_REQ_USE_SUPPLIED_CREDS the call
 *	that begins an exchange has a SECBUFFER_PKG_PARAMS as its last buffer, made
 *	by credssp_pack_identity().  With an inner package that call may have a
 *	SECBUFFER_CHANNEL_BINDINGS as its last buffer, made by
 *	credssp_pack_channel_bindings(), and with Negotiate the first call may have a
 *	SECBUFFER_TOKEN with the NegTokenInit of a server (SMB2's NEGOTIATE)
 * @reserved2: zero
 * @new_context: out on the first call; NULL or the same handle later
 * @output: one SECBUFFER_TOKEN: with ISC_REQ_ALLOCATE_MEMORY its @data is
 *	allocated, otherwise the token is copied there.  SEC_E_BUFFER_TOO_SMALL loses
 *	nothing: call again with a larger buffer and an empty token.  After a failure
 *	the TLS alert for the server goes to a SECBUFFER_ALERT where there is one, and
 *	the TOKEN is empty
 * @context_attr: out: ISC_RET_*; those about security only with SEC_E_OK
 * @expiry: out, may be NULL: FILETIME in local time
 *
 * Parameters are in the order of the contract.  On a context from
 * credssp_attach_socket() there are no tokens: one call carries out the whole
 * exchange on the socket.
 *
 * SEC_I_INCOMPLETE_CREDENTIALS: the server asks for a client certificate, and the
 * credential has none that the server accepts; SECPKG_ATTR_ISSUER_LIST_EX lists the
 * issuers that it accepts.  Nothing is lost, and no token is made.  The next call, with
 * an empty token or the same token again, continues the same handshake.  With another
 * credential handle, that credential becomes the context's, and its certificate is
 * tried.  With the same handle or NULL, the handshake continues without a certificate.
 *
 * Return: SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_I_INCOMPLETE_CREDENTIALS,
 * SEC_E_INCOMPLETE_MESSAGE or an error.  An error on a later call kills the context:
 * only credssp_query_context_attributes() with SECPKG_ATTR_CREDSSP_REPORT and
 * credssp_delete_security_context(), which is still needed, work on it afterwards.
 */
s32 credssp_initialize_security_context(struct credssp_cred *cred,
					struct credssp_context *context,
					const __le16 *target_name, u32 context_req,
					u32 reserved1, u32 target_data_rep,
					struct credssp_buffer_desc *input,
					u32 reserved2,
					struct credssp_context **new_context,
					struct credssp_buffer_desc *output,
					u32 *context_attr, s64 *expiry);

/**
 * credssp_prepare_security_context() - make a context before its first call
 * @cred: credential handle
 * @timeout_ms: bound on each exchange, from its first call to its last, 0 for the module's
 * @context: out: for credssp_initialize_security_context(), to whose first call it is passed
 *	as @context
 *
 * Without it the first call makes the context, and so no other thread can cancel that call,
 * which may wait for the helper and for a KDC.  With it credssp_cancel() ends the first call
 * as well.  All else is as if that call had made the context; but a first call that fails
 * leaves a context, which must be deleted.
 *
 * Return: SEC_E_OK; SEC_E_NO_CREDENTIALS; SEC_E_INVALID_PARAMETER;
 * SEC_E_INSUFFICIENT_MEMORY.
 */
s32 credssp_prepare_security_context(struct credssp_cred *cred, u32 timeout_ms,
				     struct credssp_context **context);

/**
 * credssp_pack_identity() - fill a SECBUFFER_PKG_PARAMS buffer
 * @args: the strings; the other members are ignored
 * @buffer: any kernel memory; the call that it is made for needs virtual memory
 * @length: in: room at @buffer in bytes; out: bytes written or needed
 *
 * The buffer then holds the password: memzero_explicit() it when the exchange has
 * begun.
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_PARAMETER for strings
 * that are too long.
 */
s32 credssp_pack_identity(const struct credssp_acquire *args, void *buffer, u32 *length);

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
	u32 initiator_type;
	u32 initiator_length;
	const void *initiator;
	u32 acceptor_type;
	u32 acceptor_length;
	const void *acceptor;
	u32 application_length;
	const void *application;
};

/**
 * credssp_pack_channel_bindings() - fill a SECBUFFER_CHANNEL_BINDINGS buffer
 * @args: the bindings
 * @buffer: any kernel memory; the call that it is made for needs virtual memory
 * @length: in: room at @buffer in bytes; out: bytes written or needed
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_PARAMETER for bindings over
 * CREDSSP_MAX_BINDINGS.
 */
s32 credssp_pack_channel_bindings(const struct credssp_bindings *args, void *buffer,
				  u32 *length);

/**
 * credssp_complete_auth_token() - CompleteAuthToken
 * @context: context
 * @token: ignored
 *
 * Return: SEC_E_UNSUPPORTED_FUNCTION: no status of this package asks for it.
 */
s32 credssp_complete_auth_token(struct credssp_context *context,
				struct credssp_buffer_desc *token);

/**
 * credssp_delete_security_context() - DeleteSecurityContext
 * @context: handle, invalid afterwards
 *
 * Cancels a call of another thread on the context.
 *
 * Return: SEC_E_OK, or SEC_E_INVALID_HANDLE for NULL.
 */
s32 credssp_delete_security_context(struct credssp_context *context);

/**
 * credssp_free_context_buffer() - FreeContextBuffer
 * @buffer: a buffer that the module allocated, or NULL
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER for memory outside of vmalloc()'s range,
 * which the module did not allocate.
 */
s32 credssp_free_context_buffer(void *buffer);

/**
 * credssp_query_context_attributes() - QueryContextAttributes (CredSSP)
 * @context: context
 * @attribute: SECPKG_ATTR_*
 * @buffer: receives the attribute's structure (include/uapi/linux/credssp.h)
 * @length: in: room at @buffer in bytes; out: bytes written or needed
 *
 * In-kernel callers may have session keys; times are local (sys_tz).  @buffer may be
 * any kernel memory: the rule of virtual memory is for buffers of descriptors.
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_UNSUPPORTED_FUNCTION for an
 * attribute that the context does not have; SEC_E_INVALID_HANDLE in a state in which
 * the attribute is not available; SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY;
 * SEC_E_INTERNAL_ERROR when the task was killed while another call was under way.
 */
s32 credssp_query_context_attributes(struct credssp_context *context,
				     u32 attribute, void *buffer, u32 *length);

/**
 * credssp_enumerate_security_packages() - EnumerateSecurityPackages
 * @count: out: number of packages
 * @info: out: one structure per package, and their strings behind them; free it with
 *	credssp_free_context_buffer()
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 */
s32 credssp_enumerate_security_packages(u32 *count, struct credssp_package_info **info);

/**
 * credssp_query_security_package_info() - QuerySecurityPackageInfo
 * @name: "CREDSSP", "Negotiate", "NTLM" or "Kerberos"; case does not matter
 * @info: out: one structure with its strings; free it with
 *	credssp_free_context_buffer()
 *
 * Return: SEC_E_OK; SEC_E_SECPKG_NOT_FOUND; SEC_E_INVALID_PARAMETER;
 * SEC_E_INSUFFICIENT_MEMORY.
 */
s32 credssp_query_security_package_info(const char *name,
					struct credssp_package_info **info);

/**
 * credssp_encrypt_message() - EncryptMessage on the token transport
 * @context: established context
 * @qop: zero
 * @message: SECBUFFER_STREAM_HEADER, SECBUFFER_DATA (at most
 *	CREDSSP_MAX_MESSAGE bytes, encrypted in place), SECBUFFER_STREAM_TRAILER,
 *	SECBUFFER_EMPTY.  SECPKG_ATTR_STREAM_SIZES has the room for header and
 *	trailer; SEC_E_BUFFER_TOO_SMALL sets their lengths to it
 * @sequence: zero
 *
 * In a context of an inner package @message is one SECBUFFER_TOKEN, with the room that
 * SECPKG_ATTR_SIZES has, and one SECBUFFER_DATA (at most CREDSSP_MAX_SIGNED bytes,
 * encrypted in place).
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_BUFFER_TOO_SMALL;
 * SEC_E_UNSUPPORTED_FUNCTION on the socket transport, after an export, or with
 * ISC_REQ_CONNECTION; SEC_E_INVALID_HANDLE when @context is not established or dead.
 */
s32 credssp_encrypt_message(struct credssp_context *context, u32 qop,
			    struct credssp_buffer_desc *message, u32 sequence);

/**
 * credssp_decrypt_message() - DecryptMessage on the token transport
 * @context: established context
 * @message: SECBUFFER_DATA with TLS records and three SECBUFFER_EMPTY; they come
 *	back as STREAM_HEADER, DATA (plaintext, in place), STREAM_TRAILER and
 *	EXTRA (records that were not used) or EMPTY
 * @sequence: zero
 * @qop: out, may be NULL: zero
 *
 * In a context of an inner package @message is SECBUFFER_TOKEN and SECBUFFER_DATA
 * as the peer made them; the data is decrypted in place.
 *
 * Return: SEC_E_OK; SEC_E_INCOMPLETE_MESSAGE (the second buffer becomes
 * SECBUFFER_MISSING); SEC_I_CONTEXT_EXPIRED when the peer closed the connection in
 * good order; SEC_E_MESSAGE_ALTERED; or as credssp_encrypt_message().
 */
s32 credssp_decrypt_message(struct credssp_context *context,
			    struct credssp_buffer_desc *message, u32 sequence,
			    u32 *qop);

/**
 * credssp_make_signature() - MakeSignature, in contexts of the inner packages
 * @context: established context
 * @qop: zero
 * @message: one SECBUFFER_DATA, which is not changed, and one SECBUFFER_TOKEN with
 *	the room that SECPKG_ATTR_SIZES has
 * @sequence: zero: the context counts its messages itself
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_PARAMETER;
 * SEC_E_UNSUPPORTED_FUNCTION in a context of CREDSSP; SEC_E_INVALID_HANDLE when
 * @context is not established or dead.
 */
s32 credssp_make_signature(struct credssp_context *context, u32 qop,
			   struct credssp_buffer_desc *message, u32 sequence);

/**
 * credssp_verify_signature() - VerifySignature, in contexts of the inner packages
 * @context: established context
 * @message: one SECBUFFER_DATA and the SECBUFFER_TOKEN that came with it
 * @sequence: zero
 * @qop: out, may be NULL: zero
 *
 * Return: SEC_E_OK; SEC_E_MESSAGE_ALTERED, which kills the context; or as
 * credssp_make_signature().
 */
s32 credssp_verify_signature(struct credssp_context *context,
			     struct credssp_buffer_desc *message, u32 sequence, u32 *qop);

/**
 * credssp_attach_socket() - make a context on a connected TCP socket
 * @cred: credential handle
 * @sock: connected TCP socket of the credential's namespace, without a ULP.
 *	A socket without a file must stay alive until the call that establishes
 *	the context, or fails, has returned; deleting the context ends that call
 *	soon but does not wait for it
 * @context: out: for credssp_initialize_security_context(), to whose first call the
 *	target name and the flags are passed
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER for an unsuitable socket;
 * SEC_E_NO_CREDENTIALS without @cred; SEC_E_UNSUPPORTED_FUNCTION for an inner package;
 * SEC_E_INSUFFICIENT_MEMORY.
 */
s32 credssp_attach_socket(struct credssp_cred *cred, struct socket *sock,
			  struct credssp_context **context);

/**
 * credssp_authenticate_socket() - all legs on a connected TCP socket in one call
 * @cred: credential handle
 * @sock: as in credssp_attach_socket()
 * @target_name: as in credssp_initialize_security_context()
 * @context_req: ISC_REQ_*
 * @flags: CREDSSP_AUTH_*
 * @timeout_ms: bound on the whole exchange, 0 for the module's
 * @context_attr: out, may be NULL: ISC_RET_*
 * @report: out, may be NULL: what is known of the exchange, after a failure too
 *
 * Where the server asks for a client certificate and does not accept the credential's,
 * the exchange continues without one.
 *
 * The caller has no context to pass to credssp_cancel(): limit the call with
 * @timeout_ms, shut @sock down, or use credssp_authenticate_socket_async().  To ask for
 * attributes afterwards use the latter too, or credssp_attach_socket().
 *
 * With SEC_E_OK @sock is a kTLS stream, and the module does not use it any more;
 * plaintext goes through kernel_sendmsg() and credssp_recv().  After a failure @sock is
 * shut down both ways, unless no byte was sent.
 *
 * Return: a SECURITY_STATUS.
 */
s32 credssp_authenticate_socket(struct credssp_cred *cred, struct socket *sock,
				const __le16 *target_name, u32 context_req,
				u32 flags, u32 timeout_ms, u32 *context_attr,
				struct credssp_report *report);

/**
 * struct credssp_authenticate - arguments of credssp_authenticate_socket_async()
 * @cred: credential handle; the module takes a reference
 * @sock: as in credssp_attach_socket(); it must stay alive until @done is called
 * @target_name: as in credssp_initialize_security_context(); copied
 * @context_req: ISC_REQ_*
 * @flags: CREDSSP_AUTH_*
 * @timeout_ms: bound on the whole exchange, 0 for the module's; the time until a thread of
 *	the module is free counts
 * @done: called exactly once, from a kernel thread, in process context; it may sleep, and
 *	it may submit other calls.  @status is that of credssp_authenticate_socket(), and
 *	@report is valid during the call only; credssp_query_authentication() tells more
 * @data: passed to @done
 */
struct credssp_authenticate {
	struct credssp_cred *cred;
	struct socket *sock;
	const __le16 *target_name;
	u32 context_req;
	u32 flags;
	u32 timeout_ms;
	void (*done)(void *data, s32 status, u32 context_attr,
		     const struct credssp_report *report);
	void *data;
};

/**
 * credssp_authenticate_socket_async() - begin all legs on a connected TCP socket
 * @args: arguments, not used after the call
 * @call: out: handle of the call, freed with credssp_free_authentication()
 *
 * As credssp_authenticate_socket(), but the legs are carried out on a kernel thread, and
 * the result goes to @args->done, possibly before this call returns: @call is set before
 * that.  When this call fails, @args->done is not called, and the socket is intact.
 *
 * The handle holds the context, which counts for the limits of its user until the handle
 * is freed.  The module has 256 threads for all calls of initiators, and as many for those of
 * acceptors.  A user without CAP_SYS_RESOURCE in the initial user namespace may have 128 calls
 * of both kinds, in another user namespace 64: a call counts until done() has returned, also
 * while it waits for a thread.
 *
 * Context: process context, may sleep; done() included.
 * Return: SEC_E_OK when the exchange has begun; SEC_E_INVALID_PARAMETER;
 * SEC_E_NO_CREDENTIALS; SEC_E_UNSUPPORTED_FUNCTION; SEC_E_INSUFFICIENT_MEMORY, also for
 * one call more than the user may have.
 */
s32 credssp_authenticate_socket_async(const struct credssp_authenticate *args,
				      struct credssp_authentication **call);

/**
 * credssp_query_authentication() - QueryContextAttributes after an asynchronous exchange
 * @call: handle; its owner makes sure that it is not freed meanwhile
 * @attribute: as in credssp_query_context_attributes(), such as SECPKG_ATTR_NAMES for the
 *	user who has logged on
 * @buffer: likewise
 * @length: likewise
 *
 * For done(), and any time after it until the handle is freed.
 *
 * Context: process context, may sleep; done() included.
 * Return: as credssp_query_context_attributes(); SEC_E_INVALID_HANDLE before done() is
 * called, and for NULL.
 */
s32 credssp_query_authentication(struct credssp_authentication *call, u32 attribute,
				 void *buffer, u32 *length);

/**
 * credssp_cancel_authentication() - end an asynchronous exchange
 * @call: handle; NULL is fine.  Its owner makes sure that it is not freed meanwhile, except by
 *	a done() that this call brings about
 *
 * The exchange fails soon, and its done() is called with the failure.  It has no effect
 * on an exchange that is over.
 *
 * Context: any in which a spinlock may be taken.
 */
void credssp_cancel_authentication(struct credssp_authentication *call);

/**
 * credssp_free_authentication() - cancel an asynchronous exchange and free its handle
 * @call: handle, invalid afterwards; NULL is fine
 *
 * A caller that frees the handle in done() must wait until done() has returned before its
 * module can be unloaded.  In any other place this call does that.
 *
 * Context: may sleep.  Returns when done() has returned.  In done() itself it only frees
 * the handle.
 */
void credssp_free_authentication(struct credssp_authentication *call);

/**
 * credssp_lookup_key() - the key that a serial number names
 * @serial: of a key that the current task may search for, as in CREDSSP_IOC_ACQUIRE; a
 *	special one such as KEY_SPEC_SESSION_KEYRING is allowed.  A keyring the task must
 *	possess in addition
 *
 * For modules whose configuration names a credential or a keyring by its number.
 *
 * Context: process context of the user who gave the number; may sleep.
 * Return: a reference, dropped with key_put(); or an ERR_PTR() of -ENOKEY, -EACCES (also
 * on a kernel thread), -EKEYEXPIRED, -EKEYREVOKED, -EINVAL, -ENOMEM, -ERESTARTSYS.
 */
struct key *credssp_lookup_key(s32 serial);

/**
 * credssp_send() - send plaintext on an authenticated kTLS socket
 * @sock: socket
 * @buffer: any kernel memory
 * @length: bytes at @buffer
 * @timeout_ms: longest wait in milliseconds for room in the send buffer
 *
 * One thread at a time: the records of two calls would be mixed.
 *
 * Return: 0 when all bytes are in the send buffer; -EINVAL for a socket without kTLS;
 * -ETIMEDOUT, -EPIPE, -ENETDOWN, -EINTR (the task is killed) or -ENOMEM when perhaps only
 * a part of them was sent, after which the stream is of no use.
 */
int credssp_send(struct socket *sock, const void *buffer, size_t length, u32 timeout_ms);

/**
 * credssp_poll() - wait until an authenticated kTLS socket has something to receive
 * @sock: socket
 * @timeout_ms: longest wait in milliseconds; 0: do not wait
 *
 * Return: 1 when credssp_recv() has plaintext or the end of the stream without waiting
 * for another record, as far as can be told: a record without data may be all that has
 * arrived; 0 when the time is over; -EINTR when the task is killed; -EINVAL for a socket
 * without kTLS.
 */
int credssp_poll(struct socket *sock, u32 timeout_ms);

/**
 * credssp_shutdown() - say that no more plaintext follows
 * @sock: authenticated kTLS socket
 *
 * Sends the alert close_notify (RFC 8446 6.1) and shuts the sending side down.  The peer's
 * plaintext can still be received, until credssp_recv() returns 0.
 *
 * Waits for room in the send buffer for a second at most.
 *
 * Return: 0; -EINVAL for a socket without kTLS; or another negative errno, after which the
 * connection is shut down in both directions.
 */
int credssp_shutdown(struct socket *sock);

/**
 * credssp_recv() - receive plaintext from an authenticated kTLS socket
 * @sock: socket
 * @buffer: any kernel memory
 * @length: room at @buffer in bytes; 0 reads nothing and gives 0
 * @timeout_ms: longest wait in milliseconds
 *
 * One thread at a time: two calls would share the bytes, and parts of one message that is
 * not data.
 *
 * Handles the records that are not data: TLS 1.3 tickets are skipped, an alert ends the
 * stream.  A plain kernel_recvmsg() without a control buffer returns -EIO on them.  When
 * the time is over within the message of such a record, the call waits for its rest, up
 * to ten seconds more: the next call would not know the part that was read.
 *
 * Return: bytes received; 0 when the peer closed; -ETIMEDOUT; -EPIPE after a
 * fatal alert or a reset; -ENETDOWN when the network failed; -EBADMSG for a record
 * that is not allowed; -EKEYREJECTED for a forged one; -EINTR when the task is killed;
 * -ENOMEM; -EINVAL for a socket without kTLS.  After 0 or an error, except -ETIMEDOUT,
 * -ENOMEM and -EINVAL, the stream is over: do not read it again.
 */
ssize_t credssp_recv(struct socket *sock, void *buffer, size_t length,
		     u32 timeout_ms);

/**
 * credssp_export_ktls() - put an established token context on a TCP socket
 * @context: established context of the token transport
 * @sock: connected TCP socket on which the peer's records will arrive
 *
 * The context gives its keys away.  Afterwards Encrypt, Decrypt, reauthentication and
 * another export are SEC_E_UNSUPPORTED_FUNCTION.
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER for an unsuitable socket, which leaves the
 * context intact; SEC_E_UNSUPPORTED_FUNCTION on the socket transport, after an export and
 * for an inner package; SEC_E_INVALID_HANDLE when @context is not established or dead;
 * SEC_E_OUT_OF_SEQUENCE before the last token was taken; or another status, which kills the
 * context.
 */
s32 credssp_export_ktls(struct credssp_context *context, struct socket *sock);

/**
 * credssp_cancel() - end another thread's call on a context
 * @context: handle; the caller makes sure that it is not deleted meanwhile
 *
 * The call under way fails soon, and the context dies.
 *
 * Context: any in which a spinlock may be taken.
 */
void credssp_cancel(struct credssp_context *context);

/**
 * credssp_status_name() - the name of a status
 * @status: SECURITY_STATUS
 *
 * Context: any.
 * Return: its macro's name, such as "SEC_E_LOGON_DENIED", or "unknown".
 */
const char *credssp_status_name(s32 status);

/**
 * credssp_reason_name() - the name of a reason
 * @reason: enum credssp_reason
 *
 * Context: any.
 * Return: as credsspctl prints it, such as "closed-after-auth", or "unknown".
 */
const char *credssp_reason_name(u32 reason);

/**
 * credssp_leg_name() - the name of a leg
 * @leg: enum credssp_leg
 *
 * Context: any.
 * Return: as credsspctl prints it, such as "pubkey", or "unknown".
 */
const char *credssp_leg_name(u32 leg);

#endif /* _LINUX_CREDSSP_H */
