// SPDX-License-Identifier: GPL-2.0-only
/* A context that is made before its first call: credssp_prepare_security_context(). */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "core/context_impl.h"
#include "ntlm_util.h"
#include "vectors/spnego.h"

#define ROOM	4096
#define HINT	ROOM	/* stands for the length of a server's first token */

struct prepared {
	struct credssp_cred *cred;
	struct credssp_context *context;
	u8 *token;
};

static void prepared_free(void *p)
{
	struct prepared *in = p;

	credssp_delete_security_context(in->context);
	credssp_free_credentials_handle(in->cred);
	vfree(in->token);
}

static struct prepared *prepared_new(struct kunit *test, u32 package)
{
	struct prepared *in = kunit_kzalloc(test, sizeof(*in), GFP_KERNEL);
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.package = package,
		.cred = current_cred(),
		.user = "b\0o\0b\0",
		.user_length = 6,
		.password = "p\0w\0",
		.password_length = 4,
	};

	KUNIT_ASSERT_NOT_NULL(test, in);
	in->token = vzalloc(ROOM);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, prepared_free, in), 0);
	KUNIT_ASSERT_NOT_NULL(test, in->token);
	KUNIT_ASSERT_EQ(test, credssp_acquire_credentials_handle(&args, &in->cred, NULL),
			SEC_E_OK);
	KUNIT_ASSERT_EQ(test, credssp_prepare_security_context(in->cred, 1234, &in->context),
			SEC_E_OK);
	return in;
}

/* A call with @count bytes of @in->token, or without input if it is negative. */
static s32 call(struct kunit *test, struct prepared *in, int count)
{
	struct credssp_buffer given = { SECBUFFER_TOKEN, count, in->token };
	struct credssp_buffer token = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer_desc input = { SECBUFFER_VERSION, 1, &given };
	struct credssp_buffer_desc output = { SECBUFFER_VERSION, 1, &token };
	u32 attr;
	s32 status;

	status = credssp_initialize_security_context(in->cred, in->context, NULL,
						     ISC_REQ_ALLOCATE_MEMORY, 0,
						     SECURITY_NATIVE_DREP,
						     count < 0 ? NULL : &input, 0, NULL, &output,
						     &attr, NULL);
	KUNIT_EXPECT_EQ(test, token.length > 0, status == SEC_I_CONTINUE_NEEDED);
	credssp_free_context_buffer(token.data);
	return status;
}

static void arguments(struct kunit *test)
{
	struct prepared *in = prepared_new(test, CREDSSP_PACKAGE_NTLM);
	struct credssp_context *context = NULL;

	KUNIT_EXPECT_EQ(test, credssp_prepare_security_context(NULL, 0, &context),
			SEC_E_NO_CREDENTIALS);
	KUNIT_EXPECT_EQ(test, credssp_prepare_security_context(in->cred, 0, NULL),
			SEC_E_INVALID_PARAMETER);
	KUNIT_EXPECT_NULL(test, context);
	KUNIT_EXPECT_EQ(test, in->context->state, CSSP_CONTEXT_NEW);
	KUNIT_EXPECT_EQ(test, in->context->timeout_ms, 1234U);
}

/* The first call has the input of any first call, and later ones that of later ones. */
static void inputs(struct kunit *test)
{
	const struct {
		u32 package;
		int count;
		s32 first;
	} rows[] = {
		{ CREDSSP_PACKAGE_NTLM, -1, SEC_I_CONTINUE_NEEDED },
		{ CREDSSP_PACKAGE_NTLM, 0, SEC_E_INVALID_PARAMETER },
		{ CREDSSP_PACKAGE_NTLM, 8, SEC_E_INVALID_PARAMETER },
		{ CREDSSP_PACKAGE_NEGOTIATE, -1, SEC_I_CONTINUE_NEEDED },
		{ CREDSSP_PACKAGE_NEGOTIATE, 0, SEC_I_CONTINUE_NEEDED },
		{ CREDSSP_PACKAGE_NEGOTIATE, HINT, SEC_I_CONTINUE_NEEDED },
		{ CREDSSP_PACKAGE_NEGOTIATE, 8, SEC_E_INVALID_TOKEN },
		{ CREDSSP_PACKAGE_CREDSSP, 8, SEC_E_INVALID_PARAMETER },
	};
	const int hint = test_hex_size(spnego_hint);
	struct prepared *in;
	unsigned int i;
	int count;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		in = prepared_new(test, rows[i].package);
		if (rows[i].count == HINT)
			test_hex_into(test, spnego_hint, in->token, hint);
		count = rows[i].count == HINT ? hint : rows[i].count;
		KUNIT_EXPECT_EQ_MSG(test, call(test, in, count), rows[i].first, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, in->context->state,
				    rows[i].first < 0 ? CSSP_CONTEXT_DEAD : CSSP_CONTEXT_RUNNING,
				    "row %u", i);
		/* A call without the peer's token is a first one only once. */
		KUNIT_EXPECT_LT_MSG(test, call(test, in, -1), 0, "row %u", i);
		KUNIT_EXPECT_EQ_MSG(test, in->context->state, CSSP_CONTEXT_DEAD, "row %u", i);
	}
}

/* A first call ends as a later one does; the context is left, with the reason. */
static void cancelled(struct kunit *test)
{
	struct prepared *in = prepared_new(test, CREDSSP_PACKAGE_NTLM);
	struct credssp_report report = {};
	u32 length = sizeof(report);

	credssp_cancel(in->context);
	KUNIT_EXPECT_EQ(test, call(test, in, -1), SEC_E_INTERNAL_ERROR);
	KUNIT_EXPECT_EQ(test, credssp_query_context_attributes(in->context,
							       SECPKG_ATTR_CREDSSP_REPORT,
							       &report, &length), SEC_E_OK);
	KUNIT_EXPECT_EQ(test, report.reason, (u32)CREDSSP_REASON_CANCELLED);
	KUNIT_EXPECT_LT(test, call(test, in, -1), 0);
}

static struct kunit_case prepare_cases[] = {
	KUNIT_CASE(arguments),
	KUNIT_CASE(inputs),
	KUNIT_CASE(cancelled),
	{}
};

static struct kunit_suite prepare_suite = {
	.name = "credssp_api_export_context_prepare",
	.test_cases = prepare_cases,
};

kunit_test_suite(prepare_suite);
