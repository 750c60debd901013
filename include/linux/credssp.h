/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * In-kernel CredSSP security contexts: the contract of SSPI's
 * InitializeSecurityContext (CredSSP) for kernel callers.
 *
 * Rules that hold for every function here unless its comment says otherwise:
 *
 * - Context: process context, may sleep (up to the handshake timeout).  Every
 *   wait ends early when the task is killed or credssp_cancel() is called, so
 *   kernel threads, which get no signals, can be stopped.
 * - Statuses are SECURITY_STATUS values (SEC_E_OK, SEC_I_*, SEC_E_*).
 * - Target names, and every buffer of a descriptor, must be in virtual memory
 *   (vmalloc()), as the contract demands of kernel-mode callers; anything else
 *   is SEC_E_INVALID_PARAMETER.  Buffers that the module allocates are
 *   vmalloc()'d too and freed with credssp_free_context_buffer().
 * - Handles are reference counted.  A context keeps its credential alive.
 * - A module that uses these symbols holds a reference on credssp by that.
 */
#ifndef _LINUX_CREDSSP_H
#define _LINUX_CREDSSP_H

#include <linux/types.h>
#include <uapi/linux/credssp.h>

struct cred;
struct credssp_context;
struct credssp_cred;
struct key;
struct net;
struct socket;

/**
 * struct credssp_buffer - SecBuffer
 * @type: SECBUFFER_*, with SECBUFFER_READONLY in the attribute bits
 * @length: bytes at @data; after SEC_E_BUFFER_TOO_SMALL the bytes needed; for
 *	SECBUFFER_MISSING and SECBUFFER_EXTRA the count, @data being unused
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
 * @cred: on whose behalf, and who is charged; a reference is taken.  NULL: the
 *	current task's, which a kernel thread must not use
 * @net: namespace whose helper serves the handshakes; a reference is taken.
 *	NULL: init_net
 * @key: a `logon` key described "credssp:<SPN>" or "credssp:<DOMAIN>" (see
 *	Documentation/kernel-api.rst for its payload), or NULL; a reference is
 *	taken.  The strings below must then be NULL.  With neither, the key
 *	"credssp:<SPN>" is looked for in @cred's keyrings when an exchange begins,
 *	unless that is on a kernel thread or the call brings an identity of its
 *	own (ISC_REQ_USE_SUPPLIED_CREDS)
 * @user: UTF-16LE without NUL, @user_length bytes; copied
 * @user_length: bytes, at most CREDSSP_MAX_NAME
 * @domain: likewise
 * @domain_length: likewise
 * @password: likewise; the caller wipes its own copy
 * @password_length: bytes, at most CREDSSP_MAX_PASSWORD
 * @cert: name of the client certificate that the helper has for the user of
 *	@cred, NUL-terminated ASCII; NULL for none; copied
 * @pins: SHA-256 fingerprints of certificates by which a server is proven
 *	whatever else is said of them, CREDSSP_PIN_SIZE bytes each; copied
 * @pin_count: number of @pins, at most CREDSSP_MAX_PINS
 * @package: CREDSSP_PACKAGE_*: CREDSSP, or an inner package on its own, for which
 *	@mechs, @min_version and @max_version are zero
 */
struct credssp_acquire {
	u32 use;
	u32 mechs;
	u32 min_version;
	u32 max_version;
	const struct cred *cred;
	struct net *net;
	struct key *key;
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
};

/**
 * credssp_acquire_credentials_handle() - AcquireCredentialsHandle (CredSSP)
 * @args: whose credentials, for what
 * @cred: out: credential handle, freed with credssp_free_credentials_handle()
 * @expiry: out, may be NULL: FILETIME in local time (sys_tz), S64_MAX for never
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_NO_CREDENTIALS (a
 * password without a user, or no usable key); SEC_E_UNSUPPORTED_FUNCTION (@use, versions that the
 * policy rules out); SEC_E_INSUFFICIENT_MEMORY.
 */
