// SPDX-License-Identifier: GPL-2.0-only
/* Exchanges on the module's threads: done() is called once, however a call ends. */
#include <linux/atomic.h>
#include <linux/delay.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/vmalloc.h>

#include "consumer.h"

#define REQ		ISC_REQ_DELEGATE
#define TIMEOUT_MS	60000
#define LONG		(120 * HZ)
#define SOON		(20 * HZ)
#define HEAD_START_MS	300
#define MANY		100
/* More than the module has threads, so that calls wait in its queue. */
#define CROWD		400
#define CROWD_MS	2000
/* Cancellations after 0, 1, 2... milliseconds: in every leg, and after the last one. */
#define SWEEP		40

/**
 * struct async - one call
 * @c: the tests
 * @args: its arguments
 * @call: its handle; NULL when done() has freed it
 * @sock: connection
 * @done: completed by done()
 * @times: how often done() was called
 * @status: what it was told
 * @reason: likewise
 * @frees: done() frees the handle
 * @next: call that done() submits, or NULL
 */
struct async {
	struct consumer *c;
	struct credssp_authenticate args;
	struct credssp_authentication *call;
	struct socket *sock;
	struct completion done;
	atomic_t times;
	s32 status;
	u32 reason;
	bool frees;
	struct async *next;
};

static void async_done(void *data, s32 status, u32 context_attr,
		       const struct credssp_report *report)
{
	struct async *a = data;

	might_sleep();
	atomic_inc(&a->times);
	a->status = status;
	a->reason = report->reason;
	if (a->next && credssp_authenticate_socket_async(&a->next->args, &a->next->call))
		complete(&a->next->done);
	if (a->frees) {
		credssp_free_authentication(a->call);
		a->call = NULL;
	}
	complete(&a->done);
}

static void async_init(struct consumer *c, struct async *a, struct credssp_cred *cred,
		       const __le16 *target, struct socket *sock)
{
	*a = (struct async){
		.c = c,
		.args = {
			.cred = cred,
			.sock = sock,
			.target_name = target,
			.context_req = REQ,
			.timeout_ms = TIMEOUT_MS,
			.done = async_done,
			.data = a,
		},
		.sock = sock,
	};
	init_completion(&a->done);
}

/* With the peer of the tests. */
static bool async_begin(struct consumer *c, struct async *a, struct credssp_cred *cred,
			const __le16 *target)
{
	struct socket *sock = NULL;

	EXPECT_EQ(c, consumer_connect(c->port, &sock), 0);
	if (c->wrong)
		return false;
	async_init(c, a, cred, target, sock);
	EXPECT_EQ(c, credssp_authenticate_socket_async(&a->args, &a->call), SEC_E_OK);
	if (c->wrong) {
		sock_release(sock);
		a->sock = NULL;
	}
	return !c->wrong;
}

/* The handle is freed before the connection, which done() ends the use of. */
static void async_end(struct async *a)
{
	credssp_free_authentication(a->call);
	if (a->sock)
		sock_release(a->sock);
}

/* Wait for done(), which frees the memory of the test: there is no way not to wait. */
static void async_wait(struct consumer *c, struct async *a, unsigned long most)
{
	bool in_time = wait_for_completion_timeout(&a->done, most);

	EXPECT(c, in_time);
	if (!in_time) {
		credssp_cancel_authentication(a->call);
		wait_for_completion(&a->done);
	}
	EXPECT_EQ(c, atomic_read(&a->times), 1);
}

/**
 * struct setting - what all calls of a test need
 * @cred: credential
 * @target: target name
 * @a: one call, or several
 */
struct setting {
	struct credssp_cred *cred;
	__le16 *target;
	struct async *a;
};

static bool setting_make(struct consumer *c, struct setting *s, size_t calls)
{
	s->cred = consumer_acquire(c, CREDSSP_MECH_NTLM);
	s->target = consumer_utf16("TERMSRV/localhost");
	s->a = vzalloc(calls * sizeof(*s->a));
	EXPECT(c, s->cred && s->target && s->a);
	return !c->wrong;
}

