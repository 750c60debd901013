// SPDX-License-Identifier: GPL-2.0-only
/*
 * NTLM initiator, MS-NLMP 3.1: NTLMv2 with extended session security, 128-bit
 * keys, key exchange and a MIC over the three messages, or nothing at all.
 * What CredSSP seals with these keys is a password, so nothing weaker will do.
 */

#include <linux/random.h>
#include <linux/slab.h>
#include "../base/filetime.h"
#include "../base/mem.h"
#include "../base/status.h"
#include "../wire/utf16.h"
#include "encode.h"
#include "ntlm.h"

/* Without these in the CHALLENGE there is no NTLMv2, or no strong session key. */
#define REQUIRED_FLAGS	(CSSP_NTLM_UNICODE | CSSP_NTLM_SIGN | CSSP_NTLM_SEAL |	\
			 CSSP_NTLM_ESS | CSSP_NTLM_TARGET_INFO |		\
			 CSSP_NTLM_128 | CSSP_NTLM_KEY_EXCH)

/*
 * What Windows asks for, except OEM and LM_KEY, which we would never use.
 * Some acceptors insist on REQUEST_TARGET and NTLM.
 */
#define NEGOTIATE_FLAGS	(CSSP_NTLM_UNICODE | CSSP_NTLM_REQUEST_TARGET |		\
			 CSSP_NTLM_SIGN | CSSP_NTLM_SEAL | CSSP_NTLM_NTLM |	\
			 CSSP_NTLM_ALWAYS_SIGN | CSSP_NTLM_ESS |		\
			 CSSP_NTLM_VERSION | CSSP_NTLM_128 |			\
			 CSSP_NTLM_KEY_EXCH | CSSP_NTLM_56)

/* TARGET_INFO is the acceptor's to offer and ours to echo. */
#define AUTHENTICATE_FLAGS	(NEGOTIATE_FLAGS | CSSP_NTLM_TARGET_INFO)

/* MS-NLMP 3.1.5.1.2: a SIGN or SEAL client fails if either name is missing. */
#define REQUIRED_NAMES	(CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_NB_COMPUTER) |		\
			 CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_NB_DOMAIN))

/* For debugging only, says MS-NLMP 2.2.2.10: a version that speaks all of this. */
static const u8 our_version[CSSP_NTLM_VERSION_SIZE] = {
	10, 0, 0, 0, 0, 0, 0, CSSP_NTLM_REVISION
};

/**
 * struct leg - what a handler computes, for the dispatcher to commit
 * @token: our message
 * @session_key: the exported session key, if @keyed
 * @keyed: the exchange is complete
 */
struct leg {
	struct cssp_vbuf token;
	u8 session_key[CSSP_NTLM_KEY_SIZE];
	bool keyed;
};

static int fail(struct cssp_ntlm *n, u32 reason, int err)
{
	n->base.reason = reason;
	return err;
}

/* The reason of a failure that did not name a finer one. */
static u32 reason_of(int err)
{
	switch (err) {
	case -ENOMEM:
		return CREDSSP_REASON_NO_MEMORY;
	case CSSP_E_ALTERED:
		return CREDSSP_REASON_MECH_MIC;
	case CSSP_E_WEAK:
		return CREDSSP_REASON_FIPS;
	case CSSP_E_TOO_BIG:
	case -EDQUOT:
	case -EOVERFLOW:
		return CREDSSP_REASON_LIMIT;
	default:
		return CREDSSP_REASON_MECH_TOKEN;
	}
}

/* No key outlives a failure, and no step leads out of here. */
static int die(struct cssp_ntlm *n, int err)
{
	if (n->base.reason == CREDSSP_REASON_NONE)
		n->base.reason = reason_of(err);
	n->state = CSSP_NTLM_STATE_DEAD;
	cssp_ntlm_dir_wipe(&n->to_server);
	cssp_ntlm_dir_wipe(&n->to_client);
	memzero_explicit(&n->fresh, sizeof(n->fresh));
	memzero_explicit(n->session_key, sizeof(n->session_key));
	/* The keyed hash may hold what was made of the password. */
	cssp_ntlm_crypto_exit(&n->crypto);
	return err;
}

