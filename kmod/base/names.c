// SPDX-License-Identifier: GPL-2.0-only
/*
 * The tables of names.  They are those that libcredssp and credsspctl print
 * (userspace-helper/libcredssp/names.c).
 */
#include <linux/kernel.h>
#include <uapi/linux/credssp.h>

#include "names.h"

#define STATUS(code)	{ code, #code }

static const struct {
	s32 code;
	const char *name;
} status_names[] = {
	STATUS(SEC_E_OK),
	STATUS(SEC_I_CONTINUE_NEEDED),
	STATUS(SEC_I_COMPLETE_NEEDED),
	STATUS(SEC_I_COMPLETE_AND_CONTINUE),
	STATUS(SEC_I_CONTEXT_EXPIRED),
	STATUS(SEC_I_INCOMPLETE_CREDENTIALS),
	STATUS(SEC_I_RENEGOTIATE),
	STATUS(SEC_E_INSUFFICIENT_MEMORY),
	STATUS(SEC_E_INVALID_HANDLE),
	STATUS(SEC_E_UNSUPPORTED_FUNCTION),
	STATUS(SEC_E_TARGET_UNKNOWN),
	STATUS(SEC_E_INTERNAL_ERROR),
	STATUS(SEC_E_SECPKG_NOT_FOUND),
	STATUS(SEC_E_NOT_OWNER),
	STATUS(SEC_E_INVALID_TOKEN),
	STATUS(SEC_E_QOP_NOT_SUPPORTED),
	STATUS(SEC_E_LOGON_DENIED),
	STATUS(SEC_E_UNKNOWN_CREDENTIALS),
	STATUS(SEC_E_NO_CREDENTIALS),
	STATUS(SEC_E_MESSAGE_ALTERED),
	STATUS(SEC_E_OUT_OF_SEQUENCE),
	STATUS(SEC_E_NO_AUTHENTICATING_AUTHORITY),
	STATUS(SEC_E_CONTEXT_EXPIRED),
	STATUS(SEC_E_INCOMPLETE_MESSAGE),
	STATUS(SEC_E_BUFFER_TOO_SMALL),
	STATUS(SEC_E_WRONG_PRINCIPAL),
	STATUS(SEC_E_TIME_SKEW),
	STATUS(SEC_E_ILLEGAL_MESSAGE),
	STATUS(SEC_E_ENCRYPT_FAILURE),
	STATUS(SEC_E_DECRYPT_FAILURE),
	STATUS(SEC_E_ALGORITHM_MISMATCH),
	STATUS(SEC_E_BAD_BINDINGS),
	STATUS(SEC_E_INVALID_PARAMETER),
	STATUS(SEC_E_DELEGATION_POLICY),
	STATUS(SEC_E_POLICY_NLTM_ONLY),
	STATUS(SEC_E_NO_CONTEXT),
	STATUS(SEC_E_MUTUAL_AUTH_FAILED),
};

