/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A security context: handle, lock and lifetime; connects the client machine
 * to a channel.
 */
#ifndef CSSP_CORE_CONTEXT_H
#define CSSP_CORE_CONTEXT_H

#include <linux/kref.h>
#include <linux/mutex.h>

#include "../base/wait.h"
#include "../cred/cred.h"
#include "../credssp/client.h"
#include "../policy/policy_net.h"
#include "../policy/spn.h"
#include "../tls/channel.h"
#include "exchange_mech.h"

struct cssp_exchange_ops;

enum cssp_context_state {
	CSSP_CONTEXT_NEW,		/* no exchange yet */
	CSSP_CONTEXT_RUNNING,
	CSSP_CONTEXT_ESTABLISHED,
	CSSP_CONTEXT_EXPORTED,		/* the keys belong to somebody else's socket */
	CSSP_CONTEXT_DEAD,		/* only Delete and the report are left */
};

/**
 * struct credssp_context - a context
 * @ref: the handle and calls under way
 * @lock: serializes calls; protects everything below but @wait, which has its
 *	own lock, so that a cancellation need not wait for the call it ends.
 *	Taken by cssp_context_lock(), which can be frozen while it waits: whoever
 *	has it may sleep for the peer, and be frozen itself
 * @unlocked: where those who want @lock sleep
 * @wait: deadline and cancellation
 * @id: number for the trace, never reused
 * @attached: on the caller's socket; constant
 * @cred: credential of the exchange; keeps the identity alive; another one may
 *	take its place while a client certificate is wanted
 * @who: pinned requester
 * @quota: who is charged for the context
 * @state: enum cssp_context_state
 * @target: target name of the first call
 * @context_req: ISC_REQ_* of the first call
 * @timeout_ms: bound on the exchange
 * @early_auth: wait for the Early User Authorization Result
 * @user: who logs on, in UTF-8: DOMAIN\user or the user alone; NULL before, and
 *	where the name is no text
 * @since: FILETIME: when it was established
 * @keep_key: the caller may ask for @session_key; constant
 * @session_key: of the inner mechanism, when established and if @keep_key
 * @expiry: FILETIME in UTC: when the first thing that it rests on expires
 * @one_call: the caller cannot be asked for a client certificate
 * @auth_sent: the peer was sent AUTHENTICATE, in the exchange that runs
 * @saved: identity read from the credential's key, or supplied by the call,
 *	while the exchange runs
 * @policy: policies that the exchange began under, while it runs
 * @package: CREDSSP_PACKAGE_*; constant, unlike @cred
 * @ops: what its package does; constant
 * @channel: NULL when dead, and in inner packages' contexts
 * @client: the machine
 * @inner: the mechanism of an inner package's context
 * @output: token that the caller has not taken (SEC_E_BUFFER_TOO_SMALL)
 * @result: what the call that takes @output returns
 * @used: while a client certificate is wanted: the token that led to the question
 * @cert_asked: it was wanted; @issuers: of certificates that the peer takes
 * @cert: the peer's certificate, for reports
 * @report: what is known, kept up to date at the end of each call
 */
struct credssp_context {
	struct kref ref;
	struct mutex lock;	/* one call at a time, see above */
	wait_queue_head_t unlocked;
	struct cssp_wait wait;
	u64 id;
	bool attached;
	struct credssp_cred *cred;
	struct cssp_requester who;
	struct cssp_quota *quota;
	enum cssp_context_state state;
	struct cssp_spn target;
	u32 context_req;
	u32 timeout_ms;
	bool early_auth;
	char *user;
	s64 since;
	bool keep_key;
	struct cssp_session_key session_key;
	s64 expiry;
	bool one_call;
	bool auth_sent;
	struct cssp_identity saved;
	struct cssp_policy_view policy;
	u32 package;
	const struct cssp_exchange_ops *ops;
	struct cssp_channel *channel;
	struct cssp_client client;
	struct cssp_inner inner;
	struct cssp_vbuf output;
	int result;
	struct cssp_vbuf used;
	bool cert_asked;
	struct cssp_vbuf issuers;
	struct cssp_vbuf cert;
	struct credssp_report report;
};

