// SPDX-License-Identifier: GPL-2.0-only
/*
 * The server machine. Handlers do not change the machine. cssp_server_event() commits
 * their results; cssp_server_kill() enters DEAD.
 */
#include "server.h"

#include "../base/status.h"
#include "leg.h"

/**
 * struct server_result - what a handler computes; the dispatcher commits it
 * @next: state after success; the row's, unless the handler chooses another
 * @mech: inner mechanism; a handler without a mechanism yet may create it
 * @progress: progress of @mech
 * @public_key: SubjectPublicKey, when the handler received it
 * @nonce: clientNonce
 * @has_nonce: @nonce counts
 * @reject: last token of a mechanism that failed, for the client
 * @session_key: the mechanism's key, when the handler moved it out
 * @delegated: the client's credentials, when the handler received them
 * @facts: facts for the report; committed after a failure as well
 */
struct server_result {
	enum cssp_server_state next;
	struct cssp_mech *mech;
	enum cssp_mech_progress progress;
	struct cssp_vbuf public_key;
	u8 nonce[CSSP_NONCE_SIZE];
	bool has_nonce;
	struct cssp_vbuf reject;
	struct cssp_session_key session_key;
	struct cssp_delegated delegated;
	struct cssp_server_facts facts;
};

/**
 * struct server_row - a row of the machine's table
 * @expects: the only event that is legal
 * @handle: checks the input and computes the answer and the result
 * @next: state after success
 * @leg: enum credssp_leg for the report
 */
struct server_row {
	enum cssp_server_event expects;
	int (*handle)(const struct cssp_server *s, const struct cssp_rd *in,
		      struct cssp_vbuf *out, struct server_result *r);
	enum cssp_server_state next;
	u32 leg;
};

/* The first reason stays. */
static int server_fail(struct server_result *r, u32 reason, int err)
{
	if (!r->facts.reason)
		r->facts.reason = reason;
	return err;
}

/* A failure of unwrap(): @reason if the client's bytes are wrong, else the mechanism's. */
static int server_fail_unwrap(struct server_result *r, u32 reason, int err)
{
	if (err == CSSP_E_ALTERED || err == CSSP_E_MALFORMED || err == CSSP_E_TOO_BIG)
		return server_fail(r, reason, err);
	return server_fail(r, r->mech->reason, err);
}

static int server_check_version(const struct cssp_server *s, u32 version,
				struct server_result *r)
{
	struct cssp_leg_versions v = {
		.own = s->p.max_version,
		.min = s->p.min_version,
		.peer = r->facts.peer_version,
		.effective = r->facts.version,
	};
	u32 reason = CREDSSP_REASON_NONE;
	int ret = cssp_leg_version(&v, version, &reason);

	r->facts.peer_version = v.peer;
	r->facts.version = v.effective;
	return ret ? server_fail(r, reason, ret) : 0;
}

/* A client may send its nonce in any leg, at any version; it is one in all legs. */
static int server_take_nonce(const struct cssp_ts_request *req, struct server_result *r)
{
	struct cssp_rd nonce = req->client_nonce;

	if (!(req->present & CSSP_TS_CLIENT_NONCE))
		return 0;
	if (r->has_nonce)
		return cssp_rd_equal(&nonce, r->nonce, sizeof(r->nonce)) ? 0 :
		       server_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	r->has_nonce = true;
	return cssp_rd_copy(&nonce, r->nonce, sizeof(r->nonce));
}

/*
 * Decode, and check what holds in every leg: the version, @allowed fields only, of which at
 * least one, the nonce. errorCode is a field of servers.
 */
static int server_read_request(const struct cssp_server *s, const struct cssp_rd *in,
			       u32 allowed, struct cssp_ts_request *req,
			       struct server_result *r)
{
	int ret = cssp_ts_request_decode(in, req);