static const char *const reason_names[] = {
	[CREDSSP_REASON_NONE] = "none",
	[CREDSSP_REASON_PARAMETER] = "parameter",
	[CREDSSP_REASON_NO_MEMORY] = "no-memory",
	[CREDSSP_REASON_NO_HELPER] = "no-helper",
	[CREDSSP_REASON_HELPER_DIED] = "helper-died",
	[CREDSSP_REASON_HELPER_REPLY] = "helper-reply",
	[CREDSSP_REASON_TIMEOUT] = "timeout",
	[CREDSSP_REASON_CANCELLED] = "cancelled",
	[CREDSSP_REASON_CONNECTION] = "connection",
	[CREDSSP_REASON_TLS_ALERT] = "tls-alert",
	[CREDSSP_REASON_TLS_HANDSHAKE] = "tls-handshake",
	[CREDSSP_REASON_TLS_RECORD] = "tls-record",
	[CREDSSP_REASON_DER] = "der",
	[CREDSSP_REASON_UNEXPECTED_FIELD] = "unexpected-field",
	[CREDSSP_REASON_VERSION] = "version",
	[CREDSSP_REASON_VERSION_POLICY] = "version-policy",
	[CREDSSP_REASON_SPNEGO] = "spnego",
	[CREDSSP_REASON_MECH_TOKEN] = "mech-token",
	[CREDSSP_REASON_MECH_WEAK] = "mech-weak",
	[CREDSSP_REASON_MECH_MIC] = "mech-mic",
	[CREDSSP_REASON_BINDING] = "binding",
	[CREDSSP_REASON_ERROR_CODE] = "error-code",
	[CREDSSP_REASON_CLOSED_AFTER_AUTH] = "closed-after-auth",
	[CREDSSP_REASON_EARLY_DENIED] = "early-denied",
	[CREDSSP_REASON_POLICY] = "policy",
	[CREDSSP_REASON_SERVER_NOT_PROVEN] = "server-not-proven",
	[CREDSSP_REASON_KEY] = "key",
	[CREDSSP_REASON_FIPS] = "fips",
	[CREDSSP_REASON_LIMIT] = "limit",
	[CREDSSP_REASON_SOCKET] = "socket",
	[CREDSSP_REASON_CERTIFICATE] = "certificate",
	[CREDSSP_REASON_LOOPBACK] = "loopback",
	[CREDSSP_REASON_NTLM_OFF] = "ntlm-off",
	[CREDSSP_REASON_TLS_VERSION] = "tls-version",
	[CREDSSP_REASON_TLS_ALGORITHM] = "tls-algorithm",
	[CREDSSP_REASON_TLS_MESSAGE] = "tls-message",
	[CREDSSP_REASON_TLS_DECODE] = "tls-decode",
	[CREDSSP_REASON_TLS_PROOF] = "tls-proof",
	[CREDSSP_REASON_KEY_SIZE] = "key-size",
	[CREDSSP_REASON_TLS_SIZE] = "tls-size",
	[CREDSSP_REASON_CLIENT_CERT] = "client-cert",
	[CREDSSP_REASON_NO_TICKETS] = "no-tickets",
	[CREDSSP_REASON_TICKETS_EXPIRED] = "tickets-expired",
	[CREDSSP_REASON_FOREIGN] = "foreign",
	[CREDSSP_REASON_NO_REALM] = "no-realm",
	[CREDSSP_REASON_NO_KDC] = "no-kdc",
	[CREDSSP_REASON_CLIENT_UNKNOWN] = "client-unknown",
	[CREDSSP_REASON_TARGET_UNKNOWN] = "target-unknown",
	[CREDSSP_REASON_PASSWORD] = "wrong-password",
	[CREDSSP_REASON_PASSWORD_EXPIRED] = "password-expired",
	[CREDSSP_REASON_ACCOUNT] = "account",
	[CREDSSP_REASON_SKEW] = "skew",
	[CREDSSP_REASON_ENCTYPE] = "enctype",
	[CREDSSP_REASON_USER_TO_USER] = "user-to-user",
	[CREDSSP_REASON_KRB_ERROR] = "krb-error",
	[CREDSSP_REASON_KDC_ANSWER] = "kdc-answer",
	[CREDSSP_REASON_NO_KERBEROS] = "no-kerberos",
	[CREDSSP_REASON_NOT_CHOSEN] = "not-chosen",
	[CREDSSP_REASON_CERT_EXPIRED] = "cert-expired",
	[CREDSSP_REASON_CERT_UNTRUSTED] = "cert-untrusted",
	[CREDSSP_REASON_LOGON] = "logon",
	[CREDSSP_REASON_LOCKED_OUT] = "locked-out",
	[CREDSSP_REASON_BUSY] = "busy",
	[CREDSSP_REASON_DELEGATION] = "delegation",
	[CREDSSP_REASON_SERVER_CERT] = "server-cert",
	[CREDSSP_REASON_NO_ACCOUNTS] = "no-accounts",
};

static const char *const leg_names[] = {
	[CREDSSP_LEG_START] = "start",
	[CREDSSP_LEG_TLS] = "tls",
	[CREDSSP_LEG_NEGO] = "nego",
	[CREDSSP_LEG_PUBKEY] = "pubkey",
	[CREDSSP_LEG_CREDS] = "creds",
	[CREDSSP_LEG_EARLY_AUTH] = "early-auth",
	[CREDSSP_LEG_ESTABLISHED] = "established",
};

static const char *const delegated_names[] = {
	[CREDSSP_DELEGATED_NONE] = "none",
	[CREDSSP_DELEGATED_EMPTY] = "empty",
	[CREDSSP_DELEGATED_PASSWORD] = "password",
	[CREDSSP_DELEGATED_SMARTCARD] = "smartcard",
	[CREDSSP_DELEGATED_REMOTE_GUARD] = "remote-guard",
};

const char *cssp_status_name(s32 status)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(status_names); i++)
		if (status_names[i].code == status)
			return status_names[i].name;
	return "unknown";
}

static const char *names_at(const char *const *names, size_t count, u32 number)
{
	return number < count && names[number] ? names[number] : "unknown";
}

const char *cssp_reason_name(u32 reason)
{
	return names_at(reason_names, ARRAY_SIZE(reason_names), reason);
}

const char *cssp_leg_name(u32 leg)
{
	return names_at(leg_names, ARRAY_SIZE(leg_names), leg);
}

const char *cssp_delegated_name(u32 kind)
{
	return names_at(delegated_names, ARRAY_SIZE(delegated_names), kind);
}
