// SPDX-License-Identifier: GPL-2.0-only
#include "client_server.h"

#include "credssp/binding.h"

#define SPKI_HEADER	24	/* bytes before a 2048-bit RSA key in an SPKI */

static int emit(const struct cssp_ts_request *req, struct cssp_vbuf *out)
{
	size_t size = cssp_ts_request_size(req);
	struct cssp_wr wr;
	int ret = cssp_vbuf_reserve(out, out->len + size);

	if (ret)
		return ret;
	wr = cssp_wr_of(out->data + out->len, size);
	cssp_ts_request_encode(req, &wr);
	out->len += wr.len;
	return cssp_wr_done(&wr);
}

static int echo_plain(const struct cssp_rd *key, u8 add, struct cssp_vbuf *plain)
{
	int ret = cssp_vbuf_append(plain, key->p, key->left);

	if (!ret)
		plain->data[0] += add;
	return ret;
}

static int hash_plain(enum cssp_binding_dir dir, const struct cssp_rd *nonce,
		      const struct cssp_rd *key, struct cssp_vbuf *plain)
{
	u8 hash[CSSP_BINDING_SIZE];

	return cssp_binding_hash(dir, nonce, key, hash) ?:
	       cssp_vbuf_append(plain, hash, sizeof(hash));
}

/* The plaintext of our pubKeyAuth, with the fault of @s->quirk. */
static int make_plain(struct ts_server *s, const struct cssp_rd *nonce_in, bool hashed,
		      struct cssp_vbuf *plain)
{
	struct cssp_vbuf other = {};
	u8 nonce_bytes[CSSP_NONCE_SIZE] = {};
	struct cssp_rd nonce, key = s->key;
	int ret;

	if (nonce_in->left == sizeof(nonce_bytes))
		memcpy(nonce_bytes, nonce_in->p, sizeof(nonce_bytes));
	if (s->quirk == TS_FLIPPED_NONCE)
		nonce_bytes[7] ^= 0x10;
	nonce = cssp_rd_of(nonce_bytes, sizeof(nonce_bytes));
	ret = cssp_vbuf_set(&other, &key);
	if (ret)
		return ret;
	key = cssp_vbuf_rd(&other);
	if (s->quirk == TS_OTHER_KEY)
		other.data[20] ^= 1;
	if (s->quirk == TS_ZERO_ECHO)
		memset(other.data, 0, other.len);
	if (s->quirk == TS_SPKI) {
		u8 header[SPKI_HEADER] = { 0x30, 0x82 };
		struct cssp_vbuf spki = {};

		ret = cssp_vbuf_append(&spki, header, sizeof(header)) ?:
		      cssp_vbuf_append(&spki, other.data, other.len);
		cssp_vbuf_move(&other, &spki);
		key = cssp_vbuf_rd(&other);
	}
	if (s->quirk == TS_OLD_STYLE)
		hashed = false;
	if (s->quirk == TS_NEW_STYLE)
		hashed = true;
	if (!ret && hashed)
		ret = hash_plain(s->quirk == TS_REFLECT_PLAIN ?
				 CSSP_BINDING_CLIENT_TO_SERVER :
				 CSSP_BINDING_SERVER_TO_CLIENT, &nonce, &key, plain);
	else if (!ret)
		ret = echo_plain(&key, s->quirk != TS_SAME_ECHO &&
				 s->quirk != TS_REFLECT_PLAIN, plain);
	cssp_vbuf_free(&other);
	if (s->quirk == TS_SHORT && plain->len)
		plain->len--;
	if (s->quirk == TS_EMPTY)
		plain->len = 0;
	return ret;
}

/* Check the client's pubKeyAuth and, if it is right, make ours. */
static int answer_pub_key(struct ts_server *s, const struct cssp_ts_request *in,
			  struct cssp_vbuf *sealed)
{
	bool hashed = min(in->version, s->version) >= 5;
	struct cssp_vbuf got = {}, want = {};
	struct cssp_rd rd;
	int ret;

	ret = ntlm_server_unwrap(s->ntlm, &in->pub_key_auth, &got);
	if (!ret && hashed)
		ret = hash_plain(CSSP_BINDING_CLIENT_TO_SERVER, &in->client_nonce, &s->key,
				 &want);
	else if (!ret)
		ret = echo_plain(&s->key, 0, &want);
	if (!ret && (got.len != want.len || memcmp(got.data, want.data, got.len)))
		ret = -EKEYREJECTED;
	cssp_vbuf_clear(&got);
	if (!ret)
		ret = make_plain(s, &in->client_nonce, hashed, &got);
	if (!ret && s->quirk == TS_REFLECT) {
		ret = cssp_vbuf_set(sealed, &in->pub_key_auth);
	} else if (!ret) {
		rd = cssp_vbuf_rd(&got);
		ret = ntlm_server_wrap(s->ntlm, &rd, sealed);
	}
	if (!ret && s->quirk == TS_BAD_SEAL)
		sealed->data[sealed->len - 1] ^= 4;
	cssp_vbuf_free(&got);
	cssp_vbuf_free(&want);
	return ret;
}

