// SPDX-License-Identifier: GPL-2.0-only
/* The exchange: drives the client machine and the channel as far as they go. */
#include "../base/filetime.h"
#include "../base/status.h"
#include "../base/trace.h"
#include "../crypto/hash.h"
#include "../wire/tls_record.h"
#include "context_impl.h"
#include "stats.h"

/* Without a host nobody can say whom the certificate proves. */
static u32 trust_of(const struct credssp_context *ctx, const struct cssp_tls_session *s)
{
	return s->trust | (*ctx->target.host ? 0 : CREDSSP_TRUST_NOT_EVALUATED);
}

/* The handshake is over: what it told, for the report and for the machine. */
static int learn_session(struct credssp_context *ctx)
{
	const struct cssp_tls_session *s = cssp_channel_session(ctx->channel);
	struct cssp_rd cert = cssp_vbuf_rd(&s->cert);
	struct credssp_report *r = &ctx->report;
	bool pinned;
	int ret;

	cssp_vbuf_free(&ctx->used);
	r->facts |= CREDSSP_FACT_TLS;
	r->tls_version = s->version;
	r->tls_cipher = s->cipher;
	r->trust = trust_of(ctx, s);
	r->cert_length = cert.left;
	if (s->resumed)
		r->facts |= CREDSSP_FACT_RESUMED;
	ctx->expiry = cssp_filetime_of_seconds(s->not_after);
	ret = cssp_sha256(&cert, 1, r->cert_sha256) ?: cssp_vbuf_set(&ctx->cert, &cert);
	if (ret)
		return ret;
	pinned = cssp_tls_options_pinned(&ctx->cred->tls, r->cert_sha256);
	cssp_client_set_server(&ctx->client, r->trust, pinned);
	if (pinned)
		r->facts |= CREDSSP_FACT_PINNED;
	if (pinned || !r->trust)
		r->facts |= CREDSSP_FACT_SERVER_PROVEN;
	if (s->cert_sent)
		r->facts |= CREDSSP_FACT_CLIENT_CERT;
	return 0;
}

static int fetch_key(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	int ret = cssp_channel_handshake(ctx->channel);
	struct cssp_rd key;

	if (ret)
		return ret;
	key = cssp_vbuf_rd(&cssp_channel_session(ctx->channel)->public_key);
	return learn_session(ctx) ?: cssp_vbuf_set(msg, &key);
}

static int fetch_result(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	u8 pdu[sizeof(u32)];

	return cssp_channel_recv_exact(ctx->channel, pdu, sizeof(pdu)) ?:
	       cssp_vbuf_append(msg, pdu, sizeof(pdu));
}

/* What the machine waits for, fetched from the channel. */
static int fetch(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	switch (cssp_client_expects(&ctx->client)) {
	case CSSP_EVENT_CHANNEL_UP:
		return fetch_key(ctx, msg);
	case CSSP_EVENT_REQUEST:
		return cssp_channel_recv_request(ctx->channel, msg);
	case CSSP_EVENT_RESULT:
		return fetch_result(ctx, msg);
	default:
		return 0;
	}
}

static int run_step(struct credssp_context *ctx, struct cssp_vbuf *msg,
		    struct cssp_vbuf *out)
{
	enum cssp_client_event event = cssp_client_expects(&ctx->client);
	struct cssp_rd rd;
	int ret;

	ctx->report.leg = cssp_client_leg(&ctx->client);
	ret = fetch(ctx, msg);
	if (ret)
		return ret;
	rd = cssp_vbuf_rd(msg);
	ret = cssp_client_event(&ctx->client, event, &rd, out);
	if (ret)
		return ret;
	trace_cssp_leg(ctx->id, ctx->report.leg, cssp_client_leg(&ctx->client));
	if (!out->len)
		return 0;
	rd = cssp_vbuf_rd(out);
	ret = cssp_channel_send(ctx->channel, &rd);
	if (!ret)
		ctx->auth_sent = cssp_client_authenticated(&ctx->client);
	return ret;
}

