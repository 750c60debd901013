// SPDX-License-Identifier: GPL-2.0-only
/* The gate: answers, limits, delays, and checkers that are not as they should be. */
#include <errno.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "tests/test.h"
#include "tests/test_gate.h"

#define DELAY_MS	200
/* What a busy machine may add to a time */
#define LATE_MS		150

/* ---- answers ---------------------------------------------------------------------- */

static void test_answers(void)
{
	const struct test_logon right = { .user = "Alice", .password = "Passw0rd!" };
	const struct test_logon wrong = { .user = "alice", .password = "password" };
	const struct test_logon unknown = { .user = "mallory", .password = "Passw0rd!" };
	const struct test_logon disabled = { .user = "carol", .password = "carols" };
	const struct test_logon foreign = {
		.user = "alice", .password = "Passw0rd!", .foreign = 1,
	};
	uint8_t payload[LOGON_PAYLOAD_MAX], key[NTLM_SESSION_KEY];
	struct test_answer a, b;

	test_gate_start_with_accounts();
	a = test_gate_logon(&right);
	ENSURE(a.body.state == CREDSSP_HLP_NTLM_DONE && !strcmp(a.name, "alice"));
	ENSURE(!a.body.failure && !a.body.ntstatus);
	test_logon_key(payload, test_logon_make(payload, &right), "Passw0rd!", key);
	ENSURE(!memcmp(key, a.body.session_base_key, sizeof(key)));
	a = test_gate_logon(&wrong);
	b = test_gate_logon(&unknown);
	ENSURE(test_was_denied(&a) && !memcmp(&a.body, &b.body, sizeof(a.body)));
	a = test_gate_logon(&disabled);
	ENSURE(test_answer_is(&a, CREDSSP_HLP_NTLM_FAIL_LOGON, STATUS_ACCOUNT_DISABLED));
	a = test_gate_logon(&foreign);
	ENSURE(test_answer_is(&a, CREDSSP_HLP_NTLM_FAIL_FOREIGN, STATUS_INTERNAL_ERROR));
	test_gate_stop();
}

static void test_no_accounts(void)
{
	const struct test_logon t = { .user = "alice", .password = "Passw0rd!" };
	struct test_answer a;

	test_gate_reset();
	test_setup.books = bookkeeper_serve;
	test_gate_start();
	a = test_gate_logon(&t);
	ENSURE(test_answer_is(&a, CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS, STATUS_INTERNAL_ERROR));
	test_gate_stop();
	/* A file that must not be used is none, until it is as it has to be. */
	test_gate_start_with_accounts();
	ENSURE(test_gate_try("alice", "Passw0rd!", NULL));
	ENSURE(!chmod(test_gate_file(), 0644));
	a = test_gate_logon(&t);
	ENSURE(test_answer_is(&a, CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS, STATUS_INTERNAL_ERROR));
	ENSURE(!chmod(test_gate_file(), 0600) && test_gate_try("alice", "Passw0rd!", NULL));
	ENSURE(!unlink(test_gate_file()));
	a = test_gate_logon(&t);
	ENSURE(test_answer_is(&a, CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS, STATUS_INTERNAL_ERROR));
	test_gate_stop();
}

/* ---- requests that no module sends -------------------------------------------------- */

static int outcome(const uint8_t *payload, size_t length)
{
	struct test_answer a;
	int ret = test_gate_send(7, payload, length);

	if (ret)
		return -ret;
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 7);
	return a.error;
}

static void test_lengths(void)
{
	const struct test_logon t = {
		.user = "alice", .domain = "D", .workstation = "W", .password = "Passw0rd!",
	};
	uint8_t payload[LOGON_PAYLOAD_MAX + 64] = { 0 };
	const size_t length = test_logon_make(payload, &t);
	struct credssp_hlp_ntlm_logon *head = (void *)payload;
	static const size_t fields[] = {
		offsetof(struct credssp_hlp_ntlm_logon, user_length),
		offsetof(struct credssp_hlp_ntlm_logon, domain_length),
		offsetof(struct credssp_hlp_ntlm_logon, workstation_length),
		offsetof(struct credssp_hlp_ntlm_logon, response_length),
	};
	uint32_t was, wrong;

	test_gate_start_script();
	for (size_t cut = 0; cut < length; cut++)
		ENSURE(outcome(payload, cut) == EBADMSG);
	for (size_t more = 1; more < 64; more++)
		ENSURE(outcome(payload, length + more) == EBADMSG);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
		memcpy(&was, payload + fields[i], sizeof(was));
		for (int bit = 0; bit < 32; bit++) {
			wrong = was ^ 1u << bit;
			memcpy(payload + fields[i], &wrong, sizeof(wrong));
			ENSURE(outcome(payload, length) == EBADMSG);
		}
		memcpy(payload + fields[i], &was, sizeof(was));
	}
	/* Sums that wrap around */
	head->user_length += 0x80000000;
	head->domain_length += 0x80000000;
	ENSURE(outcome(payload, length) == EBADMSG);
	ENSURE(!test_shared->asked);
	test_gate_stop();
}

