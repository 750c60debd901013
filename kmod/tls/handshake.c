// SPDX-License-Identifier: GPL-2.0-only
/* TLS handshakes: the helper does them; this file relays the bytes. */
#include "handshake.h"

#include "../base/status.h"
#include "../wire/tls_record.h"
#include "channel_state.h"
#include "ktls.h"
#include "resume.h"

/* Bytes of records that are looked at in advance: a flight with a chain of certificates. */
#define PEEK_MAX	8192

/**
 * struct handshake_step - a parsed reply of the helper
 * @body: the reply; the views below point into it
 * @head: the fixed part
 * @wire: records to be sent
 * @chain: the server's certificates
 * @session: the session that can be resumed
 * @issuers: issuers of the client certificates that the peer accepts
 */
struct handshake_step {
	struct cssp_vbuf body;
	struct credssp_hlp_tls_reply head;
	struct cssp_rd wire;
	struct cssp_rd chain;
	struct cssp_rd session;
	struct cssp_rd issuers;
};

static void handshake_step_free(struct handshake_step *s)
{
	cssp_vbuf_free(&s->body);
	memzero_explicit(s, sizeof(*s));
}

/* Only whole TLS records may be sent or stay in a queue. */
static int handshake_check_records(const struct cssp_rd *wire)
{
	struct cssp_rd rd = *wire, whole;
	unsigned int count;
	size_t missing;

	if (cssp_tls_records_split(&rd, &whole, &count, &missing) || rd.left)
		return -EREMOTEIO;
	return 0;
}

/* The caller relies on the format: DER names, each after its length. */
static int handshake_check_issuers(const struct cssp_rd *issuers)
{
	struct cssp_rd rd = *issuers, name;
	u32 len;

	if (rd.left > CREDSSP_MAX_ISSUERS)
		return -EREMOTEIO;
	while (rd.left)
		if (cssp_rd_be32(&rd, &len) || !len || cssp_rd_sub(&rd, len, &name))
			return -EREMOTEIO;
	return 0;
}

/* errno and reason of the failures that the helper reports. */
static const struct {
	int err;
	u32 reason;
} handshake_failures[] = {
	[CREDSSP_HLP_FAIL_OTHER]	= { -EBADMSG, CREDSSP_REASON_TLS_HANDSHAKE },
	[CREDSSP_HLP_FAIL_VERSION]	= { -ENOPKG, CREDSSP_REASON_TLS_VERSION },
	[CREDSSP_HLP_FAIL_ALGORITHM]	= { -ENOPKG, CREDSSP_REASON_TLS_ALGORITHM },
	[CREDSSP_HLP_FAIL_MESSAGE]	= { -EBADMSG, CREDSSP_REASON_TLS_MESSAGE },
	[CREDSSP_HLP_FAIL_DECODE]	= { -EBADMSG, CREDSSP_REASON_TLS_DECODE },
	[CREDSSP_HLP_FAIL_PROOF]	= { -EKEYREJECTED, CREDSSP_REASON_TLS_PROOF },
	[CREDSSP_HLP_FAIL_CERTIFICATE]	= { -EBADMSG, CREDSSP_REASON_CERTIFICATE },
	[CREDSSP_HLP_FAIL_KEY_SIZE]	= { -ENOPKG, CREDSSP_REASON_KEY_SIZE },
	[CREDSSP_HLP_FAIL_SIZE]		= { -EMSGSIZE, CREDSSP_REASON_TLS_SIZE },
	[CREDSSP_HLP_FAIL_CLIENT_CERT]	= { CSSP_E_NO_CREDS, CREDSSP_REASON_CLIENT_CERT },
	[CREDSSP_HLP_FAIL_CLOSED]	= { -EPIPE, CREDSSP_REASON_CONNECTION },
	[CREDSSP_HLP_FAIL_SERVER_CERT]	= { CSSP_E_NO_CREDS, CREDSSP_REASON_SERVER_CERT },
};

