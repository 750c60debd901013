// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "outcome.h"
#include "text.h"

#define ANY_REASON	UINT32_MAX
#define ANY_STATUS	INT32_MAX

/* The first row that fits decides. */
static const struct {
	uint32_t reason;
	int32_t status;
	enum exit_code code;
} exits[] = {
	{ CTL_REASON_RESOLVE,			ANY_STATUS, EXIT_CODE_CONNECTION },
	{ CTL_REASON_CONNECT,			ANY_STATUS, EXIT_CODE_CONNECTION },
	{ CTL_REASON_X224_CLOSED,		ANY_STATUS, EXIT_CODE_CONNECTION },
	{ CTL_REASON_X224_MALFORMED,		ANY_STATUS, EXIT_CODE_PEER },
	{ CTL_REASON_X224_REFUSED,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CTL_REASON_X224_DOWNGRADE,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CTL_REASON_X224_NOT_OFFERED,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CTL_REASON_NO_MODULE,			ANY_STATUS, EXIT_CODE_NO_SERVICE },
	{ CTL_REASON_NO_PERMISSION,		ANY_STATUS, EXIT_CODE_NO_SERVICE },
	{ CTL_REASON_NO_DEVICE,			ANY_STATUS, EXIT_CODE_NO_SERVICE },
	{ CTL_REASON_PASSWORD,			ANY_STATUS, EXIT_CODE_USAGE },
	{ CTL_REASON_HTTP_CLOSED,		ANY_STATUS, EXIT_CODE_CONNECTION },
	{ CTL_REASON_HTTP_MALFORMED,		ANY_STATUS, EXIT_CODE_PEER },
	{ CTL_REASON_HTTP_NOT_OFFERED,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CTL_REASON_HTTP_NO_TOKEN,		ANY_STATUS, EXIT_CODE_PEER },
	{ CTL_REASON_HTTP_DENIED,		ANY_STATUS, EXIT_CODE_DENIED },
	{ CTL_REASON_HTTP_STATUS,		ANY_STATUS, EXIT_CODE_OTHER },
	{ CTL_REASON_HTTP_PREMATURE,		ANY_STATUS, EXIT_CODE_PEER },
	{ CTL_REASON_HTTP_MESSAGE,		ANY_STATUS, EXIT_CODE_PEER },

	{ CREDSSP_REASON_NONE,			SEC_E_OK, EXIT_CODE_AUTHENTICATED },
	{ CREDSSP_REASON_NO_HELPER,		ANY_STATUS, EXIT_CODE_NO_SERVICE },
	{ CREDSSP_REASON_HELPER_DIED,		ANY_STATUS, EXIT_CODE_NO_SERVICE },
	{ CREDSSP_REASON_HELPER_REPLY,		ANY_STATUS, EXIT_CODE_NO_SERVICE },
	{ CREDSSP_REASON_TIMEOUT,		ANY_STATUS, EXIT_CODE_CONNECTION },
	{ CREDSSP_REASON_CONNECTION,		ANY_STATUS, EXIT_CODE_CONNECTION },
	{ CREDSSP_REASON_TLS_ALERT,		SEC_E_LOGON_DENIED, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_TLS_ALERT,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_TLS_HANDSHAKE,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_TLS_RECORD,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_TLS_VERSION,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_TLS_ALGORITHM,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_TLS_MESSAGE,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_TLS_DECODE,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_TLS_PROOF,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_TLS_SIZE,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_KEY_SIZE,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_DER,			ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_UNEXPECTED_FIELD,	ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_VERSION,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_VERSION_POLICY,	ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_SPNEGO,		SEC_E_LOGON_DENIED, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_SPNEGO,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_MECH_TOKEN,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_MECH_WEAK,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_MECH_MIC,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_BINDING,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_CERTIFICATE,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_ERROR_CODE,		SEC_E_UNSUPPORTED_FUNCTION, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_ERROR_CODE, SEC_E_NO_AUTHENTICATING_AUTHORITY, EXIT_CODE_OTHER },
	{ CREDSSP_REASON_ERROR_CODE,		ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_CLOSED_AFTER_AUTH,	ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_EARLY_DENIED,		ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_POLICY,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_NTLM_OFF,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_SERVER_NOT_PROVEN,	ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_FIPS,			ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_NO_TICKETS,		ANY_STATUS, EXIT_CODE_USAGE },
	{ CREDSSP_REASON_TICKETS_EXPIRED,	ANY_STATUS, EXIT_CODE_USAGE },
	{ CREDSSP_REASON_CERT_EXPIRED,		ANY_STATUS, EXIT_CODE_USAGE },
	{ CREDSSP_REASON_CERT_UNTRUSTED,	ANY_STATUS, EXIT_CODE_USAGE },
	{ CREDSSP_REASON_TARGET_UNKNOWN,	ANY_STATUS, EXIT_CODE_USAGE },
	{ CREDSSP_REASON_CLIENT_UNKNOWN,	ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_PASSWORD,		ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_PASSWORD_EXPIRED,	ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_ACCOUNT,		ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_FOREIGN,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_ENCTYPE,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_USER_TO_USER,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_NOT_CHOSEN,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_KDC_ANSWER,		ANY_STATUS, EXIT_CODE_PEER },
	{ CREDSSP_REASON_NO_KDC,		ANY_STATUS, EXIT_CODE_CONNECTION },
	{ CREDSSP_REASON_NO_KERBEROS,		ANY_STATUS, EXIT_CODE_NO_SERVICE },
	{ CREDSSP_REASON_KRB_ERROR,		SEC_E_LOGON_DENIED, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_KRB_ERROR,		SEC_E_WRONG_PRINCIPAL, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_KRB_ERROR,		ANY_STATUS, EXIT_CODE_OTHER },
	{ CREDSSP_REASON_NO_REALM,		ANY_STATUS, EXIT_CODE_OTHER },
	{ CREDSSP_REASON_SKEW,			ANY_STATUS, EXIT_CODE_OTHER },
	{ CREDSSP_REASON_LOGON,			ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_LOCKED_OUT,		ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_BUSY,			ANY_STATUS, EXIT_CODE_DENIED },
	{ CREDSSP_REASON_DELEGATION,		ANY_STATUS, EXIT_CODE_POLICY },
	{ CREDSSP_REASON_SERVER_CERT,		ANY_STATUS, EXIT_CODE_NO_SERVICE },
	{ CREDSSP_REASON_LIMIT,			SEC_E_INVALID_TOKEN, EXIT_CODE_PEER },
	/* the kernel cannot apply the server's record size limit */
	{ CREDSSP_REASON_LIMIT,			SEC_E_UNSUPPORTED_FUNCTION, EXIT_CODE_PEER },

	{ ANY_REASON, SEC_E_LOGON_DENIED,	EXIT_CODE_DENIED },
	{ ANY_REASON, SEC_E_TARGET_UNKNOWN,	EXIT_CODE_USAGE },
	{ ANY_REASON, SEC_E_DELEGATION_POLICY,	EXIT_CODE_POLICY },
	{ ANY_REASON, SEC_E_POLICY_NLTM_ONLY,	EXIT_CODE_POLICY },
	{ ANY_REASON, SEC_E_MUTUAL_AUTH_FAILED,	EXIT_CODE_POLICY },
	{ ANY_REASON, SEC_E_WRONG_PRINCIPAL,	EXIT_CODE_POLICY },
	{ ANY_REASON, SEC_E_UNSUPPORTED_FUNCTION, EXIT_CODE_POLICY },
	{ ANY_REASON, SEC_E_INVALID_TOKEN,	EXIT_CODE_PEER },
	{ ANY_REASON, SEC_E_ILLEGAL_MESSAGE,	EXIT_CODE_PEER },
	{ ANY_REASON, SEC_E_MESSAGE_ALTERED,	EXIT_CODE_PEER },
	{ ANY_REASON, SEC_E_OUT_OF_SEQUENCE,	EXIT_CODE_PEER },
	{ ANY_REASON, SEC_E_BAD_BINDINGS,	EXIT_CODE_PEER },
	{ ANY_REASON, SEC_E_DECRYPT_FAILURE,	EXIT_CODE_PEER },
	{ ANY_REASON, SEC_E_ALGORITHM_MISMATCH,	EXIT_CODE_PEER },
	{ ANY_REASON, SEC_E_NO_AUTHENTICATING_AUTHORITY, EXIT_CODE_NO_SERVICE },
};

