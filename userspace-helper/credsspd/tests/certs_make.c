// SPDX-License-Identifier: GPL-2.0-only
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include "certs/trust.h"
#include "certs_make.h"
#include "test_client.h"

#define DAY		86400
#define OID_UNKNOWN	"1.2.3.4.5"
/* two primes of 4096 bits would take minutes, five shorter ones take seconds */
#define MANY_PRIMES	5
/*
 * The number of small certificates that fit in a message of 64
 * KiB, and of names in large ones
 */
#define FLOOD		220
#define FAT_NAMES	160

static EVP_PKEY *rsa_key(int type, unsigned int bits, unsigned int primes, const char *exponent)
{
	EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_id(type, NULL);
	EVP_PKEY *key = NULL;
	BIGNUM *e = NULL;

	BN_hex2bn(&e, exponent);
	EVP_PKEY_keygen_init(ctx);
	EVP_PKEY_CTX_set_rsa_keygen_bits(ctx, bits);
	EVP_PKEY_CTX_set_rsa_keygen_primes(ctx, primes);
	EVP_PKEY_CTX_set1_rsa_keygen_pubexp(ctx, e);
	EVP_PKEY_keygen(ctx, &key);
	BN_free(e);
	EVP_PKEY_CTX_free(ctx);
	return key;
}

static EVP_PKEY *new_key(enum certs_key kind)
{
	switch (kind) {
	case KEY_RSA_1024:
		return rsa_key(EVP_PKEY_RSA, 1024, 2, "10001");
	case KEY_RSA_3:
		return rsa_key(EVP_PKEY_RSA, 2048, 2, "3");
	case KEY_RSA_LONG_EXPONENT:
		return rsa_key(EVP_PKEY_RSA, 2048, 2, "10000000000000001");
	case KEY_RSA_8192:
		return rsa_key(EVP_PKEY_RSA, 8192, MANY_PRIMES, "10001");
	case KEY_PSS:
		return rsa_key(EVP_PKEY_RSA_PSS, 2048, 2, "10001");
	case KEY_P256:
		return EVP_EC_gen("P-256");
	case KEY_P384:
		return EVP_EC_gen("P-384");
	case KEY_P521:
		return EVP_EC_gen("P-521");
	case KEY_BRAINPOOL:
		return EVP_EC_gen("brainpoolP256r1");
	case KEY_ED25519:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	case KEY_ED448:
		return EVP_PKEY_Q_keygen(NULL, NULL, "ED448");
	default:
		return rsa_key(EVP_PKEY_RSA, 2048, 2, "10001");
	}
}

/* Keys take time, so each kind is made once: one for servers, and one for issuers. */
static EVP_PKEY *key_of(enum certs_key kind, bool ca)
{
	static EVP_PKEY *keys[2][KEY_COUNT];

	if (!keys[ca][kind])
		keys[ca][kind] = new_key(kind);
	if (!keys[ca][kind])
		test_fail("OpenSSL makes no key %d", kind);
	return keys[ca][kind];
}

static void extend(X509 *cert, X509 *issuer, int nid, const char *value)
{
	X509_EXTENSION *ext;
	X509V3_CTX ctx;

	if (!value)
		return;
	X509V3_set_ctx(&ctx, issuer, cert, NULL, NULL, 0);
	ext = X509V3_EXT_conf_nid(NULL, &ctx, nid, value);
	if (!ext || !X509_add_ext(cert, ext, -1))
		test_fail("OpenSSL does not understand \"%s\"", value);
	X509_EXTENSION_free(ext);
}

static void extend_unknown(X509 *cert)
{
	ASN1_OBJECT *oid = OBJ_txt2obj(OID_UNKNOWN, 1);
	ASN1_OCTET_STRING *value = ASN1_OCTET_STRING_new();
	X509_EXTENSION *ext;

	ASN1_OCTET_STRING_set(value, (const uint8_t *)"\x05", 2);
	ext = X509_EXTENSION_create_by_OBJ(NULL, oid, 1, value);
	X509_add_ext(cert, ext, -1);
	X509_EXTENSION_free(ext);
	ASN1_OCTET_STRING_free(value);
	ASN1_OBJECT_free(oid);
}

