// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <asm/sockios.h>
#include <linux/keyctl.h>
#include <seccomp.h>
#include "log.h"
#include "syscalls.h"

/* All other calls fail with -EPERM, which libraries take for "not available". */
static const int allowed[] = {
	/* the loop and the log */
	SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(writev), SCMP_SYS(poll),
	SCMP_SYS(ppoll), SCMP_SYS(close), SCMP_SYS(restart_syscall),
	SCMP_SYS(fstat), SCMP_SYS(newfstatat), SCMP_SYS(lseek),
	/* memory; mmap and mprotect are below */
	SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
	/* clocks, randomness and what libraries ask about us */
	SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday), SCMP_SYS(time),
	SCMP_SYS(getrandom), SCMP_SYS(getrusage), SCMP_SYS(getpid), SCMP_SYS(gettid),
	SCMP_SYS(futex), SCMP_SYS(sched_yield),
	/* signals and the end */
	SCMP_SYS(rt_sigreturn), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigaction),
	SCMP_SYS(exit), SCMP_SYS(exit_group),
};

#define ALLOWED_COUNT (sizeof(allowed) / sizeof(allowed[0]))

/* Memory is data: never executable. */
static int allow_data_memory(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp no_exec =
		SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	int err;

	err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 1, no_exec);
	if (!err)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
				       no_exec);
	return err;
}

static int fill(scmp_filter_ctx ctx)
{
	int err = allow_data_memory(ctx);

	/* The filter is for all threads. */
	if (!err)
		err = seccomp_attr_set(ctx, SCMP_FLTATR_CTL_TSYNC, 1);

	for (size_t i = 0; i < ALLOWED_COUNT && !err; i++)
		err = seccomp_rule_add(ctx, SCMP_ACT_ALLOW, allowed[i], 0);
	if (!err)
		err = seccomp_load(ctx);
	return err;
}

int syscalls_restrict(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	int err;

	if (!ctx)
		return -ENOMEM;
	err = fill(ctx);
	seccomp_release(ctx);
	if (err)
		log_error("system call filter: %s", strerror(-err));
	return err;
}

/*
 * What a process without capabilities could use to get at other processes, or at parts of
 * the kernel that libkrb5 does not need. io_uring would open sockets past the filter.
 */
static const int escapes[] = {
	/* other programs and other processes' memory */
	SCMP_SYS(execve), SCMP_SYS(execveat), SCMP_SYS(ptrace), SCMP_SYS(kcmp),
	SCMP_SYS(process_vm_readv), SCMP_SYS(process_vm_writev), SCMP_SYS(pidfd_getfd),
	/* namespaces and mounts */
	SCMP_SYS(unshare), SCMP_SYS(setns), SCMP_SYS(mount), SCMP_SYS(umount2),
	SCMP_SYS(pivot_root), SCMP_SYS(chroot), SCMP_SYS(open_tree), SCMP_SYS(move_mount),
	SCMP_SYS(fsopen), SCMP_SYS(fsconfig), SCMP_SYS(fsmount), SCMP_SYS(fspick),
	SCMP_SYS(mount_setattr), SCMP_SYS(open_by_handle_at),
	/* the kernel */
	SCMP_SYS(bpf), SCMP_SYS(perf_event_open), SCMP_SYS(userfaultfd),
	SCMP_SYS(io_uring_setup), SCMP_SYS(io_uring_enter), SCMP_SYS(io_uring_register),
	SCMP_SYS(init_module), SCMP_SYS(finit_module), SCMP_SYS(delete_module),
	SCMP_SYS(kexec_load), SCMP_SYS(kexec_file_load), SCMP_SYS(syslog),
	SCMP_SYS(personality),
};

#define ESCAPES_COUNT (sizeof(escapes) / sizeof(escapes[0]))

/*
 * A child of a worker would outlive the deadline. A worker of root could end or slow down
 * the daemon's other processes, although it has no capabilities.
 */
static const int processes[] = {
	SCMP_SYS(fork), SCMP_SYS(vfork), SCMP_SYS(clone), SCMP_SYS(clone3),
	SCMP_SYS(kill), SCMP_SYS(tkill), SCMP_SYS(tgkill), SCMP_SYS(rt_sigqueueinfo),
	SCMP_SYS(rt_tgsigqueueinfo), SCMP_SYS(pidfd_open), SCMP_SYS(pidfd_send_signal),
	SCMP_SYS(setpriority), SCMP_SYS(ioprio_set), SCMP_SYS(sched_setaffinity),
	SCMP_SYS(sched_setattr), SCMP_SYS(sched_setparam), SCMP_SYS(sched_setscheduler),
};

#define PROCESSES_COUNT (sizeof(processes) / sizeof(processes[0]))

static int forbid(scmp_filter_ctx ctx, const int *calls, size_t count)
{
	int err = 0;

	for (size_t i = 0; i < count && !err; i++)
		err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), calls[i], 0);
	return err;
}

