// SPDX-License-Identifier: GPL-2.0-only
/* Evaluation of a certificate chain. The result is reported; it never ends the handshake. */
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <time.h>
#include <gnutls/x509.h>
#include <linux/credssp.h>
#include "elements.h"
#include "key_limits.h"
#include "trust.h"

/* "Remote Desktop Authentication": sufficient for a terminal server, as in Windows. */
#define KP_REMOTE_DESKTOP	"1.3.6.1.4.1.311.54.1.2"

/* RFC 5280 4.2.1.3 and 4.2.1.12: the KeyUsages that are consistent with serverAuth */
#define SERVER_KEY_USAGE	(GNUTLS_KEY_DIGITAL_SIGNATURE | GNUTLS_KEY_KEY_ENCIPHERMENT | \
				 GNUTLS_KEY_KEY_AGREEMENT)

/*
 * No CRLs are loaded, and stapled OCSP responses are ignored: GnuTLS
 * would try the keys of the whole chain on each response, and a server
 * with a revoked certificate staples none.
 */
#define VERIFY_FLAGS		(GNUTLS_PROFILE_TO_VFLAGS(GNUTLS_PROFILE_MEDIUM) | \
				 GNUTLS_VERIFY_DISABLE_CRL_CHECKS)

static const struct {
	unsigned int status;	/* of gnutls_certificate_status_t */
	uint32_t trust;
} status_table[] = {
	{ GNUTLS_CERT_SIGNER_NOT_FOUND, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ GNUTLS_CERT_SIGNER_NOT_CA, CREDSSP_TRUST_UNTRUSTED_ROOT },
	{ GNUTLS_CERT_EXPIRED, CREDSSP_TRUST_EXPIRED },
	{ GNUTLS_CERT_NOT_ACTIVATED, CREDSSP_TRUST_NOT_YET_VALID },
	{ GNUTLS_CERT_UNEXPECTED_OWNER, CREDSSP_TRUST_WRONG_NAME },
	{ GNUTLS_CERT_REVOKED, CREDSSP_TRUST_REVOKED },
	{ GNUTLS_CERT_INSECURE_ALGORITHM, CREDSSP_TRUST_WEAK },
};

#define STATUS_ROWS (sizeof(status_table) / sizeof(status_table[0]))

static uint32_t trust_of_status(unsigned int status)
{
	/* INVALID only tells that some other bit is set. */
	unsigned int rest = status & ~(unsigned int)GNUTLS_CERT_INVALID;
	uint32_t trust = 0;

	/* The algorithm of a signature that could not be verified does not matter. */
	if (status & GNUTLS_CERT_SIGNER_NOT_FOUND) {
		status &= ~(unsigned int)GNUTLS_CERT_INSECURE_ALGORITHM;
		rest &= status;
	}
	for (size_t i = 0; i < STATUS_ROWS; i++) {
		if (status & status_table[i].status)
			trust |= status_table[i].trust;
		rest &= ~status_table[i].status;
	}
	if (rest || (status && !trust))
		trust |= CREDSSP_TRUST_INVALID;
	return trust;
}

/* Any KeyUsage of a TLS server is accepted, whatever this handshake used the key for. */
static bool may_serve(gnutls_x509_crt_t cert)
{
	unsigned int usage = 0;
	int ret = gnutls_x509_crt_get_key_usage(cert, &usage, NULL);

	return ret == GNUTLS_E_REQUESTED_DATA_NOT_AVAILABLE ||
	       (ret >= 0 && usage & SERVER_KEY_USAGE);
}

static bool is_weak(gnutls_x509_crt_t cert)
{
	unsigned int bits = 0;
	int algorithm = gnutls_x509_crt_get_pk_algorithm(cert, &bits);

	return algorithm >= 0 && gnutls_pk_bits_to_sec_param(algorithm, bits) < TRUST_SECURITY;
}

static uint32_t check_certificate(gnutls_x509_crt_t cert, const char *host)
{
	time_t now = time(NULL);
	uint32_t trust = 0;

	if (now > gnutls_x509_crt_get_expiration_time(cert))
		trust |= CREDSSP_TRUST_EXPIRED;
	if (now < gnutls_x509_crt_get_activation_time(cert))
		trust |= CREDSSP_TRUST_NOT_YET_VALID;
	if (*host && !gnutls_x509_crt_check_hostname2(cert, host, 0))
		trust |= CREDSSP_TRUST_WRONG_NAME;
	if (!may_serve(cert))
		trust |= CREDSSP_TRUST_INVALID;
	if (is_weak(cert))
		trust |= CREDSSP_TRUST_WEAK;
	return trust;
}

