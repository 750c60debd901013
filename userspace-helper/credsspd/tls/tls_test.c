// SPDX-License-Identifier: GPL-2.0-only
/*
 * tls_test PORT HOST FEED TRUST-FILE VERSION CIPHER TRUST
 * A handshake with a real server at 127.0.0.1:PORT through the engine. Then a line is
 * sent and received with the resulting keys: the server must send lines back reversed
 * (openssl s_server -rev) or, with ECHO in the environment, unchanged (gnutls-serv
 * --echo).  LIMIT in the environment is the expected record size limit of the server, 0
 * for none.
 *
 * FEED is the way in which bytes are passed to the engine: "record" by whole records as
 * the module does, "byte" one by one, "flood" as many as there are.  VERSION, CIPHER and
 * TRUST are the expected values of the reply; "any" is not compared.  With VERSION "fail"
 * the handshake must fail; then CIPHER is the alert received, and TRUST the
 * CREDSSP_HLP_FAIL_*.
 * FEED "resume": by records, and then a second connection with the session of the first,
 * which the server must resume; "refuse": the server must not resume it.  RETRY in the
 * environment: the server asks for another group in the first handshake, not in the second.
 *
 * Client certificates, in the environment: CERT_DIR is their directory, CERT the name
 * that the handshake begins with.  ANSWERS has a word for each question of the server, in
 * order ("-": go on without a certificate), and all words must be used.  SENT is 1 if the
 * server must get a certificate.  ISSUER is text that must be in the issuers that the
 * server names.
 *
 * KEYLOG in the environment is a key log, and SECURITYFS a directory that has a file lockdown.
 */
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>
#include "base/log.h"
#include "tests/test_client.h"

#define CONVERSATION	7
#define LINE		"drawer"
#define LINE_REVERSED	"reward"

/* Received bytes that were not used yet */
static uint8_t inbox[CREDSSP_HLP_MAX_MESSAGE / 2];
static size_t inbox_length;

/* The session of the last handshake, when there are to be two of them. */
static uint8_t session[CREDSSP_HLP_MAX_SESSION];
static size_t session_length;
static bool resuming;

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

/* Receive until there is a whole record at the front of the inbox. Return its length. */
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

	if (!strcmp(feed, "record") || resuming)
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

static void start(struct engine *e, const char *host, struct test_reply *r)
{
	if (resuming)
		test_start_session(e, CONVERSATION, host, session, session_length, r);
	else
		test_start(e, CONVERSATION, host, r);
}

static const char *from_env(const char *name)
{
	const char *value = getenv(name);

	return value ? value : "";
}

/* Take the next word of ANSWERS. */
static char *answers;

static void answer(struct engine *e, struct test_reply *r)
{
	const char *word = strsep(&answers, " "), *issuer = from_env("ISSUER");

	if (!word || !*word)
		test_fail("the server asks for a certificate once more");
	if (!memmem(r->issuers, r->tls.issuers_length, issuer, strlen(issuer)))
		test_fail("%s is not among the issuers", issuer);
	test_answer(e, CONVERSATION, strcmp(word, "-") ? word : "", r);
}

/* How many ClientHellos the last handshake had: records of the plaintext, RFC 8446 5.1 */
static unsigned int hellos;

static void count_hellos(const uint8_t *p, size_t length)
{
	size_t n;

	for (; length > 5; p += n, length -= n) {
		hellos += p[0] == 22 && p[5] == 1;
		n = 5 + (p[3] << 8 | p[4]);
		if (n > length)
			test_fail("the engine sends half a record");
	}
}

static void feed_engine(int fd, struct engine *e, const char *feed, struct test_reply *r)
{
	/* After the answer to a question the unused input is passed again. */
	size_t length = inbox_length && !strcmp(feed, "flood") ? inbox_length :
							       receive_for(fd, feed);

	test_call(e, CREDSSP_HLP_TLS_STEP, CONVERSATION, inbox, length, r);
	if (!r->error)
		consume(r->tls.consumed);
}

static void handshake(int fd, struct engine *e, const char *host, const char *feed,
		      struct test_reply *r)
{
	answers = strdup(from_env("ANSWERS"));
	test_cert(from_env("CERT"), *answers);
	start(e, host, r);
	hellos = 0;
	while (!r->error) {
		count_hellos(r->wire, r->tls.wire_length);
		send_all(fd, r->wire, r->tls.wire_length);
		if (r->tls.state == CREDSSP_HLP_TLS_CONTINUE)
			feed_engine(fd, e, feed, r);
		else if (r->tls.state == CREDSSP_HLP_TLS_CERT_WANTED)
			answer(e, r);
		else
			break;
	}
	if (answers && *answers)
		test_fail("the server does not ask often enough");
	if (r->error)
		test_fail("the engine says error %u", r->error);
}

/* NewSessionTickets of this connection, one behind the other */
static uint8_t tickets[TEST_RECORD_MAX];
static size_t tickets_length;

static void keep_ticket(const uint8_t *p, size_t length)
{
	if (length > sizeof(tickets) - tickets_length)
		test_fail("too many tickets");
	memcpy(tickets + tickets_length, p, length);
	tickets_length += length;
}

