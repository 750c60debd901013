// SPDX-License-Identifier: GPL-2.0-only
/*
 * A server chooses the keys for the verification of its signatures and for the encryption
 * of secrets. A slow operation delays all conversations of its thread: the size of a key is
 * checked before it is used.
 */
#include <errno.h>
#include <gnutls/x509.h>
#include "key_limits.h"

/*
 * RSA: one operation takes a multiplication for each bit of the exponent, and the time of
 * a multiplication grows with the square of the modulus. Real exponents are 65537, 3 or
 * 17; OpenSSL accepts no exponent above 64 bits with a modulus above 3072.
 */
#define RSA_MODULUS_BITS	8192
#define RSA_EXPONENT_BITS	64
/* DSA, FIPS 186-4 4.2, and a prime as long as the longest RSA modulus in use by CAs. */
#define DSA_PRIME_BITS		4096
#define DSA_ORDER_BITS		256

/* @n: an unsigned big-endian number */
static unsigned int bits_of(const gnutls_datum_t *n)
{
	unsigned int size = n->size;
	const unsigned char *p = n->data;

	while (size && !*p) {
		p++;
		size--;
	}
	return size ? size * 8 - (__builtin_clz(*p) - 24) : 0;
}

static int check_rsa(gnutls_x509_crt_t cert)
{
	gnutls_datum_t modulus, exponent;
	int ret = 0;

	if (gnutls_x509_crt_get_pk_rsa_raw(cert, &modulus, &exponent) < 0)
		return -EBADMSG;
	if (bits_of(&modulus) > RSA_MODULUS_BITS || bits_of(&exponent) > RSA_EXPONENT_BITS)
		ret = -E2BIG;
	gnutls_free(modulus.data);
	gnutls_free(exponent.data);
	return ret;
}

static int check_dsa(gnutls_x509_crt_t cert)
{
	gnutls_datum_t p, q, g, y;
	int ret = 0;

	if (gnutls_x509_crt_get_pk_dsa_raw(cert, &p, &q, &g, &y) < 0)
		return -EBADMSG;
	if (bits_of(&p) > DSA_PRIME_BITS || bits_of(&q) > DSA_ORDER_BITS)
		ret = -E2BIG;
	gnutls_free(p.data);
	gnutls_free(q.data);
	gnutls_free(g.data);
	gnutls_free(y.data);
	return ret;
}

int key_limits_check(gnutls_x509_crt_t cert)
{
	switch (gnutls_x509_crt_get_pk_algorithm(cert, NULL)) {
	case GNUTLS_PK_RSA:
	case GNUTLS_PK_RSA_PSS:
		return check_rsa(cert);
	case GNUTLS_PK_DSA:
		return check_dsa(cert);
	default:
		/* elliptic curves: GnuTLS accepts named curves only */
		return 0;
	}
}
