// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "advice.h"
#include "explain.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

/* Each reason has a sentence of its own kind: none falls through the table. */
static void test_advice(void)
{
	const char *unknown = advice_for(UINT32_MAX), *text;
	uint32_t i;

	CHECK(!advice_for(CREDSSP_REASON_NONE) && unknown);
	for (i = 1; i <= CREDSSP_REASON_CERT_UNTRUSTED; i++) {
		text = advice_for(i);
		CHECK(text && text != unknown && text[strlen(text) - 1] == '.');
	}
	for (i = CTL_REASON_RESOLVE; i <= CTL_REASON_NO_DEVICE; i++) {
		text = advice_for(i);
		CHECK(text && text != unknown && text[strlen(text) - 1] == '.');
	}
	CHECK(advice_for(CREDSSP_REASON_NO_ACCOUNTS + 1) == unknown);
}

static void test_kind(void)
{
	static struct options opt;

	CHECK(explain_kind(&opt) == CREDSSP_KIND_FRESH);
	opt.saved = true;
	CHECK(explain_kind(&opt) == CREDSSP_KIND_SAVED);
	opt.saved = false;
	opt.key = 5;
	CHECK(explain_kind(&opt) == CREDSSP_KIND_SAVED);
	opt.key = 0;
	opt.tickets = CREDSSP_TICKETS_CCACHE;
	CHECK(explain_kind(&opt) == CREDSSP_KIND_DEFAULT);
	opt.tickets = CREDSSP_TICKETS_KEYTAB;
	CHECK(explain_kind(&opt) == CREDSSP_KIND_DEFAULT);
}

static struct options opt;
static struct outcome o;
static struct explain_facts facts;

static void start(void)
{
	memset(&opt, 0, sizeof(opt));
	memset(&o, 0, sizeof(o));
	strcpy(opt.host, "srv");
	strcpy(opt.target, "TERMSRV/srv");
	opt.mechs = CREDSSP_MECH_NEGOTIATE;
	strcpy(o.address, "192.0.2.1:3389");
	o.report = (struct credssp_report){
		.leg = CREDSSP_LEG_ESTABLISHED,
		.mech = CREDSSP_MECH_NEGOTIATE,
		.mech_package = CREDSSP_PACKAGE_KERBEROS,
		.kdc_messages = 4,
	};
	/* 2024-07-01 12:00:00 UTC */
	o.expiry.utc = (1719835200LL + 11644473600LL) * 10000000;
	outcome_status(&o, SEC_E_OK, CREDSSP_REASON_NONE);
	facts = (struct explain_facts){
		.helper_known = true,
		.helper_present = true,
		.policy_known = true,
		.policy_ntlm = SEC_E_POLICY_NLTM_ONLY,
	};
}

static void expect(const char *want)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	explain_print(f, &opt, &o, &facts);
	fclose(f);
	CHECK(!strcmp(text, want));
	if (strcmp(text, want))
		printf("%s", text);
	free(text);
}

static void test_success(void)
{
	start();
	opt.tickets = CREDSSP_TICKETS_CCACHE;
	strcpy(o.trace, "asked a KDC\nticket TERMSRV/srv\x1b\n");
	expect("What was done:\n"
	       "  - target TERMSRV/srv at 192.0.2.1:3389\n"
	       "  - credsspd, the helper, is running\n"
	       "  - policy: default credentials may be delegated to this target if Kerberos or its certificate proves it, not by NTLM alone\n"
	       "  - Kerberos, with tickets of the default credential cache, was used; 4 messages to KDCs\n"
	       "  - NTLM was not used\n"
	       "  - the context is valid until 2024-07-01 12:00:00 UTC, when the ticket or the server's certificate expires\n"
	       "  - the server accepted the logon\n"
	       "What Kerberos did:\n"
	       "  - asked a KDC\n"
	       "  - ticket TERMSRV/srv\\u{1b}\n"
	       "What to do:\n"
	       "  - Nothing.\n");
}

static void test_passed_over(void)
{
	start();
	o.report.mech_package = CREDSSP_PACKAGE_NTLM;
	o.report.passed_over = CREDSSP_REASON_NO_KDC;
	o.report.kdc_messages = 1;
	o.expiry.utc = INT64_MAX;
	facts.policy_ntlm = SEC_E_OK;
	opt.no_delegate = true;
	expect("What was done:\n"
	       "  - target TERMSRV/srv at 192.0.2.1:3389\n"
	       "  - credsspd, the helper, is running\n"
	       "  - policy: fresh credentials may be delegated to this target; --no-delegate does not ask for it\n"
	       "  - Kerberos, with tickets from the password, was passed over, because no KDC of the realm is known, or none has answered; 1 message to KDCs\n"
	       "  - NTLM was used\n"
	       "  - the server accepted the logon\n"
	       "What to do:\n"
	       "  - For Kerberos: Check the KDCs in krb5.conf or the SRV records _kerberos._tcp of the realm, and that port 88 is open to them.\n");
}

