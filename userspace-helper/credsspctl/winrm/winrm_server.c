// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <credssp_accept.h>

#include "base/net.h"
#include "http.h"
#include "sealed.h"
#include "winrm.h"
#include "winrm_server.h"

/*
 * Requests until the logon is decided. An exchange has at most 16 legs; a client may ask
 * without a token first.
 */
#define LOGON_REQUESTS_MAX	24
/* A client sends no more than an envelope before it knows that it must authenticate */
#define LOGON_BODY_MAX		65536
/* How long a client may take to receive an answer */
#define ANSWER_MS		30000

/**
 * struct session - a connection
 * @server: its parameters
 * @http: connection
 * @o: result
 * @context: 0 before the first token
 * @decided: the logon has succeeded or failed
 */
struct session {
	const struct winrm_server *server;
	struct http http;
	struct outcome *o;
	uint64_t context;
	bool decided;
};

static void decide(struct session *s)
{
	s->decided = true;
	s->server->decided(s->server->arg, s->context, s->o);
}

/* The logon is over without an answer of the module. */
static void decide_failed(struct session *s, uint32_t reason, const char *detail)
{
	if (s->context)
		credssp_query_report(s->server->lib, s->context, &s->o->report);
	outcome_fail(s->o, reason, "%s", detail);
	decide(s);
}

static int answer(struct session *s, const struct http_answer *a, bool closing)
{
	s->http.closing = s->http.closing || closing;
	return http_answer(&s->http, a);
}

/* The next request did not come. Return -1. */
static int judge_receive(struct session *s, int ret)
{
	struct http_answer a = { .status = errno == EMSGSIZE ? 413 : 400 };
	bool malformed = ret < 0 && (errno == EBADMSG || errno == EMSGSIZE);
	bool late = ret < 0 && errno == ETIMEDOUT;

	if (malformed)
		answer(s, &a, true);
	if (s->decided)
		return -1;
	if (malformed)
		decide_failed(s, CTL_REASON_HTTP_MALFORMED, "");
	else if (late)
		decide_failed(s, CREDSSP_REASON_TIMEOUT, "");
	else
		decide_failed(s, CTL_REASON_HTTP_CLOSED, "");
	return -1;
}

/**
 * struct answer_token - what the module's calls for one request have made
 * @f: writes @data and @length; not open afterwards
 */
struct answer_token {
	FILE *f;
	char *data;
	size_t length;
};

/* One call. @left: out: bytes at the end of the token that were not used */
static int32_t call(struct session *s, unsigned char *token, uint32_t n, FILE *f, uint32_t *left)
{
	const struct winrm_server *server = s->server;
	struct credssp_buffer in[2] = { { SECBUFFER_TOKEN, n, token }, { SECBUFFER_EMPTY } };
	struct credssp_buffer_desc input = { SECBUFFER_VERSION, 2, in };
	struct credssp_buffer out = { SECBUFFER_TOKEN, 0, NULL };
	struct credssp_buffer_desc output = { SECBUFFER_VERSION, 1, &out };
	struct outcome *o = s->o;
	int32_t status;

	status = credssp_accept_security_context(server->lib, &server->cred,
						 s->context ? &s->context : NULL, &input,
						 server->context_req | ASC_REQ_ALLOCATE_MEMORY,
						 SECURITY_NATIVE_DREP, &s->context, &output,
						 &o->context_attr, &o->expiry, &server->accept);
	if (out.data)
		fwrite(out.data, 1, out.length, f);
	credssp_free_context_buffer(out.data);
	*left = in[1].type == SECBUFFER_EXTRA && in[1].length < n ? in[1].length : 0;
	return status;
}

/*
 * Give a request's token to the module, which takes some records at a time. A record that goes
 * on in the next request is an error, since tokens are whole flights.
 */
static int32_t feed(struct session *s, unsigned char *token, size_t n, struct answer_token *made)
{
	uint32_t left = (uint32_t)n, length;
	int32_t status;

	made->f = open_memstream(&made->data, &made->length);
	if (!made->f)
		return SEC_E_INSUFFICIENT_MEMORY;
	do {
		length = left;
		status = call(s, token, length, made->f, &left);
		token += length - left;
	} while (status == SEC_I_CONTINUE_NEEDED && left);
	if ((ferror(made->f) | fclose(made->f)) && status >= 0)
		return SEC_E_INSUFFICIENT_MEMORY;
	if (status == SEC_E_INCOMPLETE_MESSAGE || (status == SEC_E_OK && left))
		return SEC_E_INVALID_TOKEN;
	return status;
}

static void judge(struct session *s, int32_t status)
{
	struct outcome *o = s->o;

	if (s->context)
		credssp_query_report(s->server->lib, s->context, &o->report);
	outcome_status(o, status, s->context ? o->report.reason : credssp_last_reason());
	decide(s);
}

