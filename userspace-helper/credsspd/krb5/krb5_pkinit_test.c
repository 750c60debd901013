// SPDX-License-Identifier: GPL-2.0-only
/* The Kerberos worker with certificates (PKINIT), and a KDC of MIT. */
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "tests/test.h"
#include "tests/test_kdc.h"
#include "tests/test_office.h"
#include "tests/test_service.h"

#define HOST	"TERMSRV/host.test"
#define AT	"@" TEST_KDC_REALM
/* As in test_certs.sh */
#define PIN	"4711"

#define CERT	.source = CREDSSP_HLP_KRB5_CERT, .flags = CREDSSP_HLP_KRB5_LOCAL, \
		.user = "alice", .target = HOST
#define MODULE	"/usr/lib/softhsm/libsofthsm2.so"

/* Error-codes: KDC_ERR_PREAUTH_REQUIRED, and of RFC 4556 3.1.3 */
#define PREAUTH_REQUIRED	25
#define NO_PATH			70
#define INVALID_SIGNATURE	64
#define NAME_MISMATCH		75
#define KEY_PURPOSE		77

static struct test_exchange x;
static struct test_service service;
static uint8_t saved[CREDSSP_HLP_MAX_TICKETS];
static size_t saved_length;

/* The KDC reads its certificate when it starts. */
static void kdc_uses(const char *certificate)
{
	test_kdc_stop();
	test_kdc_shell("cp %s %s", test_kdc_path(certificate), test_kdc_path("kdc-now.pem"));
	test_kdc_go_on();
}

static void set_up_realm(void)
{
	test_kdc_admin("addprinc -randkey +requires_preauth alice");
	test_kdc_admin("addprinc -pw %s +requires_preauth carol", PIN);
	test_kdc_admin("addprinc -randkey -allow_tix +requires_preauth bob");
	test_kdc_admin("addprinc -randkey " HOST);
	test_kdc_admin("ktadd -k %s " HOST, test_kdc_path("host.keytab"));
	test_kdc_shell(TEST_CERTS " $(dirname %s) " TEST_KDC_REALM " alice bob",
		       test_kdc_conf());
	kdc_uses("kdc.pem");
}

/* FILE:alice.pem,alice.key with the names of the directory */
static const char *file(const char *certificate, const char *key)
{
	static char name[512];

	snprintf(name, sizeof(name), "FILE:%s,%s", test_kdc_path(certificate),
		 test_kdc_path(key));
	return name;
}

static const char *bundle(void)
{
	static char name[512];

	snprintf(name, sizeof(name), "PKCS12:%s", test_kdc_path("alice.p12"));
	return name;
}

static void begin(const struct test_ask *a)
{
	test_office_open(&x, false);
	test_office_ask(&x, a);
	test_office_take(&x);
	if (x.reply.state == CREDSSP_HLP_KRB5_FAILED)
		log_debug("test: failure %u, error %u, %u messages", x.reply.failure,
			  x.reply.error, x.reply.kdc_messages);
}

static void succeed(const struct test_ask *a, int messages)
{
	begin(a);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_CONTINUE && !x.reply.failure);
	ENSURE(messages < 0 || x.reply.kdc_messages == (uint32_t)messages);
	saved_length = x.reply.saved_length;
	ENSURE(saved_length && saved_length <= sizeof(saved));
	memcpy(saved, x.out + x.reply.message_length + x.reply.client_length, saved_length);
	test_service_accept(&service, test_kdc_path("host.keytab"), NULL, true, x.out,
			    x.reply.message_length);
	ENSURE(!strcmp(service.client, "alice" AT));
	test_office_send(&x, service.rep, service.rep_length);
	test_office_take(&x);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_DONE);
	ENSURE(!test_office_close(&x));
}

static void fail(const struct test_ask *a, uint32_t failure, uint32_t error)
{
	begin(a);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(x.reply.failure == failure && x.reply.error == error);
	ENSURE(!x.reply.saved_length);
	ENSURE(!test_office_close(&x));
}

