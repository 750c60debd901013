// SPDX-License-Identifier: GPL-2.0-only
/*
 * Sockets on which another thread is inside of a call. The test's own thread takes the
 * lock which that thread would hold, and then calls the module: code that waits for the
 * lock would never return.
 */
#include <kunit/test.h>
#include <linux/delay.h>
#include <linux/net.h>
#include <linux/workqueue.h>
#include <net/sock.h>
#include <net/tls.h>

#include "tls/ktls.h"
#include "tls_util.h"

#define SHORT	MS(100)	/* a deadline that a test waits for */

/**
 * struct busy - a connection and a channel on one of its ends
 * @loopback: the connection
 * @sk: of the end that is busy
 * @end: channel on it
 */
struct busy {
	struct cssp_loopback *loopback;
	struct sock *sk;
	struct tls_end *end;
};

static struct busy *busy_new(struct kunit *test)
{
	struct busy *b = kunit_kzalloc(test, sizeof(*b), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, b);
	b->loopback = tls_connection(test);
	b->sk = b->loopback->tls->sk;
	b->end = tls_end_socket(test, b->loopback->tls);
	return b;
}

static struct cssp_patience busy_patience(struct busy *b)
{
	return cssp_patience_of(&b->end->wait, SHORT);
}

static void locked_socket_is_not_waited_for(struct kunit *test)
{
	struct busy *b = busy_new(test);
	struct cssp_patience p;
	u8 byte = 0;

	lock_sock(b->sk);
	p = busy_patience(b);
	KUNIT_EXPECT_EQ(test, cssp_sock_send(b->loopback->tls, &byte, 1, &p), -ETIMEDOUT);
	p = busy_patience(b);
	KUNIT_EXPECT_EQ(test, cssp_sock_recv(b->loopback->tls, &byte, 1, &p), -ETIMEDOUT);
	p = busy_patience(b);
	cssp_wait_cancel(&b->end->wait);
	KUNIT_EXPECT_EQ(test, cssp_sock_send(b->loopback->tls, &byte, 1, &p), -ECANCELED);
	KUNIT_EXPECT_EQ(test, cssp_sock_recv(b->loopback->tls, &byte, 1, &p), -ECANCELED);
	release_sock(b->sk);
}

static void keys_wait_for_no_lock(struct kunit *test)
{
	struct busy *b = busy_new(test);
	struct cssp_tls_session *session = kunit_kzalloc(test, sizeof(*session), GFP_KERNEL);
	struct cssp_patience p;
	bool spent = true;

	KUNIT_ASSERT_NOT_NULL(test, session);
	lock_sock(b->sk);
	p = busy_patience(b);
	KUNIT_EXPECT_EQ(test, cssp_ktls_install(b->loopback->tls, session, false, &spent, &p),
			-ETIMEDOUT);
	KUNIT_EXPECT_FALSE(test, spent);
	release_sock(b->sk);
}

static void stream_waits_for_no_lock(struct kunit *test)
{
	struct busy *b = busy_new(test);
	struct cssp_rd text = test_str("x");
	struct cssp_vbuf msg = {};

	tls_end_up(b->end, test, TLS_13_AES128, false);
	cssp_wait_start(&b->end->wait, jiffies_to_msecs(SHORT));
	lock_sock(b->sk);
	KUNIT_EXPECT_EQ(test, cssp_channel_recv_request(b->end->ch, &msg), -ETIMEDOUT);
	release_sock(b->sk);
	cssp_vbuf_free(&msg);

	b = busy_new(test);
	tls_end_up(b->end, test, TLS_13_AES128, false);
	cssp_wait_start(&b->end->wait, jiffies_to_msecs(SHORT));
	lock_sock(b->sk);
	KUNIT_EXPECT_EQ(test, cssp_channel_send(b->end->ch, &text), -ETIMEDOUT);
	release_sock(b->sk);
}

