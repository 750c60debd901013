// SPDX-License-Identifier: GPL-2.0-only
#include <string.h>
#include "krb5_absent.h"

/* The slot of @realm, or the one that is free or expires first */
static struct krb5_absent_realm *absent_slot(struct krb5_absent *a, const char *realm)
{
	struct krb5_absent_realm *oldest = &a->realm[0];

	for (size_t i = 0; i < KRB5_ABSENT_REALMS; i++) {
		struct krb5_absent_realm *r = &a->realm[i];

		if (r->until && !strcmp(r->name, realm))
			return r;
		if (r->until < oldest->until)
			oldest = r;
	}
	return oldest;
}

void krb5_absent_add(struct krb5_absent *a, const char *realm, int error, int64_t now)
{
	struct krb5_absent_realm *r = absent_slot(a, realm);

	if (strlen(realm) >= sizeof(r->name))
		return;
	strcpy(r->name, realm);
	r->until = now + KRB5_ABSENT_MS;
	r->error = error;
}

int krb5_absent_find(const struct krb5_absent *a, const char *realm, int64_t now)
{
	for (size_t i = 0; i < KRB5_ABSENT_REALMS; i++) {
		const struct krb5_absent_realm *r = &a->realm[i];

		if (r->until > now && !strcmp(r->name, realm))
			return r->error;
	}
	return 0;
}

void krb5_absent_clear(struct krb5_absent *a)
{
	*a = (struct krb5_absent){ 0 };
}
