// SPDX-License-Identifier: GPL-2.0-only
/* A worker of the ticket office: it makes one AP-REQ for one requester. */
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include "base/bytes.h"
#include "base/clock.h"
#include "base/log.h"
#include "base/syscalls.h"
#include "krb5_ap.h"
#include "krb5_armor.h"
#include "krb5_cache.h"
#include "krb5_failure.h"
#include "krb5_hook.h"
#include "krb5_library.h"
#include "krb5_request.h"
#include "krb5_tickets.h"
#include "krb5_work.h"

/* Milliseconds that are kept for the answer, of a time limit that is long enough */
#define ANSWER_MS	1000

/* Error-codes (RFC 4120 7.5.9) */
#define ERROR_PREAUTH_FAILED	24
#define ERROR_PREAUTH_REQUIRED	25

/**
 * struct krb5_worker - the state of a worker
 * @fd: to the office
 * @context: of libkrb5
 * @auth: of the AP exchange; NULL before it
 * @hook: messages to KDCs
 * @armor: FAST
 * @trace: lines about the exchange, for the next reply
 * @rq: the request
 * @reply: begins @out
 * @out: a reply
 * @in: a packet of the office; a longer one is noticed by its last byte
 */
struct krb5_worker {
	int fd;
	krb5_context context;
	krb5_auth_context auth;
	struct krb5_hook hook;
	struct krb5_armor armor;
	struct krb5_trace trace;
	struct krb5_request rq;
	struct credssp_hlp_krb5_reply reply;
	struct bytes out;
	uint8_t in[CREDSSP_HLP_MAX_MESSAGE + 1];
};

/* Bytes of the next packet; 0 if the office has ended, or if it is too long. */
static size_t work_read(struct krb5_worker *w)
{
	ssize_t got;

	do {
		got = recv(w->fd, w->in, sizeof(w->in), 0);
	} while (got < 0 && errno == EINTR);
	return got < 0 || got == (ssize_t)sizeof(w->in) ? 0 : got;
}

