/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_UPCALL_H
#define CREDSSPD_UPCALL_H

#include "engine/dispatch.h"
#include "engine/engine.h"
#include "logons/logons.h"
#include "office/office.h"
#include "settings/reload.h"

/**
 * upcall_open() - open the helper device, which makes this process the helper
 * @path: of the device
 *
 * Return: file descriptor (non-blocking), or a negative errno: -ENOENT and
 * -ENODEV without the module, -EBUSY if there is a helper already, -EPERM.
 */
int upcall_open(const char *path);

/**
 * struct upcall - what the daemon's loop works with
 * @device: the helper device
 * @signals: a signalfd. SIGHUP makes @keys read the certificates again, the relay of @office
 *	krb5.conf, @logons the accounts, and @reload the configuration and the trusted
 *	certificates; any other signal ends the loop
 * @e: carries out the requests, unless there are threads
 * @threads: carry out the requests, or NULL
 * @keys: the key keeper, or NULL
 * @office: the ticket office, or NULL, and then Kerberos requests are refused
 * @logons: the gate for logons, or NULL, and then logons by NTLM are refused
 * @reload: the reader of the configuration, or NULL
 */
struct upcall {
	int device;
	int signals;
	struct engine *e;
	struct dispatch *threads;
	struct keeper *keys;
	struct office *office;
	struct logons *logons;
	struct reload *reload;
};

/*
 * Serve requests until the end: 0 after a signal, or a negative errno if the device fails, or
 * @keys, @office or @logons is lost.
 */
int upcall_serve(const struct upcall *u);

#endif
