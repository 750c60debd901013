// SPDX-License-Identifier: GPL-2.0-only
#include <linux/random.h>
#include <crypto/algapi.h>

#include "../base/status.h"
#include "../mech/encode.h"
#include "../wire/ts_credentials.h"
#include "binding.h"
#include "client.h"

/*
 * TSRequests that one exchange may take from the server.  SPNEGO with the
 * longest mechanism needs five; the rest is room for peers that split legs.
 */
#define MAX_LEGS		16

/* From here on pubKeyAuth is a hash with the client's nonce (CVE-2018-0886). */
#define HASH_VERSION		5

#define STATUS_NOT_SUPPORTED	0xc00000bb
#define EARLY_AUTH_SUCCESS	0x00000000	/* MS-RDPBCGR 2.2.10.2 */

/**
 * struct step - a row of the machine
 * @expects: the only event that is legal
 * @handle: computes the answer; may choose another @next
 * @next: state after success
 * @leg: where the report says that the exchange is
 */
struct step {
	enum cssp_client_event expects;
	int (*handle)(struct cssp_client *c, const struct cssp_rd *in,
		      struct cssp_vbuf *out, enum cssp_client_state *next);
	enum cssp_client_state next;
	u32 leg;
};

static int fail(struct cssp_client *c, u32 reason, int err)
{
	if (!c->reason)
		c->reason = reason;
	return err;
}

static int append_request(const struct cssp_ts_request *req, struct cssp_vbuf *out)
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
	if (!ret)
		out->len += wr.len;
	return ret;
}

static int step_mech(struct cssp_client *c, const struct cssp_rd *in,
		     struct cssp_vbuf *token)
{
	int ret = c->mech->ops->step(c->mech, in, token, &c->progress);

	if (ret)
		return fail(c, c->mech->reason ?: CREDSSP_REASON_MECH_TOKEN, ret);
	return 0;
}

/* A known certificate proves its server, whatever else is said of it. */
static bool server_proven(const struct cssp_client *c)
{
	return c->pinned || !c->trust;
}

/* A certificate that is good but for another name proves somebody else. */
static int check_mutual(struct cssp_client *c)
{
	if (!(c->p.context_req & ISC_REQ_MUTUAL_AUTH) || server_proven(c))
		return 0;
	return fail(c, CREDSSP_REASON_SERVER_NOT_PROVEN,
		    c->trust == CREDSSP_TRUST_WRONG_NAME ? CSSP_E_WRONG_PRINCIPAL :
							   CSSP_E_NOT_PROVEN);
}

/* MS-CSSP 3.1.5 step 1: the first token of the inner mechanism. */
static int on_channel_up(struct cssp_client *c, const struct cssp_rd *in,
			 struct cssp_vbuf *out, enum cssp_client_state *next)
{
	struct cssp_mech_params params = {
		.id = c->p.id,
		.target = c->p.spn,
		.who = c->p.who,
		.wait = c->p.wait,
	};
	struct cssp_ts_request req = { .version = c->p.max_version };
	struct cssp_rd empty = {};
	struct cssp_vbuf token = {};
	int ret;

	ret = cssp_vbuf_set(&c->public_key, in);
	if (ret)
		return ret;
	ret = c->p.mech->create(&c->mech, &params);
	if (ret)
		return fail(c, ret == CSSP_E_WEAK ? CREDSSP_REASON_FIPS : 0, ret);
	/* If only the certificate can prove the server, do not even answer its challenge. */
	if (c->mech->ntlm_only)
		ret = check_mutual(c);
	if (!ret)
		ret = step_mech(c, &empty, &token);
	if (!ret) {
		req.present = CSSP_TS_NEGO_TOKEN;
		req.nego_token = cssp_vbuf_rd(&token);
		ret = append_request(&req, out);
	}
	cssp_vbuf_free(&token);
	return ret;
}

