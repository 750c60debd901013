/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The Kerberos acceptor's conversation with the helper, which has the keytab and the replay
 * cache; for mech/krb5_acceptor.c and its tests only.
 */
#ifndef CSSP_MECH_KRB5_ACCEPTOR_UPCALL_H
#define CSSP_MECH_KRB5_ACCEPTOR_UPCALL_H

#include "krb5_upcall.h"

/**
 * struct cssp_krb5_service - whose keys the acceptor has
 * @keytab: name of the keytab in UTF-8; empty: the requester's default one
 * @spn: SERVICE/HOST, for which the initiator's ticket must be; empty: any of the keytab
 * @bindings: MD5 of the channel bindings, CSSP_BINDINGS_SIZE bytes, or NULL
 * @missing_bindings: the initiator may leave them out
 */
struct cssp_krb5_service {
	struct cssp_rd keytab;
	struct cssp_rd spn;
	const u8 *bindings;
	bool missing_bindings;
};

/**
 * cssp_krb5_upcall_tgt() - ask for the acceptor's own TGT; begins the conversation
 * @u: the conversation, not begun
 * @s: the service
 * @a: out: on success the reply CONTINUE, whose @message is the Ticket; freed with
 *	cssp_krb5_answer_free() in any case
 * @o: out: what is to be reported
 *
 * Context: may sleep.
 * Return: as cssp_krb5_upcall_init().
 */
int __must_check cssp_krb5_upcall_tgt(struct cssp_krb5_upcall *u,
				      const struct cssp_krb5_service *s,
				      struct cssp_krb5_answer *a, struct cssp_krb5_outcome *o);

/**
 * cssp_krb5_upcall_accept() - pass an AP-REQ and get the key; ends the conversation
 * @u: the conversation: after cssp_krb5_upcall_tgt() the AP-REQ is user-to-user, with that
 *	TGT; else it is begun
 * @s: the service
 * @ap_req: the initiator's message
 * @a: out: on success the reply DONE; after a failure @message may be a KRB-ERROR to send, and
 *	is empty otherwise; freed with cssp_krb5_answer_free() in any case
 * @o: out: what is to be reported
 *
 * Context: may sleep.
 * Return: as cssp_krb5_upcall_init().
 */
int __must_check cssp_krb5_upcall_accept(struct cssp_krb5_upcall *u,
					 const struct cssp_krb5_service *s,
					 const struct cssp_rd *ap_req,
					 struct cssp_krb5_answer *a,
					 struct cssp_krb5_outcome *o);

#endif
