// SPDX-License-Identifier: GPL-2.0-only
/*
 * The only table from errno to SECURITY_STATUS, the only one from errno to the reason
 * in a report, and the only one from errno to the alert for the peer.
 */
#include "status.h"

#include <linux/bits.h>
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

#define EXCHANGE	BIT(CSSP_LAYER_EXCHANGE)
#define TLS		BIT(CSSP_LAYER_TLS)
#define SOCKET		BIT(CSSP_LAYER_SOCKET)
#define NTLM		BIT(CSSP_LAYER_NTLM)
#define SPNEGO		BIT(CSSP_LAYER_SPNEGO)

/* The reason of @err in @layers. It is used if the code that failed set none. */
static const struct {
	int err;
	u8 layers;
	u32 reason;
} status_reasons[] = {
	{ -ENOMEM,		EXCHANGE | NTLM | SPNEGO, CREDSSP_REASON_NO_MEMORY },
	{ -EDQUOT,		EXCHANGE | NTLM | SPNEGO, CREDSSP_REASON_LIMIT },
	{ -ETIMEDOUT,		EXCHANGE | SOCKET, CREDSSP_REASON_TIMEOUT },
	{ -ECANCELED,		EXCHANGE | SOCKET, CREDSSP_REASON_CANCELLED },
	{ -EINTR,		EXCHANGE | SOCKET, CREDSSP_REASON_CANCELLED },
	{ CSSP_E_TOO_BIG,	EXCHANGE | NTLM, CREDSSP_REASON_LIMIT },
	{ -EOVERFLOW,		TLS | NTLM,	CREDSSP_REASON_LIMIT },

	{ CSSP_E_MALFORMED,	TLS,		CREDSSP_REASON_TLS_RECORD },
	{ CSSP_E_ALTERED,	TLS,		CREDSSP_REASON_TLS_RECORD },
	{ -EIO,			TLS,		CREDSSP_REASON_LOOPBACK },
	/* kTLS cannot keep to the server's record limit. */
	{ CSSP_E_UNSUPPORTED,	SOCKET,		CREDSSP_REASON_LIMIT },
	{ CSSP_E_ALTERED,	NTLM,		CREDSSP_REASON_MECH_MIC },
	{ CSSP_E_WEAK,		NTLM,		CREDSSP_REASON_FIPS },

	{ -EREMOTEIO,		EXCHANGE,	CREDSSP_REASON_HELPER_REPLY },
	{ CSSP_E_NO_HELPER,	EXCHANGE,	CREDSSP_REASON_NO_HELPER },
	{ CSSP_E_CLOSED,	EXCHANGE,	CREDSSP_REASON_CONNECTION },
	{ CSSP_E_NETWORK,	EXCHANGE,	CREDSSP_REASON_CONNECTION },
	{ CSSP_E_WEAK,		EXCHANGE,	CREDSSP_REASON_MECH_WEAK },
	{ CSSP_E_MALFORMED,	EXCHANGE,	CREDSSP_REASON_DER },
	{ CSSP_E_STATE,		EXCHANGE,	CREDSSP_REASON_UNEXPECTED_FIELD },
	{ CSSP_E_ALTERED,	EXCHANGE,	CREDSSP_REASON_BINDING },
	{ CSSP_E_VERSION,	EXCHANGE,	CREDSSP_REASON_VERSION_POLICY },
	{ CSSP_E_POLICY,	EXCHANGE,	CREDSSP_REASON_POLICY },
	{ CSSP_E_NTLM_ONLY,	EXCHANGE,	CREDSSP_REASON_POLICY },
	{ CSSP_E_NOT_PROVEN,	EXCHANGE,	CREDSSP_REASON_SERVER_NOT_PROVEN },
	{ CSSP_E_WRONG_PRINCIPAL, EXCHANGE,	CREDSSP_REASON_SERVER_NOT_PROVEN },
	{ CSSP_E_LOGON_DENIED,	EXCHANGE,	CREDSSP_REASON_CLOSED_AFTER_AUTH },
	{ CSSP_E_NO_CREDS,	EXCHANGE,	CREDSSP_REASON_KEY },
	{ CSSP_E_PARAMETER,	EXCHANGE,	CREDSSP_REASON_PARAMETER },
	{ CSSP_E_TARGET,	EXCHANGE,	CREDSSP_REASON_PARAMETER },
	{ CSSP_E_HANDLE,	EXCHANGE,	CREDSSP_REASON_PARAMETER },
	{ CSSP_E_UNSUPPORTED,	EXCHANGE,	CREDSSP_REASON_PARAMETER },
	{ -EFAULT,		EXCHANGE,	CREDSSP_REASON_PARAMETER },
	{ -ENOTSOCK,		EXCHANGE,	CREDSSP_REASON_SOCKET },
	{ -ENOTCONN,		EXCHANGE,	CREDSSP_REASON_SOCKET },
	{ -EEXIST,		EXCHANGE,	CREDSSP_REASON_SOCKET },
};

/* The reason of an errno without a row. */
static const u32 status_other_reasons[CSSP_LAYERS] = {
	[CSSP_LAYER_SOCKET]	= CREDSSP_REASON_SOCKET,
	[CSSP_LAYER_NTLM]	= CREDSSP_REASON_MECH_TOKEN,
	[CSSP_LAYER_SPNEGO]	= CREDSSP_REASON_SPNEGO,
};

u32 cssp_reason(enum cssp_layer layer, int err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(status_reasons); i++)
		if (status_reasons[i].err == err && status_reasons[i].layers & BIT(layer))
			return status_reasons[i].reason;
	return status_other_reasons[layer];
}

/* An errno without a row has the alert internal_error. */
static const struct {
	int err;
	u8 alert;
} status_alerts[] = {
	{ CSSP_E_WEAK,		CSSP_ALERT_HANDSHAKE_FAILURE },
	{ CSSP_E_MALFORMED,	CSSP_ALERT_DECODE_ERROR },
	{ CSSP_E_STATE,		CSSP_ALERT_DECODE_ERROR },
	{ CSSP_E_TOO_BIG,	CSSP_ALERT_DECODE_ERROR },
	{ CSSP_E_ALTERED,	CSSP_ALERT_DECRYPT_ERROR },
	{ CSSP_E_VERSION,	CSSP_ALERT_PROTOCOL_VERSION },
	{ CSSP_E_POLICY,	CSSP_ALERT_ACCESS_DENIED },
	{ CSSP_E_NTLM_ONLY,	CSSP_ALERT_ACCESS_DENIED },
	{ CSSP_E_NOT_PROVEN,	CSSP_ALERT_ACCESS_DENIED },
	{ CSSP_E_WRONG_PRINCIPAL, CSSP_ALERT_ACCESS_DENIED },
	{ CSSP_E_LOGON_DENIED,	CSSP_ALERT_ACCESS_DENIED },
};

u8 cssp_alert(int err)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(status_alerts); i++)
		if (status_alerts[i].err == err)
			return status_alerts[i].alert;
	return CSSP_ALERT_INTERNAL_ERROR;
}
