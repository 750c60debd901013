// SPDX-License-Identifier: GPL-2.0-only
/* The choice of mechanisms: by credential, policy, and what the peer lists (MS-SPNG 2.2.1). */
#include "spnego_choice.h"

#include <linux/bits.h>
#include <linux/kernel.h>

#include "../base/status.h"
#include "encode.h"

/* Room for a MechTypeList: the longest OID has 10 bytes, each has a header of 2. */
#define MECH_LIST_ROOM(count)	(4 + 12 * (count))

static bool choice_has(const struct cssp_spnego_choice *c, unsigned int row)
{
	return c->rows & BIT(row);
}

/* The first row from @row on that may be offered; @c->count: none. */
static unsigned int choice_from(const struct cssp_spnego_choice *c, unsigned int row)
{
	while (row < c->count && !choice_has(c, row))
		row++;
	return row;
}

/*
 * The user of a cache or keytab has no password: it is not the same as an empty one. That of
 * a certificate is a PIN.
 */
static bool choice_has_password(const struct cssp_mech_params *p)
{
	return p->id->user.len && (!p->tickets || p->tickets->source == CREDSSP_TICKETS_AUTO);
}

/* Do policy and credential allow this mechanism? */
static bool choice_may_offer(const struct cssp_mech_ops *ops, const struct cssp_mech_params *p)
{
	if (ops->needs_tickets)
		return p->tickets;
	return !p->no_ntlm && choice_has_password(p);
}

/* No row is left: the credential has nothing to log on with, or only what a policy forbids. */
static int choice_none(const struct cssp_mech_params *params)
{
	return params->no_ntlm ? CSSP_E_NTLM_ONLY : CSSP_E_NO_CREDS;
}

static_assert(CSSP_SPNEGO_MAX_MECHS <= 32);

/* Keep the rows whose mechanism @may be used. */
static int choice_fill(struct cssp_spnego_choice *c, const struct cssp_mech_params *params,
		       bool (*may)(const struct cssp_mech_ops *ops,
				   const struct cssp_mech_params *p))
{
	unsigned int row;

	c->rows = 0;
	for (row = 0; row < c->count; row++)
		if (may(c->offers[row].ops, params))
			c->rows |= BIT(row);
	c->first = choice_from(c, 0);
	return c->first < c->count ? 0 : choice_none(params);
}

int cssp_spnego_choice_make(struct cssp_spnego_choice *c, const struct cssp_mech_params *params)
{
	return choice_fill(c, params, choice_may_offer);
}

/* Mechanisms that are named are the only ones; CREDSSP_MECH_NEGOTIATE names none. */
static bool choice_may_accept(const struct cssp_mech_ops *ops, const struct cssp_mech_params *p)
{
	const u32 named = p->mechs & (CREDSSP_MECH_NTLM | CREDSSP_MECH_KERBEROS);
	const u32 mech = ops->needs_ntlm ? CREDSSP_MECH_NTLM : CREDSSP_MECH_KERBEROS;

	if (ops->needs_ntlm && p->no_ntlm)
		return false;
	return !named || named & mech;
}

int cssp_spnego_choice_accept(struct cssp_spnego_choice *c, const struct cssp_mech_params *params)
{
	return choice_fill(c, params, choice_may_accept);
}

/* The rows of the table whose OIDs stand in @mech_list, which the decoder has checked */
static int choice_listed(const struct cssp_spnego_choice *c, const struct cssp_rd *mech_list,
			 u32 *rows)
{
	enum cssp_spnego_mech mech;
	struct cssp_rd mechs, oid;
	unsigned int row;
	int ret;

	*rows = 0;
	ret = cssp_spnego_mech_list_open(mech_list, &mechs);
	if (ret)
		return ret;
	while (mechs.left) {
		ret = cssp_spnego_mech_next(&mechs, &oid);
		if (ret)
			return ret;
		mech = cssp_spnego_mech_of(&oid);
		for (row = 0; row < c->count; row++)
			if (c->offers[row].mech == mech)
				*rows |= BIT(row);
	}
	return 0;
}

