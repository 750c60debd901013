// SPDX-License-Identifier: GPL-2.0-only
/* Delivery of what an initiator has delegated. */
#include "../base/status.h"
#include "../cred/delivery.h"
#include "context_impl.h"

static int deliver_check(const struct credssp_context *ctx)
{
	if (!ctx->acceptor)
		return CSSP_E_HANDLE;
	if (ctx->state != CSSP_CONTEXT_ESTABLISHED && ctx->state != CSSP_CONTEXT_EXPORTED)
		return CSSP_E_HANDLE;
	return ctx->delegated.kind == CREDSSP_DELEGATED_PASSWORD ? 0 : CSSP_E_NO_CREDS;
}

int cssp_context_deliver(struct credssp_context *ctx, const struct cssp_delivery *delivery,
			 s32 *serial)
{
	int ret;

	if (cssp_context_lock(ctx))
		return -EINTR;
	ret = deliver_check(ctx) ?: cssp_delivery_put(&ctx->delegated.id, delivery, serial);
	cssp_context_unlock(ctx);
	/* a signal in the wait for a keyring's lock */
	return ret == -ERESTARTSYS ? -EINTR : ret;
}