	if (ret)
		return server_fail(r, CREDSSP_REASON_DER, ret);
	if (++r->facts.legs > CSSP_LEG_MAX)
		return server_fail(r, CREDSSP_REASON_LIMIT, CSSP_E_STATE);
	ret = server_check_version(s, req->version, r);
	if (ret)
		return ret;
	if (!(req->present & allowed) || req->present & ~(allowed | CSSP_TS_CLIENT_NONCE))
		return server_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	return server_take_nonce(req, r);
}

/* Not before the client has sent a token: a silent client costs no mechanism. */
static int server_create_mech(const struct cssp_server *s, struct server_result *r)
{
	int ret;

	if (r->mech)
		return 0;
	ret = s->p.mech->create(&r->mech, &s->p.mech_params);
	if (!ret)
		return 0;
	r->mech = NULL;
	return server_fail(r, cssp_mech_create_reason(ret), ret);
}

static int server_step_mech(struct server_result *r, const struct cssp_rd *in,
			    struct cssp_vbuf *token)
{
	int ret;

	/* To an acceptor of SPNEGO an empty token is a request for a hint (MS-SPNG 3.3.5.1). */
	if (!in->left)
		return server_fail(r, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
	ret = r->mech->ops->step(r->mech, in, token, &r->progress);
	cssp_mech_facts_take(&r->facts.mech, &r->mech->facts);
	if (!ret)
		return 0;
	cssp_vbuf_move(&r->reject, token);
	return server_fail(r, r->mech->reason ?: CREDSSP_REASON_MECH_TOKEN, ret);
}

static struct cssp_leg_binding server_binding(const struct cssp_server *s,
					      const struct server_result *r)
{
	return (struct cssp_leg_binding){
		.version = r->facts.version,
		.nonce = cssp_rd_of(r->nonce, sizeof(r->nonce)),
		.key = cssp_vbuf_rd(&s->public_key),
	};
}

static int server_check_pub_key(const struct cssp_server *s, struct server_result *r,
				const struct cssp_rd *sealed)
{
	const struct cssp_leg_binding binding = server_binding(s, r);
	struct cssp_vbuf plain = {};
	struct cssp_rd rd;
	int ret;

	if (binding.version >= CSSP_TS_HASH_VERSION && !r->has_nonce)
		return server_fail(r, CREDSSP_REASON_BINDING, CSSP_E_STATE);
	ret = r->mech->ops->unwrap(r->mech, sealed, &plain);
	rd = cssp_vbuf_rd(&plain);
	if (!ret)
		ret = cssp_leg_check_proof(&binding, CSSP_BINDING_CLIENT_TO_SERVER, &rd);
	cssp_vbuf_free(&plain);
	return ret ? server_fail_unwrap(r, CREDSSP_REASON_BINDING, ret) : 0;
}

static int server_seal_pub_key(const struct cssp_server *s, struct server_result *r,
			       struct cssp_vbuf *sealed)
{
	const struct cssp_leg_binding binding = server_binding(s, r);
	struct cssp_vbuf plain = {};
	struct cssp_rd rd;
	int ret;

	ret = cssp_leg_proof(&binding, CSSP_BINDING_SERVER_TO_CLIENT, &plain);
	rd = cssp_vbuf_rd(&plain);
	if (!ret)
		ret = r->mech->ops->wrap(r->mech, &rd, sealed);
	cssp_vbuf_free(&plain);
	return ret;
}

/* A TSRequest with those of both fields that there are. */
static int server_send(const struct cssp_server *s, const struct cssp_vbuf *token,
		       const struct cssp_vbuf *pub_key_auth, struct cssp_vbuf *out)
{
	struct cssp_ts_request req = { .version = s->p.max_version };

	if (token->len) {
		req.present |= CSSP_TS_NEGO_TOKEN;
		req.nego_token = cssp_vbuf_rd(token);
	}
	if (pub_key_auth->len) {
		req.present |= CSSP_TS_PUB_KEY_AUTH;
		req.pub_key_auth = cssp_vbuf_rd(pub_key_auth);
	}
	return req.present ? cssp_leg_append(&req, out) : 0;
}

/* MS-CSSP 3.1.5 step 4. The mechanism's last token, if there is one, goes with it. */
static int server_answer_pub_key(const struct cssp_server *s, struct server_result *r,
				 const struct cssp_rd *client, const struct cssp_vbuf *token,
				 struct cssp_vbuf *out)
{
	struct cssp_vbuf sealed = {};
	int ret;

