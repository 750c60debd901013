// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include "budget.h"

size_t budget_charge(size_t bytes)
{
	return BUDGET_BASE + BUDGET_FACTOR * bytes;
}

/*
 * The sum of the charges for the conversations of @owner or, with @all, of all users.
 * Those that have ended do not count: their threads are about to free them.
 */
static size_t charge_of(const struct conversations *t, uint32_t owner, bool all)
{
	const struct conversation *c;
	size_t sum = 0;

	for (c = t->oldest; c; c = c->newer) {
		if (!c->ended && (all || c->owner == owner))
			sum += budget_charge(c->fed + c->own);
	}
	return sum;
}

/*
 * End the oldest conversation of @owner, or with @all of any user, that only waits for
 * tickets: these are a convenience. False if there is none.
 */
static bool drop_finished(struct conversations *t, const struct conversation *keep,
			  uint32_t owner, bool all)
{
	struct conversation *c = t->oldest;

	while (c && (!conversation_gives_room(c) || c == keep || (!all && c->owner != owner)))
		c = c->newer;
	if (!c)
		return false;
	conversations_drop(t, c);
	return true;
}

static int fit_user(struct conversations *t, const struct conversation *c)
{
	while (charge_of(t, c->owner, false) > BUDGET_OF_USER) {
		if (!drop_finished(t, c, c->owner, false))
			return -EDQUOT;
	}
	return 0;
}

/* A user with much memory ends only its own conversations. */
static int fit_all(struct conversations *t, const struct conversation *c)
{
	bool little = charge_of(t, c->owner, false) <= BUDGET_LITTLE;
	size_t limit = little ? BUDGET_MAX : BUDGET_MAX - BUDGET_RESERVE;

	while (charge_of(t, 0, true) > limit) {
		if (!drop_finished(t, c, c->owner, little || !c->owner))
			return -EDQUOT;
	}
	return 0;
}

/* Are the limits kept with the new charge for @c? */
static int fit_both(struct conversations *t, const struct conversation *c)
{
	int ret = c->owner ? fit_user(t, c) : 0;

	return ret ? ret : fit_all(t, c);
}

int budget_feed(struct conversations *t, struct conversation *c, size_t length)
{
	if (length > BUDGET_HANDSHAKE - c->fed)
		return -EMSGSIZE;
	c->fed += length;
	c->given = length;
	return fit_both(t, c);
}

int budget_own(struct conversations *t, struct conversation *c, size_t length)
{
	if (c->own == length)
		return 0;
	c->own = length;
	return fit_both(t, c);
}

void budget_settle(struct conversation *c, size_t consumed)
{
	c->fed -= c->given - consumed;
	c->given = 0;
}

/* Those that wait, beside @c: all of them, and those of its user */
static void count_waiting(const struct conversations *t, const struct conversation *c,
			  size_t *all, size_t *own)
{
	*all = 0;
	*own = 0;
	for (const struct conversation *other = t->oldest; other; other = other->newer) {
		if (!other->waiting || other->ended || other == c)
			continue;
		(*all)++;
		*own += other->owner == c->owner;
	}
}

/* End the oldest one that nobody is going to answer, of @c's user or of any. False: none */
static bool end_abandoned(struct conversations *t, const struct conversation *c, bool any,
			  int64_t now)
{
	struct conversation *other = t->oldest;

	while (other && !(other->waiting && !other->ended && other != c &&
			  (any || other->owner == c->owner) &&
			  now - other->used >= BUDGET_WAITING_MS))
		other = other->newer;
	if (!other)
		return false;
	conversations_end(t, other);
	return true;
}

/* May @c wait beside the others? If not, tell whose could make room. */
static bool may_wait(const struct conversations *t, const struct conversation *c, bool *any)
{
	size_t all, own, limit;
	bool few;

	count_waiting(t, c, &all, &own);
	few = own < BUDGET_WAITING_FEW;
	limit = few ? BUDGET_WAITING : BUDGET_WAITING - BUDGET_WAITING_RESERVE;
	*any = few || !c->owner;
	return all < limit && (!c->owner || own < BUDGET_WAITING_OF_USER);
}

int budget_wait(struct conversations *t, struct conversation *c, int64_t now)
{
	bool any;

	while (!may_wait(t, c, &any)) {
		if (!end_abandoned(t, c, any, now))
			return -EDQUOT;
	}
	c->waiting = true;
	return 0;
}

void budget_go_on(struct conversation *c)
{
	c->waiting = false;
}
