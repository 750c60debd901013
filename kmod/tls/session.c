// SPDX-License-Identifier: GPL-2.0-only
/* Keys and facts of a finished handshake. The helper's reply is untrusted. */
#include "session.h"

#include <linux/kernel.h>
#include <crypto/algapi.h>
#include <uapi/linux/credssp.h>

#include "../base/compat.h"
#include "../wire/tls_record.h"
#include "../wire/x509_spki.h"
#include "suite.h"

#define SEQ_SIZE	8
#define TAG_SIZE	16	/* of every cipher here; RFC 5116 5.1, RFC 8439 2.8 */

/*
 * Largest number of the next record right after a handshake. Even one record per
 * byte of a handshake does not reach it. A larger number is a fault of the helper, or an
 * attempt to make the number wrap.
 */
#define SEQ_MAX		1048576

#define CHAIN_MAX	16	/* certificates; real chains have 2 to 5 */

#define TRUST_KNOWN	(CREDSSP_TRUST_UNTRUSTED_ROOT | CREDSSP_TRUST_EXPIRED | \
			 CREDSSP_TRUST_NOT_YET_VALID | CREDSSP_TRUST_WRONG_NAME | \
			 CREDSSP_TRUST_REVOKED | CREDSSP_TRUST_WEAK | \
			 CREDSSP_TRUST_INVALID | CREDSSP_TRUST_NOT_EVALUATED)

/* Offsets and sizes, in bytes, of the parts of a cipher's crypto_info. */
struct layout {
	u16 type;
	u16 size;
	u16 key, key_size;
	u16 salt, salt_size;
	u16 iv, iv_size;
	u16 seq;
};

static const struct layout session_layouts[] = {
	{
		.type = TLS_CIPHER_AES_GCM_128,
		.size = sizeof(struct tls12_crypto_info_aes_gcm_128),
		.key = offsetof(struct tls12_crypto_info_aes_gcm_128, key),
		.key_size = sizeof_field(struct tls12_crypto_info_aes_gcm_128, key),
		.salt = offsetof(struct tls12_crypto_info_aes_gcm_128, salt),
		.salt_size = sizeof_field(struct tls12_crypto_info_aes_gcm_128, salt),
		.iv = offsetof(struct tls12_crypto_info_aes_gcm_128, iv),
		.iv_size = sizeof_field(struct tls12_crypto_info_aes_gcm_128, iv),
		.seq = offsetof(struct tls12_crypto_info_aes_gcm_128, rec_seq),
	},
	{
		.type = TLS_CIPHER_AES_GCM_256,
		.size = sizeof(struct tls12_crypto_info_aes_gcm_256),
		.key = offsetof(struct tls12_crypto_info_aes_gcm_256, key),
		.key_size = sizeof_field(struct tls12_crypto_info_aes_gcm_256, key),
		.salt = offsetof(struct tls12_crypto_info_aes_gcm_256, salt),
		.salt_size = sizeof_field(struct tls12_crypto_info_aes_gcm_256, salt),
		.iv = offsetof(struct tls12_crypto_info_aes_gcm_256, iv),
		.iv_size = sizeof_field(struct tls12_crypto_info_aes_gcm_256, iv),
		.seq = offsetof(struct tls12_crypto_info_aes_gcm_256, rec_seq),
	},
	{
		.type = TLS_CIPHER_CHACHA20_POLY1305,
		.size = sizeof(struct tls12_crypto_info_chacha20_poly1305),
		.key = offsetof(struct tls12_crypto_info_chacha20_poly1305, key),
		.key_size = sizeof_field(struct tls12_crypto_info_chacha20_poly1305, key),
		.salt = offsetof(struct tls12_crypto_info_chacha20_poly1305, salt),
		.salt_size = sizeof_field(struct tls12_crypto_info_chacha20_poly1305, salt),
		.iv = offsetof(struct tls12_crypto_info_chacha20_poly1305, iv),
		.iv_size = sizeof_field(struct tls12_crypto_info_chacha20_poly1305, iv),
		.seq = offsetof(struct tls12_crypto_info_chacha20_poly1305, rec_seq),
	},
};

/* The code below relies on these for each cipher. */
static_assert(TLS_CIPHER_AES_GCM_128_KEY_SIZE <= CREDSSP_HLP_MAX_KEY);
static_assert(TLS_CIPHER_AES_GCM_128_SALT_SIZE + TLS_CIPHER_AES_GCM_128_IV_SIZE ==
	      CREDSSP_HLP_MAX_IV);