static void test_lies(void)
{
	const struct test_logon t = { .user = "right", .address = "192.0.2.1", .response = "" };
	uint8_t payload[LOGON_PAYLOAD_MAX];
	const size_t length = test_logon_make(payload, &t);
	struct credssp_hlp_ntlm_logon *head = (void *)payload;

	test_gate_start_script();
	ENSURE(!outcome(payload, length));
	head->flags |= 2;
	ENSURE(outcome(payload, length) == EBADMSG);
	head->flags = CREDSSP_HLP_NTLM_LOCAL;
	head->peer_family = AF_UNIX;
	ENSURE(outcome(payload, length) == EBADMSG);
	head->peer_family = AF_INET;
	head->peer_address[4] = 1;
	ENSURE(outcome(payload, length) == EBADMSG);
	head->peer_family = 0;
	head->peer_port = 0;
	ENSURE(outcome(payload, length) == EBADMSG);
	memset(head->peer_address, 0, sizeof(head->peer_address));
	ENSURE(!outcome(payload, length));
	head->peer_scope = 1;
	ENSURE(outcome(payload, length) == EBADMSG);
	head->peer_family = AF_INET6;
	ENSURE(!outcome(payload, length));
	/* It is not patient, and gets an answer all the same. */
	head->time_limit = 0;
	ENSURE(!outcome(payload, length));
	ENSURE(test_shared->asked == 3);
	test_gate_stop();
}

static void test_long_names(void)
{
	static char name[LOGON_NAME_MAX / 2 + 2];
	struct test_logon t = { .user = name, .response = "" };
	uint8_t payload[LOGON_PAYLOAD_MAX + 8];
	struct test_answer a;

	test_gate_start_with_accounts();
	memset(name, 'a', LOGON_NAME_MAX / 2);
	a = test_gate_logon(&t);
	ENSURE(test_was_denied(&a));
	name[LOGON_NAME_MAX / 2] = 'a';
	ENSURE(outcome(payload, test_logon_make(payload, &t)) == EMSGSIZE);
	test_gate_stop();
}

static void test_conversations(void)
{
	const struct test_logon t = { .user = "stay" };

	test_gate_start_script();
	ENSURE(test_gate_ask(0, &t) == -EPROTO);
	ENSURE(!test_gate_ask(1, &t) && test_gate_ask(1, &t) == -EPROTO);
	ENSURE(!sem_post(&test_shared->open) && test_gate_take(TEST_LONG_MS).conversation == 1);
	ENSURE(!test_gate_ask(1, &t));
	ENSURE(!sem_post(&test_shared->open) && test_gate_take(TEST_LONG_MS).conversation == 1);
	test_gate_stop();
}

/* ---- delays ----------------------------------------------------------------------- */

/* Wrong ones of one account at one address do not get faster by coming together. */
static void test_delay(void)
{
	const struct test_logon wrong = { .user = "w", .address = "192.0.2.1" };
	const struct test_logon right = { .user = "r", .address = "192.0.2.1" };
	struct test_answer a;

	test_gate_reset();
	test_setup.rules.delay_ms = DELAY_MS;
	test_gate_start();
	ENSURE(test_gate_try("r", NULL, "192.0.2.1"));
	test_gate_watch();
	for (int i = 1; i <= 4; i++)
		ENSURE(!test_gate_ask(i, &wrong));
	/* Another account at this address does not wait for them. */
	ENSURE(!test_gate_ask(5, &right));
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 5 && a.after < DELAY_MS);
	for (int i = 1; i <= 4; i++) {
		a = test_gate_take(TEST_LONG_MS);
		ENSURE(a.conversation == (uint64_t)i && test_was_denied(&a));
		ENSURE(a.after >= i * DELAY_MS && a.after < i * DELAY_MS + LATE_MS);
		/* No guess before the last one is answered */
		ENSURE(test_shared->asked <= 3 + (unsigned int)i);
	}
	test_gate_stop();
}

