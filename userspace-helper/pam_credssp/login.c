// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <security/pam_ext.h>
#include <security/pam_modutil.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>

#include "login.h"

#define HOLD_DATA	"pam_credssp_password"
/* In the default, the service whose authentication may be in another process */
#define SSHD		"sshd"

static void say_setting(const struct login *login, const char *where, unsigned int line,
			const char *err)
{
	if (line)
		pam_syslog(login->pamh, LOG_ERR, "%s:%u: %s; nothing is saved", where, line, err);
	else
		pam_syslog(login->pamh, LOG_ERR, "%s: %s; nothing is saved", where, err);
}

/* What others can write could send the passwords to their own server. */
static const char *check_file(int fd)
{
	struct stat st;

	if (fstat(fd, &st))
		return strerror(errno);
	if (!S_ISREG(st.st_mode))
		return "not a regular file";
	if ((st.st_uid && st.st_uid != geteuid()) || st.st_mode & 0022)
		return "other users can write to it";
	return NULL;
}

/* The descriptor is closed. */
static const char *parse_file(struct login *login, int fd, unsigned int *line)
{
	const char *err = check_file(fd);
	FILE *f = err ? NULL : fdopen(fd, "re");

	if (!f) {
		err = err ? err : strerror(errno);
		close(fd);
		return err;
	}
	err = conf_parse(&login->conf, f, line);
	fclose(f);
	return err;
}

/* Return 0, or -1 with an error in the log. Without config= the file may be missing. */
static int read_file(struct login *login, const char *path, bool must_be)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	unsigned int line = 0;
	const char *err;

	if (fd < 0 && errno == ENOENT && !must_be)
		return 0;
	err = fd < 0 ? strerror(errno) : parse_file(login, fd, &line);
	if (err)
		say_setting(login, path, line, err);
	return err ? -1 : 0;
}

/* The file first, so that arguments take precedence. */
static int read_settings(struct login *login, int argc, const char **argv)
{
	const char *path = NULL, *err;
	int i;

	conf_init(&login->conf);
	for (i = 0; i < argc; i++)
		if (conf_path(argv[i]))
			path = conf_path(argv[i]);
	if (read_file(login, path ? path : CONF_FILE, path))
		return -1;
	for (i = 0; i < argc; i++) {
		err = conf_argument(&login->conf, argv[i]);
		if (err) {
			say_setting(login, argv[i], 0, err);
			return -1;
		}
	}
	return 0;
}

static int find_user(struct login *login)
{
	const struct passwd *pw;
	const char *err;

	if (pam_get_user(login->pamh, &login->name, NULL) != PAM_SUCCESS || !login->name)
		return -1;
	pw = pam_modutil_getpwnam(login->pamh, login->name);
	if (!pw)
		return -1;
	login->uid = pw->pw_uid;
	login->gid = pw->pw_gid;
	if (!login->uid || login->uid < login->conf.minimum_uid)
		return -1;
	err = account_of(&login->account, login->name, login->conf.domain);
	if (err)
		pam_syslog(login->pamh, LOG_ERR, "the user has no saved credentials: %s", err);
	return err ? -1 : 0;
}

struct login *login_begin(pam_handle_t *pamh, int argc, const char **argv)
{
	struct login *login = calloc(1, sizeof(*login));

	if (!login) {
		pam_syslog(pamh, LOG_CRIT, "no memory");
		return NULL;
	}
	login->pamh = pamh;
	if (!read_settings(login, argc, argv) && login->conf.count && !find_user(login))
		return login;
	free(login);
	return NULL;
}

void login_end(struct login *login)
{
	free(login);
}

/*
 * The end of a login without a session. A child of sshd passes PAM_DATA_SILENT, or does not
 * come here: the key is for its parent.
 */
static void drop_hold(pam_handle_t *pamh, void *data, int status)
{
	(void)pamh;
	if (!(status & PAM_DATA_SILENT))
		hold_forget(data);
	hold_free(data);
}

