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

/* The issuer of the server's certificate, and the other certificates that it sends. */
enum certs_chain {
	CHAIN_ROOT,		/* issued by the root, which is not sent */
	CHAIN_SELF,		/* self-signed */
	CHAIN_FULL,		/* issued by an intermediate; it and the root are sent */
	CHAIN_INTERMEDIATE,
	CHAIN_MISSING,		/* issued by an intermediate that is not sent */
	CHAIN_STRANGER,		/* an unrelated certificate before the intermediate */
	CHAIN_REVERSED,		/* root, intermediate */
	CHAIN_DUPLICATE,	/* everything twice */
	CHAIN_NO_CA,		/* an intermediate without CA:TRUE */
	CHAIN_DEEP,		/* as many intermediates as are evaluated */
	CHAIN_TOO_DEEP,		/* one more */
	CHAIN_PURPOSE,		/* an intermediate with @ca_purpose */
	CHAIN_BAD_SIGNATURE,	/* issued by the root, with an altered signature */
	CHAIN_FLOOD,		/* as many unrelated certificates as fit into a message */
	CHAIN_FAT,		/* as many as are evaluated, each as large as fits */
};

/**
 * struct certs_row - a server's certificate
 * @name: printed in results, and used in Documentation/interop.rst
 * @key: its key
 * @chain: its issuer, and what else is sent
 * @digest: digest of its signature, NULL for SHA256; "PSS": SHA-256 with RSA-PSS
 * @v1: version 1, without extensions
 * @serial: in hexadecimal, perhaps with a sign
 * @subject: its common name; the host when NULL, none when empty
 * @san, @usage, @purpose, @constraints: extensions as openssl.cnf has them, left out
 *	when NULL; @san is the host's when NULL and none when empty
 * @names: number of further names
 * @short_names: number of names of one letter
 * @empty_names: number of empty names
 * @attributes: number of empty attributes in the subject
 * @strangers: number of certificates in CHAIN_FLOOD, if not 0
 * @critical: it has an unknown critical extension
 * @from, @until: days from now, when either is not 0
 * @not_before, @not_after: or the text of the time in the certificate
 * @ca_purpose: extended key usage of CHAIN_PURPOSE's intermediate
 * @ca_key: key of root and intermediates
 * @ca_digest: digest of their signatures
 * @host: the target, if it is not server.test
 * @remote_desktop: it is a terminal server
 * @version: TLS version, 0 for both
 * @cipher: cipher suite of TLS 1.2
 * @more: bits that the engine reports and OpenSSL does not
 * @less: bits that OpenSSL reports and the engine does not
 * @less_unknown: as @less, if the root is not trusted: the engine stops there
 * @stranger_key: key of the unrelated certificates
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
 * @rest: the other certificates that the server sends
 * @root: the root, which is trusted or not
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
