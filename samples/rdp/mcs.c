// SPDX-License-Identifier: GPL-2.0-only
/*
 * MCS, the Multipoint Communication Service (T.125; BCGR 1.3.1.1 Basic Settings Exchange and
 * Channel Connection).  A client connects a domain, becomes a user in it, and joins
 * channels: its own, the I/O channel, and those that it has asked for.  Later messages are
 * data on one of these.
 *
 * The two messages of the connection are in BER, the others in PER, where the upper six
 * bits of the first byte say which message it is.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "rdp.h"

/* Tags of BER */
#define BER_BOOLEAN		0x01
#define BER_INTEGER		0x02
#define BER_OCTETS		0x04
#define BER_ENUMERATED		0x0a
#define BER_SEQUENCE		0x30
#define BER_APPLICATION		0x7f	/* the number follows */
#define BER_LONG		0x82	/* two bytes of length follow */
#define MCS_CONNECT_INITIAL	101
#define MCS_CONNECT_RESPONSE	102

/* Messages in PER, T.125 DomainMCSPDU */
enum {
	MCS_ERECT_DOMAIN = 1,
	MCS_DISCONNECT = 8,
	MCS_ATTACH_REQUEST = 10,
	MCS_ATTACH_CONFIRM = 11,
	MCS_JOIN_REQUEST = 14,
	MCS_JOIN_CONFIRM = 15,
	MCS_SEND_REQUEST = 25,
	MCS_SEND_INDICATION = 26,
};

/* The first byte of a message, without what else it holds */
#define MCS_FIRST(message)	((message) << 2)
#define MCS_OPTIONAL		0x2	/* in the first byte: the optional field is there */
#define MCS_USER_BASE		1001	/* user numbers are sent less this */
#define MCS_WHOLE_HIGH		0x70	/* high priority; first and last segment */
#define MCS_DISCONNECT_USER	3	/* rn-user-requested */
/* TPKT's and X.224's headers, then the first byte, user, channel, and MCS_WHOLE_HIGH */
#define MCS_DATA_LENGTH_AT	(4 + 3 + 1 + 2 + 2 + 1)

static const char *const mcs_results[] = {
	"rt-successful", "rt-domain-merging", "rt-domain-not-hierarchical",
	"rt-no-such-channel", "rt-no-such-domain", "rt-no-such-user", "rt-not-admitted",
	"rt-other-user-id", "rt-parameters-unacceptable", "rt-token-not-available",
	"rt-token-not-possessed", "rt-too-many-channels", "rt-too-many-tokens",
	"rt-too-many-users", "rt-unspecified-failure", "rt-user-rejected",
};

static const char *const mcs_reasons[] = {
	"rn-domain-disconnected", "rn-provider-initiated", "rn-token-purged",
	"rn-user-requested", "rn-channel-purged",
};

static int mcs_refused(struct rdp_connection *c, const char *what, u8 result)
{
	return rdp_fail(c, -ECONNREFUSED, "the server refuses %s: %s (%u)", what,
			result < ARRAY_SIZE(mcs_results) ? mcs_results[result] : "unknown", result);
}

/* ---- Connect-Initial and Connect-Response, in BER ------------------------- */

/* Lengths are always written in two bytes, set when they are known. */
static size_t ber_put_length(struct rdp_writer *w)
{
	rdp_put_u8(w, BER_LONG);
	rdp_put_zeros(w, 2);
	return w->length - 2;
}

static void ber_set_length(struct rdp_writer *w, size_t at)
{
	rdp_set_be16(w, at, w->length - at - 2);
}

static void ber_put_integer(struct rdp_writer *w, u16 v)
{
	rdp_put_u8(w, BER_INTEGER);
	if (v < 0x80) {
		rdp_put_u8(w, 1);
		rdp_put_u8(w, v);
	} else if (v < 0x8000) {
		rdp_put_u8(w, 2);
		rdp_put_be16(w, v);
	} else {
		/* A leading zero keeps it positive. */
		rdp_put_u8(w, 3);
		rdp_put_u8(w, 0);
		rdp_put_be16(w, v);
	}
}

static size_t ber_get_length(struct rdp_reader *r)
{
	u8 first = rdp_get_u8(r);

	if (first < 0x80)
		return first;
	if (first == 0x81)
		return rdp_get_u8(r);
	if (first == BER_LONG)
		return rdp_get_be16(r);
	r->bad = true;
	return 0;
}

/* The contents of the next element, which must have this tag. */
static struct rdp_reader ber_get(struct rdp_reader *r, u8 tag)
{
	rdp_expect(r, &tag, 1);
	return rdp_get_part(r, ber_get_length(r));
}

/*
 * DomainParameters (T.125 7): channels, users, tokens, priorities, throughput, height, bytes
 * of a message, protocol version.
 */
static void mcs_put_parameters(struct rdp_writer *w, const u16 parameters[8])
{
	size_t at, i;

	rdp_put_u8(w, BER_SEQUENCE);
	at = ber_put_length(w);
	for (i = 0; i < 8; i++)
		ber_put_integer(w, parameters[i]);
	ber_set_length(w, at);
}