/* A status has a meaning only if the module gave it. */
static bool status_fits(const struct outcome *o, int32_t status)
{
	return status == ANY_STATUS || (o->asked && o->status == status);
}

enum exit_code outcome_exit_code(const struct outcome *o)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(exits); i++)
		if ((exits[i].reason == ANY_REASON || exits[i].reason == o->reason) &&
		    status_fits(o, exits[i].status))
			return exits[i].code;
	return EXIT_CODE_OTHER;
}

static const struct {
	uint32_t reason;
	const char *name;
	const char *text;
} ctl_reasons[] = {
	{ CTL_REASON_RESOLVE, "resolve", "the host name has no address" },
	{ CTL_REASON_CONNECT, "connect", "the server cannot be reached" },
	{ CTL_REASON_X224_CLOSED, "x224-closed",
	  "the server hung up on the RDP connection request" },
	{ CTL_REASON_X224_MALFORMED, "x224-malformed", "the server does not speak RDP" },
	{ CTL_REASON_X224_REFUSED, "x224-refused", "the server refused CredSSP" },
	{ CTL_REASON_X224_DOWNGRADE, "x224-downgrade",
	  "the server chose a protocol without CredSSP, which is not accepted" },
	{ CTL_REASON_X224_NOT_OFFERED, "x224-not-offered",
	  "the server only knows standard RDP security, without TLS or CredSSP" },
	{ CTL_REASON_NO_MODULE, "no-module",
	  "the kernel module credssp is not loaded (modprobe credssp)" },
	{ CTL_REASON_NO_PERMISSION, "no-permission", CREDSSP_DEVICE " cannot be opened" },
	{ CTL_REASON_NO_DEVICE, "no-device",
	  "the kernel module credssp is loaded, but there is no " CREDSSP_DEVICE },
	{ CTL_REASON_PASSWORD, "password", "there is no usable password" },
	{ CTL_REASON_HTTP_CLOSED, "http-closed",
	  "the server closed the connection to which the logon belongs" },
	{ CTL_REASON_HTTP_MALFORMED, "http-malformed", "the server's HTTP is malformed" },
	{ CTL_REASON_HTTP_NOT_OFFERED, "http-not-offered",
	  "the server does not offer CredSSP over HTTP" },
	{ CTL_REASON_HTTP_NO_TOKEN, "http-no-token",
	  "the server ended the exchange without saying why" },
	{ CTL_REASON_HTTP_DENIED, "http-denied", "the server denied the logon" },
	{ CTL_REASON_HTTP_STATUS, "http-status", "the server answered with an error" },
	{ CTL_REASON_HTTP_PREMATURE, "http-premature",
	  "the server reports success before it has proved anything" },
	{ CTL_REASON_HTTP_MESSAGE, "http-message",
	  "the answer to the sealed message is not properly sealed" },
};

