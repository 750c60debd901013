// SPDX-License-Identifier: GPL-2.0-only
/*
 * Signatures (SMB2 3.1.4.1) and the hash that binds the keys to the negotiation.
 *
 * The logon gives both sides a session key.  SMB 2.1 signs with that key itself, by
 * HMAC-SHA256.  SMB 3 derives a signing key from it; from 3.1.1 on the hash of all packets so
 * far is part of the derivation.  So if an attacker on the network has changed one bit of the
 * negotiation, to lower the dialect for instance, the two sides have different keys, and the
 * signature of the last answer to SESSION_SETUP does not fit.
 */
#include <crypto/aead.h>
#include <crypto/hash.h>
#include <linux/err.h>
#include <linux/errno.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/vmalloc.h>

#include "smb.h"

#define SIGNING_NONCE		12	/* SMB2 3.1.4.1: 8 bytes MessageId, 4 bytes role */
#define SIGNING_FROM_SERVER	0x1
#define SHA256_SIZE		32
/* The pages of the longest packet; its header, the zeros, the tag, and ends of pages. */
#define SIGNING_PIECES		(DIV_ROUND_UP(SMB_MAX_SENT, PAGE_SIZE) + 6)

/**
 * struct smb_signer - the signing key of a session, as it is in a transform
 * @mac: HMAC-SHA256 or AES-CMAC, or NULL
 * @gmac: AES-GCM, of which AES-GMAC is the part without plaintext, or NULL
 * @zeros: in place of the signature
 * @tag: what AES-GCM makes
 * @nonce: of this packet
 * @pieces: the memory that AES-GCM works on
 */
struct smb_signer {
	struct crypto_shash *mac;
	struct crypto_aead *gmac;
	u8 zeros[SMB_SIGNATURE];
	u8 tag[SMB_SIGNATURE];
	u8 nonce[SIGNING_NONCE];
	struct scatterlist pieces[SIGNING_PIECES];
};

const char *smb_signing_name(u16 algorithm)
{
	switch (algorithm) {
	case SMB_SIGN_HMAC_SHA256:
		return "HMAC-SHA256";
	case SMB_SIGN_AES_CMAC:
		return "AES-128-CMAC";
	default:
		return "AES-128-GMAC";
	}
}

/* ---- Keys ------------------------------------------------------------------- */

/* SP 800-108 in counter mode with HMAC-SHA256: one block, of which 128 bits are used. */
static int signing_derive(struct crypto_shash *hmac, const struct smb_writer *input,
			  u8 key[SMB_KEY])
{
	u8 block[SHA256_SIZE];
	int ret;

	ret = crypto_shash_tfm_digest(hmac, input->p, input->length, block);
	memcpy(key, block, SMB_KEY);
	memzero_explicit(block, sizeof(block));
	return ret;
}

/* SMB2 3.1.4.2: counter, label, zero, context, length in bits.  The names have their NUL. */
static int signing_derive_key(struct smb_connection *c, const u8 session_key[SMB_KEY],
			      u8 key[SMB_KEY])
{
	static const char label_300[] = "SMB2AESCMAC", context_300[] = "SmbSign";
	static const char label_311[] = "SMBSigningKey";
	static const u8 counter[] = { 0, 0, 0, 1 }, bits[] = { 0, 0, 0, 8 * SMB_KEY };
	u8 memory[sizeof(counter) + sizeof(label_311) + 1 + SMB_HASH + sizeof(bits)];
	struct smb_writer w = { .p = memory, .room = sizeof(memory) };
	struct crypto_shash *hmac;
	int ret;

	smb_put_bytes(&w, counter, sizeof(counter));
	if (c->dialect == SMB_DIALECT_311) {
		smb_put_bytes(&w, label_311, sizeof(label_311));
		smb_put_u8(&w, 0);
		smb_put_bytes(&w, c->preauth, sizeof(c->preauth));
	} else {
		smb_put_bytes(&w, label_300, sizeof(label_300));
		smb_put_u8(&w, 0);
		smb_put_bytes(&w, context_300, sizeof(context_300));
	}
	smb_put_bytes(&w, bits, sizeof(bits));
	hmac = crypto_alloc_shash("hmac(sha256)", 0, 0);
	if (IS_ERR(hmac))
		return PTR_ERR(hmac);
	ret = crypto_shash_setkey(hmac, session_key, SMB_KEY);
	if (!ret)
		ret = signing_derive(hmac, &w, key);
	crypto_free_shash(hmac);
	return ret;
}

static int signing_set_mac(struct smb_signer *s, const char *name, const u8 key[SMB_KEY])
{
	struct crypto_shash *mac = crypto_alloc_shash(name, 0, 0);

	if (IS_ERR(mac))
		return PTR_ERR(mac);
	s->mac = mac;
	return crypto_shash_setkey(mac, key, SMB_KEY);
}

static int signing_set_gmac(struct smb_signer *s, const u8 key[SMB_KEY])
{
	struct crypto_aead *gmac = crypto_alloc_aead("gcm(aes)", 0, 0);
	int ret;

	if (IS_ERR(gmac))
		return PTR_ERR(gmac);
	s->gmac = gmac;
	ret = crypto_aead_setauthsize(gmac, SMB_SIGNATURE);
	return ret ?: crypto_aead_setkey(gmac, key, SMB_KEY);
}

static int signing_set_key(struct smb_connection *c, struct smb_signer *s,
			   const u8 key[SMB_KEY])
{
	switch (c->algorithm) {
	case SMB_SIGN_HMAC_SHA256:
		return signing_set_mac(s, "hmac(sha256)", key);
	case SMB_SIGN_AES_CMAC:
		return signing_set_mac(s, "cmac(aes)", key);
	default:
		return signing_set_gmac(s, key);
	}
}

