/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A channel: a kTLS socket plus the way its wire side is fed.  Both transports
 * (the caller's own TCP socket; opaque tokens over a loopback pair) look alike
 * from here up.
 */
#ifndef CSSP_TLS_CHANNEL_H
#define CSSP_TLS_CHANNEL_H

#include "../base/requester.h"
#include "../base/vbuf.h"
#include "../base/wait.h"
#include "session.h"
#include "session_cache.h"

struct cssp_channel;
struct socket;

/**
 * struct cssp_channel_params - common to both transports
 * @who: borrowed for the channel's life
 * @wait: borrowed likewise; its deadline bounds every call but free, release,
 *	shutdown and send_alert
 * @host: server's host name (from the SPN) in ASCII or empty, borrowed until
 *	the handshake has begun
 * @remote_desktop: it is a terminal server: its certificate may say so instead of
 *	serverAuth
 */
struct cssp_channel_params {
	const struct cssp_requester *who;
	struct cssp_wait *wait;
	const char *host;
	bool remote_desktop;
};

/* A channel for opaque tokens. */
int __must_check cssp_channel_create_token(struct cssp_channel **ch,
					   const struct cssp_channel_params *p);

/**
 * cssp_channel_create_socket() - a channel on the caller's socket
 * @ch: out
 * @p: parameters
 * @sock: checked here: SOCK_STREAM, TCP (no MPTCP), IPv4/IPv6, ESTABLISHED, no
 *	ULP yet, in @p->who->net.  A reference on its file is taken and dropped
 *	by cssp_channel_release_socket() or _free(); a kernel socket without a
 *	file must outlive the channel or be released first.
 *
 * Nobody else may read, write or set options of @sock until it is released.
 *
 * Return: 0, or -ENOTSOCK, -EPROTONOSUPPORT, -ENOTCONN, -EEXIST, -EXDEV.
 */
int __must_check cssp_channel_create_socket(struct cssp_channel **ch,
					    const struct cssp_channel_params *p,
					    struct socket *sock);

/* Are the keys there and whole? */
bool cssp_channel_usable(const struct cssp_channel *ch);
/* The server's name and kind, if they were not known yet; before the handshake. */
void cssp_channel_set_server(struct cssp_channel *ch, const struct cssp_channel_params *p);

/**
 * cssp_channel_set_cert() - which client certificate the server may have
 * @ch: channel before its handshake, or one that wants a certificate
 * @name: of the certificate, empty for none; borrowed until the handshake is over
 * @may_ask: cssp_channel_handshake() may stop and ask for another one
 */
void cssp_channel_set_cert(struct cssp_channel *ch, const char *name, bool may_ask);
/* Before the handshake: may the peer be told why it failed? It is not, unless so. */
void cssp_channel_set_alerts(struct cssp_channel *ch, bool alerts);
/* Has the handshake stopped to ask for a certificate? */
bool cssp_channel_wants_cert(const struct cssp_channel *ch);
/*
 * The issuers that the server trusts: moved to @issuers, names of DER after
 * their big-endian 32-bit lengths.
 */
void cssp_channel_take_issuers(struct cssp_channel *ch, struct cssp_vbuf *issuers);

/*
 * Before the handshake: its session is to be resumed later, and @past now (NULL:
 * there is none), which is taken over.
 */
void cssp_channel_offer(struct cssp_channel *ch, struct cssp_past_session *past);

/*
 * The exchange has proven the peer's key: the session for a later one, which is
 * the caller's, or NULL.  Asks the helper about the tickets that came, and ends
 * its conversation; takes no longer than a moment.  Before
 * cssp_channel_forget_peer().
 */
struct cssp_past_session *cssp_channel_next_session(struct cssp_channel *ch);

/*
 * Token transport: queue the whole records at the front of @in, leave the rest.
 * -EBADMSG, or -EMSGSIZE when too much is queued; then nothing is taken.
 */
int __must_check cssp_channel_push_wire(struct cssp_channel *ch, struct cssp_rd *in);
/* Token transport: move what is to be sent to @out (appended). */
int __must_check cssp_channel_pull_wire(struct cssp_channel *ch, struct cssp_vbuf *out);

/**
 * cssp_channel_handshake() - go on with the TLS handshake
 * Token transport: uses what was pushed, queues what is to be sent.
 * Socket: relays until it is finished, then installs the keys.
 * The first call starts it.
 *
 * Return: 0 when finished; -EAGAIN when more wire bytes are needed (tokens
 * only); CSSP_E_CERT_WANTED when the server asks for a certificate and the one
 * that was set is none it takes: the next call goes on with what
 * cssp_channel_set_cert() says by then; else a failure, see
 * cssp_channel_reason().
 */
int __must_check cssp_channel_handshake(struct cssp_channel *ch);

/* Valid after a finished handshake. */
const struct cssp_tls_session *cssp_channel_session(const struct cssp_channel *ch);

/* Established: the session's certificate and public key are not needed any more. */
void cssp_channel_forget_peer(struct cssp_channel *ch);

/* Seal and send one message: one write, in records of up to 16 KiB. */
int __must_check cssp_channel_send(struct cssp_channel *ch, const struct cssp_rd *plain);

/**
 * cssp_channel_recv_request() - receive exactly one TSRequest
 * @ch: channel
 * @msg: out: the message; what was there before is replaced
 *
 * Return: 0; -EAGAIN when it is not whole yet (tokens only; the part is kept);
 * -EPIPE when the peer closed or sent an alert; -EBADMSG for what is no
 * TSRequest, a malformed record, KeyUpdate, a flood of empty records;
 * -EKEYREJECTED for a record with a bad tag; -EMSGSIZE for a TSRequest above
 * CREDSSP_MAX_TOKEN; -ETIMEDOUT, -ECANCELED, -EINTR, -ENOMEM; -EIO without
 * loopback (tokens only).
 */
int __must_check cssp_channel_recv_request(struct cssp_channel *ch, struct cssp_vbuf *msg);

/* Receive exactly @n plaintext bytes (the Early User Authorization Result). */
int __must_check cssp_channel_recv_exact(struct cssp_channel *ch, void *buf, size_t n);

/**
 * cssp_channel_settle() - the exchange is over: nothing may be left of it
 * @ch: channel
 *
 * Tokens: opens the records that came with the last TSRequest.  TLS 1.3's
 * tickets may be among them; data may not, since nobody has asked for any, and
 * they would be taken for the first message of the established context.
 *
 * Return: 0; -EBADMSG when there are data; what opening a record may give.
 */
int __must_check cssp_channel_settle(struct cssp_channel *ch);

/*
 * Token transport after the exchange: one message to TLS records in @out
 * (appended); nothing makes no record.  Every failure past the first byte, and
 * -EOVERFLOW when the record numbers are used up, is final.
 */
int __must_check cssp_channel_seal(struct cssp_channel *ch, const struct cssp_rd *plain,
				   struct cssp_vbuf *out);
/*
 * ... and the data of one whole record to @plain (appended); takes the record
 * off @wire.  A ticket or an empty record gives nothing.  -EAGAIN when @wire
 * does not begin with a whole record; else as cssp_channel_recv_request().
 */
int __must_check cssp_channel_open(struct cssp_channel *ch, struct cssp_rd *wire,
				   struct cssp_vbuf *plain);
/*
 * Install the keys on @sock, once; the channel seals and opens nothing
 * afterwards (-EOPNOTSUPP).  Errors of cssp_channel_create_socket(); -EBUSY
 * while there are bytes that only this channel can hand out: both lose nothing.
 */
int __must_check cssp_channel_export(struct cssp_channel *ch, struct socket *sock);

/*
 * Seal and send a fatal alert (EXTENDED_ERROR) if the keys are there; the last
 * thing that is ever sent.  Best effort.
 */
void cssp_channel_send_alert(struct cssp_channel *ch, u8 description);

/* Socket transport: established; the socket is the caller's alone again. */
void cssp_channel_release_socket(struct cssp_channel *ch);
/*
 * After a failure: past the first byte nobody may go on in plaintext.  A socket
 * on which nothing was sent yet is left alone.
 */
void cssp_channel_shutdown(struct cssp_channel *ch);

/* enum credssp_reason of the last failure, and the alert received (0: none). */
u32 cssp_channel_reason(const struct cssp_channel *ch);
u8 cssp_channel_alert(const struct cssp_channel *ch);

/* Wipe and free; NULL is fine. */
void cssp_channel_free(struct cssp_channel *ch);

int cssp_tls_init(void);
void cssp_tls_exit(void);

#endif
