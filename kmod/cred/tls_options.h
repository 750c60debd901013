/* SPDX-License-Identifier: GPL-2.0-only */
/* TLS options of a credential: pinned servers, and the client's certificate. */
#ifndef CSSP_CRED_TLS_OPTIONS_H
#define CSSP_CRED_TLS_OPTIONS_H

#include <uapi/linux/credssp.h>

#include "../base/buf.h"

/**
 * struct cssp_tls_options - TLS options; constant once made
 * @pin_count: number of @pins
 * @pins: SHA-256 of certificates, CREDSSP_PIN_SIZE bytes each; NULL for none
 * @cert: name under which the helper finds the client certificate; empty for none
 */
struct cssp_tls_options {
	u32 pin_count;
	u8 *pins;
	char cert[CREDSSP_MAX_CERT_NAME + 1];
};

/**
 * cssp_tls_options_set() - check and copy the options
 * @tls: out: options, all-zero before; freed by cssp_tls_options_free(), also after
 *	a failure
 * @cert: name of letters, digits and "._-" that does not begin with a dot, so that no
 *	helper can mistake it for a path; may be empty
 * @pins: fingerprints, one after the other
 *
 * Return: 0, -EINVAL or -ENOMEM.
 */
int __must_check cssp_tls_options_set(struct cssp_tls_options *tls,
				      const struct cssp_rd *cert,
				      const struct cssp_rd *pins);
void cssp_tls_options_free(struct cssp_tls_options *tls);

/* Is the certificate with this SHA-256 pinned? */
bool cssp_tls_options_pinned(const struct cssp_tls_options *tls, const u8 *sha256);

#endif
