// SPDX-License-Identifier: GPL-2.0-only
/*
 * The exchange of any package, of initiators and acceptors: its start, its legs, and the
 * token that each leg returns.
 */
#include <linux/slab.h>

#include "../base/filetime.h"
#include "../base/status.h"
#include "../cred/package.h"
#include "context_impl.h"
#include "exchange_tls.h"
#include "stats.h"

static void exchange_keep_bindings(struct cssp_exchange *x, const struct cssp_isc *isc)
{
	x->bound = isc->bindings;
	if (x->bound)
		memcpy(x->bindings, isc->bindings, sizeof(x->bindings));
}

/* Acceptor: what an earlier exchange has told of its client does not hold for this one. */
static int exchange_forget_client(struct credssp_context *ctx)
{
	if (!ctx->acceptor)
		return 0;
	kfree(ctx->user);
	ctx->user = NULL;
	cssp_delegated_free(&ctx->delegated);
	cssp_verdict_free(&ctx->verdict);
	return cssp_context_charge_unproven(ctx);
}

static void exchange_keep_options(struct credssp_context *ctx, const struct cssp_isc *isc)
{
	if (!ctx->acceptor || ctx->state != CSSP_CONTEXT_NEW)
		return;
	ctx->accept_flags = isc->accept_flags;
	if (!ctx->attached)
		ctx->peer = isc->peer;
}

/*
 * Does the call that begins the exchange bring a token? An acceptor's does, and that of an
 * initiator if its server has begun.
 */
static bool exchange_has_token(const struct credssp_context *ctx, const struct cssp_isc *isc)
{
	if (ctx->acceptor)
		return !ctx->attached;
	return isc->input.left && cssp_package(ctx->package)->server_first;
}

/* The first call, or reauthentication on the same handle. */
static int exchange_begin(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	ret = cssp_spn_set(&ctx->target, &isc->target);
	if (ret)
		return ret;
	ctx->context_req = isc->context_req;
	ctx->report = (struct credssp_report){};
	memzero_explicit(&ctx->session_key, sizeof(ctx->session_key));
	ctx->expiry = CSSP_FILETIME_NEVER;
	cssp_wait_start(&ctx->wait, ctx->timeout_ms);
	cssp_wait_narrow(&ctx->wait, ctx->first_ms);
	exchange_keep_options(ctx, isc);
	ret = exchange_forget_client(ctx);
	if (ret)
		return ret;
	ret = cssp_context_begin_exchange(ctx) ?: ctx->ops->open(ctx);
	if (ret)
		return ret;
	cssp_context_enter(ctx, CSSP_CONTEXT_RUNNING);
	if (ctx->acceptor && !ctx->attached)
		cssp_context_expire_start(ctx);
	/* The policies of now hold to the end of the exchange. */
	cssp_policy_view_take(&ctx->exchange->policy, ctx->who.net);
	exchange_keep_bindings(ctx->exchange, isc);
	ret = ctx->acceptor ? cssp_context_begin_accept(ctx) : cssp_context_begin_as(ctx, isc);
	if (ret || !exchange_has_token(ctx, isc))
		return ret;
	return ctx->ops->take(ctx, isc);
}

/*
 * An acceptor is established, and a token of its client begins another exchange. Until a record
 * is whole, nothing of the old one may be lost. A malformed token is a failure of the new one.
 */
static int exchange_check_token(const struct credssp_context *ctx, struct cssp_isc *isc)
{
	/* The retry after -ENOSPC has no token. */
	if (ctx->output.len || !cssp_package(ctx->package)->tls)
		return 0;
	return cssp_exchange_tls_probe(isc) == -ENODATA ? -ENODATA : 0;
}

/* Can the exchange begin or go on? An errno leaves the context unchanged. */
static int exchange_check(const struct credssp_context *ctx, struct cssp_isc *isc)
{
	switch (ctx->state) {
	case CSSP_CONTEXT_DEAD:
		return CSSP_E_HANDLE;
	case CSSP_CONTEXT_EXPORTED:
		return CSSP_E_UNSUPPORTED;
	case CSSP_CONTEXT_ESTABLISHED:
		/* A kTLS stream cannot renegotiate. */
		if (ctx->attached)
			return CSSP_E_UNSUPPORTED;
		/* Reauthentication starts with a token of the client. */
		if (ctx->acceptor)
			return exchange_check_token(ctx, isc);
		return isc->input.left && !ctx->output.len ? CSSP_E_PARAMETER : 0;
	default:
		return 0;
	}
}

