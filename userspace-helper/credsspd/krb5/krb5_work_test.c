// SPDX-License-Identifier: GPL-2.0-only
/* The Kerberos worker, with a KDC of MIT. The test plays the office and the service. */
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "base/log.h"
#include "tests/test.h"
#include "tests/test_kdc.h"
#include "tests/test_office.h"
#include "tests/test_service.h"

#define HOST	"TERMSRV/host.test"
#define AT	"@" TEST_KDC_REALM

#define STRONG	"aes256-cts:normal,aes128-cts:normal,aes256-sha2:normal,aes128-sha2:normal"

#define PASSWORD	.source = CREDSSP_HLP_KRB5_PASSWORD
#define CCACHE		.source = CREDSSP_HLP_KRB5_CCACHE, .flags = CREDSSP_HLP_KRB5_LOCAL
#define KEYTAB		.source = CREDSSP_HLP_KRB5_KEYTAB, .flags = CREDSSP_HLP_KRB5_LOCAL
#define ALICE		PASSWORD, .user = "alice", .password = "secret"

static struct test_exchange x;
static struct test_service service;
static uint8_t saved[CREDSSP_HLP_MAX_TICKETS];
static size_t saved_length;

static void set_up_realm(void)
{
	static const char *const types[] = { "aes256-cts", "aes128-cts", "aes256-sha2",
					     "aes128-sha2", "rc4-hmac" };
	const char *keytab = test_kdc_path("host.keytab");

	test_kdc_admin("addprinc -pw secret alice");
	test_kdc_admin("modprinc +requires_preauth alice");
	test_kdc_admin("addprinc -pw secret -pwexpire 2020-01-01 late");
	test_kdc_admin("addprinc -pw secret -allow_tix locked");
	test_kdc_admin("addprinc -pw secret -expire 2020-01-01 gone");
	test_kdc_admin("addprinc -randkey svc/batch");
	test_kdc_admin("addprinc -randkey -allow_svr TERMSRV/noserver.test");
	test_kdc_admin("addprinc -randkey -e " STRONG " " HOST);
	test_kdc_admin("addprinc -randkey TERMSRV/a.mapped.test");
	test_kdc_admin("ktadd -k %s -norandkey " HOST, keytab);
	test_kdc_admin("ktadd -k %s -norandkey svc/batch", test_kdc_path("client.keytab"));
	for (int i = 0; i < 5; i++) {
		test_kdc_admin("addprinc -randkey -e %s:normal TERMSRV/%s.test", types[i],
			       types[i]);
		test_kdc_admin("setstr TERMSRV/%s.test session_enctypes %s", types[i], types[i]);
		test_kdc_admin("ktadd -k %s -norandkey TERMSRV/%s.test", keytab, types[i]);
	}
}

static void begin(const struct test_ask *a)
{
	test_office_open(&x, false);
	test_office_ask(&x, a);
	test_office_take(&x);
	if (x.reply.state == CREDSSP_HLP_KRB5_FAILED)
		log_debug("test: failure %u, error %u", x.reply.failure, x.reply.error);
}

static bool is_client(const char *name)
{
	return x.reply.client_length == strlen(name) &&
	       !memcmp(x.out + x.reply.message_length, name, strlen(name));
}

static void keep_saved(void)
{
	saved_length = x.reply.saved_length;
	ENSURE(saved_length && saved_length <= sizeof(saved));
	memcpy(saved, x.out + x.reply.message_length + x.reply.client_length, saved_length);
}

static void finish(bool subkey, const krb5_keyblock *session_key)
{
	test_service_accept(&service, session_key ? NULL : test_kdc_path("host.keytab"),
			    session_key, subkey, x.out, x.reply.message_length);
	test_office_send(&x, service.rep, service.rep_length);
	test_office_take(&x);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_DONE && !x.reply.failure);
	ENSURE(x.reply.flags == (subkey ? CREDSSP_HLP_KRB5_ACCEPTOR_SUBKEY : 0));
	ENSURE(x.reply.enctype == (uint32_t)service.enctype);
	ENSURE(x.reply.key_length == service.key_length);
	ENSURE(!memcmp(x.reply.key, service.key, service.key_length));
	ENSURE(x.reply.tx_seq == service.rx_seq && x.reply.rx_seq == service.tx_seq);
	ENSURE(!x.reply.message_length && !x.reply.client_length && !x.reply.saved_length);
	ENSURE(!test_office_close(&x));
}

