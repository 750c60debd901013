// SPDX-License-Identifier: GPL-2.0-only
/* Signing and sealing with NTLM's keys: MS-NLMP 3.4.2 to 3.4.5. */

#include <crypto/algapi.h>
#include <linux/kernel.h>
#include "../base/status.h"
#include "ntlm_crypto.h"

#define SIGNATURE_VERSION	1	/* MS-NLMP 2.2.2.9.1 */
#define CHECKSUM_SIZE		8

/* MS-NLMP 3.4.5.2, 3.4.5.3: hashed with their terminating NUL. */
static const char sign_to_server[] =
	"session key to client-to-server signing key magic constant";
static const char sign_to_client[] =
	"session key to server-to-client signing key magic constant";
static const char seal_to_server[] =
	"session key to client-to-server sealing key magic constant";
static const char seal_to_client[] =
	"session key to server-to-client sealing key magic constant";

static const struct {
	struct cssp_rd sign;
	struct cssp_rd seal;
} seal_magics[] = {
	[CSSP_NTLM_CLIENT_TO_SERVER] = {
		.sign = { sign_to_server, sizeof(sign_to_server) },
		.seal = { seal_to_server, sizeof(seal_to_server) },
	},
	[CSSP_NTLM_SERVER_TO_CLIENT] = {
		.sign = { sign_to_client, sizeof(sign_to_client) },
		.seal = { seal_to_client, sizeof(seal_to_client) },
	},
};

/* MS-NLMP 3.4.3: RC4 with the sealing key goes on from message to message. */
static void seal_crypt(struct cssp_ntlm_dir *dir, u8 *to, const u8 *from, size_t n)
{
	if (!dir->keyed)
		arc4_setkey(&dir->rc4, dir->seal_key, sizeof(dir->seal_key));
	dir->keyed = true;
	arc4_crypt(&dir->rc4, to, from, n);
}

/* The checksum before RC4, MS-NLMP 3.4.4.2: HMAC_MD5(SigningKey, SeqNum || Message). */
static int seal_checksum(struct cssp_ntlm_crypto *c, const struct cssp_ntlm_dir *dir,
			 const struct cssp_rd *message, u8 sum[CHECKSUM_SIZE])
{
	const __le32 seq = cpu_to_le32(dir->seq);
	const struct cssp_rd parts[] = { cssp_rd_of(&seq, sizeof(seq)), *message };
	u8 mac[CSSP_NTLM_KEY_SIZE];
	int ret;

	ret = cssp_hmac_md5(c->md5, dir->sign_key, parts, ARRAY_SIZE(parts), mac);
	memcpy(sum, mac, CHECKSUM_SIZE);
	memzero_explicit(mac, sizeof(mac));
	return ret;
}

/*
 * The signature of message @dir->seq, MS-NLMP 2.2.2.9.2 and 3.4.4.2. With key exchange
 * the checksum is encrypted, which takes eight bytes of the RC4 stream. The sequence
 * number is used up.
 */
static void seal_finish_signature(struct cssp_ntlm_dir *dir, const u8 sum[CHECKSUM_SIZE],
				  u8 signature[CSSP_NTLM_SIGNATURE_SIZE])
{
	struct cssp_wr wr = cssp_wr_of(signature, CSSP_NTLM_SIGNATURE_SIZE);
	u8 crypted[CHECKSUM_SIZE];

	if (dir->plain_sum)
		memcpy(crypted, sum, sizeof(crypted));
	else
		seal_crypt(dir, crypted, sum, sizeof(crypted));
	cssp_wr_le32(&wr, SIGNATURE_VERSION);
	cssp_wr_copy(&wr, crypted, sizeof(crypted));
	cssp_wr_le32(&wr, dir->seq++);
}

/*
 * No number is used twice: after a mechListMIC has reset the RC4 stream, a
 * repeated number would repeat a whole signature.
 */
static int seal_check_message(const struct cssp_ntlm_dir *dir, size_t len)
{
	if (len > CSSP_NTLM_MAX_MESSAGE)
		return CSSP_E_TOO_BIG;
	return dir->seq == U32_MAX ? -EOVERFLOW : 0;
}