static void echo(int fd, const struct test_reply *r)
{
	struct test_keys tx = { r->tls.tx, r->tls.version, r->tls.cipher };
	struct test_keys rx = { r->tls.rx, r->tls.version, r->tls.cipher };
	uint8_t record[TEST_RECORD_MAX], type, *plain;
	size_t length;

	send_all(fd, record, test_seal(&tx, LINE "\n", strlen(LINE "\n"), record));
	for (;;) {
		length = receive_record(fd);
		size_t got = test_open(&rx, inbox, length, &plain, &type);

		consume(length);
		length = got;
		if (type != 22)
			break;
		keep_ticket(plain, length);
	}
	if (type != 23 || length != strlen(LINE "\n") ||
	    memcmp(plain, getenv("ECHO") ? LINE "\n" : LINE_REVERSED "\n", length))
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

static void keep_session(const uint8_t *p, size_t length, uint32_t lifetime)
{
	if (!length != !lifetime || lifetime > 604800)
		test_fail("a session of %zu bytes for %u seconds", length, lifetime);
	memcpy(session, p, length);
	session_length = length;
}

/* After the echo: take the session for the next connection. */
static void learn_session(struct engine *e, const struct test_reply *done)
{
	struct test_reply r;

	if (done->tls.version == TLS_1_2)
		return;
	if (!(done->tls.flags & CREDSSP_HLP_TLS_TICKETS) || engine_count(e) != 1)
		test_fail("the helper does not wait for tickets");
	test_call(e, CREDSSP_HLP_TLS_STEP, CONVERSATION, "x", 1, &r);
	if (!r.error)
		test_fail("a finished handshake goes on");
	test_call(e, CREDSSP_HLP_TLS_TICKET, CONVERSATION, tickets, tickets_length, &r);
	if (r.error)
		test_fail("TLS_TICKET: error %u", r.error);
	keep_session(r.session, r.ticket.session_length, r.ticket.session_lifetime);
	tickets_length = 0;
}

/* The second connection with the first one's session. */
static void resume(struct engine *e, char **argv, bool want)
{
	uint8_t chain[CREDSSP_MAX_CERT];
	struct test_reply r;
	size_t length = 0;
	bool resumed;
	int fd;

	resuming = true;
	for (int i = 0; i < 2; i++) {
		fd = connect_to(atoi(argv[1]));
		handshake(fd, e, argv[2], argv[3], &r);
		if (r.tls.state != CREDSSP_HLP_TLS_DONE)
			test_fail("handshake %d has failed, alert %u", i, r.tls.alert);
		resumed = r.tls.flags & CREDSSP_HLP_TLS_RESUMED;
		if (resumed != (i && want))
			test_fail("handshake %d: resumed %d", i, resumed);
		if (getenv("RETRY") && hellos != (i ? 1 : 2))
			test_fail("handshake %d: %u ClientHellos", i, hellos);
		if (i && (r.tls.chain_length != length || memcmp(r.chain, chain, length)))
			test_fail("another chain");
		expect("version", argv[5], r.tls.version);
		expect("trust", argv[7], r.tls.trust);
		length = r.tls.chain_length;
		memcpy(chain, r.chain, length);
		if (r.tls.version == TLS_1_2)
			keep_session(r.session, r.tls.session_length,
				     r.tls.session_lifetime);
		echo(fd, &r);
		learn_session(e, &r);
		close(fd);
		inbox_length = 0;
	}
}

int main(int argc, char **argv)
{
	struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
	};
	struct tls_context *client;
	struct test_reply r;
	struct engine *e;
	int fd;

	if (argc != 8)
		test_fail("usage: tls_test PORT HOST FEED TRUST-FILE VERSION CIPHER TRUST");
	log_setup(getenv("VERBOSE"));
	options.trust_file = *argv[4] ? argv[4] : NULL;
	if (*from_env("CERT_DIR"))
		options.keys = keeper_start(from_env("CERT_DIR"));
	test_keeper(options.keys);
	options.keylog = test_keylog();
	client = tls_context_new(&options);
	e = client ? engine_new(client) : NULL;
	if (!e)
		test_fail("cannot set up");
	if (!strcmp(argv[3], "resume") || !strcmp(argv[3], "refuse")) {
		resume(e, argv, !strcmp(argv[3], "resume"));
		goto out;
	}
	fd = connect_to(atoi(argv[1]));
	handshake(fd, e, argv[2], argv[3], &r);
	if (!strcmp(argv[5], "fail")) {
		if (r.tls.state != CREDSSP_HLP_TLS_FAILED)
			test_fail("the handshake has not failed");
		expect("alert", argv[6], r.tls.alert);
		expect("failure", argv[7], r.tls.failure);
	} else {
		if (r.tls.state != CREDSSP_HLP_TLS_DONE)
			test_fail("the handshake has failed, alert %u", r.tls.alert);
		expect("version", argv[5], r.tls.version);
		expect("cipher", argv[6], r.tls.cipher);
		expect("trust", argv[7], r.tls.trust);
		check_chain(&r);
		if (getenv("LIMIT") && (uint32_t)atoi(getenv("LIMIT")) != r.tls.record_limit)
			test_fail("a limit of %u bytes in a record", r.tls.record_limit);
		if (!(r.tls.flags & CREDSSP_HLP_TLS_CERT_SENT) != !atoi(from_env("SENT")))
			test_fail("certificate sent: flags 0x%x", r.tls.flags);
		echo(fd, &r);
	}
	close(fd);
out:
	if (engine_count(e))
		test_fail("a finished handshake is still remembered");
	test_end(e, CONVERSATION);
	engine_free(e);
	tls_context_free(client);
	return 0;
}
