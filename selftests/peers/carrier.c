// SPDX-License-Identifier: GPL-2.0-only
/* The X.224 connection phase of RDP, MS-RDPBCGR 2.2.1.1 and 2.2.1.2. */
#include <string.h>
#include <sys/socket.h>

#include "peer.h"

#define TPKT_HEADER	4
#define NEG_SIZE	8
#define X224_REQUEST	7	/* bytes before cookie and RDP_NEG_REQ */
#define CONFIRM_SIZE	(TPKT_HEADER + X224_REQUEST + NEG_SIZE)
#define TPKT_MAX	512
#define BLOB_HEADER	18	/* with the number of characters */

enum { PROTOCOL_SSL = 1, PROTOCOL_HYBRID = 2, PROTOCOL_HYBRID_EX = 8 };
enum { EXTENDED_CLIENT_DATA = 1 };
enum { NEG_REQ = 1, NEG_RSP = 2, NEG_FAILURE = 3, HYBRID_REQUIRED = 5 };

/* Behind Hyper-V's port X.224 is inside TLS. */
static int carrier_read(struct conn *c, void *buf, size_t len)
{
	return c->handshaken ? link_read(c, buf, len) : tcp_read(c, buf, len);
}

static int carrier_write(struct conn *c, const void *buf, size_t len)
{
	return c->handshaken ? link_send(c, span(buf, len)) : tcp_write(c, buf, len);
}

static int read_request(struct conn *c, uint32_t *asked)
{
	uint8_t msg[TPKT_MAX];
	size_t len;

	if (carrier_read(c, msg, TPKT_HEADER))
		return -1;
	len = msg[2] << 8 | msg[3];
	if (msg[0] != 3 || msg[1] || len < TPKT_HEADER + X224_REQUEST || len > sizeof(msg))
		return fail(c, "x224-no-tpkt");
	if (carrier_read(c, msg + TPKT_HEADER, len - TPKT_HEADER))
		return -1;
	if (msg[4] != len - TPKT_HEADER - 1 || msg[5] != 0xe0)
		return fail(c, "x224-no-request");
	*asked = 0;
	if (len < CONFIRM_SIZE)
		return 0;
	/* RDP_NEG_REQ is last: no client of the tests sends correlation info. */
	if (msg[len - 8] != NEG_REQ || msg[len - 6] != NEG_SIZE || msg[len - 5])
		return fail(c, "x224-no-neg-req");
	*asked = get_le32(msg + len - 4);
	return 0;
}

static int confirm(struct conn *c, uint8_t type, uint32_t value)
{
	uint8_t msg[CONFIRM_SIZE] = { 3, 0, 0, CONFIRM_SIZE, 14, 0xd0, 0, 0, 0x12, 0x34, 0,
				      type, 0, NEG_SIZE, 0 };
	enum x224_form form = X224_RIGHT;
	size_t len = sizeof(msg);

	if (c->opt->wrong->action == ACTION_X224_FORM)
		form = c->opt->wrong->arg;
	put_le32(msg + len - 4, value);
	if (type == NEG_RSP && c->opt->rdp)
		msg[len - 7] = EXTENDED_CLIENT_DATA;
	if (form == X224_NO_ANSWER)
		len = TPKT_HEADER + X224_REQUEST;
	msg[3] = len;
	msg[4] = len - TPKT_HEADER - 1;
	if (form == X224_GARBAGE)
		memcpy(msg, "SSH-2.0-server\r\n", 16);
	if (form == X224_LENGTH)
		memset(msg + 2, 0xff, 2);
	if (form == X224_HALF)
		len /= 2;
	if (carrier_write(c, msg, len))
		return -1;
	if (form != X224_HALF)
		return 0;
	shutdown(c->fd, SHUT_WR);
	tcp_drain(c);
	return fail(c, "did-%s", c->opt->wrong->name);
}

static uint32_t choose(const struct conn *c, uint32_t asked)
{
	bool ex = (asked & PROTOCOL_HYBRID_EX) && strcmp(c->opt->x224, "hybrid");

	if (ex)
		return PROTOCOL_HYBRID_EX;
	return strcmp(c->opt->x224, "hybrid-ex") ? asked & PROTOCOL_HYBRID : 0;
}

/* RDP_PRECONNECTION_PDU_V2, MS-RDPEPS 2.2.1.2: its text goes to @c->vm. */
static int read_preconnection(struct conn *c)
{
	uint8_t msg[BLOB_HEADER + 2 * sizeof(c->vm)];
	size_t size;

	if (tcp_read(c, msg, BLOB_HEADER))
		return -1;
	size = get_le32(msg);
	if (size < BLOB_HEADER || size > sizeof(msg) || get_le32(msg + 4) ||
	    get_le32(msg + 8) != 2 || get_le16(msg + 16) * 2U != size - BLOB_HEADER)
		return fail(c, "preconnection-blob");
	if (tcp_read(c, msg + BLOB_HEADER, size - BLOB_HEADER))
		return -1;
	utf16_to_text(span(msg + BLOB_HEADER, size - BLOB_HEADER - 2), c->vm, sizeof(c->vm));
	return 0;
}

int carrier_accept(struct conn *c)
{
	if (c->opt->vmconnect)
		return read_preconnection(c);
	return c->opt->x224 ? carrier_negotiate(c) : 0;
}

int carrier_negotiate(struct conn *c)
{
	const struct wrong *w = c->opt->wrong;
	uint32_t asked, chosen;

	if (read_request(c, &asked) || at_point(c, POINT_X224))
		return -1;
	c->asked = asked;
	if (c->opt->x224_failure)
		return confirm(c, NEG_FAILURE, c->opt->x224_failure);
	if (w->action == ACTION_X224_FAILURE)
		return confirm(c, NEG_FAILURE, w->arg);
	if (w->action == ACTION_SELECT)
		return confirm(c, NEG_RSP, w->arg);
	chosen = choose(c, asked);
	if (!chosen) {
		confirm(c, NEG_FAILURE, HYBRID_REQUIRED);
		return fail(c, "x224-asked-%x", asked);
	}
	c->x224 = chosen == PROTOCOL_HYBRID_EX ? "hybrid-ex" : "hybrid";
	c->early_due = chosen == PROTOCOL_HYBRID_EX;
	c->selected = chosen;
	return confirm(c, NEG_RSP, chosen);
}
