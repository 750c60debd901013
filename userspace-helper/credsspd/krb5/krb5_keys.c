// SPDX-License-Identifier: GPL-2.0-only
#include <errno.h>
#include <stdbool.h>
#include <string.h>
#include <strings.h>
#include "krb5_keys.h"

#define HOST_SERVICE	"host"
#define FIRST_SERVICE	"TERMSRV"

/* How well a principal serves an SPN; a lower number is better. */
enum fit { FIT_SERVICE, FIT_HOST, FIT_COMPUTER, FIT_ANY, FIT_NONE };

krb5_error_code krb5_keys_open(krb5_context context, const char *name, krb5_keytab *keytab)
{
	krb5_error_code ret;

	if (*name)
		ret = krb5_kt_resolve(context, name, keytab);
	else
		ret = krb5_kt_default(context, keytab);
	if (ret)
		return ret;
	if (!strcmp(krb5_kt_get_type(context, *keytab), "FILE"))
		return 0;
	krb5_kt_close(context, *keytab);
	return KRB5_KT_UNKNOWN_TYPE;
}

static bool keys_are_equal(const krb5_data *a, const krb5_data *b)
{
	return a->length == b->length && !strncasecmp(a->data, b->data, a->length);
}

static bool keys_is_text(const krb5_data *a, const char *text)
{
	return a->length == strlen(text) && !strncasecmp(a->data, text, a->length);
}

/* The account of a computer: NAME$ */
static bool keys_is_computer(krb5_const_principal p)
{
	return p->length == 1 && p->data[0].length > 1 &&
	       p->data[0].data[p->data[0].length - 1] == '$';
}

/* Without a wanted name */
static enum fit keys_rank(krb5_const_principal p)
{
	if (p->length >= 2 && keys_is_text(&p->data[0], FIRST_SERVICE))
		return FIT_SERVICE;
	if (p->length >= 2 && keys_is_text(&p->data[0], HOST_SERVICE))
		return FIT_HOST;
	return keys_is_computer(p) ? FIT_COMPUTER : FIT_ANY;
}

static enum fit keys_fit(krb5_const_principal p, krb5_const_principal want)
{
	if (!want)
		return keys_rank(p);
	if (want->realm.length && !keys_are_equal(&p->realm, &want->realm))
		return FIT_NONE;
	if (keys_is_computer(p))
		return FIT_COMPUTER;
	if (p->length != 2 || !keys_are_equal(&p->data[1], &want->data[1]))
		return FIT_NONE;
	if (keys_are_equal(&p->data[0], &want->data[0]))
		return FIT_SERVICE;
	return keys_is_text(&p->data[0], HOST_SERVICE) ? FIT_HOST : FIT_NONE;
}

/* The best of @keytab that is as good as @worst; the first one of its kind. */
static krb5_error_code keys_search(krb5_context context, krb5_keytab keytab,
				   krb5_const_principal want, enum fit best, enum fit worst,
				   krb5_principal *name)
{
	enum fit found = worst + 1, fit;
	krb5_keytab_entry entry;
	krb5_kt_cursor cursor;
	krb5_error_code ret;

	*name = NULL;
	ret = krb5_kt_start_seq_get(context, keytab, &cursor);
	if (ret)
		return ret;
	while (!(ret = krb5_kt_next_entry(context, keytab, &entry, &cursor))) {
		fit = keys_fit(entry.principal, want);
		if (fit >= best && fit < found) {
			krb5_free_principal(context, *name);
			found = fit;
			ret = krb5_copy_principal(context, entry.principal, name);
			if (ret)
				*name = NULL;
		}
		krb5_free_keytab_entry_contents(context, &entry);
		if (ret)
			break;
	}
	krb5_kt_end_seq_get(context, keytab, &cursor);
	if (ret == KRB5_KT_END)
		ret = *name ? 0 : KRB5_KT_NOTFOUND;
	if (!ret)
		return 0;
	krb5_free_principal(context, *name);
	*name = NULL;
	return ret;
}

static krb5_error_code keys_parse(krb5_context context, const char *spn, krb5_principal *want)
{
	krb5_error_code ret;

	if (strchr(spn, '\\'))
		return KRB5_PARSE_MALFORMED;
	ret = krb5_parse_name_flags(context, spn, KRB5_PRINCIPAL_PARSE_NO_DEF_REALM, want);
	if (ret)
		return ret;
	if ((*want)->length == 2 && (*want)->data[0].length && (*want)->data[1].length)
		return 0;
	krb5_free_principal(context, *want);
	return KRB5_PARSE_MALFORMED;
}

krb5_error_code krb5_keys_find(krb5_context context, krb5_keytab keytab, const char *spn,
			       krb5_principal *name)
{
	krb5_principal want = NULL;
	krb5_error_code ret = 0;

	*name = NULL;
	if (*spn)
		ret = keys_parse(context, spn, &want);
	if (ret)
		return ret;
	ret = keys_search(context, keytab, want, FIT_SERVICE, want ? FIT_COMPUTER : FIT_ANY,
			  name);
	krb5_free_principal(context, want);
	return ret;
}

krb5_error_code krb5_keys_find_computer(krb5_context context, krb5_keytab keytab,
					krb5_principal *name)
{
	return keys_search(context, keytab, NULL, FIT_COMPUTER, FIT_COMPUTER, name);
}
