// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include "client_cert.h"
#include "clock.h"
#include "coroutine.h"
#include "elements.h"
#include "extensions.h"
#include "facts.h"
#include "failure.h"
#include "groups.h"
#include "issuers.h"
#include "keeper_impl.h"
#include "log.h"
#include "ticket.h"
#include "tls.h"
#include "trust.h"

/*
 * The limit of one flight. A client's flights have a few kilobytes; a
 * reply has room for much more than this.
 */
#define MAX_FLIGHT	65536
/*
 * Calls of gnutls_handshake() in one step: each non-fatal error (a warning
 * alert) takes one, and an honest peer sends one or two of them.
 */
#define MAX_ROUNDS	16
/*
 * The limit of a Certificate message: the longest certificate, and as much for the others
 * of a chain, which have a few kilobytes as a rule. GnuTLS would read 128 KiB.
 */
#define MAX_CERTIFICATES	(2 * CREDSSP_MAX_CERT)
/* RFC 8879 4, CompressedCertificate; GnuTLS has no name for it */
#define COMPRESSED_CERTIFICATE	25

/**
 * struct tls_client - what all handshakes share
 * @keys: the key keeper, or NULL; borrowed
 * @credentials: the trust store, and the callback for client certificates
 * @shelf: parsed certificates of servers
 * @priorities: for each group those with it in front
 */
struct tls_client {
	struct keeper *keys;
	gnutls_certificate_credentials_t credentials;
	struct shelf *shelf;
	gnutls_priority_t priorities[GROUPS_COUNT];
};

/**
 * struct tls_conn - a handshake
 * @in, @in_left: bytes of the peer that GnuTLS has not pulled yet; borrowed, or in @rest
 * @in_length: @in_left at the beginning of the step
 * @rest: bytes that were left when the step stopped for the key keeper
 * @out: bytes that GnuTLS pushed in this step
 * @keep: its session will be resumed later
 * @offered: it began with an earlier session
 * @remote_desktop: the server is a terminal server
 * @credentials: the client's, borrowed
 * @key_checked: the key of the server's certificate may be used
 * @key_too_large: the key of the server's certificate is too large to be used
 * @chain: the server's certificates, as far as they are parsed
 * @ticket: the session for resumption
 * @extensions: the extensions that it offers
 * @result: how gnutls_handshake() ended
 * @cert: the choice of the client certificate
 * @coroutine: runs GnuTLS during a step
 */
struct tls_conn {
	gnutls_session_t session;
	bool keep;
	bool offered;
	bool remote_desktop;
	bool key_checked;
	bool key_too_large;
	gnutls_certificate_credentials_t credentials;
	struct trust_chain chain;
	struct ticket ticket;
	char host[CREDSSP_MAX_TARGET + 1];
	const uint8_t *in;
	size_t in_left;
	size_t in_length;
	struct bytes rest;
	struct bytes out;
	struct extensions extensions;
	int result;
	struct client_cert cert;
	struct coroutine *coroutine;
};

/*
 * Offer only what kTLS supports: AEAD suites of TLS 1.2 and 1.3, and no extension of
 * other suites (encrypt-then-MAC, RFC 7366). No DHE: in TLS 1.2 the server makes the
 * group, in TLS 1.3 it may choose one of 8192 bits. Limits of the record size below 512
 * bytes, which are legal from 64 on (RFC 8449 4), need a word of their own.
 */
#define PRIORITY_VERSIONS	"NORMAL:-VERS-ALL%s%s:-DHE-RSA:-GROUP-ALL%s"
#define PRIORITY_CIPHERS	":-CIPHER-ALL:+AES-256-GCM:+AES-128-GCM%s:%%NO_ETM:%%ALLOW_SMALL_RECORDS"

static int make_priority(gnutls_priority_t *priority, const struct tls_options *o,
			 unsigned int group)
{
	char groups[GROUPS_TEXT], text[192 + GROUPS_TEXT];
	const char *where;
	int ret;

	groups_write(group, groups);
	snprintf(text, sizeof(text), PRIORITY_VERSIONS PRIORITY_CIPHERS,
		 o->max_version >= TLS_1_3 ? ":+VERS-TLS1.3" : "",
		 o->min_version <= TLS_1_2 ? ":+VERS-TLS1.2" : "",
		 groups, o->chacha ? ":+CHACHA20-POLY1305" : "");
	ret = gnutls_priority_init(priority, text, &where);
	if (ret < 0)
		log_error("priorities: %s at \"%s\"", gnutls_strerror(ret), where);
	return ret;
}

