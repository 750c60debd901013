// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>

#include "base/net.h"
#include "token.h"

/* Early User Authorization Result PDU, MS-RDPBCGR 2.2.10.2 */
#define RESULT_SIZE	4

/**
 * struct exchange - one exchange
 * @job: its parameters
 * @context: handle, 0 before the first call has succeeded
 * @fill: bytes in @inbox
 * @inbox: received bytes that were not used yet; room for the longest token
 */
struct exchange {
	const struct token_job *job;
	uint64_t context;
	uint32_t fill;
	unsigned char inbox[CREDSSP_MAX_TOKEN];
};

static int tcp_send(void *arg, const void *token, size_t n, enum token_kind kind)
{
	const struct token_tcp *tcp = arg;

	(void)kind;
	return net_send(tcp->fd, token, n, tcp->deadline);
}

static ssize_t tcp_recv(void *arg, void *data, size_t room)
{
	const struct token_tcp *tcp = arg;

	return net_recv(tcp->fd, data, room, tcp->deadline);
}

const struct token_wire token_tcp_wire = {
	.send = tcp_send,
	.recv = tcp_recv,
};

/*
 * The connection broke. The meaning is that of the socket transport: after AUTHENTICATE
 * was sent, a close is how many servers deny a logon.
 */
static void judge_break(struct exchange *x, struct outcome *o)
{
	int err = errno;

	if (x->context)
		credssp_query_report(x->job->lib, x->context, &o->report);
	if (err == ETIMEDOUT)
		outcome_status(o, SEC_E_NO_AUTHENTICATING_AUTHORITY,
			       CREDSSP_REASON_TIMEOUT);
	else if (o->report.leg >= CREDSSP_LEG_PUBKEY)
		outcome_status(o, SEC_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH);
	else
		outcome_status(o, SEC_E_INVALID_TOKEN, CREDSSP_REASON_CONNECTION);
	o->report.reason = o->reason;
}

/* Receive at least @want more bytes. Return 0, or -1 with errno. */
static int fill_inbox(struct exchange *x, uint32_t want)
{
	uint32_t goal = x->fill + want;
	ssize_t n;

	if (want > sizeof(x->inbox) - x->fill) {
		errno = EMSGSIZE;
		return -1;
	}
	while (x->fill < goal) {
		n = x->job->wire->recv(x->job->arg, x->inbox + x->fill,
				       sizeof(x->inbox) - x->fill);
		if (n < 0)
			return -1;
		if (!n) {
			errno = ECONNRESET;
			return -1;
		}
		x->fill += (uint32_t)n;
	}
	return 0;
}

/* Keep the last @left bytes of the inbox. */
static void keep_tail(struct exchange *x, uint32_t left)
{
	if (left > x->fill)
		left = x->fill;
	memmove(x->inbox, x->inbox + (x->fill - left), left);
	x->fill = left;
}

/*
 * True if the exchange goes on. SEC_I_INCOMPLETE_CREDENTIALS: the server asks for a
 * client certificate and does not accept --cert; the next call, with the same handle,
 * goes on without a certificate.
 */
static bool goes_on(int32_t status)
{
	return status == SEC_I_CONTINUE_NEEDED || status == SEC_E_INCOMPLETE_MESSAGE ||
	       status == SEC_I_INCOMPLETE_CREDENTIALS;
}

/* Send a token. An alert may get lost: the result is the status of the exchange. */
static int send_token(struct exchange *x, int32_t status, struct credssp_buffer *token)
{
	enum token_kind kind = goes_on(status) ? TOKEN_MIDDLE :
			       status == SEC_E_OK ? TOKEN_LAST : TOKEN_ALERT;
	int ret = 0;

	if (token->length)
		ret = x->job->wire->send(x->job->arg, token->data, token->length, kind);
	credssp_free_context_buffer(token->data);
	return kind == TOKEN_ALERT ? 0 : ret;
}

/*
 * Call InitializeSecurityContext with the inbox, and send the token. @missing: out: bytes
 * that the next call needs. Return 0, or -1 with errno if the connection broke.
 */
static int step(struct exchange *x, struct outcome *o, uint32_t *missing)
{
	const struct token_job *job = x->job;
	struct credssp_buffer in[2] = {
		{ SECBUFFER_TOKEN, x->fill, x->inbox },
		{ SECBUFFER_EMPTY, 0, NULL },
	};
	struct credssp_buffer out = { SECBUFFER_TOKEN, 0, NULL };
	struct credssp_buffer_desc in_desc = { SECBUFFER_VERSION, 2, in };
	struct credssp_buffer_desc out_desc = { SECBUFFER_VERSION, 1, &out };
	uint64_t *context = x->context ? &x->context : NULL;

	o->asked = true;
	o->status =
		credssp_initialize_security_context(job->lib, &job->cred, context,
						    job->target,
						    job->context_req |
						    ISC_REQ_ALLOCATE_MEMORY,
						    0, SECURITY_NATIVE_DREP,
						    context ? &in_desc : NULL, 0,
						    &x->context, &out_desc,
						    &o->context_attr, &o->expiry);
	*missing = 0;
	if (in[1].type == SECBUFFER_MISSING)
		*missing = in[1].length ? in[1].length : 1;
	else
		keep_tail(x, in[1].type == SECBUFFER_EXTRA ? in[1].length : 0);
	if (o->status == SEC_I_CONTINUE_NEEDED && !x->fill)
		*missing = 1;
	return send_token(x, o->status, &out);
}

