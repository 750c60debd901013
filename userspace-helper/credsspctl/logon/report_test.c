// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/json.h"
#include "base/outcome.h"
#include "rdp/rdp.h"
#include "report.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

/* What @print writes; to be freed. */
static char *printed(void (*print)(FILE *f, const char *s), const char *s)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	print(f, s);
	fclose(f);
	return text;
}

static void print_json(FILE *f, const char *s)
{
	struct json j = { .f = f, .depth = 0 };

	json_string(&j, NULL, s);
}

static void test_escapes(void)
{
	static const struct {
		const char *in;
		const char *json;
		const char *terminal;
	} rows[] = {
		{ "", "\"\"", "" },
		{ "CN=srv, O=\"x\"", "\"CN=srv, O=\\\"x\\\"\"", "CN=srv, O=\"x\"" },
		{ "a\\b", "\"a\\\\b\"", "a\\b" },
		{ "a\nb\t", "\"a\\u000ab\\u0009\"", "a\\u{a}b\\u{9}" },
		{ "\x1b[2J\x7f", "\"\\u001b[2J\\u007f\"", "\\u{1b}[2J\\u{7f}" },
		{ "\xc2\x9b", "\"\\u009b\"", "\\u{9b}" },		/* C1 CSI */
		{ "\342\200\256gpj", "\"\\u202egpj\"", "\\u{202e}gpj" },
		{ "a\342\200\250b", "\"a\\u2028b\"", "a\\u{2028}b" },
		{ "\xc3\xbc\xf0\x9f\x98\x80", "\"\xc3\xbc\xf0\x9f\x98\x80\"",
		  "\xc3\xbc\xf0\x9f\x98\x80" },
		{ "\xff\xc3", "\"\\ufffd\\ufffd\"", "\\u{ff}\\u{c3}" },
		{ "\xed\xa0\x80", "\"\\ufffd\\ufffd\\ufffd\"", "\\u{ed}\\u{a0}\\u{80}" },
	};
	char *text;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		text = printed(print_json, rows[i].in);
		CHECK(!strcmp(text, rows[i].json));
		free(text);
		text = printed(text_print, rows[i].in);
		CHECK(!strcmp(text, rows[i].terminal));
		free(text);
	}
	CHECK(text_is_clean("b\xc3\xbc") && !text_is_clean("\xe2\x80\xae") &&
	      !text_is_clean("a\xff"));
}