/* Check the fields against the state of the reply. @given: wire bytes of the request. */
static int handshake_check_head(const struct credssp_hlp_tls_reply *head, size_t given)
{
	bool done = head->state == CREDSSP_HLP_TLS_DONE;
	bool wanted = head->state == CREDSSP_HLP_TLS_CERT_WANTED;

	if (head->state < CREDSSP_HLP_TLS_CONTINUE || head->state > CREDSSP_HLP_TLS_CERT_WANTED)
		return -EREMOTEIO;
	if (!done && (head->chain_length || head->session_length || head->flags ||
		      head->session_lifetime || head->not_after || head->record_limit))
		return -EREMOTEIO;
	if (!wanted && head->issuers_length)
		return -EREMOTEIO;
	if (head->failure >= ARRAY_SIZE(handshake_failures) ||
	    (head->failure && (head->alert || head->state != CREDSSP_HLP_TLS_FAILED)))
		return -EREMOTEIO;
	if (head->consumed > given ||
	    (head->state == CREDSSP_HLP_TLS_CONTINUE && head->consumed != given))
		return -EREMOTEIO;
	if (head->alert > U8_MAX || (head->alert && head->state != CREDSSP_HLP_TLS_FAILED))
		return -EREMOTEIO;
	return 0;
}

static int handshake_parse_reply(struct handshake_step *s, size_t given)
{
	struct cssp_rd rd = cssp_vbuf_rd(&s->body);

	if (cssp_rd_copy(&rd, &s->head, sizeof(s->head)) ||
	    handshake_check_head(&s->head, given) ||
	    cssp_rd_sub(&rd, s->head.wire_length, &s->wire) ||
	    cssp_rd_sub(&rd, s->head.issuers_length, &s->issuers) ||
	    cssp_rd_sub(&rd, s->head.chain_length, &s->chain) ||
	    cssp_rd_sub(&rd, s->head.session_length, &s->session) ||
	    cssp_rd_end(&rd))
		return -EREMOTEIO;
	return handshake_check_records(&s->wire) ?: handshake_check_issuers(&s->issuers);
}

/*
 * The server's handshake: the client speaks first, so the reply to ACCEPT has nothing to send,
 * and there is no certificate to evaluate.
 */
static int handshake_check_accept(u16 opcode, const struct credssp_hlp_tls_reply *head)
{
	if (head->trust)
		return -EREMOTEIO;
	if (opcode == CREDSSP_HLP_TLS_ACCEPT &&
	    (head->state == CREDSSP_HLP_TLS_DONE || head->wire_length || head->alert))
		return -EREMOTEIO;
	return 0;
}

/* @given: wire bytes of the request. */
static int handshake_check_reply(struct cssp_channel *ch, u16 opcode, size_t given,
				 struct handshake_step *s)
{
	int ret;

	ret = handshake_parse_reply(s, given);
	if (ret)
		return ret;
	ret = cssp_resume_check(ch, &s->head);
	if (!ret && ch->accept)
		ret = handshake_check_accept(opcode, &s->head);
	if (ret)
		return ret;
	/*
	 * CERT_WANTED is invalid if NO_CERT_WANTED was set, as the reply to START, as the
	 * server has not been heard yet, and for a server.
	 */
	if (s->head.state == CREDSSP_HLP_TLS_CERT_WANTED &&
	    (!ch->may_ask || opcode == CREDSSP_HLP_TLS_START))
		return -EREMOTEIO;
	return 0;
}

/* @given: wire bytes in @request. */
static int handshake_call(struct cssp_channel *ch, u16 opcode,
			  const struct cssp_rd *request, size_t given,
			  struct handshake_step *s)
{
	int ret;

	handshake_step_free(s);
	ret = ch->helper->call(ch->conv, opcode, request, &s->body, ch->wait);
	if (ret == -EHOSTUNREACH)
		return cssp_channel_fail(ch, ret, CREDSSP_REASON_HELPER_DIED);
	if (ret)
		return ret;
	return handshake_check_reply(ch, opcode, given, s);
}

/* A request without wire bytes, which takes the channel to HANDSHAKE. */
static int handshake_request(struct cssp_channel *ch, u16 opcode,
			     const struct cssp_vbuf *request, struct handshake_step *s)
{
	struct cssp_rd rd = cssp_vbuf_rd(request);
	int ret;

	ret = cssp_channel_set_state(ch, CSSP_CHANNEL_HANDSHAKE);
	if (ret)
		return ret;
	return handshake_call(ch, opcode, &rd, 0, s);
}

