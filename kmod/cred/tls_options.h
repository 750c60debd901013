/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a credential says of TLS: which servers are known by their certificates,
 * and by which certificate the client is known.
 */
#ifndef CSSP_CRED_TLS_OPTIONS_H
#define CSSP_CRED_TLS_OPTIONS_H

#include <uapi/linux/credssp.h>

#include "../base/buf.h"

/**
 * struct cssp_tls_options - constant once made
 * @pin_count: number of @pins
 * @pins: SHA-256 of certificates, CREDSSP_PIN_SIZE bytes each; NULL for none
 * @cert: name of the client certificate, by which the helper finds it; empty
 *	for none
 */
struct cssp_tls_options {
	u32 pin_count;
	u8 *pins;
	char cert[CREDSSP_MAX_CERT_NAME + 1];
};

/*
 * @cert: a name of letters, digits, "._-" that does not begin with a dot, so
 * that no helper can take it for a path; @pins: fingerprints, one after the
 * other. 0, CSSP_E_PARAMETER or -ENOMEM.
 */
int __must_check cssp_tls_options_set(struct cssp_tls_options *tls, const struct cssp_rd *cert,
				   const struct cssp_rd *pins);
void cssp_tls_options_free(struct cssp_tls_options *tls);

/* Is the certificate with this SHA-256 one of those that are pinned? */
bool cssp_tls_options_pinned(const struct cssp_tls_options *tls, const u8 *sha256);

#endif
