// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/clock.h"
#include "base/log.h"
#include "base/packets.h"
#include "krb5/krb5_kdc.h"
#include "krb5/krb5_kdcs.h"
#include "office_groups.h"
#include "office_impl.h"
#include "office_workers.h"
#include "sandbox/sandbox.h"
#include "sandbox/session.h"

#define for_each_office_worker(w, ws) \
	for ((w) = (ws)->worker; (w) < (ws)->worker + OFFICE_WORKERS; (w)++)

/* Bytes of the longest packet between a worker and the relay */
#define RELAY_PACKET_MAX \
	(KRB5_KDC_REQUEST_MAX > KRB5_KDC_REPLY_MAX ? KRB5_KDC_REQUEST_MAX : KRB5_KDC_REPLY_MAX)

/* ---- new processes ----------------------------------------------------------- */

/*
 * The office's ignored signals stay ignored: those to a whole service are for the daemon.
 * Writing beyond RLIMIT_FSIZE is an error of write() instead of a signal.
 */
static int reset_signals(void)
{
	sigset_t none;

	sigemptyset(&none);
	if (signal(SIGXFSZ, SIG_IGN) == SIG_ERR || signal(SIGCHLD, SIG_DFL) == SIG_ERR)
		return -errno;
	return sigprocmask(SIG_SETMASK, &none, NULL) ? -errno : 0;
}

__attribute__((noreturn))
static void relay_become(const struct office_setup *setup, int fd, pid_t office)
{
	/* Without it the relay works as well. */
	const int kdcs = krb5_kdcs_open(setup->kdcs);

	if (sandbox_relay(office, fd, kdcs < 0 ? fd : kdcs, setup->user) || reset_signals())
		_exit(EXIT_FAILURE);
	_exit(setup->relay(fd, kdcs, setup->conf));
}

int office_workers_init(struct office_workers *ws, const struct office_setup *setup,
			struct queue *waiting, struct office_tgts *tgts)
{
	const pid_t office = getpid();
	int fds[2];
	int ret;

	*ws = (struct office_workers){
		.setup = setup, .waiting = waiting, .tgts = tgts, .replays = -ENOENT,
	};
	ret = office_armor_init(&ws->armor, setup);
	if (ret)
		return ret;
	/* Packets with a descriptor and a number, and questions */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	ws->relay_pid = fork();
	if (!ws->relay_pid)
		relay_become(setup, fds[1], office);
	ret = -errno;
	close(fds[1]);
	ws->relay = fds[0];
	if (ws->relay_pid < 0)
		return ret;
	/* A relay that does not read must not stop the office. */
	return fcntl(ws->relay, F_SETFL, O_NONBLOCK) ? -errno : 0;
}

/**
 * struct worker_task - what a new worker is to do
 * @asked: header of its request
 * @groups: the requester's
 * @session: the requester's session keyring, see session.h
 * @armored: the exchange of a password in armor (FAST)
 */
struct worker_task {
	const struct credssp_hlp_header *asked;
	struct office_groups groups;
	int32_t session;
	bool armored;
};

/* The requester's session keyring, for a cache that can be in it */
static int32_t worker_session(const struct job *j)
{
	static const char type[] = "KEYRING:";
	struct credssp_hlp_krb5_init init;
	const uint8_t *payload, *name;
	size_t length;

	if (job_header(j)->opcode != CREDSSP_HLP_KRB5_INIT)
		return SESSION_NONE;
	payload = office_payload(job_header(j), &length);
	memcpy(&init, payload, sizeof(init));
	name = payload + sizeof(init) + init.user_length + init.realm_length +
	       init.password_length;
	if (init.source != CREDSSP_HLP_KRB5_CCACHE)
		return SESSION_NONE;
	/* Without a name it is the default cache, which krb5.conf decides. */
	if (init.tickets_length && (init.tickets_length < strlen(type) ||
				    memcmp(name, type, strlen(type))))
		return SESSION_NONE;
	return init.session_keyring;
}

