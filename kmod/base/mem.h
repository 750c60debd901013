/* SPDX-License-Identifier: GPL-2.0-only */
/* How this module asks for memory. */
#ifndef CSSP_BASE_MEM_H
#define CSSP_BASE_MEM_H

#include <linux/gfp.h>

/*
 * Accounted to the caller's memory cgroup.  Where that, or the machine, is full
 * the call fails with a status: nothing is killed for it, and no user can fill
 * the kernel's log with failed allocations.
 */
#define CSSP_GFP	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

#endif
