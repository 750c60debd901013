// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net.h"

/* What a peer may send after the end, before it is cut off */
#define LINGER_BYTES	65536

int64_t net_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int net_left(int64_t deadline)
{
	int64_t left = deadline - net_now();

	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* Wait for @events. Return 0, or -1 with errno. */
static int wait_for(int fd, short events, int64_t deadline)
{
	struct pollfd p = { .fd = fd, .events = events };
	int ret;

	do {
		ret = poll(&p, 1, net_left(deadline));
	} while (ret < 0 && errno == EINTR);
	if (ret == 0) {
		errno = ETIMEDOUT;
		return -1;
	}
	return ret < 0 ? -1 : 0;
}

static void format_address(const struct sockaddr *sa, socklen_t size, char *address)
{
	char host[64], port[8];

	if (getnameinfo(sa, size, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
		snprintf(address, NET_ADDRESS_MAX, "?");
	else
		snprintf(address, NET_ADDRESS_MAX,
			 sa->sa_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
}

static int finish_connect(int fd, int64_t deadline)
{
	socklen_t size = sizeof(int);
	int err = 0;

	if (wait_for(fd, POLLOUT, deadline))
		return -1;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &size))
		return -1;
	errno = err;
	return err ? -1 : 0;
}

/* Not blocking while connecting, blocking afterwards. */
static int connect_one(const struct addrinfo *ai, int64_t deadline)
{
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
			ai->ai_protocol);
	int ret, flags, err;

	if (fd < 0)
		return -1;
	ret = connect(fd, ai->ai_addr, ai->ai_addrlen);
	if (ret && errno == EINPROGRESS)
		ret = finish_connect(fd, deadline);
	if (!ret) {
		flags = fcntl(fd, F_GETFL);
		if (flags >= 0 && !fcntl(fd, F_SETFL, flags & ~O_NONBLOCK))
			return fd;
	}
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

/* Each address gets a share of the time, so that a dead one does not use up all of it. */
static int connect_any(const struct addrinfo *list, int64_t deadline, char *address)
{
	const struct addrinfo *ai;
	int fd = -1, left = 0;

	for (ai = list; ai; ai = ai->ai_next)
		left++;
	errno = EADDRNOTAVAIL;
	for (ai = list; ai && fd < 0; ai = ai->ai_next, left--) {
		format_address(ai->ai_addr, ai->ai_addrlen, address);
		fd = connect_one(ai, net_now() + net_left(deadline) / left);
	}
	return fd;
}

int net_connect(const char *host, uint16_t port, int64_t deadline, char *address,
		int *gai)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP,
		.ai_flags = AI_NUMERICSERV,
	};
	struct addrinfo *list;
	char service[8];
	int fd, err;

	address[0] = '\0';
	snprintf(service, sizeof(service), "%u", port);
	*gai = getaddrinfo(host, service, &hints, &list);
	if (*gai)
		return -1;
	fd = connect_any(list, deadline, address);
	err = errno;
	freeaddrinfo(list);
	errno = err;
	return fd;
}

int net_send(int fd, const void *data, size_t n, int64_t deadline)
{
	const char *p = data;
	ssize_t sent;

	while (n) {
		if (wait_for(fd, POLLOUT, deadline))
			return -1;
		sent = send(fd, p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (sent < 0 && errno != EAGAIN && errno != EINTR)
			return -1;
		if (sent > 0) {
			p += sent;
			n -= (size_t)sent;
		}
	}
	return 0;
}

ssize_t net_recv(int fd, void *data, size_t room, int64_t deadline)
{
	ssize_t n;

	do {
		if (wait_for(fd, POLLIN, deadline))
			return -1;
		n = recv(fd, data, room, MSG_DONTWAIT);
	} while (n < 0 && (errno == EAGAIN || errno == EINTR));
	return n;
}

int net_recv_exact(int fd, void *data, size_t n, int64_t deadline)
{
	char *p = data;
	ssize_t got;

	while (n) {
		got = net_recv(fd, p, n, deadline);
		if (got < 0)
			return -1;
		if (!got) {
			errno = ECONNRESET;
			return -1;
		}
		p += got;
		n -= (size_t)got;
	}
	return 0;
}

/* IPv6 sockets take IPv4 as well if they listen on all addresses, whatever the sysctl says. */
static int listen_one(const struct addrinfo *ai, int backlog)
{
	const int on = 1, off = 0;
	int fd = socket(ai->ai_family, ai->ai_socktype | SOCK_CLOEXEC | SOCK_NONBLOCK,
			ai->ai_protocol);
	int err;

	if (fd < 0)
		return -1;
	if (!setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on)) &&
	    (ai->ai_family != AF_INET6 ||
	     !setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &off, sizeof(off))) &&
	    !bind(fd, ai->ai_addr, ai->ai_addrlen) && !listen(fd, backlog))
		return fd;
	err = errno;
	close(fd);
	errno = err;
	return -1;
}

