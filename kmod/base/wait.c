// SPDX-License-Identifier: GPL-2.0-only
/* Deadline and cancellation of one context. */
#include "wait.h"

#include <linux/sched/signal.h>

void cssp_wait_init(struct cssp_wait *w)
{
	spin_lock_init(&w->lock);
	w->sleeping_on = NULL;
	w->deadline = jiffies;
	w->last = w->deadline;
	w->cancelled = false;
}

void cssp_wait_start(struct cssp_wait *w, unsigned int msecs)
{
	w->last = jiffies + msecs_to_jiffies(msecs);
	WRITE_ONCE(w->deadline, w->last);
}

void cssp_wait_narrow(struct cssp_wait *w, unsigned int msecs)
{
	unsigned long limit = jiffies + msecs_to_jiffies(msecs);

	if (time_before(limit, READ_ONCE(w->deadline)))
		WRITE_ONCE(w->deadline, limit);
}

void cssp_wait_widen(struct cssp_wait *w)
{
	WRITE_ONCE(w->deadline, w->last);
}

void cssp_wait_cancel(struct cssp_wait *w)
{
	unsigned long flags;

	spin_lock_irqsave(&w->lock, flags);
	WRITE_ONCE(w->cancelled, true);
	/* Under the lock: disarm keeps the queue alive until we are through. */
	if (w->sleeping_on)
		wake_up_all(w->sleeping_on);
	spin_unlock_irqrestore(&w->lock, flags);
}

long cssp_wait_left(const struct cssp_wait *w)
{
	return max_t(long, READ_ONCE(w->deadline) - jiffies, 0);
}

int cssp_wait_check(const struct cssp_wait *w)
{
	if (READ_ONCE(w->cancelled))
		return -ECANCELED;
	if (fatal_signal_pending(current))
		return -EINTR;
	return cssp_wait_left(w) ? 0 : -ETIMEDOUT;
}

void cssp_wait_arm(struct cssp_wait *w, wait_queue_head_t *wq)
{
	unsigned long flags;

	spin_lock_irqsave(&w->lock, flags);
	w->sleeping_on = wq;
	spin_unlock_irqrestore(&w->lock, flags);
}

void cssp_wait_disarm(struct cssp_wait *w)
{
	cssp_wait_arm(w, NULL);
}
