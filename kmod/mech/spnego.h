/* SPDX-License-Identifier: GPL-2.0-only */
/* The SPNEGO initiator; for mech/spnego.c and its tests only. */
#ifndef CSSP_MECH_SPNEGO_H
#define CSSP_MECH_SPNEGO_H

#include "spnego_choice.h"

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
 * @base: the part that callers see
 * @params: for the mechanisms
 * @choice: what may be offered; from OFFERED on what was offered
 * @state: written by the dispatcher only
 * @inner: the first mechanism of @choice, whose token NegTokenInit carries, or the one
 *	that the acceptor chose instead; NULL before OFFERED and when dead
 * @mech_list: the MechTypeList as sent, which the mechListMICs cover
 * @mic_needed: the acceptor's final token must prove the choice by its mechListMIC
 *	(RFC 4178 5). In CredSSP that token may be missing, because pubKeyAuth binds the
 *	choice as well
 * @legs: successful steps
 */
struct cssp_spnego {
	struct cssp_mech base;
	struct cssp_mech_params params;
	struct cssp_spnego_choice choice;
	enum cssp_spnego_state state;
	struct cssp_mech *inner;
	struct cssp_vbuf mech_list;
	bool mic_needed;
	unsigned int legs;
};

/* As cssp_spnego_ops.create(), with a table that outlives the mechanism. */
int __must_check cssp_spnego_create_with(struct cssp_mech **mech,
					 const struct cssp_mech_params *params,
					 const struct cssp_spnego_offer *offers,
					 unsigned int count);

#endif
