// SPDX-License-Identifier: GPL-2.0-only
/* Records that are not data, RFC 8446 4.6 and 6. */
#include "control.h"

#include <linux/kernel.h>
#include <linux/tls.h>

#include "../wire/tls_record.h"

#define NEW_SESSION_TICKET	4	/* RFC 8446 4.6.1 */
#define HANDSHAKE_HEADER	4	/* msg_type and a 24-bit length, RFC 8446 4 */
#define ALERT_SIZE		2	/* level, description; RFC 8446 6 */

/*
 * Limits between two records of data. A server sends one or two tickets of some
 * hundred bytes after a handshake, and later a new one now and then.
 */
#define TICKETS_MAX		16
#define TICKET_BYTES_MAX	(64 * 1024)
/* Legal against traffic analysis (RFC 8446 5.1), but no known server sends them. */
#define EMPTY_MAX		32

static bool control_under_way(const struct cssp_control *c)
{
	return c->have || c->left;
}

size_t cssp_control_rest(const struct cssp_control *c)
{
	if (c->left)
		return c->left;
	if (!c->have)
		return 0;
	return (c->type == CSSP_TLS_ALERT ? ALERT_SIZE : HANDSHAKE_HEADER) - c->have;
}

static int control_count_empty(struct cssp_control *c)
{
	return ++c->empty > EMPTY_MAX ? -EBADMSG : 0;
}

int cssp_control_data(struct cssp_control *c, size_t n)
{
	/* No other record may come between the parts of a message (RFC 8446 5.1). */
	if (control_under_way(c))
		return -EBADMSG;
	if (!n)
		return control_count_empty(c);
	c->empty = 0;
	c->tickets = 0;
	c->bytes = 0;
	return 0;
}

static int control_fill_head(struct cssp_control *c, struct cssp_rd *rd, u8 want)
{
	while (rd->left && c->have < want)
		if (cssp_rd_u8(rd, &c->head[c->have++]))
			return -EBADMSG;
	return 0;
}

static int control_begin_message(struct cssp_control *c)
{
	if (c->head[0] != NEW_SESSION_TICKET || ++c->tickets > TICKETS_MAX)
		return -EBADMSG;
	c->left = (u32)c->head[1] << 16 | (u32)c->head[2] << 8 | c->head[3];
	c->bytes += c->left;
	c->have = 0;
	return c->bytes > TICKET_BYTES_MAX ? -EBADMSG : 0;
}

/* Tickets only serve later handshakes: drop all of them if they are too many or too long. */
static void control_keep(struct cssp_control *c, const struct cssp_rd *piece)
{
	if (!c->keep)
		return;
	if (c->keep->len + piece->left <= CSSP_CONTROL_KEEP_MAX &&
	    !cssp_vbuf_append(c->keep, piece->p, piece->left))
		return;
	cssp_vbuf_free(c->keep);
	c->keep = NULL;
}

/* A record may contain several messages, and a message may span several records. */
static int control_feed_handshake(struct cssp_control *c, u16 version, const struct cssp_rd *piece)
{
	struct cssp_rd rd = *piece;
	size_t skip;
	int ret;

	/* In TLS 1.2 it can only be a renegotiation (RFC 5246 7.4.1); a client has no tickets. */
	if (version != TLS_1_3_VERSION || c->accept)
		return -EBADMSG;
	while (rd.left) {
		if (!c->left) {
			ret = control_fill_head(c, &rd, HANDSHAKE_HEADER);
			if (!ret && c->have == HANDSHAKE_HEADER)
				ret = control_begin_message(c);
			if (ret)
				return ret;
		}
		skip = min_t(size_t, rd.left, c->left);
		ret = cssp_rd_skip(&rd, skip);
		if (ret)
			return ret;
		c->left -= skip;
	}
	control_keep(c, piece);
	return 0;
}

static int control_feed_alert(struct cssp_control *c, const struct cssp_rd *piece)
{
	struct cssp_rd rd = *piece;
	int ret;

	ret = control_fill_head(c, &rd, ALERT_SIZE);
	if (ret || rd.left)
		return -EBADMSG;
	if (c->have < ALERT_SIZE)
		return 0;
	/* Every alert ends the session, whatever its level (RFC 8446 6). */
	c->alert = c->head[1];
	return -EPIPE;
}

int cssp_control_feed(struct cssp_control *c, u16 version, u8 type,
		      const struct cssp_rd *rd)
{
	if (!rd->left)
		return control_count_empty(c);
	if (control_under_way(c) && type != c->type)
		return -EBADMSG;
	c->type = type;
	switch (type) {
	case CSSP_TLS_ALERT:
		return control_feed_alert(c, rd);
	case CSSP_TLS_HANDSHAKE:
		return control_feed_handshake(c, version, rd);
	default:
		return -EBADMSG;
	}
}