static int mcs_connect_initial(struct rdp_connection *c)
{
	static const u16 target[8] = { 34, 2, 0, 1, 0, 1, 65535, 2 };
	static const u16 least[8] = { 1, 1, 1, 1, 0, 1, 1056, 2 };
	static const u16 most[8] = { 65535, 64535, 65535, 1, 0, 1, 65535, 2 };
	/* Selectors of the calling and the called domain, and "upward" */
	static const u8 domain[] = { BER_OCTETS, 1, 1, BER_OCTETS, 1, 1, BER_BOOLEAN, 1, 0xff };
	struct rdp_writer w = rdp_tpkt_begin(c);
	size_t all, data;

	x224_put_data_header(&w);
	rdp_put_u8(&w, BER_APPLICATION);
	rdp_put_u8(&w, MCS_CONNECT_INITIAL);
	all = ber_put_length(&w);
	rdp_put_bytes(&w, domain, sizeof(domain));
	mcs_put_parameters(&w, target);
	mcs_put_parameters(&w, least);
	mcs_put_parameters(&w, most);
	rdp_put_u8(&w, BER_OCTETS);
	data = ber_put_length(&w);
	gcc_put_client(c, &w);
	ber_set_length(&w, data);
	ber_set_length(&w, all);
	return rdp_tpkt_send(c, &w);
}

static int mcs_connect_response(struct rdp_connection *c, struct rdp_reader *r)
{
	struct rdp_reader response, part;
	u8 result;

	x224_get_data_header(r);
	rdp_expect(r, (const u8[]){ BER_APPLICATION, MCS_CONNECT_RESPONSE }, 2);
	response = rdp_get_part(r, ber_get_length(r));
	part = ber_get(&response, BER_ENUMERATED);
	result = rdp_get_u8(&part);
	if (response.bad || part.bad || part.left || r->left)
		return rdp_fail(c, -EBADMSG, "the MCS Connect-Response is malformed");
	if (result)
		return mcs_refused(c, "the connection", result);
	ber_get(&response, BER_INTEGER);	/* number of the connection, of no use */
	ber_get(&response, BER_SEQUENCE);	/* the parameters that were agreed on */
	part = ber_get(&response, BER_OCTETS);
	if (response.bad || response.left)
		return rdp_fail(c, -EBADMSG, "the MCS Connect-Response is malformed");
	return gcc_get_server(c, &part);
}

int mcs_connect(struct rdp_connection *c)
{
	struct rdp_reader r;
	int ret;

	ret = mcs_connect_initial(c);
	if (ret)
		return ret;
	ret = rdp_tpkt_receive(c, &r);
	if (ret)
		return ret;
	return mcs_connect_response(c, &r);
}

/* ---- The other messages, in PER ------------------------------------------- */

static struct rdp_writer mcs_begin(struct rdp_connection *c, u8 first)
{
	struct rdp_writer w = rdp_tpkt_begin(c);

	x224_put_data_header(&w);
	rdp_put_u8(&w, first);
	return w;
}

/* DisconnectProviderUltimatum: three bits of reason, from the first byte's last two on. */
static int mcs_disconnected(struct rdp_connection *c, u8 first, struct rdp_reader *r)
{
	u8 reason = (first & 3) << 1 | rdp_get_u8(r) >> 7;

	return rdp_fail(c, -ECONNRESET, "the server disconnects: %s (%u)",
			reason < ARRAY_SIZE(mcs_reasons) ? mcs_reasons[reason] : "unknown", reason);
}

/* The next message must be this one; @first: its first byte. */
static int mcs_receive(struct rdp_connection *c, u8 message, struct rdp_reader *r, u8 *first)
{
	int ret = rdp_tpkt_receive(c, r);

	if (ret)
		return ret;
	x224_get_data_header(r);
	*first = rdp_get_u8(r);
	if (r->bad)
		return rdp_fail(c, -EBADMSG, "the server's message is no MCS message");
	if (*first >> 2 == MCS_DISCONNECT)
		return mcs_disconnected(c, *first, r);
	if (*first >> 2 != message)
		return rdp_fail(c, -EPROTO, "the server sends MCS message %u, not %u",
				*first >> 2, message);
	return 0;
}

/*
 * The result of a confirm: four bits, the last one of the first byte and the first three
 * of the second.  What fills the second byte is zero.
 */
static u8 mcs_get_result(u8 first, struct rdp_reader *r)
{
	u8 second = rdp_get_u8(r);

	if (second & 0x1f)
		r->bad = true;
	return (first & 1) << 3 | second >> 5;
}

static int mcs_erect_domain(struct rdp_connection *c)
{
	struct rdp_writer w = mcs_begin(c, MCS_FIRST(MCS_ERECT_DOMAIN));

	/* Height and interval: integers of one byte, zero */
	rdp_put_bytes(&w, (const u8[]){ 1, 0, 1, 0 }, 4);
	return rdp_tpkt_send(c, &w);
}

