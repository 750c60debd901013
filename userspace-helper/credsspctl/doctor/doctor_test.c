// SPDX-License-Identifier: GPL-2.0-only
/* Which step fails, and what to do: the complaints of the field, by what the module reports. */
#include <stdlib.h>
#include <string.h>

#include "doctor.h"
#include "logon/advice.h"
#include "rdp/rdp.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

static struct options opt;
static struct outcome o;
static struct doctor_finding findings[DOCTOR_STEPS];

/* A logon by NTLM to a server with a self-made certificate, which works */
static void start(void)
{
	memset(&opt, 0, sizeof(opt));
	memset(&o, 0, sizeof(o));
	strcpy(opt.host, "srv");
	strcpy(opt.target, "TERMSRV/srv");
	strcpy(opt.domain, "EXAMPLE");
	strcpy(opt.user, "alice");
	opt.port = RDP_PORT;
	opt.mechs = CREDSSP_MECH_NEGOTIATE;
	strcpy(o.address, "192.0.2.1:3389");
	o.rdp_known = true;
	o.rdp_protocol = RDP_PROTOCOL_HYBRID;
	o.report = (struct credssp_report){
		.leg = CREDSSP_LEG_ESTABLISHED,
		.tls_version = 0x0304, .tls_cipher = 0x1302,
		.credssp_version = 6, .peer_version = 6,
		.mech = CREDSSP_MECH_NEGOTIATE, .mech_package = CREDSSP_PACKAGE_NTLM,
		.trust = CREDSSP_TRUST_UNTRUSTED_ROOT,
		.facts = CREDSSP_FACT_TLS | CREDSSP_FACT_PEER_VERSION | CREDSSP_FACT_DELEGATED,
		.passed_over = CREDSSP_REASON_NO_REALM,
	};
	outcome_status(&o, SEC_E_OK, CREDSSP_REASON_NONE);
}

static void fail_with(int32_t status, uint32_t reason, uint32_t leg)
{
	outcome_status(&o, status, reason);
	o.report.reason = reason;
	o.report.leg = leg;
	o.report.facts &= ~CREDSSP_FACT_DELEGATED;
}

static void says(uint32_t ntstatus, uint32_t leg)
{
	fail_with(SEC_E_LOGON_DENIED, CREDSSP_REASON_ERROR_CODE, leg);
	o.report.facts |= CREDSSP_FACT_NTSTATUS;
	o.report.ntstatus = ntstatus;
}

/* The step fails, its advice has @words, and no step after it is said to be passed. */
static void expect(enum doctor_step at, enum doctor_step want, const char *words)
{
	enum doctor_step failed = doctor_judge(&opt, &o, at, findings), step;
	const char *advice = want < DOCTOR_STEPS ? findings[want].advice : NULL;

	CHECK(failed == want);
	if (want == DOCTOR_STEPS)
		return;
	CHECK(findings[want].state == DOCTOR_FAILED && *findings[want].found);
	CHECK(advice && strstr(advice, words));
	if (failed != want || !advice || !strstr(advice, words))
		printf("# step %d, not %s: %s\n", failed, doctor_name(want),
		       advice ? advice : "no advice");
	for (step = 0; step < want; step++)
		CHECK(findings[step].state == DOCTOR_OK || findings[step].state == DOCTOR_WARNING);
	for (step = want + 1; step < DOCTOR_STEPS; step++)
		CHECK(findings[step].state == DOCTOR_NOT_REACHED || step == DOCTOR_VERSION ||
		      step == DOCTOR_MECHANISM);
}

