/* SPDX-License-Identifier: GPL-2.0-only */
/* Saved credentials: which key in somebody's keyrings is for a target. */
#ifndef CSSP_CRED_KEYRING_H
#define CSSP_CRED_KEYRING_H

#include <linux/key.h>

#include "../base/requester.h"

/* No key with another description is ever looked at. */
#define CSSP_KEY_PREFIX		"credssp:"

/**
 * cssp_keyring_find() - the logon key "credssp:<SPN>" in the requester's keyrings
 * @who: requester; what it may search is searched: thread, process and session
 *	keyring, or instead of the last the user's session keyring
 * @spn: target name, looked for as it is written and then with its class in
 *	capitals and its host in small letters, as credsspctl(1) saves it
 * @key: out: with a reference
 *
 * Nobody is asked to make a key, nor waited for who makes one.
 *
 * Context: may sleep; the context of a user's task: the keyrings of a kernel
 * thread are nobody's.
 * Return: 0, -ENOKEY, -ENOMEM.
 */
int __must_check cssp_keyring_find(const struct cssp_requester *who, const char *spn,
				 struct key **key);

#endif
