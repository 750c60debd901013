// SPDX-License-Identifier: GPL-2.0-only
/*
 * A hostile SMB server, or an attacker on the way to a good one: it passes the packets of a
 * connection on to a real server and back, and changes one of them. So each packet is as the
 * real server makes it, up to the fault.
 *
 *	smbpeer --to PORT [FAULT...]
 *
 * It has a port for each of these faults, or for every one. It prints a line with each
 * port, "listening port=N fault=NAME", and then "ready".
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "smb_fault.h"

#define MAX_PORTS	128
#define BACKLOG		256

struct link {
	int client;
	int server;
	const struct smb_fault *fault;
};

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static bool read_all(int fd, uint8_t *p, size_t n)
{
	while (n) {
		ssize_t got = read(fd, p, n);

		if (got <= 0)
			return false;
		p += got;
		n -= got;
	}
	return true;
}

static bool write_all(int fd, const uint8_t *p, size_t n)
{
	while (n) {
		ssize_t put = write(fd, p, n);

		if (put <= 0)
			return false;
		p += put;
		n -= put;
	}
	return true;
}

static bool read_packet(int fd, struct smb_packet *p)
{
	if (!read_all(fd, p->bytes, SMB_FRAME))
		return false;
	p->length = p->bytes[1] << 16 | p->bytes[2] << 8 | p->bytes[3];
	if (p->length > SMB_ROOM - SMB_FRAME)
		return false;
	return read_all(fd, p->bytes + SMB_FRAME, p->length);
}

/* Silent, until the client closes. */
static bool hold(int client)
{
	uint8_t byte;

	while (read(client, &byte, 1) > 0)
		;
	return false;
}

/* STATUS_PENDING, and @p becomes the answer that follows it. */
static bool pass_pending(struct smb_packet *p, int to)
{
	static struct smb_packet first;

	first = *p;
	smb_fault_pending(&first);
	smb_fault_async(p);
	return write_all(to, first.bytes, SMB_FRAME + first.length);
}

static bool pass(const struct link *l, int from, int to)
{
	static struct smb_packet p;
	enum smb_fate fate = FATE_PASS;

	if (!read_packet(from, &p))
		return false;
	if (l->fault->apply && smb_where(&p) == l->fault->where)
		fate = l->fault->apply(&p);
	if (fate == FATE_CLOSE)
		return false;
	if (fate == FATE_DROP)
		return hold(l->client);
	if (fate == FATE_SLOW && !pass_pending(&p, to))
		return false;
	if (fate == FATE_TWICE && !write_all(to, p.bytes, SMB_FRAME + p.length))
		return false;
	return write_all(to, p.bytes, SMB_FRAME + p.length);
}

static void serve(const struct link *l)
{
	struct pollfd fds[] = {
		{ .fd = l->client, .events = POLLIN },
		{ .fd = l->server, .events = POLLIN },
	};

	for (;;) {
		if (poll(fds, 2, -1) < 0)
			return;
		if (fds[0].revents && !pass(l, l->client, l->server))
			return;
		if (fds[1].revents && !pass(l, l->server, l->client))
			return;
	}
}

static int loopback(struct sockaddr_in *sin, unsigned int port)
{
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd < 0)
		die("socket");
	*sin = (struct sockaddr_in){
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	return fd;
}

static int listen_for(const struct smb_fault *fault)
{
	struct sockaddr_in sin;
	socklen_t length = sizeof(sin);
	int fd = loopback(&sin, 0);

	if (bind(fd, (struct sockaddr *)&sin, sizeof(sin)) || listen(fd, BACKLOG) ||
	    getsockname(fd, (struct sockaddr *)&sin, &length))
		die("listen");
	printf("listening port=%u fault=%s\n", ntohs(sin.sin_port), fault->name);
	return fd;
}

static void accept_one(int listener, const struct smb_fault *fault, unsigned int to)
{
	struct link l = { .client = accept(listener, NULL, NULL), .fault = fault };
	struct sockaddr_in sin;

	if (l.client < 0)
		return;
	if (!fork()) {
		l.server = loopback(&sin, to);
		if (!connect(l.server, (struct sockaddr *)&sin, sizeof(sin)))
			serve(&l);
		_exit(0);
	}
	close(l.client);
}

static const struct smb_fault *find(const char *name)
{
	size_t i;

	for (i = 0; i < smb_fault_count; i++)
		if (!strcmp(smb_faults[i].name, name))
			return &smb_faults[i];
	fprintf(stderr, "smbpeer: no fault %s\n", name);
	exit(2);
}

int main(int argc, char **argv)
{
	static const struct smb_fault *faults[MAX_PORTS];
	static struct pollfd fds[MAX_PORTS];
	size_t count = 0, i;
	unsigned int to;

	if (argc < 3 || strcmp(argv[1], "--to")) {
		fprintf(stderr, "usage: smbpeer --to PORT [FAULT...]\n");
		return 2;
	}
	to = atoi(argv[2]);
	signal(SIGCHLD, SIG_IGN);
	signal(SIGPIPE, SIG_IGN);
	for (i = 3; i < (size_t)argc && count < MAX_PORTS; i++)
		faults[count++] = find(argv[i]);
	for (i = 0; argc == 3 && i < smb_fault_count && count < MAX_PORTS; i++)
		faults[count++] = &smb_faults[i];
	for (i = 0; i < count; i++)
		fds[i] = (struct pollfd){ .fd = listen_for(faults[i]), .events = POLLIN };
	printf("ready\n");
	fflush(stdout);
	for (;;) {
		if (poll(fds, count, -1) < 0 && errno != EINTR)
			die("poll");
		for (i = 0; i < count; i++)
			if (fds[i].revents)
				accept_one(fds[i].fd, faults[i], to);
	}
}
