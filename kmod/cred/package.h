/* SPDX-License-Identifier: GPL-2.0-only */
/* Security packages: CredSSP and its inner packages. */
#ifndef CSSP_CRED_PACKAGE_H
#define CSSP_CRED_PACKAGE_H

#include <linux/types.h>
#include <uapi/linux/credssp.h>

#define CSSP_PACKAGES		3	/* CREDSSP_PACKAGE_* are 0 and up */

/**
 * struct cssp_package - one of them
 * @name: as SSPI spells it
 * @comment: for people
 * @capabilities: SECPKG_FLAG_*: what it does here, not what Windows' does
 * @rpc_id: SECPKG_ID_*
 * @isc_flags: ISC_REQ_* that InitializeSecurityContext takes
 * @tls: tokens and messages are TLS records, parts of a byte stream: a call may use
 *	less than it is given.  Otherwise each is one whole message
 * @max_message: longest message that is sealed or signed, in bytes
 * @max_sealed: most bytes that one call to unseal takes
 * @can_sign: MakeSignature and VerifySignature are there
 */
struct cssp_package {
	const char *name;
	const char *comment;
	u32 capabilities;
	u16 rpc_id;
	u32 isc_flags;
	bool tls;
	u32 max_message;
	u32 max_sealed;
	bool can_sign;
};

/* Of CREDSSP_PACKAGE_*; NULL when there is none of that number. */
const struct cssp_package *cssp_package(u32 package);
/* CREDSSP_PACKAGE_* of a name, whose case does not matter; CSSP_PACKAGES for none. */
u32 cssp_package_find(const char *name);

#endif
