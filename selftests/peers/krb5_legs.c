// SPDX-License-Identifier: GPL-2.0-only
/*
 * Kerberos' legs, with SPNEGO or without it: the AP-REQ is answered by an AP-REP, which
 * ends the exchange of tokens unless the answer has a mechListMIC.
 */
#include <pthread.h>
#include <string.h>

#include "der.h"
#include "krb5_error.h"
#include "krb5_user.h"
#include "peer.h"

#define AN_HOUR		3600
#define UNKNOWN_ERROR	4000
#define TOK_ID_LOW	1	/* octet of TOK_ID that tells AP-REQ and AP-REP apart */

static enum krb_form krb_form(const struct conn *c)
{
	const struct wrong *w = c->opt->wrong;

	return w->action == ACTION_KRB ? (enum krb_form)w->arg : KRB_FORM_RIGHT;
}

/* ---- forms of the answer ---- */

/* The mechanism's own token in the library's answer. */
static bool own_token(const struct conn *c, struct spnego_resp *resp)
{
	*resp = (struct spnego_resp){ .token = span_of(&c->krb5.token) };
	return !c->spnego || spnego_read_resp(span_of(&c->krb5.token), resp);
}

static void set_answer(struct conn *c, const struct spnego_resp *resp)
{
	struct bytes token = { 0 };

	if (c->spnego)
		spnego_write_resp(resp, &token);
	else
		bytes_span(&token, resp->token);
	bytes_set(&c->krb5.token, span_of(&token));
	bytes_free(&token);
}

/* KRB-ERRORs, with the code and the time of each form. */
static const struct krb_fault {
	enum krb_form form;
	int code;
	int ahead;
	int state;
} faults[] = {
	{ KRB_FORM_SKEW, KRB_AP_ERR_SKEW, AN_HOUR, SPNEGO_REJECT },
	{ KRB_FORM_MODIFIED, KRB_AP_ERR_MODIFIED, 0, SPNEGO_REJECT },
	{ KRB_FORM_USER_TO_USER, KRB_AP_ERR_USER_TO_USER_REQUIRED, 0, SPNEGO_REJECT },
	{ KRB_FORM_GENERIC, KRB_ERR_GENERIC, 0, SPNEGO_REJECT },
	{ KRB_FORM_UNKNOWN, UNKNOWN_ERROR, 0, SPNEGO_REJECT },
	{ KRB_FORM_INCOMPLETE, KRB_ERR_GENERIC, 0, SPNEGO_INCOMPLETE },
	{ KRB_FORM_ERROR_CUT, KRB_ERR_GENERIC, 0, SPNEGO_REJECT },
};

static const struct krb_fault *find_fault(enum krb_form form)
{
	size_t i;

	for (i = 0; i < sizeof(faults) / sizeof(faults[0]); i++)
		if (faults[i].form == form)
			return &faults[i];
	return NULL;
}

static void answer_error(struct conn *c, const struct krb_fault *fault)
{
	struct spnego_resp resp = { .state = fault->state };
	struct bytes token = { 0 };

	krb5_error_token(fault->code, time(NULL) + fault->ahead, &token);
	if (fault->form == KRB_FORM_ERROR_CUT)
		token.len /= 2;
	resp.token = span_of(&token);
	set_answer(c, &resp);
	bytes_free(&token);
}

/* The AP-REP of the first connection, for later ones. */
static pthread_mutex_t earlier_lock = PTHREAD_MUTEX_INITIALIZER;
static struct bytes earlier;

static struct span earlier_ap_rep(struct span token)
{
	pthread_mutex_lock(&earlier_lock);
	if (!earlier.len)
		bytes_span(&earlier, token);
	pthread_mutex_unlock(&earlier_lock);
	return span_of(&earlier);
}

/* The AP-REP with a fault; @token has room for it. */
static void odd_ap_rep(struct conn *c, struct spnego_resp *resp, struct bytes *token)
{
	struct span body = resp->token, oid;

	bytes_set(token, resp->token);
	if (krb_form(c) == KRB_FORM_ALTERED)
		token->p[token->len - 1] ^= 1;
	if (krb_form(c) == KRB_FORM_CUT)
		token->len /= 2;
	/* The octets of TOK_ID follow the OID: 60 L 06 09 OID 02 00 */
	if (krb_form(c) == KRB_FORM_OTHER_TOKEN &&
	    der_take(&body, 0x60, &oid) && der_skip(&oid))
		token->p[oid.p - resp->token.p] = TOK_ID_LOW;
	resp->token = span_of(token);
	if (krb_form(c) == KRB_FORM_AGAIN)
		resp->token = earlier_ap_rep(span_of(token));
	if (krb_form(c) == KRB_FORM_NO_AP_REP)
		resp->token.len = 0;
}

static void odd_mech(struct conn *c, struct spnego_resp *resp)
{
	if (krb_form(c) == KRB_FORM_MS_OID)
		resp->mech = spnego_ms_krb5_oid;
	if (krb_form(c) == KRB_FORM_OWN_OID)
		resp->mech = spnego_krb5_oid;
	if (krb_form(c) == KRB_FORM_NTLM_OID)
		resp->mech = spnego_ntlm_oid;
	if (krb_form(c) == KRB_FORM_WINDOWS)
		resp->state = SPNEGO_INCOMPLETE;
}

static void odd_list_mic(struct conn *c, struct spnego_resp *resp, struct bytes *mic)
{
	enum krb_form form = krb_form(c);

	if (form != KRB_FORM_WINDOWS && form != KRB_FORM_MIC && form != KRB_FORM_BAD_MIC)
		return;
	krb5_sign(&c->krb5, span_of(&c->list), mic);
	if (form == KRB_FORM_BAD_MIC)
		mic->p[mic->len - 1] ^= 1;
	resp->mic = span_of(mic);
}

