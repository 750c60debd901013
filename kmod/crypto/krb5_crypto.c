// SPDX-License-Identifier: GPL-2.0-only
/* Kerberos' encryption types with AES: RFC 3961, RFC 3962, RFC 8009. */

#include <crypto/aes.h>
#include <crypto/algapi.h>
#include <crypto/skcipher.h>
#include <linux/err.h>
#include <linux/kernel.h>
#include <linux/lcm.h>
#include <linux/mm.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../base/mem.h"
#include "../base/status.h"
#include "hash.h"
#include "krb5_crypto.h"

#define NFOLD_ROTATION	13	/* bits, RFC 3961 5.1 */

/* CBC with ciphertext stealing, the last two blocks always swapped: CBC-CS3, RFC 3962 5 */
#define CIPHER		"cts(cbc(aes))"

/* Pages that hold the longest text, wherever in a page it starts */
#define PAGES_MAX	(DIV_ROUND_UP(CSSP_KRB5_MAX_TEXT, PAGE_SIZE) + 1)

/* Last octet of the constant that a key is derived with, RFC 3961 5.3 and RFC 8009 5 */
#define FOR_CHECKSUM	0x99	/* Kc */
#define FOR_ENCRYPTION	0xaa	/* Ke */
#define FOR_INTEGRITY	0x55	/* Ki */

static const struct cssp_krb5_enctype krb5_crypto_enctypes[] = {
	{
		.id = CSSP_KRB5_AES128_SHA1,
		.key_size = 16,
		.mac_key_size = 16,
		.mac_size = 12,
		.hmac = "hmac(sha1)",
	}, {
		.id = CSSP_KRB5_AES256_SHA1,
		.key_size = 32,
		.mac_key_size = 32,
		.mac_size = 12,
		.hmac = "hmac(sha1)",
	}, {
		.id = CSSP_KRB5_AES128_SHA256,
		.key_size = 16,
		.mac_key_size = 16,
		.mac_size = 16,
		.sha2 = true,
		.hmac = "hmac(sha256)",
	}, {
		.id = CSSP_KRB5_AES256_SHA384,
		.key_size = 32,
		.mac_key_size = 24,
		.mac_size = 24,
		.sha2 = true,
		.hmac = "hmac(sha384)",
	},
};

/**
 * struct cssp_krb5_key - keys of one direction
 * @e: their encryption type
 * @cipher: with Ke of the seal usage
 * @request: of @cipher
 * @seal_mac: with Ki of the seal usage
 * @sign_mac: with Kc of the sign usage
 * @iv: of @request
 * @block: a block to encrypt in place, while keys are derived
 * @pages: list of the pages that hold a text, while it is encrypted or decrypted
 */
struct cssp_krb5_key {
	const struct cssp_krb5_enctype *e;
	struct crypto_skcipher *cipher;
	struct skcipher_request *request;
	struct crypto_shash *seal_mac;
	struct crypto_shash *sign_mac;
	u8 iv[AES_BLOCK_SIZE];
	u8 block[AES_BLOCK_SIZE];
	struct scatterlist pages[PAGES_MAX];
};

const struct cssp_krb5_enctype *cssp_krb5_enctype_find(u32 id)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(krb5_crypto_enctypes); i++)
		if (krb5_crypto_enctypes[i].id == id)
			return &krb5_crypto_enctypes[i];
	return NULL;
}

/*
 * Asynchronous ciphers are not excluded. On many kernels only these have the processor's
 * instructions for a whole message; the others call a function for each block.
 */
static int krb5_crypto_alloc_cipher(struct cssp_krb5_key *key)
{
	struct crypto_skcipher *new = crypto_alloc_skcipher(CIPHER, 0, 0);

	switch (PTR_ERR_OR_ZERO(new)) {
	case 0:
		key->cipher = new;
		key->request = skcipher_request_alloc(new, CSSP_GFP);
		return key->request ? 0 : -ENOMEM;
	case -ENOENT:	/* missing, or not approved under fips=1 */
	case -ELIBBAD:	/* its self-test failed */
		return CSSP_E_WEAK;
	default:
		return PTR_ERR(new);
	}
}

/* The algorithms, without keys. */
static int krb5_crypto_alloc(struct cssp_krb5_key **key, const struct cssp_krb5_enctype *e)
{
	struct cssp_krb5_key *new = kzalloc(sizeof(*new), CSSP_GFP);
	int ret;

	*key = NULL;
	if (!new)
		return -ENOMEM;
	new->e = e;
	ret = krb5_crypto_alloc_cipher(new);
	if (ret)
		goto err_free;
	ret = cssp_hash_alloc(&new->seal_mac, e->hmac);
	if (ret)
		goto err_free;
	ret = cssp_hash_alloc(&new->sign_mac, e->hmac);
	if (ret)
		goto err_free;
	*key = new;
	return 0;

err_free:
	cssp_krb5_key_free(new);
	return ret;
}

