// SPDX-License-Identifier: GPL-2.0-only
/* A scripted NTLM acceptor for tests, MS-NLMP 3.2 and MS-SPNG 3.3. */

#include <crypto/algapi.h>
#include <linux/random.h>
#include <linux/slab.h>
#include "base/status.h"
#include "mech/encode.h"
#include "ntlm_server.h"
#include "wire/spnego_msg.h"

/* Flags of a Windows server for a client that requests all of them. */
#define CHALLENGE_FLAGS	(CSSP_NTLM_UNICODE | CSSP_NTLM_REQUEST_TARGET |		\
			 CSSP_NTLM_SIGN | CSSP_NTLM_SEAL | CSSP_NTLM_NTLM |	\
			 CSSP_NTLM_ALWAYS_SIGN | CSSP_NTLM_TARGET_TYPE_SERVER |	\
			 CSSP_NTLM_ESS | CSSP_NTLM_TARGET_INFO |		\
			 CSSP_NTLM_VERSION | CSSP_NTLM_128 |			\
			 CSSP_NTLM_KEY_EXCH | CSSP_NTLM_56)

/* Of these, the flags that AUTHENTICATE must have. */
#define CLIENT_FLAGS	(CSSP_NTLM_UNICODE | CSSP_NTLM_SIGN | CSSP_NTLM_SEAL |	\
			 CSSP_NTLM_ESS | CSSP_NTLM_128 | CSSP_NTLM_KEY_EXCH)

/* Room for the AV pairs below, each of them twice. */
#define TARGET_INFO_ROOM	512

/* "SERVER" in UTF-16LE: the acceptor's only name. */
static const u8 server_name[] = {
	'S', 0, 'E', 0, 'R', 0, 'V', 0, 'E', 0, 'R', 0,
};

static int utf16(struct cssp_vbuf *b, const char *str)
{
	const struct cssp_rd utf8 = cssp_rd_of(str, strlen(str));

	return cssp_encode_utf16(b, &utf8);
}

int ntlm_server_identity(struct cssp_identity *id, const char *user, const char *domain,
			 const char *password)
{
	int ret;

	memset(id, 0, sizeof(*id));
	ret = utf16(&id->user, user);
	if (!ret)
		ret = utf16(&id->domain, domain);
	if (!ret)
		ret = utf16(&id->password, password);
	if (ret)
		ntlm_server_identity_free(id);
	return ret;
}

void ntlm_server_identity_free(struct cssp_identity *id)
{
	cssp_vbuf_free(&id->user);
	cssp_vbuf_free(&id->domain);
	cssp_vbuf_free(&id->password);
}

struct ntlm_server *ntlm_server_new(const struct cssp_identity *id,
				    const struct ntlm_server_knobs *knobs)
{
	struct ntlm_server *s = kzalloc(sizeof(*s), GFP_KERNEL);

	if (!s)
		return NULL;
	s->id = id;
	if (knobs)
		s->knobs = *knobs;
	s->time = 132300000000000000ULL;
	get_random_bytes(s->server_challenge, sizeof(s->server_challenge));
	if (cssp_ntlm_crypto_init(&s->crypto)) {
		kfree(s);
		return NULL;
	}
	return s;
}

void ntlm_server_free(struct ntlm_server *s)
{
	if (!s)
		return;
	cssp_vbuf_free(&s->negotiate);
	cssp_vbuf_free(&s->challenge);
	cssp_vbuf_free(&s->authenticate);
	cssp_vbuf_free(&s->mech_list);
	kfree_sensitive(s);
}

/* Write an AV pair once, or as often as the knobs say. */
static void put_av(const struct ntlm_server *s, struct cssp_wr *wr, u16 id,
		   const void *value, size_t len)
{
	const struct cssp_rd rd = cssp_rd_of(value, len);

	if (s->knobs.omit_av & CSSP_NTLM_AV_BIT(id))
		return;
	cssp_ntlm_av_put(wr, id, &rd);
	if (s->knobs.repeat_av & CSSP_NTLM_AV_BIT(id))
		cssp_ntlm_av_put(wr, id, &rd);
}