	if (r->progress == CSSP_MECH_CONTINUE)
		return server_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	r->next = CSSP_SERVER_CREDS;
	ret = server_check_pub_key(s, r, client) ?: server_seal_pub_key(s, r, &sealed) ?:
	      server_send(s, token, &sealed, out);
	cssp_vbuf_free(&sealed);
	return ret;
}

/* Without pubKeyAuth. A mechanism that is done may have nothing to say; the client goes on. */
static int server_answer_token(const struct cssp_server *s, struct server_result *r,
			       const struct cssp_vbuf *token, struct cssp_vbuf *out)
{
	const struct cssp_vbuf none = {};

	r->next = CSSP_SERVER_PUBKEY;
	if (r->progress == CSSP_MECH_CONTINUE) {
		r->next = CSSP_SERVER_NEGO;
		if (!token->len)
			return server_fail(r, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
	}
	return server_send(s, token, &none, out);
}

static int server_answer(const struct cssp_server *s, struct server_result *r,
			 const struct cssp_ts_request *req, const struct cssp_vbuf *token,
			 struct cssp_vbuf *out)
{
	if (req->present & CSSP_TS_PUB_KEY_AUTH)
		return server_answer_pub_key(s, r, &req->pub_key_auth, token, out);
	return server_answer_token(s, r, token, out);
}

/* A token of the mechanism, and perhaps pubKeyAuth, if the mechanism is ready with it. */
static int server_on_nego(const struct cssp_server *s, const struct cssp_rd *in,
			  struct cssp_vbuf *out, struct server_result *r)
{
	struct cssp_vbuf token = {};
	struct cssp_ts_request req;
	int ret;

	ret = server_read_request(s, in, CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH, &req, r);
	if (ret)
		return ret;
	if (!(req.present & CSSP_TS_NEGO_TOKEN))
		return server_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	ret = server_create_mech(s, r) ?: server_step_mech(r, &req.nego_token, &token) ?:
	      server_answer(s, r, &req, &token, out);
	cssp_vbuf_free(&token);
	return ret;
}

/* The client's last token, which SPNEGO may have, ends the mechanism's exchange. */
static int server_take_final_token(struct server_result *r, const struct cssp_rd *in,
				   struct cssp_vbuf *token)
{
	int ret;

	if (r->progress == CSSP_MECH_DONE)
		return server_fail(r, CREDSSP_REASON_UNEXPECTED_FIELD, CSSP_E_STATE);
	ret = server_step_mech(r, in, token);
	if (!ret && r->progress != CSSP_MECH_DONE)
		ret = server_fail(r, CREDSSP_REASON_MECH_TOKEN, CSSP_E_STATE);
	return ret;
}

/* pubKeyAuth a leg later than the token that made the mechanism ready. */
static int server_on_pub_key(const struct cssp_server *s, const struct cssp_rd *in,
			     struct cssp_vbuf *out, struct server_result *r)
{
	struct cssp_vbuf token = {};
	struct cssp_ts_request req;
	int ret;

	ret = server_read_request(s, in, CSSP_TS_NEGO_TOKEN | CSSP_TS_PUB_KEY_AUTH, &req, r);
	if (!ret && req.present & CSSP_TS_NEGO_TOKEN)
		ret = server_take_final_token(r, &req.nego_token, &token);
	if (!ret)
		ret = server_answer(s, r, &req, &token, out);
	cssp_vbuf_free(&token);
	return ret;
}

/* Copy the credentials in authInfo, of whatever kind. */
static int server_open_credentials(struct server_result *r, const struct cssp_rd *sealed)
{
	struct cssp_ts_credentials creds;
	struct cssp_vbuf plain = {};
	struct cssp_rd rd;
	int ret;

	ret = r->mech->ops->unwrap(r->mech, sealed, &plain);
	if (ret) {
		server_fail_unwrap(r, CREDSSP_REASON_MECH_MIC, ret);
		goto out_free;
	}
	rd = cssp_vbuf_rd(&plain);
	ret = cssp_ts_credentials_decode(&rd, &creds);
	if (ret) {
		server_fail(r, ret == CSSP_E_UNSUPPORTED ? CREDSSP_REASON_DELEGATION :
			    CREDSSP_REASON_DER, ret);
		goto out_free;
	}
	ret = cssp_delegated_take(&r->delegated, &creds);
	r->facts.delegated = r->delegated.kind;
out_free:
	cssp_vbuf_free(&plain);
	return ret;
}

/*
 * Kinds that need the caller's consent. A password without a user is not the empty credentials
 * of Restricted Admin, and of no use.
 */
static bool server_takes(const struct cssp_server *s, const struct cssp_delegated *d)
{
	switch (d->kind) {
	case CREDSSP_DELEGATED_EMPTY:
		return s->p.restricted_admin;
	case CREDSSP_DELEGATED_PASSWORD:
		return d->id.user.len;
	case CREDSSP_DELEGATED_REMOTE_GUARD:
		return s->p.remote_guard;
	default:
		return true;
	}
}

/* MS-RDPBCGR 2.2.10.2 */
static int server_send_result(struct cssp_vbuf *out, u32 result)
{
	u8 pdu[CSSP_EARLY_AUTH_SIZE];
	struct cssp_wr wr = cssp_wr_of(pdu, sizeof(pdu));

	cssp_wr_le32(&wr, result);
	return cssp_vbuf_append(out, pdu, sizeof(pdu));
}

static int server_on_auth_info(const struct cssp_server *s, const struct cssp_rd *in,
			       struct cssp_vbuf *out, struct server_result *r)
{
	struct cssp_ts_request req;
	int ret;

	ret = server_read_request(s, in, CSSP_TS_AUTH_INFO, &req, r);
	if (ret)
		return ret;
	ret = server_open_credentials(r, &req.auth_info);
	if (ret)
		return ret;
	if (!server_takes(s, &r->delegated))
		return server_fail(r, CREDSSP_REASON_DELEGATION, CSSP_E_POLICY);
	if (s->p.keep_key) {
		ret = r->mech->ops->session_key(r->mech, &r->session_key);
		if (ret)
			return ret;
	}
	return s->p.early_auth ? server_send_result(out, CSSP_EARLY_AUTH_SUCCESS) : 0;
}

static int server_on_channel_up(const struct cssp_server *s, const struct cssp_rd *in,
				struct cssp_vbuf *out, struct server_result *r)
{
	if (!in->left)
		return server_fail(r, CREDSSP_REASON_CERTIFICATE, CSSP_E_PARAMETER);
	return cssp_vbuf_set(&r->public_key, in);
}

static int server_on_begin(const struct cssp_server *s, const struct cssp_rd *in,
			   struct cssp_vbuf *out, struct server_result *r)
{
	return 0;
}

static const struct server_row server_rows[CSSP_SERVER_STATES] = {
	[CSSP_SERVER_START] = {
		CSSP_SERVER_BEGIN, server_on_begin, CSSP_SERVER_TLS, CREDSSP_LEG_START,
	},
	[CSSP_SERVER_TLS] = {
		CSSP_SERVER_CHANNEL_UP, server_on_channel_up, CSSP_SERVER_NEGO,
		CREDSSP_LEG_TLS,
	},
	[CSSP_SERVER_NEGO] = {
		CSSP_SERVER_REQUEST, server_on_nego, CSSP_SERVER_NEGO, CREDSSP_LEG_NEGO,
	},
	[CSSP_SERVER_PUBKEY] = {
		CSSP_SERVER_REQUEST, server_on_pub_key, CSSP_SERVER_CREDS, CREDSSP_LEG_PUBKEY,
	},
	[CSSP_SERVER_CREDS] = {
		CSSP_SERVER_REQUEST, server_on_auth_info, CSSP_SERVER_ESTABLISHED,
		CREDSSP_LEG_CREDS,
	},
	[CSSP_SERVER_ESTABLISHED] = {
		CSSP_SERVER_NONE, NULL, CSSP_SERVER_ESTABLISHED, CREDSSP_LEG_ESTABLISHED,
	},
	[CSSP_SERVER_DEAD] = {
		CSSP_SERVER_NONE, NULL, CSSP_SERVER_DEAD, CREDSSP_LEG_START,
	},
};

void cssp_server_init(struct cssp_server *s, const struct cssp_server_params *p)
{
	*s = (struct cssp_server){ .p = *p, .state = CSSP_SERVER_START };
}

enum cssp_server_event cssp_server_expects(const struct cssp_server *s)
{
	return server_rows[s->state].expects;
}

u32 cssp_server_leg(const struct cssp_server *s)
{
	return server_rows[s->state].leg;
}

/* NTSTATUS of a failure ([MS-ERREF] 2.3.1); one without a row is a refused logon. */
static const struct {
	int err;
	u32 ntstatus;
} server_error_codes[] = {
	{ CSSP_E_VERSION, CSSP_STATUS_NOT_SUPPORTED },
	{ CSSP_E_SKEW, 0xc0000133 /* TIME_DIFFERENCE_AT_DC */ },
	/* Windows' answer to Restricted Admin where it is off */
	{ CSSP_E_POLICY, 0xc000006e /* ACCOUNT_RESTRICTION */ },
	/* The same as SPNEGO's, where the client offers nothing but NTLM */
	{ CSSP_E_NTLM_ONLY, 0xc0000418 /* NTLM_BLOCKED */ },
	{ CSSP_E_NO_HELPER, 0xc000005e /* NO_LOGON_SERVERS */ },
	{ -ETIMEDOUT, 0xc000005e /* NO_LOGON_SERVERS */ },
	{ -ENOMEM, 0xc000009a /* INSUFFICIENT_RESOURCES */ },
	{ -EDQUOT, 0xc000009a /* INSUFFICIENT_RESOURCES */ },
	{ -ECANCELED, 0xc0000120 /* CANCELLED */ },
	{ -EINTR, 0xc0000120 /* CANCELLED */ },
};

#define STATUS_LOGON_FAILURE	0xc000006d

/* The first one stays, and the mechanism's own comes before that of the errno. */
static u32 server_error_code(const struct server_result *r, int err)
{
	size_t i;

	if (r->facts.ntstatus)
		return r->facts.ntstatus;
	if (r->facts.mech.ntstatus)
		return r->facts.mech.ntstatus;
	for (i = 0; i < ARRAY_SIZE(server_error_codes); i++)
		if (server_error_codes[i].err == err)
			return server_error_codes[i].ntstatus;
	return STATUS_LOGON_FAILURE;
}

/* MS-CSSP 2.2.1: in versions 3, 4, and from 6 on. Before a version is known, in none. */
static bool server_has_error_code(u32 version)
{
	return version >= 3 && version != 5;
}

/* The mechanism's last words, and errorCode. */
static int server_send_failure(const struct cssp_server *s, const struct server_result *r,
			       struct cssp_vbuf *out)
{
	struct cssp_ts_request req = { .version = s->p.max_version };

	if (r->reject.len) {
		req.present |= CSSP_TS_NEGO_TOKEN;
		req.nego_token = cssp_vbuf_rd(&r->reject);
	}
	if (server_has_error_code(r->facts.version)) {
		req.present |= CSSP_TS_ERROR_CODE;
		req.error_code = r->facts.ntstatus;
	}
	return req.present ? cssp_leg_append(&req, out) : 0;
}

/*
 * Tell the client why its TSRequest has ended the exchange. Best effort: without memory it is
 * not told. After authInfo, with HYBRID_EX, it reads the result PDU and no TSRequest.
 */
static void server_tell(const struct cssp_server *s, const struct server_result *r,
			struct cssp_vbuf *out)
{
	size_t before = out->len;
	int ret;

	if (s->state == CSSP_SERVER_CREDS && s->p.early_auth)
		ret = server_send_result(out, CSSP_EARLY_AUTH_DENIED);
	else
		ret = server_send_failure(s, r, out);
	if (ret)
		out->len = before;
}

/* An established exchange needs none of these. */
static void server_drop_exchange(struct cssp_server *s)
{
	cssp_mech_free(s->mech);
	s->mech = NULL;
	cssp_vbuf_free(&s->public_key);
	memzero_explicit(s->nonce, sizeof(s->nonce));
	s->has_nonce = false;
}

static void server_drop_secrets(struct cssp_server *s)
{
	server_drop_exchange(s);
	memzero_explicit(&s->session_key, sizeof(s->session_key));
	cssp_delegated_free(&s->delegated);
}

void cssp_server_wipe(struct cssp_server *s)
{
	server_drop_secrets(s);
	cssp_mech_facts_free(&s->facts.mech);
}

void cssp_server_kill(struct cssp_server *s)
{
	server_drop_secrets(s);
	s->state = CSSP_SERVER_DEAD;
}

static void server_result_init(struct server_result *r, const struct cssp_server *s)
{
	/* No compound literal: the compiler may leave a copy of the key on the stack. */
	memset(r, 0, sizeof(*r));
	r->next = server_rows[s->state].next;
	r->mech = s->mech;
	r->progress = s->progress;
	r->has_nonce = s->has_nonce;
	r->session_key = s->session_key;
	r->facts = s->facts;
	memcpy(r->nonce, s->nonce, sizeof(r->nonce));
}

static void server_commit(struct cssp_server *s, struct server_result *r)
{
	s->state = r->next;
	s->mech = r->mech;
	s->progress = r->progress;
	s->has_nonce = r->has_nonce;
	s->session_key = r->session_key;
	s->facts = r->facts;
	memcpy(s->nonce, r->nonce, sizeof(s->nonce));
	if (r->public_key.data)
		cssp_vbuf_move(&s->public_key, &r->public_key);
	if (s->state != CSSP_SERVER_ESTABLISHED)
		return;
	cssp_delegated_move(&s->delegated, &r->delegated);
	server_drop_exchange(s);
}

static void server_discard(struct cssp_server *s, struct server_result *r)
{
	if (r->mech != s->mech)
		cssp_mech_free(r->mech);
	cssp_vbuf_free(&r->public_key);
	cssp_vbuf_free(&r->reject);
	cssp_delegated_free(&r->delegated);
	s->facts = r->facts;
	cssp_server_kill(s);
}

int cssp_server_event(struct cssp_server *s, enum cssp_server_event event,
		      const struct cssp_rd *in, struct cssp_vbuf *out)
{
	const struct server_row *row = &server_rows[s->state];
	struct server_result r;
	int ret;

	server_result_init(&r, s);
	if (event == CSSP_SERVER_NONE || event != row->expects)
		ret = server_fail(&r, CREDSSP_REASON_PARAMETER, CSSP_E_STATE);
	else
		ret = row->handle(s, in, out, &r);
	if (!ret) {
		server_commit(s, &r);
	} else {
		r.facts.ntstatus = server_error_code(&r, ret);
		if (event == CSSP_SERVER_REQUEST && event == row->expects)
			server_tell(s, &r, out);
		server_discard(s, &r);
	}
	memzero_explicit(&r, sizeof(r));
	return ret;
}
