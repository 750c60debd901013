/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Verdicts and their lines in the log, Documentation/acceptor-verdict.rst.  The module and
 * credsspctl print the same lines; <linux/credssp.h> comes first.
 */
#ifndef KUNIT_VECTORS_VERDICT_H
#define KUNIT_VECTORS_VERDICT_H

#define VERDICT_A16	"aaaaaaaaaaaaaaaa"
#define VERDICT_A64	VERDICT_A16 VERDICT_A16 VERDICT_A16 VERDICT_A16
#define VERDICT_A127	VERDICT_A64 VERDICT_A16 VERDICT_A16 VERDICT_A16 "aaaaaaaaaaaaaaa"

#define VERDICT_IP4	.family = 2, .port = 50123, .address = { 192, 0, 2, 1 }

/* A logon by NTLM that is refused, and the line up to the account */
#define VERDICT_REFUSED							\
	.time = 134404452001250000LL, .status = SEC_E_LOGON_DENIED,	\
	.ntstatus = 0xc000006d, .leg = CREDSSP_LEG_NEGO,		\
	.reason = CREDSSP_REASON_LOGON, .version = 6,			\
	.mech = CREDSSP_PACKAGE_NTLM
#define VERDICT_REFUSED_FACTS						\
	" status SEC_E_LOGON_DENIED reason logon leg nego mech ntlm version 6 " \
	"ntstatus 0xc000006d delegated none account "
#define VERDICT_REFUSED_LINE	"accept from 192.0.2.1 port 50123" VERDICT_REFUSED_FACTS

static const struct verdict_vector {
	struct credssp_verdict v;
	const char *account, *user, *workstation;
	const char *line;
} verdict_vectors[] = {
	{ { VERDICT_IP4, VERDICT_REFUSED }, "DOM\\alice", "", "PC",
	  VERDICT_REFUSED_LINE "\"DOM\\\\alice\" user \"\" workstation \"PC\"" },
	/* successes */
	{ { VERDICT_IP4, .status = SEC_E_OK, .leg = CREDSSP_LEG_ESTABLISHED, .version = 6,
	    .mech = CREDSSP_PACKAGE_NTLM, .delegated = CREDSSP_DELEGATED_PASSWORD },
	  "DOM\\alice", "DOM\\alice", "PC",
	  "accept from 192.0.2.1 port 50123 status SEC_E_OK reason none leg established "
	  "mech ntlm version 6 ntstatus 0x00000000 delegated password "
	  "account \"DOM\\\\alice\" user \"DOM\\\\alice\" workstation \"PC\"" },
	{ { .family = 10, .port = 3389, .address = { 0x20, 0x01, 0x0d, 0xb8, [15] = 1 },
	    .status = SEC_E_OK, .leg = CREDSSP_LEG_ESTABLISHED, .version = 5,
	    .mech = CREDSSP_PACKAGE_KERBEROS, .delegated = CREDSSP_DELEGATED_REMOTE_GUARD },
	  "alice@EXAMPLE.COM", "alice@EXAMPLE.COM", "",
	  "accept from 2001:db8::1 port 3389 status SEC_E_OK reason none leg established "
	  "mech kerberos version 5 ntstatus 0x00000000 delegated remote-guard "
	  "account \"alice@EXAMPLE.COM\" user \"alice@EXAMPLE.COM\" workstation \"\"" },
	/* nothing is known yet */
	{ { .status = SEC_E_NO_AUTHENTICATING_AUTHORITY, .leg = CREDSSP_LEG_TLS,
	    .reason = CREDSSP_REASON_TIMEOUT }, "", "", "",
	  "accept from - port 0 status SEC_E_NO_AUTHENTICATING_AUTHORITY reason timeout leg tls "
	  "mech - version 0 ntstatus 0x00000000 delegated none "
	  "account \"\" user \"\" workstation \"\"" },
	/* addresses: of a link, with a scope; an IPv4 one in an IPv6 one */
	{ { .family = 10, .port = 1, .scope = 2, .address = { 0xfe, 0x80, [15] = 1 },
	    VERDICT_REFUSED }, "bob", "", "",
	  "accept from fe80::1 port 1 scope 2" VERDICT_REFUSED_FACTS
	  "\"bob\" user \"\" workstation \"\"" },
	{ { .family = 10, .port = 65535,
	    .address = { [10] = 0xff, 0xff, 198, 51, 100, 7 }, VERDICT_REFUSED }, "bob", "", "",
	  "accept from 198.51.100.7 port 65535" VERDICT_REFUSED_FACTS
	  "\"bob\" user \"\" workstation \"\"" },
	/* numbers that have no name */
	{ { VERDICT_IP4, .status = 1, .leg = 99, .reason = 9999, .mech = 99, .delegated = 99,
	    .version = 0xffffffff, .ntstatus = 0xffffffff }, "", "", "",
	  "accept from 192.0.2.1 port 50123 status unknown reason unknown leg unknown mech - "
	  "version 4294967295 ntstatus 0xffffffff delegated unknown "
	  "account \"\" user \"\" workstation \"\"" },
	/* names that want to look like something else */
	{ { VERDICT_IP4, VERDICT_REFUSED }, "x\" user \"root\" workstation \"", "", "",
	  VERDICT_REFUSED_LINE "\"x\\x22 user \\x22root\\x22 workstation \\x22\" "
	  "user \"\" workstation \"\"" },
	{ { VERDICT_IP4, VERDICT_REFUSED },
	  "x\ncredssp: accept from 10.0.0.1 port 1 status SEC_E_LOGON_DENIED reason logon ",
	  "", "\r\n<1>kernel: y\x7f",
	  VERDICT_REFUSED_LINE "\"x\\x0acredssp: accept from 10.0.0.1 port 1 status "
	  "SEC_E_LOGON_DENIED reason logon \" user \"\" workstation "
	  "\"\\x0d\\x0a<1>kernel: y\\x7f\"" },
	{ { VERDICT_IP4, VERDICT_REFUSED },
	  " accept from 10.0.0.1 port 1 status SEC_E_LOGON_DENIED reason logon leg nego", "",
	  "from 10.0.0.1",
	  VERDICT_REFUSED_LINE "\" accept from 10.0.0.1 port 1 status SEC_E_LOGON_DENIED "
	  "reason logon leg nego\" user \"\" workstation \"from 10.0.0.1\"" },
	/* UTF-8, a directional control, a terminal's escape, an escape of this format, no UTF-8 */
	{ { VERDICT_IP4, VERDICT_REFUSED }, "M\303\274ller\342\200\256gpj", "",
	  "\033[2J\\x22\377",
	  VERDICT_REFUSED_LINE "\"M\\xc3\\xbcller\\xe2\\x80\\xaegpj\" user \"\" "
	  "workstation \"\\x1b[2J\\\\x22\\xff\"" },
	/* the longest name; one byte too much; an escape that does not fit in whole */
	{ { VERDICT_IP4, VERDICT_REFUSED }, VERDICT_A127 "b", VERDICT_A127 "bb",
	  VERDICT_A127 "\"",
	  VERDICT_REFUSED_LINE "\"" VERDICT_A127 "b\" user \"" VERDICT_A127 "b\"... "
	  "workstation \"" VERDICT_A127 "\"..." },
	/* the longest line */
	{ { .family = 10, .port = 65535, .scope = 0xffffffff,
	    .address = { 0x20, 0x01, 0x0d, 0xb8, 0x11, 0x11, 0x22, 0x22, 0x33, 0x33, 0x44, 0x44,
			 0x55, 0x55, 0x66, 0x66 },
	    .status = SEC_E_NO_AUTHENTICATING_AUTHORITY, .leg = CREDSSP_LEG_ESTABLISHED,
	    .reason = CREDSSP_REASON_CLOSED_AFTER_AUTH, .mech = CREDSSP_PACKAGE_KERBEROS,
	    .version = 0xffffffff, .ntstatus = 0xffffffff,
	    .delegated = CREDSSP_DELEGATED_REMOTE_GUARD },
	  VERDICT_A127 "bb", VERDICT_A127 "bb", VERDICT_A127 "bb",
	  "accept from 2001:db8:1111:2222:3333:4444:5555:6666 port 65535 scope 4294967295 "
	  "status SEC_E_NO_AUTHENTICATING_AUTHORITY reason closed-after-auth leg established "
	  "mech kerberos version 4294967295 ntstatus 0xffffffff delegated remote-guard "
	  "account \"" VERDICT_A127 "b\"... user \"" VERDICT_A127 "b\"... "
	  "workstation \"" VERDICT_A127 "b\"..." },
};