/*
 * A worker in armor is the daemon's user: the host's ticket must not be in a process that the
 * requester could take over. It needs no file of the requester.
 */
static struct sandbox_identity worker_identity(const struct office_workers *ws,
					       const struct worker_task *t)
{
	if (t->armored)
		return office_armor_identity(&ws->armor);
	return (struct sandbox_identity){
		.uid = t->asked->uid, .gid = t->groups.gid, .count = t->groups.count,
		.groups = t->groups.list,
	};
}

/* The main function of a worker */
static int worker_run(const struct office_setup *setup, const struct worker_task *t, int fd,
		      int other)
{
	if (t->armored)
		return setup->fast->work(fd, other, setup->conf, setup->fast->required);
	switch (t->asked->opcode) {
	case CREDSSP_HLP_KRB5_ACCEPT:
		return setup->accept(fd, other, setup->conf);
	case OFFICE_TGT:
		return setup->tgt(fd, other, setup->conf);
	default:
		return setup->work(fd, other, setup->conf);
	}
}

__attribute__((noreturn))
static void worker_become(const struct office_workers *ws, int fd, int other,
			  const struct worker_task *t, pid_t office)
{
	const struct sandbox_identity who = worker_identity(ws, t);

	/* Other requesters' passwords and keys */
	queue_clear(ws->waiting);
	office_tgts_clear(ws->tgts);
	if (sandbox_requester(office, fd, other, &who, t->session) || reset_signals())
		_exit(EXIT_FAILURE);
	_exit(worker_run(ws->setup, t, fd, other));
}

/* It reads the host's keytab as root, and then has no rights. */
__attribute__((noreturn))
static void armorer_become(const struct office_workers *ws, int fd, int relay, pid_t office)
{
	const struct sandbox_identity who = office_armor_identity(&ws->armor);
	const struct office_fast *fast = ws->setup->fast;

	queue_clear(ws->waiting);
	office_tgts_clear(ws->tgts);
	fast->load(ws->setup->conf, fast->keytab, fast->ccache);
	if (sandbox_requester(office, fd, relay, &who, SESSION_NONE) || reset_signals())
		_exit(EXIT_FAILURE);
	_exit(fast->serve(fd, relay, ws->setup->conf));
}

/* The worker's end of a connection with the relay, or a negative errno */
static int relay_open(const struct office_workers *ws, uint32_t owner)
{
	int fds[2];
	int ret = packets_connect(fds, RELAY_PACKET_MAX);

	if (ret)
		return ret;
	ret = packets_pass_for(ws->relay, fds[0], owner);
	close(fds[0]);
	if (!ret)
		return fds[1];
	close(fds[1]);
	return ret;
}

/* Fork the armorer. Return its pid or a negative errno. */
static pid_t armorer_fork(const void *arg, int *fd)
{
	const struct office_workers *ws = arg;
	const pid_t office = getpid();
	int relay, fds[2];
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	/* It asks for the host's tickets, whoever needs them. */
	relay = relay_open(ws, 0);
	pid = relay < 0 ? relay : fork();
	if (!pid)
		armorer_become(ws, fds[1], relay, office);
	if (pid < 0 && relay >= 0)
		pid = -errno;
	if (relay >= 0)
		close(relay);
	close(fds[1]);
	/* One that does not read must not stop the office. */
	if (pid > 0 && !fcntl(fds[0], F_SETFL, O_NONBLOCK)) {
		*fd = fds[0];
		return pid;
	}
	close(fds[0]);
	return pid;
}

/*
 * What a worker has beside its connection to the office: a way to KDCs or, for an AP-REQ,
 * which needs none, the directory of replay caches. A descriptor or a negative errno
 */
static int worker_open_other(const struct office_workers *ws,
			     const struct credssp_hlp_header *asked)
{
	int fd;

	if (asked->opcode != CREDSSP_HLP_KRB5_ACCEPT)
		return relay_open(ws, asked->owner);
	if (ws->replays < 0)
		return ws->replays;
	fd = fcntl(ws->replays, F_DUPFD_CLOEXEC, 0);
	return fd < 0 ? -errno : fd;
}

