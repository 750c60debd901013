/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Giving up all rights that a handshake does not need. Files that were opened before stay
 * open: the helper device, stderr, the service manager's socket.
 */
#ifndef CREDSSPD_SANDBOX_H
#define CREDSSPD_SANDBOX_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/*
 * Private memory of a worker (RLIMIT_DATA). The keys take about a megabyte; a PKCS#11
 * module may have a dozen threads with stacks of 8 MiB. RLIMIT_AS is not used: it counts
 * reserved addresses too, and allocators reserve hundreds of megabytes.
 */
#define SANDBOX_WORKER_DATA	(128u << 20)
/* Length of a file that a worker writes, such as a token's database (RLIMIT_FSIZE) */
#define SANDBOX_WORKER_FILE	(16u << 20)
/*
 * Added to the oom_score_adj of a worker, whose unit is a thousandth of the memory that
 * ran out: the kernel kills a worker before a daemon that has up to half of the memory.
 */
#define SANDBOX_WORKER_OOM	500

/*
 * For the daemon, before it has secrets: no core dumps, no ptrace, no inherited files.
 * Returns 0 or a negative errno.
 */
int sandbox_prepare(void);

/*
 * For the key keeper: no network, no capabilities, no new privileges, no dumps. It keeps
 * its user, and access to the files and tokens of this user. Its workers inherit this. It
 * is not killed with the daemon, which as another user may not send it a signal: it must
 * end when its connection to the daemon closes. Returns 0 or a negative errno.
 */
int sandbox_keep(void);

/* For the reader of the configuration: the same, with the descriptors 0, 1, 2 and @fd only. */
int sandbox_reader(int fd);

/*
 * For a worker of @keeper: it keeps stdin, stdout, stderr and @fd only, gets the limits
 * above, and is killed when @keeper ends. Returns 0 or a negative errno.
 */
int sandbox_work(pid_t keeper, int fd);

/*
 * For the ticket office, which has the descriptors 0, 1, 2, @fd and @relay only. It keeps its
 * user and, of its capabilities, those to start a worker as each user and to end it; its
 * stdin and stdout become /dev/null, for its workers too. The rest as sandbox_keep().
 */
int sandbox_office(int fd, int relay);

/*
 * For the relay of @office: it keeps the network, becomes @user (see sandbox_enter()),
 * has the descriptors 0, 1, 2, @fd and @file only, no capabilities and no environment, and is
 * killed when @office ends. Returns 0 or a negative errno, logged.
 */
int sandbox_relay(pid_t office, int fd, int file, const char *user);

/*
 * For the gate of logons, which has the descriptors 0, 1, 2 and @fd only. As sandbox_office(), with
 * the filter of syscalls_restrict_relay().
 */
int sandbox_gate(int fd);

/*
 * For the bookkeeper of @gate, after it has read the accounts: it becomes @user (see
 * sandbox_enter()), has the descriptors 0, 1, 2 and @fd only, no capabilities, no environment and
 * the filter of syscalls_restrict(), and is killed when @gate ends. 0 or a negative errno, logged.
 */
int sandbox_bookkeeper(pid_t gate, int fd, const char *user);

/*
 * For a worker of @gate that asks winbind: as sandbox_requester(), with @user as requester, and
 * with the group that may use winbind's privileged pipe. 0 or a negative errno, logged.
 */
int sandbox_winbind(pid_t gate, int fd, const char *user);

/*
 * The group of a process whose requester has none here. It is the kernel's
 * (DEFAULT_OVERFLOWGID) and gives no access.
 */
#define SANDBOX_NO_GROUP	65534

/**
 * struct sandbox_identity - user and groups of a process
 * @uid, @gid: the user and its group
 * @count, @groups: supplementary groups
 */
struct sandbox_identity {
	uid_t uid;
	gid_t gid;
	size_t count;
	const gid_t *groups;
};

/**
 * sandbox_requester() - for a Kerberos worker: become the requester
 * @office: its parent, with whose end it is killed
 * @fd, @relay: the descriptors that it keeps, beside 0, 1 and 2
 * @who: the requester
 * @session: the requester's session keyring, see session.h
 *
 * It has a session keyring of its own. It has the limits of sandbox_work(), no capabilities, no
 * environment, and the filter of syscalls_restrict_worker(). If the process is not root, @uid
 * must be its own, and it keeps its groups.
 *
 * Return: 0 or a negative errno, logged.
 */
int sandbox_requester(pid_t office, int fd, int relay, const struct sandbox_identity *who,
		      int32_t session);

/**
 * sandbox_enter() - give up the network, the user, all capabilities
 * @user: name of the user to become; ignored unless the process is root
 *
 * Call it before threads are started: they inherit what is left of the rights. Each failure
 * is logged. Return: 0, or a negative errno: the daemon must not go on.
 */
int sandbox_enter(const char *user);

/* Then give up most system calls, in all threads that there are. Returns as above. */
int sandbox_close(void);

#endif
