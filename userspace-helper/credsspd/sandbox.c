// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/oom.h>
#include "log.h"
#include "sandbox.h"
#include "syscalls.h"

static int report(const char *what, int err)
{
	log_error("%s: %s", what, strerror(err));
	return -err;
}

/* The kinds of processes, and the limits of each */
enum process { DAEMON, KEEPER, WORKER };

/**
 * struct bounds - of one kind of process
 * @core, @data, @file: bytes, as of RLIMIT_CORE, RLIMIT_DATA, RLIMIT_FSIZE
 * @oom: added to its oom_score_adj
 */
static const struct bounds {
	rlim_t core;
	rlim_t data;
	rlim_t file;
	int oom;
} bounds[] = {
	[DAEMON] = { .core = 0, .data = RLIM_INFINITY, .file = RLIM_INFINITY },
	[KEEPER] = { .core = 0, .data = RLIM_INFINITY, .file = RLIM_INFINITY },
	[WORKER] = { .core = 0, .data = SANDBOX_WORKER_DATA, .file = SANDBOX_WORKER_FILE,
		     .oom = SANDBOX_WORKER_OOM },
};

/* A lower limit stays. */
static int limit(int resource, rlim_t most, const char *what)
{
	struct rlimit r;

	if (getrlimit(resource, &r))
		return report(what, errno);
	if (r.rlim_max > most)
		r.rlim_max = most;
	if (r.rlim_cur > r.rlim_max)
		r.rlim_cur = r.rlim_max;
	return setrlimit(resource, &r) ? report(what, errno) : 0;
}

static int adjust_oom_score(int by)
{
	FILE *f = fopen("/proc/self/oom_score_adj", "r+e");
	bool known;
	int score;

	if (!f)
		return -errno;
	known = fscanf(f, "%d", &score) == 1;
	if (known) {
		rewind(f);
		fprintf(f, "%d", score + by < OOM_SCORE_ADJ_MAX ? score + by : OOM_SCORE_ADJ_MAX);
	}
	if (fclose(f))
		return -errno;
	return known ? 0 : -EIO;
}

static int bound(enum process which)
{
	const struct bounds *b = &bounds[which];
	int ret = limit(RLIMIT_CORE, b->core, "RLIMIT_CORE");

	if (!ret)
		ret = limit(RLIMIT_DATA, b->data, "RLIMIT_DATA");
	if (!ret)
		ret = limit(RLIMIT_FSIZE, b->file, "RLIMIT_FSIZE");
	if (ret || !b->oom)
		return ret;
	/* It fails without /proc, and without root; the keys can be used all the same. */
	ret = adjust_oom_score(b->oom);
	if (ret)
		log_warning("oom_score_adj: %s", strerror(-ret));
	return 0;
}

static int forbid_dumps(void)
{
	return prctl(PR_SET_DUMPABLE, 0) ? report("PR_SET_DUMPABLE", errno) : 0;
}

static int forbid_privileges(void)
{
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? report("PR_SET_NO_NEW_PRIVS", errno) : 0;
}

int sandbox_prepare(void)
{
	int ret = forbid_dumps();

	if (!ret)
		ret = bound(DAEMON);
	if (ret)
		return ret;
	/* An old kernel or a filter may refuse this. Inherited files are not used anyway. */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0))
		log_debug("close_range: %s", strerror(errno));
	return 0;
}

/*
 * The device stays bound to the network namespace that it was
 * opened in; the process needs none.
 */
static int leave_network(void)
{
	return unshare(CLONE_NEWNET) ? -errno : 0;
}

static int drop_bounding_set(void)
{
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap) && errno != EPERM)
			return report("PR_CAPBSET_DROP", errno);
	}
	return 0;
}

static int become(const char *user)
{
	const struct passwd *pw;

	if (geteuid())
		return 0;
	errno = 0;
	pw = getpwnam(user);
	if (!pw) {
		log_error("no user \"%s\"", user);
		return -ENOENT;
	}
	if (!pw->pw_uid || !pw->pw_gid) {
		log_error("user \"%s\" is root", user);
		return -EINVAL;
	}
	if (setgroups(0, NULL) || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		return report("becoming another user", errno);
	return 0;
}

static int drop_capabilities(void)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct none[_LINUX_CAPABILITY_U32S_3] = { 0 };

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return report("PR_CAP_AMBIENT_CLEAR_ALL", errno);
	if (syscall(SYS_capset, &hdr, none))
		return report("capset", errno);
	return 0;
}

/* Check that the privilege is really gone. */
static int verify(void)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (syscall(SYS_capget, &hdr, caps))
		return report("capget", errno);
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		if (caps[i].effective | caps[i].permitted | caps[i].inheritable) {
			log_error("capabilities are left");
			return -EPERM;
		}
	}
	if (!geteuid() || !getuid() || !setuid(0)) {
		log_error("still root");
		return -EPERM;
	}
	return 0;
}

/*
 * Have this process killed when @parent ends. The kernel checks the permission of @parent
 * for this signal, so @parent must not become another user.
 */
static int end_with(pid_t parent)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return report("PR_SET_PDEATHSIG", errno);
	/* @parent may have ended before the prctl(). */
	return getppid() == parent ? 0 : -ESRCH;
}

int sandbox_keep(void)
{
	int err = leave_network();

	/* The keeper has no filter that forbids sockets, so this is worth a warning. */
	if (err)
		log_warning("the key keeper cannot leave the network: %s", strerror(-err));
	err = drop_bounding_set();
	if (!err)
		err = drop_capabilities();
	if (!err)
		err = forbid_dumps();
	if (!err)
		err = forbid_privileges();
	if (!err)
		err = bound(KEEPER);
	return err;
}

/* Close the descriptors from @first to @last, if there are any. */
static int close_range_of(unsigned int first, unsigned int last)
{
	if (first > last)
		return 0;
	return syscall(SYS_close_range, first, last, 0) ? report("close_range", errno) : 0;
}

static int close_all_but(int fd)
{
	int ret;

	if (fd <= STDERR_FILENO)
		return close_range_of(STDERR_FILENO + 1, ~0U);
	ret = close_range_of(STDERR_FILENO + 1, fd - 1);
	return ret ? ret : close_range_of(fd + 1, ~0U);
}

int sandbox_work(pid_t keeper, int fd)
{
	int err = close_all_but(fd);

	if (!err)
		err = end_with(keeper);
	return err ? err : bound(WORKER);
}

int sandbox_enter(const char *user)
{
	int err = leave_network();

	if (err)
		log_debug("own network namespace: %s (sockets are forbidden anyway)",
			  strerror(-err));
	err = drop_bounding_set();
	if (!err)
		err = become(user);
	if (!err)
		err = drop_capabilities();
	if (!err)
		err = verify();
	/* Becoming another user may have set the flag again (fs.suid_dumpable). */
	if (!err)
		err = forbid_dumps();
	return err ? err : forbid_privileges();
}

int sandbox_close(void)
{
	return syscalls_restrict();
}
