/* SPDX-License-Identifier: GPL-2.0-only */
/* The Kerberos acceptor; for mech/krb5_acceptor.c and its tests only. */
#ifndef CSSP_MECH_KRB5_ACCEPTOR_H
#define CSSP_MECH_KRB5_ACCEPTOR_H

#include "krb5_acceptor_upcall.h"
#include "krb5_context.h"

enum cssp_krb5_acceptor_state {
	CSSP_KRB5_ACC_AWAIT,		/* AP-REQ or TGT-REQ expected */
	CSSP_KRB5_ACC_TGT_SENT,		/* user-to-user AP-REQ expected */
	CSSP_KRB5_ACC_ESTABLISHED,	/* messages have keys */
	CSSP_KRB5_ACC_DEAD,
	CSSP_KRB5_ACC_STATES
};

/**
 * struct cssp_krb5_acceptor - a Kerberos acceptor
 * @context: the part that the initiator has as well; keyed in ESTABLISHED
 * @tickets: names the keytab; borrowed
 * @spn: SERVICE/HOST of the service, or empty
 * @bindings: borrowed, may be NULL
 * @missing_bindings: as in struct cssp_mech_params
 * @state: written by the dispatcher only
 * @upcall: conversation with the helper
 */
struct cssp_krb5_acceptor {
	struct cssp_krb5_context context;
	const struct cssp_tickets *tickets;
	struct cssp_vbuf spn;
	const u8 *bindings;
	bool missing_bindings;
	enum cssp_krb5_acceptor_state state;
	struct cssp_krb5_upcall upcall;
};

static inline struct cssp_krb5_acceptor *cssp_krb5_acceptor_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_krb5_acceptor, context.base);
}

#endif
