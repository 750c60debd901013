// SPDX-License-Identifier: GPL-2.0-only
/* Locks, delays and limits of failed logons, by a clock of this program. */
#include <stdio.h>
#include <string.h>
#include <arpa/inet.h>
#include "attempts.h"
#include "tests/test.h"

static const struct attempts_rules defaults = {
	.failures = ATTEMPTS_FAILURES, .lock_ms = ATTEMPTS_LOCK_MS,
	.delay_ms = ATTEMPTS_DELAY_MS, .address_failures = ATTEMPTS_ADDRESS_FAILURES,
	.address_ms = ATTEMPTS_ADDRESS_MS,
};

static struct attempts *a;
static int64_t now;

static void start(const struct attempts_rules *rules)
{
	now = 1000000;
	a = attempts_new(rules);
	ENSURE(a);
}

static void stop(void)
{
	attempts_free(a);
}

static struct credssp_address ipv4(uint32_t n)
{
	struct credssp_address at = { .family = AF_INET, .port = n };

	n = htonl(0x0a000000 + n);
	memcpy(at.address, &n, sizeof(n));
	return at;
}

static struct credssp_address ipv6(const char *text, uint32_t scope)
{
	struct credssp_address at = { .family = AF_INET6, .scope = scope };

	ENSURE(inet_pton(AF_INET6, text, at.address) == 1);
	return at;
}

static const struct credssp_address unknown;

#define DOMAIN	1

static struct attempt_pair *hold(unsigned int name, const struct credssp_address *at)
{
	uint8_t digest[ATTEMPTS_NAME] = { 0 };

	memcpy(digest, &name, sizeof(name));
	return attempts_hold(a, digest, at, now);
}

enum result { RIGHT, WRONG, LOCKED, WAITS, NO_PLACE };

/* A whole attempt; with a failure the time goes on until its answer. */
static enum result attempt_at(unsigned int name, const struct credssp_address *at, bool right)
{
	struct attempt_pair *p = hold(name, at);
	enum result result = right ? RIGHT : WRONG;
	int64_t due;

	if (!p)
		return NO_PLACE;
	switch (attempts_may_begin(a, p, now)) {
	case ATTEMPTS_GO:
		attempts_begin(p);
		if (right) {
			attempts_succeed(p, DOMAIN);
			break;
		}
		due = attempts_fail(a, p, DOMAIN, now, now);
		ENSURE(due >= now);
		now = due;
		attempts_end_failure(p);
		break;
	case ATTEMPTS_WAIT:
		result = WAITS;
		break;
	default:
		result = LOCKED;
	}
	attempts_drop(a, p, now);
	return result;
}

static enum result attempt(unsigned int name, uint32_t address, bool right)
{
	const struct credssp_address at = ipv4(address);

	return attempt_at(name, &at, right);
}

/* ---- one account ------------------------------------------------------------------- */

static void test_lock(void)
{
	int64_t locked;

	start(&defaults);
	for (int i = 0; i < ATTEMPTS_FAILURES; i++)
		ENSURE(attempt(1, 1, false) == WRONG);
	locked = now;
	/* Right or wrong; but for this account and address only */
	ENSURE(attempt(1, 1, true) == LOCKED && attempt(1, 1, false) == LOCKED);
	ENSURE(attempt(1, 2, true) == RIGHT && attempt(2, 1, true) == RIGHT);
	ENSURE(attempt_at(1, &unknown, true) == RIGHT);
	/* Attempts in the meantime do not make it longer. */
	now = locked + ATTEMPTS_LOCK_MS - ATTEMPTS_DELAY_MS - 1;
	ENSURE(attempt(1, 1, true) == LOCKED);
	now += 1;
	ENSURE(attempt(1, 1, false) == WRONG && attempt(1, 1, true) == RIGHT);
	stop();
}

static void test_forget(void)
{
	start(&defaults);
	/* A success forgets the failures. */
	for (int round = 0; round < 3; round++) {
		for (int i = 0; i < ATTEMPTS_FAILURES - 1; i++)
			ENSURE(attempt(1, 1, false) == WRONG);
		ENSURE(attempt(1, 1, true) == RIGHT);
	}
	/* And so does time. */
	for (int i = 0; i < 3 * ATTEMPTS_FAILURES; i++) {
		ENSURE(attempt(1, 1, false) == WRONG);
		now += ATTEMPTS_LOCK_MS;
	}
	ENSURE(attempt(1, 1, true) == RIGHT);
	stop();
}

static void test_never(void)
{
	struct attempts_rules rules = defaults;

	rules.failures = 0;
	rules.address_failures = 0;
	start(&rules);
	for (int i = 0; i < 1000; i++)
		ENSURE(attempt(1, 1, false) == WRONG);
	ENSURE(attempt(1, 1, true) == RIGHT);
	stop();
}