static void setting_end(struct setting *s)
{
	vfree(s->a);
	vfree(s->target);
	credssp_free_credentials_handle(s->cred);
}

static void stream(struct consumer *c, struct socket *sock)
{
	static const char hello[] = "hello from another thread";
	char answer[sizeof(hello)];

	EXPECT_EQ(c, credssp_poll(sock, 0), 0);
	EXPECT_EQ(c, credssp_send(sock, hello, sizeof(hello), TIMEOUT_MS), 0);
	/* The answer may be behind tickets, for which poll() returns as well. */
	EXPECT_EQ(c, credssp_poll(sock, TIMEOUT_MS), 1);
	EXPECT_EQ(c, credssp_recv(sock, answer, sizeof(answer), TIMEOUT_MS), sizeof(answer));
	EXPECT(c, !memcmp(answer, hello, sizeof(answer)));
	EXPECT_EQ(c, credssp_shutdown(sock), 0);
	/* The peer answers close_notify with its own. */
	EXPECT_EQ(c, credssp_recv(sock, answer, sizeof(answer), TIMEOUT_MS), 0);
	EXPECT_EQ(c, credssp_poll(sock, TIMEOUT_MS), 1);
	EXPECT_EQ(c, credssp_send(sock, hello, 1, TIMEOUT_MS), -EPIPE);
}

/* The context of the call is still there to be asked. */
static void user_name(struct consumer *c, struct credssp_authentication *call)
{
	struct {
		struct credssp_names head;
		char text[16];
	} names = {};
	u32 length = sizeof(names);

	EXPECT_EQ(c, credssp_query_authentication(call, SECPKG_ATTR_NAMES, &names, &length),
		  SEC_E_OK);
	EXPECT_EQ(c, names.head.user_offset, sizeof(names.head));
	EXPECT(c, !strcmp(names.text, "alice"));
}

void consumer_async(struct consumer *c)
{
	struct setting s = {};

	if (setting_make(c, &s, 1) && async_begin(c, s.a, s.cred, s.target)) {
		/* The call has its own copies. */
		vfree(s.target);
		s.target = NULL;
		credssp_free_credentials_handle(s.cred);
		s.cred = NULL;
		async_wait(c, s.a, LONG);
		EXPECT_EQ(c, s.a->status, SEC_E_OK);
		credssp_cancel_authentication(s.a->call);	/* too late */
		if (s.a->status == SEC_E_OK) {
			user_name(c, s.a->call);
			stream(c, s.a->sock);
		}
		async_end(s.a);
	}
	setting_end(&s);
}

void consumer_async_arguments(struct consumer *c)
{
	struct setting s = {};
	struct async *a;
	u32 room = 0;
	u8 byte;

	if (!setting_make(c, &s, 1))
		goto out;
	a = s.a;
	async_init(c, a, s.cred, s.target, NULL);
	EXPECT_EQ(c, credssp_authenticate_socket_async(&a->args, &a->call),
		  SEC_E_INVALID_PARAMETER);
	EXPECT_EQ(c, credssp_authenticate_socket_async(NULL, &a->call),
		  SEC_E_INVALID_PARAMETER);
	EXPECT_EQ(c, consumer_connect(c->port, &a->sock), 0);
	if (c->wrong)
		goto out;
	a->args.sock = a->sock;
	EXPECT_EQ(c, credssp_authenticate_socket_async(&a->args, NULL),
		  SEC_E_INVALID_PARAMETER);
	a->args.context_req = ISC_REQ_CONNECTION;
	EXPECT_EQ(c, credssp_authenticate_socket_async(&a->args, &a->call),
		  SEC_E_UNSUPPORTED_FUNCTION);
	a->args.context_req = REQ;
	a->args.done = NULL;
	EXPECT_EQ(c, credssp_authenticate_socket_async(&a->args, &a->call),
		  SEC_E_INVALID_PARAMETER);
	a->args.done = async_done;
	a->args.cred = NULL;
	EXPECT_EQ(c, credssp_authenticate_socket_async(&a->args, &a->call),
		  SEC_E_NO_CREDENTIALS);
	EXPECT(c, !a->call && !atomic_read(&a->times));
	credssp_free_authentication(NULL);
	EXPECT_EQ(c, credssp_query_authentication(NULL, SECPKG_ATTR_NAMES, NULL, &room),
		  SEC_E_INVALID_HANDLE);
	credssp_cancel_authentication(NULL);
	EXPECT_EQ(c, credssp_send(a->sock, "x", 1, 0), -EINVAL);
	EXPECT_EQ(c, credssp_recv(a->sock, &byte, 1, 0), -EINVAL);
	EXPECT_EQ(c, credssp_poll(a->sock, 0), -EINVAL);
	EXPECT_EQ(c, credssp_shutdown(a->sock), -EINVAL);
	/* The socket is intact. */
	a->args.cred = s.cred;
	EXPECT_EQ(c, credssp_authenticate_socket_async(&a->args, &a->call), SEC_E_OK);
	if (!c->wrong) {
		async_wait(c, a, LONG);
		EXPECT_EQ(c, a->status, SEC_E_OK);
	}
	async_end(a);
out:
	setting_end(&s);
}

