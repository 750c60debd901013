// SPDX-License-Identifier: GPL-2.0-only
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "options.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

#define MAX_ARGS	12

static void test_hosts(void)
{
	static const struct {
		const char *arg;
		const char *host;	/* NULL: refused */
		uint16_t port;		/* 0: none given */
	} rows[] = {
		{ "srv", "srv", 0 },
		{ "srv.example.com:3390", "srv.example.com", 3390 },
		{ "192.0.2.1", "192.0.2.1", 0 },
		{ "192.0.2.1:1", "192.0.2.1", 1 },
		{ "::1", "::1", 0 },
		{ "fe80::1%eth0", "fe80::1%eth0", 0 },
		{ "[::1]", "::1", 0 },
		{ "[::1]:3389", "::1", 3389 },
		{ "[fe80::1%eth0]:65535", "fe80::1%eth0", 65535 },
		/* one spelling for resolver, target and headers */
		{ "b\303\274cher.example", "xn--bcher-kva.example", 0 },
		{ "serve\302\255r\343\200\202example:1", "server.example", 1 },
		{ "127.1", "127.0.0.1", 0 },
		{ "0x7f.1:3389", "127.0.0.1", 3389 },
		{ "2130706433", "127.0.0.1", 0 },
		{ "010.0.0.1", "8.0.0.1", 0 },
		{ "FE80:0::1%eth0", "fe80::1%eth0", 0 },
		{ "[2001:DB8:0:0:0:0:0:1]:1", "2001:db8::1", 1 },
		{ "::ffff:127.0.0.1", "127.0.0.1", 0 },
		{ "[::ffff:7f00:1]:1", "127.0.0.1", 1 },
		{ "a\357\274\217b", NULL, 0 },
		{ "\360\237\230\200", NULL, 0 },
		{ "", NULL, 0 },
		{ ":3389", NULL, 0 },
		{ "[]", NULL, 0 },
		{ "[::1", NULL, 0 },
		{ "[::1]3389", NULL, 0 },
		{ "[::1]:", NULL, 0 },
		{ "srv:", NULL, 0 },
		{ "srv:0", NULL, 0 },
		{ "srv:65536", NULL, 0 },
		{ "srv:99999999999999999999", NULL, 0 },
		{ "srv:+1", NULL, 0 },
		{ "srv: 1", NULL, 0 },
		{ "srv:3389x", NULL, 0 },
		{ "a b", NULL, 0 },
		{ "a/b", NULL, 0 },
		{ "a\\b", NULL, 0 },
		{ "user@srv", NULL, 0 },
		{ "a\nb", NULL, 0 },
		{ "a\x1b[31m", NULL, 0 },
		{ "a\xff", NULL, 0 },
	};
	char longest[HOST_MAX + 2];
	struct options o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *err = options_host(&o, rows[i].arg);

		CHECK(!err == !!rows[i].host);
		if (err || !rows[i].host)
			continue;
		CHECK(!strcmp(o.host, rows[i].host));
		CHECK(o.port == rows[i].port);
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[HOST_MAX + 1] = '\0';
	CHECK(options_host(&o, longest));
	longest[HOST_MAX] = '\0';
	CHECK(!options_host(&o, longest));
}

static void test_users(void)
{
	static const struct {
		const char *arg;
		const char *domain;	/* NULL: refused */
		const char *user;
	} rows[] = {
		{ "alice", "", "alice" },
		{ "EXAMPLE\\alice", "EXAMPLE", "alice" },
		{ ".\\alice", ".", "alice" },
		{ "\\alice", "", "alice" },
		{ "alice@example.com", "", "alice@example.com" },
		{ "A\\b\\c", "A", "b\\c" },
		{ "", NULL, NULL },
		{ "EXAMPLE\\", NULL, NULL },
		{ "al\tice", NULL, NULL },
		{ "al\xc0ice", NULL, NULL },
	};
	char longest[CREDSSP_MAX_NAME + 2];
	struct options o = { .port = 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *err = options_user(&o, rows[i].arg);

		CHECK(!err == !!rows[i].domain);
		if (err || !rows[i].domain)
			continue;
		CHECK(!strcmp(o.domain, rows[i].domain));
		CHECK(!strcmp(o.user, rows[i].user));
	}
	memset(longest, 'a', sizeof(longest) - 1);
	longest[CREDSSP_MAX_NAME + 1] = '\0';
	CHECK(options_user(&o, longest));
	longest[CREDSSP_MAX_NAME] = '\0';
	CHECK(!options_user(&o, longest));
}

