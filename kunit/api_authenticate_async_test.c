// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exchanges on the module's threads.  The test plays the helper and the server, and stops
 * in one leg of the exchange.  There the call is cancelled, freed, or left without a
 * helper; done() must be called once.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/credssp_acceptor.h>
#include <linux/err.h>
#include <linux/delay.h>
#include <linux/pid_namespace.h>
#include <linux/vmalloc.h>
#include <net/net_namespace.h>

#include "base/quota.h"
#include "tls_util.h"
#include "upcall/helper.h"

#define LONG_MS		60000	/* more than any test takes */
#define SOON		(20 * HZ)
#define POLL_MS		5
#define MANY		32
#define POOR		4712	/* uid of a user without capabilities */

/* Where the exchange stops. */
enum leg {
	LEG_HELPER,	/* the helper does not answer */
	LEG_SERVER,	/* the server does not answer the ClientHello */
	LEG_NEGO,	/* ... or the first TSRequest */
	LEGS
};

/**
 * struct async - one call, and what it needs
 * @helper: played by the test; NULL once it is dead
 * @cred: credential
 * @target: target name, in virtual memory
 * @loopback: connection; its raw end is the server's
 * @call: handle; NULL when done() has freed it
 * @frees: done() frees the handle
 * @cancelled: nobody uses the handle any more; NULL: nobody does
 * @times: how often done() was called
 * @status: what it was told
 * @reason: likewise
 * @asked: status of a query in done()
 * @done: completed by done()
 */
struct async {
	struct cssp_helper *helper;
	struct credssp_cred *cred;
	__le16 *target;
	struct cssp_loopback *loopback;
	struct credssp_authentication *call;
	bool frees;
	struct completion *cancelled;
	atomic_t times;
	s32 status;
	u32 reason;
	s32 asked;
	struct completion done;
};

/* Ask for the report, which there is in every state of a context. */
static s32 ask(struct async *a)
{
	struct credssp_report report;
	u32 length = sizeof(report);

	return credssp_query_authentication(a->call, SECPKG_ATTR_CREDSSP_REPORT, &report,
					    &length);
}

static void async_done(void *data, s32 status, u32 context_attr,
		       const struct credssp_report *report)
{
	struct async *a = data;

	atomic_inc(&a->times);
	a->status = status;
	a->reason = report->reason;
	a->asked = ask(a);
	credssp_cancel_authentication(a->call);	/* has no effect any more */
	if (a->cancelled)
		wait_for_completion(a->cancelled);
	if (a->frees)
		credssp_free_authentication(a->call);
	complete(&a->done);
}

static struct credssp_cred *acquire(struct kunit *test, const struct cred *user)
{
	static const __le16 alice[] = { cpu_to_le16('a'), cpu_to_le16('l') };
	const struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.mechs = CREDSSP_MECH_NTLM,
		.cred = user,
		.user = alice,
		.user_length = sizeof(alice),
	};
	struct credssp_cred *cred = NULL;

	KUNIT_EXPECT_EQ(test, credssp_acquire_credentials_handle(&args, &cred, NULL), SEC_E_OK);
	return cred;
}

static int async_init(struct kunit *test)
{
	struct async *a = kunit_kzalloc(test, sizeof(*a), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, a);
	test->priv = a;
	init_completion(&a->done);
	a->loopback = tls_connection(test);
	a->cred = acquire(test, current_cred());
	/* "h" and its NUL */
	a->target = vzalloc(2 * sizeof(*a->target));
	KUNIT_ASSERT_NOT_NULL(test, a->target);
	a->target[0] = cpu_to_le16('h');
	return cssp_helper_create(&a->helper, &init_net, current_cred(), &init_pid_ns);
}

static void kill_helper(struct async *a)
{
	if (a->helper)
		cssp_helper_kill(a->helper);
	a->helper = NULL;
}

static void async_exit(struct kunit *test)
{
	struct async *a = test->priv;

	kill_helper(a);
	vfree(a->target);
	if (a->cred)
		credssp_free_credentials_handle(a->cred);
}

static struct credssp_authenticate arguments(struct async *a)
{
	return (struct credssp_authenticate){
		.cred = a->cred,
		.sock = a->loopback->tls,
		.target_name = a->target,
		.context_req = ISC_REQ_DELEGATE,
		.timeout_ms = LONG_MS,
		.done = async_done,
		.data = a,
	};
}

