// SPDX-License-Identifier: GPL-2.0-only
/*
 * tsproxy --pem FILE --to PORT: a man in the middle between a good client and an acceptor on
 * loopback. It alters one message of the client, as a row of the table says (alter.c): each
 * connection has the next row. To alter what is inside of TLS, it has the acceptor's certificate
 * and its key, so that pubKeyAuth is right and only the alteration is wrong.
 *
 * It prints the port, and a line for each connection. --list prints the table.
 */
#include <errno.h>
#include <getopt.h>
#include <gnutls/gnutls.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include "alter.h"
#include "der.h"
#include "peer.h"

#define MAX_MESSAGES	16
#define RECORD_HEADER	5

/**
 * struct side - the client's or the acceptor's connection
 * @fd: socket
 * @tls: session, or NULL
 * @in: received, not used
 */
struct side {
	int fd;
	gnutls_session_t tls;
	struct bytes in;
};

/**
 * struct proxy - the program
 * @identity: the acceptor's
 * @to: its port
 * @timeout: seconds for each wait
 * @good: the client's messages of the last connection that was not altered
 */
struct proxy {
	struct identity identity;
	uint16_t to;
	int timeout;
	struct bytes good[MAX_MESSAGES];
};

/**
 * struct relay - a connection
 * @p: the program
 * @a: what is done
 * @client, @server: both sides
 * @sent: messages of the client, @count of them
 * @answer: the server's last message
 * @altered: it was done
 */
struct relay {
	struct proxy *p;
	const struct alter *a;
	struct side client;
	struct side server;
	struct bytes sent[MAX_MESSAGES];
	unsigned int count;
	struct bytes answer;
	bool altered;
};

static void die(const char *what)
{
	fprintf(stderr, "tsproxy: %s: %s\n", what, strerror(errno));
	exit(70);
}

static void prepare(int fd, int timeout)
{
	struct timeval limit = { .tv_sec = timeout };
	int one = 1;

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
}

