// SPDX-License-Identifier: GPL-2.0-only
/*
 * pam_credssp: at login the password becomes saved credentials for credssp, in keys of the
 * session.  It never decides about a login: whatever happens, authentication and password
 * changes ignore its result, and a session opens.
 */
#include <security/pam_ext.h>
#include <string.h>

#include "login.h"

static const char *password_of(pam_handle_t *pamh)
{
	const void *item;

	return pam_get_item(pamh, PAM_AUTHTOK, &item) == PAM_SUCCESS ? item : NULL;
}

/* A module before this one has asked for the password, and found it right. */
int pam_sm_authenticate(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *password = password_of(pamh);
	struct login *login = password ? login_begin(pamh, argc, argv) : NULL;

	(void)flags;
	if (login)
		login_hold(login, password);
	login_end(login);
	return PAM_IGNORE;
}

static void save_held(struct login *login, enum login_mode mode)
{
	struct hold *hold = login_take(login);

	if (hold)
		login_save(login, hold->password, hold->length, mode);
	hold_free(hold);
}

/*
 * A screen is unlocked: the keys of the session get the password, and their time, again. sudo
 * comes here as the user that the command is for. If that is not the one who was authenticated,
 * the password is of no more use, and Debian's stacks for sudo do not open a session with this
 * module.
 */
static void refresh(pam_handle_t *pamh, int argc, const char **argv)
{
	struct login *login = login_begin(pamh, argc, argv);

	if (!login || login_is_anothers(login)) {
		login_drop(pamh);
	} else if (!keys_check_session(login->uid)) {
		save_held(login, LOGIN_RENEW);
		login_drop(pamh);
	}
	/* Else a session of this user's may be opened, which needs the password. */
	login_end(login);
}

int pam_sm_setcred(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	if (flags & (PAM_REINITIALIZE_CRED | PAM_REFRESH_CRED)) {
		refresh(pamh, argc, argv);
	} else if (flags & PAM_DELETE_CRED) {
		login_remove(pamh);
		login_drop(pamh);
	}
	return PAM_IGNORE;
}

int pam_sm_open_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct login *login = login_begin(pamh, argc, argv);

	(void)flags;
	if (login)
		save_held(login, LOGIN_NEW);
	login_end(login);
	login_drop(pamh);
	return PAM_SUCCESS;
}

int pam_sm_close_session(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	(void)flags;
	(void)argc;
	(void)argv;
	login_remove(pamh);
	return PAM_SUCCESS;
}

/*
 * A password that has expired is changed in the middle of a login: the session is to have the
 * new one. Else the keys of the session that the user is in get it.
 */
int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *password = flags & PAM_UPDATE_AUTHTOK ? password_of(pamh) : NULL;
	struct login *login = password ? login_begin(pamh, argc, argv) : NULL;

	if (login)
		login_change(login, password, flags & PAM_CHANGE_EXPIRED_AUTHTOK);
	login_end(login);
	return PAM_IGNORE;
}