static void test_failed(void)
{
	start();
	opt.mechs = CREDSSP_MECH_KERBEROS;
	opt.saved = true;
	o.report.mech_package = 0;
	o.report.leg = CREDSSP_LEG_NEGO;
	o.report.reason = CREDSSP_REASON_SKEW;
	o.report.krb_error = 37;
	o.report.skew = -60;
	facts.policy_known = false;
	outcome_status(&o, SEC_E_TIME_SKEW, CREDSSP_REASON_SKEW);
	expect("What was done:\n"
	       "  - target TERMSRV/srv at 192.0.2.1:3389\n"
	       "  - credsspd, the helper, is running\n"
	       "  - Kerberos, with tickets from the saved password or, if none is saved, of the default credential cache, failed: the clocks of the two machines differ too much; 4 messages to KDCs\n"
	       "  - the KDC or the server answered KRB_AP_ERR_SKEW (37): the clocks differ too much\n"
	       "  - the clock of the KDC or server is 1 minute behind\n"
	       "  - NTLM was not tried: --mech kerberos\n"
	       "  - the logon failed: the clocks of the two machines differ too much\n"
	       "What to do:\n"
	       "  - Set the clocks: by default they may differ by five minutes (timedatectl shows this one).\n");
}

/* The advice depends on more than the reason. */
static void test_other_advice(void)
{
	start();
	o.report.kdc_messages = 0;
	facts.policy_known = false;
	outcome_status(&o, SEC_E_WRONG_PRINCIPAL, CREDSSP_REASON_SERVER_NOT_PROVEN);
	expect("What was done:\n"
	       "  - target TERMSRV/srv at 192.0.2.1:3389\n"
	       "  - credsspd, the helper, is running\n"
	       "  - Kerberos, with tickets from the password, was used; 0 messages to KDCs\n"
	       "  - NTLM was not used\n"
	       "  - the logon failed: the server did not prove by Kerberos that it is the target\n"
	       "What to do:\n"
	       "  - Do not log on: find out who answers at the server's address.\n");
	opt.saved = true;
	o.report.mech_package = 0;
	o.report.leg = CREDSSP_LEG_NEGO;
	outcome_status(&o, SEC_E_NO_CREDENTIALS, CREDSSP_REASON_NO_TICKETS);
	expect("What was done:\n"
	       "  - target TERMSRV/srv at 192.0.2.1:3389\n"
	       "  - credsspd, the helper, is running\n"
	       "  - Kerberos, with tickets from the saved password or, if none is saved, of the default credential cache, failed: there is no credential cache, keytab or certificate, or nothing usable in it; 0 messages to KDCs\n"
	       "  - NTLM was not used\n"
	       "  - the logon failed: there is no credential cache, keytab or certificate, or nothing usable in it\n"
	       "What to do:\n"
	       "  - Save the credentials for this target: credsspctl cred add.\n");
}

/* Failures before any mechanism, and without the module */
static void test_early(void)
{
	start();
	memset(&o, 0, sizeof(o));
	memset(&facts, 0, sizeof(facts));
	outcome_fail(&o, CTL_REASON_NO_MODULE, "%s", "");
	expect("What was done:\n"
	       "  - target TERMSRV/srv, which was not reached\n"
	       "  - credsspd, the helper: not known, because the module did not answer\n"
	       "  - it ended before Kerberos or NTLM had their turn\n"
	       "  - the logon failed: the kernel module credssp is not loaded (modprobe credssp)\n"
	       "What to do:\n"
	       "  - Load the module: modprobe credssp.\n");
	facts.helper_known = true;
	facts.policy_known = true;
	facts.policy_proven = SEC_E_DELEGATION_POLICY;
	facts.policy_ntlm = SEC_E_DELEGATION_POLICY;
	outcome_status(&o, SEC_E_INSUFFICIENT_MEMORY, CREDSSP_REASON_NONE);
	expect("What was done:\n"
	       "  - target TERMSRV/srv, which was not reached\n"
	       "  - credsspd, the helper, is not running\n"
	       "  - policy: fresh credentials may not be delegated to this target\n"
	       "  - it ended before Kerberos or NTLM had their turn\n"
	       "  - the logon failed: not enough memory\n"
	       "What to do:\n"
	       "  - Look up the status above in libcredssp(3).\n");
}

/* A module from before Kerberos, and --mech ntlm */
static void test_without_kerberos(void)
{
	start();
	o.report.mech_package = 0;
	o.report.kdc_messages = 0;
	facts.policy_known = false;
	o.expiry.utc = INT64_MAX;
	expect("What was done:\n"
	       "  - target TERMSRV/srv at 192.0.2.1:3389\n"
	       "  - credsspd, the helper, is running\n"
	       "  - Kerberos, with tickets from the password, was not tried: the module is older than it; 0 messages to KDCs\n"
	       "  - NTLM was used\n"
	       "  - the server accepted the logon\n"
	       "What to do:\n"
	       "  - Nothing.\n");
	opt.mechs = CREDSSP_MECH_NTLM;
	expect("What was done:\n"
	       "  - target TERMSRV/srv at 192.0.2.1:3389\n"
	       "  - credsspd, the helper, is running\n"
	       "  - Kerberos was not tried: --mech ntlm\n"
	       "  - NTLM was used\n"
	       "  - the server accepted the logon\n"
	       "What to do:\n"
	       "  - Nothing.\n");
}

void test_explain(void)
{
	test_advice();
	test_kind();
	test_success();
	test_passed_over();
	test_failed();
	test_other_advice();
	test_early();
	test_without_kerberos();
}
