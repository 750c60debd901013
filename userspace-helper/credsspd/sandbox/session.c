// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/credssp.h>
#include <linux/keyctl.h>
#include "base/log.h"
#include "session.h"

/* Bytes of a key's description: its type, uid, gid and permissions come first. */
#define DESCRIPTION_SIZE	256

static long session_keyctl(int command, unsigned long a, unsigned long b, unsigned long c)
{
	return syscall(SYS_keyctl, command, a, b, c, 0);
}

/* A number that is not used any more can be that of another key of this user. */
static bool session_is_lent(int32_t serial)
{
	char text[DESCRIPTION_SIZE] = "";
	const char *name;

	if (session_keyctl(KEYCTL_DESCRIBE, serial, (unsigned long)text, sizeof(text) - 1) < 0)
		return false;
	name = strrchr(text, ';');
	return name && !strncmp(text, "keyring;", strlen("keyring;")) &&
	       !strcmp(name + 1, CREDSSP_HLP_SESSION_NAME);
}

/* The name can be read as soon as the keyring is linked. */
static void session_link(int32_t serial)
{
	if (session_keyctl(KEYCTL_LINK, serial, KEY_SPEC_SESSION_KEYRING, 0)) {
		log_debug("session keyring of the requester: %s", strerror(errno));
		return;
	}
	if (session_is_lent(serial))
		return;
	log_warning("key %d is not a session keyring that was lent", serial);
	session_keyctl(KEYCTL_UNLINK, serial, KEY_SPEC_SESSION_KEYRING, 0);
}

/*
 * Both keyrings are made before this process becomes the requester, so that they do not count
 * for the number of the requester's keys: the kernel frees keyrings late. Where there are no
 * keyrings, or a container's filter forbids them, there are no caches in them.
 */
int session_begin(int32_t lent)
{
	if (session_keyctl(KEYCTL_JOIN_SESSION_KEYRING, 0, 0, 0) < 0) {
		if (errno == ENOSYS || errno == EPERM)
			return 0;
		log_error("session keyring: %s", strerror(errno));
		return -errno;
	}
	if (session_keyctl(KEYCTL_GET_KEYRING_ID, KEY_SPEC_PROCESS_KEYRING, true, 0) < 0)
		log_debug("process keyring: %s", strerror(errno));
	if (lent > 0)
		session_link(lent);
	return 0;
}

/*
 * A process can read the keys of its user keyring if it possesses the keyring. It must not be
 * in the session keyring: a search for a cache of the session would find those of the user.
 */
void session_take(int32_t lent)
{
	if (session_keyctl(KEYCTL_LINK, KEY_SPEC_USER_KEYRING, KEY_SPEC_PROCESS_KEYRING, 0))
		log_debug("user keyring: %s", strerror(errno));
	if (!lent && session_keyctl(KEYCTL_LINK, KEY_SPEC_USER_SESSION_KEYRING,
				    KEY_SPEC_SESSION_KEYRING, 0))
		log_debug("user-session keyring: %s", strerror(errno));
}