/* A sender that waits for room holds kTLS's own lock, but not the socket's. */
static void other_sender_is_not_waited_for(struct kunit *test)
{
	struct busy *b = busy_new(test);
	struct cssp_rd text = test_str("x");
	struct mutex *lock;	/* held by the other sender */

	tls_end_up(b->end, test, TLS_13_AES128, false);
	cssp_wait_start(&b->end->wait, jiffies_to_msecs(SHORT));
	lock = &tls_get_ctx(b->sk)->tx_lock;
	mutex_lock(lock);
	KUNIT_EXPECT_EQ(test, cssp_channel_send(b->end->ch, &text), -ETIMEDOUT);
	mutex_unlock(lock);
}

static void shutdown_waits_for_no_lock(struct kunit *test)
{
	struct busy *b = busy_new(test);
	struct cssp_patience p = busy_patience(b);
	u8 byte = 0;

	lock_sock(b->sk);
	cssp_sock_shutdown(b->loopback->tls);
	release_sock(b->sk);
	KUNIT_EXPECT_EQ(test, b->sk->sk_shutdown, SHUTDOWN_MASK);
	KUNIT_EXPECT_EQ(test, cssp_sock_send(b->loopback->tls, &byte, 1, &p), -EPIPE);
	KUNIT_EXPECT_EQ(test, cssp_sock_recv(b->loopback->tls, &byte, 1, &p), -EPIPE);
}

/**
 * struct holder - a thread that holds a socket's lock for a while
 * @work: the thread
 * @sk: the socket
 * @has_it: the lock is taken
 */
struct holder {
	struct work_struct work;
	struct sock *sk;
	bool has_it;
};

static void holder_work(struct work_struct *work)
{
	struct holder *h = container_of(work, struct holder, work);

	lock_sock(h->sk);
	WRITE_ONCE(h->has_it, true);
	msleep(50);
	release_sock(h->sk);
}

static void goes_on_when_the_lock_is_free(struct kunit *test)
{
	struct busy *b = busy_new(test);
	struct cssp_patience p = tls_patient(b->end);
	struct holder *h = kunit_kzalloc(test, sizeof(*h), GFP_KERNEL);
	u8 byte = 7;

	KUNIT_ASSERT_NOT_NULL(test, h);
	h->sk = b->sk;
	INIT_WORK(&h->work, holder_work);
	schedule_work(&h->work);
	while (!READ_ONCE(h->has_it))
		usleep_range(1000, 2000);
	KUNIT_EXPECT_EQ(test, cssp_sock_send(b->loopback->tls, &byte, 1, &p), 0);
	flush_work(&h->work);
	byte = 0;
	KUNIT_EXPECT_EQ(test, cssp_sock_recv(b->loopback->raw, &byte, 1, &p), 0);
	KUNIT_EXPECT_EQ(test, byte, 7);
}

/* Even if there is room, the next attempt is not in the same jiffy. */
static void failed_attempts_are_followed_by_sleep(struct kunit *test)
{
	static const int errors[] = { -EAGAIN, -EINTR, -ERESTARTSYS, 0 };
	struct busy *b = busy_new(test);
	struct cssp_patience p = tls_patient(b->end);
	unsigned long before;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(errors); i++) {
		before = jiffies;
		KUNIT_EXPECT_EQ(test, cssp_sock_wait_room(b->loopback->tls, errors[i], &p), 0);
		KUNIT_EXPECT_TRUE(test, time_after(jiffies, before));
	}
	KUNIT_EXPECT_EQ(test, cssp_sock_wait_room(b->loopback->tls, -ECONNRESET, &p), -EPIPE);
	p.until = jiffies;
	KUNIT_EXPECT_EQ(test, cssp_sock_wait_room(b->loopback->tls, -EINTR, &p), -ETIMEDOUT);
}

static struct kunit_case busy_cases[] = {
	KUNIT_CASE(locked_socket_is_not_waited_for),
	KUNIT_CASE(keys_wait_for_no_lock),
	KUNIT_CASE(stream_waits_for_no_lock),
	KUNIT_CASE(other_sender_is_not_waited_for),
	KUNIT_CASE(shutdown_waits_for_no_lock),
	KUNIT_CASE(goes_on_when_the_lock_is_free),
	KUNIT_CASE(failed_attempts_are_followed_by_sleep),
	{}
};

static struct kunit_suite busy_suite = {
	.name = "credssp_tls_busy",
	.test_cases = busy_cases,
};

kunit_test_suite(busy_suite);
