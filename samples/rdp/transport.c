// SPDX-License-Identifier: GPL-2.0-only
/*
 * The byte stream: a TCP socket, which CredSSP turns into a kTLS stream; and TPKT
 * (RFC 1006 6), which cuts the stream into messages: 03 00, and the length with these four
 * bytes, big-endian.
 *
 * Before the exchange the socket is an ordinary one, afterwards credssp_send() and
 * credssp_recv() are used: they know TLS' records that are not data.
 */
#include <linux/errno.h>
#include <linux/in6.h>
#include <linux/inet.h>
#include <linux/jiffies.h>
#include <linux/net.h>
#include <linux/nsproxy.h>
#include <linux/sched.h>
#include <linux/kernel.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "rdp.h"

#define TPKT_VERSION	3
#define TPKT_HEADER	4
#define TPKT_LENGTH_AT	2

#define RDP_PORT	3389
#define VMCONNECT_PORT	2179

#define PRECONNECTION_VERSION	2

/*
 * Called in the process of the user who connects.  The socket is that user's: it lies in
 * the user's network namespace and keeps that alive, as a kernel's socket would not.
 */
int rdp_socket_open(struct rdp_connection *c)
{
	u16 port = c->set.form == RDP_FORM_RDP ? RDP_PORT : VMCONNECT_PORT;
	char text[sizeof("65535")];
	int ret;

	if (c->set.port)
		port = c->set.port;
	snprintf(text, sizeof(text), "%u", port);
	ret = inet_pton_with_scope(current->nsproxy->net_ns, AF_UNSPEC, c->set.address, text,
				   &c->peer);
	if (ret)
		return ret;
	c->secure = false;
	return sock_create(c->peer.ss_family, SOCK_STREAM, IPPROTO_TCP, &c->sock);
}

void rdp_socket_close(struct rdp_connection *c)
{
	struct socket *sock;

	mutex_lock(&c->lock);
	sock = c->sock;
	c->sock = NULL;
	mutex_unlock(&c->lock);
	if (sock)
		sock_release(sock);
}

u32 rdp_remaining_ms(const struct rdp_connection *c)
{
	long left = c->deadline - jiffies;

	return left > 0 ? jiffies_to_msecs(left) : 0;
}

static int transport_fail(struct rdp_connection *c, int ret)
{
	switch (ret) {
	case 0:
	case -EPIPE:
	case -ECONNRESET:
		return rdp_fail(c, -ECONNRESET, "the server closed the connection");
	case -EAGAIN:
	case -EINPROGRESS:
	case -ETIMEDOUT:
		return rdp_fail(c, -ETIMEDOUT, "no answer of the server within %u ms",
				c->set.timeout_ms);
	case -ECONNREFUSED:
		return rdp_fail(c, ret, "the server refuses connections");
	case -ENETUNREACH:
	case -EHOSTUNREACH:
	case -ENETDOWN:
	case -EADDRNOTAVAIL:
		return rdp_fail(c, ret, "there is no way to the server in this network namespace");
	case -EKEYREJECTED:
		return rdp_fail(c, ret, "a forged TLS record was received");
	case -EBADMSG:
		return rdp_fail(c, ret, "a TLS record was received that is not allowed");
	default:
		return rdp_fail(c, ret, "the socket fails with error %d", ret);
	}
}

/* Blocking calls on the plain socket end with the sequence's time. */
static void transport_set_patience(struct rdp_connection *c)
{
	/* Zero would be forever. */
	long left = max(msecs_to_jiffies(rdp_remaining_ms(c)), 1UL);

	c->sock->sk->sk_sndtimeo = left;
	c->sock->sk->sk_rcvtimeo = left;
}

int rdp_tcp_connect(struct rdp_connection *c)
{
	size_t size = c->peer.ss_family == AF_INET6 ? sizeof(struct sockaddr_in6) :
						      sizeof(struct sockaddr_in);
	int ret;

	transport_set_patience(c);
	/* A struct sockaddr_unsized from 6.19 on. */
	ret = kernel_connect(c->sock, (void *)&c->peer, size, 0);
	return ret ? transport_fail(c, ret) : RDP_NEXT;
}

