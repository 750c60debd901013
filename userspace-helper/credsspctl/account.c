// SPDX-License-Identifier: GPL-2.0-only
/*
 * credsspctl account: the accounts that initiators log on to by NTLM.  Their file has hashes, which
 * are as good as the passwords: they are never printed.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "base/json.h"
#include "base/options.h"
#include "base/outcome.h"
#include "base/password.h"
#include "commands.h"
#include "saved/account_store.h"
#include "text.h"

/**
 * struct account_args - the command line
 * @file: of accounts
 * @user: may have its domain in front of it
 * @domain: or NULL
 * @password_fd: -1 for none
 * @password_file: or NULL
 * @replace: an account that exists gets the new password
 * @json: print JSON
 */
struct account_args {
	const char *file;
	char user[ACCOUNT_TEXT_MAX + 1];
	char domain[ACCOUNT_TEXT_MAX + 1];
	int password_fd;
	const char *password_file;
	bool replace;
	bool json;
};

static int account_fail(int code, const char *what, const char *why)
{
	fputs("credsspctl account: ", stderr);
	text_print(stderr, what);
	fprintf(stderr, ": %s\n", why);
	return code;
}

/* ---- the command line ------------------------------------------------------------ */

/* Verbs that have an option */
enum { OF_ADD = 1, OF_ONE = 2, OF_LIST = 4 };
enum { OPT_DOMAIN = 256, OPT_ACCOUNTS, OPT_FD, OPT_FILE, OPT_REPLACE, OPT_JSON };

static const struct option account_options[] = {
	{ .name = "domain", .has_arg = required_argument, .val = OPT_DOMAIN },
	{ .name = "accounts", .has_arg = required_argument, .val = OPT_ACCOUNTS },
	{ .name = "password-fd", .has_arg = required_argument, .val = OPT_FD },
	{ .name = "password-file", .has_arg = required_argument, .val = OPT_FILE },
	{ .name = "replace", .val = OPT_REPLACE },
	{ .name = "json", .val = OPT_JSON },
	{ .name = NULL },
};

static unsigned int option_verbs(int option)
{
	switch (option) {
	case OPT_ACCOUNTS:
		return OF_ADD | OF_ONE | OF_LIST;
	case OPT_DOMAIN:
		return OF_ADD | OF_ONE;
	case OPT_JSON:
		return OF_LIST;
	default:
		return OF_ADD;
	}
}

static const char *account_name_option(char out[ACCOUNT_TEXT_MAX + 1], const char *arg, bool domain)
{
	const char *err = account_check_name(arg, domain);

	if (!err)
		strcpy(out, arg);
	return err;
}

static const char *account_option(struct account_args *a, int option, const char *arg)
{
	unsigned long n = 0;
	const char *err;

	switch (option) {
	case OPT_DOMAIN:
		return account_name_option(a->domain, arg, true);
	case OPT_ACCOUNTS:
		a->file = arg;
		return NULL;
	case OPT_FD:
		err = options_number(arg, 0, 65535, &n);
		a->password_fd = (int)n;
		return err;
	case OPT_FILE:
		a->password_file = arg;
		return NULL;
	case OPT_REPLACE:
		a->replace = true;
		return NULL;
	default:
		a->json = true;
		return NULL;
	}
}

/* DOMAIN\USER is as good as --domain. */
static const char *account_user(struct account_args *a, const char *arg)
{
	const char *slash = strchr(arg, '\\');
	char domain[ACCOUNT_TEXT_MAX + 1];
	const char *err;

	if (!slash)
		return account_name_option(a->user, arg, false);
	if (*a->domain)
		return "there is --domain already";
	if ((size_t)(slash - arg) >= sizeof(domain))
		return "a name is too long";
	snprintf(domain, sizeof(domain), "%.*s", (int)(slash - arg), arg);
	err = account_name_option(a->domain, domain, true);
	return err ? err : account_name_option(a->user, slash + 1, false);
}