s32 credssp_acquire_credentials_handle(const struct credssp_acquire *args,
				       struct credssp_cred **cred, s64 *expiry);

/**
 * credssp_free_credentials_handle() - FreeCredentialsHandle
 * @cred: handle, not to be used afterwards; contexts made from it live on
 *
 * Return: SEC_E_OK, or SEC_E_INVALID_HANDLE for NULL.
 */
s32 credssp_free_credentials_handle(struct credssp_cred *cred);

/**
 * credssp_initialize_security_context() - InitializeSecurityContext (CredSSP)
 * @cred: credential handle; on later calls the same one or NULL, or another one
 *	after SEC_I_INCOMPLETE_CREDENTIALS
 * @context: NULL on the first call, then what @new_context received
 * @target_name: SPN such as "TERMSRV/host" in UTF-16LE, NUL-terminated, in
 *	virtual memory; may be NULL.  The host is ASCII (A-labels), an IPv4 address of
 *	four decimal numbers or an IPv6 address as in RFC 5952, else the call gives
 *	SEC_E_TARGET_UNKNOWN
 * @context_req: ISC_REQ_*
 * @reserved1: zero
 * @target_data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @input: NULL on the first call; then a SECBUFFER_TOKEN with what came from
 *	the server and a SECBUFFER_EMPTY, which comes back as SECBUFFER_EXTRA
 *	(the last @length bytes of the token were not used) or, with
 *	SEC_E_INCOMPLETE_MESSAGE, SECBUFFER_MISSING (bytes to be read).  A first
 *	call may have the two with a server's TLS HelloRequest.  With
 *	ISC_REQ_USE_SUPPLIED_CREDS the call that begins an exchange has a
 *	SECBUFFER_PKG_PARAMS, last, of credssp_pack_identity()
 * @reserved2: zero
 * @new_context: out on the first call; NULL or the same handle later
 * @output: one SECBUFFER_TOKEN: with ISC_REQ_ALLOCATE_MEMORY its @data is
 *	allocated, else the token is copied there.  SEC_E_BUFFER_TOO_SMALL loses
 *	nothing: pass a larger buffer and an empty token.  A SECBUFFER_ALERT
 *	beside it receives in its place what a failure has to tell the server
 * @context_attr: out: ISC_RET_*; security-related ones only with SEC_E_OK
 * @expiry: out, may be NULL: FILETIME in local time
 *
 * Parameters are in the order of the contract.  On a context from
 * credssp_attach_socket() no tokens are passed either way: one call carries
 * the exchange through on the socket.
 *
 * SEC_I_INCOMPLETE_CREDENTIALS: the server asks for a client certificate, and
 * the credential has none that it takes; SECPKG_ATTR_ISSUER_LIST_EX tells what
 * it takes.  Nothing is lost, no token is made.  The next call, with an empty
 * token or the same one again, goes on in the same handshake: with another
 * credential handle, which then is the context's and whose certificate is tried;
 * with the same one, or NULL, without a certificate.
 *
 * Return: SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_I_INCOMPLETE_CREDENTIALS,
 * SEC_E_INCOMPLETE_MESSAGE or an error.  After an error on a later call the context is dead: only
 * credssp_query_context_attributes() with SECPKG_ATTR_CREDSSP_REPORT and
 * credssp_delete_security_context(), which is still owed, take it.
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
 * credssp_pack_identity() - what a SECBUFFER_PKG_PARAMS buffer holds
 * @args: its strings; the other members are not looked at
 * @buffer: any kernel memory; for the call itself it must be virtual memory
 * @length: in: room at @buffer in bytes; out: bytes written or needed
 *
 * The buffer holds the password then: memzero_explicit() it when the exchange has
 * begun.
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_PARAMETER for strings
 * that are too long.
 */
s32 credssp_pack_identity(const struct credssp_acquire *args, void *buffer, u32 *length);

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
 * @context: handle, not to be used afterwards
 *
 * Cancels what another thread may be doing with it.
 * Return: SEC_E_OK, or SEC_E_INVALID_HANDLE for NULL.
 */