static int negotiate(struct cssp_ntlm *n, const struct cssp_rd *in, struct leg *leg)
{
	struct cssp_ntlm_negotiate msg = { .flags = NEGOTIATE_FLAGS };
	struct cssp_wr wr;
	int ret;

	if (in->left)
		return CSSP_E_STATE;
	memcpy(msg.version, our_version, sizeof(msg.version));
	ret = cssp_encode_begin(&leg->token, cssp_ntlm_negotiate_size(&msg), &wr);
	if (ret)
		return ret;
	cssp_ntlm_negotiate_encode(&msg, &wr);
	return cssp_encode_end(&leg->token, &wr);
}

static int check_challenge(struct cssp_ntlm *n, const struct cssp_ntlm_challenge *ch,
			   struct cssp_ntlm_av *av)
{
	struct cssp_rd list = ch->target_info;
	int ret;

	if ((ch->flags & REQUIRED_FLAGS) != REQUIRED_FLAGS)
		return fail(n, CREDSSP_REASON_MECH_WEAK, CSSP_E_WEAK);
	ret = cssp_ntlm_av_parse(&list, av);
	if (ret)
		return ret;
	return (av->present & REQUIRED_NAMES) == REQUIRED_NAMES ? 0 : CSSP_E_MALFORMED;
}