static int handshake_build_start(const struct cssp_channel *ch, struct cssp_vbuf *request)
{
	struct credssp_hlp_tls_start head = {
		.host_length = strlen(ch->host),
		.cert_length = strlen(ch->cert),
		.flags = (ch->may_ask ? 0 : CREDSSP_HLP_TLS_NO_CERT_WANTED) |
			 (ch->remote_desktop ? CREDSSP_HLP_TLS_REMOTE_DESKTOP : 0),
	};
	struct cssp_rd blob;
	int ret;

	cssp_resume_start(ch, &head, &blob);
	ret = cssp_vbuf_append(request, &head, sizeof(head));
	if (ret)
		return ret;
	ret = cssp_vbuf_append(request, ch->host, head.host_length);
	if (ret)
		return ret;
	ret = cssp_vbuf_append(request, blob.p, blob.left);
	if (ret)
		return ret;
	return cssp_vbuf_append(request, ch->cert, head.cert_length);
}

static int handshake_build_accept(const struct cssp_channel *ch, struct cssp_vbuf *request)
{
	struct credssp_hlp_tls_accept head = { .cert_length = strlen(ch->cert) };
	int ret;

	ret = cssp_vbuf_append(request, &head, sizeof(head));
	if (ret)
		return ret;
	return cssp_vbuf_append(request, ch->cert, head.cert_length);
}

/* Find the helper. It hears of this with the first request. */
static int handshake_open(struct cssp_channel *ch)
{
	return ch->conv ? 0 : ch->helper->open(&ch->conv, ch->who);
}

static int handshake_start(struct cssp_channel *ch, struct handshake_step *s)
{
	u16 opcode = ch->accept ? CREDSSP_HLP_TLS_ACCEPT : CREDSSP_HLP_TLS_START;
	struct cssp_vbuf request = {};
	int ret;

	ret = handshake_open(ch);
	if (ret)
		return ret;
	ret = ch->accept ? handshake_build_accept(ch, &request) :
			   handshake_build_start(ch, &request);
	if (ret)
		goto out_free;
	ret = handshake_request(ch, opcode, &request, s);
out_free:
	cssp_vbuf_free(&request);
	return ret;
}

/* The answer to CERT_WANTED: another certificate, or none. */
static int handshake_answer_cert(struct cssp_channel *ch, struct handshake_step *s)
{
	struct credssp_hlp_tls_cert head = { .cert_length = strlen(ch->cert) };
	struct cssp_vbuf request = {};
	int ret;

	ret = cssp_vbuf_append(&request, &head, sizeof(head));
	if (ret)
		goto out_free;
	ret = cssp_vbuf_append(&request, ch->cert, head.cert_length);
	if (ret)
		goto out_free;
	ret = handshake_request(ch, CREDSSP_HLP_TLS_CERT, &request, s);
out_free:
	cssp_vbuf_free(&request);
	return ret;
}

/* The step that does not answer the peer: the first one, or the one after CERT_WANTED. */
static int handshake_begin(struct cssp_channel *ch, struct handshake_step *s)
{
	if (ch->state == CSSP_CHANNEL_CERT_WANTED)
		return handshake_answer_cert(ch, s);
	return handshake_start(ch, s);
}

/* Stop until the caller has decided. The conversation stays open. */
static int handshake_want_cert(struct cssp_channel *ch, const struct handshake_step *s)
{
	int ret;

	ret = cssp_vbuf_set(&ch->issuers, &s->issuers);
	if (ret)
		return ret;
	ret = cssp_channel_set_state(ch, CSSP_CHANNEL_CERT_WANTED);
	return ret ?: CSSP_E_CERT_WANTED;
}

