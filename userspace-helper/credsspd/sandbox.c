// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>
#include <linux/oom.h>
#include "log.h"
#include "sandbox.h"
#include "session.h"
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

/* Keep the capabilities of @kept, of those that are permitted. */
static int keep_capabilities(uint64_t kept)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return report("PR_CAP_AMBIENT_CLEAR_ALL", errno);
	if (syscall(SYS_capget, &hdr, caps))
		return report("capget", errno);
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		caps[i].permitted &= kept >> 32 * i;
		caps[i].effective = caps[i].permitted;
		caps[i].inheritable = 0;
	}
	return syscall(SYS_capset, &hdr, caps) ? report("capset", errno) : 0;
}

static int drop_capabilities(void)
{
	return keep_capabilities(0);
}

static int verify_capabilities(void)
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
	return 0;
}

/* Check that the privilege is really gone. */
static int verify(void)
{
	int ret = verify_capabilities();

	if (ret)
		return ret;
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

/* Close all descriptors but the standard ones, @a and @b, which may be the same. */
static int close_all_but(int a, int b)
{
	int lower = a < b ? a : b, upper = a < b ? b : a, ret;

	if (lower < STDERR_FILENO)
		lower = STDERR_FILENO;
	if (upper < lower)
		upper = lower;
	ret = close_range_of(STDERR_FILENO + 1, lower - 1);
	if (!ret)
		ret = close_range_of(lower + 1, upper - 1);
	return ret ? ret : close_range_of(upper + 1, ~0U);
}

int sandbox_work(pid_t keeper, int fd)
{
	int err = close_all_but(fd, fd);

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

/* ---- the ticket office's processes ------------------------------------------ */

/* To become a user, and to end a worker that has become one */
#define OFFICE_CAPABILITIES \
	(1ULL << CAP_SETUID | 1ULL << CAP_SETGID | 1ULL << CAP_KILL)

/* What a library writes to stdout by mistake must not get into a cache. */
static int use_null(void)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (fd < 0)
		return report("/dev/null", errno);
	if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
		return report("/dev/null", errno);
	if (fd > STDERR_FILENO)
		close(fd);
	return 0;
}

int sandbox_office(int fd, int relay)
{
	int err = close_all_but(fd, relay);

	if (!err)
		err = use_null();
	if (err)
		return err;
	/* The workers' filter forbids sockets, but not those of AF_UNIX without a file. */
	err = leave_network();
	if (err)
		log_warning("the ticket office cannot leave the network: %s", strerror(-err));
	err = drop_bounding_set();
	if (!err)
		err = keep_capabilities(OFFICE_CAPABILITIES);
	if (!err)
		err = forbid_dumps();
	if (!err)
		err = forbid_privileges();
	return err ? err : bound(KEEPER);
}

/* A process that begins anew: in no terminal's session, with nothing from the environment */
static int leave_session(void)
{
	if (setsid() < 0)
		return report("setsid", errno);
	if (clearenv() || chdir("/"))
		return report("environment and directory", errno);
	umask(077);
	return 0;
}

int sandbox_relay(pid_t office, int fd, int file, const char *user)
{
	int err = close_all_but(fd, file);

	if (!err)
		err = use_null();
	if (!err)
		err = leave_session();
	if (!err)
		err = drop_bounding_set();
	if (!err)
		err = become(user);
	if (!err)
		err = drop_capabilities();
	if (!err)
		err = verify();
	if (!err)
		err = forbid_dumps();
	if (!err)
		err = forbid_privileges();
	/* Becoming another user has reset the signal. */
	if (!err)
		err = end_with(office);
	return err ? err : syscalls_restrict_relay();
}

static int become_requester(const struct sandbox_identity *who)
{
	uid_t real, effective, saved;

	if (geteuid())
		return who->uid == geteuid() ? 0 : report("becoming the requester", EPERM);
	if (setgroups(who->count, who->groups) || setresgid(who->gid, who->gid, who->gid) ||
	    setresuid(who->uid, who->uid, who->uid) || getresuid(&real, &effective, &saved))
		return report("becoming the requester", errno);
	return real == who->uid && effective == who->uid && saved == who->uid ?
		0 : report("becoming the requester", EPERM);
}

int sandbox_requester(pid_t office, int fd, int relay, const struct sandbox_identity *who,
		      int32_t session)
{
	int err = close_all_but(fd, relay);

	if (!err)
		err = leave_session();
	/* While its files in /proc are its own */
	if (!err)
		err = bound(WORKER);
	if (!err)
		err = session_begin(session);
	if (!err)
		err = become_requester(who);
	if (!err)
		err = drop_capabilities();
	if (!err)
		err = verify_capabilities();
	/* Becoming another user has reset the signal and, perhaps, the flag. */
	if (!err)
		err = end_with(office);
	if (!err)
		err = forbid_dumps();
	if (!err)
		err = forbid_privileges();
	if (err)
		return err;
	session_take(session);
	return syscalls_restrict_worker();
}
