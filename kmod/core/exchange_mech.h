/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * An exchange of an inner package on its own: the mechanism's tokens, without
 * TLS and without a helper.
 */
#ifndef CSSP_CORE_EXCHANGE_MECH_H
#define CSSP_CORE_EXCHANGE_MECH_H

#include "../mech/mech.h"

/**
 * struct cssp_inner - one exchange, and the messages after it
 * @mech: the mechanism; it stays when established, for it seals the messages
 * @progress: how far it is
 * @input: the peer's token that is to be taken next
 * @legs: tokens taken
 * @reason: enum credssp_reason of the failure
 *
 * All-zero is an exchange that was not begun.
 */
struct cssp_inner {
	struct cssp_mech *mech;
	enum cssp_mech_progress progress;
	struct cssp_vbuf input;
	unsigned int legs;
	u32 reason;
};

/* Wipe the keys; the reason stays. */
void cssp_inner_wipe(struct cssp_inner *inner);

#endif
