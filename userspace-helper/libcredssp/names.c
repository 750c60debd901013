// SPDX-License-Identifier: LGPL-2.1-or-later
/* Names and texts for numbers. */
#include "private.h"

/**
 * struct words - one number
 * @code: the number
 * @name: stable name
 * @text: description for people, or NULL
 */
struct words {
	uint32_t code;
	const char *name;
	const char *text;
};

#define WORDS(code, text)	{ (uint32_t)(code), #code, text }

static const struct words *find(const struct words *table, size_t n, uint32_t code)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (table[i].code == code)
			return &table[i];
	return NULL;
}

#define FIND(table, code)	find(table, ARRAY_SIZE(table), code)

static const struct words statuses[] = {
	WORDS(SEC_E_OK, "success"),
	WORDS(SEC_I_CONTINUE_NEEDED, "the exchange goes on"),
	WORDS(SEC_I_COMPLETE_NEEDED, "the token must be completed"),
	WORDS(SEC_I_COMPLETE_AND_CONTINUE, "the token must be completed and sent"),
	WORDS(SEC_I_CONTEXT_EXPIRED, "the peer has closed the connection"),
	WORDS(SEC_I_INCOMPLETE_CREDENTIALS, "the server asks for a client certificate"),
	WORDS(SEC_I_RENEGOTIATE, "the peer wants to negotiate again"),
	WORDS(SEC_E_INSUFFICIENT_MEMORY, "not enough memory"),
	WORDS(SEC_E_INVALID_HANDLE, "the handle is not valid"),
	WORDS(SEC_E_UNSUPPORTED_FUNCTION, "the request or the peer's version is not supported"),
	WORDS(SEC_E_TARGET_UNKNOWN, "the target name is not usable"),
	WORDS(SEC_E_INTERNAL_ERROR, "an internal error"),
	WORDS(SEC_E_SECPKG_NOT_FOUND, "there is no such security package"),
	WORDS(SEC_E_NOT_OWNER, "the caller does not own the credentials"),
	WORDS(SEC_E_INVALID_TOKEN, "the peer's message is malformed"),
	WORDS(SEC_E_QOP_NOT_SUPPORTED, "the quality of protection is not supported"),
	WORDS(SEC_E_LOGON_DENIED, "the logon was denied"),
	WORDS(SEC_E_UNKNOWN_CREDENTIALS, "the credentials are not recognized"),
	WORDS(SEC_E_NO_CREDENTIALS, "no credentials are available"),
	WORDS(SEC_E_MESSAGE_ALTERED, "a message was altered"),
	WORDS(SEC_E_OUT_OF_SEQUENCE, "a message is out of sequence"),
	WORDS(SEC_E_NO_AUTHENTICATING_AUTHORITY,
	      "no authority could be contacted for the authentication"),
	WORDS(SEC_E_CONTEXT_EXPIRED, "the context has expired"),
	WORDS(SEC_E_INCOMPLETE_MESSAGE, "more of the message is needed"),
	WORDS(SEC_E_BUFFER_TOO_SMALL, "a buffer is too small"),
	WORDS(SEC_E_WRONG_PRINCIPAL, "the server is another one than the target"),
	WORDS(SEC_E_TIME_SKEW, "the clocks of the two machines differ too much"),
	WORDS(SEC_E_ILLEGAL_MESSAGE, "a message was not expected or is malformed"),
	WORDS(SEC_E_ENCRYPT_FAILURE, "the message could not be encrypted"),
	WORDS(SEC_E_DECRYPT_FAILURE, "the message could not be decrypted"),
	WORDS(SEC_E_ALGORITHM_MISMATCH, "there is no common strong algorithm"),
	WORDS(SEC_E_BAD_BINDINGS, "the client's channel bindings are missing or wrong"),
	WORDS(SEC_E_INVALID_PARAMETER, "a parameter is not valid"),
	WORDS(SEC_E_DELEGATION_POLICY,
	      "policy does not allow credentials to be delegated to this server"),
	WORDS(SEC_E_POLICY_NLTM_ONLY,
	      "policy does not allow delegation to a server that is authenticated by NTLM alone"),
	WORDS(SEC_E_NO_CONTEXT, "there is no context"),
	WORDS(SEC_E_MUTUAL_AUTH_FAILED, "the server did not prove its identity"),
};

