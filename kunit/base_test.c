// SPDX-License-Identifier: GPL-2.0-only
/* kmod/base: reader, writer, wiped buffers, waits, statuses. */
#include <linux/completion.h>
#include <linux/delay.h>
#include <linux/highmem.h>
#include <linux/kthread.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/vmalloc.h>
#include "base/vbuf.h"
#include "base/status.h"
#include "base/wait.h"
#include "util.h"

static void test_reader_values(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "01 0302 07060504 0f0e0d0c0b0a0908 1011 12131415 aabb");
	u8 b, two[2];
	u16 h;
	u32 w;
	u64 d;

	KUNIT_ASSERT_EQ(test, cssp_rd_u8(&rd, &b), 0);
	KUNIT_EXPECT_EQ(test, b, 0x01);
	KUNIT_ASSERT_EQ(test, cssp_rd_le16(&rd, &h), 0);
	KUNIT_EXPECT_EQ(test, h, 0x0203);
	KUNIT_ASSERT_EQ(test, cssp_rd_le32(&rd, &w), 0);
	KUNIT_EXPECT_EQ(test, w, 0x04050607);
	KUNIT_ASSERT_EQ(test, cssp_rd_le64(&rd, &d), 0);
	KUNIT_EXPECT_EQ(test, d, 0x08090a0b0c0d0e0fULL);
	KUNIT_ASSERT_EQ(test, cssp_rd_be16(&rd, &h), 0);
	KUNIT_EXPECT_EQ(test, h, 0x1011);
	KUNIT_ASSERT_EQ(test, cssp_rd_be32(&rd, &w), 0);
	KUNIT_EXPECT_EQ(test, w, 0x12131415);
	KUNIT_EXPECT_EQ(test, cssp_rd_end(&rd), -EBADMSG);
	KUNIT_ASSERT_EQ(test, cssp_rd_copy(&rd, two, sizeof(two)), 0);
	KUNIT_EXPECT_EQ(test, two[0], 0xaa);
	KUNIT_EXPECT_EQ(test, two[1], 0xbb);
	KUNIT_EXPECT_EQ(test, cssp_rd_end(&rd), 0);
}

/* One byte short of each: refused, and nothing is taken. */
static void test_reader_short(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "01020304050607"), sub;
	struct cssp_rd none = {}, one = cssp_rd_of(rd.p, 1), three = cssp_rd_of(rd.p, 3);
	u8 bytes[8];
	u16 h;
	u32 w;
	u64 d;

	KUNIT_EXPECT_EQ(test, cssp_rd_u8(&none, bytes), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_le16(&one, &h), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_be16(&one, &h), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_le32(&three, &w), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_be32(&three, &w), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_le64(&rd, &d), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_copy(&rd, bytes, 8), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_skip(&rd, 8), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_skip(&rd, SIZE_MAX), -EBADMSG);
	KUNIT_EXPECT_EQ(test, cssp_rd_sub(&rd, 8, &sub), -EBADMSG);
	KUNIT_EXPECT_EQ(test, one.left, 1);
	KUNIT_EXPECT_EQ(test, three.left, 3);
	KUNIT_EXPECT_EQ(test, rd.left, 7);
}

static void test_reader_at(struct kunit *test)
{
	static const struct {
		u32 off;
		u32 n;
		int err;
	} cases[] = {
		{ 0, 0, 0 },		{ 0, 4, 0 },		{ 1, 3, 0 },
		{ 4, 0, 0 },		{ 0, 5, -EBADMSG },	{ 1, 4, -EBADMSG },
		{ 4, 1, -EBADMSG },	{ 5, 0, -EBADMSG },
		/* Sums that wrap in 32 bits */
		{ 1, U32_MAX, -EBADMSG }, { U32_MAX, 1, -EBADMSG },
		{ U32_MAX, U32_MAX, -EBADMSG }, { 0x80000000, 0x80000000, -EBADMSG },
	};
	struct cssp_rd whole = test_hex(test, "00010203"), sub;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		int err = cssp_rd_at(&whole, cases[i].off, cases[i].n, &sub);

		KUNIT_EXPECT_EQ_MSG(test, err, cases[i].err, "case %u", i);
		if (err)
			continue;
		KUNIT_EXPECT_EQ(test, sub.left, cases[i].n);
		KUNIT_EXPECT_PTR_EQ(test, sub.p, whole.p + cases[i].off);
	}
	KUNIT_EXPECT_EQ(test, whole.left, 4);
}

