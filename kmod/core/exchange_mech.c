// SPDX-License-Identifier: GPL-2.0-only
/* The exchange of an inner package: NTLM, Kerberos or SPNEGO without CredSSP, both sides. */
#include "../base/status.h"
#include "context_impl.h"

/* Most tokens of the peer in one exchange; SPNEGO with the longest mechanism has five. */
#define MAX_LEGS	16

static int exchange_mech_fail(struct cssp_inner *inner, u32 reason, int err)
{
	if (!inner->reason)
		inner->reason = reason;
	return err;
}

/* The result @ret of a call on the mechanism; keeps its reason. */
static int exchange_mech_result(struct cssp_inner *inner, int ret)
{
	if (!ret)
		return 0;
	return exchange_mech_fail(inner, inner->mech->reason ?: CREDSSP_REASON_MECH_TOKEN,
				  ret);
}

/* Wipe the keys. The reason stays. */
static void exchange_mech_wipe(struct credssp_context *ctx)
{
	cssp_mech_free(ctx->inner.mech);
	ctx->inner.mech = NULL;
	cssp_mech_facts_free(&ctx->inner.facts);
	cssp_vbuf_free(&ctx->inner.input);
}

static int exchange_mech_open(struct credssp_context *ctx)
{
	exchange_mech_wipe(ctx);
	ctx->inner = (struct cssp_inner){};
	return 0;
}

static int exchange_mech_create(struct credssp_context *ctx, const struct cssp_mech_params *params)
{
	struct cssp_inner *inner = &ctx->inner;
	int ret = ctx->cred->mech->create(&inner->mech, params);

	ctx->report.leg = CREDSSP_LEG_NEGO;
	if (ret)
		return exchange_mech_fail(inner, cssp_mech_create_reason(ret), ret);
	inner->progress = CSSP_MECH_CONTINUE;
	return 0;
}

static int exchange_mech_begin(struct credssp_context *ctx, const struct cssp_identity *id,
			       enum cssp_cred_kind kind)
{
	struct cssp_mech_params params = {
		.id = id,
		.target = ctx->target.spn,
		.bindings = ctx->exchange->bound ? ctx->exchange->bindings : NULL,
		.who = &ctx->who,
		.wait = &ctx->wait,
		.tickets = &ctx->cred->tickets,
		.store = cssp_context_ticket_store(ctx),
		.no_ntlm = cssp_policy_ntlm(&ctx->exchange->policy),
	};

	return exchange_mech_create(ctx, &params);
}

/* What a caller asks for that needs signatures */
#define PROTECTING							\
	(ASC_REQ_CONFIDENTIALITY | ASC_REQ_INTEGRITY | ASC_REQ_REPLAY_DETECT | \
	 ASC_REQ_SEQUENCE_DETECT)

static int exchange_mech_begin_accept(struct credssp_context *ctx, const struct cssp_identity *id,
				      enum cssp_cred_kind kind)
{
	struct cssp_mech_params params = {
		.id = id,
		.target = "",
		.bindings = ctx->exchange->bound ? ctx->exchange->bindings : NULL,
		.missing_bindings = ctx->context_req & ASC_REQ_ALLOW_MISSING_BINDINGS,
		.sign_optional = !(ctx->context_req & PROTECTING),
		.seal_optional = !(ctx->context_req & ASC_REQ_CONFIDENTIALITY),
		.who = &ctx->who,
		.wait = &ctx->wait,
		.tickets = &ctx->cred->tickets,
		.no_ntlm = cssp_policy_ntlm(&ctx->exchange->policy),
		.peer = &ctx->peer,
		.host = ctx->cred->host,
	};

	return exchange_mech_create(ctx, &params);
}

/* A token is one whole message: no byte of it is left over or missing. */
static int exchange_mech_take(struct credssp_context *ctx, struct cssp_isc *isc)
{
	int ret = cssp_vbuf_set(&ctx->inner.input, &isc->input);

	isc->extra = 0;
	return ret;
}

static int exchange_mech_step(struct credssp_context *ctx)
{
	struct cssp_inner *inner = &ctx->inner;
	struct cssp_rd in = cssp_vbuf_rd(&inner->input);
	struct cssp_mech *mech = inner->mech;
	int ret;

	ret = cssp_wait_check(&ctx->wait);
	if (ret)
		return ret;
	if (++inner->legs > MAX_LEGS)
		return exchange_mech_fail(inner, CREDSSP_REASON_LIMIT, CSSP_E_STATE);
	ret = mech->ops->step(mech, &in, &ctx->output, &inner->progress);
	cssp_mech_facts_take(&inner->facts, &mech->facts);
	if (ret) {
		/* a KRB-ERROR, or SPNEGO's reject */
		ctx->exchange->answered = ctx->acceptor && ctx->output.len;
		return exchange_mech_result(inner, ret);
	}
	if (ctx->output.len > CREDSSP_MAX_TOKEN)
		return exchange_mech_fail(inner, CREDSSP_REASON_LIMIT, CSSP_E_TOO_BIG);
	return 0;
}

