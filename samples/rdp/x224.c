// SPDX-License-Identifier: GPL-2.0-only
/*
 * X.224 class 0 (BCGR 1.3.1.1, Connection Initiation): the client asks for a transport
 * connection and names the security protocols that it speaks; the server confirms, and
 * selects one.
 *
 *	request:	LI E0 0000 0000 00   01 flags 0800 requestedProtocols
 *	confirm:	LI D0 0000 srcr 00   02 flags 0800 selectedProtocol
 *				       or    03 00    0800 failureCode
 *
 * LI is the number of bytes after it.  Nothing protects these messages when they come
 * before TLS: a man in the middle can change what is asked for and what is selected.  So
 * this client takes CredSSP or nothing, and gcc.c checks what the server was asked for.
 */
#include <linux/errno.h>
#include <linux/kernel.h>

#include "rdp.h"

#define X224_REQUEST	0xe0
#define X224_CONFIRM	0xd0
#define X224_DATA	0xf0
#define X224_EOT	0x80	/* the last part of a message, which RDP never splits */
#define X224_FIXED	6	/* code, two references, class */
#define X224_NEG_SIZE	8	/* of the RDP_NEG_ structures, BCGR 2.2.1.1.1 */

enum {
	NEG_REQUEST = 1,
	NEG_RESPONSE = 2,
	NEG_FAILURE = 3,
};

#define NEG_EXTENDED_CLIENT_DATA	0x1	/* flag of RDP_NEG_RSP, BCGR 2.2.1.2.1 */

/* BCGR 2.2.1.2.2 */
static const char *const x224_failures[] = {
	[1] = "SSL_REQUIRED_BY_SERVER: the server wants TLS without CredSSP",
	[2] = "SSL_NOT_ALLOWED_BY_SERVER: the server speaks only RDP's own security",
	[3] = "SSL_CERT_NOT_ON_SERVER: the server has no certificate for TLS",
	[4] = "INCONSISTENT_FLAGS: the server expects other security protocols on this port",
	[5] = "HYBRID_REQUIRED_BY_SERVER: the server says that CredSSP was not asked for",
	[6] = "SSL_WITH_USER_AUTH_REQUIRED_BY_SERVER: the server wants a client certificate",
};

static int x224_request(struct rdp_connection *c)
{
	struct rdp_writer w = rdp_tpkt_begin(c);

	rdp_put_u8(&w, X224_FIXED + X224_NEG_SIZE);
	rdp_put_u8(&w, X224_REQUEST);
	rdp_put_zeros(&w, X224_FIXED - 1);
	rdp_put_u8(&w, NEG_REQUEST);
	rdp_put_u8(&w, 0);
	rdp_put_le16(&w, X224_NEG_SIZE);
	rdp_put_le32(&w, c->set.protocols);
	return rdp_tpkt_send(c, &w);
}

static int x224_failure(struct rdp_connection *c, u32 code)
{
	if (code >= ARRAY_SIZE(x224_failures) || !x224_failures[code])
		return rdp_fail(c, -EPROTO, "the server refuses with the unknown failure code %u",
				code);
	return rdp_fail(c, -EPROTO, "the server refuses with failure code %u, %s", code,
			x224_failures[code]);
}

/*
 * The server selects one protocol of those that were asked for.  TLS without CredSSP was
 * among them only because CredSSP needs it.
 */
static int x224_selected(struct rdp_connection *c, u8 flags, u32 selected)
{
	bool credssp = selected == RDP_PROTOCOL_HYBRID || selected == RDP_PROTOCOL_HYBRID_EX;

	if (!credssp || !(selected & c->set.protocols))
		return rdp_fail(c, -EPROTO, "the server selects protocol 0x%x instead of CredSSP",
				selected);
	c->selected = selected;
	c->extended = flags & NEG_EXTENDED_CLIENT_DATA;
	return RDP_NEXT;
}

static int x224_confirm(struct rdp_connection *c, struct rdp_reader *r)
{
	size_t length = rdp_get_u8(r);
	bool whole = length == r->left;
	u8 code = rdp_get_u8(r);
	u8 type, flags;
	u16 size;
	u32 value;

	rdp_skip(r, X224_FIXED - 1);
	if (r->bad || !whole || code != X224_CONFIRM)
		return rdp_fail(c, -EBADMSG, "the answer is no X.224 connection confirm");
	if (!r->left)
		return rdp_fail(c, -EPROTO,
				"the server selects no protocol: it speaks only RDP's own security");
	type = rdp_get_u8(r);
	flags = rdp_get_u8(r);
	size = rdp_get_le16(r);
	value = rdp_get_le32(r);
	if (r->bad || r->left || size != X224_NEG_SIZE)
		return rdp_fail(c, -EBADMSG, "the server's negotiation response is malformed");
	if (type == NEG_FAILURE)
		return x224_failure(c, value);
	if (type != NEG_RESPONSE)
		return rdp_fail(c, -EBADMSG, "the server answers with negotiation type %u", type);
	return x224_selected(c, flags, value);
}

int x224_negotiate(struct rdp_connection *c)
{
	struct rdp_reader r;
	int ret;

	ret = x224_request(c);
	if (ret)
		return ret;
	ret = rdp_tpkt_receive(c, &r);
	if (ret)
		return ret;
	return x224_confirm(c, &r);
}

/* The header of all later messages: LI F0 80. */
void x224_put_data_header(struct rdp_writer *w)
{
	rdp_put_u8(w, 2);
	rdp_put_u8(w, X224_DATA);
	rdp_put_u8(w, X224_EOT);
}

void x224_get_data_header(struct rdp_reader *r)
{
	rdp_expect(r, (const u8[]){ 2, X224_DATA, X224_EOT }, 3);
}
