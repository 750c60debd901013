// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "args.h"
#include "options.h"
#include "spn.h"
#include "text.h"

#define DEFAULT_TIMEOUT_S	30
#define MAX_TIMEOUT_S		600	/* the module takes no longer one */
#define DEFAULT_RUN_S		3600
#define MAX_RUN_S		(7 * 24 * 3600)	/* in milliseconds it fits an unsigned int */

const char *options_number(const char *arg, unsigned long min, unsigned long max,
			   unsigned long *value)
{
	char *end;

	if (!*arg || strspn(arg, "0123456789") != strlen(arg))
		return "not a number";
	errno = 0;
	*value = strtoul(arg, &end, 10);
	if (errno || *value < min || *value > max)
		return "out of range";
	return NULL;
}

const char *options_name(char *to, size_t room, const char *from, size_t n)
{
	if (n >= room)
		return "too long";
	memcpy(to, from, n);
	to[n] = '\0';
	return text_is_clean(to) ? NULL : "not valid UTF-8, or with control characters";
}

static const char *take_word(char *to, size_t room, const char *arg)
{
	return *arg ? options_name(to, room, arg, strlen(arg)) : "empty";
}

const char *options_domain(void *domain, const char *arg)
{
	return take_word(domain, CREDSSP_MAX_NAME + 1, arg);
}

/* DOMAIN\USER is split. USER@REALM is the user's name as a whole, which servers accept. */
const char *options_user(struct options *o, const char *arg)
{
	const char *slash = strchr(arg, '\\');
	const char *user = slash ? slash + 1 : arg;
	const char *err = NULL;

	o->domain[0] = '\0';
	if (slash)
		err = options_name(o->domain, sizeof(o->domain), arg, (size_t)(slash - arg));
	if (!err)
		err = options_name(o->user, sizeof(o->user), user, strlen(user));
	if (!err && !*o->user)
		err = "no user name in it";
	return err;
}

static const char *set_port(struct options *o, const char *arg)
{
	unsigned long port;
	const char *err = options_number(arg, 1, UINT16_MAX, &port);

	if (err)
		return "the port is not a number from 1 to 65535";
	o->port = (uint16_t)port;
	return NULL;
}

/*
 * Convert the host to one spelling for connecting, for the target and for HTTP: A-labels,
 * and addresses as inet_ntop(3) writes them.  An address keeps its zone, for connecting.
 */
static const char *settle_host(struct options *o)
{
	char zone[HOST_MAX + 1], host[SPN_ROOM];
	const char *percent = strchr(o->host, '%');
	struct in_addr address;

	snprintf(zone, sizeof(zone), "%s", percent ? percent : "");
	if (credssp_target_to_ascii(o->host, host, sizeof(host)))
		return "not a host name";
	if (!strchr(host, ':') && inet_aton(host, &address))
		inet_ntop(AF_INET, &address, host, sizeof(host));
	if (!strchr(host, ':') || strchr(host, '%'))
		*zone = '\0';
	return snprintf(o->host, sizeof(o->host), "%s%s", host, zone) >= (int)sizeof(o->host) ?
	       "too long" : NULL;
}

/* HOST, HOST:PORT, ADDRESS, [ADDRESS], [ADDRESS]:PORT; several colons: IPv6. */
const char *options_host(struct options *o, const char *arg)
{
	const char *host = arg, *end, *port = NULL, *err;
	size_t n;

	o->port = 0;
	if (*arg == '[') {
		host++;
		end = strchr(host, ']');
		if (!end)
			return "a ] is missing";
		if (end[1] && end[1] != ':')
			return "only :PORT may follow the ]";
		port = end[1] ? end + 2 : NULL;
	} else {
		end = strchr(arg, ':');
		if (end && !strchr(end + 1, ':'))
			port = end + 1;
		else
			end = arg + strlen(arg);
	}
	n = (size_t)(end - host);
	if (!n || n > HOST_MAX)
		return "no host name, or too long a one";
	memcpy(o->host, host, n);
	o->host[n] = '\0';
	if (!text_is_clean(o->host) || strpbrk(o->host, " /\\@[]"))
		return "not a host name";
	err = settle_host(o);
	return !err && port ? set_port(o, port) : err;
}

