/* SPDX-License-Identifier: GPL-2.0-only */
/* The exchange with the service: AP-REQ and AP-REP (RFC 4120 3.2, RFC 4121 4.1) */
#ifndef CREDSSPD_KRB5_AP_H
#define CREDSSPD_KRB5_AP_H

#include <krb5.h>
#include "krb5_request.h"

/* Make the AP-REQ for @creds. The caller frees *@auth, and the contents of @message. */
krb5_error_code krb5_ap_make(krb5_context context, const struct credssp_hlp_krb5_init *head,
			     krb5_creds *creds, krb5_auth_context *auth, krb5_data *message);

/*
 * Verify the AP-REP @message, and fill in what a reply has with DONE; the caller wipes @reply
 * in any case.
 */
krb5_error_code krb5_ap_read(krb5_context context, krb5_auth_context auth,
			     const krb5_data *message, struct credssp_hlp_krb5_reply *reply);

/* Likewise after an AP-REQ without an AP-REP: its own subkey. */
krb5_error_code krb5_ap_own(krb5_context context, krb5_auth_context auth,
			    struct credssp_hlp_krb5_reply *reply);
/* Fill in the key of a reply: KRB5_BAD_ENCTYPE for one that the module does not know. */
krb5_error_code krb5_ap_put_key(const krb5_keyblock *key, struct credssp_hlp_krb5_reply *reply);
/* Fill in the numbers of the first messages, all 32 bits of them. */
krb5_error_code krb5_ap_put_sequence(krb5_context context, krb5_auth_context auth,
				     struct credssp_hlp_krb5_reply *reply);

#endif
