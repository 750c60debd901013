// SPDX-License-Identifier: GPL-2.0-only
/*
 * The messages of the NTLM initiator, MS-NLMP 3.1: NTLMv2 with extended session
 * security, 128-bit keys, key exchange and a MIC over the three messages.
 * CredSSP seals a password with these keys, so a CHALLENGE that offers less is
 * refused.
 */

#include "../base/status.h"
#include "../wire/ntlm_av.h"
#include "../wire/ntlm_msg.h"
#include "encode.h"
#include "ntlm.h"
#include "ntlm_message.h"

/* The CHALLENGE must have them all: for NTLMv2, and for a strong session key. */
#define REQUIRED_FLAGS	(CSSP_NTLM_STRONG_FLAGS | CSSP_NTLM_TARGET_INFO)

/* TARGET_INFO is offered by the acceptor and repeated by the initiator. */
#define AUTHENTICATE_FLAGS	(CSSP_NTLM_SPOKEN_FLAGS | CSSP_NTLM_TARGET_INFO)

/* MS-NLMP 3.1.5.1.2: a SIGN or SEAL client fails if either name is missing. */
#define REQUIRED_NAMES	(CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_NB_COMPUTER) |		\
			 CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_NB_DOMAIN))

int cssp_ntlm_negotiate_make(struct cssp_vbuf *token)
{
	struct cssp_ntlm_negotiate msg = { .flags = CSSP_NTLM_SPOKEN_FLAGS };
	struct cssp_wr wr;
	int ret;

	memcpy(msg.version, cssp_ntlm_version, sizeof(msg.version));
	ret = cssp_encode_begin(token, cssp_ntlm_negotiate_size(&msg), &wr);
	if (ret)
		return ret;
	cssp_ntlm_negotiate_encode(&msg, &wr);
	return cssp_encode_end(token, &wr);
}

/* Check that the exchange can be strong, and take the AV pairs out of the CHALLENGE. */
static int message_check_challenge(const struct cssp_ntlm_challenge *ch,
				   struct cssp_ntlm_av *av, u32 *reason)
{
	struct cssp_rd list = ch->target_info;
	int ret;

	if ((ch->flags & REQUIRED_FLAGS) != REQUIRED_FLAGS) {
		*reason = CREDSSP_REASON_MECH_WEAK;
		return CSSP_E_WEAK;
	}
	ret = cssp_ntlm_av_parse(&list, av);
	if (ret)
		return ret;
	return (av->present & REQUIRED_NAMES) == REQUIRED_NAMES ? 0 : CSSP_E_MALFORMED;
}