static void set_serial(X509 *cert, const char *hex)
{
	BIGNUM *n = NULL;

	BN_hex2bn(&n, hex ? hex : "4711");
	BN_to_ASN1_INTEGER(n, X509_get_serialNumber(cert));
	BN_free(n);
}

/* Set a time to @text, even if that is not valid. */
static void set_time(ASN1_TIME *t, const char *text)
{
	ASN1_STRING_set(t, text, strlen(text));
	t->type = strlen(text) > 13 ? V_ASN1_GENERALIZEDTIME : V_ASN1_UTCTIME;
}

static void set_name(X509_NAME *name, const char *text)
{
	if (*text)
		X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_UTF8, (const uint8_t *)text, -1,
					   -1, 0);
}

/* A certificate with the fields that all have. @key is the subject's. */
static X509 *new_cert(const char *subject, X509 *issuer, EVP_PKEY *key)
{
	X509 *cert = X509_new();

	X509_set_version(cert, X509_VERSION_3);
	set_name(X509_get_subject_name(cert), subject);
	X509_set_issuer_name(cert, issuer ? X509_get_subject_name(issuer) :
					    X509_get_subject_name(cert));
	X509_gmtime_adj(X509_getm_notBefore(cert), -DAY);
	X509_gmtime_adj(X509_getm_notAfter(cert), 30L * DAY);
	X509_set_pubkey(cert, key);
	set_serial(cert, NULL);
	return cert;
}

/* As AD CS signs: the salt is as long as the hash. */
static void set_pss(EVP_PKEY_CTX *ctx)
{
	EVP_PKEY_CTX_set_rsa_padding(ctx, RSA_PKCS1_PSS_PADDING);
	EVP_PKEY_CTX_set_rsa_pss_saltlen(ctx, RSA_PSS_SALTLEN_DIGEST);
}

static void cert_sign(X509 *cert, EVP_PKEY *key, const char *digest)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	int type = EVP_PKEY_get_base_id(key);
	bool pss = digest && !strcmp(digest, "PSS");
	const EVP_MD *md = EVP_get_digestbyname(digest && !pss ? digest : "SHA256");
	EVP_PKEY_CTX *pctx;

	if (type == EVP_PKEY_ED25519 || type == EVP_PKEY_ED448)
		md = NULL;
	EVP_DigestSignInit(ctx, &pctx, md, NULL, key);
	if (pss)
		set_pss(pctx);
	if (!X509_sign_ctx(cert, ctx))
		test_fail("OpenSSL does not sign");
	EVP_MD_CTX_free(ctx);
}

static X509 *make_ca(const char *name, X509 *issuer, const struct certs_row *row)
{
	EVP_PKEY *key = key_of(row->ca_key, true);
	X509 *cert = new_cert(name, issuer, key);

	if (row->chain != CHAIN_NO_CA || !issuer) {
		extend(cert, issuer, NID_basic_constraints, "critical,CA:TRUE");
		extend(cert, issuer, NID_key_usage, "critical,keyCertSign,cRLSign");
	}
	if (issuer && row->chain == CHAIN_PURPOSE)
		extend(cert, issuer, NID_ext_key_usage, row->ca_purpose);
	cert_sign(cert, key, row->ca_digest);
	return cert;
}

static void add_names(GENERAL_NAMES *names, const char *text, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++) {
		ASN1_IA5STRING *string = ASN1_IA5STRING_new();
		GENERAL_NAME *name = GENERAL_NAME_new();

		ASN1_STRING_set(string, text, strlen(text));
		GENERAL_NAME_set0_value(name, GEN_DNS, string);
		sk_GENERAL_NAME_push(names, name);
	}
}