static void test_reader_equal(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "0102"), none = {};

	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&rd, "\x01\x02", 2));
	KUNIT_EXPECT_FALSE(test, cssp_rd_equal(&rd, "\x01\x03", 2));
	KUNIT_EXPECT_FALSE(test, cssp_rd_equal(&rd, "\x01\x02\x03", 3));
	KUNIT_EXPECT_FALSE(test, cssp_rd_equal(&rd, "\x01", 1));
	KUNIT_EXPECT_TRUE(test, cssp_rd_equal(&none, NULL, 0));
}

static void test_writer_values(struct kunit *test)
{
	u8 *room = test_room(test, 25);
	struct cssp_wr wr = cssp_wr_of(room, 25);
	struct cssp_rd two = test_hex(test, "aabb"), out;

	cssp_wr_u8(&wr, 0x01);
	cssp_wr_le16(&wr, 0x0203);
	cssp_wr_le32(&wr, 0x04050607);
	cssp_wr_le64(&wr, 0x08090a0b0c0d0e0fULL);
	cssp_wr_be16(&wr, 0x1011);
	cssp_wr_be32(&wr, 0x12131415);
	cssp_wr_rd(&wr, &two);
	cssp_wr_zero(&wr, 2);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), 0);
	out = cssp_rd_of(room, wr.len);
	test_expect_hex(test, &out, "01 0302 07060504 0f0e0d0c0b0a0908 1011 12131415 aabb 0000");
}

/* The first thing that does not fit latches, and not a byte is written from then on. */
static void test_writer_overflow(struct kunit *test)
{
	u8 *room = test_room(test, 3);
	struct cssp_wr wr = cssp_wr_of(room, 3);

	cssp_wr_le16(&wr, 0xffff);
	cssp_wr_le16(&wr, 0xeeee);
	cssp_wr_u8(&wr, 0xdd);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);
	KUNIT_EXPECT_EQ(test, wr.len, 2);
	KUNIT_EXPECT_EQ(test, room[2], 0);
	KUNIT_EXPECT_NULL(test, cssp_wr_take(&wr, 0));

	wr = cssp_wr_of(room, 3);
	KUNIT_EXPECT_NULL(test, cssp_wr_take(&wr, SIZE_MAX));
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);

	wr = cssp_wr_of(room, 3);
	cssp_wr_fail(&wr);
	KUNIT_EXPECT_EQ(test, cssp_wr_done(&wr), -EMSGSIZE);
}

static void test_vbuf_contents(struct kunit *test)
{
	struct cssp_rd rd = test_hex(test, "0102030405"), now;
	struct cssp_vbuf b = {}, to = {};

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, NULL, 0), 0);
	KUNIT_EXPECT_NULL(test, b.data);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, rd.p, rd.left), 0);
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(b.data));
	KUNIT_EXPECT_TRUE(test, is_vmalloc_addr(b.data + b.cap - 1));
	/* From itself, at the end of its room: the contents must survive the growth. */
	while (b.cap < 3 * PAGE_SIZE)
		KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, b.data, b.len), 0);
	KUNIT_EXPECT_EQ(test, b.len % 5, 0);
	for (now = cssp_vbuf_rd(&b); now.left; now.p += 5, now.left -= 5)
		KUNIT_ASSERT_EQ(test, memcmp(now.p, rd.p, 5), 0);

	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&b, &rd), 0);
	cssp_vbuf_move(&to, &b);
	KUNIT_EXPECT_NULL(test, b.data);
	KUNIT_EXPECT_EQ(test, b.len + b.cap, 0);
	cssp_vbuf_move(&to, &to);
	now = cssp_vbuf_rd(&to);
	test_expect_hex(test, &now, "0102030405");
	cssp_vbuf_consume(&to, 2);
	now = cssp_vbuf_rd(&to);
	test_expect_hex(test, &now, "030405");
	/* What was dropped is gone, also where the rest used to stand. */
	KUNIT_EXPECT_EQ(test, to.data[3] | to.data[4], 0);
	cssp_vbuf_consume(&to, 9);
	KUNIT_EXPECT_EQ(test, to.len, 0);
	KUNIT_EXPECT_EQ(test, to.data[0] | to.data[1] | to.data[2], 0);
	cssp_vbuf_free(&to);
	KUNIT_EXPECT_NULL(test, to.data);
	cssp_vbuf_free(&to);
}