static void test_early(void)
{
	static const struct {
		uint32_t reason;
		enum doctor_step step;
		const char *words;
	} rows[] = {
		{ CTL_REASON_NO_MODULE, DOCTOR_MODULE, "modprobe credssp" },
		{ CTL_REASON_NO_DEVICE, DOCTOR_DEVICE, "container" },
		{ CTL_REASON_NO_PERMISSION, DOCTOR_DEVICE, "0666" },
		{ CREDSSP_REASON_NO_HELPER, DOCTOR_HELPER, "systemctl start credsspd" },
		{ CREDSSP_REASON_KEY, DOCTOR_CREDENTIALS, "credsspctl cred add" },
		{ CTL_REASON_PASSWORD, DOCTOR_CREDENTIALS, "--password-fd" },
		{ CTL_REASON_RESOLVE, DOCTOR_DNS, "DNS" },
		{ CTL_REASON_CONNECT, DOCTOR_PORT, "firewalls" },
		{ CTL_REASON_X224_REFUSED, DOCTOR_PROTOCOL, "Network Level Authentication" },
		{ CTL_REASON_X224_MALFORMED, DOCTOR_PROTOCOL, "not RDP" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		start();
		memset(&o.report, 0, sizeof(o.report));
		o.asked = false;
		outcome_fail(&o, rows[i].reason, "%s", "");
		expect(rows[i].step, rows[i].step, rows[i].words);
	}
}

/* Each of the field's common complaints has its sentence. */
static void test_complaints(void)
{
	start();
	fail_with(SEC_E_UNSUPPORTED_FUNCTION, CREDSSP_REASON_VERSION_POLICY, CREDSSP_LEG_NEGO);
	expect(DOCTOR_TLS, DOCTOR_VERSION, "oracle remediation");

	start();
	says(0xc0000071, CREDSSP_LEG_PUBKEY);
	expect(DOCTOR_TLS, DOCTOR_LOGON, "Change the password");
	CHECK(strstr(findings[DOCTOR_LOGON].found, "the password has expired"));
	says(0xc0000224, CREDSSP_LEG_PUBKEY);
	expect(DOCTOR_TLS, DOCTOR_LOGON, "Change the password");
	fail_with(SEC_E_LOGON_DENIED, CREDSSP_REASON_PASSWORD_EXPIRED, CREDSSP_LEG_NEGO);
	o.report.facts &= ~CREDSSP_FACT_NTSTATUS;
	expect(DOCTOR_TLS, DOCTOR_KDC, "Change the password");

	start();
	fail_with(SEC_E_INTERNAL_ERROR, CREDSSP_REASON_SKEW, CREDSSP_LEG_NEGO);
	o.report.skew = 3600;
	o.report.passed_over = 0;
	expect(DOCTOR_TLS, DOCTOR_KDC, "Set the clocks");
	CHECK(strstr(findings[DOCTOR_KDC].found, "1 hour ahead"));
	start();
	says(0xc0000133, CREDSSP_LEG_PUBKEY);
	expect(DOCTOR_TLS, DOCTOR_KDC, "Set the clocks");

	start();
	fail_with(SEC_E_INTERNAL_ERROR, CREDSSP_REASON_KRB_ERROR, CREDSSP_LEG_NEGO);
	o.report.krb_error = 33;
	expect(DOCTOR_TLS, DOCTOR_KDC, "Set the clocks");

	start();
	fail_with(SEC_E_TARGET_UNKNOWN, CREDSSP_REASON_TARGET_UNKNOWN, CREDSSP_LEG_NEGO);
	expect(DOCTOR_TLS, DOCTOR_KDC, "setspn");

	start();
	fail_with(SEC_E_UNSUPPORTED_FUNCTION, CREDSSP_REASON_NTLM_OFF, CREDSSP_LEG_NEGO);
	expect(DOCTOR_TLS, DOCTOR_MECHANISM, "Use Kerberos");
	says(0xc0000418, CREDSSP_LEG_PUBKEY);
	expect(DOCTOR_TLS, DOCTOR_MECHANISM, "blocks NTLM");

	start();
	says(0xc000006e, CREDSSP_LEG_PUBKEY);
	expect(DOCTOR_TLS, DOCTOR_LOGON, "Protected Users");
	opt.no_delegate = true;
	expect(DOCTOR_TLS, DOCTOR_LOGON, "Restricted Admin");
	says(0xc000015b, CREDSSP_LEG_PUBKEY);
	expect(DOCTOR_TLS, DOCTOR_LOGON, "Restricted Admin");
	opt.no_delegate = false;
	expect(DOCTOR_TLS, DOCTOR_LOGON, "Remote Desktop Users");
	opt.no_delegate = true;
	fail_with(SEC_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH, CREDSSP_LEG_CREDS);
	o.report.facts &= ~CREDSSP_FACT_NTSTATUS;
	expect(DOCTOR_TLS, DOCTOR_LOGON, "Restricted Admin");

	start();
	opt.mutual = true;
	fail_with(SEC_E_MUTUAL_AUTH_FAILED, CREDSSP_REASON_SERVER_NOT_PROVEN, CREDSSP_LEG_PUBKEY);
	expect(DOCTOR_TLS, DOCTOR_CERTIFICATE, "self-signed");
	CHECK(findings[DOCTOR_VERSION].state == DOCTOR_OK);
	CHECK(findings[DOCTOR_LOGON].state == DOCTOR_NOT_REACHED);
}

static void test_exchange(void)
{
	start();
	fail_with(SEC_E_ILLEGAL_MESSAGE, CREDSSP_REASON_TLS_VERSION, CREDSSP_LEG_TLS);
	expect(DOCTOR_TLS, DOCTOR_TLS, "TLS 1.2 or 1.3");
	fail_with(SEC_E_INTERNAL_ERROR, CREDSSP_REASON_TIMEOUT, CREDSSP_LEG_TLS);
	expect(DOCTOR_TLS, DOCTOR_TLS, "--timeout");
	fail_with(SEC_E_INTERNAL_ERROR, CREDSSP_REASON_CONNECTION, CREDSSP_LEG_NEGO);
	expect(DOCTOR_TLS, DOCTOR_MECHANISM, "network");
	o.report.facts &= ~CREDSSP_FACT_PEER_VERSION;
	expect(DOCTOR_TLS, DOCTOR_VERSION, "network");
	start();
	fail_with(SEC_E_MESSAGE_ALTERED, CREDSSP_REASON_BINDING, CREDSSP_LEG_PUBKEY);
	expect(DOCTOR_TLS, DOCTOR_CERTIFICATE, "Do not log on");
	start();
	fail_with(SEC_E_DELEGATION_POLICY, CREDSSP_REASON_POLICY, CREDSSP_LEG_CREDS);
	expect(DOCTOR_TLS, DOCTOR_DELEGATION, "delegation policy");
	CHECK(findings[DOCTOR_LOGON].state == DOCTOR_OK);
	start();
	opt.carrier = CARRIER_HTTP;
	fail_with(SEC_E_INTERNAL_ERROR, CREDSSP_REASON_CONNECTION, CREDSSP_LEG_TLS);
	expect(DOCTOR_TLS, DOCTOR_PROTOCOL, "speaks CredSSP");
	o.http_status = 401;
	expect(DOCTOR_TLS, DOCTOR_TLS, "speaks CredSSP");
	o.asked = false;
	outcome_fail(&o, CTL_REASON_HTTP_STATUS, "%s", "404 Not Found");
	expect(DOCTOR_TLS, DOCTOR_PROTOCOL, "path");
	CHECK(strstr(findings[DOCTOR_PROTOCOL].found, "404 Not Found"));
}

/* Every reason is somewhere, with advice; the failed step is never one of those before it. */
static void test_reasons(void)
{
	enum doctor_step failed;
	uint32_t reason;

	for (reason = 1; reason <= CREDSSP_REASON_CERT_UNTRUSTED; reason++) {
		start();
		fail_with(SEC_E_INTERNAL_ERROR, reason, CREDSSP_LEG_NEGO);
		failed = doctor_judge(&opt, &o, DOCTOR_TLS, findings);
		CHECK(failed < DOCTOR_STEPS && findings[failed].state == DOCTOR_FAILED);
		CHECK(failed < DOCTOR_STEPS && findings[failed].advice);
		CHECK(doctor_exit(failed) == DOCTOR_EXIT_BASE + (int)failed);
	}
}

static void test_print(void)
{
	char *text = NULL;
	size_t size;
	FILE *f;

	start();
	expect(DOCTOR_TLS, DOCTOR_STEPS, NULL);
	CHECK(doctor_exit(DOCTOR_STEPS) == 0);
	CHECK(findings[DOCTOR_CERTIFICATE].state == DOCTOR_WARNING);
	CHECK(strstr(findings[DOCTOR_CERTIFICATE].advice, "--pin"));
	f = open_memstream(&text, &size);
	doctor_human(f, &opt, findings, DOCTOR_STEPS);
	fclose(f);
	CHECK(strstr(text, "ok       credentials              a password for EXAMPLE\\alice\n"));
	CHECK(strstr(text, "warning  Kerberos ticket          no ticket, because "));
	CHECK(strstr(text, "         -> Name the server by its full DNS name"));
	CHECK(strstr(text, "The logon works.\n"));
	free(text);
	says(0xc0000071, CREDSSP_LEG_PUBKEY);
	strcpy(o.detail, "\x1b[31m");
	doctor_judge(&opt, &o, DOCTOR_TLS, findings);
	f = open_memstream(&text, &size);
	doctor_human(f, &opt, findings, DOCTOR_LOGON);
	doctor_json(f, &opt, &o, findings, DOCTOR_LOGON);
	fclose(f);
	CHECK(strstr(text, "fails at the step \"logon\" (exit status 23)"));
	CHECK(strstr(text, "\"failed_step\": \"logon\"") && strstr(text, "\"exit_code\": 23"));
	CHECK(strstr(text, "-        delegation               not reached\n"));
	CHECK(!strchr(text, '\x1b'));
	free(text);
}

static void test_trust(void)
{
	uint32_t bit;

	CHECK(!advice_for_trust(0));
	for (bit = 1; bit <= CREDSSP_TRUST_NOT_EVALUATED; bit <<= 1)
		CHECK(advice_for_trust(bit));
}

void test_doctor(void)
{
	test_early();
	test_complaints();
	test_exchange();
	test_reasons();
	test_print();
	test_trust();
}
