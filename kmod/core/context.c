// SPDX-License-Identifier: GPL-2.0-only
#include <linux/moduleparam.h>
#include <linux/slab.h>

#include "../base/status.h"
#include "../base/trace.h"
#include "../crypto/binding.h"
#include "../wire/tls_record.h"
#include "context.h"
#include "stats.h"

/* TLS AlertDescription, RFC 8446 6 */
#define ALERT_HANDSHAKE_FAILURE		40
#define ALERT_ACCESS_DENIED		49
#define ALERT_DECODE_ERROR		50
#define ALERT_DECRYPT_ERROR		51
#define ALERT_PROTOCOL_VERSION		70
#define ALERT_INTERNAL_ERROR		80

/* Longest that one message may take through the loopback pair. */
#define MESSAGE_TIMEOUT_MS		10000

#define TIMEOUT_MIN_MS			100
#define TIMEOUT_MAX_MS			600000

static unsigned int handshake_timeout_ms = 60000;
module_param(handshake_timeout_ms, uint, 0644);
MODULE_PARM_DESC(handshake_timeout_ms,
		 "bound on one exchange, all legs, in milliseconds (default 60000)");

struct cssp_stats cssp_stats;
static atomic64_t last_id;

unsigned int cssp_context_timeout_ms(void)
{
	return clamp_t(unsigned int, READ_ONCE(handshake_timeout_ms),
		       TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
}

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
	if (!*reason)
		*reason = CREDSSP_REASON_PARAMETER;
}

static struct credssp_context *context_alloc(struct credssp_cred *cred,
					     const struct cssp_requester *who)
{
	struct credssp_context *ctx = kzalloc(sizeof(*ctx), GFP_KERNEL_ACCOUNT);

	if (!ctx)
		return NULL;
	kref_init(&ctx->ref);
	mutex_init(&ctx->lock);
	cssp_wait_init(&ctx->wait);
	ctx->cred = cssp_cred_get(cred);
	cssp_requester_copy(&ctx->who, who);
	ctx->timeout_ms = cssp_context_timeout_ms();
	ctx->id = atomic64_inc_return(&last_id);
	atomic_inc(&cssp_stats.contexts);
	return ctx;
}

/* Everything that is secret or costs memory, but not what the report tells. */
static void context_wipe(struct credssp_context *ctx)
{
	cssp_client_wipe(&ctx->client);
	cssp_identity_free(&ctx->saved);
	cssp_channel_free(ctx->channel);
	ctx->channel = NULL;
}

static void context_release(struct kref *ref)
{
	struct credssp_context *ctx = container_of(ref, struct credssp_context, ref);

	/*
	 * A socket that was attached but is not established must not be used in
	 * plaintext by anybody afterwards.
	 */
	if (ctx->state == CSSP_CONTEXT_RUNNING && ctx->attached)
		cssp_channel_shutdown(ctx->channel);
	context_wipe(ctx);
	cssp_vbuf_free(&ctx->output);
	cssp_vbuf_free(&ctx->cert);
	cssp_target_free(&ctx->target);
	cssp_cred_put(ctx->cred);
	cssp_requester_drop(&ctx->who);
	mutex_destroy(&ctx->lock);
	kfree(ctx);
	atomic_dec(&cssp_stats.contexts);
}

int cssp_context_create(struct credssp_context **out, struct credssp_cred *cred,
			const struct cssp_requester *who)
{
	*out = context_alloc(cred, who);
	return *out ? 0 : -ENOMEM;
}

static struct cssp_channel_params channel_params(struct credssp_context *ctx)
{
	return (struct cssp_channel_params){
		.who = &ctx->who,
		.wait = &ctx->wait,
		.host = ctx->target.host ?: "",
	};
}

int cssp_context_attach(struct credssp_context **out, struct credssp_cred *cred,
			const struct cssp_requester *who, struct socket *sock)
{
	struct credssp_context *ctx = context_alloc(cred, who);
	struct cssp_channel_params params;
	int ret;

	if (!ctx)
		return -ENOMEM;
	ctx->attached = true;
	params = channel_params(ctx);
	ret = cssp_channel_create_socket(&ctx->channel, &params, sock);
	if (ret) {
		cssp_context_put(ctx);
		return ret == -ENOMEM ? ret : CSSP_E_PARAMETER;
	}
	*out = ctx;
	return 0;
}

