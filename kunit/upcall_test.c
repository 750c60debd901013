// SPDX-License-Identifier: GPL-2.0-only
/*
 * The helper channel: the tests play the helper, worker threads the contexts.
 * Every path by which a request can end is taken, and none may end it twice.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>
#include <linux/workqueue.h>
#include <net/net_namespace.h>
#include "base/wait.h"
#include "upcall/helper.h"
#include "upcall/conv.h"
#include "util.h"

#define LONG_MS		60000	/* more than any test takes */
#define SHORT_MS	100	/* a deadline that a test waits for */
#define POLL_MS		5

/**
 * struct fixture - a helper of init_net, and a requester
 * @helper: NULL once a test has killed it
 * @wq: the callers' threads
 * @who: the requester
 */
struct fixture {
	struct cssp_helper *helper;
	struct workqueue_struct *wq;
	struct cssp_requester who;
};

/**
 * struct caller - one call by another thread
 * @work: makes the call
 * @conv: conversation, opened by the test
 * @wait: deadline and cancellation
 * @request: of the call
 * @reply: of the call
 * @result: of the call
 */
struct caller {
	struct work_struct work;
	struct cssp_conv *conv;
	struct cssp_wait wait;
	struct cssp_rd request;
	struct cssp_vbuf reply;
	int result;
};

static void caller_work(struct work_struct *work)
{
	struct caller *c = container_of(work, struct caller, work);

	c->result = cssp_conv_call(c->conv, CREDSSP_HLP_TLS_STEP, &c->request,
				   &c->reply, &c->wait);
}

static struct caller *caller_start(struct kunit *test, unsigned int deadline_ms)
{
	struct fixture *f = test->priv;
	struct caller *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_EQ(test, cssp_conv_open(&c->conv, &f->who), 0);
	cssp_wait_init(&c->wait);
	cssp_wait_start(&c->wait, deadline_ms);
	c->request = test_str("wire bytes");
	c->result = 1;	/* no call returns this */
	INIT_WORK(&c->work, caller_work);
	queue_work(f->wq, &c->work);
	return c;
}

/* Wait for the call's end, then end the conversation. The result of the call. */
static int caller_finish(struct caller *c)
{
	flush_work(&c->work);
	cssp_conv_close(c->conv, false);
	cssp_vbuf_free(&c->reply);
	return c->result;
}

static bool wait_for_request(struct cssp_helper *h)
{
	int left;

	for (left = LONG_MS / POLL_MS; left && !cssp_helper_has_request(h); left--)
		msleep(POLL_MS);
	return left;
}

/* Play the helper's read(). The request has a reference for the test. */
static struct cssp_request *read_request(struct kunit *test,
					 struct credssp_hlp_header *hdr)
{
	struct fixture *f = test->priv;
	struct cssp_request *req;

	KUNIT_ASSERT_TRUE(test, wait_for_request(f->helper));
	KUNIT_ASSERT_EQ(test, cssp_helper_take(f->helper, CREDSSP_HLP_MAX_MESSAGE, &req), 0);
	KUNIT_ASSERT_GE(test, req->message.len, sizeof(*hdr));
	memcpy(hdr, req->message.data, sizeof(*hdr));
	return req;
}

static void read_header(struct kunit *test, struct credssp_hlp_header *hdr)
{
	struct fixture *f = test->priv;

	cssp_helper_taken(f->helper, read_request(test, hdr), true);
}

/* Play the helper's write() of a reply with @text. */
static int write_reply(struct kunit *test, const struct credssp_hlp_header *hdr,
		       const char *text)
{
	struct fixture *f = test->priv;
	struct cssp_vbuf payload = {};
	int err;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&payload, text, strlen(text)), 0);
	err = cssp_helper_reply(f->helper, hdr, &payload);
	cssp_vbuf_free(&payload);
	return err;
}

static struct credssp_hlp_header reply_to(const struct credssp_hlp_header *request,
					  const char *text)
{
	return (struct credssp_hlp_header){
		.length = sizeof(*request) + strlen(text),
		.opcode = request->opcode,
		.id = request->id,
		.conversation = request->conversation,
	};
}

