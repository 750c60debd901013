// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>
#include "base/children.h"
#include "base/clock.h"
#include "base/log.h"
#include "certs/keyring.h"
#include "keeper_impl.h"
#include "sandbox/sandbox.h"
#include "workers.h"

#define for_each_worker(w, ws) \
	for ((w) = (ws)->worker; (w) < (ws)->worker + WORKER_SLOTS; (w)++)

void workers_init(struct workers *ws, const char *directory)
{
	memset(ws, 0, sizeof(*ws));
	ws->directory = directory;
	for (int i = 0; i < WORKER_SLOTS; i++) {
		ws->worker[i].fd = -1;
		ws->trouble[i].delay = -1;
	}
}

/* ---- users whose workers were lost ----------------------------------------- */

static struct worker_trouble *trouble_find(struct workers *ws, uint32_t uid)
{
	for (int i = 0; i < WORKER_SLOTS; i++) {
		if (ws->trouble[i].delay >= 0 && ws->trouble[i].uid == uid)
			return &ws->trouble[i];
	}
	return NULL;
}

static void trouble_note(struct workers *ws, uint32_t uid)
{
	struct worker_trouble *t = trouble_find(ws, uid);
	const int64_t now = clock_ms();

	if (!t) {
		ws->last_trouble = (ws->last_trouble + 1) % WORKER_SLOTS;
		t = &ws->trouble[ws->last_trouble];
		t->delay = 0;
	} else if (now - t->at >= BACKOFF_MAX_MS + t->delay) {
		t->delay = 0;
	} else {
		t->delay = t->delay ? 2 * t->delay : BACKOFF_MIN_MS;
		if (t->delay > BACKOFF_MAX_MS)
			t->delay = BACKOFF_MAX_MS;
	}
	t->uid = uid;
	t->at = now;
}

static bool trouble_forbids_start(struct workers *ws, uint32_t uid)
{
	const struct worker_trouble *t = trouble_find(ws, uid);

	return t && clock_ms() - t->at < t->delay;
}

/* ---- start and end ---------------------------------------------------------- */

static bool worker_is_live(const struct worker *w)
{
	return w->fd >= 0 && !w->retired;
}

/* What a new worker needs of the keeper, which is its parent */
struct worker_task {
	const char *directory;
	pid_t keeper;
	uint32_t uid;
};

/* In the new process: of the keeper's descriptors it keeps @fd only. */
static int worker_run(int fd, const void *arg)
{
	const struct worker_task *t = arg;
	sigset_t none;

	sigemptyset(&none);
	/* Writing beyond RLIMIT_FSIZE is an error of write() instead of a signal. */
	if (sandbox_work(t->keeper, fd) || signal(SIGXFSZ, SIG_IGN) == SIG_ERR ||
	    sigprocmask(SIG_SETMASK, &none, NULL))
		return EXIT_FAILURE;
	return keeper_work(fd, t->directory, t->uid);
}

static int worker_start(struct workers *ws, struct worker *w, uint32_t uid)
{
	const struct worker_task task = { ws->directory, getpid(), uid };
	int fd;
	const pid_t pid = children_start(&fd, KEEPER_PACKET_MAX, worker_run, &task);

	if (pid < 0)
		return pid;
	*w = (struct worker){ .pid = pid, .fd = fd, .uid = uid };
	return 0;
}

static void worker_retire(struct worker *w)
{
	/* It reads its last questions, and then the end of file. */
	shutdown(w->fd, SHUT_WR);
	w->retired = true;
	if (!w->count)
		w->since = clock_patience_ms();
}

void workers_retire(struct workers *ws)
{
	struct worker *w;

	for_each_worker(w, ws) {
		if (worker_is_live(w))
			worker_retire(w);
	}
}

void worker_close(struct worker *w)
{
	close(w->fd);
	w->fd = -1;
	/* It is not reaped, so its pid is not used again yet. */
	kill(w->pid, SIGKILL);
}

