// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <string.h>

#include "scope.h"
#include "text.h"

#define PAYLOAD_VERSION	1

/* ASCII alone: what the kernel folds, and no locale. */
static char fold(char c, bool capital)
{
	if (capital && c >= 'a' && c <= 'z')
		return (char)(c - 'a' + 'A');
	if (!capital && c >= 'A' && c <= 'Z')
		return (char)(c - 'A' + 'a');
	return c;
}

const char *scope_description(const char *arg, char *description)
{
	const char *slash = strchr(arg, '/');
	char *to = description + strlen(SCOPE_PREFIX);
	size_t i, n = strlen(arg);

	if (!n || n > (slash ? CREDSSP_MAX_TARGET : CREDSSP_MAX_NAME))
		return n ? "too long" : "empty";
	if (!text_is_clean(arg) || strpbrk(arg, " \\@"))
		return "neither an SPN nor a domain";
	if (slash && (slash == arg || !slash[1]))
		return "not of the form CLASS/HOST";
	memcpy(description, SCOPE_PREFIX, strlen(SCOPE_PREFIX));
	for (i = 0; i < n; i++)
		to[i] = slash ? fold(arg[i], arg + i < slash) : arg[i];
	to[n] = '\0';
	return NULL;
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