const char *credssp_status_name(int32_t status)
{
	const struct words *w = FIND(statuses, (uint32_t)status);

	return w ? w->name : "unknown";
}

const char *credssp_status_text(int32_t status)
{
	const struct words *w = FIND(statuses, (uint32_t)status);

	return w ? w->text : "a status without a description";
}

/* The codes that servers send in errorCode, MS-ERREF 2.3.1 */
static const struct words ntstatuses[] = {
	{ 0xc0000022, "STATUS_ACCESS_DENIED", "access was denied" },
	{ 0xc000005e, "STATUS_NO_LOGON_SERVERS", "the server reaches no logon server" },
	{ 0xc0000064, "STATUS_NO_SUCH_USER", "there is no such user" },
	{ 0xc000006a, "STATUS_WRONG_PASSWORD", "the password is wrong" },
	{ 0xc000006d, "STATUS_LOGON_FAILURE", "the user name or the password is wrong" },
	{ 0xc000006e, "STATUS_ACCOUNT_RESTRICTION",
	  "the account is restricted (an empty password, perhaps)" },
	{ 0xc000006f, "STATUS_INVALID_LOGON_HOURS",
	  "the account may not log on at this hour" },
	{ 0xc0000070, "STATUS_INVALID_WORKSTATION",
	  "the account may not log on from this computer" },
	{ 0xc0000071, "STATUS_PASSWORD_EXPIRED", "the password has expired" },
	{ 0xc0000072, "STATUS_ACCOUNT_DISABLED", "the account is disabled" },
	{ 0xc00000bb, "STATUS_NOT_SUPPORTED",
	  "the server does not support this version or request" },
	{ 0xc0000133, "STATUS_TIME_DIFFERENCE_AT_DC",
	  "the clocks of client and server differ too much" },
	{ 0xc000015b, "STATUS_LOGON_TYPE_NOT_GRANTED",
	  "the account may not log on this way" },
	{ 0xc000018d, "STATUS_TRUSTED_RELATIONSHIP_FAILURE",
	  "the server's trust relationship with its domain is broken" },
	{ 0xc0000193, "STATUS_ACCOUNT_EXPIRED", "the account has expired" },
	{ 0xc0000224, "STATUS_PASSWORD_MUST_CHANGE",
	  "the password must be changed first" },
	{ 0xc0000234, "STATUS_ACCOUNT_LOCKED_OUT", "the account is locked out" },
	{ 0xc0000388, "STATUS_DOWNGRADE_DETECTED",
	  "the server reaches no domain controller that it believes" },
	{ 0xc0000413, "STATUS_AUTHENTICATION_FIREWALL_FAILED",
	  "the account may not log on to this server from its forest" },
	{ 0xc0000418, "STATUS_NTLM_BLOCKED", "the server or its domain blocks NTLM" },
};

const char *credssp_ntstatus_name(uint32_t ntstatus)
{
	const struct words *w = FIND(ntstatuses, ntstatus);

	return w ? w->name : NULL;
}

const char *credssp_ntstatus_text(uint32_t ntstatus)
{
	const struct words *w = FIND(ntstatuses, ntstatus);

	return w ? w->text : NULL;
}

