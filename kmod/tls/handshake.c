// SPDX-License-Identifier: GPL-2.0-only
/* TLS handshakes, done by the helper; here the bytes go back and forth. */
#include "handshake.h"

#include "../base/status.h"
#include "../wire/tls_record.h"
#include "channel_impl.h"
#include "ktls.h"
#include "resume.h"

/* RFC 8446 6: no common parameters, or none that is strong enough */
#define ALERT_HANDSHAKE_FAILURE		40
#define ALERT_PROTOCOL_VERSION		70
#define ALERT_INSUFFICIENT_SECURITY	71

const struct cssp_helper_ops cssp_helper_upcall = {
	.open = cssp_conv_open,
	.call = cssp_conv_call,
	.close = cssp_conv_close,
};

/**
 * struct step - a reply of the helper, taken apart
 * @body: owns what the views show
 * @head: the fixed part
 * @wire: to be sent
 * @chain: the peer's certificates
 * @session: the session that can be resumed
 * @issuers: those of client certificates that the peer takes
 */
struct step {
	struct cssp_vbuf body;
	struct credssp_hlp_tls_reply head;
	struct cssp_rd wire;
	struct cssp_rd chain;
	struct cssp_rd session;
	struct cssp_rd issuers;
};

static void handshake_step_free(struct step *s)
{
	cssp_vbuf_free(&s->body);
	memzero_explicit(s, sizeof(*s));
}

/* Nothing but whole TLS records may reach the wire or stay in a queue. */
static int handshake_check_records(const struct cssp_rd *wire)
{
	struct cssp_rd rd = *wire, whole;
	unsigned int count;
	size_t missing;

	if (cssp_tls_records_split(&rd, &whole, &count, &missing) || rd.left)
		return -EREMOTEIO;
	return 0;
}

/* Names of DER after their lengths, as the caller will want to take them apart. */
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

/* What a failure that the helper names is to the caller. */
static const struct {
	int err;
	u32 reason;
} failures[] = {
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
};

/* What a reply may say, by its state; @given: wire bytes it answers. */
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
	if (head->failure >= ARRAY_SIZE(failures) ||
	    (head->failure && (head->alert || head->state != CREDSSP_HLP_TLS_FAILED)))
		return -EREMOTEIO;
	if (head->consumed > given ||
	    (head->state == CREDSSP_HLP_TLS_CONTINUE && head->consumed != given))
		return -EREMOTEIO;
	if (head->alert > U8_MAX || (head->alert && head->state != CREDSSP_HLP_TLS_FAILED))
		return -EREMOTEIO;
	return 0;
}

static int handshake_parse_reply(struct step *s, size_t given)
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

static int handshake_call(struct cssp_channel *ch, u16 opcode, const struct cssp_rd *request,
			  size_t given, struct step *s)
{
	int ret;

	handshake_step_free(s);
	ret = ch->helper->call(ch->conv, opcode, request, &s->body, ch->wait);
	if (ret == -EHOSTUNREACH)
		return cssp_channel_fail(ch, ret, CREDSSP_REASON_HELPER_DIED);
	if (!ret)
		ret = handshake_parse_reply(s, given) ?: cssp_resume_check(ch, &s->head);
	/* Who may not be asked has said so, and no server asks before it was heard. */
	if (!ret && s->head.state == CREDSSP_HLP_TLS_CERT_WANTED &&
	    (!ch->may_ask || opcode == CREDSSP_HLP_TLS_START))
		ret = -EREMOTEIO;
	return ret ? cssp_channel_fail(ch, ret, 0) : 0;
}

/* A request without wire bytes, if it could be @built; frees it. */
static int handshake_request(struct cssp_channel *ch, u16 opcode, struct cssp_vbuf *request, int built,
			     struct step *s)
{
	struct cssp_rd rd = cssp_vbuf_rd(request);
	int ret;

	ret = built ? cssp_channel_fail(ch, built, 0) : handshake_call(ch, opcode, &rd, 0, s);
	cssp_vbuf_free(request);
	ch->state = CSSP_CHANNEL_HANDSHAKE;
	return ret;
}

static int handshake_start(struct cssp_channel *ch, struct step *s)
{
	struct credssp_hlp_tls_start head = {
		.host_length = strlen(ch->host),
		.cert_length = strlen(ch->cert),
		.flags = (ch->may_ask ? 0 : CREDSSP_HLP_TLS_NO_CERT_WANTED) |
			 (ch->remote_desktop ? CREDSSP_HLP_TLS_REMOTE_DESKTOP : 0),
	};
	struct cssp_vbuf request = {};
	struct cssp_rd rd;
	int ret;

	ret = ch->helper->open(&ch->conv, ch->who);
	cssp_resume_start(ch, &head, &rd);
	if (!ret)
		ret = cssp_vbuf_append(&request, &head, sizeof(head));
	if (!ret)
		ret = cssp_vbuf_append(&request, ch->host, head.host_length);
	if (!ret)
		ret = cssp_vbuf_append(&request, rd.p, rd.left);
	if (!ret)
		ret = cssp_vbuf_append(&request, ch->cert, head.cert_length);
	return handshake_request(ch, CREDSSP_HLP_TLS_START, &request, ret, s);
}