void cssp_krb5_key_free(struct cssp_krb5_key *key)
{
	if (!key)
		return;
	/* Each accepts NULL, and wipes its key. */
	crypto_free_shash(key->sign_mac);
	crypto_free_shash(key->seal_mac);
	skcipher_request_free(key->request);
	crypto_free_skcipher(key->cipher);
	kfree_sensitive(key);
}

/* The crypto API takes pages: a scatterlist must not have addresses of vmalloc'd memory. */
static void krb5_crypto_list_pages(struct cssp_krb5_key *key, u8 *text, size_t len)
{
	size_t done, n;
	unsigned int i;

	sg_init_table(key->pages, DIV_ROUND_UP(offset_in_page(text) + len, PAGE_SIZE));
	for (done = 0, i = 0; done < len; done += n, i++) {
		u8 *at = text + done;

		n = min_t(size_t, len - done, PAGE_SIZE - offset_in_page(at));
		sg_set_page(&key->pages[i],
			    is_vmalloc_addr(at) ? vmalloc_to_page(at) : virt_to_page(at),
			    n, offset_in_page(at));
	}
}

/* Encrypt or decrypt @len bytes, a block or more, in place. The IV is zero, RFC 3962 5. */
static int krb5_crypto_crypt(struct cssp_krb5_key *key, u8 *text, size_t len, bool encrypt)
{
	struct skcipher_request *req = key->request;
	DECLARE_CRYPTO_WAIT(wait);

	krb5_crypto_list_pages(key, text, len);
	memset(key->iv, 0, sizeof(key->iv));
	skcipher_request_set_callback(req, CRYPTO_TFM_REQ_MAY_SLEEP | CRYPTO_TFM_REQ_MAY_BACKLOG,
				      crypto_req_done, &wait);
	skcipher_request_set_crypt(req, key->pages, key->pages, len, key->iv);
	return crypto_wait_req(encrypt ? crypto_skcipher_encrypt(req) :
					 crypto_skcipher_decrypt(req), &wait);
}

/* The first @n bytes of the keyed hash, which has at least as many. */
static int krb5_crypto_mac(struct crypto_shash *tfm, const struct cssp_rd *parts,
			   unsigned int nparts, u8 *mac, size_t n)
{
	u8 digest[SHA384_DIGEST_SIZE];
	int ret;

	ret = cssp_hash(tfm, parts, nparts, digest);
	memcpy(mac, digest, n);
	memzero_explicit(digest, sizeof(digest));
	return ret;
}

/* Octet @i of the copies of @in one after the other, each rotated further to the right. */
static u8 krb5_crypto_nfold_octet(const struct cssp_rd *in, size_t i)
{
	size_t bits = 8 * in->left;
	size_t rotation = NFOLD_ROTATION * (i / in->left) % bits;
	size_t bit = (8 * (i % in->left) + bits - rotation) % bits;
	u8 high = in->p[bit / 8], low = in->p[(bit / 8 + 1) % in->left];

	return (high << 8 | low) >> (8 - bit % 8);
}

void cssp_krb5_nfold(const struct cssp_rd *in, u8 *out, size_t n)
{
	size_t i = lcm(in->left, n);
	unsigned int sum = 0;

	memset(out, 0, n);
	/* Add the copies in pieces of @n octets; the carry goes round (one's complement). */
	while (i--) {
		sum += out[i % n] + krb5_crypto_nfold_octet(in, i);
		out[i % n] = sum;
		sum >>= 8;
	}
	for (i = n; i--; sum >>= 8) {
		sum += out[i];
		out[i] = sum;
	}
}

/* DK, RFC 3961 5.1: encrypt the constant again and again. */
static int krb5_crypto_dk(struct cssp_krb5_key *key, const struct cssp_rd *constant,
			  u8 *out, size_t n)
{
	struct cssp_wr wr = cssp_wr_of(out, n);
	int ret = 0;

	cssp_krb5_nfold(constant, key->block, sizeof(key->block));
	while (wr.len < n) {
		ret = krb5_crypto_crypt(key, key->block, sizeof(key->block), true);
		if (ret)
			break;
		cssp_wr_copy(&wr, key->block, min_t(size_t, n - wr.len, sizeof(key->block)));
	}
	memzero_explicit(key->block, sizeof(key->block));
	return ret;
}