static void begin(struct kunit *test)
{
	struct async *a = test->priv;
	const struct credssp_authenticate args = arguments(a);

	KUNIT_ASSERT_EQ(test, credssp_authenticate_socket_async(&args, &a->call), SEC_E_OK);
}

/* Play the helper's read(). */
static void read_header(struct kunit *test, struct credssp_hlp_header *hdr)
{
	struct async *a = test->priv;
	struct cssp_request *req;
	int left;

	for (left = LONG_MS / POLL_MS; left && !cssp_helper_has_request(a->helper); left--)
		msleep(POLL_MS);
	KUNIT_ASSERT_EQ(test, cssp_helper_take(a->helper, CREDSSP_HLP_MAX_MESSAGE, &req), 0);
	memcpy(hdr, req->message.data, sizeof(*hdr));
	cssp_helper_taken(a->helper, req, true);
}

/* Play the helper's write(): a reply with the wire's bytes @wire, or the end with keys. */
static void answer(struct kunit *test, const struct credssp_hlp_header *request,
		   const struct cssp_rd *wire, bool end)
{
	struct cssp_rd chain = end ? tls_chain(test) : (struct cssp_rd){};
	struct credssp_hlp_tls_reply head = { .state = CREDSSP_HLP_TLS_CONTINUE };
	struct credssp_hlp_header hdr = *request;
	struct async *a = test->priv;
	struct cssp_vbuf payload = {};

	if (end)
		tls_reply(&head, TLS_13_AES128, false);
	head.wire_length = wire->left;
	head.chain_length = chain.left;
	hdr.length = sizeof(hdr) + sizeof(head) + wire->left + chain.left;
	hdr.uid = 0;
	hdr.pid = 0;
	hdr.owner = 0;
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&payload, &head, sizeof(head)), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&payload, wire->p, wire->left), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&payload, chain.p, chain.left), 0);
	KUNIT_EXPECT_EQ(test, cssp_helper_reply(a->helper, &hdr, &payload), 0);
	cssp_vbuf_free(&payload);
}

static void wait_for_server(struct kunit *test)
{
	struct async *a = test->priv;
	int left;

	for (left = LONG_MS / POLL_MS; left && !cssp_sock_arrived(a->loopback->raw); left--)
		msleep(POLL_MS);
	KUNIT_EXPECT_NE(test, left, 0);
}

/* Begin a call, and go on to @leg. */
static void begin_until(struct kunit *test, enum leg leg)
{
	struct cssp_rd wire = {}, hello = test_hex(test, TLS_HELLO);
	struct credssp_hlp_header hdr;
	struct async *a = test->priv;

	begin(test);
	read_header(test, &hdr);
	KUNIT_EXPECT_EQ(test, hdr.opcode, CREDSSP_HLP_TLS_START);
	if (leg != LEG_HELPER) {
		answer(test, &hdr, leg == LEG_SERVER ? &hello : &wire, leg == LEG_NEGO);
		wait_for_server(test);
	}
	KUNIT_EXPECT_FALSE(test, completion_done(&a->done));
}

static void expect_done(struct kunit *test, s32 status, u32 reason)
{
	struct async *a = test->priv;

	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&a->done, SOON), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->times), 1);
	KUNIT_EXPECT_EQ(test, a->status, status);
	KUNIT_EXPECT_EQ(test, a->reason, reason);
}

static const struct leg_row {
	const char *name;
	enum leg leg;
} leg_rows[] = {
	{ "the helper is silent", LEG_HELPER },
	{ "the server is silent", LEG_SERVER },
	{ "the server is silent after the handshake", LEG_NEGO },
};

static_assert(ARRAY_SIZE(leg_rows) == LEGS);

static void leg_name(const struct leg_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(legs, leg_rows, leg_name);

static void cancelled(struct kunit *test)
{
	const struct leg_row *row = test->param_value;
	struct async *a = test->priv;

	begin_until(test, row->leg);
	/* The exchange holds the lock of its context: the answer does not wait for it. */
	KUNIT_EXPECT_EQ(test, ask(a), SEC_E_INVALID_HANDLE);
	credssp_cancel_authentication(a->call);
	expect_done(test, SEC_E_INTERNAL_ERROR, CREDSSP_REASON_CANCELLED);
	KUNIT_EXPECT_EQ(test, a->asked, SEC_E_OK);
	KUNIT_EXPECT_EQ(test, ask(a), SEC_E_OK);
	credssp_cancel_authentication(a->call);
	credssp_free_authentication(a->call);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->times), 1);
}