static const struct words reasons[] = {
	{ CREDSSP_REASON_NONE, "none", "no reason was given" },
	{ CREDSSP_REASON_PARAMETER, "parameter", "the arguments of the call are not valid" },
	{ CREDSSP_REASON_NO_MEMORY, "no-memory", "not enough memory" },
	{ CREDSSP_REASON_NO_HELPER, "no-helper",
	  "credsspd, which does the TLS handshakes, is not running" },
	{ CREDSSP_REASON_HELPER_DIED, "helper-died", "credsspd ended during the handshake" },
	{ CREDSSP_REASON_HELPER_REPLY, "helper-reply", "credsspd refused or gave a bad reply" },
	{ CREDSSP_REASON_TIMEOUT, "timeout", "the server took too long to answer" },
	{ CREDSSP_REASON_CANCELLED, "cancelled", "the exchange was cancelled" },
	{ CREDSSP_REASON_CONNECTION, "connection", "the server closed the connection" },
	{ CREDSSP_REASON_TLS_ALERT, "tls-alert", "the server ended TLS with an alert" },
	{ CREDSSP_REASON_TLS_HANDSHAKE, "tls-handshake",
	  "credsspd could not do the TLS handshake; its log may say why" },
	{ CREDSSP_REASON_TLS_RECORD, "tls-record",
	  "a TLS record is broken, forged or of a forbidden kind" },
	{ CREDSSP_REASON_DER, "der", "the server's TSRequest is malformed" },
	{ CREDSSP_REASON_UNEXPECTED_FIELD, "unexpected-field",
	  "the server's TSRequest has a field that is not allowed there" },
	{ CREDSSP_REASON_VERSION, "version", "the server's CredSSP version is invalid" },
	{ CREDSSP_REASON_VERSION_POLICY, "version-policy",
	  "the server's CredSSP version is below the minimum (unpatched for CVE-2018-0886)" },
	{ CREDSSP_REASON_SPNEGO, "spnego", "the SPNEGO negotiation failed" },
	{ CREDSSP_REASON_MECH_TOKEN, "mech-token",
	  "the server's NTLM or Kerberos message is malformed" },
	{ CREDSSP_REASON_MECH_WEAK, "mech-weak",
	  "the server wants weaker NTLM than NTLMv2 with 128-bit keys" },
	{ CREDSSP_REASON_MECH_MIC, "mech-mic", "an integrity check of the negotiation failed" },
	{ CREDSSP_REASON_BINDING, "binding",
	  "the server did not prove that the TLS key is its own: perhaps a man in the middle" },
	{ CREDSSP_REASON_ERROR_CODE, "error-code", "the server refused with an error code" },
	{ CREDSSP_REASON_CLOSED_AFTER_AUTH, "closed-after-auth",
	  "the server hung up on the credentials: most likely user or password are wrong" },
	{ CREDSSP_REASON_EARLY_DENIED, "early-denied",
	  "the user is known but may not log on to this server remotely" },
	{ CREDSSP_REASON_POLICY, "policy",
	  "delegation policy forbids giving credentials to this target" },
	{ CREDSSP_REASON_SERVER_NOT_PROVEN, "server-not-proven",
	  "the server's certificate does not prove the target, which was required" },
	{ CREDSSP_REASON_KEY, "key", "the key of the credentials cannot be used for this target" },
	{ CREDSSP_REASON_FIPS, "fips", "an algorithm is missing (FIPS mode?)" },
	{ CREDSSP_REASON_LIMIT, "limit", "a limit was exceeded" },
	{ CREDSSP_REASON_SOCKET, "socket", "the socket cannot be used" },
	{ CREDSSP_REASON_CERTIFICATE, "certificate",
	  "the server's certificate is malformed, or has no key that can be used" },
	{ CREDSSP_REASON_LOOPBACK, "loopback",
	  "the module's own loopback connection does not work (a firewall on lo?)" },
	{ CREDSSP_REASON_NTLM_OFF, "ntlm-off",
	  "policy forbids NTLM, and there is no other mechanism for this target" },
	{ CREDSSP_REASON_TLS_VERSION, "tls-version",
	  "the server has no TLS version that credsspd offers (1.2 and 1.3, unless set)" },
	{ CREDSSP_REASON_TLS_ALGORITHM, "tls-algorithm",
	  "no TLS cipher suite, group or signature algorithm in common with the server" },
	{ CREDSSP_REASON_TLS_MESSAGE, "tls-message",
	  "the server sent a TLS message that is not allowed there" },
	{ CREDSSP_REASON_TLS_DECODE, "tls-decode", "the server sent a malformed TLS message" },
	{ CREDSSP_REASON_TLS_PROOF, "tls-proof",
	  "the server did not prove that it has its certificate's key" },
	{ CREDSSP_REASON_KEY_SIZE, "key-size",
	  "the key of the server's certificate is too large to be used" },
	{ CREDSSP_REASON_TLS_SIZE, "tls-size", "the server's TLS handshake is too long" },
	{ CREDSSP_REASON_CLIENT_CERT, "client-cert",
	  "the client certificate or its key could not be used" },
	{ CREDSSP_REASON_NO_TICKETS, "no-tickets",
	  "there is no credential cache, keytab or certificate, or nothing usable in it" },
	{ CREDSSP_REASON_TICKETS_EXPIRED, "tickets-expired",
	  "the Kerberos tickets have expired" },
	{ CREDSSP_REASON_FOREIGN, "foreign",
	  "the program is in other namespaces than credsspd, which reads no tickets for it" },
	{ CREDSSP_REASON_NO_REALM, "no-realm",
	  "the target has no host name, or no Kerberos realm is known for the user" },
	{ CREDSSP_REASON_NO_KDC, "no-kdc",
	  "no KDC of the realm is known, or none has answered" },
	{ CREDSSP_REASON_CLIENT_UNKNOWN, "client-unknown", "the KDC does not know the user" },
	{ CREDSSP_REASON_TARGET_UNKNOWN, "target-unknown", "the KDC does not know the service" },
	{ CREDSSP_REASON_PASSWORD, "wrong-password",
	  "the KDC or the token says that password, PIN or the keytab's key is wrong" },
	{ CREDSSP_REASON_PASSWORD_EXPIRED, "password-expired",
	  "the KDC says that the password has expired" },
	{ CREDSSP_REASON_ACCOUNT, "account",
	  "the account is locked, disabled, revoked or expired" },
	{ CREDSSP_REASON_SKEW, "skew", "the clocks of the two machines differ too much" },
	{ CREDSSP_REASON_ENCTYPE, "enctype",
	  "there is no Kerberos encryption type in common that is strong enough" },
	{ CREDSSP_REASON_USER_TO_USER, "user-to-user",
	  "the service takes user-to-user tickets only" },
	{ CREDSSP_REASON_KRB_ERROR, "krb-error", "the KDC or the server sent a Kerberos error" },
	{ CREDSSP_REASON_KDC_ANSWER, "kdc-answer",
	  "the KDC's answer is malformed or not authentic" },
	{ CREDSSP_REASON_NO_KERBEROS, "no-kerberos", "credsspd has no Kerberos" },
	{ CREDSSP_REASON_NOT_CHOSEN, "not-chosen", "the server chose another mechanism" },
	{ CREDSSP_REASON_CERT_EXPIRED, "cert-expired",
	  "the user's certificate for Kerberos has expired, or is not valid yet" },
	{ CREDSSP_REASON_CERT_UNTRUSTED, "cert-untrusted",
	  "the user's certificate for Kerberos is not trusted here or by the KDC, or was revoked" },
	{ CREDSSP_REASON_LOGON, "logon", "unknown account or wrong password" },
	{ CREDSSP_REASON_LOCKED_OUT, "locked-out",
	  "too many failed logons of this account or address before this one" },
	{ CREDSSP_REASON_BUSY, "busy", "too many logons at a time" },
	{ CREDSSP_REASON_DELEGATION, "delegation",
	  "the client delegates credentials of a kind that the server does not take" },
	{ CREDSSP_REASON_SERVER_CERT, "server-cert",
	  "credsspd has no certificate of that name for the server, or its key is of no use" },
	{ CREDSSP_REASON_NO_ACCOUNTS, "no-accounts",
	  "credsspd has neither a file of accounts nor a domain to ask" },
};

