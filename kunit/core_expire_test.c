// SPDX-License-Identifier: GPL-2.0-only
/*
 * kmod/core/expire.c: the end of exchanges that are out of time, against calls, look-ups and
 * deletions of the same contexts.
 */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/delay.h>
#include <linux/workqueue.h>

#include "accept_pair.h"
#include "api/query.h"
#include "base/quota.h"
#include "base/status.h"
#include "core/context_impl.h"
#include "dev/handles.h"

#define LONG_MS		60000
#define SOON_MS		40
#define POLL_MS		2

/* A context whose client has begun its handshake, with a reference for the caller. */
static struct credssp_context *begun(struct kunit *test, struct accept_pair *p)
{
	struct cssp_rd hello = test_hex(test, TLS_HELLO);
	struct credssp_context *ctx;

	KUNIT_ASSERT_EQ(test, cssp_context_create(&ctx, p->server.cred, &p->server.cred->who), 0);
	cssp_context_prepare(ctx, LONG_MS);
	p->server.ctx = ctx;
	accept_server_leg(p, &hello);
	KUNIT_EXPECT_EQ(test, p->server.ret, -EAGAIN);
	p->server.ctx = NULL;
	return ctx;
}

/* Its time ends @ms from now. */
static void end_in(struct credssp_context *ctx, unsigned int ms)
{
	cssp_wait_start(&ctx->wait, ms);
	cssp_context_expire_start(ctx);
}

/* The work has begun, and waits for the lock, which the test has. */
static void await_work(struct kunit *test, struct credssp_context *ctx)
{
	int left;

	for (left = LONG_MS; left && work_busy(&ctx->expire.work) != WORK_BUSY_RUNNING;
	     left -= POLL_MS)
		msleep(POLL_MS);
	KUNIT_EXPECT_GT(test, left, 0);
}

/* The last reference goes while the work waits for the lock. */
static void freed_while_it_ends(struct kunit *test)
{
	struct accept_pair *p = accept_pair_new(test, CREDSSP_PACKAGE_CREDSSP, NTLM_ACC_PASSWORD);
	long contexts = cssp_quota_total(CSSP_CONTEXTS);
	long unproven = cssp_quota_total(CSSP_UNPROVEN);
	struct credssp_context *ctx;
	int i;

	for (i = 0; i < 8; i++) {
		ctx = begun(test, p);
		KUNIT_ASSERT_EQ(test, cssp_context_lock(ctx), 0);
		end_in(ctx, 0);
		await_work(test, ctx);
		cssp_context_unlock(ctx);
		cssp_context_put(ctx);
		KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_CONTEXTS), contexts);
		KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_UNPROVEN), unproven);
	}
}

/* While the work waits for the lock, the exchange ends and another one begins: it lives. */
static void another_exchange(struct kunit *test)
{
	struct accept_pair *p = accept_pair_new(test, CREDSSP_PACKAGE_CREDSSP, NTLM_ACC_PASSWORD);
	struct credssp_context *ctx = begun(test, p);

	p->server.ctx = ctx;
	KUNIT_ASSERT_EQ(test, cssp_context_lock(ctx), 0);
	end_in(ctx, 0);
	await_work(test, ctx);
	end_in(ctx, LONG_MS);
	cssp_context_unlock(ctx);
	flush_work(&ctx->expire.work);
	KUNIT_EXPECT_EQ(test, ctx->state, CSSP_CONTEXT_RUNNING);
	KUNIT_EXPECT_NOT_NULL(test, ctx->unproven);
	KUNIT_EXPECT_TRUE(test, delayed_work_pending(&ctx->expire));
}

/* ---- all at once ---- */

#define ROUNDS		3
#define CONTEXTS	16
#define CALLERS		4

/**
 * struct race - contexts of an open file, whose time ends
 * @handles: the file's
 * @handle: of each context
 * @cred: of all
 * @wq: the callers' threads
 * @found, @gone: look-ups that have found a context, or none
 * @wrong: results that there must not be
 */
struct race {
	struct cssp_handles handles;
	u64 handle[CONTEXTS];
	struct credssp_cred *cred;
	struct workqueue_struct *wq;
	atomic_t found, gone, wrong;
};

struct race_caller {
	struct work_struct work;
	struct race *race;
	unsigned int number;
};

