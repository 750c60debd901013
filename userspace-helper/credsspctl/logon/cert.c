// SPDX-License-Identifier: GPL-2.0-only
/* Facts of a certificate for the report; no decision depends on them. */
#include <string.h>

#include <gnutls/x509.h>

#include "cert.h"

char *cert_subject(const void *der, uint32_t length)
{
	gnutls_datum_t data = { (unsigned char *)(uintptr_t)der, length };
	gnutls_datum_t dn = { NULL, 0 };
	gnutls_x509_crt_t crt;
	char *subject = NULL;

	if (!der || gnutls_x509_crt_init(&crt) < 0)
		return NULL;
	if (gnutls_x509_crt_import(crt, &data, GNUTLS_X509_FMT_DER) >= 0 &&
	    gnutls_x509_crt_get_dn3(crt, &dn, 0) >= 0) {
		subject = strndup((const char *)dn.data, dn.size);
		gnutls_free(dn.data);
	}
	gnutls_x509_crt_deinit(crt);
	return subject;
}
