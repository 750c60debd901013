// SPDX-License-Identifier: GPL-2.0-only
/* Handshakes as the client. */
#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include "base/log.h"
#include "certs/elements.h"
#include "certs/issuers.h"
#include "facts.h"
#include "failure.h"
#include "groups.h"
#include "tls_base.h"
#include "tls_impl.h"

/*
 * The limit of a Certificate message: the longest certificate, and as much for the others
 * of a chain, which have a few kilobytes as a rule. GnuTLS would read 128 KiB.
 */
#define MAX_CERTIFICATES	(2 * CREDSSP_MAX_CERT)
/* RFC 8879 4, CompressedCertificate; GnuTLS has no name for it */
#define COMPRESSED_CERTIFICATE	25

/**
 * struct tls_client - what all handshakes as the client share
 * @lock: protects @base
 * @base: of new handshakes
 * @shelf: parsed certificates of servers
 */
struct tls_client {
	pthread_mutex_t lock;
	struct tls_client_base *base;
	struct shelf *shelf;
};

static int make_priorities(struct tls_client_base *base, const struct tls_options *o)
{
	int ret = 0;

	for (unsigned int i = 0; i < GROUPS_COUNT && ret >= 0; i++)
		ret = tls_priority_make(&base->priorities[i], o, i, "");
	return ret;
}

static int load_trust(struct tls_client_base *base, const char *file)
{
	int count, more;

	count = gnutls_certificate_set_x509_system_trust(base->credentials);
	if (count <= 0)
		log_warning("no system trust store: it makes no server trusted");
	else
		log_debug("%d certificates in the system trust store", count);
	if (!file)
		return 0;
	more = gnutls_certificate_set_x509_trust_file(base->credentials, file,
						      GNUTLS_X509_FMT_PEM);
	if (more <= 0) {
		log_error("%s: %s", file,
			  more < 0 ? gnutls_strerror(more) : "no certificate in it");
		return -1;
	}
	return 0;
}

/* Called when a server asks for a certificate, in the middle of a handshake. */
static int retrieve(gnutls_session_t session, const struct gnutls_cert_retr_st *info,
		    gnutls_pcert_st **certs, unsigned int *count,
		    gnutls_ocsp_data_st **ocsp, unsigned int *ocsp_count,
		    gnutls_privkey_t *key, unsigned int *flags)
{
	struct tls_conn *conn = gnutls_transport_get_ptr(session);

	*ocsp = NULL;
	*ocsp_count = 0;
	return client_cert_choose(&conn->cert, info, certs, count, key, flags);
}

/* With @list, which it takes over, or with the trust store and the file of @options */
static struct tls_client_base *base_new(const struct tls_options *options,
					gnutls_x509_trust_list_t list)
{
	struct tls_client_base *base = tls_client_base_new();

	if (!base) {
		if (list)
			gnutls_x509_trust_list_deinit(list, 1);
		return NULL;
	}
	gnutls_certificate_set_retrieve_function3(base->credentials, retrieve);
	if (list)
		gnutls_certificate_set_trust_list(base->credentials, list, 0);
	if ((!list && load_trust(base, options->trust_file) < 0) ||
	    make_priorities(base, options) < 0) {
		tls_client_base_put(base);
		return NULL;
	}
	return base;
}

static struct tls_client_base *client_base(struct tls_client *client)
{
	struct tls_client_base *base;

	pthread_mutex_lock(&client->lock);
	base = tls_client_base_get(client->base);
	pthread_mutex_unlock(&client->lock);
	return base;
}

struct tls_client *tls_client_new(const struct tls_options *options)
{
	struct tls_client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	pthread_mutex_init(&client->lock, NULL);
	client->shelf = shelf_new();
	client->base = client->shelf ? base_new(options, NULL) : NULL;
	if (client->base)
		return client;
	tls_client_free(client);
	return NULL;
}

int tls_client_renew(struct tls_client *client, const struct tls_options *options,
		     gnutls_x509_trust_list_t list)
{
	struct tls_client_base *old, *base = base_new(options, list);

	if (!base)
		return -ENOMEM;
	pthread_mutex_lock(&client->lock);
	old = client->base;
	client->base = base;
	pthread_mutex_unlock(&client->lock);
	tls_client_base_put(old);
	return 0;
}

void tls_client_free(struct tls_client *client)
{
	if (!client)
		return;
	tls_client_base_put(client->base);
	shelf_free(client->shelf);
	free(client);
}

static bool is_numeric(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, address) == 1 ||
	       inet_pton(AF_INET6, host, address) == 1;
}

/* RFC 6066 3: no SNI for addresses, and no trailing dot. */
static void set_host(struct tls_conn *conn, const char *host)
{
	size_t length = strlen(host);
	int ret;

	if (length && host[length - 1] == '.')
		length--;
	memcpy(conn->host, host, length);
	conn->host[length] = '\0';
	if (!length || is_numeric(conn->host))
		return;
	ret = gnutls_server_name_set(conn->session, GNUTLS_NAME_DNS, conn->host, length);
	/* An invalid host name. The certificate will not match it either. */
	if (ret < 0)
		log_debug("no SNI: %s", gnutls_strerror(ret));
}

