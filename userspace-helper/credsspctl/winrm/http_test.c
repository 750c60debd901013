// SPDX-License-Identifier: GPL-2.0-only
/* The HTTP client against a server that sends all of its answers beforehand. */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/net.h"
#include "http.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"

#define DEADLINE_MS	5000
#define INTERIM		"HTTP/1.1 100 Continue\r\n\r\n"
#define TWO_BYTES	"\r\nContent-Length: 2\r\n\r\n"
#define SECOND		"HTTP/1.1 200 B" TWO_BYTES
#define CHUNKED		"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"

/**
 * struct talk - a connection, and its answer
 * @result: of http_receive(); @err: errno after it
 */
struct talk {
	struct http http;
	struct http_message r;
	int server;
	int result;
	int err;
};

/* Send from a child, since the answers may not fit into the socket's buffer. */
static void say(int fd, const char *words, size_t n)
{
	pid_t pid = fork();

	if (pid)
		return;
	while (n) {
		ssize_t sent = send(fd, words, n, MSG_NOSIGNAL);

		if (sent <= 0)
			break;
		words += sent;
		n -= (size_t)sent;
	}
	_exit(0);
}

/* @hold: the server does not close after its answers. */
static void listen_to(struct talk *t, const char *words, size_t n, bool hold)
{
	int pair[2];

	*t = (struct talk){ .result = -1 };
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	t->http.fd = pair[0];
	t->http.host = "h:5985";
	t->http.path = "/wsman";
	t->http.deadline = net_now() + (hold ? 30 : DEADLINE_MS);
	t->server = pair[1];
	if (n < 16384)
		CHECK(write(pair[1], words, n) == (ssize_t)n);
	else
		say(pair[1], words, n);
	if (!hold && n < 16384)
		shutdown(pair[1], SHUT_WR);
	if (!hold && n >= 16384)
		close(t->server), t->server = -1;
}

static void receive(struct talk *t)
{
	t->result = http_receive(&t->http, &t->r);
	t->err = errno;
}

static void hang_up(struct talk *t)
{
	http_message_free(&t->r);
	close(t->http.fd);
	if (t->server >= 0)
		close(t->server);
}

static int answer(const char *words, size_t n)
{
	struct talk t;

	listen_to(&t, words, n, false);
	receive(&t);
	hang_up(&t);
	return t.result ? t.err : 0;
}

static void test_request(void)
{
	static const char want[] =
		"POST /wsman HTTP/1.1\r\nHost: h:5985\r\nUser-Agent: credsspctl/" VERSION "\r\n"
		"Content-Length: 3\r\nAuthorization: CredSSP YWJj\r\nContent-Type: a/b\r\n\r\nxyz";
	struct http_request request = { "CredSSP YWJj", "a/b", "xyz", 3 };
	char got[512] = "";
	struct talk t;

	listen_to(&t, "", 0, true);
	CHECK(!http_send(&t.http, &request));
	CHECK(recv(t.server, got, sizeof(got) - 1, 0) == sizeof(want) - 1);
	CHECK(!strcmp(got, want));
	t.http.closing = true;
	CHECK(http_send(&t.http, &request) == -1 && errno == ECONNRESET);
	hang_up(&t);
}

