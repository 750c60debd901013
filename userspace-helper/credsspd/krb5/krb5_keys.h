/* SPDX-License-Identifier: GPL-2.0-only */
/* The keys of an acceptor */
#ifndef CREDSSPD_KRB5_KEYS_H
#define CREDSSPD_KRB5_KEYS_H

#include <krb5.h>

/* Open the keytab @name, or the default one if it is "". The caller closes it. */
krb5_error_code krb5_keys_open(krb5_context context, const char *name, krb5_keytab *keytab);

/**
 * krb5_keys_find() - the principal of a keytab that serves an SPN
 * @context: a context
 * @keytab: the keytab
 * @spn: SERVICE/HOST, optionally with @REALM, or ""
 * @name: out: the caller frees it
 *
 * It is the first of SERVICE/HOST, host/HOST and NAME$ that the keytab has: the keys of a
 * computer account serve all of its SPNs. The case of host names does not matter, nor that of
 * services. Without an @spn it is the first of TERMSRV/..., host/..., NAME$, and any.
 *
 * Return: 0; KRB5_KT_NOTFOUND without such a principal; or another error.
 */
krb5_error_code krb5_keys_find(krb5_context context, krb5_keytab keytab, const char *spn,
			       krb5_principal *name);

/* The first NAME$ of @keytab; as krb5_keys_find(). */
krb5_error_code krb5_keys_find_computer(krb5_context context, krb5_keytab keytab,
					krb5_principal *name);

#endif