const char *credssp_reason_name(uint32_t reason)
{
	const struct words *w = FIND(reasons, reason);

	return w ? w->name : "unknown";
}

const char *credssp_reason_text(uint32_t reason)
{
	const struct words *w = FIND(reasons, reason);

	return w ? w->text : "a reason this program does not know yet";
}

static const struct words legs[] = {
	{ CREDSSP_LEG_START, "start", "before the first message" },
	{ CREDSSP_LEG_TLS, "tls", "TLS handshake" },
	{ CREDSSP_LEG_NEGO, "nego", "authentication (negoTokens)" },
	{ CREDSSP_LEG_PUBKEY, "pubkey", "proof of user and server (pubKeyAuth)" },
	{ CREDSSP_LEG_CREDS, "creds", "delegation (authInfo)" },
	{ CREDSSP_LEG_EARLY_AUTH, "early-auth", "early user authorization" },
	{ CREDSSP_LEG_ESTABLISHED, "established", "established" },
};

const char *credssp_leg_name(uint32_t leg)
{
	const struct words *w = FIND(legs, leg);

	return w ? w->name : "unknown";
}

const char *credssp_leg_text(uint32_t leg)
{
	const struct words *w = FIND(legs, leg);

	return w ? w->text : "unknown";
}

static const struct words trust_bits[] = {
	{ CREDSSP_TRUST_UNTRUSTED_ROOT, "untrusted-root", "not issued by a trusted authority" },
	{ CREDSSP_TRUST_EXPIRED, "expired", "expired" },
	{ CREDSSP_TRUST_NOT_YET_VALID, "not-yet-valid", "not valid yet" },
	{ CREDSSP_TRUST_WRONG_NAME, "wrong-name", "for another name" },
	{ CREDSSP_TRUST_REVOKED, "revoked", "revoked" },
	{ CREDSSP_TRUST_WEAK, "weak", "weak algorithm or key" },
	{ CREDSSP_TRUST_INVALID, "invalid", "not valid" },
	{ CREDSSP_TRUST_NOT_EVALUATED, "not-evaluated", "no host name to check it against" },
};

