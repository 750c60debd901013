// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server's side of RDP's connection sequence after CredSSP, MS-RDPBCGR 1.3.1.1, as far
 * as licensing. It checks its client, which must be ours, and has the fault that it is told
 * to have.
 */
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "rdp_connect.h"
#include "rdp_fault.h"

#define TPKT_HEADER	4
#define MAX_MESSAGE	2048
#define USER_BASE	1001
#define USER		6	/* less USER_BASE */
#define INFO_STRINGS	5
#define INFO_EXTENDED	(2 + 4 + 4 + 172 + 4 + 4 + 2)

static const uint8_t data_header[] = { 2, 0xf0, 0x80 };

/**
 * struct session - RDP's part of a connection
 * @c: the connection
 * @client: its settings
 * @at: the message that is due
 * @joined: how many channels
 * @user, @domain: of its Client Info
 * @left: the client has said goodbye
 */
struct session {
	struct conn *c;
	struct rdp_client client;
	enum rdp_point at;
	unsigned int joined;
	char user[288];
	char domain[128];
	bool left;
};

static void add_be16(struct bytes *b, unsigned int v)
{
	bytes_u8(b, v >> 8);
	bytes_u8(b, v);
}

/* The next message behind the headers of TPKT and X.224, in @buf. */
static int receive(struct session *s, uint8_t buf[MAX_MESSAGE], struct span *msg)
{
	struct span head;
	size_t len;

	if (link_read(s->c, buf, TPKT_HEADER))
		return -1;
	len = buf[2] << 8 | buf[3];
	if (buf[0] != 3 || buf[1] || len <= TPKT_HEADER || len > MAX_MESSAGE)
		return fail(s->c, "no-tpkt");
	len -= TPKT_HEADER;
	if (link_read(s->c, buf, len))
		return -1;
	*msg = span(buf, len);
	if (!span_take(msg, sizeof(data_header), &head) ||
	    memcmp(head.p, data_header, sizeof(data_header)))
		return fail(s->c, "no-x224-data");
	return 0;
}

static int expect(struct session *s, const void *want, size_t len, const char *why)
{
	uint8_t buf[MAX_MESSAGE];
	struct span msg;

	if (receive(s, buf, &msg))
		return -1;
	return span_equal(msg, span(want, len)) ? 0 : fail(s->c, "%s", why);
}

/* Send @body with its headers, as the fault has it. */
static void send_framed(struct session *s, struct span body, unsigned int length)
{
	struct bytes msg = { 0 };
	size_t i;

	bytes_add(&msg, "\x03", 2);
	add_be16(&msg, length ? length : body.len + TPKT_HEADER + sizeof(data_header));
	bytes_add(&msg, data_header, sizeof(data_header));
	bytes_span(&msg, body);
	if (s->c->opt->rdp->action != RDP_RECORDS)
		link_send(s->c, span_of(&msg));
	for (i = 0; s->c->opt->rdp->action == RDP_RECORDS && i < msg.len; i++)
		link_send(s->c, span(msg.p + i, 1));
	bytes_free(&msg);
}

static void close_now(struct session *s)
{
	gnutls_bye(s->c->tls, GNUTLS_SHUT_WR);
	shutdown(s->c->fd, SHUT_WR);
}

/* A change of the message: its bytes are counted from TPKT's first one. */
static void change(const struct rdp_fault *fault, struct bytes *body)
{
	size_t front = TPKT_HEADER + sizeof(data_header);
	size_t at = fault->arg >> 8;

	if (fault->action == RDP_BYTE && at >= front && at - front < body->len)
		body->p[at - front] ^= fault->arg;
	if (fault->action == RDP_CUT)
		body->len -= fault->arg;
	if (fault->action == RDP_MORE)
		bytes_zero(body, fault->arg);
}

static void write_license(const struct session *s, struct bytes *body);

/* What is sent instead of @body; false if the fault is none of that kind. */
static bool instead(struct session *s, const struct rdp_fault *fault, struct bytes *body)
{
	static const uint8_t http[] = "HTTP/1.1 400 Bad Request\r\n\r\n";
	struct bytes other = { 0 };

	switch (fault->action) {
	case RDP_SILENCE:
		break;
	case RDP_CLOSE:
		close_now(s);
		break;
	case RDP_HALF:
		send_framed(s, span(body->p, body->len / 2),
			    body->len + TPKT_HEADER + sizeof(data_header));
		close_now(s);
		break;
	case RDP_GARBAGE:
		link_send(s->c, span(http, sizeof(http) - 1));
		break;
	case RDP_TPKT:
		bytes_add(&other, "\x03", 2);
		add_be16(&other, fault->arg);
		bytes_span(&other, span_of(body));
		link_send(s->c, span_of(&other));
		break;
	case RDP_ULTIMATUM:
		bytes_u8(&other, 8 << 2 | fault->arg >> 1);
		bytes_u8(&other, fault->arg << 7);
		send_framed(s, span_of(&other), 0);
		break;
	case RDP_EARLY:
		write_license(s, &other);
		send_framed(s, span_of(&other), 0);
		break;
	default:
		return false;
	}
	bytes_free(&other);
	return true;
}

