// SPDX-License-Identifier: GPL-2.0-only
/* Two threads with one context: one of them ends the other's call. */
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/kthread.h>
#include <linux/net.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "consumer.h"

/* Long enough for the other thread to sleep in its call, but much shorter than its timeout */
#define HEAD_START_MS	500
#define SOON		(20 * HZ)

/**
 * struct waiter - a thread that authenticates with a silent server
 * @cred: credential
 * @target: target name
 * @context: attached to @sock
 * @listener: the server
 * @sock: connected to it
 * @status: result of its call
 * @done: completed when the call has returned
 */
struct waiter {
	struct credssp_cred *cred;
	__le16 *target;
	struct credssp_context *context;
	struct socket *listener;
	struct socket *sock;
	s32 status;
	struct completion done;
};

static int authenticate(void *data)
{
	struct waiter *w = data;
	u32 attr;

	w->status = credssp_initialize_security_context(w->cred, w->context, w->target,
							ISC_REQ_DELEGATE, 0,
							SECURITY_NATIVE_DREP, NULL, 0,
							NULL, NULL, &attr, NULL);
	complete(&w->done);
	return 0;
}

/* True if the thread was started. */
static bool start(struct consumer *c, struct waiter *w)
{
	struct task_struct *task;

	init_completion(&w->done);
	w->cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	w->target = consumer_utf16("TERMSRV/localhost");
	if (!w->cred || !w->target)
		return false;
	EXPECT_EQ(c, consumer_silent(&w->listener, &w->sock), 0);
	if (c->wrong)
		return false;
	EXPECT_EQ(c, credssp_attach_socket(w->cred, w->sock, &w->context), SEC_E_OK);
	if (c->wrong)
		return false;
	task = kthread_run(authenticate, w, "credssp_waiter");
	EXPECT(c, !IS_ERR(task));
	msleep(HEAD_START_MS);
	EXPECT(c, !completion_done(&w->done));
	return !IS_ERR(task);
}

static void expect_soon(struct consumer *c, struct waiter *w)
{
	bool soon = wait_for_completion_timeout(&w->done, SOON);

	EXPECT(c, soon);
	/* the thread uses memory that the caller is about to free */
	if (!soon)
		wait_for_completion(&w->done);
	EXPECT_EQ(c, w->status, SEC_E_INTERNAL_ERROR);
}

static void finish(struct waiter *w)
{
	if (w->sock)
		sock_release(w->sock);
	if (w->listener)
		sock_release(w->listener);
	vfree(w->target);
	credssp_free_credentials_handle(w->cred);
}

void consumer_cancel(struct consumer *c)
{
	static DEFINE_SPINLOCK(lock);
	struct waiter w = {};
	struct credssp_report report = {};
	u32 length = sizeof(report);
	unsigned long flags;

	if (start(c, &w)) {
		spin_lock_irqsave(&lock, flags);
		credssp_cancel(w.context);
		spin_unlock_irqrestore(&lock, flags);
		expect_soon(c, &w);
		EXPECT_EQ(c, credssp_query_context_attributes(w.context,
							      SECPKG_ATTR_CREDSSP_REPORT,
							      &report, &length), SEC_E_OK);
		EXPECT_EQ(c, report.reason, CREDSSP_REASON_CANCELLED);
	}
	if (w.context)
		EXPECT_EQ(c, credssp_delete_security_context(w.context), SEC_E_OK);
	finish(&w);
}

void consumer_delete(struct consumer *c)
{
	struct waiter w = {};

	if (start(c, &w)) {
		EXPECT_EQ(c, credssp_delete_security_context(w.context), SEC_E_OK);
		expect_soon(c, &w);
	}
	finish(&w);
}