/* An exchange that succeeds, as @client, with @messages to KDCs (-1: any number) */
static void succeed(const struct test_ask *a, const char *client, int messages)
{
	begin(a);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_CONTINUE && !x.reply.failure);
	ENSURE(is_client(client));
	ENSURE(messages < 0 || x.reply.kdc_messages == (uint32_t)messages);
	ENSURE(x.reply.not_after > (uint64_t)time(NULL));
	ENSURE(x.reply.not_after <= (uint64_t)time(NULL) + 10 * 3600);
	if (a->source == CREDSSP_HLP_KRB5_PASSWORD)
		keep_saved();
	else
		ENSURE(!x.reply.saved_length);
	finish(true, NULL);
	ENSURE(!strcmp(service.client, client));
}

static void fail(const struct test_ask *a, uint32_t failure, uint32_t error)
{
	begin(a);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(x.reply.failure == failure && x.reply.error == error);
	ENSURE(!x.reply.message_length && !x.reply.client_length && !x.reply.saved_length);
	ENSURE(!test_office_close(&x));
}

static void test_password(void)
{
	static const struct test_ask asks[] = {
		{ ALICE, .target = HOST },
		{ ALICE, .realm = TEST_KDC_REALM, .target = HOST AT },
		{ ALICE, .realm = "test.example", .target = "TERMSRV/HOST.Test" },
		{ PASSWORD, .user = "alice" AT, .password = "secret", .target = HOST },
		{ PASSWORD, .user = "alice@test.example", .password = "secret", .target = HOST },
	};

	for (size_t i = 0; i < sizeof(asks) / sizeof(asks[0]); i++)
		succeed(&asks[i], "alice" AT, -1);
	ENSURE(service.options == AP_OPTS_MUTUAL_REQUIRED);
}

static void test_checksum(void)
{
	static const uint8_t bindings[16] = "0123456789abcdef";
	static const uint8_t none[16], lengths[4] = { 16 }, flags[4] = { 0x3e };
	struct test_ask a = { ALICE, .target = HOST };

	for (int i = 0; i < 2; i++) {
		succeed(&a, "alice" AT, -1);
		ENSURE(!memcmp(service.checksum, lengths, 4));
		ENSURE(!memcmp(service.checksum + 4, i ? bindings : none, 16));
		ENSURE(!memcmp(service.checksum + 20, flags, 4));
		a.bindings = bindings;
	}
}

static void test_own_subkey(void)
{
	begin(&(struct test_ask){ ALICE, .target = HOST });
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_CONTINUE);
	finish(false, NULL);
}

/* No AP-REP: the reply has the AP-REQ and its own subkey, and the worker ends. */
static void test_one_way(void)
{
	static const uint8_t flags[4] = { 0x3c };

	begin(&(struct test_ask){ ALICE, .flags = CREDSSP_HLP_KRB5_ONE_WAY, .target = HOST });
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_DONE && !x.reply.failure && !x.reply.flags);
	ENSURE(is_client("alice" AT));
	ENSURE(x.reply.not_after > (uint64_t)time(NULL));
	keep_saved();
	test_service_accept(&service, test_kdc_path("host.keytab"), NULL, false, x.out,
			    x.reply.message_length);
	ENSURE(!(service.options & AP_OPTS_MUTUAL_REQUIRED));
	ENSURE(!memcmp(service.checksum + 20, flags, 4));
	ENSURE(x.reply.enctype == (uint32_t)service.enctype);
	ENSURE(x.reply.key_length == service.key_length);
	ENSURE(!memcmp(x.reply.key, service.key, service.key_length));
	ENSURE(x.reply.tx_seq == service.rx_seq && x.reply.rx_seq == service.rx_seq);
	ENSURE(!test_office_close(&x));
}

