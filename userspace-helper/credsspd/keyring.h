/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A user's client certificates and their keys, as they are in a directory:
 * DIRECTORY/UID/NAME.pem.  Only the user's worker has them in its memory.
 */
#ifndef CREDSSPD_KEYRING_H
#define CREDSSPD_KEYRING_H

#include <stdbool.h>
#include <stdint.h>
#include <gnutls/abstract.h>
#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <linux/credssp.h>

/* Certificates of one user; each is two or three kilobytes, and a table is walked. */
#define KEYRING_MAX	1024
#define KEYRING_CHAIN	8	/* certificates in one chain, as clients send them */

/**
 * struct keyring_entry - a certificate with its key
 * @uid: whose
 * @name: of the file, without ".pem"
 * @chain, @count: its own certificate first
 * @key: in memory, or a token's
 */
struct keyring_entry {
	uint32_t uid;
	char name[CREDSSP_MAX_CERT_NAME + 1];
	gnutls_x509_crt_t *chain;
	unsigned int count;
	gnutls_privkey_t key;
};

struct keyring {
	struct keyring_entry entry[KEYRING_MAX];
	unsigned int count;
};

/* Letters, digits, "._-", not beginning with a dot: never a path. */
bool keyring_name_ok(const char *name);

/* Is there anything of the user's in @directory, be it good or not? */
bool keyring_has_user(const char *directory, uint32_t uid);
/*
 * What the user has in @directory; what cannot be used is logged and left out. NULL
 * when the directory cannot be read.
 */
struct keyring *keyring_load(const char *directory, uint32_t uid);
void keyring_free(struct keyring *k);
const struct keyring_entry *keyring_find(const struct keyring *k, uint32_t uid,
					 const char *name);

#endif
