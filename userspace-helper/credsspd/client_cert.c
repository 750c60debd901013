// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <gnutls/x509.h>
#include "client_cert.h"
#include "clock.h"
#include "elements.h"
#include "keyring.h"
#include "log.h"

/* All issuers that TLS can name (RFC 5246 7.4.4), each with a 32-bit length */
#define ISSUERS_MAX	CREDSSP_MAX_ISSUERS

int client_cert_set_name(struct client_cert *cc, const void *name, size_t length)
{
	char text[CREDSSP_MAX_CERT_NAME + 1] = "";

	if (length > CREDSSP_MAX_CERT_NAME || (length && memchr(name, 0, length)))
		return -EINVAL;
	if (length)
		memcpy(text, name, length);
	if (length && !keyring_name_ok(text))
		return -EINVAL;
	memcpy(cc->name, text, sizeof(text));
	return 0;
}

/* Stop until the keeper has answered. Returns its error, logged with @what. */
static int await(struct client_cert *cc, const char *what)
{
	static struct log_limit failures;
	int ret;

	cc->asking = true;
	while (!cc->abandoned && !keeper_has_answered(cc->keys, &cc->question))
		coroutine_stop(cc->coroutine);
	cc->asking = false;
	if (cc->abandoned)
		return -ECANCELED;
	ret = cc->question.error;
	if (ret && ret != -ENOENT && log_may(&failures, clock_ms()))
		log_warning("client certificate of uid %u: %s: %s", cc->uid, what, strerror(-ret));
	return ret;
}

bool client_cert_is_answered(const struct client_cert *cc)
{
	return cc->asking && keeper_has_answered(cc->keys, &cc->question);
}

static int find_chain(struct client_cert *cc)
{
	cc->question.deadline = cc->deadline;
	keeper_find(cc->keys, &cc->question, cc->uid, cc->name);
	return await(cc, "it cannot be looked up now");
}

/**
 * struct signer - a private key of the key keeper
 * @cc: the handshake that uses it, and that outlives it
 * @name: name of the certificate
 * @pk: algorithm of the key
 * @bits: size of the key
 */
struct signer {
	struct client_cert *cc;
	char name[CREDSSP_MAX_CERT_NAME + 1];
	gnutls_pk_algorithm_t pk;
	unsigned int bits;
};

static int sign(struct signer *s, bool hashed, gnutls_sign_algorithm_t algorithm,
		const gnutls_datum_t *data, gnutls_datum_t *signature)
{
	struct client_cert *cc = s->cc;
	const struct bytes *answer = &cc->question.answer;
	int ret;

	if (cc->abandoned)
		return GNUTLS_E_PK_SIGN_FAILED;
	cc->question.deadline = cc->deadline;
	keeper_sign(cc->keys, &cc->question, cc->uid, s->name, hashed, algorithm, data->data,
		    data->size);
	ret = await(cc, "no signature");
	signature->data = ret || !answer->len ? NULL : gnutls_malloc(answer->len);
	if (signature->data) {
		memcpy(signature->data, answer->data, answer->len);
		signature->size = answer->len;
	}
	keeper_drop(cc->keys, &cc->question);
	return signature->data ? 0 : GNUTLS_E_PK_SIGN_FAILED;
}

static int sign_data(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *p,
		     unsigned int flags, const gnutls_datum_t *data, gnutls_datum_t *signature)
{
	(void)key;
	(void)flags;
	return sign(p, false, algorithm, data, signature);
}

static int sign_hash(gnutls_privkey_t key, gnutls_sign_algorithm_t algorithm, void *p,
		     unsigned int flags, const gnutls_datum_t *hash, gnutls_datum_t *signature)
{
	(void)key;
	(void)flags;
	return sign(p, true, algorithm, hash, signature);
}

static int key_info(gnutls_privkey_t key, unsigned int flags, void *p)
{
	const struct signer *s = p;

	(void)key;
	if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO)
		return s->pk;
	if (flags & GNUTLS_PRIVKEY_INFO_PK_ALGO_BITS)
		return s->bits;
	if (flags & GNUTLS_PRIVKEY_INFO_HAVE_SIGN_ALGO)
		return gnutls_sign_supports_pk_algorithm(GNUTLS_FLAGS_TO_SIGN_ALGO(flags), s->pk);
	return -1;
}

