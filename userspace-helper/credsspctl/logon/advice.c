// SPDX-License-Identifier: GPL-2.0-only
#include "advice.h"
#include "base/outcome.h"
#include "text.h"

/* MS-ERREF 2.3.1 */
#define STATUS_ACCESS_DENIED		0xc0000022
#define STATUS_NO_LOGON_SERVERS		0xc000005e
#define STATUS_ACCOUNT_RESTRICTION	0xc000006e
#define STATUS_PASSWORD_EXPIRED		0xc0000071
#define STATUS_ACCOUNT_DISABLED		0xc0000072
#define STATUS_NOT_SUPPORTED		0xc00000bb
#define STATUS_TIME_DIFFERENCE_AT_DC	0xc0000133
#define STATUS_LOGON_TYPE_NOT_GRANTED	0xc000015b
#define STATUS_ACCOUNT_EXPIRED		0xc0000193
#define STATUS_PASSWORD_MUST_CHANGE	0xc0000224
#define STATUS_ACCOUNT_LOCKED_OUT	0xc0000234
#define STATUS_NTLM_BLOCKED		0xc0000418

#define ASK_SERVER	"Ask the server's administrator: its log may say why."
#define REPORT_BUG	"Look at the kernel's log, and report this if it happens again."

static const struct {
	uint32_t reason;
	const char *text;
} rows[] = {
	{ CREDSSP_REASON_PARAMETER,
	  "Check the options: the module refused one of the arguments." },
	{ CREDSSP_REASON_NO_MEMORY, "Free some memory and try again." },
	{ CREDSSP_REASON_NO_HELPER, "Start the helper: systemctl start credsspd." },
	{ CREDSSP_REASON_HELPER_DIED, "Look at its log: journalctl -u credsspd." },
	{ CREDSSP_REASON_HELPER_REPLY, "Look at its log: journalctl -u credsspd." },
	{ CREDSSP_REASON_TIMEOUT,
	  "Check that the server is up, or allow more time with --timeout." },
	{ CREDSSP_REASON_CANCELLED, "Try again." },
	{ CREDSSP_REASON_CONNECTION,
	  "Check the network and the port, and whether the server speaks CredSSP there." },
	{ CREDSSP_REASON_TLS_ALERT, ASK_SERVER },
	{ CREDSSP_REASON_TLS_HANDSHAKE, "Look at the helper's log: journalctl -u credsspd." },
	{ CREDSSP_REASON_TLS_RECORD,
	  "Check whether something between here and the server changes the traffic." },
	{ CREDSSP_REASON_DER, "Check that the server at this port speaks CredSSP." },
	{ CREDSSP_REASON_UNEXPECTED_FIELD, "Check that the server at this port speaks CredSSP." },
	{ CREDSSP_REASON_VERSION, "Check that the server at this port speaks CredSSP." },
	{ CREDSSP_REASON_VERSION_POLICY,
	  "Update the server, which lacks the fix for CVE-2018-0886 (\"CredSSP encryption oracle remediation\"); until then --min-version 2 accepts it if credssp-policy.conf(5) has oracle = vulnerable."
	},
	{ CREDSSP_REASON_SPNEGO,
	  "Find out which mechanisms the server takes, and try another one with --mech." },
	{ CREDSSP_REASON_MECH_TOKEN, "Try another mechanism with --mech." },
	{ CREDSSP_REASON_MECH_WEAK,
	  "Allow NTLMv2 with 128-bit keys on the server, or use Kerberos." },
	{ CREDSSP_REASON_MECH_MIC,
	  "Check the password, and whether something changes the traffic." },
	{ CREDSSP_REASON_BINDING,
	  "Do not log on: find out who answers at the server's address." },
	{ CREDSSP_REASON_ERROR_CODE,
	  "Check user, domain and password; the line above has the server's own words." },
	{ CREDSSP_REASON_CLOSED_AFTER_AUTH, "Check user, domain and password." },
	{ CREDSSP_REASON_EARLY_DENIED,
	  "Have the user added to those who may log on remotely (Remote Desktop Users)." },
	{ CREDSSP_REASON_POLICY,
	  "Add the target to the delegation policy (credssp-policy.conf(5)), or log on with --no-delegate."
	},
	{ CREDSSP_REASON_SERVER_NOT_PROVEN,
	  "Install the authority of the server's certificate, give its fingerprint with --pin, or use Kerberos."
	},
	{ CREDSSP_REASON_KEY, "Save the credentials for this target: credsspctl cred add." },
	{ CREDSSP_REASON_FIPS,
	  "Use Kerberos: FIPS mode does not allow the algorithms of NTLM." },
	{ CREDSSP_REASON_LIMIT,
	  "Look at your limits with credsspctl status, and close what is not needed." },
	{ CREDSSP_REASON_SOCKET, "Connect by plain TCP, in this network namespace." },
	{ CREDSSP_REASON_CERTIFICATE,
	  "Give the server a certificate with an RSA or ECDSA key." },
	{ CREDSSP_REASON_LOOPBACK,
	  "Bring up lo in the initial network namespace, and let its traffic through the firewall."
	},
	{ CREDSSP_REASON_NTLM_OFF,
	  "Use Kerberos, without --mech ntlm, or set ntlm = yes in credssp-policy.conf(5)." },
	{ CREDSSP_REASON_TLS_VERSION, "Allow TLS 1.2 or 1.3 on the server." },
	{ CREDSSP_REASON_TLS_ALGORITHM,
	  "Allow AES-GCM or ChaCha20-Poly1305 cipher suites on the server." },
	{ CREDSSP_REASON_TLS_MESSAGE, ASK_SERVER },
	{ CREDSSP_REASON_TLS_DECODE, ASK_SERVER },
	{ CREDSSP_REASON_TLS_PROOF,
	  "Do not log on: find out who answers at the server's address." },
	{ CREDSSP_REASON_KEY_SIZE, "Give the server a certificate with a smaller key." },
	{ CREDSSP_REASON_TLS_SIZE, "Give the server a shorter chain of certificates." },
	{ CREDSSP_REASON_CLIENT_CERT,
	  "Check the certificate and its key, see credsspd(8), or leave out --cert." },
	{ CREDSSP_REASON_SERVER_CERT,
	  "Make one with \"credsspctl cert new\", or check that of this name, see credsspd(8)." },
	{ CREDSSP_REASON_NO_TICKETS,
	  "Get tickets with kinit, and check with klist that they are in the cache that was used. Of a certificate check file and token (credsspd --verbose logs why)."
	},
	{ CREDSSP_REASON_TICKETS_EXPIRED,
	  "Get new tickets with kinit: expired ones cannot be renewed." },
	{ CREDSSP_REASON_FOREIGN,
	  "Give a password, or run a credsspd in this container: tickets are read for programs in credsspd's own namespaces only."
	},
	{ CREDSSP_REASON_NO_REALM,
	  "Name the server by its full DNS name, and the realm with --realm or default_realm in krb5.conf."
	},
	{ CREDSSP_REASON_NO_KDC,
	  "Check the KDCs in krb5.conf or the SRV records _kerberos._tcp of the realm, and that port 88 is open to them."
	},
	{ CREDSSP_REASON_CLIENT_UNKNOWN,
	  "Check user name and realm; a local account of the server works by NTLM only." },
	{ CREDSSP_REASON_TARGET_UNKNOWN,
	  "Use the name under which the server is registered (setspn -L lists it), not an address or alias, or set it with --target."
	},
	{ CREDSSP_REASON_PASSWORD,
	  "Check the password or PIN and the user's realm, or make a new keytab." },
	{ CREDSSP_REASON_PASSWORD_EXPIRED,
	  "Change the password with kpasswd, or at the console: an expired one gets nobody through Network Level Authentication."
	},
	{ CREDSSP_REASON_ACCOUNT, "Ask the domain's administrator to unlock the account." },
	{ CREDSSP_REASON_SKEW,
	  "Set the clocks: by default they may differ by five minutes (timedatectl shows this one)."
	},
	{ CREDSSP_REASON_ENCTYPE,
	  "Give the account and the service keys for AES (msDS-SupportedEncryptionTypes): RC4 and DES are not used."
	},
	{ CREDSSP_REASON_USER_TO_USER, "Ask for user-to-user tickets: --u2u." },
	{ CREDSSP_REASON_KRB_ERROR,
	  "Look up the KRB-ERROR above in the logs of the KDC and of the server." },
	{ CREDSSP_REASON_KDC_ANSWER,
	  "Find out who answers at the addresses of the KDCs: it does not have the realm's keys." },
	{ CREDSSP_REASON_NO_KERBEROS, "Install a credsspd that was built with Kerberos." },
	{ CREDSSP_REASON_NOT_CHOSEN,
	  "Allow Kerberos on the server, and give it the key of the service (keytab)." },
	{ CREDSSP_REASON_CERT_EXPIRED,
	  "Get a new certificate, and check this machine's clock (timedatectl)." },
	{ CREDSSP_REASON_CERT_UNTRUSTED,
	  "Put the certificate's authority into pkinit_anchors in krb5.conf, and have the KDC trust it; or get another certificate."
	},

	{ CTL_REASON_RESOLVE, "Check the host's name, and DNS." },
	{ CTL_REASON_CONNECT, "Check that the server is up, the port, and firewalls." },
	{ CTL_REASON_X224_CLOSED, "Check that RDP is enabled at this port." },
	{ CTL_REASON_X224_MALFORMED, "Check the port: what answers there is not RDP." },
	{ CTL_REASON_X224_REFUSED, "Allow Network Level Authentication on the server." },
	{ CTL_REASON_X224_DOWNGRADE, "Allow Network Level Authentication on the server." },
	{ CTL_REASON_X224_NOT_OFFERED, "Allow Network Level Authentication on the server." },
	{ CTL_REASON_NO_MODULE, "Load the module: modprobe credssp." },
	{ CTL_REASON_NO_DEVICE,
	  "Make the device visible here: in a container, pass /dev/credssp on to it; else see that udev or devtmpfs is at work."
	},
	{ CTL_REASON_NO_PERMISSION, "Check the mode of /dev/credssp, which is 0666." },
	{ CTL_REASON_PASSWORD,
	  "Give the password on the terminal, or by --password-fd or --password-file." },
	{ CTL_REASON_HTTP_CLOSED, "Try again, and without a proxy." },
	{ CTL_REASON_HTTP_MALFORMED, "Check the port: what answers there is not HTTP." },
	{ CTL_REASON_HTTP_NOT_OFFERED,
	  "Enable CredSSP on the server: Enable-WSManCredSSP -Role Server." },
	{ CTL_REASON_HTTP_NO_TOKEN, ASK_SERVER },
	{ CTL_REASON_HTTP_DENIED, "Check user, domain and password." },
	{ CTL_REASON_HTTP_STATUS, "Check the service's path with --path." },
	{ CTL_REASON_HTTP_PREMATURE,
	  "Do not log on: find out who answers at the server's address." },
	{ CTL_REASON_HTTP_MESSAGE,
	  "Do not trust the answer: find out who answers at the server's address." },
};

