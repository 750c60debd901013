// SPDX-License-Identifier: GPL-2.0-only
/*
 * The settings of client and server in MCS' connection. The client's are checked strictly:
 * it is ours.
 */
#include <stdio.h>
#include <string.h>

#include "rdp_connect.h"
#include "rdp_fault.h"

enum { CS_CORE = 0xc001, CS_SECURITY, CS_NET, CS_CLUSTER, CS_MSGCHANNEL = 0xc006 };
enum { SC_CORE = 0x0c01, SC_SECURITY, SC_NET, SC_MSGCHANNEL, SC_UNKNOWN = 0x0cff };

#define CORE_SIZE	212	/* without its header */
#define BLOCK_HEADER	4

static const uint8_t t124[] = { 0x00, 0x05, 0x00, 0x14, 0x7c, 0x00, 0x01 };
static const uint8_t request[] = { 0x00, 0x08, 0x00, 0x10, 0x00, 0x01, 0xc0, 0x00,
				   'D', 'u', 'c', 'a' };

/* A length in two bytes, big-endian, after @mark; it must reach the end. */
static bool take_rest(struct span *s, const void *mark, size_t len, unsigned int flag)
{
	struct span head;

	if (!span_take(s, len + 2, &head) || memcmp(head.p, mark, len))
		return false;
	return (unsigned int)(head.p[len] << 8 | head.p[len + 1]) == (flag | s->len);
}

static bool skip_element(struct span *s, uint8_t tag)
{
	struct span head;
	size_t len;

	if (!span_take(s, 2, &head) || head.p[0] != tag)
		return false;
	len = head.p[1];
	if (len == 0x82) {
		if (!span_take(s, 2, &head))
			return false;
		len = head.p[0] << 8 | head.p[1];
	}
	return span_take(s, len, &head);
}

/* BER: domains, upward, three sets of parameters */
static bool skip_domain(struct span *s)
{
	static const uint8_t tags[] = { 4, 4, 1, 0x30, 0x30, 0x30 };
	size_t i;

	for (i = 0; i < sizeof(tags); i++)
		if (!skip_element(s, tags[i]))
			return false;
	return true;
}

static const char *read_channels(struct span block, struct rdp_client *client)
{
	struct span head;
	size_t used = 0;

	if (!span_take(&block, 4, &head) || block.len != 12 * get_le32(head.p))
		return "cs-net";
	client->channels = get_le32(head.p);
	if (client->channels > 31)
		return "cs-net-count";
	while (span_take(&block, 12, &head)) {
		if (!memchr(head.p, 0, 8) || !head.p[0])
			return "channel-name";
		used += snprintf(client->names + used, sizeof(client->names) - used, "%s%s",
				 used ? "," : "", (const char *)head.p);
	}
	return NULL;
}

static const char *read_block(unsigned int type, struct span block, struct rdp_client *client)
{
	switch (type) {
	case CS_CORE:
		if (block.len != CORE_SIZE)
			return "cs-core";
		client->selected = get_le32(block.p + CORE_SIZE - 4);
		return NULL;
	case CS_SECURITY:
		return block.len != 8 || get_le32(block.p) || get_le32(block.p + 4) ?
			"cs-security" : NULL;
	case CS_CLUSTER:
		return block.len != 8 ? "cs-cluster" : NULL;
	case CS_NET:
		return read_channels(block, client);
	case CS_MSGCHANNEL:
		client->message_channel = true;
		return block.len != 4 ? "cs-msgchannel" : NULL;
	default:
		return "unknown-block";
	}
}

static const char *read_blocks(struct span s, struct rdp_client *client)
{
	static const unsigned int needed = 1 << 1 | 1 << 2 | 1 << 4;
	struct span head, block;
	unsigned int seen = 0;
	const char *why;

	while (s.len) {
		if (!span_take(&s, BLOCK_HEADER, &head) ||
		    get_le16(head.p + 2) < BLOCK_HEADER ||
		    !span_take(&s, get_le16(head.p + 2) - BLOCK_HEADER, &block))
			return "block";
		if (seen & 1 << (get_le16(head.p) & 15))
			return "block-twice";
		seen |= 1 << (get_le16(head.p) & 15);
		why = read_block(get_le16(head.p), block, client);
		if (why)
			return why;
	}
	return (seen & needed) == needed ? NULL : "block-missing";
}

const char *rdp_read_connect(struct span msg, struct rdp_client *client)
{
	if (!take_rest(&msg, "\x7f\x65\x82", 3, 0) || !skip_domain(&msg))
		return "connect-initial";
	if (!take_rest(&msg, "\x04\x82", 2, 0) || !take_rest(&msg, t124, sizeof(t124), 0x8000))
		return "connect-data";
	if (!take_rest(&msg, request, sizeof(request), 0x8000))
		return "conference-request";
	return read_blocks(msg, client);
}

/* ---- The answer ------------------------------------------------------------- */

