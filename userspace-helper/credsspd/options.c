// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <pwd.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "dispatch.h"
#include "options.h"

/* Packages make this user. If it is missing, the user nobody is taken. */
#define OWN_USER	"credssp"
#define ANY_USER	"nobody"
#define CERT_DIR	"/etc/credssp/certs"
#define KRB5_CONF	"/etc/krb5.conf"
#define REPLAY_DIR	"/var/lib/credssp/replay"
/* credsspctl status looks there. */
#define KDC_FILE	"/run/credssp/kdcs"

static const char help[] =
"Usage: credsspd [OPTION]...\n"
"Does TLS handshakes and gets Kerberos tickets for the credssp kernel module.\n"
"\n"
"  -d, --device=PATH     helper device (default " CREDSSP_HELPER_DEVICE ")\n"
"  -u, --user=NAME       user to become (default " OWN_USER ", else " ANY_USER ")\n"
"  -t, --trust=FILE      PEM file with further trusted certificates\n"
"  -c, --cert-dir=PATH   users' client certificates (default " CERT_DIR ")\n"
"      --krb5-conf=FILE  configuration of Kerberos (default " KRB5_CONF ")\n"
"      --no-kerberos     get no Kerberos tickets\n"
"      --fast-keytab=FILE  host's keytab for FAST, which protects passwords\n"
"      --fast-ccache=NAME  or its credential cache\n"
"      --fast-required   exchange no password without FAST\n"
"      --replay-dir=PATH replay caches of Kerberos acceptors (default\n"
"                        " REPLAY_DIR ")\n"
"      --kdc-file=FILE   what is known of KDCs (default " KDC_FILE ")\n"
"      --tls-min=VERSION oldest TLS version, 1.2 or 1.3 (default 1.2)\n"
"      --tls-max=VERSION newest TLS version, 1.2 or 1.3 (default 1.3)\n"
"      --threads=NUMBER  threads that do handshakes, 1 to 16 (default: one for\n"
"                        each processor)\n"
"  -f, --foreground      do not fork; this is the default\n"
"  -v, --verbose         log actions, not only failures\n"
"  -h, --help            this text\n"
"  -V, --version         version\n"
"\n"
"Exit status: 0 stopped by a signal, 1 other failure, 2 bad usage, 3 no device\n"
"(is the credssp module loaded?), 4 there is a helper already, 5 no privilege.\n";

enum {
	OPT_TLS_MIN = 256, OPT_TLS_MAX, OPT_THREADS, OPT_KRB5_CONF, OPT_NO_KERBEROS, OPT_REPLAY_DIR,
	OPT_KDC_FILE, OPT_FAST_KEYTAB, OPT_FAST_CCACHE, OPT_FAST_REQUIRED,
};

static const struct option long_options[] = {
	{ "device", required_argument, NULL, 'd' },
	{ "user", required_argument, NULL, 'u' },
	{ "trust", required_argument, NULL, 't' },
	{ "cert-dir", required_argument, NULL, 'c' },
	{ "krb5-conf", required_argument, NULL, OPT_KRB5_CONF },
	{ "no-kerberos", no_argument, NULL, OPT_NO_KERBEROS },
	{ "fast-keytab", required_argument, NULL, OPT_FAST_KEYTAB },
	{ "fast-ccache", required_argument, NULL, OPT_FAST_CCACHE },
	{ "fast-required", no_argument, NULL, OPT_FAST_REQUIRED },
	{ "replay-dir", required_argument, NULL, OPT_REPLAY_DIR },
	{ "kdc-file", required_argument, NULL, OPT_KDC_FILE },
	{ "tls-min", required_argument, NULL, OPT_TLS_MIN },
	{ "tls-max", required_argument, NULL, OPT_TLS_MAX },
	{ "threads", required_argument, NULL, OPT_THREADS },
	{ "foreground", no_argument, NULL, 'f' },
	{ "verbose", no_argument, NULL, 'v' },
	{ "help", no_argument, NULL, 'h' },
	{ "version", no_argument, NULL, 'V' },
	{ NULL, 0, NULL, 0 },
};

static const char *default_user(void)
{
	return getpwnam(OWN_USER) ? OWN_USER : ANY_USER;
}

