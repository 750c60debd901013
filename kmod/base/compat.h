/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Differences between the supported kernels, each named by capability. No other
 * file checks the kernel's version.
 */
#ifndef CSSP_BASE_COMPAT_H
#define CSSP_BASE_COMPAT_H

#include <linux/version.h>

/*
 * get_unaligned_le16() and the like moved out of asm/ in 6.12. This checks the
 * version, because sparse does not support __has_include(<...>).
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/*
 * An option of SOL_TLS that came with 6.19; older kernels answer -ENOPROTOOPT. Check for
 * the macro and not for the version, because distributions backport the option.
 */
#ifndef TLS_TX_MAX_PAYLOAD_LEN
#define TLS_TX_MAX_PAYLOAD_LEN	5
#endif

#ifdef __KERNEL__
#include <linux/uio.h>
#endif

/* The names came with 6.2. */
#ifndef ITER_SOURCE
#define ITER_SOURCE	WRITE
#define ITER_DEST	READ
#endif

#endif
