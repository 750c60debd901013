// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <poll.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include "base/clock.h"
#include "base/log.h"
#include "krb5_hook.h"

/* The first byte of a KRB-ERROR: application tag 30 (RFC 4120 5.9.1) */
#define TAG_KRB_ERROR	0x7e
/* That of an AS-REQ: application tag 10 (RFC 4120 5.4.1) */
#define TAG_AS_REQ	0x6a
/* That of an AS-REP: application tag 11 (RFC 4120 5.4.2) */
#define TAG_AS_REP	0x6b
/* The padata-type of a METHOD-DATA's element, [1] 16: PA-PK-AS-REQ (RFC 4556 3.1.3) */
static const uint8_t pkinit_type[] = { 0xa1, 0x03, 0x02, 0x01, 0x10 };
/* That of an AS-REQ in armor, [1] 136: PA-FX-FAST (RFC 6113 5.4.2) */
static const uint8_t fast_type[] = { 0xa1, 0x04, 0x02, 0x02, 0x00, 0x88 };

static krb5_error_code hook_break(struct krb5_hook *h)
{
	h->broken = true;
	return ECONNABORTED;
}

static int64_t hook_time_left(const struct krb5_hook *h)
{
	const int64_t left = h->deadline - clock_ms();

	return left > 0 ? left : 0;
}

/* Is this AS-REQ in armor? libkrb5 has no public function that says so; it is for the trace. */
static const char *hook_look_at_request(struct krb5_hook *h, const krb5_data *message)
{
	if (!message->length || (uint8_t)message->data[0] != TAG_AS_REQ)
		return "";
	h->is_bare = !memmem(message->data, message->length, fast_type, sizeof(fast_type));
	return h->is_bare ? "" : ", in FAST armor";
}

static krb5_error_code hook_send(struct krb5_hook *h, const krb5_data *realm,
				 const krb5_data *message)
{
	const struct krb5_kdc_request rq = {
		.time_limit = hook_time_left(h), .flags = h->flags,
		.realm_length = realm->length,
	};
	const size_t length = sizeof(rq) + realm->length + message->length;
	ssize_t sent;

	memcpy(h->packet, &rq, sizeof(rq));
	memcpy(h->packet + sizeof(rq), realm->data, realm->length);
	memcpy(h->packet + sizeof(rq) + realm->length, message->data, message->length);
	do {
		sent = send(h->relay, h->packet, length, MSG_NOSIGNAL);
	} while (sent < 0 && errno == EINTR);
	if (sent != (ssize_t)length)
		return hook_break(h);
	h->messages++;
	krb5_trace_add(h->trace, "message to a KDC of %.*s, %u bytes%s", (int)realm->length,
		       realm->data, message->length, hook_look_at_request(h, message));
	return 0;
}

/* Wait until the relay has answered. The time limit holds even if the relay does not. */
static krb5_error_code hook_wait(struct krb5_hook *h)
{
	struct pollfd fds[] = {
		{ .fd = h->relay, .events = POLLIN },
		{ .fd = h->office, .events = POLLRDHUP },
	};
	int ready;

	do {
		/* The relay keeps the time limit too, and its answer says more. */
		ready = poll(fds, 2, hook_time_left(h) + CLOCK_SLICE_MS);
	} while (ready < 0 && errno == EINTR);
	if (ready < 0 || fds[1].revents)
		return hook_break(h);
	if (!ready) {
		/* A late answer would be taken for that to the next message. */
		hook_break(h);
		krb5_trace_add(h->trace, "no answer in time");
		return KRB5_KDC_UNREACH;
	}
	return 0;
}

static krb5_error_code hook_error(uint32_t error)
{
	switch (error) {
	case ENOENT:
	case EINVAL:
		return KRB5_REALM_UNKNOWN;
	case EHOSTUNREACH:
	case ETIMEDOUT:
		return KRB5_KDC_UNREACH;
	default:
		return EIO;
	}
}

/*
 * Is PKINIT in the METHOD-DATA of this error? libkrb5 has no public function that parses it.
 * The answer serves for a message to the user only.
 */