/* The answer to CERT_WANTED: another certificate, or none. */
static int handshake_answer_cert(struct cssp_channel *ch, struct step *s)
{
	struct credssp_hlp_tls_cert head = { .cert_length = strlen(ch->cert) };
	struct cssp_vbuf request = {};
	int ret;

	ret = cssp_vbuf_append(&request, &head, sizeof(head));
	if (!ret)
		ret = cssp_vbuf_append(&request, ch->cert, head.cert_length);
	return handshake_request(ch, CREDSSP_HLP_TLS_CERT, &request, ret, s);
}

/* Stop until the caller has decided; the conversation waits. */
static int handshake_want_cert(struct cssp_channel *ch, const struct step *s)
{
	int ret = cssp_vbuf_set(&ch->issuers, &s->issuers);

	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	ch->state = CSSP_CHANNEL_CERT_WANTED;
	return CSSP_E_CERT_WANTED;
}

/* The helper gave up; what is to be sent then is its alert, if it made one. */
static int handshake_refused(struct cssp_channel *ch, const struct credssp_hlp_tls_reply *head)
{
	if (!head->alert)
		return cssp_channel_fail(ch, failures[head->failure].err,
					 failures[head->failure].reason);
	ch->control.alert = head->alert;
	switch (head->alert) {
	case ALERT_HANDSHAKE_FAILURE:
	case ALERT_PROTOCOL_VERSION:
	case ALERT_INSUFFICIENT_SECURITY:
		return cssp_channel_fail(ch, -ENOPKG, CREDSSP_REASON_TLS_ALERT);
	default:
		return cssp_channel_fail(ch, -EPIPE, CREDSSP_REASON_TLS_ALERT);
	}
}

static int handshake_learn(struct cssp_channel *ch, const struct step *s)
{
	int ret = cssp_tls_session_set(&ch->session, &s->head, &s->chain);

	if (ret == -EBADMSG || ret == -ENOPKG)
		return cssp_channel_fail(ch, ret, CREDSSP_REASON_CERTIFICATE);
	if (!ret)
		ret = cssp_resume_done(ch, &s->head, &s->session);
	return ret ? cssp_channel_fail(ch, ret, 0) : 0;
}

/* The conversation goes on if there is more to be asked. */
static void handshake_finish(struct cssp_channel *ch)
{
	if (!ch->control.keep) {
		ch->helper->close(ch->conv);
		ch->conv = NULL;
	}
	ch->state = CSSP_CHANNEL_UP;
}

/* What is left of the queue came after the handshake, and is for kTLS. */
static int handshake_take_consumed(struct cssp_channel *ch, const struct step *s)
{
	struct cssp_rd rest = cssp_vbuf_rd(&ch->wire_in);

	if (cssp_rd_skip(&rest, s->head.consumed) || handshake_check_records(&rest))
		return cssp_channel_fail(ch, -EREMOTEIO, 0);
	cssp_vbuf_consume(&ch->wire_in, s->head.consumed);
	return 0;
}

static int handshake_step_token(struct cssp_channel *ch, struct step *s)
{
	struct cssp_rd rd = cssp_vbuf_rd(&ch->wire_in);
	int ret;

	if (ch->state == CSSP_CHANNEL_NEW)
		ret = handshake_start(ch, s);
	else if (ch->state == CSSP_CHANNEL_CERT_WANTED)
		ret = handshake_answer_cert(ch, s);
	else if (rd.left)
		ret = handshake_call(ch, CREDSSP_HLP_TLS_STEP, &rd, rd.left, s);
	else
		ret = -EAGAIN;
	if (!ret && s->head.state != CREDSSP_HLP_TLS_FAILED)
		ret = handshake_take_consumed(ch, s);
	if (!ret && s->wire.left) {
		ret = cssp_vbuf_append(&ch->wire_out, s->wire.p, s->wire.left);
		if (ret)
			cssp_channel_fail(ch, ret, 0);
	}
	return ret;
}

