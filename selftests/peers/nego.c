// SPDX-License-Identifier: GPL-2.0-only
/* The negoToken legs, MS-CSSP 3.1.5: the choice of a mechanism, and what all of them need. */
#include <string.h>

#include "der.h"
#include "peer.h"
#include "spnego.h"

#define MESSAGE_MAX	65536

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

int nego_send(struct conn *c, enum point where, struct span token)
{
	struct ts_request req = { .present = TS_TOKEN, .token = token };

	return nego_answer(c, where, &req);
}

int nego_send_resp(struct conn *c, enum point where, const struct spnego_resp *resp)
{
	struct bytes token = { 0 };
	int rc;

	spnego_write_resp(resp, &token);
	rc = nego_send(c, where, span_of(&token));
	bytes_free(&token);
	return rc;
}

static bool krb5_offered(struct span token)
{
	struct spnego_init init;

	return spnego_is_krb5(token) || (spnego_read_init(token, &init) && init.krb5);
}

/* Kerberos where it is offered and there is a keytab. */
static const struct mech *find_mech(const struct conn *c, struct span token)
{
	const struct wrong *w = c->opt->wrong;
	bool refuse = w->action == ACTION_KRB && w->arg == KRB_FORM_NTLM;

	return c->opt->kerberos && !refuse && krb5_offered(token) ? &krb5_mech : &ntlm_mech;
}

/* What --mech names: the outer form of the token, or Kerberos in any form. */
static bool is_wanted(const struct conn *c)
{
	const char *want = c->opt->mech;

	if (!strcmp(want, "any"))
		return true;
	if (!strcmp(want, "kerberos"))
		return c->mech == &krb5_mech;
	return !strcmp(want, c->spnego ? "spnego" : "ntlm");
}

static int choose_mech(struct conn *c, struct span token)
{
	c->spnego = spnego_is_init(token);
	c->mech = find_mech(c, token);
	if (c->mech == &ntlm_mech && !c->spnego && !ntlm_is_message(token))
		return fail(c, "mech-unknown");
	return is_wanted(c) ? 0 : fail(c, "mech-refused");
}

int nego_run(struct conn *c, struct bytes *pub_key)
{
	struct bytes msg = { 0 };
	struct ts_request req;
	int rc = nego_request(c, &msg, &req);

	if (!rc && (req.present & ~TS_NONCE) != TS_TOKEN)
		rc = fail(c, "fields-%x", req.present);
	if (!rc)
		rc = choose_mech(c, req.token);
	if (!rc)
		rc = c->mech->legs(c, &msg, &req, pub_key);
	bytes_free(&msg);
	return rc;
}