/* Names so short that very many fit. */
static void extend_tiny_names(X509 *cert, const struct certs_row *row)
{
	GENERAL_NAMES *names = sk_GENERAL_NAME_new_null();

	add_names(names, "server.test", 1);
	add_names(names, "a", row->short_names);
	add_names(names, "", row->empty_names);
	X509_add1_ext_i2d(cert, NID_subject_alt_name, names, 0, X509V3_ADD_DEFAULT);
	GENERAL_NAMES_free(names);
}

/* Empty attributes with the shortest possible object identifier. */
static void add_attributes(X509_NAME *name, unsigned int count)
{
	ASN1_OBJECT *oid = OBJ_txt2obj("1.2", 1);

	for (unsigned int i = 0; i < count; i++)
		X509_NAME_add_entry_by_OBJ(name, oid, V_ASN1_UTF8STRING, (const uint8_t *)"", 0,
					   -1, 0);
	ASN1_OBJECT_free(oid);
}

/* The host's name, and @row->names other ones. */
static void extend_names(X509 *cert, const struct certs_row *row)
{
	char *text = malloc(64 * (row->names + 2)), *p = text;

	p += sprintf(p, "%s", row->san ? row->san : "DNS:server.test");
	for (unsigned int i = 0; i < row->names; i++)
		p += sprintf(p, ",DNS:host%u.server.test", i);
	if (*text)
		extend(cert, NULL, NID_subject_alt_name, text);
	free(text);
}

static X509 *make_stranger(const struct certs_row *row)
{
	EVP_PKEY *key = key_of(row->stranger_key, true);
	X509 *cert = new_cert("Stranger", NULL, key);
	const struct certs_row fat = { .names = FAT_NAMES };

	if (row->chain == CHAIN_FAT)
		extend_names(cert, &fat);
	cert_sign(cert, key, NULL);
	return cert;
}

static void extend_own(X509 *cert, const struct certs_row *row)
{
	if (row->short_names || row->empty_names)
		extend_tiny_names(cert, row);
	else
		extend_names(cert, row);
	extend(cert, NULL, NID_key_usage, row->usage);
	extend(cert, NULL, NID_ext_key_usage, row->purpose);
	extend(cert, NULL, NID_basic_constraints, row->constraints);
	if (row->critical)
		extend_unknown(cert);
}

/* Alter the signature, which is at the end of a certificate. */
static void spoil(struct made *m)
{
	unsigned char *der = NULL;
	const unsigned char *p;
	int length = i2d_X509(m->own, &der);

	der[length - 1] ^= 1;
	X509_free(m->own);
	p = der;
	m->own = d2i_X509(NULL, &p, length);
	OPENSSL_free(der);
}

static X509 *make_own(const struct certs_row *row, X509 *issuer, EVP_PKEY *key)
{
	X509 *cert = new_cert(row->subject ? row->subject : "server.test", issuer, key);

	add_attributes(X509_get_subject_name(cert), row->attributes);
	set_serial(cert, row->serial);
	if (row->from || row->until) {
		X509_gmtime_adj(X509_getm_notBefore(cert), row->from * DAY);
		X509_gmtime_adj(X509_getm_notAfter(cert), row->until * DAY);
	}
	if (row->not_before)
		set_time(X509_getm_notBefore(cert), row->not_before);
	if (row->not_after)
		set_time(X509_getm_notAfter(cert), row->not_after);
	if (row->v1)
		X509_set_version(cert, X509_VERSION_1);
	else
		extend_own(cert, row);
	cert_sign(cert, issuer ? key_of(row->ca_key, true) : key, row->digest);
	return cert;
}

static void push(struct stack_st_X509 *list, X509 *cert)
{
	X509_up_ref(cert);
	sk_X509_push(list, cert);
}