/* Fork, with the connections made. Return the pid or a negative errno. */
static pid_t worker_fork(const struct office_workers *ws, int fd, const struct worker_task *t)
{
	const pid_t office = getpid();
	int other = worker_open_other(ws, t->asked);
	pid_t pid;

	if (other < 0)
		return other;
	pid = fork();
	if (!pid)
		worker_become(ws, fd, other, t, office);
	if (pid < 0)
		pid = -errno;
	close(other);
	return pid;
}

/* What is left of the time limit of an initiator, whose request may have waited */
static void worker_limit_time(struct job *j)
{
	const int64_t left = j->deadline - clock_ms();
	struct credssp_hlp_krb5_init init;
	const uint8_t *payload;
	size_t length;

	if (job_header(j)->opcode != CREDSSP_HLP_KRB5_INIT)
		return;
	payload = office_payload(job_header(j), &length);
	memcpy(&init, payload, sizeof(init));
	init.time_limit = left > 0 ? left : 0;
	memcpy(j->request + (payload - j->request), &init, sizeof(init));
}

/*
 * The request is in the socket before the worker is there: so no process but this one has
 * it in its memory.
 */
static int worker_give(int fd, struct job *j)
{
	size_t length;
	const uint8_t *payload = office_payload(job_header(j), &length);
	ssize_t sent = write(fd, payload, length);
	int ret = -errno;

	if (sent < 0)
		return ret;
	return sent == (ssize_t)length ? 0 : -EIO;
}

static struct office_worker *workers_place(struct office_workers *ws)
{
	struct office_worker *w;

	for_each_office_worker(w, ws) {
		if (w->state == OFFICE_WORKER_FREE)
			return w;
	}
	return NULL;
}

int office_workers_start(struct office_workers *ws, struct job *j)
{
	const bool armored = office_armor_serves(&ws->armor, job_header(j));
	struct office_worker *w = workers_place(ws);
	struct worker_task task = { .session = worker_session(j), .armored = armored };
	int fds[2] = { -1, -1 }, ret;

	worker_limit_time(j);
	office_groups_read(&task.groups, job_header(j));
	if (w) {
		*w = (struct office_worker){
			.deadline = j->deadline, .asked = *job_header(j),
		};
		task.asked = &w->asked;
		ret = packets_connect(fds, CREDSSP_HLP_MAX_MESSAGE);
	} else {
		ret = -EDQUOT;
	}
	if (!ret)
		ret = fcntl(fds[0], F_SETFL, O_NONBLOCK) ? -errno : worker_give(fds[0], j);
	job_free(j);
	if (!ret && armored)
		ret = office_armor_give(&ws->armor, fds[0], armorer_fork, ws);
	if (!ret)
		ret = worker_fork(ws, fds[1], &task);
	if (fds[1] >= 0)
		close(fds[1]);
	if (ret > 0) {
		w->pid = ret;
		w->fd = fds[0];
		w->state = OFFICE_WORKER_WORKS;
		return 0;
	}
	if (fds[0] >= 0)
		close(fds[0]);
	return ret;
}

/* ---- limits ------------------------------------------------------------------ */

bool office_workers_may_start(const struct office_workers *ws, uint32_t owner)
{
	const struct office_worker *w;
	unsigned int all = 0, own = 0;

	for_each_office_worker(w, ws) {
		all += w->state != OFFICE_WORKER_FREE;
		own += w->state != OFFICE_WORKER_FREE && w->asked.owner == owner;
	}
	if (all >= OFFICE_WORKERS)
		return false;
	if (!owner)
		return true;
	return own < OFFICE_WORKERS_OF_OWNER &&
	       (all < OFFICE_WORKERS - OFFICE_RESERVE || own < OFFICE_FEW);
}

