// SPDX-License-Identifier: GPL-2.0-only
/*
 * The client machine. Handlers do not change the machine. cssp_client_event() commits
 * their results; cssp_client_kill() enters DEAD.
 */
#include <linux/random.h>

#include "../base/status.h"
#include "../mech/encode.h"
#include "../wire/ts_credentials.h"
#include "client.h"
#include "leg.h"

/**
 * struct client_result - what a handler computes; the dispatcher commits it
 * @next: state after success; the row's, unless the handler chooses another
 * @mech: inner mechanism; a handler without a mechanism yet may create it
 * @progress: progress of @mech
 * @last_token: what @mech took in this leg
 * @public_key: SubjectPublicKey, when the handler received it
 * @nonce: clientNonce
 * @session_key: the mechanism's key, when the handler moved it out
 * @facts: facts for the report; committed after a failure as well
 */
struct client_result {
	enum cssp_client_state next;
	struct cssp_mech *mech;
	enum cssp_mech_progress progress;
	struct cssp_vbuf last_token;
	struct cssp_vbuf public_key;
	u8 nonce[CSSP_NONCE_SIZE];
	struct cssp_session_key session_key;
	struct cssp_client_facts facts;
};

/**
 * struct client_row - a row of the machine's table
 * @expects: the only event that is legal
 * @handle: checks the input and computes the answer and the result
 * @next: state after success
 * @leg: enum credssp_leg for the report
 */
struct client_row {
	enum cssp_client_event expects;
	int (*handle)(const struct cssp_client *c, const struct cssp_rd *in,
		      struct cssp_vbuf *out, struct client_result *r);
	enum cssp_client_state next;
	u32 leg;
};

/* The first reason stays. */
static int client_fail(struct client_result *r, u32 reason, int err)
{
	if (!r->facts.reason)
		r->facts.reason = reason;
	return err;
}

/*
 * A pinned certificate proves its server, whatever its evaluation says. So does Kerberos,
 * which has bound the certificate's key by pubKeyAuth.
 */
static bool client_server_proven(const struct cssp_client *c, const struct client_result *r)
{
	return c->pinned || !c->trust || r->facts.mech_proven;
}

/* A certificate whose only fault is the name proves another identity. */
static int client_check_mutual(const struct cssp_client *c, struct client_result *r)
{
	int err = CSSP_E_NOT_PROVEN;

	if (!(c->p.context_req & ISC_REQ_MUTUAL_AUTH) || client_server_proven(c, r))
		return 0;
	if (c->trust == CREDSSP_TRUST_WRONG_NAME)
		err = CSSP_E_WRONG_PRINCIPAL;
	return client_fail(r, CREDSSP_REASON_SERVER_NOT_PROVEN, err);
}

/*
 * If only the certificate can prove the server, do not even begin the exchange of the
 * mechanism, nor answer its challenge. SPNEGO knows its mechanism after a step.
 */
static int client_check_mech(const struct cssp_client *c, struct client_result *r)
{
	return r->mech->ntlm_only ? client_check_mutual(c, r) : 0;
}

static int client_step_mech(const struct cssp_client *c, struct client_result *r,
			    const struct cssp_rd *in, struct cssp_vbuf *token)
{
	int ret = r->mech->ops->step(r->mech, in, token, &r->progress);

	cssp_mech_facts_take(&r->facts.mech, &r->mech->facts);
	if (ret)
		return client_fail(r, r->mech->reason ?: CREDSSP_REASON_MECH_TOKEN, ret);
	return client_check_mech(c, r) ?: cssp_vbuf_set(&r->last_token, in);
}

static int client_create_mech(const struct cssp_client *c, struct client_result *r)
{
	struct cssp_mech_params params = {
		.id = c->p.id,
		.target = c->p.spn,
		.who = c->p.who,
		.wait = c->p.wait,
		.tickets = c->p.tickets,
		.store = c->p.store,
		.no_ntlm = c->p.no_ntlm,
	};
	int ret = c->p.mech->create(&r->mech, &params);

	if (ret)
		return client_fail(r, cssp_mech_create_reason(ret), ret);
	return client_check_mech(c, r);
}

/* A TSRequest with nothing but a token of the mechanism. */
static int client_send_token(const struct cssp_client *c, const struct cssp_vbuf *token,
			     struct cssp_vbuf *out)
{
	struct cssp_ts_request req = {
		.version = c->p.max_version,
		.present = CSSP_TS_NEGO_TOKEN,
		.nego_token = cssp_vbuf_rd(token),
	};

