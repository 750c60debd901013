/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The password between the phases of a login. A program like login(1) authenticates and opens
 * the session in one process, and the password waits in PAM's data. sshd authenticates in a
 * child with keyboard-interactive, and hands over nothing but environment variables: for the
 * time between, the password is in a key that only root can find and read. Other programs have
 * no such key unless the settings say so (handover).
 */
#ifndef PAM_CREDSSP_HOLD_H
#define PAM_CREDSSP_HOLD_H

#include <stddef.h>
#include <sys/types.h>

/* Of the PAM environment: which key has the password */
#define HOLD_VARIABLE	"PAM_CREDSSP_PASSWORD"
/* As long as sshd gives a user to log on (LoginGraceTime) */
#define HOLD_TIMEOUT_S	120
/* 16 random bytes, in hexadecimal */
#define HOLD_TOKEN_ROOM	33

/**
 * struct hold - a password in memory that is not swapped or dumped
 * @uid: the user that was authenticated
 * @length: bytes of @password
 * @token: of its key, or empty
 * @password: no NUL
 */
struct hold {
	uid_t uid;
	size_t length;
	char token[HOLD_TOKEN_ROOM];
	char password[];
};

/* Return NULL with errno. */
struct hold *hold_new(uid_t uid, const char *password, size_t length);
/* Wipe and free it; NULL is fine. */
void hold_free(struct hold *hold);

/* Put it into a key as well, and set its token. Return 0, or -1 with errno. */
int hold_park(struct hold *hold);
/* Take it out of the key of @token. Return NULL with errno. */
struct hold *hold_unpark(uid_t uid, const char *token);
/* Revoke the key, if there is one. */
void hold_forget(const struct hold *hold);

#endif
