// SPDX-License-Identifier: GPL-2.0-only
/* A finished handshake's keys and facts, from a helper that may lie. */
#include "session.h"

#include <linux/kernel.h>
#include <linux/overflow.h>
#include <crypto/algapi.h>
#include <uapi/linux/credssp.h>

#include "../base/compat.h"
#include "../wire/tls_record.h"
#include "../wire/x509_spki.h"
#include "suite.h"

#define SEQ_SIZE	8
#define TAG_SIZE	16	/* of every cipher here; RFC 5116 5.1, RFC 8439 2.8 */

/*
 * Next record number right after a handshake. One record per handshake byte
 * would not reach it; what is above is a helper's mistake or a number that is
 * meant to wrap.
 */
#define SEQ_MAX		1048576

#define CHAIN_MAX	16	/* certificates; real chains have 2 to 5 */

#define TRUST_KNOWN	(CREDSSP_TRUST_UNTRUSTED_ROOT | CREDSSP_TRUST_EXPIRED | \
			 CREDSSP_TRUST_NOT_YET_VALID | CREDSSP_TRUST_WRONG_NAME | \
			 CREDSSP_TRUST_REVOKED | CREDSSP_TRUST_WEAK | \
			 CREDSSP_TRUST_INVALID | CREDSSP_TRUST_NOT_EVALUATED)

/* Where a cipher's parts are in its crypto_info: offsets and sizes in bytes. */
struct layout {
	u16 type;
	u16 size;
	u16 key, key_size;
	u16 salt, salt_size;
	u16 iv, iv_size;
	u16 seq;
};

static const struct layout layouts[] = {
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

/* What the code below takes for granted of each of them. */
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

static const struct layout *layout_of_suite(u16 number, u16 version)
{
	const struct cssp_tls_suite *suite = cssp_tls_suite_find(number);
	size_t i;

	if (!suite || suite->version != version)
		return NULL;
	for (i = 0; i < ARRAY_SIZE(layouts); i++)
		if (layouts[i].type == suite->cipher->type)
			return &layouts[i];
	return NULL;
}

/* TLS 1.2's GCM: half of the nonce is sent with each record (RFC 5288 3). */
static bool explicit_nonce(const struct layout *l, u16 version)
{
	return version == TLS_1_2_VERSION && l->salt_size;
}

static void *part(struct cssp_tls_direction *d, u16 offset)
{
	return (u8 *)&d->info + offset;
}

static int check_keys(const struct layout *l, u16 version,
		      const struct credssp_hlp_tls_keys *keys)
{
	u64 seq = get_unaligned_be64(keys->seq);

	if (keys->key_length != l->key_size ||
	    keys->iv_length != (explicit_nonce(l, version) ? l->salt_size :
							     CREDSSP_HLP_MAX_IV))
		return -EREMOTEIO;
	/* TLS 1.2's Finished is sealed with the same keys and took number 0. */
	if (seq > SEQ_MAX || (version == TLS_1_2_VERSION && !seq))
		return -EREMOTEIO;
	return 0;
}

static void set_direction(struct cssp_tls_direction *d, const struct layout *l,
			  u16 version, const struct credssp_hlp_tls_keys *keys)
{
	memzero_explicit(d, sizeof(*d));
	d->size = l->size;
	d->info.version = version;
	d->info.cipher_type = l->type;
	memcpy(part(d, l->key), keys->key, l->key_size);
	memcpy(part(d, l->salt), keys->iv, l->salt_size);
	if (explicit_nonce(l, version))
		memcpy(part(d, l->iv), keys->seq, SEQ_SIZE);
	else
		memcpy(part(d, l->iv), keys->iv + l->salt_size, l->iv_size);
	memcpy(part(d, l->seq), keys->seq, SEQ_SIZE);
}

/* The whole chain must be well-formed; the peer's own certificate comes first. */
static int read_chain(const struct cssp_rd *chain, struct cssp_rd *own)
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

static int read_limit(const struct credssp_hlp_tls_reply *reply, u16 *limit)
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

int cssp_tls_session_set(struct cssp_tls_session *s,
			 const struct credssp_hlp_tls_reply *reply,
			 const struct cssp_rd *chain)
{
	const struct layout *l = layout_of_suite(reply->cipher, reply->version);
	struct cssp_rd cert, key;
	u16 limit;
	int ret;

	if (!l || reply->trust & ~TRUST_KNOWN || read_limit(reply, &limit))
		return -EREMOTEIO;
	ret = check_keys(l, reply->version, &reply->tx);
	if (!ret)
		ret = check_keys(l, reply->version, &reply->rx);
	/* With one key for both directions their nonces would meet. */
	if (!ret && !crypto_memneq(reply->tx.key, reply->rx.key, l->key_size))
		ret = -EREMOTEIO;
	if (!ret)
		ret = read_chain(chain, &cert);
	if (!ret)
		ret = cssp_x509_subject_public_key(&cert, &key);
	if (!ret)
		ret = cssp_vbuf_set(&s->cert, &cert);
	if (!ret)
		ret = cssp_vbuf_set(&s->public_key, &key);
	if (ret)
		return ret;
	s->version = reply->version;
	s->cipher = reply->cipher;
	s->record_limit = limit;
	s->trust = reply->trust;
	s->not_after = reply->not_after;
	s->cert_sent = reply->flags & CREDSSP_HLP_TLS_CERT_SENT;
	set_direction(&s->tx, l, s->version, &reply->tx);
	set_direction(&s->rx, l, s->version, &reply->rx);
	return 0;
}

static void add_be64(void *p, u32 n)
{
	put_unaligned_be64(get_unaligned_be64(p) + n, p);
}

int cssp_tls_direction_advance(const struct cssp_tls_session *s,
			       struct cssp_tls_direction *d, u32 records)
{
	const struct layout *l = layout_of_suite(s->cipher, s->version);
	u64 next;

	if (!l || !d->size)
		return -EOVERFLOW;
	if (check_add_overflow(get_unaligned_be64(part(d, l->seq)), (u64)records, &next))
		return -EOVERFLOW;
	put_unaligned_be64(next, part(d, l->seq));
	if (explicit_nonce(l, s->version))
		add_be64(part(d, l->iv), records);
	return 0;
}

u32 cssp_tls_overhead_before(const struct cssp_tls_session *s)
{
	const struct layout *l = layout_of_suite(s->cipher, s->version);

	return CSSP_TLS_HEADER + (l && explicit_nonce(l, s->version) ? l->iv_size : 0);
}

u32 cssp_tls_overhead_after(const struct cssp_tls_session *s)
{
	/* TLS 1.3 seals the content type as well (RFC 8446 5.2). */
	return TAG_SIZE + (s->version == TLS_1_3_VERSION ? 1 : 0);
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
