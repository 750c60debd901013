/* SPDX-License-Identifier: GPL-2.0-only */
/* The messages between the Kerberos initiator and the acceptor; for these two only. */
#ifndef CSSP_MECH_KRB5_MESSAGE_H
#define CSSP_MECH_KRB5_MESSAGE_H

#include "../base/vbuf.h"
#include "../wire/krb5_msg.h"

struct cssp_krb5_outcome;

/**
 * cssp_krb5_message_target() - the principal that a target name means
 * @spn: target name, NUL-terminated
 * @target: out: replaced by SERVICE/HOST; a name without a service class means "host"
 *
 * Kerberos knows servers by name: an address has no principal, nor has the empty name.
 *
 * Return: 0; -EDESTADDRREQ when @spn names no principal; -ENOMEM or -EDQUOT.
 */
int __must_check cssp_krb5_message_target(const char *spn, struct cssp_vbuf *target);

/* Frame a message. @token: out: replaced. 0, -ENOMEM or -EDQUOT. */
int __must_check cssp_krb5_message_frame(const struct cssp_krb5_token *t,
					 struct cssp_vbuf *token);

/* TGT-REQ for @target, SERVICE/HOST. @token: out: replaced. 0, -ENOMEM or -EDQUOT. */
int __must_check cssp_krb5_message_tgt_req(const struct cssp_rd *target,
					   struct cssp_vbuf *token);

/* TGT-REP with @ticket, framed. @token: out: replaced. 0, -ENOMEM or -EDQUOT. */
int __must_check cssp_krb5_message_tgt_rep(const struct cssp_rd *ticket,
					   struct cssp_vbuf *token);

/* The client's @name for the report, with NUL. @client: out: replaced. -ENOMEM or -EDQUOT. */
int __must_check cssp_krb5_message_client(const struct cssp_rd *name, struct cssp_vbuf *client);

/**
 * cssp_krb5_message_error() - a KRB-ERROR of the peer
 * @body: the message, which nothing protects
 * @o: out: what it says
 *
 * Return: an errno, never 0; -EBADMSG when @body is malformed.
 */
int __must_check cssp_krb5_message_error(const struct cssp_rd *body,
					 struct cssp_krb5_outcome *o);

#endif
