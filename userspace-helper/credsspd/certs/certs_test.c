// SPDX-License-Identifier: GPL-2.0-only
/*
 * certs_test [ROW]: servers with the certificates of certs_rows.c, each over TLS
 * 1.2 and 1.3, with its root trusted and not. OpenSSL is the server, and evaluates
 * the certificate as well; the engine must finish the handshake with the same
 * evaluation. A row has the bits in which the two differ for a reason.
 * Documentation/interop.rst has the table.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include "base/log.h"
#include "tests/certs_make.h"
#include "tests/test_client.h"

#define CONVERSATION	1
#define HOST		"server.test"
/* The level of Debian's OpenSSL: 112 bits */
#define SECURITY_LEVEL	2

/* The CREDSSP_TRUST_* bits of OpenSSL's errors. */
static const struct {
	int error;
	uint32_t trust;
} verdicts[] = {
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ X509_V_ERR_UNABLE_TO_GET_ISSUER_CERT_LOCALLY, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ X509_V_ERR_UNABLE_TO_VERIFY_LEAF_SIGNATURE, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ X509_V_ERR_DEPTH_ZERO_SELF_SIGNED_CERT, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ X509_V_ERR_SELF_SIGNED_CERT_IN_CHAIN, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ X509_V_ERR_CERT_UNTRUSTED, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ X509_V_ERR_INVALID_CA, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ X509_V_ERR_CERT_NOT_YET_VALID, CREDSSP_TRUST_NOT_YET_VALID },
	{ X509_V_ERR_CERT_HAS_EXPIRED, CREDSSP_TRUST_EXPIRED },
	{ X509_V_ERR_HOSTNAME_MISMATCH, CREDSSP_TRUST_WRONG_NAME },
	{ X509_V_ERR_IP_ADDRESS_MISMATCH, CREDSSP_TRUST_WRONG_NAME },
	{ X509_V_ERR_EE_KEY_TOO_SMALL, CREDSSP_TRUST_WEAK },
	{ X509_V_ERR_CA_KEY_TOO_SMALL, CREDSSP_TRUST_WEAK },
	{ X509_V_ERR_CA_MD_TOO_WEAK, CREDSSP_TRUST_WEAK },
};

static uint32_t verdict;

/* Note all errors of a chain, not only the first. */
static int note_error(int ok, X509_STORE_CTX *store)
{
	int error = X509_STORE_CTX_get_error(store);
	size_t i;

	if (ok)
		return 1;
	for (i = 0; i < sizeof(verdicts) / sizeof(verdicts[0]); i++) {
		if (verdicts[i].error == error)
			break;
	}
	verdict |= i < sizeof(verdicts) / sizeof(verdicts[0]) ? verdicts[i].trust :
								CREDSSP_TRUST_INVALID;
	/* The order of errors matters: the first ones change later checks. */
	X509_STORE_CTX_set_error(store, X509_V_OK);
	return 1;
}

static uint32_t openssl_verdict(const struct made *m, bool trusted, const char *host)
{
	X509_STORE *store = X509_STORE_new();
	X509_STORE_CTX *ctx = X509_STORE_CTX_new();
	X509_VERIFY_PARAM *param;

	verdict = 0;
	if (trusted)
		X509_STORE_add_cert(store, m->root);
	X509_STORE_CTX_init(ctx, store, m->own, m->rest);
	X509_STORE_CTX_set_verify_cb(ctx, note_error);
	X509_STORE_CTX_set_default(ctx, "ssl_server");
	param = X509_STORE_CTX_get0_param(ctx);
	X509_VERIFY_PARAM_set_auth_level(param, SECURITY_LEVEL);
	/* A certificate that is trusted itself needs no root. */
	X509_VERIFY_PARAM_set_flags(param, X509_V_FLAG_PARTIAL_CHAIN);
	if (!X509_VERIFY_PARAM_set1_ip_asc(param, host))
		X509_VERIFY_PARAM_set1_host(param, host, 0);
	X509_verify_cert(ctx);
	X509_STORE_CTX_free(ctx);
	X509_STORE_free(store);
	return verdict;
}

static SSL *start_server(const struct made *m, int version, const char *cipher)
{
	SSL_CTX *ctx = SSL_CTX_new(TLS_server_method());
	BIO *in = BIO_new(BIO_s_mem()), *out = BIO_new(BIO_s_mem());
	SSL *ssl;

	/* Let the server use any key and algorithm. */
	SSL_CTX_set_security_level(ctx, 0);
	SSL_CTX_set_min_proto_version(ctx, version);
	SSL_CTX_set_max_proto_version(ctx, version);
	if (cipher && SSL_CTX_set_cipher_list(ctx, cipher) != 1)
		test_fail("OpenSSL has no %s", cipher);
	if (SSL_CTX_use_certificate(ctx, m->own) != 1 ||
	    SSL_CTX_use_PrivateKey(ctx, m->key) != 1 || SSL_CTX_set1_chain(ctx, m->rest) != 1)
		test_fail("OpenSSL does not take the certificate");
	ssl = SSL_new(ctx);
	SSL_CTX_free(ctx);
	SSL_set_bio(ssl, in, out);
	SSL_set_accept_state(ssl);
	return ssl;
}

