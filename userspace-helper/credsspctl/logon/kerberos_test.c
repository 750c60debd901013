// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>

#include "kerberos.h"
#include "report.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

static void test_mechs(void)
{
	static const struct {
		uint32_t mech;
		uint32_t package;
		const char *name;	/* NULL: unknown */
		const char *text;
	} rows[] = {
		/* a module from before Kerberos names no package */
		{ CREDSSP_MECH_NEGOTIATE, 0, "spnego-ntlm", "NTLMv2 inside SPNEGO" },
		{ CREDSSP_MECH_NTLM, 0, "ntlm", "NTLMv2, without SPNEGO" },
		{ CREDSSP_MECH_NEGOTIATE, CREDSSP_PACKAGE_NTLM, "spnego-ntlm",
		  "NTLMv2 inside SPNEGO" },
		{ CREDSSP_MECH_NTLM, CREDSSP_PACKAGE_NTLM, "ntlm", "NTLMv2, without SPNEGO" },
		{ CREDSSP_MECH_NEGOTIATE, CREDSSP_PACKAGE_KERBEROS, "spnego-kerberos",
		  "Kerberos inside SPNEGO" },
		{ CREDSSP_MECH_KERBEROS, CREDSSP_PACKAGE_KERBEROS, "kerberos",
		  "Kerberos, without SPNEGO" },
		{ CREDSSP_MECH_KERBEROS, 0, "kerberos", "Kerberos, without SPNEGO" },
		{ 0, 0, NULL, "unknown" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		struct credssp_report r = {
			.leg = CREDSSP_LEG_PUBKEY,
			.mech = rows[i].mech,
			.mech_package = rows[i].package,
		};
		const char *name = kerberos_mech_name(&r);

		CHECK(rows[i].name ? name && !strcmp(name, rows[i].name) : !name);
		CHECK(!strcmp(kerberos_mech_text(&r), rows[i].text));
	}
}

/* The exchange ended before SPNEGO came to a mechanism. */
static void test_no_mech(void)
{
	const struct credssp_report r = {
		.leg = CREDSSP_LEG_NEGO, .mech = CREDSSP_MECH_NEGOTIATE,
	};

	CHECK(!kerberos_mech_name(&r) && !strcmp(kerberos_mech_text(&r), "SPNEGO"));
}

static void test_skew(void)
{
	static const struct {
		int64_t skew;
		const char *text;
	} rows[] = {
		{ 423, "the clock of the KDC or server is 7 minutes 3 seconds ahead" },
		{ -423, "the clock of the KDC or server is 7 minutes 3 seconds behind" },
		{ 1, "the clock of the KDC or server is 1 second ahead" },
		{ -60, "the clock of the KDC or server is 1 minute behind" },
		{ 3600 + 59, "the clock of the KDC or server is 1 hour 59 seconds ahead" },
		{ 2 * 86400 + 3600 + 61, "the clock of the KDC or server is 2 days 1 hour ahead" },
		{ 86400, "the clock of the KDC or server is 1 day ahead" },
		{ INT64_MIN,
		  "the clock of the KDC or server is 106751991167300 days 15 hours behind" },
		{ INT64_MAX,
		  "the clock of the KDC or server is 106751991167300 days 15 hours ahead" },
	};
	char text[SKEW_ROOM], small[10];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		kerberos_skew(text, sizeof(text), rows[i].skew);
		CHECK(!strcmp(text, rows[i].text));
	}
	kerberos_skew(small, sizeof(small), 423);
	CHECK(!strcmp(small, "the clock"));
}

static void test_client(void)
{
	const struct {
		struct credssp_names head;
		char text[6];
	} names = { .head = { .user_offset = sizeof(names.head), .user_length = 5 }, "alice" };
	struct {
		struct credssp_names head;
	} bad[] = {
		{ { sizeof(names.head), 7 } },
		{ { sizeof(names) + 1, 0 } },
		{ { UINT32_MAX, 1 } },
		{ { 1, UINT32_MAX } },
	};
	static struct outcome o;
	size_t i;

	outcome_client(&o, &names, sizeof(names));
	CHECK(!strcmp(o.client, "alice"));
	o.client[0] = '\0';
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		outcome_client(&o, &bad[i], sizeof(names.head));
		CHECK(!*o.client);
	}
	outcome_client(&o, &names, sizeof(names.head) - 1);
	CHECK(!*o.client);
}

static void example(struct options *opt, struct outcome *o)
{
	memset(opt, 0, sizeof(*opt));
	strcpy(opt->user, "alice");
	strcpy(opt->host, "srv");
	strcpy(opt->target, "TERMSRV/srv");
	opt->transport = TRANSPORT_SOCKET;
	memset(o, 0, sizeof(*o));
	o->report = (struct credssp_report){
		.leg = CREDSSP_LEG_ESTABLISHED,
		.credssp_version = 6,
		.peer_version = 6,
		.mech = CREDSSP_MECH_NEGOTIATE,
		.mech_package = CREDSSP_PACKAGE_KERBEROS,
		.facts = CREDSSP_FACT_DELEGATED | CREDSSP_FACT_PEER_VERSION,
		.kdc_messages = 4,
	};
	outcome_status(o, SEC_E_OK, CREDSSP_REASON_NONE);
}