/* done() has returned before free() returns. */
static void freed_while_running(struct kunit *test)
{
	const struct leg_row *row = test->param_value;
	struct async *a = test->priv;

	begin_until(test, row->leg);
	credssp_free_authentication(a->call);
	KUNIT_EXPECT_TRUE(test, completion_done(&a->done));
	expect_done(test, SEC_E_INTERNAL_ERROR, CREDSSP_REASON_CANCELLED);
}

static void freed_in_done(struct kunit *test)
{
	const struct leg_row *row = test->param_value;
	struct async *a = test->priv;

	a->frees = true;
	begin_until(test, row->leg);
	credssp_cancel_authentication(a->call);
	expect_done(test, SEC_E_INTERNAL_ERROR, CREDSSP_REASON_CANCELLED);
}

static void freed_at_once(struct kunit *test)
{
	struct async *a = test->priv;

	begin(test);
	credssp_free_authentication(a->call);
	KUNIT_EXPECT_TRUE(test, completion_done(&a->done));
	expect_done(test, SEC_E_INTERNAL_ERROR, CREDSSP_REASON_CANCELLED);
}

static void helper_dies(struct kunit *test)
{
	struct async *a = test->priv;

	begin_until(test, LEG_HELPER);
	kill_helper(a);
	expect_done(test, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_HELPER_DIED);
	credssp_free_authentication(a->call);
}

static void out_of_time(struct kunit *test)
{
	struct async *a = test->priv;
	struct credssp_authenticate args = arguments(a);

	args.timeout_ms = 200;
	KUNIT_ASSERT_EQ(test, credssp_authenticate_socket_async(&args, &a->call), SEC_E_OK);
	expect_done(test, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_TIMEOUT);
	credssp_free_authentication(a->call);
}

static void server_closes(struct kunit *test)
{
	struct async *a = test->priv;

	begin_until(test, LEG_NEGO);
	cssp_sock_shutdown(a->loopback->raw);
	expect_done(test, SEC_E_INVALID_TOKEN, CREDSSP_REASON_CONNECTION);
	credssp_free_authentication(a->call);
}

/* The calls of one test share a credential and a helper that is silent. */
static void many_at_once(struct kunit *test)
{
	struct async *first = test->priv;
	struct async *a = kunit_kcalloc(test, MANY, sizeof(*a), GFP_KERNEL);
	DECLARE_COMPLETION_ONSTACK(cancelled);
	struct credssp_authenticate args;
	int i;

	KUNIT_ASSERT_NOT_NULL(test, a);
	for (i = 0; i < MANY; i++) {
		a[i].cred = first->cred;
		a[i].target = first->target;
		a[i].loopback = tls_connection(test);
		a[i].frees = i % 2;
		a[i].cancelled = &cancelled;
		init_completion(&a[i].done);
		args = arguments(&a[i]);
		KUNIT_ASSERT_EQ(test, credssp_authenticate_socket_async(&args, &a[i].call),
				SEC_E_OK);
	}
	for (i = MANY; i-- > 0; )
		credssp_cancel_authentication(a[i].call);
	complete_all(&cancelled);
	for (i = 0; i < MANY; i++) {
		if (!a[i].frees)
			credssp_free_authentication(a[i].call);
		wait_for_completion(&a[i].done);
		KUNIT_EXPECT_EQ(test, atomic_read(&a[i].times), 1);
		KUNIT_EXPECT_EQ(test, a[i].status, SEC_E_INTERNAL_ERROR);
	}
}

