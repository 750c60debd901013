// SPDX-License-Identifier: GPL-2.0-only
/*
 * gssclient: a CredSSP client whose mechanism is another library's: MIT's GSSAPI, and
 * gss-ntlmssp as its plugin, which python3-gssapi and Linux programs use as well. TLS is
 * GnuTLS's. It prints one line and ends with 0 if the server has proven its key and has
 * taken the credentials, else with 1.
 */
#include <errno.h>
#include <getopt.h>
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <gssapi/gssapi_ext.h>
#include <gssapi/gssapi_krb5.h>
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "bind_hash.h"
#include "der.h"
#include "peer.h"

#define VERSION		6
#define MAX_REQUEST	65536

static gss_OID_desc spnego = { 6, "\x2b\x06\x01\x05\x05\x02" };
static gss_OID_desc ntlm = { 10, "\x2b\x06\x01\x04\x01\x82\x37\x02\x02\x0a" };

static const struct mechanism {
	const char *name;
	gss_OID outer;	/* NULL: the mechanism's bare tokens */
	gss_OID inner;
	bool kerberos;
} mechanisms[] = {
	{ "ntlm", NULL, &ntlm, false },
	{ "spnego-ntlm", &spnego, &ntlm, false },
	{ "kerberos", NULL, NULL, true },
	{ "spnego-kerberos", &spnego, NULL, true },
};

/**
 * struct client - the client
 * @mech: its mechanism
 * @user, @password: of NTLM, and what is delegated
 * @domain: likewise
 * @service: name of the server, service@host
 * @timeout: seconds for each message
 * @fd, @tls: the connection
 * @creds, @gss: of the mechanism
 * @key: of the server's certificate
 * @nonce: of pubKeyAuth
 * @in: what was received; @req is its last message
 * @req: see ts_decode()
 */
struct client {
	const struct mechanism *mech;
	const char *user, *password, *domain, *service;
	int timeout;
	int fd;
	gnutls_session_t tls;
	gss_cred_id_t creds;
	gss_ctx_id_t gss;
	struct bytes key;
	uint8_t nonce[BIND_NONCE_SIZE];
	struct bytes in;
	struct ts_request req;
};

static void stop(const char *what, const char *why)
{
	printf("result=fail at=%s why=%s\n", what, why);
	exit(1);
}

/* The mechanism's own text says more than that of GSSAPI. */
static void stop_gss(const struct client *c, const char *what, OM_uint32 major, OM_uint32 minor)
{
	gss_OID mech = c->mech->inner ? c->mech->inner : (gss_OID)gss_mech_krb5;
	gss_buffer_desc text;
	OM_uint32 more = 0, ignored;
	char why[256];
	size_t i;

	gss_display_status(&ignored, minor ? minor : major,
			   minor ? GSS_C_MECH_CODE : GSS_C_GSS_CODE, mech, &more, &text);
	snprintf(why, sizeof(why), "%.*s", (int)text.length, (char *)text.value);
	for (i = 0; why[i]; i++)
		if (why[i] == ' ')
			why[i] = '_';
	stop(what, why);
}

/* ---- connection -------------------------------------------------------------- */

static void connect_to(struct client *c, const char *host, const char *port)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM };
	struct timeval limit = { .tv_sec = c->timeout };
	struct addrinfo *list;

	if (getaddrinfo(host, port, &hints, &list))
		stop("connect", "address");
	c->fd = socket(list->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof(limit));
	setsockopt(c->fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof(limit));
	if (c->fd < 0 || connect(c->fd, list->ai_addr, list->ai_addrlen))
		stop("connect", strerrorname_np(errno));
	freeaddrinfo(list);
}

/* The server proves by pubKeyAuth, and not by its certificate, who it is. */
static void learn_key(struct client *c)
{
	unsigned int count;
	const gnutls_datum_t *chain = gnutls_certificate_get_peers(c->tls, &count);
	gnutls_x509_crt_t crt;
	gnutls_pubkey_t pub;
	gnutls_datum_t der;

	if (!chain || !count)
		stop("tls", "certificate");
	gnutls_x509_crt_init(&crt);
	gnutls_pubkey_init(&pub);
	if (gnutls_x509_crt_import(crt, &chain[0], GNUTLS_X509_FMT_DER) ||
	    gnutls_pubkey_import_x509(pub, crt, 0) ||
	    gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der) ||
	    !identity_split_spki(span(der.data, der.size), &c->key))
		stop("tls", "key");
	gnutls_free(der.data);
	gnutls_pubkey_deinit(pub);
	gnutls_x509_crt_deinit(crt);
}

