/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The inside of a context, for the files of core/ only. Each of them calls only files
 * that stand before it here: context.c, judge.c, terminate.c, expire.c, logon.c, cert_request.c,
 * exchange_tls.c, then exchange_credssp.c, exchange_accept.c and exchange_mech.c (reached
 * through their tables only, which context_create.c gives to a context), exchange.c,
 * message.c, context_create.c.
 */
#ifndef CSSP_CORE_CONTEXT_IMPL_H
#define CSSP_CORE_CONTEXT_IMPL_H

#include <linux/kref.h>
#include <linux/mutex.h>
#include <linux/workqueue.h>

#include "../base/status.h"
#include "../base/wait.h"
#include "../credssp/client.h"
#include "../credssp/server.h"
#include "../policy/policy_net.h"
#include "../policy/spn.h"
#include "../tls/channel.h"
#include "context.h"
#include "exchange_mech.h"
#include "verdict.h"

struct cssp_exchange_ops;

/**
 * struct cssp_exchange - what a context needs for an exchange only
 * @saved: identity from the credential's key or from the call
 * @policy: policies of the exchange, from its start to its end
 * @bindings: inner packages: MD5 of the channel bindings, if @bound
 * @bound: the call that began the exchange had channel bindings
 * @client: CredSSP: the client machine
 * @server: CredSSP: the server machine of an acceptor
 * @input: CredSSP: acceptor: the call that is under way
 * @answered: acceptor: a failure was told to the peer in the protocol itself
 * @auth_sent: CredSSP: AUTHENTICATE went to the peer
 * @used: CredSSP: the token that led to CSSP_E_CERT_WANTED, until it is answered
 */
struct cssp_exchange {
	struct cssp_identity saved;
	struct cssp_policy_view policy;
	u8 bindings[CSSP_BINDINGS_SIZE];
	bool bound;
	struct cssp_client client;
	struct cssp_server server;
	struct cssp_isc *input;
	bool answered;
	bool auth_sent;
	struct cssp_vbuf used;
};

/**
 * struct credssp_context - a context
 * @ref: references of the handle and of calls under way
 * @lock: serializes calls; protects all members below except @wait, which has its
 *	own lock, so that a cancellation does not wait for the call that it ends.
 *	cssp_context_lock() takes it, because its wait is freezable: the holder may
 *	sleep for the peer and be frozen
 * @unlocked: wait queue of cssp_context_lock()
 * @wait: deadline and cancellation
 * @id: number for the trace, never reused
 * @acceptor: the peer is the initiator; constant
 * @attached: the exchange runs on the caller's socket; constant
 * @prepared: the caller had the context before its first call; constant
 * @early_auth: wait for the Early User Authorization Result
 * @accept_flags: acceptor: CREDSSP_ACCEPT_*
 * @peer: acceptor: where the initiator is
 * @keep_key: the caller may ask for @session_key; constant
 * @one_call: the caller cannot be asked for a client certificate
 * @cert_asked: CredSSP: the server requested a client certificate
 * @cred: credential of the exchange; keeps the identity alive. Another one may
 *	replace it while the server waits for a client certificate
 * @who: pinned requester
 * @quota: account that is charged for the context
 * @expire: acceptor by tokens: ends the exchange when its time is over
 * @unproven: acceptor: account that is charged until the initiator has logged on, or NULL
 * @share: then the share of the initiator's address in it, or NULL
 * @state: enum cssp_context_state; written by cssp_context_enter() only
 * @package: CREDSSP_PACKAGE_*; constant, unlike @cred
 * @target: target name of the first call
 * @context_req: ISC_REQ_* or ASC_REQ_* of the first call
 * @timeout_ms: deadline of one exchange, in milliseconds
 * @first_ms: likewise, until TLS is up: shorter for an acceptor whose caller set none
 * @user: user that logs on, in UTF-8: DOMAIN\user or the user alone; NULL before the
 *	exchange, and for a name that is not valid text. Acceptor: that has logged on
 * @since: FILETIME: when the context was established
 * @session_key: the inner mechanism's, when established and if @keep_key
 * @expiry: FILETIME in UTC: the earliest expiry of what the context rests on
 * @exchange: from the start of an exchange to its end, and NULL in ESTABLISHED
 * @ops: the exchange of the package; constant
 * @output: token that the caller has not taken yet (SEC_E_BUFFER_TOO_SMALL)
 * @result: return value of the call that takes @output
 * @reason: enum credssp_reason of a failure outside the machine, the mechanism and
 *	the channel, which have their own
 * @report: facts about the exchange, brought up to date at the end of each call
 * @trace: lines of text about KDCs and tickets of the exchange
 * @channel: CredSSP: transport; NULL before the exchange of tokens and when dead
 * @cert: CredSSP: the peer's certificate, for reports
 * @issuers: CredSSP: issuers that the server accepts in it
 * @inner: inner packages: the mechanism
 * @delegated: acceptor of CredSSP: what the initiator has delegated
 * @verdict: acceptor: the outcome of the last exchange, all-zero before
 */