const char *credssp_trust_name(uint32_t bit)
{
	const struct words *w = FIND(trust_bits, bit);

	return w ? w->name : "unknown";
}

const char *credssp_trust_text(uint32_t bit)
{
	const struct words *w = FIND(trust_bits, bit);

	return w ? w->text : "unknown";
}

/* The AEAD suites of IANA's registry that kTLS can take over */
static const struct words ciphers[] = {
	{ 0x1301, "TLS_AES_128_GCM_SHA256", NULL },
	{ 0x1302, "TLS_AES_256_GCM_SHA384", NULL },
	{ 0x1303, "TLS_CHACHA20_POLY1305_SHA256", NULL },
	{ 0x009c, "TLS_RSA_WITH_AES_128_GCM_SHA256", NULL },
	{ 0x009d, "TLS_RSA_WITH_AES_256_GCM_SHA384", NULL },
	{ 0x009e, "TLS_DHE_RSA_WITH_AES_128_GCM_SHA256", NULL },
	{ 0x009f, "TLS_DHE_RSA_WITH_AES_256_GCM_SHA384", NULL },
	{ 0xc02b, "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256", NULL },
	{ 0xc02c, "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384", NULL },
	{ 0xc02f, "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256", NULL },
	{ 0xc030, "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384", NULL },
	{ 0xcca8, "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256", NULL },
	{ 0xcca9, "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256", NULL },
	{ 0xccaa, "TLS_DHE_RSA_WITH_CHACHA20_POLY1305_SHA256", NULL },
};

const char *credssp_cipher_name(uint16_t suite)
{
	const struct words *w = FIND(ciphers, suite);

	return w ? w->name : NULL;
}

/* RFC 8446 6, and RFC 5246 7.2 */
static const struct words alerts[] = {
	{ 0, "close_notify", NULL },
	{ 10, "unexpected_message", NULL },
	{ 20, "bad_record_mac", NULL },
	{ 22, "record_overflow", NULL },
	{ 40, "handshake_failure", NULL },
	{ 42, "bad_certificate", NULL },
	{ 43, "unsupported_certificate", NULL },
	{ 44, "certificate_revoked", NULL },
	{ 45, "certificate_expired", NULL },
	{ 46, "certificate_unknown", NULL },
	{ 47, "illegal_parameter", NULL },
	{ 48, "unknown_ca", NULL },
	{ 49, "access_denied", NULL },
	{ 50, "decode_error", NULL },
	{ 51, "decrypt_error", NULL },
	{ 70, "protocol_version", NULL },
	{ 71, "insufficient_security", NULL },
	{ 80, "internal_error", NULL },
	{ 86, "inappropriate_fallback", NULL },
	{ 90, "user_canceled", NULL },
	{ 100, "no_renegotiation", NULL },
	{ 109, "missing_extension", NULL },
	{ 110, "unsupported_extension", NULL },
	{ 112, "unrecognized_name", NULL },
	{ 116, "certificate_required", NULL },
	{ 120, "no_application_protocol", NULL },
};

