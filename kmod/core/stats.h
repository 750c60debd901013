/* SPDX-License-Identifier: GPL-2.0-only */
/* Counters for dev/ioctl_info.c only. The quotas count what exists now. */
#ifndef CSSP_CORE_STATS_H
#define CSSP_CORE_STATS_H

#include <linux/atomic.h>

struct cssp_stats {
	atomic64_t established;	/* since load */
	atomic64_t failed;	/* since load */
};

extern struct cssp_stats cssp_stats;

#endif
