// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/net.h"
#include "http.h"
#include "text.h"

/* Characters of a header's name: tchar, RFC 9110 5.6.2 */
#define NAME_CHARS	"!#$%&'*+-.^_`|~0123456789" \
			"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
/* A chunk's size in hexadecimal, and extensions, which are not in use */
#define CHUNK_LINE_MAX	256
#define CHUNK_DIGITS	8
#define LENGTH_DIGITS	10
/* Trailer fields after the last chunk: none are usual */
#define TRAILERS_MAX	16
#define TRAILER_MAX	1024

static int bad(void)
{
	errno = EBADMSG;
	return -1;
}

static int too_long(void)
{
	errno = EMSGSIZE;
	return -1;
}

int http_send(struct http *h, const struct http_request *request)
{
	const char *authorization = request->authorization;
	const char *type = request->content_type;
	char *head;
	int n, ret;

	if (h->closing) {
		errno = ECONNRESET;
		return -1;
	}
	n = asprintf(&head, "POST %s HTTP/1.1\r\nHost: %s\r\nUser-Agent: credsspctl/" VERSION
		     "\r\nContent-Length: %zu\r\n%s%s%s%s%s%s\r\n", h->path, h->host,
		     request->length, authorization ? "Authorization: " : "",
		     authorization ? authorization : "", authorization ? "\r\n" : "",
		     type ? "Content-Type: " : "", type ? type : "", type ? "\r\n" : "");
	if (n < 0) {
		errno = ENOMEM;
		return -1;
	}
	ret = net_send(h->fd, head, (size_t)n, h->deadline);
	if (!ret)
		ret = net_send(h->fd, request->body, request->length, h->deadline);
	free(head);
	return ret;
}

/* Return 1 if there are bytes in the inbox, 0 at the end of the stream, -1 with errno. */
static int fill(struct http *h)
{
	ssize_t n;

	if (h->at < h->fill)
		return 1;
	n = net_recv(h->fd, h->inbox, sizeof(h->inbox), h->deadline);
	if (n < 0)
		return -1;
	h->at = 0;
	h->fill = (size_t)n;
	return n > 0;
}

/* The same where the end of the stream is an error. Return 0, or -1 with errno. */
static int need(struct http *h)
{
	int ret = fill(h);

	if (!ret)
		errno = ECONNRESET;
	return ret > 0 ? 0 : -1;
}

/* A line without its CRLF, as a string; @room counts the NUL. Its length, or -1. */
static int read_line(struct http *h, char *line, size_t room)
{
	size_t n = 0;

	for (;;) {
		unsigned char c;

		if (need(h))
			return -1;
		c = h->inbox[h->at++];
		if (c == '\n')
			break;
		/* no control characters, and CR before LF only */
		if ((n && line[n - 1] == '\r') || !c || (c < ' ' && c != '\t' && c != '\r'))
			return bad();
		if (n + 1 >= room)
			return too_long();
		line[n++] = (char)c;
	}
	if (!n || line[n - 1] != '\r')
		return bad();
	line[n - 1] = '\0';
	return (int)n - 1;
}

/* RFC 9112 4 */
static int parse_status(struct http *h, struct http_message *r, char *line)
{
	char *code = line + 9;

	if (strncmp(line, "HTTP/1.", 7) || (line[7] != '0' && line[7] != '1') ||
	    line[8] != ' ' || strspn(code, "0123456789") != 3 || code[0] < '1' ||
	    (code[3] && code[3] != ' '))
		return bad();
	r->status = (unsigned int)strtoul(code, NULL, 10);
	r->reason = code[3] ? code + 4 : "";
	h->closing = line[7] == '0';
	return 0;
}

/* RFC 9112 5: neither space before the colon nor folded lines */
static int parse_header(struct http_message *r, char *line)
{
	size_t name = strspn(line, NAME_CHARS), n;
	char *value = line + name;

	if (!name || *value != ':')
		return bad();
	if (r->count == HTTP_HEADERS_MAX)
		return too_long();
	*value++ = '\0';
	value += strspn(value, " \t");
	for (n = strlen(value); n && strchr(" \t", value[n - 1]); n--)
		value[n - 1] = '\0';
	r->headers[r->count].name = line;
	r->headers[r->count++].value = value;
	return 0;
}

