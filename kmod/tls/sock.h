/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TCP socket that may be somebody else's: never blocked on, its options never
 * touched.  Every wait is killable, freezable, cancellable and bounded.
 *
 * A thread of the socket's owner that is inside of a call on the socket has the
 * socket's lock, and may sleep with it as long as a page of its user's memory takes
 * to come.  Every other call then waits for that thread, whatever MSG_DONTWAIT says,
 * and neither a signal nor a deadline ends that wait.  So a call is made only when
 * cssp_sock_wait_free() has seen the lock free.
 */
#ifndef CSSP_TLS_SOCK_H
#define CSSP_TLS_SOCK_H

#include "../base/buf.h"
#include "../base/wait.h"

struct net;
struct socket;

/**
 * struct cssp_patience - how long one operation may wait
 * @wait: cancellation, borrowed
 * @until: jiffies
 */
struct cssp_patience {
	struct cssp_wait *wait;
	unsigned long until;
};

/* Until @w's deadline, but at most @most jiffies. */
struct cssp_patience cssp_patience_of(struct cssp_wait *w, long most);

/* -ECANCELED, -EINTR (killed), -ETIMEDOUT or 0: may it go on? */
int __must_check cssp_patience_check(const struct cssp_patience *p);

/* 0, or why @sock cannot become a kTLS stream: see cssp_channel_create_socket(). */
int __must_check cssp_sock_check(struct socket *sock, const struct net *net);

/* What a socket is waited for; @arg is the predicate's. Must not sleep. */
typedef bool (*cssp_sock_ready)(struct socket *sock, u32 arg);

/**
 * cssp_sock_wait() - sleep on a socket
 * @sock: socket
 * @ready: what to wait for, looked at whenever the socket wakes its sleepers
 * @arg: for @ready
 * @p: patience
 *
 * Meant for loops of "try, then wait": may return early, and tells that time is
 * up or the task was killed when it is called the next time.
 *
 * Return: 0 to try again, -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_sock_wait(struct socket *sock, cssp_sock_ready ready, u32 arg,
				const struct cssp_patience *p);

/* Is no thread inside of a call that has the socket's lock? @unused: see cssp_sock_ready. */
bool cssp_sock_is_free(struct socket *sock, u32 unused);

/**
 * cssp_sock_wait_free() - wait until no other thread is inside of a call
 * @sock: socket
 * @is_free: cssp_sock_is_free(), or what else the next call must not wait for
 * @p: patience
 *
 * Nothing wakes those who wait here: the socket is looked at again after 1 jiffy, 2,
 * 4 and so on, up to a quarter of a second.
 *
 * Return: 0, at once if @sock is free; -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_sock_wait_free(struct socket *sock, cssp_sock_ready is_free,
				     const struct cssp_patience *p);

/* How far the socket has received; to be taken before an attempt to read. */
u32 cssp_sock_mark(struct socket *sock);
/* After -EAGAIN from reading: wait until more than @mark arrived, or the end. */
int __must_check cssp_sock_wait_news(struct socket *sock, u32 mark,
				     const struct cssp_patience *p);
/**
 * cssp_sock_wait_room() - after an attempt to write that wrote nothing
 * @sock: socket
 * @err: what the attempt returned
 * @p: patience
 *
 * Sleeps for a jiffy at least, so that attempts which fail at once burn no CPU.
 *
 * Return: 0 to try again; -ETIMEDOUT, -ECANCELED, -EINTR; or cssp_sock_error(@err).
 */
int __must_check cssp_sock_wait_room(struct socket *sock, int err,
				     const struct cssp_patience *p);

/* Must this result of sendmsg or recvmsg be followed by a wait? */
static inline bool cssp_sock_again(int ret)
{
	/* kTLS takes a lock interruptibly even when it is not to block. */
	return ret == -EAGAIN || ret == -EINTR || ret == -ERESTARTSYS;
}

/*
 * Nobody sends or receives on @sock any more.  Does not wait: if a thread is inside
 * of a call, the peer is told when the socket is closed.
 */
void cssp_sock_shutdown(struct socket *sock);

/*
 * A socket's error, or 0 for its end, as ours: -ENOMEM, -EPIPE when the peer hung
 * up, -ENETDOWN for all else. TCP's own numbers mean other things here
 * (-EHOSTUNREACH would say that there is no helper).
 */
int cssp_sock_error(int err);

/* Exactly @n bytes. -EPIPE when the peer closed, -ENETDOWN when the network failed. */
int __must_check cssp_sock_send(struct socket *sock, const void *buf, size_t n,
				const struct cssp_patience *p);
int __must_check cssp_sock_recv(struct socket *sock, void *buf, size_t n,
				const struct cssp_patience *p);

#endif
