// SPDX-License-Identifier: GPL-2.0-only
/* The TLS side of a connection. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "peer.h"

/* A client that has hung up may have sent an alert before, which GnuTLS has still to read. */
static ssize_t push(gnutls_transport_ptr_t ptr, const void *buf, size_t len)
{
	struct conn *c = ptr;
	ssize_t n;

	c->flight_sent = true;
	n = c->transport->push(c, buf, len);
	return n < 0 && (errno == EPIPE || errno == ECONNRESET) ? (ssize_t)len : n;
}

static bool stop_at_flight(const struct conn *c)
{
	return !c->handshaken && c->flight_sent && c->opt->wrong->point == POINT_FLIGHT;
}

static ssize_t pull(gnutls_transport_ptr_t ptr, void *buf, size_t len)
{
	struct conn *c = ptr;

	if (stop_at_flight(c)) {
		errno = EAGAIN;
		return -1;
	}
	return c->transport->pull(c, buf, len);
}

static int tls_failure(struct conn *c, int rc)
{
	if (rc == GNUTLS_E_AGAIN)
		return fail(c, "timeout");
	c->client_closed = true;
	if (rc == 0 || rc == GNUTLS_E_PREMATURE_TERMINATION)
		return fail(c, rc ? "closed" : "close-notify");
	if (rc == GNUTLS_E_FATAL_ALERT_RECEIVED)
		return fail(c, "alert-%d", gnutls_alert_get(c->tls));
	return fail(c, "tls-%s", gnutls_strerror_name(rc));
}

/* The server signs although the KeyUsage of its certificate forbids it. */
static int set_priority(struct conn *c)
{
	char text[256];
	int len = snprintf(text, sizeof(text), "%s:%%DEBUG_ALLOW_KEY_USAGE_VIOLATIONS",
			   c->opt->priority);

	return len >= (int)sizeof(text) ? -1 : gnutls_priority_set_direct(c->tls, text, NULL);
}

static int start_tls(struct conn *c)
{
	const struct options *opt = c->opt;
	unsigned int flags = GNUTLS_SERVER | GNUTLS_NO_SIGNAL;
	int rc;

	if (!opt->tickets)
		flags |= GNUTLS_NO_AUTO_SEND_TICKET;
	rc = gnutls_init(&c->tls, flags);
	if (rc)
		return fail(c, "gnutls_init");
	if (set_priority(c))
		return fail(c, "priority");
	gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, opt->identity.creds);
	client_cert_request(c);
	if (opt->tickets)
		gnutls_session_ticket_enable_server(c->tls, &opt->ticket_key);
	if (opt->ticket_lifetime)
		gnutls_db_set_cache_expiration(c->tls, opt->ticket_lifetime);
	if (opt->record_limit &&
	    gnutls_record_set_max_recv_size(c->tls, opt->record_limit))
		return fail(c, "record-limit");
	gnutls_transport_set_ptr(c->tls, c);
	gnutls_transport_set_push_function(c->tls, push);
	gnutls_transport_set_pull_function(c->tls, pull);
	return 0;
}

int link_handshake(struct conn *c)
{
	int rc;

	if (start_tls(c))
		return -1;
	do {
		rc = gnutls_handshake(c->tls);
	} while (rc == GNUTLS_E_INTERRUPTED || rc == GNUTLS_E_WARNING_ALERT_RECEIVED ||
		 (rc == GNUTLS_E_AGAIN && gnutls_record_get_direction(c->tls) == 1));
	if (stop_at_flight(c))
		return 0;
	if (rc)
		return tls_failure(c, rc);
	c->handshaken = true;
	return 0;
}

int link_send(struct conn *c, struct span plain)
{
	size_t step = plain.len;
	struct span part;
	ssize_t n;

	if (c->opt->wrong->action == ACTION_RECORDS)
		step = c->opt->wrong->arg;
	while (plain.len) {
		if (!span_take(&plain, plain.len < step ? plain.len : step, &part))
			return -1;
		while (part.len) {
			n = gnutls_record_send(c->tls, part.p, part.len);
			if (n == GNUTLS_E_INTERRUPTED)
				continue;
			if (n < 0)
				return fail(c, "send-%s", gnutls_strerror_name(n));
			part.p += n;
			part.len -= n;
		}
	}
	return 0;
}

int link_receive(struct conn *c)
{
	uint8_t buf[16384];
	ssize_t n;

	do {
		n = gnutls_record_recv(c->tls, buf, sizeof(buf));
	} while (n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_WARNING_ALERT_RECEIVED ||
		 n == GNUTLS_E_REHANDSHAKE);
	if (n <= 0)
		return tls_failure(c, n);
	bytes_add(&c->in, buf, n);
	return 0;
}

int link_read(struct conn *c, void *buf, size_t len)
{
	while (c->in.len < len)
		if (link_receive(c))
			return -1;
	memcpy(buf, c->in.p, len);
	bytes_drop(&c->in, len);
	return 0;
}

void link_echo(struct conn *c)
{
	unsigned long long total = 0;

	for (;;) {
		total += c->in.len;
		if (link_send(c, span_of(&c->in)))
			break;
		c->in.len = 0;
		if (link_receive(c))
			break;
	}
	gnutls_bye(c->tls, GNUTLS_SHUT_WR);
	printf("echo %u bytes=%llu end=%s\n", c->id, total, c->why);
}
