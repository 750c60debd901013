// SPDX-License-Identifier: GPL-2.0-only
#include <linux/kernel.h>
#include <linux/string.h>

#include "package.h"

/* Nothing here accepts contexts yet. */
#define COMMON	(SECPKG_FLAG_INTEGRITY | SECPKG_FLAG_PRIVACY |	\
		 SECPKG_FLAG_CONNECTION | SECPKG_FLAG_CLIENT_ONLY)

static const struct cssp_package packages[CSSP_PACKAGES] = {
	[CREDSSP_PACKAGE_CREDSSP] = {
		.name = "CREDSSP",
		.comment = "Credential delegation over TLS",
		.capabilities = COMMON | SECPKG_FLAG_EXTENDED_ERROR |
				SECPKG_FLAG_STREAM | SECPKG_FLAG_MUTUAL_AUTH |
				SECPKG_FLAG_DELEGATION,
		.rpc_id = SECPKG_ID_NONE,
	},
	[CREDSSP_PACKAGE_NEGOTIATE] = {
		.name = "Negotiate",
		.comment = "SPNEGO with NTLM inside",
		.capabilities = COMMON | SECPKG_FLAG_TOKEN_ONLY |
				SECPKG_FLAG_GSS_COMPATIBLE,
		.rpc_id = SECPKG_ID_NEGOTIATE,
	},
	[CREDSSP_PACKAGE_NTLM] = {
		.name = "NTLM",
		.comment = "NTLMv2 with a MIC and 128-bit keys",
		.capabilities = COMMON | SECPKG_FLAG_TOKEN_ONLY | SECPKG_FLAG_NEGOTIABLE,
		.rpc_id = SECPKG_ID_NTLM,
	},
};

const struct cssp_package *cssp_package(u32 package)
{
	return package < CSSP_PACKAGES ? &packages[package] : NULL;
}

u32 cssp_package_find(const char *name)
{
	u32 i;

	for (i = 0; i < CSSP_PACKAGES; i++)
		if (!strcasecmp(packages[i].name, name))
			break;
	return i;
}
