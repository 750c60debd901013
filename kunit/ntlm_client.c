// SPDX-License-Identifier: GPL-2.0-only
/* A scripted NTLM initiator for tests, MS-NLMP 3.1. */
#include "ntlm_client.h"

#include <uapi/linux/credssp.h>

#include "mech/encode.h"

/* Room for the AV pairs of both sides, each of them twice */
#define AV_ROOM		2048
/* Bytes of an EOL, and of what follows the list (MS-NLMP 3.3.2) */
#define AV_EOL_SIZE	4

int ntlm_client_negotiate(u32 flags, struct cssp_vbuf *out)
{
	const struct cssp_ntlm_negotiate msg = {
		.flags = flags,
		.version = { 10, 0, 0, 0, 0, 0, 0, CSSP_NTLM_REVISION },
	};
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(out, cssp_ntlm_negotiate_size(&msg), &wr);
	if (ret)
		return ret;
	cssp_ntlm_negotiate_encode(&msg, &wr);
	return cssp_encode_end(out, &wr);
}

static void client_put_av(const struct ntlm_client_knobs *k, struct cssp_wr *wr, u16 id,
			  const struct cssp_rd *value)
{
	size_t at = wr->len + 4;

	if (k->omit_av & CSSP_NTLM_AV_BIT(id))
		return;
	cssp_ntlm_av_put(wr, id, value);
	if (k->alter_av & CSSP_NTLM_AV_BIT(id) && value->left && !wr->overflow)
		wr->buf[at] ^= 0x20;
	if (k->repeat_av & CSSP_NTLM_AV_BIT(id))
		cssp_ntlm_av_put(wr, id, value);
}

static int client_copy_av(const struct ntlm_client_knobs *k, struct cssp_rd list,
			  struct cssp_wr *wr)
{
	struct cssp_rd value;
	u16 id;
	int ret;

	for (;;) {
		ret = cssp_ntlm_av_next(&list, &id, &value);
		if (ret || id == CSSP_NTLM_AV_EOL)
			return ret;
		client_put_av(k, wr, id, &value);
	}
}

static int client_write_av(const struct ntlm_client_knobs *k, const struct cssp_rd *server,
			   struct cssp_vbuf *list)
{
	static const u8 no_bindings[CSSP_NTLM_BINDINGS_SIZE];
	static const u8 x[] = { 'X', 0 };
	const __le32 flags = cpu_to_le32(k->no_av_flags ? 0 : CSSP_NTLM_AVF_MIC);
	const struct cssp_rd av_flags = cssp_rd_of(&flags, sizeof(flags));
	const struct cssp_rd extra = cssp_rd_of(x, sizeof(x)), none = {};
	const struct cssp_rd bindings = cssp_rd_of(k->bindings ?: no_bindings,
						   sizeof(no_bindings));
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(list, AV_ROOM, &wr);
	if (ret)
		return ret;
	ret = client_copy_av(k, *server, &wr);
	if (ret)
		return ret;
	client_put_av(k, &wr, CSSP_NTLM_AV_FLAGS, &av_flags);
	client_put_av(k, &wr, CSSP_NTLM_AV_BINDINGS, &bindings);
	client_put_av(k, &wr, CSSP_NTLM_AV_TARGET_NAME, &none);
	if (k->extra_av)
		cssp_ntlm_av_put(&wr, k->extra_av, &extra);
	if (!k->no_eol)
		cssp_ntlm_av_put(&wr, CSSP_NTLM_AV_EOL, &none);
	return cssp_encode_end(list, &wr);
}

/* NTLMv2_RESPONSE without its proof */
static int client_write_response(const struct ntlm_client_knobs *k,
				 const struct cssp_ntlm_challenge *ch, struct cssp_vbuf *nt)
{
	struct cssp_rd list = ch->target_info;
	struct cssp_ntlm_v2 v2 = { .client_challenge = { 1, 2, 3, 4, 5, 6, 7, 8 } };
	size_t padding = k->quirks & NTLM_CLIENT_LONG ? CREDSSP_HLP_MAX_NTLM_RESPONSE : 0;
	struct cssp_vbuf pairs = {};
	struct cssp_ntlm_av av;
	struct cssp_wr wr;
	int ret;

	ret = cssp_ntlm_av_parse(&list, &av) ?: client_write_av(k, &ch->target_info, &pairs);
	if (ret)
		goto out;
	v2.time = av.timestamp;
	v2.av = cssp_vbuf_rd(&pairs);
	ret = cssp_encode_begin(nt, CSSP_NTLM_PROOF_SIZE + cssp_ntlm_temp_size(&v2) + padding,
				&wr);
	if (ret)
		goto out;
	cssp_wr_zero(&wr, CSSP_NTLM_PROOF_SIZE);
	cssp_ntlm_temp_encode(&v2, &wr);
	cssp_wr_zero(&wr, padding);
	ret = cssp_encode_end(nt, &wr);
	/* The zeros behind the list would be its EOL. */
	if (k->no_eol)
		nt->len -= AV_EOL_SIZE;
out:
	cssp_vbuf_free(&pairs);
	return ret;
}

/**
 * struct client_work - while AUTHENTICATE is made
 * @c: algorithms
 * @id: who logs on
 * @key: NTOWFv2
 * @lm: LMv2 response, or zeros
 * @enc_key: EncryptedRandomSessionKey
 * @nt: NtChallengeResponse
 * @workstation: in UTF-16LE
 */
struct client_work {
	struct cssp_ntlm_crypto c;
	const struct cssp_identity *id;
	u8 key[CSSP_NTLM_KEY_SIZE];
	u8 lm[CSSP_NTLM_LM_SIZE];
	u8 enc_key[CSSP_NTLM_KEY_SIZE];
	struct cssp_vbuf nt;
	struct cssp_vbuf workstation;
};

