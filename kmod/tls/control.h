/* SPDX-License-Identifier: GPL-2.0-only */
/* The records that are not data after a handshake: tickets, alerts, empty records. */
#ifndef CSSP_TLS_CONTROL_H
#define CSSP_TLS_CONTROL_H

#include "../base/vbuf.h"

/**
 * struct cssp_control - state of the reader of records that are not data
 * @head: first bytes of the current handshake message or alert
 * @have: number of bytes in @head
 * @type: its content type
 * @left: bytes of the handshake message that have not arrived yet
 * @tickets: number of NewSessionTickets since the last data
 * @bytes: total length of these in bytes
 * @empty: number of empty records since the last data
 * @alert: AlertDescription received, 0 for none or close_notify
 * @accept: the peer is a client, which sends no tickets
 * @keep: buffer that NewSessionTickets are appended to, borrowed, or NULL
 *
 * All-zero is the initial state, but for @accept.
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
	bool accept;
	struct cssp_vbuf *keep;
};

/* Most bytes of tickets in @keep. A ticket usually has 200 to 300 bytes. */
#define CSSP_CONTROL_KEEP_MAX	(16 * 1024)

/*
 * Bytes that are known to be missing from the message under way, 0 if none is. Its
 * length is known after its header.
 */
size_t cssp_control_rest(const struct cssp_control *c);

/**
 * cssp_control_data() - account for a record of data
 * @c: state
 * @n: bytes of data, 0 for an empty record
 *
 * Return: 0; -EBADMSG when the record interrupts a handshake message, or when there
 * were too many empty records.
 */
int __must_check cssp_control_data(struct cssp_control *c, size_t n);

/**
 * cssp_control_feed() - read bytes of a record that is not data
 * @c: state
 * @version: of TLS
 * @type: content type
 * @rd: contents, in pieces of any size; empty for an empty record
 *
 * Return: 0 after a ticket or a part of one; -EPIPE when the peer closed or sent an
 * alert, see @c->alert; -EBADMSG for what is not allowed: KeyUpdate (kTLS cannot change
 * keys), renegotiation, a client's ticket, too many tickets or empty records.
 */
int __must_check cssp_control_feed(struct cssp_control *c, u16 version, u8 type,
				   const struct cssp_rd *rd);

#endif
