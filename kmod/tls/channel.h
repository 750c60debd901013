/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A channel: one TLS connection over one of two transports.  On the socket transport
 * kTLS runs on the caller's TCP socket; on the token transport it runs on a loopback
 * connection, and the caller carries the records as opaque tokens.
 *
 * Context: all calls may sleep, and the owner of a channel makes one call at a time.
 */
#ifndef CSSP_TLS_CHANNEL_H
#define CSSP_TLS_CHANNEL_H

#include "../base/iter.h"
#include "../base/requester.h"
#include "../base/vbuf.h"
#include "../base/wait.h"
#include "session.h"
#include "session_cache.h"

struct cssp_channel;
struct socket;

/**
 * struct cssp_channel_params - common to both transports
 * @who: requester, borrowed until the channel is freed
 * @wait: cancellation and deadline, borrowed likewise; the deadline bounds every call
 *	but free, release_socket, shutdown, export and send_alert
 * @host: host name of the server (from the SPN) in ASCII, or empty; borrowed until the
 *	handshake has begun
 * @remote_desktop: the server is a terminal server: its certificate may have the key
 *	usage of Remote Desktop instead of serverAuth
 * @accept: this side is the server. @host and @remote_desktop are not used; the certificate of
 *	cssp_channel_set_cert() is the server's own, empty for the one of the client's SNI; the
 *	session's certificate and public key are this side's own
 */
struct cssp_channel_params {
	const struct cssp_requester *who;
	struct cssp_wait *wait;
	const char *host;
	bool remote_desktop;
	bool accept;
};

/* Make a channel for opaque tokens. 0 or -ENOMEM. @ch: out; cssp_channel_free() frees it. */
int __must_check cssp_channel_create_token(struct cssp_channel **ch,
					   const struct cssp_channel_params *p);

/**
 * cssp_channel_create_socket() - make a channel on the caller's socket
 * @ch: out; cssp_channel_free() frees it
 * @p: parameters
 * @sock: checked here: SOCK_STREAM, TCP (no MPTCP), IPv4/IPv6, ESTABLISHED, no ULP yet,
 *	in @p->who->net.  The channel holds a reference on its file until
 *	cssp_channel_release_socket() or cssp_channel_free(); a kernel socket without a
 *	file must outlive the channel or be released first.
 *
 * Until @sock is released, only the channel may read, write or set options of it.
 *
 * Return: 0; -ENOTSOCK, -ENOTCONN or -EEXIST; -EINVAL for another protocol or network
 * namespace; -ENOMEM.
 */
int __must_check cssp_channel_create_socket(struct cssp_channel **ch,
					    const struct cssp_channel_params *p,
					    struct socket *sock);

/* May data pass? */
bool cssp_channel_usable(const struct cssp_channel *ch);
/* Set @host and @remote_desktop of @p. Before the handshake. */
void cssp_channel_set_server(struct cssp_channel *ch, const struct cssp_channel_params *p);

/**
 * cssp_channel_set_cert() - choose this side's certificate
 * @ch: channel before its handshake, or one that wants a certificate
 * @name: name of the certificate; empty for no client certificate, or for the server's
 *	certificate of the client's SNI; borrowed until the handshake is over
 * @may_ask: cssp_channel_handshake() may return CSSP_E_CERT_WANTED; a server never does
 */
void cssp_channel_set_cert(struct cssp_channel *ch, const char *name, bool may_ask);
/* Before the handshake: does the peer get an alert if it fails? The default is no. */
void cssp_channel_set_alerts(struct cssp_channel *ch, bool alerts);
/* Did the handshake stop with CSSP_E_CERT_WANTED? */
bool cssp_channel_wants_cert(const struct cssp_channel *ch);
/*
 * Move the issuers that the server accepts to @issuers: DER names, each after its
 * length as a big-endian 32-bit number.
 */
void cssp_channel_take_issuers(struct cssp_channel *ch, struct cssp_vbuf *issuers);

/*
 * Before the handshake: offer @past for resumption (NULL: nothing), and keep the new
 * session for a later one. The channel frees @past. A server offers and keeps nothing.
 */
void cssp_channel_offer(struct cssp_channel *ch, struct cssp_past_session *past);

/*
 * Take the session for a later handshake, or NULL; the caller frees it.  Called once the
 * exchange has proven the peer's key, and before cssp_channel_forget_peer().  Sends the
 * tickets to the helper, waits at most a second for it, and ends its conversation.
 */
struct cssp_past_session *cssp_channel_next_session(struct cssp_channel *ch);

/*
 * Token transport: move the whole records at the front of @in to the queue, and leave the
 * rest. -EBADMSG, or -EMSGSIZE when too much is queued; then @in is unchanged.
 */
int __must_check cssp_channel_push_wire(struct cssp_channel *ch, struct cssp_rd *in);
/* Token transport: append the records to be sent to @out. */
int __must_check cssp_channel_pull_wire(struct cssp_channel *ch, struct cssp_vbuf *out);

