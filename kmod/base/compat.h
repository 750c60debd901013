/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What differs between the kernels we build on, each named by what it gives.
 * The only file that may ask which kernel this is.
 */
#ifndef CSSP_BASE_COMPAT_H
#define CSSP_BASE_COMPAT_H

#include <linux/version.h>

/*
 * get_unaligned_le16() and its like moved out of asm/ in 6.12.  By version, as
 * sparse does not know __has_include(<...>).
 */
#if LINUX_VERSION_CODE >= KERNEL_VERSION(6, 12, 0)
#include <linux/unaligned.h>
#else
#include <asm/unaligned.h>
#endif

/*
 * An option of SOL_TLS that came with 6.19; older kernels answer -ENOPROTOOPT. By
 * its name, as an older kernel may be given the option.
 */
#ifndef TLS_TX_MAX_PAYLOAD_LEN
#define TLS_TX_MAX_PAYLOAD_LEN	5
#endif

#endif