/* What could not be found out does not count. */
static void test_abandon(void)
{
	const struct credssp_address at = ipv4(1);
	struct attempt_pair *p;

	start(&defaults);
	for (int i = 0; i < 1000; i++) {
		p = hold(1, &at);
		ENSURE(attempts_may_begin(a, p, now) == ATTEMPTS_GO);
		attempts_begin(p);
		attempts_abandon(p);
		attempts_drop(a, p, now);
	}
	ENSURE(attempt(1, 1, true) == RIGHT);
	ENSURE(!attempts_count_pairs(a) && !attempts_count_addresses(a));
	stop();
}

/* ---- addresses ---------------------------------------------------------------------- */

static void test_addresses(void)
{
	const struct credssp_address mapped = ipv6("::ffff:10.0.0.1", 0);
	const struct credssp_address one = ipv6("2001:db8:1:2::1", 0);
	const struct credssp_address same = ipv6("2001:db8:1:2:ffff:ffff:ffff:ffff", 0);
	const struct credssp_address next = ipv6("2001:db8:1:3::1", 0);
	const struct credssp_address link = ipv6("fe80::1", 2), other = ipv6("fe80::1", 3);

	start(&defaults);
	for (int i = 0; i < ATTEMPTS_FAILURES; i++) {
		ENSURE(attempt(1, 1, false) == WRONG);
		ENSURE(attempt_at(1, &one, false) == WRONG);
		ENSURE(attempt_at(1, &link, false) == WRONG);
	}
	ENSURE(attempt_at(1, &mapped, true) == LOCKED);
	ENSURE(attempt_at(1, &same, true) == LOCKED && attempt_at(1, &next, true) == RIGHT);
	ENSURE(attempt_at(1, &link, true) == LOCKED && attempt_at(1, &other, true) == RIGHT);
	stop();
}

static void test_rate(void)
{
	struct attempts_rules rules = defaults;
	unsigned int name = 0, wrong = 0;

	rules.delay_ms = 0;
	start(&rules);
	for (int i = 0; i < ATTEMPTS_ADDRESS_FAILURES; i++)
		ENSURE(attempt(name++, 1, false) == WRONG);
	ENSURE(attempt(name++, 1, true) == LOCKED && attempt(0, 2, true) == RIGHT);
	now += ATTEMPTS_ADDRESS_MS - 1;
	ENSURE(attempt(name++, 1, true) == LOCKED);
	now++;
	/* A success takes nothing away. */
	for (int i = 0; i < 10; i++)
		ENSURE(attempt(name++, 1, true) == RIGHT);
	ENSURE(attempt(name++, 1, false) == WRONG && attempt(name++, 1, false) == LOCKED);
	/* A day of trying without a pause */
	for (int64_t end = now + 24 * 3600 * 1000; now < end; now += 1000)
		wrong += attempt(name++, 1, false) == WRONG;
	ENSURE(wrong <= 24 * 3600 * 1000 / ATTEMPTS_ADDRESS_MS);
	/* After a quiet time it is as at the beginning. */
	now += ATTEMPTS_ADDRESS_FAILURES * ATTEMPTS_ADDRESS_MS;
	for (int i = 0; i < ATTEMPTS_ADDRESS_FAILURES; i++)
		ENSURE(attempt(name++, 1, false) == WRONG);
	ENSURE(attempt(name++, 1, false) == LOCKED);
	stop();
}

/* ---- parallel attempts ----------------------------------------------------------------- */

static void test_serial(void)
{
	const struct credssp_address at = ipv4(1);
	struct attempt_pair *p[3];
	int64_t due;

	start(&defaults);
	for (int i = 0; i < 3; i++)
		p[i] = hold(1, &at);
	ENSURE(p[0] == p[1] && attempts_held(p[0]) == 3);
	ENSURE(attempts_may_begin(a, p[0], now) == ATTEMPTS_GO);
	attempts_begin(p[0]);
	ENSURE(attempts_may_begin(a, p[1], now) == ATTEMPTS_WAIT);
	due = attempts_fail(a, p[0], DOMAIN, now, now + 300);
	/* From its beginning on, so that the time of the check does not show */
	ENSURE(due == now + ATTEMPTS_DELAY_MS);
	now = due;
	ENSURE(attempts_may_begin(a, p[1], now) == ATTEMPTS_WAIT);
	attempts_end_failure(p[0]);
	ENSURE(attempts_may_begin(a, p[1], now) == ATTEMPTS_GO);
	attempts_begin(p[1]);
	attempts_succeed(p[1], DOMAIN);
	ENSURE(attempts_may_begin(a, p[2], now) == ATTEMPTS_GO);
	for (int i = 0; i < 3; i++)
		attempts_drop(a, p[i], now);
	stop();
}

