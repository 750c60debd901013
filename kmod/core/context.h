/* SPDX-License-Identifier: GPL-2.0-only */
/* A security context: handle, lock and lifetime. core/context_impl.h has its inside. */
#ifndef CSSP_CORE_CONTEXT_H
#define CSSP_CORE_CONTEXT_H

#include "../base/iter.h"
#include "../base/requester.h"
#include "../base/vbuf.h"
#include "../cred/cred.h"

struct credssp_context;
struct cssp_delegated;
struct cssp_delivery;
struct cssp_verdict;
struct socket;

enum cssp_context_state {
	CSSP_CONTEXT_NEW,		/* no exchange yet */
	CSSP_CONTEXT_RUNNING,
	CSSP_CONTEXT_ESTABLISHED,
	CSSP_CONTEXT_EXPORTED,		/* the keys were moved to the caller's socket */
	CSSP_CONTEXT_DEAD,		/* only Delete and the report are left */
	CSSP_CONTEXT_STATES,
};

/**
 * struct cssp_isc - one call of InitializeSecurityContext or AcceptSecurityContext
 * @cred: credential, may be NULL on later calls
 * @target: target name in UTF-8, may be empty
 * @context_req: ISC_REQ_* or ASC_REQ_*
 * @identity: identity that the call supplies, or NULL; the call that begins an
 *	exchange moves its strings out
 * @accept_flags, @peer: acceptor: CREDSSP_ACCEPT_*, and where the initiator is, unless the
 *	context is on its socket; only the first exchange of a context takes them
 * @bindings: MD5 of the channel bindings, CSSP_BINDINGS_SIZE bytes, or NULL; only on the
 *	call that begins an exchange
 * @input: the peer's token (later calls, or where the peer begins)
 * @room: bytes that the caller has for the output token; SIZE_MAX to allocate
 * @token: out: the output token; the caller frees it
 * @answer: out: @token of a failed call is not an alert but an acceptor's answer
 * @needed: out: length of the token in bytes, after -ENOSPC
 * @missing: out: bytes to be read, after -ENODATA
 * @extra: out: bytes at the end of @input that were not used
 * @attr: out: ISC_RET_* or ASC_RET_*
 * @expiry: out: FILETIME in UTC
 */
struct cssp_isc {
	struct credssp_cred *cred;
	struct cssp_rd target;
	u32 context_req;
	u32 accept_flags;
	struct credssp_address peer;
	struct cssp_identity *identity;
	const u8 *bindings;
	struct cssp_rd input;
	size_t room;
	struct cssp_vbuf token;
	bool answer;
	size_t needed;
	size_t missing;
	size_t extra;
	u32 attr;
	s64 expiry;
};

int cssp_context_init(void);
void cssp_context_exit(void);
/* The queue of deadlines. Its end waits for work that is under way. */
int cssp_context_expire_init(void);
void cssp_context_expire_exit(void);

/**
 * cssp_context_create() - make a context for tokens
 * @ctx: out: a context in state NEW, with one reference
 * @cred: credential; a reference is taken
 * @who: pinned requester; copied
 *
 * Return: 0; -ENOMEM; -EDQUOT when the user's quota is used up.
 */
int __must_check cssp_context_create(struct credssp_context **ctx,
				     struct credssp_cred *cred,
				     const struct cssp_requester *who);
/**
 * cssp_context_attach() - make a context on a connected TCP socket
 * @ctx: out: a context in state NEW, with one reference
 * @cred: credential; a reference is taken
 * @who: pinned requester; copied
 * @sock: see cssp_channel_create_socket()
 *
 * Return: 0; -EOPNOTSUPP for a package without TLS; -EINVAL for an unsuitable socket;
 * -ENOMEM; -EDQUOT when the user's quota is used up.
 */
int __must_check cssp_context_attach(struct credssp_context **ctx,
				     struct credssp_cred *cred,
				     const struct cssp_requester *who,
				     struct socket *sock);
/*
 * Let the caller ask for SECPKG_ATTR_SESSION_KEY. Call it before the first exchange:
 * otherwise the session key is wiped when the exchange ends.
 */
void cssp_context_keep_key(struct credssp_context *ctx);
struct credssp_context *cssp_context_get(struct credssp_context *ctx);
/* NULL is fine. */
void cssp_context_put(struct credssp_context *ctx);

/**
 * cssp_context_initialize() - one call of the exchange
 * @ctx: context
 * @isc: arguments and results
 *
 * Context: may sleep; killable.
 * Return: 0 when established; -EAGAIN to continue. -ENODATA (no record is whole),
 * -ENOSPC (the output does not fit) and CSSP_E_CERT_WANTED (the next call may bring
 * another credential) lose nothing. After any other errno the context is dead, and
 * @isc->token may hold an alert or an acceptor's answer.
 */
