/* SPDX-License-Identifier: GPL-2.0-only */
/* Kerberos as an acceptor sees it, by MIT's GSSAPI: RFC 4121, with SPNEGO or without it. */
#ifndef PEER_KRB5_GSS_H
#define PEER_KRB5_GSS_H

#include <gssapi/gssapi.h>

#include "bytes.h"

/* The keys of the service; user-to-user: its TGT, else empty. */
struct krb5_acceptor {
	gss_cred_id_t cred;
	struct bytes tgt;
};

/**
 * struct krb5_server - one context
 * @ctx: GSSAPI's
 * @done: it is established
 * @token: the library's answer to the client's last token
 * @user, @realm: the client's principal
 * @enctype: of the key that seals
 * @flags: GSS_C_*_FLAG that the client has asked for
 */
struct krb5_server {
	gss_ctx_id_t ctx;
	bool done;
	struct bytes token;
	char user[128];
	char realm[128];
	int enctype;
	unsigned int flags;
};

/* All of these return NULL, or a short text for the fault. */
const char *krb5_acceptor_open(struct krb5_acceptor *acceptor, const char *keytab);
const char *krb5_accept(struct krb5_server *s, const struct krb5_acceptor *acceptor,
			struct span token);
void krb5_free(struct krb5_server *s);

/* Windows' form: the rotation count is the length of what follows the plaintext. */
void krb5_seal(struct krb5_server *s, struct span plain, struct bytes *out);
/* With integrity alone. */
void krb5_wrap(struct krb5_server *s, struct span plain, struct bytes *out);
/* False if it is not the next sealed message of the client. */
bool krb5_unseal(struct krb5_server *s, struct span sealed, struct bytes *plain);
void krb5_sign(struct krb5_server *s, struct span msg, struct bytes *mic);
bool krb5_verify(struct krb5_server *s, struct span msg, struct span mic);
/* Rotate a sealed message so that its RRC is @count (RFC 4121 4.2.5). */
void krb5_rotate(struct bytes *sealed, unsigned int count);

#endif
