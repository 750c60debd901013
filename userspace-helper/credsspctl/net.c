// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <netdb.h>
#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "net.h"

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

static void format_address(const struct addrinfo *ai, char *address)
{
	char host[64], port[8];

	if (getnameinfo(ai->ai_addr, ai->ai_addrlen, host, sizeof(host), port,
			sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV))
		snprintf(address, NET_ADDRESS_MAX, "?");
	else
		snprintf(address, NET_ADDRESS_MAX,
			 ai->ai_family == AF_INET6 ? "[%s]:%s" : "%s:%s", host, port);
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
		format_address(ai, address);
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
