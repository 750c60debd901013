/* SPDX-License-Identifier: GPL-2.0-only */
/* Connections between credsspd's processes, which exchange packets. */
#ifndef CREDSSPD_PACKETS_H
#define CREDSSPD_PACKETS_H

#include <stddef.h>
#include <stdint.h>

/*
 * Make both ends of a connection (SOCK_SEQPACKET) for packets of up to @most bytes, with
 * room for two of them, or at least for one. Return 0 or a negative errno.
 */
int packets_connect(int fds[2], size_t most);

/* Hand over @fd, in a packet of its own; the caller keeps it. 0 or a negative errno. */
int packets_pass(int connection, int fd);
/* The same, with @owner in the packet: the user whom the other end of @fd works for */
int packets_pass_for(int connection, int fd, uint32_t owner);

#endif
