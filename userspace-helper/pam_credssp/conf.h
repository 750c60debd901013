/* SPDX-License-Identifier: GPL-2.0-only */
/* What pam_credssp is to save: the module's arguments and /etc/credssp/pam.conf. */
#ifndef PAM_CREDSSP_CONF_H
#define PAM_CREDSSP_CONF_H

#include <stdbool.h>
#include <stdio.h>
#include <sys/types.h>

#include "scope.h"

#define CONF_FILE		"/etc/credssp/pam.conf"
/* Each target is a key, and a user may have 200 keys (keyrings(7): maxkeys). */
#define CONF_TARGETS_MAX	64
/* Users below it belong to the system; as Debian's adduser and pam_krb5 have it */
#define CONF_MINIMUM_UID	1000
/* A working day */
#define CONF_TIMEOUT_S		(8 * 3600)
#define CONF_TIMEOUT_MAX_S	(10UL * 365 * 24 * 3600)

/* Does the program open the session in another process than it authenticates in? */
enum conf_handover {
	CONF_HANDOVER_SSHD,	/* if it is sshd */
	CONF_HANDOVER_YES,
	CONF_HANDOVER_NO,
};

/**
 * struct conf - settings
 * @debug: log what is done, and not only errors
 * @handover: the password waits for the session in a key as well
 * @despite_tickets: save keys although the session has a TGT
 * @minimum_uid: nothing is saved for users below it, nor for root
 * @timeout: seconds that a key lives, 0 for as long as the session
 * @domain: of users that are named without one, may be empty
 * @count: number of @targets
 * @targets: descriptions of keys
 */
struct conf {
	bool debug;
	enum conf_handover handover;
	bool despite_tickets;
	uid_t minimum_uid;
	unsigned int timeout;
	char domain[CREDSSP_MAX_NAME + 1];
	unsigned int count;
	char targets[CONF_TARGETS_MAX][SCOPE_ROOM];
};

/* Each returns NULL, or what is wrong. */

/* The defaults, without targets */
void conf_init(struct conf *conf);
/* "debug", "handover", or "name=value" with a setting of the file; for config= see conf_path(). */
const char *conf_argument(struct conf *conf, const char *argument);
/* @line: out: number of the wrong line */
const char *conf_parse(struct conf *conf, FILE *f, unsigned int *line);

/* The file of an argument config=, or NULL */
const char *conf_path(const char *argument);

#endif
