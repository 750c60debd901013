// SPDX-License-Identifier: GPL-2.0-only
/* The exchange of CredSSP's acceptor: drives the server machine and the channel. */
#include "../base/filetime.h"
#include "../base/status.h"
#include "../base/trace.h"
#include "../crypto/hash.h"
#include "../policy/policy.h"
#include "../wire/tls_record.h"
#include "context_impl.h"
#include "exchange_tls.h"

/* The handshake is over: copy its facts to the report. The certificate is the own one. */
static int exchange_accept_learn_session(struct credssp_context *ctx)
{
	const struct cssp_tls_session *s = cssp_channel_session(ctx->channel);
	struct cssp_rd cert = cssp_vbuf_rd(&s->cert);
	struct credssp_report *r = &ctx->report;

	r->facts |= CREDSSP_FACT_TLS;
	r->tls_version = s->version;
	r->tls_cipher = s->cipher;
	r->cert_length = cert.left;
	if (s->resumed)
		r->facts |= CREDSSP_FACT_RESUMED;
	ctx->expiry = cssp_filetime_of_seconds(s->not_after);
	return cssp_sha256(&cert, 1, r->cert_sha256);
}

/* The client may only now ask its user for the password. */
static void exchange_accept_give_time(struct credssp_context *ctx)
{
	cssp_wait_widen(&ctx->wait);
	if (!ctx->attached)
		cssp_context_expire_start(ctx);
}

static int exchange_accept_fetch_key(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	struct cssp_rd key;
	int ret;

	ret = cssp_channel_handshake(ctx->channel);
	if (ret)
		return ret;
	exchange_accept_give_time(ctx);
	ret = exchange_accept_learn_session(ctx);
	if (ret)
		return ret;
	key = cssp_vbuf_rd(&cssp_channel_session(ctx->channel)->public_key);
	return cssp_vbuf_set(msg, &key);
}

/* Fetch the input of the next event from the channel. */
static int exchange_accept_fetch(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	switch (cssp_server_expects(&ctx->exchange->server)) {
	case CSSP_SERVER_CHANNEL_UP:
		return exchange_accept_fetch_key(ctx, msg);
	case CSSP_SERVER_REQUEST:
		return cssp_channel_recv_request(ctx->channel, msg);
	default:
		return 0;
	}
}

/* The result @ret of the machine stays; what it told the peer of a failure is the last word. */
static int exchange_accept_send(struct credssp_context *ctx, const struct cssp_vbuf *out, int ret)
{
	struct cssp_rd rd = cssp_vbuf_rd(out);
	int sent;

	if (!rd.left)
		return ret;
	sent = cssp_channel_send(ctx->channel, &rd);
	if (!ret)
		return sent;
	ctx->exchange->answered = !sent;
	return ret;
}

static int exchange_accept_run_step(struct credssp_context *ctx, struct cssp_vbuf *msg,
				    struct cssp_vbuf *out)
{
	struct cssp_server *server = &ctx->exchange->server;
	enum cssp_server_event event = cssp_server_expects(server);
	struct cssp_rd rd;
	int ret;

	ctx->report.leg = cssp_server_leg(server);
	ret = exchange_accept_fetch(ctx, msg);
	if (ret)
		return ret;
	rd = cssp_vbuf_rd(msg);
	ret = cssp_server_event(server, event, &rd, out);
	if (!ret)
		trace_cssp_leg(ctx->id, ctx->report.leg, cssp_server_leg(server));
	return exchange_accept_send(ctx, out, ret);
}

/* Drive machine and channel as far as they go. 0: established. */
static int exchange_accept_drive(struct credssp_context *ctx)
{
	struct cssp_vbuf msg = {}, out = {};
	int ret = 0;

	while (!ret && ctx->exchange->server.state != CSSP_SERVER_ESTABLISHED) {
		ret = cssp_wait_check(&ctx->wait) ?: exchange_accept_run_step(ctx, &msg, &out);
		cssp_vbuf_clear(&msg);
		cssp_vbuf_clear(&out);
	}
	cssp_vbuf_free(&msg);
	cssp_vbuf_free(&out);
	return ret;
}

