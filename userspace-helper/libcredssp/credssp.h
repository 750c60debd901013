/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libcredssp: CredSSP security contexts of the kernel module credssp, with the
 * contract of SSPI.  Constants, limits and the report structure come from
 * <linux/credssp.h>.
 *
 * Rules that hold for every function here unless its comment says otherwise:
 *
 * - SECURITY_STATUS values are int32_t: SEC_E_OK (0), SEC_I_* (positive) and
 *   SEC_E_* (negative).  If the system call itself fails, the result is the
 *   nearest status, and errno tells more.  Otherwise errno has no meaning.
 * - Handles of credentials and contexts are 64-bit numbers that belong to the
 *   struct credssp they were made with; 0 is never a handle and means NULL.
 * - A struct credssp may be used by any number of threads at the same time.
 *   The kernel carries out the calls on one context one after the other, in no
 *   particular order: order them in the program.  credssp_cancel() and
 *   credssp_delete_security_context() end the call of another thread.
 * - Strings that functions return as const char * are constant, never freed
 *   and never NULL unless the comment says so.
 * - Passwords go from the caller's buffer straight to the kernel.  The library
 *   makes no copy; the caller wipes its own.
 * - After fork() the child shares the open file, and with it the handles.
 */
#ifndef CREDSSP_H
#define CREDSSP_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>
#include <time.h>

#include <linux/credssp.h>

