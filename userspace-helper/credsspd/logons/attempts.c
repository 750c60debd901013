// SPDX-License-Identifier: GPL-2.0-only
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include "attempts.h"

#define ADDRESS_BYTES	16
#define IPV4_BYTES	4
/* Of an IPv6 address, what a provider gives to one customer at least */
#define IPV6_PREFIX	8

/**
 * struct attempt_place - an address, as far as it counts
 * @family: 0, AF_INET or AF_INET6
 * @scope: of a link-local IPv6 address
 * @bytes: the address or its prefix; the rest is zero
 */
struct attempt_place {
	uint16_t family;
	uint32_t scope;
	uint8_t bytes[ADDRESS_BYTES];
};

/**
 * struct attempt_pair - an account at an address
 * @next: in the list of the address
 * @from: the address
 * @name: digest of the account's name
 * @held: attempts that have not been dropped
 * @busy: one of them is checked, or has failed and is not answered
 * @failures: since the last success, and until @until
 * @domain: of all failures, unless @mixed
 * @until: end of the lock, or the time when @failures are forgotten
 */
struct attempt_pair {
	LIST_ENTRY(attempt_pair) next;
	struct attempt_address *from;
	uint8_t name[ATTEMPTS_NAME];
	unsigned int held;
	bool busy;
	unsigned int failures;
	uint64_t domain;
	bool mixed;
	int64_t until;
};

/**
 * struct attempt_address - an address
 * @used: the entry is
 * @place: the address
 * @pairs: accounts that were tried from it, @count of them
 * @held: attempts that have not been dropped
 * @busy: of them, those that are checked, or have failed and are not answered
 * @checking: of these, those that are checked
 * @failures: until @until, for the choice of an entry that must make room
 * @until: the time when the entry can be forgotten
 * @debt: the time when all of its failures are paid: each takes @address_ms
 * @answered: the time of the last answer of a failure
 */
struct attempt_address {
	bool used;
	struct attempt_place place;
	LIST_HEAD(, attempt_pair) pairs;
	unsigned int count;
	unsigned int held;
	unsigned int busy;
	unsigned int checking;
	unsigned int failures;
	int64_t until;
	int64_t debt;
	int64_t answered;
};

/**
 * struct attempts - all of them
 * @pairs: at all addresses
 * @addresses: those behind @places are not used
 */
struct attempts {
	struct attempts_rules rules;
	size_t pairs;
	size_t places;
	struct attempt_address addresses[ATTEMPTS_ADDRESSES];
};

struct attempts *attempts_new(const struct attempts_rules *rules)
{
	struct attempts *a = calloc(1, sizeof(*a));

	if (a)
		a->rules = *rules;
	return a;
}

void attempts_set_rules(struct attempts *a, const struct attempts_rules *rules)
{
	a->rules = *rules;
}

/* ---- addresses ---------------------------------------------------------------- */

static struct attempt_place place_of(const struct credssp_address *from)
{
	static const uint8_t mapped[ADDRESS_BYTES - IPV4_BYTES] = { [10] = 0xff, [11] = 0xff };
	struct attempt_place place = { .family = from->family };

	switch (from->family) {
	case AF_INET:
		memcpy(place.bytes, from->address, IPV4_BYTES);
		break;
	case AF_INET6:
		if (!memcmp(from->address, mapped, sizeof(mapped))) {
			place.family = AF_INET;
			memcpy(place.bytes, from->address + sizeof(mapped), IPV4_BYTES);
			break;
		}
		place.scope = from->scope;
		memcpy(place.bytes, from->address, IPV6_PREFIX);
		break;
	default:
		place.family = 0;
	}
	return place;
}

static bool place_is(const struct attempt_place *a, const struct attempt_place *b)
{
	return a->family == b->family && a->scope == b->scope &&
	       !memcmp(a->bytes, b->bytes, ADDRESS_BYTES);
}

static void pair_free(struct attempts *a, struct attempt_pair *p)
{
	LIST_REMOVE(p, next);
	p->from->count--;
	a->pairs--;
	free(p);
}

/* No attempt of it is held, so none of its accounts is. */
static void address_free(struct attempts *a, struct attempt_address *from)
{
	while (!LIST_EMPTY(&from->pairs))
		pair_free(a, LIST_FIRST(&from->pairs));
	*from = (struct attempt_address){ 0 };
	while (a->places && !a->addresses[a->places - 1].used)
		a->places--;
}

void attempts_free(struct attempts *a)
{
	if (!a)
		return;
	for (size_t i = 0; i < ATTEMPTS_ADDRESSES; i++) {
		if (a->addresses[i].used)
			address_free(a, &a->addresses[i]);
	}
	free(a);
}

