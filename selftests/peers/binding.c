// SPDX-License-Identifier: GPL-2.0-only
/* pubKeyAuth, MS-CSSP 3.1.5: the proof of the TLS session's key. */
#include <string.h>

#include "bind_hash.h"
#include "peer.h"

int binding_check(struct conn *c, struct span sealed)
{
	struct span key = span_of(&c->opt->identity.key);
	struct bytes plain = { 0 }, want = { 0 };
	int rc = 0;

	bytes_set(&c->client_pub_key, sealed);
	if (c->version >= 5 && !c->nonce_seen)
		return fail(c, "nonce-missing");
	if (c->version >= 5)
		bind_hash_client(c->nonce, key, &want);
	else
		bytes_span(&want, key);
	if (c->ntlm.zero_key)
		rc = 0;		/* without the key it cannot be read; the fault is to go on */
	else if (!c->mech->unseal(c, sealed, &plain))
		rc = fail(c, "pub-key-seal");
	else if (!span_equal(span_of(&plain), span_of(&want)))
		rc = fail(c, "pub-key-wrong");
	bytes_free(&plain);
	bytes_free(&want);
	return rc;
}

static enum bind_form bind_form(const struct conn *c)
{
	const struct wrong *w = c->opt->wrong;

	return w->action == ACTION_BIND ? (enum bind_form)w->arg : BIND_RIGHT;
}

/* The public key in the answer. */
static void subject(const struct conn *c, struct bytes *key)
{
	bytes_set(key, span_of(bind_form(c) == BIND_SPKI ? &c->opt->identity.spki :
							   &c->opt->identity.key));
	if (bind_form(c) == BIND_OTHER_KEY)
		key->p[key->len / 2] ^= 0x10;
}

static void plain_answer(const struct conn *c, struct bytes *out)
{
	enum bind_form form = bind_form(c);
	bool hashed = c->version >= 5;
	struct bytes key = { 0 };
	uint8_t nonce[32];

	if (form == BIND_OLD)
		hashed = false;
	if (form == BIND_NEW)
		hashed = true;
	memcpy(nonce, c->nonce, sizeof(nonce));
	nonce[31] ^= form == BIND_NONCE ? 1 : 0;
	subject(c, &key);
	if (hashed && form == BIND_CLIENT) {
		bind_hash_client(nonce, span_of(&key), out);
	} else if (hashed) {
		bind_hash_server(nonce, span_of(&key), out);
	} else {
		bytes_span(out, span_of(&key));
		out->p[0] += form == BIND_CLIENT ? 0 : 1;
	}
	bytes_free(&key);
	if (form == BIND_ZERO)
		memset(out->p, 0, out->len), out->p[0] = !hashed;
	if (form == BIND_SHORT)
		out->len--;
	if (form == BIND_LONG)
		bytes_zero(out, 1);
}

static void seal_answer(struct conn *c, struct bytes *out)
{
	enum bind_form form = bind_form(c);
	struct bytes plain = { 0 };

	if (form == BIND_REFLECT) {
		bytes_set(out, span_of(&c->client_pub_key));
		return;
	}
	plain_answer(c, &plain);
	if (form == BIND_NUMBER)
		c->mech->skip_number(c);
	if (form == BIND_UNSEALED)
		bytes_set(out, span_of(&plain));
	else
		c->mech->seal(c, span_of(&plain), out);
	if (form == BIND_CIPHERTEXT)
		out->p[out->len - 1] ^= 1;
	if (form == BIND_SIGNATURE)
		out->p[4] ^= 1;
	if (form == BIND_EMPTY)
		out->len = 0;
	bytes_free(&plain);
}

/* The final SPNEGO token and pubKeyAuth as two TSRequests in one TLS record. */
static int answer_together(struct conn *c, const struct bytes *token, const struct bytes *sealed)
{
	struct ts_request first = { .version = c->opt->version, .present = TS_TOKEN,
				    .token = span_of(token) };
	struct ts_request second = { .version = c->opt->version, .present = TS_PUB_KEY,
				     .pub_key = span_of(sealed) };
	struct bytes both = { 0 };
	int rc;

	ts_encode(&first, TS_FORM_PLAIN, &both);
	ts_encode(&second, TS_FORM_PLAIN, &both);
	rc = link_send(c, span_of(&both));
	bytes_free(&both);
	return rc;
}

static int answer_apart(struct conn *c, const struct bytes *token, const struct bytes *sealed)
{
	struct ts_request first = { .present = TS_TOKEN, .token = span_of(token) };
	struct ts_request second = { .present = TS_PUB_KEY, .pub_key = span_of(sealed) };

	return nego_answer(c, POINT_AUTH, &first) || nego_answer(c, POINT_AUTH, &second) ? -1 : 0;
}

static int answer_plainly(struct conn *c, const struct bytes *token, const struct bytes *sealed)
{
	struct ts_request req = { .token = span_of(token), .pub_key = span_of(sealed) };

	req.present = token->len ? TS_TOKEN : 0;
	req.present |= bind_form(c) == BIND_MISSING ? 0 : TS_PUB_KEY;
	return nego_answer(c, POINT_AUTH, &req);
}

int binding_answer(struct conn *c)
{
	bool spnego = c->opt->wrong->action == ACTION_SPNEGO;
	struct bytes token = { 0 }, sealed = { 0 };
	int rc;

	/* The mechListMIC has the first sequence number. */
	c->mech->final(c, &token);
	seal_answer(c, &sealed);
	if (spnego && c->opt->wrong->arg == SPNEGO_FORM_TOGETHER)
		rc = answer_together(c, &token, &sealed);
	else if (spnego && c->opt->wrong->arg == SPNEGO_FORM_BEFORE)
		rc = answer_apart(c, &token, &sealed);
	else
		rc = answer_plainly(c, &token, &sealed);
	bytes_free(&token);
	bytes_free(&sealed);
	return rc;
}
