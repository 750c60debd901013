// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "scope.h"
#include "spn.h"
#include "text.h"

#define PAYLOAD_VERSION	1

/* Fold ASCII only, as the kernel does, whatever the locale. */
static char fold(char c, bool capital)
{
	if (capital && c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	if (!capital && c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

static const char *copy_domain(const char *domain, char *to)
{
	if (!*domain)
		return "empty";
	if (strlen(domain) > CREDSSP_MAX_NAME)
		return "too long";
	if (!text_is_clean(domain) || strpbrk(domain, " \\@"))
		return "neither an SPN nor a domain";
	strcpy(to, domain);
	return NULL;
}

static const char *copy_spn(const char *spn, char *to)
{
	const char *err = spn_take(spn, to), *slash;

	if (err)
		return err;
	for (slash = strchr(to, '/'); *to; to++)
		*to = fold(*to, to < slash);
	return NULL;
}

const char *scope_description(const char *arg, char *description)
{
	char *to = stpcpy(description, SCOPE_PREFIX);

	return strchr(arg, '/') ? copy_spn(arg, to) : copy_domain(arg, to);
}

const char *scope_of(const char *description)
{
	size_t n = strlen(SCOPE_PREFIX);

	return strncmp(description, SCOPE_PREFIX, n) ? NULL : description + n;
}

int scope_is_spn(const char *scope)
{
	return !!strchr(scope, '/');
}

size_t scope_head(char *payload, const char *user, const char *domain)
{
	size_t user_room = strlen(user) + 1, domain_room = strlen(domain) + 1;

	payload[0] = PAYLOAD_VERSION;
	memcpy(payload + 1, user, user_room);
	memcpy(payload + 1 + user_room, domain, domain_room);
	return 1 + user_room + domain_room;
}