static void block(struct bytes *msg, unsigned int type, struct span data)
{
	bytes_le16(msg, type);
	bytes_le16(msg, data.len + BLOCK_HEADER);
	bytes_span(msg, data);
}

static void write_core(const struct conn *c, long form, struct bytes *msg)
{
	struct bytes data = { 0 };

	bytes_le32(&data, 0x00080004);
	if (form != GCC_NO_ASKED)
		bytes_le32(&data, form == GCC_ASKED ? c->asked ^ 0x8 : c->asked);
	block(msg, SC_CORE, span_of(&data));
	if (form == GCC_TWICE)
		block(msg, SC_CORE, span_of(&data));
	bytes_free(&data);
}

static void write_security(long form, struct bytes *msg)
{
	struct bytes data = { 0 };

	bytes_le32(&data, form == GCC_ENCRYPTION ? 2 : 0);
	bytes_le32(&data, form == GCC_ENCRYPTION ? 3 : 0);
	block(msg, SC_SECURITY, span_of(&data));
	bytes_free(&data);
}

static void write_net(const struct rdp_client *client, long form, struct bytes *msg)
{
	unsigned int i, count = client->channels + (form == GCC_CHANNELS);
	struct bytes data = { 0 };

	bytes_le16(&data, RDP_IO_CHANNEL);
	bytes_le16(&data, form == GCC_CHANNELS_CUT ? 0xffff : count);
	for (i = 0; i < count; i++)
		bytes_le16(&data, RDP_FIRST_CHANNEL + i);
	if (count & 1)
		bytes_le16(&data, 0);
	block(msg, SC_NET, span_of(&data));
	bytes_free(&data);
}

static void write_blocks(const struct conn *c, const struct rdp_client *client, long form,
			 struct bytes *msg)
{
	static const uint8_t channel[] = { RDP_MESSAGE_CHANNEL & 0xff, RDP_MESSAGE_CHANNEL >> 8 };

	if (form != GCC_NO_CORE)
		write_core(c, form, msg);
	if (c->opt->rdp->action == RDP_UNKNOWN_BLOCK)
		block(msg, SC_UNKNOWN, span("later", 5));
	if (form != GCC_NO_NET)
		write_net(client, form, msg);
	if (form != GCC_NO_SECURITY)
		write_security(form, msg);
	if (client->message_channel)
		block(msg, SC_MSGCHANNEL, span(channel, sizeof(channel)));
	if (form == GCC_ZERO_LENGTH)
		bytes_le32(msg, SC_UNKNOWN);
	if (form == GCC_LONG_BLOCK)
		bytes_le32(msg, SC_UNKNOWN | 0xffffU << 16);
}

static void add_be16(struct bytes *b, unsigned int v)
{
	bytes_u8(b, v >> 8);
	bytes_u8(b, v);
}

/* ConferenceCreateResponse, as in the example of MS-RDPBCGR 4.1.4 */
static void write_conference(const struct conn *c, const struct rdp_client *client,
			     struct bytes *msg)
{
	const struct rdp_fault *fault = c->opt->rdp;
	long form = fault->action == RDP_GCC ? fault->arg : -1;
	struct bytes blocks = { 0 };

	write_blocks(c, client, form, &blocks);
	bytes_add(msg, t124, sizeof(t124) - 1);
	bytes_u8(msg, form == GCC_OTHER_KEY ? 2 : 1);
	bytes_u8(msg, 0x2a);	/* a wrong length, as Windows has it */
	bytes_add(msg, "\x14\x76\x0a\x01\x01", 5);
	bytes_u8(msg, form == GCC_REFUSED ? 1 : 0);
	bytes_add(msg, "\x01\xc0\x00McDn", 7);
	add_be16(msg, 0x8000 | blocks.len);
	bytes_span(msg, span_of(&blocks));
	bytes_free(&blocks);
}

void rdp_write_connect(const struct conn *c, const struct rdp_client *client, struct bytes *msg)
{
	static const uint8_t parameters[] = {
		0x30, 0x1a, 2, 1, 34, 2, 1, 3, 2, 1, 0, 2, 1, 1, 2, 1, 0, 2, 1, 1,
		2, 3, 0, 0xff, 0xf8, 2, 1, 2
	};
	const struct rdp_fault *fault = c->opt->rdp;
	bool refused = fault->action == RDP_RESULT && fault->point == RDP_CONNECT;
	struct bytes body = { 0 }, data = { 0 };

	write_conference(c, client, &data);
	bytes_add(&body, "\x0a\x01", 2);
	bytes_u8(&body, refused ? fault->arg : 0);
	bytes_add(&body, "\x02\x01\x00", 3);
	bytes_add(&body, parameters, sizeof(parameters));
	bytes_add(&body, "\x04\x82", 2);
	add_be16(&body, data.len);
	bytes_span(&body, span_of(&data));
	bytes_add(msg, "\x7f\x66\x82", 3);
	add_be16(msg, body.len);
	bytes_span(msg, span_of(&body));
	bytes_free(&body);
	bytes_free(&data);
}
