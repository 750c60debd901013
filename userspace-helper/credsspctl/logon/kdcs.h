/* SPDX-License-Identifier: GPL-2.0-only */
/* The KDCs that credsspd has asked: what credsspd/krb5/krb5_kdcs.h writes. */
#ifndef CREDSSPCTL_KDCS_H
#define CREDSSPCTL_KDCS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/json.h"

/* Where credsspd writes it, unless it has the option --kdc-file */
#define KDCS_FILE	"/run/credssp/kdcs"
#define KDCS_MAX	64

/**
 * struct kdc - one KDC of a realm by one transport
 * @realm: of it
 * @transport, @address: "udp" or "tcp", and the KDC; both "-" if none is known
 * @asked, @answered: seconds since 1970 UTC; 0: never
 * @ms: milliseconds until the last answer
 * @result: "answered", "no-answer", "error" or "no-kdc"
 */
struct kdc {
	char realm[256];
	char transport[8];
	char address[96];
	int64_t asked;
	int64_t answered;
	uint32_t ms;
	char result[16];
};

/**
 * struct kdcs - all of them, the most recent first
 * @err: 0 or the errno of reading them: EACCES, or ENOENT without a file, or EBADMSG
 * @count, @kdc: the KDCs
 */
struct kdcs {
	int err;
	size_t count;
	struct kdc kdc[KDCS_MAX];
};

/* Read the file. Its strings are not for the terminal as they are. */
void kdcs_read(struct kdcs *k, const char *path);
/* The same from its text, which must be whole. */
bool kdcs_parse(struct kdcs *k, const char *text);

/* The lines for people, @now in seconds since 1970 UTC; and the member "kdcs" */
void kdcs_print(FILE *f, const struct kdcs *k, int64_t now);
void kdcs_json(struct json *j, const struct kdcs *k);

#endif