/* One row for each exit status, and for each reason that decides it. */
static void test_exit_codes(void)
{
	static const struct {
		bool asked;
		int32_t status;
		uint32_t reason;
		enum exit_code code;
	} rows[] = {
		{ true, SEC_E_OK, CREDSSP_REASON_NONE, EXIT_CODE_AUTHENTICATED },
		/* a status that is not the module's is no success */
		{ false, SEC_E_OK, CREDSSP_REASON_NONE, EXIT_CODE_OTHER },
		{ true, SEC_E_OK, CREDSSP_REASON_EARLY_DENIED, EXIT_CODE_DENIED },
		{ false, 0, CTL_REASON_PASSWORD, EXIT_CODE_USAGE },
		{ true, SEC_E_TARGET_UNKNOWN, CREDSSP_REASON_PARAMETER, EXIT_CODE_USAGE },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH, EXIT_CODE_DENIED },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_ERROR_CODE, EXIT_CODE_DENIED },
		{ true, SEC_E_UNSUPPORTED_FUNCTION, CREDSSP_REASON_ERROR_CODE, EXIT_CODE_POLICY },
		{ true, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_ERROR_CODE,
		  EXIT_CODE_OTHER },
		{ true, SEC_E_DELEGATION_POLICY, CREDSSP_REASON_POLICY, EXIT_CODE_POLICY },
		{ true, SEC_E_POLICY_NLTM_ONLY, CREDSSP_REASON_POLICY, EXIT_CODE_POLICY },
		{ true, SEC_E_MUTUAL_AUTH_FAILED, CREDSSP_REASON_SERVER_NOT_PROVEN,
		  EXIT_CODE_POLICY },
		{ true, SEC_E_WRONG_PRINCIPAL, CREDSSP_REASON_SERVER_NOT_PROVEN,
		  EXIT_CODE_POLICY },
		{ true, SEC_E_UNSUPPORTED_FUNCTION, CREDSSP_REASON_VERSION_POLICY,
		  EXIT_CODE_POLICY },
		{ true, SEC_E_ALGORITHM_MISMATCH, CREDSSP_REASON_MECH_WEAK, EXIT_CODE_POLICY },
		{ true, SEC_E_ALGORITHM_MISMATCH, CREDSSP_REASON_FIPS, EXIT_CODE_POLICY },
		{ false, 0, CTL_REASON_X224_DOWNGRADE, EXIT_CODE_POLICY },
		{ true, SEC_E_MESSAGE_ALTERED, CREDSSP_REASON_BINDING, EXIT_CODE_PEER },
		{ true, SEC_E_BAD_BINDINGS, CREDSSP_REASON_BINDING, EXIT_CODE_PEER },
		{ true, SEC_E_INVALID_TOKEN, CREDSSP_REASON_DER, EXIT_CODE_PEER },
		{ true, SEC_E_INVALID_TOKEN, CREDSSP_REASON_TLS_ALERT, EXIT_CODE_PEER },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_TLS_ALERT, EXIT_CODE_DENIED },
		{ true, SEC_E_INVALID_TOKEN, CREDSSP_REASON_SPNEGO, EXIT_CODE_PEER },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_SPNEGO, EXIT_CODE_DENIED },
		{ false, 0, CTL_REASON_X224_MALFORMED, EXIT_CODE_PEER },
		{ true, SEC_E_INVALID_TOKEN, CREDSSP_REASON_CONNECTION, EXIT_CODE_CONNECTION },
		{ true, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_TIMEOUT,
		  EXIT_CODE_CONNECTION },
		{ false, 0, CTL_REASON_CONNECT, EXIT_CODE_CONNECTION },
		{ true, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_NO_HELPER,
		  EXIT_CODE_NO_SERVICE },
		{ true, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_NONE,
		  EXIT_CODE_NO_SERVICE },
		{ false, 0, CTL_REASON_NO_MODULE, EXIT_CODE_NO_SERVICE },
		{ false, 0, CTL_REASON_HTTP_NOT_OFFERED, EXIT_CODE_POLICY },
		{ false, 0, CTL_REASON_HTTP_MALFORMED, EXIT_CODE_PEER },
		{ false, 0, CTL_REASON_HTTP_PREMATURE, EXIT_CODE_PEER },
		{ false, 0, CTL_REASON_HTTP_STATUS, EXIT_CODE_OTHER },
		{ true, SEC_E_LOGON_DENIED, CTL_REASON_HTTP_DENIED, EXIT_CODE_DENIED },
		{ true, SEC_E_OK, CTL_REASON_HTTP_MESSAGE, EXIT_CODE_PEER },
		{ true, SEC_E_OK, CTL_REASON_HTTP_CLOSED, EXIT_CODE_CONNECTION },
		{ true, SEC_E_INSUFFICIENT_MEMORY, CREDSSP_REASON_NO_MEMORY, EXIT_CODE_OTHER },
		{ true, SEC_E_NO_CREDENTIALS, CREDSSP_REASON_NO_TICKETS, EXIT_CODE_USAGE },
		{ true, SEC_E_NO_CREDENTIALS, CREDSSP_REASON_TICKETS_EXPIRED, EXIT_CODE_USAGE },
		{ true, SEC_E_NO_CREDENTIALS, CREDSSP_REASON_CERT_EXPIRED, EXIT_CODE_USAGE },
		{ true, SEC_E_NO_CREDENTIALS, CREDSSP_REASON_CERT_UNTRUSTED, EXIT_CODE_USAGE },
		{ true, SEC_E_NO_CREDENTIALS, CREDSSP_REASON_FOREIGN, EXIT_CODE_POLICY },
		{ true, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_NO_REALM,
		  EXIT_CODE_OTHER },
		{ true, SEC_E_NO_AUTHENTICATING_AUTHORITY, CREDSSP_REASON_NO_KDC,
		  EXIT_CODE_CONNECTION },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_CLIENT_UNKNOWN, EXIT_CODE_DENIED },
		{ true, SEC_E_TARGET_UNKNOWN, CREDSSP_REASON_TARGET_UNKNOWN, EXIT_CODE_USAGE },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_PASSWORD, EXIT_CODE_DENIED },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_PASSWORD_EXPIRED, EXIT_CODE_DENIED },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_ACCOUNT, EXIT_CODE_DENIED },
		{ true, SEC_E_TIME_SKEW, CREDSSP_REASON_SKEW, EXIT_CODE_OTHER },
		{ true, SEC_E_ALGORITHM_MISMATCH, CREDSSP_REASON_ENCTYPE, EXIT_CODE_POLICY },
		{ true, SEC_E_TARGET_UNKNOWN, CREDSSP_REASON_USER_TO_USER, EXIT_CODE_POLICY },
		{ true, SEC_E_LOGON_DENIED, CREDSSP_REASON_KRB_ERROR, EXIT_CODE_DENIED },
		{ true, SEC_E_WRONG_PRINCIPAL, CREDSSP_REASON_KRB_ERROR, EXIT_CODE_POLICY },
		{ true, SEC_E_INTERNAL_ERROR, CREDSSP_REASON_KRB_ERROR, EXIT_CODE_OTHER },
		{ true, SEC_E_INVALID_TOKEN, CREDSSP_REASON_KDC_ANSWER, EXIT_CODE_PEER },
		{ true, SEC_E_SECPKG_NOT_FOUND, CREDSSP_REASON_NO_KERBEROS,
		  EXIT_CODE_NO_SERVICE },
		{ true, SEC_E_INVALID_TOKEN, CREDSSP_REASON_NOT_CHOSEN, EXIT_CODE_POLICY },
		{ true, SEC_E_INTERNAL_ERROR, 9999, EXIT_CODE_OTHER },
	};
	struct outcome o = { .status = 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		o.asked = rows[i].asked;
		o.status = rows[i].status;
		o.reason = rows[i].reason;
		CHECK(outcome_exit_code(&o) == rows[i].code);
	}
	/* success is SEC_E_OK without a reason, nothing else */
	for (i = 1; i <= CREDSSP_REASON_CERT_UNTRUSTED; i++) {
		outcome_status(&o, SEC_E_OK, (uint32_t)i);
		CHECK(outcome_exit_code(&o) != EXIT_CODE_AUTHENTICATED);
	}
	for (i = CTL_REASON_RESOLVE; i <= CTL_REASON_HTTP_MESSAGE; i++) {
		o.reason = (uint32_t)i;
		CHECK(strcmp(outcome_reason_name(&o), "unknown"));
	}
}