/*
 * Sockets of AF_UNIX are for the credential manager (KCM), for name services, and for tokens
 * (pcscd). syscalls_forbid_sockets() ends that as early as it can.
 */
static int forbid_network(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp other = SCMP_A0(SCMP_CMP_NE, AF_UNIX);
	int err;

	err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT), SCMP_SYS(socket), 1, other);
	if (!err)
		err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EAFNOSUPPORT),
				       SCMP_SYS(socketpair), 1, other);
	return err;
}

/*
 * The argument @at of @call must not be @value; the kernel takes its lower 32 bits. The
 * owner of a file may be any process of the same user, which then gets a signal, also
 * SIGKILL. The session keyring may be given to the parent. The requester's session keyring
 * must not get into other keyrings, nor get other permissions, and a worker of root must not
 * link a keyring that is lent to another one. A worker ends with the office.
 */
static const struct {
	int call;
	unsigned int at;
	uint32_t value;
} commands[] = {
	{ SCMP_SYS(fcntl), 1, F_SETOWN },
	{ SCMP_SYS(fcntl), 1, F_SETOWN_EX },
	{ SCMP_SYS(fcntl), 1, F_SETSIG },
	{ SCMP_SYS(ioctl), 1, FIOSETOWN },
	{ SCMP_SYS(ioctl), 1, SIOCSPGRP },
	{ SCMP_SYS(keyctl), 0, KEYCTL_SESSION_TO_PARENT },
	{ SCMP_SYS(keyctl), 0, KEYCTL_LINK },
	{ SCMP_SYS(keyctl), 0, KEYCTL_MOVE },
	{ SCMP_SYS(keyctl), 0, KEYCTL_SETPERM },
	{ SCMP_SYS(keyctl), 0, KEYCTL_CHOWN },
	{ SCMP_SYS(prctl), 0, PR_SET_PDEATHSIG },
};

#define COMMANDS_COUNT (sizeof(commands) / sizeof(commands[0]))

static int forbid_commands(scmp_filter_ctx ctx)
{
	int err = 0;

	for (size_t i = 0; i < COMMANDS_COUNT && !err; i++) {
		const struct scmp_arg_cmp is = SCMP_CMP(commands[i].at, SCMP_CMP_MASKED_EQ,
							UINT32_MAX, commands[i].value);

		err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), commands[i].call, 1, is);
	}
	return err;
}

/* A limit of processor time ends a process as well. Its own limits are those of pid 0. */
static int forbid_processes(scmp_filter_ctx ctx)
{
	const struct scmp_arg_cmp other = SCMP_A0(SCMP_CMP_NE, 0);
	int err = forbid(ctx, processes, PROCESSES_COUNT);

	if (!err)
		err = seccomp_rule_add(ctx, SCMP_ACT_ERRNO(EPERM), SCMP_SYS(prlimit64), 1, other);
	return err ? err : forbid_commands(ctx);
}

/* What a process of the office must not do, beside the escapes */
enum { FORBID_PROCESSES = 1, FORBID_NETWORK = 2 };

static int fill_office(scmp_filter_ctx ctx, unsigned int what)
{
	int err = forbid(ctx, escapes, ESCAPES_COUNT);

	if (!err && what & FORBID_PROCESSES)
		err = forbid_processes(ctx);
	if (!err && what & FORBID_NETWORK)
		err = forbid_network(ctx);
	return err ? err : seccomp_load(ctx);
}

static int restrict_office(unsigned int what)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int err;

	if (!ctx)
		return -ENOMEM;
	err = fill_office(ctx, what);
	seccomp_release(ctx);
	if (err)
		log_error("seccomp: %s", strerror(-err));
	return err;
}

int syscalls_restrict_worker(void)
{
	return restrict_office(FORBID_PROCESSES | FORBID_NETWORK);
}

/* @ctx: allows all other calls. All sockets that are open can still be used. */
static int fill_no_sockets(scmp_filter_ctx ctx)
{
	static const int calls[] = {
		SCMP_SYS(socket), SCMP_SYS(socketpair), SCMP_SYS(connect), SCMP_SYS(bind),
	};
	int err = forbid(ctx, calls, sizeof(calls) / sizeof(calls[0]));

	return err ? err : seccomp_load(ctx);
}

int syscalls_forbid_sockets(void)
{
	scmp_filter_ctx ctx = seccomp_init(SCMP_ACT_ALLOW);
	int err;

	if (!ctx)
		return -ENOMEM;
	err = fill_no_sockets(ctx);
	seccomp_release(ctx);
	if (err)
		log_error("seccomp: %s", strerror(-err));
	return err;
}

int syscalls_restrict_relay(void)
{
	return restrict_office(0);
}

int syscalls_restrict_courier(void)
{
	return restrict_office(FORBID_PROCESSES);
}