static int answer_oddly(struct conn *c)
{
	const struct krb_fault *fault = find_fault(krb_form(c));
	struct spnego_resp resp = { .state = SPNEGO_REJECT };
	struct bytes token = { 0 }, mic = { 0 };

	if (krb_form(c) == KRB_FORM_RIGHT || !c->krb5.token.len)
		return 0;
	if (fault) {
		answer_error(c, fault);
		return 0;
	}
	if (krb_form(c) != KRB_FORM_REFUSED) {
		if (!own_token(c, &resp))
			return fail(c, "krb-own-answer");
		odd_ap_rep(c, &resp, &token);
		odd_mech(c, &resp);
		odd_list_mic(c, &resp, &mic);
	}
	set_answer(c, &resp);
	bytes_free(&token);
	bytes_free(&mic);
	return 0;
}

/* ---- the legs ---- */

static int keep_list(struct conn *c, struct span token)
{
	struct spnego_init init;

	if (!c->spnego)
		return 0;
	if (!spnego_read_init(token, &init))
		return fail(c, "spnego-malformed");
	bytes_set(&c->list, init.list);
	return 0;
}

/* A client's NegTokenResp after the AP-REP: its mechListMIC. */
static int check_list_mic(struct conn *c, struct span token)
{
	struct spnego_resp resp;

	if (!c->spnego || !spnego_read_resp(token, &resp))
		return fail(c, "token-after-ap-rep");
	if (resp.mic.len && !krb5_verify(&c->krb5, span_of(&c->list), resp.mic))
		return fail(c, "list-mic-wrong");
	c->mic_seen = resp.mic.len;
	return 0;
}

/*
 * Refuse the client's token. The library has a KRB-ERROR only for a client whose ticket it
 * could read. For the others it is the one that Windows has for tickets under another key.
 */
static void refuse(struct conn *c)
{
	const struct krb_fault fault = { .code = KRB_AP_ERR_MODIFIED, .state = SPNEGO_REJECT };
	struct spnego_resp resp;

	if (!c->krb5.token.len || !own_token(c, &resp) || !resp.token.len)
		answer_error(c, &fault);
	nego_send(c, POINT_NEGO, span_of(&c->krb5.token));
}

static const char *accept_token(struct conn *c, struct span token)
{
	const struct krb5_acceptor *acceptor = c->opt->kerberos;

	return acceptor->tgt.len ? krb5_user_accept(&c->krb5, acceptor, token) :
				   krb5_accept(&c->krb5, acceptor, token);
}

/* Give the client's token to the library. */
static int take_token(struct conn *c, struct span token)
{
	const char *why;

	if (c->krb5.done)
		return check_list_mic(c, token);
	why = accept_token(c, token);
	if (!why)
		return c->krb5.done ? answer_oddly(c) : 0;
	refuse(c);
	return fail(c, "%s", why);
}

static int send_answer(struct conn *c)
{
	int rc;

	if (!c->krb5.token.len)
		return fail(c, "krb-no-answer");
	rc = nego_send(c, POINT_NEGO, span_of(&c->krb5.token));
	c->krb5.token.len = 0;
	return rc;
}

static int first_token(struct conn *c, struct span token)
{
	if (keep_list(c, token) || at_point(c, POINT_NEGO))
		return -1;
	return take_token(c, token) || send_answer(c) ? -1 : 0;
}

/* Tokens until pubKeyAuth is there, alone or beside the last token. */
static int krb5_legs(struct conn *c, struct bytes *msg, struct ts_request *req,
		     struct bytes *pub_key)
{
	if (first_token(c, req->token))
		return -1;
	for (;;) {
		if (nego_request(c, msg, req))
			return -1;
		if ((req->present & TS_TOKEN) && take_token(c, req->token))
			return -1;
		if (req->present & TS_PUB_KEY)
			break;
		if (!(req->present & TS_TOKEN))
			return fail(c, "fields-%x", req->present);
		if (send_answer(c))
			return -1;
	}
	if (!c->krb5.done)
		return fail(c, "pub-key-early");
	bytes_set(pub_key, req->pub_key);
	return at_point(c, POINT_AUTH);
}

static void final(struct conn *c, struct bytes *token)
{
	bytes_span(token, span_of(&c->krb5.token));
	c->krb5.token.len = 0;
}

static void seal(struct conn *c, struct span plain, struct bytes *out)
{
	const struct wrong *w = c->opt->wrong;

	if (w->action == ACTION_NOT_SEALED)
		krb5_wrap(&c->krb5, plain, out);
	else
		krb5_seal(&c->krb5, plain, out);
	if (w->action == ACTION_RRC)
		krb5_rotate(out, w->arg);
	if (w->action == ACTION_CFX)
		out->p[w->arg >> 8] ^= w->arg;
}

static bool unseal(struct conn *c, struct span sealed, struct bytes *plain)
{
	return krb5_unseal(&c->krb5, sealed, plain);
}

static void skip_number(struct conn *c)
{
	struct bytes unused = { 0 };

	krb5_seal(&c->krb5, span("", 0), &unused);
	bytes_free(&unused);
}

static struct mech_user user(const struct conn *c)
{
	return (struct mech_user){ .name = c->krb5.user, .domain = c->krb5.realm };
}

static void release(struct conn *c)
{
	krb5_free(&c->krb5);
}

const struct mech krb5_mech = {
	.name = "kerberos",
	.legs = krb5_legs,
	.final = final,
	.seal = seal,
	.unseal = unseal,
	.skip_number = skip_number,
	.user = user,
	.release = release,
};