static const char *set_key(void *key, const char *arg)
{
	unsigned long serial;
	const char *err = options_number(arg, 1, INT32_MAX, &serial);

	*(int32_t *)key = err ? 0 : (int32_t)serial;
	return err;
}

static const char *set_password_fd(void *fd, const char *arg)
{
	unsigned long n;
	const char *err = options_number(arg, 0, INT_MAX, &n);

	*(int *)fd = err ? -1 : (int)n;
	return err;
}

static const char *set_password_file(void *file, const char *arg)
{
	*(const char **)file = arg;
	return *arg ? NULL : "empty";
}

/* The name of a file becomes an absolute path, because another process opens it. */
const char *options_path(char *to, size_t room, const char *name)
{
	static const char file[] = "FILE:";
	const char *path = strncmp(name, file, strlen(file)) ? name : name + strlen(file);
	char cwd[PATH_MAX];
	int n;

	if (!*path)
		return "empty";
	/* another type, such as KEYRING: or KCM:, or absolute already */
	if (*path == '/' || (path == name && strchr(path, ':')))
		return options_name(to, room, name, strlen(name));
	if (!getcwd(cwd, sizeof(cwd)))
		return "the working directory is not known: give an absolute path";
	n = snprintf(to, room, "FILE:%s/%s", cwd, path);
	if (n < 0 || (size_t)n >= room)
		return "too long";
	return text_is_clean(to) ? NULL : "not valid UTF-8, or with control characters";
}

static const char *set_source(struct options *o, enum credssp_ticket_source source)
{
	if (o->tickets && o->tickets != source)
		return "one of --ccache, --keytab and --pkinit only";
	o->tickets = source;
	return NULL;
}

static const char *set_tickets(struct options *o, enum credssp_ticket_source source,
			       const char *name)
{
	const char *err = set_source(o, source);

	if (err)
		return err;
	o->ticket_name[0] = '\0';
	return name ? options_path(o->ticket_name, sizeof(o->ticket_name), name) : NULL;
}

/* Without a name the cache is the one that kinit(1) filled: the module sees no environment. */
const char *options_ccache(struct options *o, const char *arg)
{
	const char *own = getenv("KRB5CCNAME");

	return set_tickets(o, CREDSSP_TICKETS_CCACHE, arg || !own || !*own ? arg : own);
}

const char *options_keytab(struct options *o, const char *arg)
{
	return set_tickets(o, CREDSSP_TICKETS_KEYTAB, arg);
}

/* The names in it are absolute, because another process opens the files. */
const char *options_pkinit(struct options *o, const char *arg)
{
	static const char *const types[] = { "FILE:/", "DIR:/", "PKCS12:/", "PKCS11:" };
	const char *err = set_source(o, CREDSSP_TICKETS_CERT);

	for (size_t i = 0; !err && i < ARRAY_SIZE(types); i++) {
		if (!strncmp(arg, types[i], strlen(types[i])))
			return options_name(o->ticket_name, sizeof(o->ticket_name), arg,
					 strlen(arg));
	}
	return err ? err : "not FILE:, DIR:, PKCS12: with an absolute path, or PKCS11:";
}

static const char *set_target(void *target, const char *arg)
{
	return spn_take(arg, target);
}

const char *options_carrier(void *to, const char *arg)
{
	enum carrier *carrier = to;

	if (!strcmp(arg, "rdp"))
		*carrier = CARRIER_RDP;
	else if (!strcmp(arg, "raw"))
		*carrier = CARRIER_RAW;
	else if (!strcmp(arg, "http"))
		*carrier = CARRIER_HTTP;
	else
		return "neither rdp, raw nor http";
	return NULL;
}

/* The characters of path and query in a request line (RFC 3986 3.3 and 3.4). */
static bool is_path_char(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
	       (c && strchr("/0123456789-._~%!$&'()*+,;=:@?", c));
}

static const char *set_path(void *path, const char *arg)
{
	const char *p = arg;

	*(const char **)path = arg;
	while (is_path_char(*p))
		p++;
	if (*arg != '/' || *p)
		return "not a path as in a URL";
	return p - arg > PATH_MAX_LENGTH ? "too long" : NULL;
}

static const char *set_transport(void *to, const char *arg)
{
	enum transport *transport = to;

	if (!strcmp(arg, "socket"))
		*transport = TRANSPORT_SOCKET;
	else if (!strcmp(arg, "token"))
		*transport = TRANSPORT_TOKEN;
	else
		return "neither socket nor token";
	return NULL;
}

