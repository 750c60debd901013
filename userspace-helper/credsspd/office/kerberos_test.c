// SPDX-License-Identifier: GPL-2.0-only
/*
 * Ticket office, workers and relay together, with a KDC of MIT: a user's password and
 * caches, through all limits that a worker has.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdalign.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <linux/credssp.h>
#include "base/log.h"
#include "krb5/krb5_accept_work.h"
#include "krb5/krb5_relay.h"
#include "krb5/krb5_work.h"
#include "office.h"
#include "tests/test.h"
#include "tests/test_initiator.h"
#include "tests/test_kdc.h"
#include "tests/test_office.h"
#include "tests/test_service.h"

#define HOST		"TERMSRV/host.test"
#define REPLY_MS	60000
/* Two users; neither has an entry in the user database. */
enum { ALICE = 54321, BOB = 54322 };

static struct office *office;
static char file_cache[600], keyring_cache[64], keytab[600], alices_keytab[600];
static bool has_keyring;
static struct test_service service;
static uint64_t conversation;
static alignas(8) uint8_t request[CREDSSP_HLP_MAX_MESSAGE];
static alignas(8) uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];
static const struct credssp_hlp_header *const head = (const void *)reply;
static const struct credssp_hlp_krb5_reply *const body = (const void *)(reply + sizeof(*head));

/* Send a request and take the reply; its error */
static int exchange_any(uint16_t opcode, uid_t uid, size_t payload)
{
	struct pollfd p = { .fd = office_fd(office), .events = POLLIN };
	const struct credssp_hlp_header hdr = {
		.length = sizeof(hdr) + payload, .opcode = opcode, .id = 1,
		.conversation = conversation, .uid = uid, .owner = uid,
	};
	size_t length = 0;

	memcpy(request, &hdr, sizeof(hdr));
	ENSURE(!office_request(office, request, hdr.length));
	while (!length) {
		ENSURE(poll(&p, 1, REPLY_MS) == 1);
		ENSURE(!office_receive(office, reply, sizeof(reply), &length));
	}
	ENSURE(head->conversation == conversation && head->opcode == opcode);
	return head->error;
}

static void exchange(uint16_t opcode, uid_t uid, size_t payload)
{
	ENSURE(!exchange_any(opcode, uid, payload));
}

/* Begin an exchange; its state */
static uint32_t begin(uid_t uid, const struct test_ask *a)
{
	conversation++;
	exchange(CREDSSP_HLP_KRB5_INIT, uid,
		 test_office_make(request + sizeof(*head), a));
	return body->state;
}

/* Go through with an exchange, whose initiator must be @client. */
static void authenticate(uid_t uid, const struct test_ask *a, const char *client)
{
	ENSURE(begin(uid, a) == CREDSSP_HLP_KRB5_CONTINUE);
	test_service_accept(&service, test_kdc_path("host.keytab"), NULL, true,
			    (const uint8_t *)(body + 1), body->message_length);
	ENSURE(!strcmp(service.client, client));
	memcpy(request + sizeof(*head), service.rep, service.rep_length);
	exchange(CREDSSP_HLP_KRB5_STEP, uid, service.rep_length);
	ENSURE(body->state == CREDSSP_HLP_KRB5_DONE && body->key_length == service.key_length);
	ENSURE(!memcmp(body->key, service.key, service.key_length));
}

/* Put alice's TGT into @cache, as the user ALICE. */
static bool log_in(const char *cache)
{
	char command[1024];

	snprintf(command, sizeof(command),
		 "(echo secret | setpriv --reuid %d --clear-groups kinit -c %s alice) >%s 2>&1",
		 ALICE, cache, test_kdc_path("kinit.log"));
	return !system(command);
}