/*
 * Verify the chain for @purpose. @status: out: bits of gnutls_certificate_status_t. 0, or
 * a negative error of GnuTLS.
 */
static int verify(const struct trust_chain *chain, gnutls_x509_trust_list_t list,
		  const char *purpose, unsigned int *status)
{
	gnutls_typed_vdata_st data = {
		.type = GNUTLS_DT_KEY_PURPOSE_OID,
		.data = (unsigned char *)purpose,
	};

	return gnutls_x509_trust_list_verify_crt2(list, (gnutls_x509_crt_t *)chain->certs,
						  chain->count, &data, 1, VERIFY_FLAGS,
						  status, NULL);
}

/* The whole chain must be valid for one purpose, as intermediates can be limited to one. */
static uint32_t check_chain(const struct trust_chain *chain, gnutls_x509_trust_list_t list,
			    const struct trust_target *target)
{
	unsigned int status, other;

	if (verify(chain, list, GNUTLS_KP_TLS_WWW_SERVER, &status) < 0)
		return CREDSSP_TRUST_INVALID;
	if (target->remote_desktop && status & GNUTLS_CERT_PURPOSE_MISMATCH &&
	    verify(chain, list, KP_REMOTE_DESKTOP, &other) >= 0 &&
	    !(other & GNUTLS_CERT_PURPOSE_MISMATCH))
		status = other;
	return trust_of_status(status);
}

static gnutls_x509_crt_t import(const struct trust_chain *chain, const gnutls_datum_t *der)
{
	gnutls_x509_crt_t cert = shelf_take(chain->shelf, chain->uid, der);

	if (cert)
		return cert;
	if (gnutls_x509_crt_init(&cert) < 0)
		return NULL;
	if (gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) >= 0)
		return cert;
	gnutls_x509_crt_deinit(cert);
	return NULL;
}

static int check_and_append(struct trust_chain *chain, const gnutls_datum_t *der)
{
	gnutls_x509_crt_t cert;
	int err;

	if (chain->count == TRUST_MAX_CHAIN || elements_add(der, &chain->elements))
		return -EMSGSIZE;
	cert = import(chain, der);
	if (!cert)
		return -EBADMSG;
	err = key_limits_check(cert);
	if (err) {
		gnutls_x509_crt_deinit(cert);
		return err;
	}
	chain->certs[chain->count++] = cert;
	chain->bytes += der->size;
	return 0;
}

int trust_chain_add(struct trust_chain *chain, const gnutls_datum_t *der)
{
	int err = check_and_append(chain, der);

	chain->broken = err;
	return err;
}

void trust_chain_load(struct trust_chain *chain, gnutls_session_t session)
{
	const gnutls_datum_t *der;
	unsigned int count = 0;

	der = gnutls_certificate_get_peers(session, &count);
	while (der && chain->count < count && !trust_chain_add(chain, &der[chain->count]))
		;
}

static bool is_small(const struct trust_chain *chain)
{
	return chain->elements <= TRUST_FEW_ELEMENTS && chain->bytes <= TRUST_FEW_BYTES;
}

void trust_chain_rest(struct trust_chain *chain)
{
	if (!is_small(chain))
		trust_chain_free(chain);
}

void trust_chain_free(struct trust_chain *chain)
{
	struct shelf *shelf = is_small(chain) ? chain->shelf : NULL;

	for (unsigned int i = 0; i < chain->count; i++)
		shelf_put(shelf, chain->uid, chain->certs[i]);
	*chain = (struct trust_chain){ .shelf = chain->shelf, .uid = chain->uid };
}

/*
 * The verification of the chain stops at the first error, often the unknown root of a
 * self-signed certificate. Dates and names of the first certificate are always checked.
 */
uint32_t trust_evaluate(const struct trust_chain *chain, gnutls_x509_trust_list_t list,
			const struct trust_target *target)
{
	uint32_t trust;

	if (!chain->count)
		return CREDSSP_TRUST_INVALID;
	trust = check_certificate(chain->certs[0], target->host);
	if (chain->broken)
		trust |= CREDSSP_TRUST_INVALID | CREDSSP_TRUST_UNTRUSTED_ROOT;
	else
		trust |= check_chain(chain, list, target);
	if (!*target->host)
		trust |= CREDSSP_TRUST_NOT_EVALUATED;
	return trust;
}

uint64_t trust_not_after(const struct trust_chain *chain)
{
	time_t end = chain->count ? gnutls_x509_crt_get_expiration_time(chain->certs[0]) : -1;

	/* RFC 5280 4.1.2.5: 99991231235959Z means that there is no expiration date */
	return end > 0 && end != GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION ? (uint64_t)end : 0;
}
