// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "log.h"
#include "packets.h"

/* The kernel keeps a few bytes of the buffer for itself. */
#define SOCKET_OVERHEAD	256

/*
 * The kernel silently limits the buffer to net.core.wmem_max. Above this limit there is
 * SO_SNDBUFFORCE, but the processes that connect workers have no capability for it.
 */
static int set_room(int fd, size_t most)
{
	const int room = 2 * most;
	socklen_t size = sizeof(int);
	int got;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &room, sizeof(room)) ||
	    getsockopt(fd, SOL_SOCKET, SO_SNDBUF, &got, &size))
		return -errno;
	if (got >= (int)most + SOCKET_OVERHEAD)
		return 0;
	log_error("net.core.wmem_max is too small for a packet of %zu bytes", most);
	return -ENOBUFS;
}

int packets_connect(int fds[2], size_t most)
{
	int ret;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds))
		return -errno;
	ret = set_room(fds[0], most);
	if (!ret)
		ret = set_room(fds[1], most);
	if (!ret)
		return 0;
	close(fds[0]);
	close(fds[1]);
	return ret;
}

static int packets_send(int connection, int fd, void *bytes, size_t length)
{
	struct iovec iov = { .iov_base = bytes, .iov_len = length };
	union {
		struct cmsghdr header;
		char space[CMSG_SPACE(sizeof(fd))];
	} control = { 0 };
	struct msghdr message = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = control.space, .msg_controllen = sizeof(control.space),
	};
	struct cmsghdr *c = CMSG_FIRSTHDR(&message);

	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(fd));
	memcpy(CMSG_DATA(c), &fd, sizeof(fd));
	return sendmsg(connection, &message, MSG_NOSIGNAL) < 0 ? -errno : 0;
}

int packets_pass(int connection, int fd)
{
	char byte = 0;

	return packets_send(connection, fd, &byte, sizeof(byte));
}

int packets_pass_for(int connection, int fd, uint32_t owner)
{
	return packets_send(connection, fd, &owner, sizeof(owner));
}
