// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include "test_server.h"

/**
 * struct test_server - a session and its bytes in both directions
 * @session: GnuTLS's
 * @in, @in_left: what the client sent and GnuTLS has not pulled; borrowed for a step
 * @out: what GnuTLS pushed in this step
 * @extension: still to be added to the ServerHello; -1: none
 */
struct test_server {
	gnutls_session_t session;
	const uint8_t *in;
	size_t in_left;
	struct bytes out;
	struct bytes hello;
	int extension;
	size_t record_limit;
};

static void must(int ret, const char *what)
{
	if (ret < 0)
		test_fail("test server: %s: %s", what, gnutls_strerror(ret));
}

static gnutls_x509_privkey_t key_of_all(void)
{
	static gnutls_x509_privkey_t key;

	if (!key) {
		must(gnutls_x509_privkey_init(&key), "key");
		must(gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
						  GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
						  0), "key");
	}
	return key;
}

/*
 * The shortest name that differs from those of other numbers below 4096: two letters
 * as an attribute with an identifier of one byte
 */
static void set_name(gnutls_x509_crt_t cert, unsigned int number)
{
	const uint8_t utf8[] = { 0x0c, 2, '0' + (number >> 6 & 63), '0' + (number & 63) };

	must(gnutls_x509_crt_set_dn_by_oid(cert, "1.2", 1, utf8, sizeof(utf8)), "name");
}

/*
 * A subjectAltName of @count names of one letter; GnuTLS's own function would read all
 * that there are for each one that is added.
 */
static void set_alt_names(gnutls_x509_crt_t cert, unsigned int count)
{
	const size_t length = 3 * count;
	uint8_t *der = malloc(4 + length), *p = der;

	if (!der)
		test_fail("no memory");
	*p++ = 0x30;
	*p++ = 0x82;
	*p++ = length >> 8;
	*p++ = length;
	for (unsigned int i = 0; i < count; i++) {
		*p++ = 0x82;
		*p++ = 1;
		*p++ = 'a';
	}
	must(gnutls_x509_crt_set_extension_by_oid(cert, "2.5.29.17", der, 4 + length, 0),
	     "names");
	free(der);
}

/*
 * Self-signed; the subject has @pad bytes, or is empty if that is negative; an extension
 * that nobody knows has @size bytes; there are @names further names.
 */
static gnutls_x509_crt_t make_cert(ssize_t pad, size_t size, unsigned int names,
				   unsigned int serial)
{
	const uint8_t number[4] = { 1, serial >> 16, serial >> 8, serial };
	const size_t length = (pad > 0 ? pad : 0) + size;
	char *room = calloc(1, length + 1);
	gnutls_x509_crt_t cert;

	if (!room)
		test_fail("no memory");
	memset(room, 'x', length);
	must(gnutls_x509_crt_init(&cert), "certificate");
	must(gnutls_x509_crt_set_version(cert, 3), "version");
	must(gnutls_x509_crt_set_serial(cert, number, sizeof(number)), "serial");
	must(gnutls_x509_crt_set_activation_time(cert, time(NULL) - 60), "dates");
	must(gnutls_x509_crt_set_expiration_time(cert, time(NULL) + 86400), "dates");
	must(gnutls_x509_crt_set_key(cert, key_of_all()), "key");
	if (pad >= 0)
		set_name(cert, serial);
	for (ssize_t at = 0; at < pad; at += 200)
		must(gnutls_x509_crt_set_dn_by_oid(cert, GNUTLS_OID_X520_ORGANIZATIONAL_UNIT_NAME,
						   0, room, pad - at < 200 ? pad - at : 200),
		     "name");
	if (size)
		must(gnutls_x509_crt_set_extension_by_oid(cert, "1.3.6.1.4.1.55555.1", room,
							  size, 0), "extension");
	if (names)
		set_alt_names(cert, names);
	must(gnutls_x509_crt_sign2(cert, cert, key_of_all(), GNUTLS_DIG_SHA256, 0), "sign");
	free(room);
	return cert;
}

static bool same_credentials(const struct test_server_options *a,
			     const struct test_server_options *b)
{
	return a->ask == b->ask && a->issuers == b->issuers &&
	       a->issuer_size == b->issuer_size && a->nameless == b->nameless &&
	       a->chain == b->chain &&
	       a->cert_size == b->cert_size && a->names == b->names;
}