static void apply_quirk(struct ts_server *s, struct cssp_ts_request *req)
{
	static const u8 junk[CSSP_NONCE_SIZE] = { 0x5a };

	if (s->quirk == TS_OWN_NONCE) {
		req->present |= CSSP_TS_CLIENT_NONCE;
		req->client_nonce = cssp_rd_of(junk, sizeof(junk));
	}
	if (s->leg != s->at)
		return;
	switch (s->quirk) {
	case TS_VERSION_1:
		req->version = 1;
		break;
	case TS_VERSION_CHANGED:
		req->version = req->version == 6 ? 5 : 6;
		break;
	case TS_ERROR_CODE:
		req->present = 0;
		fallthrough;
	case TS_ERROR_CODE_AND_TOKEN:
		req->present |= CSSP_TS_ERROR_CODE;
		req->error_code = 0xc000006d;
		break;
	case TS_NOT_SUPPORTED:
		req->present = CSSP_TS_ERROR_CODE;
		req->error_code = 0xc00000bb;
		break;
	case TS_AUTH_INFO:
		req->present |= CSSP_TS_AUTH_INFO;
		req->auth_info = cssp_rd_of(junk, 20);
		break;
	case TS_NO_TOKEN:
		req->present &= ~CSSP_TS_NEGO_TOKEN;
		break;
	case TS_NO_PUB_KEY:
		req->present &= ~CSSP_TS_PUB_KEY_AUTH;
		break;
	case TS_TOKEN_AGAIN:
		req->present |= CSSP_TS_NEGO_TOKEN;
		req->nego_token = cssp_rd_of(junk, 8);
		break;
	default:
		break;
	}
}

static int mangle(struct ts_server *s, struct cssp_vbuf *out)
{
	if (s->leg != s->at)
		return 0;
	switch (s->quirk) {
	case TS_GARBAGE:
		out->data[0] = 0x31;
		return 0;
	case TS_TRUNCATED:
		out->len--;
		return 0;
	case TS_TRAILING:
		return cssp_vbuf_append(out, "", 1);
	default:
		return 0;
	}
}

static int answer(struct ts_server *s, const struct cssp_ts_request *in,
		  struct cssp_vbuf *out)
{
	struct cssp_ts_request req = { .version = s->version };
	struct cssp_vbuf token = {}, sealed = {};
	bool established = false;
	int ret = 0;

	if (in->present & CSSP_TS_NEGO_TOKEN)
		ret = ntlm_server_step(s->ntlm, &in->nego_token, &token, &established);
	if (!ret && in->present & CSSP_TS_PUB_KEY_AUTH)
		ret = answer_pub_key(s, in, &sealed);
	if (ret)
		goto out;
	if (token.len) {
		req.present |= CSSP_TS_NEGO_TOKEN;
		req.nego_token = cssp_vbuf_rd(&token);
	}
	if (sealed.len && token.len && s->quirk == TS_FINAL_TOKEN_FIRST) {
		ret = emit(&req, out);
		req.present = 0;
		out = &s->pending;
	}
	if (sealed.len) {
		req.present |= CSSP_TS_PUB_KEY_AUTH;
		req.pub_key_auth = cssp_vbuf_rd(&sealed);
	}
	apply_quirk(s, &req);
	if (!ret)
		ret = emit(&req, out) ?: mangle(s, out);
out:
	cssp_vbuf_free(&token);
	cssp_vbuf_free(&sealed);
	return ret;
}

int ts_server_step(struct ts_server *s, const struct cssp_rd *in, struct cssp_vbuf *out)
{
	struct cssp_ts_request req;
	int ret = cssp_ts_request_decode(in, &req);

	if (ret)
		return ret;
	if (req.present & CSSP_TS_AUTH_INFO)
		return ntlm_server_unwrap(s->ntlm, &req.auth_info, &s->creds);
	ret = answer(s, &req, out);
	s->leg++;
	return ret;
}

void ts_server_cleanup(struct ts_server *s)
{
	ntlm_server_free(s->ntlm);
	cssp_vbuf_free(&s->pending);
	cssp_vbuf_free(&s->creds);
}
