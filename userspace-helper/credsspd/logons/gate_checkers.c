// SPDX-License-Identifier: GPL-2.0-only
/* The processes that check proofs for the gate: the bookkeeper, and workers for winbind. */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/children.h"
#include "base/log.h"
#include "base/packets.h"
#include "gate_process.h"
#include "sandbox/sandbox.h"

void gate_checkers_init(struct gate *g)
{
	g->books = (struct gate_books){ .fd = -1 };
	for (size_t i = 0; i < GATE_WORKERS; i++)
		g->workers[i] = (struct gate_worker){ .fd = -1 };
}

static void process_kill(pid_t pid)
{
	/* It is not reaped yet, or its pid would be 0 here. */
	if (pid > 0)
		kill(pid, SIGKILL);
}

/* Send a logon to a checker. False: there is no room, or it has ended. */
static bool checker_ask(int fd, const struct gate_logon *l)
{
	struct logon_question q = { .id = l->id };
	const struct iovec parts[] = { { &q, sizeof(q) }, { l->payload, l->length } };

	return writev(fd, parts, 2) == (ssize_t)(sizeof(q) + l->length);
}

/* ---- the bookkeeper -------------------------------------------------------------- */

/* What the new process needs of the gate, which is its parent */
struct bookkeeper_task {
	struct gate *gate;
	pid_t pid;
};

static int bookkeeper_run(int fd, const void *arg)
{
	const struct bookkeeper_task *t = arg;
	const struct bookkeeper_setup setup = {
		.gate = t->pid, .path = t->gate->setup->accounts,
		.machine = t->gate->books.file.machine, .user = t->gate->setup->user,
	};

	gate_logons_forget(t->gate);
	return t->gate->setup->books(fd, &setup);
}

static void bookkeeper_start(struct gate *g, const struct accounts_file_id *file, int64_t now)
{
	const struct bookkeeper_task task = { .gate = g, .pid = getpid() };
	static struct log_limit limit;
	pid_t pid;

	g->books = (struct gate_books){
		.fd = -1, .file = *file, .deadline = now + gate_patience.check,
		.restart = now + gate_patience.restart,
	};
	pid = children_start(&g->books.fd, LOGON_QUESTION_MAX, bookkeeper_run, &task);
	if (pid > 0)
		g->books.pid = pid;
	else if (log_may(&limit, now))
		log_error("bookkeeper: %s", strerror(-pid));
}

/* The hashes are gone with it. */
static void bookkeeper_stop(struct gate *g)
{
	process_kill(g->books.pid);
	close(g->books.fd);
	g->books.fd = -1;
	g->books.pid = 0;
	g->books.ready = false;
	g->books.asked = 0;
}

/*
 * It starts again after a while: an initiator that has found a way to end it must not do it all
 * the time. Its questions are not answered, and do not count as failures.
 */
static int bookkeeper_lose(struct gate *g, const char *why, int64_t now)
{
	static struct log_limit limit;
	struct gate_logon *l, *next;
	int ret = 0;

	if (log_may(&limit, now))
		log_error("the bookkeeper %s", why);
	bookkeeper_stop(g);
	g->books.restart = now + gate_patience.restart;
	for (l = TAILQ_FIRST(&g->logons); l && !ret; l = next) {
		next = TAILQ_NEXT(l, next);
		if (l->state == GATE_BOOKS)
			ret = gate_logon_lose(g, l, STATUS_INTERNAL_ERROR, now);
	}
	return ret;
}

bool gate_books_are_open(struct gate *g, int64_t now)
{
	struct accounts_file_id file;

	accounts_file_look(&file, g->setup->accounts);
	if (g->books.fd >= 0 && !accounts_file_is(&g->books.file, &file)) {
		/* First it answers what it was asked. */
		if (g->books.asked || !g->books.ready)
			return false;
		bookkeeper_stop(g);
		g->books.restart = now;
	}
	if (g->books.fd < 0 && now >= g->books.restart)
		bookkeeper_start(g, &file, now);
	return g->books.fd >= 0 && g->books.ready;
}

bool gate_books_ask(struct gate *g, const struct gate_logon *l, int64_t now)
{
	if (!checker_ask(g->books.fd, l))
		return false;
	if (!g->books.asked++)
		g->books.deadline = now + gate_patience.check;
	return true;
}

static int bookkeeper_take(struct gate *g, const struct logon_verdict *v, const uint8_t *name,
			   int64_t now)
{
	struct gate_logon *l;

	g->books.usable = v->usable;
	if (!v->id && !g->books.ready) {
		g->books.ready = true;
		return 0;
	}
	l = v->id ? gate_logon_find(g, v->id) : NULL;
	if (!l || l->state != GATE_BOOKS)
		return bookkeeper_lose(g, "sent an invalid packet", now);
	g->books.asked--;
	g->books.deadline = now + gate_patience.check;
	return gate_logon_settle(g, l, v, name, now);
}

int gate_books_hear(struct gate *g, int64_t now)
{
	uint8_t packet[LOGON_VERDICT_MAX + 1];
	struct logon_verdict v;
	ssize_t got;
	int ret;

	got = read(g->books.fd, packet, sizeof(packet));
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	if (got <= 0)
		return bookkeeper_lose(g, "has ended", now);
	if (!logon_verdict_read(&v, packet, got))
		ret = bookkeeper_lose(g, "sent an invalid packet", now);
	else
		ret = bookkeeper_take(g, &v, packet + sizeof(v), now);
	explicit_bzero(packet, sizeof(packet));
	explicit_bzero(&v, sizeof(v));
	return ret;
}