/* Send the message that is due. After a fault that is bad nothing follows. */
static int answer(struct session *s, struct bytes *body)
{
	const struct rdp_fault *fault = s->c->opt->rdp;

	if (fault->point != s->at) {
		send_framed(s, span_of(body), 0);
		return 0;
	}
	if (!instead(s, fault, body)) {
		/* The first bytes are the headers', which are changed here. */
		if (fault->action == RDP_BYTE && fault->arg >> 8 < TPKT_HEADER + 3) {
			struct bytes msg = { 0 };

			bytes_add(&msg, "\x03", 2);
			add_be16(&msg, body->len + TPKT_HEADER + sizeof(data_header));
			bytes_add(&msg, data_header, sizeof(data_header));
			bytes_span(&msg, span_of(body));
			msg.p[fault->arg >> 8] ^= fault->arg;
			link_send(s->c, span_of(&msg));
			bytes_free(&msg);
		} else {
			change(fault, body);
			send_framed(s, span_of(body), 0);
		}
	}
	if (fault->action >= RDP_NOTHING)
		return 0;
	tcp_drain(s->c);
	return fail(s->c, "did-%s", fault->name);
}

static bool does(const struct session *s, enum rdp_point point, enum rdp_action action)
{
	return s->c->opt->rdp->point == point && s->c->opt->rdp->action == action;
}

static int connect_client(struct session *s)
{
	uint8_t buf[MAX_MESSAGE];
	struct bytes body = { 0 };
	const char *why;
	struct span msg;
	int rc;

	s->at = RDP_CONNECT;
	if (receive(s, buf, &msg))
		return -1;
	why = rdp_read_connect(msg, &s->client);
	if (why)
		return fail(s->c, "%s", why);
	if (s->client.selected != s->c->selected)
		return fail(s->c, "selected-%x", s->client.selected);
	rdp_write_connect(s->c, &s->client, &body);
	rc = answer(s, &body);
	bytes_free(&body);
	return rc;
}

/* A confirm's first two bytes: the message, "there is an optional field", the result */
static void add_confirm(struct session *s, unsigned int message, struct bytes *body)
{
	unsigned int result = does(s, s->at, RDP_RESULT) ? s->c->opt->rdp->arg : 0;

	bytes_u8(body, message << 2 | 2 | result >> 3);
	bytes_u8(body, result << 5);
}

static int attach_user(struct session *s)
{
	struct bytes body = { 0 };
	int rc;

	if (expect(s, "\x04\x01\x00\x01\x00", 5, "erect-domain") ||
	    expect(s, "\x28", 1, "attach-request"))
		return -1;
	s->at = RDP_ATTACH;
	add_confirm(s, 11, &body);
	add_be16(&body, USER);
	rc = answer(s, &body);
	bytes_free(&body);
	return rc;
}

static int join_channel(struct session *s, unsigned int channel)
{
	uint8_t want[] = { 14 << 2, 0, USER, channel >> 8, channel };
	struct bytes body = { 0 };
	int rc;

	if (expect(s, want, sizeof(want), "join-request"))
		return -1;
	s->at = s->joined ? RDP_POINTS : RDP_JOIN;
	add_confirm(s, 15, &body);
	add_be16(&body, USER + does(s, s->at, RDP_OTHER_USER));
	add_be16(&body, channel);
	add_be16(&body, channel + does(s, s->at, RDP_OTHER_CHANNEL));
	rc = answer(s, &body);
	bytes_free(&body);
	s->joined += !rc;
	return rc;
}

static int join_channels(struct session *s)
{
	unsigned int i;

	if (join_channel(s, USER_BASE + USER) || join_channel(s, RDP_IO_CHANNEL))
		return -1;
	if (s->client.message_channel && join_channel(s, RDP_MESSAGE_CHANNEL))
		return -1;
	for (i = 0; i < s->client.channels; i++)
		if (join_channel(s, RDP_FIRST_CHANNEL + i))
			return -1;
	return 0;
}

/* The lengths of the strings, without their NULs, and the strings */
static bool take_strings(struct span *msg, struct span strings[INFO_STRINGS])
{
	struct span lengths, nul;
	size_t i;

	if (!span_take(msg, 2 * INFO_STRINGS, &lengths))
		return false;
	for (i = 0; i < INFO_STRINGS; i++)
		if (!span_take(msg, get_le16(lengths.p + 2 * i), &strings[i]) ||
		    !span_take(msg, 2, &nul) || get_le16(nul.p))
			return false;
	return true;
}

