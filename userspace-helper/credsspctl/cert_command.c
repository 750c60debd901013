// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl cert: certificates of servers. */
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/args.h"
#include "base/outcome.h"
#include "commands.h"
#include "saved/cert_make.h"
#include "saved/cert_store.h"
#include "text.h"

/**
 * struct cert_new - arguments of `credsspctl cert new`
 * @wanted: what to make
 * @directory: of all users' certificates
 * @uid: whose certificate it is
 * @replace: it may take the place of another one
 * @name: of the certificate
 */
struct cert_new {
	struct cert_wanted wanted;
	const char *directory;
	uid_t uid;
	bool replace;
	const char *name;
};

static int cert_fail(int status, const char *what, const char *why)
{
	fputs("credsspctl cert: ", stderr);
	text_print(stderr, what);
	fprintf(stderr, ": %s\n", why);
	return status;
}

static const char *set_host(void *wanted, const char *arg)
{
	return cert_wanted_add(wanted, arg);
}

static const char *set_days(void *days, const char *arg)
{
	return options_number(arg, 1, CERT_DAYS_MAX, days);
}

/* A user's name, or a number */
static const char *set_user(void *uid, const char *arg)
{
	const struct passwd *pw = getpwnam(arg);
	unsigned long number;

	if (pw) {
		*(uid_t *)uid = pw->pw_uid;
		return NULL;
	}
	if (options_number(arg, 0, UINT32_MAX - 1, &number))
		return "no such user";
	*(uid_t *)uid = (uid_t)number;
	return NULL;
}

static const char *set_directory(void *directory, const char *arg)
{
	*(const char **)directory = arg;
	return *arg ? NULL : "empty";
}

#define OF(member)	offsetof(struct cert_new, member)

static const struct args_row rows[] = {
	{ "host", required_argument, set_host, OF(wanted), 0 },
	{ "rsa", no_argument, args_true, OF(wanted.rsa), 0 },
	{ "days", required_argument, set_days, OF(wanted.days), 0 },
	{ "user", required_argument, set_user, OF(uid), 0 },
	{ "cert-dir", required_argument, set_directory, OF(directory), 0 },
	{ "replace", no_argument, args_true, OF(replace), 0 },
};

static const struct args_table table = {
	.command = "cert", .rows = rows, .count = ARRAY_SIZE(rows),
};

/* Without --host: the name of this machine */
static int default_host(struct cert_new *n)
{
	char host[HOST_MAX + 1];
	const char *err;

	if (n->wanted.count)
		return 0;
	host[HOST_MAX] = '\0';
	err = gethostname(host, HOST_MAX) ? strerror(errno) : cert_wanted_add(&n->wanted, host);
	return err ? cert_fail(EXIT_CODE_USAGE, "name of this machine", err) : 0;
}

/* 0, or an exit status after a line on standard error */
static int parse(struct cert_new *n, int argc, char **argv)
{
	optind = 1;
	if (args_parse(&table, n, argc, argv))
		return EXIT_CODE_USAGE;
	if (argc - optind > 1)
		return cert_fail(EXIT_CODE_USAGE, "new", "one name of a certificate at most");
	if (optind < argc)
		n->name = argv[optind];
	if (!cert_store_name_ok(n->name))
		return cert_fail(EXIT_CODE_USAGE, n->name, "not letters, digits and \"._-\" alone");
	return default_host(n);
}

/* @fresh: the directory was not there before */
static void tell(const struct cert_new *n, const struct cert_made *m, bool fresh)
{
	char until[sizeof("2000-01-01")] = "?";
	struct tm tm;

	if (gmtime_r(&m->until, &tm))
		strftime(until, sizeof(until), "%Y-%m-%d", &tm);
	text_print(stderr, n->directory);
	fprintf(stderr, "/%u/%s.pem: %s, valid until %s, for", n->uid, n->name,
		n->wanted.rsa ? "RSA" : "EC P-256", until);
	for (unsigned int i = 0; i < n->wanted.count; i++)
		fprintf(stderr, " %s", n->wanted.names[i]);
	fputs("\nSHA-256 ", stderr);
	for (size_t i = 0; i < sizeof(m->sha256); i++)
		fprintf(stderr, "%02x", m->sha256[i]);
	fputs(fresh ? "\ncredsspd had no certificates; it takes this one at its next start\n" :
		      "\ncredsspd takes it at its next start or SIGHUP\n", stderr);
}

static const char *store_error(int err)
{
	switch (err) {
	case -EEXIST:
		return "there is one of this name; --replace replaces it";
	case -EPERM:
		return "a directory that is not root's, or that other users may write to";
	default:
		return strerror(-err);
	}
}

static int cert_new(int argc, char **argv)
{
	struct cert_new n = {
		.wanted.days = CERT_DAYS, .directory = CERT_DIRECTORY, .uid = getuid(),
		.name = "default",
	};
	struct cert_made m;
	const char *why;
	bool fresh;
	int ret;

	ret = parse(&n, argc, argv);
	if (ret)
		return ret;
	why = cert_make(&n.wanted, time(NULL), &m);
	if (why) {
		cert_made_free(&m);
		return cert_fail(EXIT_CODE_OTHER, n.name, why);
	}
	fresh = access(n.directory, F_OK) != 0;
	ret = cert_store_write(n.directory, n.uid, n.name, m.pem, m.length, n.replace);
	if (!ret)
		tell(&n, &m, fresh);
	cert_made_free(&m);
	return ret ? cert_fail(EXIT_CODE_OTHER, n.name, store_error(ret)) : 0;
}

int command_cert(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "new"))
		return cert_new(argc - 1, argv + 1);
	return cert_fail(EXIT_CODE_USAGE, "which of", "new");
}
