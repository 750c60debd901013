// SPDX-License-Identifier: GPL-2.0-only
/* What the legs of both CredSSP machines have in common. */
#include <linux/minmax.h>
#include <crypto/algapi.h>

#include "../base/status.h"
#include "leg.h"

int cssp_leg_append(const struct cssp_ts_request *req, struct cssp_vbuf *out)
{
	size_t size = cssp_ts_request_size(req);
	struct cssp_wr wr;
	int ret;

	if (size > CREDSSP_MAX_TOKEN)
		return CSSP_E_TOO_BIG;
	ret = cssp_vbuf_reserve(out, out->len + size);
	if (ret)
		return ret;
	wr = cssp_wr_of(out->data + out->len, size);
	cssp_ts_request_encode(req, &wr);
	ret = cssp_wr_done(&wr);
	if (ret)
		return ret;
	out->len += wr.len;
	return 0;
}

int cssp_leg_version(struct cssp_leg_versions *v, u32 version, u32 *reason)
{
	if (version < CREDSSP_MIN_VERSION || (v->peer && v->peer != version)) {
		*reason = CREDSSP_REASON_VERSION;
		return CSSP_E_STATE;
	}
	v->peer = version;
	v->effective = min(version, v->own);
	if (v->effective < v->min) {
		*reason = CREDSSP_REASON_VERSION_POLICY;
		return CSSP_E_VERSION;
	}
	return 0;
}

/* Append the key, with @add added to its first byte. */
static int leg_key_proof(const struct cssp_rd *key, u8 add, struct cssp_vbuf *plain)
{
	size_t at = plain->len;
	int ret;

	if (!key->left)
		return CSSP_E_ALTERED;
	ret = cssp_vbuf_append(plain, key->p, key->left);
	if (ret)
		return ret;
	plain->data[at] += add;
	return 0;
}

int cssp_leg_proof(const struct cssp_leg_binding *b, enum cssp_binding_dir dir,
		   struct cssp_vbuf *plain)
{
	u8 hash[CSSP_BINDING_SIZE];
	int ret;

	if (b->version < CSSP_TS_HASH_VERSION)
		return leg_key_proof(&b->key, dir == CSSP_BINDING_SERVER_TO_CLIENT, plain);
	ret = cssp_binding_hash(dir, &b->nonce, &b->key, hash);
	if (!ret)
		ret = cssp_vbuf_append(plain, hash, sizeof(hash));
	memzero_explicit(hash, sizeof(hash));
	return ret;
}

int cssp_leg_check_proof(const struct cssp_leg_binding *b, enum cssp_binding_dir dir,
			 const struct cssp_rd *plain)
{
	struct cssp_vbuf want = {};
	int ret;

	if (b->version >= CSSP_TS_HASH_VERSION)
		return cssp_binding_check(dir, &b->nonce, &b->key, plain);
	ret = cssp_leg_proof(b, dir, &want);
	if (ret)
		return ret;
	if (plain->left != want.len || crypto_memneq(plain->p, want.data, want.len))
		ret = CSSP_E_ALTERED;
	cssp_vbuf_free(&want);
	return ret;
}
