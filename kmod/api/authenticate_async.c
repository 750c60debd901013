// SPDX-License-Identifier: GPL-2.0-only
/*
 * Whole exchanges on kernel threads.  A call waits in a queue until a thread is free.  It
 * is over early when it is cancelled or its time runs out meanwhile: @late, on another
 * queue, takes it out of the first one and completes it.
 *
 * Acceptors have threads of their own: anybody can connect to them and say nothing, and the
 * machine's own logons must not wait for that.
 */
#include "authenticate_async.h"

#include <linux/completion.h>
#include <linux/err.h>
#include <linux/export.h>
#include <linux/kernel.h>
#include <linux/kref.h>
#include <linux/module.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/workqueue.h>

#include <linux/credssp_acceptor.h>

#include "../base/mem.h"
#include "../base/quota.h"
#include "../base/status.h"
#include "export_buffers.h"
#include "export_call.h"

static struct workqueue_struct *async_queue;		/* @work of initiators */
static struct workqueue_struct *async_accept_queue;	/* @work of acceptors */
static struct workqueue_struct *async_late_queue;	/* @late */

/**
 * struct credssp_authentication - an exchange on a kernel thread
 * @ref: references of the handle and of the exchange until done() has returned
 * @work: carries out the exchange; whoever takes it from its queue does so
 * @late: completes it if it is still in its queue when it is cancelled or out of time
 * @deadline: jiffies
 * @auth: arguments and results
 * @target: target name, which @auth refers to
 * @ctx: context of the exchange
 * @quota: account that is charged for the exchange, until done() has returned
 * @done: gets the result
 * @data: passed to @done
 * @lock: protects the change of @told. A cancellation is whole before done() is called, which
 *	may free the handle, or does nothing
 * @told: the result is there, and done() was called or is about to be
 * @thread: the thread that is inside of done()
 * @over: done() has returned
 */
struct credssp_authentication {
	struct kref ref;
	struct work_struct work;
	struct delayed_work late;
	unsigned long deadline;
	struct cssp_authenticate auth;
	struct cssp_vbuf target;
	struct credssp_context *ctx;
	struct cssp_quota *quota;
	void (*done)(void *data, s32 status, u32 context_attr,
		     const struct credssp_report *report);
	void *data;
	spinlock_t lock;	/* see above */
	bool told;
	struct task_struct *thread;
	struct completion over;
};

/* @late comes last: the others cancel it. */
static const struct {
	struct workqueue_struct **queue;
	const char *name;
	int threads;
} async_queues[] = {
	{ &async_queue, "credssp_async", CSSP_ASYNC_THREADS },
	{ &async_accept_queue, "credssp_async_accept", CSSP_ASYNC_THREADS },
	{ &async_late_queue, "credssp_async_late", 0 },
};

int cssp_authenticate_async_init(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(async_queues); i++) {
		*async_queues[i].queue = alloc_workqueue("%s", WQ_UNBOUND, async_queues[i].threads,
							 async_queues[i].name);
		if (!*async_queues[i].queue)
			goto err_destroy;
	}
	return 0;

err_destroy:
	while (i--)
		destroy_workqueue(*async_queues[i].queue);
	return -ENOMEM;
}

void cssp_authenticate_async_exit(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(async_queues); i++)
		destroy_workqueue(*async_queues[i].queue);
}

static void async_release(struct kref *ref)
{
	struct credssp_authentication *call;

	call = container_of(ref, struct credssp_authentication, ref);
	cssp_context_put(call->ctx);
	cssp_quota_uncharge(call->quota, CSSP_ASYNC, 1);
	cssp_vbuf_free(&call->target);
	kfree(call);
}

/* The time in the queue counts. */
static int async_exchange(struct credssp_authentication *call)
{
	long left = call->deadline - jiffies;

	if (left > 0) {
		cssp_context_narrow_timeout(call->ctx, jiffies_to_msecs(left));
		return cssp_authenticate_finish(&call->auth, call->ctx);
	}
	cssp_context_kill(call->ctx, -ETIMEDOUT, NULL);
	/* Without memory for it, or a lock, the report stays the one of a wrong argument. */
	if (cssp_context_report(call->ctx, &call->auth.report))
		call->auth.report.reason = cssp_reason(CSSP_LAYER_EXCHANGE, -ETIMEDOUT);
	return -ETIMEDOUT;
}

/* After done() only the handle can be left. */
static void async_tell(struct credssp_authentication *call, int ret)
{
	unsigned long flags;

	spin_lock_irqsave(&call->lock, flags);
	WRITE_ONCE(call->told, true);
	spin_unlock_irqrestore(&call->lock, flags);
	WRITE_ONCE(call->thread, current);
	call->done(call->data, cssp_status_exchange(ret), call->auth.attr, &call->auth.report);
	WRITE_ONCE(call->thread, NULL);
}