/* The certificates are unrelated, which GnuTLS does not check. */
static void set_chain(gnutls_certificate_credentials_t credentials,
		      const struct test_server_options *o, unsigned int count)
{
	gnutls_pcert_st *chain = gnutls_calloc(count, sizeof(*chain));
	gnutls_x509_crt_t cert;
	gnutls_privkey_t key;

	must(gnutls_privkey_init(&key), "key");
	must(gnutls_privkey_import_x509(key, key_of_all(), 0), "key");
	for (unsigned int i = 0; i < count; i++) {
		cert = make_cert(0, o->cert_size, o->names, i);
		must(gnutls_pcert_import_x509(&chain[i], cert, 0), "chain");
		gnutls_x509_crt_deinit(cert);
	}
	/* GnuTLS takes over both. */
	must(gnutls_certificate_set_key(credentials, NULL, 0, chain, count, key), "chain");
}

static gnutls_certificate_credentials_t make_credentials(const struct test_server_options *o)
{
	gnutls_certificate_credentials_t credentials;
	gnutls_x509_crt_t issuer;

	must(gnutls_certificate_allocate_credentials(&credentials), "credentials");
	set_chain(credentials, o, o->chain ? o->chain : 1);
	for (unsigned int i = 0; i < o->issuers; i++) {
		issuer = make_cert(o->nameless ? -1 : (ssize_t)o->issuer_size, 0, 0, i);
		must(gnutls_certificate_set_x509_trust(credentials, &issuer, 1), "issuer");
		gnutls_x509_crt_deinit(issuer);
	}
	return credentials;
}

/* Making them takes long, and often the next server has the same options. */
static gnutls_certificate_credentials_t credentials_of(const struct test_server_options *o)
{
	static gnutls_certificate_credentials_t credentials;
	static struct test_server_options made;

	if (credentials && same_credentials(o, &made))
		return credentials;
	/* Sessions may still borrow the old ones, so these are not freed. */
	credentials = make_credentials(o);
	made = *o;
	return credentials;
}

static ssize_t pull(gnutls_transport_ptr_t p, void *data, size_t n)
{
	struct test_server *s = p;

	if (!s->in_left) {
		gnutls_transport_set_errno(s->session, EAGAIN);
		return -1;
	}
	if (n > s->in_left)
		n = s->in_left;
	memcpy(data, s->in, n);
	s->in += n;
	s->in_left -= n;
	return n;
}

static ssize_t push(gnutls_transport_ptr_t p, const void *data, size_t n)
{
	struct test_server *s = p;

	if (bytes_append(&s->out, data, n, 4 << 20))
		test_fail("the test server sends too much");
	return n;
}

static int ignore(gnutls_session_t session, const unsigned char *data, size_t size)
{
	(void)session;
	(void)data;
	(void)size;
	return 0;
}

static int send_some(gnutls_session_t session, gnutls_buffer_t buffer)
{
	(void)session;
	must(gnutls_buffer_append_data(buffer, "\0\1", 2), "extension");
	return 2;
}

static void add_extension(gnutls_session_t session, int type)
{
	must(gnutls_session_ext_register(session, "unasked", type, GNUTLS_EXT_TLS, ignore,
					 send_some, NULL, NULL, NULL,
					 GNUTLS_EXT_FLAG_EE | GNUTLS_EXT_FLAG_TLS |
					 GNUTLS_EXT_FLAG_IGNORE_CLIENT_REQUEST |
					 GNUTLS_EXT_FLAG_OVERRIDE_INTERNAL), "extension");
}

/* All servers have the same key. */
static void enable_tickets(gnutls_session_t session)
{
	static gnutls_datum_t key;

	if (!key.data)
		must(gnutls_session_ticket_key_generate(&key), "key of tickets");
	must(gnutls_session_ticket_enable_server(session, &key), "tickets");
}

struct test_server *test_server_new(const struct test_server_options *o)
{
	struct test_server *s = calloc(1, sizeof(*s));
	char priorities[128];

	if (!s)
		test_fail("no memory");
	s->extension = o->hello_extension;
	snprintf(priorities, sizeof(priorities),
		 "NORMAL:-VERS-ALL:+VERS-TLS1.%d%s%s:%%ALLOW_SMALL_RECORDS",
		 o->version == TLS_1_3 ? 3 : 2,
		 o->group ? ":-GROUP-ALL:+GROUP-" : "", o->group ? o->group : "");
	must(gnutls_init(&s->session, GNUTLS_SERVER | GNUTLS_NONBLOCK), "session");
	must(gnutls_priority_set_direct(s->session, priorities, NULL), "priorities");
	must(gnutls_credentials_set(s->session, GNUTLS_CRD_CERTIFICATE, credentials_of(o)),
	     "credentials");
	if (o->tickets)
		enable_tickets(s->session);
	if (o->ask)
		gnutls_certificate_server_set_request(s->session, GNUTLS_CERT_REQUEST);
	s->record_limit = o->record_limit;
	if (o->record_limit)
		must(gnutls_record_set_max_recv_size(s->session, o->record_limit), "limit");
	if (o->ee_extension >= 0)
		add_extension(s->session, o->ee_extension);
	gnutls_transport_set_ptr(s->session, s);
	gnutls_transport_set_pull_function(s->session, pull);
	gnutls_transport_set_push_function(s->session, push);
	gnutls_handshake_set_timeout(s->session, 0);
	return s;
}

