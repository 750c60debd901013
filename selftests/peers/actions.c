// SPDX-License-Identifier: GPL-2.0-only
/* Wrongs that are done at one moment. */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "peer.h"

static void raw(struct conn *c, const void *p, size_t len)
{
	/* That the client has gone is for tcp_drain() to notice. */
	send(c->fd, p, len, MSG_NOSIGNAL);
}

static void reset(struct conn *c)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(c->fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	close(c->fd);
	c->fd = -1;
}

static void send_alert(struct conn *c, int description)
{
	uint8_t record[] = { 21, 3, 3, 0, 2, GNUTLS_AL_FATAL, description };

	if (c->tls)
		gnutls_alert_send(c->tls, GNUTLS_AL_FATAL, description);
	else
		raw(c, record, sizeof(record));
}

static void send_error(struct conn *c, enum ts_form form)
{
	struct ts_request req = { .version = c->opt->version, .present = TS_ERROR,
				  .error = c->opt->error_code };
	struct bytes msg = { 0 };

	ts_encode(&req, form, &msg);
	link_send(c, span_of(&msg));
	bytes_free(&msg);
}

static void send_cleartext(struct conn *c)
{
	struct ts_request req = { .version = c->opt->version, .present = TS_TOKEN,
				  .token = span_of(&c->ntlm.negotiate) };
	struct bytes msg = { 0 };

	ts_encode(&req, TS_FORM_PLAIN, &msg);
	raw(c, msg.p, msg.len);
	bytes_free(&msg);
}

static void send_bad_tag(struct conn *c)
{
	uint8_t record[5 + 64] = { 23, 3, 3, 0, 64 };

	raw(c, record, sizeof(record));
}

static const char http[] = "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n";

/* What ends the connection; false when @w is nothing of that kind. */
static bool ending(struct conn *c, const struct wrong *w)
{
	switch (w->action) {
	case ACTION_CLOSE:
		shutdown(c->fd, SHUT_WR);
		break;
	case ACTION_RESET:
		reset(c);
		break;
	case ACTION_SILENCE:
		break;
	case ACTION_ALERT:
		send_alert(c, w->arg);
		break;
	case ACTION_BYE:
		gnutls_bye(c->tls, GNUTLS_SHUT_WR);
		break;
	case ACTION_ERROR:
		send_error(c, w->arg);
		break;
	case ACTION_GARBAGE:
		raw(c, http, sizeof(http) - 1);
		break;
	case ACTION_CLEARTEXT:
		send_cleartext(c);
		break;
	case ACTION_BAD_TAG:
		send_bad_tag(c);
		break;
	case ACTION_HALF_RECORD:
		raw(c, "\x17\x03\x03\x01\x00half", 9);
		shutdown(c->fd, SHUT_WR);
		break;
	case ACTION_BIG_RECORD:
		raw(c, "\x17\x03\x03\xff\xff not as much", 17);
		break;
	default:
		return false;
	}
	return true;
}

static void empty_records(struct conn *c, long count)
{
	while (count-- > 0)
		if (link_send_record(c, RECORD_DATA, span("", 0)))
			return;
}

static void going_on(struct conn *c, const struct wrong *w)
{
	switch (w->action) {
	case ACTION_EMPTY_RECORDS:
		empty_records(c, w->arg);
		break;
	case ACTION_KEY_UPDATE:
		gnutls_session_key_update(c->tls, 0);
		break;
	case ACTION_TICKETS:
		gnutls_session_ticket_send(c->tls, w->arg, 0);
		break;
	case ACTION_WAIT:
		usleep(w->arg * 1000);
		break;
	case ACTION_RECORD:
		/* as an alert: user_canceled, a warning */
		link_send_record(c, w->arg, span("\x01\x5a\x00", w->arg == RECORD_ALERT ? 2 : 3));
		break;
	case ACTION_HELLO_REQUEST:
		link_send_record(c, RECORD_HANDSHAKE, span("\x00\x00\x00\x00", 4));
		break;
	default:
		break;
	}
}

int at_point(struct conn *c, enum point where)
{
	const struct wrong *w = c->opt->wrong;

	c->at = where;
	if (w->point != where)
		return 0;
	if (!ending(c, w)) {
		going_on(c, w);
		return 0;
	}
	if (c->fd >= 0)
		tcp_drain(c);
	return fail(c, "did-%s", w->name);
}
