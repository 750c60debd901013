// SPDX-License-Identifier: GPL-2.0-only
/* An established NTLM session, of either side. */
#include "ntlm_session.h"

#include <linux/string.h>

#include "../base/status.h"

/* MS-NLMP 2.2.2.10: for debugging only. This is Windows 10, which speaks all of this. */
const u8 cssp_ntlm_version[CSSP_NTLM_VERSION_SIZE] = {
	10, 0, 0, 0, 0, 0, 0, CSSP_NTLM_REVISION
};

static struct cssp_ntlm_session *ntlm_session_of(struct cssp_mech *mech)
{
	return container_of(mech, struct cssp_ntlm_session, base);
}

int cssp_ntlm_session_init(struct cssp_ntlm_session *s)
{
	s->base.ntlm_only = true;
	s->base.trailer = CSSP_NTLM_SIGNATURE_SIZE;
	s->base.signature = CSSP_NTLM_SIGNATURE_SIZE;
	s->base.facts.package = CREDSSP_PACKAGE_NTLM;
	return cssp_ntlm_crypto_init(&s->crypto);
}

static enum cssp_ntlm_way ntlm_session_other_way(enum cssp_ntlm_way way)
{
	return way == CSSP_NTLM_CLIENT_TO_SERVER ? CSSP_NTLM_SERVER_TO_CLIENT :
						   CSSP_NTLM_CLIENT_TO_SERVER;
}

int cssp_ntlm_session_establish(struct cssp_ntlm_session *s, enum cssp_ntlm_way tx,
				const u8 key[CSSP_NTLM_KEY_SIZE], u32 flags)
{
	const bool plain_sum = !(flags & CSSP_NTLM_KEY_EXCH);
	int ret;

	ret = cssp_ntlm_dir_init(&s->crypto, &s->tx, tx, key);
	if (ret)
		return ret;
	ret = cssp_ntlm_dir_init(&s->crypto, &s->rx, ntlm_session_other_way(tx), key);
	if (ret)
		return ret;
	s->tx.plain_sum = plain_sum;
	s->rx.plain_sum = plain_sum;
	memcpy(s->session_key, key, sizeof(s->session_key));
	s->established = true;
	return 0;
}

void cssp_ntlm_session_wipe(struct cssp_ntlm_session *s)
{
	s->established = false;
	cssp_ntlm_dir_wipe(&s->tx);
	cssp_ntlm_dir_wipe(&s->rx);
	memzero_explicit(s->session_key, sizeof(s->session_key));
}

static int ntlm_session_check(const struct cssp_ntlm_session *s)
{
	return s->established ? 0 : CSSP_E_STATE;
}

/* After a message, which ends the mechanism if it failed. Returns @ret. */
static int ntlm_session_end_message(struct cssp_ntlm_session *s, int ret)
{
	return ret ? s->fail(&s->base, ret) : 0;
}

int cssp_ntlm_session_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
			   struct cssp_vbuf *out)
{
	struct cssp_ntlm_session *s = ntlm_session_of(mech);
	int ret;

	ret = ntlm_session_check(s) ?: cssp_ntlm_seal(&s->crypto, &s->tx, plain, out);
	return ntlm_session_end_message(s, ret);
}

int cssp_ntlm_session_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
			     struct cssp_vbuf *out)
{
	struct cssp_ntlm_session *s = ntlm_session_of(mech);
	int ret;

	ret = ntlm_session_check(s) ?: cssp_ntlm_unseal(&s->crypto, &s->rx, sealed, out);
	return ntlm_session_end_message(s, ret);
}

static int ntlm_session_append_signature(struct cssp_ntlm_session *s,
					 const struct cssp_rd *message, struct cssp_vbuf *out)
{
	u8 signature[CSSP_NTLM_SIGNATURE_SIZE];
	int ret;

	ret = cssp_ntlm_sign(&s->crypto, &s->tx, message, signature);
	if (ret)
		return ret;
	return cssp_vbuf_append(out, signature, sizeof(signature));
}

int cssp_ntlm_session_sign(struct cssp_mech *mech, const struct cssp_rd *message,
			   struct cssp_vbuf *signature)
{
	struct cssp_ntlm_session *s = ntlm_session_of(mech);
	int ret;

	ret = ntlm_session_check(s) ?: ntlm_session_append_signature(s, message, signature);
	return ntlm_session_end_message(s, ret);
}

int cssp_ntlm_session_verify(struct cssp_mech *mech, const struct cssp_rd *message,
			     const struct cssp_rd *signature)
{
	struct cssp_ntlm_session *s = ntlm_session_of(mech);
	int ret;

	ret = ntlm_session_check(s) ?:
	      cssp_ntlm_verify(&s->crypto, &s->rx, message, signature);
	return ntlm_session_end_message(s, ret);
}

int cssp_ntlm_session_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
			       struct cssp_vbuf *mic)
{
	int ret = cssp_ntlm_session_sign(mech, list, mic);

	if (ret)
		return ret;
	cssp_ntlm_dir_reset(&ntlm_session_of(mech)->tx);
	return 0;
}

int cssp_ntlm_session_check_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
				     const struct cssp_rd *mic)
{
	int ret = cssp_ntlm_session_verify(mech, list, mic);

	if (ret)
		return ret;
	cssp_ntlm_dir_reset(&ntlm_session_of(mech)->rx);
	return 0;
}

static_assert(CSSP_NTLM_KEY_SIZE <= CSSP_SESSION_KEY_MAX);

int cssp_ntlm_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	struct cssp_ntlm_session *s = ntlm_session_of(mech);
	int ret = ntlm_session_check(s);

	if (ret)
		return ret;
	memcpy(key->bytes, s->session_key, sizeof(s->session_key));
	key->length = sizeof(s->session_key);
	memzero_explicit(s->session_key, sizeof(s->session_key));
	return 0;
}
