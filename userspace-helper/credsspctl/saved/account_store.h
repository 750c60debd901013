/* SPDX-License-Identifier: GPL-2.0-only */
/* Changes of the file of accounts, which others read, and perhaps change, at the same time. */
#ifndef CREDSSPCTL_ACCOUNT_STORE_H
#define CREDSSPCTL_ACCOUNT_STORE_H

#include <stdbool.h>
#include "account.h"

/* What becomes of an account's line */
enum account_fate {
	ACCOUNT_KEEP,
	ACCOUNT_DROP,
	ACCOUNT_CHANGE,	/* write it as it is now */
};

/**
 * struct account_change - a change of one account
 * @user, @domain: the account; all of its lines
 * @decide: what becomes of such a line; it may change the account
 * @arg: for @decide
 * @added: an account to be added, or NULL
 * @create: the file may be missing; then it is made
 * @found: out: lines of the account that were there
 */
struct account_change {
	struct account_name user;
	struct account_name domain;
	enum account_fate (*decide)(struct account *a, void *arg);
	void *arg;
	const struct account *added;
	bool create;
	unsigned int found;
};

/**
 * account_store_change() - change the file
 * @path: of the file
 * @c: the change
 *
 * The file is written anew beside the old one, and then takes its name: a reader finds one or the
 * other. Other lines stay as they are. With @c->added, and an account that is there already and
 * that @c->decide keeps, nothing is changed.
 *
 * Return: NULL, or what is wrong.
 */
const char *account_store_change(const char *path, struct account_change *c);

/* Read all accounts. NULL, or what is wrong. */
const char *account_store_read(const char *path, struct account_list *l,
			       account_complaint *complain, void *arg);

#endif
