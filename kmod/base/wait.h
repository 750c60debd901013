/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The one way this module sleeps until a peer, the helper or a thread of the caller
 * acts: killable, freezable, bounded by one absolute deadline for the whole exchange,
 * and cancellable from another thread (kernel threads get no signals).
 */
#ifndef CSSP_BASE_WAIT_H
#define CSSP_BASE_WAIT_H

#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

/*
 * State of a task in such a sleep.  System suspend does not wait for it, nor does the
 * freezer of version 1 control groups.  UNSAFE: it holds its context's lock.  A task
 * that waits for that lock sleeps in this state as well (cssp_context_lock()), so a frozen
 * task never keeps another task from freezing.
 */
#define CSSP_TASK_WAITING	(TASK_KILLABLE | TASK_FREEZABLE_UNSAFE)

/**
 * struct cssp_wait - deadline and cancellation of one context
 * @lock: protects @sleeping_on and the setting of @cancelled
 * @sleeping_on: where the context's thread sleeps now, or NULL
 * @deadline: jiffies, of the exchange under way
 * @last: jiffies, the deadline before it was narrowed; for the context's own thread
 * @cancelled: sticky
 */
struct cssp_wait {
	spinlock_t lock;	/* see above */
	wait_queue_head_t *sleeping_on;
	unsigned long deadline;
	unsigned long last;
	bool cancelled;
};

void cssp_wait_init(struct cssp_wait *w);
/* Start the clock: @msecs from now is the deadline. */
void cssp_wait_start(struct cssp_wait *w, unsigned int msecs);
/* The deadline is no later than @msecs from now. */
void cssp_wait_narrow(struct cssp_wait *w, unsigned int msecs);
/* What needed a narrow deadline is over: the deadline is again the one that the clock had. */
void cssp_wait_widen(struct cssp_wait *w);
/* Wake the sleeper for good. Context: any. */
void cssp_wait_cancel(struct cssp_wait *w);
/* Jiffies that remain until the deadline, 0 when it has passed. */
long cssp_wait_left(const struct cssp_wait *w);
/* -ECANCELED, -ETIMEDOUT, -EINTR (killed) or 0: may the exchange go on? */
int __must_check cssp_wait_check(const struct cssp_wait *w);

void cssp_wait_arm(struct cssp_wait *w, wait_queue_head_t *wq);
void cssp_wait_disarm(struct cssp_wait *w);

/**
 * cssp_wait_event() - sleep on @wq until @cond
 * @w: struct cssp_wait of the context
 * @wq: pointer to the wait queue head that is woken when @cond may be true
 * @cond: evaluated without locks
 * @limit: longest sleep in jiffies, for a bound shorter than the deadline
 *
 * Context: may sleep.
 * Return: 0, -ETIMEDOUT, -ECANCELED, or -EINTR when the task was killed.
 */
#define cssp_wait_event(w, wq, cond, limit)				\
({									\
	struct cssp_wait *__w = (w);					\
	wait_queue_head_t *__wq = (wq);					\
	long __left = min_t(long, cssp_wait_left(__w), (limit));	\
	long __r;							\
									\
	cssp_wait_arm(__w, __wq);					\
	might_sleep();							\
	__r = ___wait_event(*__wq,					\
		___wait_cond_timeout((cond) || READ_ONCE(__w->cancelled)), \
		CSSP_TASK_WAITING, 0, __left,				\
		__ret = schedule_timeout(__ret));			\
	cssp_wait_disarm(__w);						\
	__r < 0 ? -EINTR : READ_ONCE(__w->cancelled) ? -ECANCELED :	\
	__r == 0 ? -ETIMEDOUT : 0;					\
})

#endif
