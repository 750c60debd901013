// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <gnutls/gnutls.h>

#include "http.h"
#include "sealed.h"
#include "text.h"
#include "winrm.h"
#include "wsman.h"

#define SCHEME		WINRM_SCHEME
#define BLANKS		" \t"
#define BASE64_CHARS	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/="
#define STATUS_UNAUTHORIZED	401
#define STATUS_FORBIDDEN	403

/* DSP0226 (WS-Management) 11: Identify */
#define IDENTIFY	"<s:Header/><s:Body><i:Identify/></s:Body>"

static const char identify[] = "<s:Envelope xmlns:s=\"" NS_SOAP "\" xmlns:i=\"" NS_IDENTITY
			       "\">" IDENTIFY "</s:Envelope>";

/**
 * struct carrier - a logon over HTTP
 * @job: its parameters
 * @http: connection
 * @token, @length: of the last answer
 * @at: bytes of it that were used
 * @status: of the last answer
 * @reason: why the exchange cannot go on, 0 if the connection broke
 * @detail: more about it
 */
struct carrier {
	const struct winrm_job *job;
	struct http http;
	unsigned char *token;
	size_t length;
	size_t at;
	unsigned int status;
	uint32_t reason;
	char detail[128];
};

static bool is_success(unsigned int status)
{
	return status / 100 == 2;
}

/* The length of one element of a list: commas in quotes do not end it. */
static size_t element(const char *list)
{
	bool quoted = false;
	size_t n;

	for (n = 0; list[n] && (quoted || list[n] != ','); n++) {
		if (quoted && list[n] == '\\' && list[n + 1])
			n++;
		else if (list[n] == '"')
			quoted = !quoted;
	}
	return n;
}

/*
 * RFC 9110 11.6.1. The parameters of other schemes are elements of the same list. A
 * parameter with the scheme's name has "=" behind it.
 */
static bool is_ours(const char *value, size_t n)
{
	const size_t scheme = strlen(SCHEME);
	size_t blanks;

	if (n < scheme || strncasecmp(value, SCHEME, scheme))
		return false;
	blanks = strspn(value + scheme, BLANKS);
	return n == scheme || (blanks && value[scheme + blanks] != '=');
}

static void add_challenge(struct winrm_challenges *c, const char *value, size_t n)
{
	c->count++;
	value += strlen(SCHEME);
	n -= strlen(SCHEME);
	while (n && strchr(BLANKS, value[n - 1]))
		n--;
	if (!n)
		return;
	c->tokens++;
	c->token = value + strspn(value, BLANKS);
	c->length = (size_t)(value + n - c->token);
}

void winrm_challenges_add(struct winrm_challenges *c, const char *value)
{
	size_t n;

	while (*value) {
		value += strspn(value, "," BLANKS);
		n = element(value);
		if (is_ours(value, n))
			add_challenge(c, value, n);
		value += n;
	}
}

static int give_up(struct carrier *c, uint32_t reason, const char *detail)
{
	c->reason = reason;
	snprintf(c->detail, sizeof(c->detail), "%s", detail);
	errno = EPROTO;
	return -1;
}

static int bad_status(struct carrier *c, uint32_t reason, const struct http_message *r)
{
	char detail[sizeof(c->detail)];

	snprintf(detail, sizeof(detail), "%u %s", r->status, r->reason);
	return give_up(c, reason, detail);
}

/* Note the reason of a failure of http_send() or http_receive() by errno. Return -1. */
static int note_failure(struct carrier *c)
{
	if (errno == EBADMSG)
		give_up(c, CTL_REASON_HTTP_MALFORMED, "");
	else if (errno == EMSGSIZE)
		give_up(c, CTL_REASON_HTTP_MALFORMED, "the answer is too long");
	return -1;
}

