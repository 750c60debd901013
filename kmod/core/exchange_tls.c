// SPDX-License-Identifier: GPL-2.0-only
/*
 * What both sides of CredSSP share: the records of tokens, alerts, and the messages of an
 * established context.
 */
#include "../base/status.h"
#include "../wire/tls_record.h"
#include "context_impl.h"
#include "exchange_tls.h"

int cssp_exchange_tls_create(struct credssp_context *ctx,
			     const struct cssp_channel_params *params)
{
	cssp_channel_free(ctx->channel);
	ctx->channel = NULL;
	return cssp_channel_create_token(&ctx->channel, params);
}

int cssp_exchange_tls_probe(struct cssp_isc *isc)
{
	struct cssp_rd probe = isc->input, whole;
	unsigned int count;
	int ret;

	ret = cssp_tls_records_split(&probe, &whole, &count, &isc->missing);
	if (ret || count)
		return ret;
	if (!isc->missing)
		isc->missing = CSSP_TLS_HEADER;
	return -ENODATA;
}

/* Give the whole records of the peer's token to the channel. */
int cssp_exchange_tls_take(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	ret = cssp_exchange_tls_probe(isc);
	if (ret) {
		if (ret != -ENODATA)
			ctx->reason = CREDSSP_REASON_TLS_RECORD;
		return ret;
	}
	ret = cssp_channel_push_wire(ctx->channel, &isc->input);
	isc->extra = isc->input.left;
	return ret;
}

int cssp_exchange_tls_collect(struct credssp_context *ctx)
{
	return ctx->attached ? 0 : cssp_channel_pull_wire(ctx->channel, &ctx->output);
}

/*
 * Was a message sealed that the peer will never get? Then no alert can reach the peer,
 * because the record numbers no longer match.
 */
static bool exchange_tls_drop_unsent(struct credssp_context *ctx)
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
 * The alert is the output of the call that fails. A sealed message that was not handed
 * out is never sent. Before there are keys, the helper made the alert, and it is queued
 * already; when the client refuses a server after the handshake, the alert goes behind
 * the last flight.
 */
static void exchange_tls_alert_by_token(struct credssp_context *ctx, u8 alert)
{
	if (exchange_tls_drop_unsent(ctx) || !cssp_context_wants_alert(ctx) ||
	    ctx->state != CSSP_CONTEXT_RUNNING)
		return;
	cssp_channel_send_alert(ctx->channel, alert);
	if (cssp_channel_pull_wire(ctx->channel, &ctx->output))
		cssp_vbuf_clear(&ctx->output);
}

/*
 * An acceptor's records are no secret of the server, so that those of the failing call go
 * out, and its answer or the alert is the last one. Without the token of an earlier call,
 * which was not taken, the peer cannot open any. Before there are keys, the helper's alert is
 * all that can be queued.
 */
static void exchange_tls_answer_by_token(struct credssp_context *ctx, u8 alert)
{
	bool lost = ctx->output.len || ctx->state != CSSP_CONTEXT_RUNNING;
	bool wanted = cssp_context_wants_alert(ctx);

	cssp_vbuf_clear(&ctx->output);
	if (lost || (!wanted && ctx->report.leg <= CREDSSP_LEG_TLS))
		return;
	if (wanted)
		cssp_channel_send_alert(ctx->channel, alert);
	if (cssp_channel_pull_wire(ctx->channel, &ctx->output))
		cssp_vbuf_clear(&ctx->output);
}

void cssp_exchange_tls_notify(struct credssp_context *ctx, u8 alert)
{
	if (!ctx->channel) {
		cssp_vbuf_clear(&ctx->output);
		return;
	}
	if (!ctx->attached) {
		if (ctx->acceptor)
			exchange_tls_answer_by_token(ctx, alert);
		else
			exchange_tls_alert_by_token(ctx, alert);
		return;
	}
	if (cssp_context_wants_alert(ctx))
		cssp_channel_send_alert(ctx->channel, alert);
	cssp_channel_shutdown(ctx->channel);
}

void cssp_exchange_tls_abandon(struct credssp_context *ctx)
{
	if (ctx->attached)
		cssp_channel_shutdown(ctx->channel);
}

void cssp_exchange_tls_wipe(struct credssp_context *ctx)
{
	/* The machine has its mechanism's keys. */
	cssp_context_end_exchange(ctx);
	cssp_channel_free(ctx->channel);
	ctx->channel = NULL;
}

int cssp_exchange_tls_check(const struct credssp_context *ctx, bool seals)
{
	/* ASC_REQ_CONNECTION is the same bit */
	return ctx->context_req & ISC_REQ_CONNECTION ? CSSP_E_UNSUPPORTED : 0;
}

size_t cssp_exchange_tls_max(const struct credssp_context *ctx)
{
	return cssp_channel_session(ctx->channel)->record_limit;
}

void cssp_exchange_tls_margins(const struct credssp_context *ctx, bool seals,
			       struct cssp_room *room)
{
	const struct cssp_tls_session *session = cssp_channel_session(ctx->channel);

	room->before = cssp_tls_overhead_before(session);
	room->after = cssp_tls_overhead_after(session);
}

int cssp_exchange_tls_seal(struct credssp_context *ctx, struct cssp_source *plain,
			   struct cssp_sink *wire, bool *intact)
{
	return cssp_channel_seal(ctx->channel, plain, wire);
}

int cssp_exchange_tls_unseal(struct credssp_context *ctx, struct cssp_source *wire,
			     struct cssp_sink *plain, struct cssp_opened *o)
{
	return cssp_channel_open(ctx->channel, wire, plain, o);
}

void cssp_exchange_tls_sizes(const struct credssp_context *ctx, bool seals,
			     struct credssp_sizes *sizes)
{
	struct cssp_room room = {};

	if (seals)
		cssp_exchange_tls_margins(ctx, true, &room);
	*sizes = (struct credssp_sizes){
		.max_token = CREDSSP_MAX_TOKEN,
		.block_size = 1,
		.security_trailer = room.before + room.after,
	};
}

int cssp_exchange_tls_export(struct credssp_context *ctx, struct socket *sock, bool *intact)
{
	int ret = cssp_channel_export(ctx->channel, sock);

	*intact = cssp_channel_usable(ctx->channel);
	return ret;
}
