/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A scripted NTLM initiator for tests, with a knob for each thing that an acceptor must
 * refuse. All that a knob does not change is right: the proof and the MIC are those of the
 * message that is sent.
 */
#ifndef KUNIT_NTLM_CLIENT_H
#define KUNIT_NTLM_CLIENT_H

#include "crypto/ntlm_crypto.h"
#include "mech/mech.h"

#define NTLM_CLIENT_WRONG_MIC	BIT(0)	/* one bit of it is flipped */
#define NTLM_CLIENT_ZERO_MIC	BIT(1)	/* announced, and left zero */
#define NTLM_CLIENT_V1		BIT(2)	/* NtChallengeResponse of 24 bytes */
#define NTLM_CLIENT_LM_ONLY	BIT(3)	/* LMv2 response, and no NtChallengeResponse */
#define NTLM_CLIENT_LMV2	BIT(4)	/* a right LMv2 response beside NTLMv2 */
#define NTLM_CLIENT_LONG	BIT(5)	/* a response that is longer than the helper takes */

/**
 * struct ntlm_client_knobs - faults of the initiator; all-zero for none
 * @clear_flags, @set_flags: CSSP_NTLM_* in AUTHENTICATE
 * @omit_av, @repeat_av, @alter_av: CSSP_NTLM_AV_BIT() of AV pairs to leave out, to send twice,
 *	and to change in their first byte
 * @extra_av: id of a pair to add, with the value "X", or 0
 * @no_eol: end the list without EOL
 * @no_av_flags: MsvAvFlags announce no MIC
 * @bindings: digest of channel bindings, or NULL
 * @workstation: name of the machine, or NULL
 * @base_key: the exported session key is the KeyExchangeKey, and @enc_size bytes stand for
 *	its encrypted form
 * @enc_size: bytes of EncryptedRandomSessionKey; 0: those of a key, or none with @base_key
 * @quirks: NTLM_CLIENT_*
 */
struct ntlm_client_knobs {
	u32 clear_flags;
	u32 set_flags;
	u32 omit_av;
	u32 repeat_av;
	u32 alter_av;
	u16 extra_av;
	bool no_eol;
	bool no_av_flags;
	const u8 *bindings;
	const char *workstation;
	bool base_key;
	u8 enc_size;
	u32 quirks;
};

/* The flags of Windows' NEGOTIATE for a sealed session */
#define NTLM_CLIENT_WINDOWS_FLAGS	0xe20882b7

/* NEGOTIATE with @flags. 0 or negative errno. */
int __must_check ntlm_client_negotiate(u32 flags, struct cssp_vbuf *out);

/**
 * ntlm_client_authenticate() - AUTHENTICATE for a CHALLENGE
 * @id: who logs on
 * @knobs: NULL for none
 * @negotiate: NEGOTIATE as sent
 * @challenge: CHALLENGE as received
 * @session_key: the exported session key, unless @knobs has @base_key; replaced then
 * @out: replaced
 *
 * Return: 0 or a negative errno.
 */
int __must_check ntlm_client_authenticate(const struct cssp_identity *id,
					  const struct ntlm_client_knobs *knobs,
					  const struct cssp_rd *negotiate,
					  const struct cssp_rd *challenge,
					  u8 session_key[CSSP_NTLM_KEY_SIZE],
					  struct cssp_vbuf *out);

#endif