int __must_check cssp_context_initialize(struct credssp_context *ctx,
					 struct cssp_isc *isc);

/*
 * Options of an exchange in one call, which cannot ask for a client certificate:
 * deadline in milliseconds (0 for the default), and whether to wait for the result PDU.
 */
void cssp_context_set_options(struct credssp_context *ctx, u32 timeout_ms,
			      bool early_auth);

/*
 * The first call of an exchange comes later, on this context. Deadline of each exchange in
 * milliseconds, 0 for the module's
 */
void cssp_context_prepare(struct credssp_context *ctx, u32 timeout_ms);

/*
 * End the context with @err, because a later call broke the contract. @token receives
 * the alert for the peer, if any; NULL when the caller cannot send one.
 */
void cssp_context_kill(struct credssp_context *ctx, int err, struct cssp_vbuf *token);
/*
 * The same, unless the context is a kTLS stream: a stream survives a call with wrong
 * arguments. Returns @err, CSSP_E_UNSUPPORTED for a stream, or -EINTR.
 */
int __must_check cssp_context_refuse(struct credssp_context *ctx, int err,
				     struct cssp_vbuf *token);

/**
 * cssp_context_encrypt() - seal one message
 * @ctx: established context
 * @plain: the message
 * @wire: the sealed message: a record, or ciphertext behind its signature
 * @room: out: sizes of the sealed message, after success and after -ENOSPC; they differ
 *	between the exchanges of one context
 *
 * Context: may sleep; killable.
 * Return: 0; -ENOSPC and -EFAULT, which use up no sequence number; or another errno.
 */
int __must_check cssp_context_encrypt(struct credssp_context *ctx,
				      struct cssp_source *plain, struct cssp_sink *wire,
				      struct cssp_room *room);
/*
 * Inner packages: sign a message, with the results of cssp_context_encrypt(); and verify
 * the peer's signature. A wrong signature ends the context.
 */
int __must_check cssp_context_sign(struct credssp_context *ctx,
				   struct cssp_source *message,
				   struct cssp_sink *signature, struct cssp_room *room);
int __must_check cssp_context_verify(struct credssp_context *ctx,
				     const struct cssp_rd *message,
				     const struct cssp_rd *signature);
/**
 * cssp_context_decrypt() - unseal the next message
 * @ctx: established context
 * @wire: records, of which the first is consumed; or one message
 * @plain: the plaintext; nothing for a record that is not data
 * @o: out: see struct cssp_opened
 *
 * Context: may sleep; killable.
 * Return: 0; -ENODATA, -ENOSPC and -EFAULT with @o->intact, which lose nothing;
 * -ESHUTDOWN after close_notify of the peer. After any other errno the context is dead.
 */
int __must_check cssp_context_decrypt(struct credssp_context *ctx,
				      struct cssp_source *wire, struct cssp_sink *plain,
				      struct cssp_opened *o);
/**
 * cssp_context_export() - move the keys of an established context to a socket
 * @ctx: context of the token transport
 * @sock: connected TCP socket of the caller
 *
 * An unsuitable socket leaves the context intact; a partial key install kills it.
 *
 * Context: may sleep; killable.
 * Return: 0 or a negative errno.
 */
int __must_check cssp_context_export(struct credssp_context *ctx,
				     struct socket *sock);

/**
 * cssp_context_deliver() - put the password that was delegated into a keyring
 * @ctx: context of an acceptor
 * @delivery: which keyring, and in which form
 * @serial: out: the key
 *
 * Context: the task whose keyring it is; may sleep; killable.
 * Return: 0; -EBADF when @ctx is not an established acceptor; -ENOKEY when no password was
 * delegated; or as cssp_delivery_put().
 */
int __must_check cssp_context_deliver(struct credssp_context *ctx,
				      const struct cssp_delivery *delivery, s32 *serial);

/* Valid in every state. */
int __must_check cssp_context_report(struct credssp_context *ctx,
				     struct credssp_report *report);
/* The user that logs on, in UTF-8 without NUL; empty before the exchange. */
int __must_check cssp_context_user(struct credssp_context *ctx, struct cssp_vbuf *user);
/* A copy of the peer's certificate in DER; empty before the handshake. */
int __must_check cssp_context_cert(struct credssp_context *ctx, struct cssp_vbuf *cert);
/* Lines about KDCs and tickets of the exchange in UTF-8; empty without Kerberos. */
int __must_check cssp_context_trace(struct credssp_context *ctx, struct cssp_vbuf *trace);

