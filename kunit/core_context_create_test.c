// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmod/core/context_create.c: acceptors whose socket is refused. Neither the socket nor a
 * place of any limit is kept.
 */
#include <kunit/test.h>
#include <linux/anon_inodes.h>
#include <linux/completion.h>
#include <linux/cred.h>
#include <linux/credssp_acceptor.h>
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/net.h>

#include "accept_pair.h"
#include "base/quota.h"
#include "base/share.h"

#define SHORT_MS	100

/**
 * struct refusal - a connection that is refused
 * @pair: has the credentials
 * @lo: the connection
 * @file: stands for the socket's own one, which sockets of the kernel do not have
 * @cred: credential of the calls
 * @flags: of the calls
 * @rest, @count: places that are taken by others
 * @shares: those of the client's address
 */
struct refusal {
	struct accept_pair *pair;
	struct cssp_loopback *lo;
	struct file *file;
	struct credssp_cred *cred;
	u32 flags;
	struct cssp_quota *rest;
	long count;
	struct cssp_share *shares[CSSP_MAX_UNPROVEN_USER];
};

static const struct file_operations refusal_fops = {};

static void refusal_end(void *data)
{
	struct refusal *r = data;
	int i;

	for (i = 0; i < ARRAY_SIZE(r->shares); i++)
		cssp_share_uncharge(r->shares[i]);
	cssp_quota_uncharge(r->rest, CSSP_UNPROVEN, r->count);
	r->lo->tls->file = NULL;
	fput(r->file);
}

static struct refusal *refusal_new(struct kunit *test)
{
	struct refusal *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, r);
	r->pair = accept_pair_new(test, CREDSSP_PACKAGE_CREDSSP, NTLM_ACC_PASSWORD);
	r->cred = r->pair->server.cred;
	r->lo = tls_connection(test);
	r->file = anon_inode_getfile("credssp-test", &refusal_fops, NULL, 0);
	KUNIT_ASSERT_FALSE(test, IS_ERR(r->file));
	r->lo->tls->file = r->file;
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, refusal_end, r), 0);
	return r;
}

/* ---- what is wrong ---- */

static void other_side(struct kunit *test, struct refusal *r)
{
	r->cred = r->pair->client.cred;
}

static void unknown_flag(struct kunit *test, struct refusal *r)
{
	r->flags = 1U << 31;
}

static void closed_by_peer(struct kunit *test, struct refusal *r)
{
	cssp_sock_shutdown(r->lo->raw);
}

static void take_places(struct kunit *test, struct refusal *r, long count)
{
	r->count = count;
	r->rest = cssp_quota_charge_cred(r->cred->who.cred, CSSP_UNPROVEN, count);
	KUNIT_ASSERT_FALSE(test, IS_ERR(r->rest));
}

static void no_place(struct kunit *test, struct refusal *r)
{
	take_places(test, r, CSSP_MAX_UNPROVEN_USER -
			     cssp_quota_used(r->cred->who.cred, CSSP_UNPROVEN));
}

/* The client's address has as many as are free. */
static void no_share(struct kunit *test, struct refusal *r)
{
	struct credssp_address peer;
	int i, ret = 0;

	cssp_sock_peer(r->lo->tls, &peer);
	take_places(test, r, CSSP_MAX_UNPROVEN_USER / 2);
	for (i = 0; i < CSSP_MAX_UNPROVEN_USER && !ret; i++)
		ret = cssp_share_charge(&r->shares[i], r->rest, CSSP_UNPROVEN, &peer);
	KUNIT_ASSERT_EQ(test, ret, -EDQUOT);
	r->shares[i - 1] = NULL;
}

/* The helper does not answer: the exchange begins, and runs out of time. */
static void no_answer(struct kunit *test, struct refusal *r)
{
	r->pair->mute = CREDSSP_HLP_TLS_ACCEPT;
	accept_say_hello(r->pair, r->lo);
}

static const struct refusal_row {
	const char *name;
	void (*prepare)(struct kunit *test, struct refusal *r);
	s32 status;
	bool begins;
} refusal_rows[] = {
	{ "the other side's credential", other_side, SEC_E_NO_CREDENTIALS },
	{ "an unknown flag", unknown_flag, SEC_E_INVALID_PARAMETER },
	{ "a client that has closed", closed_by_peer, SEC_E_INVALID_PARAMETER },
	{ "no place", no_place, SEC_E_INSUFFICIENT_MEMORY },
	{ "no place for the address", no_share, SEC_E_INSUFFICIENT_MEMORY, true },
	{ "no answer", no_answer, SEC_E_NO_AUTHENTICATING_AUTHORITY, true },
};

static void refusal_name(const struct refusal_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(refusals, refusal_rows, refusal_name);

/* ---- the calls ---- */

/* What is used: of the socket, and of the limits */
static long refusal_uses(const struct refusal *r)
{
	return file_count(r->file) + cssp_quota_total(CSSP_CONTEXTS) +
	       cssp_quota_total(CSSP_UNPROVEN) + cssp_quota_total(CSSP_ASYNC) +
	       cssp_quota_total(CSSP_CONVERSATIONS) + cssp_quota_total(CSSP_REQUESTS);
}

static void refused(struct kunit *test)
{
	const struct refusal_row *row = test->param_value;
	struct refusal *r = refusal_new(test);
	struct credssp_context *ctx;
	long uses;

	row->prepare(test, r);
	uses = refusal_uses(r);
	KUNIT_EXPECT_EQ(test, credssp_accept_socket(r->cred, r->lo->tls, 0, r->flags, SHORT_MS,
						    &ctx, NULL, NULL), row->status);
	KUNIT_EXPECT_EQ(test, !!ctx, row->begins);
	cssp_context_put(ctx);
	KUNIT_EXPECT_EQ(test, refusal_uses(r), uses);
}

/**
 * struct async - a call on a thread
 * @status: of its end
 * @over: it has ended
 */
struct async {
	s32 status;
	struct completion over;
};

static void async_done(void *data, s32 status, u32 attr, const struct credssp_report *report)
{
	struct async *a = data;

	a->status = status;
	complete(&a->over);
}

static void refused_on_a_thread(struct kunit *test)
{
	const struct refusal_row *row = test->param_value;
	struct refusal *r = refusal_new(test);
	struct async a = { .over = COMPLETION_INITIALIZER_ONSTACK(a.over) };
	struct credssp_authentication *call;
	struct credssp_accept args = {
		.cred = r->cred, .sock = r->lo->tls, .timeout_ms = SHORT_MS,
		.done = async_done, .data = &a,
	};
	long uses;

	row->prepare(test, r);
	args.cred = r->cred;
	args.flags = r->flags;
	uses = refusal_uses(r);
	KUNIT_EXPECT_EQ(test, credssp_accept_socket_async(&args, &call),
			row->begins ? SEC_E_OK : row->status);
	KUNIT_EXPECT_EQ(test, !!call, row->begins);
	if (call) {
		wait_for_completion(&a.over);
		KUNIT_EXPECT_EQ(test, a.status, row->status);
		credssp_free_authentication(call);
	}
	KUNIT_EXPECT_EQ(test, refusal_uses(r), uses);
}

static struct kunit_case context_create_cases[] = {
	KUNIT_CASE_PARAM(refused, refusals_gen_params),
	KUNIT_CASE_PARAM(refused_on_a_thread, refusals_gen_params),
	{}
};

static struct kunit_suite context_create_suite = {
	.name = "credssp_core_context_create",
	.suite_init = tls_suite_init,
	.test_cases = context_create_cases,
};

kunit_test_suite(context_create_suite);
