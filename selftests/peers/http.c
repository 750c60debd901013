// SPDX-License-Identifier: GPL-2.0-only
/*
 * CredSSP over HTTP as WinRM's server has it, MS-WSMV 2.2.9.1.3: what TLS wants
 * to send waits for the answer to the client's request, and what it wants to
 * read is in the next one.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "http.h"

#define HEAD_MAX	(256 * 1024)
#define BODY_MAX	(64 * 1024)

/* One more piece of what the client says. */
static int read_more(struct conn *c, struct bytes *raw)
{
	uint8_t buf[4096];
	ssize_t n;

	do {
		n = recv(c->fd, buf, sizeof(buf), 0);
	} while (n < 0 && errno == EINTR);
	if (n > 0) {
		bytes_add(raw, buf, n);
		return 0;
	}
	c->client_closed = !n || errno != EAGAIN;
	return fail(c, "%s", n ? strerrorname_np(errno) : "closed");
}

static int read_head(struct conn *c, struct bytes *raw, size_t *head)
{
	const uint8_t *end;

	for (;;) {
		end = raw->len ? memmem(raw->p, raw->len, "\r\n\r\n", 4) : NULL;
		if (end)
			break;
		if (raw->len > HEAD_MAX)
			return fail(c, "http-head-length");
		if (read_more(c, raw))
			return -1;
	}
	*head = end - raw->p + 4;
	return 0;
}

/* A header's value: from the end of its name to the end of the line. */
static bool header(struct span head, const char *name, struct span *value)
{
	char line[64];
	const uint8_t *at, *end;

	snprintf(line, sizeof(line), "\r\n%s: ", name);
	at = memmem(head.p, head.len, line, strlen(line));
	if (!at)
		return false;
	at += strlen(line);
	end = memmem(at, head.p + head.len - at, "\r\n", 2);
	*value = span(at, end - at);
	return true;
}

static bool is(struct span s, const char *text)
{
	return span_equal(s, span(text, strlen(text)));
}

static int judge_head(struct conn *c, struct span head, size_t *length)
{
	char line[256];
	struct span value;

	snprintf(line, sizeof(line), "POST %s HTTP/1.1\r\n", c->opt->path);
	if (head.len < strlen(line) || memcmp(head.p, line, strlen(line)))
		return fail(c, "http-request-line");
	if (!header(head, "Host", &value) || !value.len)
		return fail(c, "http-host");
	if (!header(head, "Content-Length", &value))
		return fail(c, "http-content-length");
	*length = strtoul((const char *)value.p, NULL, 10);
	return *length > BODY_MAX ? fail(c, "http-body-length") : 0;
}

static int take_token(struct conn *c, struct span head)
{
	struct span value, scheme;
	gnutls_datum_t text, data;

	if (!header(head, "Authorization", &value))
		return fail(c, "http-no-token");
	if (!span_take(&value, 8, &scheme) || !is(scheme, "CredSSP "))
		return fail(c, "http-scheme");
	text = (gnutls_datum_t){ (uint8_t *)value.p, value.len };
	if (gnutls_base64_decode2(&text, &data))
		return fail(c, "http-base64");
	bytes_add(&c->http.in, data.data, data.size);
	gnutls_free(data.data);
	return 0;
}

/* The head stays in @raw; a body goes to @body. */
static int read_request(struct conn *c, struct bytes *raw, struct span *head,
			struct span *body)
{
	size_t length = 0, size = 0;

	if (read_head(c, raw, &size) || judge_head(c, span(raw->p, size), &length))
		return -1;
	while (raw->len < size + length)
		if (read_more(c, raw))
			return -1;
	/* It is not the client's turn to say more. */
	if (raw->len != size + length)
		return fail(c, "http-pipelined");
	*head = span(raw->p, size);
	*body = span(raw->p + size, length);
	c->http.open = true;
	c->http.requests++;
	return 0;
}

