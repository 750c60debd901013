/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Saved credentials: keys of type "logon" in the requester's keyrings. A key
 * described "credssp:<SPN>" serves that SPN only (case does not matter);
 * "credssp:<DOMAIN>" serves any target, and its payload must name that domain.
 */
#ifndef CSSP_CRED_KEYRING_H
#define CSSP_CRED_KEYRING_H

#include <linux/key.h>

#include "../base/requester.h"
#include "../mech/identity.h"

/* The module reads no key with another description. */
#define CSSP_KEY_PREFIX		"credssp:"

/* First byte of the payload; then user, NUL, domain, NUL, password, in UTF-8. */
#define CSSP_KEY_VERSION	1

/* The class in capitals and the host in small letters, as credsspctl(1) saves it. */
void cssp_keyring_canonical_case(char *spn);

/*
 * May saved and default credentials of @who be used? Only in network namespaces that the
 * initial user namespace owns.
 */
bool cssp_keyring_allowed(const struct cssp_requester *who);

/**
 * cssp_keyring_check() - can a key be a saved credential of the requester?
 * @who: requester
 * @key: any key
 *
 * The key must be of type "logon" and described for this module, and
 * cssp_keyring_allowed() hold.
 *
 * Return: 0 or -ENOKEY.
 */
int __must_check cssp_keyring_check(const struct cssp_requester *who,
				    const struct key *key);

/*
 * Can @keyring be one that keys are looked up in? 0; CSSP_E_PARAMETER for a key that is no
 * keyring; -ENOKEY unless cssp_keyring_allowed().
 */
int __must_check cssp_keyring_check_keyring(const struct cssp_requester *who,
					    const struct key *keyring);

/**
 * cssp_keyring_by_serial() - the key that the current task means by a number
 * @serial: serial number, or KEY_SPEC_*
 *
 * The task must be able to search for the key.  A keyring it must possess in addition: the
 * keys that are found in it later count as possessed.
 *
 * Context: process context of a user's task; may sleep, interruptibly.
 * Return: a reference, or ERR_PTR() of -EINVAL, -ENOKEY, -EACCES, -EKEYEXPIRED,
 * -EKEYREVOKED, -ENOMEM, -ERESTARTSYS.
 */
struct key *cssp_keyring_by_serial(s32 serial);

/**
 * cssp_keyring_read() - copy the identity out of a key
 * @key: key that passed cssp_keyring_check()
 * @spn: target name; the key must serve it
 * @id: out: identity; the caller frees it with cssp_identity_free()
 *
 * Context: may sleep (takes the key's semaphore).
 * Return: 0; -ENOKEY when the key is revoked, expired, malformed or for another
 * target; -ENOMEM.
 */
int __must_check cssp_keyring_read(struct key *key, const char *spn,
				   struct cssp_identity *id);

/**
 * cssp_keyring_find() - find the key "credssp:<SPN>" and read it
 * @who: requester; the search covers the keyrings that it may search: thread,
 *	process and session keyring. Without a session keyring, the user's session
 *	keyring takes its place
 * @keyring: keyring to search instead, which @who possesses; or NULL
 * @spn: target name. The search takes it as it is written, and then with its class
 *	in capitals and its host in small letters, as credsspctl(1) saves it
 * @id: out: identity; the caller frees it with cssp_identity_free()
 *
 * The search adds no key; it may create the user's own empty keyrings. It never waits for
 * the construction of a key.
 *
 * Context: may sleep. A kernel thread finds keys in @keyring only.
 * Return: 0, -ENOKEY, -ENOMEM.
 */
int __must_check cssp_keyring_find(const struct cssp_requester *who, struct key *keyring,
				   const char *spn, struct cssp_identity *id);

#endif
