// SPDX-License-Identifier: GPL-2.0-only
/* The connections between the daemon, the key keeper and its workers. */
#include <errno.h>
#include <sys/socket.h>
#include "keeper_impl.h"

struct keeper_patience keeper_patience = {
	.wait = 12000, .sign = 10000, .load = 60000, .lost = 90000,
};

int keeper_connect(int fds[2])
{
	const int room = 2 * KEEPER_PACKET_MAX;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	for (int i = 0; i < 2; i++)
		setsockopt(fds[i], SOL_SOCKET, SO_SNDBUF, &room, sizeof(room));
	return 0;
}
