// SPDX-License-Identifier: GPL-2.0-only
/* Parsed certificates between handshakes, and which chains' certificates are kept. */
#include <string.h>
#include <time.h>
#include "shelf.h"
#include "tests/test.h"
#include "trust.h"

#define USER		1000
#define OTHER_USER	1001
/* Bytes of an extension; two certificates with one are too long to be kept. */
#define LONG_EXTENSION	(TRUST_FEW_BYTES / 2)

static gnutls_x509_privkey_t key;

/* The DER of a certificate with this number; freed by the caller. */
static gnutls_datum_t make(unsigned char number, size_t extension)
{
	static const unsigned char zeros[LONG_EXTENSION];
	gnutls_x509_crt_t cert;
	gnutls_datum_t der;

	ENSURE(!gnutls_x509_crt_init(&cert) && !gnutls_x509_crt_set_version(cert, 3));
	ENSURE(!gnutls_x509_crt_set_serial(cert, &number, 1));
	ENSURE(!gnutls_x509_crt_set_activation_time(cert, time(NULL)));
	ENSURE(!gnutls_x509_crt_set_expiration_time(cert, time(NULL) + 60));
	ENSURE(!gnutls_x509_crt_set_key(cert, key));
	ENSURE(!extension ||
	       !gnutls_x509_crt_set_extension_by_oid(cert, "1.3.6.1.4.1.55555.1", zeros,
						     extension, 0));
	ENSURE(!gnutls_x509_crt_sign2(cert, cert, key, GNUTLS_DIG_SHA256, 0));
	ENSURE(!gnutls_x509_crt_export2(cert, GNUTLS_X509_FMT_DER, &der));
	gnutls_x509_crt_deinit(cert);
	return der;
}

static gnutls_x509_crt_t parse(const gnutls_datum_t *der)
{
	gnutls_x509_crt_t cert;

	ENSURE(!gnutls_x509_crt_init(&cert));
	ENSURE(!gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER));
	return cert;
}

/* Is it there for @uid? It is put back. */
static bool has(struct shelf *s, uint32_t uid, const gnutls_datum_t *der)
{
	gnutls_x509_crt_t cert = shelf_take(s, uid, der);

	if (cert)
		shelf_put(s, uid, cert);
	return cert;
}

/* A certificate is for its DER and its user, and for one handshake at a time. */
static void test_take(void)
{
	gnutls_datum_t one = make(1, 0), two = make(2, 0), changed;
	struct shelf *s = shelf_new();
	gnutls_x509_crt_t cert = parse(&one);

	ENSURE(s && !shelf_take(s, USER, &one));
	shelf_put(s, USER, cert);
	ENSURE(!shelf_take(s, USER, &two) && !shelf_take(s, OTHER_USER, &one));
	changed = (gnutls_datum_t){ one.data, one.size - 1 };
	ENSURE(!shelf_take(s, USER, &changed));
	one.data[one.size - 1] ^= 1;
	ENSURE(!shelf_take(s, USER, &one));
	one.data[one.size - 1] ^= 1;
	ENSURE(shelf_take(s, USER, &one) == cert && !shelf_take(s, USER, &one));
	shelf_put(s, USER, cert);
	ENSURE(has(s, USER, &one));
	shelf_free(s);
	gnutls_free(one.data);
	gnutls_free(two.data);
}

/* There is room for so many, and a new one replaces the oldest. */
static void test_full(void)
{
	gnutls_datum_t der[SHELF_SIZE + 1];
	struct shelf *s = shelf_new();

	for (unsigned int i = 0; i <= SHELF_SIZE; i++) {
		der[i] = make(i + 1, 0);
		shelf_put(s, USER, parse(&der[i]));
	}
	for (unsigned int i = 0; i <= SHELF_SIZE; i++) {
		ENSURE(has(s, USER, &der[i]) == (i > 0));
		gnutls_free(der[i].data);
	}
	shelf_free(s);
}

/* Without a shelf nothing is kept. */
static void test_none(void)
{
	gnutls_datum_t der = make(1, 0);

	ENSURE(!shelf_take(NULL, USER, &der));
	shelf_put(NULL, USER, parse(&der));
	gnutls_free(der.data);
}

/* A chain takes its certificates off the shelf, and puts them back if they are short. */
static void test_chain(void)
{
	gnutls_datum_t small = make(1, 0), big = make(2, LONG_EXTENSION);
	gnutls_datum_t next = make(3, LONG_EXTENSION);
	struct trust_chain chain = { .shelf = shelf_new(), .uid = USER };
	gnutls_x509_crt_t cert;

	ENSURE(!trust_chain_add(&chain, &small));
	cert = chain.certs[0];
	trust_chain_free(&chain);
	ENSURE(!chain.count && !chain.elements && has(chain.shelf, USER, &small));
	ENSURE(!trust_chain_add(&chain, &small) && chain.certs[0] == cert);
	ENSURE(!trust_chain_add(&chain, &big) && !trust_chain_add(&chain, &next));
	trust_chain_free(&chain);
	ENSURE(!has(chain.shelf, USER, &small) && !has(chain.shelf, USER, &big));
	shelf_free(chain.shelf);
	gnutls_free(small.data);
	gnutls_free(big.data);
	gnutls_free(next.data);
}

int main(void)
{
	ENSURE(!gnutls_x509_privkey_init(&key));
	ENSURE(!gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
					     GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1), 0));
	test_take();
	test_full();
	test_none();
	test_chain();
	gnutls_x509_privkey_deinit(key);
	puts("ok certificates: parsed once");
	return 0;
}
