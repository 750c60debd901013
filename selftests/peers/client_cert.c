// SPDX-License-Identifier: GPL-2.0-only
/* The client's certificate: the request, and the check. */
#include <gnutls/x509.h>
#include <stdio.h>

#include "peer.h"

void client_cert_request(struct conn *c)
{
	const struct options *opt = c->opt;
	gnutls_certificate_request_t request = GNUTLS_CERT_IGNORE;

	if (opt->require_cert)
		request = GNUTLS_CERT_REQUIRE;
	else if (opt->ask_cert)
		request = GNUTLS_CERT_REQUEST;
	gnutls_certificate_server_set_request(c->tls, request);
}

/* The common name, if the certificate is accepted. */
static const char *name_of(struct conn *c, const gnutls_datum_t *der)
{
	unsigned int status = 0;
	gnutls_x509_crt_t crt;
	size_t len = sizeof(c->client_cert);
	const char *name = "malformed";

	if (gnutls_certificate_verify_peers2(c->tls, &status) || status)
		return "untrusted";
	if (gnutls_x509_crt_init(&crt))
		return name;
	if (!gnutls_x509_crt_import(crt, der, GNUTLS_X509_FMT_DER) &&
	    !gnutls_x509_crt_get_dn_by_oid(crt, GNUTLS_OID_X520_COMMON_NAME, 0, 0,
					   c->client_cert, &len))
		name = c->client_cert;
	gnutls_x509_crt_deinit(crt);
	return name;
}

const char *client_cert_name(struct conn *c)
{
	const gnutls_datum_t *chain;
	unsigned int count = 0;

	if (!c->handshaken || (!c->opt->ask_cert && !c->opt->require_cert))
		return "none";
	chain = gnutls_certificate_get_peers(c->tls, &count);
	return chain && count ? name_of(c, &chain[0]) : "none";
}