static void test_saved(void)
{
	struct test_ask a = { ALICE, .target = HOST };

	succeed(&a, "alice" AT, -1);
	ENSURE(x.reply.kdc_messages == 0);
	a.saved = saved;
	a.saved_length = saved_length;
	succeed(&a, "alice" AT, 0);
	/* Another service: with the TGT */
	a.saved_length = saved_length;
	a.target = "TERMSRV/aes128-cts.test";
	succeed(&a, "alice" AT, 1);
	/* It has both now, and needs no KDC. */
	test_kdc_stop();
	a.saved_length = saved_length;
	succeed(&a, "alice" AT, 0);
	a.target = HOST;
	a.saved_length = saved_length;
	succeed(&a, "alice" AT, 0);
	test_kdc_go_on();
}

/* Saved tickets that are not of this user, or not of this form */
static void test_saved_others(void)
{
	struct test_ask a = { ALICE, .target = HOST }, other = a;
	static uint8_t copy[CREDSSP_HLP_MAX_TICKETS];
	const size_t head = 4 * sizeof(uint32_t) + strlen("alice" AT);
	size_t length;

	succeed(&a, "alice" AT, -1);
	length = saved_length;
	memcpy(copy, saved, length);
	other.user = "nobody";
	other.saved = copy;
	other.saved_length = length;
	fail(&other, CREDSSP_HLP_KRB5_FAIL_CLIENT, 6);
	/* Cut, and with wrong bytes: the password serves. */
	a.saved = copy;
	for (size_t n = 1; n < length; n += n < 64 ? 1 : 97) {
		a.saved_length = n;
		succeed(&a, "alice" AT, -1);
	}
	a.saved_length = length;
	for (size_t i = 0; i < length; i += i < 64 ? 1 : 97) {
		copy[i] ^= 0x55;
		begin(&a);
		/* A wrong byte inside of a ticket is noticed late. */
		ENSURE(x.reply.state == CREDSSP_HLP_KRB5_CONTINUE || i >= head);
		ENSURE(!test_office_close(&x));
		copy[i] ^= 0x55;
	}
}

/* The KDC has another key for the saved TGT since: the password serves. */
static void test_saved_stale(void)
{
	struct test_ask a = { ALICE, .target = HOST };

	succeed(&a, "alice" AT, -1);
	a.saved = saved;
	a.saved_length = saved_length;
	a.target = "TERMSRV/aes128-cts.test";
	test_kdc_admin("cpw -randkey krbtgt/" TEST_KDC_REALM);
	test_kdc_stop();
	test_kdc_go_on();
	succeed(&a, "alice" AT, -1);
}

static void test_keytab(void)
{
	char *name;
	struct test_ask a = { KEYTAB, .target = HOST };

	succeed(&a, "svc/batch" AT, -1);
	ENSURE(asprintf(&name, "FILE:%s", test_kdc_path("client.keytab")) > 0);
	a.tickets = name;
	a.user = "svc/batch";
	succeed(&a, "svc/batch" AT, -1);
	a.user = "alice";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	free(name);
	a.user = NULL;
	a.tickets = "/nonexistent/keytab";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	a.tickets = "MEMORY:x";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	/* Old keys */
	test_kdc_shell("cp %s %s", test_kdc_path("client.keytab"), test_kdc_path("old.keytab"));
	test_kdc_admin("cpw -randkey svc/batch");
	test_kdc_admin("modprinc +requires_preauth svc/batch");
	a.tickets = test_kdc_path("old.keytab");
	begin(&a);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_PASSWORD);
	ENSURE(!test_office_close(&x));
}

static void get_tgt(const char *options, const char *cache, const char *client)
{
	test_kdc_shell("echo secret | kinit %s -c %s %s >%s 2>&1", options, cache, client,
		       test_kdc_path("kinit.log"));
}

static void test_ccache(void)
{
	struct test_ask a = { CCACHE, .target = HOST };
	char uid[32];
	char *name;

	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	snprintf(uid, sizeof(uid), "cc_%u", (unsigned int)getuid());
	get_tgt("", test_kdc_path(uid), "alice");
	/* The environment does not count. */
	ENSURE(!setenv("KRB5CCNAME", "FILE:/nonexistent", 1));
	succeed(&a, "alice" AT, 1);
	/* The cache has the service's ticket now. */
	succeed(&a, "alice" AT, 0);
	a.user = "alice";
	succeed(&a, "alice" AT, 0);
	a.user = "late";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	a.user = NULL;
	ENSURE(asprintf(&name, "FILE:%s", test_kdc_path(uid)) > 0);
	a.tickets = name;
	succeed(&a, "alice" AT, 0);
	a.tickets = name + strlen("FILE:");
	succeed(&a, "alice" AT, 0);
	/* One that cannot be written */
	ENSURE(!chmod(test_kdc_path(uid), 0400));
	a.target = "TERMSRV/aes128-cts.test";
	succeed(&a, "alice" AT, -1);
	free(name);
}

