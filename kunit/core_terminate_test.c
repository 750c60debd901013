// SPDX-License-Identifier: GPL-2.0-only
/* The status and reason of an exchange that ends with the connection. */
#include <kunit/test.h>
#include <linux/credssp.h>

#include "base/status.h"
#include "core/context_impl.h"
#include "ntlm_server.h"

static void put_context(void *ctx)
{
	cssp_context_put(ctx);
}

static struct credssp_context *context(struct kunit *test)
{
	struct cssp_requester who;
	struct cssp_cred_params params = {
		.who = &who, .use = SECPKG_CRED_OUTBOUND, .mechs = CREDSSP_MECH_NTLM,
	};
	struct cssp_identity id = {};
	struct credssp_context *ctx;
	struct credssp_cred *cred;

	params.id = &id;
	KUNIT_ASSERT_EQ(test, ntlm_server_identity(&id, "alice", "", "x"), 0);
	cssp_requester_pin(&who, current_cred(), &init_net);
	KUNIT_ASSERT_EQ(test, cssp_cred_create(&cred, &params), 0);
	KUNIT_ASSERT_EQ(test, cssp_context_create(&ctx, cred, &who), 0);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, put_context, ctx), 0);
	cssp_cred_put(cred);
	cssp_requester_drop(&who);
	ntlm_server_identity_free(&id);
	return ctx;
}

static const struct fail_row {
	const char *name;
	enum cssp_context_state state;
	bool auth_sent;
	int err;
	int told;
	u32 reason;
} rows[] = {
	{ "closed before AUTHENTICATE", CSSP_CONTEXT_RUNNING, false, CSSP_E_CLOSED,
	  CSSP_E_CLOSED, CREDSSP_REASON_CONNECTION },
	{ "closed after it", CSSP_CONTEXT_RUNNING, true, CSSP_E_CLOSED,
	  CSSP_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH },
	{ "no network after it", CSSP_CONTEXT_RUNNING, true, CSSP_E_NETWORK,
	  CSSP_E_NETWORK, CREDSSP_REASON_CONNECTION },
	{ "closed when established", CSSP_CONTEXT_ESTABLISHED, true, CSSP_E_CLOSED,
	  CSSP_E_CLOSED, CREDSSP_REASON_CONNECTION },
};

static void row_name(const struct fail_row *row, char *desc)
{
	strscpy(desc, row->name, KUNIT_PARAM_DESC_SIZE);
}

KUNIT_ARRAY_PARAM(rows, rows, row_name);

static void the_end_of_a_connection(struct kunit *test)
{
	const struct fail_row *row = test->param_value;
	struct credssp_context *ctx = context(test);

	mutex_lock(&ctx->lock);
	ctx->state = row->state;
	KUNIT_ASSERT_EQ(test, cssp_context_begin_exchange(ctx), 0);
	ctx->exchange->auth_sent = row->auth_sent;
	KUNIT_EXPECT_EQ(test, cssp_context_fail(ctx, row->err), row->told);
	KUNIT_EXPECT_EQ(test, ctx->report.reason, row->reason);
	KUNIT_EXPECT_EQ(test, ctx->state, CSSP_CONTEXT_DEAD);
	mutex_unlock(&ctx->lock);
}

static struct kunit_case cases[] = {
	KUNIT_CASE_PARAM(the_end_of_a_connection, rows_gen_params),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_core_terminate",
	.test_cases = cases,
};

kunit_test_suite(suite);
