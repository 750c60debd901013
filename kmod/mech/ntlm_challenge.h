/* SPDX-License-Identifier: GPL-2.0-only */
/* The CHALLENGE of an NTLM acceptor; for mech/ntlm_acceptor.c only. */
#ifndef CSSP_MECH_NTLM_CHALLENGE_H
#define CSSP_MECH_NTLM_CHALLENGE_H

#include "../base/vbuf.h"
#include "../wire/ntlm_av.h"

/**
 * struct cssp_ntlm_nonce - values drawn anew for each exchange
 * @time: FILETIME
 * @server_challenge: nonce
 */
struct cssp_ntlm_nonce {
	u64 time;
	u8 server_challenge[CSSP_NTLM_CHALLENGE_SIZE];
};

/**
 * cssp_ntlm_challenge_make() - CHALLENGE for a NEGOTIATE, MS-NLMP 3.2.5.1.1
 * @negotiate: NEGOTIATE as the initiator sent it
 * @needed: CSSP_NTLM_* that it must ask for, beside NTLM
 * @domain: NetBIOS domain to announce, in UTF-16LE; empty: this machine's own accounts
 * @host: this machine's name
 * @nonce: of this exchange
 * @token: out: replaced
 * @reason: out: CREDSSP_REASON_MECH_WEAK, else unchanged
 *
 * Context: may sleep.
 * Return: 0; -EBADMSG when @negotiate is malformed; -ENOPKG when it asks for too little;
 * -EMSGSIZE; -ENOMEM, -EDQUOT.
 */
int __must_check cssp_ntlm_challenge_make(const struct cssp_rd *negotiate, u32 needed,
					  const struct cssp_rd *domain, const char *host,
					  const struct cssp_ntlm_nonce *nonce,
					  struct cssp_vbuf *token, u32 *reason);

#endif
