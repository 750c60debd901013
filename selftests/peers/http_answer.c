// SPDX-License-Identifier: GPL-2.0-only
/* The answers of the HTTP carrier, right ones and others. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "http.h"

#define HUGE_HEADER	(1024 * 1024)
#define BIG_REPLY	40000
#define RECORD_MAX	16384
#define CHUNK		7

struct answer {
	int status;
	struct span token;
	bool scheme;
	bool last;
	const char *type;
	struct span body;
};

static void text(struct bytes *b, const char *s)
{
	bytes_add(b, s, strlen(s));
}

static void number(struct bytes *b, const char *format, size_t n)
{
	char line[128];

	bytes_add(b, line, snprintf(line, sizeof(line), format, n));
}

/* The form that is due now. */
static enum http_form form_now(const struct conn *c)
{
	const struct wrong *w = c->opt->wrong;

	if (w->action != ACTION_HTTP || (w->point && w->point != c->at))
		return HTTP_RIGHT;
	return w->arg;
}

static const char *status_text(int status)
{
	switch (status) {
	case 200:
		return "OK";
	case 401:
		return "Unauthorized";
	case 404:
		return "Not Found";
	default:
		return "Internal Server Error";
	}
}

static void add_token(struct bytes *b, struct span token)
{
	gnutls_datum_t data = { (uint8_t *)token.p, token.len }, base64;

	if (gnutls_base64_encode2(&data, &base64))
		return;
	text(b, "CredSSP ");
	bytes_add(b, base64.data, base64.size);
	gnutls_free(base64.data);
}

static void add_challenge(struct bytes *b, const struct answer *a, enum http_form form)
{
	static const char open[] = "WWW-Authenticate: ";

	if (form == HTTP_LIST)
		text(b, "WWW-Authenticate: Negotiate\r\n"
		     "WWW-Authenticate: Basic realm=\"CredSSP, x\", ");
	else if (form == HTTP_BARE)
		text(b, "WWW-Authenticate: CredSSP\r\n"
		     "www-authenticate: credssp, Digest realm=\"a\\\", CredSSP eA==\", credssp = eA, ");
	else
		text(b, open);
	if (form == HTTP_BASE64)
		text(b, "CredSSP FgMD*AA=");
	else if (form == HTTP_OTHER_SCHEME)
		text(b, "Negotiate\r\nWWW-Authenticate: Kerberos");
	else if (!a->token.len)
		text(b, "CredSSP");
	else
		add_token(b, a->token);
	if (form == HTTP_LIST)
		text(b, " , Kerberos");
	text(b, form == HTTP_BARE ? ", CREDSSP\r\n" : "\r\n");
	if (form == HTTP_TWO) {
		text(b, open);
		add_token(b, a->token);
		text(b, "\r\n");
	}
}

static void add_chunks(struct bytes *b, struct span body)
{
	struct span part;

	text(b, "Transfer-Encoding: chunked\r\n\r\n");
	while (body.len && span_take(&body, body.len < CHUNK ? body.len : CHUNK, &part)) {
		number(b, "%zx;a=b\r\n", part.len);
		bytes_span(b, part);
		text(b, "\r\n");
	}
	text(b, "0\r\nTrailer: x\r\n\r\n");
}

static void add_oddities(struct bytes *b, enum http_form form)
{
	size_t i;

	if (form == HTTP_HUGE_HEADER) {
		text(b, "X: ");
		for (i = 0; i < HUGE_HEADER; i += 16)
			text(b, "0123456789abcdef");
		text(b, "\r\n");
	}
	if (form == HTTP_CLOSING)
		text(b, "Connection: close\r\n");
}

static void write_answer(struct bytes *b, const struct answer *a, enum http_form form)
{
	if (form == HTTP_CONTINUE)
		text(b, "HTTP/1.1 100 Continue\r\n\r\n");
	number(b, "HTTP/1.1 %zu ", a->status);
	text(b, status_text(a->status));
	text(b, "\r\nServer: tspeer\r\n");
	if (a->scheme)
		add_challenge(b, a, form);
	if (a->type) {
		text(b, "Content-Type: ");
		text(b, a->type);
		text(b, "\r\n");
	}
	if (a->last)
		text(b, "Connection: close\r\n");
	add_oddities(b, form);
	if (form == HTTP_CHUNKED) {
		add_chunks(b, a->body);
		return;
	}
	number(b, "Content-Length: %zu\r\n\r\n", a->body.len);
	bytes_span(b, a->body);
}

/* What an answer becomes before it is written. */
static void change(struct answer *a, enum http_form form)
{
	static const char html[] = "<html>Go away</html>\n";

	switch (form) {
	case HTTP_NO_TOKEN:
		a->token.len = 0;
		break;
	case HTTP_CUT:
		a->token.len /= 2;
		break;
	case HTTP_OK:
		a->status = 200;
		break;
	case HTTP_NOT_FOUND:
		a->status = 404;
		break;
	case HTTP_ERROR:
	case HTTP_FAULT:
		a->status = 500;
		break;
	case HTTP_DENIED:
		a->status = 401;
		a->scheme = true;
		break;
	case HTTP_BODY:
		if (!a->body.len)
			a->body = span(html, sizeof(html) - 1);
		break;
	default:
		break;
	}
}