/**
 * cssp_channel_handshake() - start the TLS handshake or go on with it
 * @ch: channel
 *
 * Token transport: uses the pushed records and queues the records to be sent.
 * Socket transport: relays until the handshake is finished, then installs the keys.
 *
 * Return: 0 when finished; -EAGAIN when more wire bytes are needed (tokens only);
 * CSSP_E_CERT_WANTED when the server asks for a certificate and does not accept the one
 * that was set: the next call uses the certificate of a new cssp_channel_set_cert();
 * other errors are failures, see cssp_channel_reason().
 */
int __must_check cssp_channel_handshake(struct cssp_channel *ch);

/* Valid after a finished handshake. */
const struct cssp_tls_session *cssp_channel_session(const struct cssp_channel *ch);

/* Free the session's certificate and public key, once the exchange is over. */
void cssp_channel_forget_peer(struct cssp_channel *ch);

/* Seal and send one message, in records of up to 16 KiB. */
int __must_check cssp_channel_send(struct cssp_channel *ch, const struct cssp_rd *plain);

/**
 * cssp_channel_recv_request() - receive exactly one TSRequest
 * @ch: channel
 * @msg: out: the message, which replaces the old contents
 *
 * Return: 0; -EAGAIN when it is not complete yet (tokens only; the part is kept);
 * -EPIPE when the peer closed or sent an alert; -EBADMSG for bytes that are no
 * TSRequest, a malformed record, KeyUpdate, too many empty records;
 * -EKEYREJECTED for a record with a bad tag; -EMSGSIZE for a TSRequest above
 * CREDSSP_MAX_TOKEN; -ETIMEDOUT, -ECANCELED, -EINTR, -ENOMEM; -EIO without
 * loopback (tokens only).
 */
int __must_check cssp_channel_recv_request(struct cssp_channel *ch, struct cssp_vbuf *msg);

/* Receive exactly @n plaintext bytes (the Early User Authorization Result). */
int __must_check cssp_channel_recv_exact(struct cssp_channel *ch, void *buf, size_t n);

/**
 * cssp_channel_settle() - end the exchange: check that no data are left
 * @ch: channel
 *
 * Token transport: opens the records that came with the last TSRequest.  They may
 * contain TLS 1.3 tickets.  Data are an error: the context would take them for its first
 * message.
 *
 * Return: 0; -EBADMSG when there are data; else as cssp_channel_recv_request().
 */
int __must_check cssp_channel_settle(struct cssp_channel *ch);

/*
 * Token transport after the exchange: seal one message into records, to @wire, which is
 * open and has room for them.  An empty message makes no record.  A failure after the
 * first record number was used, and -EOVERFLOW when no numbers are left, wipe the keys.
 */
int __must_check cssp_channel_seal(struct cssp_channel *ch, struct cssp_source *plain,
				   struct cssp_sink *wire);

/*
 * Token transport after the exchange: open the record at the front of @wire to @plain,
 * which is not open yet, and skip it in @wire.  -ENODATA when @wire does not begin with a
 * whole record; -ENOSPC; -EFAULT; else as cssp_channel_recv_request().
 */
int __must_check cssp_channel_open(struct cssp_channel *ch, struct cssp_source *wire,
				   struct cssp_sink *plain, struct cssp_opened *o);
/*
 * Token transport: install the keys on @sock, once; afterwards the channel seals and
 * opens nothing (-EOPNOTSUPP).  The errors of cssp_channel_create_socket(), and -EBUSY
 * while the channel has bytes in its queues, leave the channel intact; a partial key
 * install kills it.
 */
int __must_check cssp_channel_export(struct cssp_channel *ch, struct socket *sock);

/*
 * Seal and send a fatal alert (EXTENDED_ERROR) if the channel has keys.  It is the last
 * record.  Best effort.
 */
void cssp_channel_send_alert(struct cssp_channel *ch, u8 description);

/* Socket transport, after the exchange: drop the socket, which keeps its keys. */
void cssp_channel_release_socket(struct cssp_channel *ch);
/*
 * Socket transport only. After a failure: wipe the keys, and shut the socket down if it
 * was used, so that its owner cannot go on in plaintext. A socket on which nothing was
 * sent, and where no client was waited for, stays as it is.
 */
void cssp_channel_shutdown(struct cssp_channel *ch);

/*
 * enum credssp_reason of the first failure, or 0 if its errno says enough, and the alert
 * that was received (0: none).
 */
u32 cssp_channel_reason(const struct cssp_channel *ch);
u8 cssp_channel_alert(const struct cssp_channel *ch);

/* Wipe and free; NULL is fine. */
void cssp_channel_free(struct cssp_channel *ch);

int cssp_tls_init(void);
void cssp_tls_exit(void);

#endif
