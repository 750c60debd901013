// SPDX-License-Identifier: GPL-2.0-only
/* The limits for the memory of conversations, without handshakes. */
#include <errno.h>
#include "budget.h"
#include "tests/test.h"

/*
 * Add conversations of @owner, each fed as much as allowed, until one
 * is refused. Return how many were not.
 */
static unsigned int feed_as(struct conversations *t, uint32_t owner)
{
	static uint64_t id;
	unsigned int n = 0;
	int ret;

	do {
		id++;
		ENSURE(!conversations_add(t, id, owner, NULL, id));
		ret = budget_feed(t, conversations_find(t, id), BUDGET_HANDSHAKE);
		n += !ret;
	} while (!ret);
	ENSURE(ret == -EDQUOT);
	conversations_drop(t, conversations_find(t, id));
	return n;
}

/* Whatever other users and root hold, a user with little memory can begin a handshake. */
static void test_reserve(void)
{
	struct conversations t = { 0 };

	for (uint32_t owner = 1000; owner < 1004; owner++)
		ENSURE(feed_as(&t, owner));
	feed_as(&t, 0);
	for (uint32_t owner = 2000; owner < 2000 + BUDGET_RESERVE / 2 / BUDGET_LITTLE; owner++)
		ENSURE(feed_as(&t, owner) == BUDGET_LITTLE / budget_charge(BUDGET_HANDSHAKE));
	conversations_clear(&t);
}

/* Conversations that wait for tickets are also ended if the limit of bytes is reached. */
static void test_tickets_make_room(void)
{
	struct conversations t = { 0 };
	uint64_t id;

	/* as many as allowed, and one that has not been fed yet */
	for (id = 1; id <= BUDGET_OF_USER / budget_charge(BUDGET_HANDSHAKE); id++) {
		ENSURE(!conversations_add(&t, id, 1000, NULL, id));
		ENSURE(!budget_feed(&t, conversations_find(&t, id), BUDGET_HANDSHAKE));
	}
	ENSURE(!conversations_add(&t, 1001, 1000, NULL, 1001));
	ENSURE(budget_feed(&t, conversations_find(&t, 1001), BUDGET_HANDSHAKE) == -EDQUOT);
	conversations_find(&t, 1001)->fed = 0;
	conversations_finish(&t, conversations_find(&t, 1), 2000);
	ENSURE(!budget_feed(&t, conversations_find(&t, 1001), BUDGET_HANDSHAKE));
	ENSURE(!conversations_find(&t, 1) && conversations_find(&t, 2));
	ENSURE(budget_feed(&t, conversations_find(&t, 1001), 1) == -EMSGSIZE);
	conversations_clear(&t);
}

/* Conversations that have ended are charged for nothing, and their places to wait are free. */
static void test_ended_are_free(void)
{
	const unsigned int share = BUDGET_OF_USER / budget_charge(BUDGET_HANDSHAKE);
	struct conversations t = { 0 };
	struct conversation *c = NULL;

	for (uint64_t id = 1; id <= share + 1; id++) {
		ENSURE(!conversations_add(&t, id, 1000, NULL, id));
		c = conversations_find(&t, id);
		ENSURE(!budget_feed(&t, c, BUDGET_HANDSHAKE) == (id <= share));
		ENSURE(!budget_wait(&t, c, id) == (id <= BUDGET_WAITING_OF_USER));
	}
	conversations_end(&t, conversations_find(&t, 1));
	ENSURE(!budget_feed(&t, c, 0) && !budget_wait(&t, c, share));
	/* To end one is not to make room again. */
	conversations_finish(&t, conversations_find(&t, 1), 2000);
	conversations_find(&t, 2)->own = BUDGET_HANDSHAKE;
	ENSURE(budget_feed(&t, c, 0) == -EDQUOT && conversations_find(&t, 1));
	conversations_clear(&t);
}

/* A conversation of @owner that waits since @now; false: it may not. */
static bool add_waiting(struct conversations *t, uint64_t id, uint32_t owner, int64_t now)
{
	ENSURE(!conversations_add(t, id, owner, NULL, now));
	return !budget_wait(t, conversations_find(t, id), now);
}

/* Who abandons handshakes keeps neither its own later ones nor those of others from waiting. */
static void test_abandoned_make_room(void)
{
	const uint64_t users = (BUDGET_WAITING - BUDGET_WAITING_RESERVE) / BUDGET_WAITING_OF_USER;
	const int64_t late = 1000 + BUDGET_WAITING_MS;
	struct conversations t = { 0 };
	uint64_t id = 1;

	for (uint64_t user = 1; user <= users; user++) {
		for (int i = 0; i < BUDGET_WAITING_OF_USER; i++)
			ENSURE(add_waiting(&t, id++, user, 1000));
	}
	ENSURE(!add_waiting(&t, 500, 1, late - 1) && !conversations_find(&t, 1)->ended);
	/* The oldest one of this user, and nobody else's */
	ENSURE(add_waiting(&t, 501, 1, late) && conversations_find(&t, 1)->ended);
	ENSURE(!conversations_find(&t, 2)->ended);
	ENSURE(!conversations_find(&t, 1 + BUDGET_WAITING_OF_USER)->ended);
	/* Others take the reserve, and then places that were abandoned. */
	for (uint32_t user = 100; user < 100 + BUDGET_WAITING_RESERVE; user++)
		ENSURE(add_waiting(&t, 500 + user, user, late - 1));
	ENSURE(add_waiting(&t, 700, 200, late) && conversations_find(&t, 2)->ended);
	/* Nobody has waited for so long by then. */
	for (id = 3; id <= users * BUDGET_WAITING_OF_USER; id++)
		conversations_touch(&t, conversations_find(&t, id), late);
	ENSURE(!add_waiting(&t, 701, 201, late));
	conversations_clear(&t);
}

static const struct test_case tests[] = {
	{ "users who hold little have a reserve", test_reserve },
	{ "tickets make room for bytes", test_tickets_make_room },
	{ "conversations that have ended do not count", test_ended_are_free },
	{ "choices that nobody makes give their places to others", test_abandoned_make_room },
};

int main(void)
{
	test_run("budget", tests, sizeof(tests) / sizeof(tests[0]));
	return 0;
}
