// SPDX-License-Identifier: GPL-2.0-only
/*
 * GCC, Generic Conference Control (T.124): the user data of MCS' connection.  RDP puts
 * blocks of settings into a "conference create" request and response (BCGR 2.2.1.3 and
 * 2.2.1.4); a block is its type, its length with these four bytes, and its fields, all
 * little-endian.
 */
#include <linux/bits.h>
#include <linux/errno.h>
#include <linux/kernel.h>
#include <linux/string.h>

#include "rdp.h"

/* Blocks of the client, CS_*, and of the server, SC_* (BCGR 2.2.1.3.1) */
#define CS_CORE			0xc001
#define CS_SECURITY		0xc002
#define CS_NET			0xc003
#define CS_CLUSTER		0xc004
#define CS_MCS_MSGCHANNEL	0xc006
#define SC_CORE			0x0c01
#define SC_SECURITY		0x0c02
#define SC_NET			0x0c03
#define SC_MCS_MSGCHANNEL	0x0c04
#define BLOCK_HEADER		4

/* CS_CORE, BCGR 2.2.1.3.2 */
#define CORE_VERSION		0x00080004	/* RDP 5.0 to 8.1 */
#define CORE_WIDTH		1024
#define CORE_HEIGHT		768
#define CORE_COLOR_8BPP		0xca01		/* replaced by CORE_HIGH_COLOR */
#define CORE_SAS_DEL		0xaa03
#define CORE_KEYBOARD_US	0x0409
#define CORE_BUILD		2600
#define CORE_KEYBOARD_IBM	4
#define CORE_FUNCTION_KEYS	12
#define CORE_HIGH_COLOR		24
#define CORE_COLOR_DEPTHS	0x0007		/* 24, 16 and 15 bits */
#define CORE_SUPPORT_ERRINFO	0x0001
#define CORE_NAME_SIZE		32
#define CORE_IME_SIZE		64
#define CORE_PRODUCT_SIZE	64
#define CORE_CLIENT_NAME	"credssp_rdp"

#define CLUSTER_REDIRECTION	0x0d		/* supported, in version 4 of its message */
#define CHANNEL_INITIALIZED	0x80000000

/* T.124's object identifier {0 0 20 124 0 1}, which begins both messages */
static const u8 gcc_key[] = { 0x00, 0x05, 0x00, 0x14, 0x7c, 0x00, 0x01 };

/* ConferenceCreateRequest: name "1", one set of user data, by the non-standard key "Duca" */
static const u8 gcc_request[] = {
	0x00, 0x08, 0x00, 0x10, 0x00, 0x01, 0xc0, 0x00, 'D', 'u', 'c', 'a'
};

/* ConferenceCreateResponse after its result: likewise, by the key "McDn" of the server */
static const u8 gcc_response[] = { 0x01, 0xc0, 0x00, 'M', 'c', 'D', 'n' };

#define GCC_RESPONSE	0x14

static size_t block_begin(struct rdp_writer *w, u16 type)
{
	size_t at = w->length;

	rdp_put_le16(w, type);
	rdp_put_zeros(w, 2);
	return at;
}

static void block_end(struct rdp_writer *w, size_t at)
{
	rdp_set_le16(w, at + 2, w->length - at);
}

static void gcc_put_core(struct rdp_connection *c, struct rdp_writer *w)
{
	size_t at = block_begin(w, CS_CORE);

	rdp_put_le32(w, CORE_VERSION);
	rdp_put_le16(w, CORE_WIDTH);
	rdp_put_le16(w, CORE_HEIGHT);
	rdp_put_le16(w, CORE_COLOR_8BPP);
	rdp_put_le16(w, CORE_SAS_DEL);
	rdp_put_le32(w, CORE_KEYBOARD_US);
	rdp_put_le32(w, CORE_BUILD);
	rdp_put_utf16(w, CORE_CLIENT_NAME, strlen(CORE_CLIENT_NAME));
	rdp_put_zeros(w, CORE_NAME_SIZE - 2 * strlen(CORE_CLIENT_NAME));
	rdp_put_le32(w, CORE_KEYBOARD_IBM);
	rdp_put_le32(w, 0);	/* its subtype */
	rdp_put_le32(w, CORE_FUNCTION_KEYS);
	rdp_put_zeros(w, CORE_IME_SIZE);
	/* What follows is optional, as far as the end is not. */
	rdp_put_le16(w, CORE_COLOR_8BPP);
	rdp_put_le16(w, 1);	/* product */
	rdp_put_le32(w, 0);	/* serial number */
	rdp_put_le16(w, CORE_HIGH_COLOR);
	rdp_put_le16(w, CORE_COLOR_DEPTHS);
	rdp_put_le16(w, CORE_SUPPORT_ERRINFO);
	rdp_put_zeros(w, CORE_PRODUCT_SIZE);
	rdp_put_zeros(w, 2);	/* type of the connection, padding */
	/* The server checks that nobody has changed its choice on the way. */
	rdp_put_le32(w, c->selected);
	block_end(w, at);
}