int64_t gate_books_due(const struct gate *g)
{
	const struct gate_books *b = &g->books;

	return b->fd >= 0 && (b->asked || !b->ready) ? b->deadline : INT64_MAX;
}

int gate_books_expire(struct gate *g, int64_t now)
{
	return now >= gate_books_due(g) ? bookkeeper_lose(g, "does not answer", now) : 0;
}

void gate_books_reload(struct gate *g)
{
	g->books.file.valid = false;
}

/* ---- workers for winbind --------------------------------------------------------- */

static struct gate_worker *gate_worker_place(struct gate *g)
{
	for (size_t i = 0; i < GATE_WORKERS; i++) {
		if (g->workers[i].fd < 0 && !g->workers[i].pid)
			return &g->workers[i];
	}
	return NULL;
}

__attribute__((noreturn))
static void winbind_become(struct gate *g, int fd, pid_t gate)
{
	gate_logons_forget(g);
	if (sandbox_winbind(gate, fd, g->setup->user))
		_exit(EXIT_FAILURE);
	_exit(g->setup->winbind(fd));
}

static int gate_worker_fork(struct gate *g, struct gate_worker *w, const struct gate_logon *l,
			    const int fds[2])
{
	const pid_t gate = getpid();
	pid_t pid;

	if (fcntl(fds[0], F_SETFL, O_NONBLOCK))
		return -errno;
	/* The question is in the socket before the worker is there. */
	if (!checker_ask(fds[0], l))
		return -EIO;
	pid = fork();
	if (!pid)
		winbind_become(g, fds[1], gate);
	if (pid < 0)
		return -errno;
	*w = (struct gate_worker){ .fd = fds[0], .pid = pid, .logon = l->id };
	return 0;
}

int gate_worker_start(struct gate *g, const struct gate_logon *l)
{
	struct gate_worker *w = gate_worker_place(g);
	int fds[2], ret;

	if (!w)
		return -EBUSY;
	ret = packets_connect(fds, LOGON_QUESTION_MAX);
	if (ret)
		return ret;
	ret = gate_worker_fork(g, w, l, fds);
	close(fds[1]);
	if (ret)
		close(fds[0]);
	return ret;
}

static void gate_worker_end(struct gate_worker *w)
{
	process_kill(w->pid);
	close(w->fd);
	w->fd = -1;
}

/* A worker does not log this itself: each one would have a limit of its own. */
static void winbind_complain(uint32_t trouble, int64_t now)
{
	static struct log_limit limit;

	if (!trouble || !log_may(&limit, now))
		return;
	if (trouble == LOGON_NO_LIBRARY)
		log_error("winbind: there is no libwbclient");
	else if (trouble == LOGON_OTHER_NAMES)
		log_warning("winbind: the domain refuses other NetBIOS names than this member's: %s",
			    "see --domain of credsspctl accept");
	else
		log_warning("winbind: error %u", trouble);
}

/* It has said what it had to say, or failed: its logon is over. */
static int gate_worker_take(struct gate *g, struct gate_logon *l, const uint8_t *packet,
			    ssize_t got, int64_t now)
{
	static struct log_limit limit;
	struct logon_verdict v;
	int ret;

	if (got > 0 && logon_verdict_read(&v, packet, got) && v.id == l->id && !v.elsewhere) {
		winbind_complain(v.trouble, now);
		ret = gate_logon_settle(g, l, &v, packet + sizeof(v), now);
	} else {
		if (log_may(&limit, now))
			log_error("winbind: a process %s",
				  got > 0 ? "sent an invalid packet" : "has ended");
		ret = gate_logon_lose(g, l, STATUS_INTERNAL_ERROR, now);
	}
	explicit_bzero(&v, sizeof(v));
	return ret;
}

int gate_worker_hear(struct gate *g, struct gate_worker *w, int64_t now)
{
	uint8_t packet[LOGON_VERDICT_MAX + 1];
	struct gate_logon *l;
	ssize_t got;
	int ret = 0;

	got = read(w->fd, packet, sizeof(packet));
	if (got < 0 && (errno == EAGAIN || errno == EINTR))
		return 0;
	gate_worker_end(w);
	l = gate_logon_find(g, w->logon);
	if (l && l->state == GATE_WINBIND)
		ret = gate_worker_take(g, l, packet, got, now);
	explicit_bzero(packet, sizeof(packet));
	return ret;
}

void gate_worker_stop(struct gate *g, const struct gate_logon *l)
{
	for (size_t i = 0; i < GATE_WORKERS; i++) {
		if (g->workers[i].fd >= 0 && g->workers[i].logon == l->id)
			gate_worker_end(&g->workers[i]);
	}
}

/* ---- both ------------------------------------------------------------------------ */

void gate_checkers_reap(struct gate *g)
{
	pid_t pid;

	while ((pid = waitpid(-1, NULL, WNOHANG)) > 0) {
		/* Their connections show that they have ended. */
		if (pid == g->books.pid)
			g->books.pid = 0;
		for (size_t i = 0; i < GATE_WORKERS; i++) {
			if (pid == g->workers[i].pid)
				g->workers[i].pid = 0;
		}
	}
}