static int account_parse_args(struct account_args *a, unsigned int verb, int argc, char **argv)
{
	const int wanted = verb == OF_LIST ? 0 : 1;
	const char *err;
	int option;

	*a = (struct account_args){ .file = ACCOUNT_FILE, .password_fd = -1 };
	while ((option = getopt_long(argc, argv, "", account_options, NULL)) >= 0) {
		if (option == '?')
			return EXIT_CODE_USAGE;
		err = option_verbs(option) & verb ? account_option(a, option, optarg) :
						    "this verb does not have it";
		if (err)
			return account_fail(EXIT_CODE_USAGE, argv[optind - 1], err);
	}
	if (argc - optind != wanted)
		return account_fail(EXIT_CODE_USAGE, argv[0],
				    verb == OF_LIST ? "takes no account" : "one account at a time");
	if (a->password_fd >= 0 && a->password_file)
		return account_fail(EXIT_CODE_USAGE, "--password-file",
				    "there is --password-fd already");
	err = verb == OF_LIST ? NULL : account_user(a, argv[optind]);
	return err ? account_fail(EXIT_CODE_USAGE, argv[optind], err) : 0;
}

/* ---- one account ----------------------------------------------------------------- */

static int account_change(const struct account_args *a, struct account_change *c)
{
	const char *err;

	/* Both were checked. */
	if (account_name_from_utf8(&c->user, a->user, strlen(a->user)) ||
	    account_name_from_utf8(&c->domain, a->domain, strlen(a->domain)))
		return account_fail(EXIT_CODE_USAGE, a->user, "no name of an account");
	err = account_store_change(a->file, c);
	if (err)
		return account_fail(EXIT_CODE_OTHER, a->file, err);
	if (!c->added && !c->found)
		return account_fail(EXIT_CODE_OTHER, a->user, "there is no such account");
	return 0;
}

/* The password is typed twice, since a wrong one would be noticed by the first client only. */
static const char *account_type_password(struct secret *s)
{
	struct secret again;
	const char *err = password_from_terminal(s, "New password: ");

	if (err)
		return err;
	if (secret_alloc(&again))
		return strerror(errno);
	err = password_from_terminal(&again, "The same once more: ");
	if (!err && (again.length != s->length || memcmp(again.data, s->data, s->length)))
		err = "the two are not the same";
	secret_free(&again);
	return err;
}

static const char *account_read_password(const struct account_args *a, uint8_t hash[ACCOUNT_HASH])
{
	struct secret s;
	const char *err;

	if (secret_alloc(&s))
		return strerror(errno);
	if (a->password_fd >= 0 || a->password_file)
		err = password_from(&s, a->password_fd, a->password_file, NULL);
	else
		err = account_type_password(&s);
	if (!err && !s.length)
		err = "an account without a password could not log on";
	if (!err && account_hash_password(hash, s.data, s.length))
		err = "the password is too long";
	secret_free(&s);
	return err;
}

/* With --replace: it keeps its flags. */
static enum account_fate account_give_hash(struct account *a, void *arg)
{
	memcpy(a->hash, arg, ACCOUNT_HASH);
	return ACCOUNT_CHANGE;
}

static enum account_fate account_leave(struct account *a, void *arg)
{
	(void)a;
	(void)arg;
	return ACCOUNT_KEEP;
}

static int account_add(struct account_args *a)
{
	struct account added = { 0 };
	struct account_change c = {
		.decide = a->replace ? account_give_hash : account_leave, .arg = added.hash,
		.added = &added, .create = true,
	};
	const char *err = account_read_password(a, added.hash);
	int ret;

	strcpy(added.user_text, a->user);
	strcpy(added.domain_text, a->domain);
	ret = err ? account_fail(EXIT_CODE_USAGE, "password", err) : account_change(a, &c);
	explicit_bzero(&added, sizeof(added));
	if (!ret && c.found && !a->replace)
		ret = account_fail(EXIT_CODE_OTHER, a->user,
				   "it exists; --replace gives it another password");
	return ret;
}