static_assert(TLS_CIPHER_AES_GCM_128_REC_SEQ_SIZE == SEQ_SIZE);
static_assert(TLS_CIPHER_AES_GCM_128_TAG_SIZE == TAG_SIZE);
static_assert(TLS_CIPHER_AES_GCM_256_KEY_SIZE <= CREDSSP_HLP_MAX_KEY);
static_assert(TLS_CIPHER_AES_GCM_256_SALT_SIZE + TLS_CIPHER_AES_GCM_256_IV_SIZE ==
	      CREDSSP_HLP_MAX_IV);
static_assert(TLS_CIPHER_AES_GCM_256_REC_SEQ_SIZE == SEQ_SIZE);
static_assert(TLS_CIPHER_AES_GCM_256_TAG_SIZE == TAG_SIZE);
static_assert(TLS_CIPHER_CHACHA20_POLY1305_KEY_SIZE <= CREDSSP_HLP_MAX_KEY);
static_assert(TLS_CIPHER_CHACHA20_POLY1305_SALT_SIZE + TLS_CIPHER_CHACHA20_POLY1305_IV_SIZE ==
	      CREDSSP_HLP_MAX_IV);
static_assert(TLS_CIPHER_CHACHA20_POLY1305_REC_SEQ_SIZE == SEQ_SIZE);
static_assert(TLS_CIPHER_CHACHA20_POLY1305_TAG_SIZE == TAG_SIZE);

static const struct layout *session_layout(u16 number, u16 version)
{
	const struct cssp_tls_suite *suite = cssp_tls_suite_find(number);
	size_t i;

	if (!suite || suite->version != version)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(session_layouts); i++)
		if (session_layouts[i].type == suite->cipher->type)
			return &session_layouts[i];
	return NULL;
}

/* TLS 1.2's GCM: half of the nonce is sent with each record (RFC 5288 3). */
static bool session_explicit_nonce(const struct layout *l, u16 version)
{
	return version == TLS_1_2_VERSION && l->salt_size;
}

static void *session_part(struct cssp_tls_direction *d, u16 offset)
{
	return (u8 *)&d->info + offset;
}

static int session_check_keys(const struct layout *l, u16 version,
			      const struct credssp_hlp_tls_keys *keys)
{
	u64 seq = get_unaligned_be64(keys->seq);

	if (keys->key_length != l->key_size ||
	    keys->iv_length != (session_explicit_nonce(l, version) ? l->salt_size :
				CREDSSP_HLP_MAX_IV))
		return -EREMOTEIO;
	/* In TLS 1.2 the Finished message is sealed with the same keys, with number 0. */
	if (seq > SEQ_MAX || (version == TLS_1_2_VERSION && !seq))
		return -EREMOTEIO;
	return 0;
}

static void session_set_direction(struct cssp_tls_direction *d, const struct layout *l,
				  u16 version, const struct credssp_hlp_tls_keys *keys)
{
	memzero_explicit(d, sizeof(*d));
	d->size = l->size;
	d->info.version = version;
	d->info.cipher_type = l->type;
	memcpy(session_part(d, l->key), keys->key, l->key_size);
	memcpy(session_part(d, l->salt), keys->iv, l->salt_size);
	if (session_explicit_nonce(l, version))
		memcpy(session_part(d, l->iv), keys->seq, SEQ_SIZE);
	else
		memcpy(session_part(d, l->iv), keys->iv + l->salt_size, l->iv_size);
	memcpy(session_part(d, l->seq), keys->seq, SEQ_SIZE);
}

/* @own: out: the server's own certificate, the first one. The whole chain must be well-formed. */
static int session_read_chain(const struct cssp_rd *chain, struct cssp_rd *own)
{
	struct cssp_rd rd = *chain, cert;
	unsigned int count = 0;
	u32 len;

	*own = (struct cssp_rd){};
	while (rd.left) {
		if (cssp_rd_be32(&rd, &len) || !len || len > CREDSSP_MAX_CERT ||
		    cssp_rd_sub(&rd, len, &cert) || ++count > CHAIN_MAX)
			return -EREMOTEIO;
		if (count == 1)
			*own = cert;
	}
	return count ? 0 : -EREMOTEIO;
}

