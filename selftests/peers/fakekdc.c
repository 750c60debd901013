// SPDX-License-Identifier: GPL-2.0-only
/*
 * fakekdc FAULT [NUMBER]: a KDC with a fault, on UDP and TCP of 127.0.0.1 (RFC 4120 7.2).
 * It prints a line for each request. Some faults pass requests on to a real KDC.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <getopt.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "bytes.h"
#include "krb5_error.h"

#define MESSAGE_MAX	65536
#define LIMIT_SECONDS	30	/* for a message of a client or of the real KDC */
#define HUGE_LENGTH	0x7fffffffu
#define TOO_BIG		52	/* KRB_ERR_RESPONSE_TOO_BIG */
#define BACKLOG		64

struct kdc;

/* A request, and what is sent instead of an answer. */
struct exchange {
	const struct kdc *kdc;
	bool tcp;
	struct bytes request;
	struct bytes reply;
	uint32_t announced;	/* by TCP; 0: the length of @reply */
	bool silent;
};

struct fault {
	const char *name;
	void (*answer)(struct exchange *x);
	const char *text;
};

struct kdc {
	const struct fault *fault;
	long number;
	uint16_t port;
	uint16_t real;
};

static void die(const char *what)
{
	fprintf(stderr, "fakekdc: %s\n", what);
	exit(70);
}

static struct sockaddr_in address(uint16_t port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET, .sin_port = htons(port),
				     .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
}

static void set_limit(int fd)
{
	struct timeval limit = { .tv_sec = LIMIT_SECONDS };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
}

static bool read_all(int fd, void *buf, size_t len)
{
	uint8_t *p = buf;
	ssize_t n;

	for (; len; p += n, len -= n) {
		n = read(fd, p, len);
		if (n <= 0)
			return false;
	}
	return true;
}

static bool write_all(int fd, const void *buf, size_t len)
{
	const uint8_t *p = buf;
	ssize_t n;

	for (; len; p += n, len -= n) {
		n = send(fd, p, len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
	}
	return true;
}

/* ---- TCP's framing: a length of four octets ---- */

static bool read_message(int fd, struct bytes *msg)
{
	uint8_t buf[MESSAGE_MAX];
	uint32_t len;

	if (!read_all(fd, &len, sizeof(len)))
		return false;
	len = ntohl(len);
	if (len > sizeof(buf) || !read_all(fd, buf, len))
		return false;
	bytes_set(msg, span(buf, len));
	return true;
}

static bool write_message(int fd, struct span msg, uint32_t announced)
{
	uint32_t len = htonl(announced ? announced : msg.len);

	return write_all(fd, &len, sizeof(len)) && write_all(fd, msg.p, msg.len);
}

/* ---- faults ---- */

static void silent(struct exchange *x)
{
	x->silent = true;
}

static void garbage(struct exchange *x)
{
	size_t i;

	for (i = 0; i < 200; i++)
		bytes_u8(&x->reply, i * 151 + 7);
}

static void empty(struct exchange *x)
{
	x->reply.len = 0;
}

/* More is announced than there is, or than any message has. */
static void half(struct exchange *x)
{
	garbage(x);
	x->announced = 2 * x->reply.len;
}

static void huge(struct exchange *x)
{
	garbage(x);
	x->announced = HUGE_LENGTH;
}

static void echo(struct exchange *x)
{
	bytes_set(&x->reply, span_of(&x->request));
}

static void error(struct exchange *x)
{
	krb5_error_message(x->kdc->number, time(NULL), "CREDSSP.TEST", &x->reply);
}

static void cut_error(struct exchange *x)
{
	krb5_error_message(x->kdc->number, time(NULL), "CREDSSP.TEST", &x->reply);
	x->reply.len /= 2;
}

static void pass_on(struct exchange *x)
{
	struct sockaddr_in to = address(x->kdc->real);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0)
		die("socket");
	set_limit(fd);
	x->silent = connect(fd, (struct sockaddr *)&to, sizeof(to)) ||
		    !write_message(fd, span_of(&x->request), 0) ||
		    !read_message(fd, &x->reply);
	close(fd);
}

static void slow(struct exchange *x)
{
	usleep(x->kdc->number * 1000);
	pass_on(x);
}

static void altered(struct exchange *x)
{
	pass_on(x);
	if (x->reply.len)
		x->reply.p[x->reply.len - 1] ^= 1;
}

/* A request that UDP has no room for comes again by TCP. */
static void too_big(struct exchange *x)
{
	if (x->tcp)
		pass_on(x);
	else
		krb5_error_message(TOO_BIG, time(NULL), "CREDSSP.TEST", &x->reply);
}

static void tcp_alone(struct exchange *x)
{
	if (x->tcp)
		pass_on(x);
	else
		x->silent = true;
}

