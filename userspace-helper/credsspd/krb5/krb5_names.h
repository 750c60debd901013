/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_NAMES_H
#define CREDSSPD_KRB5_NAMES_H

#include <krb5.h>

/*
 * The principal of @user in @realm, which may be "": then it is what follows the last @ of
 * @user, or the default realm. A realm without a section in krb5.conf is taken in upper case,
 * as DNS domains are given in lower case. A @user with an @ and a @realm beside it is an
 * enterprise name (RFC 6806 5). The caller frees *@client.
 */
krb5_error_code krb5_names_client(krb5_context context, const char *user, const char *realm,
				  krb5_principal *client);

/*
 * The principal of the SPN @target, SERVICE/HOST[@REALM]. Without a realm in it or in
 * krb5.conf the realm is empty. DNS is not asked for another name of the host. The caller
 * frees *@server.
 */
krb5_error_code krb5_names_server(krb5_context context, const char *target,
				  krb5_principal *server);

#endif