static bool exchange_accept_in_handshake(const struct credssp_context *ctx)
{
	return cssp_server_leg(&ctx->exchange->server) <= CREDSSP_LEG_TLS;
}

/* Give the next whole record of the token to the channel. -ENODATA when there is none. */
static int exchange_accept_take_record(struct credssp_context *ctx, struct cssp_isc *isc)
{
	struct cssp_isc one = *isc;
	size_t total;
	u8 type;
	int ret;

	/* A header that is malformed or cut short is refused below. */
	if (!cssp_tls_record_total(&isc->input, &type, &total))
		one.input.left = min(isc->input.left, total);
	ret = cssp_exchange_tls_take(ctx, &one);
	isc->missing = one.missing;
	if (ret)
		return ret;
	if (cssp_rd_skip(&isc->input, one.input.p - isc->input.p))
		return CSSP_E_MALFORMED;
	isc->extra = isc->input.left;
	return 0;
}

/*
 * The client may send its first data right behind its credentials, and in the same token.
 * These records are not the exchange's: they are returned as what was not used. So after
 * the handshake the channel gets one record at a time.
 */
static int exchange_accept_take(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret = exchange_accept_in_handshake(ctx) ? cssp_exchange_tls_take(ctx, isc) :
						      exchange_accept_take_record(ctx, isc);

	ctx->exchange->input = ret ? NULL : isc;
	return ret;
}

static int exchange_accept_go_on(struct credssp_context *ctx)
{
	struct cssp_isc *isc = ctx->exchange->input;
	int ret;

	ret = exchange_accept_drive(ctx);
	while (ret == -EAGAIN && isc && isc->input.left) {
		ret = exchange_accept_take_record(ctx, isc);
		/* A part of a record waits in the caller's memory for its rest. */
		ret = ret == -ENODATA ? -EAGAIN : ret;
		if (ret)
			return ret;
		ret = exchange_accept_drive(ctx);
	}
	return ret;
}

static int exchange_accept_run(struct credssp_context *ctx)
{
	int ret = exchange_accept_go_on(ctx);

	ctx->exchange->input = NULL;
	return ret ?: cssp_channel_settle(ctx->channel);
}

static int exchange_accept_established(struct credssp_context *ctx)
{
	struct cssp_server *server = &ctx->exchange->server;
	int ret = cssp_context_learn_logon(ctx, &server->facts.mech);

	if (ret)
		return ret;
	ctx->session_key = server->session_key;
	cssp_delegated_move(&ctx->delegated, &server->delegated);
	cssp_channel_forget_peer(ctx->channel);
	if (ctx->attached)
		cssp_channel_release_socket(ctx->channel);
	return 0;
}

static int exchange_accept_begin(struct credssp_context *ctx, const struct cssp_identity *id,
				 enum cssp_cred_kind kind)
{
	const struct credssp_cred *cred = ctx->cred;
	struct cssp_server *server = &ctx->exchange->server;
	struct cssp_server_params params = {
		.mech = cred->mech,
		.mech_params = {
			.id = id,
			.target = "",
			.who = &ctx->who,
			.wait = &ctx->wait,
			.tickets = &cred->tickets,
			.no_ntlm = cssp_policy_ntlm(&ctx->exchange->policy),
			.mechs = cred->mech_id == CREDSSP_MECH_NEGOTIATE ? 0 : cred->mech_id,
			.peer = &ctx->peer,
			.host = cred->host,
		},
		.max_version = cred->max_version,
		.restricted_admin = ctx->accept_flags & CREDSSP_ACCEPT_RESTRICTED_ADMIN,
		.remote_guard = ctx->accept_flags & CREDSSP_ACCEPT_REMOTE_GUARD,
		.early_auth = ctx->accept_flags & CREDSSP_ACCEPT_EARLY_AUTH,
		.keep_key = ctx->keep_key,
	};
	int ret = cssp_context_min_version(ctx, params.max_version, &params.min_version);

