/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the NTLM initiator and acceptor have in common: the strength that they demand, and the
 * messages that an established session protects (MS-NLMP 3.4). For them and their tests only.
 */
#ifndef CSSP_MECH_NTLM_SESSION_H
#define CSSP_MECH_NTLM_SESSION_H

#include "../crypto/ntlm_crypto.h"
#include "mech.h"

/*
 * Both sides demand them: CredSSP seals a password with these keys. NTLMv2 and the MIC,
 * which have no flag, are demanded as well. Without CredSSP an acceptor's caller may do
 * without SIGN and SEAL, and then without KEY_EXCH too.
 */
#define CSSP_NTLM_STRONG_FLAGS	(CSSP_NTLM_UNICODE | CSSP_NTLM_SIGN | CSSP_NTLM_SEAL |	\
				 CSSP_NTLM_ESS | CSSP_NTLM_128 | CSSP_NTLM_KEY_EXCH)

/*
 * The flags of Windows' NEGOTIATE without OEM and LM_KEY, which this module never
 * uses. Some acceptors insist on REQUEST_TARGET and NTLM.
 */
#define CSSP_NTLM_SPOKEN_FLAGS	(CSSP_NTLM_STRONG_FLAGS | CSSP_NTLM_REQUEST_TARGET |	\
				 CSSP_NTLM_NTLM | CSSP_NTLM_ALWAYS_SIGN |		\
				 CSSP_NTLM_VERSION | CSSP_NTLM_56)

/* VERSION of own messages with CSSP_NTLM_VERSION. */
extern const u8 cssp_ntlm_version[CSSP_NTLM_VERSION_SIZE];

/**
 * struct cssp_ntlm_session - common part of both mechanisms
 * @base: the part that callers see
 * @fail: end the mechanism after a failed message; returns the failure
 * @crypto: algorithms
 * @established: the members below have keys
 * @tx, @rx: own messages, and those of the peer
 * @session_key: the exported session key, until it is taken
 */
struct cssp_ntlm_session {
	struct cssp_mech base;
	int (*fail)(struct cssp_mech *mech, int err);
	struct cssp_ntlm_crypto crypto;
	bool established;
	struct cssp_ntlm_dir tx;
	struct cssp_ntlm_dir rx;
	u8 session_key[CSSP_NTLM_KEY_SIZE];
};

/* @s: all-zero, but for @base.ops and @fail. As cssp_ntlm_crypto_init(). */
int __must_check cssp_ntlm_session_init(struct cssp_ntlm_session *s);

/**
 * cssp_ntlm_session_establish() - key both directions
 * @s: session without keys; after a failure the caller wipes it
 * @tx: direction of the own messages
 * @key: the exported session key
 * @flags: CSSP_NTLM_* that are negotiated
 *
 * Return: 0, or an errno of the kernel crypto API.
 */
int __must_check cssp_ntlm_session_establish(struct cssp_ntlm_session *s,
					     enum cssp_ntlm_way tx,
					     const u8 key[CSSP_NTLM_KEY_SIZE], u32 flags);
/* Wipe the keys. A second call is fine. */
void cssp_ntlm_session_wipe(struct cssp_ntlm_session *s);

/* Members of struct cssp_mech_ops. */
int cssp_ntlm_session_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
			   struct cssp_vbuf *out);
int cssp_ntlm_session_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			     struct cssp_vbuf *out);
int cssp_ntlm_session_sign(struct cssp_mech *mech, const struct cssp_rd *message,
			   struct cssp_vbuf *signature);
int cssp_ntlm_session_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			     const struct cssp_rd *signature);
int cssp_ntlm_session_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
			       struct cssp_vbuf *mic);
int cssp_ntlm_session_check_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
				     const struct cssp_rd *mic);
int cssp_ntlm_session_key(struct cssp_mech *mech, struct cssp_session_key *key);

#endif
