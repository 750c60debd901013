// SPDX-License-Identifier: GPL-2.0-only
/* The exchange of CredSSP: drives the client machine and the channel. And its messages. */
#include "../base/filetime.h"
#include "../base/status.h"
#include "../base/trace.h"
#include "../crypto/hash.h"
#include "context_impl.h"
#include "exchange_tls.h"

/* Without a host name there is no identity that the certificate could prove. */
static u32 exchange_credssp_trust_of(const struct credssp_context *ctx,
				     const struct cssp_tls_session *s)
{
	return s->trust | (*ctx->target.host ? 0 : CREDSSP_TRUST_NOT_EVALUATED);
}

/* The handshake is over: copy its facts to the report and to the machine. */
static int exchange_credssp_learn_session(struct credssp_context *ctx)
{
	const struct cssp_tls_session *s = cssp_channel_session(ctx->channel);
	struct cssp_rd cert = cssp_vbuf_rd(&s->cert);
	struct credssp_report *r = &ctx->report;
	bool pinned;
	int ret;

	cssp_vbuf_free(&ctx->exchange->used);
	r->facts |= CREDSSP_FACT_TLS;
	r->tls_version = s->version;
	r->tls_cipher = s->cipher;
	r->trust = exchange_credssp_trust_of(ctx, s);
	r->cert_length = cert.left;
	if (s->resumed)
		r->facts |= CREDSSP_FACT_RESUMED;
	ctx->expiry = cssp_filetime_of_seconds(s->not_after);
	ret = cssp_sha256(&cert, 1, r->cert_sha256) ?: cssp_vbuf_set(&ctx->cert, &cert);
	if (ret)
		return ret;
	pinned = cssp_tls_options_pinned(&ctx->cred->tls, r->cert_sha256);
	cssp_client_set_server(&ctx->exchange->client, r->trust, pinned);
	if (pinned)
		r->facts |= CREDSSP_FACT_PINNED;
	if (pinned || !r->trust)
		r->facts |= CREDSSP_FACT_SERVER_PROVEN;
	if (s->cert_sent)
		r->facts |= CREDSSP_FACT_CLIENT_CERT;
	return 0;
}

static int exchange_credssp_fetch_key(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	struct cssp_rd key;
	int ret;

	ret = cssp_channel_handshake(ctx->channel);
	if (ret)
		return ret;
	ret = exchange_credssp_learn_session(ctx);
	if (ret)
		return ret;
	key = cssp_vbuf_rd(&cssp_channel_session(ctx->channel)->public_key);
	return cssp_vbuf_set(msg, &key);
}

static int exchange_credssp_fetch_result(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	u8 pdu[sizeof(u32)];
	int ret;

	ret = cssp_channel_recv_exact(ctx->channel, pdu, sizeof(pdu));
	if (ret)
		return ret;
	return cssp_vbuf_append(msg, pdu, sizeof(pdu));
}

/* Fetch the input of the next event from the channel. */
static int exchange_credssp_fetch(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	switch (cssp_client_expects(&ctx->exchange->client)) {
	case CSSP_EVENT_CHANNEL_UP:
		return exchange_credssp_fetch_key(ctx, msg);
	case CSSP_EVENT_REQUEST:
		return cssp_channel_recv_request(ctx->channel, msg);
	case CSSP_EVENT_RESULT:
		return exchange_credssp_fetch_result(ctx, msg);
	default:
		return 0;
	}
}

static int exchange_credssp_run_step(struct credssp_context *ctx, struct cssp_vbuf *msg,
				     struct cssp_vbuf *out)
{
	enum cssp_client_event event = cssp_client_expects(&ctx->exchange->client);
	struct cssp_rd rd;
	int ret;

	ctx->report.leg = cssp_client_leg(&ctx->exchange->client);
	ret = exchange_credssp_fetch(ctx, msg);
	if (ret)
		return ret;
	rd = cssp_vbuf_rd(msg);
	ret = cssp_client_event(&ctx->exchange->client, event, &rd, out);
	if (ret)
		return ret;
	trace_cssp_leg(ctx->id, ctx->report.leg, cssp_client_leg(&ctx->exchange->client));
	if (!out->len)
		return 0;
	rd = cssp_vbuf_rd(out);
	ret = cssp_channel_send(ctx->channel, &rd);
	if (ret)
		return ret;
	ctx->exchange->auth_sent = cssp_client_authenticated(&ctx->exchange->client);
	return 0;
}