/* Compare in constant time. */
static int seal_check_signature(const u8 want[CSSP_NTLM_SIGNATURE_SIZE],
				const struct cssp_rd *got)
{
	if (got->left != CSSP_NTLM_SIGNATURE_SIZE ||
	    crypto_memneq(want, got->p, CSSP_NTLM_SIGNATURE_SIZE))
		return CSSP_E_ALTERED;
	return 0;
}

int cssp_ntlm_dir_init(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
		       enum cssp_ntlm_way way, const u8 session_key[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd key = cssp_rd_of(session_key, CSSP_NTLM_KEY_SIZE);
	const struct cssp_rd sign[] = { key, seal_magics[way].sign };
	const struct cssp_rd seal[] = { key, seal_magics[way].seal };
	int ret;

	ret = cssp_hash(c->md5, sign, ARRAY_SIZE(sign), dir->sign_key);
	if (ret)
		goto err_wipe;
	ret = cssp_hash(c->md5, seal, ARRAY_SIZE(seal), dir->seal_key);
	if (ret)
		goto err_wipe;
	cssp_ntlm_dir_reset(dir);
	dir->plain_sum = false;
	dir->seq = 0;
	return 0;

err_wipe:
	cssp_ntlm_dir_wipe(dir);
	return ret;
}

void cssp_ntlm_dir_reset(struct cssp_ntlm_dir *dir)
{
	dir->keyed = false;
}

void cssp_ntlm_dir_wipe(struct cssp_ntlm_dir *dir)
{
	memzero_explicit(dir, sizeof(*dir));
}

int cssp_ntlm_seal(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
		   const struct cssp_rd *plain, struct cssp_vbuf *out)
{
	u8 sum[CHECKSUM_SIZE];
	u8 *signature, *data;
	int ret;

	ret = seal_check_message(dir, plain->left);
	if (ret)
		return ret;
	ret = cssp_vbuf_reserve(out, out->len + CSSP_NTLM_SIGNATURE_SIZE + plain->left);
	if (ret)
		return ret;
	ret = seal_checksum(c, dir, plain, sum);
	if (ret)
		return ret;
	/* MS-NLMP 3.4.3: RC4 encrypts the data first, then its checksum. */
	signature = out->data + out->len;
	data = signature + CSSP_NTLM_SIGNATURE_SIZE;
	seal_crypt(dir, data, plain->p, plain->left);
	seal_finish_signature(dir, sum, signature);
	out->len += CSSP_NTLM_SIGNATURE_SIZE + plain->left;
	memzero_explicit(sum, sizeof(sum));
	return 0;
}

int cssp_ntlm_unseal(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
		     const struct cssp_rd *sealed, struct cssp_vbuf *out)
{
	struct cssp_rd signature, data = *sealed, plain;
	int ret;

	ret = cssp_rd_sub(&data, CSSP_NTLM_SIGNATURE_SIZE, &signature);
	if (ret)
		return ret;
	ret = seal_check_message(dir, data.left);
	if (ret)
		return ret;
	ret = cssp_vbuf_reserve(out, out->len + data.left);
	if (ret)
		return ret;
	plain = cssp_rd_of(out->data + out->len, data.left);
	seal_crypt(dir, out->data + out->len, data.p, data.left);
	ret = cssp_ntlm_verify(c, dir, &plain, &signature);
	if (ret)
		memzero_explicit(out->data + out->len, data.left);
	else
		out->len += data.left;
	return ret;
}

int cssp_ntlm_sign(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
		   const struct cssp_rd *message, u8 signature[CSSP_NTLM_SIGNATURE_SIZE])
{
	u8 sum[CHECKSUM_SIZE];
	int ret;

	ret = seal_check_message(dir, message->left);
	if (ret)
		return ret;
	ret = seal_checksum(c, dir, message, sum);
	if (ret)
		return ret;
	seal_finish_signature(dir, sum, signature);
	memzero_explicit(sum, sizeof(sum));
	return 0;
}

int cssp_ntlm_verify(struct cssp_ntlm_crypto *c, struct cssp_ntlm_dir *dir,
		     const struct cssp_rd *message, const struct cssp_rd *signature)
{
	u8 want[CSSP_NTLM_SIGNATURE_SIZE];
	int ret;

	ret = cssp_ntlm_sign(c, dir, message, want) ?: seal_check_signature(want, signature);
	memzero_explicit(want, sizeof(want));
	return ret;
}
