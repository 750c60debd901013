/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delivery of a delegated password: as a key of type "logon", which programs can use and
 * revoke, but not read.
 */
#ifndef CSSP_CRED_DELIVERY_H
#define CSSP_CRED_DELIVERY_H

#include <linux/key.h>

#include "../mech/mech.h"

/**
 * struct cssp_delivery - the key that is asked for
 * @keyring: serial number of a keyring, or KEY_SPEC_*
 * @form: CREDSSP_DELEGATED_AS_*
 * @name: what the key is for, in ASCII: an SPN or a domain; AS_CIFS: an address or a domain;
 *	empty: the domain of the identity
 * @lifetime: seconds, 1 to CREDSSP_MAX_DELEGATED_LIFETIME
 */
struct cssp_delivery {
	s32 keyring;
	u32 form;
	struct cssp_rd name;
	u32 lifetime;
};

/**
 * cssp_delivery_put() - make the key and link it into the keyring
 * @id: delegated identity
 * @d: the key
 * @serial: out: its serial number
 *
 * The key takes the place of one with the same description in that keyring. It belongs to the
 * current task's user and counts for that user's quota. The keyring must be one that the task
 * may write; KEY_SPEC_* keyrings are made if they do not exist, as by add_key(2).
 *
 * Context: process context of a user's task; may sleep, interruptibly.
 * Return: 0; CSSP_E_PARAMETER; CSSP_E_NO_CREDS when there is no identity that the form can
 * express, or no such keyring, or it cannot be written; -EKEYREVOKED, -EKEYEXPIRED, of the
 * keyring; -EDQUOT, -ENOMEM, -ERESTARTSYS.
 */
int __must_check cssp_delivery_put(const struct cssp_identity *id,
				   const struct cssp_delivery *d, s32 *serial);

/* The same with a keyring that the task may write. @d->keyring is not used. */
int __must_check cssp_delivery_put_in(struct key *keyring, const struct cssp_identity *id,
				      const struct cssp_delivery *d, s32 *serial);

#endif
