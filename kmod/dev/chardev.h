/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/credssp */
#ifndef CSSP_DEV_CHARDEV_H
#define CSSP_DEV_CHARDEV_H

#define CSSP_VERSION	"0.1.0"

int cssp_chardev_init(void);
void cssp_chardev_exit(void);

#endif