/* Check a Certificate message before GnuTLS reads it. 0, or an error that ends the handshake. */
static int check_certificates(gnutls_session_t session, const gnutls_datum_t *msg)
{
	if (msg->size > MAX_CERTIFICATES)
		return GNUTLS_E_HANDSHAKE_TOO_LARGE;
	return elements_check(msg, facts_version(session) == TLS_1_3);
}

/* Check the server's key before it is used. 0, or an error that ends the handshake. */
static int check_key(gnutls_session_t session)
{
	struct tls_conn *conn = gnutls_transport_get_ptr(session);
	const gnutls_datum_t *chain;
	unsigned int count = 0;
	int err;

	chain = gnutls_certificate_get_peers(session, &count);
	if (conn->key_checked || !chain || !count)
		return 0;
	if (chain[0].size > CREDSSP_MAX_CERT)
		return GNUTLS_E_HANDSHAKE_TOO_LARGE;
	err = trust_chain_add(&conn->chain, &chain[0]);
	conn->key_too_large = err == -E2BIG;
	conn->key_checked = !err;
	return err ? GNUTLS_E_CERTIFICATE_ERROR : 0;
}

/*
 * SHA-1 is offered for the signatures of certificates: if Schannel's own certificate has
 * such a signature, it refuses a ClientHello without SHA-1. A SHA-1 signature of the
 * handshake itself is refused (RFC 9155 4). The algorithm is known once the
 * ServerKeyExchange has been used; TLS 1.3 has no such signatures.
 */
static int check_signature(gnutls_session_t session)
{
	switch (gnutls_sign_get_hash_algorithm(gnutls_sign_algorithm_get(session))) {
	case GNUTLS_DIG_SHA1:
		return GNUTLS_E_UNWANTED_ALGORITHM;
	default:
		return 0;
	}
}

/* For TLS 1.2 tls_conn_describe() takes the session, when the handshake is over. */
static void on_ticket(struct tls_conn *conn, unsigned int when, const gnutls_datum_t *msg)
{
	if (when == GNUTLS_HOOK_PRE)
		ticket_note(&conn->ticket, msg);
	else if (gnutls_protocol_get_version(conn->session) == GNUTLS_TLS1_3)
		ticket_take(&conn->ticket, conn->session);
}

/*
 * Called for each message, before and after GnuTLS uses it. The messages for which GnuTLS
 * uses the key of the certificate come after the certificate.
 */
static int on_message(gnutls_session_t session, unsigned int type, unsigned int when,
		      unsigned int incoming, const gnutls_datum_t *msg)
{
	struct tls_conn *conn = gnutls_transport_get_ptr(session);
	int ret;

	if (!incoming)
		return type == GNUTLS_HANDSHAKE_CLIENT_HELLO && when == GNUTLS_HOOK_PRE ?
			extensions_note(&conn->extensions, msg) : 0;
	switch (type) {
	case GNUTLS_HANDSHAKE_SERVER_HELLO:
	case GNUTLS_HANDSHAKE_HELLO_RETRY_REQUEST:
	case GNUTLS_HANDSHAKE_ENCRYPTED_EXTENSIONS:
		return when == GNUTLS_HOOK_PRE ?
			extensions_check(&conn->extensions, type, msg) : 0;
	case GNUTLS_HANDSHAKE_CERTIFICATE_PKT:
		/*
		 * The certificate that Windows makes for itself has a KeyUsage of
		 * keyEncipherment and dataEncipherment, but its key is used to sign. With
		 * this mode GnuTLS goes on; trust.c evaluates the KeyUsage. The mode's
		 * other effects (extended master secret, encrypt-then-MAC, the size of
		 * the ClientHello) come too late: they were decided by the ServerHello.
		 */
		gnutls_session_enable_compatibility_mode(session);
		return when == GNUTLS_HOOK_PRE ? check_certificates(session, msg) : 0;
	case GNUTLS_HANDSHAKE_CERTIFICATE_REQUEST:
		return when == GNUTLS_HOOK_PRE ?
			issuers_check(msg, facts_version(session) == TLS_1_3) : 0;
	case GNUTLS_HANDSHAKE_NEW_SESSION_TICKET:
		on_ticket(conn, when, msg);
		return 0;
	case COMPRESSED_CERTIFICATE:
		/* It was not offered, but GnuTLS would decompress it, to up to 16 MiB. */
		return GNUTLS_E_UNEXPECTED_HANDSHAKE_PACKET;
	case GNUTLS_HANDSHAKE_SERVER_KEY_EXCHANGE:
	case GNUTLS_HANDSHAKE_CERTIFICATE_VERIFY:
		return check_key(session);
	case GNUTLS_HANDSHAKE_SERVER_HELLO_DONE:
		ret = check_signature(session);
		return ret < 0 ? ret : check_key(session);
	default:
		return 0;
	}
}