	return cssp_leg_append(&req, out);
}

/* MS-CSSP 3.1.5 step 1: the first token of the inner mechanism. */
static int client_on_channel_up(const struct cssp_client *c, const struct cssp_rd *in,
				struct cssp_vbuf *out, struct client_result *r)
{
	struct cssp_rd empty = {};
	struct cssp_vbuf token = {};
	int ret;

	ret = cssp_vbuf_set(&r->public_key, in);
	if (ret)
		return ret;
	ret = client_create_mech(c, r);
	if (ret)
		return ret;
	ret = client_step_mech(c, r, &empty, &token) ?: client_send_token(c, &token, out);
	cssp_vbuf_free(&token);
	return ret;
}

static int client_check_version(const struct cssp_client *c, u32 version,
				struct client_result *r)
{
	struct cssp_leg_versions v = {
		.own = c->p.max_version,
		.min = c->p.min_version,
		.peer = r->facts.peer_version,
		.effective = r->facts.version,
	};
	u32 reason = CREDSSP_REASON_NONE;
	int ret = cssp_leg_version(&v, version, &reason);

	r->facts.peer_version = v.peer;
	r->facts.version = v.effective;
	return ret ? client_fail(r, reason, ret) : 0;
}

/* Meanings of the server's errorCode; a code without a row is a refused logon. */
static const struct {
	u32 ntstatus;
	int err;
} client_error_codes[] = {
	{ CSSP_STATUS_NOT_SUPPORTED, CSSP_E_VERSION },
	{ 0xc000005e /* NO_LOGON_SERVERS */, CSSP_E_NO_HELPER },
	{ 0xc000018d /* TRUSTED_RELATIONSHIP_FAILURE */, CSSP_E_NO_HELPER },
};

/* A client that receives errorCode must fail at once (MS-CSSP 2.2.1). */
static int client_on_error_code(u32 ntstatus, struct client_result *r)
{
	int err = CSSP_E_LOGON_DENIED;
	size_t i;

	r->facts.ntstatus = ntstatus;
	for (i = 0; i < ARRAY_SIZE(client_error_codes); i++)
		if (client_error_codes[i].ntstatus == ntstatus)
			err = client_error_codes[i].err;
	return client_fail(r, CREDSSP_REASON_ERROR_CODE, err);
}

/*
 * Decode, and check what holds in every leg: @allowed fields only, the version,
 * errorCode. A clientNonce from the server is ignored: the hashes use the client's.
 */
static int client_read_request(const struct cssp_client *c, const struct cssp_rd *in,
			       u32 allowed, struct cssp_ts_request *req,
			       struct client_result *r)
{
	int ret = cssp_ts_request_decode(in, req);

	if (ret)
		return client_fail(r, CREDSSP_REASON_DER, ret);
	if (++r->facts.legs > CSSP_LEG_MAX)
		return client_fail(r, CREDSSP_REASON_LIMIT, CSSP_E_STATE);
	if (req->present & CSSP_TS_ERROR_CODE)
		return client_on_error_code(req->error_code, r);
	ret = client_check_version(c, req->version, r);
	if (ret)
		return ret;
	allowed |= CSSP_TS_CLIENT_NONCE;
	if (req->present & ~allowed)
		return client_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	return 0;
}

static struct cssp_leg_binding client_binding(const struct cssp_client *c,
					      const struct client_result *r)
{
	return (struct cssp_leg_binding){
		.version = r->facts.version,
		.nonce = cssp_rd_of(r->nonce, sizeof(r->nonce)),
		.key = cssp_vbuf_rd(&c->public_key),
	};
}

static int client_wrap(struct client_result *r, const struct cssp_vbuf *plain,
		       struct cssp_vbuf *sealed)
{
	struct cssp_rd rd = cssp_vbuf_rd(plain);

	return r->mech->ops->wrap(r->mech, &rd, sealed);
}