/* The names of static channels, at most seven letters each: "rdpdr,cliprdr". */
static void gcc_put_channels(struct rdp_connection *c, struct rdp_writer *w)
{
	const char *name = c->set.channels;
	size_t at, count_at;

	c->channel_count = 0;
	if (!*name)
		return;
	at = block_begin(w, CS_NET);
	count_at = w->length;
	rdp_put_le32(w, 0);
	while (*name) {
		size_t length = strcspn(name, ",");

		rdp_put_bytes(w, name, length);
		rdp_put_zeros(w, RDP_CHANNEL_NAME - length);
		rdp_put_le32(w, CHANNEL_INITIALIZED);
		c->channel_count++;
		name += length + (name[length] == ',');
	}
	rdp_set_le16(w, count_at, c->channel_count);
	block_end(w, at);
}

/* TLS protects the connection, so RDP's own encryption is off: no methods. */
static void gcc_put_security(struct rdp_writer *w)
{
	size_t at = block_begin(w, CS_SECURITY);

	rdp_put_le32(w, 0);
	rdp_put_le32(w, 0);
	block_end(w, at);
}

static void gcc_put_cluster(struct rdp_writer *w)
{
	size_t at = block_begin(w, CS_CLUSTER);

	rdp_put_le32(w, CLUSTER_REDIRECTION);
	rdp_put_le32(w, 0);	/* no session of an earlier connection */
	block_end(w, at);
}

static void gcc_put_message_channel(struct rdp_writer *w)
{
	size_t at = block_begin(w, CS_MCS_MSGCHANNEL);

	rdp_put_le32(w, 0);
	block_end(w, at);
}

void gcc_put_client(struct rdp_connection *c, struct rdp_writer *w)
{
	size_t connect, data;

	rdp_put_bytes(w, gcc_key, sizeof(gcc_key));
	connect = per_put_length(w);
	rdp_put_bytes(w, gcc_request, sizeof(gcc_request));
	data = per_put_length(w);
	gcc_put_core(c, w);
	gcc_put_cluster(w);
	gcc_put_security(w);
	gcc_put_channels(c, w);
	/* An older server does not know this block (BCGR 2.2.1.2.1). */
	if (c->extended)
		gcc_put_message_channel(w);
	per_set_length(w, data);
	per_set_length(w, connect);
}

/* ---- The server's blocks ---------------------------------------------------- */

/*
 * The check for which the server repeats what it was asked for (BCGR 5.4.2.1): X.224 was
 * not protected, this message is.  A field that is missing means that the server has seen no
 * request at all.
 */
static int gcc_get_core(struct rdp_connection *c, struct rdp_reader *r)
{
	u32 seen = RDP_PROTOCOL_RDP;

	rdp_skip(r, 4);		/* version */
	if (r->left)
		seen = rdp_get_le32(r);
	if (r->bad)
		return rdp_fail(c, -EBADMSG, "the server's SC_CORE is malformed");
	if (seen != c->set.protocols)
		return rdp_fail(c, -EKEYREJECTED,
				"the server saw a request for protocols 0x%x, not 0x%x: someone changed it",
				seen, c->set.protocols);
	return 0;
}

static int gcc_get_security(struct rdp_connection *c, struct rdp_reader *r)
{
	u32 method = rdp_get_le32(r);
	u32 level = rdp_get_le32(r);

	if (r->bad)
		return rdp_fail(c, -EBADMSG, "the server's SC_SECURITY is malformed");
	if (method || level)
		return rdp_fail(c, -EPROTO,
				"the server wants RDP's own encryption too (method %u, level %u)",
				method, level);
	return 0;
}

