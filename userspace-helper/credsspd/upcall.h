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
 * Serve requests until @stop_fd is readable: 0 then, or a negative errno when
 * the device fails.
 */
int upcall_serve(int device, int stop_fd, struct engine *e);

#endif
