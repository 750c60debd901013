/* SPDX-License-Identifier: GPL-2.0-only */
/* What the parts of a handshake share: tls.c, and above it tls_client.c and tls_server.c. */
#ifndef CREDSSPD_TLS_IMPL_H
#define CREDSSPD_TLS_IMPL_H

#include <gnutls/gnutls.h>
#include "base/bytes.h"
#include "certs/trust.h"
#include "client_cert.h"
#include "client_hello.h"
#include "extensions.h"
#include "own_cert.h"
#include "ticket.h"
#include "tls.h"

struct tls_client;
struct tls_client_base;
struct tls_server;

/**
 * struct tls_context - what all handshakes share
 * @keys: the key keeper, or NULL; borrowed
 * @keylog: the key log, or NULL; borrowed
 * @client: for handshakes as the client
 * @server: for handshakes as the server
 */
struct tls_context {
	struct keeper *keys;
	struct keylog *keylog;
	struct tls_client *client;
	struct tls_server *server;
};

/**
 * struct tls_role - what client and server do in their own ways
 * @begin: in the coroutine, before the first message; 0 or an error of GnuTLS. May be NULL
 * @failure: the CREDSSP_HLP_FAIL_* of an error of GnuTLS
 * @describe: after DONE: fill the members that are not of the session's keys
 * @write_chain: see tls_conn_chain()
 */
struct tls_role {
	int (*begin)(struct tls_conn *conn);
	uint32_t (*failure)(const struct tls_conn *conn, int error);
	void (*describe)(struct tls_conn *conn, struct credssp_hlp_tls_reply *reply);
	void (*write_chain)(const struct tls_conn *conn, struct writer *w);
};

/**
 * struct tls_conn - a handshake
 * @role: of this side
 * @own: the certificate of this side
 * @in, @in_left: bytes of the peer that GnuTLS has not pulled yet; borrowed, or in @rest
 * @in_length: @in_left at the beginning of the step
 * @last: the last bytes that GnuTLS pulled: as many as a record with an alert has
 * @rest: bytes that were left when the step stopped for the key keeper
 * @out: bytes that GnuTLS pushed in this step
 * @silent: the peer has to speak first, and has not: nothing may be sent
 * @begun: @role's begin() was called
 * @result: how gnutls_handshake() ended
 * @coroutine: runs GnuTLS during a step
 * @keylog: the key log, or NULL
 * @logged: it has a secret of this session
 *
 * Of a client:
 *
 * @keep: its session will be resumed later
 * @offered: it began with an earlier session
 * @remote_desktop: the server is a terminal server
 * @key_checked: the key of the server's certificate may be used
 * @key_too_large: the key of the server's certificate is too large to be used
 * @base: what it shares with others of the same time
 * @chain: the server's certificates, as far as they are parsed
 * @ticket: the session for resumption
 * @host: name of the server, or its address
 * @extensions: the extensions that it offers
 * @cert: the choice of the client certificate
 *
 * Of a server:
 *
 * @server: borrowed
 * @chosen: @own_chain is that of the certificate that is used
 * @enabled: session tickets were enabled
 * @no_cert: there is none, or it cannot be used
 * @own_chain: its chain, in the form of the reply
 * @hello: from the ClientHello
 */
struct tls_conn {
	const struct tls_role *role;
	gnutls_session_t session;
	struct own_cert own;
	const uint8_t *in;
	size_t in_left;
	size_t in_length;
	uint8_t last[7];
	struct bytes rest;
	struct bytes out;
	bool silent;
	bool begun;
	int result;
	struct coroutine *coroutine;
	struct keylog *keylog;
	bool logged;

	bool keep;
	bool offered;
	bool remote_desktop;
	bool key_checked;
	bool key_too_large;
	struct tls_client_base *base;
	struct trust_chain chain;
	struct ticket ticket;
	char host[CREDSSP_MAX_TARGET + 1];
	struct extensions extensions;
	struct client_cert cert;

	struct tls_server *server;
	bool chosen;
	bool enabled;
	bool no_cert;
	struct bytes own_chain;
	struct client_hello hello;
};

/*
 * Make the priorities of a side: @group goes first, and @more follows. 0, or an error of
 * GnuTLS, logged.
 */
int tls_priority_make(gnutls_priority_t *priority, const struct tls_options *o,
		      unsigned int group, const char *more);
/* Make the session of @conn, for tls_conn_free(). 0 or -ENOMEM. */
int tls_session_make(struct tls_conn *conn, unsigned int flags, gnutls_priority_t priority,
		     gnutls_certificate_credentials_t credentials,
		     gnutls_handshake_hook_func hook);
/* Begin a step with @length bytes of the peer. */
void tls_step_begin(struct tls_conn *conn, const void *in, size_t length,
		    struct tls_progress *progress);

/* NULL after logging the reason. */
struct tls_client *tls_client_new(const struct tls_options *options);
void tls_client_free(struct tls_client *client);
/* See tls_context_renew(). */
int tls_client_renew(struct tls_client *client, const struct tls_options *options,
		     gnutls_x509_trust_list_t list);
struct tls_server *tls_server_new(const struct tls_options *options);
void tls_server_free(struct tls_server *server);
/* Make priorities, and use them from now on. */
int tls_server_prepare(gnutls_priority_t *priorities, const struct tls_options *options);
void tls_server_renew(struct tls_server *server, gnutls_priority_t priorities);
/* See tls_context_expire(). */
int tls_server_expire(struct tls_server *server, int64_t now);

#endif
