// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/log.h"
#include "krb5_cache.h"

/* Kinds of caches; a MEMORY cache of this process is nothing that the user has named. */
enum cache_kind { CACHE_FILE, CACHE_KEYRING, CACHE_SERVER };
static const struct {
	const char *name;
	enum cache_kind kind;
} types[] = {
	{ "FILE", CACHE_FILE }, { "DIR", CACHE_FILE }, { "KEYRING", CACHE_KEYRING },
	{ "KCM", CACHE_SERVER },
};

static bool cache_is_own(const struct stat *st)
{
	return st->st_uid == geteuid() || !st->st_uid;
}

/*
 * Anybody can write a file in /tmp that has the name of somebody else's cache. Tickets that
 * are not the user's own would make him log on as another one. Whoever has a symbolic link
 * there can have it lead to another file after this check.
 */
static krb5_error_code cache_check_file(const char *path)
{
	struct stat named, st;

	if (lstat(path, &named) || stat(path, &st))
		return KRB5_FCC_NOFILE;
	if (!S_ISREG(st.st_mode) || !cache_is_own(&st) || !cache_is_own(&named))
		return KRB5_FCC_PERM;
	return 0;
}

/* The keyrings of the requester's process and thread are not those of this process. */
static krb5_error_code cache_check_keyring(const char *name)
{
	static const char *const absent[] = { "process:", "thread:" };

	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		if (!strncmp(name, absent[i], strlen(absent[i]))) {
			log_debug("KEYRING:%s belongs to one process of the user", absent[i]);
			return KRB5_CC_NOTFOUND;
		}
	}
	return 0;
}

static krb5_error_code cache_check(krb5_context context, krb5_ccache cache)
{
	const char *type = krb5_cc_get_type(context, cache);
	const char *path = krb5_cc_get_name(context, cache);

	for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
		if (strcmp(types[i].name, type))
			continue;
		/* A colon stands before the file of a DIR collection. */
		if (types[i].kind == CACHE_FILE)
			return cache_check_file(path + (path[0] == ':'));
		return types[i].kind == CACHE_KEYRING ? cache_check_keyring(path) : 0;
	}
	return KRB5_CC_UNKNOWN_TYPE;
}

bool krb5_cache_is_served(krb5_context context, krb5_ccache cache)
{
	return !strcmp(krb5_cc_get_type(context, cache), "KCM");
}

/* Replace *@cache, if it has not the tickets of @client, by that of its collection. */
static krb5_error_code cache_match(krb5_context context, krb5_const_principal client,
				   krb5_ccache *cache, krb5_principal *owner)
{
	krb5_ccache other;
	krb5_error_code ret;

	if (!client || krb5_principal_compare(context, client, *owner))
		return 0;
	ret = krb5_cc_cache_match(context, (krb5_principal)client, &other);
	if (ret)
		return ret;
	krb5_cc_close(context, *cache);
	krb5_free_principal(context, *owner);
	*cache = other;
	*owner = NULL;
	ret = cache_check(context, other);
	return ret ? ret : krb5_cc_get_principal(context, other, owner);
}

krb5_error_code krb5_cache_open(krb5_context context, const char *name,
				krb5_const_principal client, krb5_ccache *cache,
				krb5_principal *owner)
{
	krb5_error_code ret = 0;

	*owner = NULL;
	*cache = NULL;
	if (*name)
		ret = krb5_cc_set_default_name(context, name);
	if (!ret)
		ret = krb5_cc_default(context, cache);
	if (ret)
		return ret;
	ret = cache_check(context, *cache);
	if (!ret)
		ret = krb5_cc_get_principal(context, *cache, owner);
	if (!ret)
		ret = cache_match(context, client, cache, owner);
	if (!ret)
		return 0;
	krb5_free_principal(context, *owner);
	*owner = NULL;
	krb5_cc_close(context, *cache);
	*cache = NULL;
	return ret;
}
