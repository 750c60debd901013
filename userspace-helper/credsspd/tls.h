/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * One TLS client handshake as a thing that takes bytes and gives bytes.  It
 * knows no sockets, no devices and no threads, and it never blocks: a step that
 * needs the key keeper's answer stops, and goes on when that is there.
 */
#ifndef CREDSSPD_TLS_H
#define CREDSSPD_TLS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/credssp.h>
#include "bytes.h"
#include "keeper.h"

#define TLS_1_2	0x0303
#define TLS_1_3	0x0304

/**
 * struct tls_options - what all handshakes have in common
 * @trust_file: PEM file with further trusted certificates, or NULL
 * @min_version, @max_version: TLS_1_2 or TLS_1_3
 * @keys: who has the users' client certificates, or NULL; borrowed
 * @chacha: the kernel can seal ChaCha20-Poly1305 records
 */
struct tls_options {
	const char *trust_file;
	uint16_t min_version;
	uint16_t max_version;
	struct keeper *keys;
	bool chacha;
};

struct tls_client;
struct tls_conn;

/* Load the trust store and so on; needs the file system. NULL after logging why not. */
struct tls_client *tls_client_new(const struct tls_options *options);
void tls_client_free(struct tls_client *client);

/**
 * struct tls_start - what a handshake begins with
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
 * tls_conn_new() - prepare a handshake
 * @conn: out
 * @client: borrowed until tls_conn_free()
 * @start: what it begins with
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int tls_conn_new(struct tls_conn **conn, const struct tls_client *client,
		 const struct tls_start *start);
void tls_conn_free(struct tls_conn *conn);

/**
 * tls_conn_set_cert() - what the server may have as the client's certificate
 * @conn: before its first step
 * @uid: of the requester
 * @name, @length: of the certificate, not NUL-terminated; empty for none
 * @may_ask: a step may end in CERT_WANTED
 *
 * Return: 0 or -EINVAL.
 */
int tls_conn_set_cert(struct tls_conn *conn, uint32_t uid, const void *name, size_t length,
		      bool may_ask);

/* A step is not over: it waits for the key keeper. Never in a reply. */
#define TLS_STATE_ASKING	0

/**
 * struct tls_progress - where a handshake is after a step
 * @state: enum credssp_hlp_tls_state, or TLS_STATE_ASKING and nothing else is set
 * @consumed: bytes of the step's input that were used
 * @alert: FAILED: AlertDescription received from the peer, or 0
 * @failure: FAILED without @alert: enum credssp_hlp_failure
 * @out, @out_length: bytes to send, valid until the next step
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
 * Go on with @length bytes from the peer; the first step has none. 0, or -EPROTO
 * while it waits for an answer, be it the module's or the key keeper's: then
 * nothing happens.
 */
int tls_conn_step(struct tls_conn *conn, const void *in, size_t length,
		  struct tls_progress *progress);

/* The server says too much: instead of a step, the handshake fails. 0. */
int tls_conn_refuse(struct tls_conn *conn, struct tls_progress *progress);

/*
 * After CERT_WANTED: go on with the certificate of this name, or, empty, without
 * one. 0; -EINVAL for what is no name, -EPROTO when nothing was asked: then
 * nothing happens.
 */
int tls_conn_answer(struct tls_conn *conn, const void *name, size_t length,
		    struct tls_progress *progress);
/* After TLS_STATE_ASKING: has the key keeper answered, or failed to? */
bool tls_conn_is_answered(const struct tls_conn *conn);
/* It has: go on with the step. */
void tls_conn_resume(struct tls_conn *conn, struct tls_progress *progress);
/* After CERT_WANTED: the issuers that the server names, as the reply has them. */
void tls_conn_issuers(const struct tls_conn *conn, struct writer *w);

/*
 * After DONE: fill version, cipher, trust, not_after, flags, session_lifetime, tx
 * and rx of @reply. 0 or -EPROTO.
 */
int tls_conn_describe(struct tls_conn *conn, struct credssp_hlp_tls_reply *reply);
/* After DONE: the peer's chain, its own certificate first, as the reply has it. */
void tls_conn_chain(const struct tls_conn *conn, struct writer *w);
/* After DONE: will there be tickets (CREDSSP_HLP_TLS_TICKETS)? */
bool tls_conn_expects_tickets(const struct tls_conn *conn);
/* After DONE and after tickets: the session that can be resumed, if there is one. */
void tls_conn_session(const struct tls_conn *conn, struct writer *w);
/*
 * After DONE with TICKETS: take NewSessionTicket messages; the lifetime of the
 * session that they are for, 0 when they are of no use.
 */
uint32_t tls_conn_tickets(struct tls_conn *conn, const uint8_t *messages, size_t length);

#endif
