// SPDX-License-Identifier: GPL-2.0-only
/* Keys, proofs and the MIC of NTLMv2: MS-NLMP 3.3.2, 3.4.5. */

#include <linux/fips.h>
#include <linux/kernel.h>
#include <linux/slab.h>
#include <linux/string.h>
#include "../base/mem.h"
#include "../base/status.h"
#include "../wire/utf16.h"
#include "md4.h"
#include "ntlm_crypto.h"

static_assert(CSSP_NTLM_KEY_SIZE == MD5_DIGEST_SIZE);

/* The kernel has no MD4. To ask for it again would start modprobe each time. */
static bool ntlm_crypto_own_md4;

/* Without @c->md4 the module's own MD4 is used. */
static int ntlm_crypto_alloc_md4(struct cssp_ntlm_crypto *c)
{
	int ret;

	if (READ_ONCE(ntlm_crypto_own_md4))
		return 0;
	ret = cssp_hash_shared(&c->md4, CSSP_MD4);
	if (ret != CSSP_E_WEAK)
		return ret;
	WRITE_ONCE(ntlm_crypto_own_md4, true);
	return 0;
}

int cssp_ntlm_crypto_init(struct cssp_ntlm_crypto *c)
{
	int ret;

	memset(c, 0, sizeof(*c));
	/* fips=1 forbids MD4 and MD5. */
	if (fips_enabled)
		return CSSP_E_WEAK;
	ret = ntlm_crypto_alloc_md4(c);
	if (ret)
		return ret;
	return cssp_hash_shared(&c->md5, CSSP_MD5);
}

int cssp_ntlm_ntowfv1(struct cssp_ntlm_crypto *c, const struct cssp_rd *password,
		      u8 hash[CSSP_NTLM_KEY_SIZE])
{
	if (c->md4)
		return cssp_hash(c->md4, password, 1, hash);
	cssp_md4(password, 1, hash);
	return 0;
}

int cssp_ntlm_ntowfv2(struct cssp_ntlm_crypto *c, const u8 nt_hash[CSSP_NTLM_KEY_SIZE],
		      const struct cssp_rd *user, const struct cssp_rd *domain,
		      u8 key[CSSP_NTLM_KEY_SIZE])
{
	struct cssp_vbuf upper = {};
	struct cssp_rd parts[2] = { {}, *domain };
	struct cssp_wr wr;
	int ret;

	ret = cssp_vbuf_reserve(&upper, user->left);
	if (ret)
		return ret;
	wr = cssp_wr_of(upper.data, user->left);
	cssp_utf16_write_upper(user, &wr);
	ret = cssp_wr_done(&wr);
	if (ret)
		goto out;
	parts[0] = cssp_rd_of(upper.data, wr.len);
	ret = cssp_hmac_md5(c->md5, nt_hash, parts, ARRAY_SIZE(parts), key);
out:
	cssp_vbuf_free(&upper);
	return ret;
}

int cssp_ntlm_proof(struct cssp_ntlm_crypto *c, const u8 response_key[CSSP_NTLM_KEY_SIZE],
		    const struct cssp_rd *server_challenge, const struct cssp_rd *temp,
		    u8 proof[CSSP_NTLM_PROOF_SIZE])
{
	const struct cssp_rd parts[] = { *server_challenge, *temp };

	return cssp_hmac_md5(c->md5, response_key, parts, ARRAY_SIZE(parts), proof);
}

int cssp_ntlm_session_base_key(struct cssp_ntlm_crypto *c,
			       const u8 response_key[CSSP_NTLM_KEY_SIZE],
			       const u8 proof[CSSP_NTLM_PROOF_SIZE],
			       u8 key[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd part = cssp_rd_of(proof, CSSP_NTLM_PROOF_SIZE);

	return cssp_hmac_md5(c->md5, response_key, &part, 1, key);
}

int cssp_ntlm_key_exchange(const u8 key_exchange_key[CSSP_NTLM_KEY_SIZE],
			   const u8 in[CSSP_NTLM_KEY_SIZE], u8 out[CSSP_NTLM_KEY_SIZE])
{
	/* Too big for the stack. */
	struct arc4_ctx *rc4 = kmalloc(sizeof(*rc4), CSSP_GFP);

	if (!rc4)
		return -ENOMEM;
	/* arc4_setkey() cannot fail with a key of 1 to 256 bytes. */
	arc4_setkey(rc4, key_exchange_key, CSSP_NTLM_KEY_SIZE);
	arc4_crypt(rc4, out, in, CSSP_NTLM_KEY_SIZE);
	kfree_sensitive(rc4);
	return 0;
}

int cssp_ntlm_message_mic(struct cssp_ntlm_crypto *c,
			  const u8 session_key[CSSP_NTLM_KEY_SIZE],
			  const struct cssp_rd *negotiate, const struct cssp_rd *challenge,
			  const struct cssp_rd *authenticate, u8 mic[CSSP_NTLM_MIC_SIZE])
{
	static const u8 zeros[CSSP_NTLM_MIC_SIZE];
	struct cssp_rd parts[5] = { *negotiate, *challenge };
	struct cssp_rd rest = *authenticate;
	int ret;

	ret = cssp_rd_sub(&rest, CSSP_NTLM_MIC_OFFSET, &parts[2]);
	if (ret)
		return ret;
	ret = cssp_rd_skip(&rest, CSSP_NTLM_MIC_SIZE);
	if (ret)
		return ret;
	parts[3] = cssp_rd_of(zeros, sizeof(zeros));
	parts[4] = rest;
	return cssp_hmac_md5(c->md5, session_key, parts, ARRAY_SIZE(parts), mic);
}
