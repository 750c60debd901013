/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of a login session, in the session's own keyring. */
#ifndef PAM_CREDSSP_KEYS_H
#define PAM_CREDSSP_KEYS_H

#include <keyutils.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

/*
 * The module searches the key, and the session may look at it and revoke it. The session
 * cannot link it to a keyring that outlives the session, nor give it more time. The owner's
 * other sessions cannot do anything with it.
 */
#define KEYS_PERMISSIONS	(KEY_POS_VIEW | KEY_POS_SEARCH | KEY_POS_WRITE)

/**
 * struct keys_ids - uid and gid of keys, in place of the process' own
 *
 * They are those of the file system, which belong to the thread and not to the process. New
 * keys belong to them and count in their quota.
 */
struct keys_ids {
	uid_t uid;
	gid_t gid;
};

/* @old: out: for keys_leave(). Return 0, or -1 with errno. */
int keys_enter(uid_t uid, gid_t gid, struct keys_ids *old);
void keys_leave(const struct keys_ids *old);

/* Is the session keyring one of @uid's own? Return NULL, or what is wrong with the session. */
const char *keys_check_session(uid_t uid);

enum keys_found {
	KEYS_NONE,	/* or one that has expired or was revoked */
	KEYS_OURS,	/* saved by this module */
	KEYS_OTHER,
};

/* @key: out, if there is one */
enum keys_found keys_find(const char *description, key_serial_t *key);

/* @timeout: seconds, 0 for none. Return the key, or -1 with errno. */
key_serial_t keys_save(const char *description, const void *payload, size_t length,
		       unsigned int timeout);
/* Revoke a key of this module's, so that handles that refer to it cannot use it either. */
bool keys_revoke(key_serial_t key);

#endif
