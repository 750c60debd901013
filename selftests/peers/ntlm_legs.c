// SPDX-License-Identifier: GPL-2.0-only
/* NTLM's legs, with SPNEGO or without it. */
#include <string.h>

#include "peer.h"
#include "spnego.h"

static enum spnego_form spnego_form(const struct conn *c)
{
	return c->opt->wrong->action == ACTION_SPNEGO ? (enum spnego_form)c->opt->wrong->arg :
						    SPNEGO_FORM_RIGHT;
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
		return nego_send(c, where, span_of(&c->ntlm.challenge));
	if (!c->mechs_seen)
		resp.mech = spnego_ntlm_oid;
	c->mechs_seen = true;
	odd_challenge(c, &resp);
	spnego_write_resp(&resp, &token);
	if (spnego_form(c) == SPNEGO_FORM_MALFORMED)
		token.len--;
	rc = nego_send(c, where, span_of(&token));
	bytes_free(&token);
	return rc;
}

/* The client began with another mechanism: select NTLM, RFC 4178 4.2.2. */
static int ask_for_ntlm(struct conn *c, struct bytes *msg, struct span *negotiate)
{
	bool by_rfc = c->opt->wrong->action == ACTION_KRB;
	struct spnego_resp resp = { .state = by_rfc ? SPNEGO_REQUEST_MIC : SPNEGO_INCOMPLETE,
				    .mech = spnego_ntlm_oid };
	struct ts_request req;

	c->mechs_seen = true;
	if (nego_send_resp(c, POINT_TLS, &resp) || nego_request(c, msg, &req))
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

static void ntlm_final(struct conn *c, struct bytes *token)
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

	ntlm_final(c, &token);
	answer.present = token.len ? TS_TOKEN : 0;
	answer.token = span_of(&token);
	rc = nego_answer(c, POINT_AUTH, &answer);
	bytes_free(&token);
	return rc ? rc : nego_request(c, msg, req);
}

static int second_leg(struct conn *c, struct bytes *msg, struct ts_request *req,
		      struct bytes *pub_key)
{
	if (nego_request(c, msg, req))
		return -1;
	if (!(req->present & TS_TOKEN) || (req->present & TS_AUTH_INFO))
		return fail(c, "fields-%x", req->present);
	if (at_point(c, POINT_AUTH) || read_authenticate(c, req->token))
		return -1;
	if (!(req->present & TS_PUB_KEY) && late_pub_key(c, msg, req))
		return -1;
	if (!(req->present & TS_PUB_KEY))
		return fail(c, "pub-key-missing");
	bytes_set(pub_key, req->pub_key);
	return 0;
}

static int first_leg(struct conn *c, struct bytes *msg, struct ts_request *req)
{
	struct span negotiate;
	const char *why;

	if (open_first(c, msg, req->token, &negotiate))
		return -1;
	why = ntlm_challenge(&c->ntlm, negotiate);
	if (why)
		return fail(c, "%s", why);
	if (at_point(c, POINT_NEGO))
		return -1;
	return send_challenge(c, POINT_NEGO);
}

static int ntlm_legs(struct conn *c, struct bytes *msg, struct ts_request *req,
		     struct bytes *pub_key)
{
	if (first_leg(c, msg, req) || second_leg(c, msg, req, pub_key))
		return -1;
	if (c->opt->wrong->action != ACTION_CHALLENGE_AGAIN)
		return 0;
	return send_challenge(c, POINT_AUTH) || nego_request(c, msg, req) ? -1 : 0;
}

static void seal(struct conn *c, struct span plain, struct bytes *out)
{
	ntlm_seal(&c->ntlm.out, plain, out);
}

static bool unseal(struct conn *c, struct span sealed, struct bytes *plain)
{
	return ntlm_unseal(&c->ntlm.in, sealed, plain);
}

static void skip_number(struct conn *c)
{
	c->ntlm.out.seq++;
}

static struct mech_user user(const struct conn *c)
{
	return (struct mech_user){ .name = c->ntlm.user, .domain = c->ntlm.domain };
}

static void release(struct conn *c)
{
	ntlm_free(&c->ntlm);
}

const struct mech ntlm_mech = {
	.name = "ntlm",
	.legs = ntlm_legs,
	.final = ntlm_final,
	.seal = seal,
	.unseal = unseal,
	.skip_number = skip_number,
	.user = user,
	.release = release,
};
