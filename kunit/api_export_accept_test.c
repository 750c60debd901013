// SPDX-License-Identifier: GPL-2.0-only
/* Acceptors through the in-kernel API: in one call, on the module's threads, by tokens. */
#include <kunit/test.h>
#include <linux/credssp_acceptor.h>
#include <linux/vmalloc.h>

#include "accept_pair.h"
#include "core/context_impl.h"

#define LONG_MS		60000
#define SOON		(60 * HZ)

/**
 * struct outcome - what done() was told
 * @call: handle of the call
 * @context: that it has in done()
 */
struct outcome {
	struct credssp_authentication *call;
	struct credssp_context *context;
	int times;
	s32 status;
	u32 attr;
	struct credssp_report report;
	struct completion done;
};

static void accepted(void *data, s32 status, u32 attr, const struct credssp_report *report)
{
	struct outcome *o = data;

	o->times++;
	o->status = status;
	o->attr = attr;
	o->report = *report;
	o->context = credssp_authentication_context(o->call);
	complete(&o->done);
}

static struct accept_pair *pair(struct kunit *test, const char *password)
{
	return accept_pair_new(test, CREDSSP_PACKAGE_CREDSSP, password);
}

static struct outcome *begin(struct kunit *test, struct accept_pair *p, struct socket *sock,
			     u32 timeout_ms)
{
	struct outcome *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);
	const struct credssp_accept args = {
		.cred = p->server.cred, .sock = sock, .context_req = p->server.req,
		.timeout_ms = timeout_ms, .done = accepted, .data = o,
	};

	KUNIT_ASSERT_NOT_NULL(test, o);
	init_completion(&o->done);
	KUNIT_ASSERT_EQ(test, credssp_accept_socket_async(&args, &o->call), SEC_E_OK);
	return o;
}

static void expect_done(struct kunit *test, struct outcome *o, s32 status, u32 reason)
{
	KUNIT_ASSERT_NE(test, wait_for_completion_timeout(&o->done, SOON), 0);
	KUNIT_EXPECT_EQ(test, o->status, status);
	KUNIT_EXPECT_EQ(test, o->report.reason, reason);
	KUNIT_EXPECT_EQ(test, o->times, 1);
	KUNIT_EXPECT_NOT_NULL(test, o->context);
}

static void on_a_thread(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_loopback *lo = tls_connection(test);
	struct accept_thread *client = accept_client_begin(p, lo);
	struct outcome *o = begin(test, p, lo->tls, LONG_MS);
	u8 names[200];
	u32 length = sizeof(names);
	s32 key;

	expect_done(test, o, SEC_E_OK, 0);
	accept_client_end(client);
	KUNIT_EXPECT_EQ(test, p->client.ret, 0);
	KUNIT_EXPECT_TRUE(test, o->attr & ASC_RET_DELEGATE);
	KUNIT_EXPECT_EQ(test, o->report.delegated, CREDSSP_DELEGATED_PASSWORD);
	KUNIT_EXPECT_EQ(test, credssp_query_authentication(o->call, SECPKG_ATTR_NAMES, names,
							   &length), SEC_E_OK);
	/* a name that no key can have */
	KUNIT_EXPECT_EQ(test, credssp_deliver_delegated(o->context, 0,
							CREDSSP_DELEGATED_AS_CREDSSP, "", 0, &key),
			SEC_E_INVALID_PARAMETER);
	credssp_free_authentication(o->call);
}

static void a_wrong_password_on_a_thread(struct kunit *test)
{
	struct accept_pair *p = pair(test, "wrong");
	struct cssp_loopback *lo = tls_connection(test);
	struct accept_thread *client = accept_client_begin(p, lo);
	struct outcome *o = begin(test, p, lo->tls, LONG_MS);

	expect_done(test, o, SEC_E_LOGON_DENIED, CREDSSP_REASON_LOGON);
	accept_client_end(client);
	KUNIT_EXPECT_EQ(test, p->client.reason, CREDSSP_REASON_ERROR_CODE);
	credssp_free_authentication(o->call);
}

static void cancelled_on_a_thread(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_loopback *lo = tls_connection(test);
	struct outcome *o;

	p->mute = CREDSSP_HLP_TLS_ACCEPT;
	accept_say_hello(p, lo);
	o = begin(test, p, lo->tls, LONG_MS);
	accept_pair_await_mute(p);
	KUNIT_EXPECT_NULL(test, credssp_authentication_context(o->call));
	credssp_cancel_authentication(o->call);
	expect_done(test, o, SEC_E_INTERNAL_ERROR, CREDSSP_REASON_CANCELLED);
	credssp_free_authentication(o->call);
}

static void silence_on_a_thread(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_loopback *lo = tls_connection(test);
	struct outcome *o = begin(test, p, lo->tls, 300);

	expect_done(test, o, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_TIMEOUT);
	credssp_free_authentication(o->call);
}

