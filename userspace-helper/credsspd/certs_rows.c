// SPDX-License-Identifier: GPL-2.0-only
/* The certificates; the table of Documentation/interop.rst has the same rows. */
#include <linux/credssp.h>
#include <openssl/tls1.h>
#include "certs_make.h"

#define WINDOWS_USAGE	"keyEncipherment,dataEncipherment"
/* As 2012 R2, which has no other suite with an AEAD for RSA */
#define KEY_TRANSPORT	.version = TLS1_2_VERSION, .cipher = "AES256-GCM-SHA384"
#define MALFORMED	.failure = CREDSSP_HLP_FAIL_CERTIFICATE
#define REMOTE_DESKTOP	"1.3.6.1.4.1.311.54.1.2"

const struct certs_row certs_rows[] = {
	/* As servers make them for themselves */
	{ "Windows' own", .chain = CHAIN_SELF, .usage = WINDOWS_USAGE, .purpose = "serverAuth" },
	{ "Windows' own, key transport", .chain = CHAIN_SELF, .usage = WINDOWS_USAGE,
	  .purpose = "serverAuth", KEY_TRANSPORT },
	{ "WinRM's of 2012 R2", .key = KEY_RSA_1024, .chain = CHAIN_SELF, .digest = "SHA1",
	  .usage = WINDOWS_USAGE,
	  .purpose = "serverAuth" },
	{ "self-signed, CA:TRUE", .chain = CHAIN_SELF, .constraints = "critical,CA:TRUE" },
	{ "self-signed, CA:TRUE, keyCertSign", .chain = CHAIN_SELF,
	  .constraints = "critical,CA:TRUE", .usage = "keyCertSign" },
	{ "self-signed, version 1", .chain = CHAIN_SELF, .v1 = true },

	/* Keys */
	{ "RSA 2048", .key = KEY_RSA },
	{ "RSA 1024", .key = KEY_RSA_1024 },
	{ "RSA 8192", .key = KEY_RSA_8192 },
	{ "RSA, exponent 3", .key = KEY_RSA_3 },
	{ "RSA, exponent of 65 bits", .key = KEY_RSA_LONG_EXPONENT,
	  .failure = CREDSSP_HLP_FAIL_KEY_SIZE },
	{ "RSA, exponent of 65 bits, key transport", .key = KEY_RSA_LONG_EXPONENT,
	  KEY_TRANSPORT, .failure = CREDSSP_HLP_FAIL_KEY_SIZE },
	{ "RSA-PSS key", .key = KEY_PSS },
	{ "P-256", .key = KEY_P256 },
	{ "P-384", .key = KEY_P384 },
	{ "P-521", .key = KEY_P521 },
	{ "Ed25519", .key = KEY_ED25519 },
	{ "Ed448", .key = KEY_ED448 },

	/* Signatures */
	{ "SHA-1", .digest = "SHA1" },
	{ "MD5", .digest = "MD5" },
	{ "SHA-512", .digest = "SHA512" },
	{ "PSS signature", .digest = "PSS" },
	{ "self-signed, SHA-1", .chain = CHAIN_SELF, .digest = "SHA1" },
	{ "self-signed, MD5", .chain = CHAIN_SELF, .digest = "MD5" },
	{ "signed by P-521", .ca_key = KEY_P521 },
	{ "signed by Ed25519", .ca_key = KEY_ED25519 },
	{ "signed by RSA 1024", .ca_key = KEY_RSA_1024 },
	{ "signature altered", .chain = CHAIN_BAD_SIGNATURE },

	/* Versions, serial numbers, times */
	{ "version 1", .v1 = true },
	{ "serial number of 20 bytes", .serial = "7fffffffffffffffffffffffffffffffffffffff" },
	{ "serial number of 21 bytes", .serial = "ffffffffffffffffffffffffffffffffffffffff" },
	{ "serial number -1", .serial = "-1" },
	{ "serial number 0", .serial = "0" },
	{ "expired", .from = -30, .until = -1 },
	{ "not yet valid", .from = 1, .until = 30 },
	{ "no end", .not_after = "99991231235959Z" },
	{ "from before 1970", .not_before = "500101000000Z" },
	{ "GeneralizedTime before 2050", .not_after = "20490101000000Z" },
	{ "end before beginning", .from = 5, .until = -5 },
	{ "time without seconds", .not_before = "2001010000Z", .less = CREDSSP_TRUST_INVALID },
	{ "time with a zone", .not_before = "200101000000+0100", MALFORMED },
	{ "time with fractions", .not_after = "20490101000000.5Z", MALFORMED },
	{ "month 13", .not_after = "491301000000Z", MALFORMED },

	/* Names */
	{ "empty subject", .subject = "" },
	{ "no names at all", .subject = "", .san = "" },
	{ "name in the subject only", .san = "" },
	{ "900 names", .names = 900 },
	{ "1700 names", .names = 1700, .failure = CREDSSP_HLP_FAIL_SIZE },
	{ "another name", .subject = "other.test", .san = "DNS:other.test" },
	{ "another name, ours in the subject", .san = "DNS:other.test" },
	{ "wildcard", .san = "DNS:*.server.test", .host = "a.server.test" },
	{ "wildcard of a top-level domain", .san = "DNS:*.test" },
	{ "wildcard of two labels", .san = "DNS:*.test", .host = "a.server.test" },
	{ "wildcard of a part", .san = "DNS:ser*.server.test", .host = "serfoo.server.test",
	  .more = CREDSSP_TRUST_WRONG_NAME },
	{ "wildcard of all", .san = "DNS:*", .host = "server" },
	{ "upper case", .san = "DNS:SERVER.Test" },
	{ "address", .san = "IP:192.0.2.1", .host = "192.0.2.1" },
	{ "address of version 6", .san = "IP:2001:db8::1", .host = "2001:db8::1" },
	{ "another address", .san = "IP:192.0.2.2", .host = "192.0.2.1" },
	{ "address as a DNS name", .san = "DNS:192.0.2.1", .host = "192.0.2.1" },
	{ "address in the subject", .san = "", .subject = "192.0.2.1", .host = "192.0.2.1" },

	/* What it is for */
	{ "KeyUsage as Windows' own", .usage = WINDOWS_USAGE },
	{ "KeyUsage digitalSignature", .usage = "critical,digitalSignature" },
	{ "KeyUsage keyEncipherment", .usage = "critical,keyEncipherment" },
	{ "KeyUsage keyAgreement", .usage = "keyAgreement" },
	{ "KeyUsage dataEncipherment", .usage = "dataEncipherment" },
	{ "KeyUsage nonRepudiation", .usage = "nonRepudiation" },
	{ "KeyUsage keyCertSign", .usage = "keyCertSign" },
	{ "EKU serverAuth", .purpose = "serverAuth" },
	{ "EKU serverAuth, clientAuth", .purpose = "critical,serverAuth,clientAuth" },
	{ "EKU clientAuth", .purpose = "clientAuth" },
	{ "EKU any", .purpose = "anyExtendedKeyUsage", .less = CREDSSP_TRUST_INVALID },
	{ "EKU unknown", .purpose = "1.2.3.4" },
	{ "EKU Remote Desktop", .purpose = REMOTE_DESKTOP },
	{ "EKU Remote Desktop, TERMSRV", .purpose = REMOTE_DESKTOP, .remote_desktop = true,
	  .less = CREDSSP_TRUST_INVALID },
	{ "EKU serverAuth, TERMSRV", .purpose = "serverAuth", .remote_desktop = true },
	{ "EKU clientAuth, TERMSRV", .purpose = "clientAuth", .remote_desktop = true },
	{ "no EKU, TERMSRV", .remote_desktop = true },
	{ "critical extension unknown", .critical = true },
	{ "CA:FALSE", .constraints = "critical,CA:FALSE" },
	{ "CA:TRUE", .constraints = "critical,CA:TRUE" },

	/* Chains */
	{ "intermediate", .chain = CHAIN_INTERMEDIATE },
	{ "intermediate and root", .chain = CHAIN_FULL },
	{ "intermediate not sent", .chain = CHAIN_MISSING },
	{ "stranger in the middle", .chain = CHAIN_STRANGER },
	{ "stranger with an unknown curve, TLS 1.2", .chain = CHAIN_STRANGER,
	  .stranger_key = KEY_BRAINPOOL, .version = TLS1_2_VERSION, MALFORMED },
	{ "stranger with an unknown curve, TLS 1.3", .chain = CHAIN_STRANGER,
	  .stranger_key = KEY_BRAINPOOL, .version = TLS1_3_VERSION },
	{ "stranger with a key too large", .chain = CHAIN_STRANGER,
	  .stranger_key = KEY_RSA_LONG_EXPONENT,
	  .more = CREDSSP_TRUST_INVALID | CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ "out of order", .chain = CHAIN_REVERSED },
	{ "duplicates", .chain = CHAIN_DUPLICATE },
	{ "intermediate that is no CA", .chain = CHAIN_NO_CA, .less = CREDSSP_TRUST_INVALID },
	{ "16 certificates", .chain = CHAIN_DEEP },
	{ "17 certificates", .chain = CHAIN_TOO_DEEP,
	  .more = CREDSSP_TRUST_INVALID | CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ "450 certificates", .chain = CHAIN_FLOOD, .stranger_key = KEY_ED25519,
	  .more = CREDSSP_TRUST_INVALID | CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ "16 certificates with 330 names each", .chain = CHAIN_FAT },
	{ "intermediate for serverAuth", .chain = CHAIN_PURPOSE, .ca_purpose = "serverAuth" },
	{ "intermediate for clientAuth", .chain = CHAIN_PURPOSE, .ca_purpose = "clientAuth",
	  .less_unknown = CREDSSP_TRUST_INVALID },
	{ "intermediate for any", .chain = CHAIN_PURPOSE, .ca_purpose = "anyExtendedKeyUsage",
	  .less_unknown = CREDSSP_TRUST_INVALID },
	{ "intermediate for Remote Desktop, TERMSRV", .chain = CHAIN_PURPOSE,
	  .purpose = REMOTE_DESKTOP, .ca_purpose = REMOTE_DESKTOP, .remote_desktop = true,
	  .less = CREDSSP_TRUST_INVALID },
	{ "intermediate for serverAuth, EKU Remote Desktop, TERMSRV", .chain = CHAIN_PURPOSE,
	  .purpose = REMOTE_DESKTOP, .ca_purpose = "serverAuth", .remote_desktop = true,
	  .less_unknown = CREDSSP_TRUST_INVALID },
};

const size_t certs_count = sizeof(certs_rows) / sizeof(certs_rows[0]);