const char *advice_for(uint32_t reason)
{
	size_t i;

	if (reason == CREDSSP_REASON_NONE)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].reason == reason)
			return rows[i].text;
	return REPORT_BUG;
}

/* What servers say about accounts and NTLM */
static const struct {
	uint32_t ntstatus;
	const char *text;
} ntstatuses[] = {
	{ STATUS_PASSWORD_EXPIRED,
	  "Change the password at the console or with kpasswd: an expired one gets nobody through Network Level Authentication."
	},
	{ STATUS_PASSWORD_MUST_CHANGE,
	  "Change the password at the console or with kpasswd, or have \"must change password at next logon\" taken off: such a password gets nobody through Network Level Authentication."
	},
	{ STATUS_TIME_DIFFERENCE_AT_DC,
	  "Set the clocks of server, domain controller and this machine: by default they may differ by five minutes (timedatectl shows this one)."
	},
	{ STATUS_NTLM_BLOCKED,
	  "Use Kerberos, by the full DNS name for which the server has an SPN: this server or its domain blocks NTLM (\"Restrict NTLM\")."
	},
	{ STATUS_ACCOUNT_RESTRICTION,
	  "If the user is one of the Protected Users, use Kerberos (--mech kerberos, the server's full DNS name): they cannot log on by NTLM. Else look for an empty password."
	},
	{ STATUS_LOGON_TYPE_NOT_GRANTED,
	  "Have the user added to those who may log on remotely (Remote Desktop Users)." },
	{ STATUS_ACCOUNT_DISABLED, "Have the account enabled." },
	{ STATUS_ACCOUNT_EXPIRED, "Have the account's expiry extended." },
	{ STATUS_ACCOUNT_LOCKED_OUT,
	  "Wait, or have the account unlocked; then use the right password."
	},
	{ STATUS_NOT_SUPPORTED,
	  "Update the server, or look whether it requires CredSSP versions or NTLM settings that differ from this machine's."
	},
	{ STATUS_NO_LOGON_SERVERS,
	  "Look at the server's way to its domain controllers; a local account (--user '.\\NAME') needs none."
	},
};