static int exchange_advance(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret = 0;

	if (ctx->state != CSSP_CONTEXT_RUNNING)
		ret = exchange_begin(ctx, isc);
	else if (isc->identity || isc->bindings)
		ret = CSSP_E_PARAMETER;	/* only the first call supplies them */
	else if (!ctx->attached)
		ret = ctx->ops->take(ctx, isc);
	if (ret)
		return ret;
	return ctx->ops->run(ctx);
}

/* Return the token and the result, or keep both when the token does not fit. */
static int exchange_deliver(struct credssp_context *ctx, struct cssp_isc *isc, int ret)
{
	if (ctx->output.len > isc->room) {
		ctx->result = ret;
		isc->needed = ctx->output.len;
		return -ENOSPC;
	}
	cssp_vbuf_move(&isc->token, &ctx->output);
	if (isc->token.len && isc->room == SIZE_MAX)
		isc->attr |= ISC_RET_ALLOCATED_MEMORY;
	return ret;
}

static int exchange_established(struct credssp_context *ctx)
{
	int ret;

	ret = ctx->ops->established(ctx);
	if (ret)
		return ret;
	cssp_context_enter(ctx, CSSP_CONTEXT_ESTABLISHED);
	ctx->report.leg = CREDSSP_LEG_ESTABLISHED;
	ctx->since = cssp_filetime_now();
	cssp_context_update_report(ctx);
	cssp_context_judge(ctx, 0);
	cssp_context_uncharge_unproven(ctx);
	cssp_context_expire_stop(ctx);
	cssp_context_end_exchange(ctx);
	atomic64_inc(&cssp_stats.established);
	return 0;
}

/* After a successful step: what must be sent goes to @ctx->output. */
static int exchange_collect(struct credssp_context *ctx, int result)
{
	int ret = result ? 0 : exchange_established(ctx);

	cssp_context_update_report(ctx);
	if (ret)
		return ret;
	return ctx->ops->collect(ctx) ?: result;
}

/*
 * An exchange that could not even begin has failed as well: an acceptor's verdict tells of it,
 * and nothing of an exchange before it.
 */
static void exchange_begin_failed(struct credssp_context *ctx)
{
	if (ctx->state == CSSP_CONTEXT_RUNNING)
		return;
	ctx->report = (struct credssp_report){};
	cssp_context_enter(ctx, CSSP_CONTEXT_RUNNING);
}

static int exchange_fail(struct credssp_context *ctx, struct cssp_isc *isc, int ret)
{
	exchange_begin_failed(ctx);
	isc->answer = ctx->exchange && ctx->exchange->answered;
	ret = cssp_context_fail(ctx, ret);
	cssp_vbuf_move(&isc->token, &ctx->output);
	return ret;
}

static int exchange_step(struct credssp_context *ctx, struct cssp_isc *isc)
{
	struct cssp_rd given = isc->input;
	int ret;

	ret = exchange_advance(ctx, isc);
	if (ret == CSSP_E_CERT_WANTED && ctx->ops->want_cert)
		ret = ctx->ops->want_cert(ctx, &given, isc);
	/* After CERT_WANTED, output that is ready waits for the next call. */
	if (ret == -ENODATA || ret == CSSP_E_CERT_WANTED)
		return ret;
	if (ret && ret != -EAGAIN)
		return exchange_fail(ctx, isc, ret);
	ret = exchange_collect(ctx, ret);
	if (ret && ret != -EAGAIN)
		return exchange_fail(ctx, isc, ret);
	return exchange_deliver(ctx, isc, ret);
}

static int exchange_initialize(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	ret = exchange_check(ctx, isc);
	if (ret)
		return ret;
	ret = ctx->ops->check_cred(ctx, isc);
	if (ret)
		return exchange_fail(ctx, isc, ret);
	if (!ctx->output.len)
		return exchange_step(ctx, isc);
	/* The retry after -ENOSPC brings no new token. */
	isc->extra = isc->input.left;
	return exchange_deliver(ctx, isc, ctx->result);
}

int cssp_context_initialize(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	if (cssp_context_lock(ctx))
		return -EINTR;
	ret = exchange_initialize(ctx, isc);
	/* Attributes are valid after INCOMPLETE_MESSAGE as well: nothing failed. */
	if (ctx->state != CSSP_CONTEXT_DEAD)
		isc->attr |= cssp_context_attributes(ctx);
	isc->expiry = ctx->expiry;
	cssp_context_unlock(ctx);
	return ret;
}
