// SPDX-License-Identifier: GPL-2.0-only
/* The loopback connection of the token transport. */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt
#include "loopback.h"

#include <linux/in.h>
#include <linux/net.h>
#include <linux/printk.h>
#include <linux/random.h>
#include <linux/tcp.h>
#include <net/inet_connection_sock.h>
#include <net/net_namespace.h>
#include <net/sock.h>

/* Attempts. Another one helps when the port was taken or another process connected first. */
#define ATTEMPTS	3
/* Connections of other processes that one attempt rejects. */
#define FOREIGN_MAX	8
/* Jiffies. An attempt takes microseconds, but the machine may be busy. */
#define ATTEMPT_TIME	(2 * HZ)

static void loopback_close_socket(struct socket *sock)
{
	if (!sock)
		return;
	/* Send a reset, so that no port stays in TIME_WAIT. */
	sock_no_linger(sock->sk);
	sock_release(sock);
}

void cssp_loopback_close(struct cssp_loopback *lo)
{
	loopback_close_socket(lo->tls);
	loopback_close_socket(lo->raw);
	*lo = (struct cssp_loopback){};
}

/* A socket at a random address of 127.0.0.0/8, so that ports do not run out. */
static int loopback_bound_socket(struct socket **sock)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(0x7f000001 + get_random_u32() % 0xfffffe),
	};
	int ret;

	ret = sock_create_kern(&init_net, AF_INET, SOCK_STREAM, IPPROTO_TCP, sock);
	if (ret)
		return ret;
	tcp_sock_set_nodelay((*sock)->sk);
	/* From 6.19 on these functions take a struct sockaddr_unsized. */
	return kernel_bind(*sock, (void *)&addr, sizeof(addr));
}

static bool loopback_connect_over(struct socket *sock, u32 unused)
{
	return inet_sk_state_load(sock->sk) != TCP_SYN_SENT;
}

static int loopback_connect(struct socket *client, struct socket *listener,
			    const struct cssp_patience *p)
{
	struct sockaddr_in addr = {};
	int ret;

	ret = kernel_getsockname(listener, (struct sockaddr *)&addr);
	if (ret < 0)
		return ret;
	ret = kernel_connect(client, (void *)&addr, sizeof(addr), O_NONBLOCK);
	if (ret != -EINPROGRESS)
		return ret;
	while (!loopback_connect_over(client, 0)) {
		ret = cssp_sock_wait(client, loopback_connect_over, 0, p);
		if (ret)
			return ret;
	}
	/* Connecting again returns the outcome. */
	return kernel_connect(client, (void *)&addr, sizeof(addr), O_NONBLOCK);
}

static bool loopback_has_connection(struct socket *listener, u32 unused)
{
	return !reqsk_queue_empty(&inet_csk(listener->sk)->icsk_accept_queue);
}

/* Is @accepted the other end of @client? Any local process may have connected first. */
static bool loopback_is_ours(struct socket *accepted, struct socket *client)
{
	struct sockaddr_in peer = {}, name = {};

	return kernel_getpeername(accepted, (struct sockaddr *)&peer) >= 0 &&
	       kernel_getsockname(client, (struct sockaddr *)&name) >= 0 &&
	       peer.sin_family == name.sin_family && peer.sin_port == name.sin_port &&
	       peer.sin_addr.s_addr == name.sin_addr.s_addr;
}

static int loopback_accept(struct socket **accepted, struct socket *listener,
			   struct socket *client, const struct cssp_patience *p)
{
	int foreign = 0;
	int ret;

	while (foreign < FOREIGN_MAX) {
		ret = kernel_accept(listener, accepted, O_NONBLOCK);
		if (!ret && loopback_is_ours(*accepted, client))
			return 0;
		if (!ret) {
			loopback_close_socket(*accepted);
			foreign++;
			continue;
		}
		if (!cssp_sock_again(ret))
			return ret;
		ret = cssp_sock_wait(listener, loopback_has_connection, 0, p);
		if (ret)
			return ret;
	}
	return -EIO;
}

static int loopback_try(struct cssp_loopback *lo, const struct cssp_patience *p)
{
	struct socket *listener = NULL, *client = NULL, *accepted;
	int ret;

	ret = loopback_bound_socket(&listener);
	if (ret)
		goto err_close;
	ret = loopback_bound_socket(&client);
	if (ret)
		goto err_close;
	ret = kernel_listen(listener, FOREIGN_MAX);
	if (ret)
		goto err_close;
	ret = loopback_connect(client, listener, p);
	if (ret)
		goto err_close;
	ret = loopback_accept(&accepted, listener, client, p);
	if (ret)
		goto err_close;
	loopback_close_socket(listener);
	tcp_sock_set_nodelay(accepted->sk);
	*lo = (struct cssp_loopback){ .tls = client, .raw = accepted };
	return 0;

err_close:
	loopback_close_socket(listener);
	loopback_close_socket(client);
	return ret;
}

static bool loopback_is_final(int ret)
{
	return !ret || ret == -ENOMEM || ret == -EINTR || ret == -ECANCELED;
}

int cssp_loopback_make(struct cssp_loopback *lo, const struct cssp_patience *p)
{
	struct cssp_patience once = *p;
	int ret = -EIO, i;

	*lo = (struct cssp_loopback){};
	for (i = 0; i < ATTEMPTS; i++) {
		once.until = jiffies + ATTEMPT_TIME;
		if (time_after(once.until, p->until))
			once.until = p->until;
		ret = loopback_try(lo, &once);
		if (loopback_is_final(ret))
			return ret;
		if (time_after_eq(jiffies, p->until))
			return -ETIMEDOUT;
	}
	pr_warn_ratelimited("no loopback TCP connection in the initial network namespace (%d): is lo up, does a firewall filter 127.0.0.0/8?\n",
			    ret);
	return -EIO;
}

int cssp_loopback_error(int err)
{
	switch (err) {
	case -EEXIST:
	case -ENETDOWN:
	case -ENOTCONN:
	case -EPIPE:
		return -EIO;
	default:
		return err;
	}
}
