/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's counters. */
#ifndef CSSP_DEV_IOCTL_INFO_H
#define CSSP_DEV_IOCTL_INFO_H

struct attribute_group;

/* Of /dev/credssp: files of the whole module's counts, for root alone. */
extern const struct attribute_group *cssp_info_groups[];

#endif
