/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The ioctls' bodies.  Each returns 0 with the status in its structure, or an
 * errno for the ioctl itself (-EFAULT, -EINVAL, -EINTR).
 */
#ifndef CSSP_DEV_IOCTL_H
#define CSSP_DEV_IOCTL_H

#include "handles.h"

struct file;

/**
 * struct cssp_dev - one open file of /dev/credssp
 * @handles: its contexts and credentials
 * @net: namespace of the opener, pinned; its helper serves the contexts
 * @file: the open file, whose life is this one's; for the opener's privilege
 */
struct cssp_dev {
	struct cssp_handles handles;
	struct net *net;
	const struct file *file;
};

int cssp_ioctl_info(struct cssp_dev *dev, void *args);
int cssp_ioctl_acquire(struct cssp_dev *dev, void *args);
int cssp_ioctl_free_cred(struct cssp_dev *dev, void *args);
int cssp_ioctl_init(struct cssp_dev *dev, void *args);
int cssp_ioctl_attach(struct cssp_dev *dev, void *args);
int cssp_ioctl_authenticate(struct cssp_dev *dev, void *args);
int cssp_ioctl_delete(struct cssp_dev *dev, void *args);
int cssp_ioctl_query(struct cssp_dev *dev, void *args);
int cssp_ioctl_packages(struct cssp_dev *dev, void *args);
int cssp_ioctl_encrypt(struct cssp_dev *dev, void *args);
int cssp_ioctl_decrypt(struct cssp_dev *dev, void *args);
int cssp_ioctl_sign(struct cssp_dev *dev, void *args);
int cssp_ioctl_verify(struct cssp_dev *dev, void *args);
int cssp_ioctl_export(struct cssp_dev *dev, void *args);
int cssp_ioctl_complete(struct cssp_dev *dev, void *args);
int cssp_ioctl_cancel(struct cssp_dev *dev, void *args);
int cssp_ioctl_policy_get(struct cssp_dev *dev, void *args);
int cssp_ioctl_policy_set(struct cssp_dev *dev, void *args);
int cssp_ioctl_policy_check(struct cssp_dev *dev, void *args);

/*
 * May session keys be asked for through this file?  The task that asks must have
 * the privilege as well.
 */
bool cssp_door_may_have_keys(const struct cssp_dev *dev);

/* User memory, copied once into a vmalloc'd buffer. -EFAULT, -EINVAL over @max, -ENOMEM. */
int __must_check cssp_user_copy_in(struct cssp_vbuf *b, u64 addr, u32 length, u32 max);
/* -EFAULT */
int __must_check cssp_user_copy_out(u64 addr, const void *p, size_t length);

/*
 * The end of every ioctl: errors of the call itself stay errnos, the rest
 * becomes a status.
 */
int cssp_ioctl_finish(s32 *status, int ret);

#endif
