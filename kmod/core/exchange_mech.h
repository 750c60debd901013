/* SPDX-License-Identifier: GPL-2.0-only */
/* The exchange of an inner package: the mechanism's tokens, without TLS. */
#ifndef CSSP_CORE_EXCHANGE_MECH_H
#define CSSP_CORE_EXCHANGE_MECH_H

#include "../mech/mech.h"

/**
 * struct cssp_inner - one exchange, and the messages after it
 * @mech: the mechanism; stays after the exchange, because it seals the messages
 * @progress: progress of @mech
 * @input: the peer's next token
 * @legs: number of steps
 * @facts: what the mechanism tells, after its end as well
 * @reason: enum credssp_reason of the failure
 *
 * All-zero before the exchange begins.
 */
struct cssp_inner {
	struct cssp_mech *mech;
	enum cssp_mech_progress progress;
	struct cssp_vbuf input;
	unsigned int legs;
	struct cssp_mech_facts facts;
	u32 reason;
};

#endif