static void in_one_call(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_loopback *lo = tls_connection(test);
	struct accept_thread *client = accept_client_begin(p, lo);
	struct credssp_report report;
	struct credssp_context *ctx;
	u32 attr;

	KUNIT_EXPECT_EQ(test, credssp_accept_socket(p->server.cred, lo->tls, p->server.req, 0,
						    LONG_MS, &ctx, &attr, &report), SEC_E_OK);
	accept_client_end(client);
	KUNIT_ASSERT_NOT_NULL(test, ctx);
	KUNIT_EXPECT_EQ(test, report.leg, CREDSSP_LEG_ESTABLISHED);
	KUNIT_EXPECT_EQ(test, ctx->delegated.kind, CREDSSP_DELEGATED_PASSWORD);
	KUNIT_EXPECT_EQ(test, credssp_delete_security_context(ctx), SEC_E_OK);
}

static void wrong_arguments(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_loopback *lo = tls_connection(test);
	struct credssp_accept args = { .cred = p->server.cred, .sock = lo->tls, .done = accepted };
	struct credssp_authentication *call = NULL;
	struct credssp_context *ctx;
	s32 key;

	KUNIT_EXPECT_EQ(test, credssp_accept_socket(NULL, lo->tls, 0, 0, 0, &ctx, NULL, NULL),
			SEC_E_NO_CREDENTIALS);
	KUNIT_EXPECT_EQ(test, credssp_accept_socket(p->server.cred, NULL, 0, 0, 0, NULL, NULL,
						    NULL), SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, credssp_accept_socket(p->client.cred, lo->tls, 0, 0, 0, &ctx, NULL,
						    NULL), SEC_E_NO_CREDENTIALS);
	KUNIT_EXPECT_NULL(test, ctx);
	KUNIT_EXPECT_EQ(test, credssp_accept_socket(p->server.cred, lo->tls, 0, 8, 0, &ctx, NULL,
						    NULL), SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, credssp_accept_socket(p->server.cred, lo->tls, ASC_REQ_CONNECTION, 0,
						    0, &ctx, NULL, NULL),
			SEC_E_UNSUPPORTED_FUNCTION);
	KUNIT_EXPECT_EQ(test, credssp_accept_socket_async(NULL, &call), SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_EQ(test, credssp_accept_socket_async(&args, NULL), SEC_E_INVALID_PARAMETER);
	args.cred = p->client.cred;
	KUNIT_EXPECT_EQ(test, credssp_accept_socket_async(&args, &call), SEC_E_NO_CREDENTIALS);
	args.done = NULL;
	KUNIT_EXPECT_EQ(test, credssp_accept_socket_async(&args, &call), SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_NULL(test, call);
	KUNIT_EXPECT_NULL(test, credssp_authentication_context(NULL));
	KUNIT_EXPECT_EQ(test, credssp_deliver_delegated(NULL, 0, 0, NULL, 1, &key),
			SEC_E_INVALID_HANDLE);
}

/* A first call by tokens, with memory of the kind that the contract wants. */
static void a_first_token(struct kunit *test)
{
	struct accept_pair *p = pair(test, NTLM_ACC_PASSWORD);
	struct cssp_rd hello = test_hex(test, TLS_HELLO);
	u8 *wire = vmalloc(hello.left);
	struct credssp_buffer in[2] = { { SECBUFFER_TOKEN, hello.left, wire },
					{ SECBUFFER_EMPTY, 0, NULL } };
	struct credssp_buffer out = { SECBUFFER_TOKEN, 0, NULL };
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 2, in };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &out };
	struct credssp_context *ctx = NULL;
	s32 status;
	u32 attr;

	KUNIT_ASSERT_NOT_NULL(test, wire);
	memcpy(wire, hello.p, hello.left);
	status = credssp_accept_security_context(p->server.cred, NULL, &in_desc,
						 ASC_REQ_ALLOCATE_MEMORY, SECURITY_NATIVE_DREP,
						 &ctx, &out_desc, &attr, NULL, NULL);
	KUNIT_EXPECT_EQ(test, status, SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_NOT_NULL(test, ctx);
	KUNIT_EXPECT_EQ(test, out.length, test_hex_size(TLS_REPLY1 TLS_REPLY2));
	KUNIT_EXPECT_EQ(test, attr, ASC_RET_ALLOCATED_MEMORY | ASC_RET_STREAM);
	KUNIT_EXPECT_EQ(test, credssp_free_context_buffer(out.data), SEC_E_OK);
	/* the initiator's call does not take the context, and leaves it as it is */
	status = credssp_initialize_security_context(NULL, ctx, NULL, 0, 0, SECURITY_NATIVE_DREP,
						     &in_desc, 0, NULL, &out_desc, &attr, NULL);
	KUNIT_EXPECT_EQ(test, status, SEC_E_INVALID_HANDLE);
	KUNIT_EXPECT_EQ(test, ctx->state, CSSP_CONTEXT_RUNNING);
	KUNIT_EXPECT_EQ(test, credssp_delete_security_context(ctx), SEC_E_OK);
	vfree(wire);
}

static struct kunit_case cases[] = {
	KUNIT_CASE(on_a_thread),
	KUNIT_CASE(a_wrong_password_on_a_thread),
	KUNIT_CASE(cancelled_on_a_thread),
	KUNIT_CASE(silence_on_a_thread),
	KUNIT_CASE(in_one_call),
	KUNIT_CASE(wrong_arguments),
	KUNIT_CASE(a_first_token),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_api_export_accept",
	.suite_init = tls_suite_init,
	.test_cases = cases,
};

kunit_test_suite(suite);
