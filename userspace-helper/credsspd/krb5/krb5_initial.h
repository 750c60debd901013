/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_INITIAL_H
#define CREDSSPD_KRB5_INITIAL_H

#include <krb5.h>
#include "krb5_armor.h"
#include "krb5_pkinit.h"

/**
 * struct krb5_initial - what a client proves itself by: one of the first three
 * @password: or NULL
 * @keytab: or NULL
 * @pkinit: or NULL
 * @armor: FAST, or NULL
 */
struct krb5_initial {
	const char *password;
	krb5_keytab keytab;
	struct krb5_pkinit *pkinit;
	const struct krb5_armor *armor;
};

/* Get a TGT of @client, and initialize @cache with it and what libkrb5 notes about it. */
krb5_error_code krb5_initial_get(krb5_context context, krb5_principal client,
				 const struct krb5_initial *by, krb5_ccache cache);

/* Open the keytab @name, or the default client keytab if it is "". */
krb5_error_code krb5_initial_open_keytab(krb5_context context, const char *name,
					 krb5_keytab *keytab);

/* The principal of the first entry of @keytab; the caller frees it. */
krb5_error_code krb5_initial_find_client(krb5_context context, krb5_keytab keytab,
					 krb5_principal *client);

#endif
