// SPDX-License-Identifier: GPL-2.0-only
/* The AS exchange: a TGT for a password or a keytab */
#include <string.h>
#include "krb5_enctypes.h"
#include "krb5_initial.h"

static krb5_error_code initial_options(krb5_context context, krb5_get_init_creds_opt **options)
{
	krb5_error_code ret = krb5_get_init_creds_opt_alloc(context, options);

	if (ret)
		return ret;
	krb5_get_init_creds_opt_set_forwardable(*options, 0);
	krb5_get_init_creds_opt_set_proxiable(*options, 0);
	/*
	 * The KDC may know the user by another name, or refer to another realm (RFC 6806 6, 7).
	 * Its reply is in the key of the user, so that others cannot do that.
	 */
	krb5_get_init_creds_opt_set_canonicalize(*options, 1);
	krb5_get_init_creds_opt_set_etype_list(*options, krb5_enctypes, KRB5_ENCTYPES_COUNT);
	return 0;
}

static krb5_error_code initial_store(krb5_context context, krb5_init_creds_context exchange,
				     krb5_ccache cache)
{
	krb5_creds creds = { 0 };
	krb5_error_code ret = krb5_init_creds_get_creds(context, exchange, &creds);

	if (ret)
		return ret;
	ret = krb5_cc_initialize(context, cache, creds.client);
	if (!ret)
		ret = krb5_cc_store_cred(context, cache, &creds);
	krb5_free_cred_contents(context, &creds);
	return ret;
}

/*
 * krb5_get_init_creds_password() would send a wrong password a second time, to the primary
 * KDC, and an account would be locked after half the number of mistakes.
 */
static krb5_error_code initial_exchange(krb5_context context, krb5_init_creds_context exchange,
					const char *password, krb5_keytab keytab,
					krb5_ccache cache)
{
	krb5_error_code ret;

	if (password)
		ret = krb5_init_creds_set_password(context, exchange, password);
	else
		ret = krb5_init_creds_set_keytab(context, exchange, keytab);
	if (!ret)
		ret = krb5_init_creds_get(context, exchange);
	return ret ? ret : initial_store(context, exchange, cache);
}

krb5_error_code krb5_initial_get(krb5_context context, krb5_principal client,
				 const char *password, krb5_keytab keytab, krb5_ccache cache)
{
	krb5_get_init_creds_opt *options;
	krb5_init_creds_context exchange;
	krb5_error_code ret = initial_options(context, &options);

	if (ret)
		return ret;
	ret = krb5_init_creds_init(context, client, NULL, NULL, 0, options, &exchange);
	if (!ret) {
		ret = initial_exchange(context, exchange, password, keytab, cache);
		krb5_init_creds_free(context, exchange);
	}
	krb5_get_init_creds_opt_free(context, options);
	return ret;
}

krb5_error_code krb5_initial_open_keytab(krb5_context context, const char *name,
					 krb5_keytab *keytab)
{
	krb5_error_code ret;

	if (*name)
		ret = krb5_kt_resolve(context, name, keytab);
	else
		ret = krb5_kt_client_default(context, keytab);
	if (ret)
		return ret;
	if (!strcmp(krb5_kt_get_type(context, *keytab), "FILE"))
		return 0;
	krb5_kt_close(context, *keytab);
	return KRB5_KT_UNKNOWN_TYPE;
}

krb5_error_code krb5_initial_find_client(krb5_context context, krb5_keytab keytab,
					 krb5_principal *client)
{
	krb5_keytab_entry entry;
	krb5_kt_cursor cursor;
	krb5_error_code ret = krb5_kt_start_seq_get(context, keytab, &cursor);

	if (ret)
		return ret;
	ret = krb5_kt_next_entry(context, keytab, &entry, &cursor);
	krb5_kt_end_seq_get(context, keytab, &cursor);
	if (ret)
		return ret;
	ret = krb5_copy_principal(context, entry.principal, client);
	krb5_free_keytab_entry_contents(context, &entry);
	return ret;
}
