// SPDX-License-Identifier: GPL-2.0-only
/* Tickets that a credential keeps between its exchanges. */
#include "tickets.h"

#include <crypto/algapi.h>

#include "../base/status.h"
#include "identity.h"

/* What a store has, without its lock; also a new entry before it is complete. */
struct tickets_entry {
	struct cssp_identity id;
	struct cssp_vbuf realm;
	struct cssp_vbuf tickets;
};

static void tickets_entry_free(struct tickets_entry *e)
{
	cssp_identity_free(&e->id);
	cssp_vbuf_free(&e->realm);
	cssp_vbuf_free(&e->tickets);
}

static int tickets_copy_vbuf(struct cssp_vbuf *to, const struct cssp_vbuf *from)
{
	const struct cssp_rd rd = cssp_vbuf_rd(from);

	return cssp_vbuf_set(to, &rd);
}

static int tickets_entry_fill(struct tickets_entry *e, const struct cssp_identity *id,
			      const struct cssp_vbuf *realm, const struct cssp_rd *tickets)
{
	int ret;

	ret = tickets_copy_vbuf(&e->id.user, &id->user);
	if (ret)
		return ret;
	ret = tickets_copy_vbuf(&e->id.domain, &id->domain);
	if (ret)
		return ret;
	ret = tickets_copy_vbuf(&e->id.password, &id->password);
	if (ret)
		return ret;
	ret = tickets_copy_vbuf(&e->realm, realm);
	if (ret)
		return ret;
	return cssp_vbuf_set(&e->tickets, tickets);
}

/* In a time that does not depend on the contents. The lengths may be learned. */
static bool tickets_same(const struct cssp_vbuf *a, const struct cssp_vbuf *b)
{
	if (a->len != b->len)
		return false;
	return !a->len || !crypto_memneq(a->data, b->data, a->len);
}

static bool tickets_are_of(const struct cssp_ticket_store *s, const struct cssp_identity *id,
			   const struct cssp_vbuf *realm)
{
	lockdep_assert_held(&s->lock);
	return s->tickets.len &&
	       tickets_same(&s->id.user, &id->user) &&
	       tickets_same(&s->id.domain, &id->domain) &&
	       tickets_same(&s->id.password, &id->password) &&
	       tickets_same(&s->realm, realm);
}

/* Replace the contents of @s by those of @e, which becomes empty. */
static void tickets_move(struct cssp_ticket_store *s, struct tickets_entry *e)
{
	lockdep_assert_held(&s->lock);
	cssp_identity_move(&s->id, &e->id);
	cssp_vbuf_move(&s->realm, &e->realm);
	cssp_vbuf_move(&s->tickets, &e->tickets);
}

void cssp_ticket_store_init(struct cssp_ticket_store *s)
{
	*s = (struct cssp_ticket_store){};
	mutex_init(&s->lock);
}

void cssp_ticket_store_exit(struct cssp_ticket_store *s)
{
	cssp_identity_free(&s->id);
	cssp_vbuf_free(&s->realm);
	cssp_vbuf_free(&s->tickets);
	mutex_destroy(&s->lock);
}

int cssp_ticket_store_copy(struct cssp_ticket_store *s, const struct cssp_identity *id,
			   const struct cssp_vbuf *realm, struct cssp_vbuf *tickets)
{
	int ret = 0;

	cssp_vbuf_clear(tickets);
	mutex_lock(&s->lock);
	if (tickets_are_of(s, id, realm))
		ret = tickets_copy_vbuf(tickets, &s->tickets);
	mutex_unlock(&s->lock);
	return ret;
}

int cssp_ticket_store_put(struct cssp_ticket_store *s, const struct cssp_identity *id,
			  const struct cssp_vbuf *realm, const struct cssp_rd *tickets)
{
	struct tickets_entry new = {};
	int ret;

	if (tickets->left > CREDSSP_HLP_MAX_TICKETS)
		return CSSP_E_TOO_BIG;
	ret = tickets_entry_fill(&new, id, realm, tickets);
	if (ret)
		goto out_free;
	mutex_lock(&s->lock);
	tickets_move(s, &new);
	mutex_unlock(&s->lock);
out_free:
	tickets_entry_free(&new);
	return ret;
}

void cssp_ticket_store_drop(struct cssp_ticket_store *s, const struct cssp_identity *id,
			    const struct cssp_vbuf *realm)
{
	struct tickets_entry none = {};

	mutex_lock(&s->lock);
	if (tickets_are_of(s, id, realm))
		tickets_move(s, &none);
	mutex_unlock(&s->lock);
}