static int next_token(struct conn *c)
{
	struct bytes raw = { 0 };
	struct span head, body;
	int rc = read_request(c, &raw, &head, &body);

	if (!rc && body.len)
		rc = fail(c, "http-body");
	if (!rc)
		rc = take_token(c, head);
	bytes_free(&raw);
	return rc;
}

static ssize_t http_push(struct conn *c, const void *buf, size_t len)
{
	bytes_add(&c->http.out, buf, len);
	return len;
}

static ssize_t http_pull(struct conn *c, void *buf, size_t len)
{
	size_t n;

	if (!c->http.in.len && c->http.message) {
		errno = ECONNRESET;
		return -1;
	}
	if (!c->http.in.len && c->http.open && http_answer_token(c))
		return 0;
	if (!c->http.in.len && next_token(c))
		return 0;
	n = c->http.in.len < len ? c->http.in.len : len;
	memcpy(buf, c->http.in.p, n);
	bytes_drop(&c->http.in, n);
	return n;
}

const struct transport http_transport = { .push = http_push, .pull = http_pull };

/* MS-WSMV 2.2.9.1.3.1.2, as exactly as a server may want it */
static int open_body(struct conn *c, struct span body)
{
	static const char meta[] = "--Encrypted Boundary\r\n"
		"\tContent-Type: application/HTTP-CredSSP-session-encrypted\r\n"
		"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=";
	static const char octets[] = "\r\n--Encrypted Boundary\r\n"
		"\tContent-Type: application/octet-stream\r\n";
	static const char end[] = "--Encrypted Boundary--\r\n";
	uint32_t trailer = gnutls_protocol_get_version(c->tls) == GNUTLS_TLS1_3 ? 17 : 16;
	struct span part, rest;
	size_t digits, length;

	if (!span_take(&body, sizeof(meta) - 1, &part) || !is(part, meta))
		return fail(c, "message-metadata");
	length = strtoul((const char *)body.p, NULL, 10);
	for (digits = 0; digits < body.len && body.p[digits] >= '0' && body.p[digits] <= '9';)
		digits++;
	if (!digits || !span_take(&body, digits, &part))
		return fail(c, "message-length");
	if (!span_take(&body, sizeof(octets) - 1, &part) || !is(part, octets))
		return fail(c, "message-octets");
	if (!span_take(&body, 4, &part) || get_le32(part.p) != trailer)
		return fail(c, "message-trailer");
	if (body.len < sizeof(end) - 1 ||
	    !span_take(&body, body.len - (sizeof(end) - 1), &rest) || !is(body, end))
		return fail(c, "message-end");
	bytes_set(&c->http.in, rest);
	while (c->in.len < length)
		if (link_receive(c))
			return fail(c, "message-records");
	return c->in.len == length && !c->http.in.len ? 0 : fail(c, "message-size");
}

static int read_message(struct conn *c)
{
	static const char type[] = "multipart/encrypted;"
		"protocol=\"application/HTTP-CredSSP-session-encrypted\";"
		"boundary=\"Encrypted Boundary\"";
	struct bytes raw = { 0 };
	struct span head, body, value;
	int rc = read_request(c, &raw, &head, &body);

	if (!rc && header(head, "Authorization", &value))
		rc = fail(c, "message-authorization");
	if (!rc && (!header(head, "Content-Type", &value) || !is(value, type)))
		rc = fail(c, "message-type");
	if (!rc)
		rc = open_body(c, body);
	bytes_free(&raw);
	return rc;
}

int http_finish(struct conn *c)
{
	static const char wanted[] = "Identify";

	if (!c->opt->http)
		return 0;
	if (http_answer_done(c))
		return -1;
	c->http.message = true;
	bytes_drop(&c->in, c->in.len);
	if (read_message(c))
		return -1;
	if (!memmem(c->in.p, c->in.len, wanted, sizeof(wanted) - 1))
		return fail(c, "message-text");
	c->http.sealed = true;
	c->at = POINT_MESSAGE;
	return http_answer_message(c);
}

void http_free(struct conn *c)
{
	bytes_free(&c->http.in);
	bytes_free(&c->http.out);
}