/* So many accounts of one address at once, and its failures one after the other */
static void test_parallel(void)
{
	struct credssp_address at = ipv4(1);
	struct attempt_pair *p[ATTEMPTS_PARALLEL + 1], *other;

	start(&defaults);
	for (unsigned int i = 0; i <= ATTEMPTS_PARALLEL; i++)
		p[i] = hold(i, &at);
	for (unsigned int i = 0; i < ATTEMPTS_PARALLEL; i++) {
		ENSURE(attempts_may_begin(a, p[i], now) == ATTEMPTS_GO);
		attempts_begin(p[i]);
	}
	ENSURE(attempts_may_begin(a, p[ATTEMPTS_PARALLEL], now) == ATTEMPTS_WAIT);
	at = ipv4(2);
	other = hold(0, &at);
	ENSURE(attempts_may_begin(a, other, now) == ATTEMPTS_GO);
	attempts_drop(a, other, now);
	for (unsigned int i = 0; i < ATTEMPTS_PARALLEL; i++)
		ENSURE(attempts_fail(a, p[i], DOMAIN, now, now) ==
		       now + (i + 1) * ATTEMPTS_DELAY_MS);
	ENSURE(attempts_may_begin(a, p[ATTEMPTS_PARALLEL], now) == ATTEMPTS_WAIT);
	attempts_end_failure(p[0]);
	ENSURE(attempts_may_begin(a, p[ATTEMPTS_PARALLEL], now) == ATTEMPTS_GO);
	for (unsigned int i = 1; i < ATTEMPTS_PARALLEL; i++)
		attempts_end_failure(p[i]);
	for (unsigned int i = 0; i <= ATTEMPTS_PARALLEL; i++)
		attempts_drop(a, p[i], now);
	stop();
}

/* Attempts that are under way together must not have more failures than are left. */
static void test_last_ones(void)
{
	struct attempts_rules rules = defaults;
	const struct credssp_address at = ipv4(1);
	struct attempt_pair *p[3];

	rules.address_failures = 2;
	start(&rules);
	for (unsigned int i = 0; i < 3; i++)
		p[i] = hold(i, &at);
	attempts_begin(p[0]);
	attempts_begin(p[1]);
	ENSURE(attempts_may_begin(a, p[2], now) == ATTEMPTS_WAIT);
	attempts_succeed(p[0], DOMAIN);
	ENSURE(attempts_may_begin(a, p[2], now) == ATTEMPTS_GO);
	attempts_begin(p[2]);
	attempts_fail(a, p[1], DOMAIN, now, now);
	attempts_fail(a, p[2], DOMAIN, now, now);
	ENSURE(attempts_may_begin(a, p[0], now) == ATTEMPTS_LOCKED);
	attempts_end_failure(p[1]);
	attempts_end_failure(p[2]);
	for (unsigned int i = 0; i < 3; i++)
		attempts_drop(a, p[i], now);
	stop();
}

/* ---- full tables ------------------------------------------------------------------------ */

/* Other names from the same address do not unlock an account there. */
static void test_own_flood(void)
{
	struct attempts_rules rules = defaults;
	unsigned int name = 1000;

	rules.address_failures = 0;
	rules.delay_ms = 0;
	start(&rules);
	for (int i = 0; i < ATTEMPTS_FAILURES; i++)
		ENSURE(attempt(1, 1, false) == WRONG);
	for (int i = 0; i < 10 * ATTEMPTS_PAIRS_OF_ADDRESS; i++)
		ENSURE(attempt(name++, 1, false) == WRONG);
	ENSURE(attempt(1, 1, true) == LOCKED);
	ENSURE(attempts_count_pairs(a) == ATTEMPTS_PAIRS_OF_ADDRESS);
	/* Those with the fewest failures went first, and at last all are locked. */
	for (int i = 0; i < ATTEMPTS_PAIRS_OF_ADDRESS; i++, name++) {
		for (int n = 0; n < ATTEMPTS_FAILURES; n++)
			attempt(name, 1, false);
	}
	ENSURE(attempt(name, 1, true) == NO_PLACE && attempt(1, 1, true) == LOCKED);
	ENSURE(attempt(1, 2, true) == RIGHT);
	now += ATTEMPTS_LOCK_MS;
	ENSURE(attempt(name, 1, true) == RIGHT && attempt(1, 1, true) == RIGHT);
	stop();
}