/* RFC 4120 7.5.9: the server's clock is behind the KDC's. */
#define KRB_AP_ERR_TKT_NYV	33

/* With --no-delegate the server gets no credentials: Restricted Admin, as RDP calls it. */
#define RESTRICTED_ADMIN						\
	"Log on without --no-delegate, or allow Restricted Admin mode on the server (DisableRestrictedAdmin = 0) for a user who is one of its administrators."

static bool is_self_signed(const struct outcome *o)
{
	return o->report.trust & CREDSSP_TRUST_UNTRUSTED_ROOT;
}

/* The first row that fits decides. */
static const struct {
	uint32_t bits;
	const char *text;
} trusts[] = {
	{ CREDSSP_TRUST_REVOKED, "Do not log on: the certificate was revoked." },
	{ CREDSSP_TRUST_EXPIRED | CREDSSP_TRUST_NOT_YET_VALID,
	  "Give the server a new certificate, and check this machine's clock (timedatectl)." },
	{ CREDSSP_TRUST_WRONG_NAME,
	  "Use a name that is in the certificate, or set it with --target." },
	{ CREDSSP_TRUST_UNTRUSTED_ROOT,
	  "It is self-signed, as the ones that Windows makes, or its authority is not known here: compare the fingerprint with the server's and give it with --pin, or install the authority."
	},
};

