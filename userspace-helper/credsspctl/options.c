// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "spn.h"
#include "text.h"

#define DEFAULT_TIMEOUT_S	30
#define MAX_TIMEOUT_S		600	/* the module takes no longer one */
/* getopt_long()'s value for the first row: above all characters */
#define FIRST_OPTION		256

/* Set an option. Return NULL, or what is wrong. */
typedef const char *(*set_fn)(struct options *o, const char *arg);

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

static const char *copy_name(char *to, size_t room, const char *from, size_t n)
{
	if (n >= room)
		return "too long";
	memcpy(to, from, n);
	to[n] = '\0';
	return text_is_clean(to) ? NULL : "not valid UTF-8, or with control characters";
}

/* DOMAIN\USER is split. USER@REALM is the user's name as a whole, which servers accept. */
const char *options_user(struct options *o, const char *arg)
{
	const char *slash = strchr(arg, '\\');
	const char *user = slash ? slash + 1 : arg;
	const char *err = NULL;

	o->domain[0] = '\0';
	if (slash)
		err = copy_name(o->domain, sizeof(o->domain), arg, (size_t)(slash - arg));
	if (!err)
		err = copy_name(o->user, sizeof(o->user), user, strlen(user));
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

static const char *set_key(struct options *o, const char *arg)
{
	unsigned long key;
	const char *err = options_number(arg, 1, INT32_MAX, &key);

	o->key = err ? 0 : (int32_t)key;
	return err;
}

static const char *set_saved(struct options *o, const char *arg)
{
	(void)arg;
	o->saved = true;
	return NULL;
}

static const char *set_password_fd(struct options *o, const char *arg)
{
	unsigned long fd;
	const char *err = options_number(arg, 0, INT_MAX, &fd);

	o->password_fd = err ? -1 : (int)fd;
	return err;
}

static const char *set_password_file(struct options *o, const char *arg)
{
	o->password_file = arg;
	return *arg ? NULL : "empty";
}

/* The name of a file becomes an absolute path, because another process opens it. */
static const char *absolute_name(char *to, size_t room, const char *name)
{
	static const char file[] = "FILE:";
	const char *path = strncmp(name, file, strlen(file)) ? name : name + strlen(file);
	char cwd[PATH_MAX];
	int n;

	if (!*path)
		return "empty";
	/* another type, such as KEYRING: or KCM:, or absolute already */
	if (*path == '/' || (path == name && strchr(path, ':')))
		return copy_name(to, room, name, strlen(name));
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
	return name ? absolute_name(o->ticket_name, sizeof(o->ticket_name), name) : NULL;
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
			return copy_name(o->ticket_name, sizeof(o->ticket_name), arg,
					 strlen(arg));
	}
	return err ? err : "not FILE:, DIR:, PKCS12: with an absolute path, or PKCS11:";
}

static const char *set_realm(struct options *o, const char *arg)
{
	const char *err = copy_name(o->realm, sizeof(o->realm), arg, strlen(arg));

	return err ? err : *arg ? NULL : "empty";
}

static const char *set_user_to_user(struct options *o, const char *arg)
{
	(void)arg;
	o->user_to_user = true;
	return NULL;
}

static const char *set_target(struct options *o, const char *arg)
{
	return spn_take(arg, o->target);
}