static void test_ccache_names(void)
{
	static const char *const names[] = {
		"MEMORY:x", "FILE:/nonexistent", "DIR:/proc/none", "NONSENSE:x", "API:x",
		"/dev/null", "FILE:/etc/passwd", "FILE:", ":", "KEYRING:session:none",
		"KEYRING:none", "KEYRING:process:x", "KEYRING:thread:x", "KEYRING:user:none",
		"KEYRING:persistent:none", "KEYRING:nonsense:x", "KCM:", "KCM:0",
	};
	struct test_ask a = { CCACHE, .target = HOST };

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		a.tickets = names[i];
		begin(&a);
		ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
		ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_NO_TICKETS);
		ENSURE(!test_office_close(&x));
	}
	/* A FIFO does not stop the worker. */
	ENSURE(!mkfifo(test_kdc_path("fifo"), 0600));
	a.tickets = test_kdc_path("fifo");
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	/* Another user's file, if we can make one */
	if (geteuid())
		return;
	get_tgt("", test_kdc_path("theirs"), "alice");
	ENSURE(!chown(test_kdc_path("theirs"), 12345, 12345));
	a.tickets = test_kdc_path("theirs");
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	/* Our file, by another user's link and by our own */
	get_tgt("", test_kdc_path("ours"), "alice");
	ENSURE(!symlink(test_kdc_path("ours"), test_kdc_path("link")));
	a.tickets = test_kdc_path("link");
	succeed(&a, "alice" AT, -1);
	ENSURE(!lchown(test_kdc_path("link"), 12345, 12345));
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
}

static void test_collection(void)
{
	struct test_ask a = { CCACHE, .target = HOST };
	char *name;

	ENSURE(asprintf(&name, "DIR:%s", test_kdc_path("dir")) > 0);
	ENSURE(!mkdir(test_kdc_path("dir"), 0700));
	a.tickets = name;
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	get_tgt("", name, "alice");
	succeed(&a, "alice" AT, 1);
	test_kdc_shell("KRB5CCNAME=%s kinit -k -t %s " HOST, name, test_kdc_path("host.keytab"));
	/* That is the primary cache now. */
	succeed(&a, HOST AT, 1);
	a.user = "alice";
	succeed(&a, "alice" AT, 0);
	a.user = "nobody";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_NO_TICKETS, 0);
	free(name);
}

static void test_expired(void)
{
	get_tgt("-l 2s", test_kdc_path("short"), "alice");
	sleep(3);
	fail(&(struct test_ask){ CCACHE, .tickets = test_kdc_path("short"), .target = HOST },
	     CREDSSP_HLP_KRB5_FAIL_EXPIRED, 0);
}

/* The key of the host's TGT, and the TGT itself */
static void get_host_tgt(krb5_context context, krb5_creds *tgt)
{
	krb5_ccache cache;
	krb5_cc_cursor cursor;

	test_kdc_shell("kinit -k -t %s -c %s " HOST, test_kdc_path("host.keytab"),
		       test_kdc_path("host"));
	ENSURE(!krb5_cc_resolve(context, test_kdc_path("host"), &cache));
	ENSURE(!krb5_cc_start_seq_get(context, cache, &cursor));
	ENSURE(!krb5_cc_next_cred(context, cache, &cursor, tgt));
	while (krb5_is_config_principal(context, tgt->server)) {
		krb5_free_cred_contents(context, tgt);
		ENSURE(!krb5_cc_next_cred(context, cache, &cursor, tgt));
	}
	krb5_cc_end_seq_get(context, cache, &cursor);
	krb5_cc_close(context, cache);
}