/* Drive machine and channel as far as they go. 0: established. */
static int drive(struct credssp_context *ctx)
{
	struct cssp_vbuf msg = {}, out = {};
	int ret = 0;

	while (!ret && ctx->client.state != CSSP_CLIENT_ESTABLISHED) {
		ret = cssp_wait_check(&ctx->wait);
		if (!ret)
			ret = run_step(ctx, &msg, &out);
		cssp_vbuf_clear(&msg);
		cssp_vbuf_clear(&out);
	}
	cssp_vbuf_free(&msg);
	cssp_vbuf_free(&out);
	return ret;
}

/* Which earlier session may be resumed, or that this one may be later. */
static void offer_session(struct credssp_context *ctx)
{
	struct cssp_past_session *past;

	past = cssp_session_cache_take(&ctx->cred->sessions, ctx->target.spn, &ctx->who);
	if (cssp_session_cache_usable(ctx->target.spn))
		cssp_channel_offer(ctx->channel, past);
	else
		cssp_past_session_free(past);
}

/* Only a session whose key pubKeyAuth has proven is resumed later. */
static void keep_session(struct credssp_context *ctx)
{
	cssp_session_cache_put(&ctx->cred->sessions, ctx->target.spn, &ctx->who,
			       cssp_channel_next_session(ctx->channel));
}

static int run(struct credssp_context *ctx)
{
	return drive(ctx) ?: cssp_channel_settle(ctx->channel);
}

static int keep_stream(struct credssp_context *ctx)
{
	keep_session(ctx);
	ctx->session_key = ctx->client.session_key;
	cssp_client_wipe(&ctx->client);
	cssp_channel_forget_peer(ctx->channel);
	if (ctx->attached)
		cssp_channel_release_socket(ctx->channel);
	return 0;
}

/* The versions that the policy lets this credential speak. */
static int apply_versions(struct credssp_context *ctx, struct cssp_client_params *p)
{
	int ret;

	ret = cssp_policy_min_version(&ctx->policy, ctx->cred->min_version,
				      &p->min_version);
	if (!ret && p->min_version <= p->max_version)
		return 0;
	ctx->client.facts.reason = CREDSSP_REASON_VERSION_POLICY;
	return ret ?: CSSP_E_UNSUPPORTED;
}

static int begin_client(struct credssp_context *ctx, const struct cssp_identity *id,
			enum cssp_cred_kind kind)
{
	const struct credssp_cred *cred = ctx->cred;
	struct cssp_client_params params = {
		.mech = cred->mech,
		.id = id,
		.kind = kind,
		.policy = &ctx->policy,
		.who = &ctx->who,
		.wait = &ctx->wait,
		.spn = ctx->target.spn,
		.context_req = ctx->context_req,
		.max_version = cred->max_version,
		.early_auth = ctx->early_auth && ctx->attached,
		.keep_key = ctx->keep_key,
	};
	int ret = apply_versions(ctx, &params);

	if (ret)
		return ret;
	cssp_client_init(&ctx->client, &params);
	return cssp_client_event(&ctx->client, CSSP_EVENT_BEGIN, NULL, NULL);
}

static int open_channel(struct credssp_context *ctx)
{
	struct cssp_channel_params params = cssp_context_channel_params(ctx);
	int ret;

	if (ctx->attached) {
		cssp_channel_set_server(ctx->channel, &params);
	} else {
		cssp_channel_free(ctx->channel);
		ctx->channel = NULL;
		ret = cssp_channel_create_token(&ctx->channel, &params);
		if (ret)
			return ret;
	}
	cssp_channel_set_alerts(ctx->channel, ctx->context_req & ISC_REQ_EXTENDED_ERROR);
	offer_session(ctx);
	cssp_context_offer_cert(ctx);
	return 0;
}

/* The policies of this moment hold to the end of the exchange. */
static int apply_policy(struct credssp_context *ctx)
{
	int ret;

	cssp_policy_view_drop(&ctx->policy);
	cssp_policy_view_take(&ctx->policy, ctx->who.net);
	if (!ctx->cred->mech->needs_ntlm)
		return 0;
	ret = cssp_policy_ntlm(&ctx->policy);
	if (ret)
		ctx->client.facts.reason = CREDSSP_REASON_NTLM_OFF;
	return ret;
}