static int transport_send_plain(struct rdp_connection *c, const struct rdp_writer *w)
{
	struct msghdr msg = { .msg_flags = MSG_NOSIGNAL };
	struct kvec vec = { .iov_base = w->p, .iov_len = w->length };
	int ret;

	transport_set_patience(c);
	ret = kernel_sendmsg(c->sock, &msg, &vec, 1, w->length);
	if (ret < 0)
		return ret;
	return ret == w->length ? 0 : -ETIMEDOUT;
}

int rdp_send(struct rdp_connection *c, const struct rdp_writer *w)
{
	int ret;

	if (w->full)
		return rdp_fail(c, -EMSGSIZE, "the message to be sent is too long");
	if (c->secure)
		ret = credssp_send(c->sock, w->p, w->length, rdp_remaining_ms(c));
	else
		ret = transport_send_plain(c, w);
	return ret ? transport_fail(c, ret) : 0;
}

/* As credssp_recv(), on the plain socket. */
static ssize_t transport_receive_plain(struct rdp_connection *c, void *p, size_t length)
{
	struct msghdr msg = {};
	struct kvec vec = { .iov_base = p, .iov_len = length };

	transport_set_patience(c);
	return kernel_recvmsg(c->sock, &msg, &vec, 1, length, 0);
}

/* Exactly @length bytes. */
static int transport_receive(struct rdp_connection *c, u8 *p, size_t length)
{
	size_t have = 0;
	ssize_t got;

	while (have < length) {
		u32 left = rdp_remaining_ms(c);

		if (!left)
			return transport_fail(c, -ETIMEDOUT);
		if (c->secure)
			got = credssp_recv(c->sock, p + have, length - have, left);
		else
			got = transport_receive_plain(c, p + have, length - have);
		if (got <= 0)
			return transport_fail(c, got);
		have += got;
	}
	return 0;
}

struct rdp_writer rdp_tpkt_begin(struct rdp_connection *c)
{
	struct rdp_writer w = { .p = c->out, .room = RDP_MAX_SENT };

	rdp_put_u8(&w, TPKT_VERSION);
	rdp_put_zeros(&w, TPKT_HEADER - 1);
	return w;
}

int rdp_tpkt_send(struct rdp_connection *c, struct rdp_writer *w)
{
	rdp_set_be16(w, TPKT_LENGTH_AT, w->length);
	return rdp_send(c, w);
}

int rdp_tpkt_receive(struct rdp_connection *c, struct rdp_reader *r)
{
	size_t length;
	u8 version;
	int ret;

	ret = transport_receive(c, c->in, TPKT_HEADER);
	if (ret)
		return ret;
	*r = (struct rdp_reader){ .p = c->in, .left = TPKT_HEADER };
	version = rdp_get_u8(r);
	rdp_skip(r, 1);
	length = rdp_get_be16(r);
	if (version != TPKT_VERSION)
		return rdp_fail(c, -EBADMSG, "the server does not speak TPKT");
	if (length <= TPKT_HEADER || length > RDP_MAX_RECEIVED)
		return rdp_fail(c, -EMSGSIZE, "the server sends a message of %zu bytes", length);
	length -= TPKT_HEADER;
	ret = transport_receive(c, c->in, length);
	*r = (struct rdp_reader){ .p = c->in, .left = length };
	return ret;
}

/*
 * RDP_PRECONNECTION_PDU_V2 (MS-RDPEPS 2.2.1.2): it tells Hyper-V which virtual machine this
 * connection is for, and is sent in the clear before all else.
 */
int rdp_preconnect(struct rdp_connection *c)
{
	struct rdp_writer w = { .p = c->out, .room = RDP_MAX_SENT };
	size_t length = strlen(c->set.vm);	/* ASCII, and then a NUL */
	size_t size = 4 + 4 + 4 + 4 + 2 + 2 * (length + 1);

	rdp_put_le32(&w, size);
	rdp_put_le32(&w, 0);	/* flags */
	rdp_put_le32(&w, PRECONNECTION_VERSION);
	rdp_put_le32(&w, 0);	/* id, of version 1 */
	rdp_put_le16(&w, length + 1);
	rdp_put_utf16(&w, c->set.vm, length);
	rdp_put_le16(&w, 0);
	return rdp_send(c, &w);
}