static void test_user_to_user(void)
{
	struct test_ask a = {
		PASSWORD, .flags = CREDSSP_HLP_KRB5_USER_TO_USER, .user = "alice",
		.password = "secret", .target = HOST,
	};
	krb5_context context;
	krb5_creds tgt;

	ENSURE(!krb5_init_context(&context));
	get_host_tgt(context, &tgt);
	a.peer_ticket = (uint8_t *)tgt.ticket.data;
	a.peer_ticket_length = tgt.ticket.length;
	for (int i = 0; i < 2; i++) {
		begin(&a);
		ENSURE(x.reply.state == CREDSSP_HLP_KRB5_CONTINUE && is_client("alice" AT));
		/* The ticket is gotten anew each time. */
		ENSURE(!i || x.reply.kdc_messages == 1);
		keep_saved();
		a.saved = saved;
		a.saved_length = saved_length;
		finish(true, &tgt.keyblock);
		ENSURE(service.options & AP_OPTS_USE_SESSION_KEY);
	}
	/* A ticket that is none */
	a.peer_ticket = (const uint8_t *)"garbage";
	a.peer_ticket_length = 7;
	begin(&a);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(!test_office_close(&x));
	krb5_free_cred_contents(context, &tgt);
	krb5_free_context(context);
}

static void test_enctypes(void)
{
	static const struct {
		const char *target;
		uint32_t enctype;
	} rows[] = {
		{ "TERMSRV/aes256-cts.test", 18 }, { "TERMSRV/aes128-cts.test", 17 },
		{ "TERMSRV/aes256-sha2.test", 20 }, { "TERMSRV/aes128-sha2.test", 19 },
	};
	struct test_ask a = { CCACHE };

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		succeed(&(struct test_ask){ ALICE, .target = rows[i].target }, "alice" AT, -1);
		ENSURE(x.reply.enctype == rows[i].enctype);
	}
	fail(&(struct test_ask){ ALICE, .target = "TERMSRV/rc4-hmac.test" },
	     CREDSSP_HLP_KRB5_FAIL_ENCTYPE, 14);
	/* A ticket that the user has gotten with his own weak rules: it must not be used. */
	get_tgt("", test_kdc_path("weak"), "alice");
	test_kdc_shell("kvno -c %s TERMSRV/rc4-hmac.test >%s", test_kdc_path("weak"),
		       test_kdc_path("kvno.log"));
	a.tickets = test_kdc_path("weak");
	a.target = "TERMSRV/rc4-hmac.test";
	fail(&a, CREDSSP_HLP_KRB5_FAIL_ENCTYPE, 14);
	/* A TGT of that kind */
	test_kdc_shell("sed 's/^default_t.*/permitted_enctypes = rc4/' %s >%s", test_kdc_conf(),
		       test_kdc_path("weak.conf"));
	test_kdc_shell("echo secret | KRB5_CONFIG=%s kinit -c %s alice >%s 2>&1",
		       test_kdc_path("weak.conf"), test_kdc_path("weak"),
		       test_kdc_path("kinit.log"));
	a.target = HOST;
	fail(&a, CREDSSP_HLP_KRB5_FAIL_ENCTYPE, 0);
}

