// SPDX-License-Identifier: GPL-2.0-only
/* Each option has a row in a table, for the command line, the configuration file and --help. */
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <sched.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "account.h"
#include "base/log.h"
#include "engine/dispatch.h"
#include "logons/winbind.h"
#include "options.h"
#include "settings.h"

/* Packages make this user. If it is missing, the user nobody is taken. */
#define OWN_USER	"credssp"
#define ANY_USER	"nobody"
#define CONFIG_FILE	"/etc/credssp/credsspd.conf"
#define CERT_DIR	"/etc/credssp/certs"
#define KRB5_CONF	"/etc/krb5.conf"
#define REPLAY_DIR	"/var/lib/credssp/replay"
/* credsspctl status looks there. */
#define KDC_FILE	"/run/credssp/kdcs"
/* A week; and a delay that is less than the module waits (helper_timeout_ms) */
#define LOGON_TIME_MAX	(7 * 24 * 3600)
#define LOGON_DELAY_MAX	10000
#define LOGON_COUNT_MAX	100000

/**
 * enum kind - what an option's value is, and where it goes
 * @OPT_ACTION: none; for the command line only, see act()
 * @OPT_CONFIG: a path; for the command line only
 * @OPT_RELOAD: a process; for the command line only
 * @OPT_SWITCH: yes or no, of which the former need not be given: a bool
 * @OPT_TEXT: a string
 * @OPT_PATH: an absolute path, since the processes that use it are in the root directory
 * @OPT_VERSION: of TLS
 * @OPT_COUNT: an unsigned int
 * @OPT_TIME: an int64_t, milliseconds
 */
enum kind {
	OPT_ACTION, OPT_CONFIG, OPT_RELOAD, OPT_SWITCH, OPT_TEXT, OPT_PATH, OPT_VERSION,
	OPT_COUNT, OPT_TIME,
};

/**
 * struct row - an option
 * @name: of the long option and in the file
 * @letter: the short option, or 0
 * @kind: of the value
 * @at: offset in struct options
 * @none: of a PATH: offset of the switch by which there is none, or 0
 * @least, @most: of a number
 * @unit: of a TIME: milliseconds
 * @live: a reload takes over another value
 * @value: its name in the help
 * @help: the rest of the help, in lines
 */
struct row {
	const char *name;
	char letter;
	enum kind kind;
	size_t at;
	size_t none;
	long least;
	long most;
	long unit;
	bool live;
	const char *value;
	const char *help;
};

#define AT(member)	offsetof(struct options, member)