static void start_tls(struct client *c)
{
	gnutls_certificate_credentials_t none;
	int rc;

	gnutls_certificate_allocate_credentials(&none);
	gnutls_init(&c->tls, GNUTLS_CLIENT);
	gnutls_set_default_priority(c->tls);
	gnutls_credentials_set(c->tls, GNUTLS_CRD_CERTIFICATE, none);
	gnutls_transport_set_int(c->tls, c->fd);
	do {
		rc = gnutls_handshake(c->tls);
	} while (rc < 0 && !gnutls_error_is_fatal(rc));
	if (rc)
		stop("tls", gnutls_strerror_name(rc));
	learn_key(c);
}

static void send_request(struct client *c, struct ts_request *req)
{
	struct bytes out = { 0 };

	req->version = VERSION;
	ts_encode(req, TS_FORM_PLAIN, &out);
	if (gnutls_record_send(c->tls, out.p, out.len) != (ssize_t)out.len)
		stop("send", "connection");
	bytes_free(&out);
}

/* As gnutls_record_recv(), which returns after a ticket as well as after the socket's timeout. */
static ssize_t record_receive(struct client *c, void *buf, size_t len)
{
	const time_t end = time(NULL) + c->timeout;
	ssize_t n;

	do {
		n = gnutls_record_recv(c->tls, buf, len);
	} while ((n == GNUTLS_E_INTERRUPTED || n == GNUTLS_E_AGAIN) && time(NULL) < end);
	return n;
}

/* The next message of the server, in @c->req */
static void receive(struct client *c, const char *at)
{
	uint8_t buf[16384];
	long total;
	ssize_t n;

	c->in.len = 0;
	for (;;) {
		total = der_total(span_of(&c->in));
		if (total < 0 || total > MAX_REQUEST)
			stop(at, "malformed");
		if (total && (size_t)total <= c->in.len)
			break;
		n = record_receive(c, buf, sizeof(buf));
		if (n <= 0)
			stop(at, n ? gnutls_strerror_name(n) : "closed");
		bytes_add(&c->in, buf, n);
	}
	if (!ts_decode(span(c->in.p, total), &c->req))
		stop(at, "not-a-TSRequest");
	if (c->req.present & TS_ERROR) {
		snprintf((char *)buf, sizeof(buf), "0x%08x", c->req.error);
		stop(at, (char *)buf);
	}
}

/* ---- the mechanism ----------------------------------------------------------- */

static gss_buffer_desc buffer_of(struct span s)
{
	return (gss_buffer_desc){ s.len, (void *)s.p };
}

static gss_name_t import(const struct client *c, const char *text, gss_OID type)
{
	gss_buffer_desc name = { strlen(text), (void *)text };
	OM_uint32 major, minor;
	gss_name_t out;

	major = gss_import_name(&minor, &name, type, &out);
	if (GSS_ERROR(major))
		stop_gss(c, "name", major, minor);
	return out;
}

/* NTLM by a password; Kerberos has a credential cache. */
static void acquire(struct client *c)
{
	gss_OID inner = c->mech->kerberos ? (gss_OID)gss_mech_krb5 : c->mech->inner;
	gss_OID_set_desc set = { 1, c->mech->outer ? c->mech->outer : inner };
	gss_OID_set_desc only = { 1, inner };
	gss_buffer_desc password = { strlen(c->password), (void *)c->password };
	OM_uint32 major, minor;
	char name[256];

	if (c->mech->kerberos) {
		major = gss_acquire_cred(&minor, GSS_C_NO_NAME, GSS_C_INDEFINITE, &set,
					 GSS_C_INITIATE, &c->creds, NULL, NULL);
	} else {
		snprintf(name, sizeof(name), "%s%s%s", c->domain, *c->domain ? "\\" : "", c->user);
		major = gss_acquire_cred_with_password(&minor, import(c, name, GSS_C_NT_USER_NAME),
						       &password, GSS_C_INDEFINITE, &set,
						       GSS_C_INITIATE, &c->creds, NULL, NULL);
	}
	if (!GSS_ERROR(major) && c->mech->outer)
		major = gss_set_neg_mechs(&minor, c->creds, &only);
	if (GSS_ERROR(major))
		stop_gss(c, "acquire", major, minor);
}