struct credssp_context *cssp_context_get(struct credssp_context *ctx)
{
	kref_get(&ctx->ref);
	return ctx;
}

void cssp_context_put(struct credssp_context *ctx)
{
	if (ctx)
		kref_put(&ctx->ref, context_release);
}

void cssp_context_set_options(struct credssp_context *ctx, u32 timeout_ms,
			      bool early_auth)
{
	mutex_lock(&ctx->lock);
	if (timeout_ms)
		ctx->timeout_ms = clamp_t(u32, timeout_ms, TIMEOUT_MIN_MS,
					  TIMEOUT_MAX_MS);
	ctx->early_auth = early_auth;
	mutex_unlock(&ctx->lock);
}

static void report_session(struct credssp_report *r, const struct cssp_tls_session *s)
{
	struct cssp_rd cert = cssp_vbuf_rd(&s->cert);

	if (r->facts & CREDSSP_FACT_TLS)
		return;
	r->facts |= CREDSSP_FACT_TLS;
	r->tls_version = s->version;
	r->tls_cipher = s->cipher;
	r->trust = s->trust;
	r->cert_length = s->cert.len;
	if (!s->trust)
		r->facts |= CREDSSP_FACT_SERVER_PROVEN;
	if (cssp_sha256(&cert, 1, r->cert_sha256))
		memset(r->cert_sha256, 0, sizeof(r->cert_sha256));
}

static void report_client(struct credssp_report *r, const struct cssp_client *c)
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

static void report_update(struct credssp_context *ctx)
{
	struct credssp_report *r = &ctx->report;

	r->mech = ctx->cred->mech_id;
	report_client(r, &ctx->client);
	if (!ctx->channel)
		return;
	r->tls_alert = cssp_channel_alert(ctx->channel);
	if (r->tls_alert)
		r->facts |= CREDSSP_FACT_ALERT;
}

/* The peer hung up or sent an alert after AUTHENTICATE: that is how many say no. */
static int judge(struct credssp_context *ctx, int err)
{
	if (err == CSSP_E_CLOSED && cssp_client_authenticated(&ctx->client)) {
		ctx->client.reason = CREDSSP_REASON_CLOSED_AFTER_AUTH;
		return CSSP_E_LOGON_DENIED;
	}
	return err;
}

/*
 * EXTENDED_ERROR: what the peer is told.  A message that was sealed but not
 * handed out is never sent; during the handshake the alert is the helper's, and
 * queued already.
 */
static void tell_peer(struct credssp_context *ctx, u8 alert)
{
	if (!(ctx->context_req & ISC_REQ_EXTENDED_ERROR))
		return;
	if (ctx->attached) {
		cssp_channel_send_alert(ctx->channel, alert);
		return;
	}
	if (ctx->report.leg > CREDSSP_LEG_TLS) {
		if (cssp_channel_pull_wire(ctx->channel, &ctx->output))
			return;
		cssp_vbuf_clear(&ctx->output);
		cssp_channel_send_alert(ctx->channel, alert);
	}
	if (cssp_channel_pull_wire(ctx->channel, &ctx->output))
		cssp_vbuf_clear(&ctx->output);
}

static void context_fail(struct credssp_context *ctx, int err)
{
	u32 reason = ctx->client.reason;
	u8 alert;

	if (!reason && ctx->channel)
		reason = cssp_channel_reason(ctx->channel);
	default_reason(err, &reason, &alert);
	report_update(ctx);
	ctx->report.reason = reason;
	trace_cssp_reject(ctx->id, ctx->report.leg, reason, err);
	cssp_vbuf_clear(&ctx->output);
	if (ctx->channel) {
		tell_peer(ctx, alert);
		if (ctx->attached)
			cssp_channel_shutdown(ctx->channel);
	}
	context_wipe(ctx);
	ctx->client.state = CSSP_CLIENT_DEAD;
	ctx->state = CSSP_CONTEXT_DEAD;
	atomic64_inc(&cssp_stats.failed);
}