static const char *set_carrier(struct options *o, const char *arg)
{
	if (!strcmp(arg, "rdp"))
		o->carrier = CARRIER_RDP;
	else if (!strcmp(arg, "raw"))
		o->carrier = CARRIER_RAW;
	else if (!strcmp(arg, "http"))
		o->carrier = CARRIER_HTTP;
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

static const char *set_path(struct options *o, const char *arg)
{
	const char *p = arg;

	o->path = arg;
	while (is_path_char(*p))
		p++;
	if (*arg != '/' || *p)
		return "not a path as in a URL";
	return p - arg > PATH_MAX_LENGTH ? "too long" : NULL;
}

static const char *set_transport(struct options *o, const char *arg)
{
	if (!strcmp(arg, "socket"))
		o->transport = TRANSPORT_SOCKET;
	else if (!strcmp(arg, "token"))
		o->transport = TRANSPORT_TOKEN;
	else
		return "neither socket nor token";
	return NULL;
}

static const char *set_mech(struct options *o, const char *arg)
{
	if (!strcmp(arg, "negotiate"))
		o->mechs = CREDSSP_MECH_NEGOTIATE;
	else if (!strcmp(arg, "ntlm"))
		o->mechs = CREDSSP_MECH_NTLM;
	else if (!strcmp(arg, "kerberos"))
		o->mechs = CREDSSP_MECH_KERBEROS;
	else
		return "neither negotiate, kerberos nor ntlm";
	return NULL;
}

static const char *set_version(uint32_t *version, const char *arg)
{
	unsigned long v;
	const char *err = options_number(arg, CREDSSP_MIN_VERSION, CREDSSP_MAX_VERSION, &v);

	if (err)
		return "not a CredSSP version from 2 to 6";
	*version = (uint32_t)v;
	return NULL;
}

static const char *set_min_version(struct options *o, const char *arg)
{
	return set_version(&o->min_version, arg);
}

static const char *set_max_version(struct options *o, const char *arg)
{
	return set_version(&o->max_version, arg);
}

static const char *set_timeout(struct options *o, const char *arg)
{
	unsigned long s;

	if (options_number(arg, 1, MAX_TIMEOUT_S, &s))
		return "not a number of seconds from 1 to 600";
	o->timeout_ms = (unsigned int)s * 1000;
	return NULL;
}

static const char *set_no_delegate(struct options *o, const char *arg)
{
	(void)arg;
	o->no_delegate = true;
	return NULL;
}

static const char *set_mutual(struct options *o, const char *arg)
{
	(void)arg;
	o->mutual = true;
	return NULL;
}

/* The module checks the name; here only the errors that it would not see. */
static const char *set_cert(struct options *o, const char *arg)
{
	const char *err = copy_name(o->cert, sizeof(o->cert), arg, strlen(arg));

	return err ? err : *arg ? NULL : "empty";
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

static const char *set_json(struct options *o, const char *arg)
{
	(void)arg;
	o->json = true;
	return NULL;
}

static const char *set_explain(struct options *o, const char *arg)
{
	(void)arg;
	o->explain = true;
	return NULL;
}

/* One row an option. An optional argument is part of the option's word: --ccache=NAME. */
static const struct {
	const char *name;
	int has_arg;
	set_fn set;
} rows[] = {
	{ "user", required_argument, options_user },
	{ "key", required_argument, set_key },
	{ "saved", no_argument, set_saved },
	{ "password-fd", required_argument, set_password_fd },
	{ "password-file", required_argument, set_password_file },
	{ "ccache", optional_argument, options_ccache },
	{ "keytab", optional_argument, options_keytab },
	{ "pkinit", required_argument, options_pkinit },
	{ "realm", required_argument, set_realm },
	{ "u2u", no_argument, set_user_to_user },
	{ "target", required_argument, set_target },
	{ "carrier", required_argument, set_carrier },
	{ "path", required_argument, set_path },
	{ "transport", required_argument, set_transport },
	{ "mech", required_argument, set_mech },
	{ "min-version", required_argument, set_min_version },
	{ "max-version", required_argument, set_max_version },
	{ "timeout", required_argument, set_timeout },
	{ "no-delegate", no_argument, set_no_delegate },
	{ "mutual", no_argument, set_mutual },
	{ "pin", required_argument, options_pin },
	{ "cert", required_argument, set_cert },
	{ "json", no_argument, set_json },
	{ "explain", no_argument, set_explain },
};

static int fail(const char *what, const char *why)
{
	fputs("credsspctl auth: ", stderr);
	text_print(stderr, what);
	fprintf(stderr, ": %s\n", why);
	return -1;
}

static int parse_rows(struct options *o, int argc, char **argv)
{
	struct option long_options[ARRAY_SIZE(rows) + 1] = { 0 };
	const char *err;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		long_options[i].name = rows[i].name;
		long_options[i].has_arg = rows[i].has_arg;
		long_options[i].val = FIRST_OPTION + (int)i;
	}
	for (;;) {
		int row = getopt_long(argc, argv, "", long_options, NULL);

		if (row < 0)
			return 0;
		row -= FIRST_OPTION;
		if (row < 0)
			return -1;	/* getopt_long() has printed the error */
		err = rows[row].set(o, optarg);
		if (err) {
			char name[32];

			snprintf(name, sizeof(name), "--%s", rows[row].name);
			return fail(name, err);
		}
	}
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
		return fail(source, "there are --key or --saved already");
	if (o->tickets && o->tickets != CREDSSP_TICKETS_CERT && password)
		return fail(source, "tickets take the place of the password");
	if (o->tickets && ntlm)
		return fail(source, "NTLM needs a password");
	if (*o->realm && ntlm)
		return fail("--realm", "only for Kerberos, not with --mech ntlm");
	if (*o->realm && o->tickets && o->tickets != CREDSSP_TICKETS_CERT && !*o->user)
		return fail("--realm", "it is that of --user, which is missing");
	if (o->user_to_user && ntlm)
		return fail("--u2u", "only for Kerberos, not with --mech ntlm");
	return 0;
}

/* Options that contradict each other. */
static int check(const struct options *o)
{
	bool password = o->password_fd >= 0 || o->password_file;

	if (check_tickets(o))
		return -1;
	if (o->json && o->explain)
		return fail("--explain", "not with --json, which has the same facts");
	if (o->key && (*o->user || password))
		return fail("--key", "the key has user and password in it");
	if (o->saved && (o->key || *o->user || password))
		return fail("--saved", "the saved key has user and password in it");
	if (o->password_fd >= 0 && o->password_file)
		return fail("--password-file", "there is --password-fd already");
	if (o->min_version && o->max_version && o->min_version > o->max_version)
		return fail("--min-version", "above --max-version");
	if (o->path && o->carrier != CARRIER_HTTP)
		return fail("--path", "only with --carrier http");
	if (o->transport == TRANSPORT_SOCKET && o->carrier == CARRIER_HTTP)
		return fail("--transport", "HTTP carries tokens only");
	if (!o->port)
		return fail("HOST", "--carrier raw has no usual port: give HOST:PORT");
	return 0;
}

static int default_user(struct options *o)
{
	const struct passwd *pw = getpwuid(geteuid());

	if (!pw || copy_name(o->user, sizeof(o->user), pw->pw_name, strlen(pw->pw_name)))
		return fail("--user", "needed, your own name is not known");
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

int options_parse(struct options *o, int argc, char **argv)
{
	const char *err;

	memset(o, 0, sizeof(*o));
	o->password_fd = -1;
	o->mechs = CREDSSP_MECH_NEGOTIATE;
	o->timeout_ms = DEFAULT_TIMEOUT_S * 1000;
	if (parse_rows(o, argc, argv))
		return -1;
	if (argc - optind != 1)
		return fail(argc == optind ? "HOST" : argv[optind + 1],
			    argc == optind ? "missing" : "one host at a time");
	err = options_host(o, argv[optind]);
	if (err)
		return fail(argv[optind], err);
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