/*
 * Lock a context for the functions below. 0, or -EINTR when the task was killed while
 * it waited for another call on the context. The lock has no queue: any waiter may get it
 * next. All waiters use the same context.
 */
int __must_check cssp_context_lock(struct credssp_context *ctx);
void cssp_context_unlock(struct credssp_context *ctx);

/**
 * struct cssp_context_facts - facts about a locked context
 * @state: enum cssp_context_state
 * @attributes: ISC_RET_* or ASC_RET_* as the last call gave them
 * @report: borrowed from the context, as are the bytes of the readers below
 * @cert: the peer's certificate in DER; empty before the handshake
 * @trace: lines about KDCs and tickets of the exchange, in UTF-8
 * @user: the user's name in UTF-8, DOMAIN\user or the user alone; empty before the
 *	exchange begins, and for a name that is not valid text
 * @target: target name of the exchange in UTF-8
 * @session_key: of the inner mechanism; empty before the context is established
 * @since: FILETIME in UTC: when the context was established
 * @expiry: FILETIME in UTC, CSSP_FILETIME_NEVER for none
 * @verdict: acceptor: the outcome of the last exchange
 * @delegated: acceptor: what the initiator has delegated
 */
struct cssp_context_facts {
	enum cssp_context_state state;
	u32 attributes;
	const struct credssp_report *report;
	struct cssp_rd cert;
	struct cssp_rd trace;
	struct cssp_rd user;
	struct cssp_rd target;
	struct cssp_rd session_key;
	s64 since;
	s64 expiry;
	const struct cssp_verdict *verdict;
	const struct cssp_delegated *delegated;
};

/* Needs the lock; @facts is valid until cssp_context_unlock(). */
void cssp_context_look_up_facts(const struct credssp_context *ctx,
				struct cssp_context_facts *facts);
/* ISC_RET_* or ASC_RET_* as the last call gave them. Needs the lock. */
u32 cssp_context_attributes(const struct credssp_context *ctx);
/*
 * SECPKG_ATTR_ISSUER_LIST_EX; CSSP_E_UNSUPPORTED when the server requested no
 * certificate. Needs the lock.
 */
int __must_check cssp_context_issuers(const struct credssp_context *ctx,
				      struct cssp_vbuf *out);
/* SECPKG_ATTR_SIZES of an established context. Needs the lock. */
void cssp_context_sizes_locked(const struct credssp_context *ctx,
			       struct credssp_sizes *sizes);
/*
 * SECPKG_ATTR_STREAM_SIZES; an errno when the context does not seal records. Needs the
 * lock.
 */
int __must_check cssp_context_stream_sizes_locked(const struct credssp_context *ctx,
						  struct credssp_stream_sizes *sizes);

/*
 * Was the context prepared for a first call, which has not come yet? Another thread's call
 * can change that. Needs no lock.
 */
bool cssp_context_awaits_first(const struct credssp_context *ctx);
/* Is the peer the initiator, as the credential says? Constant. */
bool cssp_context_is_acceptor(const struct credssp_context *ctx);
/* Does the exchange run on the caller's socket? Constant. */
bool cssp_context_is_attached(const struct credssp_context *ctx);
/* The requester that the context acts for; constant, pinned by the context. */
const struct cssp_requester *cssp_context_requester(const struct credssp_context *ctx);

/**
 * cssp_context_check_exchange() - can an exchange begin or go on?
 * @ctx: context; stays as it is
 *
 * A kTLS stream cannot renegotiate: an established context on the caller's socket
 * and an exported one are such streams.
 *
 * Context: may sleep; killable.
 * Return: 0, CSSP_E_UNSUPPORTED, or -EINTR.
 */
int __must_check cssp_context_check_exchange(struct credssp_context *ctx);

/* CREDSSP_PACKAGE_*, constant. */
u32 cssp_context_package(const struct credssp_context *ctx);
/* Does the package have MakeSignature and VerifySignature? Constant. */
bool cssp_context_can_sign(const struct credssp_context *ctx);
/* CREDSSP_PACKAGE_* of the inner mechanism. Needs the lock. */
u32 cssp_context_mech_package(const struct credssp_context *ctx);

/* End the exchange that runs in another task, and every later one. Needs no lock. */
void cssp_context_cancel(struct credssp_context *ctx);

/* Module parameter handshake_timeout_ms: deadline of one exchange, in milliseconds. */
unsigned int cssp_context_timeout_ms(void);
/*
 * Deadline of the first exchange, in milliseconds. Both before the first call, when no other task
 * can reach the context: what it is, and a part of the time is over.
 */
u32 cssp_context_timeout(const struct credssp_context *ctx);
void cssp_context_narrow_timeout(struct credssp_context *ctx, u32 timeout_ms);

#endif
