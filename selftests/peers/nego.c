// SPDX-License-Identifier: GPL-2.0-only
/* The negoToken legs, MS-CSSP 3.1.5. */
#include <string.h>

#include "der.h"
#include "peer.h"
#include "spnego.h"

#define MESSAGE_MAX	65536

static enum spnego_form spnego_form(const struct conn *c)
{
	return c->opt->wrong->action == ACTION_SPNEGO ? (enum spnego_form)c->opt->wrong->arg :
						    SPNEGO_FORM_RIGHT;
}

int nego_request(struct conn *c, struct bytes *msg, struct ts_request *req)
{
	long total;

	for (;;) {
		total = der_total(span_of(&c->in));
		if (total < 0 || total > MESSAGE_MAX)
			return fail(c, "ts-request-length");
		if (total && c->in.len >= (size_t)total)
			break;
		if (link_receive(c))
			return -1;
	}
	bytes_set(msg, span(c->in.p, total));
	bytes_drop(&c->in, total);
	if (!ts_decode(span_of(msg), req))
		return fail(c, "ts-request-malformed");
	if (req->present & TS_ERROR)
		return fail(c, "client-error-%08x", req->error);
	if (c->peer_version && req->version != c->peer_version)
		return fail(c, "version-changed");
	if (req->version < 2)
		return fail(c, "version-%lld", (long long)req->version);
	c->peer_version = req->version;
	c->version = req->version < c->opt->version ? req->version : c->opt->version;
	if ((req->present & TS_NONCE) && req->nonce.len != sizeof(c->nonce))
		return fail(c, "nonce-size");
	if (req->present & TS_NONCE) {
		memcpy(c->nonce, req->nonce.p, sizeof(c->nonce));
		c->nonce_seen = true;
	}
	return 0;
}

static void answer_oddly(struct conn *c, enum point where, struct ts_request *req)
{
	const struct wrong *w = c->opt->wrong;

	if (w->action == ACTION_VERSION && where >= w->point)
		req->version = w->arg;
	if (w->action == ACTION_NONCE) {
		req->present |= TS_NONCE;
		req->nonce = span("a nonce that nobody has asked for", sizeof(c->nonce));
	}
	if (w->action == ACTION_EARLY_PUB_KEY && where == w->point) {
		req->present |= TS_PUB_KEY;
		req->pub_key = span("sixteen bytes..and a hash which nobody can have sealed", 48);
	}
	if (w->action == ACTION_ERROR_TOKEN && where == w->point) {
		req->present |= TS_ERROR;
		req->error = c->opt->error_code;
	}
}

int nego_answer(struct conn *c, enum point where, struct ts_request *req)
{
	const struct wrong *w = c->opt->wrong;
	enum ts_form form = TS_FORM_PLAIN;
	struct bytes msg = { 0 };
	int rc;

	req->version = c->opt->version;
	answer_oddly(c, where, req);
	if (w->action == ACTION_FORM && w->point == where)
		form = w->arg;
	ts_encode(req, form, &msg);
	rc = link_send(c, span_of(&msg));
	bytes_free(&msg);
	return rc;
}

static int send_token(struct conn *c, enum point where, struct span token)
{
	struct ts_request req = { .present = TS_TOKEN, .token = token };

	return nego_answer(c, where, &req);
}

static void odd_challenge(const struct conn *c, struct spnego_resp *resp)
{
	switch (spnego_form(c)) {
	case SPNEGO_FORM_REFUSED:
		resp->state = SPNEGO_REJECT;
		resp->token.len = 0;
		break;
	case SPNEGO_FORM_OTHER_MECH:
		resp->mech = spnego_krb5_oid;
		break;
	case SPNEGO_FORM_REQUEST_MIC:
		resp->state = SPNEGO_REQUEST_MIC;
		break;
	case SPNEGO_FORM_COMPLETED:
		resp->state = SPNEGO_COMPLETED;
		break;
	default:
		break;
	}
}

static int send_challenge(struct conn *c, enum point where)
{
	struct spnego_resp resp = { .state = SPNEGO_INCOMPLETE,
				    .token = span_of(&c->ntlm.challenge) };
	struct bytes token = { 0 };
	int rc;

	if (!c->spnego || spnego_form(c) == SPNEGO_FORM_RAW)
		return send_token(c, where, span_of(&c->ntlm.challenge));
	if (!c->mechs_seen)
		resp.mech = spnego_ntlm_oid;
	c->mechs_seen = true;
	odd_challenge(c, &resp);
	spnego_write_resp(&resp, &token);
	if (spnego_form(c) == SPNEGO_FORM_MALFORMED)
		token.len--;
	rc = send_token(c, where, span_of(&token));
	bytes_free(&token);
	return rc;
}

/* The client began with another mechanism: select NTLM, RFC 4178 4.2.2. */
static int ask_for_ntlm(struct conn *c, struct bytes *msg, struct span *negotiate)
{
	struct spnego_resp resp = { .state = SPNEGO_INCOMPLETE, .mech = spnego_ntlm_oid };
	struct bytes token = { 0 };
	struct ts_request req;
	int rc;

	spnego_write_resp(&resp, &token);
	c->mechs_seen = true;
	rc = send_token(c, POINT_TLS, span_of(&token));
	bytes_free(&token);
	if (rc || nego_request(c, msg, &req))
		return -1;
	if (!spnego_read_resp(req.token, &resp))
		return fail(c, "spnego-malformed");
	*negotiate = resp.token;
	return 0;
}