/* RFC 9112 3. The target is an opaque string here. */
static int parse_request(struct http *h, struct http_message *r, char *line)
{
	char *target = line + strspn(line, NAME_CHARS), *version;

	if (target == line || *target != ' ')
		return bad();
	*target++ = '\0';
	version = strchr(target, ' ');
	if (!version || version == target)
		return bad();
	*version++ = '\0';
	if (strcmp(version, "HTTP/1.1") && strcmp(version, "HTTP/1.0"))
		return bad();
	r->method = line;
	r->target = target;
	h->closing = version[7] == '0';
	return 0;
}

/* The first line, which @parse takes, and the headers */
static int read_head(struct http *h, struct http_message *r,
		     int (*parse)(struct http *h, struct http_message *r, char *line))
{
	char *line = r->head;
	size_t left = HTTP_HEAD_MAX;
	int n = read_line(h, line, left);

	if (n < 0 || parse(h, r, line))
		return -1;
	for (;;) {
		line += n + 1;
		left -= (size_t)n + 1;
		n = read_line(h, line, left);
		if (n <= 0)
			return n;
		if (parse_header(r, line))
			return -1;
	}
}

const char *http_header(const struct http_message *r, const char *name,
			unsigned int index)
{
	unsigned int i;

	for (i = 0; i < r->count; i++)
		if (!strcasecmp(r->headers[i].name, name) && !index--)
			return r->headers[i].value;
	return NULL;
}

/* True if the list of words @value, such as Connection's, has @word. */
static bool has_word(const char *list, const char *word)
{
	size_t n;

	while (*list) {
		list += strspn(list, ", \t");
		n = strcspn(list, ", \t");
		if (n == strlen(word) && !strncasecmp(list, word, n))
			return true;
		list += n;
	}
	return false;
}

static int append(struct http *h, struct http_message *r, size_t n)
{
	size_t most = h->body_max ? h->body_max : HTTP_BODY_MAX, some;
	unsigned char *body;

	if (n > most - r->length)
		return too_long();
	body = realloc(r->body, r->length + n + 1);
	if (!body)
		return -1;
	r->body = body;
	while (n) {
		if (need(h))
			return -1;
		some = h->fill - h->at < n ? h->fill - h->at : n;
		memcpy(r->body + r->length, h->inbox + h->at, some);
		h->at += some;
		r->length += some;
		n -= some;
	}
	return 0;
}

static int read_until_close(struct http *h, struct http_message *r)
{
	int ret;

	h->closing = true;
	while ((ret = fill(h)) > 0)
		if (append(h, r, h->fill - h->at))
			return -1;
	return ret;
}

/* RFC 9112 7.1 */
static int chunk_size(struct http *h, size_t *size)
{
	char line[CHUNK_LINE_MAX];
	size_t digits;

	if (read_line(h, line, sizeof(line)) < 0)
		return -1;
	digits = strspn(line, "0123456789abcdefABCDEF");
	if (!digits || digits > CHUNK_DIGITS || (line[digits] && !strchr("; \t", line[digits])))
		return bad();
	*size = strtoul(line, NULL, 16);
	return 0;
}

static int read_trailers(struct http *h)
{
	char line[TRAILER_MAX];
	int i, n;

	for (i = 0; i < TRAILERS_MAX; i++) {
		n = read_line(h, line, sizeof(line));
		if (n <= 0)
			return n;
	}
	return too_long();
}

static int read_chunks(struct http *h, struct http_message *r)
{
	char end[2];	/* an empty line's CR, and its NUL */
	size_t size;

	for (;;) {
		if (chunk_size(h, &size))
			return -1;
		if (!size)
			return read_trailers(h);
		if (append(h, r, size) || read_line(h, end, sizeof(end)) < 0)
			return -1;
	}
}

/* All Content-Length headers must have the same value. */
static int content_length(const struct http_message *r, size_t *length)
{
	const char *first = http_header(r, "Content-Length", 0), *value;
	size_t digits = strlen(first);
	unsigned int i;

	if (!digits || digits > LENGTH_DIGITS || strspn(first, "0123456789") != digits)
		return bad();
	for (i = 1; (value = http_header(r, "Content-Length", i)); i++)
		if (strcmp(first, value))
			return bad();
	*length = strtoul(first, NULL, 10);
	return 0;
}