static void test_errno(void)
{
	struct outcome o = { .status = 0 };

	errno = ETIMEDOUT;
	outcome_errno(&o, CTL_REASON_CONNECT);
	CHECK(o.reason == CREDSSP_REASON_TIMEOUT);
	errno = ECONNREFUSED;
	outcome_errno(&o, CTL_REASON_CONNECT);
	CHECK(o.reason == CTL_REASON_CONNECT && strstr(o.detail, "refused"));
}

static void example(struct options *opt, struct outcome *o)
{
	unsigned int i;

	memset(opt, 0, sizeof(*opt));
	strcpy(opt->user, "alice");
	strcpy(opt->domain, "EXAMPLE");
	strcpy(opt->host, "srv");
	strcpy(opt->target, "TERMSRV/srv");
	opt->port = RDP_PORT;
	opt->transport = TRANSPORT_SOCKET;
	memset(o, 0, sizeof(*o));
	strcpy(o->address, "192.0.2.1:3389");
	o->rdp_known = true;
	o->rdp_protocol = RDP_PROTOCOL_HYBRID_EX;
	o->elapsed_ms = 42;
	o->report = (struct credssp_report){
		.leg = CREDSSP_LEG_CREDS,
		.reason = CREDSSP_REASON_ERROR_CODE,
		.ntstatus = 0xc0000071,
		.tls_version = 0x0304,
		.tls_cipher = 0x1302,
		.credssp_version = 5,
		.peer_version = 6,
		.mech = CREDSSP_MECH_NEGOTIATE,
		.trust = CREDSSP_TRUST_UNTRUSTED_ROOT | CREDSSP_TRUST_WRONG_NAME,
		.facts = CREDSSP_FACT_DELEGATED | CREDSSP_FACT_PEER_VERSION |
			 CREDSSP_FACT_NTSTATUS | CREDSSP_FACT_TLS |
			 CREDSSP_FACT_RESUMED,
		.cert_length = 700,
	};
	for (i = 0; i < 32; i++)
		o->report.cert_sha256[i] = (uint8_t)i;
	outcome_status(o, SEC_E_LOGON_DENIED, CREDSSP_REASON_ERROR_CODE);
}

