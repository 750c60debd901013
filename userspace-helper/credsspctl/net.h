/* SPDX-License-Identifier: GPL-2.0-only */
/* TCP with a deadline. */
#ifndef CREDSSPCTL_NET_H
#define CREDSSPCTL_NET_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define NET_ADDRESS_MAX	80	/* "[" IPv6 with zone "]:" port */

/* Milliseconds of the monotonic clock, which deadlines refer to. */
int64_t net_now(void);
/* Milliseconds until the deadline, at least 0. */
int net_left(int64_t deadline);

/**
 * net_connect() - connect to the first of the host's addresses that answers
 * @host: name or numeric address
 * @port: port
 * @deadline: for connecting; resolving has the resolver's own limits
 * @address: out: numeric address that answered or was tried last; NET_ADDRESS_MAX bytes
 * @gai: out: error of getaddrinfo(), or 0
 *
 * Return: a blocking socket to be closed, or -1 with errno or @gai.
 */
int net_connect(const char *host, uint16_t port, int64_t deadline, char *address,
		int *gai);

/* 0, or -1 with errno (ETIMEDOUT at the deadline). */
int net_send(int fd, const void *data, size_t n, int64_t deadline);
/* At least 1 and at most @room bytes; 0 at the end; -1 with errno. */
ssize_t net_recv(int fd, void *data, size_t room, int64_t deadline);
/* Exactly @n bytes: 0; -1 with errno, ECONNRESET for an early end. */
int net_recv_exact(int fd, void *data, size_t n, int64_t deadline);

#endif