/* done() submits the next call and frees its own handle. */
void consumer_async_chain(struct consumer *c)
{
	struct setting s = {};
	struct socket *sock = NULL;

	if (!setting_make(c, &s, 2))
		goto out;
	EXPECT_EQ(c, consumer_connect(c->port, &sock), 0);
	if (c->wrong)
		goto out;
	async_init(c, &s.a[1], s.cred, s.target, sock);
	s.a[1].frees = true;
	EXPECT_EQ(c, consumer_connect(c->port, &sock), 0);
	if (c->wrong)
		goto out_second;
	async_init(c, &s.a[0], s.cred, s.target, sock);
	s.a[0].frees = true;
	s.a[0].next = &s.a[1];
	EXPECT_EQ(c, credssp_authenticate_socket_async(&s.a[0].args, &s.a[0].call), SEC_E_OK);
	if (!c->wrong) {
		wait_for_completion(&s.a[0].done);
		EXPECT_EQ(c, s.a[0].status, SEC_E_OK);
		wait_for_completion(&s.a[1].done);
		EXPECT_EQ(c, atomic_read(&s.a[1].times), 1);
		EXPECT_EQ(c, s.a[1].status, SEC_E_OK);
	}
	sock_release(s.a[0].sock);
out_second:
	sock_release(s.a[1].sock);
out:
	setting_end(&s);
}

/* Begin a call with a server that never answers. */
static bool silent_begin(struct consumer *c, struct setting *s, struct socket **listener)
{
	struct socket *sock;

	if (!setting_make(c, s, 1))
		return false;
	EXPECT_EQ(c, consumer_silent(listener, &sock), 0);
	if (c->wrong)
		return false;
	async_init(c, s->a, s->cred, s->target, sock);
	EXPECT_EQ(c, credssp_authenticate_socket_async(&s->a->args, &s->a->call), SEC_E_OK);
	msleep(HEAD_START_MS);
	EXPECT(c, !completion_done(&s->a->done));
	return true;
}

void consumer_async_cancel(struct consumer *c)
{
	static DEFINE_SPINLOCK(lock);
	struct socket *listener = NULL;
	struct setting s = {};
	unsigned long flags;

	if (silent_begin(c, &s, &listener) && !c->wrong) {
		spin_lock_irqsave(&lock, flags);
		credssp_cancel_authentication(s.a->call);
		credssp_cancel_authentication(s.a->call);
		spin_unlock_irqrestore(&lock, flags);
		async_wait(c, s.a, SOON);
		EXPECT_EQ(c, s.a->status, SEC_E_INTERNAL_ERROR);
		EXPECT_EQ(c, s.a->reason, CREDSSP_REASON_CANCELLED);
	}
	if (s.a)
		async_end(s.a);
	if (listener)
		sock_release(listener);
	setting_end(&s);
}

