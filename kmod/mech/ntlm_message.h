/* SPDX-License-Identifier: GPL-2.0-only */
/* The messages that an NTLM initiator sends; for mech/ntlm.c only. */
#ifndef CSSP_MECH_NTLM_MESSAGE_H
#define CSSP_MECH_NTLM_MESSAGE_H

#include "../base/vbuf.h"

struct cssp_ntlm;

/* NEGOTIATE, MS-NLMP 2.2.1.1. @token: out: replaced. 0, -ENOMEM or -EDQUOT. */
int __must_check cssp_ntlm_negotiate_make(struct cssp_vbuf *token);

/**
 * cssp_ntlm_challenge_answer() - AUTHENTICATE for a CHALLENGE, MS-NLMP 3.1.5.1.2
 * @n: the initiator; only its algorithms are used for writing
 * @challenge: CHALLENGE as the acceptor sent it
 * @token: out: replaced by AUTHENTICATE with its MIC
 * @reason: out: CREDSSP_REASON_MECH_WEAK, else unchanged
 *
 * Context: may sleep.
 * Return: 0; -EBADMSG when @challenge is malformed or lacks a name; -ENOPKG when
 * it is too weak; -ENOMEM, -EDQUOT, or an errno of the kernel crypto API.
 */
int __must_check cssp_ntlm_challenge_answer(struct cssp_ntlm *n,
					    const struct cssp_rd *challenge,
					    struct cssp_vbuf *token, u32 *reason);

#endif
