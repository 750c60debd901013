/* SPDX-License-Identifier: GPL-2.0-only */
/* The Kerberos initiator; for mech/krb5.c and its tests only. */
#ifndef CSSP_MECH_KRB5_H
#define CSSP_MECH_KRB5_H

#include "krb5_context.h"
#include "krb5_upcall.h"

enum cssp_krb5_state {
	CSSP_KRB5_STATE_START,
	CSSP_KRB5_STATE_START_USER,	/* the same for user-to-user */
	CSSP_KRB5_STATE_START_ONE_WAY,	/* ... and for an AP-REQ without an AP-REP */
	CSSP_KRB5_STATE_TGT_REQ_SENT,	/* TGT-REP expected */
	CSSP_KRB5_STATE_AP_REQ_SENT,	/* AP-REP expected */
	CSSP_KRB5_STATE_ESTABLISHED,	/* messages have keys */
	CSSP_KRB5_STATE_DEAD,
	CSSP_KRB5_STATES
};

/**
 * struct cssp_krb5 - a Kerberos initiator
 * @context: the part that the acceptor has as well; keyed in ESTABLISHED
 * @id: borrowed; NULL in ESTABLISHED and DEAD
 * @tickets: borrowed
 * @store: borrowed, may be NULL
 * @target: SERVICE/HOST; empty if the target name has no principal
 * @bindings: MD5 of the channel bindings, or NULL; borrowed, NULL like @id
 * @user_to_user: framed as such; set as well when the KDC or the server demands it
 * @optional: another mechanism can take the place of this one
 * @state: written by the dispatcher only
 * @upcall: conversation with the helper
 * @saved: tickets to be put into @store when the exchange succeeds
 */
struct cssp_krb5 {
	struct cssp_krb5_context context;
	const struct cssp_identity *id;
	const struct cssp_tickets *tickets;
	struct cssp_ticket_store *store;
	struct cssp_vbuf target;
	const u8 *bindings;
	bool user_to_user;
	bool optional;
	enum cssp_krb5_state state;
	struct cssp_krb5_upcall upcall;
	struct cssp_vbuf saved;
};

static inline struct cssp_krb5 *cssp_krb5_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_krb5, context.base);
}

#endif