/* A right proof waits for the failures before it, and for nothing else. */
static void test_delay_of_success(void)
{
	const struct test_logon wrong = {
		.user = "alice", .password = "x", .address = "192.0.2.1",
	};
	const struct test_logon right = {
		.user = "alice", .password = "Passw0rd!", .address = "192.0.2.1",
	};
	struct test_answer a;

	test_gate_reset();
	test_gate_accounts(test_accounts);
	test_setup.accounts = test_gate_file();
	test_setup.books = bookkeeper_serve;
	test_setup.rules.delay_ms = DELAY_MS;
	test_gate_start();
	ENSURE(test_gate_logon(&right).after < DELAY_MS);
	test_gate_watch();
	ENSURE(!test_gate_ask(1, &wrong) && !test_gate_ask(2, &wrong) && !test_gate_ask(3, &right));
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 1 && a.after >= DELAY_MS);
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 2 && a.after >= 2 * DELAY_MS);
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 3 && a.body.state == CREDSSP_HLP_NTLM_DONE);
	ENSURE(a.after < 2 * DELAY_MS + LATE_MS);
	test_gate_stop();
}

/* An answer is in time, but the next attempt waits for the whole delay. */
static void test_hurry(void)
{
	const struct test_logon hurried = {
		.user = "w", .address = "192.0.2.1", .time_limit = DELAY_MS,
	};
	const struct test_logon right = { .user = "w", .address = "192.0.2.1" };
	struct test_answer a;

	test_gate_reset();
	test_setup.rules.delay_ms = 3 * DELAY_MS;
	test_gate_start();
	test_gate_watch();
	ENSURE(!test_gate_ask(1, &hurried) && !test_gate_ask(2, &hurried) &&
	       !test_gate_ask(3, &right));
	for (int i = 0; i < 2; i++) {
		a = test_gate_take(TEST_LONG_MS);
		ENSURE(a.after < DELAY_MS + LATE_MS);
		ENSURE(a.conversation == 1 ? test_was_denied(&a) : test_was_busy(&a));
	}
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 3 && a.after >= 6 * DELAY_MS && test_shared->asked == 2);
	test_gate_stop();
}

/* Who leaves before the answer has failed all the same. */
static void test_end(void)
{
	const struct test_logon wrong = { .user = "w", .address = "192.0.2.1" };
	struct test_answer a;

	test_gate_reset();
	test_setup.rules.delay_ms = DELAY_MS;
	test_setup.rules.failures = 2;
	test_gate_start();
	for (int i = 1; i <= 2; i++) {
		ENSURE(!test_gate_ask(i, &wrong));
		usleep(DELAY_MS * 1000 / 4);
		test_gate_end(i);
		ENSURE(!test_gate_take(DELAY_MS).conversation);
	}
	a = test_gate_logon(&wrong);
	ENSURE(test_was_locked(&a));
	test_gate_stop();
	/* Those that wait are gone without having been tried. */
	test_gate_reset();
	test_setup.rules.delay_ms = DELAY_MS;
	test_gate_start();
	for (int i = 1; i <= 3; i++)
		ENSURE(!test_gate_ask(i, &wrong));
	usleep(DELAY_MS * 1000 / 4);
	test_gate_end(2);
	test_gate_end(3);
	ENSURE(test_gate_take(TEST_LONG_MS).conversation == 1);
	ENSURE(!test_gate_take(2 * DELAY_MS).conversation && test_shared->asked == 1);
	test_gate_stop();
}

/* ---- locks ------------------------------------------------------------------------- */

static void test_lock(void)
{
	/* Forms of one account's name */
	static const char *const forms[][2] = {
		{ "wanda", "" }, { "WANDA", "EXAMPLE" }, { "wanda@example.com", "" },
		{ "Wanda@example.com", "EXAMPLE" },
	};
	const size_t count = sizeof(forms) / sizeof(forms[0]);
	struct test_answer a;

	test_gate_reset();
	test_setup.rules.failures = count;
	test_gate_start();
	for (size_t i = 0; i < count; i++) {
		a = test_gate_from(forms[i][0], forms[i][1], "192.0.2.1");
		ENSURE(test_was_denied(&a));
	}
	for (size_t i = 0; i < count; i++) {
		a = test_gate_from(forms[i][0], forms[i][1], "::ffff:192.0.2.1");
		ENSURE(test_was_locked(&a));
	}
	ENSURE(test_shared->asked == count);
	/* Not for others */
	a = test_gate_from("wanda", "", "192.0.2.2");
	ENSURE(test_was_denied(&a));
	a = test_gate_from("wanda", "", NULL);
	ENSURE(test_was_denied(&a));
	ENSURE(test_gate_try("r", NULL, "192.0.2.1"));
	test_gate_stop();
}