static bool ends_it(enum http_form form)
{
	switch (form) {
	case HTTP_RIGHT:
	case HTTP_CHUNKED:
	case HTTP_CONTINUE:
	case HTTP_LIST:
	case HTTP_BARE:
	case HTTP_BODY:
	case HTTP_BIG:
	case HTTP_FAULT:
	case HTTP_BLANK:
		return false;
	default:
		return true;
	}
}

static int send_answer(struct conn *c, struct answer *a)
{
	enum http_form form = form_now(c);
	struct bytes b = { 0 };
	int rc;

	change(a, form);
	if (form == HTTP_GARBAGE)
		text(&b, "SSH-2.0-server\r\n\r\n");
	else
		write_answer(&b, a, form);
	c->http.open = false;
	rc = tcp_write(c, b.p, form == HTTP_HALF ? b.len / 2 : b.len);
	bytes_free(&b);
	if (rc || !ends_it(form))
		return rc;
	shutdown(c->fd, SHUT_WR);
	tcp_drain(c);
	return fail(c, "did-%s", c->opt->wrong->name);
}

static int answer_token(struct conn *c, bool last)
{
	struct answer a = {
		.status = 401,
		.token = span_of(&c->http.out),
		.scheme = true,
		.last = last,
	};
	int rc = send_answer(c, &a);

	bytes_drop(&c->http.out, c->http.out.len);
	return rc;
}

int http_answer_token(struct conn *c)
{
	return answer_token(c, false);
}

int http_answer_done(struct conn *c)
{
	struct answer a = {
		.status = 200,
		.token = span_of(&c->http.out),
		.scheme = c->http.out.len,
	};
	int rc = send_answer(c, &a);

	bytes_drop(&c->http.out, c->http.out.len);
	return rc;
}

void http_refuse(struct conn *c)
{
	if (c->opt->http && c->http.open)
		answer_token(c, true);
}

/* What stands between the parts, up to the end of its line or to the last dashes. */
static void add_boundary(struct conn *c, struct bytes *body)
{
	text(body, form_now(c) == HTTP_BLANK ? "-- Encrypted Boundary" : "--Encrypted Boundary");
}

/* One part of the reply; what is sealed waits in the transport's queue. */
static int add_part(struct conn *c, struct span plain, struct bytes *body)
{
	enum http_form form = form_now(c);
	uint8_t trailer[4];

	put_le32(trailer, gnutls_protocol_get_version(c->tls) == GNUTLS_TLS1_3 ? 17 : 16);
	add_boundary(c, body);
	text(body, "\r\n\tContent-Type: application/HTTP-CredSSP-session-encrypted\r\n");
	number(body, "\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%zu\r\n",
	       plain.len + (form == HTTP_MESSAGE_LENGTH));
	add_boundary(c, body);
	text(body, "\r\n\tContent-Type: application/octet-stream\r\n");
	bytes_add(body, trailer, sizeof(trailer));
	if (link_send(c, plain))
		return -1;
	if (form == HTTP_MESSAGE_TAMPERED)
		c->http.out.p[c->http.out.len - 1] ^= 1;
	bytes_span(body, span_of(&c->http.out));
	bytes_drop(&c->http.out, c->http.out.len);
	return 0;
}

static int seal_reply(struct conn *c, struct span plain, struct bytes *body)
{
	struct span part;

	while (plain.len) {
		if (!span_take(&plain, plain.len < RECORD_MAX ? plain.len : RECORD_MAX, &part) ||
		    add_part(c, part, body))
			return -1;
	}
	if (form_now(c) == HTTP_MESSAGE_END)
		return 0;
	add_boundary(c, body);
	text(body, "--\r\n");
	return 0;
}

#define SEALED	"protocol=\"application/HTTP-CredSSP-session-encrypted\";" \
		"boundary=\"Encrypted Boundary\""

int http_answer_message(struct conn *c)
{
	struct answer a = { .status = 200, .type = "multipart/encrypted;" SEALED };
	struct bytes plain = { 0 }, body = { 0 };
	int rc = 0;

	text(&plain, "<s:Envelope><s:Body><IdentifyResponse/></s:Body></s:Envelope>");
	if (form_now(c) == HTTP_BIG) {
		a.type = "multipart/x-multi-encrypted;" SEALED;
		bytes_zero(&plain, BIG_REPLY);
	}
	if (form_now(c) == HTTP_MESSAGE_PLAIN) {
		a.type = "application/soap+xml;charset=UTF-8";
		bytes_span(&body, span_of(&plain));
	} else {
		rc = seal_reply(c, span_of(&plain), &body);
	}
	a.body = span_of(&body);
	if (form_now(c) == HTTP_DENIED || form_now(c) == HTTP_ERROR) {
		a.body.len = 0;
		a.type = NULL;
	}
	if (!rc)
		rc = send_answer(c, &a);
	bytes_free(&plain);
	bytes_free(&body);
	return rc;
}