/*
 * Whose identity it is: the one of the call, if supplied ones were asked for, and
 * then no other; else the credential's own, or what is saved.
 */
static int choose_identity(struct credssp_context *ctx, struct cssp_isc *isc,
			   const struct cssp_identity **id, enum cssp_cred_kind *kind)
{
	int ret;

	*id = &ctx->saved;
	if (ctx->context_req & ISC_REQ_USE_SUPPLIED_CREDS) {
		if (!isc->identity)
			return CSSP_E_NO_CREDS;
		cssp_identity_move(&ctx->saved, isc->identity);
		*kind = CSSP_CRED_FRESH;
		return 0;
	}
	ret = cssp_cred_identity(ctx->cred, ctx->target.spn, &ctx->saved, kind);
	if (!ret && *kind == CSSP_CRED_FRESH)
		*id = &ctx->cred->id;
	return ret;
}

int cssp_context_begin_as(struct credssp_context *ctx, struct cssp_isc *isc)
{
	const struct cssp_identity *id;
	enum cssp_cred_kind kind;
	int ret;

	ret = choose_identity(ctx, isc, &id, &kind);
	if (!ret)
		ret = cssp_context_set_user(ctx, id);
	return ret ?: ctx->ops->begin(ctx, id, kind);
}

/* The first call, or reauthentication on the same handle. */
static int begin(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	ret = cssp_spn_set(&ctx->target, &isc->target);
	if (ret)
		return ret;
	ctx->context_req = isc->context_req;
	ctx->report = (struct credssp_report){};
	memzero_explicit(&ctx->session_key, sizeof(ctx->session_key));
	ctx->expiry = CSSP_FILETIME_NEVER;
	ctx->cert_asked = false;
	ctx->auth_sent = false;
	cssp_vbuf_free(&ctx->issuers);
	cssp_wait_start(&ctx->wait, ctx->timeout_ms);
	ret = ctx->ops->open(ctx);
	if (ret)
		return ret;
	ctx->state = CSSP_CONTEXT_RUNNING;
	return apply_policy(ctx) ?: cssp_context_begin_as(ctx, isc);
}

/* Give the whole records of the server's token to the channel. */
static int take_input(struct credssp_context *ctx, struct cssp_isc *isc)
{
	struct cssp_rd probe = isc->input, whole;
	unsigned int count;
	int ret;

	ret = cssp_tls_records_split(&probe, &whole, &count, &isc->missing);
	if (ret) {
		ctx->client.facts.reason = CREDSSP_REASON_TLS_RECORD;
		return ret;
	}
	if (!count) {
		if (!isc->missing)
			isc->missing = CSSP_TLS_HEADER;
		return -ENODATA;
	}
	ret = cssp_channel_push_wire(ctx->channel, &isc->input);
	isc->extra = isc->input.left;
	return ret;
}

/* What comes with the answer to a question is no more than what came before it. */
static int take_answer(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	cssp_context_skip_used(ctx, isc);
	ret = take_input(ctx, isc);
	isc->extra = isc->input.left;
	return ret == -ENODATA ? 0 : ret;
}

static int take(struct credssp_context *ctx, struct cssp_isc *isc)
{
	return cssp_channel_wants_cert(ctx->channel) ? take_answer(ctx, isc) :
						       take_input(ctx, isc);
}

/* May the exchange begin or go on? A refusal here leaves the context as it is. */
static int check_initialize(const struct credssp_context *ctx,
			    const struct cssp_isc *isc)
{
	switch (ctx->state) {
	case CSSP_CONTEXT_DEAD:
		return CSSP_E_HANDLE;
	case CSSP_CONTEXT_EXPORTED:
		return CSSP_E_UNSUPPORTED;
	case CSSP_CONTEXT_ESTABLISHED:
		/* a kTLS stream cannot renegotiate */
		if (ctx->attached)
			return CSSP_E_UNSUPPORTED;
		/* reauthentication begins with our token, not the server's */
		return isc->input.left && !ctx->output.len ? CSSP_E_PARAMETER : 0;
	default:
		return 0;
	}
}

