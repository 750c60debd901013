// SPDX-License-Identifier: GPL-2.0-only
/* Handshakes, whether of the client or of the server. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/gnutls.h>
#include "base/clock.h"
#include "base/coroutine.h"
#include "base/log.h"
#include "facts.h"
#include "groups.h"
#include "keeper/keeper_impl.h"
#include "tls_base.h"
#include "tls_impl.h"

/*
 * The limit of one flight. One with a chain of certificates has a few kilobytes, and
 * KEYRING_CHAIN_BYTES at most; a reply has room for much more than this.
 */
#define MAX_FLIGHT	65536
/*
 * Calls of gnutls_handshake() in one step: each non-fatal error (a warning
 * alert) takes one, and an honest peer sends one or two of them.
 */
#define MAX_ROUNDS	16

/*
 * Use only what kTLS supports: AEAD suites of TLS 1.2 and 1.3, and no extension of
 * other suites (encrypt-then-MAC, RFC 7366). No DHE: in TLS 1.2 the server makes the
 * group, in TLS 1.3 it may choose one of 8192 bits. Limits of the record size below 512
 * bytes, which are legal from 64 on (RFC 8449 4), need a word of their own.
 */
#define PRIORITY_VERSIONS	"NORMAL:-VERS-ALL%s%s:-DHE-RSA:-GROUP-ALL%s"
#define PRIORITY_CIPHERS	":-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM%s:%%NO_ETM:%%ALLOW_SMALL_RECORDS%s"

int tls_priority_make(gnutls_priority_t *priority, const struct tls_options *o,
		      unsigned int group, const char *more)
{
	char groups[GROUPS_TEXT], text[256 + GROUPS_TEXT];
	const char *where;
	int ret;

	groups_write(group, groups);
	snprintf(text, sizeof(text), PRIORITY_VERSIONS PRIORITY_CIPHERS,
		 o->max_version >= TLS_1_3 ? ":+VERS-TLS1.3" : "",
		 o->min_version <= TLS_1_2 ? ":+VERS-TLS1.2" : "",
		 groups, o->chacha ? ":+CHACHA20-POLY1305" : "", more);
	ret = gnutls_priority_init(priority, text, &where);
	if (ret < 0)
		log_error("priorities: %s at \"%s\"", gnutls_strerror(ret), where);
	return ret;
}

/* Keep the last bytes that were pulled. */
static void note_last(struct tls_conn *conn, const uint8_t *data, size_t n)
{
	const size_t room = sizeof(conn->last);

	if (n < room) {
		memmove(conn->last, conn->last + n, room - n);
		memcpy(conn->last + room - n, data, n);
	} else {
		memcpy(conn->last, data + n - room, room);
	}
}

static ssize_t pull(gnutls_transport_ptr_t p, void *data, size_t n)
{
	struct tls_conn *conn = p;

	if (!conn->in_left) {
		gnutls_transport_set_errno(conn->session, EAGAIN);
		return -1;
	}
	if (n > conn->in_left)
		n = conn->in_left;
	memcpy(data, conn->in, n);
	conn->in += n;
	conn->in_left -= n;
	note_last(conn, data, n);
	return n;
}

static ssize_t push(gnutls_transport_ptr_t p, const void *data, size_t n)
{
	struct tls_conn *conn = p;
	int err = bytes_append(&conn->out, data, n, MAX_FLIGHT);

	if (err) {
		gnutls_transport_set_errno(conn->session, -err);
		return -1;
	}
	return n;
}

/* GnuTLS has a secret of the session: @label says which. */
static int on_secret(gnutls_session_t session, const char *label, const gnutls_datum_t *secret)
{
	struct tls_conn *conn = gnutls_transport_get_ptr(session);
	gnutls_datum_t client, server;

	gnutls_session_get_random(session, &client, &server);
	keylog_write(conn->keylog, label, &client, secret);
	conn->logged = true;
	return 0;
}

/* The secret of a session of TLS 1.2 that is resumed: GnuTLS has it from the ticket, silently. */
static void log_resumed(struct tls_conn *conn)
{
	gnutls_datum_t secret;

	if (!conn->keylog || conn->logged)
		return;
	gnutls_session_get_master_secret(conn->session, &secret);
	on_secret(conn->session, KEYLOG_MASTER, &secret);
}