s32 credssp_delete_security_context(struct credssp_context *context);

/**
 * credssp_free_context_buffer() - FreeContextBuffer
 * @buffer: a buffer that ISC_REQ_ALLOCATE_MEMORY gave; NULL is fine
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER for memory that no call of this API gave.
 */
s32 credssp_free_context_buffer(void *buffer);

/**
 * credssp_query_context_attributes() - QueryContextAttributes (CredSSP)
 * @context: context
 * @attribute: SECPKG_ATTR_*
 * @buffer: receives the attribute's structure (include/uapi/linux/credssp.h)
 * @length: in: room at @buffer in bytes; out: bytes written or needed
 *
 * In-kernel callers may have session keys; times are local (sys_tz).  @buffer
 * need not be in virtual memory: it is no buffer of a descriptor.
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_UNSUPPORTED_FUNCTION for an
 * attribute that does not apply; SEC_E_INVALID_HANDLE in a state that has it
 * not.
 */
s32 credssp_query_context_attributes(struct credssp_context *context,
				     u32 attribute, void *buffer, u32 *length);

/**
 * credssp_enumerate_security_packages() - EnumerateSecurityPackages
 * @count: out: number of packages
 * @info: out: array of them, with their strings behind it; to be freed with
 *	credssp_free_context_buffer()
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_INSUFFICIENT_MEMORY.
 */
s32 credssp_enumerate_security_packages(u32 *count, struct credssp_package_info **info);

/**
 * credssp_query_security_package_info() - QuerySecurityPackageInfo
 * @name: "CREDSSP", "Negotiate" or "NTLM"; case does not matter
 * @info: out: one structure with its strings, freed likewise
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
 *	SECBUFFER_EMPTY; header and trailer with the room that
 *	SECPKG_ATTR_STREAM_SIZES tells, or SEC_E_BUFFER_TOO_SMALL does
 * @sequence: zero
 *
 * In a context of an inner package @message is one SECBUFFER_TOKEN, with the room
 * that SECPKG_ATTR_SIZES tells, and one SECBUFFER_DATA (at most CREDSSP_MAX_SIGNED
 * bytes, encrypted in place).
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_BUFFER_TOO_SMALL;
 * SEC_E_UNSUPPORTED_FUNCTION (socket transport, exported, ISC_REQ_CONNECTION);
 * SEC_E_INVALID_HANDLE when not established or dead.
 */
s32 credssp_encrypt_message(struct credssp_context *context, u32 qop,
			    struct credssp_buffer_desc *message, u32 sequence);

/**
 * credssp_decrypt_message() - DecryptMessage on the token transport
 * @context: established context
 * @message: SECBUFFER_DATA with TLS records and three SECBUFFER_EMPTY; comes
 *	back as STREAM_HEADER, DATA (plaintext, in place), STREAM_TRAILER and
 *	EXTRA (records that were not used) or EMPTY
 * @sequence: zero
 * @qop: out, may be NULL: zero
 *
 * In a context of an inner package @message is SECBUFFER_TOKEN and SECBUFFER_DATA
 * as the peer made them; the data is decrypted in place.
 *
 * Return: SEC_E_OK; SEC_E_INCOMPLETE_MESSAGE (a buffer turns
 * SECBUFFER_MISSING); SEC_I_CONTEXT_EXPIRED when the peer closed;
 * SEC_E_MESSAGE_ALTERED; as credssp_encrypt_message().
 */
s32 credssp_decrypt_message(struct credssp_context *context,
			    struct credssp_buffer_desc *message, u32 sequence,
			    u32 *qop);