static const struct fault faults[] = {
	{ "silent", silent, "no answer" },
	{ "garbage", garbage, "no Kerberos message" },
	{ "empty", empty, "a message of no bytes" },
	{ "half", half, "half of a message" },
	{ "huge", huge, "announces two gigabytes" },
	{ "echo", echo, "the request" },
	{ "error", error, "KRB-ERROR NUMBER" },
	{ "cut-error", cut_error, "half of KRB-ERROR NUMBER" },
	{ "slow", slow, "the right answer after NUMBER milliseconds" },
	{ "altered", altered, "the right answer with a bit flipped" },
	{ "too-big", too_big, "the right answer by TCP, which UDP says" },
	{ "tcp", tcp_alone, "the right answer by TCP, nothing by UDP" },
	{ "right", pass_on, "the right answer" },
};

static const struct fault *find_fault(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (!strcmp(faults[i].name, name))
			return &faults[i];
	return NULL;
}

static void bad_usage(void)
{
	size_t i;

	fprintf(stderr, "usage: fakekdc [--port N] [--to PORT] FAULT [NUMBER]\n");
	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		fprintf(stderr, "  %-10s %s\n", faults[i].name, faults[i].text);
	exit(64);
}

/* ---- one request, in a process of its own ---- */

static void tell(const struct exchange *x)
{
	printf("request %s bytes=%zu\n", x->tcp ? "tcp" : "udp", x->request.len);
	fflush(stdout);
}

static void serve_tcp(const struct kdc *kdc, int fd)
{
	struct exchange x = { .kdc = kdc, .tcp = true };
	uint8_t end;

	set_limit(fd);
	if (!read_message(fd, &x.request))
		exit(0);
	tell(&x);
	kdc->fault->answer(&x);
	if (!x.silent)
		write_message(fd, span_of(&x.reply), x.announced);
	/* What is silent keeps the connection. */
	if (x.silent)
		read_all(fd, &end, 1);
	exit(0);
}

static void serve_udp(const struct kdc *kdc, int fd, struct span request,
		      const struct sockaddr_in *from)
{
	struct exchange x = { .kdc = kdc };

	bytes_set(&x.request, request);
	tell(&x);
	kdc->fault->answer(&x);
	if (!x.silent)
		sendto(fd, x.reply.p, x.reply.len, 0, (const struct sockaddr *)from,
		       sizeof(*from));
	exit(0);
}

static void take_udp(const struct kdc *kdc, int fd)
{
	static uint8_t buf[MESSAGE_MAX];
	struct sockaddr_in from;
	socklen_t len = sizeof(from);
	ssize_t n = recvfrom(fd, buf, sizeof(buf), 0, (struct sockaddr *)&from, &len);

	if (n >= 0 && !fork())
		serve_udp(kdc, fd, span(buf, n), &from);
}

static void take_tcp(const struct kdc *kdc, int listener)
{
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		return;
	if (!fork())
		serve_tcp(kdc, fd);
	close(fd);
}

/* Bind to @port, or to any one, which then is in @port. */
static int open_port(int type, uint16_t *port)
{
	struct sockaddr_in at = address(*port);
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, type, 0), one = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (fd < 0 || bind(fd, (struct sockaddr *)&at, sizeof(at)) ||
	    getsockname(fd, (struct sockaddr *)&at, &len))
		die("cannot bind");
	*port = ntohs(at.sin_port);
	if (type == SOCK_STREAM && listen(fd, BACKLOG))
		die("cannot listen");
	return fd;
}

static void parse(struct kdc *kdc, int argc, char **argv)
{
	static const struct option options[] = {
		{ "port", required_argument, NULL, 'p' },
		{ "to", required_argument, NULL, 't' },
		{ 0 },
	};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (o == 'p')
			kdc->port = atoi(optarg);
		else if (o == 't')
			kdc->real = atoi(optarg);
		else
			bad_usage();
	}
	if (optind >= argc || argc - optind > 2)
		bad_usage();
	kdc->fault = find_fault(argv[optind]);
	if (!kdc->fault)
		bad_usage();
	if (argc - optind == 2)
		kdc->number = atol(argv[optind + 1]);
}

int main(int argc, char **argv)
{
	struct kdc kdc = { 0 };
	struct pollfd fds[2];

	parse(&kdc, argc, argv);
	signal(SIGCHLD, SIG_IGN);
	fds[0] = (struct pollfd){ .fd = open_port(SOCK_STREAM, &kdc.port), .events = POLLIN };
	fds[1] = (struct pollfd){ .fd = open_port(SOCK_DGRAM, &kdc.port), .events = POLLIN };
	printf("listening port=%u ready\n", kdc.port);
	fflush(stdout);
	for (;;) {
		poll(fds, 2, -1);
		if (fds[0].revents)
			take_tcp(&kdc, fds[0].fd);
		if (fds[1].revents)
			take_udp(&kdc, fds[1].fd);
	}
}
