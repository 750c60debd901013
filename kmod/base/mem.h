/* SPDX-License-Identifier: GPL-2.0-only */
/* Flags of every allocation of this module. */
#ifndef CSSP_BASE_MEM_H
#define CSSP_BASE_MEM_H

#include <linux/gfp.h>

/*
 * Accounted to the caller's memory cgroup. If the cgroup or the machine has no
 * memory, the call fails with a status: the OOM killer does not run, and no user
 * can fill the kernel's log with failed allocations.
 */
#define CSSP_GFP	(GFP_KERNEL_ACCOUNT | __GFP_RETRY_MAYFAIL | __GFP_NOWARN)

#endif