static void set_up_realm(void)
{
	char directory[512];

	test_kdc_start();
	test_kdc_admin("addprinc -pw secret alice");
	test_kdc_admin("addprinc -randkey " HOST);
	test_kdc_admin("ktadd -k %s -norandkey " HOST, test_kdc_path("host.keytab"));
	/* The relay and the workers read krb5.conf as other users. */
	snprintf(directory, sizeof(directory), "%s", test_kdc_conf());
	*strrchr(directory, '/') = '\0';
	ENSURE(!chmod(directory, 0755) && !chmod(test_kdc_conf(), 0644));
	snprintf(file_cache, sizeof(file_cache), "FILE:%s/home/cache", directory);
	test_kdc_shell("mkdir -m 700 %s/home && chown %d %s/home", directory, ALICE, directory);
	/* A service of the user ALICE, with a keytab that BOB cannot read */
	snprintf(keytab, sizeof(keytab), "%s/home/keytab", directory);
	snprintf(alices_keytab, sizeof(alices_keytab), "%s", keytab);
	test_kdc_shell("cp %s %s && chown %d %s && chmod 600 %s", test_kdc_path("host.keytab"),
		       keytab, ALICE, keytab, keytab);
	snprintf(keyring_cache, sizeof(keyring_cache), "KEYRING:persistent:%d", ALICE);
}

static void set_up(void)
{
	static struct office_setup setup = {
		.user = "nobody", .work = krb5_work, .accept = krb5_accept_work,
		.tgt = krb5_tgt_work, .relay = krb5_relay,
	};

	set_up_realm();
	ENSURE(log_in(file_cache));
	has_keyring = log_in(keyring_cache);
	setup.conf = test_kdc_conf();
	setup.replays = test_kdc_path("private/replay");
	/* From here on there is no system(): SIGCHLD is ignored. */
	office = office_start(&setup);
	ENSURE(office);
}

static void clean_up(void)
{
	office_stop(office);
	ENSURE(signal(SIGCHLD, SIG_DFL) != SIG_ERR);
	if (has_keyring)
		test_kdc_shell("setpriv --reuid %d --clear-groups kdestroy -c %s", ALICE,
			       keyring_cache);
	test_kdc_end();
}

