/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A TCP socket that may be somebody else's: never blocked on, its options never
 * touched.  Every wait is killable, cancellable and bounded.
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

/* How far the socket has received; to be taken before an attempt to read. */
u32 cssp_sock_mark(struct socket *sock);
/* After -EAGAIN from reading: wait until more than @mark arrived, or the end. */
int __must_check cssp_sock_wait_news(struct socket *sock, u32 mark,
				     const struct cssp_patience *p);
/* After -EAGAIN from writing. */
int __must_check cssp_sock_wait_room(struct socket *sock, const struct cssp_patience *p);

/* Must this result of sendmsg or recvmsg be followed by a wait? */
static inline bool cssp_sock_again(int ret)
{
	/* kTLS takes a lock interruptibly even when it is not to block. */
	return ret == -EAGAIN || ret == -EINTR || ret == -ERESTARTSYS;
}

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
