// SPDX-License-Identifier: GPL-2.0-only
/* Handshakes as the server. */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include "base/clock.h"
#include "base/log.h"
#include "certs/keyring.h"
#include "failure.h"
#include "ticket_keys.h"
#include "tls_impl.h"

/*
 * The limit of a ClientHello. One with the tickets and key shares of a browser has 2 KiB. No
 * client certificate is asked for, so that there is no longer message.
 */
#define MAX_CLIENT_HELLO	16384
/*
 * The same for GnuTLS, which would read 128 KiB. Of a message in several records it counts more
 * than its bytes.
 */
#define MAX_CLIENT_MESSAGE	(2 * MAX_CLIENT_HELLO)

/*
 * Key exchange by ECDHE only: the key keeper decrypts nothing, and sessions stay secret if the
 * key of the certificate is lost. No SHA-1 for signatures of the handshake (RFC 9155 4).
 */
#define SERVER_PRIORITIES	":-RSA:-SIGN-RSA-SHA1:-SIGN-ECDSA-SHA1"

/**
 * struct tls_server - what all handshakes as the server share
 * @lock: protects @priorities; a session has them counted
 * @credentials: the callback for the certificate
 * @priorities: see tls_priority_make()
 * @tickets: keys of session tickets
 */
struct tls_server {
	pthread_mutex_t lock;
	gnutls_certificate_credentials_t credentials;
	gnutls_priority_t priorities;
	struct ticket_keys tickets;
};

/* Called when the certificate is needed: it was chosen before. */
static int retrieve(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
		    gnutls_pcert_st **certs, unsigned int *count,
		    gnutls_ocsp_data_st **ocsp, unsigned int *ocsp_count,
		    gnutls_privkey_t *key, unsigned int *flags)
{
	struct tls_conn *conn = gnutls_transport_get_ptr(session);

	(void)info;
	*ocsp = NULL;
	*ocsp_count = 0;
	if (!conn->chosen)
		return -1;
	*certs = own_cert_make_certs(&conn->own_chain, count);
	if (!*certs)
		return -1;
	if (own_cert_make_key(&conn->own, *certs, key) < 0) {
		own_cert_free_certs(*certs, *count);
		return -1;
	}
	*flags |= GNUTLS_CERT_RETR_DEINIT_ALL;
	return 0;
}

struct tls_server *tls_server_new(const struct tls_options *options)
{
	struct tls_server *server = calloc(1, sizeof(*server));

	if (!server)
		return NULL;
	ticket_keys_init(&server->tickets);
	pthread_mutex_init(&server->lock, NULL);
	if (gnutls_certificate_allocate_credentials(&server->credentials) < 0 ||
	    tls_server_prepare(&server->priorities, options)) {
		tls_server_free(server);
		return NULL;
	}
	gnutls_certificate_set_retrieve_function3(server->credentials, retrieve);
	return server;
}

void tls_server_free(struct tls_server *server)
{
	if (!server)
		return;
	ticket_keys_wipe(&server->tickets);
	if (server->priorities)
		gnutls_priority_deinit(server->priorities);
	if (server->credentials)
		gnutls_certificate_free_credentials(server->credentials);
	free(server);
}

int tls_server_prepare(gnutls_priority_t *priorities, const struct tls_options *options)
{
	return tls_priority_make(priorities, options, 0, SERVER_PRIORITIES) < 0 ? -ENOMEM : 0;
}

void tls_server_renew(struct tls_server *server, gnutls_priority_t priorities)
{
	gnutls_priority_t old;

	pthread_mutex_lock(&server->lock);
	old = server->priorities;
	server->priorities = priorities;
	pthread_mutex_unlock(&server->lock);
	gnutls_priority_deinit(old);
}

int tls_server_expire(struct tls_server *server, int64_t now)
{
	return ticket_keys_expire(&server->tickets, now);
}

/* The chain of the keeper's answer, which begins at @at, is the one that is used. */
static int server_take_chain(struct tls_conn *conn, size_t at)
{
	const struct bytes *answer = &conn->own.question.answer;
	size_t first = at;
	gnutls_datum_t der;
	int ret;

	if (own_cert_check_chain(&conn->own, answer, at))
		return -EBADMSG;
	/* The module takes no longer one, as a client either. */
	if (!own_cert_next(answer, &first, &der) || der.size > CREDSSP_MAX_CERT)
		return -EMSGSIZE;
	ret = bytes_append(&conn->own_chain, answer->data + at, answer->len - at, answer->len);
	if (ret)
		return ret;
	conn->own.chain_length = conn->own_chain.len;
	conn->chosen = true;
	return 0;
}

static int server_find_named(struct tls_conn *conn)
{
	int ret = own_cert_find(&conn->own);

	return ret ? ret : server_take_chain(conn, 0);
}

/* The answer has the name of the certificate first. */
static int server_find_host(struct tls_conn *conn)
{
	const struct bytes *answer = &conn->own.question.answer;
	gnutls_datum_t name;
	size_t at = 0;
	int ret;

	ret = own_cert_find_host(&conn->own, conn->hello.host);
	if (ret)
		return ret;
	if (!own_cert_next(answer, &at, &name) || !name.size ||
	    own_cert_set_name(&conn->own, name.data, name.size))
		return -EBADMSG;
	return server_take_chain(conn, at);
}

/* Choose the certificate. 0, or an error that ends the handshake. */
static int server_choose(struct tls_conn *conn)
{
	static struct log_limit missing;
	int ret = *conn->own.name ? server_find_named(conn) : server_find_host(conn);

	keeper_drop(conn->own.keys, &conn->own.question);
	if (!ret)
		return 0;
	/* Other errors were logged. */
	if (ret == -ENOENT && log_may(&missing, clock_ms()))
		log_warning("server certificate of uid %u: there is none named \"%s\"",
			    conn->own.uid, *conn->own.name ? conn->own.name : KEYRING_DEFAULT);
	conn->no_cert = true;
	return GNUTLS_E_INSUFFICIENT_CREDENTIALS;
}

