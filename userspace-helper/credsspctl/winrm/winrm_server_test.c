// SPDX-License-Identifier: GPL-2.0-only
/*
 * CredSSP over HTTP at a server that has all requests beforehand; the guests test logons
 * that succeed.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include <credssp_accept.h>

#include "base/net.h"
#include "http.h"
#include "private.h"
#include "test.h"
#include "tests/ctl_test.h"
#include "text.h"
#include "winrm.h"
#include "winrm_server.h"

#define CONTEXT	9
#define SAID	8192

/**
 * struct script - what the fake module does
 * @calls: of AcceptSecurityContext so far
 * @unused: bytes that the first call leaves
 * @status: of the second call and later ones
 * @seen: bytes of the last token
 * @seen_family: of the peer's address
 * @deleted: contexts that were deleted
 */
static struct script {
	unsigned int calls;
	uint32_t unused;
	int32_t status;
	uint32_t seen;
	uint32_t seen_family;
	unsigned int deleted;
} script;

static int device_accept(struct credssp_ioc_accept *accept)
{
	struct credssp_sec_buffer *in = (void *)(uintptr_t)accept->input;
	struct credssp_sec_buffer *out = (void *)(uintptr_t)accept->output;
	const char *token = script.calls++ ? "two" : "one";

	script.seen = in[0].length;
	script.seen_family = accept->peer.family;
	CHECK(!accept->context == (script.calls == 1));
	if (script.calls == 1 && script.unused) {
		in[1].type = SECBUFFER_EXTRA;
		in[1].length = script.unused;
	}
	out->length = 3;
	memcpy((void *)(uintptr_t)out->addr, token, 3);
	accept->new_context = CONTEXT;
	accept->status = script.calls == 1 ? SEC_I_CONTINUE_NEEDED : script.status;
	return 0;
}

static int device_ioctl(const struct credssp *lib, unsigned long cmd, void *arg)
{
	struct credssp_ioc_query *query = arg;
	struct credssp_ioc_handle *handle = arg;

	(void)lib;
	switch (cmd) {
	case CREDSSP_IOC_ACCEPT:
		return device_accept(arg);
	case CREDSSP_IOC_QUERY:
		query->status = SEC_E_UNSUPPORTED_FUNCTION;
		return 0;
	case CREDSSP_IOC_DELETE:
		CHECK(handle->handle == CONTEXT);
		script.deleted++;
		handle->status = SEC_E_OK;
		return 0;
	}
	errno = ENOTTY;
	return -1;
}

static void count_decision(void *arg, uint64_t context, struct outcome *o)
{
	unsigned int *decisions = arg;

	(void)o;
	CHECK(context == (script.calls ? CONTEXT : 0));
	++*decisions;
}

/* Let the server read @words, and then the end. What it says is in @said, with a NUL. */
static struct outcome serve(const char *words, int32_t status, uint32_t unused, char *said)
{
	static struct credssp fake = { .fd = -1, .ioctl = device_ioctl };
	struct outcome o = { .status = SEC_E_INTERNAL_ERROR };
	unsigned int decisions = 0;
	struct winrm_server server = {
		.lib = &fake, .cred = 5, .accept = { .peer = { .family = AF_INET } },
		.deadline = net_now() + 5000, .arg = &decisions, .decided = count_decision,
	};
	size_t n = strlen(words);
	ssize_t got;
	int pair[2];

	script = (struct script){ .status = status, .unused = unused };
	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	CHECK(write(pair[1], words, n) == (ssize_t)n);
	CHECK(!shutdown(pair[1], SHUT_WR));
	server.fd = pair[0];
	winrm_serve(&server, &o);
	CHECK(decisions == 1);
	CHECK(script.deleted == !!script.calls);
	got = recv(pair[1], said, SAID - 1, MSG_DONTWAIT);
	said[got > 0 ? got : 0] = '\0';
	close(pair[0]);
	close(pair[1]);
	return o;
}

#define POST		"POST /wsman HTTP/1.1\r\nHost: h\r\n"
#define EMPTY		"Content-Length: 0\r\n\r\n"
#define TOKEN		POST "Authorization: CredSSP YWJjZA==\r\n" EMPTY
#define NEGOTIATE	POST "Authorization: Negotiate YWJj\r\n" EMPTY

