// SPDX-License-Identifier: GPL-2.0-only
/* Bounded, killable, cancellable work on TCP sockets. */
#include "sock.h"

#include <linux/net.h>
#include <linux/poll.h>
#include <linux/sched/signal.h>
#include <linux/tcp.h>
#include <linux/uio.h>
#include <net/inet_connection_sock.h>
#include <net/ipv6.h>
#include <net/sock.h>

#include "../base/compat.h"
#include "../base/status.h"

/*
 * Longest sleep without another check, in jiffies. There is no wake-up when the owner
 * set SO_RCVLOWAT above what has arrived, nor when kTLS's parser found no memory and
 * retries by itself.
 */
#define RECHECK		(HZ / 4)

struct cssp_patience cssp_patience_of(struct cssp_wait *w, long most)
{
	return (struct cssp_patience){
		.wait = w,
		.until = jiffies + min(cssp_wait_left(w), most),
	};
}

int cssp_patience_check(const struct cssp_patience *p)
{
	if (READ_ONCE(p->wait->cancelled))
		return -ECANCELED;
	if (fatal_signal_pending(current))
		return -EINTR;
	return time_after_eq(jiffies, p->until) ? -ETIMEDOUT : 0;
}

int cssp_sock_check(struct socket *sock, const struct net *net)
{
	struct sock *sk = sock->sk;

	if (!sk || sock->type != SOCK_STREAM)
		return -ENOTSOCK;
	if (sk->sk_protocol != IPPROTO_TCP ||
	    (sk->sk_family != AF_INET && sk->sk_family != AF_INET6))
		return CSSP_E_PARAMETER;
	if (!net_eq(sock_net(sk), net))
		return CSSP_E_PARAMETER;
	if (inet_sk_state_load(sk) != TCP_ESTABLISHED)
		return -ENOTCONN;
	if (READ_ONCE(inet_csk(sk)->icsk_ulp_ops))
		return -EEXIST;
	return 0;
}

/* Without the socket's lock: the addresses of a connected socket do not change. */
void cssp_sock_peer(struct socket *sock, struct credssp_address *peer)
{
	const struct sock *sk = sock->sk;
	const struct in6_addr *v6 = &sk->sk_v6_daddr;

	*peer = (struct credssp_address){
		.family = AF_INET,
		.port = ntohs(sk->sk_dport),
	};
	if (sk->sk_family == AF_INET) {
		memcpy(peer->address, &sk->sk_daddr, sizeof(sk->sk_daddr));
	} else if (ipv6_addr_v4mapped(v6)) {
		memcpy(peer->address, &v6->s6_addr32[3], sizeof(v6->s6_addr32[3]));
	} else {
		peer->family = AF_INET6;
		memcpy(peer->address, v6, sizeof(*v6));
		if (ipv6_addr_type(v6) & IPV6_ADDR_LINKLOCAL)
			peer->scope = sk->sk_bound_dev_if;
	}
}

/*
 * Sockets wake interruptible sleepers only. A killable sleeper is not one, so a plain
 * wait_event_killable() on a socket sleeps until its timeout.
 */
static int sock_wake_killable(struct wait_queue_entry *entry, unsigned int mode,
			      int flags, void *key)
{
	return default_wake_function(entry, TASK_NORMAL, flags, key);
}

static void sock_sleep(struct socket *sock, cssp_sock_ready ready, u32 arg,
		       const struct cssp_patience *p, long most)
{
	wait_queue_head_t *wq = sk_sleep(sock->sk);
	DEFINE_WAIT_FUNC(entry, sock_wake_killable);
	long left = min_t(long, p->until - jiffies, most);

	cssp_wait_arm(p->wait, wq);
	add_wait_queue(wq, &entry);
	for (;;) {
		set_current_state(CSSP_TASK_WAITING);
		if (ready(sock, arg) || cssp_patience_check(p) || left <= 0)
			break;
		left = schedule_timeout(left);
	}
	__set_current_state(TASK_RUNNING);
	remove_wait_queue(wq, &entry);
	cssp_wait_disarm(p->wait);
}

int cssp_sock_wait(struct socket *sock, cssp_sock_ready ready, u32 arg,
		   const struct cssp_patience *p)
{
	int ret = cssp_patience_check(p);

	if (ret)
		return ret;
	sock_sleep(sock, ready, arg, p, RECHECK);
	return 0;
}

bool cssp_sock_is_free(struct socket *sock, u32 unused)
{
	return !sock_owned_by_user_nocheck(sock->sk);
}

int cssp_sock_wait_free(struct socket *sock, cssp_sock_ready is_free,
			const struct cssp_patience *p)
{
	long nap;
	int ret;

	for (nap = 1; !is_free(sock, 0); nap = min_t(long, 2 * nap, RECHECK)) {
		ret = cssp_patience_check(p);
		if (ret)
			return ret;
		sock_sleep(sock, is_free, 0, p, nap);
	}
	return 0;
}

static bool sock_is_never(struct socket *sock, u32 unused)
{
	return false;
}

u32 cssp_sock_mark(struct socket *sock)
{
	return READ_ONCE(tcp_sk(sock->sk)->rcv_nxt);
}

/*
 * Not by poll(): on 6.1 it reports a kTLS socket as readable as soon as a part of a
 * record has arrived, and the reader would spin until the peer sends the rest.
 */
static bool sock_has_news(struct socket *sock, u32 mark)
{
	struct sock *sk = sock->sk;

	return cssp_sock_mark(sock) != mark || READ_ONCE(sk->sk_err) ||
	       READ_ONCE(sk->sk_shutdown) & RCV_SHUTDOWN ||
	       inet_sk_state_load(sk) == TCP_CLOSE;
}