/* One step per call. In READY the peer's final token is still to come. */
static int exchange_mech_run(struct credssp_context *ctx)
{
	struct cssp_inner *inner = &ctx->inner;
	int ret = exchange_mech_step(ctx);

	cssp_vbuf_clear(&inner->input);
	if (ret)
		return ret;
	return inner->progress == CSSP_MECH_DONE ? 0 : -EAGAIN;
}

/* The token is in the context's output already. */
static int exchange_mech_collect(struct credssp_context *ctx)
{
	return 0;
}

static int exchange_mech_established(struct credssp_context *ctx)
{
	struct cssp_mech *mech = ctx->inner.mech;
	int ret = cssp_context_learn_logon(ctx, &ctx->inner.facts) ?:
		  mech->ops->session_key(mech, &ctx->session_key);

	/* session_key() moved the only copy out. */
	if (!ctx->keep_key)
		memzero_explicit(&ctx->session_key, sizeof(ctx->session_key));
	return ret;
}

/* Has the established mechanism proven the server? */
static bool exchange_mech_is_proof(const struct credssp_context *ctx)
{
	return !ctx->inner.mech->ntlm_only && !ctx->cred->tickets.one_way;
}

static u32 exchange_mech_attributes(const struct credssp_context *ctx)
{
	u32 attr = ISC_RET_CONNECTION;

	if (ctx->state != CSSP_CONTEXT_ESTABLISHED)
		return attr;
	if (exchange_mech_is_proof(ctx))
		attr |= ISC_RET_MUTUAL_AUTH;
	return attr | ISC_RET_REPLAY_DETECT | ISC_RET_SEQUENCE_DETECT |
	       ISC_RET_CONFIDENTIALITY | ISC_RET_INTEGRITY;
}

#define GSS_C_MUTUAL_FLAG	0x2	/* RFC 4121 4.1.1.1 */

static u32 exchange_mech_attributes_accept(const struct credssp_context *ctx)
{
	const struct cssp_mech_facts *facts = &ctx->inner.facts;
	u32 attr = ASC_RET_CONNECTION;

	if (ctx->state != CSSP_CONTEXT_ESTABLISHED)
		return attr;
	if (facts->package == CREDSSP_PACKAGE_KERBEROS && facts->gss_flags & GSS_C_MUTUAL_FLAG)
		attr |= ASC_RET_MUTUAL_AUTH;
	if (!ctx->inner.mech->no_sign)
		attr |= ASC_RET_REPLAY_DETECT | ASC_RET_SEQUENCE_DETECT | ASC_RET_INTEGRITY;
	if (!ctx->inner.mech->no_seal)
		attr |= ASC_RET_CONFIDENTIALITY;
	return attr;
}

static void exchange_mech_report_accept(struct credssp_context *ctx)
{
	cssp_context_report_mech(ctx, &ctx->inner.facts);
	ctx->report.ntstatus = ctx->inner.facts.ntstatus;
}

static struct cssp_mech_facts *exchange_mech_facts(struct credssp_context *ctx)
{
	return &ctx->inner.facts;
}

static void exchange_mech_report(struct credssp_context *ctx)
{
	cssp_context_report_mech(ctx, &ctx->inner.facts);
	if (ctx->state == CSSP_CONTEXT_ESTABLISHED && exchange_mech_is_proof(ctx))
		ctx->report.facts |= CREDSSP_FACT_KERBEROS_PROVEN | CREDSSP_FACT_SERVER_PROVEN;
}

static int exchange_mech_fail_exchange(struct credssp_context *ctx, int err, u32 *reason)
{
	if (!*reason)
		*reason = ctx->inner.reason;
	return err;
}

/* An inner package has no alerts, but an acceptor's mechanism may have an answer. */
static void exchange_mech_notify(struct credssp_context *ctx, u8 alert)
{
	if (!ctx->exchange || !ctx->exchange->answered)
		cssp_vbuf_clear(&ctx->output);
}

/* An acceptor of NTLM may have an initiator that has negotiated neither, or signatures only. */
static int exchange_mech_check(const struct credssp_context *ctx, bool seals)
{
	const struct cssp_mech *mech = ctx->inner.mech;

	return (seals ? mech->no_seal : mech->no_sign) ? CSSP_E_UNSUPPORTED : 0;
}

static size_t exchange_mech_max(const struct credssp_context *ctx)
{
	return CREDSSP_MAX_SIGNED;
}

static void exchange_mech_sizes(const struct credssp_context *ctx, bool seals,
				struct credssp_sizes *sizes)
{
	*sizes = (struct credssp_sizes){
		.max_token = CREDSSP_MAX_TOKEN,
		.block_size = 1,
	};
	if (!ctx->inner.mech->no_sign)
		sizes->max_signature = ctx->inner.mech->signature;
	if (!ctx->inner.mech->no_seal)
		sizes->security_trailer = ctx->inner.mech->trailer;
}