static int session_read_limit(const struct credssp_hlp_tls_reply *reply, u16 *limit)
{
	*limit = CSSP_TLS_MAX_PLAIN;
	if (!reply->record_limit)
		return 0;
	if (reply->record_limit < CREDSSP_HLP_MIN_RECORD ||
	    reply->record_limit > CSSP_TLS_MAX_PLAIN)
		return -EREMOTEIO;
	*limit = reply->record_limit;
	return 0;
}

static int session_check_reply(const struct layout *l,
			       const struct credssp_hlp_tls_reply *reply)
{
	int ret;

	if (!l || reply->trust & ~TRUST_KNOWN)
		return -EREMOTEIO;
	ret = session_check_keys(l, reply->version, &reply->tx);
	if (ret)
		return ret;
	ret = session_check_keys(l, reply->version, &reply->rx);
	if (ret)
		return ret;
	/* With one key for both directions nonces would be used twice. */
	return crypto_memneq(reply->tx.key, reply->rx.key, l->key_size) ? 0 : -EREMOTEIO;
}

static int session_set_cert(struct cssp_tls_session *s, const struct cssp_rd *chain)
{
	struct cssp_rd cert, key;
	int ret;

	ret = session_read_chain(chain, &cert);
	if (ret)
		return ret;
	ret = cssp_x509_subject_public_key(&cert, &key);
	if (ret)
		return ret;
	ret = cssp_vbuf_set(&s->cert, &cert);
	if (ret)
		return ret;
	return cssp_vbuf_set(&s->public_key, &key);
}

int cssp_tls_session_set(struct cssp_tls_session *s,
			 const struct credssp_hlp_tls_reply *reply,
			 const struct cssp_rd *chain)
{
	const struct layout *l = session_layout(reply->cipher, reply->version);
	u16 limit;
	int ret;

	ret = session_check_reply(l, reply);
	if (ret)
		return ret;
	ret = session_read_limit(reply, &limit);
	if (ret)
		return ret;
	ret = session_set_cert(s, chain);
	if (ret)
		return ret;
	s->version = reply->version;
	s->cipher = reply->cipher;
	s->record_limit = limit;
	s->trust = reply->trust;
	s->not_after = reply->not_after;
	s->cert_sent = reply->flags & CREDSSP_HLP_TLS_CERT_SENT;
	session_set_direction(&s->tx, l, s->version, &reply->tx);
	session_set_direction(&s->rx, l, s->version, &reply->rx);
	return 0;
}

int cssp_tls_direction_advance(const struct cssp_tls_session *s,
			       struct cssp_tls_direction *d)
{
	const struct layout *l = session_layout(s->cipher, s->version);
	u64 number;

	if (!l || !d->size)
		return -EOVERFLOW;
	number = get_unaligned_be64(session_part(d, l->seq));
	if (number == U64_MAX)
		return -EOVERFLOW;
	put_unaligned_be64(number + 1, session_part(d, l->seq));
	if (session_explicit_nonce(l, s->version)) {
		number = get_unaligned_be64(session_part(d, l->iv));
		put_unaligned_be64(number + 1, session_part(d, l->iv));
	}
	return 0;
}

u32 cssp_tls_overhead_before(const struct cssp_tls_session *s)
{
	const struct layout *l = session_layout(s->cipher, s->version);

	return CSSP_TLS_HEADER + (l && session_explicit_nonce(l, s->version) ? l->iv_size : 0);
}

u32 cssp_tls_overhead_after(const struct cssp_tls_session *s)
{
	/* In TLS 1.3 the content type is sealed as well (RFC 8446 5.2). */
	return TAG_SIZE + (s->version == TLS_1_3_VERSION ? 1 : 0);
}

u32 cssp_tls_overhead(const struct cssp_tls_session *s)
{
	return cssp_tls_overhead_before(s) + cssp_tls_overhead_after(s);
}

void cssp_tls_session_forget_keys(struct cssp_tls_session *s)
{
	memzero_explicit(&s->tx, sizeof(s->tx));
	memzero_explicit(&s->rx, sizeof(s->rx));
}

void cssp_tls_session_wipe(struct cssp_tls_session *s)
{
	cssp_tls_session_forget_keys(s);
	cssp_vbuf_free(&s->cert);
	cssp_vbuf_free(&s->public_key);
	memzero_explicit(s, sizeof(*s));
}
