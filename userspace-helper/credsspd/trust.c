// SPDX-License-Identifier: GPL-2.0-only
/* Evaluation of a certificate chain: reported, never a reason to fail here. */
#include <string.h>
#include <time.h>
#include <gnutls/x509.h>
#include <linux/credssp.h>
#include "trust.h"

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
	/* INVALID says that some other bit is set: by itself it says nothing. */
	unsigned int rest = status & ~(unsigned int)GNUTLS_CERT_INVALID;
	uint32_t trust = 0;

	for (size_t i = 0; i < STATUS_ROWS; i++) {
		if (status & status_table[i].status)
			trust |= status_table[i].trust;
		rest &= ~status_table[i].status;
	}
	if (rest || (status && !trust))
		trust |= CREDSSP_TRUST_INVALID;
	return trust;
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
	return trust;
}

/*
 * The chain's verification stops at the first thing that is wrong, often the
 * unknown root of a self-signed certificate. Its own dates and names are
 * checked whatever the chain is like.
 */
static uint32_t check_own(const gnutls_datum_t *der, const char *host)
{
	uint32_t trust = CREDSSP_TRUST_INVALID;
	gnutls_x509_crt_t cert;

	if (gnutls_x509_crt_init(&cert) < 0)
		return trust;
	if (gnutls_x509_crt_import(cert, der, GNUTLS_X509_FMT_DER) >= 0)
		trust = check_certificate(cert, host);
	gnutls_x509_crt_deinit(cert);
	return trust;
}

static uint32_t check_chain(gnutls_session_t session, const char *host)
{
	gnutls_typed_vdata_st data[2] = {
		{
			.type = GNUTLS_DT_KEY_PURPOSE_OID,
			.data = (unsigned char *)GNUTLS_KP_TLS_WWW_SERVER,
		}, {
			.type = GNUTLS_DT_DNS_HOSTNAME,
			.data = (unsigned char *)host,
		},
	};
	unsigned int status;

	if (gnutls_certificate_verify_peers(session, data, *host ? 2 : 1, &status) < 0)
		return CREDSSP_TRUST_INVALID;
	return trust_of_status(status);
}

uint32_t trust_evaluate(gnutls_session_t session, const char *host)
{
	const gnutls_datum_t *chain;
	unsigned int count = 0;
	uint32_t trust;

	chain = gnutls_certificate_get_peers(session, &count);
	if (!chain || !count)
		return CREDSSP_TRUST_INVALID;
	trust = check_chain(session, host) | check_own(&chain[0], host);
	if (!*host)
		trust |= CREDSSP_TRUST_NOT_EVALUATED;
	return trust;
}

uint64_t trust_not_after(gnutls_session_t session)
{
	const gnutls_datum_t *chain;
	unsigned int count = 0;
	gnutls_x509_crt_t cert;
	time_t end = -1;

	chain = gnutls_certificate_get_peers(session, &count);
	if (!chain || !count || gnutls_x509_crt_init(&cert) < 0)
		return 0;
	if (gnutls_x509_crt_import(cert, &chain[0], GNUTLS_X509_FMT_DER) >= 0)
		end = gnutls_x509_crt_get_expiration_time(cert);
	gnutls_x509_crt_deinit(cert);
	/* RFC 5280 4.1.2.5: 99991231235959Z is no date, it means none */
	return end > 0 && end != GNUTLS_X509_NO_WELL_DEFINED_EXPIRATION ? (uint64_t)end : 0;
}
