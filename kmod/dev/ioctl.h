/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The functions of the ioctl table in chardev.c.
 *
 * A check returns an errno for the ioctl itself: -EINVAL for an unknown flag or a
 * reserved member that is set, -EPERM for a missing privilege, or 0.
 *
 * The function that carries out an ioctl reads and writes @args, a copy of the
 * caller's structure in kernel memory, and returns 0 or a negative errno, which
 * chardev.c turns into the structure's status.  -EFAULT and -EINTR become the errno
 * of the ioctl.  Context: the calling task; may sleep; killable.
 */
#ifndef CSSP_DEV_IOCTL_H
#define CSSP_DEV_IOCTL_H

#include "handles.h"

struct file;

/**
 * struct cssp_chardev_file - one open file of /dev/credssp
 * @handles: its contexts and credentials
 * @net: network namespace of the opener, pinned; its helper serves the contexts
 * @file: the open file itself, which outlives this structure; for the opener's
 *	privileges
 */
struct cssp_chardev_file {
	struct cssp_handles handles;
	struct net *net;
	const struct file *file;
};

/* ioctl_info.c */
int cssp_ioctl_info(struct cssp_chardev_file *file, void *args);

/* ioctl_cred.c */
int cssp_ioctl_check_acquire(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_acquire(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_free_cred(struct cssp_chardev_file *file, void *args);

/* ioctl_exchange.c */
int cssp_ioctl_init(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_check_init(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_check_authenticate(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_authenticate(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_check_socket(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_attach(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_complete(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_cancel(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_delete(struct cssp_chardev_file *file, void *args);

/* ioctl_accept.c */

/*
 * A server is trusted by those who log on, and guesses passwords at its ease.  So INBOUND
 * credentials are for those who rule the network namespace: the file, and the current task.
 */
bool cssp_ioctl_may_accept(const struct cssp_chardev_file *file);
int cssp_ioctl_check_accept(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_accept(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_check_accept_socket(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_accept_socket(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_check_delegated(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_delegated(struct cssp_chardev_file *file, void *args);

/* ioctl_message.c */
int cssp_ioctl_check_message(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_check_encrypt(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_check_decrypt(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_encrypt(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_decrypt(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_sign(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_verify(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_export(struct cssp_chardev_file *file, void *args);

/* ioctl_query.c */

/*
 * Session keys are for callers that can read kernel memory anyway.  Both need the
 * privilege: the file, and the current task, because a file is easily passed on.  Asked
 * when a context is made, which keeps no key otherwise, and when the key is queried.
 */
bool cssp_ioctl_may_have_key(const struct cssp_chardev_file *file);
int cssp_ioctl_query(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_check_packages(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_packages(struct cssp_chardev_file *file, void *args);

/* ioctl_policy.c */
int cssp_ioctl_check_policy_get(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_policy_get(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_check_policy_set(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_policy_set(struct cssp_chardev_file *file, void *args);
int cssp_ioctl_check_policy_check(const struct cssp_chardev_file *file, const void *args);
int cssp_ioctl_policy_check(struct cssp_chardev_file *file, void *args);

#endif
