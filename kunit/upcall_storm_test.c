// SPDX-License-Identifier: GPL-2.0-only
/*
 * The helper channel under load: many callers against several helper threads
 * that answer, answer twice, all at once, when the caller is about to give up, or not at all,
 * and fail to read.
 */
#include <kunit/test.h>
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include "base/wait.h"
#include "upcall/helper.h"
#include "upcall/conv.h"

#define DEADLINE_MS	100	/* for the calls that are not answered */

#define CALLERS		32
#define CALLS		20
#define SERVERS		3
#define USERS		3	/* several, so that the turn passes from user to user */

/**
 * struct storm - all of it
 * @lock: protects @common
 * @common: request that all servers answer, referenced
 * @served, @ignored, @late: what the servers did
 * @answered, @timed_out, @wrong: how the calls ended
 */
struct storm {
	struct cssp_helper *helper;
	struct cssp_requester who[USERS];
	struct workqueue_struct *wq;
	bool stop;
	spinlock_t lock;	/* see above */
	struct cssp_request *common;
	atomic_t served, ignored, late;
	atomic_t answered, timed_out, wrong;
};

/**
 * struct storm_worker - a caller or a server
 * @late: server: request that it answers at @due, referenced
 */
struct storm_worker {
	struct work_struct work;
	struct storm *storm;
	unsigned int number;
	struct cssp_request *late;
	unsigned long due;
};

/* Echoes the request's payload. */
static void storm_answer(struct storm *s, const struct cssp_request *req)
{
	struct credssp_hlp_header hdr;
	struct cssp_vbuf payload = {};
	int err;

	memcpy(&hdr, req->message.data, sizeof(hdr));
	hdr.uid = 0;
	hdr.pid = 0;
	hdr.owner = 0;
	err = cssp_vbuf_append(&payload, req->message.data + sizeof(hdr),
			       req->message.len - sizeof(hdr));
	if (!err)
		err = cssp_helper_reply(s->helper, &hdr, &payload);
	cssp_vbuf_free(&payload);
	if (err)
		atomic_inc(&s->wrong);
	atomic_inc(&s->served);
}

/* The request that all servers answer is now @req; NULL for none. */
static void storm_share(struct storm *s, struct cssp_request *req)
{
	if (req)
		kref_get(&req->ref);
	spin_lock(&s->lock);
	swap(s->common, req);
	spin_unlock(&s->lock);
	cssp_request_put(req);
}

static void storm_answer_common(struct storm *s)
{
	struct cssp_request *req;

	spin_lock(&s->lock);
	req = s->common;
	if (req)
		kref_get(&req->ref);
	spin_unlock(&s->lock);
	if (req)
		storm_answer(s, req);
	cssp_request_put(req);
}

/* Its call may end by this answer or by its deadline. */
static void storm_answer_late(struct storm_worker *w)
{
	if (!w->late || time_before(jiffies, w->due))
		return;
	storm_answer(w->storm, w->late);
	cssp_request_put(w->late);
	w->late = NULL;
	atomic_inc(&w->storm->late);
}

/* Of seven requests one is left unanswered, and one is answered late. */
static bool storm_keeps(struct storm_worker *w, struct cssp_request *req)
{
	if (req->id % 7 == 0) {
		atomic_inc(&w->storm->ignored);
		return true;
	}
	if (req->id % 7 != 3 || w->late)
		return false;
	kref_get(&req->ref);
	w->late = req;
	w->due = jiffies + msecs_to_jiffies(DEADLINE_MS) - 1;
	return true;
}

/* Every third request is answered twice, and every fourth one by all. */
static void storm_serve(struct storm_worker *w, struct cssp_request *req, unsigned int turn)
{
	struct storm *s = w->storm;

	if (req->opcode == CREDSSP_HLP_END || storm_keeps(w, req))
		return;
	if (turn % 4 == 0)
		storm_share(s, req);
	storm_answer(s, req);
	if (turn % 3 == 0)
		storm_answer(s, req);
}

static void storm_server(struct work_struct *work)
{
	struct storm_worker *w = container_of(work, struct storm_worker, work);
	struct storm *s = w->storm;
	struct cssp_request *req;
	unsigned int turn = 0;

	while (!READ_ONCE(s->stop)) {
		storm_answer_late(w);
		storm_answer_common(s);
		if (cssp_helper_take(s->helper, SIZE_MAX, &req)) {
			usleep_range(50, 100);
			continue;
		}
		if (++turn % 5 == 0) {	/* as if the reader's memory were bad */
			cssp_helper_taken(s->helper, req, false);
			continue;
		}
		kref_get(&req->ref);
		cssp_helper_taken(s->helper, req, true);
		storm_serve(w, req, turn);
		cssp_request_put(req);
	}
	cssp_request_put(w->late);
}