static void test_file(void)
{
	struct test_ask a = { CERT, .tickets = file("alice.pem", "alice.key") };

	succeed(&a, -1);
	/* A PIN that nothing asks for */
	a.password = "x";
	succeed(&a, -1);
	a.tickets = file("alice.pem", "alice-pin.key");
	a.password = PIN;
	succeed(&a, -1);
	a.tickets = bundle();
	succeed(&a, -1);
}

static void test_saved(void)
{
	struct test_ask a = { CERT, .tickets = bundle(), .password = PIN };

	succeed(&a, -1);
	a.saved = saved;
	a.saved_length = saved_length;
	succeed(&a, 0);
	/* Malformed ones: the certificate serves. */
	a.saved_length = 7;
	succeed(&a, -1);
	ENSURE(x.reply.kdc_messages == 0);
}

static void test_pin(void)
{
	const char *const names[] = { file("alice.pem", "alice-pin.key"), bundle() };
	static const char *const pins[] = { "0815", "" };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		for (size_t k = 0; k < sizeof(pins) / sizeof(pins[0]); k++) {
			fail(&(struct test_ask){ CERT, .tickets = names[i], .password = pins[k] },
			     CREDSSP_HLP_KRB5_FAIL_PASSWORD, 0);
			/* The PIN is not tried as a password. */
			ENSURE(x.reply.kdc_messages == 1);
		}
	}
}

/* A PIN that is also the password of the account: the KDC must not see a use of it. */
static void test_pin_is_no_password(void)
{
	struct test_ask a = { CERT, .tickets = file("missing.pem", "missing.key"),
			      .password = PIN };

	a.user = "carol";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	ENSURE(x.reply.kdc_messages == 1);
}

static void test_no_certificate(void)
{
	const char *const names[] = {
		file("missing.pem", "missing.key"), "FILE:relative.pem", "alice.pem",
		"ENV:CERT", "PKCS12:", "PKCS11:", "FILE:/dev/null",
		"PKCS11:module_name=/nonexistent.so:token=x",
		"PKCS11:module_name=libsofthsm2.so", "PKCS11:slotid=0",
		"PKCS11:" MODULE ":token=no such token",
	};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		log_debug("test: row %zu", i);
		fail(&(struct test_ask){ CERT, .tickets = names[i], .password = PIN },
		     CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	}
}

