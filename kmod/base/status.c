// SPDX-License-Identifier: GPL-2.0-only
/* The only table from errno to SECURITY_STATUS. */
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