static enum account_fate account_drop(struct account *a, void *arg)
{
	(void)a;
	(void)arg;
	return ACCOUNT_DROP;
}

static int account_remove(struct account_args *a)
{
	struct account_change c = { .decide = account_drop };

	return account_change(a, &c);
}

static enum account_fate account_set_disabled(struct account *a, void *arg)
{
	const bool *disabled = arg;

	if (a->disabled == *disabled)
		return ACCOUNT_KEEP;
	a->disabled = *disabled;
	return ACCOUNT_CHANGE;
}

static int account_switch(struct account_args *a, bool disabled)
{
	struct account_change c = { .decide = account_set_disabled, .arg = &disabled };

	return account_change(a, &c);
}

static int account_disable(struct account_args *a)
{
	return account_switch(a, true);
}

static int account_enable(struct account_args *a)
{
	return account_switch(a, false);
}

/* ---- all accounts ---------------------------------------------------------------- */

static void account_complain(void *arg, unsigned int line, const char *what)
{
	bool *wrong = arg;

	*wrong = true;
	fprintf(stderr, "credsspctl account: line %u: %s\n", line, what);
}

static void account_print(const struct account *a)
{
	if (*a->domain_text) {
		text_print(stdout, a->domain_text);
		putchar('\\');
	}
	text_print(stdout, a->user_text);
	puts(a->doubled ? "  (stands twice, not used)" : a->disabled ? "  (disabled)" : "");
}

static bool account_is_usable(const struct account *a)
{
	return !a->doubled && !a->blank && !a->disabled;
}

static void account_print_json(const struct account_list *l)
{
	struct json j = { .f = stdout };

	json_open(&j, NULL, '[');
	for (size_t i = 0; i < l->count; i++) {
		json_open(&j, NULL, '{');
		json_string(&j, "user", l->accounts[i].user_text);
		json_string(&j, "domain", l->accounts[i].domain_text);
		json_bool(&j, "disabled", l->accounts[i].disabled);
		json_bool(&j, "usable", account_is_usable(&l->accounts[i]));
		json_close(&j, '}');
	}
	json_close(&j, ']');
}

/* A line that is wrong is one that somebody takes for an account. */
static int account_list(struct account_args *a)
{
	struct account_list l = { 0 };
	bool wrong = false;
	const char *err = account_store_read(a->file, &l, account_complain, &wrong);

	if (err) {
		account_list_free(&l);
		return account_fail(EXIT_CODE_OTHER, a->file, err);
	}
	if (a->json)
		account_print_json(&l);
	for (size_t i = 0; !a->json && i < l.count; i++)
		account_print(&l.accounts[i]);
	account_list_free(&l);
	return wrong ? EXIT_CODE_OTHER : 0;
}

int command_account(int argc, char **argv)
{
	static const struct {
		const char *name;
		unsigned int verb;
		int (*run)(struct account_args *a);
	} verbs[] = {
		{ "add", OF_ADD, account_add }, { "remove", OF_ONE, account_remove },
		{ "list", OF_LIST, account_list }, { "disable", OF_ONE, account_disable },
		{ "enable", OF_ONE, account_enable },
	};
	struct account_args a;
	size_t i;
	int ret;

	for (i = 0; argc > 1 && i < ARRAY_SIZE(verbs); i++) {
		if (strcmp(argv[1], verbs[i].name))
			continue;
		ret = account_parse_args(&a, verbs[i].verb, argc - 1, argv + 1);
		/* Hashes are in memory from here on. */
		prctl(PR_SET_DUMPABLE, 0);
		return ret ? ret : verbs[i].run(&a);
	}
	return account_fail(EXIT_CODE_USAGE, "which of", "add, remove, list, disable, enable");
}