/* One step with the server's token; true when the mechanism is done. */
static bool step(struct client *c, struct span token, struct bytes *out)
{
	const OM_uint32 flags = GSS_C_MUTUAL_FLAG | GSS_C_CONF_FLAG | GSS_C_INTEG_FLAG |
				GSS_C_REPLAY_FLAG | GSS_C_SEQUENCE_FLAG;
	gss_OID inner = c->mech->kerberos ? (gss_OID)gss_mech_krb5 : c->mech->inner;
	gss_buffer_desc in = buffer_of(token), made = GSS_C_EMPTY_BUFFER;
	static gss_name_t server;
	OM_uint32 major, minor;

	if (!server)
		server = import(c, c->service, GSS_C_NT_HOSTBASED_SERVICE);
	major = gss_init_sec_context(&minor, c->creds, &c->gss, server,
				     c->mech->outer ? c->mech->outer : inner, flags,
				     GSS_C_INDEFINITE, GSS_C_NO_CHANNEL_BINDINGS, &in, NULL, &made,
				     NULL, NULL);
	if (GSS_ERROR(major))
		stop_gss(c, "mechanism", major, minor);
	bytes_set(out, span(made.value, made.length));
	gss_release_buffer(&minor, &made);
	return major == GSS_S_COMPLETE;
}

static void seal(struct client *c, struct span plain, struct bytes *out)
{
	gss_buffer_desc in = buffer_of(plain), made;
	OM_uint32 major, minor;
	int sealed;

	major = gss_wrap(&minor, c->gss, 1, GSS_C_QOP_DEFAULT, &in, &sealed, &made);
	if (GSS_ERROR(major) || !sealed)
		stop_gss(c, "seal", major, minor);
	bytes_set(out, span(made.value, made.length));
	gss_release_buffer(&minor, &made);
}

static void unseal(struct client *c, struct span wire, struct bytes *out)
{
	gss_buffer_desc in = buffer_of(wire), made;
	OM_uint32 major, minor;
	int sealed;

	major = gss_unwrap(&minor, c->gss, &in, &made, &sealed, NULL);
	if (GSS_ERROR(major) || !sealed)
		stop_gss(c, "unseal", major, minor);
	bytes_set(out, span(made.value, made.length));
	gss_release_buffer(&minor, &made);
}

/* ---- the exchange ------------------------------------------------------------ */

/* negoTokens, the last one beside pubKeyAuth */
static void negotiate(struct client *c)
{
	struct bytes token = { 0 }, hash = { 0 }, sealed = { 0 };
	struct ts_request req;
	bool done;

	for (done = step(c, span(NULL, 0), &token); !done; done = step(c, c->req.token, &token)) {
		req = (struct ts_request){ .present = TS_TOKEN, .token = span_of(&token) };
		send_request(c, &req);
		receive(c, "nego");
		if (!(c->req.present & TS_TOKEN))
			stop("nego", "no-token");
	}
	gnutls_rnd(GNUTLS_RND_NONCE, c->nonce, sizeof(c->nonce));
	bind_hash_client(c->nonce, span_of(&c->key), &hash);
	seal(c, span_of(&hash), &sealed);
	req = (struct ts_request){
		.present = (token.len ? TS_TOKEN : 0) | TS_PUB_KEY | TS_NONCE,
		.token = span_of(&token),
		.pub_key = span_of(&sealed),
		.nonce = span(c->nonce, sizeof(c->nonce)),
	};
	send_request(c, &req);
	bytes_free(&token);
	bytes_free(&hash);
	bytes_free(&sealed);
}

