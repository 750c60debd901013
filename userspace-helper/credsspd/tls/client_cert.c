// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <string.h>
#include <gnutls/x509.h>
#include "client_cert.h"

/* All issuers that TLS can name (RFC 5246 7.4.4), each with a 32-bit length */
#define ISSUERS_MAX	CREDSSP_MAX_ISSUERS

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
	while (own_cert_next(chain, &at, &der)) {
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

/* Use the chain of the keeper's answer if the server accepts it. Returns as below. */
static int offer_chain(struct client_cert *cc, const struct gnutls_cert_retr_st *info,
		       gnutls_pcert_st **certs, unsigned int *count, gnutls_privkey_t *key)
{
	const struct bytes *chain = &cc->own->question.answer;
	gnutls_pcert_st *list;
	int ret = 0;

	if (own_cert_check_chain(cc->own, chain, 0))
		return -1;
	if (!chain_is_taken(chain, info))
		return 0;
	list = own_cert_make_certs(chain, count);
	if (!list)
		return -1;
	if (algorithm_is_taken(gnutls_pubkey_get_pk_algorithm(list[0].pubkey, NULL), info))
		ret = own_cert_make_key(cc->own, &list[0], key) < 0 ? -1 : 1;
	if (ret > 0) {
		*certs = list;
		cc->own->chain_length = chain->len;
	} else {
		own_cert_free_certs(list, *count);
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
	if (!*cc->own->name)
		return 0;
	ret = own_cert_find(cc->own);
	if (!ret)
		ret = offer_chain(cc, info, certs, count, key);
	else
		ret = ret == -ENOENT ? 0 : -1;
	keeper_drop(cc->own->keys, &cc->own->question);
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
	coroutine_stop(cc->own->coroutine);
	cc->waiting = false;
}

int client_cert_choose(struct client_cert *cc, const struct gnutls_cert_retr_st *info,
		       gnutls_pcert_st **certs, unsigned int *count, gnutls_privkey_t *key,
		       unsigned int *flags)
{
	int ret;

	for (;;) {
		ret = offer(cc, info, certs, count, key);
		if (ret < 0 || cc->own->abandoned)
			return -1;
		if (ret) {
			*flags |= GNUTLS_CERT_RETR_DEINIT_ALL;
			cc->sent = true;
			return 0;
		}
		if (!cc->may_ask || (cc->decided && !*cc->own->name))
			return 0;
		if (keep_issuers(cc, info))
			return -1;
		ask(cc);
		if (cc->own->abandoned)
			return -1;
	}
}
