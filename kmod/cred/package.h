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
 */
struct cssp_package {
	const char *name;
	const char *comment;
	u32 capabilities;
	u16 rpc_id;
};

/* Of CREDSSP_PACKAGE_*; NULL when there is none of that number. */
const struct cssp_package *cssp_package(u32 package);
/* CREDSSP_PACKAGE_* of a name, whose case does not matter; CSSP_PACKAGES for none. */
u32 cssp_package_find(const char *name);

#endif