/* What @report prints; to be freed. */
static char *printed(void (*report)(FILE *, const struct options *, const struct outcome *),
		     const struct options *opt, const struct outcome *o)
{
	char *text = NULL;
	size_t size;
	FILE *f = open_memstream(&text, &size);

	report(f, opt, o);
	fclose(f);
	return text;
}

static void check_human(const struct options *opt, const struct outcome *o, const char *want)
{
	char *text = printed(report_human, opt, o);

	CHECK(!strcmp(text, want));
	if (strcmp(text, want))
		printf("%s", text);
	free(text);
}

static void test_used(void)
{
	static struct options opt;
	static struct outcome o;

	example(&opt, &o);
	strcpy(opt.realm, "EXAMPLE.COM");
	strcpy(o.client, "alice@EXAMPLE.COM\033");
	check_human(&opt, &o,
		    "Authenticated\n"
		    "  User         alice\n"
		    "  Tickets      from the password, realm EXAMPLE.COM\n"
		    "  Target       TERMSRV/srv\n"
		    "  Server       srv, socket transport\n"
		    "  CredSSP      version 6, Kerberos inside SPNEGO\n"
		    "  Credentials  delegated to the server\n"
		    "  Client       alice@EXAMPLE.COM\\u{1b}\n"
		    "  KDC          4 messages to KDCs\n"
		    "  Time         0 ms\n");
}

/* Default credentials, and the keytab's own principal */
static void test_requests(void)
{
	static struct options opt;
	static struct outcome o;

	example(&opt, &o);
	memset(&o.report, 0, sizeof(o.report));
	outcome_fail(&o, CTL_REASON_RESOLVE, "%s", "");
	o.asked = false;
	opt.user[0] = '\0';
	opt.tickets = CREDSSP_TICKETS_CCACHE;
	check_human(&opt, &o,
		    "Not authenticated: the host name has no address\n"
		    "  User         default credentials\n"
		    "  Tickets      default credential cache\n"
		    "  Target       TERMSRV/srv\n"
		    "  Server       srv, socket transport\n");
	opt.tickets = CREDSSP_TICKETS_KEYTAB;
	strcpy(opt.ticket_name, "/etc/k");
	opt.user_to_user = true;
	check_human(&opt, &o,
		    "Not authenticated: the host name has no address\n"
		    "  User         that of the keytab\n"
		    "  Tickets      keytab /etc/k, user-to-user\n"
		    "  Target       TERMSRV/srv\n"
		    "  Server       srv, socket transport\n");
}

/* A logon that became user-to-user, and what demanded it */
static void test_demand(void)
{
	static struct options opt;
	static struct outcome o;
	char *text;

	example(&opt, &o);
	o.report.facts |= CREDSSP_FACT_USER_TO_USER;
	o.report.krb_error = 69;
	text = printed(report_human, &opt, &o);
	CHECK(strstr(text, "  Ticket       user-to-user\n  KRB-ERROR    the server takes"));
	CHECK(strstr(text, "tickets only (KRB_AP_ERR_USER_TO_USER_REQUIRED 69)\n"));
	free(text);
	text = printed(report_json, &opt, &o);
	CHECK(strstr(text, "\"user_to_user\": true") && strstr(text, "\"krb_error_code\": 69"));
	free(text);
}

static void test_fallback(void)
{
	static struct options opt;
	static struct outcome o;

	example(&opt, &o);
	o.report.mech_package = CREDSSP_PACKAGE_NTLM;
	o.report.passed_over = CREDSSP_REASON_SKEW;
	o.report.krb_error = 37;
	o.report.skew = 423;
	o.report.kdc_messages = 1;
	check_human(&opt, &o,
		    "Authenticated\n"
		    "  User         alice\n"
		    "  Target       TERMSRV/srv\n"
		    "  Server       srv, socket transport\n"
		    "  CredSSP      version 6, NTLMv2 inside SPNEGO, because the clocks of the two machines differ too much\n"
		    "  Credentials  delegated to the server\n"
		    "  KRB-ERROR    the clocks differ too much (KRB_AP_ERR_SKEW 37)\n"
		    "  Clock        the clock of the KDC or server is 7 minutes 3 seconds ahead\n"
		    "  KDC          1 message to KDCs\n"
		    "  Time         0 ms\n");
}

