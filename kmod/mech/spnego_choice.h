/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which mechanisms SPNEGO's initiator offers, and which one its acceptor chooses; for the two
 * and their tests only.
 */
#ifndef CSSP_MECH_SPNEGO_CHOICE_H
#define CSSP_MECH_SPNEGO_CHOICE_H

#include "../wire/spnego_msg.h"
#include "mech.h"

/*
 * A mechanism to offer or to accept: one row per OID. Rows of the same mechanism stand
 * together, and its token does not depend on the row.
 */
struct cssp_spnego_offer {
	enum cssp_spnego_mech mech;
	const struct cssp_mech_ops *ops;
};

/**
 * struct cssp_spnego_choice - the mechanisms that may be used
 * @offers: the table, the initiator's in order of preference; borrowed
 * @count: its rows, at most CSSP_SPNEGO_MAX_MECHS
 * @rows: bit mask of the rows that credential, policy and server allow
 * @first: the first of these rows; @count: none
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

/* The row with this OID, from @c->first on, that may be used; @c->count: none. */
unsigned int cssp_spnego_choice_find(const struct cssp_spnego_choice *c,
				     const struct cssp_rd *oid);

/* The MechTypeList of the rows from @c->first on. 0, -ENOMEM or -EDQUOT. */
int __must_check cssp_spnego_choice_write(const struct cssp_spnego_choice *c,
					  struct cssp_vbuf *mech_list);

/**
 * cssp_spnego_choice_accept() - the rows that an acceptor's credential and policy allow
 * @c: out; @c->offers and @c->count are set
 * @params: of the mechanisms
 *
 * Return: as cssp_spnego_choice_make().
 */
int __must_check cssp_spnego_choice_accept(struct cssp_spnego_choice *c,
					   const struct cssp_mech_params *params);

/**
 * struct cssp_spnego_pick - the acceptor's choice
 * @row: its row
 * @oid: its OID in the initiator's list, borrowed; supportedMech repeats it, because Windows
 *	expects the one of its two for Kerberos that it lists first
 * @is_first: it is the first one of that list, so that the mechToken is for it
 */
struct cssp_spnego_pick {
	unsigned int row;
	struct cssp_rd oid;
	bool is_first;
};

/**
 * cssp_spnego_choice_pick() - the first mechanism of the initiator's list that may be used
 * @c: what may be used
 * @params: of the mechanisms
 * @mech_list: MechTypeList, which the decoder has checked
 * @pick: out: the choice
 *
 * Return: 0; CSSP_E_WEAK if there is none, CSSP_E_NTLM_ONLY if that is because of a policy.
 */
int __must_check cssp_spnego_choice_pick(const struct cssp_spnego_choice *c,
					 const struct cssp_mech_params *params,
					 const struct cssp_rd *mech_list,
					 struct cssp_spnego_pick *pick);

/* Never pick the mechanism of this row, under any of its OIDs. */
void cssp_spnego_choice_drop(struct cssp_spnego_choice *c, unsigned int row);
/* Never pick this row; others of its mechanism stay. */
void cssp_spnego_choice_drop_row(struct cssp_spnego_choice *c, unsigned int row);

#endif