/* Drive machine and channel as far as they go. 0: established. */
static int exchange_credssp_drive(struct credssp_context *ctx)
{
	struct cssp_vbuf msg = {}, out = {};
	int ret = 0;

	while (!ret && ctx->exchange->client.state != CSSP_CLIENT_ESTABLISHED) {
		ret = cssp_wait_check(&ctx->wait) ?: exchange_credssp_run_step(ctx, &msg, &out);
		cssp_vbuf_clear(&msg);
		cssp_vbuf_clear(&out);
	}
	cssp_vbuf_free(&msg);
	cssp_vbuf_free(&out);
	return ret;
}

/*
 * Offer an earlier session, and keep the new one for later. If the cache is off or there
 * is no target name, do neither.
 */
static void exchange_credssp_offer_session(struct credssp_context *ctx)
{
	struct cssp_past_session *past;

	past = cssp_session_cache_take(&ctx->cred->sessions, ctx->target.spn, &ctx->who);
	if (cssp_session_cache_usable(ctx->target.spn))
		cssp_channel_offer(ctx->channel, past);
	else
		cssp_past_session_free(past);
}

/* Only a session with a key that pubKeyAuth has proven is resumed later. */
static void exchange_credssp_keep_session(struct credssp_context *ctx)
{
	cssp_session_cache_put(&ctx->cred->sessions, ctx->target.spn, &ctx->who,
			       cssp_channel_next_session(ctx->channel));
}

static int exchange_credssp_run(struct credssp_context *ctx)
{
	return exchange_credssp_drive(ctx) ?: cssp_channel_settle(ctx->channel);
}

static int exchange_credssp_keep_stream(struct credssp_context *ctx)
{
	int ret = cssp_context_learn_logon(ctx, &ctx->exchange->client.facts.mech);

	if (ret)
		return ret;
	exchange_credssp_keep_session(ctx);
	ctx->session_key = ctx->exchange->client.session_key;
	cssp_channel_forget_peer(ctx->channel);
	if (ctx->attached)
		cssp_channel_release_socket(ctx->channel);
	return 0;
}

static int exchange_credssp_begin_client(struct credssp_context *ctx,
					 const struct cssp_identity *id,
					 enum cssp_cred_kind kind)
{
	const struct credssp_cred *cred = ctx->cred;
	struct cssp_client_params params = {
		.mech = cred->mech,
		.id = id,
		.kind = kind,
		.policy = &ctx->exchange->policy,
		.who = &ctx->who,
		.wait = &ctx->wait,
		.tickets = &cred->tickets,
		.store = cssp_context_ticket_store(ctx),
		.no_ntlm = cssp_policy_ntlm(&ctx->exchange->policy),
		.spn = ctx->target.spn,
		.context_req = ctx->context_req,
		.max_version = cred->max_version,
		.early_auth = ctx->early_auth && ctx->attached,
		.keep_key = ctx->keep_key,
	};
	int ret = cssp_context_min_version(ctx, params.max_version, &params.min_version);

	if (ret)
		return ret;
	cssp_client_init(&ctx->exchange->client, &params);
	return cssp_client_event(&ctx->exchange->client, CSSP_EVENT_BEGIN, NULL, NULL);
}

static int exchange_credssp_open(struct credssp_context *ctx)
{
	struct cssp_channel_params params = cssp_context_channel_params(ctx);
	int ret;

	ctx->cert_asked = false;
	cssp_vbuf_free(&ctx->issuers);
	if (ctx->attached) {
		cssp_channel_set_server(ctx->channel, &params);
	} else {
		ret = cssp_exchange_tls_create(ctx, &params);
		if (ret)
			return ret;
	}
	cssp_channel_set_alerts(ctx->channel, cssp_context_wants_alert(ctx));
	exchange_credssp_offer_session(ctx);
	cssp_context_offer_cert(ctx);
	return 0;
}

/* The call that answers CERT_WANTED need not bring new bytes. */
static int exchange_credssp_take_answer(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	cssp_context_skip_used(ctx, isc);
	ret = cssp_exchange_tls_take(ctx, isc);
	isc->extra = isc->input.left;
	return ret == -ENODATA ? 0 : ret;
}