static void check_server(struct client *c)
{
	struct bytes hash = { 0 }, got = { 0 };

	receive(c, "pubkey");
	if (!(c->req.present & TS_PUB_KEY))
		stop("pubkey", "missing");
	unseal(c, c->req.pub_key, &got);
	bind_hash_server(c->nonce, span_of(&c->key), &hash);
	if (!span_equal(span_of(&got), span_of(&hash)))
		stop("pubkey", "another-key");
	bytes_free(&hash);
	bytes_free(&got);
}

static void put_text(struct bytes *b, unsigned int n, const char *text)
{
	size_t start = b->len;

	bytes_utf16(b, text);
	der_close(b, DER_OCTETS, start);
	der_close(b, DER_CONTEXT(n), start);
}

/* TSCredentials with TSPasswordCreds, MS-CSSP 2.2.1.2 */
static void delegate(struct client *c)
{
	struct bytes plain = { 0 }, sealed = { 0 };
	struct ts_request req;

	put_text(&plain, 0, c->domain);
	put_text(&plain, 1, c->user);
	put_text(&plain, 2, c->password);
	der_close(&plain, DER_SEQUENCE, 0);
	der_close(&plain, DER_OCTETS, 0);
	der_close(&plain, DER_CONTEXT(1), 0);
	/* credType, 1 for a password, stands before them. */
	bytes_insert(&plain, 0, "\xa0\x03\x02\x01\x01", 5);
	der_close(&plain, DER_SEQUENCE, 0);
	seal(c, span_of(&plain), &sealed);
	req = (struct ts_request){ .present = TS_AUTH_INFO, .auth_info = span_of(&sealed) };
	send_request(c, &req);
	bytes_free(&plain);
	bytes_free(&sealed);
}

/* A server that does not take the credentials answers, or sends an alert. */
static void await_end(struct client *c)
{
	uint8_t byte;
	ssize_t n = record_receive(c, &byte, 1);

	if (n)
		stop("creds", n < 0 ? gnutls_strerror_name(n) : "an-answer");
	gnutls_bye(c->tls, GNUTLS_SHUT_WR);
}

static void bad_usage(void)
{
	fputs("usage: gssclient [--mech ntlm|spnego-ntlm|kerberos|spnego-kerberos] [--user NAME]\n"
	      "       [--domain NAME] [--password TEXT] [--service NAME@HOST] [--timeout SECONDS]\n"
	      "       HOST PORT\n", stderr);
	exit(64);
}

static const struct mechanism *find_mechanism(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(mechanisms) / sizeof(mechanisms[0]); i++)
		if (!strcmp(mechanisms[i].name, name))
			return &mechanisms[i];
	bad_usage();
	return NULL;
}

static void parse(struct client *c, int argc, char **argv)
{
	static const struct option options[] = {
		{ "mech", required_argument, NULL, 'm' },
		{ "user", required_argument, NULL, 'u' },
		{ "domain", required_argument, NULL, 'd' },
		{ "password", required_argument, NULL, 'p' },
		{ "service", required_argument, NULL, 's' },
		{ "timeout", required_argument, NULL, 't' },
		{ 0 }
	};
	int o;

	while ((o = getopt_long(argc, argv, "", options, NULL)) != -1) {
		switch (o) {
		case 'm':
			c->mech = find_mechanism(optarg);
			break;
		case 'u':
			c->user = optarg;
			break;
		case 'd':
			c->domain = optarg;
			break;
		case 'p':
			c->password = optarg;
			break;
		case 's':
			c->service = optarg;
			break;
		case 't':
			c->timeout = atoi(optarg);
			break;
		default:
			bad_usage();
		}
	}
	if (argc - optind != 2)
		bad_usage();
}

int main(int argc, char **argv)
{
	struct client c = {
		.mech = &mechanisms[0], .user = "alice", .domain = "", .password = "Passw0rd!",
		.service = "TERMSRV@localhost", .timeout = 30,
	};

	parse(&c, argc, argv);
	acquire(&c);
	connect_to(&c, argv[optind], argv[optind + 1]);
	start_tls(&c);
	negotiate(&c);
	check_server(&c);
	delegate(&c);
	await_end(&c);
	printf("result=ok mech=%s\n", c.mech->name);
	return 0;
}