const char *outcome_reason_name(const struct outcome *o)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ctl_reasons); i++)
		if (ctl_reasons[i].reason == o->reason)
			return ctl_reasons[i].name;
	return credssp_reason_name(o->reason);
}

const char *outcome_reason_text(const struct outcome *o)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ctl_reasons); i++)
		if (ctl_reasons[i].reason == o->reason)
			return ctl_reasons[i].text;
	/* Kerberos has a proof of its own, which does not depend on the certificate. */
	if (o->reason == CREDSSP_REASON_SERVER_NOT_PROVEN &&
	    o->report.mech_package == CREDSSP_PACKAGE_KERBEROS)
		return "the server did not prove by Kerberos that it is the target";
	if (o->reason == CREDSSP_REASON_NONE && o->asked)
		return credssp_status_text(o->status);
	return credssp_reason_text(o->reason);
}

void outcome_fail(struct outcome *o, uint32_t reason, const char *detail, ...)
{
	va_list args;

	o->reason = reason;
	va_start(args, detail);
	vsnprintf(o->detail, sizeof(o->detail), detail, args);
	va_end(args);
}

void outcome_status(struct outcome *o, int32_t status, uint32_t reason)
{
	o->asked = true;
	o->status = status;
	o->reason = reason;
}

void outcome_errno(struct outcome *o, uint32_t reason)
{
	int err = errno;

	outcome_fail(o, err == ETIMEDOUT ? CREDSSP_REASON_TIMEOUT : reason, "%s",
		     strerror(err));
}

/* Copy a string of an attribute's @length bytes, if there is room for it in @to. */
static void copy_string(char *to, size_t room, const void *attribute, uint32_t length,
			uint32_t offset, uint32_t bytes)
{
	if (offset > length || bytes > length - offset || bytes >= room)
		return;
	memcpy(to, (const char *)attribute + offset, bytes);
	to[bytes] = '\0';
}

void outcome_client(struct outcome *o, const void *names, uint32_t length)
{
	struct credssp_names head;

	if (length < sizeof(head))
		return;
	memcpy(&head, names, sizeof(head));
	copy_string(o->client, sizeof(o->client), names, length, head.user_offset,
		    head.user_length);
}

void outcome_trace(struct outcome *o, const void *trace, uint32_t length)
{
	struct credssp_trace head;

	if (length < sizeof(head))
		return;
	memcpy(&head, trace, sizeof(head));
	copy_string(o->trace, sizeof(o->trace), trace, length, head.text_offset,
		    head.text_length);
}

void outcome_free(struct outcome *o)
{
	credssp_free_context_buffer(o->cert);
	o->cert = NULL;
}