static bool nothing_pends(struct cssp_helper *h)
{
	bool none;

	spin_lock(&h->lock);
	none = !cssp_flow_first(h) && list_empty(&h->shown) && !h->pending;
	spin_unlock(&h->lock);
	return none;
}

/* The next request is the END of @conversation. */
static void expect_end(struct kunit *test, u64 conversation)
{
	struct credssp_hlp_header hdr;

	read_header(test, &hdr);
	KUNIT_EXPECT_EQ(test, hdr.opcode, CREDSSP_HLP_END);
	KUNIT_EXPECT_EQ(test, hdr.conversation, conversation);
	KUNIT_EXPECT_EQ(test, hdr.length, sizeof(hdr));
}

static void request_and_reply(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct caller *c = caller_start(test, LONG_MS);
	struct credssp_hlp_header hdr, reply;
	struct cssp_request *req;
	struct cssp_rd got, want = test_str("answer");

	req = read_request(test, &hdr);
	got = cssp_rd_of(req->message.data + sizeof(hdr), req->message.len - sizeof(hdr));
	test_expect_same(test, &got, &c->request);
	cssp_helper_taken(f->helper, req, true);
	reply = reply_to(&hdr, "answer");
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "answer"), 0);
	flush_work(&c->work);

	got = cssp_vbuf_rd(&c->reply);
	test_expect_same(test, &got, &want);
	KUNIT_EXPECT_EQ(test, caller_finish(c), 0);
	expect_end(test, hdr.conversation);
	KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
}

static void header_names_the_requester(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_rd nothing = cssp_rd_of(NULL, 0);
	struct credssp_hlp_header user, kernel;
	struct cssp_requester kern;
	struct cssp_request *req;

	req = cssp_request_create(f->helper, &f->who, CREDSSP_HLP_TLS_STEP, 5, &nothing);
	KUNIT_ASSERT_FALSE(test, IS_ERR(req));
	memcpy(&user, req->message.data, sizeof(user));
	cssp_request_put(req);
	cssp_requester_pin(&kern, f->who.cred, &init_net);
	req = cssp_request_create(f->helper, &kern, CREDSSP_HLP_TLS_STEP, 6, &nothing);
	cssp_requester_drop(&kern);
	KUNIT_ASSERT_FALSE(test, IS_ERR(req));
	memcpy(&kernel, req->message.data, sizeof(kernel));
	cssp_request_put(req);

	KUNIT_EXPECT_EQ(test, user.pid, task_tgid_nr(current));
	KUNIT_EXPECT_EQ(test, user.uid, from_kuid(&init_user_ns, current_euid()));
	KUNIT_EXPECT_EQ(test, user.conversation, 5);
	KUNIT_EXPECT_EQ(test, user.error | user.flags, 0);
	KUNIT_EXPECT_EQ(test, user.owner, user.uid);
	KUNIT_EXPECT_EQ(test, kernel.pid, 0);
	KUNIT_EXPECT_EQ(test, kernel.uid, user.uid);
	KUNIT_EXPECT_GT(test, kernel.id, user.id);
}

static void longest_request(struct kunit *test)
{
	const size_t room = CREDSSP_HLP_MAX_MESSAGE - sizeof(struct credssp_hlp_header);
	struct fixture *f = test->priv;
	struct cssp_vbuf text = {};
	struct cssp_request *req;
	struct cssp_rd rd;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(&text, room + 1), 0);
	memset(text.data, 'x', room + 1);
	rd = cssp_rd_of(text.data, room + 1);
	req = cssp_request_create(f->helper, &f->who, CREDSSP_HLP_TLS_STEP, 1, &rd);
	KUNIT_EXPECT_EQ(test, PTR_ERR_OR_ZERO(req), -EMSGSIZE);
	rd = cssp_rd_of(text.data, room);
	req = cssp_request_create(f->helper, &f->who, CREDSSP_HLP_TLS_STEP, 1, &rd);
	cssp_vbuf_free(&text);
	KUNIT_ASSERT_FALSE(test, IS_ERR(req));
	KUNIT_EXPECT_EQ(test, req->message.len, CREDSSP_HLP_MAX_MESSAGE);
	cssp_request_put(req);
}

