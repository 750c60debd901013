// SPDX-License-Identifier: GPL-2.0-only
/* The TCP side of a connection. */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>

#include "peer.h"

static size_t segment(const struct conn *c, size_t len)
{
	size_t most = c->opt->wrong->arg;

	return c->opt->wrong->action == ACTION_SEGMENTS && len > most ? most : len;
}

int tcp_read(struct conn *c, void *buf, size_t len)
{
	size_t have = 0;

	while (have < len) {
		ssize_t n = recv(c->fd, (char *)buf + have, len - have, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			c->client_closed = !n || errno != EAGAIN;
			return fail(c, "%s", n ? strerrorname_np(errno) : "closed");
		}
		have += n;
	}
	return 0;
}

ssize_t tcp_push(struct conn *c, const void *buf, size_t len)
{
	return send(c->fd, buf, segment(c, len), MSG_NOSIGNAL);
}

int tcp_write(struct conn *c, const void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = tcp_push(c, (const char *)buf + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return fail(c, "send-%s", strerrorname_np(errno));
		done += n;
	}
	return 0;
}

ssize_t tcp_pull(struct conn *c, void *buf, size_t len)
{
	return recv(c->fd, buf, len, 0);
}

void tcp_drain(struct conn *c)
{
	char buf[4096];
	ssize_t n;

	do {
		n = recv(c->fd, buf, sizeof(buf), 0);
	} while (n > 0 || (n < 0 && errno == EINTR));
	c->client_closed = !n || errno != EAGAIN;
}
