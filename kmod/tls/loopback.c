// SPDX-License-Identifier: GPL-2.0-only
/* The loopback pair of the token transport. */
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

/* Whole attempts; a second one helps when a port or the race was lost. */
#define ATTEMPTS	3
/* Connections of others that are turned away in one attempt. */
#define STRANGERS	8
/* It takes microseconds, but the machine may be busy. */
#define ATTEMPT_TIME	(2 * HZ)

static void close_socket(struct socket *sock)
{
	if (!sock)
		return;
	/* Reset, so that no port is held in TIME_WAIT. */
	sock_no_linger(sock->sk);
	sock_release(sock);
}

void cssp_loopback_close(struct cssp_loopback *pair)
{
	close_socket(pair->tls);
	close_socket(pair->raw);
	*pair = (struct cssp_loopback){};
}

/* A socket at a random address of 127.0.0.0/8, so that ports do not run out. */
static int bound_socket(struct socket **sock)
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

static bool connect_over(struct socket *sock, u32 unused)
{
	return inet_sk_state_load(sock->sk) != TCP_SYN_SENT;
}

static int connect_to(struct socket *client, struct socket *listener,
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
	while (!connect_over(client, 0)) {
		ret = cssp_sock_wait(client, connect_over, 0, p);
		if (ret)
			return ret;
	}
	/* Once more, for the outcome. */
	return kernel_connect(client, (void *)&addr, sizeof(addr), O_NONBLOCK);
}

static bool has_connection(struct socket *listener, u32 unused)
{
	return !reqsk_queue_empty(&inet_csk(listener->sk)->icsk_accept_queue);
}

/* Is @accepted the other end of @client? Any local process may connect first. */
static bool is_ours(struct socket *accepted, struct socket *client)
{
	struct sockaddr_in peer = {}, name = {};

	return kernel_getpeername(accepted, (struct sockaddr *)&peer) >= 0 &&
	       kernel_getsockname(client, (struct sockaddr *)&name) >= 0 &&
	       peer.sin_family == name.sin_family && peer.sin_port == name.sin_port &&
	       peer.sin_addr.s_addr == name.sin_addr.s_addr;
}

static int accept_from(struct socket **accepted, struct socket *listener,
		       struct socket *client, const struct cssp_patience *p)
{
	int strangers = 0;
	int ret;

	while (strangers < STRANGERS) {
		ret = kernel_accept(listener, accepted, O_NONBLOCK);
		if (!ret && is_ours(*accepted, client))
			return 0;
		if (!ret) {
			close_socket(*accepted);
			strangers++;
			continue;
		}
		if (!cssp_sock_again(ret))
			return ret;
		ret = cssp_sock_wait(listener, has_connection, 0, p);
		if (ret)
			return ret;
	}
	return -EIO;
}

static int try_pair(struct cssp_loopback *pair, const struct cssp_patience *p)
{
	struct socket *listener = NULL, *client = NULL, *accepted;
	int ret;

	ret = bound_socket(&listener);
	if (!ret)
		ret = bound_socket(&client);
	if (!ret)
		ret = kernel_listen(listener, STRANGERS);
	if (!ret)
		ret = connect_to(client, listener, p);
	if (!ret)
		ret = accept_from(&accepted, listener, client, p);
	close_socket(listener);
	if (ret) {
		close_socket(client);
		return ret;
	}
	tcp_sock_set_nodelay(accepted->sk);
	*pair = (struct cssp_loopback){ .tls = client, .raw = accepted };
	return 0;
}

static bool final(int ret)
{
	return !ret || ret == -ENOMEM || ret == -EINTR || ret == -ECANCELED;
}

int cssp_loopback_make(struct cssp_loopback *pair, const struct cssp_patience *p)
{
	struct cssp_patience once = *p;
	int ret = -EIO, i;

	*pair = (struct cssp_loopback){};
	for (i = 0; i < ATTEMPTS; i++) {
		once.until = jiffies + ATTEMPT_TIME;
		if (time_after(once.until, p->until))
			once.until = p->until;
		ret = try_pair(pair, &once);
		if (final(ret))
			return ret;
		if (time_after_eq(jiffies, p->until))
			return -ETIMEDOUT;
	}
	pr_warn_ratelimited("no loopback TCP connection in the initial network namespace (%d): is lo up, does a firewall filter 127.0.0.0/8?\n",
			    ret);
	return -EIO;
}
