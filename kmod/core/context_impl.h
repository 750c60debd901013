/* SPDX-License-Identifier: GPL-2.0-only */
/* The inside of a context; for the files context.c, exchange.c, message.c, fail.c. */
#ifndef CSSP_CORE_CONTEXT_IMPL_H
#define CSSP_CORE_CONTEXT_IMPL_H

#include "../base/status.h"
#include "context.h"

/* All of these are called with @ctx->lock held, or before anybody else sees @ctx. */

/* Everything that is secret or costs memory, but not what the report tells. */
void cssp_context_wipe(struct credssp_context *ctx);

/* Keep the name of @id for those who ask. 0 or -ENOMEM. */
int __must_check cssp_context_set_user(struct credssp_context *ctx,
				       const struct cssp_identity *id);

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
	};
}

#endif
