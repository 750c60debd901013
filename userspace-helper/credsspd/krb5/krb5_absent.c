// SPDX-License-Identifier: GPL-2.0-only
#include <stdbool.h>
#include <string.h>
#include "krb5_absent.h"

static bool absent_is(const struct krb5_absent_realm *r, uint32_t owner, const char *realm)
{
	return r->until && r->owner == owner && !strcmp(r->name, realm);
}

/* The oldest slot of @owner, which has all that it may have, or NULL */
static struct krb5_absent_realm *absent_own_slot(struct krb5_absent *a, uint32_t owner)
{
	struct krb5_absent_realm *oldest = NULL;
	unsigned int count = 0;

	for (size_t i = 0; i < KRB5_ABSENT_REALMS; i++) {
		struct krb5_absent_realm *r = &a->realm[i];

		if (!r->until || r->owner != owner)
			continue;
		count++;
		if (!oldest || r->until < oldest->until)
			oldest = r;
	}
	return count < KRB5_ABSENT_OF_OWNER ? NULL : oldest;
}

/* The slot of @realm, or the one that makes room for it */
static struct krb5_absent_realm *absent_slot(struct krb5_absent *a, uint32_t owner,
					     const char *realm)
{
	struct krb5_absent_realm *oldest = &a->realm[0], *own;

	for (size_t i = 0; i < KRB5_ABSENT_REALMS; i++) {
		struct krb5_absent_realm *r = &a->realm[i];

		if (absent_is(r, owner, realm))
			return r;
		if (r->until < oldest->until)
			oldest = r;
	}
	own = absent_own_slot(a, owner);
	return own ? own : oldest;
}

void krb5_absent_add(struct krb5_absent *a, uint32_t owner, const char *realm, int error,
		     int64_t now)
{
	struct krb5_absent_realm *r;

	if (strlen(realm) >= sizeof(r->name))
		return;
	r = absent_slot(a, owner, realm);
	strcpy(r->name, realm);
	r->owner = owner;
	r->until = now + KRB5_ABSENT_MS;
	r->error = error;
}

int krb5_absent_find(const struct krb5_absent *a, uint32_t owner, const char *realm,
		     int64_t now)
{
	for (size_t i = 0; i < KRB5_ABSENT_REALMS; i++) {
		const struct krb5_absent_realm *r = &a->realm[i];

		if (r->until > now && absent_is(r, owner, realm))
			return r->error;
	}
	return 0;
}

void krb5_absent_clear(struct krb5_absent *a)
{
	*a = (struct krb5_absent){ 0 };
}
