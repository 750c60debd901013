// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include "conversations.h"

static struct conversation **bucket_of(struct conversations *t, uint64_t id)
{
	/* Ids are consecutive numbers, so that their low bits serve as a hash. */
	return &t->bucket[id % CONVERSATION_BUCKETS];
}

struct conversation *conversations_find(const struct conversations *t, uint64_t id)
{
	struct conversation *c = t->bucket[id % CONVERSATION_BUCKETS];

	while (c && c->id != id)
		c = c->chain;
	return c;
}

static void link_newest(struct conversations *t, struct conversation *c)
{
	c->older = t->newest;
	c->newer = NULL;
	if (t->newest)
		t->newest->newer = c;
	else
		t->oldest = c;
	t->newest = c;
}

static void link_oldest(struct conversations *t, struct conversation *c)
{
	c->older = NULL;
	c->newer = t->oldest;
	if (t->oldest)
		t->oldest->older = c;
	else
		t->newest = c;
	t->oldest = c;
}

static void unlink_age(struct conversations *t, struct conversation *c)
{
	if (c->older)
		c->older->newer = c->newer;
	else
		t->oldest = c->newer;
	if (c->newer)
		c->newer->older = c->older;
	else
		t->newest = c->older;
}

/* Walking the table takes less time than the handshake that follows. */
static size_t count_of(const struct conversations *t, uint32_t owner)
{
	const struct conversation *c;
	size_t count = 0;

	for (c = t->oldest; c; c = c->newer)
		count += c->owner == owner && !c->ended;
	return count;
}

/*
 * Tickets are a convenience: end a conversation that waits for them in favour of a
 * handshake. A user with many conversations ends its own only.
 */
static int make_room(struct conversations *t, uint32_t owner)
{
	size_t own = owner ? count_of(t, owner) : 0;
	bool few = own < CONVERSATIONS_FEW;
	struct conversation *c = t->oldest;

	if (own < CONVERSATIONS_OF_USER &&
	    t->count < CONVERSATIONS_MAX - (few ? 0 : CONVERSATIONS_RESERVE))
		return 0;
	while (c && (!conversation_gives_room(c) || (!few && c->owner != owner)))
		c = c->newer;
	if (!c)
		return -EDQUOT;
	conversations_drop(t, c);
	return 0;
}

int conversations_add(struct conversations *t, uint64_t id, uint32_t owner,
		      struct tls_conn *tls, int64_t now)
{
	struct conversation **bucket = bucket_of(t, id);
	struct conversation *c;
	int err;

	if (conversations_find(t, id))
		return -EEXIST;
	err = make_room(t, owner);
	if (err)
		return err;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->id = id;
	c->owner = owner;
	c->tls = tls;
	c->used = now;
	c->chain = *bucket;
	*bucket = c;
	link_newest(t, c);
	t->count++;
	return 0;
}

void conversations_touch(struct conversations *t, struct conversation *c, int64_t now)
{
	c->used = now;
	unlink_age(t, c);
	link_newest(t, c);
}

void conversations_finish(struct conversations *t, struct conversation *c, int64_t now)
{
	c->finished = true;
	conversations_touch(t, c, now);
}

void conversations_end(struct conversations *t, struct conversation *c)
{
	if (c->ended)
		return;
	c->ended = true;
	t->count--;
	unlink_age(t, c);
	link_oldest(t, c);
}

bool conversation_gives_room(const struct conversation *c)
{
	return c->finished && !c->ended;
}

void conversations_hold(struct conversations *t, struct conversation *c, uint16_t opcode,
			uint64_t request)
{
	c->asking = true;
	c->opcode = opcode;
	c->request = request;
	t->asking++;
}

void conversations_go_on(struct conversations *t, struct conversation *c)
{
	t->asking -= c->asking;
	c->asking = false;
}

struct conversation *conversations_find_answered(const struct conversations *t,
						 unsigned int worker)
{
	struct conversation *c = t->asking ? t->oldest : NULL;

	while (c && !(c->worker == worker && c->asking && !c->ended &&
		      tls_conn_is_answered(c->tls)))
		c = c->newer;
	return c;
}

struct conversation *conversations_find_oldest(const struct conversations *t,
					       unsigned int worker)
{
	struct conversation *c = t->oldest;

	while (c && c->worker != worker)
		c = c->newer;
	return c;
}

void conversations_loads(const struct conversations *t, size_t *loads)
{
	for (const struct conversation *c = t->oldest; c; c = c->newer)
		loads[c->worker] += !c->finished && !c->ended;
}

void conversations_unlink(struct conversations *t, struct conversation *c)
{
	struct conversation **p = bucket_of(t, c->id);

	while (*p != c)
		p = &(*p)->chain;
	*p = c->chain;
	unlink_age(t, c);
	conversations_go_on(t, c);
	t->count -= !c->ended;
}

void conversation_free(struct conversation *c)
{
	tls_conn_free(c->tls);
	free(c);
}

void conversations_drop(struct conversations *t, struct conversation *c)
{
	conversations_unlink(t, c);
	c->chain = t->dropped;
	t->dropped = c;
}

struct conversation *conversations_take_dropped(struct conversations *t)
{
	struct conversation *c = t->dropped;

	t->dropped = NULL;
	return c;
}

void conversations_free_dropped(struct conversation *c)
{
	struct conversation *next;

	for (; c; c = next) {
		next = c->chain;
		conversation_free(c);
	}
}

void conversations_clear(struct conversations *t)
{
	while (t->oldest)
		conversations_drop(t, t->oldest);
	conversations_free_dropped(conversations_take_dropped(t));
}