static int client_key(struct client_work *w)
{
	const struct cssp_rd password = cssp_vbuf_rd(&w->id->password);
	const struct cssp_rd domain = cssp_vbuf_rd(&w->id->domain);
	const struct cssp_rd user = cssp_vbuf_rd(&w->id->user);
	int ret;

	ret = cssp_ntlm_ntowfv1(&w->c, &password, w->key);
	return ret ?: cssp_ntlm_ntowfv2(&w->c, w->key, &user, &domain, w->key);
}

static int client_prove(struct client_work *w, const struct ntlm_client_knobs *k,
			const struct cssp_ntlm_challenge *ch, u8 session_key[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd server = cssp_rd_of(ch->server_challenge,
						 sizeof(ch->server_challenge));
	const struct cssp_rd own = cssp_rd_of(w->lm + CSSP_NTLM_PROOF_SIZE,
					      CSSP_NTLM_CHALLENGE_SIZE);
	struct cssp_rd temp = cssp_vbuf_rd(&w->nt);
	u8 kek[CSSP_NTLM_KEY_SIZE];
	int ret;

	ret = cssp_rd_skip(&temp, CSSP_NTLM_PROOF_SIZE) ?:
	      cssp_ntlm_proof(&w->c, w->key, &server, &temp, w->nt.data) ?:
	      cssp_ntlm_session_base_key(&w->c, w->key, w->nt.data, kek);
	if (!ret && k->base_key)
		memcpy(session_key, kek, sizeof(kek));
	else if (!ret)
		ret = cssp_ntlm_key_exchange(kek, session_key, w->enc_key);
	/* LMv2 is the proof over the client's challenge alone. */
	return ret ?: cssp_ntlm_proof(&w->c, w->key, &server, &own, w->lm);
}

static int client_put_mic(struct client_work *w, u32 quirks, const struct cssp_rd *negotiate,
			  const struct cssp_rd *challenge, const u8 *session_key,
			  struct cssp_vbuf *out)
{
	const struct cssp_rd rd = cssp_vbuf_rd(out);
	u8 *mic = out->data + CSSP_NTLM_MIC_OFFSET;
	int ret;

	if (quirks & NTLM_CLIENT_ZERO_MIC)
		return 0;
	ret = cssp_ntlm_message_mic(&w->c, session_key, negotiate, challenge, &rd, mic);
	if (!ret && quirks & NTLM_CLIENT_WRONG_MIC)
		mic[15] ^= 1;
	return ret;
}

static int client_write(struct client_work *w, const struct ntlm_client_knobs *k, u32 flags,
			struct cssp_vbuf *out)
{
	static const u8 no_lm[CSSP_NTLM_LM_SIZE];
	bool lm = k->quirks & (NTLM_CLIENT_LMV2 | NTLM_CLIENT_LM_ONLY);
	struct cssp_ntlm_authenticate msg = {
		.flags = flags,
		.lm = cssp_rd_of(lm ? w->lm : no_lm, sizeof(no_lm)),
		.nt = cssp_vbuf_rd(&w->nt),
		.domain = cssp_vbuf_rd(&w->id->domain),
		.user = cssp_vbuf_rd(&w->id->user),
		.workstation = cssp_vbuf_rd(&w->workstation),
		.enc_key = cssp_rd_of(w->enc_key, k->base_key ? 0 : sizeof(w->enc_key)),
	};
	struct cssp_wr wr;
	int ret;

	if (k->enc_size)
		msg.enc_key.left = k->enc_size;
	if (k->quirks & NTLM_CLIENT_V1)
		msg.nt.left = CSSP_NTLM_V1_SIZE;
	if (k->quirks & NTLM_CLIENT_LM_ONLY)
		msg.nt.left = 0;
	ret = cssp_encode_begin(out, cssp_ntlm_authenticate_size(&msg), &wr);
	if (ret)
		return ret;
	cssp_ntlm_authenticate_encode(&msg, &wr);
	return cssp_encode_end(out, &wr);
}

static int client_answer(struct client_work *w, const struct ntlm_client_knobs *k,
			 const struct cssp_rd *negotiate, const struct cssp_rd *challenge,
			 u8 *session_key, struct cssp_vbuf *out)
{
	const struct cssp_rd workstation = cssp_rd_of(k->workstation ?: "",
						      strlen(k->workstation ?: ""));
	struct cssp_ntlm_challenge ch;
	u32 flags;
	int ret;

	ret = cssp_ntlm_crypto_init(&w->c) ?:
	      cssp_ntlm_challenge_decode(challenge, &ch) ?:
	      cssp_encode_utf16(&w->workstation, &workstation) ?:
	      client_key(w) ?:
	      client_write_response(k, &ch, &w->nt) ?:
	      client_prove(w, k, &ch, session_key);
	if (ret)
		return ret;
	flags = (ch.flags & ~k->clear_flags) | k->set_flags;
	return client_write(w, k, flags, out) ?:
	       client_put_mic(w, k->quirks, negotiate, challenge, session_key, out);
}

int ntlm_client_authenticate(const struct cssp_identity *id,
			     const struct ntlm_client_knobs *knobs,
			     const struct cssp_rd *negotiate, const struct cssp_rd *challenge,
			     u8 session_key[CSSP_NTLM_KEY_SIZE], struct cssp_vbuf *out)
{
	static const struct ntlm_client_knobs no_knobs;
	struct client_work w = { .id = id };
	int ret;

	ret = client_answer(&w, knobs ?: &no_knobs, negotiate, challenge, session_key, out);
	cssp_vbuf_free(&w.nt);
	cssp_vbuf_free(&w.workstation);
	return ret;
}