/* Each side sends its highest version in every message; both use the lower one. */
static int check_version(struct cssp_client *c, u32 peer)
{
	if (peer < CREDSSP_MIN_VERSION ||
	    (c->peer_version && c->peer_version != peer))
		return fail(c, CREDSSP_REASON_VERSION, CSSP_E_STATE);
	c->peer_version = peer;
	c->version = min(peer, c->p.max_version);
	if (c->version < c->p.min_version)
		return fail(c, CREDSSP_REASON_VERSION_POLICY, CSSP_E_VERSION);
	return 0;
}

/* What the server's errorCode means; anything not listed is a refused logon. */
static const struct {
	u32 ntstatus;
	int err;
} error_codes[] = {
	{ STATUS_NOT_SUPPORTED, CSSP_E_VERSION },
	{ 0xc000005e /* NO_LOGON_SERVERS */, CSSP_E_NO_HELPER },
	{ 0xc000018d /* TRUSTED_RELATIONSHIP_FAILURE */, CSSP_E_NO_HELPER },
};

/* A client that receives errorCode must fail at once (MS-CSSP 2.2.1). */
static int on_error_code(struct cssp_client *c, u32 ntstatus)
{
	size_t i;

	c->ntstatus = ntstatus;
	for (i = 0; i < ARRAY_SIZE(error_codes); i++)
		if (error_codes[i].ntstatus == ntstatus)
			return fail(c, CREDSSP_REASON_ERROR_CODE, error_codes[i].err);
	return fail(c, CREDSSP_REASON_ERROR_CODE, CSSP_E_LOGON_DENIED);
}

/*
 * Decode and check what holds in every leg: @allowed fields only, the version,
 * errorCode.  A clientNonce of the server is ignored: ours is the one that
 * counts.
 */
static int read_request(struct cssp_client *c, const struct cssp_rd *in,
			u32 allowed, struct cssp_ts_request *req)
{
	int ret = cssp_ts_request_decode(in, req);

	if (ret)
		return fail(c, CREDSSP_REASON_DER, ret);
	if (++c->legs > MAX_LEGS)
		return fail(c, CREDSSP_REASON_LIMIT, CSSP_E_STATE);
	if (req->present & CSSP_TS_ERROR_CODE)
		return on_error_code(c, req->error_code);
	ret = check_version(c, req->version);
	if (ret)
		return ret;
	allowed |= CSSP_TS_CLIENT_NONCE;
	if (req->present & ~allowed)
		return fail(c, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	return 0;
}

/* Our half of the proof: the hash since version 5, before it the key itself. */
static int own_proof(struct cssp_client *c, struct cssp_vbuf *plain)
{
	struct cssp_rd key = cssp_vbuf_rd(&c->public_key);
	struct cssp_rd nonce = cssp_rd_of(c->nonce, sizeof(c->nonce));
	u8 hash[CSSP_BINDING_SIZE];
	int ret;

	if (c->version < HASH_VERSION)
		return cssp_vbuf_set(plain, &key);
	ret = cssp_binding_hash(CSSP_BINDING_CLIENT_TO_SERVER, &nonce, &key, hash);
	if (!ret)
		ret = cssp_vbuf_append(plain, hash, sizeof(hash));
	memzero_explicit(hash, sizeof(hash));
	return ret;
}

/* The server's half; before version 5 it is the key with its first byte + 1. */
static int check_proof(struct cssp_client *c, const struct cssp_vbuf *plain)
{
	struct cssp_rd key = cssp_vbuf_rd(&c->public_key);
	struct cssp_rd nonce = cssp_rd_of(c->nonce, sizeof(c->nonce));
	struct cssp_rd got = cssp_vbuf_rd(plain);
	struct cssp_vbuf want = {};
	int ret;

	if (c->version >= HASH_VERSION)
		return cssp_binding_check(CSSP_BINDING_SERVER_TO_CLIENT, &nonce, &key,
					  &got);
	ret = cssp_vbuf_set(&want, &key);
	if (ret)
		return ret;
	want.data[0]++;
	if (got.left != want.len || crypto_memneq(got.p, want.data, want.len))
		ret = CSSP_E_ALTERED;
	cssp_vbuf_free(&want);
	return ret;
}

/* The mechanism's last token and pubKeyAuth go in one TSRequest (3.1.5 step 3). */
static int send_pub_key(struct cssp_client *c, const struct cssp_vbuf *token,
			struct cssp_vbuf *out)
{
	struct cssp_ts_request req = {
		.version = c->p.max_version,
		.present = CSSP_TS_PUB_KEY_AUTH,
	};
	struct cssp_vbuf plain = {}, sealed = {};
	struct cssp_rd rd;
	int ret;

	if (c->version >= HASH_VERSION) {
		get_random_bytes(c->nonce, sizeof(c->nonce));
		req.present |= CSSP_TS_CLIENT_NONCE;
		req.client_nonce = cssp_rd_of(c->nonce, sizeof(c->nonce));
	}
	if (token->len) {
		req.present |= CSSP_TS_NEGO_TOKEN;
		req.nego_token = cssp_vbuf_rd(token);
	}
	ret = own_proof(c, &plain);
	if (!ret) {
		rd = cssp_vbuf_rd(&plain);
		ret = c->mech->ops->wrap(c->mech, &rd, &sealed);
	}
	if (!ret) {
		req.pub_key_auth = cssp_vbuf_rd(&sealed);
		ret = append_request(&req, out);
	}
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&sealed);
	return ret;
}