static void test_answers(void)
{
	static const struct {
		const char *words;
		unsigned int status;
		const char *body;
		bool closing;
	} rows[] = {
		{ "HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabcdef", 200, "abc", false },
		{ "HTTP/1.1 401 \r\nContent-Length: 0\r\n\r\n", 401, "", false },
		{ "HTTP/1.1 401\r\nContent-Length: 0\r\n\r\n", 401, "", false },
		{ "HTTP/1.1 204 No\r\n\r\nabc", 204, "", false },
		{ "HTTP/1.1 200 OK\r\n\r\nabc", 200, "abc", true },
		{ "HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", 200, "a", true },
		{ "HTTP/1.1 200 OK\r\nconnection: Keep-Alive, CLOSE\r\nContent-length:1\r\n\r\na",
		  200, "a", true },
		{ "HTTP/1.1 200 OK\r\nContent-Length: 1\r\ncontent-length: 1 \t\r\n\r\na",
		  200, "a", false },
		{ "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\na",
		  200, "a", false },
		{ CHUNKED "2\r\nab\r\n00003;x=\"y\"\r\ncde\r\n0\r\nT: x\r\n\r\n", 200, "abcde",
		  false },
		{ CHUNKED "A\r\n0123456789\r\n0\r\n\r\n", 200, "0123456789", false },
	};
	struct talk t;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		listen_to(&t, rows[i].words, strlen(rows[i].words), false);
		receive(&t);
		CHECK(!t.result && t.r.status == rows[i].status);
		CHECK(t.r.length == strlen(rows[i].body));
		CHECK(!t.r.length || !memcmp(t.r.body, rows[i].body, t.r.length));
		CHECK(t.http.closing == rows[i].closing);
		hang_up(&t);
	}
}

static void test_headers(void)
{
	static const char words[] =
		"HTTP/1.1 401 Not you\r\nWWW-Authenticate: Negotiate\r\nServer:\t x y \t\r\n"
		"www-authenticate: CredSSP YQ==\r\nEmpty:\r\nContent-Length: 0\r\n\r\n";
	struct talk t;

	listen_to(&t, words, sizeof(words) - 1, false);
	receive(&t);
	CHECK(!t.result && !strcmp(t.r.reason, "Not you"));
	CHECK(!strcmp(http_header(&t.r, "WWW-Authenticate", 0), "Negotiate"));
	CHECK(!strcmp(http_header(&t.r, "WWW-Authenticate", 1), "CredSSP YQ=="));
	CHECK(!http_header(&t.r, "WWW-Authenticate", 2));
	CHECK(!strcmp(http_header(&t.r, "SERVER", 0), "x y"));
	CHECK(!strcmp(http_header(&t.r, "Empty", 0), ""));
	CHECK(!http_header(&t.r, "Serve", 0));
	hang_up(&t);
}

/* Two answers in one segment: the second one waits for its turn. */
static void test_keep_alive(void)
{
	static const char words[] = "HTTP/1.1 401 A" TWO_BYTES "ab" SECOND "cd";
	struct talk t;

	listen_to(&t, words, sizeof(words) - 1, true);
	receive(&t);
	CHECK(!t.result && t.r.status == 401 && !memcmp(t.r.body, "ab", 2));
	http_message_free(&t.r);
	receive(&t);
	CHECK(!t.result && t.r.status == 200 && !memcmp(t.r.body, "cd", 2));
	http_message_free(&t.r);
	receive(&t);
	CHECK(t.result == -1 && t.err == ETIMEDOUT);
	hang_up(&t);
}