/* NTOWFv2 of our identity; the domain is the one that AUTHENTICATE names. */
static int response_key(struct cssp_ntlm *n, u8 key[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd password = cssp_vbuf_rd(&n->id->password);
	const struct cssp_rd domain = cssp_vbuf_rd(&n->id->domain);
	const struct cssp_rd user = cssp_vbuf_rd(&n->id->user);
	u8 nt_hash[CSSP_NTLM_KEY_SIZE];
	int ret;

	ret = cssp_ntlm_ntowfv1(&n->crypto, &password, nt_hash);
	if (!ret)
		ret = cssp_ntlm_ntowfv2(&n->crypto, nt_hash, &user, &domain, key);
	memzero_explicit(nt_hash, sizeof(nt_hash));
	return ret;
}

/* Prove the password over @nt, which is NTProofStr (to be filled in) || temp. */
static int prove(struct cssp_ntlm *n, const struct cssp_ntlm_challenge *ch,
		 struct cssp_vbuf *nt, u8 kek[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd challenge = cssp_rd_of(ch->server_challenge,
						    sizeof(ch->server_challenge));
	struct cssp_rd temp = cssp_vbuf_rd(nt);
	u8 key[CSSP_NTLM_KEY_SIZE];
	u8 proof[CSSP_NTLM_PROOF_SIZE];
	int ret;

	ret = cssp_rd_skip(&temp, CSSP_NTLM_PROOF_SIZE);
	if (!ret)
		ret = response_key(n, key);
	if (!ret)
		ret = cssp_ntlm_proof(&n->crypto, key, &challenge, &temp, proof);
	if (!ret)
		ret = cssp_ntlm_session_base_key(&n->crypto, key, proof, kek);
	if (!ret)
		memcpy(nt->data, proof, sizeof(proof));
	memzero_explicit(key, sizeof(key));
	return ret;
}

/* NTLMv2_RESPONSE of MS-NLMP 2.2.2.8 into @nt, its KeyExchangeKey into @kek. */
static int respond(struct cssp_ntlm *n, const struct cssp_ntlm_challenge *ch,
		   const struct cssp_ntlm_av *av, struct cssp_vbuf *nt,
		   u8 kek[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd target = cssp_vbuf_rd(&n->target);
	struct cssp_ntlm_v2 v2 = { .time = n->fresh.time };
	struct cssp_vbuf list = {};
	struct cssp_wr wr;
	int ret;

	if (av->present & CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_TIMESTAMP))
		v2.time = av->timestamp;
	memcpy(v2.client_challenge, n->fresh.client_challenge, sizeof(v2.client_challenge));
	ret = cssp_encode_begin(&list, cssp_ntlm_client_av_size(&ch->target_info, &target), &wr);
	if (!ret)
		ret = cssp_ntlm_client_av_write(&ch->target_info, CSSP_NTLM_AVF_MIC, &target, &wr);
	if (!ret)
		ret = cssp_encode_end(&list, &wr);
	if (ret)
		goto out;
	v2.av = cssp_vbuf_rd(&list);
	ret = cssp_encode_begin(nt, CSSP_NTLM_PROOF_SIZE + cssp_ntlm_temp_size(&v2), &wr);
	if (ret)
		goto out;
	cssp_wr_zero(&wr, CSSP_NTLM_PROOF_SIZE);
	cssp_ntlm_temp_encode(&v2, &wr);
	ret = cssp_encode_end(nt, &wr);
	if (!ret)
		ret = prove(n, ch, nt, kek);
out:
	cssp_vbuf_free(&list);
	return ret;
}

/* AUTHENTICATE with zeros for a MIC. */
static int write_authenticate(struct cssp_ntlm *n, u32 flags, const struct cssp_vbuf *nt,
			      const u8 kek[CSSP_NTLM_KEY_SIZE], struct cssp_vbuf *token)
{
	/*
	 * No LM response at all, timestamp or not: it proves the password
	 * without covering the MIC's flag (CVE-2019-1338).
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
		memcpy(msg.version, our_version, sizeof(msg.version));
	cssp_ntlm_key_exchange(&n->crypto, kek, n->fresh.session_key, enc_key);
	ret = cssp_encode_begin(token, cssp_ntlm_authenticate_size(&msg), &wr);
	if (ret)
		return ret;
	cssp_ntlm_authenticate_encode(&msg, &wr);
	return cssp_encode_end(token, &wr);
}

static int put_mic(struct cssp_ntlm *n, const struct cssp_rd *challenge,
		   struct cssp_vbuf *token)
{
	const struct cssp_rd sent = cssp_vbuf_rd(&n->negotiate);
	const struct cssp_rd authenticate = cssp_vbuf_rd(token);
	u8 mic[CSSP_NTLM_MIC_SIZE];
	int ret;

	ret = cssp_ntlm_message_mic(&n->crypto, n->fresh.session_key, &sent, challenge,
				    &authenticate, mic);
	if (!ret)
		memcpy(token->data + CSSP_NTLM_MIC_OFFSET, mic, sizeof(mic));
	return ret;
}

/* MS-NLMP 3.1.5.1.2: the CHALLENGE has come. */
static int authenticate(struct cssp_ntlm *n, const struct cssp_rd *in, struct leg *leg)
{
	struct cssp_ntlm_challenge ch;
	u8 kek[CSSP_NTLM_KEY_SIZE];
	struct cssp_vbuf nt = {};
	struct cssp_ntlm_av av;
	int ret;

	ret = cssp_ntlm_challenge_decode(in, &ch);
	if (!ret)
		ret = check_challenge(n, &ch, &av);
	if (!ret)
		ret = respond(n, &ch, &av, &nt, kek);
	if (!ret)
		ret = write_authenticate(n, ch.flags & AUTHENTICATE_FLAGS, &nt, kek, &leg->token);
	if (!ret)
		ret = put_mic(n, in, &leg->token);
	if (!ret) {
		memcpy(leg->session_key, n->fresh.session_key, sizeof(leg->session_key));
		leg->keyed = true;
	}
	memzero_explicit(kek, sizeof(kek));
	cssp_vbuf_free(&nt);
	return ret;
}

/* NTLM has no token after AUTHENTICATE. */
static int refuse(struct cssp_ntlm *n, const struct cssp_rd *in, struct leg *leg)
{
	return CSSP_E_STATE;
}

static const struct transition {
	int (*handle)(struct cssp_ntlm *n, const struct cssp_rd *in, struct leg *leg);
	enum cssp_ntlm_state next;
	enum cssp_mech_progress progress;
} transitions[CSSP_NTLM_STATES] = {
	[CSSP_NTLM_STATE_START] = {
		negotiate, CSSP_NTLM_STATE_NEGOTIATED, CSSP_MECH_CONTINUE
	},
	[CSSP_NTLM_STATE_NEGOTIATED] = {
		authenticate, CSSP_NTLM_STATE_ESTABLISHED, CSSP_MECH_DONE
	},
	[CSSP_NTLM_STATE_ESTABLISHED] = {
		refuse, CSSP_NTLM_STATE_DEAD, CSSP_MECH_DONE
	},
	[CSSP_NTLM_STATE_DEAD] = {
		refuse, CSSP_NTLM_STATE_DEAD, CSSP_MECH_DONE
	},
};

/* NEGOTIATE is kept for the MIC; the last leg leaves the keys and nothing else. */
static int commit(struct cssp_ntlm *n, const struct leg *leg)
{
	int ret;

	if (!leg->keyed)
		return cssp_vbuf_append(&n->negotiate, leg->token.data, leg->token.len);
	ret = cssp_ntlm_dir_init(&n->crypto, &n->to_server, CSSP_NTLM_CLIENT_TO_SERVER,
				 leg->session_key);
	if (!ret)
		ret = cssp_ntlm_dir_init(&n->crypto, &n->to_client, CSSP_NTLM_SERVER_TO_CLIENT,
					 leg->session_key);
	memcpy(n->session_key, leg->session_key, sizeof(n->session_key));
	memzero_explicit(&n->fresh, sizeof(n->fresh));
	cssp_vbuf_free(&n->negotiate);
	if (ret)
		return ret;
	return cssp_ntlm_crypto_forget(&n->crypto);
}

static int ntlm_step(struct cssp_mech *mech, const struct cssp_rd *in,
		     struct cssp_vbuf *out, enum cssp_mech_progress *progress)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	const struct transition *t = &transitions[n->state];
	struct leg leg = {};
	int ret;

	ret = t->handle(n, in, &leg);
	if (!ret)
		ret = commit(n, &leg);
	if (!ret)
		ret = cssp_vbuf_append(out, leg.token.data, leg.token.len);
	cssp_vbuf_free(&leg.token);
	memzero_explicit(&leg, sizeof(leg));
	if (ret)
		return die(n, ret);
	n->state = t->next;
	*progress = t->progress;
	return 0;
}

static int check_established(const struct cssp_ntlm *n)
{
	return n->state == CSSP_NTLM_STATE_ESTABLISHED ? 0 : CSSP_E_STATE;
}

static int ntlm_wrap(struct cssp_mech *mech, const struct cssp_rd *plain,
		     struct cssp_vbuf *out)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret;

	ret = check_established(n);
	if (!ret)
		ret = cssp_ntlm_seal(&n->crypto, &n->to_server, plain, out);
	return ret ? die(n, ret) : 0;
}

static int ntlm_unwrap(struct cssp_mech *mech, const struct cssp_rd *sealed,
		       struct cssp_vbuf *out)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret;

	ret = check_established(n);
	if (!ret)
		ret = cssp_ntlm_unseal(&n->crypto, &n->to_client, sealed, out);
	return ret ? die(n, ret) : 0;
}