/* Decode base64. Return 0; -1 with errno, EBADMSG for other text. */
static int decode(const char *token, size_t length, unsigned char **bytes, size_t *n)
{
	gnutls_datum_t text = { (unsigned char *)token, (unsigned int)length }, data;

	if (strspn(token, BASE64_CHARS) < length || gnutls_base64_decode2(&text, &data)) {
		errno = EBADMSG;
		return -1;
	}
	*n = data.size;
	*bytes = malloc(data.size);
	if (*bytes)
		memcpy(*bytes, data.data, data.size);
	gnutls_free(data.data);
	return *bytes ? 0 : -1;
}

bool winrm_is_token(const char *value)
{
	return is_ours(value, strlen(value)) && value[strlen(SCHEME)];
}

int winrm_token(const char *value, unsigned char **token, size_t *n)
{
	value += strlen(SCHEME);
	value += strspn(value, BLANKS);
	if (!*value || strlen(value) > WINRM_BASE64_MAX) {
		errno = EBADMSG;
		return -1;
	}
	return decode(value, strlen(value), token, n);
}

char *winrm_header(const void *token, size_t n)
{
	gnutls_datum_t data = { (unsigned char *)token, (unsigned int)n }, text;
	char *value;
	int ret;

	if (!n)
		return strdup(SCHEME);
	if (gnutls_base64_encode2(&data, &text)) {
		errno = ENOMEM;
		return NULL;
	}
	ret = asprintf(&value, SCHEME " %.*s", (int)text.size, text.data);
	gnutls_free(text.data);
	if (ret >= 0)
		return value;
	errno = ENOMEM;
	return NULL;
}

static int take_bytes(struct carrier *c, const char *token, size_t length)
{
	if (!decode(token, length, &c->token, &c->length))
		return 0;
	c->token = NULL;
	return errno == EBADMSG ?
	       give_up(c, CTL_REASON_HTTP_MALFORMED, "the token is not base64") : -1;
}

/*
 * Take the token of the answer. @offered: the answer names CredSSP. Some servers offer
 * the scheme a second time, without a token, beside the challenge with the token.
 */
static int take_challenge(struct carrier *c, const struct http_message *r, bool *offered)
{
	struct winrm_challenges found = { 0 };
	const char *value;
	unsigned int i;

	for (i = 0; (value = http_header(r, "WWW-Authenticate", i)); i++)
		winrm_challenges_add(&found, value);
	*offered = found.count;
	if (found.tokens > 1)
		return give_up(c, CTL_REASON_HTTP_MALFORMED, "several CredSSP tokens");
	return found.tokens ? take_bytes(c, found.token, found.length) : 0;
}

/* The answer must have the server's next token. */
static int judge_middle(struct carrier *c, const struct http_message *r, bool offered,
			bool first)
{
	if (is_success(r->status))
		return bad_status(c, CTL_REASON_HTTP_PREMATURE, r);
	if (r->status == STATUS_UNAUTHORIZED && c->token)
		return 0;
	if (r->status == STATUS_UNAUTHORIZED && first && !offered)
		return give_up(c, CTL_REASON_HTTP_NOT_OFFERED, "");
	if (r->status == STATUS_UNAUTHORIZED || r->status == STATUS_FORBIDDEN)
		return bad_status(c, CTL_REASON_HTTP_NO_TOKEN, r);
	return bad_status(c, CTL_REASON_HTTP_STATUS, r);
}

static int judge_last(struct carrier *c, const struct http_message *r)
{
	if (is_success(r->status))
		return 0;
	if (r->status == STATUS_UNAUTHORIZED || r->status == STATUS_FORBIDDEN)
		return bad_status(c, CTL_REASON_HTTP_NO_TOKEN, r);
	return bad_status(c, CTL_REASON_HTTP_STATUS, r);
}

