// SPDX-License-Identifier: GPL-2.0-only
/* Names of statuses, reasons and legs. */
#include <kunit/test.h>
#include <linux/credssp.h>

static void status_names(struct kunit *test)
{
	KUNIT_EXPECT_STREQ(test, credssp_status_name(SEC_E_OK), "SEC_E_OK");
	KUNIT_EXPECT_STREQ(test, credssp_status_name(SEC_I_CONTINUE_NEEDED),
			   "SEC_I_CONTINUE_NEEDED");
	KUNIT_EXPECT_STREQ(test, credssp_status_name(SEC_E_LOGON_DENIED), "SEC_E_LOGON_DENIED");
	KUNIT_EXPECT_STREQ(test, credssp_status_name(SEC_E_MUTUAL_AUTH_FAILED),
			   "SEC_E_MUTUAL_AUTH_FAILED");
	KUNIT_EXPECT_STREQ(test, credssp_status_name(1), "unknown");
	KUNIT_EXPECT_STREQ(test, credssp_status_name(S32_MIN), "unknown");
}

/* Every reason has a name of its own, up to the last one. */
static void reason_names(struct kunit *test)
{
	u32 reason, other;

	KUNIT_EXPECT_STREQ(test, credssp_reason_name(CREDSSP_REASON_NONE), "none");
	KUNIT_EXPECT_STREQ(test, credssp_reason_name(CREDSSP_REASON_CLOSED_AFTER_AUTH),
			   "closed-after-auth");
	for (reason = 0; reason <= CREDSSP_REASON_SERVER_CERT; reason++) {
		KUNIT_EXPECT_STRNEQ(test, credssp_reason_name(reason), "unknown");
		for (other = 0; other < reason; other++)
			KUNIT_EXPECT_STRNEQ(test, credssp_reason_name(reason),
					    credssp_reason_name(other));
	}
	KUNIT_EXPECT_STREQ(test, credssp_reason_name(U32_MAX), "unknown");
}

static void leg_names(struct kunit *test)
{
	u32 leg;

	KUNIT_EXPECT_STREQ(test, credssp_leg_name(CREDSSP_LEG_PUBKEY), "pubkey");
	for (leg = 0; leg <= CREDSSP_LEG_ESTABLISHED; leg++)
		KUNIT_EXPECT_STRNEQ(test, credssp_leg_name(leg), "unknown");
	KUNIT_EXPECT_STREQ(test, credssp_leg_name(CREDSSP_LEG_ESTABLISHED + 1), "unknown");
	KUNIT_EXPECT_STREQ(test, credssp_leg_name(U32_MAX), "unknown");
}

static struct kunit_case cases[] = {
	KUNIT_CASE(status_names),
	KUNIT_CASE(reason_names),
	KUNIT_CASE(leg_names),
	{}
};

static struct kunit_suite suite = {
	.name = "credssp_api_export_names",
	.test_cases = cases,
};

kunit_test_suite(suite);