/* The helper gave up, because of an alert of the peer or for a reason of its own. */
static int handshake_refused(struct cssp_channel *ch,
			     const struct credssp_hlp_tls_reply *head)
{
	if (!head->alert)
		return cssp_channel_fail(ch, handshake_failures[head->failure].err,
					 handshake_failures[head->failure].reason);
	ch->control.alert = head->alert;
	switch (head->alert) {
	/* The peer and the helper have no strong parameters in common. */
	case CSSP_ALERT_HANDSHAKE_FAILURE:
	case CSSP_ALERT_PROTOCOL_VERSION:
	case CSSP_ALERT_INSUFFICIENT_SECURITY:
		return cssp_channel_fail(ch, -ENOPKG, CREDSSP_REASON_TLS_ALERT);
	default:
		return cssp_channel_fail(ch, -EPIPE, CREDSSP_REASON_TLS_ALERT);
	}
}

static int handshake_learn(struct cssp_channel *ch, const struct handshake_step *s)
{
	int ret;

	ret = cssp_tls_session_set(&ch->session, &s->head, &s->chain);
	if (ret == -EBADMSG || ret == -ENOPKG)
		return cssp_channel_fail(ch, ret, CREDSSP_REASON_CERTIFICATE);
	if (ret)
		return ret;
	return cssp_resume_done(ch, &s->head, &s->session);
}

/* The conversation stays open if the helper has to be asked about tickets. */
static int handshake_finish(struct cssp_channel *ch)
{
	if (!ch->control.keep) {
		ch->helper->close(ch->conv, true);
		ch->conv = NULL;
	}
	return cssp_channel_set_state(ch, CSSP_CHANNEL_UP);
}

/* All handshake functions return through this one. */
static int handshake_end(struct cssp_channel *ch, int ret)
{
	if (!ret || ret == -EAGAIN || ret == CSSP_E_CERT_WANTED)
		return ret;
	cssp_channel_fail(ch, ret, 0);
	cssp_channel_kill(ch);
	return ret;
}

/* The rest of the queue came after the handshake. kTLS opens it. */
static int handshake_take_consumed(struct cssp_channel *ch, const struct handshake_step *s)
{
	struct cssp_rd rest = cssp_vbuf_rd(&ch->wire_in);

	if (cssp_rd_skip(&rest, s->head.consumed) || handshake_check_records(&rest))
		return -EREMOTEIO;
	cssp_vbuf_consume(&ch->wire_in, s->head.consumed);
	return 0;
}

/* -EAGAIN when nothing is queued. */
static int handshake_call_token(struct cssp_channel *ch, struct handshake_step *s)
{
	struct cssp_rd rd = cssp_vbuf_rd(&ch->wire_in);

	if (ch->state != CSSP_CHANNEL_HANDSHAKE)
		return handshake_begin(ch, s);
	if (!rd.left)
		return -EAGAIN;
	return handshake_call(ch, CREDSSP_HLP_TLS_STEP, &rd, rd.left, s);
}

static int handshake_step_token(struct cssp_channel *ch, struct handshake_step *s)
{
	int ret;

	ret = handshake_call_token(ch, s);
	if (ret)
		return ret;
	if (s->head.state != CREDSSP_HLP_TLS_FAILED) {
		ret = handshake_take_consumed(ch, s);
		if (ret)
			return ret;
	}
	return cssp_vbuf_append(&ch->wire_out, s->wire.p, s->wire.left);
}

static int handshake_done_token(struct cssp_channel *ch, const struct handshake_step *s)
{
	int ret;

	ret = handshake_learn(ch, s);
	if (ret) {
		/* Do not send Finished: the peer would take the handshake for a success. */
		cssp_vbuf_free(&ch->wire_out);
		return ret;
	}
	return handshake_finish(ch);
}

/* Act on the helper's reply. 0: finished; -EAGAIN: the helper needs more records. */
static int handshake_conclude_token(struct cssp_channel *ch, const struct handshake_step *s)
{
	switch (s->head.state) {
	case CREDSSP_HLP_TLS_DONE:
		return handshake_done_token(ch, s);
	case CREDSSP_HLP_TLS_FAILED:
		return handshake_refused(ch, &s->head);
	case CREDSSP_HLP_TLS_CERT_WANTED:
		return handshake_want_cert(ch, s);
	default:
		return -EAGAIN;
	}
}

int cssp_handshake_token(struct cssp_channel *ch)
{
	struct handshake_step s = {};
	int ret;

	/* Records that came with the certificate request are still queued after its answer. */
	do {
		ret = handshake_step_token(ch, &s) ?: handshake_conclude_token(ch, &s);
	} while (ret == -EAGAIN && ch->wire_in.len);
	handshake_step_free(&s);
	return handshake_end(ch, ret);
}

