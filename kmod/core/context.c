// SPDX-License-Identifier: GPL-2.0-only
/* Lifetime, states and facts of a context. */
#include <linux/err.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "../base/mem.h"
#include "../base/quota.h"
#include "../base/share.h"
#include "../base/status.h"
#include "../cred/package.h"
#include "context_impl.h"
#include "stats.h"

#define TIMEOUT_MIN_MS			100
#define TIMEOUT_MAX_MS			600000

static unsigned int handshake_timeout_ms = 60000;
module_param(handshake_timeout_ms, uint, 0644);
MODULE_PARM_DESC(handshake_timeout_ms,
		 "bound on one exchange, all legs, in milliseconds (default 60000)");

/* FreeRDP's client asks its user for the password when TLS is up: somebody types. */
static unsigned int accept_timeout_ms = 60000;
module_param(accept_timeout_ms, uint, 0644);
MODULE_PARM_DESC(accept_timeout_ms,
		 "bound on one exchange of an acceptor, all legs, in milliseconds (default 60000)");

/* Before that a client has nothing to wait for, and has shown nothing. */
static unsigned int accept_tls_timeout_ms = 15000;
module_param(accept_tls_timeout_ms, uint, 0644);
MODULE_PARM_DESC(accept_tls_timeout_ms,
		 "bound on an acceptor's TLS handshake, or exchange without TLS, in milliseconds (default 15000)");

struct cssp_stats cssp_stats;

/* kmalloc() would round a context up to twice its size. */
static struct kmem_cache *context_cache;

int cssp_context_init(void)
{
	context_cache = KMEM_CACHE(credssp_context, SLAB_ACCOUNT);
	return context_cache ? 0 : -ENOMEM;
}

void cssp_context_exit(void)
{
	kmem_cache_destroy(context_cache);
}

struct credssp_context *cssp_context_alloc(void)
{
	return kmem_cache_zalloc(context_cache, CSSP_GFP);
}

void cssp_context_free(struct credssp_context *ctx)
{
	kmem_cache_free(context_cache, ctx);
}

