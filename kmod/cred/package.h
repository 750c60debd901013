/* SPDX-License-Identifier: GPL-2.0-only */
/* Security packages: CredSSP and its inner packages. */
#ifndef CSSP_CRED_PACKAGE_H
#define CSSP_CRED_PACKAGE_H

#include <linux/types.h>
#include <uapi/linux/credssp.h>

#define CSSP_PACKAGES		4	/* CREDSSP_PACKAGE_* are 0 and up */

/**
 * struct cssp_package - one package
 * @name: as SSPI spells it
 * @comment: description for people
 * @capabilities: SECPKG_FLAG_* of this implementation, not of Windows
 * @rpc_id: SECPKG_ID_*
 * @isc_flags: ISC_REQ_* that InitializeSecurityContext accepts
 * @asc_flags: ASC_REQ_* that AcceptSecurityContext accepts
 * @tls: tokens and messages are TLS records of a byte stream: a call may use only a
 *	part of its input. Otherwise each token or message is one whole message
 * @server_first: the call that makes a context may bring a token of the server
 * @max_message: longest message that is sealed or signed, in bytes
 * @max_sealed: longest input of one call that unseals, in bytes
 */
struct cssp_package {
	const char *name;
	const char *comment;
	u32 capabilities;
	u16 rpc_id;
	u32 isc_flags;
	u32 asc_flags;
	bool tls;
	bool server_first;
	u32 max_message;
	u32 max_sealed;
};

/* The package with the number CREDSSP_PACKAGE_*; NULL when there is none. */
const struct cssp_package *cssp_package(u32 package);
/* CREDSSP_PACKAGE_* of a name in any case; CSSP_PACKAGES when there is none. */
u32 cssp_package_find(const char *name);

#endif