void worker_lose(struct workers *ws, struct worker *w, const char *why)
{
	log_warning("certificates of uid %u: their process %s", w->uid, why);
	worker_close(w);
	trouble_note(ws, w->uid);
}

void workers_reap(struct workers *ws)
{
	struct worker *w;

	for_each_worker(w, ws) {
		/* If its socket is open, the worker is alive or has left answers in it. */
		if (w->pid && w->fd < 0 && waitpid(w->pid, NULL, WNOHANG) == w->pid)
			w->pid = 0;
	}
}

/* ---- the worker of a user --------------------------------------------------- */

static struct worker *workers_find_live(struct workers *ws, uint32_t uid)
{
	struct worker *w;

	for_each_worker(w, ws) {
		if (worker_is_live(w) && w->uid == uid)
			return w;
	}
	return NULL;
}

static bool workers_are_stuck(struct workers *ws, uint32_t uid)
{
	const struct worker *w;
	int count = 0;

	for_each_worker(w, ws)
		count += w->pid && w->fd < 0 && w->uid == uid;
	return count >= WORKERS_STUCK;
}

/* Is the number of workers below the limit? If not, retire an idle one. */
static int workers_make_room(struct workers *ws)
{
	struct worker *w, *idle = NULL;
	int count = 0;

	for_each_worker(w, ws) {
		if (!worker_is_live(w))
			continue;
		count++;
		if (!w->count && (!idle || w->used < idle->used))
			idle = w;
	}
	if (count < WORKERS_MAX)
		return 0;
	if (!idle)
		return -EBUSY;
	worker_retire(idle);
	return 0;
}

static struct worker *workers_find_free(struct workers *ws)
{
	struct worker *w;

	for_each_worker(w, ws) {
		if (!w->pid)
			return w;
	}
	return NULL;
}

int workers_get(struct workers *ws, uint32_t uid, struct worker **found)
{
	struct worker *w = workers_find_live(ws, uid);
	int ret;

	*found = w;
	if (w)
		return 0;
	/* A user without certificates needs no process. */
	if (!keyring_has_user(ws->directory, uid))
		return -ENOENT;
	workers_reap(ws);
	if (trouble_forbids_start(ws, uid) || workers_are_stuck(ws, uid))
		return -EAGAIN;
	ret = workers_make_room(ws);
	if (ret)
		return ret;
	w = workers_find_free(ws);
	if (!w)
		return -EBUSY;
	ret = worker_start(ws, w, uid);
	if (!ret)
		*found = w;
	return ret;
}

/* ---- questions -------------------------------------------------------------- */

int worker_ask(struct workers *ws, struct worker *w, uint32_t id, const void *packet,
	       size_t length)
{
	if (w->count == WORKER_QUEUE)
		return -EBUSY;
	/* The keeper notices the end of @w when it reads. */
	if (write(w->fd, packet, length) != (ssize_t)length)
		return -EBUSY;
	if (!w->count)
		w->since = clock_patience_ms();
	w->queue[(w->first + w->count++) % WORKER_QUEUE] = id;
	w->used = ++ws->asked;
	return 0;
}

uint32_t worker_asked(const struct worker *w)
{
	return w->count ? w->queue[w->first] : 0;
}

void worker_answered(struct worker *w)
{
	w->first = (w->first + 1) % WORKER_QUEUE;
	w->count--;
	w->ready = true;
	w->since = clock_patience_ms();
}

bool worker_is_overdue(const struct worker *w, int64_t now)
{
	if (w->fd < 0)
		return false;
	if (w->count)
		return now - w->since >= (w->ready ? keeper_patience.sign :
						  keeper_patience.load);
	return w->retired && now - w->since >= WORKER_END_MS;
}

bool workers_are_busy(const struct workers *ws)
{
	const struct worker *w;

	for_each_worker(w, ws) {
		if (w->fd >= 0 && (w->count || w->retired))
			return true;
	}
	return false;
}