	if (ret)
		return ret;
	cssp_server_init(server, &params);
	return cssp_server_event(server, CSSP_SERVER_BEGIN, NULL, NULL);
}

static int exchange_accept_open(struct credssp_context *ctx)
{
	struct cssp_channel_params params = cssp_context_channel_params(ctx);
	int ret;

	if (!ctx->attached) {
		ret = cssp_exchange_tls_create(ctx, &params);
		if (ret)
			return ret;
	}
	cssp_channel_set_alerts(ctx->channel, cssp_context_wants_alert(ctx));
	cssp_channel_set_cert(ctx->channel, ctx->cred->tls.cert, false);
	return 0;
}

static u32 exchange_accept_attributes(const struct credssp_context *ctx)
{
	u32 asked = ctx->context_req;
	u32 attr = asked & (ASC_RET_EXTENDED_ERROR | ASC_RET_CONNECTION);

	if (!(asked & ASC_REQ_CONNECTION))
		attr |= ASC_RET_STREAM;
	if (ctx->state != CSSP_CONTEXT_ESTABLISHED && ctx->state != CSSP_CONTEXT_EXPORTED)
		return attr;
	attr |= ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | ASC_RET_CONFIDENTIALITY |
		ASC_RET_INTEGRITY;
	if (ctx->report.facts & CREDSSP_FACT_DELEGATED)
		attr |= ASC_RET_DELEGATE;
	if (ctx->report.facts & CREDSSP_FACT_KERBEROS_PROVEN)
		attr |= ASC_RET_MUTUAL_AUTH;
	return attr;
}

static void exchange_accept_report_server(struct credssp_context *ctx, struct cssp_server *server)
{
	struct cssp_server_facts *facts = &server->facts;
	struct credssp_report *r = &ctx->report;

	cssp_context_report_mech(ctx, &facts->mech);
	r->credssp_version = facts->version;
	r->peer_version = facts->peer_version;
	r->ntstatus = facts->ntstatus;
	r->delegated = facts->delegated;
	if (facts->peer_version)
		r->facts |= CREDSSP_FACT_PEER_VERSION;
	if (facts->delegated > CREDSSP_DELEGATED_EMPTY)
		r->facts |= CREDSSP_FACT_DELEGATED;
	if (server->state != CSSP_SERVER_ESTABLISHED)
		return;
	if (server->p.early_auth)
		r->facts |= CREDSSP_FACT_EARLY_AUTH;
	if (facts->mech.package == CREDSSP_PACKAGE_KERBEROS)
		r->facts |= CREDSSP_FACT_KERBEROS_PROVEN | CREDSSP_FACT_SERVER_PROVEN;
}

static void exchange_accept_report(struct credssp_context *ctx)
{
	struct credssp_report *r = &ctx->report;

	if (ctx->exchange)
		exchange_accept_report_server(ctx, &ctx->exchange->server);
	if (!ctx->channel)
		return;
	r->tls_alert = cssp_channel_alert(ctx->channel);
	if (r->tls_alert)
		r->facts |= CREDSSP_FACT_ALERT;
}

static struct cssp_mech_facts *exchange_accept_facts(struct credssp_context *ctx)
{
	return &ctx->exchange->server.facts.mech;
}

static int exchange_accept_fail(struct credssp_context *ctx, int err, u32 *reason)
{
	const struct cssp_exchange *x = ctx->exchange;

	if (!*reason && x)
		*reason = x->server.facts.reason;
	if (!*reason && ctx->channel)
		*reason = cssp_channel_reason(ctx->channel);
	return err;
}

const struct cssp_exchange_ops cssp_accept_exchange = {
	.open = exchange_accept_open,
	.begin = exchange_accept_begin,
	.check_cred = cssp_context_same_cred,
	.take = exchange_accept_take,
	.run = exchange_accept_run,
	.collect = cssp_exchange_tls_collect,
	.established = exchange_accept_established,
	.attributes = exchange_accept_attributes,
	.report = exchange_accept_report,
	.facts = exchange_accept_facts,
	.fail = exchange_accept_fail,
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