/* Return NULL, or what is wrong with a password that a server would never get to see. */
static const char *check_password(const char *password)
{
	size_t length = strlen(password);

	if (length > CREDSSP_MAX_PASSWORD)
		return "it is too long";
	if (!length)
		return "it is empty";
	return credssp_utf8_to_utf16(password, length, NULL, 0) < 0 ? "it is not UTF-8" : NULL;
}

/*
 * Most programs open the session in the process that has authenticated, or open none at all: the
 * key and its variable would outlive the password's use. Only root's processes can pass it on,
 * and their real user must be root as well.
 */
static bool hands_over(const struct login *login)
{
	const void *service;

	if (getuid() || geteuid())
		return false;
	if (login->conf.handover != CONF_HANDOVER_SSHD)
		return login->conf.handover == CONF_HANDOVER_YES;
	return pam_get_item(login->pamh, PAM_SERVICE, &service) == PAM_SUCCESS && service &&
	       !strcmp(service, SSHD);
}

static void park(struct login *login, struct hold *hold)
{
	char variable[sizeof(HOLD_VARIABLE) + HOLD_TOKEN_ROOM];

	if (hold_park(hold)) {
		if (login->conf.debug)
			pam_syslog(login->pamh, LOG_DEBUG, "no key between processes: %m");
		return;
	}
	strcpy(stpcpy(variable, HOLD_VARIABLE "="), hold->token);
	pam_putenv(login->pamh, variable);
}

void login_hold(struct login *login, const char *password)
{
	const char *err = check_password(password);
	struct hold *hold;

	if (err) {
		pam_syslog(login->pamh, LOG_NOTICE, "the password is not saved: %s", err);
		return;
	}
	hold = hold_new(login->uid, password, strlen(password));
	if (!hold) {
		pam_syslog(login->pamh, LOG_ERR, "no memory for the password: %m");
		return;
	}
	if (hands_over(login))
		park(login, hold);
	if (pam_set_data(login->pamh, HOLD_DATA, hold, drop_hold) == PAM_SUCCESS)
		return;
	pam_syslog(login->pamh, LOG_ERR, "the password cannot be kept for the session");
	hold_forget(hold);
	hold_free(hold);
}

static struct hold *copy_hold(const struct hold *hold)
{
	return hold_new(hold->uid, hold->password, hold->length);
}

/* PAM's data can be replaced, not taken out: the cleanup wipes the original. */
static struct hold *take_data(struct login *login)
{
	const void *data;
	struct hold *hold;

	if (pam_get_data(login->pamh, HOLD_DATA, &data) != PAM_SUCCESS || !data)
		return NULL;
	hold = copy_hold(data);
	if (!hold)
		pam_syslog(login->pamh, LOG_ERR, "no memory for the password: %m");
	pam_set_data(login->pamh, HOLD_DATA, NULL, NULL);
	return hold;
}

static struct hold *take_key(struct login *login)
{
	const char *token = pam_getenv(login->pamh, HOLD_VARIABLE);

	if (!token || getuid() || geteuid())
		return NULL;
	return hold_unpark(login->uid, token);
}

struct hold *login_take(struct login *login)
{
	struct hold *hold = take_data(login);

	if (!hold)
		hold = take_key(login);
	/* sudo authenticates one user, and opens the session of another one. */
	if (hold && hold->uid != login->uid) {
		hold_free(hold);
		return NULL;
	}
	return hold;
}

void login_drop(pam_handle_t *pamh)
{
	pam_set_data(pamh, HOLD_DATA, NULL, NULL);
	if (pam_getenv(pamh, HOLD_VARIABLE))
		pam_putenv(pamh, HOLD_VARIABLE);
}

static const struct hold *held(pam_handle_t *pamh)
{
	const void *data;

	return pam_get_data(pamh, HOLD_DATA, &data) == PAM_SUCCESS ? data : NULL;
}

bool login_is_anothers(const struct login *login)
{
	const struct hold *hold = held(login->pamh);

	return hold && hold->uid != login->uid;
}

void login_change(struct login *login, const char *password, bool expired)
{
	const char *err = check_password(password);

	if (expired || held(login->pamh))
		login_hold(login, password);
	if (!err && !keys_check_session(login->uid))
		login_save(login, password, strlen(password), LOGIN_CHANGE);
}
