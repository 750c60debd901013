/* SPDX-License-Identifier: GPL-2.0-only */
/* The NTLM initiator; for mech/ntlm.c, mech/ntlm_message.c and their tests only. */
#ifndef CSSP_MECH_NTLM_H
#define CSSP_MECH_NTLM_H

#include "ntlm_session.h"

enum cssp_ntlm_state {
	CSSP_NTLM_STATE_START,
	CSSP_NTLM_STATE_NEGOTIATED,	/* NEGOTIATE sent, CHALLENGE expected */
	CSSP_NTLM_STATE_ESTABLISHED,	/* AUTHENTICATE sent, messages have keys */
	CSSP_NTLM_STATE_DEAD,
	CSSP_NTLM_STATES
};

/**
 * struct cssp_ntlm_fresh - values drawn anew for each exchange
 * @time: FILETIME, used when the CHALLENGE has no timestamp
 * @client_challenge: nonce
 * @session_key: the exported session key
 *
 * Filled by create(). A test of a published example overwrites it before the first
 * step.
 */
struct cssp_ntlm_fresh {
	u64 time;
	u8 client_challenge[CSSP_NTLM_CHALLENGE_SIZE];
	u8 session_key[CSSP_NTLM_KEY_SIZE];
};

/**
 * struct cssp_ntlm - an NTLM initiator
 * @session: the part that the acceptor has as well; keyed in ESTABLISHED
 * @id: borrowed; NULL in ESTABLISHED
 * @target: SPN in UTF-16LE; freed in ESTABLISHED
 * @bindings: MD5 of the channel bindings, or NULL; borrowed, NULL in ESTABLISHED
 * @state: written by the dispatcher only
 * @negotiate: NEGOTIATE as sent, for the MIC; freed in ESTABLISHED
 * @fresh: wiped in ESTABLISHED
 */
struct cssp_ntlm {
	struct cssp_ntlm_session session;
	const struct cssp_identity *id;
	struct cssp_vbuf target;
	const u8 *bindings;
	enum cssp_ntlm_state state;
	struct cssp_vbuf negotiate;
	struct cssp_ntlm_fresh fresh;
};

static inline struct cssp_ntlm *cssp_ntlm_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_ntlm, session.base);
}

#endif
