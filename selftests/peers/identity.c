// SPDX-License-Identifier: GPL-2.0-only
/* The server's certificate and key. */
#include <gnutls/abstract.h>
#include <gnutls/crypto.h>
#include <gnutls/x509.h>
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "der.h"
#include "peer.h"

#define DAY		86400
#define RSA_BITS	2048
#define BIT_STRING	0x03

static int sign(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const char *host, int days)
{
	uint8_t serial[8];
	time_t now = time(NULL);

	gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));
	serial[0] &= 0x7f;
	gnutls_x509_crt_set_version(crt, 3);
	gnutls_x509_crt_set_serial(crt, serial, sizeof(serial));
	/* A certificate of 0 days has expired. */
	gnutls_x509_crt_set_activation_time(crt, now - (days > 0 ? DAY : 30 * DAY));
	gnutls_x509_crt_set_expiration_time(crt, now + (time_t)days * DAY - (days > 0 ? 0 : DAY));
	gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, host, strlen(host));
	gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, host, strlen(host),
					     GNUTLS_FSAN_SET);
	gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
	/* As Windows makes them for itself: the KeyUsage does not allow signing. */
	gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_KEY_ENCIPHERMENT |
				      GNUTLS_KEY_DATA_ENCIPHERMENT);
	gnutls_x509_crt_set_key(crt, key);
	return gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

static int write_pem(FILE *f, gnutls_x509_crt_t crt, gnutls_x509_privkey_t key)
{
	gnutls_datum_t cert_pem = { 0 }, key_pem = { 0 };
	int rc = -1;

	if (!gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &cert_pem) &&
	    !gnutls_x509_privkey_export2(key, GNUTLS_X509_FMT_PEM, &key_pem) &&
	    fwrite(cert_pem.data, cert_pem.size, 1, f) == 1 &&
	    fwrite(key_pem.data, key_pem.size, 1, f) == 1)
		rc = 0;
	gnutls_free(cert_pem.data);
	gnutls_free(key_pem.data);
	return rc;
}

int identity_make(const char *path, const char *host, bool ec, int days)
{
	gnutls_pk_algorithm_t algorithm = ec ? GNUTLS_PK_ECDSA : GNUTLS_PK_RSA;
	unsigned int bits = ec ? GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1) : RSA_BITS;
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	FILE *f = fopen(path, "w");
	int rc = -1;

	if (!f)
		return -1;
	gnutls_x509_privkey_init(&key);
	gnutls_x509_crt_init(&crt);
	if (!gnutls_x509_privkey_generate(key, algorithm, bits, 0) && !sign(crt, key, host, days))
		rc = write_pem(f, crt, key);
	gnutls_x509_crt_deinit(crt);
	gnutls_x509_privkey_deinit(key);
	return fclose(f) ? -1 : rc;
}

bool identity_split_spki(struct span spki, struct bytes *key)
{
	struct span in = spki, body, bits, unused;

	if (!der_take(&in, DER_SEQUENCE, &body) || !der_skip(&body) ||
	    !der_take(&body, BIT_STRING, &bits) || !span_take(&bits, 1, &unused))
		return false;
	bytes_set(key, bits);
	return !unused.p[0];
}

static int keep_public_key(struct identity *id)
{
	gnutls_x509_crt_t *list;
	gnutls_datum_t der;
	gnutls_pubkey_t pub;
	unsigned int count, i;
	int rc = -1;

	if (gnutls_certificate_get_x509_crt(id->creds, 0, &list, &count) || !count)
		return -1;
	gnutls_pubkey_init(&pub);
	if (!gnutls_pubkey_import_x509(pub, list[0], 0) &&
	    !gnutls_pubkey_export2(pub, GNUTLS_X509_FMT_DER, &der)) {
		bytes_set(&id->spki, span(der.data, der.size));
		gnutls_free(der.data);
		rc = identity_split_spki(span_of(&id->spki), &id->key) ? 0 : -1;
	}
	gnutls_pubkey_deinit(pub);
	for (i = 0; i < count; i++)
		gnutls_x509_crt_deinit(list[i]);
	gnutls_free(list);
	return rc;
}

int identity_load(struct identity *id, const char *path)
{
	if (gnutls_certificate_allocate_credentials(&id->creds))
		return -1;
	if (gnutls_certificate_set_x509_key_file(id->creds, path, path, GNUTLS_X509_FMT_PEM) < 0)
		return -1;
	return keep_public_key(id);
}

int identity_save(const char *path, const gnutls_datum_t *secret)
{
	FILE *f = fopen(path, "w");
	bool written;

	if (!f)
		return -1;
	written = fwrite(secret->data, 1, secret->size, f) == secret->size;
	return fclose(f) || !written ? -1 : 0;
}

int identity_take(struct identity *id, const char *ca)
{
	return gnutls_certificate_set_x509_trust_file(id->creds, ca, GNUTLS_X509_FMT_PEM) > 0 ?
	       0 : -1;
}

void identity_print(const struct identity *id)
{
	gnutls_datum_t der;
	uint8_t print[32];
	size_t len = sizeof(print), i;

	if (gnutls_certificate_get_crt_raw(id->creds, 0, 0, &der) ||
	    gnutls_fingerprint(GNUTLS_DIG_SHA256, &der, print, &len))
		return;
	printf(" cert=");
	for (i = 0; i < len; i++)
		printf("%02x", print[i]);
}