#define FF8	"ffffffffffffffff"

static void test_pins(void)
{
	static const char *const bad[] = {
		"", "00", FF8 FF8 FF8 "fffffffffffffff", FF8 FF8 FF8 FF8 "f", FF8 FF8 FF8 FF8 "ff",
		FF8 FF8 FF8 FF8 ":", ":" FF8 FF8 FF8 FF8, FF8 FF8 FF8 "ffffffffffffff g",
		FF8 "::" FF8 FF8 FF8, "f:f" FF8 FF8 FF8 "fffffffffffff",
	};
	struct options o = { .port = 0 };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(options_pin(&o, bad[i]));
	CHECK(!o.pin_count && !o.mutual);
	CHECK(!options_pin(&o, "00:01:02:Fe" FF8 "aAbBcCdD" FF8 FF8));
	CHECK(o.pin_count == 1 && o.mutual);
	CHECK(!memcmp(o.pins[0], "\x00\x01\x02\xfe", 4) && o.pins[0][12] == 0xaa);
	while (o.pin_count < CREDSSP_MAX_PINS)
		CHECK(!options_pin(&o, FF8 FF8 FF8 FF8));
	CHECK(options_pin(&o, FF8 FF8 FF8 FF8) && o.pin_count == CREDSSP_MAX_PINS);
}

/* Parse @line, split into words, with standard error closed: refusals are expected. */
static int parse_for(struct options *o, enum options_command command, const char *line)
{
	/* what follows the options stays where it is */
	static char copy[256], *argv[MAX_ARGS + 1];
	char *save;
	int argc = 0, keep, ret;

	snprintf(copy, sizeof(copy), "auth %s", line);
	for (argv[0] = strtok_r(copy, " ", &save); argv[argc] && argc < MAX_ARGS;)
		argv[++argc] = strtok_r(NULL, " ", &save);
	fflush(stderr);
	keep = dup(STDERR_FILENO);
	if (!freopen("/dev/null", "w", stderr))
		return -2;
	optind = 0;
	ret = options_parse(o, command, argc, argv);
	fflush(stderr);
	dup2(keep, STDERR_FILENO);
	close(keep);
	return ret;
}

static int parse(struct options *o, const char *line)
{
	return parse_for(o, OPTIONS_AUTH, line);
}