static void small_buffer_leaves_the_request(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct caller *c = caller_start(test, LONG_MS);
	struct credssp_hlp_header hdr, reply;
	struct cssp_request *req;
	size_t length;

	KUNIT_ASSERT_TRUE(test, wait_for_request(f->helper));
	length = sizeof(hdr) + c->request.left;
	KUNIT_EXPECT_EQ(test, cssp_helper_take(f->helper, length - 1, &req), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, cssp_helper_take(f->helper, 0, &req), -EMSGSIZE);
	KUNIT_ASSERT_EQ(test, cssp_helper_take(f->helper, length, &req), 0);
	memcpy(&hdr, req->message.data, sizeof(hdr));
	cssp_helper_taken(f->helper, req, true);
	reply = reply_to(&hdr, "");
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, ""), 0);
	KUNIT_EXPECT_EQ(test, caller_finish(c), 0);
}

/* The reader's memory was bad: the request comes again, before later ones. */
static void undelivered_request_comes_again(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct caller *first = caller_start(test, LONG_MS);
	struct credssp_hlp_header hdr, again, reply;
	struct caller *second;
	struct cssp_request *req;

	req = read_request(test, &hdr);
	second = caller_start(test, LONG_MS);
	KUNIT_ASSERT_TRUE(test, wait_for_request(f->helper));
	cssp_helper_taken(f->helper, req, false);
	read_header(test, &again);
	KUNIT_EXPECT_EQ(test, again.id, hdr.id);
	reply = reply_to(&again, "1");
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "1"), 0);
	KUNIT_EXPECT_EQ(test, caller_finish(first), 0);

	read_header(test, &hdr);
	reply = reply_to(&hdr, "2");
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "2"), 0);
	KUNIT_EXPECT_EQ(test, caller_finish(second), 0);
}

/* How a caller can stop waiting */
enum leave { BY_TIMEOUT, BY_CANCEL };

static int leave(struct caller *c, enum leave how)
{
	if (how == BY_CANCEL)
		cssp_wait_cancel(&c->wait);
	return caller_finish(c);
}

static const struct {
	enum leave how;
	unsigned int deadline_ms;
	int result;
} leavers[] = {
	{ BY_TIMEOUT, SHORT_MS, -ETIMEDOUT },
	{ BY_CANCEL, LONG_MS, -ECANCELED },
};

/* The helper sees neither the request nor the END of its conversation. */
static void leaving_before_the_read(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_request *req;
	struct caller *c;
	int i;

	for (i = 0; i < ARRAY_SIZE(leavers); i++) {
		c = caller_start(test, leavers[i].deadline_ms);
		KUNIT_ASSERT_TRUE(test, wait_for_request(f->helper));
		KUNIT_EXPECT_EQ(test, leave(c, leavers[i].how), leavers[i].result);
		KUNIT_EXPECT_EQ(test, cssp_helper_take(f->helper, SIZE_MAX, &req), -EAGAIN);
		KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
	}
}

/* A late reply is accepted and dropped. */
static void leaving_after_the_read(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct credssp_hlp_header hdr, reply;
	struct caller *c;
	int i;

	for (i = 0; i < ARRAY_SIZE(leavers); i++) {
		c = caller_start(test, leavers[i].deadline_ms);
		read_header(test, &hdr);
		KUNIT_EXPECT_EQ(test, leave(c, leavers[i].how), leavers[i].result);
		reply = reply_to(&hdr, "late");
		KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "late"), 0);
		expect_end(test, hdr.conversation);
		KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
	}
}

/* The caller leaves while the request is being read. */
static void leaving_while_being_read(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct credssp_hlp_header hdr;
	struct cssp_request *req;
	struct caller *c;
	int delivered;

	for (delivered = 0; delivered < 2; delivered++) {
		c = caller_start(test, LONG_MS);
		req = read_request(test, &hdr);
		KUNIT_EXPECT_EQ(test, leave(c, BY_CANCEL), -ECANCELED);
		KUNIT_EXPECT_EQ(test, req->message.len, hdr.length);
		cssp_helper_taken(f->helper, req, delivered);
		expect_end(test, hdr.conversation);
		KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
	}
}

/* After its last reply the helper has forgotten the conversation: there is no END. */
static void no_end_after_the_last_reply(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct caller *c = caller_start(test, LONG_MS);
	struct credssp_hlp_header hdr, reply;

	read_header(test, &hdr);
	reply = reply_to(&hdr, "answer");
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "answer"), 0);
	flush_work(&c->work);
	cssp_conv_close(c->conv, true);
	cssp_vbuf_free(&c->reply);
	KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
}

