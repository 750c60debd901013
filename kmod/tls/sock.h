/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TCP sockets, which may belong to user space: calls do not block and change no option.
 * The waits in this file are killable, freezable, cancellable and bounded.
 *
 * A thread of the socket's owner that is inside a call on the socket holds the socket's
 * lock, and may sleep with it until a page of user memory is read in.  Every other call
 * waits for that thread, even with MSG_DONTWAIT, and neither a signal nor a deadline
 * ends that wait.  So a call is made only after cssp_sock_wait_free() has found the
 * lock free.  A thread can take it between that check and the call: see
 * cssp_sock_wait_free() in Documentation/locking.rst.
 */
#ifndef CSSP_TLS_SOCK_H
#define CSSP_TLS_SOCK_H

#include "../base/buf.h"
#include "../base/wait.h"

struct credssp_address;
struct iov_iter;
struct net;
struct socket;

/**
 * struct cssp_patience - how long one operation may wait
 * @wait: cancellation, borrowed
 * @until: deadline in jiffies
 */
struct cssp_patience {
	struct cssp_wait *wait;
	unsigned long until;
};

/* Patience until @w's deadline, but for at most @most jiffies. */
struct cssp_patience cssp_patience_of(struct cssp_wait *w, long most);

/* 0 if the operation may go on; -ECANCELED, -EINTR (killed) or -ETIMEDOUT. */
int __must_check cssp_patience_check(const struct cssp_patience *p);

/* Can @sock become a kTLS socket? Errors: see cssp_channel_create_socket(). */
int __must_check cssp_sock_check(struct socket *sock, const struct net *net);

/*
 * Where the peer of @sock is; all-zero when that is not known. An IPv4 address that an IPv6
 * socket has mapped is given as an IPv4 address.
 */
void cssp_sock_peer(struct socket *sock, struct credssp_address *peer);

/* The condition of a wait; @arg is what the waiter passes. Must not sleep. */
typedef bool (*cssp_sock_ready)(struct socket *sock, u32 arg);

/**
 * cssp_sock_wait() - sleep on a socket
 * @sock: socket
 * @ready: condition, checked whenever the socket wakes its sleepers
 * @arg: argument of @ready
 * @p: patience
 *
 * For loops of "try, then wait": it may return early, and reports a timeout, a
 * cancellation or a kill when it is called the next time.
 *
 * Return: 0 to try again, -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_sock_wait(struct socket *sock, cssp_sock_ready ready, u32 arg,
				const struct cssp_patience *p);

/* Is the socket's lock free? @unused: see cssp_sock_ready. */
bool cssp_sock_is_free(struct socket *sock, u32 unused);

/**
 * cssp_sock_wait_free() - wait until the next call on a socket does not block
 * @sock: socket
 * @is_free: cssp_sock_is_free(), or a condition that includes further locks
 * @p: patience
 *
 * An unlock does not wake the waiter, so the socket is checked again after 1 jiffy,
 * 2, 4 and so on, up to a quarter of a second.
 *
 * Return: 0, at once if @sock is free; -ETIMEDOUT, -ECANCELED, -EINTR.
 */
int __must_check cssp_sock_wait_free(struct socket *sock, cssp_sock_ready is_free,
				     const struct cssp_patience *p);

/* The sequence number that the socket has received up to. Take it before trying to read. */
u32 cssp_sock_mark(struct socket *sock);
/* After -EAGAIN from reading: wait until the number differs from @mark, or for the end. */
int __must_check cssp_sock_wait_news(struct socket *sock, u32 mark,
				     const struct cssp_patience *p);
/**
 * cssp_sock_wait_room() - after an attempt to write that wrote nothing
 * @sock: socket
 * @err: what the attempt returned
 * @p: patience
 *
 * Sleeps for at least one jiffy, so that attempts which fail at once do not spin.
 *
 * Return: 0 to try again; -ETIMEDOUT, -ECANCELED, -EINTR; or cssp_sock_error(@err).
 */
int __must_check cssp_sock_wait_room(struct socket *sock, int err,
				     const struct cssp_patience *p);

/* Must this result of sendmsg or recvmsg be followed by a wait? */
static inline bool cssp_sock_again(int ret)
{
	/* kTLS takes a lock interruptibly even with MSG_DONTWAIT. */
	return ret == -EAGAIN || ret == -EINTR || ret == -ERESTARTSYS;
}

/*
 * Shut @sock down in both directions, without waiting.  If a thread is inside a call, the
 * peer gets no FIN until the socket is closed.
 */
void cssp_sock_shutdown(struct socket *sock);

/*
 * Translate a socket's error, or 0 for the end of the stream: -ENOMEM; -EFAULT; -EPIPE when the
 * peer closed the connection; -ENETDOWN for all others. TCP's numbers have other meanings
 * in this module (-EHOSTUNREACH: no helper).
 */
int cssp_sock_error(int err);

/*
 * Send or receive exactly @n bytes of @from or @to, which is advanced. @flags: of
 * sendmsg(), for instance MSG_MORE. Errors as below, and -EFAULT.
 */
int __must_check cssp_sock_send_iter(struct socket *sock, struct iov_iter *from, size_t n,
				     int flags, const struct cssp_patience *p);
int __must_check cssp_sock_recv_iter(struct socket *sock, struct iov_iter *to, size_t n,
				     const struct cssp_patience *p);
/* Send or receive exactly @n bytes. -EPIPE: the peer closed; -ENETDOWN: the network failed. */
int __must_check cssp_sock_send(struct socket *sock, const void *buf, size_t n,
				const struct cssp_patience *p);
int __must_check cssp_sock_recv(struct socket *sock, void *buf, size_t n,
				const struct cssp_patience *p);

/*
 * Acknowledge what was read now, and not with the next bytes that are sent or 40 ms later:
 * until then the other end keeps the pages that it was sent in. The kernel cuts what a task
 * sends from a block of 32 KiB, and starts at the front of it again if nothing of it is in
 * use. Otherwise the second long record needs a new block, and to zero that takes as long
 * as several acknowledgements. For a socket that no other thread locks.
 */
void cssp_sock_acknowledge(struct socket *sock);
/* Bytes that have arrived and were not read, roughly. */
size_t cssp_sock_arrived(struct socket *sock);
/* Copy at most @n bytes that have arrived, and leave them there.  Returns their number. */
size_t cssp_sock_peek(struct socket *sock, void *buf, size_t n);

#endif
