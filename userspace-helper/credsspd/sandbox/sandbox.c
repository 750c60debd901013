// SPDX-License-Identifier: GPL-2.0-only
/*
 * The processes of the daemon: what each gives up, step by step. The order matters, and is told
 * where it is not obvious.
 */
#include <errno.h>
#include <grp.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#include <linux/capability.h>
#include "base/log.h"
#include "base/syscalls.h"
#include "sandbox.h"
#include "sandbox_steps.h"
#include "session.h"

/* To become a user, and to end a worker that has become one */
#define OFFICE_CAPABILITIES \
	(1ULL << CAP_SETUID | 1ULL << CAP_SETGID | 1ULL << CAP_KILL)

/* ---- the daemon -------------------------------------------------------------- */

int sandbox_prepare(void)
{
	static const sandbox_step steps[] = { step_forbid_dumps, step_bound, NULL };
	static const struct process daemon = { .kind = PROCESS_DAEMON };
	int ret = sandbox_go(steps, &daemon);

	if (ret)
		return ret;
	/* An old kernel or a filter may refuse this. Inherited files are not used anyway. */
	if (syscall(SYS_close_range, STDERR_FILENO + 1, ~0U, 0))
		log_debug("close_range: %s", strerror(errno));
	return 0;
}

int sandbox_enter(const char *user)
{
	static const sandbox_step steps[] = {
		step_leave_network,
		step_drop_bounding_set,
		step_become_user,
		/* This profile does not have the files in which users are looked up. */
		step_confine,
		step_keep_capabilities,
		step_verify,
		/* Becoming another user may have set the flag again (fs.suid_dumpable). */
		step_forbid_dumps,
		step_forbid_privileges,
		NULL
	};

	return sandbox_go(steps, &(struct process) {
		.name = "the daemon", .user = user, .profile = "serve",
	});
}

int sandbox_close(void)
{
	return syscalls_restrict();
}

/* ---- the keeper of keys, and the reader of the configuration -------------------- */

/* A process that reads files: it keeps its user, and nothing else. */
static const sandbox_step files_steps[] = {
	step_leave_network,
	/* These profiles do not have CAP_SETPCAP, which it needs. */
	step_drop_bounding_set,
	step_confine,
	step_keep_capabilities,
	step_forbid_dumps,
	step_forbid_privileges,
	step_bound,
	NULL
};

int sandbox_keep(void)
{
	return sandbox_go(files_steps, &(struct process) {
		.name = "the key keeper", .kind = PROCESS_KEEPER, .warns = true,
		.profile = "keys",
	});
}

int sandbox_reader(int fd)
{
	const struct process reader = {
		.name = "the reader of the configuration", .kind = PROCESS_KEEPER, .warns = true,
		.fd = fd, .other = fd, .profile = "reader",
	};
	int ret = step_close_others(&reader);

	return ret ? ret : sandbox_go(files_steps, &reader);
}

int sandbox_work(pid_t keeper, int fd)
{
	static const sandbox_step steps[] = {
		step_close_others, step_end_with_parent, step_bound, NULL
	};

	return sandbox_go(steps, &(struct process) {
		.kind = PROCESS_WORKER, .fd = fd, .other = fd, .parent = keeper,
	});
}

/* ---- the ticket office's processes --------------------------------------------- */

/* It and the gate start processes as other users. */
static const sandbox_step office_steps[] = {
	step_close_others,
	step_use_null,
	/* The workers' filter forbids sockets, but not those of AF_UNIX without a file. */
	step_leave_network,
	step_drop_bounding_set,
	step_keep_capabilities,
	step_forbid_dumps,
	step_forbid_privileges,
	step_bound,
	NULL
};

int sandbox_office(int fd, int relay)
{
	return sandbox_go(office_steps, &(struct process) {
		.name = "the ticket office", .kind = PROCESS_KEEPER, .warns = true,
		.fd = fd, .other = relay, .capabilities = OFFICE_CAPABILITIES,
	});
}