/* A user who has all but one of its threads gets one call, and the next one when it ends. */
static void threads_of_a_user(struct kunit *test)
{
	struct async *a = test->priv;
	struct credssp_authenticate args = arguments(a);
	struct cred *poor = prepare_creds();
	struct cssp_quota *rest;
	struct async more = {};

	KUNIT_ASSERT_NOT_NULL(test, poor);
	poor->euid = KUIDT_INIT(POOR);
	poor->cap_effective = CAP_EMPTY_SET;
	args.cred = acquire(test, poor);
	rest = cssp_quota_charge_cred(poor, CSSP_ASYNC, CSSP_MAX_ASYNC_USER - 1);
	KUNIT_ASSERT_FALSE(test, IS_ERR(rest));
	KUNIT_EXPECT_EQ(test, credssp_authenticate_socket_async(&args, &a->call), SEC_E_OK);
	args.sock = tls_connection(test)->tls;
	args.data = &more;
	init_completion(&more.done);
	KUNIT_EXPECT_EQ(test, credssp_authenticate_socket_async(&args, &more.call),
			SEC_E_INSUFFICIENT_MEMORY);
	KUNIT_EXPECT_NULL(test, more.call);
	KUNIT_EXPECT_EQ(test, atomic_read(&more.times), 0);
	credssp_free_authentication(a->call);
	KUNIT_EXPECT_EQ(test, credssp_authenticate_socket_async(&args, &more.call), SEC_E_OK);
	credssp_free_authentication(more.call);
	KUNIT_EXPECT_EQ(test, atomic_read(&more.times), 1);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(poor, CSSP_ASYNC), CSSP_MAX_ASYNC_USER - 1);
	cssp_quota_uncharge(rest, CSSP_ASYNC, CSSP_MAX_ASYNC_USER - 1);
	credssp_free_credentials_handle(args.cred);
	put_cred(poor);
}

/* Clients that say nothing hold all threads of acceptors. Initiators do not wait for them. */
static void silent_clients(struct kunit *test)
{
	const struct credssp_acquire inbound = {
		.use = SECPKG_CRED_INBOUND,
		.cred = current_cred(),
	};
	struct async *a = test->priv;
	struct async *silent = kunit_kcalloc(test, CSSP_ASYNC_THREADS, sizeof(*silent), GFP_KERNEL);
	struct credssp_accept args = { .timeout_ms = LONG_MS, .done = async_done };
	int i;

	KUNIT_ASSERT_NOT_NULL(test, silent);
	KUNIT_ASSERT_EQ(test, credssp_acquire_credentials_handle(&inbound, &args.cred, NULL),
			SEC_E_OK);
	for (i = 0; i < CSSP_ASYNC_THREADS; i++) {
		args.sock = tls_connection(test)->tls;
		args.data = &silent[i];
		init_completion(&silent[i].done);
		KUNIT_ASSERT_EQ(test, credssp_accept_socket_async(&args, &silent[i].call),
				SEC_E_OK);
	}
	begin_until(test, LEG_HELPER);
	credssp_free_authentication(a->call);
	for (i = 0; i < CSSP_ASYNC_THREADS; i++) {
		credssp_free_authentication(silent[i].call);
		KUNIT_EXPECT_EQ(test, silent[i].reason, CREDSSP_REASON_CANCELLED);
	}
	credssp_free_credentials_handle(args.cred);
}

static void refused(struct kunit *test)
{
	struct async *a = test->priv;
	struct credssp_authenticate args = arguments(a);

	args.target_name = (const __le16 *)args.cred;	/* not in virtual memory */
	KUNIT_EXPECT_EQ(test, credssp_authenticate_socket_async(&args, &a->call),
			SEC_E_INVALID_PARAMETER);
	args = arguments(a);
	args.flags = 1U << 31;
	KUNIT_EXPECT_EQ(test, credssp_authenticate_socket_async(&args, &a->call),
			SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, cssp_quota_used(current_cred(), CSSP_ASYNC), 0);
	KUNIT_EXPECT_NULL(test, a->call);
	KUNIT_EXPECT_EQ(test, atomic_read(&a->times), 0);
}

static struct kunit_case async_cases[] = {
	KUNIT_CASE_PARAM(cancelled, legs_gen_params),
	KUNIT_CASE_PARAM(freed_while_running, legs_gen_params),
	KUNIT_CASE_PARAM(freed_in_done, legs_gen_params),
	KUNIT_CASE(freed_at_once),
	KUNIT_CASE(helper_dies),
	KUNIT_CASE(out_of_time),
	KUNIT_CASE(server_closes),
	KUNIT_CASE(many_at_once),
	KUNIT_CASE(threads_of_a_user),
	KUNIT_CASE(silent_clients),
	KUNIT_CASE(refused),
	{}
};

static struct kunit_suite async_suite = {
	.name = "credssp_api_authenticate_async",
	.suite_init = tls_suite_init,
	.init = async_init,
	.exit = async_exit,
	.test_cases = async_cases,
};

kunit_test_suite(async_suite);
