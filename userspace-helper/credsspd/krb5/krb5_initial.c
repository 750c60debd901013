// SPDX-License-Identifier: GPL-2.0-only
/* The AS exchange: a TGT for a password, a keytab or a certificate */
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

/*
 * krb5_get_init_creds_password() would send a wrong password a second time, to the primary
 * KDC, and an account would be locked after half the number of mistakes.
 */
static krb5_error_code initial_exchange(krb5_context context, krb5_init_creds_context exchange,
					const struct krb5_initial *by)
{
	krb5_error_code ret = 0;

	if (by->password)
		ret = krb5_init_creds_set_password(context, exchange, by->password);
	else if (by->keytab)
		ret = krb5_init_creds_set_keytab(context, exchange, by->keytab);
	return ret ? ret : krb5_init_creds_get(context, exchange);
}

static krb5_error_code initial_set(krb5_context context, krb5_get_init_creds_opt *options,
				   const struct krb5_initial *by, krb5_ccache cache)
{
	krb5_error_code ret = krb5_get_init_creds_opt_set_out_ccache(context, options, cache);

	if (!ret && by->pkinit)
		ret = krb5_pkinit_set(context, options, by->pkinit);
	if (!ret && by->armor)
		ret = krb5_armor_set(by->armor, context, options);
	return ret;
}

krb5_error_code krb5_initial_get(krb5_context context, krb5_principal client,
				 const struct krb5_initial *by, krb5_ccache cache)
{
	krb5_get_init_creds_opt *options;
	krb5_init_creds_context exchange;
	krb5_error_code ret = initial_options(context, &options);

	if (ret)
		return ret;
	ret = initial_set(context, options, by, cache);
	if (!ret)
		ret = krb5_init_creds_init(context, client, NULL, NULL, 0, options, &exchange);
	if (!ret) {
		ret = initial_exchange(context, exchange, by);
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