/* Open the first negoToken: NTLM, with or without SPNEGO. */
static int open_first(struct conn *c, struct bytes *msg, struct span token,
		      struct span *negotiate)
{
	struct spnego_init init;

	c->spnego = spnego_is_init(token);
	if (!c->spnego && !ntlm_is_message(token))
		return fail(c, "mech-unknown");
	if (strcmp(c->opt->mech, "any") &&
	    strcmp(c->opt->mech, c->spnego ? "spnego" : "ntlm"))
		return fail(c, "mech-refused");
	*negotiate = token;
	if (!c->spnego)
		return 0;
	if (!spnego_read_init(token, &init))
		return fail(c, "spnego-malformed");
	if (!init.ntlm)
		return fail(c, "spnego-no-ntlm");
	bytes_set(&c->list, init.list);
	if (!init.ntlm_first || !init.token.len)
		return ask_for_ntlm(c, msg, negotiate);
	*negotiate = init.token;
	return 0;
}

static int check_list_mic(struct conn *c, struct span mic)
{
	if (!mic.len)
		return fail(c, "list-mic-missing");
	if (!ntlm_verify(&c->ntlm.in, span_of(&c->list), mic) && !c->ntlm.zero_key)
		return fail(c, "list-mic-wrong");
	ntlm_rewind(&c->ntlm.in);
	c->mic_seen = true;
	return 0;
}

static int read_authenticate(struct conn *c, struct span token)
{
	struct spnego_resp resp = { .token = token };
	const char *why;

	if (c->spnego && !spnego_read_resp(token, &resp))
		return fail(c, "spnego-malformed");
	why = ntlm_authenticate(&c->ntlm, resp.token);
	if (why)
		return fail(c, "%s", why);
	return c->spnego ? check_list_mic(c, resp.mic) : 0;
}

void nego_final(struct conn *c, struct bytes *token)
{
	uint8_t mic[NTLM_SIGNATURE_SIZE];
	struct spnego_resp resp = { .state = SPNEGO_COMPLETED, .mic = span(mic, sizeof(mic)) };

	if (!c->spnego || c->mic_sent || spnego_form(c) == SPNEGO_FORM_NONE)
		return;
	c->mic_sent = true;
	if (spnego_form(c) != SPNEGO_FORM_NO_MIC) {
		ntlm_sign(&c->ntlm.out, span_of(&c->list), mic);
		ntlm_rewind(&c->ntlm.out);
	} else {
		resp.mic.len = 0;
	}
	if (spnego_form(c) == SPNEGO_FORM_DROPPED)
		return;
	if (spnego_form(c) == SPNEGO_FORM_BAD_MIC)
		mic[5] ^= 1;
	if (spnego_form(c) == SPNEGO_FORM_FINAL_REFUSED)
		resp.state = SPNEGO_REJECT;
	spnego_write_resp(&resp, token);
}

/* The client sends pubKeyAuth in a leg of its own: finish SPNEGO first. */
static int late_pub_key(struct conn *c, struct bytes *msg, struct ts_request *req)
{
	struct ts_request answer = { 0 };
	struct bytes token = { 0 };
	int rc;

	nego_final(c, &token);
	answer.present = token.len ? TS_TOKEN : 0;
	answer.token = span_of(&token);
	rc = nego_answer(c, POINT_AUTH, &answer);
	bytes_free(&token);
	return rc ? rc : nego_request(c, msg, req);
}

static int second_leg(struct conn *c, struct bytes *msg, struct bytes *pub_key)
{
	struct ts_request req;

	if (nego_request(c, msg, &req))
		return -1;
	if (!(req.present & TS_TOKEN) || (req.present & TS_AUTH_INFO))
		return fail(c, "fields-%x", req.present);
	if (at_point(c, POINT_AUTH) || read_authenticate(c, req.token))
		return -1;
	if (!(req.present & TS_PUB_KEY) && late_pub_key(c, msg, &req))
		return -1;
	if (!(req.present & TS_PUB_KEY))
		return fail(c, "pub-key-missing");
	bytes_set(pub_key, req.pub_key);
	return 0;
}

static int first_leg(struct conn *c, struct bytes *msg)
{
	struct ts_request req;
	struct span negotiate;
	const char *why;

	if (nego_request(c, msg, &req))
		return -1;
	if ((req.present & ~TS_NONCE) != TS_TOKEN)
		return fail(c, "fields-%x", req.present);
	if (open_first(c, msg, req.token, &negotiate))
		return -1;
	why = ntlm_challenge(&c->ntlm, negotiate);
	if (why)
		return fail(c, "%s", why);
	if (at_point(c, POINT_NEGO))
		return -1;
	return send_challenge(c, POINT_NEGO);
}

int nego_run(struct conn *c, struct bytes *pub_key)
{
	struct bytes msg = { 0 };
	int rc = first_leg(c, &msg);

	if (!rc)
		rc = second_leg(c, &msg, pub_key);
	if (!rc && c->opt->wrong->action == ACTION_CHALLENGE_AGAIN) {
		struct ts_request req;

		rc = send_challenge(c, POINT_AUTH) || nego_request(c, &msg, &req) ? -1 : 0;
	}
	bytes_free(&msg);
	return rc;
}