/**
 * credssp_make_signature() - MakeSignature, in contexts of the inner packages
 * @context: established context
 * @qop: zero
 * @message: one SECBUFFER_DATA, which is not changed, and one SECBUFFER_TOKEN with
 *	the room that SECPKG_ATTR_SIZES tells
 * @sequence: zero: the context counts its messages itself
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_PARAMETER;
 * SEC_E_UNSUPPORTED_FUNCTION in a context of CREDSSP; SEC_E_INVALID_HANDLE when
 * not established or dead.
 */
s32 credssp_make_signature(struct credssp_context *context, u32 qop,
			   struct credssp_buffer_desc *message, u32 sequence);

/**
 * credssp_verify_signature() - VerifySignature, likewise
 * @context: established context
 * @message: one SECBUFFER_DATA and the SECBUFFER_TOKEN that came with it
 * @sequence: zero
 * @qop: out, may be NULL: zero
 *
 * Return: SEC_E_OK; SEC_E_MESSAGE_ALTERED, by which the context is dead; as
 * credssp_make_signature().
 */
s32 credssp_verify_signature(struct credssp_context *context,
			     struct credssp_buffer_desc *message, u32 sequence, u32 *qop);

/**
 * credssp_attach_socket() - make a context on a connected TCP socket
 * @cred: credential handle
 * @sock: connected TCP socket of the credential's namespace, without a ULP.
 *	The caller keeps a socket without a file alive until the call that
 *	establishes the context, or fails, has returned; deleting the context
 *	ends that call soon but does not wait for it
 * @context: out: to be passed to credssp_initialize_security_context(); its
 *	first call takes the target name and flags
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER for a socket that will not do.
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
 * @report: out, may be NULL: what is known of the exchange, good or bad
 *
 * A server that asks for a client certificate and takes none of the credential's
 * gets none.
 *
 * The call shows no context, so credssp_cancel() cannot end it: bound it with
 * @timeout_ms, or shut @sock down.
 *
 * With SEC_E_OK @sock is a kTLS stream and the caller's alone again; plaintext
 * goes through kernel_sendmsg() and credssp_recv().  After a failure past the
 * first byte it is shut down both ways.
 *
 * Return: a SECURITY_STATUS.
 */
s32 credssp_authenticate_socket(struct credssp_cred *cred, struct socket *sock,
				const __le16 *target_name, u32 context_req,
				u32 flags, u32 timeout_ms, u32 *context_attr,
				struct credssp_report *report);

/**
 * credssp_recv() - receive plaintext from an authenticated kTLS socket
 * @sock: socket
 * @buffer: where to (any kernel memory)
 * @length: room in bytes
 * @timeout_ms: longest wait
 *
 * Takes care of the records that are not data: TLS 1.3 tickets are skipped, an
 * alert ends the stream.  A plain kernel_recvmsg() without a control buffer
 * answers -EIO on those.  When the time is over within such a record's message its
 * rest is waited for, up to ten seconds more: the next call could not know of it.
 *
 * Return: bytes received; 0 when the peer closed; -ETIMEDOUT; -EPIPE after a
 * fatal alert or a reset; -ENETDOWN when the network failed; -EBADMSG for a record
 * that may not come; -EKEYREJECTED for a forged one; -EINTR when killed; -ENOMEM.
 */
ssize_t credssp_recv(struct socket *sock, void *buffer, size_t length,
		     u32 timeout_ms);

/**
 * credssp_export_ktls() - put an established token context on a TCP socket
 * @context: established context of the token transport
 * @sock: connected TCP socket on which the peer's records will arrive
 *
 * Happens once and surrenders the keys: the context answers
 * SEC_E_UNSUPPORTED_FUNCTION to Encrypt, Decrypt and reauthentication then.
 *
 * Return: a SECURITY_STATUS.
 */
s32 credssp_export_ktls(struct credssp_context *context, struct socket *sock);

/**
 * credssp_cancel() - end what another thread is doing with a context
 * @context: the caller holds it
 *
 * The call under way fails soon; the context is dead.
 * Context: any that may take a spinlock.
 */
void credssp_cancel(struct credssp_context *context);

#endif /* _LINUX_CREDSSP_H */
