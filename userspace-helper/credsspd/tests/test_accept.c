// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <gnutls/x509.h>
#include "test.h"
#include "test_accept.h"

#define DAY		86400
#define FILES_MAX	32
#define TEXT		"from one to the other"

/* The DER of the certificates that were made */
static struct made {
	const char *name;
	gnutls_datum_t der;
} made[FILES_MAX];
static unsigned int made_count;

static char certificates[sizeof("/tmp/credssp-accept.XXXXXX")];

static void remove_directory(void)
{
	char command[64];

	snprintf(command, sizeof(command), "rm -rf %s", certificates);
	/* The status is not told: the key keeper has SIGCHLD ignored. */
	if (system(command) == 127)
		fprintf(stderr, "%s is left\n", certificates);
}

const char *test_directory(void)
{
	strcpy(certificates, "/tmp/credssp-accept.XXXXXX");
	ENSURE(mkdtemp(certificates) && !atexit(remove_directory));
	return certificates;
}

static gnutls_x509_privkey_t make_key(gnutls_pk_algorithm_t pk)
{
	const unsigned int bits =
		pk == GNUTLS_PK_RSA ? 2048 :
		pk == GNUTLS_PK_ECDSA ? GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1) :
					GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_ED25519);
	gnutls_x509_privkey_t key;

	ENSURE(!gnutls_x509_privkey_init(&key) &&
	       !gnutls_x509_privkey_generate(key, pk, bits, 0));
	return key;
}

static void add_names(gnutls_x509_crt_t c, const struct test_file *f)
{
	char *names = strdup(f->names ? f->names : ""), *rest = names, *name;

	while ((name = strsep(&rest, " ")))
		ENSURE(!*name || !gnutls_x509_crt_set_subject_alt_name(c, GNUTLS_SAN_DNSNAME, name,
								       strlen(name),
								       GNUTLS_FSAN_APPEND));
	free(names);
	if (f->cn)
		ENSURE(!gnutls_x509_crt_set_dn_by_oid(c, GNUTLS_OID_X520_COMMON_NAME, 0, f->cn,
						      strlen(f->cn)));
	if (f->purpose)
		ENSURE(!gnutls_x509_crt_set_key_purpose_oid(c, f->purpose, 0));
}

static gnutls_x509_crt_t make_cert(const struct test_file *f, gnutls_x509_privkey_t key)
{
	const time_t from = time(NULL) + f->from * DAY - 60;
	const gnutls_digest_algorithm_t digest =
		f->pk == GNUTLS_PK_EDDSA_ED25519 ? GNUTLS_DIG_SHA512 : GNUTLS_DIG_SHA256;
	static unsigned char serial;
	gnutls_x509_crt_t c;

	serial++;
	ENSURE(!gnutls_x509_crt_init(&c) && !gnutls_x509_crt_set_version(c, 3) &&
	       !gnutls_x509_crt_set_key(c, key) &&
	       !gnutls_x509_crt_set_serial(c, &serial, sizeof(serial)) &&
	       !gnutls_x509_crt_set_activation_time(c, from) &&
	       !gnutls_x509_crt_set_expiration_time(c, from + f->days * DAY));
	add_names(c, f);
	ENSURE(!gnutls_x509_crt_sign2(c, c, key, digest, 0));
	return c;
}

static void write_file(const char *path, const gnutls_datum_t *cert, const gnutls_datum_t *key)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	ENSURE(fd >= 0 && write(fd, cert->data, cert->size) == (ssize_t)cert->size &&
	       write(fd, key->data, key->size) == (ssize_t)key->size && !close(fd));
}

static void note(const char *name, gnutls_x509_crt_t cert)
{
	unsigned int i = 0;

	while (i < made_count && strcmp(made[i].name, name))
		i++;
	ENSURE(i < FILES_MAX);
	if (i < made_count)
		gnutls_free(made[i].der.data);
	else
		made_count++;
	made[i].name = name;
	ENSURE(!gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &made[i].der));
}

void test_file_make(const char *directory, uint32_t uid, const struct test_file *f)
{
	gnutls_x509_privkey_t key = make_key(f->pk);
	gnutls_x509_crt_t cert = make_cert(f, key);
	gnutls_datum_t key_pem, cert_pem;
	char path[256];

	snprintf(path, sizeof(path), "%s/%u", directory, uid);
	mkdir(path, 0700);
	snprintf(path, sizeof(path), "%s/%u/%s.pem", directory, uid, f->name);
	ENSURE(!gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_PEM, &cert_pem));
	ENSURE(!gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL,
						  GNUTLS_PKCS_PLAIN, &key_pem));
	write_file(path, &cert_pem, &key_pem);
	note(f->name, cert);
	gnutls_free(key_pem.data);
	gnutls_free(cert_pem.data);
	gnutls_x509_crt_deinit(cert);
	gnutls_x509_privkey_deinit(key);
}