/**
 * struct cssp_isc - one call of InitializeSecurityContext, doors' side removed
 * @cred: credential handle as passed, may be NULL on later calls
 * @target: target name in UTF-8, may be empty
 * @context_req: ISC_REQ_*
 * @identity: identity that the call supplies, or NULL; taken over by the call
 *	that begins an exchange
 * @input: the server's token (later calls)
 * @room: bytes that the caller has for the output token; SIZE_MAX to allocate
 * @token: out: the output token, to be freed by the caller
 * @needed: out: its size after -ENOSPC
 * @missing: out: bytes to be read, after -ENODATA
 * @extra: out: bytes at the end of @input that were not used
 * @attr: out: ISC_RET_*
 * @expiry: out: FILETIME in UTC
 */
struct cssp_isc {
	struct credssp_cred *cred;
	struct cssp_rd target;
	u32 context_req;
	struct cssp_identity *identity;
	struct cssp_rd input;
	size_t room;
	struct cssp_vbuf token;
	size_t needed;
	size_t missing;
	size_t extra;
	u32 attr;
	s64 expiry;
};

/*
 * A context in its NEW state, for tokens. @who is copied, @cred referenced.
 * -ENOMEM, or -EDQUOT when the user has too many.
 */
int __must_check cssp_context_create(struct credssp_context **ctx,
				     struct credssp_cred *cred,
				     const struct cssp_requester *who);
/* The same on a connected TCP socket (see cssp_channel_create_socket()). */
int __must_check cssp_context_attach(struct credssp_context **ctx,
				     struct credssp_cred *cred,
				     const struct cssp_requester *who,
				     struct socket *sock);
/*
 * The caller may ask for SECPKG_ATTR_SESSION_KEY.  To be said before the first
 * exchange; without it no session key outlives its exchange.
 */
void cssp_context_keep_key(struct credssp_context *ctx);
struct credssp_context *cssp_context_get(struct credssp_context *ctx);
void cssp_context_put(struct credssp_context *ctx);

/**
 * cssp_context_initialize() - one call of the exchange
 * @ctx: context
 * @isc: arguments and results
 *
 * Context: may sleep; killable.
 * Return: 0 when established; -EAGAIN to continue; -ENODATA (not even one
 * record is whole), -ENOSPC (output does not fit) and CSSP_E_CERT_WANTED (the
 * next call may bring another credential) lose nothing; after anything else the
 * context is dead, and @isc->token may hold an alert.
 */
int __must_check cssp_context_initialize(struct credssp_context *ctx,
					 struct cssp_isc *isc);

/*
 * For an exchange in one call: a bound on it in milliseconds, and whether to await
 * the result PDU.  Nobody can be asked for a client certificate in its course.
 */
void cssp_context_set_options(struct credssp_context *ctx, u32 timeout_ms,
			      bool early_auth);

/*
 * The caller broke the contract on a later call: the context is dead.  @token
 * receives what the peer may be told; NULL when there is nobody to send it.
 */
void cssp_context_kill(struct credssp_context *ctx, int err, struct cssp_vbuf *token);

/**
 * struct cssp_room - where a sealed message goes
 * @whole: bytes for all of it
 * @before: bytes in front of the ciphertext: a record's header, or a signature
 * @after: bytes behind it: a record's tag
 *
 * In: what the caller has, SIZE_MAX where that does not matter.  Out: what it takes,
 * which is not the same in every exchange of a context.
 */
struct cssp_room {
	size_t whole;
	size_t before;
	size_t after;
};

/**
 * cssp_context_encrypt() - seal one message
 * @ctx: established context
 * @plain: the message
 * @room: room, which is set when the call succeeds, and after -ENOSPC
 * @wire: the sealed message is appended: a record, or ciphertext behind its signature
 *
 * Return: 0; -ENOSPC, which spends nothing; anything else is a failure.
 */
int __must_check cssp_context_encrypt(struct credssp_context *ctx,
				      const struct cssp_rd *plain,
				      struct cssp_room *room, struct cssp_vbuf *wire);
/*
 * Inner packages: the signature of a message, for which @room is as above; and a
 * check of the peer's, which ends the context when it is wrong.
 */
int __must_check cssp_context_sign(struct credssp_context *ctx,
				   const struct cssp_rd *message,
				   struct cssp_room *room, struct cssp_vbuf *signature);
