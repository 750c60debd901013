// SPDX-License-Identifier: GPL-2.0-only
/* The connections between the daemon, the key keeper and its workers. */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>
#include "keeper_impl.h"
#include "log.h"

struct keeper_patience keeper_patience = {
	.wait = 12000, .sign = 10000, .load = 60000, .lost = 90000,
};

/* The kernel keeps a few bytes of the buffer for itself. */
#define SOCKET_OVERHEAD	256

/*
 * The kernel silently limits the buffer to net.core.wmem_max. Above this limit there is
 * SO_SNDBUFFORCE, but the keeper, which connects the workers, has no capability for it.
 */
static int set_room(int fd)
{
	const int room = 2 * KEEPER_PACKET_MAX;
	socklen_t size = sizeof(int);
	int got;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) ||
	    getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &size))
		return -errno;
	if (got >= (int)KEEPER_PACKET_MAX + SOCKET_OVERHEAD)
		return 0;
	log_error("key keeper: net.core.wmem_max is too small for a packet of %zu bytes",
		  KEEPER_PACKET_MAX);
	return -ENOBUFS;
}

int keeper_connect(int fds[2])
{
	int ret;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	ret = set_room(fds[0]);
	if (!ret)
		ret = set_room(fds[1]);
	if (!ret)
		return 0;
	close(fds[0]);
	close(fds[1]);
	return ret;
}
