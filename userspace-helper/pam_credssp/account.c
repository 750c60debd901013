// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include <strings.h>

#include "account.h"
#include "scope.h"
#include "text.h"

static void copy(char *to, const char *from, size_t n)
{
	memcpy(to, from, n);
	to[n] = '\0';
}

const char *account_of(struct account *a, const char *name, const char *domain)
{
	const char *backslash = strchr(name, '\\'), *at = strrchr(name, '@');

	memset(a, 0, sizeof(*a));
	if (strlen(name) > CREDSSP_MAX_NAME)
		return "the name is too long";
	if (!text_is_clean(name))
		return "the name is not UTF-8, or has control characters";
	if (backslash) {
		copy(a->domain, name, (size_t)(backslash - name));
		strcpy(a->user, backslash + 1);
	} else if (at) {
		strcpy(a->whole, name);
		copy(a->user, name, (size_t)(at - name));
		strcpy(a->domain, at + 1);
	} else {
		strcpy(a->user, name);
		strcpy(a->domain, domain);
	}
	if (!*a->user || ((backslash || at) && !*a->domain))
		return "a part of the name is empty";
	return NULL;
}

int account_for(const struct account *a, const char *scope, const char **user,
		const char **domain)
{
	*user = a->user;
	*domain = a->domain;
	if (scope_is_spn(scope)) {
		if (*a->whole) {
			*user = a->whole;
			*domain = "";
		}
		return 0;
	}
	if (*a->domain && strcasecmp(a->domain, scope))
		return -1;
	*domain = scope;
	return 0;
}