/* KDF-HMAC-SHA2, RFC 8009 3: one digest is always enough. */
static int krb5_crypto_kdf(struct cssp_krb5_key *key, const struct cssp_rd *label,
			   u8 *out, size_t n)
{
	const __be32 count = cpu_to_be32(1), bits = cpu_to_be32(8 * n);
	const u8 zero = 0;
	const struct cssp_rd parts[] = {
		cssp_rd_of(&count, sizeof(count)),
		*label,
		cssp_rd_of(&zero, sizeof(zero)),
		cssp_rd_of(&bits, sizeof(bits)),
	};

	return krb5_crypto_mac(key->seal_mac, parts, ARRAY_SIZE(parts), out, n);
}

/* Give the algorithm that derives keys the protocol key. */
static int krb5_crypto_set_protocol_key(struct cssp_krb5_key *key, const u8 *protocol_key)
{
	if (key->e->sha2)
		return crypto_shash_setkey(key->seal_mac, protocol_key, key->e->key_size);
	return crypto_skcipher_setkey(key->cipher, protocol_key, key->e->key_size);
}

/* Derive from the protocol key that was set. */
static int krb5_crypto_derive(struct cssp_krb5_key *key, const struct cssp_rd *constant,
			      u8 *out, size_t n)
{
	if (key->e->sha2)
		return krb5_crypto_kdf(key, constant, out, n);
	return krb5_crypto_dk(key, constant, out, n);
}

static int krb5_crypto_derive_for(struct cssp_krb5_key *key, u32 usage, u8 purpose,
				  u8 *out, size_t n)
{
	u8 constant[5];
	struct cssp_wr wr = cssp_wr_of(constant, sizeof(constant));
	const struct cssp_rd rd = cssp_rd_of(constant, sizeof(constant));

	cssp_wr_be32(&wr, usage);
	cssp_wr_u8(&wr, purpose);
	return krb5_crypto_derive(key, &rd, out, n);
}

/* The keys of a direction, for as long as it takes to set them. */
struct krb5_crypto_derived {
	u8 ke[CSSP_KRB5_KEY_MAX];
	u8 ki[CSSP_KRB5_KEY_MAX];
	u8 kc[CSSP_KRB5_KEY_MAX];
};

static int krb5_crypto_derive_all(struct cssp_krb5_key *key, u32 seal_usage, u32 sign_usage,
				  struct krb5_crypto_derived *d)
{
	const struct cssp_krb5_enctype *e = key->e;
	int ret;

	ret = krb5_crypto_derive_for(key, seal_usage, FOR_ENCRYPTION, d->ke, e->key_size);
	if (ret)
		return ret;
	ret = krb5_crypto_derive_for(key, seal_usage, FOR_INTEGRITY, d->ki, e->mac_key_size);
	if (ret)
		return ret;
	return krb5_crypto_derive_for(key, sign_usage, FOR_CHECKSUM, d->kc, e->mac_key_size);
}

/* In the place of the protocol key. */
static int krb5_crypto_set_derived(struct cssp_krb5_key *key, const struct krb5_crypto_derived *d)
{
	const struct cssp_krb5_enctype *e = key->e;
	int ret;

	ret = crypto_skcipher_setkey(key->cipher, d->ke, e->key_size);
	if (ret)
		return ret;
	ret = crypto_shash_setkey(key->seal_mac, d->ki, e->mac_key_size);
	if (ret)
		return ret;
	return crypto_shash_setkey(key->sign_mac, d->kc, e->mac_key_size);
}

int cssp_krb5_key_create(struct cssp_krb5_key **key, const struct cssp_krb5_enctype *e,
			 const u8 *protocol_key, u32 seal_usage, u32 sign_usage)
{
	struct krb5_crypto_derived derived;
	int ret;

	ret = krb5_crypto_alloc(key, e);
	if (ret)
		return ret;
	ret = krb5_crypto_set_protocol_key(*key, protocol_key);
	if (ret)
		goto err_free;
	ret = krb5_crypto_derive_all(*key, seal_usage, sign_usage, &derived);
	if (ret)
		goto err_wipe;
	ret = krb5_crypto_set_derived(*key, &derived);
	if (ret)
		goto err_wipe;
	memzero_explicit(&derived, sizeof(derived));
	return 0;

err_wipe:
	memzero_explicit(&derived, sizeof(derived));
err_free:
	cssp_krb5_key_free(*key);
	*key = NULL;
	return ret;
}

