// SPDX-License-Identifier: GPL-2.0-only
/* Conversations with the helper: the requesters' side of the channel. */
#define pr_fmt(fmt) "credssp: " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include "../base/mem.h"
#include "../base/quota.h"
#include "../base/trace.h"
#include "conv.h"
#include "helper.h"

/*
 * How long a reply may take. A handshake step is a millisecond's work; what is
 * waited for is a helper that is swapped out or has a queue before it.
 */
#define TIMEOUT_DEFAULT_MS	15000
#define TIMEOUT_MIN_MS		100	/* less fails on a loaded machine */
#define TIMEOUT_MAX_MS		120000	/* a killable sleep, but hung_task's too */

static unsigned int helper_timeout_ms = TIMEOUT_DEFAULT_MS;

static int timeout_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
}

static const struct kernel_param_ops timeout_ops = {
	.set = timeout_set,
	.get = param_get_uint,
};

module_param_cb(helper_timeout_ms, &timeout_ops, &helper_timeout_ms, 0644);
MODULE_PARM_DESC(helper_timeout_ms,
		 "longest wait for one reply of credsspd in milliseconds (100 to 120000)");

unsigned int cssp_upcall_timeout_ms(void)
{
	return READ_ONCE(helper_timeout_ms);
}

/**
 * struct cssp_conv - a conversation: what one TLS handshake says to the helper
 * @helper: the one it began with, referenced; another one would not know it
 * @who: requester, borrowed
 * @id: unique in this module
 * @quota: who is charged for it
 * @end: the END message, made at the start so that it cannot fail later
 * @heard: the helper has read a request of this conversation
 *
 * No lock: the context that owns it makes one call at a time.
 */
struct cssp_conv {
	struct cssp_helper *helper;
	const struct cssp_requester *who;
	u64 id;
	struct cssp_quota *quota;
	struct cssp_request *end;
	bool heard;
};

static atomic64_t last_conversation = ATOMIC64_INIT(0);

static struct cssp_helper *find_helper(const struct net *net)
{
	struct cssp_helper *h = cssp_helper_find(net);

	if (!h)
		pr_warn_ratelimited("no helper in network namespace %u: credsspd is not running\n",
				    net->ns.inum);
	return h;
}

static int conv_init(struct cssp_conv *c)
{
	const struct cssp_rd nothing = cssp_rd_of(NULL, 0);

	c->id = atomic64_inc_return(&last_conversation);
	c->helper = find_helper(c->who->net);
	if (!c->helper)
		return -EHOSTUNREACH;
	c->end = cssp_request_create(c->helper, c->who, CREDSSP_HLP_END, c->id,
				     &nothing);
	if (IS_ERR(c->end)) {
		cssp_helper_put(c->helper);
		return PTR_ERR(c->end);
	}
	return 0;
}

int cssp_conv_open(struct cssp_conv **conv, const struct cssp_requester *who)
{
	struct cssp_conv *c = kzalloc(sizeof(*c), CSSP_GFP);
	int err;

	if (!c)
		return -ENOMEM;
	c->who = who;
	c->quota = cssp_quota_charge_cred(who->cred, CSSP_CONVERSATIONS, 1);
	err = PTR_ERR_OR_ZERO(c->quota);
	if (err)
		goto err_free;
	err = conv_init(c);
	if (err)
		goto err_payer;
	*conv = c;
	return 0;

err_payer:
	cssp_quota_uncharge(c->quota, CSSP_CONVERSATIONS, 1);
err_free:
	kfree(c);
	return err;
}

/* Submit, sleep, and settle how it ended. */
static int transact(struct cssp_conv *conv, struct cssp_request *req,
		    struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	long limit = msecs_to_jiffies(cssp_upcall_timeout_ms());
	int err;

	err = cssp_helper_submit(conv->helper, req);
	if (err)
		return err;
	err = cssp_wait_event(wait, &req->done, cssp_request_is_done(req), limit);
	err = cssp_helper_collect(conv->helper, req, err, reply);
	conv->heard |= req->was_shown;
	trace_cssp_upcall(req->opcode, req->id, err);
	return err;
}

int cssp_conv_call(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		   struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	struct cssp_request *req;
	int err;

	err = cssp_wait_check(wait);
	if (err)
		return err;
	req = cssp_request_create(conv->helper, conv->who, opcode, conv->id, request);
	if (IS_ERR(req))
		return PTR_ERR(req);
	err = transact(conv, req, reply, wait);
	cssp_request_put(req);
	return err;
}

/*
 * ENDs have no limit of their own and need none.  The helper reads a user's
 * requests in order.  While the user's oldest END is unread, the helper has read no
 * request of a conversation that the user began after that END was submitted, and
 * such a conversation has no END to submit.  So the unread ENDs of a user are of
 * conversations that were open at one time: CSSP_MAX_CONVERSATIONS_USER at most,
 * but for users with CAP_SYS_RESOURCE, who have no such limit.
 */
void cssp_conv_close(struct cssp_conv *conv)
{
	if (!conv)
		return;
	/* A dead helper has forgotten the conversation anyway. */
	if (conv->heard && cssp_helper_submit(conv->helper, conv->end))
		pr_debug("the helper died before a conversation ended\n");
	cssp_request_put(conv->end);
	cssp_helper_put(conv->helper);
	cssp_quota_uncharge(conv->quota, CSSP_CONVERSATIONS, 1);
	kfree(conv);
}

bool cssp_upcall_present(const struct net *net)
{
	struct cssp_helper *h = cssp_helper_find(net);

	if (!h)
		return false;
	cssp_helper_put(h);
	return true;
}

/**
 * cssp_upcall_init() - open the helper channel
 *
 * Context: module initialization.
 * Return: 0 or a negative errno.
 */
int cssp_upcall_init(void)
{
	return cssp_helper_dev_register();
}

/**
 * cssp_upcall_exit() - close the helper channel
 *
 * An open device file holds the module, so no helper is left by now; the
 * conversations are those of contexts, which are gone before.
 *
 * Context: module exit, may sleep.
 */
void cssp_upcall_exit(void)
{
	cssp_helper_dev_unregister();
}
