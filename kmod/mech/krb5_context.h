/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the Kerberos initiator and acceptor have in common: an established context and the
 * messages that it protects, RFC 4121 4.2. For them and their tests only.
 */
#ifndef CSSP_MECH_KRB5_CONTEXT_H
#define CSSP_MECH_KRB5_CONTEXT_H

#include "../crypto/krb5_seal.h"
#include "mech.h"

struct cssp_krb5_answer;

/**
 * struct cssp_krb5_context - common part of both mechanisms
 * @base: the part that callers see
 * @fail: end the mechanism after a failed message; returns the failure
 * @tx, @rx: own messages, and those of the peer; keyed while the context is established
 * @session_key: until it is taken
 */
struct cssp_krb5_context {
	struct cssp_mech base;
	int (*fail)(struct cssp_mech *mech, int err);
	struct cssp_krb5_dir tx;
	struct cssp_krb5_dir rx;
	struct cssp_session_key session_key;
};

/* Before the encryption type is known, the sizes are those of the largest one. */
void cssp_krb5_context_guess_sizes(struct cssp_krb5_context *c);

/**
 * cssp_krb5_context_establish() - key both directions
 * @c: context without keys; after a failure the caller wipes it
 * @a: reply DONE of the helper
 * @tx: direction of the own messages
 *
 * Return: 0, or as cssp_krb5_dir_init().
 */
int __must_check cssp_krb5_context_establish(struct cssp_krb5_context *c,
					     const struct cssp_krb5_answer *a,
					     enum cssp_krb5_way tx);
/* Wipe the keys. A second call is fine. */
void cssp_krb5_context_wipe(struct cssp_krb5_context *c);

/* Members of struct cssp_mech_ops. The mechListMIC is a signature like others (RFC 4178 5). */
int cssp_krb5_context_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
			   struct cssp_vbuf *out);
int cssp_krb5_context_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			     struct cssp_vbuf *out);
int cssp_krb5_context_sign(struct cssp_mech *mech, const struct cssp_rd *message,
			   struct cssp_vbuf *signature);
int cssp_krb5_context_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			     const struct cssp_rd *signature);
int cssp_krb5_context_session_key(struct cssp_mech *mech, struct cssp_session_key *key);

#endif
