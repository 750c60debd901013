// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only table from errno to SECURITY_STATUS, and the only one from errno to the
 * reason in a report and the alert for the peer.
 */
#include "status.h"

#include <linux/kernel.h>

/*
 * Indexed by positive errno; the compiler warns about an errno with two meanings.
 * An errno without a row is SEC_E_INTERNAL_ERROR. Among these are -ECANCELED and
 * -EINTR (the caller gave up, for which SSPI has no status) and -EREMOTEIO (the
 * helper's reply was malformed).
 */
static const s32 statuses[] = {
	/* The peer */
	[-CSSP_E_MALFORMED]	= SEC_E_INVALID_TOKEN,
	[-CSSP_E_STATE]		= SEC_E_INVALID_TOKEN,
	[-CSSP_E_TOO_BIG]	= SEC_E_INVALID_TOKEN,
	[-CSSP_E_CLOSED]	= SEC_E_INVALID_TOKEN,
	[ECONNRESET]		= SEC_E_INVALID_TOKEN,
	[-CSSP_E_NETWORK]	= SEC_E_INVALID_TOKEN,
	[-CSSP_E_EXPIRED]	= SEC_I_CONTEXT_EXPIRED,
	[-CSSP_E_ALTERED]	= SEC_E_MESSAGE_ALTERED,
	[-CSSP_E_LOGON_DENIED]	= SEC_E_LOGON_DENIED,
	[-CSSP_E_NOT_PROVEN]	= SEC_E_MUTUAL_AUTH_FAILED,
	[-CSSP_E_WRONG_PRINCIPAL] = SEC_E_WRONG_PRINCIPAL,
	[-CSSP_E_WEAK]		= SEC_E_ALGORITHM_MISMATCH,
	/* The status of Windows for an unpatched server, KB4093492 */
	[-CSSP_E_VERSION]	= SEC_E_UNSUPPORTED_FUNCTION,

	/* Policy and credentials */
	[-CSSP_E_POLICY]	= SEC_E_DELEGATION_POLICY,
	[-CSSP_E_NTLM_ONLY]	= SEC_E_POLICY_NLTM_ONLY,
	[-CSSP_E_NO_CREDS]	= SEC_E_NO_CREDENTIALS,
	[EKEYEXPIRED]		= SEC_E_NO_CREDENTIALS,
	[EKEYREVOKED]		= SEC_E_NO_CREDENTIALS,

	/*
	 * A deadline passed: the helper did not answer in time, or the peer, which
	 * may have waited for its own authority.
	 */
	[-CSSP_E_NO_HELPER]	= SEC_E_NO_AUTHENTICATING_AUTHORITY,
	[ETIMEDOUT]		= SEC_E_NO_AUTHENTICATING_AUTHORITY,

	/* The caller */
	[-CSSP_E_UNSUPPORTED]	= SEC_E_UNSUPPORTED_FUNCTION,
	[-CSSP_E_PARAMETER]	= SEC_E_INVALID_PARAMETER,
	[ENOTSOCK]		= SEC_E_INVALID_PARAMETER,
	[ENOTCONN]		= SEC_E_INVALID_PARAMETER,
	[EEXIST]		= SEC_E_INVALID_PARAMETER,
	[-CSSP_E_HANDLE]	= SEC_E_INVALID_HANDLE,
	[-CSSP_E_TARGET]	= SEC_E_TARGET_UNKNOWN,
	[ENODATA]		= SEC_E_INCOMPLETE_MESSAGE,
	[ENOSPC]		= SEC_E_BUFFER_TOO_SMALL,
	[-CSSP_E_CERT_WANTED]	= SEC_I_INCOMPLETE_CREDENTIALS,

	/* The caller must first fetch a token that it did not take. */
	[EBUSY]			= SEC_E_OUT_OF_SEQUENCE,

	/* Resources; EDQUOT is a limit per user */
	[ENOMEM]		= SEC_E_INSUFFICIENT_MEMORY,
	[EDQUOT]		= SEC_E_INSUFFICIENT_MEMORY,
	/* Record numbers are used up, RFC 8446 5.5 */
	[EOVERFLOW]		= SEC_E_CONTEXT_EXPIRED,
};

s32 cssp_status(int err)
{
	unsigned int index = -(unsigned int)err;

	if (!err)
		return SEC_E_OK;
	if (index >= ARRAY_SIZE(statuses) || !statuses[index])
		return SEC_E_INTERNAL_ERROR;
	return statuses[index];
}