static int take_answer(struct carrier *c, enum token_kind kind)
{
	bool first = !c->status, offered;
	struct http_message r;
	int ret = http_receive(&c->http, &r);

	free(c->token);
	c->token = NULL;
	c->length = 0;
	c->at = 0;
	if (ret) {
		note_failure(c);
	} else {
		c->status = r.status;
		ret = take_challenge(c, &r, &offered);
		if (!ret)
			ret = kind == TOKEN_LAST ? judge_last(c, &r) :
			      judge_middle(c, &r, offered, first);
	}
	http_message_free(&r);
	return ret;
}

static int carrier_send(void *arg, const void *token, size_t n, enum token_kind kind)
{
	struct http_request request = { NULL };
	struct carrier *c = arg;
	char *authorization;
	int ret;

	/* another connection would be another logon; an alert's reason is known already */
	if (c->http.closing)
		return kind == TOKEN_ALERT ? -1 :
		       give_up(c, CTL_REASON_HTTP_CLOSED, "in the middle of the exchange");
	authorization = winrm_header(token, n);
	if (!authorization)
		return -1;
	request.authorization = authorization;
	ret = http_send(&c->http, &request);
	free(authorization);
	/* the answer to an alert does not matter */
	return ret || kind == TOKEN_ALERT ? ret : take_answer(c, kind);
}

/* Over HTTP no bytes follow the server's token. */
static ssize_t carrier_recv(void *arg, void *data, size_t room)
{
	struct carrier *c = arg;
	size_t n = c->length - c->at;

	if (!n)
		return give_up(c, CTL_REASON_HTTP_MALFORMED, "the token is truncated");
	if (n > room)
		n = room;
	memcpy(data, c->token + c->at, n);
	c->at += n;
	return (ssize_t)n;
}

static const struct token_wire carrier_wire = {
	.send = carrier_send,
	.recv = carrier_recv,
};

/*
 * The bytes that came with status 200: tickets of TLS 1.3 count as records, so that they
 * must be opened. Data are an error.
 */
static int32_t drain(struct carrier *c, uint64_t context)
{
	uint32_t left = (uint32_t)(c->length - c->at);
	int32_t status = SEC_E_OK;

	while (left && status == SEC_E_OK) {
		struct credssp_buffer b[4] = {
			{ SECBUFFER_DATA, left, c->token + (c->length - left) },
		};
		struct credssp_buffer_desc desc = { SECBUFFER_VERSION, ARRAY_SIZE(b), b };

		status = credssp_decrypt_message(c->job->token.lib, context, &desc, 0, NULL);
		if (status == SEC_E_OK && b[1].length)
			status = SEC_E_INVALID_TOKEN;
		left = b[3].type == SECBUFFER_EXTRA ? b[3].length : 0;
	}
	return status;
}

/**
 * struct winrm_link - a connection that is logged on
 * @c: connection
 * @context: established
 */
struct winrm_link {
	struct carrier *c;
	uint64_t context;
};

static int open_reply(struct winrm_link *link, struct http_message *r,
		      struct winrm_reply *reply, struct outcome *o)
{
	const char *type = http_header(r, "Content-Type", 0);
	char boundary[BOUNDARY_MAX + 1];
	int32_t status;

	o->http_status = r->status;
	reply->status = r->status;
	if (!sealed_boundary(type, boundary)) {
		outcome_fail(o, is_success(r->status) ? CTL_REASON_HTTP_MESSAGE :
			     CTL_REASON_HTTP_STATUS, "%u %s", r->status, r->reason);
		return -1;
	}
	status = sealed_open(link->c->job->token.lib, link->context, boundary, r->body,
			     r->length, &reply->text, &reply->length);
	if (status == SEC_E_OK)
		return 0;
	outcome_status(o, status, CTL_REASON_HTTP_MESSAGE);
	return -1;
}

static int ask(struct http *h, const struct http_request *request, struct stop *stop,
	       struct http_message *r)
{
	if (http_send(h, request))
		return -1;
	if (h->at == h->fill && stop_await(stop, h->fd, h->deadline))
		return -1;
	h->deadline = stop_limit(stop, h->deadline);
	return http_receive(h, r);
}