static int write_target_info(const struct ntlm_server *s, struct cssp_vbuf *info)
{
	const __le32 flags = cpu_to_le32(s->knobs.av_flags);
	const __le64 time = cpu_to_le64(s->time);
	struct cssp_wr wr;
	int ret;

	if (s->knobs.target_info_len)
		return cssp_vbuf_append(info, s->knobs.target_info, s->knobs.target_info_len);
	ret = cssp_encode_begin(info, TARGET_INFO_ROOM, &wr);
	if (ret)
		return ret;
	put_av(s, &wr, CSSP_NTLM_AV_NB_DOMAIN, server_name, sizeof(server_name));
	put_av(s, &wr, CSSP_NTLM_AV_NB_COMPUTER, server_name, sizeof(server_name));
	put_av(s, &wr, CSSP_NTLM_AV_DNS_DOMAIN, server_name, sizeof(server_name));
	put_av(s, &wr, CSSP_NTLM_AV_DNS_COMPUTER, server_name, sizeof(server_name));
	if (s->knobs.av_flags || s->knobs.send_av_flags)
		put_av(s, &wr, CSSP_NTLM_AV_FLAGS, &flags, sizeof(flags));
	put_av(s, &wr, CSSP_NTLM_AV_TIMESTAMP, &time, sizeof(time));
	put_av(s, &wr, CSSP_NTLM_AV_EOL, NULL, 0);
	return cssp_encode_end(info, &wr);
}

static int write_challenge(struct ntlm_server *s)
{
	struct cssp_ntlm_challenge msg = {
		.flags = (CHALLENGE_FLAGS & ~s->knobs.clear_flags) | s->knobs.set_flags,
		.target_name = cssp_rd_of(server_name, sizeof(server_name)),
		.version = { 10, 0, 0, 0, 0, 0, 0, CSSP_NTLM_REVISION },
	};
	struct cssp_vbuf info = {};
	struct cssp_wr wr;
	int ret;

	memcpy(msg.server_challenge, s->server_challenge, sizeof(msg.server_challenge));
	ret = write_target_info(s, &info);
	if (ret)
		goto out;
	if (msg.flags & CSSP_NTLM_TARGET_INFO)
		msg.target_info = cssp_vbuf_rd(&info);
	ret = cssp_encode_begin(&s->challenge, cssp_ntlm_challenge_size(&msg), &wr);
	if (ret)
		goto out;
	cssp_ntlm_challenge_encode(&msg, &wr);
	ret = cssp_encode_end(&s->challenge, &wr);
out:
	cssp_vbuf_free(&info);
	return ret;
}

static int take_negotiate(struct ntlm_server *s, const struct cssp_rd *token)
{
	struct cssp_ntlm_negotiate msg;
	int ret;

	ret = cssp_ntlm_negotiate_decode(token, &msg);
	if (!ret)
		ret = cssp_vbuf_set(&s->negotiate, token);
	return ret ? ret : write_challenge(s);
}

/* Check flags and names of the client, but not its proof. */
static int check_claims(const struct ntlm_server *s)
{
	const struct cssp_ntlm_authenticate *c = &s->client;
	bool sent_time = !(s->knobs.omit_av & CSSP_NTLM_AV_BIT(CSSP_NTLM_AV_TIMESTAMP)) &&
			 !s->knobs.target_info_len;
	static const u8 zeros[CSSP_NTLM_BINDINGS_SIZE];

	if (!cssp_rd_equal(&c->user, s->id->user.data, s->id->user.len) ||
	    !cssp_rd_equal(&c->domain, s->id->domain.data, s->id->domain.len))
		return CSSP_E_LOGON_DENIED;
	if ((c->flags & CLIENT_FLAGS) != CLIENT_FLAGS || !c->mic.left)
		return CSSP_E_LOGON_DENIED;
	if (!(s->av.flags & CSSP_NTLM_AVF_MIC) ||
	    !cssp_rd_equal(&s->av.bindings, s->knobs.bindings ?: zeros, sizeof(zeros)))
		return CSSP_E_LOGON_DENIED;
	return sent_time && s->v2.time != s->time ? CSSP_E_LOGON_DENIED : 0;
}

