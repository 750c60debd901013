/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Realms for which no KDC was found. Each logon by Negotiate asks for Kerberos first: where
 * there is none, only the first logon waits for DNS.
 */
#ifndef CREDSSPD_KRB5_ABSENT_H
#define CREDSSPD_KRB5_ABSENT_H

#include <stdint.h>
#include "krb5_kdc.h"

/* How long a realm stays without KDC: less than the patience of a user who repairs it */
#define KRB5_ABSENT_MS		60000
/* A site has a few realms. More than this many at once are names that somebody made up. */
#define KRB5_ABSENT_REALMS	64

/* One realm; @until is 0 in a free slot. */
struct krb5_absent_realm {
	char name[KRB5_KDC_REALM_MAX + 1];
	int64_t until;
	int error;
};

/* All-zero is empty. */
struct krb5_absent {
	struct krb5_absent_realm realm[KRB5_ABSENT_REALMS];
};

/*
 * Remember @error, a positive errno, for @realm. The oldest entry makes room. Times are
 * milliseconds of clock_ms().
 */
void krb5_absent_add(struct krb5_absent *a, const char *realm, int error, int64_t now);
/* The errno that is remembered for @realm, or 0. */
int krb5_absent_find(const struct krb5_absent *a, const char *realm, int64_t now);
void krb5_absent_clear(struct krb5_absent *a);

#endif