static const char want_json[] =
"{\n"
"  \"result\": \"failed\",\n"
"  \"exit_code\": 2,\n"
"  \"reason\": \"error-code\",\n"
"  \"message\": \"the server refused with an error code\",\n"
"  \"detail\": null,\n"
"  \"status\": \"SEC_E_LOGON_DENIED\",\n"
"  \"status_code\": \"0x8009030C\",\n"
"  \"leg\": \"creds\",\n"
"  \"ntstatus\": \"STATUS_PASSWORD_EXPIRED\",\n"
"  \"ntstatus_code\": \"0xC0000071\",\n"
"  \"tls_alert\": null,\n"
"  \"tls_alert_code\": null,\n"
"  \"host\": \"srv\",\n"
"  \"port\": 3389,\n"
"  \"address\": \"192.0.2.1:3389\",\n"
"  \"target\": \"TERMSRV/srv\",\n"
"  \"user\": \"alice\",\n"
"  \"domain\": \"EXAMPLE\",\n"
"  \"key\": null,\n"
"  \"ticket_source\": null,\n"
"  \"ticket_name\": null,\n"
"  \"realm\": null,\n"
"  \"user_to_user\": false,\n"
"  \"carrier\": \"rdp\",\n"
"  \"transport\": \"socket\",\n"
"  \"rdp_protocol\": \"HYBRID_EX\",\n"
"  \"http_status\": null,\n"
"  \"sealed_reply\": false,\n"
"  \"tls\": {\n"
"    \"version\": \"1.3\",\n"
"    \"cipher\": \"TLS_AES_256_GCM_SHA384\",\n"
"    \"cipher_code\": \"0x1302\",\n"
"    \"resumed\": true\n"
"  },\n"
"  \"certificate\": {\n"
"    \"subject\": null,\n"
"    \"sha256\": \"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f\",\n"
"    \"length\": 700,\n"
"    \"trusted\": false,\n"
"    \"trust\": [\n"
"      \"untrusted-root\",\n"
"      \"wrong-name\"\n"
"    ]\n"
"  },\n"
"  \"credssp_version\": 5,\n"
"  \"peer_version\": 6,\n"
"  \"mechanism\": \"spnego-ntlm\",\n"
"  \"passed_over\": null,\n"
"  \"client\": null,\n"
"  \"krb_error\": null,\n"
"  \"krb_error_code\": null,\n"
"  \"skew\": null,\n"
"  \"kdc_messages\": 0,\n"
"  \"trace\": [],\n"
"  \"delegated\": true,\n"
"  \"server_proven\": false,\n"
"  \"pinned\": false,\n"
"  \"client_cert\": false,\n"
"  \"early_auth\": false,\n"
"  \"expiry\": null,\n"
"  \"elapsed_ms\": 42\n"
"}\n";