/* What the machine waits for, fetched from the channel. */
static int fetch(struct credssp_context *ctx, struct cssp_vbuf *msg)
{
	switch (cssp_client_expects(&ctx->client)) {
	case CSSP_EVENT_CHANNEL_UP:
		return cssp_channel_handshake(ctx->channel) ?:
		       cssp_vbuf_append(msg, cssp_channel_session(ctx->channel)->public_key.data,
					cssp_channel_session(ctx->channel)->public_key.len);
	case CSSP_EVENT_REQUEST:
		return cssp_channel_recv_request(ctx->channel, msg);
	case CSSP_EVENT_RESULT:
		return cssp_vbuf_reserve(msg, sizeof(u32)) ?:
		       cssp_channel_recv_exact(ctx->channel, msg->data,
					       msg->len = sizeof(u32));
	default:
		return 0;
	}
}

static int learn_session(struct credssp_context *ctx)
{
	const struct cssp_tls_session *session = cssp_channel_session(ctx->channel);
	struct cssp_rd cert = cssp_vbuf_rd(&session->cert);

	report_session(&ctx->report, session);
	ctx->client.trust = session->trust;
	return cssp_vbuf_set(&ctx->cert, &cert);
}

static int run_step(struct credssp_context *ctx, struct cssp_vbuf *msg,
		    struct cssp_vbuf *out)
{
	enum cssp_client_event event = cssp_client_expects(&ctx->client);
	struct cssp_rd rd;
	int ret;

	ctx->report.leg = cssp_client_leg(&ctx->client);
	ret = fetch(ctx, msg);
	if (!ret && event == CSSP_EVENT_CHANNEL_UP)
		ret = learn_session(ctx);
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
	return cssp_channel_send(ctx->channel, &rd);
}

/* Drive machine and channel as far as they go. 0: established. */
static int run(struct credssp_context *ctx)
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

static void established(struct credssp_context *ctx)
{
	ctx->state = CSSP_CONTEXT_ESTABLISHED;
	ctx->report.leg = CREDSSP_LEG_ESTABLISHED;
	report_update(ctx);
	cssp_client_wipe(&ctx->client);
	cssp_identity_free(&ctx->saved);
	if (ctx->attached)
		cssp_channel_release_socket(ctx->channel);
	atomic64_inc(&cssp_stats.established);
}

static int begin_client(struct credssp_context *ctx)
{
	const struct credssp_cred *cred = ctx->cred;
	struct cssp_client_params params = {
		.mech = cred->mech,
		.id = &cred->id,
		.kind = cred->kind,
		.policy = cssp_policy_current(),
		.spn = ctx->target.spn,
		.context_req = ctx->context_req,
		.min_version = cred->min_version,
		.max_version = cred->max_version,
		.early_auth = ctx->early_auth && ctx->attached,
	};
	int ret;

	if (cred->kind == CSSP_CRED_SAVED) {
		ret = cssp_cred_read_key(cred, ctx->target.spn, &ctx->saved);
		if (ret)
			return ret;
		params.id = &ctx->saved;
	}
	cssp_client_init(&ctx->client, &params);
	return cssp_client_event(&ctx->client, CSSP_EVENT_BEGIN, NULL, NULL);
}

/* The first call, or reauthentication on the same handle. */
static int begin(struct credssp_context *ctx, struct cssp_isc *isc)
{
	struct cssp_channel_params params;
	int ret;

	ret = cssp_target_set(&ctx->target, &isc->target);
	if (ret)
		return ret;
	ctx->context_req = isc->context_req;
	ctx->report = (struct credssp_report){};
	cssp_wait_start(&ctx->wait, ctx->timeout_ms);
	params = channel_params(ctx);
	if (ctx->attached) {
		cssp_channel_set_host(ctx->channel, params.host);
	} else {
		cssp_channel_free(ctx->channel);
		ctx->channel = NULL;
		ret = cssp_channel_create_token(&ctx->channel, &params);
		if (ret)
			return ret;
	}
	ctx->state = CSSP_CONTEXT_RUNNING;
	return begin_client(ctx);
}

