/* SPDX-License-Identifier: GPL-2.0-only */
/* /dev/credssp, the device for programs. */
#ifndef CSSP_DEV_CHARDEV_H
#define CSSP_DEV_CHARDEV_H

/* Register the device: from then on programs can call. 0 or a negative errno. */
int cssp_chardev_init(void);
void cssp_chardev_exit(void);

#endif
