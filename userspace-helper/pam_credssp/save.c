// SPDX-License-Identifier: GPL-2.0-only
/* The keys of a login. */
#include <errno.h>
#include <security/pam_ext.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <syslog.h>
#include <unistd.h>

#include "login.h"
#include "tickets.h"

#define KEYS_DATA	"pam_credssp_keys"
#define CACHE_VARIABLE	"KRB5CCNAME"

/**
 * struct saved - the keys that a handle has saved
 */
struct saved {
	unsigned int count;
	key_serial_t keys[CONF_TARGETS_MAX];
};

static void free_saved(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	(void)status;
	free(data);
}

/* The keys of this handle, which are none at first; NULL without memory */
static struct saved *saved_of(pam_handle_t *pamh)
{
	struct saved *saved;
	const void *data;

	if (pam_get_data(pamh, KEYS_DATA, &data) == PAM_SUCCESS && data)
		return (struct saved *)data;
	saved = calloc(1, sizeof(*saved));
	if (saved && pam_set_data(pamh, KEYS_DATA, saved, free_saved) != PAM_SUCCESS) {
		free(saved);
		saved = NULL;
	}
	return saved;
}

/* The last one takes the place of those that have been replaced. */
static void note_key(struct saved *saved, key_serial_t old, key_serial_t key)
{
	unsigned int i;

	for (i = 0; i < saved->count; i++)
		if (saved->keys[i] == old)
			break;
	if (i == CONF_TARGETS_MAX)
		return;
	saved->keys[i] = key;
	if (i == saved->count)
		saved->count++;
}

/* Is this target to have a new key? @old: out: the one that it has, or -1 */
static bool is_wanted(const char *description, enum login_mode mode, key_serial_t *old)
{
	enum keys_found found = keys_find(description, old);

	return found == KEYS_NONE ? mode != LOGIN_CHANGE :
				    found == KEYS_OURS && mode != LOGIN_NEW;
}

/**
 * struct filling - payloads in the making
 * @login: of whom
 * @password: not the payload's copy
 * @length: bytes of it
 * @payload: SCOPE_PAYLOAD_MAX bytes that are wiped afterwards
 * @saved: keys
 */
struct filling {
	const struct login *login;
	const char *password;
	size_t length;
	char *payload;
	struct saved *saved;
};

static int save_one(const struct filling *f, const char *description, enum login_mode mode)
{
	const struct login *login = f->login;
	const char *user, *domain;
	key_serial_t old, key;
	size_t n;

	if (account_for(&login->account, scope_of(description), &user, &domain) ||
	    !is_wanted(description, mode, &old))
		return 0;
	n = scope_head(f->payload, user, domain);
	memcpy(f->payload + n, f->password, f->length);
	/* Its password is not the user's any more, whether or not there is a new key. */
	if (old >= 0)
		keys_revoke(old);
	key = keys_save(description, f->payload, n + f->length, login->conf.timeout);
	if (key < 0)
		return -1;
	note_key(f->saved, old, key);
	if (login->conf.debug)
		pam_syslog(login->pamh, LOG_DEBUG, "saved the key %d", key);
	return 0;
}

static void save_all(const struct filling *f, enum login_mode mode)
{
	const struct conf *conf = &f->login->conf;
	unsigned int i;

	for (i = 0; i < conf->count; i++)
		if (save_one(f, conf->targets[i], mode))
			pam_syslog(f->login->pamh, LOG_ERR, "cannot save the key %s: %m",
				   conf->targets[i]);
}

static void save_as_user(const struct filling *f, enum login_mode mode)
{
	const struct login *login = f->login;
	struct keys_ids old;

	if (keys_enter(login->uid, login->gid, &old)) {
		pam_syslog(login->pamh, LOG_ERR, "cannot make keys of the user: %m");
		return;
	}
	save_all(f, mode);
	keys_leave(&old);
}

/* That of the environment that the session gets, or of a process of the user itself */
static const char *cache_of(const struct login *login)
{
	const char *cache = pam_getenv(login->pamh, CACHE_VARIABLE);

	return cache || getuid() != login->uid ? cache : secure_getenv(CACHE_VARIABLE);
}

static bool has_tickets(const struct login *login)
{
	const char *cache = login->conf.despite_tickets ? NULL : cache_of(login);

	return cache && *cache && tickets_there(cache, login->uid, login->gid);
}

static bool is_ready(const struct login *login, enum login_mode mode)
{
	const char *err = keys_check_session(login->uid);

	if (err) {
		pam_syslog(login->pamh, LOG_NOTICE, "the session has no saved credentials: %s",
			   err);
		return false;
	}
	/* Keys with an old password are replaced, whatever else there is. */
	if (mode == LOGIN_CHANGE || !has_tickets(login))
		return true;
	if (login->conf.debug)
		pam_syslog(login->pamh, LOG_DEBUG, "nothing is saved: there is a TGT");
	return false;
}

void login_save(struct login *login, const char *password, size_t length,
		enum login_mode mode)
{
	struct filling f = { .login = login, .password = password, .length = length };

	if (!is_ready(login, mode))
		return;
	f.saved = saved_of(login->pamh);
	f.payload = mmap(NULL, SCOPE_PAYLOAD_MAX, PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (!f.saved || f.payload == MAP_FAILED) {
		pam_syslog(login->pamh, LOG_CRIT, "no memory");
	} else {
		(void)mlock(f.payload, SCOPE_PAYLOAD_MAX);
		(void)madvise(f.payload, SCOPE_PAYLOAD_MAX, MADV_DONTDUMP);
		save_as_user(&f, mode);
	}
	if (f.payload == MAP_FAILED)
		return;
	explicit_bzero(f.payload, SCOPE_PAYLOAD_MAX);
	munmap(f.payload, SCOPE_PAYLOAD_MAX);
}

void login_remove(pam_handle_t *pamh)
{
	const struct saved *saved;
	const void *data;
	unsigned int i;

	if (pam_get_data(pamh, KEYS_DATA, &data) != PAM_SUCCESS || !data)
		return;
	saved = data;
	for (i = 0; i < saved->count; i++)
		keys_revoke(saved->keys[i]);
	pam_set_data(pamh, KEYS_DATA, NULL, NULL);
}
