/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Accounts for logons by NTLM, and the file that they are in: one account in each line,
 *
 *	user:domain:NT hash in hexadecimal digits:flags
 *
 * The domain may be empty. The flags are "disabled" or nothing. Blank lines and lines that begin
 * with # are comments.
 */
#ifndef ACCOUNTS_ACCOUNT_H
#define ACCOUNTS_ACCOUNT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "account_name.h"

#define ACCOUNT_FILE		"/etc/credssp/accounts"
/* Owner and permissions: root may read and write it, and no other user may do anything. */
#define ACCOUNT_FILE_MODE	0600
/* Bytes of the file, as it is in memory as a whole; some 20,000 lines */
#define ACCOUNT_FILE_MAX	(1024 * 1024)
/* Accounts, so that one look at all of them takes less than a millisecond */
#define ACCOUNTS_MAX		4096
/* An NT hash: MD4 of the password in UTF-16LE (NTOWFv1 of MS-NLMP 3.3.1) */
#define ACCOUNT_HASH		16
/* Bytes of a name in UTF-8, so that DOMAIN\user has less than CREDSSP_MAX_NAME */
#define ACCOUNT_TEXT_MAX	511

/**
 * struct account - one account
 * @user, @domain: for comparison
 * @user_text, @domain_text: as the file has them
 * @hash: NT hash
 * @disabled: its flag
 * @blank: the hash is that of an empty password
 * @doubled: the file has another line for the same user and domain: nobody knows which one was
 *	meant, so neither is used
 */
struct account {
	struct account_name user;
	struct account_name domain;
	char user_text[ACCOUNT_TEXT_MAX + 1];
	char domain_text[ACCOUNT_TEXT_MAX + 1];
	uint8_t hash[ACCOUNT_HASH];
	bool disabled;
	bool blank;
	bool doubled;
};

/**
 * struct account_list - the accounts of a file
 * @accounts: @count of them, in the order of the file; owned
 */
struct account_list {
	struct account *accounts;
	size_t count;
};

/* The NT hash of a password in UTF-8. 0, -EILSEQ or -ENOMEM. */
int account_hash_password(uint8_t hash[ACCOUNT_HASH], const char *password, size_t length);

/* A line without an account */
bool account_line_is_comment(const char *line, size_t length);
/*
 * Read a line, without its end, that is no comment. NULL, or what is wrong with it. @a has
 * a hash in it: wipe it.
 */
const char *account_parse(struct account *a, const char *line, size_t length);
/* Can @text be the name of a user or, with @domain, of a domain? NULL, or what is wrong. */
const char *account_check_name(const char *text, bool domain);

/* Longest line, with its end and a NUL */
#define ACCOUNT_LINE_MAX	(2 * ACCOUNT_TEXT_MAX + 2 * ACCOUNT_HASH + 16)
/* Write the line of @a, with its end. The caller wipes it. */
void account_format(const struct account *a, char line[ACCOUNT_LINE_MAX]);

/* Called for each line that is wrong */
typedef void account_complaint(void *arg, unsigned int line, const char *what);
/*
 * Read a file's text. Lines that are wrong are left out, and so is what is above ACCOUNTS_MAX.
 * 0 or -ENOMEM.
 */
int account_list_read(struct account_list *l, const char *text, size_t length,
		      account_complaint *complain, void *arg);
/* Wipe and free. */
void account_list_free(struct account_list *l);

/**
 * account_file_open() - open the file, if it is as it has to be
 * @path: of the file
 * @error: 0 or a negative errno; -ENOENT: there is none
 *
 * It must be a regular file of this process' effective user, root, with ACCOUNT_FILE_MODE.
 *
 * Return: a descriptor; or -1, with @error and in @why what is wrong.
 */
int account_file_open(const char *path, int *error, const char **why);
/*
 * Read all of it: a buffer of @length bytes, for account_file_forget(). NULL with @why after a
 * failure.
 */
char *account_file_read(int fd, size_t *length, const char **why);
/* Wipe and free. */
void account_file_forget(char *text, size_t length);

#endif