#ifdef __cplusplus
extern "C" {
#endif

/* C before C11 has it in POSIX only. */
struct timespec;

/* An open /dev/credssp; opaque */
struct credssp;

/**
 * struct credssp_buffer - SecBuffer
 * @type: SECBUFFER_*, perhaps with SECBUFFER_READONLY in the attribute bits; a call
 *	refuses a read-only buffer that it would write to
 * @length: bytes at @data, or room there; after SEC_E_BUFFER_TOO_SMALL the
 *	bytes needed; for SECBUFFER_MISSING the count, @data being unused
 * @data: memory, or NULL
 */
struct credssp_buffer {
	uint32_t type;
	uint32_t length;
	void *data;
};

/**
 * struct credssp_buffer_desc - SecBufferDesc
 * @version: SECBUFFER_VERSION
 * @count: number of @buffers, at most CREDSSP_MAX_BUFFERS
 * @buffers: array
 */
struct credssp_buffer_desc {
	uint32_t version;
	uint32_t count;
	struct credssp_buffer *buffers;
};

/**
 * struct credssp_timestamp - when something expires
 * @local: TimeStamp of SSPI: 100 ns units since 1601 in local time
 * @utc: the same instant in UTC, without the ambiguities of local time
 *
 * INT64_MAX means never, 0 means not known; both members say so then.
 */
struct credssp_timestamp {
	int64_t local;
	int64_t utc;
};

/**
 * struct credssp_acquire - arguments of credssp_acquire_credentials_handle()
 * @use: SECPKG_CRED_OUTBOUND
 * @encoding: CREDSSP_IDENTITY_UTF8 or CREDSSP_IDENTITY_UTF16 (native order), of
 *	the three strings
 * @mechs: CREDSSP_MECH_*, or 0 for CREDSSP_MECH_NEGOTIATE
 * @min_version: lowest CredSSP version accepted, 0 for the policy's
 * @max_version: highest CredSSP version spoken, 0 for CREDSSP_MAX_VERSION
 * @key: serial number of a `logon` key described "credssp:<SPN>" or
 *	"credssp:<DOMAIN>", or 0; the strings below must then be absent
 * @user, @domain, @password: without NUL, with the lengths below; no domain for a local
 *	account or a user@realm name; no password with a cache or keytab; a PIN with CERT
 * @user_length, @domain_length: bytes, at most CREDSSP_MAX_NAME
 * @password_length: bytes, at most CREDSSP_MAX_PASSWORD
 * @cert_length: bytes, at most CREDSSP_MAX_CERT_NAME
 * @cert: name of a client certificate that credsspd(8) has for the user, without
 *	NUL, in case that the server asks for one
 * @pin_count: number of @pins, at most CREDSSP_MAX_PINS
 * @pins: SHA-256 fingerprints of certificates by which a server is proven
 *	whatever their trust is, CREDSSP_PIN_SIZE bytes each
 * @package: CREDSSP_PACKAGE_*: CREDSSP, or an inner package on its own, for which
 *	@mechs, @min_version and @max_version are zero
 * @ticket_source: enum credssp_ticket_source, where Kerberos' tickets come from
 * @flags: CREDSSP_ACQUIRE_*
 * @tickets, @tickets_length: name of the credential cache or keytab in UTF-8, at most
 *	CREDSSP_MAX_NAME bytes; absent for the user's default one; or of the certificate
 * @realm, @realm_length: Kerberos realm of @user in UTF-8, likewise; absent: @domain
 *
 * With neither a key nor strings the credential has no identity of its own.  When an
 * exchange begins, the call may supply one; else the module looks for the key
 * "credssp:<SPN>" in the keyrings of the task that acquired the credential, and then
 * uses the tickets of the user's default credential cache.
 *
 * Members that are not used must be zero.
 */
struct credssp_acquire {
	uint32_t use;
	uint32_t encoding;
	uint32_t mechs;
	uint32_t min_version;
	uint32_t max_version;
	int32_t key;
	const void *user;
	const void *domain;
	const void *password;
	uint32_t user_length;
	uint32_t domain_length;
	uint32_t password_length;
	uint32_t cert_length;
	const void *cert;
	uint32_t pin_count;
	const void *pins;
	uint32_t package;
	uint32_t ticket_source;
	uint32_t flags;
	uint32_t tickets_length;
	uint32_t realm_length;
	const void *tickets;
	const void *realm;
};

/**
 * struct credssp_result - results of credssp_authenticate_socket()
 * @context_attr: ISC_RET_*; meaningful with SEC_E_OK only
 * @cert, @cert_length: the server's certificate in DER, or NULL; to be freed with
 *	credssp_free_context_buffer()
 * @user: who logged on, in UTF-8: DOMAIN\\user, the user alone, or the principal; or empty
 * @expiry: when the context expires
 * @report, @trace: facts, and text about KDCs and tickets, after success and failure
 */
struct credssp_result {
	uint32_t context_attr;
	uint32_t cert_length;
	void *cert;
	char user[2 * CREDSSP_MAX_NAME + sizeof("@")];
	struct credssp_timestamp expiry;
	struct credssp_report report;
	char trace[CREDSSP_HLP_MAX_TRACE + 1];
};

/**
 * credssp_open() - open /dev/credssp
 *
 * Needs no privilege.  The file is pinned to the caller's network namespace.
 * Return: the library's handle, to be closed with credssp_close(); NULL with errno
 * (ENOENT: the module is not loaded).
 */
struct credssp *credssp_open(void);

/**
 * credssp_close() - close it; all its contexts and credentials end
 * @lib: may be NULL.  No other thread may be using it.
 */
void credssp_close(struct credssp *lib);

/**
 * credssp_info() - facts about the module
 * @lib: open library
 * @info: out; the library sets @size
 *
 * Return: 0, or -1 with errno.
 */
int credssp_info(struct credssp *lib, struct credssp_ioc_info *info);

/**
 * credssp_policy_get() - the delegation policy of a network namespace
 * @lib: open library
 * @policy: in: @flags (CREDSSP_POLICY_INITIAL or 0), @patterns and the room there
 *	in @length; out: the other members.  The library sets @size
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL with the room needed in @length.
 */
int32_t credssp_policy_get(struct credssp *lib, struct credssp_ioc_policy *policy);

/**
 * credssp_policy_set() - set it for the namespace that @lib was opened in
 * @lib: open library
 * @policy: the policy; @origin must be zero
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER for a policy with any part that the kernel
 * does not know.  Without the privilege an error, and errno is EPERM.
 */
int32_t credssp_policy_set(struct credssp *lib, const struct credssp_ioc_policy *policy);

/**
 * credssp_policy_check() - may credentials be delegated to a target?
 * @lib: open library
 * @check: the question; out: @min_version
 *
 * Return: SEC_E_OK; SEC_E_DELEGATION_POLICY; SEC_E_POLICY_NLTM_ONLY (only if the
 * server is proven); SEC_E_TARGET_UNKNOWN.
 */
int32_t credssp_policy_check(struct credssp *lib, struct credssp_ioc_policy_check *check);

/**
 * credssp_acquire_credentials_handle() - AcquireCredentialsHandle (CredSSP)
 * @lib: open library
 * @args: the credentials and their use; wipe the password after the call
 * @cred: out: handle for credssp_free_credentials_handle()
 * @expiry: out, may be NULL
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER; SEC_E_NO_CREDENTIALS (a password
 * without a user, or no usable key); SEC_E_UNSUPPORTED_FUNCTION (@use, versions that the
 * policy rules out); SEC_E_INSUFFICIENT_MEMORY.
 */
int32_t credssp_acquire_credentials_handle(struct credssp *lib,
					   const struct credssp_acquire *args,
					   uint64_t *cred,
					   struct credssp_timestamp *expiry);

/**
 * credssp_free_credentials_handle() - FreeCredentialsHandle
 * @lib: open library
 * @cred: handle, not to be used afterwards; contexts made from it live on
 *
 * Return: SEC_E_OK or SEC_E_INVALID_HANDLE.
 */
int32_t credssp_free_credentials_handle(struct credssp *lib, uint64_t cred);

/**
 * credssp_initialize_security_context() - InitializeSecurityContext (CredSSP)
 * @lib: open library
 * @cred: credential handle; on later calls the same one or NULL, or another one
 *	after SEC_I_INCOMPLETE_CREDENTIALS
 * @context: NULL on the first call, then what @new_context received
 * @target_name: SPN such as "TERMSRV/host" in UTF-8, NUL-terminated; may be NULL;
 *	converted by credssp_target_to_ascii()
 * @context_req: ISC_REQ_*
 * @reserved1: zero
 * @target_data_rep: SECURITY_NATIVE_DREP or SECURITY_NETWORK_DREP
 * @input: NULL on the first call; then a SECBUFFER_TOKEN with what came from
 *	the server and a SECBUFFER_EMPTY.  The latter comes back as
 *	SECBUFFER_EXTRA (the last @length bytes of the token were not used; @data
 *	points at them) or, with SEC_E_INCOMPLETE_MESSAGE, as SECBUFFER_MISSING
 *	(@length more bytes are to be read; nothing was used).  A first call may
 *	have the two with a server's TLS HelloRequest.  With
 *	ISC_REQ_USE_SUPPLIED_CREDS the call that begins an exchange has a
 *	SECBUFFER_PKG_PARAMS, last, of credssp_pack_identity().  For what it may have
 *	with the inner packages see <credssp_inner.h>
 * @reserved2: zero
 * @new_context: out on the first call; NULL or the same handle later
 * @output: one SECBUFFER_TOKEN: with ISC_REQ_ALLOCATE_MEMORY its @data is
 *	allocated here (NULL for an empty token) and freed by the caller with
 *	credssp_free_context_buffer(), whatever the status; else the token is
 *	copied to @data.  SEC_E_BUFFER_TOO_SMALL loses nothing: pass a larger
 *	buffer and an empty token.  A SECBUFFER_ALERT beside it, allocated
 *	likewise, receives the alert of a failure in its place
 * @context_attr: out: ISC_RET_*; security-related ones only with SEC_E_OK
 * @expiry: out, may be NULL
 *
 * Parameters are in the order of the contract.  A token of nonzero length is to
 * be sent to the server whatever the status: with ISC_REQ_EXTENDED_ERROR an
 * error has one, too.  On a context of credssp_attach() no tokens are passed
 * either way (@input and @output are NULL): one call carries the exchange
 * through on the socket.
 *
 * SEC_I_INCOMPLETE_CREDENTIALS: the server asks for a client certificate, and the
 * credential has none that the server accepts; SECPKG_ATTR_ISSUER_LIST_EX has the
 * accepted issuers.  Nothing is lost, no token is made.  The next call, with
 * an empty token or the same one again, goes on in the same handshake.  If it has
 * another credential handle, the certificate of that one is tried; if it has the same
 * handle, the exchange goes on without a certificate.
 *
 * Return: SEC_E_OK, SEC_I_CONTINUE_NEEDED, SEC_I_INCOMPLETE_CREDENTIALS,
 * SEC_E_INCOMPLETE_MESSAGE or an error.  A first call that fails makes no
 * context.  After an error on a later call the context is dead: only
 * credssp_query_report() accepts it, and credssp_delete_security_context(), which
 * must still be called.
 */
int32_t credssp_initialize_security_context(struct credssp *lib,
					    const uint64_t *cred,
					    const uint64_t *context,
					    const char *target_name,
					    uint32_t context_req,
					    uint32_t reserved1,
					    uint32_t target_data_rep,
					    struct credssp_buffer_desc *input,
					    uint32_t reserved2,
					    uint64_t *new_context,
					    struct credssp_buffer_desc *output,
					    uint32_t *context_attr,
					    struct credssp_timestamp *expiry);

/**
 * credssp_initialize_security_context_w() - the same with a UTF-16 target name
 *
 * As credssp_initialize_security_context(), with @target_name in native byte order,
 * NUL-terminated.
 *
 * Return: as credssp_initialize_security_context(); SEC_E_TARGET_UNKNOWN for a name that is
 * not valid UTF-16.
 */
int32_t credssp_initialize_security_context_w(struct credssp *lib,
					      const uint64_t *cred,
					      const uint64_t *context,
					      const uint16_t *target_name,
					      uint32_t context_req,
					      uint32_t reserved1,
					      uint32_t target_data_rep,
					      struct credssp_buffer_desc *input,
					      uint32_t reserved2,
					      uint64_t *new_context,
					      struct credssp_buffer_desc *output,
					      uint32_t *context_attr,
					      struct credssp_timestamp *expiry);

/**
 * credssp_pack_identity() - fill a SECBUFFER_PKG_PARAMS buffer
 * @args: its encoding and strings are used, the other members are ignored
 * @buffer: receives struct credssp_identity and the strings
 * @length: in: room at @buffer in bytes; out: bytes written or needed
 *
 * For ISC_REQ_USE_SUPPLIED_CREDS.  The caller wipes @buffer, which has the
 * password, when the exchange has begun.
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_INVALID_PARAMETER for strings
 * that are too long.
 */
int32_t credssp_pack_identity(const struct credssp_acquire *args, void *buffer,
			      uint32_t *length);

/**
 * credssp_complete_auth_token() - CompleteAuthToken
 * @lib: open library
 * @context: handle
 * @token: ignored
 *
 * Return: SEC_E_UNSUPPORTED_FUNCTION: no status of this package asks for it;
 * SEC_E_INVALID_HANDLE.
 */
int32_t credssp_complete_auth_token(struct credssp *lib, uint64_t context,
				    struct credssp_buffer_desc *token);

/**
 * credssp_delete_security_context() - DeleteSecurityContext
 * @lib: open library
 * @context: handle, not to be used afterwards
 *
 * Return: SEC_E_OK or SEC_E_INVALID_HANDLE.
 */
int32_t credssp_delete_security_context(struct credssp *lib, uint64_t context);

/**
 * credssp_free_context_buffer() - FreeContextBuffer
 * @buffer: what the library allocated for the caller; NULL is fine
 *
 * Return: SEC_E_OK.
 */
int32_t credssp_free_context_buffer(void *buffer);

/**
 * credssp_query_context_attributes() - QueryContextAttributes (CredSSP)
 * @lib: open library
 * @context: handle
 * @attribute: SECPKG_ATTR_*
 * @buffer: receives the attribute's structure (<linux/credssp.h>)
 * @length: in: room at @buffer in bytes; out: bytes written or needed
 *
 * Return: SEC_E_OK; SEC_E_BUFFER_TOO_SMALL; SEC_E_UNSUPPORTED_FUNCTION for an
 * attribute that does not apply; SEC_E_INVALID_HANDLE.
 */
int32_t credssp_query_context_attributes(struct credssp *lib, uint64_t context,
					 uint32_t attribute, void *buffer,
					 uint32_t *length);

/**
 * credssp_query_alloc() - QueryContextAttributes for attributes of variable length
 * @lib: open library
 * @context: handle
 * @attribute: SECPKG_ATTR_*
 * @buffer: out: the attribute's structure with what follows it, to be freed with
 *	credssp_free_context_buffer(), which wipes nothing
 * @length: out, may be NULL: bytes
 *
 * Return: SEC_E_OK (else @buffer is NULL), as credssp_query_context_attributes().
 */
int32_t credssp_query_alloc(struct credssp *lib, uint64_t context,
			    uint32_t attribute, void **buffer, uint32_t *length);

/**
 * credssp_query_lifespan() - SECPKG_ATTR_LIFESPAN
 * @lib: open library
 * @context: established context
 * @start: out, may be NULL: when it was established
 * @expiry: out, may be NULL: until when it is valid
 *
 * Return: as credssp_query_context_attributes().
 */
int32_t credssp_query_lifespan(struct credssp *lib, uint64_t context,
			       struct credssp_timestamp *start,
			       struct credssp_timestamp *expiry);

/**
 * credssp_enumerate_security_packages() - EnumerateSecurityPackages
 * @lib: open library
 * @count: out: number of packages
 * @info: out: array of them; names and comments are at their offsets from its
 *	start, each with a NUL; to be freed with credssp_free_context_buffer()
 *
 * Return: SEC_E_OK (else @info is NULL); SEC_E_INVALID_PARAMETER;
 * SEC_E_INSUFFICIENT_MEMORY.
 */
int32_t credssp_enumerate_security_packages(struct credssp *lib, uint32_t *count,
					    struct credssp_package_info **info);

/**
 * credssp_query_security_package_info() - QuerySecurityPackageInfo
 * @lib: open library
 * @name: "CREDSSP", "Negotiate", "NTLM" or "Kerberos"; case does not matter
 * @info: out: the package's structure; strings and freeing as with
 *	credssp_enumerate_security_packages()
 *
 * Return: SEC_E_OK (else @info is NULL); SEC_E_SECPKG_NOT_FOUND; SEC_E_INVALID_PARAMETER;
 * SEC_E_INSUFFICIENT_MEMORY.
 */
int32_t credssp_query_security_package_info(struct credssp *lib, const char *name,
					    struct credssp_package_info **info);

/**
 * credssp_last_reason() - why a first call failed
 *
 * A first call that fails makes no context whose report could be asked for.
 *
 * Return: enum credssp_reason of this thread's last credssp_initialize_security_context() or
 * credssp_initialize_security_context_w().  CREDSSP_REASON_NONE if that was a later call,
 * made a context, was refused before an exchange began, or met an older module.
 */
uint32_t credssp_last_reason(void);

/**
 * credssp_query_report() - SECPKG_ATTR_CREDSSP_REPORT: what is known of the exchange
 * @lib: open library
 * @context: handle, of a dead context too
 * @report: out
 *
 * Return: as credssp_query_context_attributes().
 */
int32_t credssp_query_report(struct credssp *lib, uint64_t context,
			     struct credssp_report *report);

/**
 * credssp_query_stream_sizes() - SECPKG_ATTR_STREAM_SIZES: room around a message
 * @lib: open library
 * @context: established context
 * @sizes: out: of header and trailer, and the longest message
 *
 * Return: as credssp_query_context_attributes().
 */
int32_t credssp_query_stream_sizes(struct credssp *lib, uint64_t context,
				   struct credssp_stream_sizes *sizes);

/**
 * credssp_query_remote_cert() - SECPKG_ATTR_REMOTE_CERT_CONTEXT
 * @lib: open library
 * @context: handle
 * @cert: out: DER, to be freed with credssp_free_context_buffer()
 * @length: out: bytes
 *
 * Return: SEC_E_OK (else @cert is NULL), as credssp_query_context_attributes().
 */
int32_t credssp_query_remote_cert(struct credssp *lib, uint64_t context,
				  void **cert, uint32_t *length);

/**
 * credssp_encrypt_message() - EncryptMessage on the token transport
 * @lib: open library
 * @context: established context
 * @qop: zero
 * @message: SECBUFFER_STREAM_HEADER, SECBUFFER_DATA (1 to CREDSSP_MAX_MESSAGE
 *	bytes, encrypted in place), SECBUFFER_STREAM_TRAILER, SECBUFFER_EMPTY, in
 *	any order; header and trailer with the room that
 *	credssp_query_stream_sizes() tells.  Their @length comes back as what was
 *	used; send the three to the peer, one after the other
 * @sequence: zero
 *
 * In a context of an inner package @message is one SECBUFFER_TOKEN, with the room
 * that SECPKG_ATTR_SIZES tells, and one SECBUFFER_DATA of at most
 * CREDSSP_MAX_SIGNED bytes, in any order.
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER (also for wrong buffers);
 * SEC_E_BUFFER_TOO_SMALL with the room needed in header and trailer;
 * SEC_E_UNSUPPORTED_FUNCTION (socket transport, exported, ISC_REQ_CONNECTION);
 * SEC_E_INVALID_HANDLE when not established or dead.
 */
int32_t credssp_encrypt_message(struct credssp *lib, uint64_t context,
				uint32_t qop,
				struct credssp_buffer_desc *message,
				uint32_t sequence);

/**
 * credssp_decrypt_message() - DecryptMessage on the token transport
 * @lib: open library
 * @context: established context
 * @message: SECBUFFER_DATA with TLS records, first, and three SECBUFFER_EMPTY.
 *	They come back as STREAM_HEADER, DATA (plaintext, in place, perhaps of no
 *	length: a ticket is no data), STREAM_TRAILER and EXTRA (what was not
 *	used) or EMPTY.  With SEC_E_INCOMPLETE_MESSAGE the DATA is as it was and
 *	the first EMPTY is MISSING: @length more bytes are needed
 * @sequence: zero
 * @qop: out, may be NULL: zero
 *
 * In a context of an inner package @message is SECBUFFER_TOKEN and SECBUFFER_DATA
 * as the peer made them; the data is decrypted in place.
 *
 * One record is opened at a time: go on with EXTRA.
 * Return: SEC_E_OK; SEC_E_INCOMPLETE_MESSAGE; SEC_I_CONTEXT_EXPIRED when the
 * peer closed (the buffers are as they were); SEC_E_MESSAGE_ALTERED; as
 * credssp_encrypt_message().
 */
int32_t credssp_decrypt_message(struct credssp *lib, uint64_t context,
				struct credssp_buffer_desc *message,
				uint32_t sequence, uint32_t *qop);

/**
 * credssp_authenticate_socket() - all legs on a connected TCP socket in one call
 * @lib: open library
 * @cred: credential handle
 * @fd: connected TCP socket of the caller's network namespace, on which TLS is
 *	the next thing to be spoken
 * @target_name: SPN in UTF-8; may be NULL
 * @context_req: ISC_REQ_*, without ALLOCATE_MEMORY and CONNECTION
 * @flags: CREDSSP_AUTH_*: EARLY_AUTH when PROTOCOL_HYBRID_EX was selected
 * @timeout_ms: bound on the whole exchange, 0 for the module's
 * @result: out, may be NULL
 *
 * With SEC_E_OK @fd is a kTLS stream: what is written is sealed and what is
 * read is plaintext; see credssp_recv().  After a failure past the first byte
 * the socket is shut down both ways.
 *
 * Return: a SECURITY_STATUS.
 */
int32_t credssp_authenticate_socket(struct credssp *lib, uint64_t cred, int fd,
				    const char *target_name,
				    uint32_t context_req, uint32_t flags,
				    uint32_t timeout_ms,
				    struct credssp_result *result);

/**
 * credssp_attach() - make a context on a connected TCP socket
 * @lib: open library
 * @cred: credential handle
 * @fd: as in credssp_authenticate_socket(); it may be closed at any time
 * @context: out: for credssp_initialize_security_context(), whose first call on
 *	it takes the target name and flags; it must be deleted
 *
 * Return: SEC_E_OK; SEC_E_INVALID_PARAMETER for an unsuitable socket.
 */
int32_t credssp_attach(struct credssp *lib, uint64_t cred, int fd,
		       uint64_t *context);

/**
 * credssp_export_ktls() - put an established token context on a TCP socket
 * @lib: open library
 * @context: established context of the token transport
 * @fd: connected TCP socket on which the peer's records will arrive
 *
 * The keys move to the socket, so that this works once: from then on Encrypt, Decrypt
 * and reauthentication return SEC_E_UNSUPPORTED_FUNCTION.
 *
 * Return: a SECURITY_STATUS.
 */
int32_t credssp_export_ktls(struct credssp *lib, uint64_t context, int fd);

/**
 * credssp_cancel() - end another thread's call on a context
 * @lib: open library
 * @context: handle; the call under way fails soon and the context is dead
 *
 * Return: SEC_E_OK or SEC_E_INVALID_HANDLE.
 */
int32_t credssp_cancel(struct credssp *lib, uint64_t context);

/**
 * credssp_recv() - receive plaintext from an authenticated kTLS socket
 * @fd: socket
 * @buffer: up to @length bytes of it may be overwritten, whatever is returned
 * @length: room in bytes, not 0
 * @flags: MSG_DONTWAIT, MSG_WAITALL or 0
 *
 * On a kTLS socket not every record is data: session tickets come after a
 * TLS 1.3 handshake, alerts when the peer closes.  A plain read() or recv()
 * fails with EIO on such a record, again and again; this function skips tickets
 * and translates alerts.  Poll the descriptor as usual.  It may become readable
 * for a ticket alone, so that a blocking call may still wait.
 *
 * Return: bytes received; 0 when the peer ended the stream with close_notify;
 * -1 with errno: ECONNRESET for an end without it (data may be missing),
 * EPROTO for a fatal alert or a record that may not come (KeyUpdate,
 * renegotiation), EBADMSG for a forged record, ENOPROTOOPT if the socket is no
 * kTLS stream, EINVAL, and those of recvmsg(2).
 */
ssize_t credssp_recv(int fd, void *buffer, size_t length, int flags);

/**
 * credssp_send() - send plaintext on an authenticated kTLS socket
 * @fd: socket
 * @buffer: data
 * @length: bytes
 * @flags: as for send(2); MSG_NOSIGNAL is added
 *
 * The same as send(2), but without SIGPIPE; write(2) works as well.
 *
 * Return: bytes taken, or -1 with errno.
 */
ssize_t credssp_send(int fd, const void *buffer, size_t length, int flags);

/**
 * credssp_send_close_notify() - send close_notify on a kTLS socket
 * @fd: socket, still to be closed
 *
 * It tells the peer that the data is complete and the connection was not cut.
 * Return: 0, or -1 with errno.
 */
int credssp_send_close_notify(int fd);

/**
 * credssp_timestamp_utc() - convert a timestamp to struct timespec
 * @stamp: a timestamp of this library
 * @ts: out: since 1970
 *
 * Return: 0; -1 with errno ERANGE for never or not known.
 */
int credssp_timestamp_utc(const struct credssp_timestamp *stamp,
			  struct timespec *ts);

#ifdef __cplusplus
}
#endif

#include "credssp_inner.h"
#include "credssp_accept.h"
#include "credssp_text.h"

#endif /* CREDSSP_H */
