// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <unistd.h>

#include "child.h"
#include "keys.h"
#include "scope.h"

#define KEY_TYPE	"logon"
/* The keyring of a process that has no session of its own */
#define USER_SESSION	"_uid_ses."
/* A keyring in the thread's */
#define KEPT		"pam_credssp"
/* The child makes two system calls. */
#define SESSION_LIMIT_MS	5000

/* setfsuid(2) has no other way to tell whether it worked. */
static bool uid_is(uid_t uid)
{
	return (uid_t)setfsuid((uid_t)-1) == uid;
}

int keys_enter(uid_t uid, gid_t gid, struct keys_ids *old)
{
	/*
	 * The group first, while the thread has the privilege for it. Without it, in a process
	 * of the user's, it may stay another one: keys have no permissions for groups.
	 */
	old->gid = (gid_t)setfsgid(gid);
	old->uid = (uid_t)setfsuid(uid);
	if (uid_is(uid))
		return 0;
	keys_leave(old);
	errno = EPERM;
	return -1;
}

void keys_leave(const struct keys_ids *old)
{
	setfsuid(old->uid);
	setfsgid(old->gid);
}

/**
 * struct key_facts - what keyctl_describe(3) tells
 */
struct key_facts {
	uid_t uid;
	key_perm_t permissions;
	bool is_logon;
	char description[SCOPE_ROOM];
};

static const char *next_field(const char **at)
{
	const char *field = *at;

	*at = field ? strchr(field, ';') : NULL;
	if (*at)
		(*at)++;
	return field;
}

/* "type;uid;gid;permissions;description" */
static int get_facts(key_serial_t key, struct key_facts *facts)
{
	const char *at, *type, *uid, *permissions;
	char *raw;
	int ret = -1;

	if (keyctl_describe_alloc(key, &raw) < 0)
		return -1;
	at = raw;
	type = next_field(&at);
	uid = next_field(&at);
	next_field(&at);
	permissions = next_field(&at);
	if (at && strlen(at) < sizeof(facts->description)) {
		facts->is_logon = !strncmp(type, KEY_TYPE ";", strlen(KEY_TYPE ";"));
		facts->uid = (uid_t)strtoul(uid, NULL, 10);
		facts->permissions = (key_perm_t)strtoul(permissions, NULL, 16);
		strcpy(facts->description, at);
		ret = 0;
	}
	free(raw);
	return ret;
}

static bool is_ours(const struct key_facts *facts)
{
	return facts->is_logon && facts->permissions == KEYS_PERMISSIONS &&
	       scope_of(facts->description);
}

enum { SESSION_OK, SESSION_OF_ANOTHER, SESSION_NONE };

static int look_at_session(void *data)
{
	const uid_t *uid = data;
	struct key_facts facts;

	if (get_facts(KEY_SPEC_SESSION_KEYRING, &facts) ||
	    !strncmp(facts.description, USER_SESSION, strlen(USER_SESSION)))
		return SESSION_NONE;
	return facts.uid == *uid ? SESSION_OK : SESSION_OF_ANOTHER;
}

/*
 * If the process has no session keyring, the kernel gives it one when it asks for it: that of
 * its real user, root, and the user's shell would inherit it. So a child asks.
 */
const char *keys_check_session(uid_t uid)
{
	switch (child_run(look_at_session, &uid, SESSION_LIMIT_MS)) {
	case SESSION_OK:
		return NULL;
	case SESSION_OF_ANOTHER:
		return "its keyring belongs to another user (pam_keyinit.so must come first)";
	case SESSION_NONE:
		return "it has no keyring of its own (pam_keyinit.so must come first)";
	default:
		return "its keyring cannot be looked at";
	}
}

enum keys_found keys_find(const char *description, key_serial_t *key)
{
	struct key_facts facts;

	*key = (key_serial_t)keyctl_search(KEY_SPEC_SESSION_KEYRING, KEY_TYPE, description, 0);
	if (*key < 0)
		return KEYS_NONE;
	return !get_facts(*key, &facts) && is_ours(&facts) ? KEYS_OURS : KEYS_OTHER;
}

/* It has its time limit before the session can find it. */
static int place(key_serial_t key, unsigned int timeout)
{
	if (timeout && keyctl_set_timeout(key, timeout))
		return -1;
	if (keyctl_link(key, KEY_SPEC_SESSION_KEYRING))
		return -1;
	return (int)keyctl_setperm(key, KEYS_PERMISSIONS);
}

/*
 * Only a thread that possesses a key can revoke it, and at the end of the session pam_keyinit may
 * take the session's keyring away before.  So a login process of root's keeps the key in a keyring
 * of its thread's, which neither its children nor other programs inherit.  Without it, the key
 * still becomes unreachable for the session's programs.
 */
static void keep(key_serial_t key)
{
	long ring;

	if (geteuid())
		return;
	ring = keyctl_search(KEY_SPEC_THREAD_KEYRING, "keyring", KEPT, 0);
	if (ring < 0)
		ring = add_key("keyring", KEPT, NULL, 0, KEY_SPEC_THREAD_KEYRING);
	if (ring >= 0)
		keyctl_link(key, (key_serial_t)ring);
}

/* A key of the same description that has expired or was revoked loses its place. */
key_serial_t keys_save(const char *description, const void *payload, size_t length,
		       unsigned int timeout)
{
	key_serial_t key = add_key(KEY_TYPE, description, payload, length,
				   KEY_SPEC_THREAD_KEYRING);
	int ret, err;

	if (key < 0)
		return -1;
	keep(key);
	ret = place(key, timeout);
	err = errno;
	if (ret)
		keyctl_revoke(key);
	keyctl_unlink(key, KEY_SPEC_THREAD_KEYRING);
	errno = err;
	return ret ? -1 : key;
}

/* Serial numbers are used again. */
bool keys_revoke(key_serial_t key)
{
	struct key_facts facts;

	return !get_facts(key, &facts) && is_ours(&facts) && !keyctl_revoke(key);
}