/* An address with few failures is a smaller loss, and of those with as many, an old one. */
static bool address_is_less(const struct attempt_address *x, const struct attempt_address *y)
{
	return x->failures != y->failures ? x->failures < y->failures : x->until < y->until;
}

/*
 * The entry of @place, else a free one, else the one that is the smallest loss; NULL: all are
 * held.
 */
static struct attempt_address *address_choose(struct attempts *a, const struct attempt_place *place,
					      int64_t now)
{
	struct attempt_address *best = NULL, *from;

	for (from = a->addresses; from < a->addresses + a->places; from++) {
		if (from->used && place_is(&from->place, place))
			return from;
		if (from->used && from->held)
			continue;
		if (from->used && from->until <= now)
			address_free(a, from);
		if (!best || !from->used || (best->used && address_is_less(from, best)))
			best = from;
	}
	if ((!best || best->used) && a->places < ATTEMPTS_ADDRESSES)
		return &a->addresses[a->places];
	return best;
}

static struct attempt_address *address_get(struct attempts *a, const struct attempt_place *place,
					   int64_t now)
{
	struct attempt_address *from = address_choose(a, place, now);

	if (!from || (from->used && place_is(&from->place, place)))
		return from;
	if (from->used)
		address_free(a, from);
	from->used = true;
	from->place = *place;
	LIST_INIT(&from->pairs);
	if (from >= a->addresses + a->places)
		a->places = from - a->addresses + 1;
	return from;
}

/* ---- accounts ----------------------------------------------------------------- */

static bool pair_is_locked(const struct attempts *a, const struct attempt_pair *p, int64_t now)
{
	return a->rules.failures && p->failures >= a->rules.failures && now < p->until;
}

/* Whose failures count for less? */
static bool pair_is_less(const struct attempt_pair *p, const struct attempt_pair *q)
{
	return p->failures != q->failures ? p->failures < q->failures : p->until < q->until;
}

/* The account of @from that is the smallest loss; NULL: none can be given up */
static struct attempt_pair *address_least(const struct attempts *a,
					  const struct attempt_address *from, bool locked,
					  int64_t now)
{
	struct attempt_pair *best = NULL, *p;

	LIST_FOREACH(p, &from->pairs, next) {
		if (p->held || (!locked && pair_is_locked(a, p, now)))
			continue;
		if (!best || pair_is_less(p, best))
			best = p;
	}
	return best;
}

/*
 * @from needs a place: the address with the most accounts gives one up. It does not unlock an
 * account of its own by this, but one of another address if that has more.
 */
static bool attempts_shrink(struct attempts *a, const struct attempt_address *needs, int64_t now)
{
	struct attempt_address *most = NULL, *from;
	struct attempt_pair *p;

	for (from = a->addresses; from < a->addresses + a->places; from++) {
		if (from->used && (!most || from->count > most->count))
			most = from;
	}
	if (!most)
		return false;
	p = address_least(a, most, false, now);
	if (!p && most->count > needs->count)
		p = address_least(a, most, true, now);
	if (p)
		pair_free(a, p);
	return p;
}

/*
 * An account that is locked stays, or else a few more names would unlock it. But those at unknown
 * addresses are of all initiators: there an attacker must not stop the others by locking all
 * places.
 */
static bool address_has_room(struct attempts *a, struct attempt_address *from, int64_t now)
{
	const bool known = from->place.family;
	struct attempt_pair *p;

	if (from->count >= (known ? ATTEMPTS_PAIRS_OF_ADDRESS : ATTEMPTS_PAIRS_OF_UNKNOWN)) {
		p = address_least(a, from, false, now);
		if (!p && !known)
			p = address_least(a, from, true, now);
		if (!p)
			return false;
		pair_free(a, p);
	}
	return a->pairs < ATTEMPTS_PAIRS || attempts_shrink(a, from, now);
}

static struct attempt_pair *pair_find(const struct attempt_address *from,
				      const uint8_t name[ATTEMPTS_NAME])
{
	struct attempt_pair *p;

	LIST_FOREACH(p, &from->pairs, next) {
		if (!memcmp(p->name, name, ATTEMPTS_NAME))
			return p;
	}
	return NULL;
}

static struct attempt_pair *pair_get(struct attempts *a, struct attempt_address *from,
				     const uint8_t name[ATTEMPTS_NAME], int64_t now)
{
	struct attempt_pair *p = pair_find(from, name);

	if (p && !p->busy && p->until <= now)
		p->failures = 0;
	if (p || !address_has_room(a, from, now))
		return p;
	p = calloc(1, sizeof(*p));
	if (!p)
		return NULL;
	memcpy(p->name, name, ATTEMPTS_NAME);
	p->from = from;
	p->until = now;
	LIST_INSERT_HEAD(&from->pairs, p, next);
	from->count++;
	a->pairs++;
	return p;
}