int __must_check cssp_context_verify(struct credssp_context *ctx,
				     const struct cssp_rd *message,
				     const struct cssp_rd *signature);
/**
 * cssp_context_decrypt() - the next message of @wire to plaintext
 * @ctx: established context
 * @wire: records, of which the first is split off; or one message
 * @plain: the data in it is appended; none for a record that is not data
 * @room: bytes that the caller can take
 * @needed: out: after -ENODATA the bytes missing from the record, after
 *	-ENOSPC the room needed; neither loses anything
 *
 * Return: 0; -ENODATA; -ENOSPC; -ESHUTDOWN when the peer closed in good order;
 * anything else is a failure, by which the context is dead.
 */
int __must_check cssp_context_decrypt(struct credssp_context *ctx,
				      struct cssp_rd *wire, struct cssp_vbuf *plain,
				      size_t room, size_t *needed);
int __must_check cssp_context_export(struct credssp_context *ctx,
				     struct socket *sock);

/* Valid in every state. */
int __must_check cssp_context_report(struct credssp_context *ctx,
				     struct credssp_report *report);
/* A copy of the peer's certificate (empty when none is known). */
int __must_check cssp_context_cert(struct credssp_context *ctx, struct cssp_vbuf *cert);
int __must_check cssp_context_stream_sizes(struct credssp_context *ctx,
					   struct credssp_stream_sizes *sizes);

/*
 * To look at a context: it stays as it is until cssp_context_unlock().  0, or
 * -EINTR when the caller was killed while somebody else's call was under way.
 */
int __must_check cssp_context_lock(struct credssp_context *ctx);
void cssp_context_unlock(struct credssp_context *ctx);

/**
 * struct cssp_context_facts - what is known of a context while it is locked
 * @state: enum cssp_context_state
 * @attributes: ISC_RET_* as the last call gave them
 * @report: borrowed from the context, as are the bytes of the readers below
 * @cert: the peer's certificate in DER; empty before the handshake
 * @user: the user's name in UTF-8, DOMAIN\user or the user alone; empty before the
 *	exchange begins, and for a name that is not text
 * @target: target name of the exchange in UTF-8
 * @session_key: of the inner mechanism; empty before the context is established
 * @since: FILETIME in UTC of the moment when the context was established
 * @expiry: FILETIME in UTC, CSSP_FILETIME_NEVER for none
 */
struct cssp_context_facts {
	enum cssp_context_state state;
	u32 attributes;
	const struct credssp_report *report;
	struct cssp_rd cert;
	struct cssp_rd user;
	struct cssp_rd target;
	struct cssp_rd session_key;
	s64 since;
	s64 expiry;
};

/* Valid until cssp_context_unlock(). */
void cssp_context_look_up_facts(const struct credssp_context *ctx,
				struct cssp_context_facts *facts);
/* These need the lock.  ISC_RET_* as the last call gave them: */
u32 cssp_context_attributes(const struct credssp_context *ctx);
/* SECPKG_ATTR_ISSUER_LIST_EX; CSSP_E_UNSUPPORTED when no certificate was asked for. */
int __must_check cssp_context_issuers(const struct credssp_context *ctx,
				      struct cssp_vbuf *out);
/* What sealing and signing add, in every package; established contexts only. */
int __must_check cssp_context_look_up_all_sizes(const struct credssp_context *ctx,
						struct credssp_sizes *sizes);
/* 0, or why the context seals and opens no records. */
int __must_check cssp_context_look_up_sizes(const struct credssp_context *ctx,
					    struct credssp_stream_sizes *sizes);

/* The exchange runs on the caller's socket; constant. */
bool cssp_context_is_attached(const struct credssp_context *ctx);
/* The identity that the context acts for; constant, pinned by the context. */
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
static inline u32 cssp_context_package(const struct credssp_context *ctx)
{
	return ctx->package;
}

/* CREDSSP_PACKAGE_* of the inner mechanism. Needs the lock. */
static inline u32 cssp_context_mech_package(const struct credssp_context *ctx)
{
	return ctx->cred->mech->package;
}

static inline void cssp_context_cancel(struct credssp_context *ctx)
{
	cssp_wait_cancel(&ctx->wait);
}

/* Module parameter handshake_timeout_ms: bound on one exchange. */
unsigned int cssp_context_timeout_ms(void);

#endif