/* The user of the exchange: user@REALM by Kerberos */
static int check_user(struct session *s)
{
	struct mech_user who = s->c->mech->user(s->c);
	bool kerberos = !strcmp(s->c->mech->name, "kerberos");
	char want[sizeof(s->user)];

	snprintf(want, sizeof(want), "%s%s%s", who.name, kerberos ? "@" : "",
		 kerberos ? who.domain : "");
	if (strcmp(s->user, want) || strcmp(s->domain, kerberos ? "" : who.domain))
		return fail(s->c, "info-user");
	return 0;
}

/* Client Info PDU: the user who has logged on, and above all no password */
static int read_info(struct session *s)
{
	static const uint8_t head[] = { 25 << 2, 0, USER, RDP_IO_CHANNEL >> 8,
					RDP_IO_CHANNEL & 0xff, 0x70 };
	struct span msg, part, strings[INFO_STRINGS];
	uint8_t buf[MAX_MESSAGE];

	if (receive(s, buf, &msg))
		return -1;
	if (!span_take(&msg, sizeof(head), &part) || memcmp(part.p, head, sizeof(head)) ||
	    !span_take(&msg, 2, &part) ||
	    (size_t)(part.p[0] << 8 | part.p[1]) != (0x8000 | msg.len) ||
	    !span_take(&msg, 4, &part) || get_le32(part.p) != 0x40)
		return fail(s->c, "info-header");
	if (!span_take(&msg, 8, &part) || !take_strings(&msg, strings) ||
	    strings[2].len || strings[3].len || strings[4].len || msg.len != INFO_EXTENDED)
		return fail(s->c, "info-strings");
	utf16_to_text(strings[0], s->domain, sizeof(s->domain));
	utf16_to_text(strings[1], s->user, sizeof(s->user));
	return check_user(s);
}

/* Send-Data-Indication, from the server's own user */
static void add_indication(const struct session *s, struct span data, struct bytes *body)
{
	bytes_u8(body, 26 << 2);
	add_be16(body, 1);
	add_be16(body, RDP_IO_CHANNEL + does(s, RDP_LICENSE, RDP_OTHER_CHANNEL));
	bytes_u8(body, 0x70);
	add_be16(body, 0x8000 | data.len);
	bytes_span(body, data);
}

static void write_license(const struct session *s, struct bytes *body)
{
	const struct rdp_fault *fault = s->c->opt->rdp;
	uint8_t type = fault->action == RDP_LICENSE_TYPE ? fault->arg : 0xff;
	struct bytes data = { 0 };

	bytes_le16(&data, fault->action == RDP_LICENSE_FLAGS ? fault->arg : 0x80);
	bytes_le16(&data, 0);
	bytes_u8(&data, type);
	bytes_u8(&data, 3);
	bytes_le16(&data, type == 0xff ? 16 : 4 + 1000);
	if (type == 0xff) {
		/* STATUS_VALID_CLIENT with ST_NO_TRANSITION, or ST_TOTAL_ABORT */
		bytes_le32(&data, fault->action == RDP_LICENSE_ERROR ? fault->arg : 7);
		bytes_le32(&data, fault->action == RDP_LICENSE_ERROR ? 1 : 2);
		bytes_le16(&data, 4);
		bytes_le16(&data, 0);
	} else {
		bytes_zero(&data, 1000);
	}
	add_indication(s, span_of(&data), body);
	bytes_free(&data);
}

static int license(struct session *s)
{
	struct bytes body = { 0 };
	int rc;

	s->at = RDP_LICENSE;
	write_license(s, &body);
	/* Such a message is a result, after which the client leaves in good order. */
	if (does(s, RDP_LICENSE, RDP_LICENSE_TYPE) && s->c->opt->rdp->arg <= 2) {
		send_framed(s, span_of(&body), 0);
		rc = 0;
	} else {
		rc = answer(s, &body);
	}
	bytes_free(&body);
	return rc;
}

/* DisconnectProviderUltimatum with rn-user-requested, then close_notify */
static int goodbye(struct session *s)
{
	if (expect(s, "\x21\x80", 2, "disconnect"))
		return -1;
	s->at = RDP_POINTS;
	link_receive(s->c);
	s->left = !strcmp(s->c->why, "close-notify");
	return s->left ? 0 : -1;
}

void rdp_serve(struct conn *c)
{
	struct session s = { .c = c };
	int rc;

	if (c->opt->vmconnect)
		rc = carrier_negotiate(c);
	else
		rc = 0;
	rc = rc || connect_client(&s) || attach_user(&s) || join_channels(&s) ||
	     read_info(&s) || license(&s) || goodbye(&s);
	flockfile(stdout);
	printf("rdp %u result=%s why=%s at=%s", c->id, rc ? "fail" : "ok",
	       c->why[0] ? c->why : "none", rdp_point_name(s.at));
	printf(" asked=%x selected=%x channels=%s joined=%u vm=%s user=%s domain=%s left=%s\n",
	       c->asked, s.client.selected, s.client.names, s.joined, c->vm, s.user, s.domain,
	       s.left ? "yes" : "no");
	funlockfile(stdout);
	fflush(stdout);
}