static void test_failures(void)
{
	static const struct {
		struct test_ask a;
		uint32_t failure;
		uint32_t error;
	} rows[] = {
		{ { PASSWORD, .user = "alice", .password = "wrong", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_PASSWORD, 24 },
		{ { PASSWORD, .user = "alice", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_PASSWORD, 24 },
		{ { PASSWORD, .user = "nobody", .password = "secret", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_CLIENT, 6 },
		{ { ALICE, .target = "TERMSRV/nowhere.test" }, CREDSSP_HLP_KRB5_FAIL_TARGET, 7 },
		{ { PASSWORD, .user = "late", .password = "secret", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_PASSWORD_EXPIRED, 23 },
		{ { PASSWORD, .user = "locked", .password = "secret", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_ACCOUNT, 18 },
		{ { PASSWORD, .user = "gone", .password = "secret", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_ACCOUNT, 1 },
		{ { ALICE, .realm = "NETBIOS", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_NO_KDC, 0 },
		{ { ALICE, .realm = "NOBODY.EXAMPLE", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_NO_KDC, 0 },
		{ { ALICE, .realm = "A/B", .target = HOST }, CREDSSP_HLP_KRB5_FAIL_NO_KDC, 0 },
		{ { ALICE, .target = "host.test" }, CREDSSP_HLP_KRB5_FAIL_NO_REALM, 0 },
		{ { ALICE, .target = "TERMSRV/" }, CREDSSP_HLP_KRB5_FAIL_NO_REALM, 0 },
		{ { ALICE, .target = "TERMSRV/10.0.0.1" }, CREDSSP_HLP_KRB5_FAIL_NO_REALM, 0 },
		{ { ALICE, .target = "TERMSRV/fe80::1" }, CREDSSP_HLP_KRB5_FAIL_NO_REALM, 0 },
		{ { ALICE, .target = "TERMSRV/a\\/b" }, CREDSSP_HLP_KRB5_FAIL_NO_REALM, 0 },
		{ { PASSWORD, .user = "D\\alice", .password = "secret", .target = HOST },
		  CREDSSP_HLP_KRB5_FAIL_NO_REALM, 0 },
		/* allow_svr is off: only with user-to-user */
		{ { ALICE, .target = "TERMSRV/noserver.test" },
		  CREDSSP_HLP_KRB5_FAIL_USER_TO_USER, 27 },
	};

	for (size_t i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		log_debug("test: row %zu", i);
		fail(&rows[i].a, rows[i].failure, rows[i].error);
	}
}

/* A wrong password is tried once: accounts are locked after some mistakes. */
static void test_one_attempt(void)
{
	test_kdc_admin("addprinc -pw secret +requires_preauth clumsy");
	fail(&(struct test_ask){ PASSWORD, .user = "clumsy", .password = "x", .target = HOST },
	     CREDSSP_HLP_KRB5_FAIL_PASSWORD, 24);
	ENSURE(x.reply.kdc_messages == 2);
	test_kdc_shell("test $(grep -c 'PREAUTH_FAILED: clumsy@' %s) = 1",
		       test_kdc_path("kdc.log"));
}

static void test_bad_rep(void)
{
	const struct test_ask a = { ALICE, .target = HOST };
	uint8_t rep[sizeof(service.rep)];
	size_t length;

	/* That of another exchange */
	succeed(&a, "alice" AT, -1);
	length = service.rep_length;
	memcpy(rep, service.rep, length);
	begin(&a);
	test_office_send(&x, rep, length);
	test_office_take(&x);
	ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED && !x.reply.key_length);
	ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_PROOF && !x.reply.error);
	ENSURE(!test_office_close(&x));
	/* One wrong byte, and one too few */
	for (int i = 0; i < 2; i++) {
		begin(&a);
		test_service_accept(&service, test_kdc_path("host.keytab"), NULL, true, x.out,
				    x.reply.message_length);
		service.rep[service.rep_length - 1] ^= !i;
		test_office_send(&x, service.rep, service.rep_length - i);
		test_office_take(&x);
		ENSURE(x.reply.state == CREDSSP_HLP_KRB5_FAILED);
		ENSURE(x.reply.failure == CREDSSP_HLP_KRB5_FAIL_PROOF);
		ENSURE(!test_office_close(&x));
	}
	/* No AP-REP at all */
	begin(&a);
	ENSURE(!test_office_close(&x));
}

static const struct test_case tests[] = {
	{ "password", test_password },
	{ "the authenticator's checksum", test_checksum },
	{ "an AP-REP without subkey", test_own_subkey },
	{ "an AP-REQ without an AP-REP", test_one_way },
	{ "saved tickets", test_saved },
	{ "saved tickets of others, or malformed", test_saved_others },
	{ "saved tickets that the KDC refuses", test_saved_stale },
	{ "the default cache, and files", test_ccache },
	{ "names of caches", test_ccache_names },
	{ "a collection of caches", test_collection },
	{ "an expired ticket", test_expired },
	{ "user to user", test_user_to_user },
	{ "encryption types", test_enctypes },
	{ "keytab", test_keytab },
	{ "failures", test_failures },
	{ "a wrong password is tried once", test_one_attempt },
	{ "a wrong AP-REP", test_bad_rep },
};

int main(void)
{
	log_setup(getenv("VERBOSE"));
	test_kdc_start();
	set_up_realm();
	test_office_start(test_kdc_conf());
	test_run("Kerberos", tests, sizeof(tests) / sizeof(tests[0]));
	test_office_end();
	test_kdc_end();
	return 0;
}
