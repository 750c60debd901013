/* SPDX-License-Identifier: GPL-2.0-only */
/* One login: its settings, its user, its password and its keys. */
#ifndef PAM_CREDSSP_LOGIN_H
#define PAM_CREDSSP_LOGIN_H

#include <security/pam_modules.h>

#include "account.h"
#include "conf.h"
#include "hold.h"
#include "keys.h"

/**
 * struct login - a call of PAM
 * @pamh: handle
 * @conf: settings
 * @account: names for the payloads
 * @name: PAM's
 * @uid: user
 * @gid: group
 */
struct login {
	pam_handle_t *pamh;
	struct conf conf;
	struct account account;
	const char *name;
	uid_t uid;
	gid_t gid;
};

/**
 * login_begin() - read the settings, look the user up
 * @pamh: handle
 * @argc: the module's arguments
 * @argv: the module's arguments
 *
 * Return: NULL if there is nothing to do for this user; errors are in the log then.
 */
struct login *login_begin(pam_handle_t *pamh, int argc, const char **argv);
void login_end(struct login *login);

/* Keep the password for open_session; errors are in the log. */
void login_hold(struct login *login, const char *password);
/* The password of this user that was kept, or NULL; to be freed with hold_free(). */
struct hold *login_take(struct login *login);

/* This process keeps a password of another user. */
bool login_is_anothers(const struct login *login);
/* Forget a password that was kept for any user; the session's environment says nothing of it. */
void login_drop(pam_handle_t *pamh);

/*
 * The password has been changed. @expired: in the middle of a login, so that it is kept for
 * open_session. The keys of the session that the caller is in get it as well.
 */
void login_change(struct login *login, const char *password, bool expired);

/* When a target has a key already */
enum login_mode {
	LOGIN_NEW,	/* leave it alone */
	LOGIN_RENEW,	/* replace it if it is this module's */
	LOGIN_CHANGE,	/* the same, and make no new ones */
};

/* Save the password for the targets, unless the session has tickets. */
void login_save(struct login *login, const char *password, size_t length,
		enum login_mode mode);
/* Revoke the keys that were saved in this handle's session. */
void login_remove(pam_handle_t *pamh);

#endif
