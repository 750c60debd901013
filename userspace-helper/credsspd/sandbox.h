/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Giving up all rights that a handshake does not need. Files that were opened before stay
 * open: the helper device, stderr, the service manager's socket.
 */
#ifndef CREDSSPD_SANDBOX_H
#define CREDSSPD_SANDBOX_H

#include <sys/types.h>

/*
 * Call it before there are secrets: no core dumps, no ptrace, no
 * inherited files. 0 or a negative errno.
 */
int sandbox_prepare(void);

/*
 * For the key keeper and the workers that it forks: no network, no
 * capabilities, no new privileges, no dumps; but they keep their user, and
 * access to its files and tokens. 0 or a negative errno.
 */
int sandbox_keep(void);

/* Have this process killed when @parent, which forked it, ends. 0 or a negative errno. */
int sandbox_end_with(pid_t parent);
/* Close all but stdin, stdout, stderr and @fd. 0 or a negative errno. */
int sandbox_close_but(int fd);

/**
 * sandbox_enter() - give up the network, the user, all capabilities, most system calls
 * @user: name of the user to become; ignored unless the process is root
 *
 * Each failure is logged. Return: 0, or a negative errno: the daemon must not go on.
 */
int sandbox_enter(const char *user);

#endif
