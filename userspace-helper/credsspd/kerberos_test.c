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
#include "krb5_relay.h"
#include "krb5_work.h"
#include "log.h"
#include "office.h"
#include "test.h"
#include "test_kdc.h"
#include "test_office.h"
#include "test_service.h"

#define HOST		"TERMSRV/host.test"
#define REPLY_MS	60000
/* Two users; neither has an entry in the user database. */
enum { ALICE = 54321, BOB = 54322 };

static struct office *office;
static char file_cache[600], keyring_cache[64];
static bool has_keyring;
static struct test_service service;
static uint64_t conversation;
static alignas(8) uint8_t request[CREDSSP_HLP_MAX_MESSAGE];
static alignas(8) uint8_t reply[CREDSSP_HLP_MAX_MESSAGE];
static const struct credssp_hlp_header *const head = (const void *)reply;
static const struct credssp_hlp_krb5_reply *const body = (const void *)(reply + sizeof(*head));

static void exchange(uint16_t opcode, uid_t uid, size_t payload)
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
	ENSURE(head->conversation == conversation && !head->error);
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
	snprintf(keyring_cache, sizeof(keyring_cache), "KEYRING:persistent:%d", ALICE);
}

static void set_up(void)
{
	static struct office_setup setup = {
		.user = "nobody", .work = krb5_work, .relay = krb5_relay,
	};

	set_up_realm();
	ENSURE(log_in(file_cache));
	has_keyring = log_in(keyring_cache);
	setup.conf = test_kdc_conf();
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

static void test_keyring(void)
{
	if (has_keyring)
		test_cache(keyring_cache);
	else
		puts("# no persistent keyrings here");
}

int main(void)
{
	static const struct {
		const char *name;
		void (*run)(void);
	} tests[] = {
		{ "a password", test_password },
		{ "a cache in a file", test_file },
		{ "a cache in the persistent keyring", test_keyring },
	};

	if (geteuid()) {
		puts("# not root: workers cannot become another user");
		return 0;
	}
	log_setup(getenv("VERBOSE"));
	set_up();
	for (size_t i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		tests[i].run();
		printf("ok Kerberos: %s\n", tests[i].name);
		fflush(stdout);
	}
	clean_up();
	return 0;
}
