/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * HTTP/1.1 on one connection (RFC 9110, RFC 9112), from either end.  A logon over HTTP belongs
 * to its connection, so that a library which may open another connection is unsuitable.
 * Requests and answers are not trusted: they are parsed strictly and within bounds.
 */
#ifndef CREDSSPCTL_HTTP_H
#define CREDSSPCTL_HTTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* First line and headers: a token of 64 KiB in base64, and as much for the rest */
#define HTTP_HEAD_MAX		(176 * 1024)
/* WinRM's own bound on an envelope is 500 KB; sealing adds little */
#define HTTP_BODY_MAX		(1024 * 1024)
#define HTTP_HEADERS_MAX	64
/* "100 Continue" and the like before an answer: one is usual */
#define HTTP_INTERIM_MAX	4
#define HTTP_INBOX		16384

/**
 * struct http - a connection
 * @fd: socket
 * @deadline: see net_now()
 * @host: for the Host header; a client's
 * @path: of the requests; a client's
 * @body_max: longest body taken, 0 for HTTP_BODY_MAX
 * @closing: the connection ends after the last answer that was received, or that will be sent
 * @at, @fill: received bytes that were not used yet
 */
struct http {
	int fd;
	int64_t deadline;
	const char *host;
	const char *path;
	size_t body_max;
	bool closing;
	size_t at;
	size_t fill;
	unsigned char inbox[HTTP_INBOX];
};

/**
 * struct http_request - a POST request
 * @authorization: value of that header, or NULL
 * @content_type: likewise
 * @body, @length: may be empty
 */
struct http_request {
	const char *authorization;
	const char *content_type;
	const void *body;
	size_t length;
};

/**
 * struct http_answer - an answer to send
 * @status: three digits
 * @challenge: value of the header WWW-Authenticate, or NULL
 * @content_type: likewise
 * @body, @length: may be empty
 */
struct http_answer {
	unsigned int status;
	const char *challenge;
	const char *content_type;
	const void *body;
	size_t length;
};

/**
 * struct http_message - a message that was received; all-zero is empty
 * @status: of an answer: three digits
 * @reason: of an answer: the words after it
 * @method: of a request
 * @target: of a request
 * @count: of @headers, whose strings are in @head
 * @body: @length bytes
 */
struct http_message {
	unsigned int status;
	const char *reason;
	const char *method;
	const char *target;
	unsigned int count;
	struct {
		const char *name;
		const char *value;
	} headers[HTTP_HEADERS_MAX];
	char *head;
	unsigned char *body;
	size_t length;
};

/* 0, or -1 with errno: ECONNRESET on a connection that was to be closed. */
int http_send(struct http *h, const struct http_request *request);

/**
 * http_receive() - the answer
 * @h: connection
 * @r: out: to be freed with http_message_free(), after a failure as well
 *
 * Return: 0, or -1 with errno: EBADMSG for malformed HTTP, EMSGSIZE above the
 * limits, ECONNRESET for an early end, ETIMEDOUT.
 */
int http_receive(struct http *h, struct http_message *r);

/**
 * http_receive_request() - the next request, at a server
 * @h: connection
 * @r: out, as in http_receive()
 *
 * A client that waits before it sends a body is told to go on.
 *
 * Return: 1; 0 when the client has closed the connection between two requests; -1 with errno
 * as http_receive().
 */
int http_receive_request(struct http *h, struct http_message *r);

/* 0, or -1 with errno. The answer says so if the connection is closing. */
int http_answer(struct http *h, const struct http_answer *answer);

/* The value of the header @name (any case) that comes @index-th, or NULL. */
const char *http_header(const struct http_message *r, const char *name,
			unsigned int index);

void http_message_free(struct http_message *r);

#endif
