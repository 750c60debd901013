/* SPDX-License-Identifier: GPL-2.0-only */
/* The members of a channel; private to kmod/tls and its tests. */
#ifndef CSSP_TLS_CHANNEL_IMPL_H
#define CSSP_TLS_CHANNEL_IMPL_H

#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <uapi/linux/credssp.h>

#include "../upcall/conv.h"
#include "channel.h"
#include "control.h"
#include "loopback.h"

/**
 * enum cssp_channel_state - state of a channel; written by channel_state.c only
 * @CSSP_CHANNEL_NEW: the handshake has not begun
 * @CSSP_CHANNEL_HANDSHAKE: the helper does the handshake
 * @CSSP_CHANNEL_CERT_WANTED: the server asks for a client certificate
 * @CSSP_CHANNEL_UP: the channel has keys, and data may pass
 * @CSSP_CHANNEL_BROKEN: nothing can be received any more; one alert may be sent
 * @CSSP_CHANNEL_GONE: only the caller's socket has the keys
 * @CSSP_CHANNEL_DEAD: the keys are wiped; the channel is of no use any more
 */
enum cssp_channel_state {
	CSSP_CHANNEL_NEW,
	CSSP_CHANNEL_HANDSHAKE,
	CSSP_CHANNEL_CERT_WANTED,
	CSSP_CHANNEL_UP,
	CSSP_CHANNEL_BROKEN,
	CSSP_CHANNEL_GONE,
	CSSP_CHANNEL_DEAD,
};

/**
 * struct cssp_xprt_ops - a transport
 * @begin: exclude the transport's own work on the channel; 0, or -EINTR when the task
 *	was killed.  Called before all others but @release_socket and @teardown.
 * @end: end what @begin began
 * @push_wire: see cssp_channel_push_wire()
 * @pull_wire: see cssp_channel_pull_wire()
 * @handshake: see cssp_channel_handshake(); in NEW, HANDSHAKE or CERT_WANTED
 * @send: see cssp_channel_send(); in UP
 * @fill: have at least @n bytes in @ch->plain, and up to @most if they have arrived;
 *	in UP.  A socket gives no byte more than @most.  0; -EAGAIN when more wire bytes
 *	are needed; else as cssp_channel_recv_request()
 * @settle: see cssp_channel_settle(); in UP
 * @seal: see cssp_channel_seal(); in UP
 * @open: see cssp_channel_open(); in any state
 * @export: see cssp_channel_export(); in UP
 * @send_alert: seal and send @alert, the last record; in UP or BROKEN
 * @release_socket: see cssp_channel_release_socket()
 * @teardown: release all that the transport holds; no other call follows
 *
 * @begin and @end may be NULL, as may what the transport does not support: @push_wire,
 * @pull_wire, @settle, @seal, @open, @export, @release_socket.
 */
struct cssp_xprt_ops {
	int (*begin)(struct cssp_channel *ch);
	void (*end)(struct cssp_channel *ch);
	int (*push_wire)(struct cssp_channel *ch, struct cssp_rd *in);
	int (*pull_wire)(struct cssp_channel *ch, struct cssp_vbuf *out);
	int (*handshake)(struct cssp_channel *ch);
	int (*send)(struct cssp_channel *ch, const struct cssp_rd *plain);
	int (*fill)(struct cssp_channel *ch, size_t n, size_t most);
	int (*settle)(struct cssp_channel *ch);
	int (*seal)(struct cssp_channel *ch, struct cssp_source *plain,
		    struct cssp_sink *wire);
	int (*open)(struct cssp_channel *ch, struct cssp_source *wire,
		    struct cssp_sink *plain, struct cssp_opened *o);
	int (*export)(struct cssp_channel *ch, struct socket *sock);
	void (*send_alert)(struct cssp_channel *ch, const struct cssp_rd *alert);
	void (*release_socket)(struct cssp_channel *ch);
	void (*teardown)(struct cssp_channel *ch);
};

/**
 * struct cssp_channel - one TLS connection
 * @who, @wait, @host, @remote_desktop, @accept: see struct cssp_channel_params
 * @cert: name of this side's certificate, borrowed; empty for none, or with @accept for that
 *	of the client's SNI
 * @may_ask: the caller can be asked for another certificate
 * @alerts: if the handshake fails, the peer gets an alert
 * @issuers: issuers of the certificates that the server accepts, in CERT_WANTED
 * @helper: calls to the helper, which does the handshake
 * @conv: conversation with it: during the handshake, and afterwards while tickets may
 *	come
 * @xprt: the transport
 * @touched: bytes were sent on @sock, a client's were read, or its options were changed
 * @reason: enum credssp_reason of the first failure, 0 if its errno says enough
 * @records: number of records in the peer's handshake so far
 * @keep: the session is to be resumed later
 * @past: the earlier session that the handshake offers, owned, or NULL
 * @next: the session that can be resumed later, owned, as far as it is known
 * @tickets: NewSessionTickets received after the handshake
 * @sock: socket transport: the caller's socket, NULL once it is released
 * @file: reference that keeps @sock alive, or NULL
 * @lock: token transport: held during a whole operation, and while the idle work closes
 *	the loopback connection; protects all members below, @reason and @records.  The
 *	owner of the channel makes one call at a time, which protects the members that
 *	the idle work does not use, and all members on the socket transport.
 * @state: enum cssp_channel_state; cssp_channel_set_state() writes it
 * @session: keys and facts; on the socket transport the keys are wiped as soon as the
 *	socket has them
 * @control: reader of the records that are not data
 * @wire_in: whole records that were not opened yet
 * @wire_out: records to be sent
 * @plain: data that were received and not taken
 * @loopback: the loopback connection while there is one
 * @idle: closes @loopback
 * @idle_from: jiffies from which on the channel is idle if it is not used before
 */
struct cssp_channel {
	const struct cssp_requester *who;
	struct cssp_wait *wait;
	const char *host;
	const char *cert;
	bool remote_desktop;
	bool accept;
	bool may_ask;
	bool alerts;
	struct cssp_vbuf issuers;
	const struct cssp_helper_ops *helper;
	struct cssp_conv *conv;
	const struct cssp_xprt_ops *xprt;
	bool touched;
	u32 reason;
	unsigned int records;
	bool keep;
	struct cssp_past_session *past;
	struct cssp_past_session *next;
	struct cssp_vbuf tickets;
	struct socket *sock;
	struct file *file;
	/* Protects the following members, see above. */
	struct mutex lock;
	enum cssp_channel_state state;
	struct cssp_tls_session session;
	struct cssp_control control;
	struct cssp_vbuf wire_in;
	struct cssp_vbuf wire_out;
	struct cssp_vbuf plain;
	struct cssp_loopback loopback;
	struct delayed_work idle;
	unsigned long idle_from;
};

/*
 * Most records of the peer in one handshake. A certificate chain in records of a few
 * bytes takes some hundred.
 */
#define CSSP_HANDSHAKE_RECORDS_MAX	4096

#endif
