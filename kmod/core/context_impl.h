/* SPDX-License-Identifier: GPL-2.0-only */
/* The inside of a context; for the files context.c, exchange.c, message.c, fail.c. */
#ifndef CSSP_CORE_CONTEXT_IMPL_H
#define CSSP_CORE_CONTEXT_IMPL_H

#include "../base/status.h"
#include "context.h"

/**
 * struct cssp_exchange_ops - what CredSSP and the inner packages do differently
 * @open: make ready for a new exchange; the old one's secrets go
 * @begin: begin it as @id, of @kind, which stays until it is established
 * @take: use the peer's token: 0, -ENODATA when it is not whole, or a failure
 * @run: go on as far as possible: 0 when established, -EAGAIN, or a failure
 * @collect: append what is to be sent to @ctx->output
 * @established: keep what is needed from now on
 * @attributes: ISC_RET_*
 * @max_message: longest plaintext that is sealed or signed, in bytes
 * @check: 0, or why the context seals nothing
 * @sizes: what sealing and signing add
 * @margins: sets @before and @after to what sealing or signing puts around a message
 * @seal: one message, appended to @out
 * @check_sealed: 0; -ENODATA or -ENOSPC with what is @needed, which lose nothing;
 *	or a failure
 * @unseal: the next message off @sealed, its plaintext appended to @plain
 * @sign, @verify: NULL where messages are not signed apart
 *
 * All but the checks may fail for good, by which the context dies.
 */
struct cssp_exchange_ops {
	int (*open)(struct credssp_context *ctx);
	int (*begin)(struct credssp_context *ctx, const struct cssp_identity *id,
		     enum cssp_cred_kind kind);
	int (*take)(struct credssp_context *ctx, struct cssp_isc *isc);
	int (*run)(struct credssp_context *ctx);
	int (*collect)(struct credssp_context *ctx);
	int (*established)(struct credssp_context *ctx);
	u32 (*attributes)(const struct credssp_context *ctx);
	size_t (*max_message)(const struct credssp_context *ctx);
	int (*check)(const struct credssp_context *ctx);
	int (*sizes)(const struct credssp_context *ctx, struct credssp_sizes *sizes);
	void (*margins)(const struct credssp_context *ctx, struct cssp_room *room);
	int (*seal)(struct credssp_context *ctx, const struct cssp_rd *plain,
		    struct cssp_vbuf *out);
	int (*check_sealed)(struct credssp_context *ctx, const struct cssp_rd *sealed,
			    size_t room, size_t *needed);
	int (*unseal)(struct credssp_context *ctx, struct cssp_rd *sealed,
		      struct cssp_vbuf *plain);
	int (*sign)(struct credssp_context *ctx, const struct cssp_rd *message,
		    struct cssp_vbuf *signature);
	int (*verify)(struct credssp_context *ctx, const struct cssp_rd *message,
		      const struct cssp_rd *signature);
};

/* exchange.c and message.c, inner.c */
extern const struct cssp_exchange_ops cssp_credssp_exchange;
extern const struct cssp_exchange_ops cssp_inner_exchange;

/* message.c, for cssp_credssp_exchange */
int cssp_message_check(const struct credssp_context *ctx);
int cssp_message_sizes(const struct credssp_context *ctx, struct credssp_sizes *sizes);
size_t cssp_message_max(const struct credssp_context *ctx);
void cssp_message_margins(const struct credssp_context *ctx, struct cssp_room *room);
int cssp_message_seal(struct credssp_context *ctx, const struct cssp_rd *plain,
		      struct cssp_vbuf *out);
int cssp_message_check_sealed(struct credssp_context *ctx, const struct cssp_rd *wire,
			      size_t room, size_t *needed);
int cssp_message_unseal(struct credssp_context *ctx, struct cssp_rd *wire,
			struct cssp_vbuf *plain);

/* All of these are called with @ctx->lock held, or before anybody else sees @ctx. */

/* Everything that is secret or costs memory, but not what the report tells. */
void cssp_context_wipe(struct credssp_context *ctx);

/* Keep the name of @id for those who ask. 0 or -ENOMEM. */
int __must_check cssp_context_set_user(struct credssp_context *ctx,
				       const struct cssp_identity *id);
/* The client machine with @ctx->cred, up to its wait for TLS. */
int __must_check cssp_context_begin_as(struct credssp_context *ctx,
				       struct cssp_isc *isc);

/* Tell the channel which client certificate the server may have. */
void cssp_context_offer_cert(struct credssp_context *ctx);

/**
 * cssp_context_check_cred() - may this call bring @isc->cred?
 * @ctx: context
 * @isc: call
 *
 * It must be the context's own, or none, unless a client certificate is wanted:
 * then it takes the place of the context's, and decides on the certificate.
 *
 * Return: 0, CSSP_E_HANDLE, or what begins an exchange with it may give.
 */
int __must_check cssp_context_check_cred(struct credssp_context *ctx,
					 struct cssp_isc *isc);

/* A client certificate is wanted: @given is what this call brought. */
int cssp_context_want_cert(struct credssp_context *ctx, const struct cssp_rd *given,
			   const struct cssp_isc *isc);

/* The call after that may repeat its token: what is new remains in @isc->input. */
void cssp_context_skip_used(struct credssp_context *ctx, struct cssp_isc *isc);

/* Bring @ctx->report up to date with machine and channel. */
void cssp_context_update_report(struct credssp_context *ctx);

/**
 * cssp_context_fail() - the exchange or the stream is over
 * @ctx: context; dead afterwards, @ctx->output holds what the peer may be told
 * @err: why
 *
 * Return: the errno that the caller is told: a close or an alert of the peer
 * after AUTHENTICATE is a refused logon.
 */
int cssp_context_fail(struct credssp_context *ctx, int err);

/*
 * What the channel says of a socket that will not do; some of these errnos mean
 * other things to base/status.c.
 */
static inline int cssp_context_socket_error(int err)
{
	switch (err) {
	case -EEXIST:
	case -ENOTCONN:
	case -ENOTSOCK:
	case -EPROTONOSUPPORT:
	case -EXDEV:
		return CSSP_E_PARAMETER;
	default:
		return err;
	}
}

static inline struct cssp_channel_params
cssp_context_channel_params(struct credssp_context *ctx)
{
	return (struct cssp_channel_params){
		.who = &ctx->who,
		.wait = &ctx->wait,
		.host = ctx->target.host ?: "",
		.remote_desktop = cssp_spn_is_remote_desktop(ctx->target.spn),
	};
}

#endif