static int gcc_get_net(struct rdp_connection *c, struct rdp_reader *r)
{
	u16 count, i;

	c->io_channel = rdp_get_le16(r);
	count = rdp_get_le16(r);
	if (r->bad || !c->io_channel)
		return rdp_fail(c, -EBADMSG, "the server's SC_NET is malformed");
	if (count != c->channel_count)
		return rdp_fail(c, -EPROTO, "the server has %u static channels, not %u", count,
				c->channel_count);
	for (i = 0; i < count; i++)
		c->channels[i] = rdp_get_le16(r);
	if (r->bad)
		return rdp_fail(c, -EBADMSG, "the server's SC_NET is malformed");
	return 0;
}

static int gcc_get_message_channel(struct rdp_connection *c, struct rdp_reader *r)
{
	c->message_channel = rdp_get_le16(r);
	if (r->bad || !c->message_channel)
		return rdp_fail(c, -EBADMSG, "the server's SC_MCS_MSGCHANNEL is malformed");
	if (!c->extended)
		return rdp_fail(c, -EPROTO, "the server has a message channel that nobody wants");
	return 0;
}

static const struct gcc_block {
	u16 type;
	bool required;
	int (*get)(struct rdp_connection *c, struct rdp_reader *r);
} gcc_blocks[] = {
	{ SC_CORE, true, gcc_get_core },
	{ SC_SECURITY, true, gcc_get_security },
	{ SC_NET, true, gcc_get_net },
	{ SC_MCS_MSGCHANNEL, false, gcc_get_message_channel },
};

/* Blocks of other types are skipped: later versions of the protocol add some. */
static int gcc_get_block(struct rdp_connection *c, u16 type, struct rdp_reader *r,
			 unsigned long *seen)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(gcc_blocks); i++) {
		if (gcc_blocks[i].type != type)
			continue;
		if (*seen & BIT(i))
			return rdp_fail(c, -EBADMSG, "the server sends block 0x%04x twice", type);
		*seen |= BIT(i);
		return gcc_blocks[i].get(c, r);
	}
	return 0;
}

static int gcc_get_blocks(struct rdp_connection *c, struct rdp_reader *r)
{
	unsigned long seen = 0;
	size_t i;
	int ret;

	while (r->left) {
		u16 type = rdp_get_le16(r);
		u16 length = rdp_get_le16(r);
		/* A length below the header's wraps to more than there is. */
		struct rdp_reader block = rdp_get_part(r, (size_t)length - BLOCK_HEADER);

		if (r->bad)
			return rdp_fail(c, -EBADMSG, "a block of the settings is malformed");
		ret = gcc_get_block(c, type, &block, &seen);
		if (ret)
			return ret;
	}
	for (i = 0; i < ARRAY_SIZE(gcc_blocks); i++)
		if (gcc_blocks[i].required && !(seen & BIT(i)))
			return rdp_fail(c, -EPROTO, "the server sends no block 0x%04x",
					gcc_blocks[i].type);
	return 0;
}

/*
 * The length of all that follows the key is not looked at: Windows writes a wrong one
 * (see the example in BCGR 4.1.4).
 */
int gcc_get_server(struct rdp_connection *c, struct rdp_reader *r)
{
	struct rdp_reader blocks;
	u8 result;

	c->message_channel = 0;
	rdp_expect(r, gcc_key, sizeof(gcc_key));
	per_get_length(r);
	rdp_expect(r, (const u8[]){ GCC_RESPONSE }, 1);
	rdp_skip(r, 2);			/* node */
	rdp_skip(r, per_get_length(r));	/* tag */
	result = rdp_get_u8(r);
	if (r->bad)
		return rdp_fail(c, -EBADMSG, "the GCC Conference Create Response is malformed");
	if (result)
		return rdp_fail(c, -ECONNREFUSED, "the conference is refused (GCC result %u)",
				result);
	rdp_expect(r, gcc_response, sizeof(gcc_response));
	blocks = rdp_get_part(r, per_get_length(r));
	if (r->bad || r->left)
		return rdp_fail(c, -EBADMSG, "the GCC Conference Create Response is malformed");
	return gcc_get_blocks(c, &blocks);
}
