/* SPDX-License-Identifier: GPL-2.0-only */
/* The SPNEGO acceptor; for mech/spnego_acceptor.c and its tests only. */
#ifndef CSSP_MECH_SPNEGO_ACCEPTOR_H
#define CSSP_MECH_SPNEGO_ACCEPTOR_H

#include "spnego_context.h"

enum cssp_spnego_acceptor_state {
	CSSP_NEGO_ACC_AWAIT,	/* NegTokenInit, or a mechanism's bare token, expected */
	CSSP_NEGO_ACC_BARE,	/* the mechanism's tokens, without SPNEGO */
	CSSP_NEGO_ACC_EXCHANGE,	/* the mechanism's tokens in NegTokenResp */
	CSSP_NEGO_ACC_FINAL,	/* the mechanism is done, the initiator's mechListMIC expected */
	CSSP_NEGO_ACC_DONE,
	CSSP_NEGO_ACC_DEAD,
	CSSP_NEGO_ACC_STATES
};

/**
 * struct cssp_spnego_acceptor - a SPNEGO acceptor
 * @context: the part that the initiator has as well. Its mechanism is the first one of the
 *	initiator's list that can be used, or that of a bare token. Where that is not the
 *	first one of the list, the initiator's mechListMIC is needed
 * @state: written by the dispatcher, and at the end of FINAL
 */
struct cssp_spnego_acceptor {
	struct cssp_spnego_context context;
	enum cssp_spnego_acceptor_state state;
};

/* As cssp_spnego_acceptor_ops.create(), with a table that outlives the mechanism. */
int __must_check cssp_spnego_acceptor_create_with(struct cssp_mech **mech,
						  const struct cssp_mech_params *params,
						  const struct cssp_spnego_offer *offers,
						  unsigned int count);

#endif
