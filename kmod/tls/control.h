/* SPDX-License-Identifier: GPL-2.0-only */
/* What comes between the data after a handshake: tickets, alerts, nothing. */
#ifndef CSSP_TLS_CONTROL_H
#define CSSP_TLS_CONTROL_H

#include "../base/vbuf.h"

/**
 * struct cssp_control - state of the reader of records that are not data
 * @head: first bytes of the handshake message or alert under way
 * @have: bytes in @head
 * @type: its content type
 * @left: bytes of the handshake message that are still to come
 * @tickets: NewSessionTickets since the last data
 * @bytes: their bytes
 * @empty: empty records since the last data
 * @alert: AlertDescription received, 0 for none or close_notify
 * @keep: where NewSessionTickets go as they are, or NULL
 *
 * All-zero is the start.
 */
struct cssp_control {
	u8 head[4];
	u8 have;
	u8 type;
	u32 left;
	u32 tickets;
	u32 bytes;
	u32 empty;
	u8 alert;
	struct cssp_vbuf *keep;
};

/* Bytes of tickets that are kept. Two or three hundred bytes are usual for each. */
#define CSSP_CONTROL_KEEP_MAX	(16 * 1024)

/**
 * cssp_control_data() - @n bytes of application data came
 * @n: 0 for an empty record
 *
 * Return: 0; -EBADMSG when a handshake message was cut off by it, or when
 * there were too many empty records.
 */
int __must_check cssp_control_data(struct cssp_control *c, size_t n);

/**
 * cssp_control_feed() - bytes of another content type came
 * @c: state
 * @version: of TLS
 * @type: content type
 * @rd: contents, in pieces of any size; nothing for an empty record
 *
 * Return: 0 when there is nothing to do about it (a ticket, skipped); -EPIPE
 * when the peer closed or sent an alert, see @c->alert; -EBADMSG for what must
 * not come: KeyUpdate (kTLS cannot change keys), renegotiation, floods.
 */
int __must_check cssp_control_feed(struct cssp_control *c, u16 version, u8 type,
				   const struct cssp_rd *rd);

#endif
