/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Giving up all rights that a handshake does not need. Files that were opened before stay
 * open: the helper device, stderr, the service manager's socket.
 */
#ifndef CREDSSPD_SANDBOX_H
#define CREDSSPD_SANDBOX_H

#include <sys/types.h>

/*
 * Private memory of a worker (RLIMIT_DATA). The keys take about a megabyte; a PKCS#11
 * module may have a dozen threads with stacks of 8 MiB. There is no RLIMIT_AS: it counts
 * what is reserved as well, which allocators do by hundreds of megabytes.
 */
#define SANDBOX_WORKER_DATA	(128u << 20)
/* A file that a worker writes, as a token's database (RLIMIT_FSIZE) */
#define SANDBOX_WORKER_FILE	(16u << 20)
/*
 * Added to the oom_score_adj of a worker, in thousandths of the memory that ran out: a
 * worker is killed before a daemon that has up to half of that.
 */
#define SANDBOX_WORKER_OOM	500

/*
 * In the daemon before any secret: no core dumps, no ptrace, no inherited files.
 * 0 or a negative errno.
 */
int sandbox_prepare(void);

/*
 * In the key keeper: no network, no capabilities, nothing to be gained, and no dumps;
 * but its user, and the files and tokens of that. The workers that it forks inherit all
 * of it. It is killed when @daemon, which forked it, ends. 0 or a negative errno.
 */
int sandbox_keep(pid_t daemon);

/*
 * In a worker that @keeper has forked: it keeps stdin, stdout, stderr and @fd, has the
 * limits above, and is killed when @keeper ends. 0 or a negative errno.
 */
int sandbox_work(pid_t keeper, int fd);

/**
 * sandbox_enter() - give up the network, the user, all capabilities, most system calls
 * @user: name of the user to become; ignored unless the process is root
 *
 * Each failure is logged. Return: 0, or a negative errno: the daemon must not go on.
 */
int sandbox_enter(const char *user);

#endif