static int advance(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret = 0;

	if (ctx->state != CSSP_CONTEXT_RUNNING)
		ret = begin(ctx, isc);
	else if (isc->identity)
		ret = CSSP_E_PARAMETER;	/* whose exchange it is has been said */
	else if (!ctx->attached)
		ret = ctx->ops->take(ctx, isc);
	return ret ?: ctx->ops->run(ctx);
}

static u32 attributes(const struct credssp_context *ctx)
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

u32 cssp_context_attributes(const struct credssp_context *ctx)
{
	return ctx->ops->attributes(ctx);
}

/* Hand out the token with its result, or keep both when it does not fit. */
static int deliver(struct credssp_context *ctx, struct cssp_isc *isc, int ret)
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

static int pull_wire(struct credssp_context *ctx)
{
	return ctx->attached ? 0 : cssp_channel_pull_wire(ctx->channel, &ctx->output);
}

static int established(struct credssp_context *ctx)
{
	int ret;

	cssp_context_update_report(ctx);
	ret = ctx->ops->established(ctx);
	if (ret)
		return ret;
	ctx->state = CSSP_CONTEXT_ESTABLISHED;
	ctx->report.leg = CREDSSP_LEG_ESTABLISHED;
	ctx->since = cssp_filetime_now();
	cssp_identity_free(&ctx->saved);
	cssp_policy_view_drop(&ctx->policy);
	atomic64_inc(&cssp_stats.established);
	return 0;
}

/* After a successful step: what is to be sent, and who has it. */
static int collect(struct credssp_context *ctx, int result)
{
	int ret = result ? 0 : established(ctx);

	cssp_context_update_report(ctx);
	return ret ?: ctx->ops->collect(ctx) ?: result;
}

static int initialize_locked(struct credssp_context *ctx, struct cssp_isc *isc)
{
	struct cssp_rd given = isc->input;
	int ret = check_initialize(ctx, isc);

	if (ret)
		return ret;
	ret = cssp_context_check_cred(ctx, isc);
	if (!ret && ctx->output.len) {
		/* the retry after -ENOSPC brings no new token */
		isc->extra = isc->input.left;
		return deliver(ctx, isc, ctx->result);
	}
	if (!ret)
		ret = advance(ctx, isc);
	if (ret == -ENODATA)
		return ret;
	if (ret == CSSP_E_CERT_WANTED)
		ret = cssp_context_want_cert(ctx, &given, isc);
	if (ret == CSSP_E_CERT_WANTED) {
		/* what is to be sent waits for the answer */
		return ret;
	}
	if (!ret || ret == -EAGAIN)
		ret = collect(ctx, ret);
	if (!ret || ret == -EAGAIN)
		return deliver(ctx, isc, ret);
	ret = cssp_context_fail(ctx, ret);
	cssp_vbuf_move(&isc->token, &ctx->output);
	return ret;
}

int cssp_context_initialize(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	if (cssp_context_lock(ctx))
		return -EINTR;
	ret = initialize_locked(ctx, isc);
	/* INCOMPLETE_MESSAGE is a success in the contract's terms */
	if (ctx->state != CSSP_CONTEXT_DEAD)
		isc->attr |= cssp_context_attributes(ctx);
	isc->expiry = ctx->expiry;
	cssp_context_unlock(ctx);
	return ret;
}

const struct cssp_exchange_ops cssp_credssp_exchange = {
	.open = open_channel,
	.begin = begin_client,
	.take = take,
	.run = run,
	.collect = pull_wire,
	.established = keep_stream,
	.attributes = attributes,
	.max_message = cssp_message_max,
	.check = cssp_message_check,
	.sizes = cssp_message_sizes,
	.margins = cssp_message_margins,
	.seal = cssp_message_seal,
	.check_sealed = cssp_message_check_sealed,
	.unseal = cssp_message_unseal,
};
