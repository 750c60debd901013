// SPDX-License-Identifier: GPL-2.0-only
/*
 * tls_server_test CERT-DIR NAME FEED COUNT
 * A server at 127.0.0.1, whose handshakes are the engine's. It prints "port N" when it
 * listens, accepts COUNT connections, and for each prints a line when it is over:
 *
 *   done VERSION CIPHER RESUMED LIMIT	and a line from the client was sent back reversed
 *   failed ALERT FAILURE
 *
 * with the values of the reply, VERSION and CIPHER as hexadecimal numbers. NAME is that of the
 * certificate, "" for that of the client's SNI. FEED is as in tls_test.c: "record", "byte" or
 * "flood", and so is KEYLOG in the environment.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "base/log.h"
#include "tests/test_accept.h"

#define CONVERSATION	7
#define LINE_MAX	1024

/* Received bytes that were not used yet */
static uint8_t inbox[CREDSSP_HLP_MAX_MESSAGE / 2];
static size_t inbox_length;

static int listen_somewhere(void)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	socklen_t length = sizeof(addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || bind(fd, (struct sockaddr *)&addr, sizeof(addr)) || listen(fd, 8) ||
	    getsockname(fd, (struct sockaddr *)&addr, &length))
		test_fail("cannot listen");
	printf("port %u\n", ntohs(addr.sin_port));
	return fd;
}

static int take_client(int listener)
{
	const struct timeval limit = { .tv_sec = 20 };
	int fd = accept(listener, NULL, NULL);

	if (fd < 0)
		test_fail("cannot accept");
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	inbox_length = 0;
	return fd;
}

static void send_to(int fd, const uint8_t *p, size_t length)
{
	/* A client that refuses the certificate may have closed already. */
	if (length && send(fd, p, length, MSG_NOSIGNAL) != (ssize_t)length)
		fprintf(stderr, "cannot send\n");
}

/* Have @length bytes in the inbox. False if the client says no more. */
static bool receive(int fd, size_t length)
{
	ssize_t got;

	while (inbox_length < length) {
		got = recv(fd, inbox + inbox_length, length - inbox_length, 0);
		if (got <= 0)
			return false;
		inbox_length += got;
	}
	return true;
}

static void consume(size_t n)
{
	memmove(inbox, inbox + n, inbox_length - n);
	inbox_length -= n;
}

/* Have a whole record at the front of the inbox. Return its length; 0 at the end. */
static size_t receive_record(int fd)
{
	size_t length;

	if (!receive(fd, 5))
		return 0;
	length = 5 + (inbox[3] << 8 | inbox[4]);
	return receive(fd, length) ? length : 0;
}

static size_t receive_for(int fd, const char *feed)
{
	ssize_t got;

	if (!strcmp(feed, "record"))
		return receive_record(fd);
	if (!strcmp(feed, "byte"))
		return receive(fd, 1) ? 1 : 0;
	got = recv(fd, inbox + inbox_length, sizeof(inbox) - inbox_length, 0);
	inbox_length += got > 0 ? got : 0;
	return inbox_length;
}

/* Take the client's line, and send it back reversed. */
static void answer(int fd, const struct test_reply *r)
{
	struct test_keys tx = { r->tls.tx, r->tls.version, r->tls.cipher };
	struct test_keys rx = { r->tls.rx, r->tls.version, r->tls.cipher };
	uint8_t record[TEST_RECORD_MAX], reversed[LINE_MAX], type, *plain;
	size_t length = receive_record(fd), got;

	if (!length)
		test_fail("the client sends no line");
	got = test_open(&rx, inbox, length, &plain, &type);
	if (type != 23 || !got || got > LINE_MAX || plain[got - 1] != '\n')
		test_fail("the client sends something else: type %u, %zu bytes", type, got);
	for (size_t i = 0; i < got - 1; i++)
		reversed[i] = plain[got - 2 - i];
	reversed[got - 1] = '\n';
	send_to(fd, record, test_seal(&tx, reversed, got, record));
}

static void serve(struct engine *e, int fd, const char *name, const char *feed)
{
	struct test_reply r;
	size_t length;

	test_accept(e, CONVERSATION, name, &r);
	while (!r.error && r.tls.state == CREDSSP_HLP_TLS_CONTINUE) {
		send_to(fd, r.wire, r.tls.wire_length);
		length = receive_for(fd, feed);
		if (!length) {
			printf("gone\n");
			test_end(e, CONVERSATION);
			return;
		}
		test_call(e, CREDSSP_HLP_TLS_STEP, CONVERSATION, inbox, length, &r);
		if (!r.error)
			consume(r.tls.consumed);
	}
	if (r.error)
		test_fail("the engine says error %u", r.error);
	send_to(fd, r.wire, r.tls.wire_length);
	if (r.tls.state != CREDSSP_HLP_TLS_DONE) {
		printf("failed %u %u\n", r.tls.alert, r.tls.failure);
		return;
	}
	answer(fd, &r);
	printf("done %x %x %u %u\n", r.tls.version, r.tls.cipher,
	       r.tls.flags == CREDSSP_HLP_TLS_RESUMED, r.tls.record_limit);
}

int main(int argc, char **argv)
{
	struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
	};
	struct tls_context *context;
	struct engine *e;
	int listener, fd;

	if (argc != 5)
		test_fail("usage: tls_server_test CERT-DIR NAME FEED COUNT");
	log_setup(getenv("VERBOSE"));
	setvbuf(stdout, NULL, _IOLBF, 0);
	options.keys = keeper_start(argv[1]);
	test_keeper(options.keys);
	options.keylog = test_keylog();
	context = tls_context_new(&options);
	e = context ? engine_new(context) : NULL;
	if (!options.keys || !e)
		test_fail("cannot set up");
	listener = listen_somewhere();
	for (int i = 0; i < atoi(argv[4]); i++) {
		fd = take_client(listener);
		serve(e, fd, argv[2], argv[3]);
		/* The client has the line before the connection is reset. */
		shutdown(fd, SHUT_WR);
		while (recv(fd, inbox, sizeof(inbox), 0) > 0)
			;
		close(fd);
		if (engine_count(e))
			test_fail("a handshake that is over is still remembered");
	}
	engine_free(e);
	tls_context_free(context);
	return 0;
}
