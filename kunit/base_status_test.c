// SPDX-License-Identifier: GPL-2.0-only
/* kmod/base/status.c: from errno to SECURITY_STATUS. */
#include <linux/err.h>
#include "base/status.h"
#include "util.h"

static void test_status(struct kunit *test)
{
	static const struct {
		int err;
		s32 status;
	} cases[] = {
		{ 0, SEC_E_OK },
		{ CSSP_E_MALFORMED, SEC_E_INVALID_TOKEN },
		{ CSSP_E_STATE, SEC_E_INVALID_TOKEN },
		{ CSSP_E_TOO_BIG, SEC_E_INVALID_TOKEN },
		{ CSSP_E_CLOSED, SEC_E_INVALID_TOKEN },
		{ CSSP_E_EXPIRED, SEC_I_CONTEXT_EXPIRED },
		{ CSSP_E_ALTERED, SEC_E_MESSAGE_ALTERED },
		{ CSSP_E_BINDINGS, SEC_E_BAD_BINDINGS },
		{ CSSP_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
		{ CSSP_E_POLICY, SEC_E_DELEGATION_POLICY },
		{ CSSP_E_NTLM_ONLY, SEC_E_POLICY_NLTM_ONLY },
		{ CSSP_E_NOT_PROVEN, SEC_E_MUTUAL_AUTH_FAILED },
		{ CSSP_E_WRONG_PRINCIPAL, SEC_E_WRONG_PRINCIPAL },
		{ CSSP_E_SKEW, SEC_E_TIME_SKEW },
		{ CSSP_E_NO_CREDS, SEC_E_NO_CREDENTIALS },
		{ -EKEYREVOKED, SEC_E_NO_CREDENTIALS },
		{ CSSP_E_NO_HELPER, SEC_E_NO_AUTHENTICATING_AUTHORITY },
		{ -ETIMEDOUT, SEC_E_NO_AUTHENTICATING_AUTHORITY },
		{ CSSP_E_UNSUPPORTED, SEC_E_UNSUPPORTED_FUNCTION },
		{ CSSP_E_WEAK, SEC_E_ALGORITHM_MISMATCH },
		{ CSSP_E_PARAMETER, SEC_E_INVALID_PARAMETER },
		{ CSSP_E_HANDLE, SEC_E_INVALID_HANDLE },
		{ CSSP_E_TARGET, SEC_E_TARGET_UNKNOWN },
		{ CSSP_E_VERSION, SEC_E_UNSUPPORTED_FUNCTION },
		{ -ENOMEM, SEC_E_INSUFFICIENT_MEMORY },
		{ -ENOSPC, SEC_E_BUFFER_TOO_SMALL },
		{ -ENODATA, SEC_E_INCOMPLETE_MESSAGE },
		{ -ECANCELED, SEC_E_INTERNAL_ERROR },
		{ -EINTR, SEC_E_INTERNAL_ERROR },
		{ -EREMOTEIO, SEC_E_INTERNAL_ERROR },
		/* An errno without a row, and values that are no negative errno */
		{ -EXFULL, SEC_E_INTERNAL_ERROR },
		{ -MAX_ERRNO, SEC_E_INTERNAL_ERROR },
		{ 1, SEC_E_INTERNAL_ERROR },
		{ INT_MIN, SEC_E_INTERNAL_ERROR },
		{ INT_MAX, SEC_E_INTERNAL_ERROR },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, cssp_status(cases[i].err), cases[i].status,
				    "errno %d", cases[i].err);
}

/*
 * No errno is SEC_E_OK. The only ones that are no failure are the orderly end of a
 * stream and the request for a certificate.
 */
static void test_status_fails(struct kunit *test)
{
	int err;

	for (err = 1; err <= MAX_ERRNO; err++)
		KUNIT_EXPECT_EQ(test, cssp_status(-err) >= 0,
				-err == CSSP_E_EXPIRED || -err == CSSP_E_CERT_WANTED);
}

/* No token of this module needs CompleteAuthToken. */
static void test_status_never_complete(struct kunit *test)
{
	int err;

	for (err = -MAX_ERRNO; err <= MAX_ERRNO; err++) {
		KUNIT_EXPECT_NE(test, cssp_status(err), SEC_I_COMPLETE_NEEDED);
		KUNIT_EXPECT_NE(test, cssp_status(err), SEC_I_COMPLETE_AND_CONTINUE);
	}
}

/* Reasons and alerts of failures that have no reason of their own */
static void test_status_reason(struct kunit *test)
{
	static const struct {
		int err;
		u32 reason;
		u8 alert;
	} cases[] = {
		{ -ENOMEM, CREDSSP_REASON_NO_MEMORY, 80 },
		{ -ETIMEDOUT, CREDSSP_REASON_TIMEOUT, 80 },
		{ CSSP_E_CLOSED, CREDSSP_REASON_CONNECTION, 80 },
		{ CSSP_E_WEAK, CREDSSP_REASON_MECH_WEAK, 40 },
		{ CSSP_E_MALFORMED, CREDSSP_REASON_DER, 50 },
		{ CSSP_E_ALTERED, CREDSSP_REASON_BINDING, 51 },
		{ CSSP_E_BINDINGS, CREDSSP_REASON_BINDING, 49 },
		{ CSSP_E_VERSION, CREDSSP_REASON_VERSION_POLICY, 70 },
		{ CSSP_E_POLICY, CREDSSP_REASON_POLICY, 49 },
		{ CSSP_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH, 49 },
		{ CSSP_E_SKEW, CREDSSP_REASON_SKEW, 49 },
		{ -EDQUOT, CREDSSP_REASON_LIMIT, 80 },
		{ -ENOTSOCK, CREDSSP_REASON_SOCKET, 80 },
		{ -ENOTCONN, CREDSSP_REASON_SOCKET, 80 },
		{ -EEXIST, CREDSSP_REASON_SOCKET, 80 },
		/* An errno without a row, and values that are no negative errno */
		{ -EXFULL, CREDSSP_REASON_NONE, 80 },
		{ 0, CREDSSP_REASON_NONE, 80 },
		{ 1, CREDSSP_REASON_NONE, 80 },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		KUNIT_EXPECT_EQ_MSG(test, cssp_reason(CSSP_LAYER_EXCHANGE, cases[i].err),
				    cases[i].reason, "errno %d", cases[i].err);
		KUNIT_EXPECT_EQ_MSG(test, cssp_alert(cases[i].err), cases[i].alert,
				    "errno %d", cases[i].err);
	}
}

/* An errno may have another reason in a layer than in the exchange. */
static void test_status_layers(struct kunit *test)
{
	static const struct {
		int err;
		u32 tls, socket, ntlm, krb5, spnego;
	} cases[] = {
#define ROW(err, tls, socket, ntlm, krb5, spnego)				\
	{ err, CREDSSP_REASON_##tls, CREDSSP_REASON_##socket,			\
	  CREDSSP_REASON_##ntlm, CREDSSP_REASON_##krb5, CREDSSP_REASON_##spnego }
		ROW(-ENOMEM, NONE, SOCKET, NO_MEMORY, NO_MEMORY, NO_MEMORY),
		ROW(-EDQUOT, NONE, SOCKET, LIMIT, LIMIT, LIMIT),
		ROW(-EOVERFLOW, LIMIT, SOCKET, LIMIT, LIMIT, SPNEGO),
		ROW(-ETIMEDOUT, NONE, TIMEOUT, TIMEOUT, TIMEOUT, SPNEGO),
		ROW(-ECANCELED, NONE, CANCELLED, CANCELLED, CANCELLED, SPNEGO),
		ROW(-EINTR, NONE, CANCELLED, CANCELLED, CANCELLED, SPNEGO),
		ROW(-EIO, LOOPBACK, SOCKET, MECH_TOKEN, MECH_TOKEN, SPNEGO),
		ROW(CSSP_E_MALFORMED, TLS_RECORD, SOCKET, MECH_TOKEN, MECH_TOKEN, SPNEGO),
		ROW(CSSP_E_ALTERED, TLS_RECORD, SOCKET, MECH_MIC, MECH_MIC, SPNEGO),
		ROW(CSSP_E_BINDINGS, NONE, SOCKET, BINDING, BINDING, SPNEGO),
		ROW(CSSP_E_UNSUPPORTED, NONE, LIMIT, MECH_TOKEN, MECH_TOKEN, SPNEGO),
		ROW(CSSP_E_TOO_BIG, NONE, SOCKET, LIMIT, LIMIT, SPNEGO),
		ROW(CSSP_E_WEAK, NONE, SOCKET, FIPS, FIPS, SPNEGO),
		ROW(CSSP_E_STATE, NONE, SOCKET, MECH_TOKEN, MECH_TOKEN, SPNEGO),
		ROW(CSSP_E_CLOSED, NONE, SOCKET, MECH_TOKEN, MECH_TOKEN, SPNEGO),
		ROW(-EREMOTEIO, NONE, SOCKET, HELPER_REPLY, HELPER_REPLY, SPNEGO),
#undef ROW
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int err = cases[i].err;

		KUNIT_EXPECT_EQ_MSG(test, cssp_reason(CSSP_LAYER_TLS, err), cases[i].tls,
				    "errno %d", err);
		KUNIT_EXPECT_EQ_MSG(test, cssp_reason(CSSP_LAYER_SOCKET, err),
				    cases[i].socket, "errno %d", err);
		KUNIT_EXPECT_EQ_MSG(test, cssp_reason(CSSP_LAYER_NTLM, err), cases[i].ntlm,
				    "errno %d", err);
		KUNIT_EXPECT_EQ_MSG(test, cssp_reason(CSSP_LAYER_KRB5, err), cases[i].krb5,
				    "errno %d", err);
		KUNIT_EXPECT_EQ_MSG(test, cssp_reason(CSSP_LAYER_SPNEGO, err),
				    cases[i].spnego, "errno %d", err);
	}
}

static struct kunit_case status_cases[] = {
	KUNIT_CASE(test_status),
	KUNIT_CASE(test_status_fails),
	KUNIT_CASE(test_status_never_complete),
	KUNIT_CASE(test_status_reason),
	KUNIT_CASE(test_status_layers),
	{}
};

static struct kunit_suite status_suite = {
	.name = "credssp_base_status",
	.test_cases = status_cases,
};

kunit_test_suite(status_suite);
