// SPDX-License-Identifier: GPL-2.0-only
/*
 * The number of threads, with processors that this program makes up; and the configuration.
 */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "engine/dispatch.h"
#include "options.h"
#include "tests/test.h"

/* Processors that the process may use; 0: more than a cpu_set_t has */
static unsigned int allowed;

int sched_getaffinity(pid_t pid, size_t size, cpu_set_t *set)
{
	(void)pid;
	if (!allowed) {
		errno = EINVAL;
		return -1;
	}
	CPU_ZERO_S(size, set);
	for (unsigned int i = 0; i < allowed; i++)
		CPU_SET_S(i, size, set);
	return 0;
}

long sysconf(int name)
{
	return name == _SC_NPROCESSORS_ONLN ? 5 : -1;
}

static unsigned int threads_with(unsigned int processors)
{
	char name[] = "credsspd";
	char *argv[2] = { name, NULL };
	struct options o;

	allowed = processors;
	ENSURE(options_parse(&o, 1, argv) == OPTIONS_RUN);
	options_free(&o);
	return o.threads;
}

/* Write the configuration @text, and parse the command line with it and @more. */
static void parse_with(struct options *o, const char *text, const char *more)
{
	char path[] = "/tmp/options_test-XXXXXX", name[] = "credsspd", option[] = "--config";
	char argument[64];
	char *argv[5] = { name, option, path, argument, NULL };
	const int fd = mkstemp(path);

	ENSURE(fd >= 0 && write(fd, text, strlen(text)) == (ssize_t)strlen(text));
	close(fd);
	snprintf(argument, sizeof(argument), "%s", more);
	ENSURE(options_parse(o, *more ? 4 : 3, argv) == OPTIONS_RUN);
	unlink(path);
}

static void reads_a_configuration(void)
{
	struct options o;

	parse_with(&o, "user = someone\nlockout-time = 7\nfailure-delay = 8\nno-kerberos = yes\n"
		   "accounts = /a b\ntls-min = 1.3\nlockout-failures=9\nverbose = yes\n", "");
	ENSURE(!strcmp(o.user, "someone") && o.logons.lock_ms == 7000 && o.logons.delay_ms == 8);
	ENSURE(!o.krb5_conf && !strcmp(o.accounts, "/a b") && o.tls.min_version == TLS_1_3);
	ENSURE(o.logons.failures == 9 && o.verbose && !o.winbind);
	ENSURE(o.logons.address_failures == ATTEMPTS_ADDRESS_FAILURES);
	options_free(&o);

	parse_with(&o, "verbose = yes\nlockout-failures = 9\n", "--verbose=no");
	ENSURE(!o.verbose && o.logons.failures == 9);
	options_free(&o);
	parse_with(&o, "no-accounts = yes\n", "--accounts=/other");
	ENSURE(!strcmp(o.accounts, "/other"));
	options_free(&o);
	parse_with(&o, "accounts = /other\n", "--no-accounts");
	ENSURE(!o.accounts);
	options_free(&o);
	parse_with(&o, "no-kerberos = yes\n", "--no-kerberos=no");
	ENSURE(o.krb5_conf && !strcmp(o.krb5_conf, "/etc/krb5.conf"));
	options_free(&o);
	/* In the file the order does not count. */
	parse_with(&o, "no-accounts = yes\naccounts = /other\n", "");
	ENSURE(!o.accounts);
	options_free(&o);
	parse_with(&o, "no-accounts = yes\naccounts = /other\n", "--no-accounts=no");
	ENSURE(!strcmp(o.accounts, "/other"));
	options_free(&o);
}

int main(void)
{
	ENSURE(threads_with(1) == 1);
	ENSURE(threads_with(3) == 3);
	ENSURE(threads_with(100) == DISPATCH_THREADS_MAX);
	ENSURE(threads_with(0) == 5);
	puts("ok options: as many threads as processors");
	reads_a_configuration();
	puts("ok options: the configuration, and the command line before it");
	return 0;
}