static int check_proof(struct ntlm_server *s, u8 kek[CSSP_NTLM_KEY_SIZE])
{
	const struct cssp_rd challenge = cssp_rd_of(s->server_challenge,
						    sizeof(s->server_challenge));
	const struct cssp_rd password = cssp_vbuf_rd(&s->id->password);
	u8 key[CSSP_NTLM_KEY_SIZE], proof[CSSP_NTLM_PROOF_SIZE];
	int ret;

	ret = cssp_ntlm_ntowfv1(&s->crypto, &password, key);
	if (!ret)
		ret = cssp_ntlm_ntowfv2(&s->crypto, key, &s->client.user, &s->client.domain, key);
	if (!ret)
		ret = cssp_ntlm_proof(&s->crypto, key, &challenge, &s->v2.temp, proof);
	if (!ret && !cssp_rd_equal(&s->v2.proof, proof, sizeof(proof)))
		ret = CSSP_E_LOGON_DENIED;
	return ret ? ret : cssp_ntlm_session_base_key(&s->crypto, key, proof, kek);
}

static int check_mic(struct ntlm_server *s)
{
	const struct cssp_rd negotiate = cssp_vbuf_rd(&s->negotiate);
	const struct cssp_rd challenge = cssp_vbuf_rd(&s->challenge);
	const struct cssp_rd authenticate = cssp_vbuf_rd(&s->authenticate);
	u8 mic[CSSP_NTLM_MIC_SIZE];
	int ret;

	ret = cssp_ntlm_message_mic(&s->crypto, s->session_key, &negotiate, &challenge,
				    &authenticate, mic);
	if (ret)
		return ret;
	return cssp_rd_equal(&s->client.mic, mic, sizeof(mic)) ? 0 : CSSP_E_ALTERED;
}

static int take_authenticate(struct ntlm_server *s, const struct cssp_rd *token)
{
	u8 kek[CSSP_NTLM_KEY_SIZE];
	struct cssp_rd kept, list;
	int ret;

	ret = cssp_vbuf_set(&s->authenticate, token);
	if (ret)
		return ret;
	kept = cssp_vbuf_rd(&s->authenticate);
	ret = cssp_ntlm_authenticate_decode(&kept, &s->client);
	if (!ret)
		ret = cssp_ntlm_v2_decode(&s->client.nt, &s->v2);
	if (ret)
		return ret;
	list = s->v2.av;
	ret = cssp_ntlm_av_parse(&list, &s->av);
	if (!ret)
		ret = check_claims(s);
	if (!ret)
		ret = check_proof(s, kek);
	if (!ret && s->client.enc_key.left != CSSP_NTLM_KEY_SIZE)
		ret = -EBADMSG;
	if (!ret)
		ret = cssp_ntlm_key_exchange(kek, s->client.enc_key.p, s->session_key);
	if (!ret)
		ret = check_mic(s);
	if (!ret)
		ret = cssp_ntlm_dir_init(&s->crypto, &s->to_client, CSSP_NTLM_SERVER_TO_CLIENT,
					 s->session_key);
	if (!ret)
		ret = cssp_ntlm_dir_init(&s->crypto, &s->to_server, CSSP_NTLM_CLIENT_TO_SERVER,
					 s->session_key);
	return ret;
}

static int put_resp(const struct cssp_spnego_resp *resp, struct cssp_vbuf *out)
{
	struct cssp_vbuf token = {};
	struct cssp_wr wr;
	int ret;

	ret = cssp_encode_begin(&token, cssp_spnego_resp_size(resp), &wr);
	if (ret)
		return ret;
	cssp_spnego_resp_encode(resp, &wr);
	ret = cssp_encode_end(&token, &wr);
	if (!ret)
		ret = cssp_vbuf_append(out, token.data, token.len);
	cssp_vbuf_free(&token);
	return ret;
}