static void async_run(struct credssp_authentication *call)
{
	struct cssp_quota_scope scope;
	int ret;

	cssp_export_enter(call->ctx, &scope);
	ret = async_exchange(call);
	cssp_authenticate_free(&call->auth);
	cssp_export_leave(call->ctx, &scope);
	async_tell(call, ret);
}

/* The thread is free again before the owner of the handle can begin another call. */
static void async_end(struct credssp_authentication *call)
{
	cssp_quota_uncharge(call->quota, CSSP_ASYNC, 1);
	call->quota = NULL;
	complete_all(&call->over);
	kref_put(&call->ref, async_release);
}

static void async_work(struct work_struct *work)
{
	struct credssp_authentication *call;

	call = container_of(work, struct credssp_authentication, work);
	async_run(call);
	cancel_delayed_work_sync(&call->late);
	async_end(call);
}

static void async_late(struct work_struct *work)
{
	struct credssp_authentication *call;

	call = container_of(to_delayed_work(work), struct credssp_authentication, late);
	if (!cancel_work(&call->work))
		return;
	async_run(call);
	/* This is the work itself, so it can only be waiting to run again. */
	cancel_delayed_work(&call->late);
	async_end(call);
}

static struct credssp_authentication *async_alloc(const struct cssp_authenticate *auth,
						  const struct credssp_authenticate *args)
{
	struct credssp_authentication *call = kzalloc(sizeof(*call), CSSP_GFP);

	if (!call)
		return NULL;
	kref_init(&call->ref);
	spin_lock_init(&call->lock);
	INIT_WORK(&call->work, async_work);
	INIT_DELAYED_WORK(&call->late, async_late);
	init_completion(&call->over);
	call->auth = *auth;
	call->done = args->done;
	call->data = args->data;
	return call;
}

/* What is taken here async_release() gives back. */
static int async_prepare(struct credssp_authentication *call)
{
	struct cssp_quota *quota;
	int ret;

	quota = cssp_quota_charge_cred(call->auth.who->cred, CSSP_ASYNC, 1);
	if (IS_ERR(quota))
		return PTR_ERR(quota);
	call->quota = quota;
	ret = cssp_authenticate_begin(&call->auth, &call->ctx);
	if (ret)
		return ret;
	cssp_context_keep_key(call->ctx);
	return 0;
}

/* Before the exchange can begin: done() may use @out, and free the handle. */
static void async_submit(struct credssp_authentication *call,
			 struct credssp_authentication **out)
{
	unsigned long most = msecs_to_jiffies(cssp_context_timeout(call->ctx));

	*out = call;
	call->deadline = jiffies + most;
	queue_delayed_work(async_late_queue, &call->late, most);
	queue_work(call->auth.accept ? async_accept_queue : async_queue, &call->work);
}

int cssp_authenticate_async_start(struct credssp_authentication **out,
				  const struct cssp_authenticate *auth,
				  struct cssp_vbuf *target,
				  const struct credssp_authenticate *args)
{
	struct credssp_authentication *call = async_alloc(auth, args);
	int ret;

	if (!call)
		return -ENOMEM;
	ret = async_prepare(call);
	if (ret) {
		kref_put(&call->ref, async_release);
		return ret;
	}
	cssp_vbuf_move(&call->target, target);
	call->auth.target = cssp_vbuf_rd(&call->target);
	/* Pinned by the caller's credential, which the context keeps from now on. */
	call->auth.who = cssp_context_requester(call->ctx);
	kref_get(&call->ref);
	async_submit(call, out);
	return 0;
}

s32 credssp_query_authentication(struct credssp_authentication *call, u32 attribute,
				 void *buffer, u32 *length)
{
	might_sleep();
	/* Before that, the exchange holds the lock of the context for as long as it lasts. */
	if (!call || !READ_ONCE(call->told))
		return SEC_E_INVALID_HANDLE;
	return credssp_query_context_attributes(call->ctx, attribute, buffer, length);
}
EXPORT_SYMBOL_GPL(credssp_query_authentication);

struct credssp_context *credssp_authentication_context(struct credssp_authentication *call)
{
	return call && READ_ONCE(call->told) ? call->ctx : NULL;
}
EXPORT_SYMBOL_GPL(credssp_authentication_context);

void credssp_cancel_authentication(struct credssp_authentication *call)
{
	unsigned long flags;

	if (!call)
		return;
	spin_lock_irqsave(&call->lock, flags);
	if (!call->told) {
		cssp_context_cancel(call->ctx);
		mod_delayed_work(async_late_queue, &call->late, 0);
	}
	spin_unlock_irqrestore(&call->lock, flags);
}
EXPORT_SYMBOL_GPL(credssp_cancel_authentication);

void credssp_free_authentication(struct credssp_authentication *call)
{
	if (!call)
		return;
	if (READ_ONCE(call->thread) != current) {
		credssp_cancel_authentication(call);
		wait_for_completion(&call->over);
		cancel_delayed_work_sync(&call->late);
	}
	kref_put(&call->ref, async_release);
}
EXPORT_SYMBOL_GPL(credssp_free_authentication);