int cssp_sock_wait_news(struct socket *sock, u32 mark, const struct cssp_patience *p)
{
	return cssp_sock_wait(sock, sock_has_news, mark, p);
}

/* poll() also asks the socket to wake us when there is room. */
static bool sock_has_room(struct socket *sock, u32 unused)
{
	return READ_ONCE(sock->ops)->poll(NULL, sock, NULL) &
	       (EPOLLOUT | EPOLLERR | EPOLLHUP);
}

int cssp_sock_wait_room(struct socket *sock, int err, const struct cssp_patience *p)
{
	int ret;

	if (err && !cssp_sock_again(err))
		return cssp_sock_error(err);
	ret = cssp_patience_check(p);
	if (ret)
		return ret;
	/*
	 * Either a signal ended the wait for kTLS's lock and is still pending, or there is
	 * room, and memory is short.
	 */
	if (err != -EAGAIN || sock_has_room(sock, 0))
		sock_sleep(sock, sock_is_never, 0, p, 1);
	else
		sock_sleep(sock, sock_has_room, 0, p, RECHECK);
	return 0;
}

void cssp_sock_shutdown(struct socket *sock)
{
	struct sock *sk = sock->sk;

	if (cssp_sock_is_free(sock, 0)) {
		kernel_sock_shutdown(sock, SHUT_RDWR);
		return;
	}
	/* The protocol's own shutdown() takes the lock. This is what send() looks at. */
	spin_lock_bh(&sk->sk_lock.slock);
	WRITE_ONCE(sk->sk_shutdown, SHUTDOWN_MASK);
	spin_unlock_bh(&sk->sk_lock.slock);
	sk->sk_state_change(sk);
}

int cssp_sock_error(int err)
{
	switch (err) {
	case -ENOMEM:
	case -ENOBUFS:
		return -ENOMEM;
	case -EFAULT:		/* the caller's memory was unmapped meanwhile */
		return -EFAULT;
	case 0:
	case -EPIPE:
	case -ECONNRESET:
	case -ECONNABORTED:
		return -EPIPE;
	default:
		return -ENETDOWN;
	}
}

/* The first @n bytes of @iter. */
static struct iov_iter sock_part(const struct iov_iter *iter, size_t n)
{
	struct iov_iter part = *iter;

	iov_iter_truncate(&part, n);
	return part;
}

int cssp_sock_send_iter(struct socket *sock, struct iov_iter *from, size_t n, int flags,
			const struct cssp_patience *p)
{
	int ret;

	while (n) {
		struct msghdr msg = {
			.msg_flags = MSG_DONTWAIT | MSG_NOSIGNAL | flags,
			.msg_iter = sock_part(from, n),
		};

		ret = cssp_sock_wait_free(sock, cssp_sock_is_free, p);
		if (ret)
			return ret;
		ret = sock_sendmsg(sock, &msg);
		if (ret > 0) {
			iov_iter_advance(from, ret);
			n -= ret;
			continue;
		}
		ret = cssp_sock_wait_room(sock, ret, p);
		if (ret)
			return ret;
	}
	return 0;
}

int cssp_sock_send(struct socket *sock, const void *buf, size_t n,
		   const struct cssp_patience *p)
{
	struct kvec vec = { (void *)buf, n };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_SOURCE, &vec, 1, n);
	return cssp_sock_send_iter(sock, &iter, n, 0, p);
}

int cssp_sock_recv_iter(struct socket *sock, struct iov_iter *to, size_t n,
			const struct cssp_patience *p)
{
	int ret;

	while (n) {
		struct msghdr msg = { .msg_iter = sock_part(to, n) };
		u32 mark = cssp_sock_mark(sock);

		ret = cssp_sock_wait_free(sock, cssp_sock_is_free, p);
		if (ret)
			return ret;
		ret = sock_recvmsg(sock, &msg, MSG_DONTWAIT);
		if (ret > 0) {
			iov_iter_advance(to, ret);
			n -= ret;
			continue;
		}
		if (!cssp_sock_again(ret))
			return cssp_sock_error(ret);
		ret = cssp_sock_wait_news(sock, mark, p);
		if (ret)
			return ret;
	}
	return 0;
}

int cssp_sock_recv(struct socket *sock, void *buf, size_t n,
		   const struct cssp_patience *p)
{
	struct kvec vec = { buf, n };
	struct iov_iter iter;

	iov_iter_kvec(&iter, ITER_DEST, &vec, 1, n);
	return cssp_sock_recv_iter(sock, &iter, n, p);
}

size_t cssp_sock_arrived(struct socket *sock)
{
	const struct tcp_sock *tp = tcp_sk(sock->sk);
	s32 n = READ_ONCE(tp->rcv_nxt) - READ_ONCE(tp->copied_seq);

	return max(n, 0);
}

void cssp_sock_acknowledge(struct socket *sock)
{
	tcp_sock_set_quickack(sock->sk, 1);
}

size_t cssp_sock_peek(struct socket *sock, void *buf, size_t n)
{
	struct kvec vec = { buf, n };
	struct msghdr msg = {};
	int ret;

	/* With SO_PEEK_OFF, from 6.9 on, a peek begins elsewhere and moves the offset. */
	if (!cssp_sock_is_free(sock, 0) || READ_ONCE(sock->sk->sk_peek_off) >= 0)
		return 0;
	ret = kernel_recvmsg(sock, &msg, &vec, 1, n, MSG_DONTWAIT | MSG_PEEK);
	return max(ret, 0);
}
