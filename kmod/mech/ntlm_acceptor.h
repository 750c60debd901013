/* SPDX-License-Identifier: GPL-2.0-only */
/* The NTLM acceptor; for mech/ntlm_acceptor.c and its tests only. */
#ifndef CSSP_MECH_NTLM_ACCEPTOR_H
#define CSSP_MECH_NTLM_ACCEPTOR_H

#include "ntlm_challenge.h"
#include "ntlm_logon_upcall.h"
#include "ntlm_session.h"

enum cssp_ntlm_acceptor_state {
	CSSP_NTLM_ACC_START,		/* NEGOTIATE expected */
	CSSP_NTLM_ACC_CHALLENGED,	/* CHALLENGE sent, AUTHENTICATE expected */
	CSSP_NTLM_ACC_ESTABLISHED,	/* messages have keys */
	CSSP_NTLM_ACC_DEAD,
	CSSP_NTLM_ACC_STATES
};

/*
 * Bytes of the longest NEGOTIATE: its header and two OEM names of 255 characters, with room
 * to spare. It is kept, before anything is known of the initiator.
 */
#define CSSP_NTLM_MAX_NEGOTIATE	1024

/**
 * struct cssp_ntlm_acceptor - an NTLM acceptor
 * @session: the part that the initiator has as well; keyed in ESTABLISHED
 * @id: its domain is announced; borrowed, may be NULL; NULL in ESTABLISHED
 * @bindings: borrowed, may be NULL; NULL in ESTABLISHED
 * @missing_bindings: as in struct cssp_mech_params
 * @needed: flags that the initiator must have: all of CSSP_NTLM_STRONG_FLAGS, or without those
 *	that are optional
 * @peer: borrowed, may be NULL
 * @host: this machine's name; borrowed, may be NULL
 * @upcall: how the helper is asked
 * @state: written by the dispatcher only
 * @nonce: filled by create(). A test of a known exchange overwrites it before the first step
 * @negotiate: as received, for the MIC; freed in ESTABLISHED
 * @challenge: as sent, for the MIC and the checks; freed in ESTABLISHED
 */
struct cssp_ntlm_acceptor {
	struct cssp_ntlm_session session;
	const struct cssp_identity *id;
	const u8 *bindings;
	bool missing_bindings;
	u32 needed;
	const struct credssp_address *peer;
	const char *host;
	struct cssp_ntlm_upcall upcall;
	enum cssp_ntlm_acceptor_state state;
	struct cssp_ntlm_nonce nonce;
	struct cssp_vbuf negotiate;
	struct cssp_vbuf challenge;
};

static inline struct cssp_ntlm_acceptor *cssp_ntlm_acceptor_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_ntlm_acceptor, session.base);
}

#endif
