// SPDX-License-Identifier: GPL-2.0-only
/* Tickets that a credential keeps between its exchanges. */
#include "tickets.h"

#include <asm/byteorder.h>
#include <crypto/algapi.h>
#include <linux/kernel.h>
#include <linux/random.h>

#include "../base/status.h"

/* One of the strings of an owner: its length, and its bytes. */
static void tickets_put_string(struct cssp_rd parts[2], __le32 *length,
			       const struct cssp_vbuf *string)
{
	*length = cpu_to_le32(string->len);
	parts[0] = cssp_rd_of(length, sizeof(*length));
	parts[1] = cssp_vbuf_rd(string);
}

/* The salt makes a digest of no use for anything but this store. */
static int tickets_digest_owner(const struct cssp_ticket_store *s,
				const struct cssp_identity *id, const struct cssp_vbuf *realm,
				u8 owner[SHA256_DIGEST_SIZE])
{
	struct cssp_rd parts[1 + 4 * 2] = { cssp_rd_of(s->salt, sizeof(s->salt)) };
	__le32 lengths[4];

	tickets_put_string(&parts[1], &lengths[0], &id->user);
	tickets_put_string(&parts[3], &lengths[1], &id->domain);
	tickets_put_string(&parts[5], &lengths[2], &id->password);
	tickets_put_string(&parts[7], &lengths[3], realm);
	return cssp_sha256(parts, ARRAY_SIZE(parts), owner);
}

static bool tickets_are_of(const struct cssp_ticket_store *s,
			   const u8 owner[SHA256_DIGEST_SIZE])
{
	lockdep_assert_held(&s->lock);
	return s->tickets.len && !crypto_memneq(s->owner, owner, SHA256_DIGEST_SIZE);
}

static void tickets_clear(struct cssp_ticket_store *s)
{
	cssp_vbuf_free(&s->tickets);
	memzero_explicit(s->owner, sizeof(s->owner));
}

void cssp_ticket_store_init(struct cssp_ticket_store *s)
{
	*s = (struct cssp_ticket_store){};
	mutex_init(&s->lock);
	get_random_bytes(s->salt, sizeof(s->salt));
}

void cssp_ticket_store_exit(struct cssp_ticket_store *s)
{
	tickets_clear(s);
	memzero_explicit(s->salt, sizeof(s->salt));
	mutex_destroy(&s->lock);
}

int cssp_ticket_store_copy(struct cssp_ticket_store *s, const struct cssp_identity *id,
			   const struct cssp_vbuf *realm, struct cssp_vbuf *tickets)
{
	u8 owner[SHA256_DIGEST_SIZE];
	struct cssp_rd rd;
	int ret;

	cssp_vbuf_clear(tickets);
	ret = tickets_digest_owner(s, id, realm, owner);
	if (ret)
		return ret;
	mutex_lock(&s->lock);
	rd = cssp_vbuf_rd(&s->tickets);
	if (tickets_are_of(s, owner))
		ret = cssp_vbuf_set(tickets, &rd);
	mutex_unlock(&s->lock);
	memzero_explicit(owner, sizeof(owner));
	return ret;
}

int cssp_ticket_store_put(struct cssp_ticket_store *s, const struct cssp_identity *id,
			  const struct cssp_vbuf *realm, const struct cssp_rd *tickets)
{
	u8 owner[SHA256_DIGEST_SIZE];
	struct cssp_vbuf new = {};
	int ret;

	if (tickets->left > CREDSSP_HLP_MAX_TICKETS)
		return CSSP_E_TOO_BIG;
	ret = cssp_vbuf_set(&new, tickets);
	if (ret)
		return ret;
	ret = tickets_digest_owner(s, id, realm, owner);
	if (ret)
		goto out_free;
	mutex_lock(&s->lock);
	cssp_vbuf_move(&s->tickets, &new);
	memcpy(s->owner, owner, sizeof(s->owner));
	mutex_unlock(&s->lock);
	memzero_explicit(owner, sizeof(owner));
out_free:
	cssp_vbuf_free(&new);
	return ret;
}

void cssp_ticket_store_drop(struct cssp_ticket_store *s, const struct cssp_identity *id,
			    const struct cssp_vbuf *realm)
{
	u8 owner[SHA256_DIGEST_SIZE];
	int ret = tickets_digest_owner(s, id, realm, owner);

	mutex_lock(&s->lock);
	/* Without a digest to compare with, drop whatever there is. */
	if (ret || tickets_are_of(s, owner))
		tickets_clear(s);
	mutex_unlock(&s->lock);
	memzero_explicit(owner, sizeof(owner));
}