/* The signature stands in front of its message. */
static void exchange_mech_margins(const struct credssp_context *ctx, bool seals,
				  struct cssp_room *room)
{
	room->before = seals ? ctx->inner.mech->trailer : ctx->inner.mech->signature;
	room->after = 0;
}

/*
 * A mechanism has its messages in memory of its own: @call makes @out of @in. Without memory
 * for @in nothing is changed.
 */
static int exchange_mech_message(struct credssp_context *ctx,
				 int (*call)(struct cssp_mech *mech, const struct cssp_rd *in,
					     struct cssp_vbuf *out),
				 struct cssp_source *in, struct cssp_sink *out, size_t *length,
				 bool *intact)
{
	struct cssp_vbuf given = {}, made = {};
	struct cssp_rd rd;
	int ret;

	ret = cssp_source_load(in, &given);
	*intact = ret;
	if (ret)
		goto out_free;
	rd = cssp_vbuf_rd(&given);
	ret = exchange_mech_result(&ctx->inner, call(ctx->inner.mech, &rd, &made));
	if (ret)
		goto out_free;
	*length = made.len;
	ret = cssp_sink_put(out, made.data, made.len);
out_free:
	cssp_vbuf_free(&given);
	cssp_vbuf_free(&made);
	return ret;
}

static int exchange_mech_seal(struct credssp_context *ctx, struct cssp_source *plain,
			      struct cssp_sink *wire, bool *intact)
{
	size_t length;

	return exchange_mech_message(ctx, ctx->inner.mech->ops->wrap, plain, wire, &length,
				     intact);
}

/* All of @wire is one message. */
static int exchange_mech_unseal(struct credssp_context *ctx, struct cssp_source *wire,
				struct cssp_sink *plain, struct cssp_opened *o)
{
	size_t n = cssp_source_left(wire), trailer = ctx->inner.mech->trailer;
	int ret;

	o->room = (struct cssp_room){
		.whole = n > trailer ? n - trailer : 0,
		.before = trailer,
	};
	o->needed = o->room.whole;
	ret = cssp_iter_prepare(wire, n, plain, &o->room);
	if (ret) {
		o->intact = true;
		return ret;
	}
	return exchange_mech_message(ctx, ctx->inner.mech->ops->unwrap, wire, plain,
				     &o->length, &o->intact);
}

static int exchange_mech_sign(struct credssp_context *ctx, struct cssp_source *message,
			      struct cssp_sink *signature, bool *intact)
{
	size_t length;

	return exchange_mech_message(ctx, ctx->inner.mech->ops->sign, message, signature,
				     &length, intact);
}

static int exchange_mech_verify(struct credssp_context *ctx, const struct cssp_rd *message,
				const struct cssp_rd *signature)
{
	struct cssp_mech *mech = ctx->inner.mech;

	return exchange_mech_result(&ctx->inner, mech->ops->verify(mech, message, signature));
}

const struct cssp_exchange_ops cssp_inner_exchange = {
	.open = exchange_mech_open,
	.begin = exchange_mech_begin,
	.check_cred = cssp_context_same_cred,
	.take = exchange_mech_take,
	.run = exchange_mech_run,
	.collect = exchange_mech_collect,
	.established = exchange_mech_established,
	.attributes = exchange_mech_attributes,
	.report = exchange_mech_report,
	.fail = exchange_mech_fail_exchange,
	.notify = exchange_mech_notify,
	.wipe = exchange_mech_wipe,
	.max_message = exchange_mech_max,
	.check = exchange_mech_check,
	.sizes = exchange_mech_sizes,
	.margins = exchange_mech_margins,
	.seal = exchange_mech_seal,
	.unseal = exchange_mech_unseal,
	.sign = exchange_mech_sign,
	.verify = exchange_mech_verify,
};

const struct cssp_exchange_ops cssp_inner_accept_exchange = {
	.open = exchange_mech_open,
	.begin = exchange_mech_begin_accept,
	.check_cred = cssp_context_same_cred,
	.take = exchange_mech_take,
	.run = exchange_mech_run,
	.collect = exchange_mech_collect,
	.established = exchange_mech_established,
	.attributes = exchange_mech_attributes_accept,
	.report = exchange_mech_report_accept,
	.facts = exchange_mech_facts,
	.fail = exchange_mech_fail_exchange,
	.notify = exchange_mech_notify,
	.wipe = exchange_mech_wipe,
	.max_message = exchange_mech_max,
	.check = exchange_mech_check,
	.sizes = exchange_mech_sizes,
	.margins = exchange_mech_margins,
	.seal = exchange_mech_seal,
	.unseal = exchange_mech_unseal,
	.sign = exchange_mech_sign,
	.verify = exchange_mech_verify,
};
