/* SPDX-License-Identifier: GPL-2.0-only */
/* Which mechanisms SPNEGO's initiator offers; for mech/spnego.c and its tests only. */
#ifndef CSSP_MECH_SPNEGO_CHOICE_H
#define CSSP_MECH_SPNEGO_CHOICE_H

#include "../wire/spnego_msg.h"
#include "mech.h"

/*
 * A mechanism to offer: one row per OID. Rows of the same mechanism stand together, and
 * its token does not depend on the row.
 */
struct cssp_spnego_offer {
	enum cssp_spnego_mech mech;
	const struct cssp_mech_ops *ops;
};

/**
 * struct cssp_spnego_choice - the mechanisms that may be offered
 * @offers: the table, in order of preference; borrowed
 * @count: its rows, at most CSSP_SPNEGO_MAX_MECHS
 * @rows: bit mask of the rows that credential, policy and server allow
 * @first: the first row that is offered; @count: none
 */
struct cssp_spnego_choice {
	const struct cssp_spnego_offer *offers;
	unsigned int count;
	u32 rows;
	unsigned int first;
};

/**
 * cssp_spnego_choice_make() - the rows that credential and policy allow
 * @c: out; @c->offers and @c->count are set
 * @params: of the mechanisms
 *
 * Return: 0; CSSP_E_NO_CREDS or CSSP_E_NTLM_ONLY if there is none.
 */
int __must_check cssp_spnego_choice_make(struct cssp_spnego_choice *c,
					 const struct cssp_mech_params *params);

/**
 * cssp_spnego_choice_narrow() - keep the rows that a server lists (MS-SPNG 3.2.5.2)
 * @c: changed on success
 * @params: of the mechanisms
 * @hint: NegTokenInit or NegTokenInit2 of the server; only its MechTypeList counts
 * @passed_over: out: CREDSSP_REASON_NOT_CHOSEN if the best mechanism is not listed
 *
 * Return: 0; -EBADMSG; CSSP_E_WEAK if the server lists none of the table;
 * CSSP_E_NTLM_ONLY or CSSP_E_NO_CREDS if it lists only what policy or credential forbid.
 */
int __must_check cssp_spnego_choice_narrow(struct cssp_spnego_choice *c,
					   const struct cssp_mech_params *params,
					   const struct cssp_rd *hint, u32 *passed_over);

/* The next row after @row with another mechanism that may be offered; @c->count: none. */
unsigned int cssp_spnego_choice_next(const struct cssp_spnego_choice *c, unsigned int row);

/* The row with this OID that was offered; @c->count: none. */
unsigned int cssp_spnego_choice_find(const struct cssp_spnego_choice *c,
				     const struct cssp_rd *oid);

/* The MechTypeList of the rows from @c->first on. 0, -ENOMEM or -EDQUOT. */
int __must_check cssp_spnego_choice_write(const struct cssp_spnego_choice *c,
					  struct cssp_vbuf *mech_list);

#endif