static int exchange_credssp_take(struct credssp_context *ctx, struct cssp_isc *isc)
{
	return cssp_channel_wants_cert(ctx->channel) ? exchange_credssp_take_answer(ctx, isc) :
						       cssp_exchange_tls_take(ctx, isc);
}

static u32 exchange_credssp_attributes(const struct credssp_context *ctx)
{
	u32 asked = ctx->context_req;
	u32 attr = ISC_RET_MANUAL_CRED_VALIDATION;

	attr |= asked & (ISC_RET_EXTENDED_ERROR | ISC_RET_CONNECTION |
			 ISC_RET_USED_SUPPLIED_CREDS);
	if (!(asked & ISC_REQ_CONNECTION))
		attr |= ISC_RET_STREAM;
	if (ctx->state != CSSP_CONTEXT_ESTABLISHED && ctx->state != CSSP_CONTEXT_EXPORTED)
		return attr;
	attr |= ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |
		ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY;
	if (ctx->report.facts & CREDSSP_FACT_DELEGATED)
		attr |= ISC_RET_DELEGATE;
	if (ctx->report.facts & CREDSSP_FACT_SERVER_PROVEN)
		attr |= ISC_RET_MUTUAL_AUTH;
	return attr;
}

static void exchange_credssp_report_client(struct credssp_context *ctx,
					   struct cssp_client *client)
{
	struct cssp_client_facts *facts = &client->facts;
	struct credssp_report *r = &ctx->report;

	cssp_context_report_mech(ctx, &facts->mech);
	r->credssp_version = facts->version;
	r->peer_version = facts->peer_version;
	r->ntstatus = facts->ntstatus;
	if (facts->peer_version)
		r->facts |= CREDSSP_FACT_PEER_VERSION;
	if (facts->delegated)
		r->facts |= CREDSSP_FACT_DELEGATED;
	if (facts->early_ok)
		r->facts |= CREDSSP_FACT_EARLY_AUTH;
	if (facts->mech_proven)
		r->facts |= CREDSSP_FACT_KERBEROS_PROVEN | CREDSSP_FACT_SERVER_PROVEN;
	if (facts->reason == CREDSSP_REASON_ERROR_CODE)
		r->facts |= CREDSSP_FACT_NTSTATUS;
}

static void exchange_credssp_report(struct credssp_context *ctx)
{
	struct credssp_report *r = &ctx->report;

	if (ctx->exchange)
		exchange_credssp_report_client(ctx, &ctx->exchange->client);
	if (!ctx->channel)
		return;
	r->tls_alert = cssp_channel_alert(ctx->channel);
	if (r->tls_alert)
		r->facts |= CREDSSP_FACT_ALERT;
}

/* Many servers close the connection or send an alert to refuse a logon. */
static int exchange_credssp_fail(struct credssp_context *ctx, int err, u32 *reason)
{
	const struct cssp_exchange *x = ctx->exchange;

	if (err == CSSP_E_CLOSED && x && x->auth_sent && ctx->state == CSSP_CONTEXT_RUNNING) {
		*reason = CREDSSP_REASON_CLOSED_AFTER_AUTH;
		return CSSP_E_LOGON_DENIED;
	}
	if (!*reason && x)
		*reason = x->client.facts.reason;
	if (!*reason && ctx->channel)
		*reason = cssp_channel_reason(ctx->channel);
	return err;
}

const struct cssp_exchange_ops cssp_credssp_exchange = {
	.open = exchange_credssp_open,
	.begin = exchange_credssp_begin_client,
	.check_cred = cssp_context_check_cred,
	.take = exchange_credssp_take,
	.run = exchange_credssp_run,
	.want_cert = cssp_context_want_cert,
	.collect = cssp_exchange_tls_collect,
	.established = exchange_credssp_keep_stream,
	.attributes = exchange_credssp_attributes,
	.report = exchange_credssp_report,
	.fail = exchange_credssp_fail,
	.notify = cssp_exchange_tls_notify,
	.abandon = cssp_exchange_tls_abandon,
	.wipe = cssp_exchange_tls_wipe,
	.max_message = cssp_exchange_tls_max,
	.check = cssp_exchange_tls_check,
	.sizes = cssp_exchange_tls_sizes,
	.margins = cssp_exchange_tls_margins,
	.seal = cssp_exchange_tls_seal,
	.unseal = cssp_exchange_tls_unseal,
	.export = cssp_exchange_tls_export,
};