const char *options_mech(void *to, const char *arg)
{
	uint32_t *mechs = to;

	if (!strcmp(arg, "negotiate"))
		*mechs = CREDSSP_MECH_NEGOTIATE;
	else if (!strcmp(arg, "ntlm"))
		*mechs = CREDSSP_MECH_NTLM;
	else if (!strcmp(arg, "kerberos"))
		*mechs = CREDSSP_MECH_KERBEROS;
	else
		return "neither negotiate, kerberos nor ntlm";
	return NULL;
}

const char *options_version(void *version, const char *arg)
{
	unsigned long v;
	const char *err = options_number(arg, CREDSSP_MIN_VERSION, CREDSSP_MAX_VERSION, &v);

	if (err)
		return "not a CredSSP version from 2 to 6";
	*(uint32_t *)version = (uint32_t)v;
	return NULL;
}

const char *options_timeout(void *timeout_ms, const char *arg)
{
	unsigned long s;

	if (options_number(arg, 1, MAX_TIMEOUT_S, &s))
		return "not a number of seconds from 1 to 600";
	*(unsigned int *)timeout_ms = (unsigned int)s * 1000;
	return NULL;
}

/* The module checks the name; here only the errors that it would not see. */
const char *options_cert(void *cert, const char *arg)
{
	return take_word(cert, CREDSSP_MAX_CERT_NAME + 1, arg);
}

static const char *set_run_time(void *run_ms, const char *arg)
{
	unsigned long s;

	if (options_number(arg, 1, MAX_RUN_S, &s))
		return "not a number of seconds up to a week";
	*(unsigned int *)run_ms = (unsigned int)s * 1000;
	return NULL;
}

static int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *at = c ? strchr(digits, c >= 'A' && c <= 'F' ? c - 'A' + 'a' : c) : NULL;

	return at ? (int)(at - digits) : -1;
}

/* 32 bytes in hexadecimal, perhaps with colons between them, as openssl prints them. */
const char *options_pin(struct options *o, const char *arg)
{
	uint8_t *pin;
	size_t i;

	if (o->pin_count == CREDSSP_MAX_PINS)
		return "too many of them";
	pin = o->pins[o->pin_count];
	for (i = 0; i < CREDSSP_PIN_SIZE; i++) {
		int high, low;

		if (i && *arg == ':')
			arg++;
		high = hex_digit(arg[0]);
		low = high < 0 ? -1 : hex_digit(arg[1]);
		if (low < 0)
			return "not a SHA-256 fingerprint of 64 hexadecimal digits";
		pin[i] = (uint8_t)(high << 4 | low);
		arg += 2;
	}
	if (*arg)
		return "longer than a SHA-256 fingerprint";
	o->pin_count++;
	/* A fingerprint that does not fit ends the exchange, if nothing else proves the server. */
	o->mutual = true;
	return NULL;
}

/* ---- the table ------------------------------------------------------------------- */

static const char *take_user(void *o, const char *arg)
{
	return options_user(o, arg);
}

static const char *take_ccache(void *o, const char *arg)
{
	return options_ccache(o, arg);
}

static const char *take_keytab(void *o, const char *arg)
{
	return options_keytab(o, arg);
}

static const char *take_pkinit(void *o, const char *arg)
{
	return options_pkinit(o, arg);
}

static const char *take_pin(void *o, const char *arg)
{
	return options_pin(o, arg);
}

#define BIT(command)	(1U << (command))
#define AUTH		BIT(OPTIONS_AUTH)
#define CONNECT		BIT(OPTIONS_CONNECT)
#define DOCTOR		BIT(OPTIONS_DOCTOR)
#define WINRM		BIT(OPTIONS_WINRM)
#define OF(member)	offsetof(struct options, member)