struct credssp_context {
	struct kref ref;
	struct mutex lock;	/* one call at a time, see above */
	wait_queue_head_t unlocked;
	struct cssp_wait wait;
	u64 id;
	bool acceptor;
	bool attached;
	bool prepared;
	bool early_auth;
	u32 accept_flags;
	struct credssp_address peer;
	bool keep_key;
	bool one_call;
	bool cert_asked;
	struct credssp_cred *cred;
	struct cssp_requester who;
	struct cssp_quota *quota;
	struct cssp_quota *unproven;
	struct cssp_share *share;
	struct delayed_work expire;
	enum cssp_context_state state;
	u32 package;
	struct cssp_spn target;
	u32 context_req;
	u32 timeout_ms;
	u32 first_ms;
	char *user;
	s64 since;
	struct cssp_session_key session_key;
	s64 expiry;
	struct cssp_exchange *exchange;
	const struct cssp_exchange_ops *ops;
	struct cssp_vbuf output;
	int result;
	u32 reason;
	struct credssp_report report;
	struct cssp_vbuf trace;

	struct cssp_channel *channel;
	struct cssp_vbuf cert;
	struct cssp_vbuf issuers;

	struct cssp_inner inner;

	struct cssp_delegated delegated;
	struct cssp_verdict verdict;
};

/**
 * struct cssp_exchange_ops - the exchange of a package, and the messages after it
 * @open: prepare a new exchange; wipe the secrets of the old one
 * @begin: begin it as identity @id of origin @kind; @id stays until it is established.
 *	Acceptor: @id has the domain that it announces, and @kind says nothing
 * @check_cred: may this call bring @isc->cred? It must be the context's own or NULL,
 *	unless the exchange takes another: 0, CSSP_E_HANDLE, or an errno of @begin
 * @take: use the peer's token: 0, -ENODATA when it is not whole, or a failure
 * @run: go on as far as possible: 0 when established, -EAGAIN, or a failure
 * @want_cert: the server requests a client certificate; @given is the token of this
 *	call: CSSP_E_CERT_WANTED or -ENOMEM. NULL if @run never returns the former
 * @collect: append what must be sent to @ctx->output
 * @established: keep what the established context needs, and wipe the rest
 * @attributes: ISC_RET_* or ASC_RET_*
 * @report: bring @ctx->report up to date
 * @facts: acceptor: what the mechanism tells of an exchange under way
 * @fail: the errno to return for failure @err; sets @reason when the exchange knows
 *	the reason and it is 0
 * @notify: the exchange failed: send @alert to the peer or leave it in @ctx->output, as
 *	the transport and cssp_context_wants_alert() allow
 * @abandon: the last reference was dropped during the exchange. NULL for a package
 *	without a transport
 * @wipe: free everything that is secret or costs memory, in any state
 * @max_message: longest plaintext that is sealed or signed, in bytes
 * @check: 0, or an errno when the context does not seal (@seals) or sign messages
 * @sizes: SECPKG_ATTR_SIZES; @seals: the context seals messages now
 * @margins: set @before and @after to what sealing (@seals) or signing puts around a
 *	message
 * @seal: the sealed message to @wire, which is open and has room for it; @intact: out:
 *	the call failed and has changed nothing
 * @unseal: see cssp_context_decrypt()
 * @sign: the signature of @message to @signature, likewise
 * @verify: as cssp_context_verify(). NULL, as @sign, for a package without signatures
 * @export: move the keys to a socket; @intact: out: the context survives a failure.
 *	NULL for a package without a stream
 *
 * A failure of any function but @check and @sizes is fatal for the context, unless
 * @intact says otherwise.
 *
 * Context: @ctx->lock is held; may sleep.
 */