/* Read until @record has @n bytes. */
static int handshake_read(struct cssp_channel *ch, struct cssp_vbuf *record, size_t n,
			  const struct cssp_patience *p)
{
	int ret;

	ret = cssp_vbuf_reserve(record, n);
	if (ret)
		return ret;
	ret = cssp_sock_recv(ch->sock, record->data + record->len, n - record->len, p);
	if (ret)
		return ret;
	record->len = n;
	return 0;
}

/* Read one record and not a byte more: the next record may be for kTLS. */
static int handshake_read_record(struct cssp_channel *ch, struct cssp_vbuf *record,
				 const struct cssp_patience *p)
{
	struct cssp_rd rd;
	size_t total;
	u8 type;
	int ret;

	/* Bytes of the wire need no wiping. */
	record->len = 0;
	ret = handshake_read(ch, record, CSSP_TLS_HEADER, p);
	if (ret)
		return ret;
	rd = cssp_vbuf_rd(record);
	if (cssp_tls_record_total(&rd, &type, &total))
		return -EBADMSG;
	return handshake_read(ch, record, total, p);
}

/*
 * Append the whole records that have arrived behind @records, and leave them on the
 * socket: some of them may be for kTLS. A server sends most of its flight at once, so
 * that one request to the helper suffices. If anything fails, the records come one by one.
 */
static void handshake_peek_records(struct cssp_channel *ch, struct cssp_vbuf *records)
{
	size_t n = min_t(size_t, cssp_sock_arrived(ch->sock), PEEK_MAX);
	struct cssp_rd rd, whole;
	unsigned int count;
	size_t missing;

	if (!n || cssp_vbuf_reserve(records, records->len + n))
		return;
	n = cssp_sock_peek(ch->sock, records->data + records->len, n);
	rd = cssp_rd_of(records->data + records->len, n);
	/* handshake_read_record() reports what is no record, or one too many. */
	if (cssp_tls_records_split(&rd, &whole, &count, &missing) ||
	    count > CSSP_HANDSHAKE_RECORDS_MAX - ch->records)
		return;
	records->len += whole.left;
	ch->records += count;
}

/*
 * Take the next @n bytes off the socket, which were peeked at: @want. They are others if
 * another thread has read meanwhile.
 */
static int handshake_take(struct cssp_channel *ch, const u8 *want, size_t n,
			  const struct cssp_patience *p)
{
	struct cssp_vbuf taken = {};
	int ret;

	ret = cssp_vbuf_reserve(&taken, n);
	if (ret)
		return ret;
	ret = cssp_sock_recv(ch->sock, taken.data, n, p);
	if (!ret && memcmp(taken.data, want, n))
		ret = -EPROTO;
	cssp_vbuf_free(&taken);
	return ret;
}

/* Take the records off the socket that the helper has used beyond the first @n bytes. */
static int handshake_take_peeked(struct cssp_channel *ch, const struct cssp_vbuf *records,
				 size_t n, const struct handshake_step *s,
				 const struct cssp_patience *p)
{
	struct cssp_rd rest = cssp_vbuf_rd(records);

	if (s->head.state == CREDSSP_HLP_TLS_FAILED)
		return 0;
	if (s->head.consumed < n || cssp_rd_skip(&rest, s->head.consumed) ||
	    handshake_check_records(&rest))
		return -EREMOTEIO;
	if (s->head.consumed == n)
		return 0;
	return handshake_take(ch, records->data + n, s->head.consumed - n, p);
}

static int handshake_send_wire(struct cssp_channel *ch, const struct handshake_step *s,
			       const struct cssp_patience *p)
{
	if (!s->wire.left)
		return 0;
	if (s->head.state == CREDSSP_HLP_TLS_FAILED && !ch->alerts)
		return 0;
	ch->touched = true;
	return cssp_sock_send(ch->sock, s->wire.p, s->wire.left, p);
}

static int handshake_read_next(struct cssp_channel *ch, struct cssp_vbuf *records,
			       const struct cssp_patience *p)
{
	if (++ch->records > CSSP_HANDSHAKE_RECORDS_MAX)
		return -EMSGSIZE;
	return handshake_read_record(ch, records, p);
}

