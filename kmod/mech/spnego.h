/* SPDX-License-Identifier: GPL-2.0-only */
/* The SPNEGO initiator; for mech/spnego.c and its tests only. */
#ifndef CSSP_MECH_SPNEGO_H
#define CSSP_MECH_SPNEGO_H

#include "spnego_context.h"

enum cssp_spnego_state {
	CSSP_NEGO_START,
	CSSP_NEGO_OFFERED,	/* NegTokenInit sent, first reply expected */
	CSSP_NEGO_EXCHANGE,	/* more legs of the mechanism */
	CSSP_NEGO_FINAL,	/* last token sent, accept-completed expected */
	CSSP_NEGO_DONE,
	CSSP_NEGO_DEAD,
	CSSP_NEGO_STATES
};

/**
 * struct cssp_spnego - a SPNEGO initiator
 * @context: the part that the acceptor has as well. Its mechanism is the first one of the
 *	choice, whose token NegTokenInit carries, or the one that the acceptor chose instead.
 *	In CredSSP the acceptor's final token, with a MIC that is needed, may be missing,
 *	because pubKeyAuth binds the choice as well
 * @state: written by the dispatcher only
 */
struct cssp_spnego {
	struct cssp_spnego_context context;
	enum cssp_spnego_state state;
};

/* As cssp_spnego_ops.create(), with a table that outlives the mechanism. */
int __must_check cssp_spnego_create_with(struct cssp_mech **mech,
					 const struct cssp_mech_params *params,
					 const struct cssp_spnego_offer *offers,
					 unsigned int count);

#endif