/* Pass the server's bytes to the engine. */
static void feed(SSL *ssl, struct engine *e, struct test_reply *r)
{
	static uint8_t wire[CREDSSP_HLP_MAX_MESSAGE / 2];
	int length = BIO_read(SSL_get_wbio(ssl), wire, sizeof(wire));

	if (length <= 0)
		test_fail("the server says nothing: %s",
			  ERR_reason_error_string(ERR_peek_last_error()));
	test_call(e, CREDSSP_HLP_TLS_STEP, CONVERSATION, wire, length, r);
	/* The module requires this. */
	if (r->tls.state == CREDSSP_HLP_TLS_CONTINUE && r->tls.consumed != (uint32_t)length)
		test_fail("%u of %d bytes were used", r->tls.consumed, length);
}

static void handshake(SSL *ssl, struct engine *e, const char *host, struct test_reply *r)
{
	test_start(e, CONVERSATION, host, r);
	for (;;) {
		if (r->error)
			test_fail("the engine says error %u", r->error);
		if (r->tls.wire_length)
			BIO_write(SSL_get_rbio(ssl), r->wire, r->tls.wire_length);
		if (r->tls.state != CREDSSP_HLP_TLS_CONTINUE)
			break;
		SSL_do_handshake(ssl);
		feed(ssl, e, r);
	}
	SSL_do_handshake(ssl);
}

/* Loading the system's trust store takes long, so it is done once. */
static struct tls_context *client_for(const struct made *m, bool trusted)
{
	struct tls_options options = {
		.min_version = TLS_1_2, .max_version = TLS_1_3, .chacha = true,
		.trust_file = trusted ? made_root_file(m) : NULL,
	};
	static struct tls_context *trusts_nobody;

	if (trusted)
		return tls_context_new(&options);
	if (!trusts_nobody)
		trusts_nobody = tls_context_new(&options);
	return trusts_nobody;
}

static bool judge(const struct certs_row *row, SSL *ssl, const struct test_reply *r,
		  uint32_t openssl, uint32_t want)
{
	bool done = r->tls.state == CREDSSP_HLP_TLS_DONE && SSL_is_init_finished(ssl);

	if (row->failure && !done && r->tls.failure == row->failure)
		return true;
	if (!done || row->failure) {
		fprintf(stderr, "%s: state %u, failure %u, alert %u\n", row->name, r->tls.state,
			r->tls.failure, r->tls.alert);
		return false;
	}
	if (r->tls.trust != want) {
		fprintf(stderr, "%s: trust 0x%x, OpenSSL 0x%x, wanted 0x%x\n", row->name,
			r->tls.trust, openssl, want);
		return false;
	}
	/* TLS 1.3 has nothing else. */
	if (SSL_version(ssl) == TLS1_2_VERSION && SSL_get_extms_support(ssl) != 1) {
		fprintf(stderr, "%s: no extended master secret\n", row->name);
		return false;
	}
	return true;
}

static bool check_row(const struct certs_row *row, const struct made *m, struct engine *e,
		      int version, bool trusted)
{
	const char *host = row->host ? row->host : HOST;
	uint32_t openssl = openssl_verdict(m, trusted, host), want;
	SSL *ssl = start_server(m, version, row->cipher);
	struct test_reply r;
	bool good;

	want = (openssl & ~row->less & ~(trusted ? 0 : row->less_unknown)) | row->more;
	test_remote_desktop(row->remote_desktop);
	handshake(ssl, e, host, &r);
	good = judge(row, ssl, &r, openssl, want);
	if (getenv("TABLE"))
		printf("%s|%s|%x|%x|%u\n", row->name, trusted ? "trusted" : "not", r.tls.trust,
		       openssl, r.tls.failure);
	SSL_free(ssl);
	test_end(e, CONVERSATION);
	return good;
}

static bool run(const struct certs_row *row)
{
	static const int versions[] = { TLS1_2_VERSION, TLS1_3_VERSION };
	struct made m;
	bool good = true;

	certs_make(row, &m);
	for (int trusted = 0; trusted < 2; trusted++) {
		struct tls_context *client = client_for(&m, trusted);
		struct engine *e = client ? engine_new(client) : NULL;

		if (!e)
			test_fail("cannot set up");

		for (size_t i = 0; i < 2; i++) {
			if (!row->version || row->version == versions[i])
				good &= check_row(row, &m, e, versions[i], trusted);
		}
		engine_free(e);
		if (trusted)
			tls_context_free(client);
	}
	made_free(&m);
	printf("%sok certificate: %s\n", good ? "" : "not ", row->name);
	return good;
}

int main(int argc, char **argv)
{
	unsigned int failed = 0;

	log_setup(getenv("VERBOSE"));
	for (size_t i = 0; i < certs_count; i++) {
		if (argc < 2 || !strcmp(argv[1], certs_rows[i].name))
			failed += !run(&certs_rows[i]);
	}
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
