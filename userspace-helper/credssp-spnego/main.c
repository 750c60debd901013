// SPDX-License-Identifier: GPL-2.0-only
/*
 * credssp-spnego: answers the upcall cifs.spnego of cifs.ko (sec=krb5) by credssp's Kerberos.
 * request-key(8) starts it, as root.
 */
#include <credssp.h>
#include <errno.h>
#include <getopt.h>
#include <keyutils.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <syslog.h>
#include <unistd.h>

#include "description.h"
#include "exchange.h"
#include "requester.h"

/* Seconds for which the same task gets the same failure without another upcall */
#define REJECT_S	2

/**
 * struct settings - the command line
 * @key: serial number of the key to answer
 * @environment: a cache that the task's own environment names counts
 * @kernel_threads: kernel threads, which connect again, get tickets
 */
struct settings {
	key_serial_t key;
	bool environment;
	bool kernel_threads;
};

static int usage(void)
{
	fputs("Usage: credssp-spnego [--no-environment] [--kernel-threads] KEY\n", stderr);
	return EXIT_FAILURE;
}

static int parse(struct settings *s, int argc, char **argv)
{
	static const struct option options[] = {
		{ .name = "no-environment", .val = 'e' },
		{ .name = "kernel-threads", .val = 'k' },
		{ .name = "version", .val = 'v' },
		{ .name = NULL },
	};
	char *end;
	int option;
	long key;

	while ((option = getopt_long(argc, argv, "", options, NULL)) >= 0) {
		if (option == 'v') {
			puts("credssp-spnego " VERSION);
			exit(EXIT_SUCCESS);
		}
		if (option == 'e')
			s->environment = false;
		else if (option == 'k')
			s->kernel_threads = true;
		else
			return -1;
	}
	if (argc - optind != 1)
		return -1;
	errno = 0;
	key = strtol(argv[optind], &end, 10);
	if (errno || *end || end == argv[optind] || key <= 0 || key > INT32_MAX)
		return -1;
	s->key = (key_serial_t)key;
	return 0;
}

/* Nothing of this process may reach a file: it will have a session key. */
static void keep_secrets(void)
{
	const struct rlimit none = { 0, 0 };

	setrlimit(RLIMIT_CORE, &none);
	prctl(PR_SET_DUMPABLE, 0);
	clearenv();
}

static int describe(key_serial_t key, struct description *d)
{
	char *raw = NULL;
	const char *err;

	if (keyctl_describe_alloc(key, &raw) < 0) {
		syslog(LOG_ERR, "key %d: %m", key);
		return EINVAL;
	}
	err = description_parse(raw, d);
	free(raw);
	if (!err)
		return 0;
	syslog(LOG_ERR, "key %d: %s", key, err);
	return EINVAL;
}

/* Texts of other machines and users are not logged. */
static void log_failure(const struct description *d, const struct exchange *x, int err)
{
	if (x->reason != CREDSSP_REASON_NONE)
		syslog(LOG_NOTICE, "uid %u: %s (%s)", d->creduid,
		       credssp_reason_text(x->reason), strerror(err));
	else if (x->status != SEC_E_OK)
		syslog(LOG_NOTICE, "uid %u: %s (%s)", d->creduid,
		       credssp_status_text(x->status), strerror(err));
	else
		syslog(LOG_NOTICE, "uid %u: %s", d->creduid, strerror(err));
}

static int make_answer(const struct settings *s, struct exchange *x)
{
	char cache[CACHE_NAME_MAX + 1] = "";
	struct description d;
	const char *why;
	bool own;
	int err = describe(s->key, &d);

	if (err)
		return err;
	why = requester_check("/proc", d.pid, d.creduid, s->kernel_threads, &own);
	if (why) {
		syslog(LOG_NOTICE, "task %d, uid %u: %s", (int)d.pid, d.creduid, why);
		return EACCES;
	}
	/* A set-uid program's environment is another user's. */
	if (own && s->environment)
		requester_cache("/proc", d.pid, cache);
	err = exchange_run(&d, cache, x);
	if (err)
		log_failure(&d, x, err);
	return err;
}

int main(int argc, char **argv)
{
	struct settings s = { .environment = true };
	static struct exchange x;
	int err;

	if (parse(&s, argc, argv))
		return usage();
	openlog("credssp-spnego", LOG_PID, LOG_DAEMON);
	keep_secrets();
	if (keyctl_assume_authority(s.key) < 0) {
		syslog(LOG_ERR, "key %d: no authority to answer: %m", s.key);
		return EXIT_FAILURE;
	}
	err = make_answer(&s, &x);
	if (!err && keyctl_instantiate(s.key, x.answer, x.length, 0) < 0) {
		err = errno;
		syslog(LOG_ERR, "key %d: %m", s.key);
	}
	explicit_bzero(&x, sizeof(x));
	if (err && keyctl_reject(s.key, REJECT_S, (unsigned int)err, 0) < 0)
		syslog(LOG_ERR, "key %d: %m", s.key);
	return err ? EXIT_FAILURE : EXIT_SUCCESS;
}