static void cancelled_before_the_call(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_rd nothing = cssp_rd_of(NULL, 0);
	struct cssp_vbuf reply = {};
	struct cssp_conv *conv;
	struct cssp_wait wait;

	KUNIT_ASSERT_EQ(test, cssp_conv_open(&conv, &f->who), 0);
	cssp_wait_init(&wait);
	cssp_wait_start(&wait, LONG_MS);
	cssp_wait_cancel(&wait);
	KUNIT_EXPECT_EQ(test, cssp_conv_call(conv, CREDSSP_HLP_TLS_STEP, &nothing,
					     &reply, &wait), -ECANCELED);
	KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
	cssp_conv_close(conv, false);
}

static int killed_thread(void *data)
{
	struct caller *c = data;

	allow_signal(SIGKILL);
	caller_work(&c->work);
	while (!kthread_should_stop())
		msleep(POLL_MS);
	return 0;
}

static void killed_caller(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct caller *c = kunit_kzalloc(test, sizeof(*c), GFP_KERNEL);
	struct credssp_hlp_header hdr;
	struct task_struct *task;

	KUNIT_ASSERT_NOT_NULL(test, c);
	KUNIT_ASSERT_EQ(test, cssp_conv_open(&c->conv, &f->who), 0);
	cssp_wait_init(&c->wait);
	cssp_wait_start(&c->wait, LONG_MS);
	task = kthread_run(killed_thread, c, "credssp-killed");
	KUNIT_ASSERT_FALSE(test, IS_ERR(task));
	read_header(test, &hdr);
	send_sig(SIGKILL, task, 1);
	kthread_stop(task);

	KUNIT_EXPECT_EQ(test, c->result, -EINTR);
	cssp_conv_close(c->conv, false);
	expect_end(test, hdr.conversation);
	KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
}

static void helper_error(struct kunit *test)
{
	struct caller *c = caller_start(test, LONG_MS);
	struct credssp_hlp_header hdr, reply;

	read_header(test, &hdr);
	reply = reply_to(&hdr, "ignored");
	reply.error = ENOMEM;
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "ignored"), 0);
	flush_work(&c->work);
	KUNIT_EXPECT_EQ(test, c->reply.len, 0);
	KUNIT_EXPECT_EQ(test, caller_finish(c), -EREMOTEIO);
}

/* EDQUOT is the only error that is passed on: the helper holds too much for this user. */
static void helper_quota(struct kunit *test)
{
	struct caller *c = caller_start(test, LONG_MS);
	struct credssp_hlp_header hdr, reply;

	read_header(test, &hdr);
	reply = reply_to(&hdr, "");
	reply.error = EDQUOT;
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, ""), 0);
	flush_work(&c->work);
	KUNIT_EXPECT_EQ(test, caller_finish(c), -EDQUOT);
}

/* Invalid headers of replies: each is added to a valid one */
static const struct credssp_hlp_header wrong[] = {
	{ .length = 1 },
	{ .length = -1 },
	{ .length = CREDSSP_HLP_MAX_MESSAGE },
	{ .length = U32_MAX - sizeof(struct credssp_hlp_header) },
	{ .opcode = 1 },
	{ .opcode = CREDSSP_HLP_END - CREDSSP_HLP_TLS_STEP },
	{ .conversation = 1 },
	{ .flags = 1 },
	{ .owner = 1 },
};

static void add_header(struct credssp_hlp_header *to, const struct credssp_hlp_header *h)
{
	to->length += h->length;
	to->opcode += h->opcode;
	to->conversation += h->conversation;
	to->flags += h->flags;
	to->owner += h->owner;
}

static void nonsense_completes_nothing(struct kunit *test)
{
	struct caller *c = caller_start(test, LONG_MS);
	struct credssp_hlp_header hdr, reply;
	int i;

	read_header(test, &hdr);
	for (i = 0; i < ARRAY_SIZE(wrong); i++) {
		reply = reply_to(&hdr, "x");
		add_header(&reply, &wrong[i]);
		KUNIT_EXPECT_EQ_MSG(test, write_reply(test, &reply, "x"), -EINVAL,
				    "header %d", i);
		KUNIT_EXPECT_EQ_MSG(test, c->result, 1, "header %d", i);
	}
	reply = reply_to(&hdr, "x");
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "x"), 0);
	KUNIT_EXPECT_EQ(test, caller_finish(c), 0);
}

