// SPDX-License-Identifier: GPL-2.0-only
/* kmod/base/wait.h: sleeps with a deadline that can be cancelled. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/sched/signal.h>
#include "base/wait.h"
#include "util.h"

/* More time than any wait takes in a slow guest, and a deadline that a test waits for */
#define LONG_MS		10000
#define SHORT_MS	30

/* The thread of a context, which sleeps until the test wakes it. */
struct sleeper {
	struct cssp_wait wait;
	wait_queue_head_t wq;
	struct completion ready;
	struct completion done;
	bool cond;
	int ret;
};

static int sleeper_run(void *data)
{
	struct sleeper *s = data;

	allow_signal(SIGKILL);
	complete(&s->ready);
	s->ret = cssp_wait_event(&s->wait, &s->wq, READ_ONCE(s->cond),
				 msecs_to_jiffies(LONG_MS));
	flush_signals(current);
	complete(&s->done);
	return 0;
}

static void sleeper_init(struct sleeper *s, unsigned int msecs)
{
	memset(s, 0, sizeof(*s));
	cssp_wait_init(&s->wait);
	init_waitqueue_head(&s->wq);
	init_completion(&s->ready);
	init_completion(&s->done);
	cssp_wait_start(&s->wait, msecs);
}

static struct task_struct *sleeper_start(struct kunit *test, struct sleeper *s)
{
	struct task_struct *task;

	sleeper_init(s, LONG_MS);
	task = kthread_run(sleeper_run, s, "credssp-sleeper");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	get_task_struct(task);
	wait_for_completion(&s->ready);
	/*
	 * Each outcome is the same without this. With it the
	 * thread is most likely asleep.
	 */
	msleep(SHORT_MS);
	return task;
}

static int sleeper_end(struct kunit *test, struct sleeper *s, struct task_struct *task)
{
	KUNIT_EXPECT_NE(test, wait_for_completion_timeout(&s->done,
							  msecs_to_jiffies(LONG_MS / 2)), 0);
	kthread_stop_put(task);
	KUNIT_EXPECT_NULL(test, s->wait.sleeping_on);
	return s->ret;
}

static void test_wait_woken(struct kunit *test)
{
	struct sleeper *s = (struct sleeper *)test_room(test, sizeof(*s));
	struct task_struct *task = sleeper_start(test, s);

	WRITE_ONCE(s->cond, true);
	wake_up(&s->wq);
	KUNIT_EXPECT_EQ(test, sleeper_end(test, s, task), 0);
}

static void test_wait_cancelled(struct kunit *test)
{
	struct sleeper *s = (struct sleeper *)test_room(test, sizeof(*s));
	struct task_struct *task = sleeper_start(test, s);

	cssp_wait_cancel(&s->wait);
	KUNIT_EXPECT_EQ(test, sleeper_end(test, s, task), -ECANCELED);
	/* Cancellation is permanent. */
	KUNIT_EXPECT_EQ(test, cssp_wait_check(&s->wait), -ECANCELED);
	KUNIT_EXPECT_EQ(test, cssp_wait_event(&s->wait, &s->wq, true, HZ), -ECANCELED);
}

static void test_wait_killed(struct kunit *test)
{
	struct sleeper *s = (struct sleeper *)test_room(test, sizeof(*s));
	struct task_struct *task = sleeper_start(test, s);

	send_sig(SIGKILL, task, 1);
	KUNIT_EXPECT_EQ(test, sleeper_end(test, s, task), -EINTR);
}

static void test_wait_deadline(struct kunit *test)
{
	struct sleeper *s = (struct sleeper *)test_room(test, sizeof(*s));
	unsigned long start = jiffies;

	sleeper_init(s, SHORT_MS);
	KUNIT_EXPECT_EQ(test, cssp_wait_check(&s->wait), 0);
	KUNIT_EXPECT_GT(test, cssp_wait_left(&s->wait), 0);
	KUNIT_EXPECT_EQ(test, cssp_wait_event(&s->wait, &s->wq, false, MAX_SCHEDULE_TIMEOUT),
			-ETIMEDOUT);
	KUNIT_EXPECT_TRUE(test, time_after_eq(jiffies, start + msecs_to_jiffies(SHORT_MS)));
	KUNIT_EXPECT_EQ(test, cssp_wait_left(&s->wait), 0);
	KUNIT_EXPECT_EQ(test, cssp_wait_check(&s->wait), -ETIMEDOUT);
	/* After the deadline a condition that is true already is still a success. */
	KUNIT_EXPECT_EQ(test, cssp_wait_event(&s->wait, &s->wq, true, HZ), 0);
	/* A condition that is false fails without a wait. */
	KUNIT_EXPECT_EQ(test, cssp_wait_event(&s->wait, &s->wq, false, HZ), -ETIMEDOUT);
}

/* A narrow deadline for a part of the time */
static void test_wait_widened(struct kunit *test)
{
	const long narrow = msecs_to_jiffies(LONG_MS);
	struct cssp_wait w;

	cssp_wait_init(&w);
	cssp_wait_start(&w, 10 * LONG_MS);
	cssp_wait_narrow(&w, LONG_MS);
	KUNIT_EXPECT_LE(test, cssp_wait_left(&w), narrow);
	cssp_wait_widen(&w);
	KUNIT_EXPECT_GT(test, cssp_wait_left(&w), narrow);
	cssp_wait_narrow(&w, 20 * LONG_MS);
	KUNIT_EXPECT_LE(test, cssp_wait_left(&w), 10 * narrow);
	/* a clock that starts again has no deadline of the last one */
	cssp_wait_start(&w, LONG_MS);
	cssp_wait_widen(&w);
	KUNIT_EXPECT_LE(test, cssp_wait_left(&w), narrow);
}

static void test_wait_limit(struct kunit *test)
{
	struct sleeper *s = (struct sleeper *)test_room(test, sizeof(*s));

	sleeper_init(s, LONG_MS);
	KUNIT_EXPECT_EQ(test, cssp_wait_event(&s->wait, &s->wq, false, 1), -ETIMEDOUT);
	/* Only the bound of that wait is over, not the exchange's deadline. */
	KUNIT_EXPECT_EQ(test, cssp_wait_check(&s->wait), 0);
}

static void test_wait_not_started(struct kunit *test)
{
	struct cssp_wait w;

	cssp_wait_init(&w);
	KUNIT_EXPECT_EQ(test, cssp_wait_check(&w), -ETIMEDOUT);
}

static struct kunit_case base_cases[] = {
	KUNIT_CASE(test_wait_woken),
	KUNIT_CASE(test_wait_cancelled),
	KUNIT_CASE(test_wait_killed),
	KUNIT_CASE(test_wait_deadline),
	KUNIT_CASE(test_wait_widened),
	KUNIT_CASE(test_wait_limit),
	KUNIT_CASE(test_wait_not_started),
	{}
};

static struct kunit_suite base_suite = {
	.name = "credssp_base_wait",
	.test_cases = base_cases,
};

kunit_test_suites(&base_suite);
