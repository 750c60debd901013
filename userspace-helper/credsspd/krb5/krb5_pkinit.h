/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PKINIT (RFC 4556): the certificate of a user takes the place of a password in the AS
 * exchange. MIT's plugin does it; it gets the PIN when it asks for that, and no other
 * mechanism of pre-authentication gets it.
 */
#ifndef CREDSSPD_KRB5_PKINIT_H
#define CREDSSPD_KRB5_PKINIT_H

#include <stdbool.h>
#include <stdint.h>
#include <krb5.h>
#include "krb5_hook.h"
#include "krb5_request.h"

/**
 * struct krb5_pkinit - the certificate of one exchange
 * @identity: for libkrb5
 * @pin: borrowed, "" without one
 * @asked: the plugin asked for the PIN
 * @fault: of the certificate, for which it was not sent: CREDSSP_HLP_KRB5_FAIL_CERT_*, or 0
 */
struct krb5_pkinit {
	char identity[KRB5_REQUEST_TICKETS_MAX + 1];
	const char *pin;
	bool asked;
	uint32_t fault;
};

/* Take the certificate that a request names: an error if it may not be used. */
krb5_error_code krb5_pkinit_init(struct krb5_pkinit *p, const char *name, const char *pin);
/* Have the AS exchange of @options use @p, which outlives it. */
krb5_error_code krb5_pkinit_set(krb5_context context, krb5_get_init_creds_opt *options,
				struct krb5_pkinit *p);

/* The exchange has failed, and @words are those of libkrb5. */
void krb5_pkinit_note(struct krb5_pkinit *p, const char *words);

/*
 * Why an AS exchange by certificate has failed: CREDSSP_HLP_KRB5_FAIL_*. libkrb5 reports many
 * causes by the same error *@code; if the KDC gave another one, it is stored there.
 */
uint32_t krb5_pkinit_failure(const struct krb5_pkinit *p, const struct krb5_hook *hook,
			     krb5_error_code *code);

#endif