static void reply_to_nobody(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct caller *c = caller_start(test, LONG_MS);
	struct credssp_hlp_header hdr, reply;

	/* The request is not read yet: a reply that guesses its id completes nothing. */
	KUNIT_ASSERT_TRUE(test, wait_for_request(f->helper));
	spin_lock(&f->helper->lock);
	hdr.id = cssp_flow_first(f->helper)->id;
	spin_unlock(&f->helper->lock);
	reply = (struct credssp_hlp_header){ .length = sizeof(reply), .id = hdr.id,
					     .opcode = CREDSSP_HLP_TLS_STEP };
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, ""), 0);
	read_header(test, &hdr);
	reply = reply_to(&hdr, "x");
	reply.id++;
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "x"), 0);
	KUNIT_EXPECT_EQ(test, c->result, 1);
	reply.id--;
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "x"), 0);
	flush_work(&c->work);
	/* The second reply to one request */
	KUNIT_EXPECT_EQ(test, write_reply(test, &reply, "x"), 0);
	KUNIT_EXPECT_EQ(test, caller_finish(c), 0);
}

static void helper_dies(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_helper *h = f->helper;
	struct cssp_rd nothing = cssp_rd_of(NULL, 0);
	struct credssp_hlp_header hdr;
	struct cssp_vbuf reply = {};
	struct caller *shown = caller_start(test, LONG_MS), *queued;
	struct cssp_conv *conv;

	read_header(test, &hdr);
	queued = caller_start(test, LONG_MS);
	KUNIT_ASSERT_TRUE(test, wait_for_request(h));
	f->helper = NULL;
	cssp_helper_kill(h);

	KUNIT_EXPECT_EQ(test, caller_finish(shown), -EHOSTUNREACH);
	flush_work(&queued->work);
	KUNIT_EXPECT_EQ(test, queued->result, -EHOSTUNREACH);
	KUNIT_EXPECT_FALSE(test, cssp_upcall_present(&init_net));
	KUNIT_EXPECT_EQ(test, cssp_conv_open(&conv, &f->who), -EHOSTUNREACH);

	/* A new helper does not take over the old one's conversations. */
	KUNIT_ASSERT_EQ(test, cssp_helper_create(&f->helper, &init_net, current_cred(),
						 &init_pid_ns), 0);
	KUNIT_EXPECT_EQ(test, cssp_conv_call(queued->conv, CREDSSP_HLP_TLS_STEP, &nothing,
					     &reply, &queued->wait), -EHOSTUNREACH);
	KUNIT_EXPECT_EQ(test, caller_finish(queued), -EHOSTUNREACH);
	KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
}

static void one_helper_per_namespace(struct kunit *test)
{
	struct fixture *f = test->priv;
	struct cssp_helper *h, *second = NULL;

	KUNIT_EXPECT_TRUE(test, cssp_upcall_present(&init_net));
	KUNIT_EXPECT_EQ(test, cssp_helper_create(&second, &init_net, current_cred(),
						 &init_pid_ns), -EBUSY);
	KUNIT_EXPECT_NULL(test, second);
	h = cssp_helper_find(&init_net);
	KUNIT_EXPECT_PTR_EQ(test, h, f->helper);
	if (h)
		cssp_helper_put(h);
}

/* @err is the error of a request that is refused. */
static struct cssp_request *submit_of(struct kunit *test, const struct cssp_requester *who,
				      int *err)
{
	struct fixture *f = test->priv;
	struct cssp_rd nothing = cssp_rd_of(NULL, 0);
	struct cssp_request *req;

	req = cssp_request_create(f->helper, who, CREDSSP_HLP_TLS_STEP, 1, &nothing);
	*err = PTR_ERR_OR_ZERO(req);
	if (*err)
		return NULL;
	*err = cssp_helper_submit(f->helper, req);
	return req;
}

/*
 * Two users have all requests that may pend. A third one gets
 * its minimum share nevertheless.
 */