/* free() returns when done() has returned. */
void consumer_async_free(struct consumer *c)
{
	struct socket *listener = NULL;
	struct setting s = {};

	if (silent_begin(c, &s, &listener) && !c->wrong) {
		credssp_free_authentication(s.a->call);
		s.a->call = NULL;
		EXPECT_EQ(c, atomic_read(&s.a->times), 1);
		EXPECT_EQ(c, s.a->status, SEC_E_INTERNAL_ERROR);
	}
	if (s.a)
		async_end(s.a);
	if (listener)
		sock_release(listener);
	setting_end(&s);
}

/* Cancel in every leg.  The one result that must not be is a call that does not end. */
void consumer_async_sweep(struct consumer *c)
{
	unsigned int i, done = 0, cancelled = 0;
	struct setting s = {};

	if (!setting_make(c, &s, SWEEP))
		goto out;
	for (i = 0; i < SWEEP && async_begin(c, &s.a[i], s.cred, s.target); i++) {
		usleep_range(i * 1000, i * 1000 + 100);
		credssp_cancel_authentication(s.a[i].call);
		async_wait(c, &s.a[i], SOON);
		if (s.a[i].status == SEC_E_OK)
			done++;
		else if (s.a[i].reason == CREDSSP_REASON_CANCELLED)
			cancelled++;
		async_end(&s.a[i]);
	}
	EXPECT_EQ(c, done + cancelled, SWEEP);
	/* At least the call that is cancelled at once */
	EXPECT(c, cancelled);
out:
	setting_end(&s);
}

void consumer_async_many(struct consumer *c)
{
	unsigned int i, begun = 0;
	struct setting s = {};

	if (!setting_make(c, &s, MANY))
		goto out;
	while (begun < MANY && async_begin(c, &s.a[begun], s.cred, s.target))
		begun++;
	for (i = 0; i < begun; i++) {
		async_wait(c, &s.a[i], LONG);
		EXPECT_EQ(c, s.a[i].status, SEC_E_OK);
		async_end(&s.a[i]);
	}
	EXPECT_EQ(c, begun, MANY);
out:
	setting_end(&s);
}

/* Begin CROWD calls with a silent server; the number that began. */
static unsigned int crowd_begin(struct consumer *c, struct setting *s, u32 timeout_ms,
				struct socket **listener)
{
	struct socket *sock;
	unsigned int i;

	EXPECT_EQ(c, consumer_silent(listener, &sock), 0);
	if (c->wrong)
		return 0;
	for (i = 0; i < CROWD; i++) {
		if (i)
			EXPECT_EQ(c, consumer_connect_again(*listener, &sock), 0);
		if (c->wrong)
			break;
		async_init(c, &s->a[i], s->cred, s->target, sock);
		s->a[i].args.timeout_ms = timeout_ms;
		EXPECT_EQ(c, credssp_authenticate_socket_async(&s->a[i].args, &s->a[i].call),
			  SEC_E_OK);
		if (c->wrong) {
			sock_release(sock);
			break;
		}
	}
	return i;
}

/* Calls in the queue end as soon as those on a thread. */
static void crowd(struct consumer *c, bool cancel, s32 status)
{
	struct socket *listener = NULL;
	struct setting s = {};
	unsigned int i, begun = 0;

	if (setting_make(c, &s, CROWD))
		begun = crowd_begin(c, &s, cancel ? TIMEOUT_MS : CROWD_MS, &listener);
	EXPECT_EQ(c, begun, CROWD);
	/* The last ones first: no thread is free for them. */
	for (i = begun; cancel && i-- > 0; )
		credssp_cancel_authentication(s.a[i].call);
	for (i = begun; i-- > 0; ) {
		async_wait(c, &s.a[i], SOON);
		EXPECT_EQ(c, s.a[i].status, status);
		async_end(&s.a[i]);
	}
	if (listener)
		sock_release(listener);
	setting_end(&s);
}

void consumer_async_crowd(struct consumer *c)
{
	crowd(c, true, SEC_E_INTERNAL_ERROR);
}

void consumer_async_timeouts(struct consumer *c)
{
	crowd(c, false, SEC_E_NO_AUTHENTICATING_AUTHORITY);
}