/* Give the whole records of the server's token to the channel. */
static int take_input(struct credssp_context *ctx, struct cssp_isc *isc)
{
	struct cssp_rd probe = isc->input, whole;
	unsigned int count;
	int ret;

	ret = cssp_tls_records_split(&probe, &whole, &count, &isc->missing);
	if (ret) {
		ctx->client.reason = CREDSSP_REASON_TLS_RECORD;
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

/* May the exchange begin or go on? A refusal here leaves the context as it is. */
static int check_initialize(const struct credssp_context *ctx)
{
	switch (ctx->state) {
	case CSSP_CONTEXT_DEAD:
		return CSSP_E_HANDLE;
	case CSSP_CONTEXT_EXPORTED:
		return CSSP_E_UNSUPPORTED;
	case CSSP_CONTEXT_ESTABLISHED:
		/* a kTLS stream cannot renegotiate */
		return ctx->attached ? CSSP_E_UNSUPPORTED : 0;
	default:
		return 0;
	}
}

static int advance(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret = 0;

	if (ctx->state != CSSP_CONTEXT_RUNNING)
		ret = begin(ctx, isc);
	else if (!ctx->attached)
		ret = take_input(ctx, isc);
	if (!ret)
		ret = run(ctx);
	return ret ?: cssp_channel_settle(ctx->channel);
}

static u32 attributes(const struct credssp_context *ctx)
{
	u32 asked = ctx->context_req;
	u32 attr = ISC_RET_MANUAL_CRED_VALIDATION;

	attr |= asked & (ISC_RET_EXTENDED_ERROR | ISC_RET_CONNECTION);
	if (!(asked & ISC_REQ_CONNECTION))
		attr |= ISC_RET_STREAM;
	if (ctx->state != CSSP_CONTEXT_ESTABLISHED)
		return attr;
	attr |= ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |
		ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY;
	if (ctx->report.facts & CREDSSP_FACT_DELEGATED)
		attr |= ISC_RET_DELEGATE;
	if (ctx->report.facts & CREDSSP_FACT_SERVER_PROVEN)
		attr |= ISC_RET_MUTUAL_AUTH;
	return attr;
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
	isc->attr = attributes(ctx);
	if (isc->token.len && isc->room == SIZE_MAX)
		isc->attr |= ISC_RET_ALLOCATED_MEMORY;
	return ret;
}

/* After a successful step: what is to be sent, and who has it. */
static int collect(struct credssp_context *ctx, int ret)
{
	if (!ret)
		established(ctx);
	report_update(ctx);
	if (ctx->attached)
		return ret;
	return cssp_channel_pull_wire(ctx->channel, &ctx->output) ?: ret;
}

static int initialize_locked(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret = check_initialize(ctx);

	if (ret)
		return ret;
	if (ctx->output.len) {
		/* the retry after -ENOSPC brings no new token */
		isc->extra = isc->input.left;
		return deliver(ctx, isc, ctx->result);
	}
	ret = advance(ctx, isc);
	if (ret == -ENODATA)
		return ret;
	if (!ret || ret == -EAGAIN)
		ret = collect(ctx, ret);
	if (!ret || ret == -EAGAIN)
		return deliver(ctx, isc, ret);
	ret = judge(ctx, ret);
	context_fail(ctx, ret);
	cssp_vbuf_move(&isc->token, &ctx->output);
	return ret;
}

int cssp_context_initialize(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret;

	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	ret = initialize_locked(ctx, isc);
	mutex_unlock(&ctx->lock);
	return ret;
}

void cssp_context_kill(struct credssp_context *ctx, int err)
{
	mutex_lock(&ctx->lock);
	if (ctx->state != CSSP_CONTEXT_DEAD)
		context_fail(ctx, err);
	mutex_unlock(&ctx->lock);
}

/* Encrypt and Decrypt are for established contexts of the token transport. */
static int check_message(const struct credssp_context *ctx)
{
	switch (ctx->state) {
	case CSSP_CONTEXT_ESTABLISHED:
		if (ctx->attached ||
		    ctx->context_req & ISC_REQ_CONNECTION)
			return CSSP_E_UNSUPPORTED;
		return 0;
	case CSSP_CONTEXT_EXPORTED:
		return CSSP_E_UNSUPPORTED;
	default:
		return CSSP_E_HANDLE;
	}
}

int cssp_context_encrypt(struct credssp_context *ctx, const struct cssp_rd *plain,
			 struct cssp_vbuf *wire)
{
	int ret;

	if (plain->left > CREDSSP_MAX_MESSAGE)
		return CSSP_E_PARAMETER;
	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	ret = check_message(ctx);
	if (!ret) {
		cssp_wait_start(&ctx->wait, MESSAGE_TIMEOUT_MS);
		ret = cssp_channel_seal(ctx->channel, plain, wire);
		if (ret)
			context_fail(ctx, ret);
	}
	mutex_unlock(&ctx->lock);
	return ret;
}

/* Is the next record whole, and is there room for what is in it? */
static int check_record(struct credssp_context *ctx, const struct cssp_rd *wire,
			size_t room, size_t *needed)
{
	const struct cssp_tls_session *s = cssp_channel_session(ctx->channel);
	size_t total, overhead = cssp_tls_overhead_before(s) + cssp_tls_overhead_after(s);
	u8 type;
	int ret = cssp_tls_record_total(wire, &type, &total);

	if (ret && ret != -EAGAIN)
		return ret;
	if (ret || total > wire->left) {
		*needed = total - wire->left;
		return -ENODATA;
	}
	if (total > overhead && total - overhead > room) {
		*needed = total - overhead;
		return -ENOSPC;
	}
	return 0;
}

int cssp_context_decrypt(struct credssp_context *ctx, struct cssp_rd *wire,
			 struct cssp_vbuf *plain, size_t room, size_t *needed)
{
	int ret;

	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	ret = check_message(ctx);
	if (ret)
		goto out;
	ret = check_record(ctx, wire, room, needed);
	if (ret == -ENODATA || ret == -ENOSPC)
		goto out;
	cssp_wait_start(&ctx->wait, MESSAGE_TIMEOUT_MS);
	if (!ret)
		ret = cssp_channel_open(ctx->channel, wire, plain);
	if (ret)
		context_fail(ctx, ret);
out:
	mutex_unlock(&ctx->lock);
	return ret;
}

int cssp_context_export(struct credssp_context *ctx, struct socket *sock)
{
	int ret;

	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	ret = check_message(ctx);
	if (!ret)
		ret = cssp_channel_export(ctx->channel, sock);
	if (!ret)
		ctx->state = CSSP_CONTEXT_EXPORTED;
	mutex_unlock(&ctx->lock);
	return ret;
}

int cssp_context_report(struct credssp_context *ctx, struct credssp_report *report)
{
	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	*report = ctx->report;
	mutex_unlock(&ctx->lock);
	return 0;
}

int cssp_context_cert(struct credssp_context *ctx, struct cssp_vbuf *cert)
{
	struct cssp_rd rd;
	int ret;

	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	rd = cssp_vbuf_rd(&ctx->cert);
	ret = cssp_vbuf_set(cert, &rd);
	mutex_unlock(&ctx->lock);
	return ret;
}

int cssp_context_stream_sizes(struct credssp_context *ctx,
			      struct credssp_stream_sizes *sizes)
{
	const struct cssp_tls_session *session;
	int ret;

	if (mutex_lock_killable(&ctx->lock))
		return -EINTR;
	ret = ctx->state == CSSP_CONTEXT_ESTABLISHED ? 0 : CSSP_E_HANDLE;
	if (!ret) {
		session = cssp_channel_session(ctx->channel);
		*sizes = (struct credssp_stream_sizes){
			.header = cssp_tls_overhead_before(session),
			.trailer = cssp_tls_overhead_after(session),
			.maximum_message = CREDSSP_MAX_MESSAGE,
			.buffers = 4,
			.block_size = 1,
		};
	}
	mutex_unlock(&ctx->lock);
	return ret;
}
