// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <ctype.h>
#include <stdlib.h>
#include <string.h>

#include <gnutls/crypto.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>

#include "cert_make.h"

#define DAY		86400
/* A client whose clock is behind must not find it not valid yet. */
#define CLOCK_SKEW	3600
/*
 * 112 bits of security, as the certificates that Windows makes for itself: they last longer than
 * two years, and a logon takes a third of the time that a key of 3072 bits needs.
 */
#define RSA_BITS	2048
#define SERIAL_BYTES	16
#define LABEL_MAX	63
#define LABEL_BYTES	"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
#define COMMON_NAME_MAX	64	/* RFC 5280 A.1, ub-common-name */

static bool is_address(const char *host)
{
	unsigned char address[sizeof(struct in6_addr)];

	return inet_pton(AF_INET, host, address) == 1 || inet_pton(AF_INET6, host, address) == 1;
}

/* Labels (RFC 1034 3.5) with dots between them, in small letters; "_" is in names of Windows. */
static bool settle_name(char *host)
{
	size_t label = 0;

	for (; *host; host++) {
		if (*host == '.' && !label)
			return false;
		label = *host == '.' ? 0 : label + 1;
		if (label > LABEL_MAX || !strchr(LABEL_BYTES ".", *host))
			return false;
		*host = (char)tolower((unsigned char)*host);
	}
	return label;
}

const char *cert_wanted_add(struct cert_wanted *w, const char *arg)
{
	const bool wildcard = !strncmp(arg, "*.", 2);
	struct options o = { 0 };
	const char *err;
	size_t n;

	if (w->count == CERT_NAMES_MAX)
		return "too many names";
	err = options_host(&o, wildcard ? arg + 2 : arg);
	if (err)
		return err;
	if (o.port)
		return "a port is not a part of the name";
	if (is_address(o.host) ? wildcard : !settle_name(o.host))
		return "not a host name or address";
	n = strlen(o.host);
	if (wildcard && n > HOST_MAX - 2)
		return "too long";
	memcpy(w->names[w->count], "*.", 2);
	memcpy(w->names[w->count] + (wildcard ? 2 : 0), o.host, n + 1);
	w->count++;
	return NULL;
}

/* subjectAltName: a name, or the bytes of an address */
static int add_name(gnutls_x509_crt_t crt, const char *name)
{
	unsigned char address[sizeof(struct in6_addr)];

	if (inet_pton(AF_INET, name, address) == 1)
		return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address,
							    sizeof(struct in_addr),
							    GNUTLS_FSAN_APPEND);
	if (inet_pton(AF_INET6, name, address) == 1)
		return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_IPADDRESS, address,
							    sizeof(struct in6_addr),
							    GNUTLS_FSAN_APPEND);
	return gnutls_x509_crt_set_subject_alt_name(crt, GNUTLS_SAN_DNSNAME, name, strlen(name),
						    GNUTLS_FSAN_APPEND);
}

/* The common name, which clients show, is the first name. */
static int set_names(gnutls_x509_crt_t crt, const struct cert_wanted *w)
{
	const size_t length = strlen(w->names[0]);
	int ret;

	ret = gnutls_x509_crt_set_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, w->names[0],
					    length < COMMON_NAME_MAX ? length : COMMON_NAME_MAX);
	for (unsigned int i = 0; ret >= 0 && i < w->count; i++)
		ret = add_name(crt, w->names[i]);
	return ret;
}

/* RFC 5280 4.1.2.2: positive, and nobody can guess it. */
static int set_serial(gnutls_x509_crt_t crt)
{
	unsigned char serial[SERIAL_BYTES];
	int ret = gnutls_rnd(GNUTLS_RND_NONCE, serial, sizeof(serial));

	serial[0] = (serial[0] & 0x7f) | 0x40;
	return ret < 0 ? ret : gnutls_x509_crt_set_serial(crt, serial, sizeof(serial));
}

static int set_usage(gnutls_x509_crt_t crt, bool rsa)
{
	unsigned char id[64];
	size_t size = sizeof(id);
	int ret;

	ret = gnutls_x509_crt_set_basic_constraints(crt, 0, -1);
	if (ret >= 0)
		ret = gnutls_x509_crt_set_key_usage(crt, GNUTLS_KEY_DIGITAL_SIGNATURE |
						    (rsa ? GNUTLS_KEY_KEY_ENCIPHERMENT : 0));
	if (ret >= 0)
		ret = gnutls_x509_crt_set_key_purpose_oid(crt, GNUTLS_KP_TLS_WWW_SERVER, 0);
	if (ret >= 0)
		ret = gnutls_x509_crt_get_key_id(crt, GNUTLS_KEYID_USE_SHA1, id, &size);
	return ret < 0 ? ret : gnutls_x509_crt_set_subject_key_id(crt, id, size);
}