/* ---- a worker's life --------------------------------------------------------- */

struct office_worker *office_workers_find(struct office_workers *ws, uint64_t conversation)
{
	struct office_worker *w;

	for_each_office_worker(w, ws) {
		if ((w->state == OFFICE_WORKER_WORKS || w->state == OFFICE_WORKER_WAITS) &&
		    w->asked.conversation == conversation)
			return w;
	}
	return NULL;
}

int office_worker_step(struct office_worker *w, const struct credssp_hlp_header *hdr,
		       const void *token, size_t length)
{
	if (write(w->fd, token, length) != (ssize_t)length)
		return -EIO;
	w->asked = *hdr;
	w->state = OFFICE_WORKER_WORKS;
	w->deadline = clock_ms() + office_patience.step;
	return 0;
}

void office_worker_wait(struct office_worker *w)
{
	w->state = OFFICE_WORKER_WAITS;
	w->deadline = clock_ms() + office_patience.init;
}

void office_worker_leave(struct office_worker *w)
{
	close(w->fd);
	w->fd = -1;
	w->state = OFFICE_WORKER_LEAVES;
	w->deadline = clock_ms() + office_patience.leave;
}

void office_worker_kill(struct office_worker *w)
{
	if (w->fd >= 0)
		close(w->fd);
	w->fd = -1;
	w->state = OFFICE_WORKER_KILLED;
	/* It is not reaped, so its pid is not used again yet. */
	kill(w->pid, SIGKILL);
}

bool office_worker_is_overdue(const struct office_worker *w, int64_t now)
{
	return w->state != OFFICE_WORKER_FREE && w->state != OFFICE_WORKER_KILLED &&
	       w->deadline <= now;
}

/* An idle office does not wake up for the relay. */
static int64_t relay_next_question(const struct office_workers *ws)
{
	const struct office_worker *w;

	if (ws->relay_questions > OFFICE_RELAY_QUESTIONS)
		return INT64_MAX;
	for_each_office_worker(w, ws) {
		if (w->state != OFFICE_WORKER_FREE)
			return ws->relay_due;
	}
	return INT64_MAX;
}

void office_workers_ask_relay(struct office_workers *ws, int64_t now)
{
	const char byte = 0;

	if (relay_next_question(ws) > now)
		return;
	ws->relay_due = now + office_patience.relay;
	if (ws->relay_questions++ == OFFICE_RELAY_QUESTIONS) {
		log_error("the relay for Kerberos does not answer");
		/* It is not reaped, so its pid is not used again. */
		kill(ws->relay_pid, SIGKILL);
	} else if (write(ws->relay, &byte, sizeof(byte)) < 0) {
		log_debug("relay: a question: %s", strerror(errno));
	}
}

bool office_workers_hear_relay(struct office_workers *ws)
{
	char bytes[16];
	ssize_t got;

	/* A relay that says more than it was asked is heard once in each turn. */
	got = read(ws->relay, bytes, sizeof(bytes));
	if (got < 0)
		return errno == EAGAIN || errno == EINTR;
	ws->relay_questions = 0;
	return got;
}

int64_t office_workers_due(const struct office_workers *ws)
{
	const struct office_worker *w;
	int64_t due = relay_next_question(ws);

	for_each_office_worker(w, ws) {
		if (w->state != OFFICE_WORKER_FREE && w->state != OFFICE_WORKER_KILLED &&
		    w->deadline < due)
			due = w->deadline;
	}
	return due;
}

void office_workers_reap(struct office_workers *ws)
{
	struct office_worker *w;

	office_armor_reap(&ws->armor);
	for_each_office_worker(w, ws) {
		/* If its socket is open, the worker is alive or has left a reply in it. */
		if (w->state != OFFICE_WORKER_FREE && w->fd < 0 &&
		    waitpid(w->pid, NULL, WNOHANG) == w->pid)
			w->state = OFFICE_WORKER_FREE;
	}
}