/* A part of a record changes nothing: -ENODATA, and after the end CSSP_E_HANDLE. */
static int race_leg(struct race *r, struct credssp_context *ctx)
{
	u8 part[] = { 0x16, 3, 3, 0 };
	struct credssp_buffer in[] = {
		{ SECBUFFER_TOKEN, sizeof(part), part }, { SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer out = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc input = { SECBUFFER_VERSION, ARRAY_SIZE(in), in };
	struct credssp_buffer_desc output = { SECBUFFER_VERSION, 1, &out };
	const struct cssp_asc asc = {};
	struct cssp_isc_call call = {
		.asc = &asc,
		.cred = r->cred,
		.who = &r->cred->who,
		.context = ctx,
		.data_rep = SECURITY_NATIVE_DREP,
		.input = &input,
		.output = &output,
		.isc.context_req = ISC_REQ_ALLOCATE_MEMORY,
	};
	int ret = cssp_isc_call(&call);

	cssp_vbuf_free(&call.isc.token);
	return ret;
}

static void race_call(struct race *r, struct credssp_context *ctx)
{
	const struct cssp_query q = { .attribute = SECPKG_ATTR_CREDSSP_VERDICT, .room = 4096 };
	struct cssp_vbuf verdict = {};
	struct credssp_report report;
	int ret = race_leg(r, ctx);

	if ((ret != -ENODATA && ret != CSSP_E_HANDLE && ret != -ETIMEDOUT &&
	     ret != -ECANCELED) || cssp_context_report(ctx, &report) ||
	    cssp_query(ctx, &q, &verdict))
		atomic_inc(&r->wrong);
	cssp_vbuf_free(&verdict);
}

/* The first caller also deletes every third context, at about its end. */
static void race_work(struct work_struct *work)
{
	struct race_caller *c = container_of(work, struct race_caller, work);
	unsigned long end = jiffies + msecs_to_jiffies(3 * SOON_MS);
	struct race *r = c->race;
	struct credssp_context *ctx;
	unsigned int i;

	for (i = c->number; time_before(jiffies, end) || i < CONTEXTS; i++) {
		ctx = cssp_handles_context(&r->handles, r->handle[i % CONTEXTS]);
		atomic_inc(ctx ? &r->found : &r->gone);
		if (!ctx)
			continue;
		race_call(r, ctx);
		if (!c->number && i % 3 == 0 && cssp_wait_left(&ctx->wait) <= 1)
			cssp_handles_discard(&r->handles, CSSP_HANDLE_CONTEXT,
					     r->handle[i % CONTEXTS]);
		cssp_context_put(ctx);
	}
}

/* All that the file still has are dead, and nothing is charged for their clients. */
static void race_expect_dead(struct kunit *test, struct race *r, long unproven)
{
	struct credssp_context *ctx;
	int i, left;

	for (left = LONG_MS; left && cssp_quota_total(CSSP_UNPROVEN) != unproven; left -= POLL_MS)
		msleep(POLL_MS);
	KUNIT_EXPECT_GT(test, left, 0);
	for (i = 0; i < CONTEXTS; i++) {
		ctx = cssp_handles_context(&r->handles, r->handle[i]);
		if (ctx)
			KUNIT_EXPECT_EQ(test, ctx->state, CSSP_CONTEXT_DEAD);
		cssp_context_put(ctx);
	}
}

/* Contexts whose times end one after the other, while the callers are at them. */
static void race_fill(struct kunit *test, struct accept_pair *p, struct race *r)
{
	struct credssp_context *ctx;
	int i;

	cssp_handles_init(&r->handles);
	for (i = 0; i < CONTEXTS; i++)
		KUNIT_EXPECT_EQ(test, cssp_handles_add(&r->handles, CSSP_HANDLE_CONTEXT,
						       begun(test, p), &r->handle[i]), 0);
	for (i = 0; i < CONTEXTS; i++) {
		ctx = cssp_handles_context(&r->handles, r->handle[i]);
		KUNIT_ASSERT_NOT_NULL(test, ctx);
		KUNIT_EXPECT_EQ(test, cssp_context_lock(ctx), 0);
		end_in(ctx, SOON_MS + 4 * i);
		cssp_context_unlock(ctx);
		cssp_context_put(ctx);
	}
}

static void race_run(struct race *r, struct race_caller *callers)
{
	int i;

	for (i = 0; i < CALLERS; i++) {
		callers[i] = (struct race_caller){ .race = r, .number = i };
		INIT_WORK(&callers[i].work, race_work);
		queue_work(r->wq, &callers[i].work);
	}
	for (i = 0; i < CALLERS; i++)
		flush_work(&callers[i].work);
}

static void calls_race_the_end(struct kunit *test)
{
	struct accept_pair *p = accept_pair_new(test, CREDSSP_PACKAGE_CREDSSP, NTLM_ACC_PASSWORD);
	struct race_caller *callers = kunit_kcalloc(test, CALLERS, sizeof(*callers), GFP_KERNEL);
	struct race *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	long contexts = cssp_quota_total(CSSP_CONTEXTS);
	long unproven = cssp_quota_total(CSSP_UNPROVEN);
	int i;

	KUNIT_ASSERT_TRUE(test, callers && r);
	r->cred = p->server.cred;
	r->wq = alloc_workqueue("credssp_expire_test", WQ_UNBOUND, 0);
	KUNIT_ASSERT_NOT_NULL(test, r->wq);
	for (i = 0; i < ROUNDS; i++) {
		race_fill(test, p, r);
		race_run(r, callers);
		race_expect_dead(test, r, unproven);
		cssp_handles_destroy(&r->handles);
		KUNIT_EXPECT_EQ(test, cssp_quota_total(CSSP_CONTEXTS), contexts);
	}
	destroy_workqueue(r->wq);
	KUNIT_EXPECT_EQ(test, atomic_read(&r->wrong), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&r->found), 0);
}

static struct kunit_case expire_cases[] = {
	KUNIT_CASE(freed_while_it_ends),
	KUNIT_CASE(another_exchange),
	KUNIT_CASE(calls_race_the_end),
	{}
};

static struct kunit_suite expire_suite = {
	.name = "credssp_core_expire",
	.suite_init = tls_suite_init,
	.test_cases = expire_cases,
};

kunit_test_suite(expire_suite);
