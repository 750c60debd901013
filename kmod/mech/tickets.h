/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tickets that a password or a certificate became, for the life of a credential: the next
 * exchange needs no KDC, or asks it for the ticket of another service only. The helper makes
 * them and keeps none; they are as secret as the password. They serve an exchange with the
 * identity, password or PIN included, that they were made for, and no other one.
 */
#ifndef CSSP_MECH_TICKETS_H
#define CSSP_MECH_TICKETS_H

#include <linux/mutex.h>

#include "../crypto/hash.h"
#include "mech.h"

#define CSSP_TICKET_SALT_SIZE	16

/**
 * struct cssp_ticket_store - the tickets of one credential
 * @salt: of @owner, random; constant
 * @lock: protects the members below
 * @owner: digest of the identity that the tickets are of, and of the realm that was given
 *	with it. The password itself is not kept: the key or the call that it came from can
 *	end before the credential
 * @tickets: opaque; empty when there are none
 */
struct cssp_ticket_store {
	u8 salt[CSSP_TICKET_SALT_SIZE];
	struct mutex lock;	/* see above */
	u8 owner[SHA256_DIGEST_SIZE];
	struct cssp_vbuf tickets;
};

void cssp_ticket_store_init(struct cssp_ticket_store *s);
/* Wipe and free; no other thread uses @s any more. */
void cssp_ticket_store_exit(struct cssp_ticket_store *s);

/**
 * cssp_ticket_store_copy() - the tickets of an identity
 * @s: store
 * @id: identity of the exchange
 * @realm: realm given with it
 * @tickets: out: replaced; empty when @s has none for @id and @realm
 *
 * Context: may sleep.
 * Return: 0, -ENOMEM, -EDQUOT, or an errno of cssp_sha256().
 */
int __must_check cssp_ticket_store_copy(struct cssp_ticket_store *s,
					const struct cssp_identity *id,
					const struct cssp_vbuf *realm,
					struct cssp_vbuf *tickets);

/**
 * cssp_ticket_store_put() - keep the tickets of an identity
 * @s: store; the tickets that it has are dropped
 * @id: identity that they are of; not kept
 * @realm: realm given with it; not kept
 * @tickets: copied
 *
 * Context: may sleep.
 * Return: 0; or -EMSGSIZE above CREDSSP_HLP_MAX_TICKETS, -ENOMEM, -EDQUOT, or an errno of
 * cssp_sha256(), with @s unchanged.
 */
int __must_check cssp_ticket_store_put(struct cssp_ticket_store *s,
				       const struct cssp_identity *id,
				       const struct cssp_vbuf *realm,
				       const struct cssp_rd *tickets);

/* Drop the tickets of @id and @realm, if @s has them. Context: may sleep. */
void cssp_ticket_store_drop(struct cssp_ticket_store *s, const struct cssp_identity *id,
			    const struct cssp_vbuf *realm);

#endif