/* A flood from addresses with one failure each does not unlock what others have locked. */
static void test_flood_of_addresses(void)
{
	struct attempts_rules rules = defaults;
	uint32_t address = 100;

	rules.delay_ms = 0;
	start(&rules);
	for (int i = 0; i < ATTEMPTS_FAILURES; i++)
		ENSURE(attempt(1, 1, false) == WRONG);
	for (int i = 0; i < 3 * ATTEMPTS_ADDRESSES; i++)
		ENSURE(attempt(1, address++, false) == WRONG);
	ENSURE(attempts_count_addresses(a) == ATTEMPTS_ADDRESSES);
	ENSURE(attempt(1, 1, true) == LOCKED);
	/* Nobody else is locked, and all of it passes. */
	ENSURE(attempt(1, address, true) == RIGHT);
	now += ATTEMPTS_LOCK_MS;
	ENSURE(attempt(1, 1, true) == RIGHT && attempt(2, 2, true) == RIGHT);
	stop();
}

/* Addresses with many locked accounts make room for one with few. */
static void test_full_pairs(void)
{
	struct attempts_rules rules = defaults;
	const unsigned int greedy = ATTEMPTS_PAIRS / ATTEMPTS_PAIRS_OF_ADDRESS;

	rules.address_failures = 0;
	rules.delay_ms = 0;
	rules.failures = 1;
	start(&rules);
	for (unsigned int n = 0; n < greedy; n++) {
		for (unsigned int name = 0; name < ATTEMPTS_PAIRS_OF_ADDRESS; name++)
			ENSURE(attempt(name, 1000 + n, false) == WRONG);
	}
	ENSURE(attempts_count_pairs(a) == ATTEMPTS_PAIRS);
	ENSURE(attempt(1, 1, false) == WRONG && attempt(1, 1, true) == LOCKED);
	ENSURE(attempt(2, 1, true) == RIGHT);
	ENSURE(attempts_count_pairs(a) <= ATTEMPTS_PAIRS);
	stop();
}

/* Where addresses are not known, no number of locked accounts stops the others. */
static void test_unknown(void)
{
	struct attempts_rules rules = defaults;

	rules.delay_ms = 0;
	rules.failures = 2;
	start(&rules);
	ENSURE(attempt_at(1, &unknown, false) == WRONG && attempt_at(1, &unknown, false) == WRONG);
	ENSURE(attempt_at(1, &unknown, true) == LOCKED && attempt(1, 1, true) == RIGHT);
	for (unsigned int name = 10; name < 10 + 2 * ATTEMPTS_PAIRS_OF_UNKNOWN; name++) {
		ENSURE(attempt_at(name, &unknown, false) == WRONG);
		ENSURE(attempt_at(name, &unknown, false) == WRONG);
		ENSURE(attempt_at(name, &unknown, true) == LOCKED);
	}
	ENSURE(attempts_count_pairs(a) == ATTEMPTS_PAIRS_OF_UNKNOWN);
	ENSURE(attempt_at(5, &unknown, true) == RIGHT);
	stop();
}

/* What is held stays, however many others come. */
static void test_held(void)
{
	static struct attempt_pair *p[ATTEMPTS_ADDRESSES];
	struct credssp_address at;

	start(&defaults);
	for (uint32_t i = 0; i < ATTEMPTS_ADDRESSES; i++) {
		at = ipv4(i);
		p[i] = hold(1, &at);
		ENSURE(p[i]);
	}
	at = ipv4(ATTEMPTS_ADDRESSES);
	ENSURE(!hold(1, &at));
	for (uint32_t i = 0; i < ATTEMPTS_ADDRESSES; i++)
		attempts_drop(a, p[i], now);
	ENSURE(!attempts_count_addresses(a) && !attempts_count_pairs(a));
	ENSURE(attempt(1, ATTEMPTS_ADDRESSES, true) == RIGHT);
	stop();
}

static const struct test_case tests[] = {
	{ "an account is locked for the address of its failures", test_lock },
	{ "failures are forgotten", test_forget },
	{ "no limits", test_never },
	{ "what could not be found out does not count", test_abandon },
	{ "IPv6 by /64, IPv4 in IPv6, interfaces", test_addresses },
	{ "failures of an address", test_rate },
	{ "one account at one address at a time", test_serial },
	{ "accounts of one address at the same time", test_parallel },
	{ "the last failures of an address", test_last_ones },
	{ "a flood of names from one address", test_own_flood },
	{ "a flood of addresses", test_flood_of_addresses },
	{ "a full table of accounts", test_full_pairs },
	{ "unknown addresses", test_unknown },
	{ "attempts that are held", test_held },
};

int main(void)
{
	test_run("attempts", tests, sizeof(tests) / sizeof(tests[0]));
	return 0;
}
