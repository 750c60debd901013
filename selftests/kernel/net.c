// SPDX-License-Identifier: GPL-2.0-only
/* Kernel sockets on this machine. */
#include <linux/in.h>
#include <linux/net.h>
#include <net/net_namespace.h>
#include <net/sock.h>

#include "consumer.h"

#define TIMEOUT_S	60
#define TLS_HEADER	5
/* Connections that are never accepted */
#define BACKLOG		1024

static int make_socket(struct socket **sock)
{
	int ret = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, sock);

	if (ret)
		return ret;
	(*sock)->sk->sk_sndtimeo = TIMEOUT_S * HZ;
	(*sock)->sk->sk_rcvtimeo = TIMEOUT_S * HZ;
	return 0;
}

int consumer_connect(u16 port, struct socket **out)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct socket *sock;
	int ret = make_socket(&sock);

	if (ret)
		return ret;
	/* A struct sockaddr_unsized from 6.19 on. */
	ret = kernel_connect(sock, (void *)&sin, sizeof(sin), 0);
	if (ret)
		sock_release(sock);
	else
		*out = sock;
	return ret;
}

int consumer_connect_again(struct socket *listener, struct socket **sock)
{
	struct sockaddr_in sin;
	int ret = kernel_getsockname(listener, (struct sockaddr *)&sin);

	return ret < 0 ? ret : consumer_connect(ntohs(sin.sin_port), sock);
}

int consumer_silent(struct socket **listener, struct socket **sock)
{
	struct sockaddr_in sin = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	int ret = make_socket(listener);

	if (ret)
		return ret;
	ret = kernel_bind(*listener, (void *)&sin, sizeof(sin));
	if (!ret)
		ret = kernel_listen(*listener, BACKLOG);
	if (!ret)
		ret = consumer_connect_again(*listener, sock);
	if (ret)
		sock_release(*listener);
	return ret;
}

int consumer_send(struct socket *sock, const void *p, size_t len)
{
	struct msghdr msg = {};
	struct kvec vec = { .iov_base = (void *)p, .iov_len = len };
	int ret = kernel_sendmsg(sock, &msg, &vec, 1, len);

	if (ret < 0)
		return ret;
	return ret == len ? 0 : -EIO;
}

static int receive(struct socket *sock, void *p, size_t len)
{
	struct msghdr msg = { .msg_flags = MSG_WAITALL };
	struct kvec vec = { .iov_base = p, .iov_len = len };
	int ret = kernel_recvmsg(sock, &msg, &vec, 1, len, MSG_WAITALL);

	if (ret < 0)
		return ret;
	return ret == len ? 0 : -ECONNRESET;
}

int consumer_record(struct socket *sock, void *p, size_t room)
{
	u8 *record = p;
	int ret = receive(sock, record, TLS_HEADER);
	size_t len;

	if (ret)
		return ret;
	len = record[3] << 8 | record[4];
	if (len > room - TLS_HEADER)
		return -EMSGSIZE;
	ret = receive(sock, record + TLS_HEADER, len);
	return ret ?: TLS_HEADER + len;
}