/* A success forgets failures, but not those of an account of this name in another domain. */
static void test_forget(void)
{
	const struct test_logon right = {
		.user = "alice", .password = "Passw0rd!", .address = "192.0.2.1",
	};
	struct test_logon wrong = { .user = "alice", .password = "x", .address = "192.0.2.1" };
	static const char *const domains[] = { "", "EXAMPLE" };
	struct test_answer a;

	for (size_t i = 0; i < 2; i++) {
		wrong.domain = domains[i];
		test_gate_start_with_accounts();
		test_gate_stop();
		test_setup.rules.failures = 3;
		test_gate_start();
		for (int j = 0; j < 4; j++) {
			a = test_gate_logon(j == 2 ? &right : &wrong);
			ENSURE(j == 2 ? a.body.state == CREDSSP_HLP_NTLM_DONE :
					test_was_denied(&a));
		}
		a = test_gate_logon(&wrong);
		ENSURE(*domains[i] ? test_was_locked(&a) : test_was_denied(&a));
		test_gate_stop();
	}
}

static void test_address(void)
{
	char name[] = "w0";
	struct test_answer a;

	test_gate_reset();
	test_setup.rules.address_failures = 5;
	test_setup.rules.address_ms = 60000;
	test_gate_start();
	for (int i = 0; i < 5; i++) {
		name[1]++;
		a = test_gate_from(name, "", "2001:db8::1");
		ENSURE(test_was_denied(&a));
	}
	a = test_gate_from("r", "", "2001:db8::2:3");
	ENSURE(test_was_locked(&a));
	ENSURE(test_gate_try("r", NULL, "2001:db8:0:1::1"));
	/* Successes are not limited. */
	for (int i = 0; i < 20; i++)
		ENSURE(test_gate_try("r", NULL, "2001:db8:0:1::1"));
	/* Where no address is known there is none to lock. */
	for (int i = 0; i < 7; i++) {
		a = test_gate_from("w", "", NULL);
		ENSURE(test_was_denied(&a));
	}
	test_gate_stop();
}

/* ---- limits ------------------------------------------------------------------------ */

static void test_pending_of_address(void)
{
	const struct test_logon t = { .user = "s", .address = "192.0.2.1" };
	const struct test_logon other = { .user = "s", .address = "192.0.2.2" };
	struct test_answer a;

	test_gate_start_script();
	test_gate_ask_many(1, GATE_PENDING_OF_ADDRESS, "192.0.2.1", "s");
	a = test_gate_logon(&t);
	ENSURE(test_was_busy(&a));
	ENSURE(!test_gate_ask(500, &other));
	test_gate_open(GATE_PENDING_OF_ADDRESS + 1);
	for (unsigned int i = 0; i <= GATE_PENDING_OF_ADDRESS; i++)
		ENSURE(test_gate_take(TEST_LONG_MS).body.state == CREDSSP_HLP_NTLM_DONE);
	test_gate_stop();
}

static void test_pending_of_all(void)
{
	char address[] = "192.0.2.100";
	struct test_answer a;
	unsigned int done = 0;

	test_gate_start_script();
	for (unsigned int i = 0; i < GATE_PENDING / GATE_PENDING_OF_ADDRESS; i++) {
		address[strlen(address) - 1] = '0' + i;
		test_gate_ask_many(1 + GATE_PENDING_OF_ADDRESS * i, GATE_PENDING_OF_ADDRESS,
				   address, "s");
	}
	/* An address with few takes the place of one with many, which is refused. */
	test_gate_ask_many(1000, 2, "192.0.2.1", "s");
	for (int i = 0; i < 2; i++) {
		a = test_gate_take(TEST_LONG_MS);
		ENSURE(test_was_busy(&a) && a.conversation < 1000);
	}
	test_gate_open(GATE_PENDING);
	for (unsigned int i = 0; i < GATE_PENDING; i++) {
		a = test_gate_take(TEST_LONG_MS);
		ENSURE(a.body.state == CREDSSP_HLP_NTLM_DONE);
		done += a.conversation >= 1000;
	}
	ENSURE(done == 2 && !test_gate_take(TEST_QUIET_MS).conversation);
	test_gate_stop();
}

