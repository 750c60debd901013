/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_NOTIFY_H
#define CREDSSPD_NOTIFY_H

/* Connect to the service manager's socket ($NOTIFY_SOCKET), or -1 without one. */
int notify_open(void);
/* Tell it @text (sd_notify(3)), and nothing when @fd is -1. */
void notify_send(int fd, const char *text);

#endif
