/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What a credential says of TLS: which servers are known by their certificates,
 * and by which certificate the client is known.
 */
#ifndef CSSP_CORE_CRED_TLS_H
#define CSSP_CORE_CRED_TLS_H

#include <uapi/linux/credssp.h>

#include "../base/buf.h"

/**
 * struct cssp_cred_tls - constant once made
 * @pin_count: number of @pins
 * @pins: SHA-256 of certificates, CREDSSP_PIN_SIZE bytes each; NULL for none
 * @cert: name of the client certificate, by which the helper finds it; empty
 *	for none
 */
struct cssp_cred_tls {
	u32 pin_count;
	u8 *pins;
	char cert[CREDSSP_MAX_CERT_NAME + 1];
};

/*
 * @cert: a name of letters, digits, "._-" that does not begin with a dot, so
 * that no helper can take it for a path; @pins: fingerprints, one after the
 * other. 0, CSSP_E_PARAMETER or -ENOMEM.
 */
int __must_check cssp_cred_tls_set(struct cssp_cred_tls *tls, const struct cssp_rd *cert,
				   const struct cssp_rd *pins);
void cssp_cred_tls_free(struct cssp_cred_tls *tls);

/* Is the certificate with this SHA-256 one of those that are pinned? */
bool cssp_cred_tls_pinned(const struct cssp_cred_tls *tls, const u8 *sha256);

#endif
