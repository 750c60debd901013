// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
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
#include "base/log.h"
#include "base/syscalls.h"
#include "confine.h"
#include "sandbox_steps.h"
#include "session.h"

static int report(const char *what, int err)
{
	log_error("%s: %s", what, strerror(err));
	return -err;
}

int sandbox_go(const sandbox_step *steps, const struct process *p)
{
	int ret = 0;

	while (!ret && *steps)
		ret = (*steps++)(p);
	return ret;
}

/* ---- limits ----------------------------------------------------------------- */

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
	[PROCESS_DAEMON] = { .core = 0, .data = RLIM_INFINITY, .file = RLIM_INFINITY },
	[PROCESS_KEEPER] = { .core = 0, .data = RLIM_INFINITY, .file = RLIM_INFINITY },
	[PROCESS_WORKER] = { .core = 0, .data = SANDBOX_WORKER_DATA,
			     .file = SANDBOX_WORKER_FILE,
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

int step_bound(const struct process *p)
{
	const struct bounds *b = &bounds[p->kind];
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

/* ---- what the process gives away ---------------------------------------------- */

int step_forbid_dumps(const struct process *p)
{
	(void)p;
	return prctl(PR_SET_DUMPABLE, 0) ? report("PR_SET_DUMPABLE", errno) : 0;
}

int step_forbid_privileges(const struct process *p)
{
	(void)p;
	return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) ? report("PR_SET_NO_NEW_PRIVS", errno) : 0;
}

int step_end_with_parent(const struct process *p)
{
	if (prctl(PR_SET_PDEATHSIG, SIGKILL))
		return report("PR_SET_PDEATHSIG", errno);
	/* It may have ended before the prctl(). */
	return getppid() == p->parent ? 0 : -ESRCH;
}

/* ---- network, descriptors, session ------------------------------------------- */

int step_leave_network(const struct process *p)
{
	if (!unshare(CLONE_NEWNET))
		return 0;
	/* Worth a warning where no filter forbids sockets */
	if (p->warns)
		log_warning("%s cannot leave the network: %s", p->name, strerror(errno));
	else
		log_debug("%s keeps its network: %s (it may open no socket)", p->name,
			  strerror(errno));
	return 0;
}

/* Close the descriptors from @first to @last, if there are any. */
static int close_range_of(unsigned int first, unsigned int last)
{
	if (first > last)
		return 0;
	return syscall(SYS_close_range, first, last, 0) ? report("close_range", errno) : 0;
}

int step_close_others(const struct process *p)
{
	int lower = p->fd < p->other ? p->fd : p->other;
	int upper = p->fd < p->other ? p->other : p->fd;
	int ret;

	if (lower < STDERR_FILENO)
		lower = STDERR_FILENO;
	if (upper < lower)
		upper = lower;
	ret = close_range_of(STDERR_FILENO + 1, lower - 1);
	if (!ret)
		ret = close_range_of(lower + 1, upper - 1);
	return ret ? ret : close_range_of(upper + 1, ~0U);
}

int step_use_null(const struct process *p)
{
	int fd = open("/dev/null", O_RDWR | O_CLOEXEC);

	(void)p;
	if (fd < 0)
		return report("/dev/null", errno);
	if (dup2(fd, STDIN_FILENO) < 0 || dup2(fd, STDOUT_FILENO) < 0)
		return report("/dev/null", errno);
	if (fd > STDERR_FILENO)
		close(fd);
	return 0;
}

int step_begin_anew(const struct process *p)
{
	(void)p;
	if (setsid() < 0)
		return report("setsid", errno);
	if (clearenv() || chdir("/"))
		return report("environment and directory", errno);
	umask(077);
	return 0;
}

int step_own_session(const struct process *p)
{
	return session_begin(p->session);
}

int step_take_session(const struct process *p)
{
	session_take(p->session);
	return 0;
}

/* ---- users and capabilities --------------------------------------------------- */

const struct passwd *sandbox_find_user(const char *user)
{
	const struct passwd *pw;

	errno = 0;
	pw = getpwnam(user);
	if (!pw)
		log_error("no user \"%s\"", user);
	else if (!pw->pw_uid || !pw->pw_gid)
		log_error("user \"%s\" is root", user);
	return pw && pw->pw_uid && pw->pw_gid ? pw : NULL;
}

int step_become_user(const struct process *p)
{
	const struct passwd *pw;

	if (geteuid())
		return 0;
	pw = sandbox_find_user(p->user);
	if (!pw)
		return -EINVAL;
	if (setgroups(0, NULL) || setresgid(pw->pw_gid, pw->pw_gid, pw->pw_gid) ||
	    setresuid(pw->pw_uid, pw->pw_uid, pw->pw_uid))
		return report("becoming another user", errno);
	return 0;
}

int step_become_requester(const struct process *p)
{
	const struct sandbox_identity *who = p->who;
	uid_t real, effective, saved;

	if (geteuid())
		return who->uid == geteuid() ? 0 : report("becoming the requester", EPERM);
	if (setgroups(who->count, who->groups) || setresgid(who->gid, who->gid, who->gid) ||
	    setresuid(who->uid, who->uid, who->uid) || getresuid(&real, &effective, &saved))
		return report("becoming the requester", errno);
	return real == who->uid && effective == who->uid && saved == who->uid ?
		0 : report("becoming the requester", EPERM);
}

int step_drop_bounding_set(const struct process *p)
{
	(void)p;
	for (int cap = 0; prctl(PR_CAPBSET_READ, cap) >= 0; cap++) {
		if (prctl(PR_CAPBSET_DROP, cap) && errno != EPERM)
			return report("PR_CAPBSET_DROP", errno);
	}
	return 0;
}

int step_keep_capabilities(const struct process *p)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0))
		return report("PR_CAP_AMBIENT_CLEAR_ALL", errno);
	if (syscall(SYS_capget, &hdr, caps))
		return report("capget", errno);
	for (int i = 0; i < _LINUX_CAPABILITY_U32S_3; i++) {
		caps[i].permitted &= p->capabilities >> 32 * i;
		caps[i].effective = caps[i].permitted;
		caps[i].inheritable = 0;
	}
	return syscall(SYS_capset, &hdr, caps) ? report("capset", errno) : 0;
}

int step_verify_capabilities(const struct process *p)
{
	struct __user_cap_header_struct hdr = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct caps[_LINUX_CAPABILITY_U32S_3];

	(void)p;
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

int step_verify(const struct process *p)
{
	int ret = step_verify_capabilities(p);

	if (ret)
		return ret;
	if (!geteuid() || !getuid() || !setuid(0)) {
		log_error("still root");
		return -EPERM;
	}
	return 0;
}

/* ---- profiles and filters ----------------------------------------------------- */

int step_confine(const struct process *p)
{
	return confine(p->profile);
}

int step_filter(const struct process *p)
{
	return p->filter();
}