struct cssp_exchange_ops {
	int (*open)(struct credssp_context *ctx);
	int (*begin)(struct credssp_context *ctx, const struct cssp_identity *id,
		     enum cssp_cred_kind kind);
	int (*check_cred)(struct credssp_context *ctx, struct cssp_isc *isc);
	int (*take)(struct credssp_context *ctx, struct cssp_isc *isc);
	int (*run)(struct credssp_context *ctx);
	int (*want_cert)(struct credssp_context *ctx, const struct cssp_rd *given,
			 const struct cssp_isc *isc);
	int (*collect)(struct credssp_context *ctx);
	int (*established)(struct credssp_context *ctx);
	u32 (*attributes)(const struct credssp_context *ctx);
	void (*report)(struct credssp_context *ctx);
	struct cssp_mech_facts *(*facts)(struct credssp_context *ctx);
	int (*fail)(struct credssp_context *ctx, int err, u32 *reason);
	void (*notify)(struct credssp_context *ctx, u8 alert);
	void (*abandon)(struct credssp_context *ctx);
	void (*wipe)(struct credssp_context *ctx);
	size_t (*max_message)(const struct credssp_context *ctx);
	int (*check)(const struct credssp_context *ctx, bool seals);
	void (*sizes)(const struct credssp_context *ctx, bool seals,
		      struct credssp_sizes *sizes);
	void (*margins)(const struct credssp_context *ctx, bool seals,
			struct cssp_room *room);
	int (*seal)(struct credssp_context *ctx, struct cssp_source *plain,
		    struct cssp_sink *wire, bool *intact);
	int (*unseal)(struct credssp_context *ctx, struct cssp_source *wire,
		      struct cssp_sink *plain, struct cssp_opened *o);
	int (*sign)(struct credssp_context *ctx, struct cssp_source *message,
		    struct cssp_sink *signature, bool *intact);
	int (*verify)(struct credssp_context *ctx, const struct cssp_rd *message,
		      const struct cssp_rd *signature);
	int (*export)(struct credssp_context *ctx, struct socket *sock, bool *intact);
};

/* exchange_credssp.c, exchange_accept.c and exchange_mech.c */
extern const struct cssp_exchange_ops cssp_credssp_exchange;
extern const struct cssp_exchange_ops cssp_accept_exchange;
extern const struct cssp_exchange_ops cssp_inner_exchange;
extern const struct cssp_exchange_ops cssp_inner_accept_exchange;

/* All functions below need @ctx->lock; the exceptions say so. */

/* context.c */

/* Memory of a context, all zero; NULL when out of memory. Both need no lock. */
struct credssp_context *cssp_context_alloc(void);
void cssp_context_free(struct credssp_context *ctx);

/* The dispatcher: the only writer of @ctx->state. */
void cssp_context_enter(struct credssp_context *ctx, enum cssp_context_state state);
/*
 * Free everything that is secret or costs memory. The report stays. The last reference
 * needs no lock.
 */
void cssp_context_wipe(struct credssp_context *ctx);
/* Deadline of each exchange, in milliseconds; 0: the module's. A new context needs no lock. */
void cssp_context_set_timeout(struct credssp_context *ctx, u32 timeout_ms);
/* Begin an exchange with a new @ctx->exchange. 0 or -ENOMEM. */
int __must_check cssp_context_begin_exchange(struct credssp_context *ctx);
/* Wipe and free @ctx->exchange, if there is one. */
void cssp_context_end_exchange(struct credssp_context *ctx);
/* Bring @ctx->report up to date. */
void cssp_context_update_report(struct credssp_context *ctx);
/* The part of @ctx->report that the mechanism tells; its trace is moved to @ctx. */
void cssp_context_report_mech(struct credssp_context *ctx, struct cssp_mech_facts *facts);

/*
 * Is the context a stream on a socket: established on the caller's, or exported?
 * Needs the lock.
 */
bool cssp_context_is_stream(const struct credssp_context *ctx);

/*
 * Charge an acceptor's context to the owner of its credential until the initiator has logged
 * on: a limit that no user is exempt from, and one for the initiator's address, if that is
 * known yet. Nothing is charged twice. 0, -EDQUOT or -ENOMEM.
 */
int __must_check cssp_context_charge_unproven(struct credssp_context *ctx);
void cssp_context_uncharge_unproven(struct credssp_context *ctx);