int tls_session_make(struct tls_conn *conn, unsigned int flags, gnutls_priority_t priority,
		     gnutls_certificate_credentials_t credentials,
		     gnutls_handshake_hook_func hook)
{
	gnutls_session_t session;

	flags |= GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL | GNUTLS_NO_AUTO_REKEY;
	if (gnutls_init(&session, flags) < 0)
		return -ENOMEM;
	conn->session = session;
	gnutls_transport_set_ptr(session, conn);
	gnutls_transport_set_pull_function(session, pull);
	gnutls_transport_set_push_function(session, push);
	if (conn->keylog)
		gnutls_session_set_keylog_function(session, on_secret);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH, hook);
	/* The module bounds the time of the exchange; a second timeout is not needed. */
	gnutls_handshake_set_timeout(session, 0);
	if (gnutls_priority_set(session, priority) < 0 ||
	    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE, credentials) < 0)
		return -ENOMEM;
	return 0;
}

/* A stopped coroutine has resources on its stack: let it run to its end. */
static void abandon(struct tls_conn *conn)
{
	conn->own.abandoned = true;
	coroutine_resume(conn->coroutine);
	coroutine_free(conn->coroutine);
}

void tls_conn_free(struct tls_conn *conn)
{
	if (!conn)
		return;
	if (conn->coroutine)
		abandon(conn);
	if (conn->session)
		gnutls_deinit(conn->session);	/* wipes its keys */
	tls_client_base_put(conn->base);
	trust_chain_free(&conn->chain);
	ticket_free(&conn->ticket);
	bytes_free(&conn->cert.issuers);
	bytes_free(&conn->own_chain);
	bytes_free(&conn->rest);
	bytes_free(&conn->out);
	free(conn);
}

/*
 * True if gnutls_handshake(), which returned @ret, must be called again. Between the
 * records of one message it returns AGAIN although there is more input: before the call
 * there were @left bytes.
 */
static bool has_more(const struct tls_conn *conn, int ret, size_t left, int *rounds)
{
	if (ret == GNUTLS_E_AGAIN)
		return conn->in_left && conn->in_left < left;
	return ret < 0 && !gnutls_error_is_fatal(ret) && --*rounds;
}

/* In the coroutine. */
static void drive(void *arg)
{
	struct tls_conn *conn = arg;
	int rounds = MAX_ROUNDS;
	size_t left;

	conn->result = conn->role->begin && !conn->begun ? conn->role->begin(conn) : 0;
	conn->begun = true;
	if (conn->result < 0)
		return;
	do {
		left = conn->in_left;
		conn->result = gnutls_handshake(conn->session);
	} while (has_more(conn, conn->result, left, &rounds));
}

/* The caller owns the input of a step: a step that stops copies the rest of it. */
static int keep_rest(struct tls_conn *conn)
{
	int ret;

	if (!conn->in_left || conn->rest.len)
		return 0;
	ret = bytes_append(&conn->rest, conn->in, conn->in_left, CREDSSP_HLP_MAX_MESSAGE);
	if (ret)
		return ret;
	conn->in = conn->rest.data;
	return 0;
}

/* True if it waits for an answer; else @conn->result is the result of gnutls_handshake(). */
static bool go_on(struct tls_conn *conn)
{
	if (!conn->coroutine)
		conn->coroutine = coroutine_new(drive, conn);
	if (!conn->coroutine) {
		conn->result = GNUTLS_E_MEMORY_ERROR;
		return false;
	}
	conn->own.coroutine = conn->coroutine;
	if (coroutine_resume(conn->coroutine)) {
		if (!conn->own.asking || !keep_rest(conn))
			return true;
		/* Out of memory: this ends the handshake. */
		conn->own.abandoned = true;
		coroutine_resume(conn->coroutine);
	}
	coroutine_free(conn->coroutine);
	conn->coroutine = NULL;
	return false;
}

/*
 * In TLS 1.3 a client that refuses the certificate, such as OpenSSL's, sends its alert before it
 * encrypts: GnuTLS says that the record cannot be decrypted. Return the alert of the record, or
 * 0. Nobody gains from a forged one, as the handshake has failed.
 */
