// SPDX-License-Identifier: GPL-2.0-only
/* The verdict on an acceptor's exchange. */
#include <linux/string.h>

#include "../base/filetime.h"
#include "../base/status.h"
#include "context_impl.h"

static void judge_describe(struct credssp_context *ctx, int err)
{
	const struct credssp_report *r = &ctx->report;

	ctx->verdict.v = (struct credssp_verdict){
		.time = cssp_filetime_now(),
		.status = cssp_status(err),
		.ntstatus = r->ntstatus,
		.leg = r->leg,
		.reason = r->reason,
		.version = r->credssp_version,
		.mech = r->mech_package,
		.delegated = r->delegated,
		.family = ctx->peer.family,
		.port = ctx->peer.port,
		.scope = ctx->peer.scope,
	};
	memcpy(ctx->verdict.v.address, ctx->peer.address, sizeof(ctx->peer.address));
}

/* Names are moved from the mechanism, which has no more use for them. */
static void judge_name(struct credssp_context *ctx, int err)
{
	struct cssp_mech_facts *facts = ctx->exchange ? ctx->ops->facts(ctx) : NULL;
	struct cssp_verdict *verdict = &ctx->verdict;

	if (facts) {
		cssp_vbuf_move(&verdict->account, &facts->claimed);
		cssp_vbuf_move(&verdict->workstation, &facts->workstation);
	}
	/* Without memory the record has no name, but it is published. */
	if (!err && ctx->user && cssp_vbuf_append(&verdict->user, ctx->user, strlen(ctx->user) + 1))
		cssp_vbuf_free(&verdict->user);
}

void cssp_context_judge(struct credssp_context *ctx, int err)
{
	if (!ctx->acceptor)
		return;
	cssp_verdict_free(&ctx->verdict);
	judge_describe(ctx, err);
	judge_name(ctx, err);
	cssp_verdict_publish(&ctx->verdict, &ctx->who, ctx->id);
}