const char *credssp_alert_name(uint32_t description)
{
	const struct words *w = FIND(alerts, description);

	return w ? w->name : "unknown";
}

static const struct words packages[] = {
	{ CREDSSP_PACKAGE_CREDSSP, "CREDSSP", NULL },
	{ CREDSSP_PACKAGE_NEGOTIATE, "Negotiate", NULL },
	{ CREDSSP_PACKAGE_NTLM, "NTLM", NULL },
	{ CREDSSP_PACKAGE_KERBEROS, "Kerberos", NULL },
};

const char *credssp_package_name(uint32_t package)
{
	const struct words *w = FIND(packages, package);

	return w ? w->name : NULL;
}

static const struct words mechs[] = {
	{ CREDSSP_MECH_NEGOTIATE, "negotiate", NULL },
	{ CREDSSP_MECH_NTLM, "ntlm", NULL },
	{ CREDSSP_MECH_KERBEROS, "kerberos", NULL },
};

const char *credssp_mech_name(uint32_t mech)
{
	const struct words *w = FIND(mechs, mech);

	return w ? w->name : NULL;
}

/* The codes that clients meet, RFC 4120 7.5.9, and what they mean there */
static const struct words krb_errors[] = {
	{ 1, "KDC_ERR_NAME_EXP", "the account has expired" },
	{ 2, "KDC_ERR_SERVICE_EXP", "the service's account has expired" },
	{ 6, "KDC_ERR_C_PRINCIPAL_UNKNOWN", "there is no such user in the realm" },
	{ 7, "KDC_ERR_S_PRINCIPAL_UNKNOWN", "there is no such service in the realm" },
	{ 9, "KDC_ERR_NULL_KEY", "the user or the service has no key" },
	{ 12, "KDC_ERR_POLICY", "a policy of the KDC forbids it" },
	{ 13, "KDC_ERR_BADOPTION", "the KDC cannot grant an option of the request" },
	{ 14, "KDC_ERR_ETYPE_NOSUPP", "the KDC supports none of the encryption types" },
	{ 16, "KDC_ERR_PADATA_TYPE_NOSUPP",
	  "the KDC does not support this kind of preauthentication" },
	{ 18, "KDC_ERR_CLIENT_REVOKED", "the account is locked, disabled or expired" },
	{ 19, "KDC_ERR_SERVICE_REVOKED", "the service's account is disabled" },
	{ 20, "KDC_ERR_TGT_REVOKED", "the ticket-granting ticket was revoked" },
	{ 21, "KDC_ERR_CLIENT_NOTYET", "the account is not valid yet" },
	{ 23, "KDC_ERR_KEY_EXPIRED", "the password has expired" },
	{ 24, "KDC_ERR_PREAUTH_FAILED", "the password is wrong" },
	{ 25, "KDC_ERR_PREAUTH_REQUIRED", "the KDC wants preauthentication of another kind" },
	{ 26, "KDC_ERR_SERVER_NOMATCH", "the ticket is for another service" },
	{ 27, "KDC_ERR_MUST_USE_USER2USER", "the service takes user-to-user tickets only" },
	{ 29, "KDC_ERR_SVC_UNAVAILABLE", "a service that the KDC needs is not available" },
	{ 31, "KRB_AP_ERR_BAD_INTEGRITY",
	  "a message does not decrypt: a password or key is wrong" },
	{ 32, "KRB_AP_ERR_TKT_EXPIRED", "the ticket has expired" },
	{ 33, "KRB_AP_ERR_TKT_NYV", "the ticket is not valid yet" },
	{ 34, "KRB_AP_ERR_REPEAT", "the request is a replay, says the server" },
	{ 35, "KRB_AP_ERR_NOT_US", "the ticket is for another server" },
	{ 36, "KRB_AP_ERR_BADMATCH", "ticket and authenticator are of different users" },
	{ 37, "KRB_AP_ERR_SKEW", "the clocks differ too much" },
	{ 38, "KRB_AP_ERR_BADADDR", "the ticket is for another network address" },
	{ 39, "KRB_AP_ERR_BADVERSION", "the versions of the protocol differ" },
	{ 40, "KRB_AP_ERR_MSG_TYPE", "a message is of the wrong type" },
	{ 41, "KRB_AP_ERR_MODIFIED",
	  "the server cannot decrypt the ticket: it has another key than the KDC" },
	{ 44, "KRB_AP_ERR_BADKEYVER",
	  "the server does not have this version of its key: its keytab is old" },
	{ 45, "KRB_AP_ERR_NOKEY", "the server has no key for this service" },
	{ 46, "KRB_AP_ERR_MUT_FAIL", "mutual authentication failed" },
	{ 50, "KRB_AP_ERR_INAPP_CKSUM", "the kind of a checksum is not acceptable" },
	{ 52, "KRB_ERR_RESPONSE_TOO_BIG", "the answer is too big for UDP" },
	{ 60, "KRB_ERR_GENERIC", "an error without a code of its own" },
	{ 62, "KDC_ERR_CLIENT_NOT_TRUSTED", "the KDC does not trust the user's certificate" },
	{ 64, "KDC_ERR_INVALID_SIG", "the signature is not by the key of the certificate" },
	{ 65, "KDC_ERR_DH_KEY_PARAMETERS_NOT_ACCEPTED",
	  "the KDC does not accept the Diffie-Hellman group" },
	{ 68, "KDC_ERR_WRONG_REALM", "the KDC is not that of the user's realm" },
	{ 69, "KRB_AP_ERR_USER_TO_USER_REQUIRED",
	  "the server takes user-to-user tickets only" },
	{ 70, "KDC_ERR_CANT_VERIFY_CERTIFICATE",
	  "the KDC knows no authority of the user's certificate" },
	{ 71, "KDC_ERR_INVALID_CERTIFICATE", "to the KDC the user's certificate is not valid" },
	{ 72, "KDC_ERR_REVOKED_CERTIFICATE", "the user's certificate was revoked" },
	{ 73, "KDC_ERR_REVOCATION_STATUS_UNKNOWN",
	  "the KDC does not know whether the user's certificate was revoked" },
	{ 74, "KDC_ERR_REVOCATION_STATUS_UNAVAILABLE",
	  "the KDC cannot find out whether the user's certificate was revoked" },
	{ 75, "KDC_ERR_CLIENT_NAME_MISMATCH", "the certificate is another user's" },
	{ 77, "KDC_ERR_INCONSISTENT_KEY_PURPOSE", "the certificate is not one for logons" },
	{ 78, "KDC_ERR_DIGEST_IN_CERT_NOT_ACCEPTED",
	  "the KDC does not accept the digest algorithm of the certificate" },
	{ 79, "KDC_ERR_PA_CHECKSUM_MUST_BE_INCLUDED", "the KDC wants another checksum" },
	{ 80, "KDC_ERR_DIGEST_IN_SIGNED_DATA_NOT_ACCEPTED",
	  "the KDC does not accept the digest algorithm of the signature" },
	{ 81, "KDC_ERR_PUBLIC_KEY_ENCRYPTION_NOT_SUPPORTED",
	  "the KDC does not encrypt with the certificate's key" },
};

const char *credssp_krb_error_name(uint32_t code)
{
	const struct words *w = FIND(krb_errors, code);

	return w ? w->name : NULL;
}

const char *credssp_krb_error_text(uint32_t code)
{
	const struct words *w = FIND(krb_errors, code);

	return w ? w->text : "a Kerberos error without a description";
}