static int ntlm_sign(struct cssp_mech *mech, const struct cssp_rd *message,
		     struct cssp_vbuf *out)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	u8 signature[CSSP_NTLM_SIGNATURE_SIZE];
	int ret;

	ret = check_established(n);
	if (!ret)
		ret = cssp_ntlm_sign(&n->crypto, &n->to_server, message, signature);
	if (!ret)
		ret = cssp_vbuf_append(out, signature, sizeof(signature));
	return ret ? die(n, ret) : 0;
}

static int ntlm_verify(struct cssp_mech *mech, const struct cssp_rd *message,
		       const struct cssp_rd *signature)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret;

	ret = check_established(n);
	if (!ret)
		ret = cssp_ntlm_verify(&n->crypto, &n->to_client, message, signature);
	return ret ? die(n, ret) : 0;
}

static int ntlm_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
			 struct cssp_vbuf *mic)
{
	int ret = ntlm_sign(mech, list, mic);

	if (!ret)
		cssp_ntlm_dir_reset(&cssp_ntlm_of(mech)->to_server);
	return ret;
}

static int ntlm_check_list_mic(struct cssp_mech *mech, const struct cssp_rd *list,
			       const struct cssp_rd *mic)
{
	int ret = ntlm_verify(mech, list, mic);

	if (!ret)
		cssp_ntlm_dir_reset(&cssp_ntlm_of(mech)->to_client);
	return ret;
}

