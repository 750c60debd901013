// SPDX-License-Identifier: GPL-2.0-only
/* credsspctl: CredSSP from the command line. */
#include <stdio.h>
#include <string.h>

#include "base/child.h"
#include "base/outcome.h"
#include "commands.h"
#include "text.h"

/* What commands that log on have in common */
#define CREDENTIALS \
	"Credentials:\n" \
	"  --user [DOMAIN\\]USER  or USER@REALM; your own name if left out\n" \
	"  --key SERIAL          credentials in a logon key of the kernel's keyrings\n" \
	"  --saved               credentials saved for the target (credsspctl cred)\n" \
	"  --password-fd N       read the password from descriptor N, up to a newline\n" \
	"  --password-file FILE  or from the first line of FILE\n" \
	"                        (neither: the terminal is asked)\n" \
	"  --ccache[=NAME]       Kerberos tickets of a credential cache, by default your own\n" \
	"  --keytab[=FILE]       Kerberos tickets by the key of a keytab\n" \
	"  --pkinit IDENTITY     Kerberos tickets by a certificate: FILE:CERT,KEY, PKCS12:FILE\n" \
	"                        or PKCS11:MODULE:token=LABEL; the password is its PIN\n" \
	"  --realm REALM         Kerberos realm of the user\n" \
	"  --u2u                 user-to-user tickets\n"