/* A module that others than root can change. */
static void test_module(void)
{
	static const char *const places[] = { "ours.so", "link.so" };
	char name[512];

	test_kdc_shell("printf 'int C_GetFunctionList(void *p);\\n"
		       "__attribute__((constructor)) static void mark(void)\\n"
		       "{ __builtin_trap(); }\\n' >%s", test_kdc_path("module.c"));
	test_kdc_shell("cc -shared -fPIC -o %s %s", test_kdc_path("ours.so"),
		       test_kdc_path("module.c"));
	ENSURE(!symlink(test_kdc_path("ours.so"), test_kdc_path("link.so")));
	for (size_t i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		snprintf(name, sizeof(name), "PKCS11:module_name=%s", test_kdc_path(places[i]));
		fail(&(struct test_ask){ CERT, .tickets = name },
		     CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
		/* It was not loaded, which would have ended the process; no KDC was asked. */
		ENSURE(x.reply.kdc_messages == 0);
		snprintf(name, sizeof(name), "PKCS11:%s:module_name=%s", MODULE,
			 test_kdc_path(places[i]));
		fail(&(struct test_ask){ CERT, .tickets = name },
		     CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
		ENSURE(x.reply.kdc_messages == 0);
	}
}

/*
 * What libkrb5 does not send, as no KDC that is trusted could accept it. It is no matter of the
 * PIN, unless that is wrong.
 */
static void test_unusable(void)
{
	static const struct {
		const char *certificate;
		const char *key;
		const char *pin;
		uint32_t failure;
	} rows[] = {
		{ "other-alice.pem", "alice.key", "", CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED },
		{ "expired-alice.pem", "alice.key", "", CREDSSP_HLP_KRB5_FAIL_CERT_EXPIRED },
		{ "future-alice.pem", "alice.key", "", CREDSSP_HLP_KRB5_FAIL_CERT_EXPIRED },
		{ "other-alice.pem", "alice-pin.key", PIN, CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED },
		{ "expired-alice.pem", "alice-pin.key", PIN, CREDSSP_HLP_KRB5_FAIL_CERT_EXPIRED },
		{ "expired-alice.pem", "alice-pin.key", "0815", CREDSSP_HLP_KRB5_FAIL_PASSWORD },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		const struct test_ask asked = {
			CERT, .password = rows[i].pin,
			.tickets = file(rows[i].certificate, rows[i].key),
		};

		log_debug("test: row %zu", i);
		fail(&asked, rows[i].failure, 0);
		ENSURE(x.reply.kdc_messages == 1);
	}
}

/* A KDC that has another authority only when it starts */
static void test_untrusted_by_kdc(void)
{
	static const char *const anchors[] = { "ca.pem", "all-cas.pem" };
	const struct test_ask a = { CERT, .tickets = file("alice.pem", "alice.key") };

	for (size_t i = 0; i < 2; i++)
		test_kdc_shell("cp %s %s.kept && cp %s %s", test_kdc_path(anchors[i]),
			       test_kdc_path(anchors[i]), test_kdc_path("other-ca.pem"),
			       test_kdc_path(anchors[i]));
	kdc_uses("false-kdc.pem");
	for (size_t i = 0; i < 2; i++)
		test_kdc_shell("mv %s.kept %s", test_kdc_path(anchors[i]),
			       test_kdc_path(anchors[i]));
	fail(&a, CREDSSP_HLP_KRB5_FAIL_CERT_UNTRUSTED, NO_PATH);
	kdc_uses("kdc.pem");
	succeed(&a, -1);
}

/* What the KDC refuses: a server's certificate, another one's key, and another one's both */
static void test_refused(void)
{
	struct test_ask a = { CERT };

	a.tickets = file("wrong-use-alice.pem", "alice.key");
	fail(&a, CREDSSP_HLP_KRB5_FAIL_KDC, KEY_PURPOSE);
	a.tickets = file("alice.pem", "bob.key");
	fail(&a, CREDSSP_HLP_KRB5_FAIL_KDC, INVALID_SIGNATURE);
	a.tickets = file("bob.pem", "bob.key");
	fail(&a, CREDSSP_HLP_KRB5_FAIL_KDC, NAME_MISMATCH);
	a.user = "bob";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_ACCOUNT, 18);
	a.user = "nobody";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_CLIENT, 6);
}

static void test_kdc_not_proven(void)
{
	static const char *const rows[] = { "false-kdc.pem", "plain-kdc.pem" };
	const struct test_ask a = { CERT, .tickets = file("alice.pem", "alice.key") };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		kdc_uses(rows[i]);
		fail(&a, CREDSSP_HLP_KRB5_FAIL_ANSWER, 0);
	}
	/* One that does not do PKINIT at all */
	test_kdc_stop();
	ENSURE(!unlink(test_kdc_path("kdc-now.pem")));
	test_kdc_go_on();
	fail(&a, CREDSSP_HLP_KRB5_FAIL_KDC, PREAUTH_REQUIRED);
	kdc_uses("kdc.pem");
	succeed(&a, -1);
}

static const struct test_case tests[] = {
	{ "files and PKCS #12", test_file },
	{ "saved tickets", test_saved },
	{ "a wrong PIN", test_pin },
	{ "the PIN is no password", test_pin_is_no_password },
	{ "no certificate", test_no_certificate },
	{ "modules of others than root", test_module },
	{ "certificates that cannot be used", test_unusable },
	{ "certificates that the KDC refuses", test_refused },
	{ "a certificate that the KDC does not trust", test_untrusted_by_kdc },
	{ "a KDC that is not proven", test_kdc_not_proven },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	test_kdc_start();
	set_up_realm();
	test_office_start(test_kdc_conf());
	test_run("PKINIT", tests, sizeof(tests) / sizeof(tests[0]));
	test_office_end();
	test_kdc_end();
	return 0;
}