/* Neither Kerberos nor NTLM */
static void test_neither(void)
{
	static struct options opt;
	static struct outcome o;

	example(&opt, &o);
	o.report = (struct credssp_report){
		.reason = CREDSSP_REASON_NTLM_OFF,
		.mech = CREDSSP_MECH_NEGOTIATE,
		.passed_over = CREDSSP_REASON_KRB_ERROR,
		.krb_error = 9999,
		.skew = 5,	/* says nothing: no reason is about clocks */
	};
	outcome_status(&o, SEC_E_POLICY_NLTM_ONLY, CREDSSP_REASON_NTLM_OFF);
	check_human(&opt, &o,
		    "Not authenticated: policy forbids NTLM, and there is no other mechanism for this target\n"
		    "  Status       SEC_E_POLICY_NLTM_ONLY (0x8009035F), policy does not allow delegation to a server that is authenticated by NTLM alone\n"
		    "  User         alice\n"
		    "  Target       TERMSRV/srv\n"
		    "  Server       srv, socket transport\n"
		    "  Kerberos     was not used, because the KDC or the server sent a Kerberos error\n"
		    "  KRB-ERROR    a Kerberos error without a description (9999)\n");
}

static void test_json(void)
{
	static const char *const want[] = {
		"\"mechanism\": \"spnego-ntlm\"", "\"passed_over\": \"skew\"",
		"\"client\": null", "\"krb_error\": \"KRB_AP_ERR_SKEW\"",
		"\"krb_error_code\": 37", "\"skew\": -423", "\"kdc_messages\": 1",
		"\"ticket_source\": \"ccache\"", "\"ticket_name\": \"KCM:\"",
		"\"realm\": \"R\"", "\"user_to_user\": true",
	};
	static struct options opt;
	static struct outcome o;
	char *text;
	size_t i;

	example(&opt, &o);
	opt.tickets = CREDSSP_TICKETS_CCACHE;
	strcpy(opt.ticket_name, "KCM:");
	strcpy(opt.realm, "R");
	opt.user_to_user = true;
	o.report.mech_package = CREDSSP_PACKAGE_NTLM;
	o.report.passed_over = CREDSSP_REASON_SKEW;
	o.report.krb_error = 37;
	o.report.skew = -423;
	o.report.kdc_messages = 1;
	text = printed(report_json, &opt, &o);
	for (i = 0; i < ARRAY_SIZE(want); i++)
		CHECK(strstr(text, want[i]));
	free(text);

	/* a mechanism that was known before the version */
	example(&opt, &o);
	o.report.facts = 0;
	strcpy(o.client, "a\"b");
	o.report.krb_error = 9999;
	strcpy(o.trace, "one\ntwo \"x\"\n");
	text = printed(report_json, &opt, &o);
	CHECK(strstr(text, "\"trace\": [\n    \"one\",\n    \"two \\\"x\\\"\"\n  ]"));
	CHECK(strstr(text, "\"mechanism\": \"spnego-kerberos\""));
	CHECK(strstr(text, "\"client\": \"a\\\"b\"") && strstr(text, "\"krb_error\": null"));
	CHECK(strstr(text, "\"krb_error_code\": 9999"));
	free(text);

	/* and nothing at all */
	memset(&o, 0, sizeof(o));
	text = printed(report_json, &opt, &o);
	CHECK(strstr(text, "\"mechanism\": null") && strstr(text, "\"kdc_messages\": null"));
	free(text);
}

static void test_trace(void)
{
	static const struct {
		struct credssp_trace head;
		char text[8];
	} good = { { sizeof(good.head), 4 }, "abc\n" }, far = { { 17, 1 }, "abc\n" },
	  long_one = { { sizeof(good.head), 9 }, "abc\n" };
	static struct outcome o;

	outcome_trace(&o, &far, sizeof(far));
	outcome_trace(&o, &long_one, sizeof(long_one));
	outcome_trace(&o, &good, sizeof(good.head) - 1);
	CHECK(!*o.trace);
	outcome_trace(&o, &good, sizeof(good));
	CHECK(!strcmp(o.trace, "abc\n"));
}

/* The proof that failed is not the certificate's. */
static void test_not_proven(void)
{
	static struct outcome o;

	outcome_status(&o, SEC_E_WRONG_PRINCIPAL, CREDSSP_REASON_SERVER_NOT_PROVEN);
	CHECK(strstr(outcome_reason_text(&o), "certificate"));
	o.report.mech_package = CREDSSP_PACKAGE_NTLM;
	CHECK(strstr(outcome_reason_text(&o), "certificate"));
	o.report.mech_package = CREDSSP_PACKAGE_KERBEROS;
	CHECK(strstr(outcome_reason_text(&o), "by Kerberos"));
}

void test_kerberos(void)
{
	test_not_proven();
	test_mechs();
	test_no_mech();
	test_skew();
	test_client();
	test_used();
	test_requests();
	test_demand();
	test_fallback();
	test_neither();
	test_json();
	test_trace();
}
