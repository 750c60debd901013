// SPDX-License-Identifier: GPL-2.0-only
/* The end of a context by a failure. */
#include "../base/status.h"
#include "../base/trace.h"
#include "context_impl.h"
#include "stats.h"

int cssp_context_fail(struct credssp_context *ctx, int err)
{
	bool running = ctx->state == CSSP_CONTEXT_RUNNING;
	u32 reason = ctx->reason;

	lockdep_assert_held(&ctx->lock);
	err = ctx->ops->fail(ctx, err, &reason);
	if (!reason)
		reason = cssp_reason(CSSP_LAYER_EXCHANGE, err);
	cssp_context_update_report(ctx);
	ctx->report.reason = reason;
	trace_cssp_reject(ctx->id, ctx->report.leg, reason, err);
	ctx->ops->notify(ctx, cssp_alert(err));
	if (ctx->state != CSSP_CONTEXT_ESTABLISHED)
		atomic64_inc(&cssp_stats.failed);
	if (running)
		cssp_context_judge(ctx, err);
	cssp_context_wipe(ctx);
	cssp_context_enter(ctx, CSSP_CONTEXT_DEAD);
	return err;
}

static void terminate_kill(struct credssp_context *ctx, int err, struct cssp_vbuf *token)
{
	lockdep_assert_held(&ctx->lock);
	if (ctx->state == CSSP_CONTEXT_DEAD)
		return;
	cssp_context_fail(ctx, err);
	if (token)
		cssp_vbuf_move(token, &ctx->output);
}

void cssp_context_kill(struct credssp_context *ctx, int err, struct cssp_vbuf *token)
{
	/* A killed task does not get the lock; its holder sees the cancellation. */
	if (cssp_context_lock(ctx)) {
		cssp_context_cancel(ctx);
		return;
	}
	terminate_kill(ctx, err, token);
	cssp_context_unlock(ctx);
}

int cssp_context_refuse(struct credssp_context *ctx, int err, struct cssp_vbuf *token)
{
	if (cssp_context_lock(ctx))
		return -EINTR;
	/* Another task may have made a stream of it since the arguments were read. */
	if (cssp_context_is_stream(ctx))
		err = CSSP_E_UNSUPPORTED;
	else
		terminate_kill(ctx, err, token);
	cssp_context_unlock(ctx);
	return err;
}
