// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "budget.h"

size_t budget_charge(size_t fed)
{
	return BUDGET_BASE + BUDGET_FACTOR * fed;
}

/* What the conversations of @uid are charged for, or, with @all, those of all users. */
static size_t charge_of(const struct conversations *t, uint32_t uid, bool all)
{
	const struct conversation *c;
	size_t sum = 0;

	for (c = t->oldest; c; c = c->newer)
		sum += all || c->uid == uid ? budget_charge(c->fed) : 0;
	return sum;
}

/* Tickets are a convenience. False: none of @uid's, or with @all nobody's, waits for them. */
static bool drop_finished(struct conversations *t, const struct conversation *keep,
			  uint32_t uid, bool all)
{
	struct conversation *c = t->oldest;

	while (c && (!c->finished || c == keep || (!all && c->uid != uid)))
		c = c->newer;
	if (!c)
		return false;
	conversations_remove(t, c);
	return true;
}

static int fit(struct conversations *t, const struct conversation *c, bool all, size_t limit)
{
	while (charge_of(t, c->uid, all) > limit) {
		if (!drop_finished(t, c, c->uid, all))
			return -EDQUOT;
	}
	return 0;
}

int budget_feed(struct conversations *t, struct conversation *c, size_t length)
{
	int ret;

	if (length > BUDGET_HANDSHAKE - c->fed)
		return -EMSGSIZE;
	c->fed += length;
	c->given = length;
	ret = c->uid ? fit(t, c, false, BUDGET_OF_USER) : 0;
	return ret ? ret : fit(t, c, true, BUDGET_MAX);
}

void budget_settle(struct conversation *c, size_t consumed)
{
	c->fed -= c->given - consumed;
	c->given = 0;
}

int budget_wait(struct conversations *t, struct conversation *c)
{
	size_t all = 0, own = 0;

	for (const struct conversation *other = t->oldest; other; other = other->newer) {
		all += other->waiting && other != c;
		own += other->waiting && other != c && other->uid == c->uid;
	}
	if (all >= BUDGET_WAITING || (c->uid && own >= BUDGET_WAITING_OF_USER))
		return -EDQUOT;
	c->waiting = true;
	return 0;
}

void budget_go_on(struct conversation *c)
{
	c->waiting = false;
}