/* All legs up to the credentials. */
static void run(struct exchange *x, struct outcome *o)
{
	uint32_t missing;

	do {
		if (step(x, o, &missing) || (goes_on(o->status) && missing &&
					     fill_inbox(x, missing))) {
			judge_break(x, o);
			return;
		}
	} while (goes_on(o->status));
	if (x->context)
		credssp_query_report(x->job->lib, x->context, &o->report);
	o->reason = o->report.reason;
}

/*
 * Decrypt one record of the inbox; @missing as in step(). What follows the PDU
 * belongs to the protocol after CredSSP.
 */
static int32_t open_record(struct exchange *x, unsigned char *pdu, uint32_t *length,
			   uint32_t *missing)
{
	struct credssp_buffer b[4] = { { SECBUFFER_DATA, x->fill, x->inbox } };
	struct credssp_buffer_desc desc = { SECBUFFER_VERSION, 4, b };
	uint32_t room = RESULT_SIZE - *length, n;
	int32_t status;

	*missing = 0;
	status = credssp_decrypt_message(x->job->lib, x->context, &desc, 0, NULL);
	if (status == SEC_E_INCOMPLETE_MESSAGE)
		*missing = b[1].length ? b[1].length : 1;
	if (status != SEC_E_OK)
		return status;
	n = b[1].length < room ? b[1].length : room;
	memcpy(pdu + *length, b[1].data, n);
	*length += n;
	keep_tail(x, b[3].type == SECBUFFER_EXTRA ? b[3].length : 0);
	return SEC_E_OK;
}

/* No result PDU came. If an alert came in its place, the module's report has it. */
static void judge_no_result(struct exchange *x, struct outcome *o)
{
	struct credssp_report report;

	outcome_status(o, SEC_E_LOGON_DENIED, CREDSSP_REASON_CLOSED_AFTER_AUTH);
	if (credssp_query_report(x->job->lib, x->context, &report) != SEC_E_OK)
		return;
	o->report.tls_alert = report.tls_alert;
	o->report.facts |= report.facts & CREDSSP_FACT_ALERT;
}

/* Receive the result PDU, which is data of the established context. */
static void await_result(struct exchange *x, struct outcome *o)
{
	unsigned char pdu[RESULT_SIZE] = { 0 };
	uint32_t length = 0, missing = 0;

	o->report.leg = CREDSSP_LEG_EARLY_AUTH;
	while (length < RESULT_SIZE) {
		if (!x->fill || missing) {
			if (fill_inbox(x, missing ? missing : 1)) {
				judge_break(x, o);
				o->report.leg = CREDSSP_LEG_EARLY_AUTH;
				return;
			}
		}
		o->status = open_record(x, pdu, &length, &missing);
		if (o->status != SEC_E_OK && o->status != SEC_E_INCOMPLETE_MESSAGE)
			break;
	}
	if (length < RESULT_SIZE) {
		judge_no_result(x, o);
	} else if (pdu[0] | pdu[1] | pdu[2] | pdu[3]) {
		outcome_status(o, SEC_E_LOGON_DENIED, CREDSSP_REASON_EARLY_DENIED);
	} else {
		o->report.facts |= CREDSSP_FACT_EARLY_AUTH;
		o->report.leg = CREDSSP_LEG_ESTABLISHED;
	}
	o->report.reason = o->reason;
}

/* The module knows the principal of Kerberos' client once the context is established. */
static void ask_client(const struct exchange *x, struct outcome *o)
{
	uint32_t length;
	void *names;

	if (o->report.mech_package != CREDSSP_PACKAGE_KERBEROS ||
	    credssp_query_alloc(x->job->lib, x->context, SECPKG_ATTR_NAMES, &names,
				&length) != SEC_E_OK)
		return;
	outcome_client(o, names, length);
	credssp_free_context_buffer(names);
}

/* After a failure too; an older module has none. */
static void ask_trace(const struct exchange *x, struct outcome *o)
{
	uint32_t length;
	void *trace;

	if (credssp_query_alloc(x->job->lib, x->context, SECPKG_ATTR_CREDSSP_TRACE, &trace,
				&length) != SEC_E_OK)
		return;
	outcome_trace(o, trace, length);
	credssp_free_context_buffer(trace);
}

void token_authenticate(const struct token_job *job, struct outcome *o)
{
	struct exchange x = { .job = job };

	run(&x, o);
	if (!x.context)
		return;
	credssp_query_remote_cert(job->lib, x.context, &o->cert, &o->cert_length);
	ask_trace(&x, o);
	if (o->status == SEC_E_OK)
		ask_client(&x, o);
	if (o->status == SEC_E_OK && job->early_auth)
		await_result(&x, o);
	if (o->status == SEC_E_OK && job->established)
		job->established(job->arg, x.context, o);
	credssp_delete_security_context(job->lib, x.context);
}
