// SPDX-License-Identifier: GPL-2.0-only
/* The one table from errno to SECURITY_STATUS. */
#include "status.h"

#include <linux/kernel.h>

/*
 * Indexed by positive errno; the compiler warns of an errno with two meanings.
 * What is not here is SEC_E_INTERNAL_ERROR, among it -ECANCELED and -EINTR
 * (the caller gave up, and SSPI has no status for that) and -EREMOTEIO (the
 * helper answered with nonsense).
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
	/* As Windows refuses an unpatched server, KB4093492 */
	[-CSSP_E_VERSION]	= SEC_E_UNSUPPORTED_FUNCTION,

	/* Policy and credentials */
	[-CSSP_E_POLICY]	= SEC_E_DELEGATION_POLICY,
	[-CSSP_E_NTLM_ONLY]	= SEC_E_POLICY_NLTM_ONLY,
	[-CSSP_E_NO_CREDS]	= SEC_E_NO_CREDENTIALS,
	[EKEYEXPIRED]		= SEC_E_NO_CREDENTIALS,
	[EKEYREVOKED]		= SEC_E_NO_CREDENTIALS,

	/*
	 * A deadline passed: either the helper or the peer, behind it the
	 * authority asked, did not answer in time.
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

	/* What is asked for has to wait for a token that was not taken. */
	[EBUSY]			= SEC_E_OUT_OF_SEQUENCE,

	/* Resources; EDQUOT: a limit per uid */
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
