/* SPDX-License-Identifier: GPL-2.0-only */
/* Whole exchanges on kernel threads, for the kernel API. */
#ifndef CSSP_API_AUTHENTICATE_ASYNC_H
#define CSSP_API_AUTHENTICATE_ASYNC_H

#include <linux/credssp.h>

#include "authenticate.h"

/* The queues of the threads: 0 or -ENOMEM. */
int __must_check cssp_authenticate_async_init(void);
/* Waits until every exchange is over and its done() has returned. */
void cssp_authenticate_async_exit(void);

/**
 * cssp_authenticate_async_start() - begin an exchange on a kernel thread
 * @call: out: the handle
 * @auth: arguments; @auth->who is not used after the call
 * @target: target name in UTF-8; moved into the call
 * @args: of the kernel API: who gets the result
 *
 * Return: 0; or a negative errno, and the socket is intact.
 */
int __must_check cssp_authenticate_async_start(struct credssp_authentication **call,
					       const struct cssp_authenticate *auth,
					       struct cssp_vbuf *target,
					       const struct credssp_authenticate *args);

#endif
