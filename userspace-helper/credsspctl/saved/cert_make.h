/* SPDX-License-Identifier: GPL-2.0-only */
/* A self-signed certificate for a server, and its key. */
#ifndef CREDSSPCTL_CERT_MAKE_H
#define CREDSSPCTL_CERT_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "base/options.h"

#define CERT_NAMES_MAX	16
#define CERT_DAYS	730	/* two years */
#define CERT_DAYS_MAX	3650

/**
 * struct cert_wanted - what to make
 * @rsa: an RSA key; otherwise one on the curve P-256
 * @days: validity
 * @count: number of @names
 * @names: host names in A-labels, perhaps with "*." in front, and numeric addresses
 */
struct cert_wanted {
	bool rsa;
	unsigned long days;
	unsigned int count;
	char names[CERT_NAMES_MAX][HOST_MAX + 1];
};

/**
 * struct cert_made - a certificate and its key
 * @pem: certificate, then key, as a file of credsspd(8) has them; owned
 * @length: bytes of it
 * @sha256: the certificate's fingerprint
 * @until: its expiration
 */
struct cert_made {
	char *pem;
	size_t length;
	uint8_t sha256[32];
	time_t until;
};

/* Check and add a name. Return NULL, or what is wrong. */
const char *cert_wanted_add(struct cert_wanted *w, const char *arg);
/* Make them, valid from @now on. Return NULL, or why this failed. */
const char *cert_make(const struct cert_wanted *w, time_t now, struct cert_made *m);
/* Wipe and free. */
void cert_made_free(struct cert_made *m);

#endif