static void signer_free(struct smb_signer *s)
{
	if (!s)
		return;
	crypto_free_shash(s->mac);
	crypto_free_aead(s->gmac);
	kfree(s);
}

int smb_signing_start(struct smb_connection *c, const u8 session_key[SMB_KEY])
{
	struct smb_signer *s = kzalloc(sizeof(*s), GFP_KERNEL_ACCOUNT);
	u8 key[SMB_KEY];
	int ret = -ENOMEM;

	if (!s)
		goto err_fail;
	ret = 0;
	memcpy(key, session_key, SMB_KEY);
	if (c->dialect != SMB_DIALECT_210)
		ret = signing_derive_key(c, session_key, key);
	if (!ret)
		ret = signing_set_key(c, s, key);
	memzero_explicit(key, sizeof(key));
	if (ret)
		goto err_fail;
	c->signer = s;
	return 0;

err_fail:
	signer_free(s);
	return smb_fail(c, ret, "%s is not available: error %d",
			smb_signing_name(c->algorithm), ret);
}

void smb_signing_stop(struct smb_connection *c)
{
	signer_free(c->signer);
	c->signer = NULL;
}

/* ---- Signatures --------------------------------------------------------------- */

/* The first 16 bytes of the code are the signature. */
static int signing_mac(struct smb_signer *s, const struct smb_reader *header,
		       const struct smb_reader *rest, u8 signature[SMB_SIGNATURE])
{
	SHASH_DESC_ON_STACK(desc, s->mac);
	u8 code[SHA256_SIZE];
	int ret;

	desc->tfm = s->mac;
	ret = crypto_shash_init(desc) ?:
	      crypto_shash_update(desc, header->p, header->left) ?:
	      crypto_shash_update(desc, s->zeros, sizeof(s->zeros)) ?:
	      crypto_shash_finup(desc, rest->p, rest->left, code);
	memcpy(signature, code, SMB_SIGNATURE);
	shash_desc_zero(desc);
	return ret;
}

/* Packets are in virtual memory, whose pages need not stand together. */
static struct scatterlist *signing_map(struct scatterlist *to, struct smb_reader part)
{
	while (part.left) {
		size_t n = min_t(size_t, part.left, PAGE_SIZE - offset_in_page(part.p));

		sg_set_page(to++, vmalloc_to_page(part.p), n, offset_in_page(part.p));
		smb_skip(&part, n);
	}
	return to;
}

static int signing_encrypt(struct smb_signer *s, size_t length)
{
	struct aead_request *req = aead_request_alloc(s->gmac, GFP_KERNEL);
	DECLARE_CRYPTO_WAIT(wait);
	int ret;

	if (!req)
		return -ENOMEM;
	aead_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP | CRYPTO_TFM_REQ_MAY_BACKLOG,
				  crypto_req_done, &wait);
	aead_request_set_ad(req, length);
	aead_request_set_crypt(req, s->pieces, s->pieces, 0, s->nonce);
	ret = crypto_wait_req(crypto_aead_encrypt(req), &wait);
	aead_request_free(req);
	return ret;
}

/* AES-GCM without plaintext: the packet is the associated data, the tag is its signature. */
static int signing_gmac(struct smb_signer *s, const struct smb_reader *header,
			const struct smb_reader *rest, u8 signature[SMB_SIGNATURE])
{
	struct scatterlist *next = s->pieces;
	int ret;

	sg_init_table(s->pieces, SIGNING_PIECES);
	next = signing_map(next, *header);
	sg_set_buf(next++, s->zeros, sizeof(s->zeros));
	next = signing_map(next, *rest);
	sg_set_buf(next, s->tag, sizeof(s->tag));
	sg_mark_end(next);
	ret = signing_encrypt(s, header->left + SMB_SIGNATURE + rest->left);
	memcpy(signature, s->tag, SMB_SIGNATURE);
	return ret;
}

int smb_signing_make(struct smb_connection *c, struct smb_reader packet, u64 message_id,
		     bool from_server, u8 signature[SMB_SIGNATURE])
{
	struct smb_reader header = smb_get_part(&packet, SMB_SIGNATURE_AT);
	struct smb_writer w = { .p = c->signer->nonce, .room = SIGNING_NONCE };
	int ret;

	smb_skip(&packet, SMB_SIGNATURE);
	smb_put_le64(&w, message_id);
	smb_put_le32(&w, from_server ? SIGNING_FROM_SERVER : 0);
	if (header.bad || packet.bad)
		ret = -EBADMSG;
	else if (c->signer->gmac)
		ret = signing_gmac(c->signer, &header, &packet, signature);
	else
		ret = signing_mac(c->signer, &header, &packet, signature);
	return ret ? smb_fail(c, ret, "signing fails with error %d", ret) : 0;
}

/* ---- The hash of the exchange --------------------------------------------------- */

int smb_preauth_add(struct smb_connection *c, const u8 *p, size_t length)
{
	struct crypto_shash *sha;
	int ret;

	if (c->dialect != SMB_DIALECT_311)
		return 0;
	sha = crypto_alloc_shash("sha512", 0, 0);
	if (IS_ERR(sha)) {
		ret = PTR_ERR(sha);
	} else {
		SHASH_DESC_ON_STACK(desc, sha);

		desc->tfm = sha;
		ret = crypto_shash_init(desc) ?:
		      crypto_shash_update(desc, c->preauth, sizeof(c->preauth)) ?:
		      crypto_shash_finup(desc, p, length, c->preauth);
		crypto_free_shash(sha);
	}
	return ret ? smb_fail(c, ret, "SHA-512 fails with error %d", ret) : 0;
}
