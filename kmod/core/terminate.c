// SPDX-License-Identifier: GPL-2.0-only
/* How a context ends: what is reported, and what the peer is told. */
#include "../base/status.h"
#include "../base/trace.h"
#include "context_impl.h"
#include "stats.h"

static void report_client(struct credssp_report *r, const struct cssp_client_facts *c)
{
	r->credssp_version = c->version;
	r->peer_version = c->peer_version;
	r->ntstatus = c->ntstatus;
	if (c->peer_version)
		r->facts |= CREDSSP_FACT_PEER_VERSION;
	if (c->delegated)
		r->facts |= CREDSSP_FACT_DELEGATED;
	if (c->early_ok)
		r->facts |= CREDSSP_FACT_EARLY_AUTH;
	if (c->reason == CREDSSP_REASON_ERROR_CODE)
		r->facts |= CREDSSP_FACT_NTSTATUS;
}

void cssp_context_update_report(struct credssp_context *ctx)
{
	struct credssp_report *r = &ctx->report;

	r->mech = ctx->cred->mech_id;
	report_client(r, &ctx->client.facts);
	if (!ctx->channel)
		return;
	r->tls_alert = cssp_channel_alert(ctx->channel);
	if (r->tls_alert)
		r->facts |= CREDSSP_FACT_ALERT;
}

/* The peer hung up or sent an alert after it got AUTHENTICATE: that is how many say no. */
static int judge(struct credssp_context *ctx, int err)
{
	if (err == CSSP_E_CLOSED && ctx->auth_sent && ctx->state == CSSP_CONTEXT_RUNNING) {
		ctx->client.facts.reason = CREDSSP_REASON_CLOSED_AFTER_AUTH;
		return CSSP_E_LOGON_DENIED;
	}
	return err;
}

/* Is there a sealed message that the peer has not got? Then no alert can reach it. */
static bool drop_unsent(struct credssp_context *ctx)
{
	bool unsent = ctx->output.len;

	cssp_vbuf_clear(&ctx->output);
	if (ctx->report.leg <= CREDSSP_LEG_TLS)
		return false;
	if (cssp_channel_pull_wire(ctx->channel, &ctx->output))
		return true;
	unsent |= ctx->output.len;
	cssp_vbuf_clear(&ctx->output);
	return unsent;
}

/*
 * EXTENDED_ERROR, tokens: the alert is the output of the call that fails.  A
 * message that was sealed but not handed out is never sent.  Until there are keys
 * the alert is the helper's, and queued already; a refusal of the server that the
 * handshake proved goes behind its last flight.
 */
static void alert_by_token(struct credssp_context *ctx, u8 alert)
{
	if (drop_unsent(ctx) || !(ctx->context_req & ISC_REQ_EXTENDED_ERROR) ||
	    ctx->state != CSSP_CONTEXT_RUNNING)
		return;
	cssp_channel_send_alert(ctx->channel, alert);
	if (cssp_channel_pull_wire(ctx->channel, &ctx->output))
		cssp_vbuf_clear(&ctx->output);
}

static void alert_by_socket(struct credssp_context *ctx, u8 alert)
{
	if (ctx->context_req & ISC_REQ_EXTENDED_ERROR)
		cssp_channel_send_alert(ctx->channel, alert);
	cssp_channel_shutdown(ctx->channel);
}

int cssp_context_fail(struct credssp_context *ctx, int err)
{
	u8 alert;
	u32 reason;

	err = judge(ctx, err);
	alert = cssp_alert(err);
	reason = ctx->client.facts.reason ?: ctx->inner.reason;
	if (!reason && ctx->channel)
		reason = cssp_channel_reason(ctx->channel);
	reason = reason ?: cssp_reason(err);
	cssp_context_update_report(ctx);
	ctx->report.reason = reason;
	trace_cssp_reject(ctx->id, ctx->report.leg, reason, err);
	if (ctx->channel && ctx->attached)
		alert_by_socket(ctx, alert);
	else if (ctx->channel)
		alert_by_token(ctx, alert);
	else
		cssp_vbuf_clear(&ctx->output);
	if (ctx->state != CSSP_CONTEXT_ESTABLISHED)
		atomic64_inc(&cssp_stats.failed);
	cssp_client_kill(&ctx->client);
	cssp_context_wipe(ctx);
	ctx->state = CSSP_CONTEXT_DEAD;
	return err;
}