/* A certificate that is named is looked up before the client is heard. */
static int server_begin(struct tls_conn *conn)
{
	return *conn->own.name ? server_choose(conn) : 0;
}

/* The certificate, in front of @conn's chain */
static void server_first(const struct tls_conn *conn, gnutls_datum_t *der)
{
	size_t at = 0;

	*der = (gnutls_datum_t){ NULL, 0 };
	own_cert_next(&conn->own_chain, &at, der);
}

/* Without tickets there is only no resumption. */
static void server_enable_tickets(struct tls_conn *conn)
{
	uint8_t key[TICKET_KEY_SIZE];
	gnutls_datum_t der, datum = { key, sizeof(key) };
	int ret;

	server_first(conn, &der);
	ret = ticket_keys_derive(&conn->server->tickets, clock_ms(), conn->own.uid, &der, key);
	if (!ret)
		ret = gnutls_session_ticket_enable_server(conn->session, &datum);
	explicit_bzero(key, sizeof(key));
	if (ret < 0)
		log_warning("session tickets: %s", gnutls_strerror(ret));
}

/*
 * GnuTLS has not read the ClientHello: the key that opens its ticket is known in time. The
 * choice of the first one counts after a HelloRetryRequest as well.
 */
static int server_on_hello(struct tls_conn *conn, const gnutls_datum_t *msg)
{
	int ret;

	if (msg->size > MAX_CLIENT_HELLO)
		return GNUTLS_E_HANDSHAKE_TOO_LARGE;
	ret = client_hello_read(&conn->hello, msg);
	if (ret < 0)
		return ret;
	if (!conn->chosen) {
		ret = server_choose(conn);
		if (ret < 0)
			return ret;
	}
	if (!conn->enabled)
		server_enable_tickets(conn);
	conn->enabled = true;
	return 0;
}

/* Called for each message, before and after GnuTLS uses it. */
static int on_message(gnutls_session_t session, unsigned int type, unsigned int when,
		      unsigned int incoming, const gnutls_datum_t *msg)
{
	struct tls_conn *conn = gnutls_transport_get_ptr(session);

	if (when != GNUTLS_HOOK_PRE)
		return 0;
	if (incoming && type == GNUTLS_HANDSHAKE_CLIENT_HELLO)
		return server_on_hello(conn, msg);
	/* A resumed session without a fresh secret (RFC 8446 4.2.9, psk_ke) */
	if (!incoming && type == GNUTLS_HANDSHAKE_FINISHED &&
	    gnutls_kx_get(session) == GNUTLS_KX_PSK)
		return GNUTLS_E_INSUFFICIENT_SECURITY;
	return 0;
}

static uint32_t server_failure(const struct tls_conn *conn, int error)
{
	const uint32_t failure = failure_of(error);

	/* What is a client's certificate there is this side's own here. */
	if (conn->no_cert || failure == CREDSSP_HLP_FAIL_CLIENT_CERT)
		return CREDSSP_HLP_FAIL_SERVER_CERT;
	return failure;
}

static uint64_t server_not_after(const struct tls_conn *conn)
{
	gnutls_x509_crt_t cert;
	gnutls_datum_t der;
	time_t end = 0;

	server_first(conn, &der);
	if (gnutls_x509_crt_init(&cert) < 0)
		return 0;
	if (gnutls_x509_crt_import(cert, &der, GNUTLS_X509_FMT_DER) >= 0)
		end = gnutls_x509_crt_get_expiration_time(cert);
	gnutls_x509_crt_deinit(cert);
	return end == GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION || end < 0 ? 0 : (uint64_t)end;
}

static void server_describe(struct tls_conn *conn, struct credssp_hlp_tls_reply *reply)
{
	reply->not_after = server_not_after(conn);
	reply->record_limit = client_hello_limit(&conn->hello, reply->version == TLS_1_3);
	if (gnutls_session_is_resumed(conn->session))
		reply->flags = CREDSSP_HLP_TLS_RESUMED;
}

static void server_write_chain(const struct tls_conn *conn, struct writer *w)
{
	writer_put(w, conn->own_chain.data, conn->own_chain.len);
}

static const struct tls_role tls_role_server = {
	.begin = server_begin,
	.failure = server_failure,
	.describe = server_describe,
	.write_chain = server_write_chain,
};

int tls_conn_accept(struct tls_conn **conn, const struct tls_context *context, uint32_t uid,
		    const void *name, size_t length)
{
	struct tls_server *server = context->server;
	struct tls_conn *c = calloc(1, sizeof(*c));
	int err;

	if (!c)
		return -ENOMEM;
	c->role = &tls_role_server;
	c->keylog = context->keylog;
	c->server = server;
	c->silent = true;
	c->own.keys = context->keys;
	c->own.what = "server";
	c->own.uid = uid;
	err = own_cert_set_name(&c->own, name, length);
	pthread_mutex_lock(&server->lock);
	if (!err)
		err = tls_session_make(c, GNUTLS_SERVER, server->priorities, server->credentials,
				       on_message);
	pthread_mutex_unlock(&server->lock);
	if (err) {
		tls_conn_free(c);
		return err;
	}
	gnutls_handshake_set_max_packet_length(c->session, MAX_CLIENT_MESSAGE);
	gnutls_db_set_cache_expiration(c->session, TICKET_LIFETIME);
	gnutls_certificate_server_set_request(c->session, GNUTLS_CERT_IGNORE);
	*conn = c;
	return 0;
}
