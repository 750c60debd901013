/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_INITIAL_H
#define CREDSSPD_KRB5_INITIAL_H

#include <krb5.h>

/*
 * Get a TGT of @client with @password, or if that is NULL with @keytab, and initialize @cache
 * with it.
 */
krb5_error_code krb5_initial_get(krb5_context context, krb5_principal client,
				 const char *password, krb5_keytab keytab, krb5_ccache cache);

/* Open the keytab @name, or the default client keytab if it is "". */
krb5_error_code krb5_initial_open_keytab(krb5_context context, const char *name,
					 krb5_keytab *keytab);

/* The principal of the first entry of @keytab; the caller frees it. */
krb5_error_code krb5_initial_find_client(krb5_context context, krb5_keytab keytab,
					 krb5_principal *client);

#endif