static const struct row rows[] = {
	{ "config", 0, OPT_CONFIG, 0, .value = "FILE",
	  .help = "configuration (default " CONFIG_FILE ",\nif it exists)" },
	{ "check-config", 0, OPT_ACTION, 0, .help = "only tell whether the options are right" },
	{ "reload", 0, OPT_RELOAD, 0, 0, 1, INT_MAX, .value = "PID",
	  .help = "the same, and have that daemon read all again" },
	{ "device", 'd', OPT_TEXT, AT(device), .value = "PATH",
	  .help = "helper device (default " CREDSSP_HELPER_DEVICE ")" },
	{ "user", 'u', OPT_TEXT, AT(user), .value = "NAME",
	  .help = "user to become (default " OWN_USER ", else " ANY_USER ")" },
	{ "trust", 't', OPT_TEXT, AT(tls.trust_file), .live = true, .value = "FILE",
	  .help = "PEM file with further trusted certificates" },
	{ "cert-dir", 'c', OPT_TEXT, AT(cert_dir), .value = "PATH",
	  .help = "users' certificates (default " CERT_DIR ")" },
	{ "krb5-conf", 0, OPT_PATH, AT(krb5_conf), AT(no_kerberos), .value = "FILE",
	  .help = "configuration of Kerberos (default " KRB5_CONF ")" },
	{ "no-kerberos", 0, OPT_SWITCH, AT(no_kerberos), .help = "get no Kerberos tickets" },
	{ "fast-keytab", 0, OPT_PATH, AT(fast_keytab), .value = "FILE",
	  .help = "host's keytab for FAST, which protects passwords" },
	{ "fast-ccache", 0, OPT_TEXT, AT(fast_ccache), .value = "NAME",
	  .help = "or its credential cache" },
	{ "fast-required", 0, OPT_SWITCH, AT(fast_required),
	  .help = "exchange no password without FAST" },
	{ "replay-dir", 0, OPT_PATH, AT(replay_dir), .value = "PATH",
	  .help = "replay caches of Kerberos acceptors (default\n" REPLAY_DIR ")" },
	{ "kdc-file", 0, OPT_PATH, AT(kdc_file), .value = "FILE",
	  .help = "what is known of KDCs (default " KDC_FILE ")" },
	{ "accounts", 0, OPT_PATH, AT(accounts), AT(no_accounts), .value = "FILE",
	  .help = "accounts for logons by NTLM (default\n" ACCOUNT_FILE ")" },
	{ "no-accounts", 0, OPT_SWITCH, AT(no_accounts), .help = "have none" },
	{ "winbind", 0, OPT_SWITCH, AT(winbind),
	  .help = "ask winbind about accounts of other domains" },
	{ "lockout-failures", 0, OPT_COUNT, AT(logons.failures), 0, 0, LOGON_COUNT_MAX,
	  .live = true, .value = "NUMBER",
	  .help = "failures that lock an account for the address\n"
		  "that they came from (default 5; 0: never)" },
	{ "lockout-time", 0, OPT_TIME, AT(logons.lock_ms), 0, 1, LOGON_TIME_MAX, 1000,
	  .live = true, .value = "SECONDS", .help = "for so long (default 600)" },
	{ "failure-delay", 0, OPT_TIME, AT(logons.delay_ms), 0, 0, LOGON_DELAY_MAX, 1,
	  .live = true, .value = "MS", .help = "time until a failure is answered (default 1000)" },
	{ "address-failures", 0, OPT_COUNT, AT(logons.address_failures), 0, 0, LOGON_COUNT_MAX,
	  .live = true, .value = "NUMBER",
	  .help = "failures of an address (default 60; 0: any)..." },
	{ "address-time", 0, OPT_TIME, AT(logons.address_ms), 0, 1, LOGON_TIME_MAX, 1000,
	  .live = true, .value = "SECONDS", .help = "and then one in this time (default 10)" },
	{ "tls-min", 0, OPT_VERSION, AT(tls.min_version), .live = true, .value = "VERSION",
	  .help = "oldest TLS version, 1.2 or 1.3 (default 1.2)" },
	{ "tls-max", 0, OPT_VERSION, AT(tls.max_version), .live = true, .value = "VERSION",
	  .help = "newest TLS version, 1.2 or 1.3 (default 1.3)" },
	{ "keylog", 0, OPT_PATH, AT(keylog), .value = "FILE",
	  .help = "write the secrets of TLS sessions there, to find\n"
		  "faults (default: nowhere)" },
	{ "threads", 0, OPT_COUNT, AT(threads), 0, 1, DISPATCH_THREADS_MAX, .value = "NUMBER",
	  .help = "threads that do handshakes, 1 to 16 (default: one for\n"
		  "each processor)" },
	{ "foreground", 'f', OPT_ACTION, 0, .help = "do not fork; this is the default" },
	{ "verbose", 'v', OPT_SWITCH, AT(verbose), .help = "log actions, not only failures" },
	{ "help", 'h', OPT_ACTION, 0, .help = "this text" },
	{ "version", 'V', OPT_ACTION, 0, .help = "version" },
};

#define ROWS	(sizeof(rows) / sizeof(rows[0]))
/* What getopt_long() returns for a long option without a letter: this plus its row */
#define LONG_ONLY	256

/* ---- values ----------------------------------------------------------------- */

/* Where an option is: a line of a file, or the command line */
struct place {
	const char *file;
	unsigned int line;
};