static_assert(CSSP_NTLM_KEY_SIZE <= CSSP_SESSION_KEY_MAX);

static int ntlm_session_key(struct cssp_mech *mech, struct cssp_session_key *key)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);
	int ret = check_established(n);

	if (ret)
		return ret;
	memcpy(key->bytes, n->session_key, sizeof(n->session_key));
	key->length = sizeof(n->session_key);
	memzero_explicit(n->session_key, sizeof(n->session_key));
	return 0;
}

static void ntlm_free(struct cssp_mech *mech)
{
	struct cssp_ntlm *n = cssp_ntlm_of(mech);

	cssp_ntlm_crypto_exit(&n->crypto);
	cssp_vbuf_free(&n->target);
	cssp_vbuf_free(&n->negotiate);
	kfree_sensitive(n);
}

/* The target as it will stand in MsvAvTargetName. */
static int set_target(struct cssp_ntlm *n, const char *target)
{
	const struct cssp_rd utf8 = cssp_rd_of(target, strlen(target));
	int ret = cssp_encode_utf16(&n->target, &utf8);

	return ret == -EBADMSG ? CSSP_E_TARGET : ret;
}

static int ntlm_create(struct cssp_mech **mech, const struct cssp_mech_params *params)
{
	struct cssp_ntlm *n;
	int ret;

	/* An empty name is an anonymous logon, whose session key is all zeros. */
	if (!params->id->user.len)
		return CSSP_E_NO_CREDS;
	n = kzalloc(sizeof(*n), CSSP_GFP);
	if (!n)
		return -ENOMEM;
	n->base.ops = &cssp_ntlm_ops;
	n->base.ntlm_only = true;
	n->base.trailer = CSSP_NTLM_SIGNATURE_SIZE;
	n->id = params->id;
	n->state = CSSP_NTLM_STATE_START;
	n->fresh.time = cssp_filetime_now();
	get_random_bytes(n->fresh.client_challenge, sizeof(n->fresh.client_challenge));
	get_random_bytes(n->fresh.session_key, sizeof(n->fresh.session_key));
	ret = cssp_ntlm_crypto_init(&n->crypto);
	if (!ret)
		ret = set_target(n, params->target);
	if (ret) {
		ntlm_free(&n->base);
		return ret;
	}
	*mech = &n->base;
	return 0;
}

const struct cssp_mech_ops cssp_ntlm_ops = {
	.name = "NTLM",
	.create = ntlm_create,
	.step = ntlm_step,
	.wrap = ntlm_wrap,
	.unwrap = ntlm_unwrap,
	.sign = ntlm_sign,
	.verify = ntlm_verify,
	.list_mic = ntlm_list_mic,
	.check_list_mic = ntlm_check_list_mic,
	.session_key = ntlm_session_key,
	.free = ntlm_free,
};