static void test_vbuf_clear(struct kunit *test)
{
	struct cssp_rd longer = test_hex(test, "0102030405"), shorter = test_hex(test, "09");
	struct cssp_vbuf b = {};

	cssp_vbuf_clear(&b);
	cssp_vbuf_consume(&b, 1);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&b, &longer), 0);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&b, &shorter), 0);
	KUNIT_EXPECT_EQ(test, b.data[0], 9);
	KUNIT_EXPECT_NULL(test, memchr_inv(b.data + 1, 0, 4));
	KUNIT_ASSERT_EQ(test, cssp_vbuf_set(&b, &longer), 0);
	cssp_vbuf_clear(&b);
	KUNIT_EXPECT_EQ(test, b.len, 0);
	KUNIT_EXPECT_NULL(test, memchr_inv(b.data, 0, b.cap));
	cssp_vbuf_free(&b);
}

static void test_vbuf_limits(struct kunit *test)
{
	struct cssp_vbuf b = {};
	u8 *data;

	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&b, SIZE_MAX), -ENOMEM);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_append(&b, "x", SIZE_MAX), -ENOMEM);
	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, "x", 1), 0);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_append(&b, "x", SIZE_MAX), -ENOMEM);
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&b, 2 * 1024 * 1024), -ENOMEM);
	KUNIT_EXPECT_EQ(test, b.len, 1);
	KUNIT_EXPECT_EQ(test, b.data[0], 'x');
	data = b.data;
	KUNIT_EXPECT_EQ(test, cssp_vbuf_reserve(&b, PAGE_SIZE), 0);
	KUNIT_EXPECT_PTR_EQ(test, b.data, data);
	cssp_vbuf_free(&b);
}

/* A reference to the page keeps it from anybody else while we look at it. */
static bool page_is_zero(struct page *page)
{
	void *at = kmap_local_page(page);
	bool zero = !memchr_inv(at, 0, PAGE_SIZE);

	kunmap_local(at);
	return zero;
}

static void test_vbuf_wiped(struct kunit *test)
{
	struct cssp_vbuf b = {};
	struct page *first, *second;

	KUNIT_ASSERT_EQ(test, cssp_vbuf_append(&b, "secret", 6), 0);
	first = vmalloc_to_page(b.data);
	get_page(first);
	KUNIT_EXPECT_FALSE(test, page_is_zero(first));
	/* Growth moves the contents; the old memory is wiped. */
	KUNIT_ASSERT_EQ(test, cssp_vbuf_reserve(&b, PAGE_SIZE + 1), 0);
	KUNIT_EXPECT_TRUE(test, page_is_zero(first));
	second = vmalloc_to_page(b.data);
	get_page(second);
	/* Behind the length too, where a writer may have been. */
	b.data[PAGE_SIZE - 1] = 's';
	cssp_vbuf_free(&b);
	KUNIT_EXPECT_TRUE(test, page_is_zero(second));
	put_page(first);
	put_page(second);
}

/* How long is too long to be right, in a slow guest; how short too short */
#define LONG_MS		10000
#define SHORT_MS	30

/* The thread of a context, that sleeps until somebody else wakes it. */
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
	/* Not needed for any of the outcomes: it makes the sleep the likely case. */
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
	/* For good */
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
	/* After the deadline a condition that holds already still counts. */
	KUNIT_EXPECT_EQ(test, cssp_wait_event(&s->wait, &s->wq, true, HZ), 0);
	/* One that does not is not waited for. */
	KUNIT_EXPECT_EQ(test, cssp_wait_event(&s->wait, &s->wq, false, HZ), -ETIMEDOUT);
}

static void test_wait_limit(struct kunit *test)
{
	struct sleeper *s = (struct sleeper *)test_room(test, sizeof(*s));

	sleeper_init(s, LONG_MS);
	KUNIT_EXPECT_EQ(test, cssp_wait_event(&s->wait, &s->wq, false, 1), -ETIMEDOUT);
	/* The shorter bound was not the exchange's. */
	KUNIT_EXPECT_EQ(test, cssp_wait_check(&s->wait), 0);
}

static void test_wait_not_started(struct kunit *test)
{
	struct cssp_wait w;

	cssp_wait_init(&w);
	KUNIT_EXPECT_EQ(test, cssp_wait_check(&w), -ETIMEDOUT);
}

