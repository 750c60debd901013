/* SPDX-License-Identifier: GPL-2.0-only */
/* What an NTLM acceptor demands of AUTHENTICATE; for mech/ntlm_acceptor.c only. */
#ifndef CSSP_MECH_NTLM_AUTHENTICATE_H
#define CSSP_MECH_NTLM_AUTHENTICATE_H

#include "../wire/ntlm_msg.h"
#include "mech.h"

/* NTSTATUS for errorCode (MS-ERREF 2.3.1) */
#define CSSP_NTLM_LOGON_FAILURE		0xc000006d
#define CSSP_NTLM_BAD_BINDINGS		0xc000035b

/**
 * struct cssp_ntlm_demand - what the acceptor knows and wants
 * @sent: its CHALLENGE
 * @flags: CSSP_NTLM_* that there must be
 * @bindings: digest of the channel bindings, or NULL: those of the initiator are ignored
 * @missing_bindings: the initiator may leave them out
 */
struct cssp_ntlm_demand {
	struct cssp_ntlm_challenge sent;
	u32 flags;
	const u8 *bindings;
	bool missing_bindings;
};

/**
 * struct cssp_ntlm_finding - what the check has found, also if it fails
 * @reason: enum credssp_reason of a failure that has its own, else 0
 * @ntstatus: NTSTATUS of it, else 0
 * @bound: the channel bindings are there, and right
 */
struct cssp_ntlm_finding {
	u32 reason;
	u32 ntstatus;
	bool bound;
};

/**
 * cssp_ntlm_authenticate_has_key() - does EncryptedRandomSessionKey have the exported key?
 * @msg: AUTHENTICATE
 * @flags: CSSP_NTLM_* that are negotiated
 *
 * MS-NLMP 3.1.5.1.2, 3.2.5.1.2: with KEY_EXCH, and SIGN or SEAL; otherwise the exported key is
 * the KeyExchangeKey, and the field empty. But some initiators (gss-ntlmssp) send a key with
 * KEY_EXCH alone, and others (pyspnego) a byte without a meaning. So there its size decides.
 */
bool cssp_ntlm_authenticate_has_key(const struct cssp_ntlm_authenticate *msg, u32 flags);

/**
 * cssp_ntlm_authenticate_check() - is AUTHENTICATE an answer to the CHALLENGE, and strong?
 * @msg: the message; its proof and its MIC are not verified yet
 * @demand: what it must be
 * @finding: out
 *
 * Nothing here depends on accounts. So a refusal tells the initiator nothing about them.
 *
 * Return: 0; -ENOPKG for what is too weak; -EACCES for an anonymous logon; -ECHRNG for wrong
 * channel bindings (MS-NLMP 3.2.5.1.2); -EBADMSG for a response to another CHALLENGE, or a
 * malformed one; -EMSGSIZE.
 */
int __must_check cssp_ntlm_authenticate_check(const struct cssp_ntlm_authenticate *msg,
					      const struct cssp_ntlm_demand *demand,
					      struct cssp_ntlm_finding *finding);

#endif
