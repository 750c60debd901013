// SPDX-License-Identifier: GPL-2.0-only
/* Sockets to put under a context. */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "device.h"
#include "tap.h"

#ifndef TCP_ULP
#define TCP_ULP		31
#endif

#define TLS_HEADER	5
#define WAIT_SECONDS	20

int sock_connect(uint16_t port)
{
	struct sockaddr_in to = {
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	struct timeval limit = { .tv_sec = tap_limit(WAIT_SECONDS) };
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	REQUIRE(sock >= 0);
	REQUIRE(!connect(sock, (struct sockaddr *)&to, sizeof(to)));
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return sock;
}

int sock_peer(void)
{
	const char *port = getenv("PEER_PORT");

	if (!port)
		SKIP("PEER_PORT is not set");
	return sock_connect(atoi(port));
}

int sock_listening(uint16_t *port)
{
	struct sockaddr_in here = {
		.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t len = sizeof(here);
	int sock = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	REQUIRE(sock >= 0);
	REQUIRE(!bind(sock, (struct sockaddr *)&here, sizeof(here)));
	REQUIRE(!listen(sock, 64));
	REQUIRE(!getsockname(sock, (struct sockaddr *)&here, &len));
	*port = ntohs(here.sin_port);
	return sock;
}

/* A connection that the server never accepts and never answers. */
int sock_silent(void)
{
	static int listener = -1;
	static uint16_t port;

	if (listener < 0)
		listener = sock_listening(&port);
	return sock_connect(port);
}

void sock_send(int sock, const void *p, size_t len)
{
	while (len) {
		ssize_t n = send(sock, p, len, MSG_NOSIGNAL);

		REQUIRE(n > 0);
		p = (const char *)p + n;
		len -= n;
	}
}

static void read_exactly(int sock, uint8_t *buf, size_t len)
{
	if (len)
		REQUIRE_EQ(recv(sock, buf, len, MSG_WAITALL), len);
}

size_t sock_record(int sock, uint8_t *buf, size_t room)
{
	size_t len;

	read_exactly(sock, buf, TLS_HEADER);
	len = buf[3] << 8 | buf[4];
	REQUIRE(len + TLS_HEADER <= room);
	read_exactly(sock, buf + TLS_HEADER, len);
	return len + TLS_HEADER;
}

static bool has_ulp(int sock)
{
	char name[16] = "";
	socklen_t len = sizeof(name);

	return !getsockopt(sock, IPPROTO_TCP, TCP_ULP, name, &len) && name[0];
}

/* True if TCP sends no more data. */
static bool is_shut(int sock)
{
	struct tcp_info info = { 0 };
	socklen_t len = sizeof(info);

	REQUIRE(!getsockopt(sock, IPPROTO_TCP, TCP_INFO, &info, &len));
	return info.tcpi_state != TCP_ESTABLISHED && info.tcpi_state != TCP_CLOSE_WAIT;
}

void sock_expect_dead(int sock)
{
	struct timeval soon = { .tv_sec = tap_slow(2) };
	char c = 0;

	CHECK(is_shut(sock));
	/*
	 * kTLS seals the data and may not report that TCP refused the record
	 * (tls_sw_sendmsg() of 6.1 and 6.12).
	 */
	if (!has_ulp(sock)) {
		CHECK(send(sock, "x", 1, MSG_NOSIGNAL) < 0);
		CHECK(errno == EPIPE || errno == ECONNRESET);
	}
	setsockopt(sock, SOL_SOCKET, SO_RCVTIMEO, &soon, sizeof(soon));
	errno = 0;
	CHECK(recv(sock, &c, 1, 0) <= 0);
	CHECK(errno != EAGAIN);
}