static int mcs_attach_confirm(struct rdp_connection *c)
{
	struct rdp_reader r;
	u8 first, result;
	u16 user;
	int ret;

	ret = mcs_receive(c, MCS_ATTACH_CONFIRM, &r, &first);
	if (ret)
		return ret;
	result = mcs_get_result(first, &r);
	if (!r.bad && result)
		return mcs_refused(c, "a user", result);
	user = rdp_get_be16(&r);
	if (r.bad || r.left || !(first & MCS_OPTIONAL) || user > U16_MAX - MCS_USER_BASE)
		return rdp_fail(c, -EBADMSG, "the MCS Attach-User-Confirm is malformed");
	c->user_channel = MCS_USER_BASE + user;
	return RDP_NEXT;
}

int mcs_attach_user(struct rdp_connection *c)
{
	struct rdp_writer w;
	int ret;

	ret = mcs_erect_domain(c);
	if (ret)
		return ret;
	w = mcs_begin(c, MCS_FIRST(MCS_ATTACH_REQUEST));
	ret = rdp_tpkt_send(c, &w);
	if (ret)
		return ret;
	return mcs_attach_confirm(c);
}

static int mcs_join_confirm(struct rdp_connection *c, u16 channel)
{
	struct rdp_reader r;
	u16 user, requested, joined;
	u8 first, result;
	int ret;

	ret = mcs_receive(c, MCS_JOIN_CONFIRM, &r, &first);
	if (ret)
		return ret;
	result = mcs_get_result(first, &r);
	if (!r.bad && result)
		return mcs_refused(c, "a channel", result);
	user = rdp_get_be16(&r);
	requested = rdp_get_be16(&r);
	joined = rdp_get_be16(&r);
	if (r.bad || r.left || !(first & MCS_OPTIONAL))
		return rdp_fail(c, -EBADMSG, "the MCS Channel-Join-Confirm is malformed");
	if (user != c->user_channel - MCS_USER_BASE || requested != channel || joined != channel)
		return rdp_fail(c, -EPROTO, "channel %u of user %u is confirmed, not %u of %u",
				joined, user + MCS_USER_BASE, channel, c->user_channel);
	return 0;
}

static int mcs_join(struct rdp_connection *c, u16 channel)
{
	struct rdp_writer w = mcs_begin(c, MCS_FIRST(MCS_JOIN_REQUEST));
	int ret;

	rdp_put_be16(&w, c->user_channel - MCS_USER_BASE);
	rdp_put_be16(&w, channel);
	ret = rdp_tpkt_send(c, &w);
	if (ret)
		return ret;
	return mcs_join_confirm(c, channel);
}

int mcs_join_channels(struct rdp_connection *c)
{
	u16 i;
	int ret;

	ret = mcs_join(c, c->user_channel);
	if (ret)
		return ret;
	ret = mcs_join(c, c->io_channel);
	if (ret)
		return ret;
	if (c->message_channel) {
		ret = mcs_join(c, c->message_channel);
		if (ret)
			return ret;
	}
	for (i = 0; i < c->channel_count; i++) {
		ret = mcs_join(c, c->channels[i]);
		if (ret)
			return ret;
	}
	return RDP_NEXT;
}

struct rdp_writer mcs_data_begin(struct rdp_connection *c, u16 channel)
{
	struct rdp_writer w = mcs_begin(c, MCS_FIRST(MCS_SEND_REQUEST));

	rdp_put_be16(&w, c->user_channel - MCS_USER_BASE);
	rdp_put_be16(&w, channel);
	rdp_put_u8(&w, MCS_WHOLE_HIGH);
	per_put_length(&w);
	return w;
}

int mcs_data_send(struct rdp_connection *c, struct rdp_writer *w)
{
	per_set_length(w, MCS_DATA_LENGTH_AT);
	return rdp_tpkt_send(c, w);
}

int mcs_data_receive(struct rdp_connection *c, u16 channel, struct rdp_reader *r)
{
	struct rdp_reader all;
	u16 on;
	u8 first;
	int ret;

	ret = mcs_receive(c, MCS_SEND_INDICATION, &all, &first);
	if (ret)
		return ret;
	rdp_skip(&all, 2);	/* the server's user */
	on = rdp_get_be16(&all);
	rdp_skip(&all, 1);	/* priority and segmentation */
	*r = rdp_get_part(&all, per_get_length(&all));
	if (all.bad || all.left)
		return rdp_fail(c, -EBADMSG, "the MCS Send-Data-Indication is malformed");
	if (on != channel)
		return rdp_fail(c, -EPROTO, "the server sends data on channel %u, not %u", on,
				channel);
	return 0;
}

/* Good manners at the end: the result is there, so errors no longer matter. */
int mcs_disconnect(struct rdp_connection *c)
{
	struct rdp_writer w = mcs_begin(c, MCS_FIRST(MCS_DISCONNECT) | MCS_DISCONNECT_USER >> 1);

	rdp_put_u8(&w, (MCS_DISCONNECT_USER & 1) << 7);
	rdp_set_be16(&w, 2, w.length);
	if (!credssp_send(c->sock, w.p, w.length, rdp_remaining_ms(c)))
		credssp_shutdown(c->sock);
	return RDP_NEXT;
}
