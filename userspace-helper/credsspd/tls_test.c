// SPDX-License-Identifier: GPL-2.0-only
/*
 * tls_test PORT HOST FEED TRUST-FILE VERSION CIPHER TRUST
 * A handshake with a real server at 127.0.0.1:PORT through the engine, and then
 * a line sent and received with the keys that came out: the server must send
 * lines back reversed (openssl s_server -rev).
 *
 * FEED is how bytes go to the engine: "record" by whole records as the module
 * does, "byte" one by one, "flood" as much as there is.  VERSION, CIPHER and
 * TRUST are what the reply must say; "any" for what does not matter.  VERSION
 * "fail" is a handshake that must fail, CIPHER then the alert received.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "log.h"
#include "test_client.h"

#define CONVERSATION	7
#define LINE		"drawer"
#define LINE_REVERSED	"reward"

/* What was received and is not used yet */
static uint8_t inbox[CREDSSP_HLP_MAX_MESSAGE / 2];
static size_t inbox_length;

static int connect_to(int port)
{
	struct sockaddr_in addr = {
		.sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK),
	};
	const struct timeval limit = { .tv_sec = 20 };
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&addr, sizeof(addr)))
		test_fail("cannot connect to port %d", port);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	return fd;
}

static void send_all(int fd, const uint8_t *p, size_t length)
{
	if (length && send(fd, p, length, MSG_NOSIGNAL) != (ssize_t)length)
		test_fail("cannot send");
}

/* Receive until there are @length bytes in the inbox. */
static void receive(int fd, size_t length)
{
	ssize_t got;

	while (inbox_length < length) {
		got = recv(fd, inbox + inbox_length, length - inbox_length, 0);
		if (got <= 0)
			test_fail("the server says no more");
		inbox_length += got;
	}
}

static void consume(size_t n)
{
	memmove(inbox, inbox + n, inbox_length - n);
	inbox_length -= n;
}

/* A whole record at the front of the inbox: its length. */
static size_t receive_record(int fd)
{
	size_t length;

	receive(fd, 5);
	length = 5 + (inbox[3] << 8 | inbox[4]);
	receive(fd, length);
	return length;
}

static size_t receive_for(int fd, const char *feed)
{
	ssize_t got;

	if (!strcmp(feed, "record"))
		return receive_record(fd);
	if (!strcmp(feed, "byte")) {
		receive(fd, 1);
		return 1;
	}
	got = recv(fd, inbox + inbox_length, sizeof(inbox) - inbox_length, 0);
	if (got <= 0)
		test_fail("the server says no more");
	inbox_length += got;
	return inbox_length;
}

static void handshake(int fd, struct engine *e, const char *host, const char *feed,
		      struct test_reply *r)
{
	test_start(e, CONVERSATION, host, r);
	while (!r->error && r->tls.state == CREDSSP_HLP_TLS_CONTINUE) {
		send_all(fd, r->wire, r->tls.wire_length);
		size_t length = receive_for(fd, feed);

		test_call(e, CREDSSP_HLP_TLS_STEP, CONVERSATION, inbox, length, r);
		if (r->error)
			break;
		consume(r->tls.consumed);
	}
	if (r->error)
		test_fail("the engine says error %u", r->error);
	send_all(fd, r->wire, r->tls.wire_length);
}

static void echo(int fd, const struct test_reply *r)
{
	struct test_keys tx = { r->tls.tx, r->tls.version, r->tls.cipher };
	struct test_keys rx = { r->tls.rx, r->tls.version, r->tls.cipher };
	uint8_t record[TEST_RECORD_MAX], type, *plain;
	size_t length;

	send_all(fd, record, test_seal(&tx, LINE "\n", strlen(LINE "\n"), record));
	do {
		length = receive_record(fd);
		size_t got = test_open(&rx, inbox, length, &plain, &type);

		consume(length);
		length = got;
	} while (type == 22);	/* NewSessionTicket */
	if (type != 23 || length != strlen(LINE_REVERSED "\n") ||
	    memcmp(plain, LINE_REVERSED "\n", length))
		test_fail("the server sent something else back");
}

static void expect(const char *what, const char *want, unsigned long got)
{
	if (strcmp(want, "any") && strtoul(want, NULL, 16) != got)
		test_fail("%s: 0x%lx, expected 0x%s", what, got, want);
}

static void check_chain(const struct test_reply *r)
{
	size_t at = 0;

	if (!r->tls.chain_length)
		test_fail("no certificate");
	while (at < r->tls.chain_length) {
		const uint8_t *p = r->chain + at;

		if (r->tls.chain_length - at < 6 || p[4] != 0x30)
			test_fail("the chain is malformed");
		at += 4 + ((size_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3]);
	}
	if (at != r->tls.chain_length)
		test_fail("the chain is malformed");
}

int main(int argc, char **argv)
{
	struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
	};
	struct tls_client *client;
	struct test_reply r;
	struct engine *e;
	int fd;

	if (argc != 8)
		test_fail("usage: tls_test PORT HOST FEED TRUST-FILE VERSION CIPHER TRUST");
	log_setup(getenv("VERBOSE"));
	options.trust_file = *argv[4] ? argv[4] : NULL;
	client = tls_client_new(&options);
	e = client ? engine_new(client) : NULL;
	if (!e)
		test_fail("cannot set up");
	fd = connect_to(atoi(argv[1]));
	handshake(fd, e, argv[2], argv[3], &r);
	if (!strcmp(argv[5], "fail")) {
		if (r.tls.state != CREDSSP_HLP_TLS_FAILED)
			test_fail("the handshake has not failed");
		expect("alert", argv[6], r.tls.alert);
	} else {
		if (r.tls.state != CREDSSP_HLP_TLS_DONE)
			test_fail("the handshake has failed, alert %u", r.tls.alert);
		expect("version", argv[5], r.tls.version);
		expect("cipher", argv[6], r.tls.cipher);
		expect("trust", argv[7], r.tls.trust);
		check_chain(&r);
		echo(fd, &r);
	}
	if (engine_count(e))
		test_fail("a finished handshake is still remembered");
	test_end(e, CONVERSATION);
	engine_free(e);
	tls_client_free(client);
	close(fd);
	return 0;
}
