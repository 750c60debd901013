// SPDX-License-Identifier: GPL-2.0-only
/* Conversations with the helper: the requester's side of the helper channel. */
#define pr_fmt(fmt) "credssp: " fmt

#include <linux/atomic.h>
#include <linux/err.h>
#include <linux/jiffies.h>
#include <linux/minmax.h>
#include <linux/key.h>
#include <linux/moduleparam.h>
#include <linux/printk.h>
#include <linux/ratelimit.h>
#include <linux/slab.h>
#include "../base/mem.h"
#include "../base/quota.h"
#include "../base/trace.h"
#include "conv.h"
#include "helper.h"
#include "keyring.h"

/*
 * How long a reply may take. A handshake step takes the helper a millisecond; a longer
 * wait means that the helper is swapped out or has other requests to answer first.
 */
#define TIMEOUT_DEFAULT_MS	15000
#define TIMEOUT_MIN_MS		100	/* less fails on a loaded machine */
#define TIMEOUT_MAX_MS		120000

static unsigned int helper_timeout_ms = TIMEOUT_DEFAULT_MS;

static int conv_timeout_set(const char *val, const struct kernel_param *kp)
{
	return param_set_uint_minmax(val, kp, TIMEOUT_MIN_MS, TIMEOUT_MAX_MS);
}

static const struct kernel_param_ops conv_timeout_ops = {
	.set = conv_timeout_set,
	.get = param_get_uint,
};

module_param_cb(helper_timeout_ms, &conv_timeout_ops, &helper_timeout_ms, 0644);
MODULE_PARM_DESC(helper_timeout_ms,
		 "longest wait for one reply of credsspd in milliseconds (100 to 120000)");

unsigned int cssp_upcall_timeout_ms(void)
{
	return READ_ONCE(helper_timeout_ms);
}

u32 cssp_upcall_time_limit(const struct cssp_wait *wait)
{
	long limit = msecs_to_jiffies(cssp_upcall_timeout_ms());

	return jiffies_to_msecs(min(cssp_wait_left(wait), limit));
}

/**
 * struct cssp_conv - a conversation: the requests of one TLS handshake or of one
 *	Kerberos exchange
 * @helper: the helper that it began with, referenced; no other helper has its state
 * @who: requester, borrowed
 * @id: unique in this module
 * @quota: quota that the conversation is charged to, referenced
 * @end: the END message, allocated at the start so that it cannot fail later
 * @session: keyring that is lent for the next request, or NULL
 * @heard: the helper has read a request of this conversation
 *
 * No lock: the context that owns the conversation makes one call at a time.
 */
struct cssp_conv {
	struct cssp_helper *helper;
	const struct cssp_requester *who;
	u64 id;
	struct cssp_quota *quota;
	struct cssp_request *end;
	struct key *session;
	bool heard;
};

static atomic64_t conv_last_id = ATOMIC64_INIT(0);

static struct cssp_helper *conv_find_helper(const struct net *net)
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

	c->id = atomic64_inc_return(&conv_last_id);
	c->helper = conv_find_helper(c->who->net);
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
	int ret;

	if (!c)
		return -ENOMEM;
	c->who = who;
	c->quota = cssp_quota_charge_cred(who->cred, CSSP_CONVERSATIONS, 1);
	ret = PTR_ERR_OR_ZERO(c->quota);
	if (ret)
		goto err_free;
	ret = conv_init(c);
	if (ret)
		goto err_quota;
	*conv = c;
	return 0;

err_quota:
	cssp_quota_uncharge(c->quota, CSSP_CONVERSATIONS, 1);
err_free:
	kfree(c);
	return ret;
}

/* Submit @req, wait for its end, and collect the result. */
static int conv_transact(struct cssp_conv *conv, struct cssp_request *req,
			 struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	long limit = msecs_to_jiffies(cssp_upcall_timeout_ms());
	int ret;

	ret = cssp_helper_submit(conv->helper, req);
	if (ret)
		return ret;
	ret = cssp_wait_event(wait, &req->done, cssp_request_is_done(req), limit);
	ret = cssp_helper_collect(conv->helper, req, ret, reply);
	conv->heard |= req->was_shown;
	trace_cssp_upcall(req->opcode, req->id, ret);
	return ret;
}

static int conv_call(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		     struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	struct cssp_request *req;
	int ret;

	ret = cssp_wait_check(wait);
	if (ret)
		return ret;
	req = cssp_request_create(conv->helper, conv->who, opcode, conv->id, request);
	if (IS_ERR(req))
		return PTR_ERR(req);
	ret = conv_transact(conv, req, reply, wait);
	cssp_request_put(req);
	return ret;
}

static void conv_end_loan(struct cssp_conv *conv)
{
	cssp_keyring_end(conv->session);
	conv->session = NULL;
}

int cssp_conv_call(struct cssp_conv *conv, u16 opcode, const struct cssp_rd *request,
		   struct cssp_vbuf *reply, struct cssp_wait *wait)
{
	int ret = conv_call(conv, opcode, request, reply, wait);

	conv_end_loan(conv);
	return ret;
}

int cssp_conv_lend_session(struct cssp_conv *conv, s32 *serial)
{
	struct key *session = cssp_keyring_lend(conv->helper, conv->who);

	if (IS_ERR(session))
		return PTR_ERR(session);
	conv_end_loan(conv);
	conv->session = session;
	*serial = key_serial(session);
	return 0;
}

/*
 * The number of unread ENDs is limited without a quota. A conversation sends END only if
 * the helper has read one of its requests, and the helper reads a user's requests in
 * order. So all unread ENDs of a user belong to conversations that were open when the
 * oldest END was sent: at most CSSP_MAX_CONVERSATIONS_USER. Users with
 * CAP_SYS_RESOURCE have no such limit.
 */
void cssp_conv_close(struct cssp_conv *conv, bool over)
{
	if (!conv)
		return;
	conv_end_loan(conv);
	/* If the helper is dead, its state of the conversation is gone as well. */
	if (conv->heard && !over && cssp_helper_submit(conv->helper, conv->end))
		pr_debug("the helper died before a conversation ended\n");
	cssp_request_put(conv->end);
	cssp_helper_put(conv->helper);
	cssp_quota_uncharge(conv->quota, CSSP_CONVERSATIONS, 1);
	kfree(conv);
}

bool cssp_conv_is_local(const struct cssp_conv *conv)
{
	return cssp_helper_is_local(conv->helper, conv->who);
}

const struct cssp_helper_ops cssp_helper_upcall = {
	.open = cssp_conv_open,
	.call = cssp_conv_call,
	.is_local = cssp_conv_is_local,
	.lend_session = cssp_conv_lend_session,
	.close = cssp_conv_close,
};

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
 * An open device file holds a module reference, so no helper is left by now.
 * Contexts own the conversations, and are freed before.
 *
 * Context: module exit, may sleep.
 */
void cssp_upcall_exit(void)
{
	cssp_helper_dev_unregister();
}
