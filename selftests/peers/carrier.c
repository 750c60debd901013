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

enum { PROTOCOL_SSL = 1, PROTOCOL_HYBRID = 2, PROTOCOL_HYBRID_EX = 8 };
enum { NEG_REQ = 1, NEG_RSP = 2, NEG_FAILURE = 3, HYBRID_REQUIRED = 5 };

static int read_request(struct conn *c, uint32_t *asked)
{
	uint8_t msg[TPKT_MAX];
	size_t len;

	if (tcp_read(c, msg, TPKT_HEADER))
		return -1;
	len = msg[2] << 8 | msg[3];
	if (msg[0] != 3 || msg[1] || len < TPKT_HEADER + X224_REQUEST || len > sizeof(msg))
		return fail(c, "x224-no-tpkt");
	if (tcp_read(c, msg + TPKT_HEADER, len - TPKT_HEADER))
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
	if (tcp_write(c, msg, len))
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

int carrier_accept(struct conn *c)
{
	const struct wrong *w = c->opt->wrong;
	uint32_t asked, chosen;

	if (!c->opt->x224)
		return 0;
	if (read_request(c, &asked) || at_point(c, POINT_X224))
		return -1;
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
	return confirm(c, NEG_RSP, chosen);
}
