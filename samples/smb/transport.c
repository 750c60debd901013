// SPDX-License-Identifier: GPL-2.0-only
/*
 * TCP, and SMB's framing (SMB2 2.1): a zero, and the packet's length in three bytes,
 * big-endian.
 *
 * The steps run on a thread of their own, and so may sleep on the socket.  Each wait ends with
 * the deadline of the answer; cancellation shuts the socket down.
 */
#include <linux/errno.h>
#include <linux/in6.h>
#include <linux/inet.h>
#include <linux/jiffies.h>
#include <linux/kernel.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "smb.h"

#define FRAME_HEADER	4

/*
 * Called in the process of the user who connects.  The socket is that user's: it lies in
 * the user's network namespace and keeps that alive, as a kernel's socket would not.
 */
int smb_socket_open(struct smb_connection *c)
{
	char text[sizeof("65535")];
	int ret;

	snprintf(text, sizeof(text), "%u", c->set.port);
	ret = inet_pton_with_scope(current->nsproxy->net_ns, AF_UNSPEC, c->set.address, text,
				   &c->peer);
	if (ret)
		return ret;
	return sock_create(c->peer.ss_family, SOCK_STREAM, IPPROTO_TCP, &c->sock);
}

void smb_set_deadline(struct smb_connection *c)
{
	c->deadline = jiffies + msecs_to_jiffies(c->set.timeout_ms);
}

static int transport_fail(struct smb_connection *c, int ret)
{
	switch (ret) {
	case 0:
	case -EPIPE:
	case -ECONNRESET:
		return smb_fail(c, -ECONNRESET, "the server closed the connection");
	case -EAGAIN:
	case -EINPROGRESS:
	case -ETIMEDOUT:
		return smb_fail(c, -ETIMEDOUT, "no answer of the server within %u ms",
				c->set.timeout_ms);
	case -ECONNREFUSED:
		return smb_fail(c, ret, "the server refuses connections");
	case -ENETUNREACH:
	case -EHOSTUNREACH:
	case -ENETDOWN:
	case -EADDRNOTAVAIL:
		return smb_fail(c, ret, "there is no way to the server in this network namespace");
	default:
		return smb_fail(c, ret, "the socket fails with error %d", ret);
	}
}

/* False when the time is over; otherwise the next wait ends with it. */
static bool transport_has_time(struct smb_connection *c)
{
	long left = c->deadline - jiffies;

	/* Zero would be forever. */
	if (left <= 0)
		return false;
	c->sock->sk->sk_sndtimeo = left;
	c->sock->sk->sk_rcvtimeo = left;
	return true;
}

int smb_tcp_connect(struct smb_connection *c)
{
	size_t size = c->peer.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
						      sizeof(struct sockaddr_in);
	int ret = -ETIMEDOUT;

	smb_set_deadline(c);
	/* A struct sockaddr_unsized from 6.19 on. */
	if (transport_has_time(c))
		ret = kernel_connect(c->sock, (void *)&c->peer, size, 0);
	return ret ? transport_fail(c, ret) : 0;
}

int smb_send(struct smb_connection *c, const struct smb_writer *w)
{
	u8 frame[FRAME_HEADER] = { 0, w->length >> 16, w->length >> 8, w->length };
	struct kvec vec[] = {
		{ .iov_base = frame, .iov_len = sizeof(frame) },
		{ .iov_base = w->p, .iov_len = w->length },
	};
	struct msghdr msg = {};
	size_t length = sizeof(frame) + w->length;
	int ret = -ETIMEDOUT;

	if (w->full)
		return smb_fail(c, -EMSGSIZE, "the packet to be sent is too long");
	if (transport_has_time(c))
		ret = kernel_sendmsg(c->sock, &msg, vec, ARRAY_SIZE(vec), length);
	if (ret < 0)
		return transport_fail(c, ret);
	return ret == length ? 0 : transport_fail(c, -ETIMEDOUT);
}

/* Exactly @length bytes. */
static int transport_receive(struct smb_connection *c, u8 *p, size_t length)
{
	size_t have = 0;

	while (have < length) {
		struct kvec vec = { .iov_base = p + have, .iov_len = length - have };
		struct msghdr msg = {};
		int got;

		if (!transport_has_time(c))
			return transport_fail(c, -ETIMEDOUT);
		got = kernel_recvmsg(c->sock, &msg, &vec, 1, length - have, 0);
		if (got <= 0)
			return transport_fail(c, got);
		have += got;
	}
	return 0;
}

int smb_receive(struct smb_connection *c, struct smb_reader *r)
{
	u8 frame[FRAME_HEADER];
	size_t length;
	int ret;

	ret = transport_receive(c, frame, sizeof(frame));
	if (ret)
		return ret;
	length = frame[1] << 16 | frame[2] << 8 | frame[3];
	if (frame[0])
		return smb_fail(c, -EBADMSG, "the server does not speak SMB");
	if (length < SMB_HEADER || length > SMB_MAX_RECEIVED)
		return smb_fail(c, -EMSGSIZE, "the server sends a packet of %zu bytes", length);
	ret = transport_receive(c, c->in, length);
	*r = (struct smb_reader){ .p = c->in, .left = length };
	return ret;
}