static void test_lines(void)
{
	static const char *const bad[] = {
		"", "a b", "--user", "--nonsense a", "--user x", "--port 1 a",
		"--key 0 a", "--key x a", "--key 2147483648 a", "--key -1 a",
		"--key 5 --user x a", "--key 5 --password-fd 0 a",
		"--saved --key 5 a", "--saved --user x a", "--saved --password-fd 0 a",
		"--password-fd 0 --password-file f a", "--password-fd x a",
		"--target T/a..b a", "--target T/127.1 a", "--target T/*  a", "--target T/h: a",
		"--target T/\360\237\230\200 a",
		"--target noslash a", "--target /h a", "--target C/ a",
		"--carrier tls a", "--transport both a", "--mech krb5 a",
		"--min-version 1 a", "--max-version 7 a",
		"--min-version 6 --max-version 5 a", "--timeout 0 a", "--timeout 601 a",
		"--carrier raw a", "a:0", "--pin 00 a", "--cert",  "--password secret a",
		"--carrier http --transport socket a", "--path /x a",
		"--carrier raw --path /x a:1", "--carrier http --path x a",
		"--carrier http --path /a#b a", "--carrier http --path /\303\274 a",
		"--carrier http --path /a\r\nX: a",
		"--ccache --keytab a", "--pkinit=FILE:/a --ccache a",
		"--pkinit= a", "--pkinit FILE: a", "--pkinit FILE:c.pem a", "--pkinit /c.pem a",
		"--pkinit ENV:X a", "--pkinit PKCS12:a a", "--pkinit FILE:/a --saved a",
		"--pkinit FILE:/a --key 5 a", "--pkinit FILE:/a --mech ntlm a",
		"--keytab=k --ccache=c a", "--ccache= a", "--keytab= a",
		"--ccache=FILE: a", "--ccache --key 5 a", "--keytab --saved a",
		"--ccache --password-fd 0 a", "--keytab --password-file f a",
		"--ccache --mech ntlm a", "--keytab --mech ntlm a", "--realm R --mech ntlm a",
		"--u2u --mech ntlm a", "--realm", "--realm R --ccache a", "--realm R --keytab a",
		"--ccache NAME a", "--ccache=\xff a", "--user u --realm \xff a",
		"--user u --realm a\tb a", "--explain --json a", "--u2u=1 a",
	};
	struct options o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(parse(&o, bad[i]) == -1);

	CHECK(!parse(&o, "--user D\\u [::1]"));
	CHECK(!strcmp(o.target, "TERMSRV/::1") && o.port == RDP_PORT);
	CHECK(o.carrier == CARRIER_RDP && o.transport == TRANSPORT_SOCKET);
	CHECK(o.mechs == CREDSSP_MECH_NEGOTIATE && !o.min_version && !o.max_version);
	CHECK(o.timeout_ms == 30000 && o.password_fd == -1 && !o.json);
	CHECK(!strcmp(o.domain, "D") && !strcmp(o.user, "u"));

	CHECK(!parse(&o, "--key 5 --carrier raw --transport token --mech ntlm a:99"));
	CHECK(o.key == 5 && !*o.user && o.port == 99 && o.carrier == CARRIER_RAW);
	CHECK(o.transport == TRANSPORT_TOKEN && o.mechs == CREDSSP_MECH_NTLM);

	CHECK(!parse(&o, "--saved a"));
	CHECK(o.saved && !o.key && !*o.user && !strcmp(o.target, "TERMSRV/a"));

	CHECK(!parse(&o, "a --target HTTP/b --no-delegate --mutual --json --timeout 600"));
	CHECK(!strcmp(o.target, "HTTP/b") && o.no_delegate && o.mutual && o.json);
	CHECK(o.timeout_ms == 600000 && *o.user);
	CHECK(!parse(&o, "--user u --carrier http [fe80::1%lo]"));
	CHECK(!strcmp(o.target, "HTTP/fe80::1") && o.port == WINRM_PORT);
	CHECK(o.carrier == CARRIER_HTTP && o.transport == TRANSPORT_TOKEN);
	CHECK(!strcmp(o.path, "/wsman"));
	CHECK(!parse(&o, "--carrier http --transport token --path /a/b?c=%20 a:80"));
	CHECK(!strcmp(o.path, "/a/b?c=%20") && o.port == 80);
	CHECK(!parse(&o, "--user u 0x7f.1"));
	CHECK(!strcmp(o.target, "TERMSRV/127.0.0.1") && !strcmp(o.host, "127.0.0.1"));
	CHECK(!parse(&o, "--user u --target T/B\303\234 B\303\234"));
	CHECK(!strcmp(o.target, "T/xn--b-eha") && !strcmp(o.host, "xn--b-eha"));
	CHECK(!parse(&o, "--user u fe80::1%lo"));
	CHECK(!strcmp(o.target, "TERMSRV/fe80::1"));
}