/* Setters without a member change several of them. */
static const struct args_row rows[] = {
	{ "user", required_argument, take_user, 0, 0 },
	{ "key", required_argument, set_key, OF(key), 0 },
	{ "saved", no_argument, args_true, OF(saved), 0 },
	{ "password-fd", required_argument, set_password_fd, OF(password_fd), 0 },
	{ "password-file", required_argument, set_password_file, OF(password_file), 0 },
	{ "ccache", optional_argument, take_ccache, 0, 0 },
	{ "keytab", optional_argument, take_keytab, 0, 0 },
	{ "pkinit", required_argument, take_pkinit, 0, 0 },
	{ "realm", required_argument, options_domain, OF(realm), 0 },
	{ "u2u", no_argument, args_true, OF(user_to_user), 0 },
	{ "target", required_argument, set_target, OF(target), 0 },
	{ "carrier", required_argument, options_carrier, OF(carrier), AUTH | CONNECT | DOCTOR },
	{ "path", required_argument, set_path, OF(path), AUTH | DOCTOR | WINRM },
	{ "transport", required_argument, set_transport, OF(transport), AUTH },
	{ "mech", required_argument, options_mech, OF(mechs), 0 },
	{ "min-version", required_argument, options_version, OF(min_version), 0 },
	{ "max-version", required_argument, options_version, OF(max_version), 0 },
	{ "timeout", required_argument, options_timeout, OF(timeout_ms), 0 },
	{ "no-delegate", no_argument, args_true, OF(no_delegate), 0 },
	{ "mutual", no_argument, args_true, OF(mutual), 0 },
	{ "pin", required_argument, take_pin, 0, 0 },
	{ "cert", required_argument, options_cert, OF(cert), 0 },
	{ "json", no_argument, args_true, OF(json), AUTH | DOCTOR },
	{ "explain", no_argument, args_true, OF(explain), AUTH | CONNECT | WINRM },
	{ "ktls", no_argument, args_true, OF(ktls), CONNECT },
	{ "run-time", required_argument, set_run_time, OF(run_ms), WINRM },
	{ "stdin", no_argument, args_true, OF(sends_input), WINRM },
};

static const char *const names[] = {
	[OPTIONS_AUTH] = "auth", [OPTIONS_CONNECT] = "connect",
	[OPTIONS_DOCTOR] = "doctor", [OPTIONS_WINRM] = "winrm",
};

static int fail(const struct options *o, const char *what, const char *why)
{
	return args_fail(names[o->command], what, why);
}

/* Options about tickets that contradict others. */
static int check_tickets(const struct options *o)
{
	bool ntlm = o->mechs == CREDSSP_MECH_NTLM;
	static const char *const options[] = {
		[CREDSSP_TICKETS_AUTO] = "", [CREDSSP_TICKETS_CCACHE] = "--ccache",
		[CREDSSP_TICKETS_KEYTAB] = "--keytab", [CREDSSP_TICKETS_CERT] = "--pkinit",
	};
	const char *source = options[o->tickets];
	bool password = o->password_fd >= 0 || o->password_file;

	if (o->tickets && (o->key || o->saved))
		return fail(o, source, "there are --key or --saved already");
	if (o->tickets && o->tickets != CREDSSP_TICKETS_CERT && password)
		return fail(o, source, "tickets take the place of the password");
	if (o->tickets && ntlm)
		return fail(o, source, "NTLM needs a password");
	if (*o->realm && ntlm)
		return fail(o, "--realm", "only for Kerberos, not with --mech ntlm");
	if (*o->realm && o->tickets && o->tickets != CREDSSP_TICKETS_CERT && !*o->user)
		return fail(o, "--realm", "it is that of --user, which is missing");
	if (o->user_to_user && ntlm)
		return fail(o, "--u2u", "only for Kerberos, not with --mech ntlm");
	return 0;
}

static int check_password(const struct options *o)
{
	bool password = o->password_fd >= 0 || o->password_file;

	if (o->key && (*o->user || password))
		return fail(o, "--key", "the key has user and password in it");
	if (o->saved && (o->key || *o->user || password))
		return fail(o, "--saved", "the saved key has user and password in it");
	if (o->password_fd >= 0 && o->password_file)
		return fail(o, "--password-file", "there is --password-fd already");
	if (o->sends_input && o->password_fd == STDIN_FILENO)
		return fail(o, "--stdin", "the password comes from there");
	return 0;
}

/* Options of what comes after the logon */
static int check_program(const struct options *o)
{
	if (o->executes && !*o->program)
		return fail(o, "--exec", "no command follows");
	if (o->ktls && !o->executes)
		return fail(o, "--ktls", "only with --exec");
	if (o->command == OPTIONS_CONNECT && o->carrier == CARRIER_HTTP)
		return fail(o, "--carrier", "HTTP carries messages, not a stream: see winrm");
	if (o->command == OPTIONS_CONNECT && !o->executes && o->password_fd == STDIN_FILENO)
		return fail(o, "--password-fd", "standard input is for the server");
	return 0;
}