int cssp_spnego_choice_narrow(struct cssp_spnego_choice *c, const struct cssp_mech_params *params,
			      const struct cssp_rd *hint, u32 *passed_over)
{
	struct cssp_spnego_choice new = *c;
	struct cssp_spnego_init init;
	u32 listed;
	int ret;

	ret = cssp_spnego_init_decode(hint, &init);
	if (ret)
		return ret;
	ret = choice_listed(c, &init.mech_list, &listed);
	if (ret)
		return ret;
	if (!listed)
		return CSSP_E_WEAK;
	new.rows &= listed;
	new.first = choice_from(&new, 0);
	if (new.first == new.count)
		return choice_none(params);
	if (new.offers[new.first].ops != c->offers[c->first].ops)
		*passed_over = CREDSSP_REASON_NOT_CHOSEN;
	*c = new;
	return 0;
}

unsigned int cssp_spnego_choice_next(const struct cssp_spnego_choice *c, unsigned int row)
{
	const struct cssp_mech_ops *ops = c->offers[row].ops;

	do
		row = choice_from(c, row + 1);
	while (row < c->count && c->offers[row].ops == ops);
	return row;
}

unsigned int cssp_spnego_choice_find(const struct cssp_spnego_choice *c,
				     const struct cssp_rd *oid)
{
	enum cssp_spnego_mech mech = cssp_spnego_mech_of(oid);
	unsigned int row = choice_from(c, c->first);

	while (row < c->count && c->offers[row].mech != mech)
		row = choice_from(c, row + 1);
	return row;
}

int cssp_spnego_choice_write(const struct cssp_spnego_choice *c, struct cssp_vbuf *mech_list)
{
	enum cssp_spnego_mech mechs[CSSP_SPNEGO_MAX_MECHS];
	unsigned int count = 0, row;
	struct cssp_wr wr;
	int ret;

	for (row = choice_from(c, c->first); row < c->count; row = choice_from(c, row + 1))
		mechs[count++] = c->offers[row].mech;
	ret = cssp_encode_begin(mech_list, MECH_LIST_ROOM(count), &wr);
	if (ret)
		return ret;
	cssp_spnego_mech_list_encode(mechs, count, &wr);
	return cssp_encode_end(mech_list, &wr);
}

/* Nothing that is listed may be used. NTLM that a policy forbids has an errno of its own. */
static int choice_none_listed(const struct cssp_spnego_choice *c,
			      const struct cssp_mech_params *params,
			      const struct cssp_rd *mech_list)
{
	unsigned int row;
	u32 listed;
	int ret;

	ret = choice_listed(c, mech_list, &listed);
	if (ret)
		return ret;
	for (row = 0; row < c->count; row++)
		if (listed & BIT(row) && c->offers[row].ops->needs_ntlm && params->no_ntlm)
			return CSSP_E_NTLM_ONLY;
	return CSSP_E_WEAK;
}

int cssp_spnego_choice_pick(const struct cssp_spnego_choice *c,
			    const struct cssp_mech_params *params,
			    const struct cssp_rd *mech_list, struct cssp_spnego_pick *pick)
{
	struct cssp_rd mechs;
	int ret;

	pick->is_first = true;
	ret = cssp_spnego_mech_list_open(mech_list, &mechs);
	if (ret)
		return ret;
	while (mechs.left) {
		ret = cssp_spnego_mech_next(&mechs, &pick->oid);
		if (ret)
			return ret;
		pick->row = cssp_spnego_choice_find(c, &pick->oid);
		if (pick->row < c->count)
			return 0;
		pick->is_first = false;
	}
	return choice_none_listed(c, params, mech_list);
}

void cssp_spnego_choice_drop(struct cssp_spnego_choice *c, unsigned int row)
{
	const struct cssp_mech_ops *ops = c->offers[row].ops;

	for (row = 0; row < c->count; row++)
		if (c->offers[row].ops == ops)
			c->rows &= ~BIT(row);
	c->first = choice_from(c, 0);
}

void cssp_spnego_choice_drop_row(struct cssp_spnego_choice *c, unsigned int row)
{
	c->rows &= ~BIT(row);
	c->first = choice_from(c, 0);
}
