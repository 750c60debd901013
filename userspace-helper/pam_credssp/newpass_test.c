// SPDX-License-Identifier: GPL-2.0-only
/* pam_newpass.so: asks for a new password as a module of a password stack does. */
#include <stddef.h>

#include <security/pam_ext.h>
#include <security/pam_modules.h>

int pam_sm_chauthtok(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	const char *password;

	(void)argc;
	(void)argv;
	if (flags & PAM_PRELIM_CHECK)
		return PAM_SUCCESS;
	return pam_get_authtok(pamh, PAM_AUTHTOK, &password, NULL);
}