static void test_malformed(void)
{
	static const char *const bad[] = {
		"SSH-2.0-x\r\n\r\n", "HTTP/2 200 OK\r\n\r\n", "HTTP/1.2 200 OK\r\n\r\n",
		"HTTP/1.1 20 OK\r\n\r\n", "HTTP/1.1 2000 OK\r\n\r\n", "HTTP/1.1 099 OK\r\n\r\n",
		"HTTP/1.1 200OK\r\n\r\n", "HTTP/1.1  200 OK\r\n\r\n", "HTTP/1.1\t200 OK\r\n\r\n",
		"HTTP/1.1 200 OK\n\n", "HTTP/1.1 200 OK\r\nA: b\n\r\n", "\r\n\r\n",
		"HTTP/1.1 200 OK\r\nno colon\r\n\r\n", "HTTP/1.1 200 OK\r\nA : b\r\n\r\n",
		"HTTP/1.1 200 OK\r\n: b\r\n\r\n", "HTTP/1.1 200 OK\r\nA: b\r\n folded\r\n\r\n",
		"HTTP/1.1 200 OK\r\nA: b\rc\r\n\r\n", "HTTP/1.1 200 OK\r\nA: \x1b[2J\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: \r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1x\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab",
		"HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n",
		CHUNKED "x\r\n",
		CHUNKED "-1\r\n",
		CHUNKED "100000000\r\n",
		"HTTP/1.1 101 Switching\r\n\r\n",
		INTERIM INTERIM INTERIM INTERIM INTERIM "HTTP/1.1 200 OK\r\n\r\n",
	};
	static const char nul[] = "HTTP/1.1 200 O\0K\r\n\r\n";
	size_t i;

	for (i = 0; i < ARRAY_SIZE(bad); i++)
		CHECK(answer(bad[i], strlen(bad[i])) == EBADMSG);
	CHECK(answer(nul, sizeof(nul) - 1) == EBADMSG);
	CHECK(answer(CHUNKED "1\r\nabc\r\n", sizeof(CHUNKED "1\r\nabc\r\n") - 1) ==
	      EMSGSIZE);
}

/* Each truncation fails, and is not read beyond its end. */
static void test_truncated(void)
{
	static const char words[] = CHUNKED "2\r\nab\r\n0\r\n\r\n";
	size_t n;

	for (n = 0; n < sizeof(words) - 1; n++)
		CHECK(answer(words, n) == ECONNRESET);
	CHECK(!answer(words, sizeof(words) - 1));
	CHECK(answer("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", 40) == ECONNRESET);
}

/* @n times @unit behind @head */
static int answer_long(const char *head, const char *unit, size_t n, const char *tail)
{
	size_t size;
	char *text;
	FILE *f = open_memstream(&text, &size);
	int err;

	fputs(head, f);
	while (n--)
		fputs(unit, f);
	fputs(tail, f);
	fclose(f);
	err = answer(text, size);
	free(text);
	return err;
}

static void test_limits(void)
{
	static const char ok[] = "HTTP/1.1 200 OK\r\n";

	CHECK(!answer_long(ok, "A: b\r\n", HTTP_HEADERS_MAX, "\r\n"));
	CHECK(answer_long(ok, "A: b\r\n", HTTP_HEADERS_MAX + 1, "\r\n") == EMSGSIZE);
	CHECK(!answer_long("HTTP/1.1 200 OK\r\nA: ", "x", 100000, "\r\n\r\n"));
	CHECK(answer_long("HTTP/1.1 200 OK\r\nA: ", "x", HTTP_HEAD_MAX, "\r\n\r\n") == EMSGSIZE);
	CHECK(answer_long("HTTP/1.1 200 ", "x", HTTP_HEAD_MAX, "\r\n\r\n") == EMSGSIZE);
	CHECK(!answer_long("HTTP/1.1 200 OK\r\n\r\n", "0123456789abcdef", HTTP_BODY_MAX / 16, ""));
	CHECK(answer_long("HTTP/1.1 200 OK\r\n\r\n", "0123456789abcdef", HTTP_BODY_MAX / 16, "x") ==
	      EMSGSIZE);
	CHECK(answer_long("HTTP/1.1 200 OK\r\nContent-Length: 1048577\r\n\r\n", "", 0, "") ==
	      EMSGSIZE);
	CHECK(answer_long(CHUNKED,
			  "8\r\n01234567\r\n", HTTP_BODY_MAX / 8 + 1, "0\r\n\r\n") == EMSGSIZE);
	CHECK(answer_long(CHUNKED "0\r\n",
			  "A: b\r\n", 17, "\r\n") == EMSGSIZE);
	CHECK(answer_long(CHUNKED "1;", "x", 300,
			  "\r\n") == EMSGSIZE);
}

void test_http(void)
{
	test_request();
	test_answers();
	test_headers();
	test_keep_alive();
	test_malformed();
	test_truncated();
	test_limits();
}