void test_server_free(struct test_server *s)
{
	gnutls_deinit(s->session);
	bytes_free(&s->out);
	bytes_free(&s->hello);
	free(s);
}

static void grow(uint8_t *p, unsigned int size, uint32_t by)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		value = value << 8 | p[i];
	value += by;
	while (size) {
		p[--size] = value;
		value >>= 8;
	}
}

/* Add an empty extension to the end of the ServerHello at the front of @out. */
static void insert_extension(struct bytes *out, int type)
{
	const uint8_t more[4] = { type >> 8, type, 0, 0 };
	uint8_t *p = out->data, *list;
	size_t end;

	if (out->len < 50 || p[0] != 22 || p[5] != 2)
		test_fail("no ServerHello");
	end = 9 + ((size_t)p[6] << 16 | p[7] << 8 | p[8]);
	list = p + 9 + 34;
	list += 1 + list[0] + 3;
	if (list + 2 > p + end || end > out->len)
		test_fail("a ServerHello without extensions");
	grow(p + 3, 2, sizeof(more));
	grow(p + 6, 3, sizeof(more));
	grow(list, 2, sizeof(more));
	if (bytes_append(out, more, sizeof(more), 4 << 20))
		test_fail("no memory");
	p = out->data;
	memmove(p + end + sizeof(more), p + end, out->len - sizeof(more) - end);
	memcpy(p + end, more, sizeof(more));
}

#define RECORD_HEADER	5

/*
 * GnuTLS's server keeps to its limit before the client knows of it. So the ClientHello, a
 * record of plaintext, comes in as many records as that takes.
 */
static void split_hello(struct test_server *s, const uint8_t *in, size_t length)
{
	uint8_t header[RECORD_HEADER];
	size_t n;

	memcpy(header, in, sizeof(header));
	for (in += RECORD_HEADER, length -= RECORD_HEADER; length; in += n, length -= n) {
		n = length < s->record_limit ? length : s->record_limit;
		header[3] = n >> 8;
		header[4] = n;
		must(bytes_append(&s->hello, header, sizeof(header), 4 << 20), "memory");
		must(bytes_append(&s->hello, in, n, 4 << 20), "memory");
	}
	s->in = s->hello.data;
	s->in_left = s->hello.len;
}

const uint8_t *test_server_step(struct test_server *s, const void *in, size_t length,
				size_t *out_length)
{
	int ret;

	s->in = in;
	s->in_left = length;
	if (s->record_limit && !s->hello.len)
		split_hello(s, in, length);
	s->out.len = 0;
	/* It returns after each record that is a part of a message. */
	do {
		ret = gnutls_handshake(s->session);
	} while (ret == GNUTLS_E_AGAIN && s->in_left);
	if (ret < 0 && gnutls_error_is_fatal(ret))
		gnutls_alert_send_appropriate(s->session, ret);
	if (s->extension >= 0 && s->out.len) {
		insert_extension(&s->out, s->extension);
		s->extension = -1;
	}
	*out_length = s->out.len;
	return s->out.data;
}

/* A request has less room than a server's longest flight. */
#define CHUNK	65536

void test_relay(struct engine *e, uint64_t conversation, struct test_server *s,
		struct test_reply *r)
{
	const uint8_t *flight;
	size_t length, n;

	while (!r->error && r->tls.state == CREDSSP_HLP_TLS_CONTINUE) {
		flight = test_server_step(s, r->wire, r->tls.wire_length, &length);
		if (!length)
			test_fail("the test server says nothing");
		for (; length && !r->error && r->tls.state == CREDSSP_HLP_TLS_CONTINUE;
		     flight += n, length -= n) {
			n = length < CHUNK ? length : CHUNK;
			test_call(e, CREDSSP_HLP_TLS_STEP, conversation, flight, n, r);
			if (!r->error && r->tls.state == CREDSSP_HLP_TLS_CONTINUE &&
			    r->tls.consumed != n)
				test_fail("%u of %zu bytes consumed", r->tls.consumed, n);
		}
	}
}