/* The mechanism's last token and pubKeyAuth go in one TSRequest (3.1.5 step 3). */
static int client_send_pub_key(const struct cssp_client *c, struct client_result *r,
			       const struct cssp_vbuf *token, struct cssp_vbuf *out)
{
	struct cssp_ts_request req = {
		.version = c->p.max_version,
		.present = CSSP_TS_PUB_KEY_AUTH,
	};
	struct cssp_vbuf plain = {}, sealed = {};
	struct cssp_leg_binding binding;
	int ret;

	if (r->facts.version >= CSSP_TS_HASH_VERSION) {
		get_random_bytes(r->nonce, sizeof(r->nonce));
		req.present |= CSSP_TS_CLIENT_NONCE;
		req.client_nonce = cssp_rd_of(r->nonce, sizeof(r->nonce));
	}
	if (token->len) {
		req.present |= CSSP_TS_NEGO_TOKEN;
		req.nego_token = cssp_vbuf_rd(token);
	}
	binding = client_binding(c, r);
	ret = cssp_leg_proof(&binding, CSSP_BINDING_CLIENT_TO_SERVER, &plain) ?:
	      client_wrap(r, &plain, &sealed);
	if (ret)
		goto out_free;
	req.pub_key_auth = cssp_vbuf_rd(&sealed);
	ret = cssp_leg_append(&req, out);
out_free:
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&sealed);
	return ret;
}

static int client_on_nego(const struct cssp_client *c, const struct cssp_rd *in,
			  struct cssp_vbuf *out, struct client_result *r)
{
	struct cssp_vbuf token = {};
	struct cssp_ts_request req;
	int ret;

