/* SPDX-License-Identifier: GPL-2.0-only */
/* The inside of a channel; for the files of this room and their tests. */
#ifndef CSSP_TLS_CHANNEL_IMPL_H
#define CSSP_TLS_CHANNEL_IMPL_H

#include <linux/mutex.h>
#include <linux/workqueue.h>
#include <uapi/linux/credssp.h>

#include "channel.h"
#include "control.h"
#include "handshake.h"
#include "loopback.h"

/**
 * enum cssp_channel_state - life of a channel
 * @CSSP_CHANNEL_NEW: nothing was said yet
 * @CSSP_CHANNEL_HANDSHAKE: the helper is at work
 * @CSSP_CHANNEL_CERT_WANTED: it asks for a client certificate
 * @CSSP_CHANNEL_UP: keys are there
 * @CSSP_CHANNEL_BROKEN: nothing can be received any more; one alert may be sent
 * @CSSP_CHANNEL_GONE: the keys are the caller's socket's
 * @CSSP_CHANNEL_DEAD: no keys, no use
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
 * struct cssp_channel - one TLS connection
 * @who, @wait, @host, @remote_desktop: see struct cssp_channel_params
 * @cert: name of the client certificate, borrowed; empty for none
 * @may_ask: the caller can be asked for another one
 * @alerts: the peer is told why the handshake failed
 * @issuers: of certificates that the server takes, while it wants one
 * @helper: who does the handshakes
 * @conv: conversation with it, during the handshake, and after it while tickets
 *	may come
 * @is_socket: which transport
 * @touched: bytes were sent on @sock, or it was changed
 * @reason: enum credssp_reason of the first failure
 * @records: of the peer's handshake, so far
 * @keep: the session is to be resumed later
 * @past: the earlier session that the handshake offers, or NULL
 * @next: the session that can be resumed later, as far as it is known
 * @tickets: NewSessionTickets that came after the handshake
 * @sock: socket transport: the caller's, NULL once it is released
 * @file: reference that keeps @sock alive, or NULL
 * @lock: token transport: one whole operation at a time, the closing of an idle
 *	pair included; protects all below, @reason and @records from it.  Calls
 *	are serialized by who owns the channel, which is enough for the socket
 *	transport and for what the idle pair's work does not touch.
 * @state: enum cssp_channel_state
 * @session: keys and facts; on the socket transport the keys are forgotten as
 *	soon as the socket has them
 * @control: records that are not data
 * @wire_in: whole records that were not looked at yet
 * @wire_out: what is to be sent
 * @plain: data opened but not taken
 * @pair: the loopback pair while there is one
 * @idle: closes it
 */
struct cssp_channel {
	const struct cssp_requester *who;
	struct cssp_wait *wait;
	const char *host;
	const char *cert;
	bool remote_desktop;
	bool may_ask;
	bool alerts;
	struct cssp_vbuf issuers;
	const struct cssp_helper_ops *helper;
	struct cssp_conv *conv;
	bool is_socket;
	bool touched;
	u32 reason;
	unsigned int records;
	bool keep;
	struct cssp_past_session *past;
	struct cssp_past_session *next;
	struct cssp_vbuf tickets;
	struct socket *sock;
	struct file *file;
	/* Protects what follows, see above. */
	struct mutex lock;
	enum cssp_channel_state state;
	struct cssp_tls_session session;
	struct cssp_control control;
	struct cssp_vbuf wire_in;
	struct cssp_vbuf wire_out;
	struct cssp_vbuf plain;
	struct cssp_loopback pair;
	struct delayed_work idle;
};

/*
 * Records of the peer that one handshake may take. Some hundred are seen when a
 * certificate chain comes in records of a few bytes.
 */
#define CSSP_HANDSHAKE_RECORDS_MAX	4096

/* Remember why (@reason, or 0 for what @err says) unless that is known; returns @err. */
int cssp_channel_fail(struct cssp_channel *ch, int err, u32 reason);
/* May data pass? 0, -EPROTO before that, -EOPNOTSUPP or -EPIPE afterwards. */
int __must_check cssp_channel_check(const struct cssp_channel *ch);
/* The receiving side is lost: only an alert may still be sent. */
void cssp_channel_break(struct cssp_channel *ch);
/* No key is used again. What is in @wire_out stays. */
void cssp_channel_kill(struct cssp_channel *ch);

#endif
