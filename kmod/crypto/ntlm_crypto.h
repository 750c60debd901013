/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Keys, proofs and per-message protection of NTLM, MS-NLMP 3.3.2 and 3.4. This
 * module implements NTLMv2 with extended session security and 128-bit keys only.
 */
#ifndef CSSP_CRYPTO_NTLM_CRYPTO_H
#define CSSP_CRYPTO_NTLM_CRYPTO_H

#include <crypto/arc4.h>
#include "../base/vbuf.h"
#include "../wire/ntlm_msg.h"
#include "hash.h"

#define CSSP_NTLM_SIGNATURE_SIZE	16	/* NTLMSSP_MESSAGE_SIGNATURE, 2.2.2.9 */

/*
 * The longest message that is signed or sealed, in bytes. CredSSP seals a public
 * key or TSCredentials; both fit in a TSRequest of CREDSSP_MAX_TOKEN bytes.
 */
#define CSSP_NTLM_MAX_MESSAGE		65536

/**
 * struct cssp_ntlm_crypto - the algorithms of one mechanism
 * @md4: shared; NULL where the kernel has none: cssp_md4() takes its place
 * @md5: shared
 *
 * They live as long as the module, and keep no keys.
 */
struct cssp_ntlm_crypto {
	struct crypto_shash *md4;
	struct crypto_shash *md5;
};

/* Find the algorithms. 0, -ENOPKG when one is missing (fips=1), -ENOMEM. May sleep. */
int __must_check cssp_ntlm_crypto_init(struct cssp_ntlm_crypto *c);

/* NTOWFv1 of a UTF-16LE password, MS-NLMP 3.3.1. */
int __must_check cssp_ntlm_ntowfv1(struct cssp_ntlm_crypto *c,
				   const struct cssp_rd *password,
				   u8 hash[CSSP_NTLM_KEY_SIZE]);

/**
 * cssp_ntlm_ntowfv2() - the response key, MS-NLMP 3.3.2
 * @c: algorithms
 * @nt_hash: NTOWFv1
 * @user: UTF-16LE; the function converts it to upper case
 * @domain: UTF-16LE, exactly as in the AUTHENTICATE message
 * @key: out: the response key
 *
 * Return: 0 or a negative errno.
 */
int __must_check cssp_ntlm_ntowfv2(struct cssp_ntlm_crypto *c,
				   const u8 nt_hash[CSSP_NTLM_KEY_SIZE],
				   const struct cssp_rd *user, const struct cssp_rd *domain,
				   u8 key[CSSP_NTLM_KEY_SIZE]);

/* NTProofStr over the server's challenge and the client's 'temp', MS-NLMP 3.3.2. */
int __must_check cssp_ntlm_proof(struct cssp_ntlm_crypto *c,
				 const u8 response_key[CSSP_NTLM_KEY_SIZE],
				 const struct cssp_rd *server_challenge,
				 const struct cssp_rd *temp, u8 proof[CSSP_NTLM_PROOF_SIZE]);

/* SessionBaseKey, which is also the KeyExchangeKey of NTLMv2 (MS-NLMP 3.4.5.1). */
int __must_check cssp_ntlm_session_base_key(struct cssp_ntlm_crypto *c,
					    const u8 response_key[CSSP_NTLM_KEY_SIZE],
					    const u8 proof[CSSP_NTLM_PROOF_SIZE],
					    u8 key[CSSP_NTLM_KEY_SIZE]);

/*
 * Convert the exported session key to EncryptedRandomSessionKey, or back: RC4 is
 * its own inverse (MS-NLMP 3.1.5.1.2, 3.2.5.1.2). 0 or -ENOMEM.
 */
int __must_check cssp_ntlm_key_exchange(const u8 key_exchange_key[CSSP_NTLM_KEY_SIZE],
					const u8 in[CSSP_NTLM_KEY_SIZE],
					u8 out[CSSP_NTLM_KEY_SIZE]);