static void signer_free(gnutls_privkey_t key, void *p)
{
	(void)key;
	free(p);
}

/* Take the next certificate of the keeper's answer; false at its end. */
static bool next_certificate(const struct bytes *chain, size_t *at, gnutls_datum_t *der)
{
	const uint8_t *p = chain->data + *at;
	size_t left = chain->len - *at, length;

	if (left < 4)
		return false;
	length = (size_t)p[0] << 24 | p[1] << 16 | p[2] << 8 | p[3];
	if (length > left - 4)
		return false;
	*der = (gnutls_datum_t){ (unsigned char *)p + 4, length };
	*at += 4 + length;
	return true;
}

/*
 * The answer comes from a process with a token's module, which may be hostile: bound what
 * it costs to read the certificates. A malformed answer must not look like a chain that
 * the server does not accept.
 */
static int chain_check(const struct client_cert *cc, const struct bytes *chain)
{
	unsigned int count = 0, elements = 0;
	static struct log_limit failures;
	gnutls_datum_t der;
	size_t at = 0;

	while (count < KEYRING_CHAIN && next_certificate(chain, &at, &der) &&
	       !elements_add(&der, &elements))
		count++;
	if (count && at == chain->len && at <= KEYRING_CHAIN_BYTES + 4 * KEYRING_CHAIN)
		return 0;
	if (log_may(&failures, clock_ms()))
		log_warning("client certificate of uid %u: invalid or too long", cc->uid);
	return -EBADMSG;
}

static bool is_one_of(const gnutls_datum_t *name, const struct gnutls_cert_retr_st *info)
{
	for (unsigned int i = 0; i < info->nreqs; i++) {
		if (info->req_ca_rdn[i].size == name->size &&
		    !memcmp(info->req_ca_rdn[i].data, name->data, name->size))
			return true;
	}
	return false;
}

static bool issuer_is_taken(const gnutls_datum_t *der, const struct gnutls_cert_retr_st *info)
{
	gnutls_datum_t issuer;
	gnutls_x509_crt_t cert;
	bool taken = false;

	if (gnutls_x509_crt_init(&cert) < 0)
		return false;
	if (gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) >= 0 &&
	    gnutls_x509_crt_get_raw_issuer_dn(cert, &issuer) >= 0) {
		taken = is_one_of(&issuer, info);
		gnutls_free(issuer.data);
	}
	gnutls_x509_crt_deinit(cert);
	return taken;
}

/* A server that names no issuers accepts all (RFC 5246 7.4.4, RFC 8446 4.2.4). */
static bool chain_is_taken(const struct bytes *chain, const struct gnutls_cert_retr_st *info)
{
	gnutls_datum_t der;
	size_t at = 0;

	if (!info->nreqs)
		return true;
	while (next_certificate(chain, &at, &der)) {
		if (issuer_is_taken(&der, info))
			return true;
	}
	return false;
}

static bool algorithm_is_taken(gnutls_pk_algorithm_t pk, const struct gnutls_cert_retr_st *info)
{
	for (unsigned int i = 0; i < info->pk_algos_length; i++) {
		if (info->pk_algos[i] == pk)
			return true;
	}
	return !info->pk_algos_length;
}