static int fill(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const struct cert_wanted *w,
		time_t now, time_t until)
{
	int ret;

	ret = gnutls_x509_crt_set_version(crt, 3);
	if (ret >= 0)
		ret = gnutls_x509_crt_set_key(crt, key);
	if (ret >= 0)
		ret = set_serial(crt);
	if (ret >= 0)
		ret = gnutls_x509_crt_set_activation_time(crt, now - CLOCK_SKEW);
	if (ret >= 0)
		ret = gnutls_x509_crt_set_expiration_time(crt, until);
	if (ret >= 0)
		ret = set_names(crt, w);
	if (ret >= 0)
		ret = set_usage(crt, w->rsa);
	return ret < 0 ? ret : gnutls_x509_crt_sign2(crt, crt, key, GNUTLS_DIG_SHA256, 0);
}

static int generate(gnutls_x509_privkey_t key, bool rsa)
{
	return rsa ? gnutls_x509_privkey_generate(key, GNUTLS_PK_RSA, RSA_BITS, 0) :
		     gnutls_x509_privkey_generate(key, GNUTLS_PK_ECDSA,
						  GNUTLS_CURVE_TO_BITS(GNUTLS_ECC_CURVE_SECP256R1),
						  0);
}

static void wipe(gnutls_datum_t *d)
{
	if (d->data)
		gnutls_memset(d->data, 0, d->size);
	gnutls_free(d->data);
}

/* Certificate and key, one behind the other */
static int write_pem(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, struct cert_made *m)
{
	gnutls_datum_t cert = { NULL, 0 }, secret = { NULL, 0 };
	int ret;

	ret = gnutls_x509_crt_export2(crt, GNUTLS_X509_FMT_PEM, &cert);
	if (ret >= 0)
		ret = gnutls_x509_privkey_export2_pkcs8(key, GNUTLS_X509_FMT_PEM, NULL,
							GNUTLS_PKCS_PLAIN, &secret);
	if (ret >= 0) {
		m->pem = malloc(cert.size + secret.size);
		if (!m->pem)
			ret = GNUTLS_E_MEMORY_ERROR;
	}
	if (ret >= 0) {
		memcpy(m->pem, cert.data, cert.size);
		memcpy(m->pem + cert.size, secret.data, secret.size);
		m->length = cert.size + secret.size;
	}
	gnutls_free(cert.data);
	wipe(&secret);
	return ret;
}

static int make(gnutls_x509_crt_t crt, gnutls_x509_privkey_t key, const struct cert_wanted *w,
		time_t now, struct cert_made *m)
{
	size_t size = sizeof(m->sha256);
	int ret;

	m->until = now + (time_t)w->days * DAY;
	ret = generate(key, w->rsa);
	if (ret >= 0)
		ret = fill(crt, key, w, now, m->until);
	if (ret >= 0)
		ret = gnutls_x509_crt_get_fingerprint(crt, GNUTLS_DIG_SHA256, m->sha256, &size);
	return ret < 0 ? ret : write_pem(crt, key, m);
}

const char *cert_make(const struct cert_wanted *w, time_t now, struct cert_made *m)
{
	gnutls_x509_privkey_t key;
	gnutls_x509_crt_t crt;
	int ret;

	*m = (struct cert_made){ 0 };
	ret = gnutls_x509_crt_init(&crt);
	if (ret < 0)
		return gnutls_strerror(ret);
	ret = gnutls_x509_privkey_init(&key);
	if (ret >= 0) {
		ret = make(crt, key, w, now, m);
		gnutls_x509_privkey_deinit(key);	/* wipes it */
	}
	gnutls_x509_crt_deinit(crt);
	return ret < 0 ? gnutls_strerror(ret) : NULL;
}

void cert_made_free(struct cert_made *m)
{
	if (m->pem)
		explicit_bzero(m->pem, m->length);
	free(m->pem);
	*m = (struct cert_made){ 0 };
}