/* NTOWFv2 of the identity, with the domain that AUTHENTICATE names. */
static int message_response_key(struct cssp_ntlm *n, u8 key[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd password = cssp_vbuf_rd(&n->id->password);
	const struct cssp_rd domain = cssp_vbuf_rd(&n->id->domain);
	const struct cssp_rd user = cssp_vbuf_rd(&n->id->user);
	u8 nt_hash[CSSP_NTLM_KEY_SIZE];
	int ret;

	ret = cssp_ntlm_ntowfv1(&n->session.crypto, &password, nt_hash);
	if (ret)
		goto out;
	ret = cssp_ntlm_ntowfv2(&n->session.crypto, nt_hash, &user, &domain, key);
out:
	memzero_explicit(nt_hash, sizeof(nt_hash));
	return ret;
}

/*
 * The proof of the password over @temp, and the KeyExchangeKey that follows from
 * it (for NTLMv2 the SessionBaseKey, MS-NLMP 3.4.5.1).
 */
static int message_prove(struct cssp_ntlm *n, const struct cssp_ntlm_challenge *ch,
			 const struct cssp_rd *temp, u8 proof[CSSP_NTLM_PROOF_SIZE],
			 u8 kek[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd challenge = cssp_rd_of(ch->server_challenge,
						    sizeof(ch->server_challenge));
	u8 key[CSSP_NTLM_KEY_SIZE];
	int ret;

	ret = message_response_key(n, key);
	if (ret)
		goto out;
	ret = cssp_ntlm_proof(&n->session.crypto, key, &challenge, temp, proof);
	if (ret)
		goto out;
	ret = cssp_ntlm_session_base_key(&n->session.crypto, key, proof, kek);
out:
	memzero_explicit(key, sizeof(key));
	return ret;
}

/* The AV pairs of the response, which announce the MIC and name the target. */
static int message_write_av(const struct cssp_ntlm *n, const struct cssp_rd *server,
			    struct cssp_vbuf *list)
{
	const struct cssp_rd target = cssp_vbuf_rd(&n->target);
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(list, cssp_ntlm_client_av_size(server, &target), &wr);
	if (ret)
		return ret;
	ret = cssp_ntlm_client_av_write(server, CSSP_NTLM_AVF_MIC, n->bindings, &target, &wr);
	if (ret)
		return ret;
	return cssp_encode_end(list, &wr);
}

/* NTLMv2_RESPONSE, MS-NLMP 2.2.2.8: room for the proof, then temp. */
static int message_write_response(const struct cssp_ntlm *n,
				  const struct cssp_ntlm_challenge *ch,
				  const struct cssp_ntlm_av *av, struct cssp_vbuf *nt)
{
	struct cssp_ntlm_v2 v2 = { .time = n->fresh.time };
	struct cssp_vbuf list = {};
	struct cssp_wr wr;
	int ret;

	if (av->present & CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_TIMESTAMP))
		v2.time = av->timestamp;
	memcpy(v2.client_challenge, n->fresh.client_challenge, sizeof(v2.client_challenge));
	ret = message_write_av(n, &ch->target_info, &list);
	if (ret)
		goto out;
	v2.av = cssp_vbuf_rd(&list);
	ret = cssp_encode_begin(nt, CSSP_NTLM_PROOF_SIZE + cssp_ntlm_temp_size(&v2), &wr);
	if (ret)
		goto out;
	cssp_wr_zero(&wr, CSSP_NTLM_PROOF_SIZE);
	cssp_ntlm_temp_encode(&v2, &wr);
	ret = cssp_encode_end(nt, &wr);
out:
	cssp_vbuf_free(&list);
	return ret;
}

/* The whole NTLMv2_RESPONSE into @nt, its KeyExchangeKey into @kek. */
static int message_respond(struct cssp_ntlm *n, const struct cssp_ntlm_challenge *ch,
			   const struct cssp_ntlm_av *av, struct cssp_vbuf *nt,
			   u8 kek[CSSP_NTLM_KEY_SIZE])
{
	u8 proof[CSSP_NTLM_PROOF_SIZE];
	struct cssp_rd temp;
	int ret;

	ret = message_write_response(n, ch, av, nt);
	if (ret)
		return ret;
	temp = cssp_vbuf_rd(nt);
	ret = cssp_rd_skip(&temp, sizeof(proof));
	if (ret)
		return ret;
	ret = message_prove(n, ch, &temp, proof, kek);
	if (ret)
		return ret;
	memcpy(nt->data, proof, sizeof(proof));
	return 0;
}

/* AUTHENTICATE, with zeros in place of the MIC. */
static int message_write_authenticate(struct cssp_ntlm *n, u32 flags,
				      const struct cssp_vbuf *nt,
				      const u8 kek[CSSP_NTLM_KEY_SIZE],
				      struct cssp_vbuf *token)
{
	/*
	 * No LM response, with a timestamp or without one: it would prove the
	 * password without covering the flag of the MIC (CVE-2019-1338).
	 */
	static const u8 no_lm[CSSP_NTLM_LM_SIZE];
	u8 enc_key[CSSP_NTLM_KEY_SIZE];
	struct cssp_ntlm_authenticate msg = {
		.flags = flags,
		.lm = cssp_rd_of(no_lm, sizeof(no_lm)),
		.nt = cssp_vbuf_rd(nt),
		.domain = cssp_vbuf_rd(&n->id->domain),
		.user = cssp_vbuf_rd(&n->id->user),
		.enc_key = cssp_rd_of(enc_key, sizeof(enc_key)),
	};
	struct cssp_wr wr;
	int ret;

	if (flags & CSSP_NTLM_VERSION)
		memcpy(msg.version, cssp_ntlm_version, sizeof(msg.version));
	ret = cssp_ntlm_key_exchange(kek, n->fresh.session_key, enc_key);
	if (ret)
		return ret;
	ret = cssp_encode_begin(token, cssp_ntlm_authenticate_size(&msg), &wr);
	if (ret)
		return ret;
	cssp_ntlm_authenticate_encode(&msg, &wr);
	return cssp_encode_end(token, &wr);
}

static int message_put_mic(struct cssp_ntlm *n, const struct cssp_rd *challenge,
			   struct cssp_vbuf *token)
{
	const struct cssp_rd sent = cssp_vbuf_rd(&n->negotiate);
	const struct cssp_rd authenticate = cssp_vbuf_rd(token);
	u8 mic[CSSP_NTLM_MIC_SIZE];
	int ret;

	ret = cssp_ntlm_message_mic(&n->session.crypto, n->fresh.session_key, &sent, challenge,
				    &authenticate, mic);
	if (ret)
		return ret;
	memcpy(token->data + CSSP_NTLM_MIC_OFFSET, mic, sizeof(mic));
	return 0;
}

int cssp_ntlm_challenge_answer(struct cssp_ntlm *n, const struct cssp_rd *challenge,
			       struct cssp_vbuf *token, u32 *reason)
{
	struct cssp_ntlm_challenge ch;
	u8 kek[CSSP_NTLM_KEY_SIZE];
	struct cssp_vbuf nt = {};
	struct cssp_ntlm_av av;
	int ret;

	ret = cssp_ntlm_challenge_decode(challenge, &ch);
	if (ret)
		return ret;
	ret = message_check_challenge(&ch, &av, reason);
	if (ret)
		return ret;
	ret = message_respond(n, &ch, &av, &nt, kek);
	if (ret)
		goto out;
	ret = message_write_authenticate(n, ch.flags & AUTHENTICATE_FLAGS, &nt, kek, token);
	if (ret)
		goto out;
	ret = message_put_mic(n, challenge, token);
out:
	memzero_explicit(kek, sizeof(kek));
	cssp_vbuf_free(&nt);
	return ret;
}