struct attempt_pair *attempts_hold(struct attempts *a, const uint8_t name[ATTEMPTS_NAME],
				   const struct credssp_address *address, int64_t now)
{
	const struct attempt_place place = place_of(address);
	struct attempt_address *from = address_get(a, &place, now);
	struct attempt_pair *p;

	if (!from)
		return NULL;
	/* It must not be the one that makes room. */
	from->held++;
	p = pair_get(a, from, name, now);
	if (p)
		p->held++;
	else
		from->held--;
	return p;
}

void attempts_drop(struct attempts *a, struct attempt_pair *p, int64_t now)
{
	struct attempt_address *from = p->from;

	p->held--;
	from->held--;
	if (!p->held && !p->failures)
		pair_free(a, p);
	if (!from->held && !from->count && from->until <= now)
		address_free(a, from);
}

/* ---- an attempt's way ---------------------------------------------------------- */

/* How many failures may the address have at once? */
static unsigned int address_left(const struct attempts *a, const struct attempt_address *from,
				 int64_t now)
{
	const int64_t debt = from->debt > now ? from->debt - now : 0;
	const struct attempts_rules *r = &a->rules;
	const int64_t most = r->address_failures * r->address_ms;

	if (!r->address_failures || !from->place.family)
		return UINT_MAX;
	return debt < most ? (most - debt) / r->address_ms : 0;
}

enum attempts_answer attempts_may_begin(const struct attempts *a, const struct attempt_pair *p,
					int64_t now)
{
	const struct attempt_address *from = p->from;
	const unsigned int left = address_left(a, from, now);

	if (pair_is_locked(a, p, now) || !left)
		return ATTEMPTS_LOCKED;
	if (p->busy || (from->place.family && from->busy >= ATTEMPTS_PARALLEL))
		return ATTEMPTS_WAIT;
	/* Those that are checked may all fail. */
	return from->checking < left ? ATTEMPTS_GO : ATTEMPTS_WAIT;
}

void attempts_begin(struct attempt_pair *p)
{
	p->busy = true;
	p->from->busy++;
	p->from->checking++;
}

static void pair_go_idle(struct attempt_pair *p)
{
	p->busy = false;
	p->from->busy--;
}

void attempts_abandon(struct attempt_pair *p)
{
	p->from->checking--;
	pair_go_idle(p);
}

void attempts_succeed(struct attempt_pair *p, uint64_t domain)
{
	if (!p->mixed && p->domain == domain)
		p->failures = 0;
	attempts_abandon(p);
}

/* A failure that is older than the lock counts no more. */
static void pair_count_failure(const struct attempts *a, struct attempt_pair *p, uint64_t domain,
			       int64_t now)
{
	if (p->until <= now)
		p->failures = 0;
	p->mixed = p->failures && (p->mixed || p->domain != domain);
	p->domain = domain;
	p->failures++;
	p->until = now + a->rules.lock_ms;
}

static void address_count_failure(const struct attempts *a, struct attempt_address *from,
				  int64_t now)
{
	if (from->until <= now)
		from->failures = 0;
	from->failures++;
	if (from->debt < now)
		from->debt = now;
	from->debt += a->rules.address_ms;
	from->until = now + a->rules.lock_ms;
	if (from->until < from->debt)
		from->until = from->debt;
}

int64_t attempts_fail(struct attempts *a, struct attempt_pair *p, uint64_t domain, int64_t begun,
		      int64_t now)
{
	struct attempt_address *from = p->from;
	int64_t due = begun + a->rules.delay_ms;

	from->checking--;
	pair_count_failure(a, p, domain, now);
	address_count_failure(a, from, now);
	/* Those of one address are answered one after the other. */
	if (from->place.family && due < from->answered + a->rules.delay_ms)
		due = from->answered + a->rules.delay_ms;
	if (due < now)
		due = now;
	from->answered = due;
	return due;
}

void attempts_end_failure(struct attempt_pair *p)
{
	pair_go_idle(p);
}

int64_t attempts_refuse(const struct attempts *a, int64_t now)
{
	return now + a->rules.delay_ms;
}

unsigned int attempts_held(const struct attempt_pair *p)
{
	return p->from->held;
}

bool attempts_is_known(const struct attempt_pair *p)
{
	return p->from->place.family;
}

bool attempts_share_address(const struct attempt_pair *p, const struct attempt_pair *q)
{
	return p->from == q->from;
}

size_t attempts_count_addresses(const struct attempts *a)
{
	size_t count = 0;

	for (size_t i = 0; i < a->places; i++)
		count += a->addresses[i].used;
	return count;
}

size_t attempts_count_pairs(const struct attempts *a)
{
	return a->pairs;
}