s32 cssp_status_exchange(int err)
{
	return err == -EAGAIN ? SEC_I_CONTINUE_NEEDED : cssp_status(err);
}

/* TLS AlertDescription, RFC 8446 6 */
#define ALERT_HANDSHAKE_FAILURE		40
#define ALERT_ACCESS_DENIED		49
#define ALERT_DECODE_ERROR		50
#define ALERT_DECRYPT_ERROR		51
#define ALERT_PROTOCOL_VERSION		70
#define ALERT_INTERNAL_ERROR		80

/*
 * The reason holds where the code that failed gave none of its own. An errno without a
 * row has no reason, and the alert internal_error.
 */
static const struct {
	int err;
	u32 reason;
	u8 alert;
} status_failures[] = {
	{ -ENOMEM,		CREDSSP_REASON_NO_MEMORY,	ALERT_INTERNAL_ERROR },
	{ -ETIMEDOUT,		CREDSSP_REASON_TIMEOUT,		ALERT_INTERNAL_ERROR },
	{ -ECANCELED,		CREDSSP_REASON_CANCELLED,	ALERT_INTERNAL_ERROR },
	{ -EINTR,		CREDSSP_REASON_CANCELLED,	ALERT_INTERNAL_ERROR },
	{ -EREMOTEIO,		CREDSSP_REASON_HELPER_REPLY,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_NO_HELPER,	CREDSSP_REASON_NO_HELPER,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_CLOSED,	CREDSSP_REASON_CONNECTION,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_NETWORK,	CREDSSP_REASON_CONNECTION,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_WEAK,		CREDSSP_REASON_MECH_WEAK,	ALERT_HANDSHAKE_FAILURE },
	{ CSSP_E_MALFORMED,	CREDSSP_REASON_DER,		ALERT_DECODE_ERROR },
	{ CSSP_E_STATE,		CREDSSP_REASON_UNEXPECTED_FIELD, ALERT_DECODE_ERROR },
	{ CSSP_E_TOO_BIG,	CREDSSP_REASON_LIMIT,		ALERT_DECODE_ERROR },
	{ CSSP_E_ALTERED,	CREDSSP_REASON_BINDING,		ALERT_DECRYPT_ERROR },
	{ CSSP_E_VERSION,	CREDSSP_REASON_VERSION_POLICY,	ALERT_PROTOCOL_VERSION },
	{ CSSP_E_POLICY,	CREDSSP_REASON_POLICY,		ALERT_ACCESS_DENIED },
	{ CSSP_E_NTLM_ONLY,	CREDSSP_REASON_POLICY,		ALERT_ACCESS_DENIED },
	{ CSSP_E_NOT_PROVEN,	CREDSSP_REASON_SERVER_NOT_PROVEN, ALERT_ACCESS_DENIED },
	{ CSSP_E_WRONG_PRINCIPAL, CREDSSP_REASON_SERVER_NOT_PROVEN, ALERT_ACCESS_DENIED },
	{ CSSP_E_LOGON_DENIED,	CREDSSP_REASON_CLOSED_AFTER_AUTH, ALERT_ACCESS_DENIED },
	{ CSSP_E_NO_CREDS,	CREDSSP_REASON_KEY,		ALERT_INTERNAL_ERROR },
	{ CSSP_E_PARAMETER,	CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_TARGET,	CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_HANDLE,	CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ CSSP_E_UNSUPPORTED,	CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ -EFAULT,		CREDSSP_REASON_PARAMETER,	ALERT_INTERNAL_ERROR },
	{ -EDQUOT,		CREDSSP_REASON_LIMIT,		ALERT_INTERNAL_ERROR },
};

static size_t status_find_failure(int err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(status_failures); i++)
		if (status_failures[i].err == err)
			break;
	return i;
}

u32 cssp_reason(int err)
{
	size_t i = status_find_failure(err);

	return i < ARRAY_SIZE(status_failures) ? status_failures[i].reason :
						 CREDSSP_REASON_NONE;
}

u8 cssp_alert(int err)
{
	size_t i = status_find_failure(err);

	return i < ARRAY_SIZE(status_failures) ? status_failures[i].alert :
						 ALERT_INTERNAL_ERROR;
}
