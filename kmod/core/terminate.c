// SPDX-License-Identifier: GPL-2.0-only
/* How a context ends: what is reported, and what the peer is told. */
#include "../base/status.h"
#include "../base/trace.h"
#include "context_impl.h"
#include "stats.h"

/* TLS AlertDescription, RFC 8446 6 */
#define ALERT_HANDSHAKE_FAILURE		40
#define ALERT_ACCESS_DENIED		49
#define ALERT_DECODE_ERROR		50
#define ALERT_DECRYPT_ERROR		51
#define ALERT_PROTOCOL_VERSION		70
#define ALERT_INTERNAL_ERROR		80

/* What an errno says when no room knew better, and what a peer is told of it. */
static const struct {
	int err;
	u32 reason;
	u8 alert;
} failures[] = {
	{ -ENOMEM,		CREDSSP_REASON_NO_MEMORY,	ALERT_INTERNAL_ERROR },
	{ -ETIMEDOUT,		CREDSSP_REASON_TIMEOUT,		ALERT_INTERNAL_ERROR },
	{ -ECANCELED,		CREDSSP_REASON_CANCELLED,	ALERT_INTERNAL_ERROR },
	{ -EINTR,		CREDSSP_REASON_CANCELLED,	ALERT_INTERNAL_ERROR },
	{ -EREMOTEIO,		CREDSSP_REASON_HELPER_REPLY,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_NO_HELPER,	CREDSSP_REASON_NO_HELPER,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_CLOSED,	CREDSSP_REASON_CONNECTION,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_NETWORK,	CREDSSP_REASON_CONNECTION,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_WEAK,		CREDSSP_REASON_MECH_WEAK,	ALERT_HANDSHAKE_FAILURE },
	{ CSSP_E_MALFORMED,	CREDSSP_REASON_DER,		ALERT_DECODE_ERROR },
	{ CSSP_E_STATE,		CREDSSP_REASON_UNEXPECTED_FIELD, ALERT_DECODE_ERROR },
	{ CSSP_E_TOO_BIG,	CREDSSP_REASON_LIMIT,		ALERT_DECODE_ERROR },
	{ CSSP_E_ALTERED,	CREDSSP_REASON_BINDING,		ALERT_DECRYPT_ERROR },
	{ CSSP_E_VERSION,	CREDSSP_REASON_VERSION_POLICY,	ALERT_PROTOCOL_VERSION },
	{ CSSP_E_POLICY,	CREDSSP_REASON_POLICY,		ALERT_ACCESS_DENIED },
	{ CSSP_E_NTLM_ONLY,	CREDSSP_REASON_POLICY,		ALERT_ACCESS_DENIED },
	{ CSSP_E_NOT_PROVEN,	CREDSSP_REASON_SERVER_NOT_PROVEN, ALERT_ACCESS_DENIED },
	{ CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_SERVER_NOT_PROVEN, ALERT_ACCESS_DENIED },
	{ CSSP_E_LOGON_DENIED,	CREDSSP_REASON_CLOSED_AFTER_AUTH, ALERT_ACCESS_DENIED },
	{ CSSP_E_NO_CREDS,	CREDSSP_REASON_KEY,		ALERT_INTERNAL_ERROR },
	{ CSSP_E_PARAMETER,	CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_TARGET,	CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_HANDLE,	CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_UNSUPPORTED,	CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ -EFAULT,		CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ -EDQUOT,		CREDSSP_REASON_LIMIT,		ALERT_INTERNAL_ERROR },
};

static void default_reason(int err, u32 *reason, u8 *alert)
{
	size_t i;

	*alert = ALERT_INTERNAL_ERROR;
	for (i = 0; i < ARRAY_SIZE(failures); i++) {
		if (failures[i].err != err)
			continue;
		*alert = failures[i].alert;
		if (!*reason)
			*reason = failures[i].reason;
		return;
	}
}

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
	u32 reason;
	u8 alert;

	err = judge(ctx, err);
	reason = ctx->client.facts.reason ?: ctx->inner.reason;
	if (!reason && ctx->channel)
		reason = cssp_channel_reason(ctx->channel);
	default_reason(err, &reason, &alert);
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
