/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The certificates of a user, as a client and as a server, and their keys, in files
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

/* Limit of certificates of one user: each takes 3 KiB, and a search compares all. */
#define KEYRING_MAX	1024
#define KEYRING_CHAIN	8	/* Limit of certificates in a chain */
/* Limit of the DER of these: a file has less than 64 KiB, in base64. */
#define KEYRING_CHAIN_BYTES	(48 * 1024)

/**
 * struct keyring_entry - a certificate with its key
 * @uid: owner
 * @name: name of the file, without ".pem"
 * @chain, @count: the certificate, then its issuers
 * @key: in memory, or on a token; NULL if the certificate cannot be used
 */
struct keyring_entry {
	uint32_t uid;
	char name[CREDSSP_MAX_CERT_NAME + 1];
	gnutls_x509_crt_t *chain;
	unsigned int count;
	gnutls_privkey_t key;
};

/**
 * struct keyring - the certificates of a user
 * @entry, @count: these, including those that cannot be used
 * @incomplete: the user may have certificates that are not in @entry
 */
struct keyring {
	struct keyring_entry entry[KEYRING_MAX];
	unsigned int count;
	bool incomplete;
};

/* Is it letters, digits and "._-", without a dot at the start? So it is no path. */
bool keyring_name_ok(const char *name);

/* False only if the user has no files in @directory; they may be unusable. */
bool keyring_has_user(const char *directory, uint32_t uid);
/*
 * Load the certificates of a user. Each file that cannot be used is logged. Returns NULL if
 * @directory cannot be read.
 */
struct keyring *keyring_load(const char *directory, uint32_t uid);
void keyring_free(struct keyring *k);
/*
 * Find a certificate that can be used. Returns 0; -ENOENT if the user has none of that
 * name; -EIO if it cannot be used, if @k is NULL, or if @k is incomplete.
 */
int keyring_find(const struct keyring *k, uint32_t uid, const char *name,
		 const struct keyring_entry **found);
/* The server's certificate if no other one matches */
#define KEYRING_DEFAULT	"default"
#define KEYRING_HOST	255	/* Limit of bytes of a host name (RFC 1035 2.3.4) */
/*
 * Find the server's certificate that matches @host, by its alternative names, or else its
 * common name. A valid one comes before one that has expired, the name itself before a
 * wildcard, and of equals the one that is valid for the longest time. Without one, or if @host
 * is empty, find that of the name KEYRING_DEFAULT. Returns as above.
 */
int keyring_find_host(const struct keyring *k, uint32_t uid, const char *host,
		      const struct keyring_entry **found);

#endif