int cssp_krb5_derive(const struct cssp_krb5_enctype *e, const u8 *protocol_key,
		     const struct cssp_rd *constant, u8 *out, size_t n)
{
	struct cssp_krb5_key *key;
	int ret;

	memset(out, 0, n);
	if (n > CSSP_KRB5_KEY_MAX || !constant->left)
		return CSSP_E_PARAMETER;
	ret = krb5_crypto_alloc(&key, e);
	if (ret)
		return ret;
	ret = krb5_crypto_set_protocol_key(key, protocol_key);
	if (ret)
		goto out_free;
	ret = krb5_crypto_derive(key, constant, out, n);
	if (ret)
		memzero_explicit(out, n);
out_free:
	cssp_krb5_key_free(key);
	return ret;
}

/*
 * The checksum of a text: over the plaintext in RFC 3962 6, over IV and ciphertext in RFC
 * 8009 5. Both lie at @text.
 */
static int krb5_crypto_text_mac(struct cssp_krb5_key *key, const u8 *text, size_t len,
				u8 *mac)
{
	static const u8 iv[AES_BLOCK_SIZE];
	const struct cssp_rd parts[] = {
		cssp_rd_of(iv, key->e->sha2 ? sizeof(iv) : 0),
		cssp_rd_of(text, len),
	};

	return krb5_crypto_mac(key->seal_mac, parts, ARRAY_SIZE(parts), mac, key->e->mac_size);
}

/* RFC 3961 5.3: the checksum of the plaintext is not encrypted. */
static int krb5_crypto_mac_and_encrypt(struct cssp_krb5_key *key, u8 *text, size_t len)
{
	int ret;

	ret = krb5_crypto_text_mac(key, text, len, text + len);
	if (ret)
		return ret;
	return krb5_crypto_crypt(key, text, len, true);
}

static int krb5_crypto_encrypt_then_mac(struct cssp_krb5_key *key, u8 *text, size_t len)
{
	int ret;

	ret = krb5_crypto_crypt(key, text, len, true);
	if (ret)
		return ret;
	return krb5_crypto_text_mac(key, text, len, text + len);
}

int cssp_krb5_encrypt(struct cssp_krb5_key *key, u8 *text, size_t len)
{
	if (len < CSSP_KRB5_CONFOUNDER_SIZE)
		return CSSP_E_PARAMETER;
	if (len > CSSP_KRB5_MAX_TEXT)
		return CSSP_E_TOO_BIG;
	if (key->e->sha2)
		return krb5_crypto_encrypt_then_mac(key, text, len);
	return krb5_crypto_mac_and_encrypt(key, text, len);
}

/* Compare the checksum that follows the text, in constant time. */
static int krb5_crypto_check_mac(struct cssp_krb5_key *key, const u8 *text, size_t len)
{
	u8 want[CSSP_KRB5_MAC_MAX];
	int ret;

	ret = krb5_crypto_text_mac(key, text, len, want);
	if (!ret && crypto_memneq(want, text + len, key->e->mac_size))
		ret = CSSP_E_ALTERED;
	memzero_explicit(want, sizeof(want));
	return ret;
}

static int krb5_crypto_decrypt_and_check(struct cssp_krb5_key *key, u8 *text, size_t len)
{
	int ret;

	ret = krb5_crypto_crypt(key, text, len, false);
	if (ret)
		return ret;
	return krb5_crypto_check_mac(key, text, len);
}

static int krb5_crypto_check_then_decrypt(struct cssp_krb5_key *key, u8 *text, size_t len)
{
	int ret;

	ret = krb5_crypto_check_mac(key, text, len);
	if (ret)
		return ret;
	return krb5_crypto_crypt(key, text, len, false);
}

int cssp_krb5_decrypt(struct cssp_krb5_key *key, u8 *text, size_t len)
{
	size_t mac_size = key->e->mac_size;

	if (len < CSSP_KRB5_CONFOUNDER_SIZE + mac_size)
		return CSSP_E_MALFORMED;
	len -= mac_size;
	if (len > CSSP_KRB5_MAX_TEXT)
		return CSSP_E_TOO_BIG;
	if (key->e->sha2)
		return krb5_crypto_check_then_decrypt(key, text, len);
	return krb5_crypto_decrypt_and_check(key, text, len);
}

int cssp_krb5_checksum(struct cssp_krb5_key *key, const struct cssp_rd *parts,
		       unsigned int nparts, u8 *sum)
{
	return krb5_crypto_mac(key->sign_mac, parts, nparts, sum, key->e->mac_size);
}
