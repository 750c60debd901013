// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "base/clock.h"
#include "base/log.h"
#include "certs/elements.h"
#include "certs/keyring.h"
#include "own_cert.h"

int own_cert_set_name(struct own_cert *oc, const void *name, size_t length)
{
	char text[CREDSSP_MAX_CERT_NAME + 1] = "";

	if (length > CREDSSP_MAX_CERT_NAME || (length && memchr(name, 0, length)))
		return -EINVAL;
	if (length)
		memcpy(text, name, length);
	if (length && !keyring_name_ok(text))
		return -EINVAL;
	memcpy(oc->name, text, sizeof(text));
	return 0;
}

/* Stop until the keeper has answered. Returns its error, logged with @trouble. */
static int own_cert_await(struct own_cert *oc, const char *trouble)
{
	static struct log_limit failures;
	int ret;

	oc->asking = true;
	while (!oc->abandoned && !keeper_has_answered(oc->keys, &oc->question))
		coroutine_stop(oc->coroutine);
	oc->asking = false;
	if (oc->abandoned)
		return -ECANCELED;
	ret = oc->question.error;
	if (ret && ret != -ENOENT && log_may(&failures, clock_ms()))
		log_warning("%s certificate of uid %u: %s: %s", oc->what, oc->uid, trouble,
			    strerror(-ret));
	return ret;
}

bool own_cert_is_answered(const struct own_cert *oc)
{
	return oc->asking && keeper_has_answered(oc->keys, &oc->question);
}

int own_cert_find(struct own_cert *oc)
{
	oc->question.deadline = oc->deadline;
	keeper_find(oc->keys, &oc->question, oc->uid, oc->name);
	return own_cert_await(oc, "it cannot be looked up now");
}

int own_cert_find_host(struct own_cert *oc, const char *host)
{
	oc->question.deadline = oc->deadline;
	keeper_find_host(oc->keys, &oc->question, oc->uid, host);
	return own_cert_await(oc, "it cannot be looked up now");
}

/**
 * struct signer - a private key of the key keeper
 * @oc: of the handshake that uses it, and that outlives it
 * @name: name of the certificate
 * @pk: algorithm of the key
 * @bits: size of the key
 */
struct signer {
	struct own_cert *oc;
	char name[CREDSSP_MAX_CERT_NAME + 1];
	gnutls_pk_algorithm_t pk;
	unsigned int bits;
};

static int sign(struct signer *s, bool hashed, gnutls_sign_algorithm_t algorithm,
		const gnutls_datum_t *data, gnutls_datum_t *signature)
{
	struct own_cert *oc = s->oc;
	const struct bytes *answer = &oc->question.answer;
	int ret;

	if (oc->abandoned)
		return GNUTLS_E_PK_SIGN_FAILED;
	oc->question.deadline = oc->deadline;
	keeper_sign(oc->keys, &oc->question, oc->uid, s->name, hashed, algorithm, data->data,
		    data->size);
	ret = own_cert_await(oc, "no signature");
	signature->data = ret || !answer->len ? NULL : gnutls_malloc(answer->len);
	if (signature->data) {
		memcpy(signature->data, answer->data, answer->len);
		signature->size = answer->len;
	}
	keeper_drop(oc->keys, &oc->question);
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

bool own_cert_next(const struct bytes *chain, size_t *at, gnutls_datum_t *der)
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
int own_cert_check_chain(const struct own_cert *oc, const struct bytes *chain, size_t at)
{
	unsigned int count = 0, elements = 0;
	static struct log_limit failures;
	const size_t begin = at;
	gnutls_datum_t der;

	while (count < KEYRING_CHAIN && own_cert_next(chain, &at, &der) &&
	       !elements_add(&der, &elements))
		count++;
	if (count && at == chain->len && at - begin <= KEYRING_CHAIN_BYTES + 4 * KEYRING_CHAIN)
		return 0;
	if (log_may(&failures, clock_ms()))
		log_warning("%s certificate of uid %u: invalid or too long", oc->what, oc->uid);
	return -EBADMSG;
}

void own_cert_free_certs(gnutls_pcert_st *certs, unsigned int count)
{
	while (count)
		gnutls_pcert_deinit(&certs[--count]);
	gnutls_free(certs);
}

gnutls_pcert_st *own_cert_make_certs(const struct bytes *chain, unsigned int *count)
{
	gnutls_pcert_st *certs = gnutls_calloc(KEYRING_CHAIN, sizeof(*certs));
	gnutls_datum_t der;
	size_t at = 0;

	*count = 0;
	while (certs && own_cert_next(chain, &at, &der)) {
		if (gnutls_pcert_import_x509_raw(&certs[*count], &der,
						 GNUTLS_X509_FMT_DER, 0) < 0) {
			own_cert_free_certs(certs, *count);
			return NULL;
		}
		++*count;
	}
	return certs;
}

int own_cert_make_key(struct own_cert *oc, const gnutls_pcert_st *cert, gnutls_privkey_t *key)
{
	struct signer *s = calloc(1, sizeof(*s));
	int ret = s ? gnutls_privkey_init(key) : GNUTLS_E_MEMORY_ERROR;

	if (ret < 0) {
		free(s);
		return ret;
	}
	s->oc = oc;
	memcpy(s->name, oc->name, sizeof(s->name));
	s->pk = gnutls_pubkey_get_pk_algorithm(cert->pubkey, &s->bits);
	ret = gnutls_privkey_import_ext4(*key, s, sign_data, sign_hash, NULL, signer_free,
					 key_info, GNUTLS_PRIVKEY_IMPORT_AUTO_RELEASE);
	if (ret < 0) {
		free(s);
		gnutls_privkey_deinit(*key);
	}
	return ret;
}
