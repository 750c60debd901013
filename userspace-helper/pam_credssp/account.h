/* SPDX-License-Identifier: GPL-2.0-only */
/* The user and domain that are saved for a PAM user. */
#ifndef PAM_CREDSSP_ACCOUNT_H
#define PAM_CREDSSP_ACCOUNT_H

#include <credssp.h>

/**
 * struct account - a name in its parts
 * @user: name without a domain
 * @domain: of DOMAIN\user or user@domain, or the default one; may be empty
 * @whole: user@domain as it was given, or empty
 */
struct account {
	char user[CREDSSP_MAX_NAME + 1];
	char domain[CREDSSP_MAX_NAME + 1];
	char whole[CREDSSP_MAX_NAME + 1];
};

/* @domain: of a name that has none. Return NULL, or what is wrong. */
const char *account_of(struct account *a, const char *name, const char *domain);

/**
 * account_for() - user and domain for a key
 * @a: whose
 * @scope: SPN or domain
 * @user, @domain: out
 *
 * For an SPN, user@domain stays one name, as Windows takes it.
 *
 * Return: 0, or -1: @scope is a domain, and the user is of another one.
 */
int account_for(const struct account *a, const char *scope, const char **user,
		const char **domain);

#endif
