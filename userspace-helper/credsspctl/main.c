// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl: CredSSP from the command line. */
#include <stdio.h>
#include <string.h>

#include "commands.h"
#include "outcome.h"
#include "text.h"

/**
 * struct command - a subcommand
 * @name: what it is called by
 * @run: carries it out; argv[0] is the name
 * @brief: what it does, in one line
 * @help: how it is used
 */
static const struct command {
	const char *name;
	int (*run)(int argc, char **argv);
	const char *brief;
	const char *help;
} commands[] = {
	{
		"auth", command_auth, "authenticate to a server and print the result",
		"Usage: credsspctl auth [OPTION]... HOST[:PORT]\n"
		"\n"
		"Credentials:\n"
		"  --user [DOMAIN\\]USER  or USER@REALM; your own name if left out\n"
		"  --key SERIAL          credentials in a logon key of the kernel's keyrings\n"
		"  --saved               credentials saved for the target (credsspctl cred)\n"
		"  --password-fd N       read the password from descriptor N, up to a newline\n"
		"  --password-file FILE  or from the first line of FILE\n"
		"                        (neither: the terminal is asked)\n"
		"  --ccache[=NAME]       Kerberos tickets of a credential cache, by default your own\n"
		"  --keytab[=FILE]       Kerberos tickets by the key of a keytab\n"
		"  --pkinit IDENTITY     Kerberos tickets by a certificate: FILE:CERT,KEY or PKCS12:FILE\n"
		"                        or PKCS11:MODULE:token=LABEL; the password is its PIN\n"
		"  --realm REALM         Kerberos realm of the user\n"
		"  --u2u                 user-to-user tickets\n"
		"Server:\n"
		"  --target SPN          default TERMSRV/HOST; HTTP/HOST with --carrier http\n"
		"  --carrier rdp|raw|http   RDP's connection request first (default, port 3389),\n"
		"                        TLS at once, or HTTP as WinRM has it (port 5985)\n"
		"  --path PATH           path of the HTTP service (default /wsman)\n"
		"Exchange:\n"
		"  --transport socket|token   the kernel sends and receives (default), or this\n"
		"                        program does, by SSPI's tokens\n"
		"  --mech negotiate|kerberos|ntlm   Kerberos and, if that is not possible, NTLM\n"
		"                        (default), or one of them alone\n"
		"  --min-version N       lowest CredSSP version accepted (default: policy)\n"
		"  --max-version N       highest CredSSP version used (default 6)\n"
		"  --no-delegate         do not give the credentials to the server\n"
		"  --mutual              go on only if Kerberos or the certificate proves the server\n"
		"  --pin SHA256          a certificate with this fingerprint proves it; implies\n"
		"                        --mutual; may be given several times\n"
		"  --cert NAME           client certificate, for a server that asks for one\n"
		"  --timeout SECONDS     for connecting and the exchange (default 30)\n"
		"  --json                print JSON\n"
		"  --explain             print what was done, and what to do about a failure\n"
		"\n"
		"Exit status: 0 authenticated, 1 usage or no tickets, 2 logon denied, 3 policy or server not\n"
		"proven, 4 the peer broke the protocol, 5 connection, 6 no module or helper,\n"
		"7 anything else.\n",
	},
	{
		"cred", command_cred, "save, list and remove credentials in the kernel's keyrings",
		"Usage: credsspctl cred add [OPTION]... TARGET\n"
		"       credsspctl cred bridge [OPTION]... HOST\n"
		"       credsspctl cred bridge --domain [OPTION]... DOMAIN\n"
		"       credsspctl cred list [--json]\n"
		"       credsspctl cred remove TARGET\n"
		"\n"
		"TARGET is an SPN such as TERMSRV/HOST, or a domain, for any host. bridge keeps\n"
		"a password where cifs.ko's multiuser mounts look for it: under the addresses of\n"
		"HOST, or under DOMAIN. What list shows of it is the TARGET to remove.\n"
		"\n"
		"  --user [DOMAIN\\]USER  your own name if left out\n"
		"  --password-fd N       read the password from descriptor N, up to a newline\n"
		"  --password-file FILE  or from the first line of FILE\n"
		"                        (neither: the terminal is asked)\n"
		"  --keyring user|session   keyring for the key (default: user)\n"
		"  --timeout SECONDS     when the key expires (default: never; bridge: 28800)\n"
		"  --also TARGET         bridge: save the same password for TARGET as well\n"
		"\n"
		"Exit status: 0 done, 1 usage or password, 7 no such key or a keyring's error.\n",
	},
	{
		"policy", command_policy, "show, check and set the delegation policy",
		"Usage: credsspctl policy show [--initial] [--json]\n"
		"       credsspctl policy check [--json] SPN\n"
		"       credsspctl policy load [--if-present] [FILE]\n"
		"       credsspctl policy reset\n"
		"\n"
		"load takes /etc/credssp/policy.conf, see credssp-policy.conf(5); it and reset\n"
		"need CAP_SYS_ADMIN, or CAP_NET_ADMIN in a network namespace of its own.\n"
		"\n"
		"Exit status: 0 done, 1 usage or a file that is wrong, 3 check: nothing is allowed,\n"
		"6 no module, 7 anything else.\n",
	},
	{
		"status", command_status, "show the module, its helper and counts",
		"Usage: credsspctl status [--json]\n"
		"\n"
		"Exit status: 0 ready, 1 usage, 6 no module or no helper.\n",
	},
};

static const struct command *find(const char *name)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i].name, name))
			return &commands[i];
	return NULL;
}

static void usage(FILE *f)
{
	size_t i;

	fputs("Usage: credsspctl COMMAND [ARGUMENT]...\n\n", f);
	for (i = 0; i < ARRAY_SIZE(commands); i++)
		fprintf(f, "  %-8s %s\n", commands[i].name, commands[i].brief);
	fputs("  help     tell how a command is used\n\n"
	      "credsspctl --version; see credsspctl(1) for everything.\n", f);
}

static int unknown(const char *name)
{
	fputs("credsspctl: no command ", stderr);
	text_print(stderr, name);
	fputs("; try credsspctl --help\n", stderr);
	return EXIT_CODE_USAGE;
}

static int help(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		usage(stdout);
		return 0;
	}
	command = find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	fputs(command->help, stdout);
	return 0;
}

static bool is_help(const char *arg)
{
	return !strcmp(arg, "--help") || !strcmp(arg, "-h");
}

int main(int argc, char **argv)
{
	const struct command *command;

	if (argc < 2) {
		usage(stderr);
		return EXIT_CODE_USAGE;
	}
	if (!strcmp(argv[1], "help") || is_help(argv[1]))
		return help(argc - 1, argv + 1);
	if (!strcmp(argv[1], "--version")) {
		puts("credsspctl " VERSION);
		return 0;
	}
	command = find(argv[1]);
	if (!command)
		return unknown(argv[1]);
	if (argc == 3 && is_help(argv[2])) {
		fputs(command->help, stdout);
		return 0;
	}
	return command->run(argc - 1, argv + 1);
}
