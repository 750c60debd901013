/* SPDX-License-Identifier: GPL-2.0-only */
/* TCP with a deadline. */
#ifndef CREDSSPCTL_NET_H
#define CREDSSPCTL_NET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include <credssp.h>

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

/**
 * net_listen() - listen on an address
 * @host: numeric address, or empty for all addresses
 * @port: port, 0 for a free one
 * @backlog: connections that wait to be accepted
 * @address: out: address and port that it listens on; NET_ADDRESS_MAX bytes
 * @gai: out: error of getaddrinfo(), or 0
 *
 * Return: a socket that does not block, to be closed, or -1 with errno or @gai.
 */
int net_listen(const char *host, uint16_t port, int backlog, char *address, int *gai);

/* A connection of the listener: a blocking socket to be closed, or -1 with errno. */
int net_accept(int listener);

/* Where the peer of @fd is. */
void net_peer(int fd, struct credssp_address *peer);

/*
 * Are the two the same client, as far as addresses tell? Of IPv6 the first 64 bits count: a
 * network has more than anybody can have in IPv4.
 */
bool net_same_place(const struct credssp_address *a, const struct credssp_address *b);

/*
 * End the stream, and wait for the end of the peer's, so that it can read what was sent: a
 * socket that is closed with unread bytes resets the connection.
 */
void net_linger(int fd, int64_t deadline);

/* 0, or -1 with errno (ETIMEDOUT at the deadline). */
int net_send(int fd, const void *data, size_t n, int64_t deadline);
/* At least 1 and at most @room bytes; 0 at the end; -1 with errno. */
ssize_t net_recv(int fd, void *data, size_t room, int64_t deadline);
/* Exactly @n bytes: 0; -1 with errno, ECONNRESET for an early end. */
int net_recv_exact(int fd, void *data, size_t n, int64_t deadline);

#endif
