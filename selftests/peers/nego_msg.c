// SPDX-License-Identifier: GPL-2.0-only
/* The negoToken legs' TSRequests, MS-CSSP 3.1.5: what all mechanisms need. */
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
