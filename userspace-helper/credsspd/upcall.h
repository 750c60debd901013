/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_UPCALL_H
#define CREDSSPD_UPCALL_H

#include "engine.h"

/**
 * upcall_open() - open the helper device, which makes us the helper
 * @path: of the device
 *
 * Return: file descriptor (non-blocking), or a negative errno: -ENOENT and
 * -ENODEV without the module, -EBUSY when there is a helper, -EPERM.
 */
int upcall_open(const char *path);

/*
 * Serve requests until a signal but SIGHUP comes by the signalfd @signals: 0 then,
 * or a negative errno when the device fails or @keys (or NULL) is lost. SIGHUP has
 * @keys read the certificates anew.
 */
int upcall_serve(int device, int signals, struct engine *e, struct keeper *keys);

#endif