static void test_password(void)
{
	static uint8_t saved[CREDSSP_HLP_MAX_TICKETS];
	struct test_ask a = {
		.source = CREDSSP_HLP_KRB5_PASSWORD, .user = "alice", .password = "secret",
		.realm = TEST_KDC_REALM, .target = HOST,
	};

	ENSURE(begin(ALICE, &a) == CREDSSP_HLP_KRB5_CONTINUE && body->kdc_messages);
	a.saved_length = body->saved_length;
	memcpy(saved, (const uint8_t *)(body + 1) + body->message_length + body->client_length,
	       a.saved_length);
	a.saved = saved;
	authenticate(ALICE, &a, "alice@" TEST_KDC_REALM);
	a.saved = NULL;
	a.saved_length = 0;
	a.password = "wrong";
	ENSURE(begin(ALICE, &a) == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(body->failure == CREDSSP_HLP_KRB5_FAIL_PASSWORD);
}

/* A cache is its user's: the worker of another one cannot read it. */
static void test_cache(const char *cache)
{
	const struct test_ask a = {
		.source = CREDSSP_HLP_KRB5_CCACHE, .flags = CREDSSP_HLP_KRB5_LOCAL,
		.tickets = cache, .target = HOST,
	};

	authenticate(ALICE, &a, "alice@" TEST_KDC_REALM);
	ENSURE(begin(BOB, &a) == CREDSSP_HLP_KRB5_FAILED);
	ENSURE(body->failure == CREDSSP_HLP_KRB5_FAIL_NO_TICKETS);
}

static void test_file(void)
{
	test_cache(file_cache);
}

/* ---- acceptors ----------------------------------------------------------------- */

static uint8_t *put(uint8_t *p, const void *bytes, size_t n)
{
	memcpy(p, bytes, n);
	return p + n;
}

/* The next request of @conversation; the error of the reply */
static int ask_accept(uid_t uid, uint32_t flags, const uint8_t *req, size_t length)
{
	const bool is_user = flags & CREDSSP_HLP_KRB5_USER_TO_USER;
	const struct credssp_hlp_krb5_accept a = {
		.flags = flags, .time_limit = REPLY_MS,
		.keytab_length = is_user ? 0 : strlen(keytab),
		.spn_length = is_user ? 0 : strlen(HOST), .message_length = length,
	};
	uint8_t *p = put(request + sizeof(*head), &a, sizeof(a));

	p = put(p, keytab, a.keytab_length);
	p = put(p, HOST, a.spn_length);
	p = put(p, req, length);
	return exchange_any(CREDSSP_HLP_KRB5_ACCEPT, uid, p - request - sizeof(*head));
}

static int ask_tgt(uid_t uid, uint32_t flags)
{
	const struct credssp_hlp_krb5_tgt a = {
		.flags = flags, .time_limit = REPLY_MS, .keytab_length = strlen(keytab),
		.spn_length = strlen(HOST),
	};
	uint8_t *p = put(request + sizeof(*head), &a, sizeof(a));

	p = put(p, keytab, a.keytab_length);
	p = put(p, HOST, a.spn_length);
	return exchange_any(CREDSSP_HLP_KRB5_TGT, uid, p - request - sizeof(*head));
}

static void make_req(struct test_initiator *i, const krb5_data *ticket)
{
	uint8_t sum[24];

	test_initiator_checksum(sum, TEST_GSS_FLAGS, NULL);
	test_initiator_make(i, &(struct test_intent){
		.cache = file_cache, .target = HOST, .options = AP_OPTS_MUTUAL_REQUIRED,
		.checksum = sum, .checksum_length = sizeof(sum), .checksum_type = 0x8003,
		.peer_ticket = ticket ? *ticket : (krb5_data){ 0 },
	});
}

static void check_established(struct test_initiator *i)
{
	krb5_keyblock *key;
	uint32_t sequence;

	ENSURE(body->state == CREDSSP_HLP_KRB5_DONE && !body->kdc_messages);
	test_initiator_finish(i, (const uint8_t *)(body + 1), body->message_length, &key,
			      &sequence);
	ENSURE(key->length == body->key_length && sequence == body->tx_seq);
	ENSURE(!memcmp(key->contents, body->key, key->length));
	krb5_free_keyblock(i->context, key);
}

static void check_refused(uint32_t failure)
{
	ENSURE(body->state == CREDSSP_HLP_KRB5_FAILED && body->failure == failure);
}

/* Keytab and replay cache are the user's own. */
static void test_accept(void)
{
	struct test_initiator i;

	make_req(&i, NULL);
	conversation++;
	ENSURE(!ask_accept(BOB, CREDSSP_HLP_KRB5_LOCAL, i.req, i.length));
	check_refused(CREDSSP_HLP_KRB5_FAIL_NO_TICKETS);
	conversation++;
	ENSURE(!ask_accept(ALICE, 0, i.req, i.length));
	check_refused(CREDSSP_HLP_KRB5_FAIL_FOREIGN);
	conversation++;
	ENSURE(!ask_accept(ALICE, CREDSSP_HLP_KRB5_LOCAL, i.req, i.length));
	check_established(&i);
	conversation++;
	ENSURE(!ask_accept(ALICE, CREDSSP_HLP_KRB5_LOCAL, i.req, i.length));
	check_refused(CREDSSP_HLP_KRB5_FAIL_REPLAY);
	ENSURE(body->error == 34 && body->message_length);
	test_initiator_free(&i);
	/* Root's worker has no capabilities: it reads root's keytabs only. */
	make_req(&i, NULL);
	conversation++;
	ENSURE(!ask_accept(0, CREDSSP_HLP_KRB5_LOCAL, i.req, i.length));
	check_refused(CREDSSP_HLP_KRB5_FAIL_NO_TICKETS);
	snprintf(keytab, sizeof(keytab), "%s", test_kdc_path("host.keytab"));
	conversation++;
	ENSURE(!ask_accept(0, CREDSSP_HLP_KRB5_LOCAL, i.req, i.length));
	check_established(&i);
	snprintf(keytab, sizeof(keytab), "%s", alices_keytab);
	test_initiator_free(&i);
}

/* The office asks the KDC for a TGT once, for each user. */
static void test_user_to_user(void)
{
	const uint32_t user = CREDSSP_HLP_KRB5_LOCAL | CREDSSP_HLP_KRB5_USER_TO_USER;
	struct test_initiator i;
	krb5_data ticket;

	for (int n = 0; n < 3; n++) {
		conversation++;
		ENSURE(!ask_tgt(ALICE, CREDSSP_HLP_KRB5_LOCAL));
		ENSURE(body->state == CREDSSP_HLP_KRB5_CONTINUE && !body->kdc_messages == !!n);
		ENSURE(!body->saved_length);
		ENSURE(body->client_length == strlen(HOST "@" TEST_KDC_REALM));
		ticket = (krb5_data){ .data = (char *)(body + 1), .length = body->message_length };
		make_req(&i, &ticket);
		/* The KDC is not needed any more. */
		ENSURE(!ask_accept(ALICE, user, i.req, i.length));
		check_established(&i);
		test_initiator_free(&i);
	}
	conversation++;
	ENSURE(!ask_tgt(BOB, CREDSSP_HLP_KRB5_LOCAL));
	check_refused(CREDSSP_HLP_KRB5_FAIL_NO_TICKETS);
	conversation++;
	ENSURE(!ask_tgt(ALICE, 0));
	check_refused(CREDSSP_HLP_KRB5_FAIL_FOREIGN);
}

/* Requests out of order, and a key that is another user's */
static void test_order(void)
{
	const uint32_t user = CREDSSP_HLP_KRB5_LOCAL | CREDSSP_HLP_KRB5_USER_TO_USER;
	const uint8_t req[] = { 0x6e, 0 };

	conversation++;
	ENSURE(ask_accept(ALICE, user, req, sizeof(req)) == EPROTO);
	conversation++;
	ENSURE(!ask_tgt(ALICE, CREDSSP_HLP_KRB5_LOCAL));
	ENSURE(ask_accept(ALICE, CREDSSP_HLP_KRB5_LOCAL, req, sizeof(req)) == EPROTO);
	ENSURE(ask_accept(BOB, user, req, sizeof(req)) == EPROTO);
	/* That was the end of it. */
	ENSURE(ask_accept(ALICE, user, req, sizeof(req)) == EPROTO);
	conversation++;
	ENSURE(!ask_tgt(ALICE, CREDSSP_HLP_KRB5_LOCAL));
	ENSURE(!ask_accept(ALICE, user, req, sizeof(req)));
	check_refused(CREDSSP_HLP_KRB5_FAIL_REQUEST);
}

/* END forgets a conversation. */
static void test_end(void)
{
	const uint32_t user = CREDSSP_HLP_KRB5_LOCAL | CREDSSP_HLP_KRB5_USER_TO_USER;
	struct credssp_hlp_header end = {
		.length = sizeof(end), .opcode = CREDSSP_HLP_END,
	};
	const uint8_t req[] = { 0x6e, 0 };

	conversation++;
	ENSURE(!ask_tgt(ALICE, CREDSSP_HLP_KRB5_LOCAL));
	end.conversation = conversation;
	ENSURE(office_is_for(office, &end, sizeof(end)));
	ENSURE(!office_request(office, &end, sizeof(end)));
	ENSURE(!office_is_for(office, &end, sizeof(end)));
	ENSURE(ask_accept(ALICE, user, req, sizeof(req)) == EPROTO);
}

static void test_keyring(void)
{
	if (has_keyring)
		test_cache(keyring_cache);
	else
		puts("# no persistent keyrings here");
}

static const struct test_case tests[] = {
	{ "a password", test_password },
	{ "a cache in a file", test_file },
	{ "a cache in the persistent keyring", test_keyring },
	{ "an acceptor", test_accept },
	{ "an acceptor, user to user", test_user_to_user },
	{ "an acceptor's requests out of order", test_order },
	{ "an acceptor's conversation that ends early", test_end },
};

int main(void)
{
	if (geteuid()) {
		puts("# not root: workers cannot become another user");
		return 0;
	}
	log_setup(getenv("VERBOSE"));
	set_up();
	test_run("Kerberos", tests, sizeof(tests) / sizeof(tests[0]));
	clean_up();
	return 0;
}