static int storm_call(struct storm *s, struct cssp_conv *conv, u32 text)
{
	struct cssp_rd rd = cssp_rd_of(&text, sizeof(text));
	struct cssp_vbuf reply = {};
	struct cssp_wait wait;
	struct cssp_rd got;
	int err;

	cssp_wait_init(&wait);
	cssp_wait_start(&wait, DEADLINE_MS);
	err = cssp_conv_call(conv, CREDSSP_HLP_TLS_STEP, &rd, &reply, &wait);
	got = cssp_vbuf_rd(&reply);
	if (!err && cssp_rd_equal(&got, &text, sizeof(text)))
		atomic_inc(&s->answered);
	else if (err == -ETIMEDOUT && !reply.len)
		atomic_inc(&s->timed_out);
	else
		atomic_inc(&s->wrong);
	cssp_vbuf_free(&reply);
	return err;
}

static void storm_caller(struct work_struct *work)
{
	struct storm_worker *w = container_of(work, struct storm_worker, work);
	struct cssp_conv *conv;
	u32 i;

	for (i = 0; i < CALLS; i++) {
		if (cssp_conv_open(&conv, &w->storm->who[w->number % USERS])) {
			atomic_inc(&w->storm->wrong);
			return;
		}
		storm_call(w->storm, conv, w->number << 16 | i);
		cssp_conv_close(conv, false);
	}
}

static void storm_queue(struct storm *s, struct storm_worker *w, unsigned int number)
{
	w->storm = s;
	w->number = number;
	INIT_WORK(&w->work, number < CALLERS ? storm_caller : storm_server);
	queue_work(s->wq, &w->work);
}

static void storm_users(struct kunit *test, struct storm *s)
{
	struct cred *cred;
	int i;

	for (i = 0; i < USERS; i++) {
		cred = kunit_kzalloc(test, sizeof(*cred), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, cred);
		cred->user_ns = &init_user_ns;
		cred->euid = KUIDT_INIT(12345 + i);
		s->who[i] = (struct cssp_requester){ .cred = cred, .net = &init_net };
	}
}

/* All callers through, then the servers. */
static void storm_run(struct storm *s, struct storm_worker *w)
{
	int i;

	for (i = 0; i < CALLERS + SERVERS; i++)
		storm_queue(s, &w[i], i);
	for (i = 0; i < CALLERS; i++)
		flush_work(&w[i].work);
	WRITE_ONCE(s->stop, true);
	destroy_workqueue(s->wq);
}

static void every_call_ends_once(struct kunit *test)
{
	struct storm *s = kunit_kzalloc(test, sizeof(*s), GFP_KERNEL);
	struct storm_worker *w = kunit_kcalloc(test, CALLERS + SERVERS, sizeof(*w),
					       GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, s);
	KUNIT_ASSERT_NOT_NULL(test, w);
	spin_lock_init(&s->lock);
	storm_users(test, s);
	KUNIT_ASSERT_EQ(test, cssp_helper_create(&s->helper, &init_net, current_cred(),
						 &init_pid_ns), 0);
	s->wq = alloc_workqueue("credssp_storm_test", WQ_UNBOUND, 0);
	if (s->wq)
		storm_run(s, w);
	storm_share(s, NULL);
	cssp_helper_kill(s->helper);

	KUNIT_EXPECT_EQ(test, atomic_read(&s->wrong), 0);
	KUNIT_EXPECT_EQ(test, atomic_read(&s->answered) + atomic_read(&s->timed_out),
			CALLERS * CALLS);
	KUNIT_EXPECT_GT(test, atomic_read(&s->answered), 0);
	KUNIT_EXPECT_GE(test, atomic_read(&s->served), atomic_read(&s->answered));
	KUNIT_EXPECT_GT(test, atomic_read(&s->ignored), 0);
	KUNIT_EXPECT_GT(test, atomic_read(&s->late), 0);
	KUNIT_EXPECT_GE(test, atomic_read(&s->timed_out), atomic_read(&s->ignored));
}

static struct kunit_case storm_cases[] = {
	KUNIT_CASE(every_call_ends_once),
	{}
};

static struct kunit_suite storm_suite = {
	.name = "credssp_upcall_storm",
	.test_cases = storm_cases,
};

kunit_test_suite(storm_suite);