__attribute__((format(printf, 3, 4)))
static int complain(const struct place *where, const char *name, const char *format, ...)
{
	va_list args;

	if (where->file)
		fprintf(stderr, "credsspd: %s:%u: %s: ", where->file, where->line, name);
	else
		fprintf(stderr, "credsspd: --%s: ", name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	return -EINVAL;
}

static int parse_version(uint16_t *version, const char *text)
{
	if (!strcmp(text, "1.2"))
		*version = TLS_1_2;
	else if (!strcmp(text, "1.3"))
		*version = TLS_1_3;
	else
		return -EINVAL;
	return 0;
}

static int parse_number(const struct row *row, long *n, const char *text)
{
	char *end;

	*n = strtol(text, &end, 10);
	return end == text || *end || *n < row->least || *n > row->most ? -EINVAL : 0;
}

static int parse_switch(bool *on, const char *text)
{
	if (!text || !strcmp(text, "yes"))
		*on = true;
	else if (!strcmp(text, "no"))
		*on = false;
	else
		return -EINVAL;
	return 0;
}

/* @text: NULL if an option of the command line has no value */
static int set(struct options *o, const struct row *row, const struct place *where,
	       const char *text)
{
	void *const to = (char *)o + row->at;
	long n = 0;

	switch (row->kind) {
	case OPT_SWITCH:
		return parse_switch(to, text) ?
			complain(where, row->name, "\"%s\" is neither yes nor no", text) : 0;
	case OPT_PATH:
		if (*text != '/')
			return complain(where, row->name, "\"%s\" is not an absolute path", text);
		*(const char **)to = text;
		/* A path on the command line wins over "none" in the file. */
		if (row->none && !where->file)
			*(bool *)((char *)o + row->none) = false;
		return 0;
	case OPT_TEXT:
		*(const char **)to = text;
		return 0;
	case OPT_VERSION:
		return parse_version(to, text) ?
			complain(where, row->name, "\"%s\" is neither 1.2 nor 1.3", text) : 0;
	default:
		if (parse_number(row, &n, text))
			return complain(where, row->name, "\"%s\" is not a number from %ld to %ld",
					text, row->least, row->most);
		if (row->kind == OPT_TIME)
			*(int64_t *)to = (int64_t)n * row->unit;
		else
			*(unsigned int *)to = n;
		return 0;
	}
}

/* ---- the configuration file --------------------------------------------------- */

/**
 * struct reading - a file being read
 * @o: for its values
 * @lines: where each option has been, or 0
 */
struct reading {
	struct options *o;
	unsigned int lines[ROWS];
};

static bool is_for_command_line(const struct row *row)
{
	return row->kind == OPT_ACTION || row->kind == OPT_CONFIG || row->kind == OPT_RELOAD;
}

static int set_line(void *arg, const char *file, unsigned int line, const char *name,
		    const char *value)
{
	const struct place where = { .file = file, .line = line };
	struct reading *r = arg;
	size_t i;

	for (i = 0; i < ROWS && strcmp(name, rows[i].name); i++)
		;
	if (i == ROWS)
		return complain(&where, name, "there is no such option");
	if (is_for_command_line(&rows[i]))
		return complain(&where, name, "this is for the command line");
	if (r->lines[i])
		return complain(&where, name, "line %u has set it", r->lines[i]);
	r->lines[i] = line;
	return set(r->o, &rows[i], &where, value);
}

static int read_config(struct options *o)
{
	struct reading reading = { .o = o };
	const struct settings_reader reader = { .set = set_line, .arg = &reading };

	return settings_read(o->config ? o->config : CONFIG_FILE, !o->config, &o->text, &reader);
}

/* ---- the command line --------------------------------------------------------- */

static const char *default_user(void)
{
	return getpwnam(OWN_USER) ? OWN_USER : ANY_USER;
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

/* The column of the help's text */
#define HELP_COLUMN	24

static void print_row(const struct row *row)
{
	const char *text = row->help;
	int used;

	used = row->letter ? printf("  -%c, --%s", row->letter, row->name) :
			     printf("      --%s", row->name);
	if (row->value)
		used += printf("=%s", row->value);
	printf("%*s", used < HELP_COLUMN ? HELP_COLUMN - used : 2, "");
	for (; *text; text++) {
		putchar(*text);
		if (*text == '\n')
			printf("%*s", HELP_COLUMN, "");
	}
	putchar('\n');
}

static void print_help(void)
{
	fputs("Usage: credsspd [OPTION]...\n"
	      "Does TLS handshakes, gets Kerberos tickets and checks logons for the credssp\n"
	      "kernel module.\n\n", stdout);
	for (size_t i = 0; i < ROWS; i++)
		print_row(&rows[i]);
	fputs("\n"
	      "The configuration has the same options, as lines \"option = value\"; those of the\n"
	      "command line win. After options without a value =yes or =no may follow.\n\n"
	      "Exit status: 0 stopped by a signal, 1 other failure, 2 bad usage or configuration,\n"
	      "3 no device (is the credssp module loaded?), 4 there is a helper already, 5 no\n"
	      "privilege.\n", stdout);
}

static const struct row *row_of(int option)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (option == (rows[i].letter ? rows[i].letter : (int)(LONG_ONLY + i)))
			return &rows[i];
	}
	return NULL;
}

