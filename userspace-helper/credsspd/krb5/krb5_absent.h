/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Realms for which no KDC was found. Each logon by Negotiate asks for Kerberos first: where
 * there is none, only the first logon of each user waits for DNS. Each user has facts of its
 * own, as it chooses the realm and how long its exchanges wait: what it finds that way is no
 * fact about the KDCs for others.
 */
#ifndef CREDSSPD_KRB5_ABSENT_H
#define CREDSSPD_KRB5_ABSENT_H

#include <stdint.h>
#include "krb5_kdc.h"

/* How long a realm stays without KDC: less than the patience of a user who repairs it */
#define KRB5_ABSENT_MS		60000
/* A site has a few realms. More than this many at once are names that somebody made up. */
#define KRB5_ABSENT_REALMS	256
/*
 * The most entries of one user, so that names that it made up do not push out others' entries.
 * A user logs on in a few realms.
 */
#define KRB5_ABSENT_OF_OWNER	8

/* One realm of one user; @until is 0 in a free slot. */
struct krb5_absent_realm {
	uint32_t owner;
	char name[KRB5_KDC_REALM_MAX + 1];
	int64_t until;
	int error;
};

/* All-zero is empty. */
struct krb5_absent {
	struct krb5_absent_realm realm[KRB5_ABSENT_REALMS];
};

/*
 * Remember @error, a positive errno, for @realm and @owner. The oldest entry makes room: of
 * @owner if it has KRB5_ABSENT_OF_OWNER, else of all. Times are milliseconds of clock_ms().
 */
void krb5_absent_add(struct krb5_absent *a, uint32_t owner, const char *realm, int error,
		     int64_t now);
/* The errno that is remembered for @realm and @owner, or 0. */
int krb5_absent_find(const struct krb5_absent *a, uint32_t owner, const char *realm,
		     int64_t now);
void krb5_absent_clear(struct krb5_absent *a);

#endif