static void limit_of_pending_requests(struct kunit *test)
{
	const int accepted = CSSP_UPCALL_MAX_PENDING + CSSP_UPCALL_MIN_SHARE;
	struct fixture *f = test->priv;
	struct cssp_rd nothing = cssp_rd_of(NULL, 0);
	struct cssp_requester who = f->who;
	struct cssp_request **reqs, *end;
	struct cssp_vbuf reply = {};
	struct cred *cred;
	int i, err;

	reqs = kunit_kcalloc(test, accepted + 1, sizeof(*reqs), GFP_KERNEL);
	cred = kunit_kzalloc(test, sizeof(*cred), GFP_KERNEL);
	KUNIT_ASSERT_TRUE(test, reqs && cred);
	cred->user_ns = &init_user_ns;
	who.cred = cred;
	for (i = 0; i <= accepted; i++) {
		cred->euid = KUIDT_INIT(12345 + i / CSSP_MAX_REQUESTS_USER);
		reqs[i] = submit_of(test, &who, &err);
		KUNIT_EXPECT_EQ(test, err, i < accepted ? 0 : -EDQUOT);
		if (i + 1 == CSSP_MAX_REQUESTS_USER) {
			KUNIT_EXPECT_NULL(test, submit_of(test, &who, &err));
			KUNIT_EXPECT_EQ(test, err, -EDQUOT);
		}
	}
	/* END was charged when its conversation began. */
	end = cssp_request_create(f->helper, &f->who, CREDSSP_HLP_END, 1, &nothing);
	KUNIT_ASSERT_FALSE(test, IS_ERR(end));
	KUNIT_EXPECT_EQ(test, cssp_helper_submit(f->helper, end), 0);
	cssp_request_put(end);
	for (i = 0; i < accepted; i++)
		KUNIT_EXPECT_EQ(test, cssp_helper_collect(f->helper, reqs[i], -EINTR, &reply),
				-EINTR);
	for (i = 0; i <= accepted; i++)
		cssp_request_put(reqs[i]);
	expect_end(test, 1);
	KUNIT_EXPECT_TRUE(test, nothing_pends(f->helper));
}

static int upcall_init(struct kunit *test)
{
	struct fixture *f = kunit_kzalloc(test, sizeof(*f), GFP_KERNEL);

	if (!f)
		return -ENOMEM;
	f->wq = alloc_workqueue("credssp_upcall_test", WQ_UNBOUND, 0);
	if (!f->wq)
		return -ENOMEM;
	test->priv = f;
	cssp_requester_pin_current(&f->who, &init_net);
	return cssp_helper_create(&f->helper, &init_net, current_cred(), &init_pid_ns);
}

static void upcall_exit(struct kunit *test)
{
	struct fixture *f = test->priv;

	if (!f)
		return;
	if (f->helper)
		cssp_helper_kill(f->helper);
	destroy_workqueue(f->wq);	/* callers that a failed test left behind */
	cssp_requester_drop(&f->who);
}

static struct kunit_case upcall_cases[] = {
	KUNIT_CASE(request_and_reply),
	KUNIT_CASE(header_names_the_requester),
	KUNIT_CASE(longest_request),
	KUNIT_CASE(small_buffer_leaves_the_request),
	KUNIT_CASE(undelivered_request_comes_again),
	KUNIT_CASE(leaving_before_the_read),
	KUNIT_CASE(leaving_after_the_read),
	KUNIT_CASE(leaving_while_being_read),
	KUNIT_CASE(no_end_after_the_last_reply),
	KUNIT_CASE(cancelled_before_the_call),
	KUNIT_CASE(killed_caller),
	KUNIT_CASE(helper_error),
	KUNIT_CASE(helper_quota),
	KUNIT_CASE(nonsense_completes_nothing),
	KUNIT_CASE(reply_to_nobody),
	KUNIT_CASE(helper_dies),
	KUNIT_CASE(one_helper_per_namespace),
	KUNIT_CASE(limit_of_pending_requests),
	{}
};

static struct kunit_suite upcall_suite = {
	.name = "credssp_upcall",
	.init = upcall_init,
	.exit = upcall_exit,
	.test_cases = upcall_cases,
};

kunit_test_suite(upcall_suite);