static int argument_of(const struct row *row)
{
	switch (row->kind) {
	case OPT_ACTION:
		return no_argument;
	case OPT_SWITCH:
		return optional_argument;
	default:
		return required_argument;
	}
}

/* For getopt_long(), from the rows */
struct spelling {
	struct option options[ROWS + 1];
	char letters[2 * ROWS + 1];
};

static void spell(struct spelling *s)
{
	char *p = s->letters;

	*s = (struct spelling){ 0 };
	for (size_t i = 0; i < ROWS; i++) {
		const int argument = argument_of(&rows[i]);
		const char letter = rows[i].letter;

		s->options[i] = (struct option){
			rows[i].name, argument, NULL, letter ? letter : (int)(LONG_ONLY + i),
		};
		if (letter)
			*p++ = letter;
		if (letter && argument == required_argument)
			*p++ = ':';
	}
}

/* An option without a value for struct options */
static enum options_result act(struct options *o, const struct row *row)
{
	if (!strcmp(row->name, "help")) {
		print_help();
		return OPTIONS_DONE;
	}
	if (!strcmp(row->name, "version")) {
		puts("credsspd " VERSION);
		return OPTIONS_DONE;
	}
	if (!strcmp(row->name, "check-config"))
		o->check_only = true;
	return OPTIONS_RUN;
}