static uint8_t plain_alert(const struct tls_conn *conn, int ret)
{
	static const uint8_t head[] = { 21, 3, 3, 0, 2 };

	if (!conn->server || ret != GNUTLS_E_DECRYPTION_FAILED ||
	    facts_version(conn->session) != TLS_1_3 || memcmp(conn->last, head, sizeof(head)))
		return 0;
	return conn->last[sizeof(head) + 1];
}

static void conn_fail(struct tls_conn *conn, int ret, struct tls_progress *progress)
{
	log_debug("handshake: %s", gnutls_strerror(ret));
	progress->state = CREDSSP_HLP_TLS_FAILED;
	if (ret == GNUTLS_E_FATAL_ALERT_RECEIVED) {
		progress->alert = gnutls_alert_get(conn->session);
		return;
	}
	progress->alert = plain_alert(conn, ret);
	if (progress->alert)
		return;
	progress->failure = conn->role->failure(conn, ret);
	if (conn->silent)
		return;
	/* Send an alert. If that fails, the peer sees only the close of the connection. */
	if (gnutls_alert_send_appropriate(conn->session, ret) < 0)
		log_debug("no alert can be sent");
}

static void proceed(struct tls_conn *conn, struct tls_progress *progress)
{
	const bool waits = go_on(conn);

	*progress = (struct tls_progress){ .state = CREDSSP_HLP_TLS_CONTINUE };
	if (waits || conn->result == GNUTLS_E_AGAIN)
		trust_chain_rest(&conn->chain);
	if (waits) {
		if (conn->own.asking) {
			progress->state = TLS_STATE_ASKING;
			return;
		}
		progress->state = CREDSSP_HLP_TLS_CERT_WANTED;
	} else if (conn->result == GNUTLS_E_SUCCESS) {
		progress->state = CREDSSP_HLP_TLS_DONE;
	} else if (conn->result != GNUTLS_E_AGAIN) {
		conn_fail(conn, conn->result, progress);
	}
	progress->consumed = conn->in_length - conn->in_left;
	progress->out = conn->out.data;
	progress->out_length = conn->out.len;
	conn->in = NULL;
	conn->in_left = 0;
	bytes_free(&conn->rest);
}

void tls_step_begin(struct tls_conn *conn, const void *in, size_t length,
		    struct tls_progress *progress)
{
	conn->in = in;
	conn->in_left = length;
	conn->in_length = length;
	conn->out.len = 0;
	conn->silent = conn->silent && !length;
	conn->own.deadline = clock_patience_ms() + keeper_patience.wait;
	proceed(conn, progress);
}

bool tls_conn_is_answered(const struct tls_conn *conn)
{
	return own_cert_is_answered(&conn->own);
}

void tls_conn_resume(struct tls_conn *conn, struct tls_progress *progress)
{
	proceed(conn, progress);
}

int tls_conn_step(struct tls_conn *conn, const void *in, size_t length,
		  struct tls_progress *progress)
{
	if (conn->cert.waiting || conn->own.asking)
		return -EPROTO;
	tls_step_begin(conn, in, length, progress);
	return 0;
}

int tls_conn_refuse(struct tls_conn *conn, struct tls_progress *progress)
{
	/* GnuTLS is in the middle of gnutls_handshake(): the session must not be used. */
	if (conn->cert.waiting || conn->own.asking)
		return -EPROTO;
	conn->out.len = 0;
	conn->result = GNUTLS_E_HANDSHAKE_TOO_LARGE;
	*progress = (struct tls_progress){ 0 };
	conn_fail(conn, conn->result, progress);
	progress->out = conn->out.data;
	progress->out_length = conn->out.len;
	return 0;
}

size_t tls_conn_cert_length(const struct tls_conn *conn)
{
	return conn->own.chain_length;
}

void tls_conn_free_out(struct tls_conn *conn)
{
	bytes_free(&conn->out);
}

int tls_conn_describe(struct tls_conn *conn, struct credssp_hlp_tls_reply *reply)
{
	log_resumed(conn);
	reply->version = facts_version(conn->session);
	reply->cipher = facts_cipher(conn->session);
	if (!reply->version || !reply->cipher)
		return -EPROTO;
	if (facts_direction(conn->session, 0, &reply->tx) ||
	    facts_direction(conn->session, 1, &reply->rx))
		return -EPROTO;
	conn->role->describe(conn, reply);
	return 0;
}

void tls_conn_chain(const struct tls_conn *conn, struct writer *w)
{
	conn->role->write_chain(conn, w);
}