static void test_logon(void)
{
	char said[SAID];
	struct outcome o;

	/* asked without a token first, and by a scheme that is not offered */
	o = serve(POST EMPTY NEGOTIATE TOKEN TOKEN, SEC_E_OK, 0, said);
	CHECK(o.asked && o.status == SEC_E_OK && script.calls == 2);
	CHECK(script.seen == 4 && script.seen_family == AF_INET);
	CHECK(!strncmp(said, "HTTP/1.1 401 Unauthorized\r\n", 27));
	CHECK(strstr(said, "WWW-Authenticate: CredSSP\r\n"));
	CHECK(strstr(said, "WWW-Authenticate: CredSSP b25l\r\n"));
	CHECK(strstr(said, "HTTP/1.1 200 OK\r\n"));
	CHECK(strstr(said, "WWW-Authenticate: CredSSP dHdv\r\n"));
	CHECK(!strstr(said, "Connection: close"));

	/* records that the first call leaves go into the second call */
	o = serve(TOKEN, SEC_E_OK, 1, said);
	CHECK(o.status == SEC_E_OK && script.calls == 2 && script.seen == 1);
	CHECK(strstr(said, "HTTP/1.1 200 OK\r\n"));
	CHECK(strstr(said, "WWW-Authenticate: CredSSP b25ldHdv\r\n"));
}

/* The token of a failing call is sent, and the connection ends. */
static void test_refused(void)
{
	char said[SAID];
	struct outcome o;

	o = serve(TOKEN TOKEN TOKEN, SEC_E_LOGON_DENIED, 0, said);
	CHECK(o.asked && o.status == SEC_E_LOGON_DENIED && script.calls == 2);
	CHECK(strstr(said, "WWW-Authenticate: CredSSP dHdv\r\nConnection: close\r\n"));
	CHECK(!strstr(said, "200"));
	o = serve(TOKEN TOKEN, SEC_E_INCOMPLETE_MESSAGE, 0, said);
	CHECK(o.asked && o.status == SEC_E_INVALID_TOKEN);
}

/* A client that has logged on sends something else than a sealed message. */
static void test_after(void)
{
	char said[SAID];
	struct outcome o;

	o = serve(TOKEN TOKEN POST "Content-Type: text/xml\r\nContent-Length: 1\r\n\r\nx" TOKEN,
		  SEC_E_OK, 0, said);
	CHECK(o.status == SEC_E_OK && script.calls == 2);
	CHECK(strstr(said, "HTTP/1.1 415 ") && strstr(said, "Connection: close\r\n"));
	o = serve(TOKEN TOKEN "nonsense\r\n\r\n", SEC_E_OK, 0, said);
	CHECK(o.status == SEC_E_OK && strstr(said, "HTTP/1.1 400 "));
}