/* Answer the request with the module's token. */
static int answer_token(struct session *s, int32_t status, const struct answer_token *made)
{
	struct http_answer a = { .status = status == SEC_E_OK ? 200 : 401 };
	char *challenge;
	int ret;

	challenge = winrm_header(made->data, made->length);
	if (!challenge)
		return -1;
	a.challenge = challenge;
	ret = answer(s, &a, status < 0);
	free(challenge);
	return ret;
}

static int take_token(struct session *s, const char *value)
{
	struct answer_token made = { NULL };
	unsigned char *token;
	int32_t status;
	size_t n;
	int ret;

	if (winrm_token(value, &token, &n)) {
		errno = EBADMSG;
		return judge_receive(s, -1);
	}
	status = feed(s, token, n, &made);
	free(token);
	/* The peer's answer is on its way before the report, which may take its time. */
	ret = answer_token(s, status, &made);
	free(made.data);
	if (status != SEC_I_CONTINUE_NEEDED)
		judge(s, status);
	return status < 0 ? -1 : ret;
}

/* A request before the logon is decided */
static int take_logon(struct session *s, const struct http_message *r)
{
	const char *value = http_header(r, "Authorization", 0);
	struct http_answer a = { .status = 401, .challenge = WINRM_SCHEME };

	if (http_header(r, "Authorization", 1)) {
		errno = EBADMSG;
		return judge_receive(s, -1);
	}
	return value && winrm_is_token(value) ? take_token(s, value) : answer(s, &a, false);
}

/* The answer to a message, which may be the message itself. Frees the message. */
static int make_answer(struct session *s, unsigned char *message, size_t n,
		       unsigned int *status, unsigned char **reply, size_t *length)
{
	const struct winrm_server *server = s->server;
	int ret;

	*status = 200;
	*reply = message;
	*length = n;
	if (!server->answer)
		return 0;
	ret = server->answer(server->arg, message, n, status, reply, length);
	explicit_bzero(message, n);
	free(message);
	return ret;
}

/* Seal the answer to an opened message, and send it. */
static int answer_message(struct session *s, unsigned char *message, size_t n)
{
	struct http_answer a = { .status = 200 };
	unsigned char *reply, *body;
	int32_t status;
	size_t length;
	int ret;

	if (make_answer(s, message, n, &a.status, &reply, &length))
		return -1;
	status = sealed_make(s->server->lib, s->context, reply, length, &body, &a.length,
			     &a.content_type);
	free(reply);
	if (status != SEC_E_OK)
		return -1;
	a.body = body;
	s->http.deadline = net_now() + ANSWER_MS;
	ret = answer(s, &a, false);
	free(body);
	return ret;
}

/* A request of a client that has logged on: a sealed message */
static int take_message(struct session *s, struct http_message *r)
{
	char boundary[BOUNDARY_MAX + 1];
	struct http_answer a = { .status = 415 };
	unsigned char *message;
	int32_t status;
	size_t length;

	if (!sealed_boundary(http_header(r, "Content-Type", 0), boundary))
		return answer(s, &a, true);
	a.status = 400;
	status = sealed_open(s->server->lib, s->context, boundary, r->body, r->length, &message,
			     &length);
	return status == SEC_E_OK ? answer_message(s, message, length) : answer(s, &a, true);
}

/* Return 0 to go on. */
static int take_request(struct session *s)
{
	struct http_message r;
	int ret;

	s->http.deadline = s->decided ? net_now() + s->server->idle_ms : s->server->deadline;
	s->http.body_max = s->decided ? 0 : LOGON_BODY_MAX;
	ret = http_receive_request(&s->http, &r);
	if (ret < 1)
		ret = judge_receive(s, ret);
	else
		ret = s->decided ? take_message(s, &r) : take_logon(s, &r);
	http_message_free(&r);
	return ret;
}

void winrm_serve(const struct winrm_server *server, struct outcome *o)
{
	struct session *s = calloc(1, sizeof(*s));
	unsigned int i;

	if (!s) {
		outcome_status(o, SEC_E_INSUFFICIENT_MEMORY, CREDSSP_REASON_NO_MEMORY);
		server->decided(server->arg, 0, o);
		return;
	}
	s->server = server;
	s->o = o;
	s->http.fd = server->fd;
	for (i = 0; s->decided || i < LOGON_REQUESTS_MAX; i++)
		if (take_request(s) || s->http.closing)
			break;
	if (!s->decided)
		decide_failed(s, CTL_REASON_HTTP_NO_TOKEN, "");
	if (s->context)
		credssp_delete_security_context(server->lib, s->context);
	free(s);
}