static bool hook_offers_pkinit(const krb5_error *error)
{
	return error->e_data.length &&
	       memmem(error->e_data.data, error->e_data.length, pkinit_type,
		      sizeof(pkinit_type));
}

/* Keep what a KRB-ERROR tells. */
static void hook_look_at(struct krb5_hook *h, krb5_context context, const krb5_data *reply)
{
	krb5_error *error;

	h->as_replies += reply->length && (uint8_t)reply->data[0] == TAG_AS_REP;
	if (!reply->length || (uint8_t)reply->data[0] != TAG_KRB_ERROR ||
	    krb5_rd_error(context, reply, &error))
		return;
	h->offers_pkinit |= hook_offers_pkinit(error);
	/* The time is unsigned in libkrb5 since 1.16: it ends in 2106. */
	h->kdc_time = (uint32_t)error->stime;
	h->own_time = time(NULL);
	if (error->error < KRB5_HOOK_ERRORS)
		h->kdc_errors[error->error] = true;
	krb5_trace_add(h->trace, "KRB-ERROR %u: %s", (unsigned int)error->error,
		       error_message(ERROR_TABLE_BASE_krb5 + (long)error->error));
	krb5_free_error(context, error);
}

/* Read the relay's packet. @message: out: a view of the KDC's message in it. */
static krb5_error_code hook_read(struct krb5_hook *h, struct krb5_kdc_reply *head,
				 krb5_data *message)
{
	ssize_t got = recv(h->relay, h->packet, sizeof(h->packet), 0);
	const uint8_t *lines = h->packet + sizeof(*head);

	if (got < (ssize_t)sizeof(*head) || got > (ssize_t)KRB5_KDC_REPLY_MAX)
		return hook_break(h);
	memcpy(head, h->packet, sizeof(*head));
	got -= sizeof(*head);
	if (head->trace_length > KRB5_KDC_TRACE_MAX || head->trace_length > got)
		return hook_break(h);
	krb5_trace_add_lines(h->trace, "  ", lines, head->trace_length);
	*message = (krb5_data){
		.data = (char *)lines + head->trace_length,
		.length = got - head->trace_length,
	};
	return 0;
}

static krb5_error_code hook_receive(struct krb5_hook *h, krb5_context context,
				    krb5_data **new_reply)
{
	struct krb5_kdc_reply head;
	krb5_data reply;
	krb5_error_code ret = hook_read(h, &head, &reply);

	if (ret)
		return ret;
	if (head.error) {
		log_debug("message to a KDC: %s", strerror(head.error));
		krb5_trace_add(h->trace, "no answer: %s", error_message(hook_error(head.error)));
		return hook_error(head.error);
	}
	/* To libkrb5 an empty reply is the begin of an exchange: it would ask again. */
	if (!reply.length)
		return KRB5KRB_AP_ERR_MSG_TYPE;
	krb5_trace_add(h->trace, "an answer of %u bytes", reply.length);
	hook_look_at(h, context, &reply);
	return krb5_copy_data(context, &reply, new_reply);
}

static krb5_error_code hook_carry(krb5_context context, void *data, const krb5_data *realm,
				  const krb5_data *message, krb5_data **new_message,
				  krb5_data **new_reply)
{
	struct krb5_hook *h = data;
	krb5_error_code ret;

	(void)new_message;
	if (h->broken)
		return ECONNABORTED;
	if (!hook_time_left(h))
		return KRB5_KDC_UNREACH;
	if (!realm->length || realm->length > KRB5_KDC_REALM_MAX)
		return KRB5_REALM_UNKNOWN;
	if (message->length > KRB5_KDC_MESSAGE_MAX)
		return KRB5KRB_ERR_FIELD_TOOLONG;
	ret = hook_send(h, realm, message);
	if (ret)
		return ret;
	ret = hook_wait(h);
	return ret ? ret : hook_receive(h, context, new_reply);
}

void krb5_hook_set(struct krb5_hook *h, krb5_context context)
{
	krb5_set_kdc_send_hook(context, hook_carry, h);
}