/*
 * A client that says nothing, or speaks another protocol, takes no place in the helper. What it
 * has said is lost for the socket's owner, who must not go on in plaintext.
 */
static int handshake_await_client(struct cssp_channel *ch, struct cssp_vbuf *records,
				  const struct cssp_patience *p)
{
	int ret;

	ret = handshake_open(ch);
	if (ret)
		return ret;
	ch->touched = true;
	return handshake_read_next(ch, records, p);
}

/*
 * Pass the peer's next record, which may be in @records already, and those that have arrived
 * behind it, to the helper.
 */
static int handshake_step_socket(struct cssp_channel *ch, struct cssp_vbuf *records,
				 struct handshake_step *s, const struct cssp_patience *p)
{
	struct cssp_rd rd;
	size_t first;
	int ret;

	if (!records->len) {
		ret = handshake_read_next(ch, records, p);
		if (ret)
			return ret;
	}
	first = records->len;
	handshake_peek_records(ch, records);
	rd = cssp_vbuf_rd(records);
	ret = handshake_call(ch, CREDSSP_HLP_TLS_STEP, &rd, rd.left, s) ?:
	      handshake_take_peeked(ch, records, first, s, p);
	records->len = 0;
	return ret;
}

/* Act on the helper's reply. 0: DONE; -EAGAIN: the helper needs the next record. */
static int handshake_conclude_socket(struct cssp_channel *ch,
				     const struct handshake_step *s,
				     const struct cssp_patience *p)
{
	int ret;

	if (s->head.state == CREDSSP_HLP_TLS_FAILED) {
		ret = handshake_refused(ch, &s->head);
		/* The refusal is the error, even if its alert cannot be sent. */
		handshake_send_wire(ch, s, p);
		return ret;
	}
	/* Before Finished, with which the peer would take the handshake for a success. */
	if (s->head.state == CREDSSP_HLP_TLS_DONE) {
		ret = handshake_learn(ch, s);
		if (ret)
			return ret;
	}
	ret = handshake_send_wire(ch, s, p);
	if (ret)
		return ret;
	switch (s->head.state) {
	case CREDSSP_HLP_TLS_DONE:
		return 0;
	case CREDSSP_HLP_TLS_CERT_WANTED:
		return handshake_want_cert(ch, s);
	default:
		return -EAGAIN;
	}
}

/* Relay records until the helper says DONE or asks for a certificate. */
static int handshake_relay(struct cssp_channel *ch, struct handshake_step *s,
			   const struct cssp_patience *p)
{
	struct cssp_vbuf records = {};
	int ret = 0;

	if (ch->accept)
		ret = handshake_await_client(ch, &records, p);
	if (!ret)
		ret = handshake_begin(ch, s) ?: handshake_conclude_socket(ch, s, p);
	while (ret == -EAGAIN)
		ret = handshake_step_socket(ch, &records, s, p) ?:
		      handshake_conclude_socket(ch, s, p);
	cssp_vbuf_free(&records);
	return ret;
}

static int handshake_install(struct cssp_channel *ch, const struct cssp_patience *p)
{
	int ret;

	ch->touched = true;
	ret = cssp_ktls_install(ch->sock, &ch->session, true, NULL, p);
	cssp_tls_session_forget_keys(&ch->session);
	/* The peer closed the connection right after its handshake. */
	if (ret == -ENOTCONN)
		return -EPIPE;
	return ret ? cssp_channel_fail(ch, ret, cssp_reason(CSSP_LAYER_SOCKET, ret)) : 0;
}

int cssp_handshake_socket(struct cssp_channel *ch)
{
	struct cssp_patience p = cssp_patience_of(ch->wait, MAX_JIFFY_OFFSET);
	struct handshake_step s = {};
	int ret;

	ret = handshake_relay(ch, &s, &p);
	if (ret)
		goto out_end;
	ret = handshake_install(ch, &p);
	if (ret)
		goto out_end;
	ret = handshake_finish(ch);
out_end:
	handshake_step_free(&s);
	return handshake_end(ch, ret);
}
