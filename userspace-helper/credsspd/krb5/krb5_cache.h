/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef CREDSSPD_KRB5_CACHE_H
#define CREDSSPD_KRB5_CACHE_H

#include <stdbool.h>
#include <krb5.h>

/**
 * krb5_cache_open() - open a credential cache of this process's user
 * @context: a context
 * @name: TYPE:residual, the path of a file, or "" for the default cache
 * @client: whose tickets it must have, or NULL for anybody's
 * @cache: the cache; the caller closes it. NULL on failure
 * @owner: its principal; the caller frees it. NULL on failure
 *
 * If @name is a collection, the cache of @client is looked for in it.
 */
krb5_error_code krb5_cache_open(krb5_context context, const char *name,
				krb5_const_principal client, krb5_ccache *cache,
				krb5_principal *owner);

/* Is @cache in another process, to which libkrb5 connects? */
bool krb5_cache_is_served(krb5_context context, krb5_ccache cache);

#endif