#define EXCHANGE \
	"  --mech negotiate|kerberos|ntlm   Kerberos and, if that is not possible, NTLM\n" \
	"                        (default), or one of them alone\n" \
	"  --min-version N       lowest CredSSP version accepted (default: policy)\n" \
	"  --max-version N       highest CredSSP version used (default 6)\n" \
	"  --no-delegate         do not give the credentials to the server\n" \
	"  --mutual              go on only if Kerberos or the certificate proves the server\n" \
	"  --pin SHA256          a certificate with this fingerprint proves it; implies\n" \
	"                        --mutual; may be given several times\n" \
	"  --cert NAME           client certificate, for a server that asks for one\n" \
	"  --timeout SECONDS     for connecting and the exchange (default 30)\n"

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
		"accept", command_accept, "take logons as a server and print a verdict on each",
		"Usage: credsspctl accept --listen [ADDRESS]:PORT [OPTION]...\n"
		"       credsspctl accept --listen [ADDRESS]:PORT [OPTION]... --exec COMMAND...\n"
		"\n"
		"Connections:\n"
		"  --listen [ADDRESS]:PORT  where to listen; an IPv6 address in brackets, no address\n"
		"                        for all of them, port 0 for a free one\n"
		"  --carrier rdp|raw|http   RDP's connection request first (default), TLS at\n"
		"                        once, or HTTP as WinRM has it\n"
		"  --no-hybrid-ex        RDP: select HYBRID, not HYBRID_EX\n"
		"  --count N             end after N connections\n"
		"  --timeout SECONDS     until a client is authenticated (default 15)\n"
		"Server:\n"
		"  --cert NAME           server certificate that credsspd has (default: by the name\n"
		"                        that the client asks for, or else \"default\")\n"
		"  --domain NAME         that NTLM announces (default: the machine's name)\n"
		"  --keytab FILE         Kerberos key (default: your default keytab)\n"
		"  --mech negotiate|kerberos|ntlm   default negotiate\n"
		"  --min-version N       lowest CredSSP version accepted (default: policy)\n"
		"  --max-version N       highest CredSSP version used (default 6)\n"
		"  --restricted-admin    take clients that delegate nothing\n"
		"  --remote-guard        take Remote Guard credentials\n"
		"Authenticated connections:\n"
		"  --deliver KEYRING[:cifs[:NAME]]   put a delegated password as a key into the\n"
		"                        keyring user, session or SERIAL; for cifs.ko\n"
		"  --lifetime SECONDS    of that key (default 28800)\n"
		"  --exec COMMAND...     run it with the plaintext on its standard input and output;\n"
		"                        with --carrier http, for each command of WinRM, which is its\n"
		"                        last argument: --exec sh -c\n"
		"  --json                print JSON, one object a line\n"
		"\n"
		"Accepting needs CAP_NET_ADMIN.\n"
		"\n"
		"Exit status: 0 all were authenticated, else as credsspctl auth, of the last one that\n"
		"was not.\n",
	},
	{
		"account", command_account, "keep the accounts that clients log on to by NTLM",
		"Usage: credsspctl account add [OPTION]... USER\n"
		"       credsspctl account remove|disable|enable [OPTION]... USER\n"
		"       credsspctl account list [--accounts FILE] [--json]\n"
		"\n"
		"  --domain DOMAIN       of the account (default: none, this machine's);\n"
		"                        USER may also be DOMAIN\\USER\n"
		"  --accounts FILE       file of accounts (default /etc/credssp/accounts)\n"
		"  --password-fd N       read the password from descriptor N, up to a newline\n"
		"  --password-file FILE  or from the first line of FILE\n"
		"                        (neither: the terminal is asked, twice)\n"
		"  --replace             add: an account that exists gets the new password\n"
		"\n"
		"credsspd needs no signal: it finds the change at the next logon.\n"
		"\n"
		"Exit status: 0 done, 1 usage or password, 7 no such account, or the file.\n",
	},
	{
		"auth", command_auth, "authenticate to a server and print the result",
		"Usage: credsspctl auth [OPTION]... HOST[:PORT]\n"
		"\n"
		CREDENTIALS
		"Server:\n"
		"  --target SPN          default TERMSRV/HOST; HTTP/HOST with --carrier http\n"
		"  --carrier rdp|raw|http   RDP's connection request first (default, port 3389),\n"
		"                        TLS at once, or HTTP as WinRM has it (port 5985)\n"
		"  --path PATH           path of the HTTP service (default /wsman)\n"
		"Exchange:\n"
		"  --transport socket|token   the kernel sends and receives (default), or this\n"
		"                        program does, by SSPI's tokens\n"
		EXCHANGE
		"  --json                print JSON\n"
		"  --explain             print what was done, and what to do about a failure\n"
		"\n"
		"Exit status: 0 authenticated, 1 usage or no tickets, 2 logon denied, 3 policy or server not\n"
		"proven, 4 the peer broke the protocol, 5 connection, 6 no module or helper,\n"
		"7 anything else.\n",
	},
	{
		"cert", command_cert, "make a certificate for a server",
		"Usage: credsspctl cert new [OPTION]... [NAME]\n"
		"\n"
		"A new key and a certificate that it signs itself, where credsspd(8) looks for the\n"
		"certificates of a user. The one with the NAME \"default\", which is made if none is\n"
		"given, is for clients whose server name no other certificate has.\n"
		"\n"
		"  --host HOST           name, *.DOMAIN or address in it; may be given several times\n"
		"                        (default: the name of this machine)\n"
		"  --rsa                 an RSA key of 2048 bits, for old clients (default: EC P-256)\n"
		"  --days N              validity (default: 730)\n"
		"  --user USER           name or number of the user whose it is (default: your own)\n"
		"  --cert-dir DIRECTORY  as of credsspd (default: /etc/credssp/certs)\n"
		"  --replace             replace a certificate of that name\n"
		"\n"
		"Its fingerprint, on standard error, is what clients pin.\n"
		"\n"
		"Exit status: 0 done, 1 usage, 7 the file cannot be written, or anything else.\n",
	},
	{
		"connect", command_connect, "log on, and relay the stream to a program or pipe",
		"Usage: credsspctl connect [OPTION]... HOST[:PORT]\n"
		"       credsspctl connect [OPTION]... HOST[:PORT] --exec COMMAND...\n"
		"\n"
		"After the logon, standard input goes to the server, and what it sends to standard\n"
		"output. A COMMAND gets the stream as descriptor 3 instead (CREDSSP_FD).\n"
		"\n"
		CREDENTIALS
		"Server:\n"
		"  --target SPN          default TERMSRV/HOST\n"
		"  --carrier rdp|raw     RDP's connection request first (default, port 3389), or\n"
		"                        TLS at once\n"
		"Exchange:\n"
		EXCHANGE
		"  --explain             print on standard error what was done\n"
		"Stream:\n"
		"  --ktls                descriptor 3 is the kTLS socket itself, and COMMAND takes\n"
		"                        the place of credsspctl; see credsspctl-connect(1)\n"
		"  --exec COMMAND...     the last option: what follows is the command\n"
		"\n"
		"Exit status: that of COMMAND, 126 or 127 if it cannot be run; without it 0, or 5 if\n"
		"the connection broke; 128 and the number of a signal; if the logon fails, as\n"
		"credsspctl auth.\n",
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
		"doctor", command_doctor, "say at which step a logon fails, and what to do",
		"Usage: credsspctl doctor [OPTION]... HOST[:PORT]\n"
		"\n"
		CREDENTIALS
		"Server:\n"
		"  --target SPN          default TERMSRV/HOST; HTTP/HOST with --carrier http\n"
		"  --carrier rdp|raw|http   as of credsspctl auth\n"
		"  --path PATH           path of the HTTP service (default /wsman)\n"
		"Exchange:\n"
		EXCHANGE
		"  --json                print JSON\n"
		"\n"
		"Exit status: 0 the logon works, 1 usage, or the step that fails: 11 module, 12 device,\n"
		"13 helper, 14 credentials, 15 DNS, 16 port, 17 protocol before TLS, 18 TLS,\n"
		"19 certificate, 20 Kerberos ticket, 21 version of CredSSP, 22 mechanism, 23 logon,\n"
		"24 delegation.\n",
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
	{
		"winrm", command_winrm, "run a command on a server by WinRM",
		"Usage: credsspctl winrm [OPTION]... HOST[:PORT] -- COMMAND...\n"
		"\n"
		"The words of COMMAND become one command line, with blanks between them. Its output\n"
		"and errors go to standard output and standard error.\n"
		"\n"
		CREDENTIALS
		"Server:\n"
		"  --target SPN          default HTTP/HOST\n"
		"  --path PATH           path of the HTTP service (default /wsman)\n"
		"Exchange:\n"
		EXCHANGE
		"  --explain             print on standard error what was done\n"
		"Command:\n"
		"  --stdin               standard input goes to the command\n"
		"  --run-time SECONDS    end the command after this time (default 3600)\n"
		"\n"
		"Exit status: that of the command (of a number above 255, its last eight bits, or 255\n"
		"if these are 0); if the logon or WinRM fails, as credsspctl auth, after a line on\n"
		"standard error that begins with \"credsspctl winrm:\" or \"Not authenticated\".\n",
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
	if (child_keep_standard()) {
		perror("credsspctl: /dev/null");
		return EXIT_CODE_OTHER;
	}
	return command->run(argc - 1, argv + 1);
}