/**
 * cssp_ntlm_message_mic() - the MIC over the three messages, MS-NLMP 3.1.5.1.2
 * @c: algorithms
 * @session_key: the exported session key
 * @negotiate, @challenge: raw bytes as sent and received
 * @authenticate: raw bytes with the MIC field, which counts as zeros
 * @mic: out: the MIC
 *
 * Return: 0; -EBADMSG when @authenticate is too short to have a MIC; or an errno
 * of the kernel crypto API.
 */
int __must_check cssp_ntlm_message_mic(struct cssp_ntlm_crypto *c,
				       const u8 session_key[CSSP_NTLM_KEY_SIZE],
				       const struct cssp_rd *negotiate,
				       const struct cssp_rd *challenge,
				       const struct cssp_rd *authenticate,
				       u8 mic[CSSP_NTLM_MIC_SIZE]);

/* The direction of a struct cssp_ntlm_dir. */
enum cssp_ntlm_way {
	CSSP_NTLM_CLIENT_TO_SERVER,
	CSSP_NTLM_SERVER_TO_CLIENT,
};

/**
 * struct cssp_ntlm_dir - per-message state of one direction
 * @sign_key, @seal_key: SIGNKEY and SEALKEY, MS-NLMP 3.4.5.2 and 3.4.5.3
 * @rc4: the running stream, if @keyed. Many contexts never seal a message, and the key
 *	schedule takes as long as a dozen digests
 * @keyed: @rc4 has its key
 * @plain_sum: checksums are not encrypted, because no key exchange is negotiated
 * @seq: number of the next message; a message of the peer must have this number
 */
struct cssp_ntlm_dir {
	u8 sign_key[CSSP_NTLM_KEY_SIZE];
	u8 seal_key[CSSP_NTLM_KEY_SIZE];
	struct arc4_ctx rc4;
	bool keyed;
	bool plain_sum;
	u32 seq;
};

/*
 * Derive the keys of @way from the exported session key. Checksums are encrypted until the
 * caller sets @plain_sum. 0 or an errno of the crypto API.
 */
int __must_check cssp_ntlm_dir_init(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
				    enum cssp_ntlm_way way,
				    const u8 session_key[CSSP_NTLM_KEY_SIZE]);

/*
 * Restart the RC4 stream without restarting the sequence numbers, as SPNEGO does
 * after a mechListMIC (MS-SPNG 3.2.5.1, 3.3.5.1).
 */
void cssp_ntlm_dir_reset(struct cssp_ntlm_dir *dir);
void cssp_ntlm_dir_wipe(struct cssp_ntlm_dir *dir);

/*
 * Append signature || ciphertext of @plain to @out. A failure changes nothing:
 * -EMSGSIZE, -EOVERFLOW (no sequence number is left), -ENOMEM, -EDQUOT.
 */
int __must_check cssp_ntlm_seal(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
				const struct cssp_rd *plain, struct cssp_vbuf *out);

/**
 * cssp_ntlm_unseal() - the reverse of cssp_ntlm_seal()
 * @c: algorithms
 * @dir: the peer's direction
 * @sealed: signature || ciphertext
 * @out: the plaintext is appended; unchanged on failure
 *
 * The direction must not be used after a failure: its RC4 stream has advanced.
 *
 * Return: 0; -EKEYREJECTED when the checksum or the number is wrong;
 * -EBADMSG when @sealed is shorter than a signature; -EMSGSIZE, -EOVERFLOW,
 * -ENOMEM, -EDQUOT.
 */
int __must_check cssp_ntlm_unseal(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
				  const struct cssp_rd *sealed, struct cssp_vbuf *out);

/* GSS_GetMIC of @message. A failure changes nothing: -EMSGSIZE, -EOVERFLOW. */
int __must_check cssp_ntlm_sign(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
				const struct cssp_rd *message,
				u8 signature[CSSP_NTLM_SIGNATURE_SIZE]);
/* GSS_VerifyMIC; fails as cssp_ntlm_unseal() does. */
int __must_check cssp_ntlm_verify(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
				  const struct cssp_rd *message,
				  const struct cssp_rd *signature);

#endif
