// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <keyutils.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/random.h>
#include <unistd.h>

#include <credssp.h>

#include "hold.h"

#define SIZE		(sizeof(struct hold) + CREDSSP_MAX_PASSWORD)
#define KEY_TYPE	"user"
#define DESCRIPTION	"pam_credssp:%u:%s"
#define DESCRIPTION_ROOM	(sizeof(DESCRIPTION) + 10 + HOLD_TOKEN_ROOM)
#define TOKEN_BYTES	((HOLD_TOKEN_ROOM - 1) / 2)
/* Root's processes, not those that merely possess a keyring of root's */
#define ROOT_ONLY	(KEY_USR_VIEW | KEY_USR_READ | KEY_USR_WRITE | KEY_USR_SEARCH | \
			 KEY_USR_LINK | KEY_USR_SETATTR)

static struct hold *hold_alloc(uid_t uid)
{
	struct hold *hold = mmap(NULL, SIZE, PROT_READ | PROT_WRITE,
				 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (hold == MAP_FAILED)
		return NULL;
	/* A login does not fail for a low limit of mlock(2). */
	(void)mlock(hold, SIZE);
	(void)madvise(hold, SIZE, MADV_DONTDUMP);
	hold->uid = uid;
	return hold;
}

struct hold *hold_new(uid_t uid, const char *password, size_t length)
{
	struct hold *hold = length <= CREDSSP_MAX_PASSWORD ? hold_alloc(uid) : NULL;

	if (!hold)
		return NULL;
	memcpy(hold->password, password, length);
	hold->length = length;
	return hold;
}

void hold_free(struct hold *hold)
{
	if (!hold)
		return;
	explicit_bzero(hold, SIZE);
	munmap(hold, SIZE);
}

static int make_token(char *token)
{
	unsigned char bytes[TOKEN_BYTES];
	size_t i;

	if (getrandom(bytes, sizeof(bytes), 0) != sizeof(bytes))
		return -1;
	for (i = 0; i < sizeof(bytes); i++)
		sprintf(token + 2 * i, "%02x", bytes[i]);
	return 0;
}

static void describe(char *description, uid_t uid, const char *token)
{
	snprintf(description, DESCRIPTION_ROOM, DESCRIPTION, (unsigned int)uid, token);
}

/*
 * The key is possessed through the thread's keyring until it has its permissions; then it is
 * linked to root's keyring.
 */
int hold_park(struct hold *hold)
{
	char description[DESCRIPTION_ROOM];
	key_serial_t key;
	int ret = -1;

	if (make_token(hold->token))
		return -1;
	describe(description, hold->uid, hold->token);
	key = add_key(KEY_TYPE, description, hold->password, hold->length,
		      KEY_SPEC_THREAD_KEYRING);
	if (key < 0) {
		hold->token[0] = '\0';
		return -1;
	}
	if (!keyctl_set_timeout(key, HOLD_TIMEOUT_S) && !keyctl_setperm(key, ROOT_ONLY))
		ret = (int)keyctl_link(key, KEY_SPEC_USER_KEYRING);
	if (ret) {
		int err = errno;

		keyctl_revoke(key);
		hold->token[0] = '\0';
		errno = err;
	}
	keyctl_unlink(key, KEY_SPEC_THREAD_KEYRING);
	return ret;
}

static key_serial_t find(uid_t uid, const char *token)
{
	char description[DESCRIPTION_ROOM];

	describe(description, uid, token);
	return (key_serial_t)keyctl_search(KEY_SPEC_USER_KEYRING, KEY_TYPE, description, 0);
}

static void remove_key(key_serial_t key)
{
	if (!keyctl_revoke(key))
		keyctl_unlink(key, KEY_SPEC_USER_KEYRING);
}

static bool is_token(const char *token)
{
	return strlen(token) == HOLD_TOKEN_ROOM - 1 &&
	       strspn(token, "0123456789abcdef") == HOLD_TOKEN_ROOM - 1;
}

struct hold *hold_unpark(uid_t uid, const char *token)
{
	struct hold *hold;
	key_serial_t key;
	long length;

	if (!is_token(token)) {
		errno = EINVAL;
		return NULL;
	}
	key = find(uid, token);
	if (key < 0)
		return NULL;
	hold = hold_alloc(uid);
	if (!hold)
		return NULL;
	length = keyctl_read(key, hold->password, CREDSSP_MAX_PASSWORD);
	remove_key(key);
	if (length < 0 || length > CREDSSP_MAX_PASSWORD) {
		hold_free(hold);
		return NULL;
	}
	hold->length = (size_t)length;
	return hold;
}

void hold_forget(const struct hold *hold)
{
	key_serial_t key = *hold->token ? find(hold->uid, hold->token) : -1;

	if (key >= 0)
		remove_key(key);
}
