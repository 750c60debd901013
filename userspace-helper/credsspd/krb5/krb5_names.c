// SPDX-License-Identifier: GPL-2.0-only
#include <arpa/inet.h>
#include <ctype.h>
#include <errno.h>
#include <profile.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "krb5_kdc.h"
#include "krb5_names.h"

/* The host of SERVICE/HOST[/...] */
#define HOST_COMPONENT	1

static bool names_realm_is_configured(krb5_context context, const char *realm)
{
	const char *section[3] = { "realms", realm, NULL };
	char **relations = NULL;
	profile_t profile;
	bool is;

	if (krb5_get_profile(context, &profile))
		return false;
	is = !profile_get_relation_names(profile, section, &relations) && relations && *relations;
	profile_free_list(relations);
	profile_release(profile);
	return is;
}

/* Give @p the realm @realm as krb5_names_client() says. */
static krb5_error_code names_set_realm(krb5_context context, krb5_principal p, const char *realm)
{
	char name[KRB5_KDC_REALM_MAX + 1];

	if (strlen(realm) >= sizeof(name))
		return KRB5_REALM_UNKNOWN;
	strcpy(name, realm);
	if (!names_realm_is_configured(context, realm))
		for (char *c = name; *c; c++)
			*c = toupper((unsigned char)*c);
	return krb5_set_principal_realm(context, p, name);
}

static krb5_error_code names_set_default_realm(krb5_context context, krb5_principal p)
{
	char *realm;
	krb5_error_code ret = krb5_get_default_realm(context, &realm);

	if (ret)
		return ret;
	ret = krb5_set_principal_realm(context, p, realm);
	krb5_free_default_realm(context, realm);
	return ret;
}

/* Make *@p of @name, which has no realm. */
static krb5_error_code names_parse(krb5_context context, const char *name, bool enterprise,
				   krb5_principal *p)
{
	int flags = KRB5_PRINCIPAL_PARSE_NO_DEF_REALM;

	/* libkrb5 has it as an escape character; no name in use has one. */
	if (strchr(name, '\\'))
		return KRB5_PARSE_MALFORMED;
	flags |= enterprise ? KRB5_PRINCIPAL_PARSE_ENTERPRISE : KRB5_PRINCIPAL_PARSE_NO_REALM;
	return krb5_parse_name_flags(context, name, flags, p);
}

krb5_error_code krb5_names_client(krb5_context context, const char *user, const char *realm,
				  krb5_principal *client)
{
	const char *at = strrchr(user, '@');
	char *name = strdup(user);
	krb5_principal p;
	krb5_error_code ret;

	if (!name)
		return ENOMEM;
	if (at && !*realm) {
		name[at - user] = '\0';
		realm = at + 1;
		at = NULL;
	}
	ret = names_parse(context, name, at, &p);
	free(name);
	if (ret)
		return ret;
	if (*realm)
		ret = names_set_realm(context, p, realm);
	else
		ret = names_set_default_realm(context, p);
	if (ret)
		krb5_free_principal(context, p);
	else
		*client = p;
	return ret;
}

/* A host of the target as libkrb5 writes it: KDCs of MIT compare its case. */
static void names_lower(krb5_data *host)
{
	for (unsigned int i = 0; i < host->length; i++)
		host->data[i] = tolower((unsigned char)host->data[i]);
}

/* Tickets for addresses do not exist, and a wrong question takes a KDC's time. */
static bool names_is_address(const char *host)
{
	struct in6_addr address;

	return inet_pton(AF_INET, host, &address) == 1 ||
	       inet_pton(AF_INET6, host, &address) == 1 || host[0] == '[';
}

/* The realm of @p by krb5.conf's domain_realm; it stays empty without one. */
static krb5_error_code names_find_realm(krb5_context context, krb5_principal p)
{
	krb5_data *component = &p->data[HOST_COMPONENT];
	char *host = strndup(component->data, component->length);
	krb5_error_code ret;
	char **realms;

	if (!host)
		return ENOMEM;
	ret = names_is_address(host) ? KRB5_ERR_HOST_REALM_UNKNOWN :
				       krb5_get_host_realm(context, host, &realms);
	free(host);
	if (ret)
		return ret;
	if (realms[0] && *realms[0])
		ret = krb5_set_principal_realm(context, p, realms[0]);
	krb5_free_host_realm(context, realms);
	return ret;
}

krb5_error_code krb5_names_server(krb5_context context, const char *target,
				  krb5_principal *server)
{
	krb5_principal p;
	krb5_error_code ret;

	if (strchr(target, '\\'))
		return KRB5_PARSE_MALFORMED;
	ret = krb5_parse_name_flags(context, target, KRB5_PRINCIPAL_PARSE_NO_DEF_REALM, &p);
	if (ret)
		return ret;
	p->type = KRB5_NT_SRV_INST;
	if (p->length <= HOST_COMPONENT || !p->data[0].length || !p->data[HOST_COMPONENT].length) {
		ret = KRB5_ERR_HOST_REALM_UNKNOWN;
	} else {
		names_lower(&p->data[HOST_COMPONENT]);
		if (!p->realm.length)
			ret = names_find_realm(context, p);
	}
	if (ret)
		krb5_free_principal(context, p);
	else
		*server = p;
	return ret;
}