int net_listen(const char *host, uint16_t port, int backlog, char *address, int *gai)
{
	struct addrinfo hints = {
		.ai_family = AF_UNSPEC,
		.ai_socktype = SOCK_STREAM,
		.ai_protocol = IPPROTO_TCP,
		.ai_flags = AI_NUMERICSERV | AI_NUMERICHOST,
	};
	/* "::" is all addresses; a kernel without IPv6 has "0.0.0.0" only. */
	const char *const hosts[] = { *host ? host : "::", "0.0.0.0" };
	struct sockaddr_storage bound = { 0 };
	socklen_t size = sizeof(bound);
	struct addrinfo *list;
	char service[8];
	int fd = -1, i;

	snprintf(service, sizeof(service), "%u", port);
	for (i = 0; fd < 0 && i < (*host ? 1 : 2); i++) {
		*gai = getaddrinfo(hosts[i], service, &hints, &list);
		if (*gai)
			return -1;
		fd = listen_one(list, backlog);
		freeaddrinfo(list);
		if (fd < 0 && errno != EAFNOSUPPORT && errno != EADDRNOTAVAIL)
			return -1;
	}
	if (fd < 0)
		return -1;
	getsockname(fd, (struct sockaddr *)&bound, &size);
	format_address((struct sockaddr *)&bound, size, address);
	return fd;
}

/* An IPv4 address in IPv6's form is that IPv4 address. */
static void set_ipv6(struct credssp_address *to, const struct sockaddr_in6 *in6)
{
	to->port = ntohs(in6->sin6_port);
	if (IN6_IS_ADDR_V4MAPPED(&in6->sin6_addr)) {
		to->family = AF_INET;
		memcpy(to->address, in6->sin6_addr.s6_addr + 12, 4);
		return;
	}
	to->family = AF_INET6;
	to->scope = IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr) ? in6->sin6_scope_id : 0;
	memcpy(to->address, &in6->sin6_addr, sizeof(in6->sin6_addr));
}

void net_peer(int fd, struct credssp_address *peer)
{
	union {
		struct sockaddr any;
		struct sockaddr_in in;
		struct sockaddr_in6 in6;
	} sa = { .any = { .sa_family = AF_UNSPEC } };
	socklen_t size = sizeof(sa);

	memset(peer, 0, sizeof(*peer));
	if (getpeername(fd, &sa.any, &size))
		return;
	if (sa.any.sa_family == AF_INET6) {
		set_ipv6(peer, &sa.in6);
	} else if (sa.any.sa_family == AF_INET) {
		peer->family = AF_INET;
		peer->port = ntohs(sa.in.sin_port);
		memcpy(peer->address, &sa.in.sin_addr, sizeof(sa.in.sin_addr));
	}
}

bool net_same_place(const struct credssp_address *a, const struct credssp_address *b)
{
	const size_t bytes = a->family == AF_INET6 ? 8 : 4;

	return a->family == b->family && a->scope == b->scope &&
	       !memcmp(a->address, b->address, bytes);
}

int net_accept(int listener)
{
	const int on = 1;
	int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);

	if (fd < 0)
		return -1;
	/* Legs are small messages that wait for each other; a dead peer must be noticed. */
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
	return fd;
}

void net_linger(int fd, int64_t deadline)
{
	char waste[4096];
	size_t most = LINGER_BYTES;
	ssize_t n;

	if (shutdown(fd, SHUT_WR))
		return;
	while (most) {
		n = net_recv(fd, waste, sizeof(waste) < most ? sizeof(waste) : most, deadline);
		if (n <= 0)
			return;
		most -= (size_t)n;
	}
}
