/* SPDX-License-Identifier: GPL-2.0-only */
/* Certificates of all kinds, made by OpenSSL from rows of a table. */
#ifndef CREDSSPD_CERTS_MAKE_H
#define CREDSSPD_CERTS_MAKE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <openssl/x509v3.h>

enum certs_key {
	KEY_RSA,	/* 2048 bits */
	KEY_RSA_1024, KEY_RSA_3, KEY_RSA_8192, KEY_RSA_LONG_EXPONENT, KEY_PSS,
	KEY_P256, KEY_P384, KEY_P521, KEY_BRAINPOOL, KEY_ED25519, KEY_ED448, KEY_COUNT,
};

/* What else the server sends, and who has signed its certificate. */
enum certs_chain {
	CHAIN_ROOT,		/* the root has; it is not sent */
	CHAIN_SELF,		/* itself */
	CHAIN_FULL,		/* an intermediate, and the root is sent as well */
	CHAIN_INTERMEDIATE,
	CHAIN_MISSING,		/* an intermediate that is not sent */
	CHAIN_STRANGER,		/* a stranger before the intermediate */
	CHAIN_REVERSED,		/* root, intermediate */
	CHAIN_DUPLICATE,	/* everything twice */
	CHAIN_NO_CA,		/* an intermediate without CA:TRUE */
	CHAIN_DEEP,		/* as many intermediates as are looked at */
	CHAIN_TOO_DEEP,		/* one more */
	CHAIN_PURPOSE,		/* an intermediate with @ca_purpose */
	CHAIN_BAD_SIGNATURE,	/* of the root, but altered */
	CHAIN_FLOOD,		/* strangers, as many as a message has room for */
	CHAIN_FAT,		/* as many as are looked at, as long as there is room for */
};

/**
 * struct certs_row - a server's certificate
 * @name: in results, and in Documentation/interop.rst
 * @key: its key
 * @chain: who has signed it
 * @digest: of its signature, SHA256 when NULL; "PSS": SHA-256 with RSA-PSS
 * @v1: version 1, without extensions
 * @serial: in hexadecimal, perhaps with a sign
 * @subject: its common name; the host when NULL, none when empty
 * @san, @usage, @purpose, @constraints: extensions as openssl.cnf has them, left out
 *	when NULL; @san is the host's when NULL and none when empty
 * @names: further names in it
 * @short_names: still more, of one letter
 * @empty_names: and of none
 * @attributes: further ones in the subject, empty
 * @strangers: how many CHAIN_FLOOD has, when not 0
 * @critical: an unknown extension that is critical
 * @from, @until: days from now, when either is not 0
 * @not_before, @not_after: or a whole time, as it is in the certificate
 * @ca_purpose: extended key usage of CHAIN_PURPOSE
 * @ca_key: of root and intermediates
 * @ca_digest: of their signatures
 * @host: that is connected to, if it is not server.test
 * @remote_desktop: it is a terminal server
 * @version: of TLS, 0 for both
 * @cipher: cipher suite of TLS 1.2
 * @more, @less: bits that the engine reports and OpenSSL does not, and the other way
 *	round
 * @less_unknown: as @less when the root is not trusted: the engine does not go on then
 * @stranger_key: of CHAIN_STRANGER's
 * @failure: the handshake fails with this CREDSSP_HLP_FAIL_*
 */
struct certs_row {
	const char *name;
	enum certs_key key;
	enum certs_chain chain;
	const char *digest;
	bool v1;
	const char *serial;
	const char *subject;
	const char *san, *usage, *purpose, *constraints;
	unsigned int names, short_names, empty_names, attributes, strangers;
	bool critical;
	long from, until;
	const char *not_before, *not_after;
	const char *ca_purpose;
	enum certs_key ca_key, stranger_key;
	const char *ca_digest;
	const char *host;
	bool remote_desktop;
	int version;
	const char *cipher;
	uint32_t more, less, less_unknown;
	uint32_t failure;
};

/**
 * struct made - certificates made from a row
 * @own, @key: the server's
 * @rest: what it sends after it
 * @root: whose trust is asked about
 */
struct made {
	X509 *own;
	EVP_PKEY *key;
	struct stack_st_X509 *rest;
	X509 *root;
};

extern const struct certs_row certs_rows[];
extern const size_t certs_count;

void certs_make(const struct certs_row *row, struct made *m);
void made_free(struct made *m);
/* A PEM file with the root, until the next call. */
const char *made_root_file(const struct made *m);

#endif