static enum options_result look_at_process(struct options *o, const struct row *row,
					   const char *text)
{
	static const struct place line;

	if (parse_number(row, &o->reload, text)) {
		complain(&line, row->name, "\"%s\" is not a process", text);
		return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

/* First what is asked of the command itself, which is done before the file is read. */
static enum options_result look_ahead(struct options *o, const struct spelling *s, int argc,
				      char **argv)
{
	enum options_result result = OPTIONS_RUN;
	const struct row *row;
	int option;

	opterr = 0;
	optind = 0;
	while (result == OPTIONS_RUN &&
	       (option = getopt_long(argc, argv, s->letters, s->options, NULL)) != -1) {
		row = row_of(option);
		if (row && row->kind == OPT_ACTION)
			result = act(o, row);
		else if (row && row->kind == OPT_CONFIG)
			o->config = optarg;
		else if (row && row->kind == OPT_RELOAD)
			result = look_at_process(o, row, optarg);
	}
	return result;
}

static enum options_result take(struct options *o, const struct spelling *s, int argc, char **argv)
{
	static const struct place line;
	const struct row *row;
	int option;

	opterr = 1;
	optind = 0;
	while ((option = getopt_long(argc, argv, s->letters, s->options, NULL)) != -1) {
		row = row_of(option);
		if (!row) {
			fputs("Try 'credsspd --help'.\n", stderr);
			return OPTIONS_BAD;
		}
		if (is_for_command_line(row))
			continue;
		if (set(o, row, &line, optarg))
			return OPTIONS_BAD;
	}
	return OPTIONS_RUN;
}

static const char *contradiction(const struct options *o)
{
	if (o->fast_keytab && o->fast_ccache)
		return "fast-keytab and fast-ccache exclude each other";
	if (o->fast_required && !o->fast_keytab && !o->fast_ccache)
		return "fast-required needs fast-keytab or fast-ccache";
	if (o->winbind && !winbind_is_built())
		return "winbind: built without libwbclient";
	if (o->tls.min_version > o->tls.max_version)
		return "tls-min is above tls-max";
	return NULL;
}

static enum options_result check(const struct options *o, int rest)
{
	const char *why = contradiction(o);

	if (rest)
		why = "takes no arguments but options";
	if (why) {
		fprintf(stderr, "credsspd: %s\n", why);
		return OPTIONS_BAD;
	}
	if (o->reload)
		return OPTIONS_RELOAD;
	if (!o->check_only)
		return OPTIONS_RUN;
	puts("credsspd: the options are right");
	return OPTIONS_DONE;
}

static bool differs(const struct row *row, const struct options *a, const struct options *b)
{
	const void *const va = (const char *)a + row->at;
	const void *const vb = (const char *)b + row->at;
	const char *ta, *tb;

	switch (row->kind) {
	case OPT_SWITCH:
		return *(const bool *)va != *(const bool *)vb;
	case OPT_TEXT:
	case OPT_PATH:
		ta = *(const char *const *)va;
		tb = *(const char *const *)vb;
		return ta && tb ? strcmp(ta, tb) : ta != tb;
	case OPT_COUNT:
		return *(const unsigned int *)va != *(const unsigned int *)vb;
	default:
		return false;
	}
}

/* Of a path: does the switch say that there is none? */
static bool is_none(const struct row *row, const struct options *o)
{
	return row->none && *(const bool *)((const char *)o + row->none);
}

void options_compare(const struct options *old, const struct options *new)
{
	for (size_t i = 0; i < ROWS; i++) {
		/* Then it is the switch that differs, or nothing that counts. */
		if (is_none(&rows[i], old) || is_none(&rows[i], new))
			continue;
		if (!rows[i].live && differs(&rows[i], old, new))
			log_warning("the configuration changes %s: only a restart takes it over",
				    rows[i].name);
	}
}

static void drop_paths(struct options *o)
{
	for (size_t i = 0; i < ROWS; i++) {
		if (is_none(&rows[i], o))
			*(const char **)((char *)o + rows[i].at) = NULL;
	}
}

enum options_result options_parse(struct options *o, int argc, char **argv)
{
	enum options_result result;
	struct spelling s;

	*o = (struct options){
		.device = CREDSSP_HELPER_DEVICE,
		.cert_dir = CERT_DIR,
		.krb5_conf = KRB5_CONF,
		.replay_dir = REPLAY_DIR,
		.kdc_file = KDC_FILE,
		.accounts = ACCOUNT_FILE,
		.logons = {
			.failures = ATTEMPTS_FAILURES,
			.lock_ms = ATTEMPTS_LOCK_MS,
			.delay_ms = ATTEMPTS_DELAY_MS,
			.address_failures = ATTEMPTS_ADDRESS_FAILURES,
			.address_ms = ATTEMPTS_ADDRESS_MS,
		},
		.threads = default_threads(),
		.tls.min_version = TLS_1_2,
		.tls.max_version = TLS_1_3,
	};
	spell(&s);
	result = look_ahead(o, &s, argc, argv);
	if (result == OPTIONS_RUN && read_config(o))
		result = OPTIONS_BAD;
	if (result == OPTIONS_RUN)
		result = take(o, &s, argc, argv);
	if (result == OPTIONS_RUN)
		result = check(o, argc - optind);
	drop_paths(o);
	if (!o->user)
		o->user = default_user();
	return result;
}

void options_free(struct options *o)
{
	free(o->text);
	o->text = NULL;
}