/* JSON of the first vector, of that of which nothing is known, and of hostile names */
#define VERDICT_JSON_REFUSED \
	"{\"time\": \"2026-11-29T17:00:00.125Z\", \"status\": \"SEC_E_LOGON_DENIED\", " \
	"\"status_code\": \"0x8009030C\", \"reason\": \"logon\", \"leg\": \"nego\", " \
	"\"ntstatus\": \"STATUS_LOGON_FAILURE\", \"ntstatus_code\": \"0xC000006D\", " \
	"\"version\": 6, \"mech\": \"ntlm\", " \
	"\"peer\": {\"address\": \"192.0.2.1\", \"port\": 50123, \"scope\": null}, " \
	"\"account\": \"DOM\\\\alice\", \"user\": null, \"workstation\": \"PC\", " \
	"\"delegated\": \"none\"}\n"
#define VERDICT_JSON_UNKNOWN \
	"{\"time\": null, \"status\": \"SEC_E_NO_AUTHENTICATING_AUTHORITY\", " \
	"\"status_code\": \"0x80090311\", \"reason\": \"timeout\", \"leg\": \"tls\", " \
	"\"ntstatus\": null, \"ntstatus_code\": null, \"version\": null, " \
	"\"mech\": null, \"peer\": null, \"account\": null, \"user\": null, " \
	"\"workstation\": null, \"delegated\": \"none\"}\n"
#define VERDICT_JSON_HOSTILE \
	"{\"time\": \"2026-11-29T17:00:00.125Z\", \"status\": \"SEC_E_LOGON_DENIED\", " \
	"\"status_code\": \"0x8009030C\", \"reason\": \"logon\", \"leg\": \"nego\", " \
	"\"ntstatus\": \"STATUS_LOGON_FAILURE\", \"ntstatus_code\": \"0xC000006D\", " \
	"\"version\": 6, \"mech\": \"ntlm\", " \
	"\"peer\": {\"address\": \"192.0.2.1\", \"port\": 50123, \"scope\": 3}, " \
	"\"account\": \"a\\\"\\u000a\\\\\\u202e\", \"user\": null, " \
	"\"workstation\": \"\\ufffd\", \"delegated\": \"none\"}\n"

#endif