	ret = client_read_request(c, in, CSSP_TS_NEGO_TOKEN, &req, r);
	if (ret)
		return ret;
	if (!(req.present & CSSP_TS_NEGO_TOKEN))
		return client_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	ret = client_step_mech(c, r, &req.nego_token, &token);
	if (ret)
		goto out_free;
	if (r->progress != CSSP_MECH_CONTINUE) {
		ret = client_send_pub_key(c, r, &token, out);
		goto out_free;
	}
	r->next = CSSP_CLIENT_NEGO;
	if (token.len)
		ret = client_send_token(c, &token, out);
	else
		ret = client_fail(r, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
out_free:
	cssp_vbuf_free(&token);
	return ret;
}

/*
 * SPNEGO's final token may come beside pubKeyAuth or in a TSRequest before it, or be
 * missing. The client does not answer it.
 */
static int client_take_final_token(const struct cssp_client *c, struct client_result *r,
				   const struct cssp_rd *in)
{
	struct cssp_vbuf token = {};
	int ret;

	if (r->progress == CSSP_MECH_DONE)
		return client_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	ret = client_step_mech(c, r, in, &token);
	if (!ret && (token.len || r->progress != CSSP_MECH_DONE))
		ret = client_fail(r, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
	cssp_vbuf_free(&token);
	return ret;
}

static int client_check_pub_key(const struct cssp_client *c, struct client_result *r,
				const struct cssp_rd *sealed)
{
	const struct cssp_leg_binding binding = client_binding(c, r);
	struct cssp_vbuf plain = {};
	struct cssp_rd rd;
	int ret;

	ret = r->mech->ops->unwrap(r->mech, sealed, &plain);
	rd = cssp_vbuf_rd(&plain);
	if (!ret)
		ret = cssp_leg_check_proof(&binding, CSSP_BINDING_SERVER_TO_CLIENT, &rd);
	cssp_vbuf_free(&plain);
	/* Other failures, such as -ENOMEM, are not the server's; the errno says the reason. */
	if (ret == CSSP_E_ALTERED || ret == CSSP_E_MALFORMED || ret == CSSP_E_TOO_BIG)
		return client_fail(r, CREDSSP_REASON_BINDING, ret);
	return ret;
}

static int client_check_delegation(const struct cssp_client *c, struct client_result *r)
{
	int ret;

	if (!(c->p.context_req & ISC_REQ_DELEGATE))
		return 0;
	ret = cssp_policy_delegate(c->p.policy, c->p.kind, c->p.spn,
				   client_server_proven(c, r));
	return ret ? client_fail(r, CREDSSP_REASON_POLICY, ret) : 0;
}

/*
 * Are there credentials to be delegated? Tickets of a cache or keytab have no password, and
 * those of a certificate have a PIN, which is not for the server.
 */
static bool client_delegates(const struct cssp_client *c)
{
	return c->p.context_req & ISC_REQ_DELEGATE && c->p.kind != CSSP_CRED_DEFAULT;
}

/* TSCredentials: the caller's, or three empty strings when none are delegated. */
static int client_encode_credentials(const struct cssp_client *c, struct cssp_vbuf *plain)
{
	struct cssp_ts_password_creds creds = {};
	struct cssp_wr wr;
	int ret;

	if (client_delegates(c)) {
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
static int client_send_credentials(const struct cssp_client *c, struct client_result *r,
				   struct cssp_vbuf *out)
{
	struct cssp_ts_request req = {
		.version = c->p.max_version,
		.present = CSSP_TS_AUTH_INFO,
	};
	struct cssp_vbuf plain = {}, sealed = {};
	int ret;

	ret = client_encode_credentials(c, &plain) ?: client_wrap(r, &plain, &sealed);
	if (ret)
		goto out_free;
	req.auth_info = cssp_vbuf_rd(&sealed);
	ret = cssp_leg_append(&req, out);
out_free:
	cssp_vbuf_free(&plain);
	cssp_vbuf_free(&sealed);
	return ret;
}

/* The server is proven: check the policies, and send the credentials. */
static int client_delegate(const struct cssp_client *c, struct cssp_vbuf *out,
			   struct client_result *r)
{
	int ret;

	ret = client_check_mutual(c, r) ?: client_check_delegation(c, r);
	if (ret)
		return ret;
	if (c->p.keep_key) {
		ret = r->mech->ops->session_key(r->mech, &r->session_key);
		if (ret)
			return ret;
	}
	ret = client_send_credentials(c, r, out);
	if (ret)
		return ret;
	r->facts.delegated = client_delegates(c);
	return 0;
}

/*
 * FreeRDP 3's server sends the last token of Kerberos again beside pubKeyAuth. An exact copy
 * says nothing new.
 */
static bool client_is_repeated(const struct cssp_client *c, const struct client_result *r,
			       const struct cssp_ts_request *req)
{
	return r->progress == CSSP_MECH_DONE && req->present & CSSP_TS_PUB_KEY_AUTH &&
	       c->last_token.len &&
	       cssp_rd_equal(&req->nego_token, c->last_token.data, c->last_token.len);
}

static int client_on_pub_key(const struct cssp_client *c, const struct cssp_rd *in,
			     struct cssp_vbuf *out, struct client_result *r)
{
	struct cssp_ts_request req;
	int ret;

	ret = client_read_request(c, in, CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH, &req,
				  r);
	if (ret)
		return ret;
	if (!(req.present & (CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH)))
		return client_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	if (req.present & CSSP_TS_NEGO_TOKEN && !client_is_repeated(c, r, &req)) {
		ret = client_take_final_token(c, r, &req.nego_token);
		if (ret)
			return ret;
	}
	if (!(req.present & CSSP_TS_PUB_KEY_AUTH)) {
		r->next = CSSP_CLIENT_PUBKEY_SENT;
		return 0;
	}
	ret = client_check_pub_key(c, r, &req.pub_key_auth);
	if (ret)
		return ret;
	r->facts.mech_proven = !r->mech->ntlm_only;
	return client_delegate(c, out, r);
}

static int client_on_sent(const struct cssp_client *c, const struct cssp_rd *in,
			  struct cssp_vbuf *out, struct client_result *r)
{
	if (c->p.early_auth)
		r->next = CSSP_CLIENT_EARLY_AUTH;
	return 0;
}

/* MS-RDPBCGR 2.2.10.2: 4 bytes, little-endian */
static int client_on_result(const struct cssp_client *c, const struct cssp_rd *in,
			    struct cssp_vbuf *out, struct client_result *r)
{
	struct cssp_rd rd = *in;
	u32 result;
	int ret = cssp_rd_le32(&rd, &result) ?: cssp_rd_end(&rd);

	if (ret)
		return client_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, ret);
	if (result != CSSP_EARLY_AUTH_SUCCESS)
		return client_fail(r, CREDSSP_REASON_EARLY_DENIED, CSSP_E_LOGON_DENIED);
	r->facts.early_ok = true;
	return 0;
}

static int client_on_begin(const struct cssp_client *c, const struct cssp_rd *in,
			   struct cssp_vbuf *out, struct client_result *r)
{
	return 0;
}

static const struct client_row client_rows[CSSP_CLIENT_STATES] = {
	[CSSP_CLIENT_START] = {
		CSSP_EVENT_BEGIN, client_on_begin, CSSP_CLIENT_TLS, CREDSSP_LEG_START,
	},
	[CSSP_CLIENT_TLS] = {
		CSSP_EVENT_CHANNEL_UP, client_on_channel_up, CSSP_CLIENT_NEGO, CREDSSP_LEG_TLS,
	},
	[CSSP_CLIENT_NEGO] = {
		CSSP_EVENT_REQUEST, client_on_nego, CSSP_CLIENT_PUBKEY_SENT, CREDSSP_LEG_NEGO,
	},
	[CSSP_CLIENT_PUBKEY_SENT] = {
		CSSP_EVENT_REQUEST, client_on_pub_key, CSSP_CLIENT_CREDS_SENT,
		CREDSSP_LEG_PUBKEY,
	},
	[CSSP_CLIENT_CREDS_SENT] = {
		CSSP_EVENT_SENT, client_on_sent, CSSP_CLIENT_ESTABLISHED, CREDSSP_LEG_CREDS,
	},
	[CSSP_CLIENT_EARLY_AUTH] = {
		CSSP_EVENT_RESULT, client_on_result, CSSP_CLIENT_ESTABLISHED,
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
	return client_rows[c->state].expects;
}

u32 cssp_client_leg(const struct cssp_client *c)
{
	return client_rows[c->state].leg;
}

bool cssp_client_authenticated(const struct cssp_client *c)
{
	return c->state >= CSSP_CLIENT_PUBKEY_SENT && c->state < CSSP_CLIENT_ESTABLISHED;
}

void cssp_client_set_server(struct cssp_client *c, u32 trust, bool pinned)
{
	c->trust = trust;
	c->pinned = pinned;
}

/* An established exchange needs none of these. */
static void client_drop_exchange(struct cssp_client *c)
{
	cssp_mech_free(c->mech);
	c->mech = NULL;
	cssp_vbuf_free(&c->public_key);
	cssp_vbuf_free(&c->last_token);
	memzero_explicit(c->nonce, sizeof(c->nonce));
}

void cssp_client_wipe(struct cssp_client *c)
{
	client_drop_exchange(c);
	memzero_explicit(&c->session_key, sizeof(c->session_key));
	cssp_vbuf_free(&c->facts.mech.client);
}

void cssp_client_kill(struct cssp_client *c)
{
	cssp_client_wipe(c);
	c->state = CSSP_CLIENT_DEAD;
}

static void client_result_init(struct client_result *r, const struct cssp_client *c)
{
	/* No compound literal: the compiler may leave a copy of the key on the stack. */
	memset(r, 0, sizeof(*r));
	r->next = client_rows[c->state].next;
	r->mech = c->mech;
	r->progress = c->progress;
	r->session_key = c->session_key;
	r->facts = c->facts;
	memcpy(r->nonce, c->nonce, sizeof(r->nonce));
}

static void client_commit(struct cssp_client *c, struct client_result *r)
{
	c->state = r->next;
	c->mech = r->mech;
	c->progress = r->progress;
	c->session_key = r->session_key;
	c->facts = r->facts;
	memcpy(c->nonce, r->nonce, sizeof(c->nonce));
	if (r->public_key.data)
		cssp_vbuf_move(&c->public_key, &r->public_key);
	if (r->last_token.data)
		cssp_vbuf_move(&c->last_token, &r->last_token);
	if (c->state == CSSP_CLIENT_ESTABLISHED)
		client_drop_exchange(c);
}

static void client_discard(struct cssp_client *c, struct client_result *r)
{
	if (r->mech != c->mech)
		cssp_mech_free(r->mech);
	cssp_vbuf_free(&r->public_key);
	cssp_vbuf_free(&r->last_token);
	c->facts = r->facts;
	cssp_client_kill(c);
}

int cssp_client_event(struct cssp_client *c, enum cssp_client_event event,
		      const struct cssp_rd *in, struct cssp_vbuf *out)
{
	const struct client_row *row = &client_rows[c->state];
	struct client_result r;
	int ret;

	client_result_init(&r, c);
	if (event == CSSP_EVENT_NONE || event != row->expects)
		ret = client_fail(&r, CREDSSP_REASON_PARAMETER, CSSP_E_STATE);
	else
		ret = row->handle(c, in, out, &r);
	if (ret)
		client_discard(c, &r);
	else
		client_commit(c, &r);
	memzero_explicit(&r, sizeof(r));
	return ret;
}