/* Options that contradict each other. */
static int check(const struct options *o)
{
	if (check_tickets(o) || check_password(o) || check_program(o))
		return -1;
	if (o->json && o->explain)
		return fail(o, "--explain", "not with --json, which has the same facts");
	if (o->min_version && o->max_version && o->min_version > o->max_version)
		return fail(o, "--min-version", "above --max-version");
	if (o->path && o->carrier != CARRIER_HTTP)
		return fail(o, "--path", "only with --carrier http");
	if (o->transport == TRANSPORT_SOCKET && o->carrier == CARRIER_HTTP)
		return fail(o, "--transport", "HTTP carries tokens only");
	if (!o->port)
		return fail(o, "HOST", "--carrier raw has no usual port: give HOST:PORT");
	return 0;
}

static int default_user(struct options *o)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (!pw || options_name(o->user, sizeof(o->user), pw->pw_name, strlen(pw->pw_name)))
		return fail(o, "--user", "needed, your own name is not known");
	return 0;
}

/* By enum carrier: port, class of the target, transport */
static const struct {
	uint16_t port;
	const char *target_class;
	enum transport transport;
} defaults[] = {
	[CARRIER_RDP] = { RDP_PORT, "TERMSRV", TRANSPORT_SOCKET },
	[CARRIER_RAW] = { 0, "TERMSRV", TRANSPORT_SOCKET },
	[CARRIER_HTTP] = { WINRM_PORT, "HTTP", TRANSPORT_TOKEN },
};

/* The target has no zone (fe80::1%eth0), which names a link and not a host. */
static void default_target(struct options *o)
{
	size_t n = strcspn(o->host, "%");

	snprintf(o->target, sizeof(o->target), "%s/%.*s", defaults[o->carrier].target_class,
		 (int)n, o->host);
}

/* What follows --exec is a command with options of its own. Return the words before it. */
static int split_program(struct options *o, int argc, char **argv)
{
	int i;

	for (i = 1; o->command == OPTIONS_CONNECT && i < argc; i++) {
		if (strcmp(argv[i], "--exec"))
			continue;
		o->executes = true;
		o->program = argv + i + 1;
		argv[i] = NULL;
		return i;
	}
	return argc;
}

/* The words that are no options: HOST, and of `winrm` a command line. */
static int take_words(struct options *o, int count, char **words)
{
	const char *err;

	if (!count)
		return fail(o, "HOST", "missing");
	if (o->command == OPTIONS_WINRM) {
		if (count == 1)
			return fail(o, "COMMAND", "missing: HOST -- COMMAND");
		o->program = words + 1;
	} else if (count > 1) {
		return fail(o, words[1], "one host at a time");
	}
	err = options_host(o, words[0]);
	return err ? fail(o, words[0], err) : 0;
}

static int settle(struct options *o)
{
	if (!o->port)
		o->port = defaults[o->carrier].port;
	if (check(o))
		return -1;
	if (!o->transport)
		o->transport = defaults[o->carrier].transport;
	if (!o->path)
		o->path = WINRM_PATH;
	if (!*o->target)
		default_target(o);
	if (*o->user || o->key || o->saved)
		return 0;
	/* The user of a cache or keytab is its own. */
	return o->tickets && o->tickets != CREDSSP_TICKETS_CERT ? 0 : default_user(o);
}

int options_parse(struct options *o, enum options_command command, int argc, char **argv)
{
	const struct args_table table = {
		.command = names[command], .rows = rows, .count = ARRAY_SIZE(rows),
		.bit = BIT(command),
	};

	memset(o, 0, sizeof(*o));
	o->command = command;
	o->password_fd = -1;
	o->mechs = CREDSSP_MECH_NEGOTIATE;
	o->timeout_ms = DEFAULT_TIMEOUT_S * 1000;
	o->run_ms = DEFAULT_RUN_S * 1000;
	o->carrier = command == OPTIONS_WINRM ? CARRIER_HTTP : CARRIER_RDP;
	argc = split_program(o, argc, argv);
	if (args_parse(&table, o, argc, argv) || take_words(o, argc - optind, argv + optind))
		return -1;
	return settle(o);
}