/* RFC 9112 6.3: a body with a length. @found: out: there is one. */
static int read_measured(struct http *h, struct http_message *r, bool *found)
{
	const char *coding = http_header(r, "Transfer-Encoding", 0);
	const char *length = http_header(r, "Content-Length", 0);
	size_t n;

	*found = coding || length;
	if (coding) {
		/* both lengths at once would be request smuggling */
		if (length || http_header(r, "Transfer-Encoding", 1) ||
		    strcasecmp(coding, "chunked"))
			return bad();
		return read_chunks(h, r);
	}
	return length && (content_length(r, &n) || append(h, r, n)) ? -1 : 0;
}

static int read_body(struct http *h, struct http_message *r)
{
	bool found;
	int ret;

	if (r->status == 204 || r->status == 304)
		return 0;
	ret = read_measured(h, r, &found);
	return ret || found ? ret : read_until_close(h, r);
}

static void reset(struct http_message *r)
{
	char *head = r->head;

	*r = (struct http_message){ .head = head };
}

static void note_closing(struct http *h, const struct http_message *r)
{
	const char *value;
	unsigned int i;

	for (i = 0; (value = http_header(r, "Connection", i)); i++)
		if (has_word(value, "close"))
			h->closing = true;
}

int http_receive(struct http *h, struct http_message *r)
{
	int i;

	*r = (struct http_message){ .head = malloc(HTTP_HEAD_MAX) };
	if (!r->head)
		return -1;
	for (i = 0; i <= HTTP_INTERIM_MAX; i++) {
		reset(r);
		if (read_head(h, r, parse_status))
			return -1;
		/* no request asks for another protocol */
		if (r->status == 101)
			return bad();
		if (r->status >= 200) {
			note_closing(h, r);
			return read_body(h, r);
		}
	}
	return bad();
}

/* RFC 9110 10.1.1: a client that waits for this sends its body afterwards. */
static int invite_body(struct http *h, const struct http_message *r)
{
	static const char invitation[] = "HTTP/1.1 100 Continue\r\n\r\n";
	const char *expect = http_header(r, "Expect", 0);

	if (!expect || h->at < h->fill)
		return 0;
	if (strcasecmp(expect, "100-continue"))
		return bad();
	return net_send(h->fd, invitation, sizeof(invitation) - 1, h->deadline);
}

int http_receive_request(struct http *h, struct http_message *r)
{
	bool found;
	int ret;

	*r = (struct http_message){ .status = 0 };
	ret = fill(h);
	if (ret < 1)
		return ret;
	r->head = malloc(HTTP_HEAD_MAX);
	if (!r->head || read_head(h, r, parse_request))
		return -1;
	note_closing(h, r);
	return invite_body(h, r) || read_measured(h, r, &found) ? -1 : 1;
}

static const char *reason_of(unsigned int status)
{
	static const struct {
		unsigned int status;
		const char *reason;
	} rows[] = {
		{ 200, "OK" },
		{ 400, "Bad Request" },
		{ 401, "Unauthorized" },
		{ 413, "Content Too Large" },
		{ 415, "Unsupported Media Type" },
		{ 500, "Internal Server Error" },
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(rows); i++)
		if (rows[i].status == status)
			return rows[i].reason;
	return "Error";
}

int http_answer(struct http *h, const struct http_answer *answer)
{
	const char *challenge = answer->challenge, *type = answer->content_type;
	char *head;
	int n, ret;

	n = asprintf(&head, "HTTP/1.1 %u %s\r\nServer: credsspctl/" VERSION
		     "\r\nContent-Length: %zu\r\n%s%s%s%s%s%s%s\r\n", answer->status,
		     reason_of(answer->status), answer->length,
		     challenge ? "WWW-Authenticate: " : "", challenge ? challenge : "",
		     challenge ? "\r\n" : "", type ? "Content-Type: " : "",
		     type ? type : "", type ? "\r\n" : "",
		     h->closing ? "Connection: close\r\n" : "");
	if (n < 0) {
		errno = ENOMEM;
		return -1;
	}
	ret = net_send(h->fd, head, (size_t)n, h->deadline);
	if (!ret)
		ret = net_send(h->fd, answer->body, answer->length, h->deadline);
	free(head);
	return ret;
}

void http_message_free(struct http_message *r)
{
	free(r->head);
	free(r->body);
	*r = (struct http_message){ .status = 0 };
}