static int make_key(struct client_cert *cc, const gnutls_pcert_st *cert,
		    gnutls_privkey_t *key)
{
	struct signer *s = calloc(1, sizeof(*s));
	int ret = s ? gnutls_privkey_init(key) : GNUTLS_E_MEMORY_ERROR;

	if (ret < 0) {
		free(s);
		return ret;
	}
	s->cc = cc;
	memcpy(s->name, cc->name, sizeof(s->name));
	s->pk = gnutls_pubkey_get_pk_algorithm(cert->pubkey, &s->bits);
	ret = gnutls_privkey_import_ext4(*key, s, sign_data, sign_hash, NULL, signer_free,
					 key_info, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
	if (ret < 0) {
		free(s);
		gnutls_privkey_deinit(*key);
	}
	return ret;
}

static void free_certs(gnutls_pcert_st *certs, unsigned int count)
{
	while (count)
		gnutls_pcert_deinit(&certs[--count]);
	gnutls_free(certs);
}

/* Copy @chain, which was checked, for GnuTLS, which frees the copy with gnutls_free(). */
static gnutls_pcert_st *make_certs(const struct bytes *chain, unsigned int *count)
{
	gnutls_pcert_st *certs = gnutls_calloc(KEYRING_CHAIN, sizeof(*certs));
	gnutls_datum_t der;
	size_t at = 0;

	*count = 0;
	while (certs && next_certificate(chain, &at, &der)) {
		if (gnutls_pcert_import_x509_raw(&certs[*count], &der,
						 GNUTLS_X509_FMT_DER, 0) < 0) {
			free_certs(certs, *count);
			return NULL;
		}
		++*count;
	}
	return certs;
}

/* Use the chain of the keeper's answer if the server accepts it. Returns as below. */
static int offer_chain(struct client_cert *cc, const struct gnutls_cert_retr_st *info,
		       gnutls_pcert_st **certs, unsigned int *count, gnutls_privkey_t *key)
{
	const struct bytes *chain = &cc->question.answer;
	gnutls_pcert_st *list;
	int ret = 0;

	if (chain_check(cc, chain))
		return -1;
	if (!chain_is_taken(chain, info))
		return 0;
	list = make_certs(chain, count);
	if (!list)
		return -1;
	if (algorithm_is_taken(gnutls_pubkey_get_pk_algorithm(list[0].pubkey, NULL), info))
		ret = make_key(cc, &list[0], key) < 0 ? -1 : 1;
	if (ret > 0) {
		*certs = list;
		cc->chain_length = chain->len;
	} else {
		free_certs(list, *count);
		*count = 0;
	}
	return ret;
}

/*
 * Returns 1 with the certificate; 0 if there is none that the server accepts; -1 after a
 * failure. It is a failure if the keeper cannot answer now: the user may have a
 * certificate, and a server that gets none may log the user on with other rights.
 */
static int offer(struct client_cert *cc, const struct gnutls_cert_retr_st *info,
		 gnutls_pcert_st **certs, unsigned int *count, gnutls_privkey_t *key)
{
	int ret;

	*certs = NULL;
	*count = 0;
	if (!*cc->name)
		return 0;
	ret = find_chain(cc);
	if (!ret)
		ret = offer_chain(cc, info, certs, count, key);
	else
		ret = ret == -ENOENT ? 0 : -1;
	keeper_drop(cc->keys, &cc->question);
	return ret;
}

static int keep_issuers(struct client_cert *cc, const struct gnutls_cert_retr_st *info)
{
	int err = 0;

	cc->issuers.len = 0;
	for (unsigned int i = 0; i < info->nreqs && !err; i++) {
		const gnutls_datum_t *name = &info->req_ca_rdn[i];
		const uint8_t be[4] = { name->size >> 24, name->size >> 16, name->size >> 8,
					name->size };

		err = bytes_append(&cc->issuers, be, sizeof(be), ISSUERS_MAX);
		if (!err)
			err = bytes_append(&cc->issuers, name->data, name->size, ISSUERS_MAX);
	}
	return err;
}

/* Stop. When this continues, the answer of the module has set @name. */
static void ask(struct client_cert *cc)
{
	cc->decided = false;
	cc->waiting = true;
	coroutine_stop(cc->coroutine);
	cc->waiting = false;
}

int client_cert_choose(struct client_cert *cc, const struct gnutls_cert_retr_st *info,
		       gnutls_pcert_st **certs, unsigned int *count, gnutls_privkey_t *key,
		       unsigned int *flags)
{
	int ret;

	for (;;) {
		ret = offer(cc, info, certs, count, key);
		if (ret < 0 || cc->abandoned)
			return -1;
		if (ret) {
			*flags |= GNUTLS_CERT_RETR_DEINIT_ALL;
			cc->sent = true;
			return 0;
		}
		if (!cc->may_ask || (cc->decided && !*cc->name))
			return 0;
		if (keep_issuers(cc, info))
			return -1;
		ask(cc);
		if (cc->abandoned)
			return -1;
	}
}
