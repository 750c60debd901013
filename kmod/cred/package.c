// SPDX-License-Identifier: GPL-2.0-only
/* The table of the security packages. */
#include <linux/kernel.h>
#include <linux/string.h>

#include "package.h"

#define COMMON	(SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY | SECPKG_FLAG_CONNECTION)

/* The flags of InitializeSecurityContext (CredSSP), and those that are always on. */
#define ISC_CREDSSP							\
	(ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT |	\
	 ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |		\
	 ISC_REQ_USE_SUPPLIED_CREDS | ISC_REQ_ALLOCATE_MEMORY |		\
	 ISC_REQ_CONNECTION |						\
	 ISC_REQ_EXTENDED_ERROR | ISC_REQ_STREAM | ISC_REQ_INTEGRITY |	\
	 ISC_REQ_MANUAL_CRED_VALIDATION)

/*
 * The flags that SSPI has for NTLM, Kerberos and Negotiate. As in SSPI, a flag for something
 * that the package cannot do (delegation, proof of the server) is accepted, and is
 * then missing from the attributes.
 */
#define ISC_INNER							\
	(ISC_REQ_DELEGATE | ISC_REQ_MUTUAL_AUTH | ISC_REQ_REPLAY_DETECT |	\
	 ISC_REQ_SEQUENCE_DETECT | ISC_REQ_CONFIDENTIALITY |		\
	 ISC_REQ_ALLOCATE_MEMORY | ISC_REQ_CONNECTION |			\
	 ISC_REQ_EXTENDED_ERROR | ISC_REQ_INTEGRITY)

/* The flags of AcceptSecurityContext, likewise. */
#define ASC_CREDSSP							\
	(ASC_REQ_DELEGATE | ASC_REQ_MUTUAL_AUTH | ASC_REQ_REPLAY_DETECT |	\
	 ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY |		\
	 ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONNECTION |			\
	 ASC_REQ_EXTENDED_ERROR | ASC_REQ_STREAM | ASC_REQ_INTEGRITY)
#define ASC_INNER							\
	(ASC_REQ_DELEGATE | ASC_REQ_MUTUAL_AUTH | ASC_REQ_REPLAY_DETECT |	\
	 ASC_REQ_SEQUENCE_DETECT | ASC_REQ_CONFIDENTIALITY |		\
	 ASC_REQ_ALLOCATE_MEMORY | ASC_REQ_CONNECTION |			\
	 ASC_REQ_EXTENDED_ERROR | ASC_REQ_INTEGRITY |			\
	 ASC_REQ_ALLOW_MISSING_BINDINGS)

static const struct cssp_package package_table[CSSP_PACKAGES] = {
	[CREDSSP_PACKAGE_CREDSSP] = {
		.name = "CREDSSP",
		.comment = "Credential delegation over TLS",
		.capabilities = COMMON | SECPKG_FLAG_EXTENDED_ERROR |
				SECPKG_FLAG_STREAM | SECPKG_FLAG_MUTUAL_AUTH |
				SECPKG_FLAG_DELEGATION,
		.rpc_id = SECPKG_ID_NONE,
		.isc_flags = ISC_CREDSSP,
		.asc_flags = ASC_CREDSSP,
		.tls = true,
		.max_message = CREDSSP_MAX_MESSAGE,
		.max_sealed = CREDSSP_MAX_TOKEN,
	},
	[CREDSSP_PACKAGE_NEGOTIATE] = {
		.name = "Negotiate",
		.comment = "SPNEGO with Kerberos or NTLM inside",
		.capabilities = COMMON | SECPKG_FLAG_TOKEN_ONLY |
				SECPKG_FLAG_GSS_COMPATIBLE | SECPKG_FLAG_MUTUAL_AUTH,
		.rpc_id = SECPKG_ID_NEGOTIATE,
		.isc_flags = ISC_INNER,
		.asc_flags = ASC_INNER,
		.server_first = true,
		.max_message = CREDSSP_MAX_SIGNED,
		.max_sealed = CREDSSP_MAX_SIGNED + CREDSSP_MAX_SIGNATURE,
	},
	[CREDSSP_PACKAGE_NTLM] = {
		.name = "NTLM",
		.comment = "NTLMv2 with a MIC and 128-bit keys",
		.capabilities = COMMON | SECPKG_FLAG_TOKEN_ONLY | SECPKG_FLAG_NEGOTIABLE,
		.rpc_id = SECPKG_ID_NTLM,
		.isc_flags = ISC_INNER,
		.asc_flags = ASC_INNER,
		.max_message = CREDSSP_MAX_SIGNED,
		.max_sealed = CREDSSP_MAX_SIGNED + CREDSSP_MAX_SIGNATURE,
	},
	[CREDSSP_PACKAGE_KERBEROS] = {
		.name = "Kerberos",
		.comment = "Kerberos V5 with AES",
		.capabilities = COMMON | SECPKG_FLAG_TOKEN_ONLY | SECPKG_FLAG_NEGOTIABLE |
				SECPKG_FLAG_GSS_COMPATIBLE | SECPKG_FLAG_MUTUAL_AUTH,
		.rpc_id = SECPKG_ID_KERBEROS,
		.isc_flags = ISC_INNER,
		.asc_flags = ASC_INNER,
		.max_message = CREDSSP_MAX_SIGNED,
		.max_sealed = CREDSSP_MAX_SIGNED + CREDSSP_MAX_SIGNATURE,
	},
};

const struct cssp_package *cssp_package(u32 package)
{
	return package < CSSP_PACKAGES ? &package_table[package] : NULL;
}

u32 cssp_package_find(const char *name)
{
	u32 i;

	for (i = 0; i < CSSP_PACKAGES; i++)
		if (!strcasecmp(package_table[i].name, name))
			break;
	return i;
}