/* The options of each command, and what comes after the host */
static void test_commands(void)
{
	static const struct {
		enum options_command command;
		const char *line;
	} bad[] = {
		{ OPTIONS_AUTH, "--ktls a" }, { OPTIONS_AUTH, "a --exec cat" },
		{ OPTIONS_AUTH, "--run-time 5 a" },
		{ OPTIONS_CONNECT, "--json a" }, { OPTIONS_CONNECT, "--carrier http a" },
		{ OPTIONS_CONNECT, "--ktls a" }, { OPTIONS_CONNECT, "a --exec" },
		{ OPTIONS_CONNECT, "--password-fd 0 a" }, { OPTIONS_CONNECT, "--exec cat" },
		{ OPTIONS_CONNECT, "--path /x a" }, { OPTIONS_CONNECT, "a b --exec cat" },
		{ OPTIONS_DOCTOR, "--explain a" }, { OPTIONS_DOCTOR, "a b" },
		{ OPTIONS_WINRM, "a" }, { OPTIONS_WINRM, "--carrier raw a -- b" },
		{ OPTIONS_WINRM, "--stdin --password-fd 0 a -- b" },
		{ OPTIONS_WINRM, "--run-time 0 a -- b" }, { OPTIONS_WINRM, "--json a -- b" },
		{ OPTIONS_WINRM, "--run-time 604801 a -- b" },
	};
	struct options o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(parse_for(&o, bad[i].command, bad[i].line) == -1);
	CHECK(!parse_for(&o, OPTIONS_CONNECT, "--user u a --ktls --exec socat --json - FD:3"));
	CHECK(o.executes && o.ktls && o.port == RDP_PORT && !o.json);
	CHECK(!strcmp(o.program[0], "socat") && !strcmp(o.program[1], "--json") && !o.program[4]);
	CHECK(!parse_for(&o, OPTIONS_CONNECT, "--password-fd 0 a --exec cat") && o.executes);
	CHECK(!parse_for(&o, OPTIONS_CONNECT, "--user u a") && !o.executes && !o.program);
	CHECK(!parse_for(&o, OPTIONS_DOCTOR, "--user u --carrier http a") && o.port == WINRM_PORT);
	CHECK(!parse_for(&o, OPTIONS_WINRM, "--user u a -- dir --json /x"));
	CHECK(o.carrier == CARRIER_HTTP && o.port == WINRM_PORT && !strcmp(o.target, "HTTP/a"));
	CHECK(!strcmp(o.program[0], "dir") && !strcmp(o.program[1], "--json"));
	CHECK(o.run_ms == 3600000);
	CHECK(!parse_for(&o, OPTIONS_WINRM, "--user u --stdin --run-time 604800 a b"));
	CHECK(o.sends_input && o.run_ms == 604800000);
}

static void test_ticket_lines(void)
{
	struct options o;

	unsetenv("KRB5CCNAME");
	CHECK(!parse(&o, "--user u a") && o.tickets == CREDSSP_TICKETS_AUTO);
	CHECK(!*o.realm && !*o.ticket_name && !o.user_to_user && !o.explain);
	/* default credentials: the name of the login is not the user */
	CHECK(!parse(&o, "--ccache a") && o.tickets == CREDSSP_TICKETS_CCACHE);
	CHECK(!*o.ticket_name && !*o.user && o.mechs == CREDSSP_MECH_NEGOTIATE);
	CHECK(!parse(&o, "--ccache=KEYRING:session:x --user u --realm R --mech kerberos a"));
	CHECK(!strcmp(o.ticket_name, "KEYRING:session:x") && o.mechs == CREDSSP_MECH_KERBEROS);
	CHECK(!strcmp(o.user, "u") && !strcmp(o.realm, "R"));
	CHECK(!parse(&o, "--keytab a") && o.tickets == CREDSSP_TICKETS_KEYTAB && !*o.user);
	CHECK(!parse(&o, "--pkinit FILE:/a.pem,/a.key --user u --realm R --password-fd 0 a"));
	CHECK(o.tickets == CREDSSP_TICKETS_CERT && !strcmp(o.ticket_name, "FILE:/a.pem,/a.key"));
	CHECK(!parse(&o, "--pkinit PKCS11:/m.so:token=x a") && *o.user);
	CHECK(!parse(&o, "--keytab=/etc/k --user D\\u --u2u --explain a"));
	CHECK(!strcmp(o.ticket_name, "/etc/k") && !strcmp(o.domain, "D"));
	CHECK(o.user_to_user && o.explain);
	CHECK(!parse(&o, "--user u --realm EXAMPLE.COM --mech kerberos a"));
	CHECK(!o.tickets && !strcmp(o.realm, "EXAMPLE.COM"));
	/* a realm for the user in a key */
	CHECK(!parse(&o, "--key 5 --realm R a") && !strcmp(o.realm, "R"));
	CHECK(!parse(&o, "--saved --mech kerberos a") && o.saved);
	/* the last of two of the same kind counts */
	CHECK(!parse(&o, "--ccache=/a --ccache=/b a") && !strcmp(o.ticket_name, "/b"));
}

