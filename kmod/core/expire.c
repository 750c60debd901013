// SPDX-License-Identifier: GPL-2.0-only
/*
 * The end of an acceptor's exchange by tokens that no call goes on with.  A client that
 * says nothing more costs memory until its time is over, even if its server forgets it.
 */
#include <linux/workqueue.h>

#include "../base/status.h"
#include "context_impl.h"

static struct workqueue_struct *expire_queue;

int cssp_context_expire_init(void)
{
	expire_queue = alloc_workqueue("credssp_expire", WQ_UNBOUND, 0);
	return expire_queue ? 0 : -ENOMEM;
}

void cssp_context_expire_exit(void)
{
	destroy_workqueue(expire_queue);
}

/*
 * The context has no reference for the work: its last one waits for the work to end. Meanwhile
 * the exchange may be over, and another one may run.
 */
static void expire_work(struct work_struct *work)
{
	struct credssp_context *ctx =
		container_of(to_delayed_work(work), struct credssp_context, expire);

	if (!cssp_context_lock(ctx)) {
		if (ctx->state == CSSP_CONTEXT_RUNNING && !cssp_wait_left(&ctx->wait)) {
			cssp_context_fail(ctx, -ETIMEDOUT);
			/* No call returns it. */
			cssp_vbuf_free(&ctx->output);
		}
		cssp_context_unlock(ctx);
	}
}

void cssp_context_expire_setup(struct credssp_context *ctx)
{
	INIT_DELAYED_WORK(&ctx->expire, expire_work);
}

void cssp_context_expire_start(struct credssp_context *ctx)
{
	lockdep_assert_held(&ctx->lock);
	/* One jiffy later nothing is left of the time. */
	mod_delayed_work(expire_queue, &ctx->expire, cssp_wait_left(&ctx->wait) + 1);
}