static u32 first_state(u32 quirks)
{
	if (quirks & NTLM_SERVER_FIRST_REJECT)
		return CSSP_SPNEGO_REJECT;
	if (quirks & NTLM_SERVER_FIRST_COMPLETED)
		return CSSP_SPNEGO_ACCEPT_COMPLETED;
	if (quirks & NTLM_SERVER_FIRST_REQUEST_MIC)
		return CSSP_SPNEGO_REQUEST_MIC;
	return CSSP_SPNEGO_ACCEPT_INCOMPLETE;
}

/* The NegTokenResp with the CHALLENGE. */
static int put_first(struct ntlm_server *s, struct cssp_vbuf *out)
{
	static const u8 no_mic[CSSP_NTLM_SIGNATURE_SIZE] = { 1 };
	u32 quirks = s->knobs.quirks;
	struct cssp_spnego_resp resp = {
		.present = CSSP_SPNEGO_HAS_STATE | CSSP_SPNEGO_HAS_MECH | CSSP_SPNEGO_HAS_TOKEN,
		.state = first_state(quirks),
		.mech = cssp_spnego_oid(quirks & NTLM_SERVER_FIRST_KRB5 ? CSSP_SPNEGO_KRB5 :
									  CSSP_SPNEGO_NTLM),
		.token = cssp_vbuf_rd(&s->challenge),
		.mic = cssp_rd_of(no_mic, sizeof(no_mic)),
	};

	if (quirks & NTLM_SERVER_FIRST_RAW)
		return cssp_vbuf_append(out, s->challenge.data, s->challenge.len);
	if (quirks & NTLM_SERVER_FIRST_NO_STATE)
		resp.present &= ~CSSP_SPNEGO_HAS_STATE;
	if (quirks & NTLM_SERVER_FIRST_NO_MECH)
		resp.present &= ~CSSP_SPNEGO_HAS_MECH;
	if (quirks & NTLM_SERVER_FIRST_NO_TOKEN)
		resp.present &= ~CSSP_SPNEGO_HAS_TOKEN;
	if (quirks & NTLM_SERVER_FIRST_MIC)
		resp.present |= CSSP_SPNEGO_HAS_MIC;
	return put_resp(&resp, out);
}

static u32 final_state(u32 quirks)
{
	if (quirks & NTLM_SERVER_FINAL_REJECT)
		return CSSP_SPNEGO_REJECT;
	if (quirks & NTLM_SERVER_FINAL_INCOMPLETE)
		return CSSP_SPNEGO_ACCEPT_INCOMPLETE;
	if (quirks & NTLM_SERVER_FINAL_REQUEST_MIC)
		return CSSP_SPNEGO_REQUEST_MIC;
	return CSSP_SPNEGO_ACCEPT_COMPLETED;
}

/* The acceptor's mechListMIC, and the RC4 reset that follows (MS-SPNG 3.3.5.1). */
static int make_list_mic(struct ntlm_server *s, u8 mic[CSSP_NTLM_SIGNATURE_SIZE])
{
	struct cssp_rd list = cssp_vbuf_rd(&s->mech_list);
	int ret;

	if (s->knobs.quirks & NTLM_SERVER_FINAL_OTHER_MIC)
		list.left--;
	ret = cssp_ntlm_sign(&s->crypto, &s->to_client, &list, mic);
	if (ret)
		return ret;
	cssp_ntlm_dir_reset(&s->to_client);
	if (s->knobs.quirks & NTLM_SERVER_FINAL_BAD_MIC)
		mic[5] ^= 0x10;
	return 0;
}

static int put_final(struct ntlm_server *s, struct cssp_vbuf *out)
{
	u8 mic[CSSP_NTLM_SIGNATURE_SIZE];
	u32 quirks = s->knobs.quirks;
	struct cssp_spnego_resp resp = {
		.present = CSSP_SPNEGO_HAS_STATE | CSSP_SPNEGO_HAS_MIC,
		.state = final_state(quirks),
		.token = cssp_rd_of(mic, sizeof(mic)),
		.mic = cssp_rd_of(mic, sizeof(mic)),
	};
	int ret;

	if (quirks & NTLM_SERVER_FINAL_NONE)
		return 0;
	if (quirks & NTLM_SERVER_FINAL_NO_MIC) {
		resp.present &= ~CSSP_SPNEGO_HAS_MIC;
	} else {
		ret = make_list_mic(s, mic);
		if (ret)
			return ret;
	}
	if (quirks & NTLM_SERVER_FINAL_ECHO)
		resp.present |= CSSP_SPNEGO_HAS_TOKEN;
	if (quirks & NTLM_SERVER_FINAL_NO_STATE)
		resp.present &= ~CSSP_SPNEGO_HAS_STATE;
	return put_resp(&resp, out);
}

