// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <pwd.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/packets.h"
#include "office_armor.h"
#include "office_groups.h"

int office_armor_init(struct office_armor *a, const struct office_setup *setup)
{
	const struct passwd *pw;

	*a = (struct office_armor){
		.setup = setup->fast, .user = geteuid(), .group = getegid(), .fd = -1,
	};
	if (!a->setup || a->user)
		return 0;
	pw = getpwnam(setup->user);
	if (!pw || !pw->pw_uid) {
		log_error("no user \"%s\", or it is root", setup->user);
		return -ENOENT;
	}
	a->user = pw->pw_uid;
	a->group = pw->pw_gid;
	return 0;
}

struct sandbox_identity office_armor_identity(const struct office_armor *a)
{
	return (struct sandbox_identity){ .uid = a->user, .gid = a->group };
}

bool office_armor_serves(const struct office_armor *a, const struct credssp_hlp_header *hdr)
{
	struct credssp_hlp_krb5_init head;
	size_t length;

	if (!a->setup || hdr->opcode != CREDSSP_HLP_KRB5_INIT)
		return false;
	memcpy(&head, office_payload(hdr, &length), sizeof(head));
	return head.source == CREDSSP_HLP_KRB5_PASSWORD;
}

static void armor_leave(struct office_armor *a)
{
	if (a->fd >= 0)
		close(a->fd);
	a->fd = -1;
}

void office_armor_reap(struct office_armor *a)
{
	if (!a->pid || waitpid(a->pid, NULL, WNOHANG) != a->pid)
		return;
	a->pid = 0;
	armor_leave(a);
}

void office_armor_reload(struct office_armor *a)
{
	/* It is not reaped, so its pid is not used again yet. */
	if (a->pid)
		kill(a->pid, SIGKILL);
	armor_leave(a);
}

/* One that has ended is replaced when it is reaped. */
static void armor_start(struct office_armor *a, pid_t (*start)(const void *arg, int *fd),
			const void *arg)
{
	static struct log_limit limit;
	pid_t pid;

	office_armor_reap(a);
	if (a->pid)
		return;
	pid = start(arg, &a->fd);
	if (pid > 0)
		a->pid = pid;
	else if (log_may(&limit, clock_ms()))
		log_error("process for FAST: %s", strerror(-pid));
}

/* The worker's end of a connection with the armorer, or -1 */
static int armor_connect(struct office_armor *a)
{
	int fds[2], ret;

	if (a->fd < 0 || packets_connect(fds, a->setup->packet))
		return -1;
	ret = packets_pass(a->fd, fds[0]);
	close(fds[0]);
	if (!ret)
		return fds[1];
	close(fds[1]);
	if (ret == -EPIPE)
		armor_leave(a);
	return -1;
}

int office_armor_give(struct office_armor *a, int worker,
		      pid_t (*start)(const void *arg, int *fd), const void *arg)
{
	const char none = 0;
	int fd, ret;

	armor_start(a, start, arg);
	fd = armor_connect(a);
	if (fd < 0)
		return send(worker, &none, sizeof(none), MSG_NOSIGNAL) < 0 ? -errno : 0;
	ret = packets_pass(worker, fd);
	close(fd);
	return ret;
}