static int send_token(struct cssp_client *c, const struct cssp_vbuf *token,
		      struct cssp_vbuf *out)
{
	struct cssp_ts_request req = {
		.version = c->p.max_version,
		.present = CSSP_TS_NEGO_TOKEN,
		.nego_token = cssp_vbuf_rd(token),
	};

	if (!token->len)
		return fail(c, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
	return append_request(&req, out);
}

static int on_nego(struct cssp_client *c, const struct cssp_rd *in,
		   struct cssp_vbuf *out, enum cssp_client_state *next)
{
	struct cssp_vbuf token = {};
	struct cssp_ts_request req;
	int ret;

	ret = read_request(c, in, CSSP_TS_NEGO_TOKEN, &req);
	if (ret)
		return ret;
	if (!(req.present & CSSP_TS_NEGO_TOKEN))
		return fail(c, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	ret = step_mech(c, &req.nego_token, &token);
	if (!ret && c->progress == CSSP_MECH_CONTINUE) {
		*next = CSSP_CLIENT_NEGO;
		ret = send_token(c, &token, out);
	} else if (!ret) {
		ret = send_pub_key(c, &token, out);
	}
	cssp_vbuf_free(&token);
	return ret;
}

/*
 * SPNEGO's final token comes next to pubKeyAuth, in a TSRequest before it, or
 * not at all.  No answer is owed to it.
 */
static int take_final_token(struct cssp_client *c, const struct cssp_rd *in)
{
	struct cssp_vbuf token = {};
	int ret;

	if (c->progress == CSSP_MECH_DONE)
		return fail(c, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	ret = step_mech(c, in, &token);
	if (!ret && (token.len || c->progress != CSSP_MECH_DONE))
		ret = fail(c, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
	cssp_vbuf_free(&token);
	return ret;
}

static int check_pub_key(struct cssp_client *c, const struct cssp_rd *sealed)
{
	struct cssp_vbuf plain = {};
	int ret;

	ret = c->mech->ops->unwrap(c->mech, sealed, &plain);
	if (!ret)
		ret = check_proof(c, &plain);
	cssp_vbuf_free(&plain);
	return ret ? fail(c, CREDSSP_REASON_BINDING, ret) : 0;
}

static int check_delegation(struct cssp_client *c)
{
	int ret;

	if (!(c->p.context_req & ISC_REQ_DELEGATE))
		return 0;
	ret = cssp_policy_delegate(c->p.policy, c->p.kind, c->p.spn,
				   server_proven(c) || !c->mech->ntlm_only);
	return ret ? fail(c, CREDSSP_REASON_POLICY, ret) : 0;
}

/* TSCredentials: the caller's, or three empty strings when none are delegated. */
static int encode_credentials(struct cssp_client *c, struct cssp_vbuf *plain)
{
	struct cssp_ts_password_creds creds = {};
	struct cssp_wr wr;
	int ret;

	if (c->p.context_req & ISC_REQ_DELEGATE) {
		creds.domain = cssp_vbuf_rd(&c->p.id->domain);
		creds.user = cssp_vbuf_rd(&c->p.id->user);
		creds.password = cssp_vbuf_rd(&c->p.id->password);
	}
	ret = cssp_encode_begin(plain, cssp_ts_credentials_size(&creds), &wr);
	if (ret)
		return ret;
	cssp_ts_credentials_encode(&creds, &wr);
	return cssp_encode_end(plain, &wr);
}

/* MS-CSSP 3.1.5 step 5: authInfo. */
static int send_credentials(struct cssp_client *c, struct cssp_vbuf *out)
{
	struct cssp_ts_request req = {
		.version = c->p.max_version,
		.present = CSSP_TS_AUTH_INFO,
	};
	struct cssp_vbuf plain = {}, sealed = {};
	struct cssp_rd rd;
	int ret;

	ret = encode_credentials(c, &plain);
	if (!ret) {
		rd = cssp_vbuf_rd(&plain);
		ret = c->mech->ops->wrap(c->mech, &rd, &sealed);
	}
	if (!ret) {
		req.auth_info = cssp_vbuf_rd(&sealed);
		ret = append_request(&req, out);
	}
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&sealed);
	return ret;
}

static int on_pub_key(struct cssp_client *c, const struct cssp_rd *in,
		      struct cssp_vbuf *out, enum cssp_client_state *next)
{
	struct cssp_ts_request req;
	int ret;

	ret = read_request(c, in, CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH, &req);
	if (!ret && req.present & CSSP_TS_NEGO_TOKEN)
		ret = take_final_token(c, &req.nego_token);
	if (ret)
		return ret;
	if (!(req.present & CSSP_TS_PUB_KEY_AUTH)) {
		*next = CSSP_CLIENT_PUBKEY_SENT;
		return req.present & CSSP_TS_NEGO_TOKEN ? 0 :
		       fail(c, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	}
	ret = check_pub_key(c, &req.pub_key_auth);
	if (!ret)
		ret = check_mutual(c);
	if (!ret)
		ret = check_delegation(c);
	if (!ret && c->p.keep_key)
		ret = c->mech->ops->session_key(c->mech, &c->session_key);
	if (!ret)
		ret = send_credentials(c, out);
	if (!ret)
		c->delegated = c->p.context_req & ISC_REQ_DELEGATE;
	return ret;
}

static int on_sent(struct cssp_client *c, const struct cssp_rd *in,
		   struct cssp_vbuf *out, enum cssp_client_state *next)
{
	if (c->p.early_auth)
		*next = CSSP_CLIENT_EARLY_AUTH;
	return 0;
}

/* MS-RDPBCGR 2.2.10.2: 4 bytes, little-endian */
static int on_result(struct cssp_client *c, const struct cssp_rd *in,
		     struct cssp_vbuf *out, enum cssp_client_state *next)
{
	struct cssp_rd rd = *in;
	u32 result;
	int ret = cssp_rd_le32(&rd, &result) ?: cssp_rd_end(&rd);

	if (ret)
		return fail(c, CREDSSP_REASON_UNEXPECTED_FIELD, ret);
	if (result != EARLY_AUTH_SUCCESS)
		return fail(c, CREDSSP_REASON_EARLY_DENIED, CSSP_E_LOGON_DENIED);
	c->early_ok = true;
	return 0;
}

static int on_begin(struct cssp_client *c, const struct cssp_rd *in,
		    struct cssp_vbuf *out, enum cssp_client_state *next)
{
	return 0;
}

static const struct step steps[CSSP_CLIENT_STATES] = {
	[CSSP_CLIENT_START] = {
		CSSP_EVENT_BEGIN, on_begin, CSSP_CLIENT_TLS, CREDSSP_LEG_START,
	},
	[CSSP_CLIENT_TLS] = {
		CSSP_EVENT_CHANNEL_UP, on_channel_up, CSSP_CLIENT_NEGO, CREDSSP_LEG_TLS,
	},
	[CSSP_CLIENT_NEGO] = {
		CSSP_EVENT_REQUEST, on_nego, CSSP_CLIENT_PUBKEY_SENT, CREDSSP_LEG_NEGO,
	},
	[CSSP_CLIENT_PUBKEY_SENT] = {
		CSSP_EVENT_REQUEST, on_pub_key, CSSP_CLIENT_CREDS_SENT,
		CREDSSP_LEG_PUBKEY,
	},
	[CSSP_CLIENT_CREDS_SENT] = {
		CSSP_EVENT_SENT, on_sent, CSSP_CLIENT_ESTABLISHED, CREDSSP_LEG_CREDS,
	},
	[CSSP_CLIENT_EARLY_AUTH] = {
		CSSP_EVENT_RESULT, on_result, CSSP_CLIENT_ESTABLISHED,
		CREDSSP_LEG_EARLY_AUTH,
	},
	[CSSP_CLIENT_ESTABLISHED] = {
		CSSP_EVENT_NONE, NULL, CSSP_CLIENT_ESTABLISHED, CREDSSP_LEG_ESTABLISHED,
	},
	[CSSP_CLIENT_DEAD] = {
		CSSP_EVENT_NONE, NULL, CSSP_CLIENT_DEAD, CREDSSP_LEG_START,
	},
};

void cssp_client_init(struct cssp_client *c, const struct cssp_client_params *p)
{
	*c = (struct cssp_client){ .p = *p, .state = CSSP_CLIENT_START };
}

enum cssp_client_event cssp_client_expects(const struct cssp_client *c)
{
	return steps[c->state].expects;
}

u32 cssp_client_leg(const struct cssp_client *c)
{
	return steps[c->state].leg;
}

bool cssp_client_authenticated(const struct cssp_client *c)
{
	return c->state >= CSSP_CLIENT_PUBKEY_SENT && c->state < CSSP_CLIENT_ESTABLISHED;
}

/* What the exchange needed and nobody needs after it. */
static void drop_exchange(struct cssp_client *c)
{
	cssp_mech_free(c->mech);
	c->mech = NULL;
	cssp_vbuf_free(&c->public_key);
	memzero_explicit(c->nonce, sizeof(c->nonce));
}

void cssp_client_wipe(struct cssp_client *c)
{
	drop_exchange(c);
	memzero_explicit(&c->session_key, sizeof(c->session_key));
}

int cssp_client_event(struct cssp_client *c, enum cssp_client_event event,
		      const struct cssp_rd *in, struct cssp_vbuf *out)
{
	const struct step *step = &steps[c->state];
	enum cssp_client_state next = step->next;
	int ret;

	if (event == CSSP_EVENT_NONE || event != step->expects)
		ret = fail(c, CREDSSP_REASON_PARAMETER, CSSP_E_STATE);
	else
		ret = step->handle(c, in, out, &next);
	c->state = ret ? CSSP_CLIENT_DEAD : next;
	if (ret)
		cssp_client_wipe(c);
	else if (next == CSSP_CLIENT_ESTABLISHED)
		drop_exchange(c);
	return ret;
}