/* Make intermediates below the root; the last one is sent first. */
static X509 *make_intermediates(const struct certs_row *row, struct made *m, unsigned int count)
{
	X509 *issuer = m->root, *next;
	char name[32];

	X509_up_ref(issuer);
	for (unsigned int i = 0; i < count; i++) {
		snprintf(name, sizeof(name), "Intermediate %u", i);
		next = make_ca(name, issuer, row);
		X509_free(issuer);
		issuer = next;
		sk_X509_unshift(m->rest, issuer);
		X509_up_ref(issuer);
	}
	return issuer;
}

static void add_strangers(const struct certs_row *row, struct made *m, unsigned int count)
{
	for (unsigned int i = 0; i < count; i++)
		sk_X509_push(m->rest, make_stranger(row));
}

static void complete(const struct certs_row *row, struct made *m, X509 *issuer)
{
	switch (row->chain) {
	case CHAIN_FULL:
		push(m->rest, m->root);
		break;
	case CHAIN_MISSING:
		X509_free(sk_X509_pop(m->rest));
		break;
	case CHAIN_STRANGER:
		X509_free(sk_X509_pop(m->rest));
		sk_X509_push(m->rest, make_stranger(row));
		push(m->rest, issuer);
		break;
	case CHAIN_REVERSED:
		X509_free(sk_X509_pop(m->rest));
		push(m->rest, m->root);
		push(m->rest, issuer);
		break;
	case CHAIN_DUPLICATE:
		push(m->rest, m->own);
		push(m->rest, issuer);
		push(m->rest, m->root);
		push(m->rest, m->root);
		break;
	case CHAIN_FLOOD:
		add_strangers(row, m, row->strangers ? row->strangers : FLOOD);
		break;
	case CHAIN_FAT:
		add_strangers(row, m, TRUST_MAX_CHAIN - 1 - sk_X509_num(m->rest));
		break;
	default:
		break;
	}
}

static unsigned int intermediates(enum certs_chain chain)
{
	switch (chain) {
	case CHAIN_ROOT:
	case CHAIN_SELF:
	case CHAIN_BAD_SIGNATURE:
		return 0;
	case CHAIN_DEEP:
		return TRUST_MAX_CHAIN - 1;
	case CHAIN_TOO_DEEP:
		return TRUST_MAX_CHAIN;
	default:
		return 1;
	}
}

void certs_make(const struct certs_row *row, struct made *m)
{
	X509 *issuer;

	*m = (struct made){ .key = key_of(row->key, false), .rest = sk_X509_new_null() };
	if (row->chain == CHAIN_SELF) {
		m->own = make_own(row, NULL, m->key);
		m->root = m->own;
		X509_up_ref(m->root);
		return;
	}
	m->root = make_ca("Root", NULL, row);
	issuer = make_intermediates(row, m, intermediates(row->chain));
	m->own = make_own(row, issuer, m->key);
	complete(row, m, issuer);
	if (row->chain == CHAIN_BAD_SIGNATURE)
		spoil(m);
	X509_free(issuer);
}

void made_free(struct made *m)
{
	sk_X509_pop_free(m->rest, X509_free);
	X509_free(m->own);
	X509_free(m->root);
}

/* The file is opened by its name again, and emptied each time. */
static FILE *root_file(char *path, size_t room)
{
	static FILE *f;

	if (!f)
		f = fdopen(memfd_create("root", MFD_CLOEXEC), "w");
	if (!f || ftruncate(fileno(f), 0))
		return NULL;
	rewind(f);
	snprintf(path, room, "/proc/self/fd/%d", fileno(f));
	return f;
}

const char *made_root_file(const struct made *m)
{
	static char path[32];
	FILE *f;

	f = root_file(path, sizeof(path));
	if (!f || !PEM_write_X509(f, m->root) || fflush(f))
		test_fail("cannot write a certificate");
	return path;
}
