/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shares of a quota by address, so that the clients of one address leave room for those of
 * others. An address may use as much as everybody together leaves free: one alone gets the
 * half, two get a third each, and of N addresses each gets one part of N + 1. So there is
 * always room for one more address.
 */
#ifndef CSSP_BASE_SHARE_H
#define CSSP_BASE_SHARE_H

#include <uapi/linux/credssp.h>

#include "quota.h"

/* What one address uses of a quota; exists as long as there is a charge. */
struct cssp_share;

/**
 * cssp_share_charge() - count one more charge of a quota as that of an address
 * @share: out: for cssp_share_uncharge(); NULL for AF_UNSPEC, which has no share
 * @quota: charged with one of @what already; borrowed until the share is given back
 * @what: resource
 * @peer: address. One of IPv6 counts with its /64, which a client has as a whole; the port
 *	does not count
 *
 * Context: may sleep.
 * Return: 0; -EDQUOT if the address uses more than is free; -ENOMEM.
 */
int __must_check cssp_share_charge(struct cssp_share **share, struct cssp_quota *quota,
				   enum cssp_resource what, const struct credssp_address *peer);
/* Take one charge back. NULL is fine. */
void cssp_share_uncharge(struct cssp_share *share);

#endif