static void test_status(struct kunit *test)
{
	static const struct {
		int err;
		s32 status;
	} cases[] = {
		{ 0, SEC_E_OK },
		{ CSSP_E_MALFORMED, SEC_E_INVALID_TOKEN },
		{ CSSP_E_STATE, SEC_E_INVALID_TOKEN },
		{ CSSP_E_TOO_BIG, SEC_E_INVALID_TOKEN },
		{ CSSP_E_CLOSED, SEC_E_INVALID_TOKEN },
		{ CSSP_E_EXPIRED, SEC_I_CONTEXT_EXPIRED },
		{ CSSP_E_ALTERED, SEC_E_MESSAGE_ALTERED },
		{ CSSP_E_LOGON_DENIED, SEC_E_LOGON_DENIED },
		{ CSSP_E_POLICY, SEC_E_DELEGATION_POLICY },
		{ CSSP_E_NTLM_ONLY, SEC_E_POLICY_NLTM_ONLY },
		{ CSSP_E_NOT_PROVEN, SEC_E_MUTUAL_AUTH_FAILED },
		{ CSSP_E_WRONG_PRINCIPAL, SEC_E_WRONG_PRINCIPAL },
		{ CSSP_E_NO_CREDS, SEC_E_NO_CREDENTIALS },
		{ -EKEYREVOKED, SEC_E_NO_CREDENTIALS },
		{ CSSP_E_NO_HELPER, SEC_E_NO_AUTHENTICATING_AUTHORITY },
		{ -ETIMEDOUT, SEC_E_NO_AUTHENTICATING_AUTHORITY },
		{ CSSP_E_UNSUPPORTED, SEC_E_UNSUPPORTED_FUNCTION },
		{ CSSP_E_WEAK, SEC_E_ALGORITHM_MISMATCH },
		{ CSSP_E_PARAMETER, SEC_E_INVALID_PARAMETER },
		{ CSSP_E_HANDLE, SEC_E_INVALID_HANDLE },
		{ CSSP_E_TARGET, SEC_E_TARGET_UNKNOWN },
		{ CSSP_E_VERSION, SEC_E_UNSUPPORTED_FUNCTION },
		{ -ENOMEM, SEC_E_INSUFFICIENT_MEMORY },
		{ -ENOSPC, SEC_E_BUFFER_TOO_SMALL },
		{ -ENODATA, SEC_E_INCOMPLETE_MESSAGE },
		{ -ECANCELED, SEC_E_INTERNAL_ERROR },
		{ -EINTR, SEC_E_INTERNAL_ERROR },
		{ -EREMOTEIO, SEC_E_INTERNAL_ERROR },
		/* What is no errno of ours, or no errno */
		{ -EXFULL, SEC_E_INTERNAL_ERROR },
		{ -MAX_ERRNO, SEC_E_INTERNAL_ERROR },
		{ 1, SEC_E_INTERNAL_ERROR },
		{ INT_MIN, SEC_E_INTERNAL_ERROR },
		{ INT_MAX, SEC_E_INTERNAL_ERROR },
	};
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(cases); i++)
		KUNIT_EXPECT_EQ_MSG(test, cssp_status(cases[i].err), cases[i].status,
				    "errno %d", cases[i].err);
}

/*
 * No errno but 0 is ever SEC_E_OK; no failure are only the end in good order and
 * the question for a certificate.
 */
static void test_status_fails(struct kunit *test)
{
	int err;

	for (err = 1; err <= MAX_ERRNO; err++)
		KUNIT_EXPECT_EQ(test, cssp_status(-err) >= 0,
				-err == CSSP_E_EXPIRED || -err == CSSP_E_CERT_WANTED);
}

/* No token of ours needs completing. */
static void test_status_never_complete(struct kunit *test)
{
	int err;

	for (err = -MAX_ERRNO; err <= MAX_ERRNO; err++) {
		KUNIT_EXPECT_NE(test, cssp_status(err), SEC_I_COMPLETE_NEEDED);
		KUNIT_EXPECT_NE(test, cssp_status(err), SEC_I_COMPLETE_AND_CONTINUE);
	}
}

static struct kunit_case base_cases[] = {
	KUNIT_CASE(test_reader_values),
	KUNIT_CASE(test_reader_short),
	KUNIT_CASE(test_reader_at),
	KUNIT_CASE(test_reader_equal),
	KUNIT_CASE(test_writer_values),
	KUNIT_CASE(test_writer_overflow),
	KUNIT_CASE(test_vbuf_contents),
	KUNIT_CASE(test_vbuf_clear),
	KUNIT_CASE(test_vbuf_limits),
	KUNIT_CASE(test_vbuf_wiped),
	KUNIT_CASE(test_wait_woken),
	KUNIT_CASE(test_wait_cancelled),
	KUNIT_CASE(test_wait_killed),
	KUNIT_CASE(test_wait_deadline),
	KUNIT_CASE(test_wait_limit),
	KUNIT_CASE(test_wait_not_started),
	KUNIT_CASE(test_status),
	KUNIT_CASE(test_status_fails),
	KUNIT_CASE(test_status_never_complete),
	{}
};

static struct kunit_suite base_suite = {
	.name = "credssp-base",
	.test_cases = base_cases,
};

kunit_test_suites(&base_suite);