static const char want_human[] =
"Not authenticated: the server refused with an error code\n"
"  Server says  the password has expired (STATUS_PASSWORD_EXPIRED 0xC0000071)\n"
"  Failed at    delegation (authInfo)\n"
"  Status       SEC_E_LOGON_DENIED (0x8009030C), the logon was denied\n"
"  User         EXAMPLE\\alice\n"
"  Target       TERMSRV/srv\n"
"  Server       192.0.2.1:3389, RDP with HYBRID_EX, socket transport\n"
"  TLS          1.3, TLS_AES_256_GCM_SHA384, resumed\n"
"  Certificate  without a subject\n"
"  SHA-256      00:01:02:03:04:05:06:07:08:09:0A:0B:0C:0D:0E:0F\n"
"               10:11:12:13:14:15:16:17:18:19:1A:1B:1C:1D:1E:1F\n"
"  Trust        not trusted: not issued by a trusted authority, for another name\n"
"  CredSSP      version 5 (the server speaks 6), NTLMv2 inside SPNEGO\n"
"  Credentials  delegated to the server\n";

static void check_report(void (*report)(FILE *, const struct options *,
					const struct outcome *),
			 const struct options *opt, const struct outcome *o,
			 const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	report(f, opt, o);
	fclose(f);
	CHECK(!strcmp(text, want));
	if (strcmp(text, want))
		printf("%s", text);
	free(text);
}

static void test_reports(void)
{
	struct options opt;
	struct outcome o;

	example(&opt, &o);
	check_report(report_json, &opt, &o, want_json);
	check_report(report_human, &opt, &o, want_human);

	/* an exchange that has reached nothing has no facts to print */
	memset(&o, 0, sizeof(o));
	outcome_fail(&o, CTL_REASON_RESOLVE, "%s", "Name or service not known");
	check_report(report_human, &opt, &o,
		     "Not authenticated: the host name has no address\n"
		     "  Detail       Name or service not known\n"
		     "  User         EXAMPLE\\alice\n"
		     "  Target       TERMSRV/srv\n"
		     "  Server       srv, socket transport\n");

	/* the user is not known here */
	opt.user[0] = '\0';
	opt.key = 123;
	check_report(report_human, &opt, &o,
		     "Not authenticated: the host name has no address\n"
		     "  Detail       Name or service not known\n"
		     "  User         of key 123\n"
		     "  Target       TERMSRV/srv\n"
		     "  Server       srv, socket transport\n");
	opt.key = 0;
	opt.saved = true;
	check_report(report_human, &opt, &o,
		     "Not authenticated: the host name has no address\n"
		     "  Detail       Name or service not known\n"
		     "  User         saved credentials\n"
		     "  Target       TERMSRV/srv\n"
		     "  Server       srv, socket transport\n");

	example(&opt, &o);
	opt.carrier = CARRIER_HTTP;
	opt.transport = TRANSPORT_TOKEN;
	opt.path = "/wsman";
	memset(&o, 0, sizeof(o));
	outcome_fail(&o, CTL_REASON_HTTP_STATUS, "%s", "503 Busy");
	o.http_status = 503;
	check_report(report_human, &opt, &o,
		     "Not authenticated: the server answered with an error\n"
		     "  Detail       503 Busy\n"
		     "  User         EXAMPLE\\alice\n"
		     "  Target       TERMSRV/srv\n"
		     "  Server       srv, HTTP at /wsman, token transport\n"
		     "  HTTP         503\n");
}

void test_report(void)
{
	test_escapes();
	test_exit_codes();
	test_errno();
	test_reports();
}