/* Tickets of TLS 1.3 come after the handshake; the module passes them on. */
static uint32_t session_flags(const struct tls_conn *conn, uint16_t version)
{
	uint32_t flags = 0;

	if (conn->offered && gnutls_session_is_resumed(conn->session))
		flags |= CREDSSP_HLP_TLS_RESUMED;
	if (conn->keep && version == TLS_1_3)
		flags |= CREDSSP_HLP_TLS_TICKETS;
	if (conn->cert.sent)
		flags |= CREDSSP_HLP_TLS_CERT_SENT;
	return flags;
}

static void judge(struct tls_conn *conn, struct credssp_hlp_tls_reply *reply)
{
	const struct trust_target target = {
		.host = conn->host,
		.remote_desktop = conn->remote_desktop,
	};
	gnutls_x509_trust_list_t list;

	gnutls_certificate_get_trust_list(conn->base->credentials, &list);
	trust_chain_load(&conn->chain, conn->session);
	reply->trust = trust_evaluate(&conn->chain, list, &target);
	reply->not_after = trust_not_after(&conn->chain);
	trust_chain_free(&conn->chain);
}

static uint32_t client_failure(const struct tls_conn *conn, int error)
{
	return conn->key_too_large ? CREDSSP_HLP_FAIL_KEY_SIZE : failure_of(error);
}

static void client_describe(struct tls_conn *conn, struct credssp_hlp_tls_reply *reply)
{
	judge(conn, reply);
	reply->flags = session_flags(conn, reply->version);
	/* GnuTLS always offers record_size_limit (RFC 8449): the module must apply it. */
	reply->record_limit = conn->extensions.record_limit;
	if (conn->keep && reply->version == TLS_1_2)
		ticket_take(&conn->ticket, conn->session);
	reply->session_lifetime = ticket_lifetime(&conn->ticket);
}

/*
 * Write the chain, within the module's limits. The module needs only the first
 * certificate; the others have been evaluated.
 */
static void client_write_chain(const struct tls_conn *conn, struct writer *w)
{
	const gnutls_datum_t *chain;
	unsigned int count = 0;

	chain = gnutls_certificate_get_peers(conn->session, &count);
	for (unsigned int i = 0; chain && i < count && i < TRUST_MAX_CHAIN; i++) {
		if (chain[i].size > CREDSSP_MAX_CERT)
			break;
		writer_put_be32(w, chain[i].size);
		writer_put(w, chain[i].data, chain[i].size);
	}
}

static const struct tls_role tls_role_client = {
	.failure = client_failure,
	.describe = client_describe,
	.write_chain = client_write_chain,
};

int tls_conn_new(struct tls_conn **conn, const struct tls_context *context,
		 const struct tls_start *start)
{
	const unsigned int flags = GNUTLS_CLIENT | GNUTLS_KEY_SHARE_TOP |
				   (start->keep ? 0 : GNUTLS_NO_TICKETS);
	struct tls_client *client = context->client;
	gnutls_datum_t session;
	struct tls_conn *c;
	bool known;
	int err;

	if (strlen(start->host) > CREDSSP_MAX_TARGET)
		return -EINVAL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->role = &tls_role_client;
	c->keylog = context->keylog;
	c->keep = start->keep;
	c->remote_desktop = start->remote_desktop;
	known = !ticket_parse(start->session, start->session_length, &session,
			      &c->ticket.group);
	c->base = client_base(client);
	err = tls_session_make(c, flags, c->base->priorities[c->ticket.group],
			       c->base->credentials, on_message);
	if (err) {
		tls_conn_free(c);
		return err;
	}
	set_host(c, start->host);
	c->own.keys = context->keys;
	c->own.what = "client";
	c->cert.own = &c->own;
	c->chain.shelf = client->shelf;
	c->offered = known && ticket_offer(c->session, &session);
	*conn = c;
	return 0;
}

int tls_conn_set_cert(struct tls_conn *conn, uint32_t uid, const void *name, size_t length,
		      bool may_ask)
{
	conn->own.uid = uid;
	conn->chain.uid = uid;
	conn->cert.may_ask = may_ask;
	return own_cert_set_name(&conn->own, name, length);
}

int tls_conn_answer(struct tls_conn *conn, const void *name, size_t length,
		    struct tls_progress *progress)
{
	if (!conn->cert.waiting)
		return -EPROTO;
	if (own_cert_set_name(&conn->own, name, length))
		return -EINVAL;
	conn->cert.decided = true;
	tls_step_begin(conn, NULL, 0, progress);
	return 0;
}

void tls_conn_issuers(const struct tls_conn *conn, struct writer *w)
{
	writer_put(w, conn->cert.issuers.data, conn->cert.issuers.len);
}

bool tls_conn_expects_tickets(const struct tls_conn *conn)
{
	return conn->keep && conn->result == GNUTLS_E_SUCCESS &&
	       facts_version(conn->session) == TLS_1_3;
}

uint32_t tls_conn_tickets(struct tls_conn *conn, const uint8_t *messages, size_t length)
{
	if (ticket_read(&conn->ticket, conn->session, messages, length))
		return 0;
	return ticket_lifetime(&conn->ticket);
}

void tls_conn_session(const struct tls_conn *conn, struct writer *w)
{
	ticket_write(&conn->ticket, w);
}