static bool all_were_asked(long count)
{
	return test_shared->asked == (unsigned long)count;
}

/*
 * Failures whose delay is not over do not keep others out: the first one is answered. The next
 * attempt from its address waits all the same.
 */
static void test_pending_failures(void)
{
	const struct test_logon right = { .user = "r", .address = "192.0.2.1" };
	const struct test_logon again = { .user = "w", .address = "2001:db8::2" };
	const int delay = 10 * DELAY_MS;
	struct test_answer a;
	char address[32];

	test_gate_reset();
	test_setup.rules.delay_ms = delay;
	test_gate_start();
	test_gate_watch();
	for (unsigned int i = 0; i < GATE_PENDING; i++) {
		const struct test_logon wrong = { .user = "w", .address = address };

		snprintf(address, sizeof(address), "2001:db8:0:%x::1", i);
		ENSURE(!test_gate_ask(1 + i, &wrong));
	}
	ENSURE(test_gate_await(all_were_asked, GATE_PENDING));
	ENSURE(!test_gate_ask(1000, &right));
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 1 && test_was_denied(&a) && a.after < delay);
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 1000 && a.body.state == CREDSSP_HLP_NTLM_DONE && a.after < delay);
	ENSURE(!test_gate_ask(1001, &again));
	for (unsigned int i = 1; i < GATE_PENDING; i++) {
		a = test_gate_take(TEST_LONG_MS);
		ENSURE(a.conversation <= GATE_PENDING && test_was_denied(&a) && a.after >= delay);
	}
	a = test_gate_take(TEST_LONG_MS);
	ENSURE(a.conversation == 1001 && test_was_denied(&a) && a.after >= 2 * delay);
	test_gate_stop();
}

/* Failures from many addresses at once: each has its answer, and another user is not in the way. */
static void test_flood(void)
{
	char address[32];
	unsigned int busy = 0;
	struct test_answer a;

	test_gate_reset();
	test_setup.rules.delay_ms = DELAY_MS;
	test_setup.rules.failures = 3;
	test_gate_start();
	for (unsigned int i = 0; i < 2 * GATE_PENDING; i++) {
		const struct test_logon t = { .user = "wanda", .address = address };

		snprintf(address, sizeof(address), "2001:db8:%x::1", i);
		ENSURE(!test_gate_ask(1 + i, &t));
	}
	for (unsigned int i = 0; i < 2 * GATE_PENDING; i++) {
		a = test_gate_take(TEST_LONG_MS);
		ENSURE(test_was_denied(&a) || test_was_busy(&a));
		busy += test_was_busy(&a);
	}
	ENSURE(busy <= GATE_PENDING);
	/* The account is not locked for its owner. */
	a = test_gate_from("wanda", "", "192.0.2.1");
	ENSURE(test_was_denied(&a));
	ENSURE(test_gate_try("rwanda", NULL, "192.0.2.1"));
	test_gate_stop();
}

static const struct test_case tests[] = {
	{ "right, wrong, unknown, disabled, foreign", test_answers },
	{ "no file, or one that must not be used", test_no_accounts },
	{ "requests of wrong lengths", test_lengths },
	{ "requests of a requester that lies", test_lies },
	{ "names that are too long", test_long_names },
	{ "one request in a conversation", test_conversations },
	{ "failures are answered one after the other", test_delay },
	{ "a success waits for earlier failures only", test_delay_of_success },
	{ "time limits do not shorten the delay", test_hurry },
	{ "END does not undo a failure", test_end },
	{ "an account is locked for its address", test_lock },
	{ "failures that a success forgets", test_forget },
	{ "failures of an address, IPv6 by /64", test_address },
	{ "logons of one address that wait", test_pending_of_address },
	{ "logons of all addresses that wait", test_pending_of_all },
	{ "failures that wait for their delay make room", test_pending_failures },
	{ "failures from many addresses at once", test_flood },
};

int main(void)
{
	/* Expected failures are logged. */
	log_setup(false);
	test_run("gate", tests, sizeof(tests) / sizeof(tests[0]));
	ENSURE(!unlink(test_gate_file()));
	return 0;
}