static u32 context_clamp(u32 timeout_ms)
{
	return clamp_t(u32, timeout_ms, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
}

/* The module's bounds. Without TLS, a client that has sent a token knows its credentials. */
static void context_set_default_timeout(struct credssp_context *ctx)
{
	u32 first_ms = context_clamp(READ_ONCE(accept_tls_timeout_ms));

	ctx->timeout_ms = context_clamp(READ_ONCE(*(ctx->acceptor ? &accept_timeout_ms :
								    &handshake_timeout_ms)));
	ctx->first_ms = ctx->acceptor ? min(ctx->timeout_ms, first_ms) : ctx->timeout_ms;
	if (!cssp_package(ctx->package)->tls)
		ctx->timeout_ms = ctx->first_ms;
}

void cssp_context_set_timeout(struct credssp_context *ctx, u32 timeout_ms)
{
	if (!timeout_ms) {
		context_set_default_timeout(ctx);
		return;
	}
	ctx->timeout_ms = context_clamp(timeout_ms);
	ctx->first_ms = ctx->timeout_ms;
}

unsigned int cssp_context_timeout_ms(void)
{
	return context_clamp(READ_ONCE(handshake_timeout_ms));
}

/* States that may follow each state, as a bit mask. */
static const u8 context_next[CSSP_CONTEXT_STATES] = {
	[CSSP_CONTEXT_NEW] = BIT(CSSP_CONTEXT_RUNNING) | BIT(CSSP_CONTEXT_DEAD),
	[CSSP_CONTEXT_RUNNING] = BIT(CSSP_CONTEXT_ESTABLISHED) | BIT(CSSP_CONTEXT_DEAD),
	/* RUNNING: reauthentication */
	[CSSP_CONTEXT_ESTABLISHED] = BIT(CSSP_CONTEXT_RUNNING) |
				     BIT(CSSP_CONTEXT_EXPORTED) | BIT(CSSP_CONTEXT_DEAD),
	[CSSP_CONTEXT_EXPORTED] = BIT(CSSP_CONTEXT_DEAD),
};

void cssp_context_enter(struct credssp_context *ctx, enum cssp_context_state state)
{
	lockdep_assert_held(&ctx->lock);
	if (WARN_ON_ONCE(!(context_next[ctx->state] & BIT(state))))
		state = CSSP_CONTEXT_DEAD;
	WRITE_ONCE(ctx->state, state);
}

int cssp_context_begin_exchange(struct credssp_context *ctx)
{
	lockdep_assert_held(&ctx->lock);
	cssp_context_end_exchange(ctx);
	cssp_vbuf_free(&ctx->trace);
	ctx->exchange = kzalloc(sizeof(*ctx->exchange), CSSP_GFP);
	return ctx->exchange ? 0 : -ENOMEM;
}

void cssp_context_end_exchange(struct credssp_context *ctx)
{
	struct cssp_exchange *x = ctx->exchange;

	if (!x)
		return;
	ctx->exchange = NULL;
	cssp_client_kill(&x->client);
	cssp_mech_facts_free(&x->client.facts.mech);
	cssp_server_kill(&x->server);
	cssp_mech_facts_free(&x->server.facts.mech);
	cssp_identity_free(&x->saved);
	cssp_policy_view_drop(&x->policy);
	cssp_vbuf_free(&x->used);
	kfree_sensitive(x);
}

void cssp_context_wipe(struct credssp_context *ctx)
{
	ctx->ops->wipe(ctx);
	cssp_context_end_exchange(ctx);
	cssp_delegated_free(&ctx->delegated);
	cssp_context_uncharge_unproven(ctx);
	cssp_context_expire_stop(ctx);
	memzero_explicit(&ctx->session_key, sizeof(ctx->session_key));
}

int cssp_context_charge_unproven(struct credssp_context *ctx)
{
	struct cssp_quota *quota;

	if (!ctx->unproven) {
		quota = cssp_quota_charge_cred(ctx->cred->who.cred, CSSP_UNPROVEN, 1);
		if (IS_ERR(quota))
			return PTR_ERR(quota);
		ctx->unproven = quota;
	}
	if (ctx->share)
		return 0;
	return cssp_share_charge(&ctx->share, ctx->unproven, CSSP_UNPROVEN, &ctx->peer);
}

void cssp_context_uncharge_unproven(struct credssp_context *ctx)
{
	cssp_share_uncharge(ctx->share);
	ctx->share = NULL;
	cssp_quota_uncharge(ctx->unproven, CSSP_UNPROVEN, 1);
	ctx->unproven = NULL;
}

void cssp_context_update_report(struct credssp_context *ctx)
{
	lockdep_assert_held(&ctx->lock);
	ctx->report.mech = ctx->cred->mech_id;
	ctx->ops->report(ctx);
}

void cssp_context_report_mech(struct credssp_context *ctx, struct cssp_mech_facts *facts)
{
	struct credssp_report *report = &ctx->report;

	report->mech_package = facts->package;
	report->passed_over = facts->passed_over;
	report->krb_error = facts->krb_error;
	report->skew = facts->skew;
	report->kdc_messages = facts->kdc_messages;
	cssp_mech_trace_move(&ctx->trace, &facts->trace);
	/* After a TGT-REQ the server may choose NTLM. */
	report->facts &= ~CREDSSP_FACT_USER_TO_USER;
	if (facts->user_to_user)
		report->facts |= CREDSSP_FACT_USER_TO_USER;
}

static void context_abandon(struct credssp_context *ctx)
{
	if (ctx->ops->abandon)
		ctx->ops->abandon(ctx);
	ctx->report.reason = CREDSSP_REASON_CANCELLED;
	cssp_context_judge(ctx, -ECANCELED);
}

static void context_release(struct kref *ref)
{
	struct credssp_context *ctx = container_of(ref, struct credssp_context, ref);

	cssp_context_expire_end(ctx);
	/* No other task can reach the context any more. */
	if (ctx->state == CSSP_CONTEXT_RUNNING)
		context_abandon(ctx);
	cssp_context_wipe(ctx);
	cssp_vbuf_free(&ctx->output);
	cssp_vbuf_free(&ctx->issuers);
	cssp_vbuf_free(&ctx->trace);
	cssp_vbuf_free(&ctx->cert);
	cssp_verdict_free(&ctx->verdict);
	kfree(ctx->user);
	cssp_spn_free(&ctx->target);
	cssp_cred_put(ctx->cred);
	cssp_requester_drop(&ctx->who);
	mutex_destroy(&ctx->lock);
	cssp_quota_uncharge(ctx->quota, CSSP_CONTEXTS, 1);
	cssp_context_free(ctx);
}

void cssp_context_keep_key(struct credssp_context *ctx)
{
	ctx->keep_key = true;
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
	/* Not contended: no other task can reach the context yet. */
	mutex_lock(&ctx->lock);
	cssp_context_set_timeout(ctx, timeout_ms);
	ctx->early_auth = early_auth;
	ctx->one_call = true;
	cssp_context_unlock(ctx);
}

int cssp_context_lock(struct credssp_context *ctx)
{
	/* mutex_trylock() tells lockdep nothing of the order of locks */
	might_lock(&ctx->lock);
	return wait_event_state(ctx->unlocked, mutex_trylock(&ctx->lock),
				CSSP_TASK_WAITING) ? -EINTR : 0;
}

void cssp_context_unlock(struct credssp_context *ctx)
{
	mutex_unlock(&ctx->lock);
	wake_up(&ctx->unlocked);
}

u32 cssp_context_attributes(const struct credssp_context *ctx)
{
	lockdep_assert_held(&ctx->lock);
	return ctx->ops->attributes(ctx);
}

void cssp_context_look_up_facts(const struct credssp_context *ctx,
				struct cssp_context_facts *facts)
{
	const char *user = ctx->user ?: "", *target = ctx->target.spn ?: "";

	lockdep_assert_held(&ctx->lock);
	*facts = (struct cssp_context_facts){
		.state = ctx->state,
		.attributes = cssp_context_attributes(ctx),
		.report = &ctx->report,
		.cert = cssp_vbuf_rd(&ctx->cert),
		.trace = cssp_vbuf_rd(&ctx->trace),
		.user = cssp_rd_of(user, strlen(user)),
		.target = cssp_rd_of(target, strlen(target)),
		.session_key = cssp_rd_of(ctx->session_key.bytes, ctx->session_key.length),
		.verdict = &ctx->verdict,
		.delegated = &ctx->delegated,
		.since = ctx->since,
		.expiry = ctx->expiry,
	};
}

void cssp_context_prepare(struct credssp_context *ctx, u32 timeout_ms)
{
	/* Not contended: no other task can reach the context yet. */
	mutex_lock(&ctx->lock);
	ctx->prepared = true;
	cssp_context_set_timeout(ctx, timeout_ms);
	cssp_context_unlock(ctx);
}

u32 cssp_context_timeout(const struct credssp_context *ctx)
{
	return ctx->timeout_ms;
}

void cssp_context_narrow_timeout(struct credssp_context *ctx, u32 timeout_ms)
{
	/* Not contended: no other task can reach the context yet. */
	mutex_lock(&ctx->lock);
	ctx->timeout_ms = min(ctx->timeout_ms, context_clamp(timeout_ms));
	ctx->first_ms = min(ctx->first_ms, ctx->timeout_ms);
	cssp_context_unlock(ctx);
}

bool cssp_context_awaits_first(const struct credssp_context *ctx)
{
	return ctx->prepared && READ_ONCE(ctx->state) == CSSP_CONTEXT_NEW;
}

bool cssp_context_is_acceptor(const struct credssp_context *ctx)
{
	return ctx->acceptor;
}

bool cssp_context_is_attached(const struct credssp_context *ctx)
{
	return ctx->attached;
}

const struct cssp_requester *cssp_context_requester(const struct credssp_context *ctx)
{
	return &ctx->who;
}

u32 cssp_context_package(const struct credssp_context *ctx)
{
	return ctx->package;
}

bool cssp_context_can_sign(const struct credssp_context *ctx)
{
	return ctx->ops->sign;
}

u32 cssp_context_mech_package(const struct credssp_context *ctx)
{
	lockdep_assert_held(&ctx->lock);
	if (ctx->report.mech_package)
		return ctx->report.mech_package;
	/* Only SPNEGO does not know its mechanism from the start. */
	switch (ctx->cred->mech_id) {
	case CREDSSP_MECH_NTLM:
		return CREDSSP_PACKAGE_NTLM;
	case CREDSSP_MECH_KERBEROS:
		return CREDSSP_PACKAGE_KERBEROS;
	default:
		return CREDSSP_PACKAGE_NEGOTIATE;
	}
}

void cssp_context_cancel(struct credssp_context *ctx)
{
	cssp_wait_cancel(&ctx->wait);
}

bool cssp_context_is_stream(const struct credssp_context *ctx)
{
	lockdep_assert_held(&ctx->lock);
	return ctx->state == CSSP_CONTEXT_EXPORTED ||
	       (ctx->attached && ctx->state == CSSP_CONTEXT_ESTABLISHED);
}

int cssp_context_check_exchange(struct credssp_context *ctx)
{
	int ret = 0;

	if (cssp_context_lock(ctx))
		return -EINTR;
	if (cssp_context_is_stream(ctx))
		ret = CSSP_E_UNSUPPORTED;
	cssp_context_unlock(ctx);
	return ret;
}

int cssp_context_report(struct credssp_context *ctx, struct credssp_report *report)
{
	if (cssp_context_lock(ctx))
		return -EINTR;
	*report = ctx->report;
	cssp_context_unlock(ctx);
	return 0;
}

int cssp_context_user(struct credssp_context *ctx, struct cssp_vbuf *user)
{
	struct cssp_rd rd;
	int ret;

	if (cssp_context_lock(ctx))
		return -EINTR;
	rd = cssp_rd_of(ctx->user, ctx->user ? strlen(ctx->user) : 0);
	ret = cssp_vbuf_set(user, &rd);
	cssp_context_unlock(ctx);
	return ret;
}

/* A copy of @from, which is a part of @ctx */
static int context_copy(struct credssp_context *ctx, const struct cssp_vbuf *from,
			struct cssp_vbuf *to)
{
	struct cssp_rd rd;
	int ret;

	if (cssp_context_lock(ctx))
		return -EINTR;
	rd = cssp_vbuf_rd(from);
	ret = cssp_vbuf_set(to, &rd);
	cssp_context_unlock(ctx);
	return ret;
}

int cssp_context_cert(struct credssp_context *ctx, struct cssp_vbuf *cert)
{
	return context_copy(ctx, &ctx->cert, cert);
}

int cssp_context_trace(struct credssp_context *ctx, struct cssp_vbuf *trace)
{
	return context_copy(ctx, &ctx->trace, trace);
}