static int make_priorities(struct tls_client *client, const struct tls_options *o)
{
	int ret = 0;

	for (unsigned int i = 0; i < GROUPS_COUNT && ret >= 0; i++)
		ret = make_priority(&client->priorities[i], o, i);
	return ret;
}

static int load_trust(struct tls_client *client, const char *file)
{
	int count, more;

	count = gnutls_certificate_set_x509_system_trust(client->credentials);
	if (count <= 0)
		log_warning("no system trust store: it makes no server trusted");
	else
		log_debug("%d certificates in the system trust store", count);
	if (!file)
		return 0;
	more = gnutls_certificate_set_x509_trust_file(client->credentials, file,
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

struct tls_client *tls_client_new(const struct tls_options *options)
{
	struct tls_client *client = calloc(1, sizeof(*client));

	if (!client)
		return NULL;
	if (gnutls_certificate_allocate_credentials(&client->credentials) < 0) {
		free(client);
		return NULL;
	}
	client->keys = options->keys;
	gnutls_certificate_set_retrieve_function3(client->credentials, retrieve);
	client->shelf = shelf_new();
	if (!client->shelf || load_trust(client, options->trust_file) < 0 ||
	    make_priorities(client, options) < 0) {
		tls_client_free(client);
		return NULL;
	}
	return client;
}

void tls_client_free(struct tls_client *client)
{
	if (!client)
		return;
	gnutls_certificate_free_credentials(client->credentials);
	shelf_free(client->shelf);
	for (unsigned int i = 0; i < GROUPS_COUNT; i++) {
		if (client->priorities[i])
			gnutls_priority_deinit(client->priorities[i]);
	}
	free(client);
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

/* @group: of the only key share in the ClientHello */
static int set_session(struct tls_conn *conn, const struct tls_client *client,
		       unsigned int group)
{
	const unsigned int flags = GNUTLS_CLIENT | GNUTLS_NONBLOCK | GNUTLS_NO_SIGNAL |
				   GNUTLS_NO_AUTO_REKEY | GNUTLS_KEY_SHARE_TOP;
	gnutls_session_t session;

	if (gnutls_init(&session, flags | (conn->keep ? 0 : GNUTLS_NO_TICKETS)) < 0)
		return -ENOMEM;
	conn->session = session;
	gnutls_transport_set_ptr(session, conn);
	gnutls_transport_set_pull_function(session, pull);
	gnutls_transport_set_push_function(session, push);
	gnutls_handshake_set_hook_function(session, GNUTLS_HANDSHAKE_ANY, GNUTLS_HOOK_BOTH,
					   on_message);
	/* The module bounds the time of the exchange; a second timeout is not needed. */
	gnutls_handshake_set_timeout(session, 0);
	if (gnutls_priority_set(session, client->priorities[group]) < 0 ||
	    gnutls_credentials_set(session, GNUTLS_CRD_CERTIFICATE,
				   client->credentials) < 0)
		return -ENOMEM;
	return 0;
}

int tls_conn_new(struct tls_conn **conn, const struct tls_client *client,
		 const struct tls_start *start)
{
	gnutls_datum_t session;
	struct tls_conn *c;
	bool known;
	int err;

	if (strlen(start->host) > CREDSSP_MAX_TARGET)
		return -EINVAL;
	c = calloc(1, sizeof(*c));
	if (!c)
		return -ENOMEM;
	c->keep = start->keep;
	c->remote_desktop = start->remote_desktop;
	known = !ticket_parse(start->session, start->session_length, &session,
			      &c->ticket.group);
	err = set_session(c, client, c->ticket.group);
	if (err) {
		tls_conn_free(c);
		return err;
	}
	set_host(c, start->host);
	c->cert.keys = client->keys;
	c->credentials = client->credentials;
	c->chain.shelf = client->shelf;
	c->offered = known && ticket_offer(c->session, &session);
	*conn = c;
	return 0;
}

int tls_conn_set_cert(struct tls_conn *conn, uint32_t uid, const void *name, size_t length,
		      bool may_ask)
{
	conn->cert.uid = uid;
	conn->chain.uid = uid;
	conn->cert.may_ask = may_ask;
	return client_cert_set_name(&conn->cert, name, length);
}

/* A stopped coroutine has resources on its stack: let it run to its end. */
static void abandon(struct tls_conn *conn)
{
	conn->cert.abandoned = true;
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
	trust_chain_free(&conn->chain);
	ticket_free(&conn->ticket);
	bytes_free(&conn->cert.issuers);
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
	conn->cert.coroutine = conn->coroutine;
	if (coroutine_resume(conn->coroutine)) {
		if (!conn->cert.asking || !keep_rest(conn))
			return true;
		/* Out of memory: this ends the handshake. */
		conn->cert.abandoned = true;
		coroutine_resume(conn->coroutine);
	}
	coroutine_free(conn->coroutine);
	conn->coroutine = NULL;
	return false;
}

static void conn_fail(struct tls_conn *conn, int ret, struct tls_progress *progress)
{
	log_debug("handshake: %s", gnutls_strerror(ret));
	progress->state = CREDSSP_HLP_TLS_FAILED;
	if (ret == GNUTLS_E_FATAL_ALERT_RECEIVED) {
		progress->alert = gnutls_alert_get(conn->session);
		return;
	}
	progress->failure = conn->key_too_large ? CREDSSP_HLP_FAIL_KEY_SIZE : failure_of(ret);
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
		if (conn->cert.asking) {
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

static void step(struct tls_conn *conn, const void *in, size_t length,
		 struct tls_progress *progress)
{
	conn->in = in;
	conn->in_left = length;
	conn->in_length = length;
	conn->out.len = 0;
	conn->cert.deadline = clock_patience_ms() + keeper_patience.wait;
	proceed(conn, progress);
}

bool tls_conn_is_answered(const struct tls_conn *conn)
{
	return client_cert_is_answered(&conn->cert);
}

void tls_conn_resume(struct tls_conn *conn, struct tls_progress *progress)
{
	proceed(conn, progress);
}

int tls_conn_step(struct tls_conn *conn, const void *in, size_t length,
		  struct tls_progress *progress)
{
	if (conn->cert.waiting || conn->cert.asking)
		return -EPROTO;
	step(conn, in, length, progress);
	return 0;
}

int tls_conn_refuse(struct tls_conn *conn, struct tls_progress *progress)
{
	/* GnuTLS is in the middle of gnutls_handshake(): the session must not be used. */
	if (conn->cert.waiting || conn->cert.asking)
		return -EPROTO;
	conn->out.len = 0;
	conn->result = GNUTLS_E_HANDSHAKE_TOO_LARGE;
	*progress = (struct tls_progress){ 0 };
	conn_fail(conn, conn->result, progress);
	progress->out = conn->out.data;
	progress->out_length = conn->out.len;
	return 0;
}

int tls_conn_answer(struct tls_conn *conn, const void *name, size_t length,
		    struct tls_progress *progress)
{
	if (!conn->cert.waiting)
		return -EPROTO;
	if (client_cert_set_name(&conn->cert, name, length))
		return -EINVAL;
	conn->cert.decided = true;
	step(conn, NULL, 0, progress);
	return 0;
}

size_t tls_conn_cert_length(const struct tls_conn *conn)
{
	return conn->cert.chain_length;
}

void tls_conn_free_out(struct tls_conn *conn)
{
	bytes_free(&conn->out);
}

void tls_conn_issuers(const struct tls_conn *conn, struct writer *w)
{
	writer_put(w, conn->cert.issuers.data, conn->cert.issuers.len);
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

	gnutls_certificate_get_trust_list(conn->credentials, &list);
	trust_chain_load(&conn->chain, conn->session);
	reply->trust = trust_evaluate(&conn->chain, list, &target);
	reply->not_after = trust_not_after(&conn->chain);
	trust_chain_free(&conn->chain);
}

int tls_conn_describe(struct tls_conn *conn, struct credssp_hlp_tls_reply *reply)
{
	reply->version = facts_version(conn->session);
	reply->cipher = facts_cipher(conn->session);
	if (!reply->version || !reply->cipher)
		return -EPROTO;
	if (facts_direction(conn->session, 0, &reply->tx) ||
	    facts_direction(conn->session, 1, &reply->rx))
		return -EPROTO;
	judge(conn, reply);
	reply->flags = session_flags(conn, reply->version);
	/* GnuTLS always offers record_size_limit (RFC 8449): the module must apply it. */
	reply->record_limit = conn->extensions.record_limit;
	if (conn->keep && reply->version == TLS_1_2)
		ticket_take(&conn->ticket, conn->session);
	reply->session_lifetime = ticket_lifetime(&conn->ticket);
	return 0;
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

/*
 * Write the chain, within the module's limits. The module needs only the first
 * certificate; the others have been evaluated.
 */
void tls_conn_chain(const struct tls_conn *conn, struct writer *w)
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