/* Names of files become absolute paths; other types stay as they are. */
static void test_ticket_names(void)
{
	static const struct {
		const char *arg;
		const char *name;	/* NULL: refused */
	} rows[] = {
		{ "/tmp/krb5cc_1", "/tmp/krb5cc_1" },
		{ "FILE:/tmp/krb5cc_1", "FILE:/tmp/krb5cc_1" },
		{ "KCM:", "KCM:" },
		{ "KEYRING:persistent:1000", "KEYRING:persistent:1000" },
		{ "DIR:/run/user/1/krb5cc", "DIR:/run/user/1/krb5cc" },
		{ "cc", "FILE:/tmp/cc" },
		{ "FILE:cc", "FILE:/tmp/cc" },
		{ "FILE:a:b", "FILE:/tmp/a:b" },
		{ "./a/cc", "FILE:/tmp/./a/cc" },
		{ "", NULL },
		{ "FILE:", NULL },
		{ "FILE:a\x1b", NULL },
	};
	char longest[CREDSSP_MAX_NAME + 2], cwd[4096];
	struct options o = { .port = 0 };
	size_t i;

	CHECK(getcwd(cwd, sizeof(cwd)) && !chdir("/tmp"));
	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		const char *err = options_ccache(&o, rows[i].arg);

		CHECK(!err == !!rows[i].name);
		if (err || !rows[i].name)
			continue;
		CHECK(!strcmp(o.ticket_name, rows[i].name));
	}
	CHECK(!chdir(cwd));
	memset(longest, 'a', sizeof(longest) - 1);
	longest[0] = '/';
	longest[CREDSSP_MAX_NAME + 1] = '\0';
	CHECK(options_ccache(&o, longest));
	longest[CREDSSP_MAX_NAME] = '\0';
	CHECK(!options_ccache(&o, longest));
	longest[0] = 'a';
	CHECK(options_ccache(&o, longest));
	CHECK(options_keytab(&o, "/k") && o.tickets == CREDSSP_TICKETS_CCACHE);
}

/* --ccache without a name takes that of the environment, and a name takes its place. */
static void test_ticket_environment(void)
{
	struct options o;

	setenv("KRB5CCNAME", "FILE:/tmp/mine", 1);
	CHECK(!parse(&o, "--ccache a") && !strcmp(o.ticket_name, "FILE:/tmp/mine"));
	CHECK(!parse(&o, "--ccache=KCM: a") && !strcmp(o.ticket_name, "KCM:"));
	CHECK(!parse(&o, "--keytab a") && !*o.ticket_name);
	setenv("KRB5CCNAME", "", 1);
	CHECK(!parse(&o, "--ccache a") && !*o.ticket_name);
	unsetenv("KRB5CCNAME");
}

void test_options(void)
{
	test_ticket_lines();
	test_ticket_names();
	test_ticket_environment();
	test_hosts();
	test_users();
	test_pins();
	test_lines();
	test_commands();
}