/* judge.c */

/*
 * An acceptor's exchange is over: write and publish its verdict, once. @err: 0, or why it
 * failed. The last reference needs no lock.
 */
void cssp_context_judge(struct credssp_context *ctx, int err);

/* terminate.c */

/**
 * cssp_context_fail() - end the exchange or the stream
 * @ctx: context; dead afterwards. @ctx->output holds the alert for the peer, if any
 * @err: failure
 *
 * Return: the errno for the caller. A close by the peer after AUTHENTICATE becomes a
 * refused logon.
 */
int cssp_context_fail(struct credssp_context *ctx, int err);

/* expire.c */

/* A new context needs no lock. */
void cssp_context_expire_setup(struct credssp_context *ctx);
/*
 * The exchange ends at its deadline, even if no call goes on with it: when it begins, and when
 * the deadline has changed.
 */
void cssp_context_expire_start(struct credssp_context *ctx);
/* The exchange is over. */
static inline void cssp_context_expire_stop(struct credssp_context *ctx)
{
	cancel_delayed_work(&ctx->expire);
}

/* The context is. Whoever drops the last reference waits here for the work; without lock. */
static inline void cssp_context_expire_end(struct credssp_context *ctx)
{
	cancel_delayed_work_sync(&ctx->expire);
}

/* logon.c */

/* Replace @ctx->user by the name of @id. 0 or -ENOMEM. */
int __must_check cssp_context_set_user(struct credssp_context *ctx,
				       const struct cssp_identity *id);
/*
 * The exchange is over, and the mechanism has told who has logged on and until when: narrow
 * @ctx->expiry, and replace @ctx->user where Kerberos knows better. 0 or -ENOMEM.
 */
int __must_check cssp_context_learn_logon(struct credssp_context *ctx,
					  const struct cssp_mech_facts *facts);
/*
 * The tickets of @ctx->cred; NULL where the call supplies the identity, whose tickets would
 * take the place of the credential's own.
 */
struct cssp_ticket_store *cssp_context_ticket_store(struct credssp_context *ctx);
/* Check the policy for @ctx->cred, choose its identity, and begin the exchange as it. */
int __must_check cssp_context_begin_as(struct credssp_context *ctx,
				       struct cssp_isc *isc);
/* The same for an acceptor, which has no identity to choose. */
int __must_check cssp_context_begin_accept(struct credssp_context *ctx);
/* The versions that the policy allows for @ctx->cred: lowest one, or an errno. */
int __must_check cssp_context_min_version(struct credssp_context *ctx, u32 max_version,
					  u32 *min_version);
/* The check_cred of an exchange that takes no other credential. */
int __must_check cssp_context_same_cred(struct credssp_context *ctx, struct cssp_isc *isc);

/* cert_request.c: for the exchange of CredSSP */

/* Tell the channel which client certificate it may offer. */
void cssp_context_offer_cert(struct credssp_context *ctx);

/*
 * The check_cred of the exchange. While the server waits for a client certificate,
 * another credential replaces the context's and decides on the certificate.
 */
int __must_check cssp_context_check_cred(struct credssp_context *ctx,
					 struct cssp_isc *isc);

/* The want_cert of the exchange. */
int cssp_context_want_cert(struct credssp_context *ctx, const struct cssp_rd *given,
			   const struct cssp_isc *isc);

/* The next call may repeat that token: leave only new bytes in @isc->input. */
void cssp_context_skip_used(struct credssp_context *ctx, struct cssp_isc *isc);

/* Does the peer get an alert of a failure that was not told to it in another way? */
static inline bool cssp_context_wants_alert(const struct credssp_context *ctx)
{
	if (ctx->exchange && ctx->exchange->answered)
		return false;
	return ctx->context_req & (ctx->acceptor ? ASC_REQ_EXTENDED_ERROR :
						   ISC_REQ_EXTENDED_ERROR);
}

/* A new context needs no lock. */
static inline struct cssp_channel_params
cssp_context_channel_params(struct credssp_context *ctx)
{
	return (struct cssp_channel_params){
		.who = &ctx->who,
		.wait = &ctx->wait,
		.host = ctx->target.host ?: "",
		.remote_desktop = cssp_spn_is_remote_desktop(ctx->target.spn),
		.accept = ctx->acceptor,
	};
}

#endif