/* After a step, by what the helper said. 0: finished. */
static int handshake_conclude_token(struct cssp_channel *ch, const struct step *s)
{
	int ret;

	switch (s->head.state) {
	case CREDSSP_HLP_TLS_DONE:
		ret = handshake_learn(ch, s);
		/* Nobody is told "finished" by a client that gives up. */
		if (ret)
			cssp_vbuf_free(&ch->wire_out);
		else
			handshake_finish(ch);
		return ret;
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
	struct step s = {};
	int ret;

	/* What came with the question is still there after its answer. */
	do {
		ret = handshake_step_token(ch, &s) ?: handshake_conclude_token(ch, &s);
	} while (ret == -EAGAIN && ch->wire_in.len);
	handshake_step_free(&s);
	if (ret && ret != -EAGAIN && ret != CSSP_E_CERT_WANTED)
		cssp_channel_kill(ch);
	return ret;
}

/* Exactly one record, never a byte more: the next one may be kTLS's. */
static int handshake_read_record(struct cssp_channel *ch, struct cssp_vbuf *record,
				 const struct cssp_patience *p)
{
	struct cssp_rd rd;
	size_t total;
	u8 type;
	int ret;

	cssp_vbuf_clear(record);
	ret = cssp_vbuf_reserve(record, CSSP_TLS_HEADER);
	if (!ret)
		ret = cssp_sock_recv(ch->sock, record->data, CSSP_TLS_HEADER, p);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	record->len = CSSP_TLS_HEADER;
	rd = cssp_vbuf_rd(record);
	if (cssp_tls_record_total(&rd, &type, &total))
		return cssp_channel_fail(ch, -EBADMSG, 0);
	ret = cssp_vbuf_reserve(record, total);
	if (!ret)
		ret = cssp_sock_recv(ch->sock, record->data + CSSP_TLS_HEADER,
				     total - CSSP_TLS_HEADER, p);
	if (ret)
		return cssp_channel_fail(ch, ret, 0);
	record->len = total;
	return 0;
}

static int handshake_send_wire(struct cssp_channel *ch, const struct step *s,
			       const struct cssp_patience *p)
{
	int ret;

	if (!s->wire.left)
		return 0;
	ch->touched = true;
	if (s->head.state == CREDSSP_HLP_TLS_FAILED && !ch->alerts)
		return 0;
	ret = cssp_sock_send(ch->sock, s->wire.p, s->wire.left, p);
	return ret ? cssp_channel_fail(ch, ret, 0) : 0;
}

/* The peer's next record to the helper. */
static int handshake_step_socket(struct cssp_channel *ch, struct cssp_vbuf *record,
				 struct step *s, const struct cssp_patience *p)
{
	struct cssp_rd rd;
	int ret;

	ret = handshake_read_record(ch, record, p);
	rd = cssp_vbuf_rd(record);
	if (!ret)
		ret = handshake_call(ch, CREDSSP_HLP_TLS_STEP, &rd, rd.left, s);
	/* Records go in one at a time: nothing can be left over. */
	if (!ret && s->head.consumed != rd.left &&
	    s->head.state != CREDSSP_HLP_TLS_FAILED)
		ret = cssp_channel_fail(ch, -EREMOTEIO, 0);
	return ret;
}

/*
 * Until the helper says DONE or asks; @s holds its last word, whose wire bytes
 * are out.
 */
static int handshake_relay(struct cssp_channel *ch, struct step *s, const struct cssp_patience *p)
{
	struct cssp_vbuf record = {};
	int sent;
	int ret = ch->state == CSSP_CHANNEL_NEW ? handshake_start(ch, s) : handshake_answer_cert(ch, s);

	while (!ret) {
		if (s->head.state == CREDSSP_HLP_TLS_FAILED)
			ret = handshake_refused(ch, &s->head);
		sent = handshake_send_wire(ch, s, p);
		/* A refusal counts, whether its alert could be sent or not. */
		ret = ret ?: sent;
		if (!ret && s->head.state == CREDSSP_HLP_TLS_CERT_WANTED)
			ret = handshake_want_cert(ch, s);
		if (ret || s->head.state == CREDSSP_HLP_TLS_DONE)
			break;
		if (++ch->records > CSSP_HANDSHAKE_RECORDS_MAX)
			ret = cssp_channel_fail(ch, -EMSGSIZE, 0);
		else
			ret = handshake_step_socket(ch, &record, s, p);
	}
	cssp_vbuf_free(&record);
	return ret;
}

/* What is wrong with the socket, unless another thread was inside of a call on it. */
static u32 handshake_install_reason(int err)
{
	switch (err) {
	case -ETIMEDOUT:
	case -ECANCELED:
	case -EINTR:
		return CREDSSP_REASON_NONE;
	case -EOPNOTSUPP:	/* the server takes smaller records than kTLS can make */
		return CREDSSP_REASON_LIMIT;
	default:
		return CREDSSP_REASON_SOCKET;
	}
}

static int handshake_install(struct cssp_channel *ch, const struct cssp_patience *p)
{
	bool spent;
	int ret;

	ch->touched = true;
	ret = cssp_ktls_install(ch->sock, &ch->session, true, &spent, p);
	cssp_tls_session_forget_keys(&ch->session);
	/* The peer finished its handshake and hung up. */
	if (ret == -ENOTCONN)
		return cssp_channel_fail(ch, -EPIPE, 0);
	return ret ? cssp_channel_fail(ch, ret, handshake_install_reason(ret)) : 0;
}

int cssp_handshake_socket(struct cssp_channel *ch)
{
	struct cssp_patience p = cssp_patience_of(ch->wait, MAX_JIFFY_OFFSET);
	struct step s = {};
	int ret;

	ret = handshake_relay(ch, &s, &p);
	if (!ret)
		ret = handshake_learn(ch, &s);
	if (!ret)
		ret = handshake_install(ch, &p);
	handshake_step_free(&s);
	if (!ret)
		handshake_finish(ch);
	else if (ret != CSSP_E_CERT_WANTED)
		cssp_channel_kill(ch);
	return ret;
}