/* The initiator's mechListMIC, which Windows always sends with NTLM. */
static int check_list_mic(struct ntlm_server *s, const struct cssp_spnego_resp *resp)
{
	const struct cssp_rd list = cssp_vbuf_rd(&s->mech_list);
	int ret;

	if (!(resp->present & CSSP_SPNEGO_HAS_MIC))
		return CSSP_E_LOGON_DENIED;
	ret = cssp_ntlm_verify(&s->crypto, &s->to_server, &list, &resp->mic);
	if (ret)
		return ret;
	cssp_ntlm_dir_reset(&s->to_server);
	s->saw_list_mic = true;
	return 0;
}

static int start(struct ntlm_server *s, const struct cssp_rd *in, struct cssp_vbuf *out)
{
	static const u8 ntlmssp[] = { 'N', 'T', 'L', 'M', 'S', 'S', 'P', 0 };
	struct cssp_rd head, rest = *in;
	struct cssp_spnego_init init;
	int ret;

	if (!cssp_rd_sub(&rest, sizeof(ntlmssp), &head) &&
	    cssp_rd_equal(&head, ntlmssp, sizeof(ntlmssp))) {
		ret = take_negotiate(s, in);
		return ret ? ret : cssp_vbuf_append(out, s->challenge.data, s->challenge.len);
	}
	s->spnego = true;
	ret = cssp_spnego_init_decode(in, &init);
	if (!ret && !(init.present & CSSP_SPNEGO_HAS_TOKEN))
		ret = CSSP_E_MALFORMED;
	if (!ret)
		ret = cssp_vbuf_set(&s->mech_list, &init.mech_list);
	if (!ret)
		ret = take_negotiate(s, &init.token);
	return ret ? ret : put_first(s, out);
}

static int conclude(struct ntlm_server *s, const struct cssp_rd *in, struct cssp_vbuf *out)
{
	struct cssp_spnego_resp resp;
	int ret;

	if (!s->spnego)
		return take_authenticate(s, in);
	ret = cssp_spnego_resp_decode(in, &resp);
	if (!ret && !(resp.present & CSSP_SPNEGO_HAS_TOKEN))
		ret = CSSP_E_MALFORMED;
	if (!ret)
		ret = take_authenticate(s, &resp.token);
	if (!ret)
		ret = check_list_mic(s, &resp);
	return ret ? ret : put_final(s, out);
}

int ntlm_server_step(struct ntlm_server *s, const struct cssp_rd *in,
		     struct cssp_vbuf *out, bool *established)
{
	int ret = CSSP_E_STATE;

	*established = false;
	if (s->state == NTLM_SERVER_START) {
		ret = start(s, in, out);
		s->state = ret ? NTLM_SERVER_DEAD : NTLM_SERVER_CHALLENGED;
	} else if (s->state == NTLM_SERVER_CHALLENGED) {
		ret = conclude(s, in, out);
		s->state = ret ? NTLM_SERVER_DEAD : NTLM_SERVER_ESTABLISHED;
		*established = !ret;
	}
	return ret;
}

int ntlm_server_wrap(struct ntlm_server *s, const struct cssp_rd *plain, struct cssp_vbuf *out)
{
	if (s->state != NTLM_SERVER_ESTABLISHED)
		return CSSP_E_STATE;
	return cssp_ntlm_seal(&s->crypto, &s->to_client, plain, out);
}

int ntlm_server_unwrap(struct ntlm_server *s, const struct cssp_rd *sealed,
		       struct cssp_vbuf *out)
{
	if (s->state != NTLM_SERVER_ESTABLISHED)
		return CSSP_E_STATE;
	return cssp_ntlm_unseal(&s->crypto, &s->to_server, sealed, out);
}