/* Send the reply and @w->out after it. Each is sent once. */
static int work_tell(struct krb5_worker *w)
{
	struct iovec parts[] = {
		{ &w->reply, sizeof(w->reply) }, { w->out.data, w->out.len },
		{ w->trace.text, w->trace.length },
	};
	const struct msghdr msg = { .msg_iov = parts, .msg_iovlen = 3 };
	const ssize_t whole = sizeof(w->reply) + w->out.len + w->trace.length;
	ssize_t sent;

	w->reply.trace_length = w->trace.length;
	do {
		sent = sendmsg(w->fd, &msg, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	w->trace.length = 0;
	return sent == whole ? 0 : -EPIPE;
}

static void work_fail(struct krb5_worker *w, uint32_t failure, krb5_error_code code)
{
	/* libkrb5 uses these numbers for its own findings too. */
	const uint32_t number = krb5_failure_number(code);
	const struct credssp_hlp_krb5_reply r = {
		.state = CREDSSP_HLP_KRB5_FAILED, .failure = failure,
		.error = w->hook.kdc_errors[number] ? number : 0,
		.kdc_messages = w->hook.messages,
	};

	log_debug("Kerberos for uid %u: %s", (unsigned int)geteuid(), error_message(code));
	krb5_trace_add(&w->trace, "it failed: %s", error_message(code));
	explicit_bzero(&w->reply, sizeof(w->reply));
	w->reply = r;
	if (failure == CREDSSP_HLP_KRB5_FAIL_SKEW && w->hook.kdc_time)
		w->reply.skew = w->hook.kdc_time - w->hook.own_time;
	bytes_free(&w->out);
}

/*
 * Has the KDC demanded only what a password does not serve for, such as a certificate? It has
 * not seen a proof by the password then.
 */
static bool work_lacks_proof(const struct krb5_hook *hook, krb5_error_code code)
{
	return code == KRB5_PREAUTH_FAILED && !hook->as_replies &&
	       hook->kdc_errors[ERROR_PREAUTH_REQUIRED] &&
	       !hook->kdc_errors[ERROR_PREAUTH_FAILED];
}

static uint32_t work_password_failure(struct krb5_worker *w, krb5_error_code *code)
{
	if (work_lacks_proof(&w->hook, *code))
		*code = KRB5KDC_ERR_PREAUTH_REQUIRED;
	return krb5_armor_failure(&w->armor, code);
}

/* Without an AS exchange the key of a password, keytab or certificate cannot be the cause. */
static void work_fail_tickets(struct krb5_worker *w, const struct krb5_tickets *t,
			      krb5_error_code code)
{
	uint32_t failure;

	if (w->rq.head.source == CREDSSP_HLP_KRB5_CERT && t->is_initial)
		failure = krb5_pkinit_failure(&t->pkinit, &w->hook, &code);
	else if (w->rq.head.source == CREDSSP_HLP_KRB5_PASSWORD && t->is_initial)
		failure = work_password_failure(w, &code);
	else
		failure = krb5_failure_of(code);
	if (failure == CREDSSP_HLP_KRB5_FAIL_PASSWORD && !t->is_initial)
		failure = CREDSSP_HLP_KRB5_FAIL_ANSWER;
	work_fail(w, failure, code);
}

static krb5_error_code work_put_client(struct krb5_worker *w, const struct krb5_tickets *t)
{
	char *name;
	krb5_error_code ret = krb5_unparse_name(w->context, t->client, &name);

	if (ret)
		return ret;
	w->reply.client_length = strlen(name);
	if (bytes_append(&w->out, name, w->reply.client_length, CREDSSP_HLP_MAX_MESSAGE))
		ret = ENOMEM;
	krb5_free_unparsed_name(w->context, name);
	return ret;
}

static krb5_error_code work_put_saved(struct krb5_worker *w, struct krb5_tickets *t,
				      krb5_creds *creds)
{
	struct bytes saved = { 0 };
	int ret;

	krb5_tickets_save(t, creds, &saved);
	w->reply.saved_length = saved.len;
	ret = bytes_append(&w->out, saved.data, saved.len, CREDSSP_HLP_MAX_MESSAGE);
	bytes_free(&saved);
	return ret ? ENOMEM : 0;
}

static krb5_error_code work_put_request(struct krb5_worker *w, krb5_creds *creds)
{
	krb5_data message;
	krb5_error_code ret = krb5_ap_make(w->context, &w->rq.head, creds, &w->auth, &message);

	if (ret)
		return ret;
	w->reply.message_length = message.length;
	if (bytes_append(&w->out, message.data, message.length, CREDSSP_HLP_MAX_KRB5_MESSAGE))
		ret = KRB5KRB_ERR_FIELD_TOOLONG;
	krb5_free_data_contents(w->context, &message);
	return ret;
}

static krb5_error_code work_put_all(struct krb5_worker *w, struct krb5_tickets *t,
				    krb5_creds *creds)
{
	krb5_error_code ret = work_put_request(w, creds);

	if (!ret)
		ret = work_put_client(w, t);
	if (!ret)
		ret = work_put_saved(w, t, creds);
	if (ret)
		return ret;
	w->reply.state = CREDSSP_HLP_KRB5_CONTINUE;
	if (w->rq.head.flags & CREDSSP_HLP_KRB5_ONE_WAY) {
		ret = krb5_ap_own(w->context, w->auth, &w->reply);
		if (ret)
			return ret;
		w->reply.state = CREDSSP_HLP_KRB5_DONE;
	}
	w->reply.kdc_messages = w->hook.messages;
	/* Unsigned in libkrb5 since 1.16: it ends in 2106. */
	w->reply.not_after = (uint32_t)creds->times.endtime;
	return 0;
}

/*
 * What the network sends is parsed from here on, and by then no sockets are needed. A token
 * with the key of a certificate may have a server (pcscd).
 */
static krb5_error_code work_close_sockets(const struct krb5_worker *w)
{
	if (w->rq.head.source == CREDSSP_HLP_KRB5_CERT)
		return 0;
	return syscalls_forbid_sockets() ? EPERM : 0;
}

/* Make the reply to KRB5_INIT. */
static void work_begin(struct krb5_worker *w)
{
	struct krb5_tickets t = {
		.context = w->context, .rq = &w->rq, .hook = &w->hook, .armor = &w->armor,
	};
	krb5_creds *creds;
	krb5_error_code ret = krb5_tickets_open(&t);

	if (!ret)
		ret = work_close_sockets(w);
	if (!ret)
		ret = krb5_tickets_get(&t, &creds);
	/* It is not needed any more. */
	explicit_bzero(w->rq.password, sizeof(w->rq.password));
	if (!ret) {
		krb5_tickets_describe(&t, creds, &w->trace);
		ret = work_put_all(w, &t, creds);
		krb5_free_creds(w->context, creds);
	}
	if (ret)
		work_fail_tickets(w, &t, ret);
	krb5_tickets_free(&t);
	krb5_armor_free(&w->armor, w->context);
	/* The password is in the request too, and the peer may take long for its answer. */
	explicit_bzero(w->in, sizeof(w->in));
}

/* Make the reply to KRB5_STEP with the AP-REP of @length bytes. */
static void work_finish(struct krb5_worker *w, size_t length)
{
	const krb5_data message = { .data = (char *)w->in, .length = length };
	krb5_error_code ret;

	memset(&w->reply, 0, sizeof(w->reply));
	ret = krb5_ap_read(w->context, w->auth, &message, &w->reply);
	if (ret == KRB5_BAD_ENCTYPE)
		work_fail(w, CREDSSP_HLP_KRB5_FAIL_ENCTYPE, ret);
	else if (ret)
		work_fail(w, CREDSSP_HLP_KRB5_FAIL_PROOF, ret);
	else
		w->reply.state = CREDSSP_HLP_KRB5_DONE;
	/* The error is not a KDC's, and no message was sent. */
	w->reply.error = 0;
	w->reply.kdc_messages = 0;
}

static int work_serve(struct krb5_worker *w)
{
	size_t got;

	krb5_hook_set(&w->hook, w->context);
	work_begin(w);
	if (w->hook.broken && w->reply.state == CREDSSP_HLP_KRB5_FAILED)
		log_debug("Kerberos: the office or the relay has ended");
	if (work_tell(w))
		return EXIT_FAILURE;
	/* It has the tickets of a password. */
	bytes_free(&w->out);
	if (w->reply.state != CREDSSP_HLP_KRB5_CONTINUE)
		return EXIT_SUCCESS;
	got = work_read(w);
	if (!got)
		return EXIT_SUCCESS;
	work_finish(w, got);
	return work_tell(w) ? EXIT_FAILURE : EXIT_SUCCESS;
}

/* By then the worker must have an answer: the office ends it at the time limit. */
static int64_t work_deadline(uint32_t time_limit)
{
	const uint32_t quarter = time_limit / 4;

	return clock_ms() + time_limit - (quarter < ANSWER_MS ? quarter : ANSWER_MS);
}

static int work_take_request(struct krb5_worker *w)
{
	const size_t got = work_read(w);
	int ret = krb5_request_parse(&w->rq, w->in, got);

	w->hook.deadline = work_deadline(w->rq.head.time_limit);
	w->hook.flags = w->rq.head.flags & CREDSSP_HLP_KRB5_OPTIONAL ? KRB5_KDC_OPTIONAL : 0;
	if (ret)
		log_debug("Kerberos: a malformed request of %zu bytes", got);
	return ret;
}

/* The descriptor that the second packet brings, or -1 */
static int work_take_armor(int fd)
{
	union {
		struct cmsghdr head;
		char space[CMSG_SPACE(sizeof(int))];
	} control;
	char byte;
	struct iovec iov = { &byte, sizeof(byte) };
	struct msghdr msg = {
		.msg_iov = &iov, .msg_iovlen = 1,
		.msg_control = &control, .msg_controllen = sizeof(control),
	};
	const struct cmsghdr *c;
	ssize_t got;
	int armor;

	do {
		got = recvmsg(fd, &msg, MSG_CMSG_CLOEXEC);
	} while (got < 0 && errno == EINTR);
	c = got > 0 ? CMSG_FIRSTHDR(&msg) : NULL;
	if (!c || c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS ||
	    c->cmsg_len != CMSG_LEN(sizeof(armor)))
		return -1;
	memcpy(&armor, CMSG_DATA(c), sizeof(armor));
	return armor;
}

static int work_run(struct krb5_worker *w, const char *conf, bool armored)
{
	krb5_error_code ret;
	int status;
	bool pkinit;

	if (work_take_request(w))
		return EXIT_FAILURE;
	if (armored)
		w->armor.fd = work_take_armor(w->fd);
	pkinit = w->rq.head.source == CREDSSP_HLP_KRB5_CERT;
	ret = krb5_library_open_offline(conf, pkinit ? "" : KRB5_LIBRARY_NO_PKINIT, &w->context);
	if (ret) {
		log_warning("the configuration of Kerberos: %s", error_message(ret));
		work_fail(w, CREDSSP_HLP_KRB5_FAIL_OTHER, ret);
		return work_tell(w) ? EXIT_FAILURE : EXIT_SUCCESS;
	}
	status = work_serve(w);
	if (w->auth)
		krb5_auth_con_free(w->context, w->auth);
	krb5_free_context(w->context);
	return status;
}

static int work_in(int fd, int relay, const char *conf, bool armored, bool required)
{
	struct krb5_worker *w = calloc(1, sizeof(*w));
	int status;

	if (!w || clearenv())
		return EXIT_FAILURE;
	w->fd = fd;
	w->hook.office = fd;
	w->hook.relay = relay;
	w->hook.trace = &w->trace;
	w->armor = (struct krb5_armor){ .fd = -1, .required = required };
	status = work_run(w, conf, armored);
	bytes_free(&w->out);
	explicit_bzero(w, sizeof(*w));
	free(w);
	return status;
}

int krb5_work(int fd, int relay, const char *conf)
{
	return work_in(fd, relay, conf, false, false);
}

int krb5_work_armored(int fd, int relay, const char *conf, bool required)
{
	return work_in(fd, relay, conf, true, required);
}
