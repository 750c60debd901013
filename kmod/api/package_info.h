/* SPDX-License-Identifier: GPL-2.0-only */
/* EnumerateSecurityPackages and QuerySecurityPackageInfo. */
#ifndef CSSP_API_PACKAGE_INFO_H
#define CSSP_API_PACKAGE_INFO_H

#include <linux/types.h>
#include <uapi/linux/credssp.h>

#include "../base/vbuf.h"

/*
 * All of these append to @out, whose start is that of the caller's buffer: offsets
 * count from there.  0, CSSP_E_PARAMETER for an unknown package, or -ENOMEM.
 */

/* One struct credssp_package_info per package, and their strings; @count: out. */
int __must_check cssp_package_info_all(struct cssp_vbuf *out, u32 *count);
/* The structure of @package, and its strings. */
int __must_check cssp_package_info_one(u32 package, struct cssp_vbuf *out);
/* The strings of @package alone; @info: out: the structure that points to them. */
int __must_check cssp_package_info_fill(u32 package, struct cssp_vbuf *out,
					struct credssp_package_info *info);

#endif