static void test_ends(void)
{
	static const struct {
		const char *client;
		uint32_t reason;
		const char *answer;
	} rows[] = {
		{ "", CTL_REASON_HTTP_CLOSED, NULL },
		{ TOKEN, CTL_REASON_HTTP_CLOSED, "401" },
		{ POST EMPTY, CTL_REASON_HTTP_CLOSED, "401" },
		{ "POST /wsm", CTL_REASON_HTTP_CLOSED, NULL },
		{ POST "Content-Length: 5\r\n\r\nabc", CTL_REASON_HTTP_CLOSED, NULL },
		{ "SSH-2.0\r\n", CTL_REASON_HTTP_MALFORMED, "400" },
		{ "POST  / HTTP/1.1\r\n" EMPTY, CTL_REASON_HTTP_MALFORMED, "400" },
		{ "POST / HTTP/2\r\n" EMPTY, CTL_REASON_HTTP_MALFORMED, "400" },
		{ "POST /\r\n" EMPTY, CTL_REASON_HTTP_MALFORMED, "400" },
		{ " / HTTP/1.1\r\n" EMPTY, CTL_REASON_HTTP_MALFORMED, "400" },
		{ POST "Authorization: CredSSP *\r\n" EMPTY, CTL_REASON_HTTP_MALFORMED, "400" },
		{ POST "Authorization: CredSSP YQ==, CredSSP YQ==\r\n" EMPTY,
		  CTL_REASON_HTTP_MALFORMED, "400" },
		{ POST "Authorization: CredSSP YQ==\r\nAuthorization: Basic x\r\n" EMPTY,
		  CTL_REASON_HTTP_MALFORMED, "400" },
		{ POST "Content-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
		  CTL_REASON_HTTP_MALFORMED, "400" },
		{ POST "Expect: miracles\r\nContent-Length: 1\r\n\r\n",
		  CTL_REASON_HTTP_MALFORMED, "400" },
		/* longer than a body may be before the logon */
		{ POST "Content-Length: 65537\r\n\r\n", CTL_REASON_HTTP_MALFORMED, "413" },
		{ POST "Transfer-Encoding: chunked\r\n\r\n10001\r\n",
		  CTL_REASON_HTTP_MALFORMED, "413" },
		/* HTTP/1.0, and a client that wants to close: the logon cannot go on */
		{ "POST / HTTP/1.0\r\n" EMPTY TOKEN, CTL_REASON_HTTP_NO_TOKEN, "401" },
		{ POST "Connection: close\r\n" EMPTY TOKEN, CTL_REASON_HTTP_NO_TOKEN, "401" },
	};
	char said[SAID], status[16];
	struct outcome o;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++) {
		o = serve(rows[i].client, SEC_E_OK, 0, said);
		CHECK(!o.asked && o.reason == rows[i].reason);
		snprintf(status, sizeof(status), "HTTP/1.1 %.3s ",
			 rows[i].answer ? rows[i].answer : "");
		CHECK(rows[i].answer ? !strncmp(said, status, 13) : !*said);
	}
}

/* Requests without a token have an end. */
static void test_many(void)
{
	static const char request[] = POST EMPTY;
	char words[100 * sizeof(request)], said[SAID], *p = said;
	unsigned int answers = 0;
	struct outcome o;
	size_t i;

	for (i = 0; i < 100; i++)
		memcpy(words + i * (sizeof(request) - 1), request, sizeof(request));
	o = serve(words, SEC_E_OK, 0, said);
	CHECK(o.reason == CTL_REASON_HTTP_NO_TOKEN);
	while ((p = strstr(p, "HTTP/1.1 401 "))) {
		answers++;
		p++;
	}
	CHECK(answers == 24);
}

/* A client that waits before its body is told to go on; one whose body is there is not. */
static void test_expect(void)
{
	struct http http = { .deadline = net_now() + 5000 };
	static const char head[] = POST "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n";
	struct http_message r;
	char said[64] = "";
	int pair[2];
	pid_t pid;

	CHECK(!socketpair(AF_UNIX, SOCK_STREAM, 0, pair));
	http.fd = pair[0];
	pid = fork();
	if (!pid) {
		if (write(pair[1], head, sizeof(head) - 1) < 0 ||
		    recv(pair[1], said, sizeof(said), 0) < 0 || write(pair[1], "ab", 2) < 0)
			_exit(1);
		_exit(strncmp(said, "HTTP/1.1 100 Continue\r\n\r\n", 25) != 0);
	}
	CHECK(http_receive_request(&http, &r) == 1);
	CHECK(r.length == 2 && !memcmp(r.body, "ab", 2));
	CHECK(!strcmp(r.method, "POST") && !strcmp(r.target, "/wsman"));
	http_message_free(&r);
	close(pair[0]);
	close(pair[1]);
}

static void test_tokens(void)
{
	unsigned char *token;
	char *header;
	size_t n;

	CHECK(winrm_is_token("credssp YQ==") && !winrm_is_token("CredSSP"));
	CHECK(!winrm_is_token("CredSSPx YQ==") && !winrm_is_token("CredSSP =x"));
	CHECK(!winrm_token("CredSSP \t YWI=", &token, &n) && n == 2 && !memcmp(token, "ab", 2));
	free(token);
	CHECK(winrm_token("CredSSP YW I=", &token, &n) == -1 && errno == EBADMSG);
	header = winrm_header("ab", 2);
	CHECK(!strcmp(header, "CredSSP YWI="));
	free(header);
	header = winrm_header(NULL, 0);
	CHECK(!strcmp(header, "CredSSP"));
	free(header);
}

void test_winrm_server(void)
{
	test_tokens();
	test_logon();
	test_refused();
	test_after();
	test_ends();
	test_many();
	test_expect();
}