static enum options_result parse_version(uint16_t *version, const char *text)
{
	if (!strcmp(text, "1.2")) {
		*version = TLS_1_2;
	} else if (!strcmp(text, "1.3")) {
		*version = TLS_1_3;
	} else {
		fprintf(stderr, "credsspd: \"%s\" is neither 1.2 nor 1.3\n", text);
		return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

static enum options_result parse_threads(unsigned int *threads, const char *text)
{
	char *end;
	long n;

	n = strtol(text, &end, 10);
	if (end == text || *end || n < 1 || n > DISPATCH_THREADS_MAX) {
		fprintf(stderr, "credsspd: \"%s\" is not a number from 1 to %d\n", text,
			DISPATCH_THREADS_MAX);
		return OPTIONS_BAD;
	}
	*threads = n;
	return OPTIONS_RUN;
}

/* The processes that use it are in the root directory. */
static enum options_result parse_path(const char **path, const char *text)
{
	if (*text != '/') {
		fprintf(stderr, "credsspd: \"%s\" is not an absolute path\n", text);
		return OPTIONS_BAD;
	}
	*path = text;
	return OPTIONS_RUN;
}

/* One for each processor that this process may use */
static unsigned int default_threads(void)
{
	cpu_set_t set;
	long n;

	/* It fails if the kernel has more processors than the set, CPU_SETSIZE. */
	if (sched_getaffinity(0, sizeof(set), &set))
		n = sysconf(_SC_NPROCESSORS_ONLN);
	else
		n = CPU_COUNT(&set);
	if (n < 1)
		return 1;
	return n < DISPATCH_THREADS_MAX ? n : DISPATCH_THREADS_MAX;
}

static enum options_result apply(struct options *o, int option, const char *value)
{
	switch (option) {
	case 'd':
		o->device = value;
		break;
	case 'u':
		o->user = value;
		break;
	case 't':
		o->tls.trust_file = value;
		break;
	case 'c':
		o->cert_dir = value;
		break;
	case OPT_KRB5_CONF:
		return parse_path(&o->krb5_conf, value);
	case OPT_NO_KERBEROS:
		o->krb5_conf = NULL;
		break;
	case OPT_FAST_KEYTAB:
		return parse_path(&o->fast_keytab, value);
	case OPT_FAST_CCACHE:
		o->fast_ccache = value;
		break;
	case OPT_FAST_REQUIRED:
		o->fast_required = true;
		break;
	case OPT_REPLAY_DIR:
		return parse_path(&o->replay_dir, value);
	case OPT_KDC_FILE:
		return parse_path(&o->kdc_file, value);
	case OPT_TLS_MIN:
		return parse_version(&o->tls.min_version, value);
	case OPT_TLS_MAX:
		return parse_version(&o->tls.max_version, value);
	case OPT_THREADS:
		return parse_threads(&o->threads, value);
	case 'f':
		break;
	case 'v':
		o->verbose = true;
		break;
	case 'h':
		fputs(help, stdout);
		return OPTIONS_DONE;
	case 'V':
		puts("credsspd " VERSION);
		return OPTIONS_DONE;
	default:
		fputs("Try 'credsspd --help'.\n", stderr);
		return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

static enum options_result check(const struct options *o, int rest)
{
	if (rest) {
		fputs("credsspd: takes no arguments but options\n", stderr);
		return OPTIONS_BAD;
	}
	if (o->fast_keytab && o->fast_ccache) {
		fputs("credsspd: --fast-keytab and --fast-ccache exclude each other\n", stderr);
		return OPTIONS_BAD;
	}
	if (o->fast_required && !o->fast_keytab && !o->fast_ccache) {
		fputs("credsspd: --fast-required needs --fast-keytab or --fast-ccache\n", stderr);
		return OPTIONS_BAD;
	}
	if (o->tls.min_version > o->tls.max_version) {
		fputs("credsspd: --tls-min is above --tls-max\n", stderr);
		return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

enum options_result options_parse(struct options *o, int argc, char **argv)
{
	enum options_result result = OPTIONS_RUN;
	int option;

	*o = (struct options){
		.device = CREDSSP_HELPER_DEVICE,
		.cert_dir = CERT_DIR,
		.krb5_conf = KRB5_CONF,
		.replay_dir = REPLAY_DIR,
		.kdc_file = KDC_FILE,
		.threads = default_threads(),
		.tls.min_version = TLS_1_2,
		.tls.max_version = TLS_1_3,
	};
	while (result == OPTIONS_RUN &&
	       (option = getopt_long(argc, argv, "d:u:t:c:fvhV", long_options, NULL)) != -1)
		result = apply(o, option, optarg);
	if (result == OPTIONS_RUN)
		result = check(o, argc - optind);
	if (!o->user)
		o->user = default_user();
	return result;
}
