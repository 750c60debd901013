// SPDX-License-Identifier: GPL-2.0-only
/*
 * Renewal of a password's TGT, with a KDC of MIT whose tickets end within KRB5_SAVED_MARGIN:
 * each exchange after the first one has to renew it or to use the password.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "krb5_saved.h"
#include "tests/test.h"
#include "tests/test_kdc.h"
#include "tests/test_office.h"
#include "tests/test_service.h"

#define HOST	"TERMSRV/host.test"
#define AT	"@" TEST_KDC_REALM
/* Seconds that a TGT lasts */
#define LIFE	240
#define LIFE_TEXT	"240 seconds"
#define TGT	"krbtgt/" TEST_KDC_REALM

_Static_assert(LIFE < KRB5_SAVED_MARGIN, "a TGT that need not be renewed");

static struct test_exchange x;
static uint8_t saved[CREDSSP_HLP_MAX_TICKETS];
static size_t saved_length;

static void set_up_realm(void)
{
	test_kdc_admin("addprinc -pw secret -maxlife \"" LIFE_TEXT "\" alice");
	test_kdc_admin("addprinc -pw secret -maxlife \"" LIFE_TEXT "\" once");
	test_kdc_admin("modprinc -maxrenewlife \"0 seconds\" once");
	test_kdc_admin("modprinc +requires_preauth alice");
	test_kdc_admin("modprinc +requires_preauth once");
	test_kdc_admin("addprinc -randkey " HOST);
	test_kdc_admin("ktadd -k %s -norandkey " HOST, test_kdc_path("host.keytab"));
	test_kdc_shell("sed -i '/^rdns/a renew_lifetime = 1d' %s", test_kdc_conf());
}

/* Lines of the KDC's log with @pattern */
static unsigned int logged(const char *pattern)
{
	unsigned int count = 0;
	FILE *f;

	test_kdc_shell("grep -cE '%s' %s >%s || :", pattern, test_kdc_path("kdc.log"),
		       test_kdc_path("count"));
	f = fopen(test_kdc_path("count"), "r");
	ENSURE(f && fscanf(f, "%u", &count) == 1);
	fclose(f);
	return count;
}

#define AS_ISSUED	"AS_REQ.*ISSUE"
#define RENEWED		"TGS_REQ.*ISSUE.* for " TGT

static void begin(const char *user, const char *password)
{
	const struct test_ask a = {
		.source = CREDSSP_HLP_KRB5_PASSWORD, .user = user, .password = password,
		.target = HOST, .saved = saved, .saved_length = saved_length,
	};

	test_office_open(&x, false);
	test_office_ask(&x, &a);
	test_office_take(&x);
}

static void fail(const char *user, const char *password)
{
	begin(user, password);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_PASSWORD);
	ENSURE(!test_office_close(&x));
}

/* An exchange to its end; its tickets are those of the next one. Until when is the ticket? */
static uint64_t succeed(const char *user, const char *password)
{
	static struct test_service service;
	uint64_t not_after;

	begin(user, password);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_CONTINUE);
	not_after = x.reply.not_after;
	ENSURE(not_after <= (uint64_t)time(NULL) + LIFE);
	saved_length = x.reply.saved_length;
	ENSURE(saved_length && saved_length <= sizeof(saved));
	memcpy(saved, x.out + x.reply.message_length + x.reply.client_length, saved_length);
	test_service_accept(&service, test_kdc_path("host.keytab"), NULL, true, x.out,
			    x.reply.message_length);
	test_office_send(&x, service.rep, service.rep_length);
	test_office_take(&x);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_DONE && !test_office_close(&x));
	return not_after;
}

/* The password is not needed, and the new TGT is the one that is used and kept. */
static void test_renewal(void)
{
	uint64_t first = succeed("alice", "secret"), next;
	const unsigned int as = logged(AS_ISSUED), renewals = logged(RENEWED);

	for (unsigned int i = 1; i <= 2; i++) {
		/* Tickets end at whole seconds. */
		sleep(2);
		next = succeed("alice", "wrong");
		/* A service's ticket does not last longer than the TGT. */
		ENSURE(next > first && x.reply.kdc_messages == 0);
		ENSURE(logged(AS_ISSUED) == as && logged(RENEWED) == renewals + i);
		first = next;
	}
}

/* The KDC has another key since: it refuses to renew, and then the password serves. */
static void test_refusal(void)
{
	const unsigned int as = logged(AS_ISSUED);

	test_kdc_admin("cpw -randkey " TGT);
	test_kdc_stop();
	test_kdc_go_on();
	fail("alice", "wrong");
	ENSURE(logged(AS_ISSUED) == as);
	succeed("alice", "secret");
	ENSURE(logged(AS_ISSUED) == as + 1);
	succeed("alice", "wrong");
	ENSURE(logged(AS_ISSUED) == as + 1);
}

static void test_not_renewable(void)
{
	unsigned int as, renewals;

	saved_length = 0;
	succeed("once", "secret");
	as = logged(AS_ISSUED);
	renewals = logged(RENEWED);
	fail("once", "wrong");
	succeed("once", "secret");
	ENSURE(logged(AS_ISSUED) == as + 1 && logged(RENEWED) == renewals);
}

static const struct test_case tests[] = {
	{ "a TGT is renewed, and the new one is used", test_renewal },
	{ "the KDC refuses to renew: the password serves", test_refusal },
	{ "a TGT that is not renewable: the password serves", test_not_renewable },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	test_kdc_start();
	set_up_realm();
	test_office_start(test_kdc_conf());
	test_run("renewal", tests, sizeof(tests) / sizeof(tests[0]));
	test_office_end();
	test_kdc_end();
	return 0;
}
