/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_SYSCALLS_H
#define CREDSSPD_SYSCALLS_H

/*
 * Allow only the system calls of the event loop, malloc and GnuTLS: no sockets, no files
 * by name, no processes, no executable memory. 0 or a negative errno.
 */
int syscalls_restrict(void);

#endif
