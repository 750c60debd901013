// SPDX-License-Identifier: GPL-2.0-only
#include <keyutils.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "accept_options.h"
#include "base/args.h"
#include "text.h"

#define DEFAULT_LIFETIME_S	28800	/* a working day, as `cred bridge` */
#define MAX_COUNT		1000000000UL

/* ADDRESS:PORT, [ADDRESS]:PORT, or :PORT for all addresses; an address of IPv6 has brackets. */
static const char *set_listen(void *options, const char *arg)
{
	const char *colon = strrchr(arg, ':'), *host = arg, *end = colon;
	struct accept_options *o = options;
	unsigned long port;
	const char *err;

	if (!colon)
		return "not ADDRESS:PORT";
	if (options_number(colon + 1, 0, UINT16_MAX, &port))
		return "the port is not a number from 0 to 65535";
	if (*arg == '[') {
		if (arg + 1 >= colon || *--end != ']')
			return "not [ADDRESS]:PORT";
		host++;
		if (host == end)
			return "no address in the brackets";
	} else if (memchr(arg, ':', (size_t)(colon - arg))) {
		return "an IPv6 address needs brackets: [ADDRESS]:PORT";
	}
	err = options_name(o->host, sizeof(o->host), host, (size_t)(end - host));
	o->port = (uint16_t)port;
	o->listens = true;
	return err;
}

static const char *set_keytab(void *options, const char *arg)
{
	struct accept_options *o = options;

	o->tickets = CREDSSP_TICKETS_KEYTAB;
	return options_path(o->keytab, sizeof(o->keytab), arg);
}

static const char *set_restricted_admin(void *flags, const char *arg)
{
	(void)arg;
	*(uint32_t *)flags |= CREDSSP_ACCEPT_RESTRICTED_ADMIN;
	return NULL;
}

static const char *set_remote_guard(void *flags, const char *arg)
{
	(void)arg;
	*(uint32_t *)flags |= CREDSSP_ACCEPT_REMOTE_GUARD;
	return NULL;
}

static const char *set_count(void *count, const char *arg)
{
	return options_number(arg, 1, MAX_COUNT, count);
}

/* A keyring by its name or its serial number; @n characters of @arg */
static const char *take_keyring(int32_t *keyring, const char *arg, size_t n)
{
	char word[16];
	unsigned long serial;

	if (n >= sizeof(word))
		return "no such keyring";
	memcpy(word, arg, n);
	word[n] = '\0';
	if (!strcmp(word, "user"))
		*keyring = KEY_SPEC_USER_KEYRING;
	else if (!strcmp(word, "session"))
		*keyring = KEY_SPEC_SESSION_KEYRING;
	else if (!options_number(word, 1, INT32_MAX, &serial))
		*keyring = (int32_t)serial;
	else
		return "the keyring is neither user, session nor a serial number";
	return NULL;
}

/* KEYRING, KEYRING:cifs, KEYRING:cifs:NAME */
static const char *set_deliver(void *delivery, const char *arg)
{
	static const char cifs[] = ":cifs";
	struct accept_delivery *d = delivery;
	size_t n = strcspn(arg, ":");
	const char *form = arg + n;

	d->wanted = true;
	d->form = *form ? CREDSSP_DELEGATED_AS_CIFS : CREDSSP_DELEGATED_AS_CREDSSP;
	d->name = NULL;
	if (*form) {
		if (strncmp(form, cifs, strlen(cifs)))
			return "only :cifs may follow the keyring";
		form += strlen(cifs);
		if (*form && (*form != ':' || !form[1]))
			return "only :NAME may follow cifs";
		d->name = *form ? form + 1 : NULL;
	}
	return take_keyring(&d->keyring, arg, n);
}

static const char *set_lifetime(void *lifetime, const char *arg)
{
	unsigned long s;

	if (options_number(arg, 1, CREDSSP_MAX_DELEGATED_LIFETIME, &s))
		return "not a number of seconds up to a day";
	*(uint32_t *)lifetime = (uint32_t)s;
	return NULL;
}

#define OF(member)	offsetof(struct accept_options, member)

/* The command is what follows the options: accept_options_parse() takes it. */
static const struct args_row rows[] = {
	{ "listen", required_argument, set_listen, 0, 0 },
	{ "carrier", required_argument, options_carrier, OF(carrier), 0 },
	{ "cert", required_argument, options_cert, OF(cert), 0 },
	{ "domain", required_argument, options_domain, OF(domain), 0 },
	{ "keytab", required_argument, set_keytab, 0, 0 },
	{ "mech", required_argument, options_mech, OF(mechs), 0 },
	{ "min-version", required_argument, options_version, OF(min_version), 0 },
	{ "max-version", required_argument, options_version, OF(max_version), 0 },
	{ "restricted-admin", no_argument, set_restricted_admin, OF(flags), 0 },
	{ "remote-guard", no_argument, set_remote_guard, OF(flags), 0 },
	{ "no-hybrid-ex", no_argument, args_false, OF(hybrid_ex), 0 },
	{ "timeout", required_argument, options_timeout, OF(timeout_ms), 0 },
	{ "count", required_argument, set_count, OF(count), 0 },
	{ "deliver", required_argument, set_deliver, OF(delivery), 0 },
	{ "lifetime", required_argument, set_lifetime, OF(delivery.lifetime), 0 },
	{ "json", no_argument, args_true, OF(json), 0 },
	{ "exec", no_argument, args_true, OF(executes), 0 },
};

/* The options of --exec's command stay its own. */
static const struct args_table table = {
	.command = "accept", .rows = rows, .count = ARRAY_SIZE(rows), .leading = true,
};

static int fail(const char *what, const char *why)
{
	return args_fail("accept", what, why);
}

/* Options that are missing, or contradict each other. */
static int check(const struct accept_options *o)
{
	if (!o->listens)
		return fail("--listen", "needed: ADDRESS:PORT");
	if (o->tickets && o->mechs == CREDSSP_MECH_NTLM)
		return fail("--keytab", "only for Kerberos, not with --mech ntlm");
	if (*o->domain && o->mechs == CREDSSP_MECH_KERBEROS)
		return fail("--domain", "only for NTLM, not with --mech kerberos");
	if (o->min_version && o->max_version && o->min_version > o->max_version)
		return fail("--min-version", "above --max-version");
	if (!o->hybrid_ex && o->carrier != CARRIER_RDP)
		return fail("--no-hybrid-ex", "only with --carrier rdp");
	if (o->delivery.lifetime && !o->delivery.wanted)
		return fail("--lifetime", "only with --deliver");
	if (o->executes && !*o->command)
		return fail("--exec", "no command follows");
	return 0;
}

int accept_options_parse(struct accept_options *o, int argc, char **argv)
{
	memset(o, 0, sizeof(*o));
	o->mechs = CREDSSP_MECH_NEGOTIATE;
	o->hybrid_ex = true;
	if (args_parse(&table, o, argc, argv))
		return -1;
	if (o->executes)
		o->command = argv + optind;
	else if (optind < argc)
		return fail(argv[optind], "a command needs --exec before it");
	if (!o->delivery.lifetime && o->delivery.wanted)
		o->delivery.lifetime = DEFAULT_LIFETIME_S;
	return check(o);
}
