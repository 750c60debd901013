// SPDX-License-Identifier: GPL-2.0-only
/* New contexts, and the operations that their package has. */
#include <linux/err.h>
#include <linux/slab.h>

#include "../base/filetime.h"
#include "../base/mem.h"
#include "../base/quota.h"
#include "../base/status.h"
#include "../cred/package.h"
#include "../tls/sock.h"
#include "context_impl.h"

static atomic64_t context_last_id;

/* By acceptor, then by TLS. */
static const struct cssp_exchange_ops *const context_exchanges[2][2] = {
	{ &cssp_inner_exchange, &cssp_credssp_exchange },
	{ &cssp_inner_accept_exchange, &cssp_accept_exchange },
};

static struct credssp_context *context_alloc(struct credssp_cred *cred,
					     const struct cssp_requester *who)
{
	struct credssp_context *ctx = cssp_context_alloc();
	int ret;

	if (!ctx)
		return ERR_PTR(-ENOMEM);
	ctx->quota = cssp_quota_charge_cred(who->cred, CSSP_CONTEXTS, 1);
	if (IS_ERR(ctx->quota)) {
		ret = PTR_ERR(ctx->quota);
		cssp_context_free(ctx);
		return ERR_PTR(ret);
	}
	kref_init(&ctx->ref);
	mutex_init(&ctx->lock);
	init_waitqueue_head(&ctx->unlocked);
	cssp_wait_init(&ctx->wait);
	cssp_context_expire_setup(ctx);
	ctx->cred = cssp_cred_get(cred);
	ctx->acceptor = cred->acceptor;
	ctx->package = cred->package;
	ctx->ops = context_exchanges[ctx->acceptor][cssp_package(cred->package)->tls];
	cssp_requester_copy(&ctx->who, who);
	cssp_context_set_timeout(ctx, 0);
	ctx->expiry = CSSP_FILETIME_NEVER;
	ctx->id = atomic64_inc_return(&context_last_id);
	return ctx;
}

/*
 * A server acquires its credential with privilege and may give the privilege up: its
 * certificate, keytab and accounts stay those of the credential's owner.
 */
static struct credssp_context *context_make(struct credssp_cred *cred,
					    const struct cssp_requester *who)
{
	struct credssp_context *ctx = context_alloc(cred, cred->acceptor ? &cred->who : who);
	int ret;

	if (IS_ERR(ctx) || !ctx->acceptor)
		return ctx;
	ret = cssp_context_charge_unproven(ctx);
	if (!ret)
		return ctx;
	cssp_context_put(ctx);
	return ERR_PTR(ret);
}

int cssp_context_create(struct credssp_context **out, struct credssp_cred *cred,
			const struct cssp_requester *who)
{
	struct credssp_context *ctx = context_make(cred, who);

	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	*out = ctx;
	return 0;
}

int cssp_context_attach(struct credssp_context **out, struct credssp_cred *cred,
			const struct cssp_requester *who, struct socket *sock)
{
	struct credssp_context *ctx;
	struct cssp_channel_params params;
	int ret;

	/* An inner package has no transport. */
	if (!cssp_package(cred->package)->tls)
		return CSSP_E_UNSUPPORTED;
	ctx = context_make(cred, who);
	if (IS_ERR(ctx))
		return PTR_ERR(ctx);
	ctx->attached = true;
	params = cssp_context_channel_params(ctx);
	ret = cssp_channel_create_socket(&ctx->channel, &params, sock);
	if (ret) {
		cssp_context_put(ctx);
		return ret;
	}
	if (ctx->acceptor)
		cssp_sock_peer(sock, &ctx->peer);
	*out = ctx;
	return 0;
}