/* The answer must come from this connection, which the context belongs to. */
static int post(struct winrm_link *link, const struct http_request *request, struct stop *stop,
		struct winrm_reply *reply, struct outcome *o)
{
	struct carrier *c = link->c;
	struct http_message r = { 0 };
	int ret = -1;

	if (c->http.closing)
		outcome_fail(o, CTL_REASON_HTTP_CLOSED, "%s", "after the last answer");
	else if (!ask(&c->http, request, stop, &r))
		ret = open_reply(link, &r, reply, o);
	else if (note_failure(c), c->reason)
		outcome_fail(o, c->reason, "%s", c->detail);
	else
		outcome_errno(o, CTL_REASON_HTTP_CLOSED);
	http_message_free(&r);
	return ret;
}

int winrm_exchange(struct winrm_link *link, const void *message, size_t length,
		   int64_t deadline, struct stop *stop, struct winrm_reply *reply,
		   struct outcome *o)
{
	struct http_request request = { NULL };
	unsigned char *body;
	int32_t status;
	int ret;

	*reply = (struct winrm_reply){ 0 };
	link->c->http.deadline = deadline;
	status = sealed_make(link->c->job->token.lib, link->context, message, length, &body,
			     &request.length, &request.content_type);
	if (status != SEC_E_OK) {
		outcome_status(o, status, CTL_REASON_HTTP_MESSAGE);
		return -1;
	}
	request.body = body;
	ret = post(link, &request, stop, reply, o);
	free(body);
	return ret;
}

/* A sealed fault is an answer of the server as well. */
static void ask_identity(void *arg, struct winrm_link *link, struct outcome *o)
{
	const struct winrm_job *job = link->c->job;
	struct winrm_reply reply;

	(void)arg;
	if (winrm_exchange(link, identify, sizeof(identify) - 1, job->deadline, NULL, &reply, o))
		return;
	free(reply.text);
	o->sealed_reply = true;
}

static void established(void *arg, uint64_t context, struct outcome *o)
{
	struct carrier *c = arg;
	struct winrm_link link = { c, context };
	int32_t status = drain(c, context);

	o->http_status = c->status;
	if (status != SEC_E_OK)
		outcome_status(o, status, CTL_REASON_HTTP_MESSAGE);
	else if (c->job->talk)
		c->job->talk(c->job->arg, &link, o);
	else
		ask_identity(NULL, &link, o);
}

/* The exchange ended for a reason of HTTP, which tells more than a broken connection. */
static void judge_end(const struct carrier *c, struct outcome *o)
{
	bool known = c->reason == CTL_REASON_HTTP_NO_TOKEN;

	o->http_status = c->status;
	/* after AUTHENTICATE an answer without a token denies the logon */
	if (known && o->report.leg >= CREDSSP_LEG_PUBKEY) {
		outcome_fail(o, CTL_REASON_HTTP_DENIED, "%s", c->detail);
		return;
	}
	outcome_fail(o, c->reason, "%s", c->detail);
	o->asked = false;
}

void winrm_authenticate(struct winrm_job *job, struct outcome *o)
{
	struct carrier *c = calloc(1, sizeof(*c));

	if (!c) {
		outcome_status(o, SEC_E_INSUFFICIENT_MEMORY, CREDSSP_REASON_NO_MEMORY);
		return;
	}
	c->job = job;
	c->http = (struct http){
		.fd = job->fd,
		.deadline = job->deadline,
		.host = job->host,
		.path = job->path,
	};
	job->token.wire = &carrier_wire;
	job->token.arg = c;
	job->token.established = established;
	token_authenticate(&job->token, o);
	if (!o->http_status)
		o->http_status = c->status;
	if (c->reason && o->status != SEC_E_OK && o->reason != CTL_REASON_HTTP_MESSAGE)
		judge_end(c, o);
	free(c->token);
	free(c);
}
