/* SPDX-License-Identifier: GPL-2.0-only */
/* The result of a finished TLS handshake. */
#ifndef CSSP_TLS_SESSION_H
#define CSSP_TLS_SESSION_H

#include <linux/tls.h>
#include "../base/vbuf.h"

/**
 * struct cssp_tls_direction - keys of one direction as setsockopt(SOL_TLS) takes them
 * @info: common beginning of the other members
 * @aes128, @aes256, @chacha: by @info.cipher_type
 * @size: size of the used member in bytes, 0 when there are no keys
 */
struct cssp_tls_direction {
	union {
		struct tls_crypto_info info;
		struct tls12_crypto_info_aes_gcm_128 aes128;
		struct tls12_crypto_info_aes_gcm_256 aes256;
		struct tls12_crypto_info_chacha20_poly1305 chacha;
	};
	size_t size;
};

/**
 * struct cssp_tls_session - keys and facts of the session
 * @tx: state of the next record that is sent; advanced by the token transport
 * @rx: the same for receiving
 * @version: 0x0303 or 0x0304
 * @cipher: IANA number
 * @record_limit: bytes of plaintext that the peer accepts in one record
 * @resumed: the session continues an earlier one
 * @trust: CREDSSP_TRUST_*
 * @not_after: end of @cert's validity in seconds since 1970, 0 when it has none
 * @cert_sent: the peer got a client certificate, in this handshake or in the full
 *	handshake of the session that is resumed
 * @cert: the server's own certificate, DER: the peer's, or as the server this side's
 * @public_key: its subjectPublicKey, which pubKeyAuth covers (MS-CSSP 3.1.5)
 */
struct cssp_tls_session {
	struct cssp_tls_direction tx;
	struct cssp_tls_direction rx;
	u16 version;
	u16 cipher;
	u16 record_limit;
	bool resumed;
	u32 trust;
	u64 not_after;
	bool cert_sent;
	struct cssp_vbuf cert;
	struct cssp_vbuf public_key;
};

struct credssp_hlp_tls_reply;

/**
 * cssp_tls_session_set() - check the reply of a finished handshake and store it
 * @s: out; on failure only its buffers may have changed
 * @reply: the helper's reply, untrusted
 * @chain: certificates of the peer that came with @reply, untrusted
 *
 * Context: may sleep.
 * Return: 0; -EREMOTEIO when the helper's reply is invalid; -EBADMSG or
 * -ENOPKG when the peer's certificate has no usable public key; -ENOMEM.
 */
int __must_check cssp_tls_session_set(struct cssp_tls_session *s,
				      const struct credssp_hlp_tls_reply *reply,
				      const struct cssp_rd *chain);
/* Use up one record number of one direction. -EOVERFLOW when none is left. */
int __must_check cssp_tls_direction_advance(const struct cssp_tls_session *s,
					    struct cssp_tls_direction *d);
/* Bytes that sealing adds before and after the plaintext of one record. */
u32 cssp_tls_overhead_before(const struct cssp_tls_session *s);
u32 cssp_tls_overhead_after(const struct cssp_tls_session *s);
/* Both. */
u32 cssp_tls_overhead(const struct cssp_tls_session *s);
/* Wipe the keys, keep the facts. */
void cssp_tls_session_forget_keys(struct cssp_tls_session *s);
/* Wipe and free everything. */
void cssp_tls_session_wipe(struct cssp_tls_session *s);

#endif