static struct sockaddr_in loopback(uint16_t port)
{
	return (struct sockaddr_in){
		.sin_family = AF_INET, .sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
}

/* ---- a side ------------------------------------------------------------------ */

static bool side_handshake(struct side *s, unsigned int flags,
			   gnutls_certificate_credentials_t creds)
{
	int rc;

	gnutls_init(&s->tls, flags | GNUTLS_NO_SIGNAL | GNUTLS_NO_AUTO_SEND_TICKET);
	gnutls_set_default_priority(s->tls);
	gnutls_credentials_set(s->tls, GNUTLS_CRD_CERTIFICATE, creds);
	gnutls_transport_set_int(s->tls, s->fd);
	do {
		rc = gnutls_handshake(s->tls);
	} while (rc < 0 && rc != GNUTLS_E_AGAIN && !gnutls_error_is_fatal(rc));
	return !rc;
}

/* Receive more, or nothing but a ticket; false at the end. */
static bool side_receive(struct side *s)
{
	uint8_t buf[16384];
	ssize_t n;

	n = s->tls ? gnutls_record_recv(s->tls, buf, sizeof(buf)) :
		     recv(s->fd, buf, sizeof(buf), 0);
	if (s->tls && (n == GNUTLS_E_AGAIN || n == GNUTLS_E_INTERRUPTED))
		return true;
	if (n <= 0)
		return false;
	bytes_add(&s->in, buf, n);
	return true;
}

static bool side_send(struct side *s, struct span data)
{
	ssize_t n;

	while (data.len) {
		n = s->tls ? gnutls_record_send(s->tls, data.p, data.len) :
			     send(s->fd, data.p, data.len, MSG_NOSIGNAL);
		if (n <= 0)
			return false;
		data.p += n;
		data.len -= n;
	}
	return true;
}

static bool side_has_more(const struct side *s)
{
	return s->tls && gnutls_record_check_pending(s->tls);
}

/* With an orderly end of TLS, so that the other end sees no more than a silent client */
static void side_close(struct side *s)
{
	if (s->tls) {
		gnutls_bye(s->tls, GNUTLS_SHUT_WR);
		gnutls_deinit(s->tls);
	}
	shutdown(s->fd, SHUT_RDWR);
	close(s->fd);
	bytes_free(&s->in);
}

/* ---- messages ---------------------------------------------------------------- */

/* Length of the first message of @in; 0: not whole yet, -1: none */
static long message_length(const struct relay *r, struct span in)
{
	long total;

	if (r->a->layer == ALTER_RECORDS)
		total = in.len < RECORD_HEADER ? 0 : RECORD_HEADER + (in.p[3] << 8 | in.p[4]);
	else
		total = der_total(in);
	return total > 0 && (size_t)total > in.len ? 0 : total;
}

static struct span previous(const struct relay *r)
{
	return r->count > 1 ? span_of(&r->sent[r->count - 2]) : span(NULL, 0);
}

/* Send the client's message, or what takes its place. False: the connection ends. */
static bool pass_on(struct relay *r)
{
	struct bytes *message = &r->sent[r->count - 1], out = { 0 };
	const struct alter_seen seen = {
		.message = span_of(message),
		.before = previous(r),
		.answer = span_of(&r->answer),
		.old = span_of(&r->p->good[r->count - 1]),
	};
	bool ends = false, sent;

	if (r->count != r->a->message)
		return side_send(&r->server, span_of(message));
	r->altered = alter_apply(r->a, &seen, &out, &ends);
	sent = side_send(&r->server, span_of(&out));
	bytes_free(&out);
	return sent && !ends;
}

static bool take_messages(struct relay *r)
{
	long total;

	while ((total = message_length(r, span_of(&r->client.in))) > 0) {
		if (r->count == MAX_MESSAGES)
			return false;
		bytes_set(&r->sent[r->count++], span(r->client.in.p, total));
		bytes_drop(&r->client.in, total);
		if (!pass_on(r))
			return false;
	}
	return !total;
}

static bool take_answer(struct relay *r)
{
	if (!r->server.in.len)
		return true;
	bytes_set(&r->answer, span_of(&r->server.in));
	r->server.in.len = 0;
	return side_send(&r->client, span_of(&r->answer));
}

static void relay_both(struct relay *r)
{
	struct pollfd fds[2] = {
		{ .fd = r->client.fd, .events = POLLIN },
		{ .fd = r->server.fd, .events = POLLIN },
	};

	for (;;) {
		bool client = side_has_more(&r->client), server = side_has_more(&r->server);

		if (!client && !server && poll(fds, 2, r->p->timeout * 1000) <= 0)
			return;
		if ((client || fds[0].revents) &&
		    (!side_receive(&r->client) || !take_messages(r)))
			return;
		if ((server || fds[1].revents) &&
		    (!side_receive(&r->server) || !take_answer(r)))
			return;
	}
}

static bool start_tls(struct relay *r)
{
	gnutls_certificate_credentials_t none;

	if (r->a->layer == ALTER_RECORDS)
		return true;
	gnutls_certificate_allocate_credentials(&none);
	return side_handshake(&r->server, GNUTLS_CLIENT, none) &&
	       side_handshake(&r->client, GNUTLS_SERVER, r->p->identity.creds);
}

static void remember(struct relay *r)
{
	unsigned int i;

	for (i = 0; i < r->count && r->a->what == ALTER_NOTHING; i++)
		bytes_set(&r->p->good[i], span_of(&r->sent[i]));
}

static void serve(struct proxy *p, const struct alter *a, int fd, unsigned int number)
{
	struct relay r = { .p = p, .a = a, .client.fd = fd, .server.fd = -1 };
	struct sockaddr_in to = loopback(p->to);
	unsigned int i;

	r.server.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	prepare(r.client.fd, p->timeout);
	prepare(r.server.fd, p->timeout);
	if (connect(r.server.fd, (struct sockaddr *)&to, sizeof(to)))
		die("connect");
	if (start_tls(&r))
		relay_both(&r);
	remember(&r);
	side_close(&r.server);
	side_close(&r.client);
	printf("conn %u alter=%s messages=%u altered=%s\n", number, a->name, r.count,
	       r.altered ? "yes" : "no");
	fflush(stdout);
	for (i = 0; i < r.count; i++)
		bytes_free(&r.sent[i]);
	bytes_free(&r.answer);
}

static void list(void)
{
	size_t i;

	for (i = 0; i < alter_count; i++)
		printf("%s %s\n", alter_table[i].name,
		       alter_table[i].harmless ? "any" : "bad");
}

static int listen_on(uint16_t *port)
{
	struct sockaddr_in at = loopback(0);
	socklen_t len = sizeof(at);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (bind(fd, (struct sockaddr *)&at, sizeof(at)) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&at, &len))
		die("listen");
	*port = ntohs(at.sin_port);
	return fd;
}

static void bad_usage(void)
{
	fputs("usage: tsproxy --pem FILE --to PORT [--timeout SECONDS] | --list\n", stderr);
	exit(64);
}

int main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "pem", required_argument, NULL, 'p' },
		{ "to", required_argument, NULL, 't' },
		{ "timeout", required_argument, NULL, 's' },
		{ "list", no_argument, NULL, 'l' },
		{ 0 }
	};
	struct proxy p = { .timeout = 30 };
	const char *pem = NULL;
	uint16_t port;
	size_t i;
	int o, listener, fd;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'p':
			pem = optarg;
			break;
		case 't':
			p.to = atoi(optarg);
			break;
		case 's':
			p.timeout = atoi(optarg);
			break;
		case 'l':
			list();
			return 0;
		default:
			bad_usage();
		}
	}
	if (!pem || !p.to)
		bad_usage();
	if (identity_load(&p.identity, pem))
		die(pem);
	listener = listen_on(&port);
	printf("listening port=%u ready\n", port);
	fflush(stdout);
	for (i = 0; i < alter_count; i++) {
		fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
		if (fd < 0)
			die("accept");
		serve(&p, &alter_table[i], fd, (unsigned int)i + 1);
	}
	return 0;
}
