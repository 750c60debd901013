/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One TLS handshake, as the client or the server, as functions that take and return bytes.
 * They know no sockets, devices or threads, and never block: a step that needs the key
 * keeper's answer stops, and is resumed when the answer is there.
 */
#ifndef CREDSSPD_TLS_H
#define CREDSSPD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/credssp.h>
#include "base/bytes.h"
#include "keeper/keeper.h"
#include "keylog.h"

#define TLS_1_2	0x0303
#define TLS_1_3	0x0304

/**
 * struct tls_options - options of all handshakes
 * @trust_file: PEM file with further trusted certificates, or NULL
 * @min_version, @max_version: TLS_1_2 or TLS_1_3
 * @keys: the key keeper, which has the users' certificates, or NULL; borrowed
 * @keylog: gets the secrets of all sessions, or NULL; borrowed
 * @chacha: the kernel can seal ChaCha20-Poly1305 records
 */
struct tls_options {
	const char *trust_file;
	uint16_t min_version;
	uint16_t max_version;
	struct keeper *keys;
	struct keylog *keylog;
	bool chacha;
};

struct tls_context;
struct tls_conn;

/*
 * Load the trust store and so on; needs the file system. On
 * failure log the reason and return NULL.
 */
struct tls_context *tls_context_new(const struct tls_options *options);
void tls_context_free(struct tls_context *context);
/*
 * New handshakes have @options, and trust @list (a gnutls_x509_trust_list_t) instead of the trust
 * store and the file of @options; others go on with what they have. Needs no file system. @list
 * is taken over in any case. Any thread may call it. Returns 0 or a negative errno, and then
 * nothing has changed.
 */
int tls_context_renew(const struct tls_context *context, const struct tls_options *options,
		      void *list);
/*
 * Wipe the secret of session tickets if it is too old at @now (clock_ms()). Return the
 * milliseconds until the next call is due, or -1. Any thread may call it.
 */
int tls_context_expire(const struct tls_context *context, int64_t now);

/**
 * struct tls_start - parameters of a new handshake
 * @host: name of the server in ASCII, or its address, NUL-terminated; empty when
 *	unknown
 * @keep: the session will be resumed later: ask for tickets
 * @remote_desktop: it is a terminal server, see struct trust_target
 * @session, @session_length: an earlier session to be resumed, if there is one
 */
struct tls_start {
	const char *host;
	bool keep;
	bool remote_desktop;
	const void *session;
	size_t session_length;
};

/**
 * tls_conn_new() - prepare a handshake as the client
 * @conn: out
 * @context: borrowed until tls_conn_free()
 * @start: its parameters
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int tls_conn_new(struct tls_conn **conn, const struct tls_context *context,
		 const struct tls_start *start);
/**
 * tls_conn_accept() - prepare a handshake as the server
 * @conn: out
 * @context: borrowed until tls_conn_free()
 * @uid: uid of the requester
 * @name, @length: name of its certificate, not NUL-terminated; empty for that of the client's
 *	SNI
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int tls_conn_accept(struct tls_conn **conn, const struct tls_context *context, uint32_t uid,
		    const void *name, size_t length);
void tls_conn_free(struct tls_conn *conn);

/**
 * tls_conn_set_cert() - set the client certificate
 * @conn: before its first step
 * @uid: uid of the requester
 * @name, @length: name of the certificate, not NUL-terminated; empty for none
 * @may_ask: a step may end in CERT_WANTED
 *
 * Return: 0 or -EINVAL.
 */
int tls_conn_set_cert(struct tls_conn *conn, uint32_t uid, const void *name, size_t length,
		      bool may_ask);

/* The step is not over: it waits for the key keeper. This state is never in a reply. */
#define TLS_STATE_ASKING	0

/**
 * struct tls_progress - result of a step
 * @state: enum credssp_hlp_tls_state; or TLS_STATE_ASKING, then nothing else is set
 * @consumed: bytes of the step's input that were used
 * @alert: FAILED: AlertDescription received from the peer, or 0
 * @failure: FAILED without @alert: enum credssp_hlp_failure
 * @out, @out_length: bytes to send, valid until the next step or tls_conn_free_out()
 */
struct tls_progress {
	uint32_t state;
	size_t consumed;
	uint8_t alert;
	uint32_t failure;
	const uint8_t *out;
	size_t out_length;
};

/*
 * Run a step with @length bytes from the peer; the first step has none. 0, or -EPROTO
 * without any effect if the handshake waits for the module's or the key keeper's answer.
 */
int tls_conn_step(struct tls_conn *conn, const void *in, size_t length,
		  struct tls_progress *progress);

/* In place of a step, for a peer that sends too much: fail the handshake. 0 or -EPROTO. */
int tls_conn_refuse(struct tls_conn *conn, struct tls_progress *progress);

/*
 * After CERT_WANTED: go on with the certificate of this name, or
 * without one if it is empty. 0; without any effect -EINVAL for an
 * invalid name, or -EPROTO if nothing was asked.
 */
int tls_conn_answer(struct tls_conn *conn, const void *name, size_t length,
		    struct tls_progress *progress);
/* After TLS_STATE_ASKING: true if the key keeper has answered, or has failed to. */
bool tls_conn_is_answered(const struct tls_conn *conn);
/* Then: go on with the step. */
void tls_conn_resume(struct tls_conn *conn, struct tls_progress *progress);
/* Bytes of this side's chain that the handshake holds. */
size_t tls_conn_cert_length(const struct tls_conn *conn);
/* The bytes to send have been copied: free them. */
void tls_conn_free_out(struct tls_conn *conn);
/* After CERT_WANTED: write the issuers that the server names, in the form of the reply. */
void tls_conn_issuers(const struct tls_conn *conn, struct writer *w);

/*
 * After DONE: fill version, cipher, trust, not_after, flags, session_lifetime, tx
 * and rx of @reply. 0 or -EPROTO.
 */
int tls_conn_describe(struct tls_conn *conn, struct credssp_hlp_tls_reply *reply);
/* After DONE: write the server's chain, its own certificate first, in the form of the reply. */
void tls_conn_chain(const struct tls_conn *conn, struct writer *w);
/* After DONE: true if tickets are expected (CREDSSP_HLP_TLS_TICKETS). */
bool tls_conn_expects_tickets(const struct tls_conn *conn);
/* After DONE and after tickets: write the session that can be resumed, if there is one. */
void tls_conn_session(const struct tls_conn *conn, struct writer *w);
/*
 * After DONE with TICKETS: take NewSessionTicket messages. Return the lifetime of their
 * session, or 0 if they cannot be used.
 */
uint32_t tls_conn_tickets(struct tls_conn *conn, const uint8_t *messages, size_t length);

#endif