int sandbox_relay(pid_t office, int fd, int file, const char *user)
{
	static const sandbox_step steps[] = {
		step_close_others,
		step_use_null,
		step_drop_bounding_set,
		step_confine,
		step_begin_anew,
		step_become_user,
		step_keep_capabilities,
		step_verify,
		/* What becoming another user has reset */
		step_forbid_dumps,
		step_forbid_privileges,
		step_end_with_parent,
		step_filter,
		NULL
	};

	return sandbox_go(steps, &(struct process) {
		.fd = fd, .other = file, .parent = office, .user = user, .profile = "relay",
		.filter = syscalls_restrict_relay,
	});
}

int sandbox_requester(pid_t office, int fd, int relay, const struct sandbox_identity *who,
		      int32_t session)
{
	static const sandbox_step steps[] = {
		step_close_others,
		step_confine,
		step_begin_anew,
		/* While its files in /proc are its own */
		step_bound,
		step_own_session,
		step_become_requester,
		step_keep_capabilities,
		step_verify_capabilities,
		/* What becoming another user has reset */
		step_end_with_parent,
		step_forbid_dumps,
		step_forbid_privileges,
		step_take_session,
		step_filter,
		NULL
	};

	return sandbox_go(steps, &(struct process) {
		.kind = PROCESS_WORKER, .fd = fd, .other = relay, .parent = office, .who = who,
		.session = session, .profile = "worker", .filter = syscalls_restrict_worker,
	});
}

/* ---- the processes of logons --------------------------------------------------- */

/* What Samba's packages call the group of winbind's privileged pipe (winbindd(8)) */
#define WINBIND_GROUP	"winbindd_priv"
/* Where they have no such group: the directory of the pipe has the right one. */
#define WINBIND_PRIVATE	"/var/lib/samba/winbindd_privileged"

int sandbox_gate(int fd)
{
	static const sandbox_step more[] = { step_confine, step_filter, NULL };
	const struct process gate = {
		.name = "the gate for logons", .kind = PROCESS_KEEPER, .warns = true,
		.fd = fd, .other = fd, .capabilities = OFFICE_CAPABILITIES,
		.profile = "gate", .filter = syscalls_restrict_relay,
	};
	int ret = sandbox_go(office_steps, &gate);

	return ret ? ret : sandbox_go(more, &gate);
}

int sandbox_bookkeeper(pid_t gate, int fd, const char *user)
{
	static const sandbox_step steps[] = {
		step_close_others,
		step_begin_anew,
		step_become_user,
		step_confine,
		step_keep_capabilities,
		step_verify,
		/* What becoming another user has reset */
		step_forbid_dumps,
		step_forbid_privileges,
		step_end_with_parent,
		step_filter,
		NULL
	};

	return sandbox_go(steps, &(struct process) {
		.fd = fd, .other = fd, .parent = gate, .user = user, .profile = "serve",
		.filter = syscalls_restrict,
	});
}

static size_t find_winbind_group(gid_t *gid)
{
	const struct group *gr = getgrnam(WINBIND_GROUP);
	struct stat st;

	if (gr)
		*gid = gr->gr_gid;
	else if (!stat(WINBIND_PRIVATE, &st))
		*gid = st.st_gid;
	else
		return 0;
	return *gid > 0;
}

int sandbox_winbind(pid_t gate, int fd, const char *user)
{
	gid_t group;
	struct sandbox_identity who = {
		.uid = geteuid(), .gid = getegid(), .count = find_winbind_group(&group),
		.groups = &group,
	};
	const struct passwd *pw;

	if (!who.uid) {
		pw = sandbox_find_user(user);
		if (!pw)
			return -EINVAL;
		who.uid = pw->pw_uid;
		who.gid = pw->pw_gid;
	}
	return sandbox_requester(gate, fd, fd, &who, SESSION_NONE);
}
