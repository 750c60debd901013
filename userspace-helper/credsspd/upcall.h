/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_UPCALL_H
#define CREDSSPD_UPCALL_H

#include "dispatch.h"
#include "engine.h"
#include "office.h"

/**
 * upcall_open() - open the helper device, which makes this process the helper
 * @path: of the device
 *
 * Return: file descriptor (non-blocking), or a negative errno: -ENOENT and
 * -ENODEV without the module, -EBUSY if there is a helper already, -EPERM.
 */
int upcall_open(const char *path);

/**
 * upcall_serve() - serve requests until the end
 * @device: the helper device
 * @signals: a signalfd. SIGHUP makes @keys read the certificates again, and the relay of
 *	@office krb5.conf; any other signal ends this function
 * @e: carries out the requests, unless there are threads
 * @threads: carry out the requests, or NULL
 * @keys: the key keeper, or NULL
 * @office: the ticket office, or NULL, and then Kerberos requests are refused
 *
 * Return: 0 after a signal, or a negative errno if the device fails, or @keys or @office is
 * lost.
 */
int upcall_serve(int device, int signals, struct engine *e, struct dispatch *threads,
		 struct keeper *keys, struct office *office);

#endif
