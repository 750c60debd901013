// SPDX-License-Identifier: GPL-2.0-only
/* The gate's logons: which of them may go on, and to which checker. */
#include <errno.h>
#include <string.h>
#include "base/log.h"
#include "gate_process.h"

static void logon_lock(struct gate *g, struct gate_logon *l, int64_t now)
{
	static struct log_limit limit;

	if (log_may(&limit, now))
		log_warning("a logon was refused after too many failures from its address");
	logon_refuse(&l->reply, CREDSSP_HLP_NTLM_FAIL_LOCKED, STATUS_LOGON_FAILURE);
	l->due = attempts_refuse(g->attempts, now);
	l->state = GATE_LOCKED;
	gate_logon_wipe(l);
}

static int logon_ask(struct gate *g, struct gate_logon *l, int64_t now)
{
	if (!gate_books_are_open(g, now))
		return 0;
	if (!g->books.usable && !g->setup->winbind)
		return gate_logon_refuse(g, l, CREDSSP_HLP_NTLM_FAIL_NO_ACCOUNTS,
					STATUS_INTERNAL_ERROR, now);
	if (!gate_books_ask(g, l, now))
		return 0;
	attempts_begin(l->pair);
	l->begun = now;
	l->state = GATE_BOOKS;
	return 0;
}

static int logon_wait(struct gate *g, struct gate_logon *l, int64_t now)
{
	if (now >= l->answer_by)
		return gate_logon_refuse_busy(g, l, now);
	switch (attempts_may_begin(g->attempts, l->pair, now)) {
	case ATTEMPTS_GO:
		return logon_ask(g, l, now);
	case ATTEMPTS_LOCKED:
		logon_lock(g, l, now);
		return 0;
	default:
		return 0;
	}
}

/* The bookkeeper has its own time limit. */
static int logon_await_books(struct gate *g, struct gate_logon *l, int64_t now)
{
	if (now < l->answer_by || l->answered)
		return 0;
	l->answered = true;
	return gate_refuse(g, &l->asked, CREDSSP_HLP_NTLM_FAIL_OTHER, STATUS_INTERNAL_ERROR);
}

static int logon_go_elsewhere(struct gate *g, struct gate_logon *l, int64_t now)
{
	int ret;

	if (now >= l->answer_by || l->answered) {
		attempts_abandon(l->pair);
		return gate_logon_refuse_busy(g, l, now);
	}
	ret = gate_worker_start(g, l);
	if (ret == -EBUSY)
		return 0;
	if (ret) {
		log_error("process for winbind: %s", strerror(-ret));
		return gate_logon_lose(g, l, STATUS_INTERNAL_ERROR, now);
	}
	l->state = GATE_WINBIND;
	gate_logon_wipe(l);
	return 0;
}

static int logon_await_winbind(struct gate *g, struct gate_logon *l, int64_t now)
{
	static struct log_limit limit;

	if (now < l->answer_by)
		return 0;
	if (log_may(&limit, now))
		log_warning("winbind does not answer in time");
	gate_worker_stop(g, l);
	return gate_logon_lose(g, l, STATUS_INTERNAL_ERROR, now);
}

static int logon_answer_failure(struct gate *g, struct gate_logon *l, int64_t now)
{
	int ret = 0;

	if (!l->answered && (now >= l->due || now >= l->answer_by))
		ret = gate_logon_tell_failure(g, l);
	/* The next attempt waits until then, also if the answer was in a hurry. */
	if (now < l->due)
		return ret;
	if (l->state == GATE_FAILED)
		attempts_end_failure(l->pair);
	gate_logon_free(g, l, now);
	return ret;
}

static int logon_advance(struct gate *g, struct gate_logon *l, int64_t now)
{
	switch (l->state) {
	case GATE_WAITS:
		return logon_wait(g, l, now);
	case GATE_BOOKS:
		return logon_await_books(g, l, now);
	case GATE_ELSEWHERE:
		return logon_go_elsewhere(g, l, now);
	case GATE_WINBIND:
		return logon_await_winbind(g, l, now);
	default:
		return logon_answer_failure(g, l, now);
	}
}

static int gate_advance_those(struct gate *g, bool waiting, int64_t now)
{
	struct gate_logon *l, *next;
	int ret = 0;

	for (l = TAILQ_FIRST(&g->logons); l && !ret; l = next) {
		next = TAILQ_NEXT(l, next);
		if (waiting ? l->state == GATE_WAITS : l->state != GATE_WAITS)
			ret = logon_advance(g, l, now);
	}
	return ret;
}

/* Those that wait come last, as they may wait for another one that is over now. */
int gate_logons_advance(struct gate *g, int64_t now)
{
	int ret = gate_advance_those(g, false, now);

	return ret ? ret : gate_advance_those(g, true, now);
}

static int64_t logon_due(const struct gate *g, const struct gate_logon *l, int64_t now)
{
	int64_t due = l->answered ? INT64_MAX : l->answer_by;

	switch (l->state) {
	case GATE_WAITS:
		if (g->books.fd < 0 && g->books.restart > now && g->books.restart < due)
			due = g->books.restart;
		return due;
	case GATE_WINBIND:
		return l->answer_by;
	case GATE_FAILED:
	case GATE_LOCKED:
		return l->due < due ? l->due : due;
	default:
		return due;
	}
}

int64_t gate_logons_due(const struct gate *g, int64_t now)
{
	int64_t due = INT64_MAX, own;
	struct gate_logon *l;

	TAILQ_FOREACH(l, &g->logons, next) {
		own = logon_due(g, l, now);
		if (own < due)
			due = own;
	}
	return due;
}