bool test_file_is(const struct test_reply *r, const char *name)
{
	const uint8_t *p = r->chain;
	size_t length;

	ENSURE(r->tls.chain_length > 4);
	length = (size_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
	ENSURE(length <= r->tls.chain_length - 4);
	for (unsigned int i = 0; i < made_count; i++)
		if (!strcmp(made[i].name, name))
			return made[i].der.size == length &&
			       !memcmp(made[i].der.data, p + 4, length);
	return false;
}

static gnutls_certificate_credentials_t no_credentials(void)
{
	static gnutls_certificate_credentials_t credentials;

	if (!credentials)
		ENSURE(!gnutls_certificate_allocate_credentials(&credentials));
	return credentials;
}

static ssize_t peer_pull(gnutls_transport_ptr_t ptr, void *data, size_t n)
{
	struct test_peer *p = ptr;

	if (n > p->in_length - p->in_at)
		n = p->in_length - p->in_at;
	if (!n) {
		gnutls_transport_set_errno(p->session, EAGAIN);
		return -1;
	}
	memcpy(data, p->in + p->in_at, n);
	p->in_at += n;
	return n;
}

static ssize_t peer_push(gnutls_transport_ptr_t ptr, const void *data, size_t n)
{
	struct test_peer *p = ptr;

	ENSURE(n <= sizeof(p->out) - p->out_length);
	memcpy(p->out + p->out_length, data, n);
	p->out_length += n;
	return n;
}

void test_peer_new(struct test_peer *p, const char *priorities, const char *host)
{
	memset(p, 0, sizeof(*p));
	ENSURE(!gnutls_init(&p->session, GNUTLS_CLIENT | GNUTLS_NONBLOCK) &&
	       !gnutls_priority_set_direct(p->session, priorities, NULL) &&
	       !gnutls_credentials_set(p->session, GNUTLS_CRD_CERTIFICATE, no_credentials()));
	gnutls_transport_set_ptr(p->session, p);
	gnutls_transport_set_pull_function(p->session, peer_pull);
	gnutls_transport_set_push_function(p->session, peer_push);
	gnutls_handshake_set_timeout(p->session, 0);
	if (host)
		ENSURE(!gnutls_server_name_set(p->session, GNUTLS_NAME_DNS, host, strlen(host)));
}

void test_peer_free(struct test_peer *p)
{
	gnutls_deinit(p->session);
}

bool test_peer_step(struct test_peer *p, int *ret)
{
	size_t left;

	/* Another call would ask for a renegotiation. */
	*ret = 0;
	if (p->done)
		return true;
	do {
		left = p->in_length - p->in_at;
		*ret = gnutls_handshake(p->session);
	} while (*ret < 0 && !gnutls_error_is_fatal(*ret) && p->in_length - p->in_at < left);
	p->done = *ret == GNUTLS_E_SUCCESS;
	return p->done || gnutls_error_is_fatal(*ret);
}

void test_peer_feed(struct test_peer *p, const void *data, size_t length)
{
	memmove(p->in, p->in + p->in_at, p->in_length - p->in_at);
	p->in_length -= p->in_at;
	p->in_at = 0;
	ENSURE(length <= sizeof(p->in) - p->in_length);
	if (length)
		memcpy(p->in + p->in_length, data, length);
	p->in_length += length;
}

size_t test_hello(uint8_t *to, const char *host)
{
	static struct test_peer p;
	size_t length;
	int ret;

	test_peer_new(&p, "NORMAL", host);
	ENSURE(!test_peer_step(&p, &ret));
	length = p.out_length;
	memcpy(to, p.out, length);
	test_peer_free(&p);
	ENSURE(length == 5u + (to[3] << 8 | to[4]) && length == 9u + (to[7] << 8 | to[8]));
	return length;
}

void test_accept(struct engine *e, uint64_t conversation, const char *name,
		 struct test_reply *r)
{
	const struct credssp_hlp_tls_accept head = { .cert_length = strlen(name) };
	uint8_t payload[sizeof(head) + 256];

	ENSURE(head.cert_length <= 256);
	memcpy(payload, &head, sizeof(head));
	memcpy(payload + sizeof(head), name, head.cert_length);
	test_call(e, CREDSSP_HLP_TLS_ACCEPT, conversation, payload,
		  sizeof(head) + head.cert_length, r);
}

void test_accept_relay(struct engine *e, uint64_t conversation, struct test_peer *p,
		       struct test_reply *r)
{
	int ret;

	while (!r->error && r->tls.state == CREDSSP_HLP_TLS_CONTINUE) {
		test_peer_feed(p, r->wire, r->tls.wire_length);
		test_peer_step(p, &ret);
		ENSURE(p->out_length);
		test_call(e, CREDSSP_HLP_TLS_STEP, conversation, p->out, p->out_length, r);
		p->out_length = 0;
	}
	if (r->error)
		return;
	test_peer_feed(p, r->wire, r->tls.wire_length);
	test_peer_step(p, &ret);
}

void test_accept_talk(struct test_peer *p, const struct test_reply *r)
{
	struct test_keys tx = { r->tls.tx, r->tls.version, r->tls.cipher };
	struct test_keys rx = { r->tls.rx, r->tls.version, r->tls.cipher };
	uint8_t record[TEST_RECORD_MAX], type, *plain;
	char text[64];
	ssize_t got;

	test_peer_feed(p, record, test_seal(&tx, TEXT, strlen(TEXT), record));
	/* Tickets are taken on the way. */
	do
		got = gnutls_record_recv(p->session, text, sizeof(text));
	while (got == GNUTLS_E_AGAIN && p->in_at < p->in_length);
	ENSURE(got == (ssize_t)strlen(TEXT) && !memcmp(text, TEXT, got));
	ENSURE(gnutls_record_send(p->session, TEXT, strlen(TEXT)) == (ssize_t)strlen(TEXT));
	ENSURE(test_open(&rx, p->out, p->out_length, &plain, &type) == strlen(TEXT) &&
	       type == 23 && !memcmp(plain, TEXT, strlen(TEXT)));
	p->out_length = 0;
}
