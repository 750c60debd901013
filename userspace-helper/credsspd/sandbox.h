/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Giving up everything that a handshake does not need.  What stays open is what
 * was opened before: the helper device, stderr, the service manager's socket.
 */
#ifndef CREDSSPD_SANDBOX_H
#define CREDSSPD_SANDBOX_H

#include <sys/types.h>

/*
 * Before any secret: no core dumps, no ptrace, no inherited files.
 * 0 or a negative errno.
 */
int sandbox_prepare(void);

/*
 * For the key keeper and the workers that it forks: no network, no capabilities,
 * nothing to be gained, and no dumps; but their user, and the files and tokens of
 * that. 0 or a negative errno.
 */
int sandbox_keep(void);

/* When @parent, which forked us, ends, we are killed. 0 or a negative errno. */
int sandbox_end_with(pid_t parent);
/* Close all but stdin, stdout, stderr and @fd. 0 or a negative errno. */
int sandbox_close_but(int fd);

/**
 * sandbox_enter() - give up the network, the user, all capabilities, most system calls
 * @user: name of the user to become; without privilege we stay who we are
 *
 * Each failure is logged. Return: 0, or a negative errno and we must not go on.
 */
int sandbox_enter(const char *user);

#endif