const char *advice_for_trust(uint32_t trust)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(trusts); i++)
		if (trusts[i].bits & trust)
			return trusts[i].text;
	return trust ? "Give the server a certificate that this machine can check." : NULL;
}

static const char *for_ntstatus(const struct options *opt, const struct outcome *o)
{
	uint32_t ntstatus = o->report.ntstatus;
	size_t i;

	if (opt->no_delegate && (ntstatus == STATUS_ACCOUNT_RESTRICTION ||
				 ntstatus == STATUS_LOGON_TYPE_NOT_GRANTED ||
				 ntstatus == STATUS_ACCESS_DENIED))
		return RESTRICTED_ADMIN;
	for (i = 0; i < ARRAY_SIZE(ntstatuses); i++)
		if (ntstatuses[i].ntstatus == ntstatus)
			return ntstatuses[i].text;
	return NULL;
}

static bool is_denied_late(const struct outcome *o)
{
	static const uint32_t reasons[] = {
		CREDSSP_REASON_EARLY_DENIED, CREDSSP_REASON_ERROR_CODE,
		CREDSSP_REASON_CLOSED_AFTER_AUTH, CREDSSP_REASON_TLS_ALERT,
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(reasons); i++)
		if (reasons[i] == o->reason)
			return o->report.leg >= CREDSSP_LEG_CREDS;
	return false;
}

const char *advice_for_outcome(const struct options *opt, const struct outcome *o)
{
	const char *text = o->report.facts & CREDSSP_FACT_NTSTATUS ? for_ntstatus(opt, o) : NULL;

	if (text)
		return text;
	if (opt->no_delegate && is_denied_late(o))
		return RESTRICTED_ADMIN;
	if (o->reason == CREDSSP_REASON_SERVER_NOT_PROVEN) {
		/* No certificate helps against a server that did not prove itself by Kerberos. */
		if (o->report.mech_package == CREDSSP_PACKAGE_KERBEROS)
			return advice_for(CREDSSP_REASON_BINDING);
		if (is_self_signed(o))
			return advice_for_trust(o->report.trust);
	}
	if (o->reason == CREDSSP_REASON_KRB_ERROR && o->report.krb_error == KRB_AP_ERR_TKT_NYV)
		return advice_for(CREDSSP_REASON_SKEW);
	/* Without a saved key the module looks for tickets. */
	if (o->reason == CREDSSP_REASON_NO_TICKETS && opt->saved)
		return advice_for(CREDSSP_REASON_KEY);
	return advice_for(o->reason);
}
