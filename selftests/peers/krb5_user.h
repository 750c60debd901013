/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An acceptor that takes user-to-user tickets only, as FreeRDP's server without a keytab of
 * its service: MIT's GSSAPI does not have it. It answers an AP-REQ with
 * KRB_AP_ERR_USER_TO_USER_REQUIRED, and a TGT-REQ with its own TGT.
 */
#ifndef PEER_KRB5_USER_H
#define PEER_KRB5_USER_H

#include "krb5_gss.h"

/*
 * Get the TGT of @name from the KDC by its key in @keytab. GSSAPI gets the session key as that
 * of a service. NULL, or a short text for the fault.
 */
const char *krb5_user_open(struct krb5_acceptor *acceptor, const char *keytab, const char *name);

/* As krb5_accept(), with @acceptor of krb5_user_open(). */
const char *krb5_user_accept(struct krb5_server *s, const struct krb5_acceptor *acceptor,
			     struct span token);

#endif
