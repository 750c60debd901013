/* SPDX-License-Identifier: GPL-2.0-only */
/* The module's counters. */
#ifndef CSSP_DEV_IOCTL_INFO_H
#define CSSP_DEV_IOCTL_INFO_H

struct attribute_group;

/* Attributes of the device: counts of the whole module, readable by root only. */
extern const struct attribute_group *cssp_info_groups[];

#endif
