// SPDX-License-Identifier: GPL-2.0-only
/* kmod/core/exchange_mech.c: what the report tells of an inner package's mechanism. */
#include <kunit/test.h>
#include <linux/cred.h>
#include <linux/credssp.h>
#include <linux/vmalloc.h>

#include "core/context_impl.h"
#include "util.h"

#define PROVEN	(CREDSSP_FACT_KERBEROS_PROVEN | CREDSSP_FACT_SERVER_PROVEN)

/* A mechanism whose step tells these. */
static enum cssp_mech_progress told_progress;
static bool told_user_to_user;
static const struct cssp_mech_ops told_ops;

static int told_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	static struct cssp_mech told;

	told = (struct cssp_mech){ .ops = &told_ops };
	*mech = &told;
	return 0;
}

static int told_step(struct cssp_mech *mech, const struct cssp_rd *in, struct cssp_vbuf *out,
		     enum cssp_mech_progress *progress)
{
	*progress = told_progress;
	mech->facts.user_to_user = told_user_to_user;
	return cssp_vbuf_append(out, "t", 1);
}

static int told_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	return 0;
}

static void told_free(struct cssp_mech *mech)
{
}

static const struct cssp_mech_ops told_ops = {
	.create = told_create,
	.step = told_step,
	.session_key = told_session_key,
	.free = told_free,
};

/**
 * struct told - an initiator with that mechanism
 * @cred, @context: handles of the API
 * @token: vmalloc'd, the peer's token
 * @attr: of the last call
 */
struct told {
	struct credssp_cred *cred;
	struct credssp_context *context;
	u8 *token;
	u32 attr;
};

static void told_end(void *data)
{
	struct told *t = data;

	credssp_delete_security_context(t->context);
	credssp_free_credentials_handle(t->cred);
	vfree(t->token);
}

static struct told *told_new(struct kunit *test, u32 package)
{
	struct credssp_acquire args = {
		.use = SECPKG_CRED_OUTBOUND,
		.package = package,
		.cred = current_cred(),
		.user = "b\0o\0b\0",
		.user_length = 6,
	};
	struct told *t = kunit_kzalloc(test, sizeof(*t), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, t);
	KUNIT_ASSERT_EQ(test, credssp_acquire_credentials_handle(&args, &t->cred, NULL),
			SEC_E_OK);
	KUNIT_ASSERT_EQ(test, kunit_add_action_or_reset(test, told_end, t), 0);
	t->token = vzalloc(1);
	KUNIT_ASSERT_NOT_NULL(test, t->token);
	t->cred->mech = &told_ops;
	return t;
}

/* One call, with a token of the peer on all but the first one. */
static s32 told_call(struct told *t)
{
	struct credssp_buffer token = { .type = SECBUFFER_TOKEN };
	struct credssp_buffer input = { SECBUFFER_TOKEN, 1, t->token };
	struct credssp_buffer_desc in = { SECBUFFER_VERSION, 1, &input };
	struct credssp_buffer_desc out = { SECBUFFER_VERSION, 1, &token };
	bool first = !t->context;
	s32 status;

	status = credssp_initialize_security_context(t->cred, t->context, NULL,
						     ISC_REQ_ALLOCATE_MEMORY, 0,
						     SECURITY_NATIVE_DREP, first ? NULL : &in, 0,
						     first ? &t->context : NULL, &out, &t->attr,
						     NULL);
	credssp_free_context_buffer(token.data);
	return status;
}

static u32 told_facts(struct kunit *test, struct told *t)
{
	struct credssp_report report = {};
	u32 length = sizeof(report);

	KUNIT_EXPECT_EQ(test, credssp_query_context_attributes(t->context,
							       SECPKG_ATTR_CREDSSP_REPORT,
							       &report, &length), SEC_E_OK);
	return report.facts;
}

/* Without an AP-REP the server has proven nothing: in the attributes, and in the report. */
static void one_way_is_no_proof(struct kunit *test)
{
	struct told *t;
	int one_way;

	told_progress = CSSP_MECH_DONE;
	for (one_way = 0; one_way < 2; one_way++) {
		t = told_new(test, CREDSSP_PACKAGE_KERBEROS);
		t->cred->tickets.one_way = one_way;
		KUNIT_ASSERT_EQ(test, told_call(t), SEC_E_OK);
		KUNIT_EXPECT_EQ(test, !!(t->attr & ISC_RET_MUTUAL_AUTH), !one_way);
		KUNIT_EXPECT_EQ(test, told_facts(test, t) & PROVEN, one_way ? 0 : PROVEN);
	}
}

/* A TGT-REQ was sent, and the server chose NTLM. */
static void user_to_user_was_not_used(struct kunit *test)
{
	struct told *t = told_new(test, CREDSSP_PACKAGE_NEGOTIATE);

	told_progress = CSSP_MECH_CONTINUE;
	told_user_to_user = true;
	KUNIT_ASSERT_EQ(test, told_call(t), SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, told_facts(test, t), CREDSSP_FACT_USER_TO_USER);
	told_user_to_user = false;
	KUNIT_ASSERT_EQ(test, told_call(t), SEC_I_CONTINUE_NEEDED);
	KUNIT_EXPECT_EQ(test, told_facts(test, t), 0);
}

static void told_nothing(struct kunit *test)
{
	told_user_to_user = false;
}

static struct kunit_case report_cases[] = {
	KUNIT_CASE(one_way_is_no_proof),
	KUNIT_CASE(user_to_user_was_not_used),
	{}
};

static struct kunit_suite report_suite = {
	.name = "credssp_core_exchange_mech_report",
	.exit = told_nothing,
	.test_cases = report_cases,
};

kunit_test_suite(report_suite);
