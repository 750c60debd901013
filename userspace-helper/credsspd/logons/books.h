/* SPDX-License-Identifier: GPL-2.0-only */
/* What the bookkeeper knows: the accounts of the file, and how a logon's account is chosen. */
#ifndef CREDSSPD_BOOKS_H
#define CREDSSPD_BOOKS_H

#include <stdbool.h>
#include <stddef.h>
#include "account.h"
#include "logon_impl.h"

/* Names of this machine that a client may take for its domain */
#define BOOKS_MACHINE_NAMES	3

/**
 * struct books - the accounts, and what a check of one needs
 * @list: the accounts
 * @usable: there is a file, and it is as it has to be
 * @machine: this machine's name in full, up to the first dot, and as NetBIOS cuts it
 * @fake: the hash of accounts that do not exist, so that their check costs the same
 */
struct books {
	struct account_list list;
	bool usable;
	struct account_name machine[BOOKS_MACHINE_NAMES];
	uint8_t fake[ACCOUNT_HASH];
};

/*
 * Read the file @path, NULL: none; @machine is the name of this machine. What is wrong is logged,
 * without names. 0, or -ENOMEM or -EIO.
 */
int books_open(struct books *b, const char *path, const char *machine);
void books_close(struct books *b);

/**
 * books_check() - check a logon
 * @b: the accounts
 * @r: the request
 * @v: out: all but @id and @usable
 * @name: out: the account's own name, if the proof is right; not terminated
 *
 * It takes as long for an account that does not exist.
 */
void books_check(const struct books *b, const struct logon_request *r, struct logon_verdict *v,
		 char name[LOGON_ACCOUNT_MAX]);

#endif
