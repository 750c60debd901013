/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_UPCALL_H
#define CREDSSPD_UPCALL_H

#include "engine.h"

/**
 * upcall_open() - open the helper device, which makes this process the helper
 * @path: of the device
 *
 * Return: file descriptor (non-blocking), or a negative errno: -ENOENT and
 * -ENODEV without the module, -EBUSY if there is a helper already, -EPERM.
 */
int upcall_open(const char *path);

/*
 * Serve requests until the signalfd @signals has a signal other than SIGHUP: 0 then, or a
 * negative errno if the device fails or @keys (or NULL) is lost. SIGHUP makes @keys read
 * the certificates again.
 */
int upcall_serve(int device, int signals, struct engine *e, struct keeper *keys);

#endif
